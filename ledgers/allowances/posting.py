"""Posting transactions: moves, balances, leaves (交易入账).

What belongs here: carrying out transactions that have been checked, one or a million in the same
way: blocks by `blocks`, everything else set-wise. What does not: whether they are allowed
(`checks`), states and approvals (`workflow`), many from a file (`batch`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from ledgers.allowances.blocks import Movement, Overlap, Piece, Shelf, Shortfall
from ledgers.allowances.leaves import Tree, body, read_tree
from ledgers.allowances.refusals import BOOK
from ledgers.allowances.rows import lent
from warehouse.connect import Connection, sql

TRANSACTION: Mapping[str, Any] = {
    "id": pl.String,
    "type": pl.String,
    "market": pl.String,
    "executed_at": pl.Datetime("us"),
    "proposer": pl.String,
    "approver": pl.String,
    "approvals": pl.Int8,
    "year": pl.Int32,
    "counterparty": pl.String,
    "reason": pl.String,
    "refers": pl.Int64,
    "types_version": pl.String,
}
"""Columns of transactions to be posted; they get their `seq` in the order of the rows."""

LINE: Mapping[str, Any] = {
    "place": pl.Int64,
    "line_no": pl.Int32,
    "ref": pl.String,
    "from_account": pl.Int32,
    "from_position": pl.String,
    "to_account": pl.Int32,
    "to_position": pl.String,
    "unit": pl.String,
    "quantity": pl.Int64,
    "first": pl.Int64,
    "origin": pl.String,
}
"""Columns of their lines; `place` is the row of the transaction, counted from 0, rising."""

TABLES = ("allowances.transaction", "allowances.line", "allowances.move")

Fault = Shortfall | Overlap


@dataclass(frozen=True)
class Posted:
    """What was posted under the commit: first and last seq, the tree afterwards, and the
    transactions (by place) that could not be carried out, with why."""

    first: int
    last: int
    moves: int
    tree: Tree
    faults: Mapping[int, Fault]


def post(
    con: Connection,
    commit_no: int,
    transactions: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    released: Mapping[tuple[int, str, str], int] | None = None,
) -> Posted:
    """Posts `transactions` (columns TRANSACTION) with `lines` (columns LINE) in their order.

    Called inside the transaction of the journal, before its commit; the caller seals TABLES and
    puts `tree.as_facts()` into the header as `registry`. A transaction that asks for more than is
    free, or for serial numbers that exist, is left out and told in `faults`; the caller decides
    whether that ends everything. `released`: what the requests being carried out had reserved.
    """
    state = last_state(con)
    issuers = _issuers(con)
    shelf = _shelf(con, lines, state, issuers, released or {})
    first_move = shelf.next_move
    faults = _carry_out(shelf, transactions, lines, issuers, state.tree.size)
    kept = _numbered(transactions, faults, state.tree.size)
    kept_lines = lines.join(kept.select("place", "seq", "executed_at"), on="place", how="inner")
    moves = _moves(shelf, kept)
    tree = _insert(con, commit_no, kept, kept_lines, moves, state)
    _settle_balances(con, kept_lines, issuers, released or {})
    _settle_holdings(con, shelf, first_move, issuers)
    first = state.tree.size + 1
    return Posted(first, tree.size, len(moves), tree, faults)


@dataclass(frozen=True)
class State:
    """Where the registry stands: its tree, the next move, when it last executed anything."""

    tree: Tree
    next_move: int
    last_executed: datetime | None


def last_state(con: Connection) -> State:
    """The state after the last posting."""
    found = con.execute(sql("ledgers.allowances.sql", "last_tree.sql"), [BOOK]).fetchone()
    tree = Tree() if found is None else read_tree(json.loads(found[0]))
    row = con.execute("SELECT coalesce(max(move), 0) + 1 FROM allowances.move").fetchone()
    latest = con.execute("SELECT max(executed_at) FROM allowances.transaction").fetchone()
    assert row is not None
    assert latest is not None
    return State(tree, row[0], latest[0])


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of a moment in UTC."""
    delta = moment.replace(tzinfo=None) - datetime(1970, 1, 1)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def naive_utc(moment: datetime) -> datetime:
    """An aware moment as UTC without a zone, as tables hold it; a naive one is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _issuers(con: Connection) -> frozenset[int]:
    found = con.execute("SELECT account FROM allowances.account WHERE kind = 'issuance'")
    return frozenset(account for (account,) in found.fetchall())


def _shelf(
    con: Connection,
    lines: pl.DataFrame,
    state: State,
    issuers: frozenset[int],
    released: Mapping[tuple[int, str, str], int],
) -> Shelf:
    """What lies where the lines take from, and which serial numbers exist."""
    shelf = Shelf(state.next_move)
    taken = lines.filter(~pl.col("from_account").is_in(list(issuers)))
    keys = taken.select(
        pl.col("from_account").alias("account"), pl.col("from_position").alias("position"), "unit"
    ).unique()
    with lent(con, "wanted_keys", keys):
        found = con.execute(sql("ledgers.allowances.sql", "held_pieces.sql")).fetchall()
        claimed = con.execute(sql("ledgers.allowances.sql", "reserved.sql")).fetchall()
    for key, rows in groupby(found, key=itemgetter(0, 1, 2)):
        pieces: list[Piece] = [tuple(row[3:]) for row in rows]
        shelf.put(key, pieces)
    for row in claimed:
        shelf.reserved[row[:3]] = row[3] - released.get(row[:3], 0)
    units = lines.filter(pl.col("from_account").is_in(list(issuers)))["unit"].unique()
    with lent(con, "wanted_units", units.to_frame()):
        issued = con.execute(sql("ledgers.allowances.sql", "issued.sql")).fetchall()
    for unit, first, last in issued:
        shelf.exists(unit, first, last)
    return shelf


def _carry_out(
    shelf: Shelf,
    transactions: pl.DataFrame,
    lines: pl.DataFrame,
    issuers: frozenset[int],
    size: int,
) -> dict[int, Fault]:
    """Gives every transaction its blocks; those that cannot be carried out by place. While a
    fault leaves a gap, numbers of transactions are settled by `_numbered`."""
    at = transactions["executed_at"].to_physical().to_list()
    refers = transactions["refers"].to_list()
    types = transactions["type"].to_list()
    columns = [lines[name].to_list() for name in LINE]
    faults: dict[int, Fault] = {}
    seq = size
    for place, rows in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        seq += 1
        own = refers[place] if types[place] in OWN_BLOCKS else None
        asked = [
            Movement(
                seq,
                row[1],
                (row[3], row[4], row[7]),
                (row[5], row[6], row[7]),
                row[8],
                at[place],
                row[3] in issuers,
                row[9],
                row[10],
                own,
            )
            for row in rows
        ]
        fault = shelf.transfer(asked)
        if fault is not None:
            faults[place] = fault
            seq -= 1
    return faults


OWN_BLOCKS = frozenset({"release", "surrender_reversal"})
"""Types that move exactly the blocks of the transaction that they refer to, not any."""


def _numbered(transactions: pl.DataFrame, faults: Mapping[int, Fault], size: int) -> pl.DataFrame:
    """The transactions that were carried out, with place and seq."""
    kept = transactions.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    if faults:
        kept = kept.filter(~pl.col("place").is_in(list(faults)))
    return kept.with_columns(seq=pl.int_range(size + 1, size + 1 + pl.len(), dtype=pl.Int64))


_MOVE = ("move", "seq", "line_no", "first", "last", "parent")


def _moves(shelf: Shelf, kept: pl.DataFrame) -> pl.DataFrame:
    types = [pl.Int64, pl.Int64, pl.Int32, pl.Int64, pl.Int64, pl.Int64]
    schema = dict(zip(_MOVE, types, strict=True))
    return pl.DataFrame(shelf.moves, schema=schema, orient="row")


def _insert(
    con: Connection,
    commit_no: int,
    kept: pl.DataFrame,
    lines: pl.DataFrame,
    moves: pl.DataFrame,
    state: State,
) -> Tree:
    """The rows of the journalled tables, with bodies and leaves."""
    bodies = _bodies(con, kept, lines, moves)
    tree, leaves = state.tree.grown([text.encode() for text in bodies])
    whole = kept.with_columns(
        pl.Series("body", bodies, pl.String),
        pl.Series("leaf", [leaf.hex() for leaf in leaves], pl.String),
    )
    frames = {
        "transaction": whole.drop("place"),
        "line": lines.drop("place", "executed_at", "first"),
        "move": moves,
    }
    for name, frame in frames.items():
        numbered = frame.with_columns(
            commit_no=pl.lit(commit_no, pl.Int64), ordinal=pl.int_range(pl.len(), dtype=pl.Int64)
        )
        with lent(con, "incoming", numbered):
            con.execute(f"INSERT INTO allowances.{name} BY NAME SELECT * FROM incoming")
    return tree


def _bodies(
    con: Connection, kept: pl.DataFrame, lines: pl.DataFrame, moves: pl.DataFrame
) -> list[str]:
    numbers = dict(con.execute("SELECT account, number FROM allowances.account").fetchall())
    named = lines.with_columns(
        from_number=pl.col("from_account").replace_strict(numbers, return_dtype=pl.String),
        to_number=pl.col("to_account").replace_strict(numbers, return_dtype=pl.String),
    )
    by_seq = groupby(named.iter_rows(named=True), key=itemgetter("seq"))
    triples = moves.select("seq", "line_no", "first", "last").iter_rows()
    by_line = groupby(triples, key=itemgetter(0, 1))
    written = []
    for head in kept.iter_rows(named=True):
        _, rows = next(by_seq)
        own = list(rows)
        blocks = [[piece[2:] for piece in next(by_line)[1]] for _ in own]
        written.append(body(head, own, blocks))
    return written


def _settle_balances(
    con: Connection,
    lines: pl.DataFrame,
    issuers: frozenset[int],
    released: Mapping[tuple[int, str, str], int],
) -> None:
    """Adds what the lines moved to the stored balances, and takes back what was reserved."""
    places = (
        ("from_account", "from_position", -pl.col("quantity")),
        ("to_account", "to_position", pl.col("quantity")),
    )
    deltas = pl.concat(
        [
            lines.select(
                pl.col(account).alias("account"),
                pl.col(position).alias("position"),
                "unit",
                quantity.alias("quantity"),
                pl.lit(0, pl.Int64).alias("reserved"),
            )
            for account, position, quantity in places
        ]
    )
    if released:
        rows = [(*key, 0, -amount) for key, amount in released.items()]
        deltas = pl.concat([deltas, pl.DataFrame(rows, schema=deltas.schema, orient="row")])
    summed = deltas.group_by("account", "position", "unit").sum()
    change_balances(con, summed.with_columns(issuance=pl.col("account").is_in(list(issuers))))


def change_balances(con: Connection, deltas: pl.DataFrame) -> None:
    """Adds `deltas` (account, position, unit, quantity, reserved, issuance) to the balances; the
    table's own CHECKs hold whatever the code does."""
    with lent(con, "deltas", deltas):
        con.execute(sql("ledgers.allowances.sql", "add_to_balances.sql"))
        con.execute(sql("ledgers.allowances.sql", "new_balances.sql"))


def _settle_holdings(
    con: Connection, shelf: Shelf, first_move: int, issuers: frozenset[int]
) -> None:
    touched = pl.DataFrame({"move": sorted(shelf.touched)}, schema={"move": pl.Int64})
    with lent(con, "touched", touched):
        con.execute("DELETE FROM allowances.holding WHERE move IN (SELECT move FROM touched)")
    rows: Sequence[tuple[Any, ...]] = [
        (piece[4], *key, piece[2], piece[3], piece[0], piece[1], piece[5])
        for key, piece in shelf.remainders(first_move)
    ]
    schema = {
        "move": pl.Int64,
        "account": pl.Int32,
        "position": pl.String,
        "unit": pl.String,
        "first": pl.Int64,
        "last": pl.Int64,
        "acquired_at": pl.Int64,
        "origin": pl.String,
        "seq": pl.Int64,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.col("acquired_at").cast(pl.Datetime("us"))
    )
    with lent(con, "left_over", frame):
        con.execute("INSERT INTO allowances.holding BY NAME SELECT * FROM left_over")
