"""Delimited text with stray quotation marks (引号不规范), read as a spreadsheet reads it.

What belongs here: the slow reader for files that the fast one refuses, such as 3"管道 in a cell
without quotes. What does not: the fast reader and the check that no record was swallowed
(`delimited`). Row by row, so only for such files; memory is bounded all the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.intake.containers import Refused

_BATCH = 50_000


def write_grid(plain: Path, target: Path, *, row_no: str, names: list[str], delimiter: str) -> None:
    """Writes the grid of a UTF-8 file. Raises Refused where a quotation mark stays open."""
    schema = pa.schema([(row_no, pa.int64()), *((name, pa.large_string()) for name in names)])
    first = 1
    with plain.open(encoding="utf-8-sig", newline="") as file:
        records = _records(csv.reader(file, delimiter=delimiter))
        with pq.ParquetWriter(target, schema, compression="lz4") as writer:
            while batch := list(islice(records, _BATCH)):
                columns = _columns(batch, len(names))
                numbers = pa.array(range(first, first + len(batch)), pa.int64())
                writer.write_table(pa.Table.from_arrays([numbers, *columns], schema=schema))
                first += len(batch)


def _records(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    last: list[str] = []
    try:
        for last in reader:
            yield last
    except csv.Error as error:
        raise Refused("quotes", str(error)) from error
    # A mark that stays open takes the end of the file into its cell.
    if last and last[-1].endswith(("\n", "\r")):
        raise Refused("quotes", last[-1].strip()[:40])


def _columns(batch: list[list[str]], width: int) -> list[pa.Array]:
    return [
        pa.array(
            [record[index] if index < len(record) else None for record in batch], pa.large_string()
        )
        for index in range(width)
    ]
