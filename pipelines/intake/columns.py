"""Canonical text columns of an activity table (规范列): where each value of a row comes from.

What belongs here: putting a grid's columns, a feed's constants, a header's units and the facts
above the table under their canonical names, and which cells were binary floats. What does not:
reading the texts (`activity_rows`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ledgers.emissions.activity import MEASURED
from pipelines.intake.delimited import ROW_NO, column
from pipelines.intake.feeds import Feed
from pipelines.intake.headers import Header
from pipelines.intake.names import ACTIVITY, columns_of
from pipelines.intake.numerals import is_nothing
from pipelines.intake.staging import Table
from pipelines.intake.workbooks import flag

VALUED = ("quantity", *MEASURED)
"""Columns that hold numbers."""

TEXTS = (
    "enterprise_id",
    "enterprise_name",
    "facility",
    "device",
    "carrier",
    "flow",
    "period",
    "period_start",
    "period_end",
    "unit",
    *(f"{name}_unit" for name in MEASURED),
    "coal_basis",
    "gas_condition",
    "data_kind",
    "evidence_kind",
    "evidence",
    "correction_of",
    "note",
)
"""Canonical columns that hold words, dates and units."""

_KEEPS_NOTHING = ("quantity", "evidence_kind")
"""Where the word for nothing says something: no quantity this month, no document."""


@dataclass(frozen=True)
class Layout:
    """A table with the header that was found in it and the feed that it is read by."""

    source: str
    table: Table
    header: Header
    feed: Feed
    is_delimited: bool = False

    @property
    def mapped(self) -> Mapping[str, str]:
        """Canonical name → grid column."""
        return {name: column(at) for name, at in self.header.columns.items()}

    def constant(self, name: str) -> str:
        """What stands for a column that the table does not have; '' for nothing."""
        return self.feed.constants.get(name) or self.header.declared.get(name, "")

    def label(self, name: str) -> str:
        """The header as the person wrote it, else as the template calls it."""
        return self.header.texts.get(name) or columns_of(ACTIVITY)[name].zh[0]


def trimmed(grid: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The grid's text columns without white space around them, NULL as ''. Cells that are merged
    over rows are filled down, except in columns of numbers, which would then count twice."""
    names = [column(index) for index in range(layout.table.width)]
    cells = grid.with_columns(
        pl.col(names).str.strip_chars().str.strip_chars("\ufeff\u200b").fill_null("")
    )
    valued = {layout.header.columns.get(name) for name in VALUED}
    for first, last, at in layout.table.merges:
        if at not in valued and at < layout.table.width and last > layout.header.row_no:
            cells = _filled(cells, first, last, column(at))
    return cells


def _filled(cells: pl.DataFrame, first: int, last: int, name: str) -> pl.DataFrame:
    top = cells.filter(pl.col(ROW_NO) == first)
    if top.is_empty():
        return cells
    inside = pl.col(ROW_NO).is_between(first, last) & (pl.col(name) == "")
    return cells.with_columns(
        pl.when(inside).then(pl.lit(top[name][0])).otherwise(pl.col(name)).alias(name)
    )


def canonical(cells: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """`row_no` and every canonical text column; what people write for nothing becomes ''."""
    chosen = [pl.col(ROW_NO)]
    for name in (*TEXTS, *VALUED):
        chosen.append(_chosen(name, layout).alias(name))
    return cells.select(chosen)


def _chosen(name: str, layout: Layout) -> pl.Expr:
    column_name = layout.mapped.get(name)
    if column_name is None:
        return pl.lit(layout.header.units.get(name) or layout.constant(name))
    text = pl.col(column_name)
    if name not in _KEEPS_NOTHING:
        text = pl.when(is_nothing(text)).then(pl.lit("")).otherwise(text)
    words = layout.feed.values.get(name)
    if words:
        text = text.replace(dict(words))
    stands_in = layout.header.units.get(name) or layout.constant(name)
    if stands_in:
        text = pl.when(text == "").then(pl.lit(stands_in)).otherwise(text)
    return text


def float_marks(grid: pl.DataFrame, layout: Layout, names: tuple[str, ...]) -> pl.Series:
    """Whether any of the canonical columns `names` was a binary float in each row."""
    flags = [
        flag(layout.header.columns[name])
        for name in names
        if layout.header.columns.get(name) in layout.table.floats
    ]
    if not flags:
        return pl.Series("from_float", [False], pl.Boolean).new_from_index(0, grid.height)
    return grid.select(pl.any_horizontal(flags).fill_null(False).alias("from_float")).to_series()
