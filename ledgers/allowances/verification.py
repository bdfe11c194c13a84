"""The check of the whole registry (登记簿核验): the invariants, from the moves alone.

What belongs here: what must hold whatever happened, looked for set-wise. What does not: whether
the rows are those that were sealed (`ledgers.journal.verify_chain` hashes every table).

Every move names the move through which its block came to where it is taken from. So three
set-wise questions prove that each unit is in one place at any time: does each block lie inside
its parent's, did the parent lead to where it is taken from, did no two moves take the same
serial number of one parent.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import polars as pl

from factors import messages
from ledgers import journal
from ledgers.allowances.leaves import Tree
from ledgers.allowances.refusals import BOOK
from warehouse.connect import Connection, sql

QUESTIONS = {
    "bodies_differ": "leaf",
    "moves_astray": "path",
    "moves_twice": "path",
    "issues_overlap": "overlap",
    "lines_uneven": "line",
    "balances_differ": "balance",
    "holdings_differ": "holding",
    "zero_sum": "zero_sum",
    "one_person": "two_persons",
    "final_left": "final",
    "out_of_order": "order",
    "reserved_differ": "reserved",
    "over_caps": "cap",
    "clearing_open": "clearing",
}
"""Statement → finding; each answers with what is not as it must be, twenty at most."""


@dataclass(frozen=True)
class RegistryFinding:
    """One thing that does not hold; `place` is the transaction, move, account or commit."""

    code: str
    place: int

    def text(self, lang: str = "zh") -> str:
        """The finding in words."""
        return messages.text(f"registry.finding.{self.code}", lang, {"seq": self.place})


@dataclass(frozen=True)
class RegistryCheck:
    """What was looked at and what was found; `root` is that of the tree over all leaves."""

    transactions: int
    moves: int
    root: str
    findings: tuple[RegistryFinding, ...]

    @property
    def good(self) -> bool:
        """True when nothing was found."""
        return not self.findings


def verify(con: Connection) -> RegistryCheck:
    """Checks every invariant and rebuilds every balance twice, by DuckDB and by polars."""
    sealed = {
        made.commit_no: made.facts["registry"]
        for made in journal.commits(con)
        if made.book == BOOK and "registry" in made.facts
    }
    rows = _frame(
        con,
        "SELECT commit_no, body, unhex(leaf) AS leaf FROM allowances.transaction "
        "ORDER BY commit_no, ordinal",
    )
    # Hashing keeps one core busy while DuckDB answers on the others.
    with ThreadPoolExecutor(1) as pool:
        chained = pool.submit(_chain, rows, sealed)
        found = _answers(con)
        found += [RegistryFinding(code, account) for code, account in rebuilt_faults(con)]
        tree, broken = chained.result()
    moves = con.execute("SELECT count(*) FROM allowances.move").fetchall()[0][0]
    every = tuple(dict.fromkeys([*found, *broken]))
    return RegistryCheck(rows.height, moves, tree.root.hex(), every)


def _answers(con: Connection) -> list[RegistryFinding]:
    con.complete()
    return [
        RegistryFinding(code, int(place))
        for statement, code in QUESTIONS.items()
        for (place,) in con.execute(sql("ledgers.allowances.sql", f"{statement}.sql")).fetchall()
    ]


def rebuilt_faults(con: Connection) -> list[tuple[str, int]]:
    """Rebuilds every balance with polars; accounts where it is not the stored one, and accounts
    that were below zero after some transaction."""
    moved = _moved(con)
    sums = moved.group_by("account", "position", "unit").agg(pl.col("quantity").sum())
    stored = _frame(con, "SELECT account, position, unit, quantity FROM allowances.balance")
    both = sums.join(stored, on=["account", "position", "unit"], how="full", coalesce=True)
    wrong = both.filter(pl.col("quantity").fill_null(0) != pl.col("quantity_right").fill_null(0))[
        "account"
    ]
    issuers = _frame(con, "SELECT account FROM allowances.account WHERE kind = 'issuance'")
    private = moved.join(issuers, on="account", how="anti")
    after = private.group_by("account", "position", "unit", "seq").agg(pl.col("quantity").sum())
    running = after.sort("seq").with_columns(
        left=pl.col("quantity").cum_sum().over("account", "position", "unit")
    )
    below = running.filter(pl.col("left") < 0)["account"].unique().sort()
    return [
        *(("balance", account) for account in wrong.unique().sort()),
        *(("negative", account) for account in below),
    ]


def _moved(con: Connection) -> pl.DataFrame:
    """What each line took and brought, from its blocks."""
    moves = _frame(con, "SELECT seq, line_no, last - first + 1 AS quantity FROM allowances.move")
    lines = _frame(
        con,
        "SELECT seq, line_no, from_account, from_position, to_account, to_position, unit "
        "FROM allowances.line",
    )
    joined = moves.join(lines, on=["seq", "line_no"], how="inner")
    sides = (("from", -pl.col("quantity")), ("to", pl.col("quantity")))
    return pl.concat(
        joined.select(
            pl.col(f"{side}_account").alias("account"),
            pl.col(f"{side}_position").alias("position"),
            pl.col("unit"),
            pl.col("seq"),
            quantity.alias("quantity"),
        )
        for side, quantity in sides
    )


def _frame(con: Connection, query: str) -> pl.DataFrame:
    con.complete()
    found = pl.from_arrow(con.sql(query).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def _chain(
    rows: pl.DataFrame, sealed: dict[int, dict[str, Any]]
) -> tuple[Tree, list[RegistryFinding]]:
    """Hashes the bodies once more, leaf by leaf and commit by commit. `sealed`: what the headers
    say of the tree, by commit."""
    tree, found = Tree(), []
    for commit_no, piece in _by_commit(rows):
        before = tree
        tree, made = tree.grown(piece["body"].cast(pl.Binary).to_list())
        leaves = piece["leaf"].to_list()
        if made != leaves:
            wrong = next(i for i, leaf in enumerate(leaves) if leaf != made[i])
            found.append(RegistryFinding("leaf", before.size + wrong + 1))
        if sealed.pop(commit_no, None) != tree.as_facts():
            found.append(RegistryFinding("tree", commit_no))
    for commit_no, facts in sealed.items():
        # A commit that posted nothing repeats the tree that it found.
        if facts["size"] > tree.size:
            found.append(RegistryFinding("tree", commit_no))
    return tree, found


def _by_commit(rows: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    start = 0
    for commit_no, length in zip(*_runs(rows["commit_no"]), strict=True):
        yield commit_no, rows[start : start + length]
        start += length


def _runs(numbers: pl.Series) -> tuple[list[int], list[int]]:
    runs = numbers.rle().struct.unnest()
    return runs["value"].to_list(), runs["len"].to_list()
