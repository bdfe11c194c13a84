"""Whether a transaction is allowed (交易校验).

What belongs here: checks of transactions against the tables in force, the accounts, the caps,
the sealed years and what they refer to. What does not: whether there is enough (`blocks` knows,
and the balance's own CHECK), persons (`persons`), hours (`workflow`).

Lines of a million transactions differ in few ways: the checks run once for each distinct
combination, and the answer is joined back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from ledgers.allowances.numbers import BadNumber, read_unit
from ledgers.allowances.posting import OWN_BLOCKS
from ledgers.allowances.refusals import Refused
from ledgers.allowances.rows import lent
from ledgers.allowances.rulings import Rules
from ledgers.allowances.tables import TransactionType
from warehouse.connect import Connection, sql

_COMBINED = (
    "type",
    "market",
    "year",
    "unit",
    "from_kind",
    "from_status",
    "from_market",
    "from_position",
    "to_kind",
    "to_status",
    "to_market",
    "to_position",
    "same",
    "known",
)


def line_faults(
    con: Connection, found: Rules, transactions: pl.DataFrame, lines: pl.DataFrame
) -> dict[int, Refused]:
    """Place of a transaction → why it is refused, for those that are (frames as of `posting`)."""
    con.complete()
    accounts = pl.from_arrow(
        con.sql("SELECT account, kind, status, market FROM allowances.account_now").arrow()
    )
    assert isinstance(accounts, pl.DataFrame)
    units = {row[0] for row in con.execute(sql(_SQL, "known_units.sql")).fetchall()}
    sealed = set(con.execute("SELECT market, year FROM allowances.sealed_year").fetchall())
    heads = transactions.with_row_index("place").select(
        pl.col("place").cast(pl.Int64), "type", "market", "year"
    )
    joined = lines.join(heads, on="place", how="left")
    for side in ("from", "to"):
        renamed = accounts.rename({name: f"{side}_{name}" for name in accounts.columns})
        joined = joined.join(renamed, on=f"{side}_account", how="left", maintain_order="left")
    units |= set(joined.filter(pl.col("from_kind") == "issuance")["unit"])
    joined = joined.with_columns(
        same=pl.col("from_account") == pl.col("to_account"),
        known=pl.col("unit").is_in(list(units)),
    )
    faults: dict[int, Refused] = {}
    combined = joined.select(*_COMBINED, "place").group_by(*_COMBINED, maintain_order=True).all()
    for row in combined.iter_rows(named=True):
        fault = _fault(found, row, sealed)
        if fault is not None:
            faults |= {place: fault for place in row["place"] if place not in faults}
    return faults


_SQL = "ledgers.allowances.sql"


def _fault(found: Rules, row: Mapping[str, Any], sealed: set[tuple[str, int]]) -> Refused | None:
    try:
        _check(found, row, sealed)
    except Refused as fault:
        return fault
    except BadNumber as fault:
        return Refused(fault.code, **fault.facts)
    return None


def _check(found: Rules, row: Mapping[str, Any], sealed: set[tuple[str, int]]) -> None:
    kind = found.types.find(row["type"])
    _check_accounts(kind, row)
    _check_unit(found, kind, row)
    _check_year(found, kind, row, sealed)


def _check_accounts(kind: TransactionType, row: Mapping[str, Any]) -> None:
    for side, kinds, states in (
        ("from", kind.sources, kind.from_states),
        ("to", kind.targets, kind.to_states),
    ):
        if row[f"{side}_market"] != row["market"]:
            facts = {"side": side, "seen": row[f"{side}_market"], "market": row["market"]}
            raise Refused("registry.other_market", **facts)
        if kind.within_account and side == "to":
            continue
        if row[f"{side}_kind"] not in kinds:
            facts = {"type": kind.code, "side": side, "seen": row[f"{side}_kind"]}
            raise Refused("registry.wrong_kind", **facts, allowed="、".join(kinds))
        if row[f"{side}_status"] not in states:
            facts = {"type": kind.code, "side": side, "seen": row[f"{side}_status"]}
            raise Refused("registry.wrong_state", **facts, allowed="、".join(states))
    if row["same"] != kind.within_account:
        raise Refused("registry.same_account", type=kind.code)
    # Issuance knows no sub-positions; elsewhere the table says where units come from and go.
    source = "available" if row["from_kind"] == "issuance" else kind.from_position
    if (row["from_position"], row["to_position"]) != (source, kind.to_position):
        seen = f"{row['from_position']} → {row['to_position']}"
        allowed = f"{source} → {kind.to_position}"
        raise Refused("registry.wrong_position", type=kind.code, seen=seen, allowed=allowed)


def _check_unit(found: Rules, kind: TransactionType, row: Mapping[str, Any]) -> None:
    unit = read_unit(row["unit"])
    known = found.kinds.unit_types.get(unit.unit_type)
    if known is None:
        allowed = "、".join(found.kinds.unit_types)
        raise Refused("registry.unknown_unit_type", seen=row["unit"], allowed=allowed)
    if unit.market != row["market"] or (known.markets and row["market"] not in known.markets):
        raise Refused("registry.unit_market", seen=row["unit"], market=row["market"])
    if known.unit_class not in kind.units:
        facts = {"type": kind.code, "seen": row["unit"], "allowed": "、".join(kind.units)}
        raise Refused("registry.unit_class", **facts)
    if not kind.issues and not row["known"]:
        raise Refused("registry.unknown_unit", seen=row["unit"])


def _check_year(
    found: Rules, kind: TransactionType, row: Mapping[str, Any], sealed: set[tuple[str, int]]
) -> None:
    if "year" not in kind.needs:
        return
    if row["year"] is None:
        raise Refused("registry.year_missing", type=kind.code)
    if (row["market"], row["year"]) in sealed:
        raise Refused("registry.year_sealed", market=row["market"], year=row["year"])
    vintage = read_unit(row["unit"]).vintage
    if kind.code in _PAYING and not found.vintages.pays(vintage, row["year"]):
        raise Refused("registry.wrong_vintage", vintage=vintage, year=row["year"])


_PAYING = ("surrender", "forced_surrender")


def check_head(
    con: Connection, found: Rules, kind: TransactionType, head: Mapping[str, Any], on: date
) -> None:
    """Checks what a transaction says of itself: what its type needs, and what it refers to.
    `head`: columns of the request, with `at`. Raises Refused."""
    for need, column in (("counterparty", "counterparty"), ("document", "reason")):
        if need in kind.needs and not head[column].strip():
            raise Refused("registry.need_missing", type=kind.code, need=need)
    if "refers" in kind.needs and head["refers"] is None:
        raise Refused("registry.need_missing", type=kind.code, need="refers")
    if "link" in kind.needs:
        row = con.execute(
            "SELECT linked FROM allowances.market WHERE market = ? ORDER BY commit_no DESC",
            [head["market"]],
        ).fetchone()
        if not row or not row[0]:
            raise Refused("registry.link_off", market=head["market"])
    if head["refers"] is not None:
        _check_referred(con, kind, head)


def _check_referred(con: Connection, kind: TransactionType, head: Mapping[str, Any]) -> None:
    row = con.execute(
        "SELECT type, market, executed_at, counterparty, year FROM allowances.transaction "
        "WHERE seq = ?",
        [head["refers"]],
    ).fetchone()
    if row is None or row[0] not in kind.refers or row[1] != head["market"]:
        seen = row[0] if row else "-"
        facts = {"type": kind.code, "refers": head["refers"], "seen": seen}
        raise Refused("registry.bad_reference", **facts, allowed="、".join(kind.refers))
    _, market, executed_at, counterparty, year = row
    if kind.window_hours and head["at"] > executed_at + timedelta(hours=kind.window_hours):
        facts = {"executed_at": executed_at, "hours": kind.window_hours, "at": head["at"]}
        raise Refused("registry.window_over", **facts)
    if "counterparty" in kind.needs and head["counterparty"] != counterparty:
        facts = {"seen": head["counterparty"], "allowed": counterparty}
        raise Refused("registry.other_counterparty", **facts)
    sealed = con.execute(
        "SELECT 1 FROM allowances.sealed_year WHERE market = ? AND year = ?", [market, year]
    ).fetchone()
    if sealed is not None:
        raise Refused("registry.year_sealed", market=market, year=year)


def check_referred_lines(
    con: Connection, kind: TransactionType, refers: int | None, lines: pl.DataFrame
) -> None:
    """What goes back goes back where it came from; what is re-issued is what was recovered, for
    the same holder and no more. Raises Refused."""
    if refers is None:
        return
    names = ["reissue_excess.sql"]
    if kind.code in OWN_BLOCKS:
        names = ["astray_lines.sql", "own_blocks_short.sql"]
    for name in names:
        with lent(con, "asked_lines", lines):
            found = con.execute(sql(_SQL, name), {"refers": refers}).fetchone()
        if found is not None:
            raise Refused("registry.bad_return", type=kind.code, refers=refers, seen=found[0])


def check_caps(con: Connection, kind: TransactionType, lines: pl.DataFrame) -> None:
    """Issued units stay within the cap of their unit; what replaces units already issued
    (re-issue for carry-over) needs none. Raises Refused."""
    if not kind.issues or kind.refers:
        return
    for unit, asked in lines.group_by("unit").agg(pl.col("quantity").sum()).sort("unit").rows():
        cap, issued = cap_and_issued(con, unit)
        if cap is None:
            raise Refused("registry.no_cap", unit=unit)
        if issued + asked > cap:
            raise Refused("registry.over_cap", unit=unit, cap=cap, issued=issued, asked=asked)


def cap_and_issued(con: Connection, unit: str) -> tuple[int | None, int]:
    """The cap of a unit (None before any) and how many were issued under it. Units that were
    cancelled count as issued for good: voluntary cancellation lowers what can ever circulate."""
    found = con.execute(sql(_SQL, "cap_and_issued.sql"), [unit, unit]).fetchone()
    assert found is not None
    return found[0], found[1]


def check_order(con: Connection, market: str, at: datetime) -> None:
    """The log is in the order of time: nothing executes before what executed last in its market.
    Raises Refused. `at`: UTC without a zone."""
    latest = con.execute(
        "SELECT max(executed_at) FROM allowances.transaction WHERE market = ?", [market]
    ).fetchone()
    if latest and latest[0] and at < latest[0]:
        raise Refused("registry.back_dated", seen=at, least=latest[0])
