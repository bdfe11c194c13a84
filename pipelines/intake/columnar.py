"""Parquet files to a grid of text (列式文件), in batches.

What belongs here: each Parquet column as the text that a person would see, floats at 15
significant digits and marked. What does not: meaning. The file has no header row: its column
names are the header, and data rows are numbered from 1.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.intake.containers import Refused
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.floats import float_text
from pipelines.intake.workbooks import flag

_BATCH = 250_000
_NESTED = (pl.List, pl.Struct, pl.Array, pl.Object, pl.Binary)


def write_grid(path: Path, target: Path) -> tuple[str, ...]:
    """Writes the grid of `path` to `target` and returns the column names. Raises Refused."""
    try:
        source = pq.ParquetFile(path)
        names = tuple(source.schema_arrow.names)
        writer: pq.ParquetWriter | None = None
        try:
            for batch in _batches(source):
                table = batch.to_arrow()
                writer = writer or pq.ParquetWriter(target, table.schema, compression="lz4")
                writer.write_table(table)
        finally:
            if writer:
                writer.close()
    except (pa.ArrowException, OSError) as error:
        raise Refused("damaged", str(error).splitlines()[0]) from error
    return names


def _batches(source: pq.ParquetFile):  # type: ignore[no-untyped-def]
    done = 0
    for batch in source.iter_batches(batch_size=_BATCH):
        frame = pl.DataFrame(pl.from_arrow(batch))
        yield _grid(frame, done + 1)
        done += frame.height
    if not done:
        yield _grid(pl.DataFrame(pl.from_arrow(source.schema_arrow.empty_table())), 1)


def _grid(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    columns = [pl.Series(ROW_NO, range(first, first + frame.height), pl.Int64)]
    for index, values in enumerate(frame.get_columns()):
        columns.append(_text(values).alias(column(index)))
        if values.dtype.is_float():
            columns.append(values.is_not_null().alias(flag(index)))
    return pl.DataFrame(columns)


def _text(values: pl.Series) -> pl.Series:
    kind = values.dtype
    if isinstance(kind, _NESTED):
        raise Refused("not_a_table", f"{values.name}: {kind}")
    if kind.is_float():
        return float_text(values)
    if kind == pl.Boolean:
        return values.cast(pl.String)
    if isinstance(kind, pl.Datetime):
        return values.dt.replace_time_zone(None).dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    return values.cast(pl.String)
