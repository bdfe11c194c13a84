"""Many completed transactions at once (批量导入).

What belongs here: taking over a file of transactions, atomic and idempotent. What does not:
reading the file (`feeds`), blocks and leaves (`posting`, the same as for one transaction).

A batch is an act of the registry: two of its persons answer for it, and every row is checked as a
single request would be, but for delays and hours, which its transactions have behind them. Either
the whole batch is posted or nothing; with `set_aside` the transactions that are refused are left
out, each with its reason in the journal, and the rest is posted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from ledgers import journal
from ledgers.allowances import checks
from ledgers.allowances.execution import shortfall
from ledgers.allowances.persons import clean, require_role, require_two
from ledgers.allowances.posting import (
    LINE,
    TABLES,
    TRANSACTION,
    Posted,
    last_state,
    naive_utc,
    post,
)
from ledgers.allowances.refusals import BOOK, Refused, journal_key, recorded
from ledgers.allowances.requests import LARGEST, require_plain
from ledgers.allowances.rows import add, lent
from ledgers.allowances.rulings import Rules, rules
from warehouse.connect import Connection, sql

BATCH: Mapping[str, Any] = {
    "id": pl.String,
    "type": pl.String,
    "executed_at": pl.Datetime("us"),
    "ref": pl.String,
    "source": pl.String,
    "target": pl.String,
    "unit": pl.String,
    "quantity": pl.Int64,
    "year": pl.Int32,
    "counterparty": pl.String,
    "reason": pl.String,
    "refers": pl.Int64,
    "first": pl.Int64,
    "origin": pl.String,
}
"""Columns of a batch, one row a movement; rows of one `id` lie together and are one transaction.
`executed_at` is UTC, `source` and `target` are account numbers, quantities whole tonnes."""

_HEAD = ("id", "type", "executed_at", "year", "counterparty", "reason", "refers")
_DEFAULTS: Mapping[str, Any] = {
    "ref": "",
    "year": None,
    "counterparty": "",
    "reason": "",
    "refers": None,
    "first": None,
    "origin": "",
}


@dataclass(frozen=True)
class Batch:
    """What became of a batch: the seq of its first and last transaction (0 = none), how many were
    posted, which ids stood there already with the same body, and what was refused."""

    key: str
    commit_no: int
    first: int
    last: int
    posted: int
    moves: int
    unchanged: tuple[str, ...] = ()
    refused: Mapping[str, Refused] = field(default_factory=dict)
    again: bool = False


def batch_frame(rows: Sequence[Mapping[str, Any]] | pl.DataFrame) -> pl.DataFrame:
    """Rows as the columns of BATCH; what is left out takes its default. Raises Refused for
    quantities that are not whole."""
    if not isinstance(rows, pl.DataFrame):
        for row in rows:
            if isinstance(row["quantity"], bool) or not isinstance(row["quantity"], int):
                raise Refused("registry.fraction", seen=str(row["quantity"]))
        full = [{**_DEFAULTS, **row} for row in rows]
        return pl.DataFrame(full, schema=BATCH)
    if not rows.schema["quantity"].is_integer():
        raise Refused("registry.fraction", seen=str(rows.schema["quantity"]))
    missing = [pl.lit(v).alias(k) for k, v in _DEFAULTS.items() if k not in rows.columns]
    return rows.with_columns(missing).select(
        pl.col(name).cast(kind, strict=True) for name, kind in BATCH.items()
    )


def read_batch(path: Path) -> pl.DataFrame:
    """A batch from a UTF-8 CSV whose columns are those of BATCH; `executed_at` is ISO time in UTC.
    Raises Refused for quantities that are not whole and for missing columns."""
    text = pl.read_csv(path, infer_schema=False)
    missing = [name for name in BATCH if name not in _DEFAULTS and name not in text.columns]
    if missing:
        raise Refused("registry.feed_column", column=missing[0], seen="、".join(text.columns))
    text = text.with_columns(pl.all().fill_null(""))
    wrong = text.filter(~pl.col("quantity").str.contains(r"^\d{1,16}$"))["quantity"]
    if len(wrong):
        raise Refused("registry.fraction", seen=wrong[0])
    blank = [
        pl.when(pl.col(name) == "").then(None).otherwise(pl.col(name)).alias(name)
        for name in ("year", "refers", "first")
        if name in text.columns
    ]
    moment = pl.col("executed_at").str.strip_suffix("Z").str.to_datetime(time_unit="us")
    return batch_frame(text.with_columns(*blank, moment, pl.col("quantity").cast(pl.Int64)))


def post_batch(
    con: Connection,
    key: str,
    rows: pl.DataFrame,
    *,
    market: str,
    proposer: str,
    approver: str,
    at: datetime,
    set_aside: bool = False,
    reason: str = "",
) -> Batch:
    """Posts a batch (columns BATCH, see `batch_frame`) in one commit.

    Idempotent twice over: by `key` and body, and by the ids of its transactions, of which those
    that stand in the registry with the same body are left as they are. Raises Refused
    (`registry.batch`, with every reason in its facts; the journal keeps them), journal.KeyReused.
    """
    require_plain(key + reason)
    persons = {"proposer": clean(proposer), "approver": clean(approver)}
    body = {"rows": _digest(rows), "market": market, "set_aside": set_aside, **persons}
    order = _Order(key, market, **persons, at=at, set_aside=set_aside, reason=reason, body=body)
    try:
        with recorded(con, action="batch", key=key, body=body, person=proposer, at=at):
            return _post(con, order, rows)
    except journal.AlreadyCommitted as seen:
        facts = seen.commit.facts["batch"]
        unchanged = tuple(facts.pop("unchanged"))
        return Batch(key, seen.commit.commit_no, **facts, unchanged=unchanged, again=True)


@dataclass(frozen=True, slots=True)
class _Order:
    """What a batch was asked with; `body` is what its idempotency compares."""

    key: str
    market: str
    proposer: str
    approver: str
    at: datetime
    set_aside: bool
    reason: str
    body: Mapping[str, Any]


def _post(con: Connection, order: _Order, rows: pl.DataFrame) -> Batch:
    on = order.at.date()
    require_two(con, order.proposer, order.approver, on)
    require_role(con, order.proposer, ["registry"], [], on)
    require_role(con, order.approver, ["registry"], [], on)
    found, moment = rules(con, on), naive_utc(order.at)
    heads, lines = _split(con, rows, order.market, found, order.proposer, order.approver)
    unchanged, contradicting = _known(con, heads, lines)
    heads, lines = _without(heads, lines, {*unchanged, *contradicting})
    faults = _faults(con, found, heads, lines, order.market, moment)
    heads, lines = _without(heads, lines, set(faults))
    number = journal.next_commit_no(con)
    posted = post(con, number, heads.select(*TRANSACTION), lines.select(*LINE))
    ids = heads["id"].to_list()
    refused = {str(why.facts["id"]): why for why in (*contradicting.values(), *faults.values())}
    refused |= {ids[place]: shortfall(con, why) for place, why in posted.faults.items()}
    if refused and not order.set_aside:
        raise _all_refused(order.key, refused)
    _add_refusals(con, number, refused, order.proposer, moment)
    return _commit(con, order, number, posted, tuple(sorted(unchanged.values())), refused)


def _all_refused(key: str, refused: Mapping[str, Refused]) -> Refused:
    first = next(iter(refused.values()))
    reasons = {id_: fault.text("en") for id_, fault in list(refused.items())[:50]}
    facts = {"key": key, "faults": len(refused), "first": first.text("en")}
    return Refused("registry.batch", **facts, reasons=reasons)


def _commit(
    con: Connection,
    order: _Order,
    number: int,
    posted: Posted,
    unchanged: tuple[str, ...],
    refused: Mapping[str, Refused],
) -> Batch:
    count = posted.last - posted.first + 1
    first, last = (posted.first, posted.last) if count else (0, 0)
    summary = {"first": first, "last": last, "posted": count, "moves": posted.moves}
    journal.commit(
        con,
        book=BOOK,
        kind="batch",
        key=journal_key(order.key),
        body_sha256=journal.body_digest(dict(order.body)),
        person=order.proposer,
        reason=order.reason,
        facts={
            "registry": posted.tree.as_facts(),
            "batch": {**summary, "unchanged": list(unchanged)},
            "approver": order.approver,
        },
        tables=[*TABLES, "allowances.refusal"],
    )
    return Batch(order.key, number, first, last, count, posted.moves, unchanged, refused)


def _digest(rows: pl.DataFrame) -> str:
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


def _split(
    con: Connection,
    rows: pl.DataFrame,
    market: str,
    found: Rules,
    proposer: str,
    approver: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows as transactions and lines with `place`. An account number that is not known stays
    NULL in its line, and is refused later."""
    numbers = con.execute("SELECT number, account FROM allowances.account").fetchall()
    known = pl.DataFrame(numbers, schema={"n": pl.String, "a": pl.Int32}, orient="row")
    kinds = {code: row.approvals for code, row in found.types.types.items()}
    placed = rows.with_columns(place=pl.col("id").rle_id().cast(pl.Int64))
    for side, column in (("source", "from_account"), ("target", "to_account")):
        named = known.rename({"n": side, "a": column})
        placed = placed.join(named, on=side, how="left", maintain_order="left")
    positions = _positions(con, found, placed)
    lines = positions.with_columns(
        line_no=pl.int_range(pl.len(), dtype=pl.Int32).over("place"),
    ).select(*LINE, "source", "target", "type")
    heads = placed.group_by("place", maintain_order=True).agg(
        *(pl.col(name).first() for name in _HEAD),
        agree=pl.all_horizontal(pl.col(name).n_unique() == 1 for name in _HEAD),
    )
    heads = heads.with_columns(
        market=pl.lit(market),
        proposer=pl.lit(proposer),
        approver=pl.lit(approver),
        approvals=pl.col("type").replace_strict(kinds, default=0, return_dtype=pl.Int8),
        types_version=pl.lit(found.types.version),
    )
    return heads, lines


def _positions(con: Connection, found: Rules, rows: pl.DataFrame) -> pl.DataFrame:
    """Where a type takes units from and puts them; issuance has no sub-positions."""
    kinds = found.types.types
    issuers = con.execute("SELECT account FROM allowances.account WHERE kind = 'issuance'")
    source = {code: row.from_position for code, row in kinds.items()}
    target = {code: row.to_position for code, row in kinds.items()}
    return rows.with_columns(
        from_position=pl.when(pl.col("from_account").is_in([a for (a,) in issuers.fetchall()]))
        .then(pl.lit("available"))
        .otherwise(pl.col("type").replace_strict(source, default="", return_dtype=pl.String)),
        to_position=pl.col("type").replace_strict(target, default="", return_dtype=pl.String),
    )


def _faults(
    con: Connection,
    found: Rules,
    heads: pl.DataFrame,
    lines: pl.DataFrame,
    market: str,
    at: datetime,
) -> dict[int, Refused]:
    """Place → why the transaction is refused; the first reason of each."""
    faults: dict[int, Refused] = {}

    types = list(found.types.types)
    unknown = heads.filter(~pl.col("type").is_in(types))
    for place, seen in unknown.select("place", "type").rows():
        faults[place] = Refused("registry.unknown_type", seen=seen, allowed="、".join(types))
    for side, column in (("source", "from_account"), ("target", "to_account")):
        lost = lines.filter(pl.col(column).is_null()).select("place", side)
        for place, seen in lost.rows():
            faults.setdefault(place, Refused("registry.no_account", seen=seen))
    wrong = lines.filter(~pl.col("quantity").is_between(1, LARGEST) | pl.col("quantity").is_null())
    for place, seen in wrong.select("place", "quantity").rows():
        faults.setdefault(place, Refused("registry.quantity", seen=seen, largest=LARGEST))
    for place, id_ in (
        heads.filter(pl.col("id").is_duplicated() | ~pl.col("agree") | pl.col("id").is_null())
        .select("place", "id")
        .rows()
    ):
        faults.setdefault(place, Refused("registry.repeated_id", id=id_))
    _order_faults(con, heads, market, at, faults)
    sound = lines.filter(~pl.col("place").is_in(list(faults)))
    faults |= checks.line_faults(con, found, heads.drop("place"), sound.select(*LINE))
    _head_faults(con, found, heads, lines, at, faults)
    ids = heads["id"].to_list()
    return {
        place: Refused(why.code, **{**why.facts, "id": ids[place]}) for place, why in faults.items()
    }


def _order_faults(
    con: Connection, heads: pl.DataFrame, market: str, at: datetime, faults: dict[int, Refused]
) -> None:
    """Nothing before what was executed last, nothing that has not happened yet."""
    row = con.execute(
        "SELECT max(executed_at) FROM allowances.transaction WHERE market = ?", [market]
    ).fetchall()
    least = row[0][0] or datetime.min
    running = heads.select(
        "place", "executed_at", least=pl.col("executed_at").cum_max().shift(1, fill_value=least)
    )
    early = running.filter(
        (pl.col("executed_at") < pl.col("least")) | (pl.col("executed_at") < pl.lit(least))
    )
    for place, seen, bound in early.rows():
        faults.setdefault(place, Refused("registry.back_dated", seen=seen, least=max(bound, least)))
    future = running.filter(pl.col("executed_at") > pl.lit(at)).select("place", "executed_at")
    for place, seen in future.rows():
        faults.setdefault(place, Refused("registry.early", request="", executes_at=seen, at=at))


def _head_faults(
    con: Connection,
    found: Rules,
    heads: pl.DataFrame,
    lines: pl.DataFrame,
    at: datetime,
    faults: dict[int, Refused],
) -> None:
    """What transactions say of themselves, once for each way of saying it; caps by unit."""
    combined = heads.filter(~pl.col("place").is_in(list(faults))).group_by(
        "type", "market", "year", "counterparty", "reason", "refers", maintain_order=True
    )
    for row in combined.agg("place", at=pl.col("executed_at").max()).iter_rows(named=True):
        kind = found.types.find(row["type"])
        own = lines.filter(pl.col("place").is_in(row["place"])).select(*LINE)
        try:
            require_plain(row["counterparty"] + row["reason"])
            if kind.proposes == ("bank",):
                raise Refused("registry.no_mandate", person="", allowed="bank", on=at.date())
            checks.check_head(con, found, kind, row, at.date())
            checks.check_referred_lines(con, kind, row["refers"], own)
            checks.check_caps(con, kind, own)
        except Refused as fault:
            faults |= dict.fromkeys(row["place"], fault)


def _known(
    con: Connection, heads: pl.DataFrame, lines: pl.DataFrame
) -> tuple[dict[int, str], dict[int, Refused]]:
    """Place → id of transactions that stand there with the same body, and place → refusal of
    those that stand there with another."""
    unchanged: dict[int, str] = {}
    faults: dict[int, Refused] = {}
    if last_state(con).tree.size == 0:
        return unchanged, faults
    asked = heads.select("place", "id", "type", "executed_at", "year", "refers")
    with lent(con, "asked_heads", asked), lent(con, "asked_lines", lines.select(*LINE)):
        found = con.execute(sql("ledgers.allowances.sql", "known_ids.sql")).fetchall()
    for place, id_, seq, same in found:
        if same:
            unchanged[place] = id_
        else:
            faults[place] = Refused("registry.other_body", id=id_, seq=seq)
    return unchanged, faults


def _without(
    heads: pl.DataFrame, lines: pl.DataFrame, left_out: set[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The transactions that are left, with their places counted anew."""
    if not left_out:
        return heads, lines
    kept = heads.filter(~pl.col("place").is_in(list(left_out)))
    kept = kept.with_columns(new=pl.int_range(pl.len(), dtype=pl.Int64))
    rest = lines.join(kept.select("place", "new"), on="place", how="inner", maintain_order="left")
    renamed = rest.drop("place").rename({"new": "place"})
    return kept.drop("place").rename({"new": "place"}), renamed


def _add_refusals(
    con: Connection, number: int, refused: Mapping[str, Refused], person: str, now: datetime
) -> None:
    rows = []
    for id_, fault in refused.items():
        facts = json.dumps(fault.facts, ensure_ascii=False, default=str, sort_keys=True)
        row = {"request": id_, "action": "batch", "person": person, "moment": now}
        rows.append({**row, "code": fault.code, "facts": facts})
    add(con, "allowances.refusal", number, rows)
