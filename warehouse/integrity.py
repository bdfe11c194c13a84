"""Row counts and Merkle roots of journalled tables (账表完整性).

What belongs here: reading a table in order, cutting it into blocks, its tree. What does not:
the byte layout (`warehouse.blocks`), the chain of commits (`ledgers.journal`).

A journalled table begins with `commit_no BIGINT, ordinal BIGINT`; the rows of one commit are
numbered 0..n-1 and are one tree. Leaves are blocks of exactly 65,536 rows in that order, the
last one fewer, whatever batches the reader delivers.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb

from factors.errors import OurFault
from warehouse.engine import Connection, sql
from warehouse.merkle import NotHashable, tree_root

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK_ROWS = 65_536
"""Rows of a block; a part of the format, not a setting."""

READ_MODEL = "read_model"
"""The schema of derived tables in published copies; nothing in it is journalled."""

_TYPES = re.compile(
    r"BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DOUBLE|DATE|TIMESTAMP|DECIMAL\(\d+,\d+\)|VARCHAR"
)


@dataclass(frozen=True)
class Column:
    """One column of a journalled table; ENUM counts as the VARCHAR that it reads as."""

    name: str
    type: str

    def __str__(self) -> str:
        return f"{self.name} {self.type}"

    @property
    def selected(self) -> str:
        """The column in a select list, as the text of an ENUM."""
        quoted = quote(self.name)
        return f"{quoted}::VARCHAR AS {quoted}" if self.type == "VARCHAR" else quoted


@dataclass(frozen=True)
class TableRoot:
    """The rows of one commit in one table: how many, the tree's root in hex, the columns that
    it was made over. `later_values` is True when a column added after the commit has values."""

    rows: int
    root: str
    columns: tuple[str, ...]
    later_values: bool = False


class OutOfOrder(OurFault):
    """The rows of a commit are not numbered 0..n-1; facts: table, commit_no, ordinal."""


class NotJournalled(OurFault, LookupError):
    """No such table, or one that does not begin with commit_no and ordinal; facts: table."""


def quote(name: str) -> str:
    """An SQL identifier; a dotted table name is quoted part by part."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def columns_of(con: Connection, table: str) -> tuple[Column, ...]:
    """The columns of `schema.table` in declared order; () when there is no such table.

    Raises NotHashable for a type without a byte layout.
    """
    try:
        found = con.execute(f"DESCRIBE {quote(table)}").fetchall()
    except duckdb.CatalogException:
        return ()
    return tuple(Column(row[0], _canonical_type(table, row[0], row[1])) for row in found)


def journalled_tables(con: Connection) -> tuple[str, ...]:
    """Every table that begins with commit_no and ordinal, by name, read models left out."""
    found = con.execute(sql("warehouse", "journalled_tables.sql"), [READ_MODEL]).fetchall()
    return tuple(name for (name,) in found)


def commit_root(con: Connection, table: str, commit_no: int, threads: int = 0) -> TableRoot:
    """The rows that commit `commit_no` put into `table`, uncommitted ones included.

    Raises OutOfOrder unless they are numbered 0..n-1, NotJournalled when the table is missing
    or begins otherwise.
    """
    columns = columns_of(con, table)
    if tuple(column.name for column in columns[:2]) != ("commit_no", "ordinal"):
        raise NotJournalled("journal.no_table", table=table)
    bounds = con.execute(
        f"SELECT count(*), min(ordinal), max(ordinal) FROM {quote(table)} WHERE commit_no = ?",
        [commit_no],
    ).fetchone()
    assert bounds is not None
    rows, first, last = bounds
    if rows and (first != 0 or last != rows - 1):
        raise OutOfOrder("journal.ordinals", table=table, commit_no=commit_no, rows=rows, last=last)
    roots = _roots(con, table, columns, {}, f"WHERE commit_no = {commit_no:d}", threads)
    empty = TableRoot(0, tree_root(()).hex(), tuple(map(str, columns)))
    return roots.get(commit_no, empty)


def table_roots(
    con: Connection, table: str, widths: Mapping[int, int] | None = None, threads: int = 0
) -> dict[int | None, TableRoot]:
    """The roots of all commits in `table`, in one pass; rows without a commit under None.

    `widths`: commit → how many of the columns its root was made over, where later ones were
    added since; they must be NULL in its rows.
    """
    return _roots(con, table, columns_of(con, table), widths or {}, "", threads)


class _Disorder(Exception):
    """The table does not lie in the order of its ordinals."""


def _roots(
    con: Connection,
    table: str,
    columns: Sequence[Column],
    widths: Mapping[int, int],
    where: str,
    threads: int,
) -> dict[int | None, TableRoot]:
    """Reads in the order in which rows lie, which is theirs unless somebody moved them; then
    once more sorted, which takes several times as long."""
    selected = ", ".join(column.selected for column in columns)
    query = f"SELECT {selected} FROM {quote(table)} {where}"
    try:
        return _Trees(columns, widths, threads).grow(con, query, strict=True)
    except _Disorder:
        query += " ORDER BY commit_no NULLS LAST, ordinal NULLS LAST"
        return _Trees(columns, widths, threads).grow(con, query, strict=False)


@dataclass
class _Tree:
    """What is known of one commit's rows while the table streams by."""

    rows: int = 0
    later_values: bool = False
    waiting: deque[pa.RecordBatch] = field(default_factory=deque)
    waiting_rows: int = 0
    leaves: list[Future[bytes]] = field(default_factory=list)


class _Trees:
    """Cuts streamed batches into blocks and hashes them in a few threads, at bounded memory."""

    def __init__(self, columns: Sequence[Column], widths: Mapping[int, int], threads: int) -> None:
        self.columns = columns
        self.widths = widths
        self.threads = threads or os.cpu_count() or 1
        self.trees: dict[int | None, _Tree] = {}
        self.under_way: deque[Future[bytes]] = deque()

    def grow(self, con: Connection, query: str, *, strict: bool) -> dict[int | None, TableRoot]:
        # An execute() whose rows nobody fetched to the end would refuse a relation.
        con.complete()
        reader = con.sql(query).to_arrow_reader(BLOCK_ROWS)
        try:
            with ThreadPoolExecutor(self.threads) as pool:
                current: int | None = None
                for commit_no, batch in _runs(reader, strict):
                    if commit_no != current:
                        # A commit's rows lie together: the one before is complete.
                        self._cut(pool, current, 1)
                        current = commit_no
                    self._take(pool, commit_no, batch)
                self._cut(pool, current, 1)
        finally:
            reader.close()
        return {number: self._root(number) for number, tree in self.trees.items() if tree.rows}

    def _take(self, pool: ThreadPoolExecutor, commit_no: int | None, batch: pa.RecordBatch) -> None:
        tree = self.trees.setdefault(commit_no, _Tree())
        tree.rows += batch.num_rows
        tree.waiting.append(batch)
        tree.waiting_rows += batch.num_rows
        self._cut(pool, commit_no, BLOCK_ROWS)

    def _cut(self, pool: ThreadPoolExecutor, commit_no: int | None, least: int) -> None:
        """Hands over blocks while at least `least` rows wait (1 for the short last block)."""
        from warehouse.blocks import block_leaf

        tree = self.trees.setdefault(commit_no, _Tree())
        while tree.waiting_rows >= least:
            pieces, width = _block(tree), self._width(commit_no)
            tree.later_values |= any(_has_values(piece, width) for piece in pieces)
            job = pool.submit(block_leaf, pieces, width)
            tree.leaves.append(job)
            self.under_way.append(job)
            if len(self.under_way) > 2 * self.threads:
                self.under_way.popleft().result()

    def _width(self, commit_no: int | None) -> int:
        every = len(self.columns)
        return every if commit_no is None else self.widths.get(commit_no, every)

    def _root(self, commit_no: int | None) -> TableRoot:
        tree = self.trees[commit_no]
        root = tree_root([leaf.result() for leaf in tree.leaves]).hex()
        names = tuple(str(column) for column in self.columns[: self._width(commit_no)])
        return TableRoot(tree.rows, root, names, tree.later_values)


def _block(tree: _Tree) -> list[pa.RecordBatch]:
    """Takes the next 65,536 waiting rows, or all if there are fewer, without a copy."""
    pieces: list[pa.RecordBatch] = []
    wanted = BLOCK_ROWS
    while wanted and tree.waiting:
        batch = tree.waiting.popleft()
        if batch.num_rows > wanted:
            tree.waiting.appendleft(batch.slice(wanted))
            batch = batch.slice(0, wanted)
        pieces.append(batch)
        wanted -= batch.num_rows
    tree.waiting_rows -= BLOCK_ROWS - wanted
    return pieces


def _has_values(batch: pa.RecordBatch, width: int) -> bool:
    """Whether a column from `width` on has any value."""
    return any(column.null_count < len(column) for column in batch.columns[width:])


def _runs(
    reader: pa.RecordBatchReader, strict: bool
) -> Iterator[tuple[int | None, pa.RecordBatch]]:
    """The batches cut where the commit changes. Strict: raises _Disorder when a row does not
    come after the one before it."""
    import numpy as np

    before = (-1, -1)
    for batch in reader:
        commits, ordinals = batch.column(0), batch.column(1)
        if commits.null_count or ordinals.null_count:
            if strict:
                raise _Disorder
            yield from _runs_with_nulls(batch)
            continue
        number, ordinal = commits.to_numpy(), ordinals.to_numpy()
        edges = np.flatnonzero(np.diff(number)) + 1
        if strict:
            rising = (np.diff(ordinal) > 0) | (np.diff(number) > 0)
            falling = np.diff(number) < 0
            if falling.any() or not rising.all() or before >= (number[0], ordinal[0]):
                raise _Disorder
            before = (int(number[-1]), int(ordinal[-1]))
        starts = [0, *edges.tolist(), batch.num_rows]
        for start, stop in pairwise(starts):
            yield int(number[start]), batch.slice(start, stop - start)


def _runs_with_nulls(batch: pa.RecordBatch) -> Iterator[tuple[int | None, pa.RecordBatch]]:
    """Row by row: NULL here means that somebody altered the table, and speed does not matter."""
    for row, commit_no in enumerate(batch.column(0).to_pylist()):
        yield commit_no, batch.slice(row, 1)


def _canonical_type(table: str, column: str, kind: str) -> str:
    if kind.startswith("ENUM("):
        return "VARCHAR"
    if not _TYPES.fullmatch(kind):
        raise NotHashable("journal.not_hashable", column=f"{table}.{column}", seen=kind)
    return kind
