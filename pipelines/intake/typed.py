"""Typed rows and faults of a staged file (定型行与问题), as Parquet beside it.

What belongs here: the header of each table, batches, and writing what they come to, once and
whole. What does not: single columns (`activity_rows`) and rules that need the books.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from ledgers.emissions.activity import TYPED_COLUMNS
from pipelines.intake import activity_rows, furniture
from pipelines.intake.columns import VALUED, Layout, canonical, float_marks, trimmed
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.faults import FAULT_SCHEMA, Fault, frame
from pipelines.intake.feeds import Feed
from pipelines.intake.headers import Header
from pipelines.intake.numerals import DECIMAL
from pipelines.intake.staging import (
    NO_FEED,
    READER,
    Staged,
    Table,
    grid_row,
    read_staged,
    write_json,
)
from pipelines.intake.tables import find_layouts, has_times
from pipelines.intake.writing import Writers
from warehouse.connect import Home

_BATCH = 250_000
_LISTED = 200
"""Skipped rows that the summary lists; all of them stand in the Parquet beside it."""

_VOCABULARIES = {
    "pipelines.intake": ("data/activity.toml", "data/choices.toml"),
    "factors": (
        "data/carriers.csv",
        "data/carrier_synonyms.csv",
        "units.txt",
        "spellings.py",
        "unit_grammar.py",
    ),
}

_KINDS: Mapping[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "BIGINT": pl.Int64(),
    "DATE": pl.Date(),
    "TIMESTAMP": pl.Datetime("us"),
    "BOOLEAN": pl.Boolean(),
    "DECIMAL(38,12)": DECIMAL,
}
TYPED_SCHEMA: Mapping[str, pl.DataType] = {
    name: _KINDS[kind] for name, kind in TYPED_COLUMNS.items()
}


@dataclass(frozen=True)
class Skipped:
    """One row that is not data, and why (`furniture.REASONS`, or `hidden` or `no_header` for a
    whole sheet, row 0)."""

    sheet: str
    row_no: int
    reason: str
    text: str


@dataclass(frozen=True)
class Typed:
    """What a file came to. `rows_read` = typed + faulty + skipped rows, the headers themselves and
    sheets left aside as a whole not counted; `skipped` lists the first 200, `skipped_counts` counts
    all by reason; `months` are those that typed rows touch; `headers` is sheet → header row and
    canonical → grid column; `stamps_declared` says that a feed told how the stamps run."""

    staged: Staged
    typed_path: Path
    faults_path: Path
    skipped_path: Path
    rows_read: int
    rows_typed: int
    rows_faulty: int
    skipped: tuple[Skipped, ...]
    skipped_counts: Mapping[str, int]
    months: tuple[str, ...]
    headers: Mapping[str, Mapping[str, Any]]
    feed_sha256: str = ""
    stamps_declared: bool = False


@dataclass
class Tally:
    """Counts under way."""

    read: int = 0
    typed: int = 0
    faulty: int = 0

    def __post_init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.skipped: list[Skipped] = []
        self.months: set[str] = set()

    def skip(self, rows: pl.DataFrame) -> None:
        """Counts skipped rows (furniture.SKIPPED_SCHEMA)."""
        for reason, count in rows.group_by("reason").len().iter_rows():
            self.counts[reason] = self.counts.get(reason, 0) + count
        room = _LISTED - len(self.skipped)
        self.skipped += [Skipped(*row) for row in rows.head(max(room, 0)).iter_rows()]


def type_rows(staged: Staged, feed: Feed | None = None) -> Typed:
    """Types the rows of a staged activity file, or hands back what an earlier run wrote."""
    feed = feed or NO_FEED
    key = _key(feed)
    summary = staged.folder / f"typed-{key}.json"
    if staged.refusal is None and summary.exists():
        return _from_summary(staged, feed, key, json.loads(summary.read_text(encoding="utf-8")))
    tally, headers = Tally(), {}
    with Writers(staged.folder, key, TYPED_SCHEMA, FAULT_SCHEMA, furniture.SKIPPED_SCHEMA) as out:
        if staged.refusal is not None:
            out.faults(frame([_named(staged.refusal, staged)], staged.sha256))
        for layout in _layouts(staged, feed, tally, out):
            headers[layout.table.sheet] = _header_summary(layout.header)
            _type_table(staged, layout, tally, out)
    found = {**_summary(tally, headers), "staged": staged.manifest}
    write_json(summary, found)
    return _from_summary(staged, feed, key, found)


def staged_row(home: Home, sha256: str, sheet: str, row_no: int) -> Mapping[str, str]:
    """One row of a kept file as the person sees it: header as written (a column without one: its
    letter) → text. Empty where the file has not been staged or has no such row."""
    from warehouse import sources

    source = sources.find(home, sha256)
    if source is None:
        return {}
    for summary in sorted(source.folder.glob("typed-*.json")):
        found = json.loads(summary.read_text(encoding="utf-8"))
        staged = read_staged(source.folder, found["staged"], source.name)
        cells = grid_row(staged, sheet, row_no)
        if cells:
            return _with_headers(cells, found["headers"].get(sheet, {}).get("cells", ()))
    return {}


def _with_headers(cells: Sequence[str], headers: Sequence[str]) -> Mapping[str, str]:
    """Header → cell, in the order of the columns; a header that stands twice gets a number."""
    row: dict[str, str] = {}
    for index, cell in enumerate(cells):
        header = headers[index] if index < len(headers) and headers[index] else ""
        if not header and not cell:
            continue
        name = header or column_letters(index)
        if name in row:
            name = f"{name} ({sum(key.partition(' (')[0] == name for key in row) + 1})"
        row[name] = cell
    return row


def column_letters(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def _named(fault: Fault, staged: Staged) -> Fault:
    return Fault(fault.rule, facts={**fault.facts, "file": staged.name})


def _layouts(staged: Staged, feed: Feed, tally: Tally, out: Writers) -> Iterator[Layout]:
    """Each table that holds activity data; what is wrong with the others is written down."""
    found = find_layouts(staged, feed)
    for table, reason in found.skipped:
        _skip_sheet(table, reason, tally, out)
    if found.faults:
        out.faults(frame(found.faults, staged.sha256))
    yield from found.layouts


def _skip_sheet(table: Table, reason: str, tally: Tally, out: Writers) -> None:
    rows = pl.DataFrame(
        [(table.sheet, 0, reason, "")], schema=dict(furniture.SKIPPED_SCHEMA), orient="row"
    )
    out.skipped(rows)
    tally.skip(rows)


def _type_table(staged: Staged, layout: Layout, tally: Tally, out: Writers) -> None:
    known = activity_rows.Dictionaries(layout)
    with_times = has_times(staged, layout)
    _skip_above(staged, layout, tally, out)
    for grid in _batches(staged, layout):
        tally.read += grid.height
        cells = trimmed(grid, layout)
        cells = _without_furniture(cells, layout, tally, out)
        kept = grid.join(cells.select(ROW_NO), on=ROW_NO, how="semi", maintain_order="left")
        texts = canonical(cells, layout)
        outcome = activity_rows.type_batch(
            texts,
            layout,
            known,
            floats=float_marks(kept, layout, VALUED),
            period_floats=float_marks(kept, layout, ("period", "period_start", "period_end")),
            with_times=with_times,
        )
        _write(outcome, _overflow(cells, layout), layout, tally, out)


def _skip_above(staged: Staged, layout: Layout, tally: Tally, out: Writers) -> None:
    """Lists the rows above the header: titles, and what they declare."""
    count = layout.header.row_no - 1
    if count < 1:
        return
    grid = pl.read_parquet(staged.path(layout.table), n_rows=count)
    tally.read += grid.height
    _skip(furniture.above_header(_texts_only(trimmed(grid, layout), layout)), layout, tally, out)


def _batches(staged: Staged, layout: Layout) -> Iterator[pl.DataFrame]:
    """The rows below the header, in batches."""
    for batch in pq.ParquetFile(staged.path(layout.table)).iter_batches(batch_size=_BATCH):
        grid = pl.DataFrame(pl.from_arrow(batch)).filter(pl.col(ROW_NO) > layout.header.row_no)
        if not grid.is_empty():
            yield grid


def _without_furniture(
    cells: pl.DataFrame, layout: Layout, tally: Tally, out: Writers
) -> pl.DataFrame:
    found = furniture.classify(_texts_only(cells, layout), layout.mapped, layout.header.texts)
    if found.is_empty():
        return cells
    _skip(found, layout, tally, out)
    return cells.join(found, on=ROW_NO, how="anti", maintain_order="left")


def _texts_only(cells: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    return cells.select(ROW_NO, *(column(index) for index in range(layout.table.width)))


def _skip(found: pl.DataFrame, layout: Layout, tally: Tally, out: Writers) -> None:
    rows = found.select(pl.lit(layout.table.sheet).alias("sheet"), ROW_NO, "reason", "text")
    out.skipped(rows)
    tally.skip(rows)


def _overflow(cells: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Faults of records with more fields than the header: an unquoted comma moves all the values
    behind it one column on."""
    header = [index for index, cell in enumerate(layout.header.cells) if cell]
    beyond = range(header[-1] + 1, layout.table.width) if header else ()
    if not layout.is_delimited or not beyond:
        return pl.DataFrame()
    over = cells.filter(pl.any_horizontal(pl.col(column(index)) != "" for index in beyond))
    if over.is_empty():
        return pl.DataFrame()
    seen = pl.concat_str([pl.col(column(index)) for index in beyond], separator=" ")
    facts = json.dumps({"why": "extra", "fields": len(header), "row": layout.header.row_no})
    return activity_rows.cell_faults(
        over.select(ROW_NO, seen.str.strip_chars().alias("seen")), "", "IN-02", facts
    )


def _write(
    outcome: activity_rows.Outcome,
    overflow: pl.DataFrame,
    layout: Layout,
    tally: Tally,
    out: Writers,
) -> None:
    rows, found = outcome.rows, [f for f in (outcome.faults, overflow) if not f.is_empty()]
    if found:
        faults = pl.concat(found).sort(ROW_NO, maintain_order=True)
        bad = faults.select(ROW_NO).unique()
        tally.faulty += bad.height
        rows = rows.join(bad, on=ROW_NO, how="anti", maintain_order="left")
        out.faults(
            faults.with_columns(
                source=pl.lit(layout.source),
                sheet=pl.lit(layout.table.sheet),
                severity=pl.lit("E"),
            ).select(list(FAULT_SCHEMA))
        )
    tally.typed += rows.height
    _months(rows, tally)
    out.typed(
        rows.with_columns(source=pl.lit(layout.source), sheet=pl.lit(layout.table.sheet)).select(
            list(TYPED_SCHEMA)
        )
    )


def _months(rows: pl.DataFrame, tally: Tally) -> None:
    spans = rows.select(
        pl.col("period_start").dt.truncate("1mo"), pl.col("period_end").dt.truncate("1mo")
    ).unique()
    for first, last in spans.iter_rows():
        month = first
        while month <= max(first, last):
            tally.months.add(f"{month:%Y-%m}")
            month = (
                month.replace(year=month.year + 1, month=1)
                if month.month == 12
                else month.replace(month=month.month + 1)
            )


def _key(feed: Feed) -> str:
    """What decides how rows are typed: the reader, the feed, and the words and units known."""
    parts = json.dumps([READER, feed.sha256 or feed.name, _vocabulary_digest()])
    return hashlib.sha256(parts.encode()).hexdigest()[:8]


@cache
def _vocabulary_digest() -> str:
    # An upgrade that learns a carrier or a unit must not be answered with yesterday's faults.
    digest = hashlib.sha256()
    for package, names in _VOCABULARIES.items():
        for name in names:
            digest.update(files(package).joinpath(name).read_bytes())
    return digest.hexdigest()


def _header_summary(header: Header) -> dict[str, Any]:
    return {
        "row_no": header.row_no,
        "columns": dict(header.columns),
        "cells": list(header.cells),
        "units": dict(header.units),
        "declared": dict(header.declared),
        "spare": {str(index): text for index, text in header.spare.items()},
    }


def _summary(tally: Tally, headers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rows_read": tally.read,
        "rows_typed": tally.typed,
        "rows_faulty": tally.faulty,
        "skipped": [list(vars(row).values()) for row in tally.skipped],
        "skipped_counts": tally.counts,
        "months": sorted(tally.months),
        "headers": dict(headers),
    }


def _from_summary(staged: Staged, feed: Feed, key: str, found: Mapping[str, Any]) -> Typed:
    return Typed(
        staged,
        staged.folder / f"typed-{key}.parquet",
        staged.folder / f"faults-{key}.parquet",
        staged.folder / f"skipped-{key}.parquet",
        found["rows_read"],
        found["rows_typed"],
        found["rows_faulty"],
        tuple(Skipped(*row) for row in found["skipped"]),
        found["skipped_counts"],
        tuple(found["months"]),
        found["headers"],
        feed.sha256,
        feed.stamps is not None,
    )
