"""Taking over another register (接管外部登记簿): accounts, opening balances, its transactions.

What belongs here: what published files become in a registry. What does not: reading them
(`feeds`), posting (`batch`). A part of a register does not hold how its accounts came to what
they gave away; their opening balances are the least that make every transfer possible, and say
so in their reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from ledgers.allowances.accounts import accounts, open_accounts, open_market, system_account
from ledgers.allowances.batch import Batch, batch_frame, post_batch
from ledgers.allowances.caps import set_cap
from ledgers.allowances.checks import cap_and_issued
from ledgers.allowances.feeds import AllocationRow, ComplianceRow
from ledgers.allowances.posting import naive_utc
from warehouse.connect import Connection


@dataclass(frozen=True)
class Officers:
    """The two persons of the registry who answer for a take-over, and when they act."""

    proposer: str
    approver: str
    at: datetime


def take_over_market(
    con: Connection, market: str, name: str, entities: Sequence[tuple[str, str, str]], by: Officers
) -> Mapping[str, str]:
    """Opens a market with an account of each (kind, entity, name); entity → account number."""
    basis = "take-over of a published register"
    two = {"proposer": by.proposer, "approver": by.approver, "at": by.at}
    open_market(con, market, name, basis=basis, **two)  # type: ignore[arg-type]
    if entities:
        key = f"take-over:{market}:accounts"
        open_accounts(con, entities, key=key, market=market, **two)  # type: ignore[arg-type]
    return {found.entity: found.number for found in accounts(con, market) if found.entity}


def opening_balances(rows: pl.DataFrame) -> pl.DataFrame:
    """The least (source, unit, quantity) that keep every account at or above zero after each
    transaction of `rows` (columns id, executed_at, source, target, unit, quantity, in order)."""
    placed = rows.with_columns(place=pl.col("id").rle_id())
    sides = (("source", -pl.col("quantity")), ("target", pl.col("quantity")))
    moved = pl.concat(
        placed.select(pl.col(side).alias("source"), "unit", "place", quantity.alias("quantity"))
        for side, quantity in sides
    )
    net = moved.group_by("source", "unit", "place").agg(pl.col("quantity").sum()).sort("place")
    left = net.with_columns(left=pl.col("quantity").cum_sum().over("source", "unit"))
    # What a transaction takes is held before it brings anything.
    given = placed.group_by("source", "unit", "place").agg(given=pl.col("quantity").sum())
    both = left.join(given, on=["source", "unit", "place"], how="left").with_columns(
        least=pl.col("left") - pl.col("quantity") - pl.col("given").fill_null(0)
    )
    lowest = both.group_by("source", "unit").agg(
        quantity=-pl.min_horizontal(pl.col("least").min(), pl.col("left").min(), pl.lit(0))
    )
    return lowest.filter(pl.col("quantity") > 0).sort("source", "unit")


def replay(
    con: Connection,
    key: str,
    rows: pl.DataFrame,
    numbers: Mapping[str, str],
    *,
    market: str,
    by: Officers,
) -> Batch:
    """Replays transfers (columns of `feeds.read_transfers`) after the opening balances that they
    need. Transactions that are refused (transfers of an account to itself) are set aside and in
    the answer; the same file again changes nothing."""
    possible = rows.filter(pl.col("source") != pl.col("target"))
    opening = opening_balances(possible)
    _ensure_caps(con, opening, by)
    first: datetime = rows["executed_at"][0]
    issuance = system_account(con, market, "issuance").number
    opened = opening.select(
        id=pl.concat_str(pl.lit(f"{key}:opening:"), "source", pl.lit(":"), "unit"),
        type=pl.lit("take_over"),
        executed_at=pl.lit(first - timedelta(seconds=1), pl.Datetime("us")),
        ref=pl.lit(""),
        source=pl.lit(issuance),
        target=pl.col("source").replace_strict(numbers),
        unit="unit",
        quantity="quantity",
        reason=pl.lit("opening balance: the least that makes the transfers possible"),
        origin=pl.lit("opening"),
    )
    moved = rows.with_columns(
        pl.col("source", "target").replace_strict(numbers), type=pl.lit("transfer")
    ).select(*opened.columns[:8], "origin")
    frame = pl.concat([batch_frame(opened), batch_frame(moved)])
    return _post(con, key, frame, market, by, set_aside=True)


def post_surrenders(
    con: Connection,
    key: str,
    rows: Sequence[ComplianceRow],
    numbers: Mapping[str, str],
    unit: str,
    year: int,
    *,
    market: str,
    by: Officers,
) -> Batch:
    """Posts what a compliance report says was surrendered so far: taken over, then surrendered."""
    paying = [row for row in rows if row.surrendered]
    total = sum(row.surrendered for row in paying)
    _ensure_caps(con, pl.DataFrame({"unit": [unit], "quantity": [total]}), by)
    issuance = system_account(con, market, "issuance").number
    sink = system_account(con, market, "surrender").number
    common = {"executed_at": naive_utc(by.at), "unit": unit}
    taken = [
        {
            **common,
            "id": f"{key}:{row.entity}:in",
            "type": "take_over",
            "source": issuance,
            "target": numbers[row.entity],
            "quantity": row.surrendered,
            "reason": "cumulative surrenders as published",
        }
        for row in paying
    ]
    paid = [
        {
            **common,
            "id": f"{key}:{row.entity}:out",
            "type": "surrender",
            "source": numbers[row.entity],
            "target": sink,
            "quantity": row.surrendered,
            "year": year,
        }
        for row in paying
    ]
    return _post(con, key, batch_frame([*taken, *paid]), market, by)


def post_allocations(
    con: Connection,
    key: str,
    rows: Sequence[AllocationRow],
    numbers: Mapping[str, str],
    unit_type: str,
    *,
    market: str,
    by: Officers,
) -> Batch:
    """Issues what an allocation table grants, year by year, and allocates it: the standard share
    and that of new entrants as two lines of one transaction."""
    vault = system_account(con, market, "allocation").number
    issuance = system_account(con, market, "issuance").number
    common = {"executed_at": naive_utc(by.at)}
    found = []
    for year in sorted({year for row in rows for year in row.years}):
        unit = f"{market}-{unit_type}-{year}"
        total = sum(row.years[year][2] for row in rows)
        _ensure_caps(con, pl.DataFrame({"unit": [unit], "quantity": [total]}), by)
        issue = {"id": f"{key}:{year}", "type": "issue", "source": issuance, "target": vault}
        found.append({**common, **issue, "unit": unit, "quantity": total})
        for row in rows:
            for ref, quantity in zip(("standard", "entrants"), row.years[year], strict=False):
                if quantity:
                    given = {"id": f"{key}:{year}:{row.permit}", "type": "allocate", "ref": ref}
                    given |= {"source": vault, "target": numbers[row.permit], "unit": unit}
                    found.append({**common, **given, "quantity": quantity, "year": year})
    return _post(con, key, batch_frame(found), market, by)


def surrendered_by(con: Connection, market: str) -> Mapping[str, int]:
    """Account number → what it surrendered so far, reversals taken off; from the lines."""
    cursor = con.execute(
        "SELECT f.number, sum(CASE WHEN t.kind = 'surrender' THEN l.quantity ELSE 0 END) "
        "FROM allowances.line AS l "
        "JOIN allowances.account AS f ON f.account = l.from_account "
        "JOIN allowances.account AS t ON t.account = l.to_account "
        "WHERE f.market = ? GROUP BY 1",
        [market],
    )
    paid = {number: int(quantity) for number, quantity in cursor.fetchall()}
    back = con.execute(
        "SELECT t.number, sum(l.quantity) FROM allowances.line AS l "
        "JOIN allowances.account AS f ON f.account = l.from_account AND f.kind = 'surrender' "
        "JOIN allowances.account AS t ON t.account = l.to_account WHERE f.market = ? GROUP BY 1",
        [market],
    )
    for number, quantity in back.fetchall():
        paid[number] = paid.get(number, 0) - int(quantity)
    return paid


def _ensure_caps(con: Connection, wanted: pl.DataFrame, by: Officers) -> None:
    """Caps as high as what is taken over, on top of what was issued before."""
    for unit, quantity in wanted.group_by("unit").agg(pl.col("quantity").sum()).sort("unit").rows():
        cap, _ = cap_and_issued(con, unit)
        if cap is None:
            set_cap(
                con,
                unit,
                quantity,
                document="take-over of a published register",
                proposer=by.proposer,
                approver=by.approver,
                at=by.at,
            )


def _post(
    con: Connection,
    key: str,
    frame: pl.DataFrame,
    market: str,
    by: Officers,
    set_aside: bool = False,
) -> Batch:
    return post_batch(
        con,
        key,
        frame,
        market=market,
        proposer=by.proposer,
        approver=by.approver,
        at=by.at,
        set_aside=set_aside,
    )
