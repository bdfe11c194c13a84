"""The three Parquet files that typing writes (定型结果文件), whole or not at all.

What belongs here: growing them batch by batch in fixed schemas. What does not: what stands in
them. They take their places only when all of them are complete.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import polars as pl
import pyarrow.parquet as pq


class Writers:
    """Typed rows, faults and skipped rows of one file, under way."""

    def __init__(
        self,
        folder: Path,
        key: str,
        typed: Mapping[str, pl.DataType],
        faults: Mapping[str, pl.DataType],
        skipped: Mapping[str, pl.DataType],
    ) -> None:
        schemas = {"typed": typed, "faults": faults, "skipped": skipped}
        self._places = {name: folder / f"{name}-{key}.parquet" for name in schemas}
        self._drafts = {
            name: folder / f".{place.name}.{os.getpid()}" for name, place in self._places.items()
        }
        self._schemas = schemas
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Writers:
        for name, schema in self._schemas.items():
            arrow = pl.DataFrame(schema=dict(schema)).to_arrow().schema
            self._writers[name] = pq.ParquetWriter(
                self._drafts[name], arrow, compression="lz4", write_statistics=False
            )
        return self

    def typed(self, rows: pl.DataFrame) -> None:
        """Adds typed rows."""
        self._write("typed", rows)

    def faults(self, rows: pl.DataFrame) -> None:
        """Adds faults."""
        self._write("faults", rows)

    def skipped(self, rows: pl.DataFrame) -> None:
        """Adds skipped rows."""
        self._write("skipped", rows)

    def _write(self, name: str, rows: pl.DataFrame) -> None:
        if rows.is_empty():
            return
        table = rows.cast(dict(self._schemas[name])).to_arrow()
        self._writers[name].write_table(table.cast(self._writers[name].schema))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        for name, draft in self._drafts.items():
            if kind is None:
                draft.replace(self._places[name])
            else:
                draft.unlink(missing_ok=True)
