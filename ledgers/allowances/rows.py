"""Handing rows to DuckDB (行的交接).

What belongs here: adding rows to a journalled table, lending a frame to a statement. What does
not: what the rows mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl

from ledgers.reference import rows as reference_rows
from warehouse.connect import Connection


def add(con: Connection, table: str, commit_no: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds `rows` to a journalled table under `commit_no`, numbered from 0."""
    # A result that was not read to its end refuses other work.
    con.complete()
    reference_rows.add(con, table, commit_no, rows)


@contextmanager
def lent(con: Connection, name: str, frame: pl.DataFrame) -> Iterator[None]:
    """The frame under `name` for the block."""
    con.complete()
    con.register(name, frame.to_arrow())
    try:
        yield
    finally:
        con.complete()
        con.unregister(name)
