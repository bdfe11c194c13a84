"""Which tables of a staged file hold activity data, and under which header (表的识别).

What belongs here: the header of each table by names or by a feed, what is wrong with it, and
whether its stamps are finer than a day. What does not: rows (`typed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from factors.spellings import UnitError
from factors.units import parse_unit
from pipelines.intake.columns import Layout
from pipelines.intake.delimited import ROW_NO
from pipelines.intake.faults import Fault
from pipelines.intake.feeds import Feed
from pipelines.intake.headers import SEARCHED_ROWS, Header, find_header, missing, read_header
from pipelines.intake.names import ACTIVITY, clean, columns_of
from pipelines.intake.periods import CLOCK
from pipelines.intake.staging import Staged, Table, grid_rows

_FORGOTTEN = 2
"""Required columns that a table may lack and still be told so, beside a sheet that is right."""

_TIME_IN_CELL = rf"(?:[ T日]){CLOCK}|[0-9]时"
_MIDNIGHT_IN_CELL = r"[ T日]\s*0{1,2}[:：]00(?:[:：]00(?:\.0+)?)?$"


@dataclass
class Found:
    """Tables with their headers, tables left aside with the reason, faults of headers."""

    layouts: list[Layout] = field(default_factory=list)
    skipped: list[tuple[Table, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def find_layouts(staged: Staged, feed: Feed) -> Found:
    """The tables of a file that hold activity data. A sheet without a quantity (a cover, a list
    of contacts) is left aside where another sheet has one; alone, it is a fault."""
    found = Found()
    bare: list[Table] = []
    lacking: list[Layout] = []
    for table in staged.tables:
        if table.hidden or (feed.sheet and table.sheet != feed.sheet):
            found.skipped.append((table, "hidden" if table.hidden else "not_in_feed"))
            continue
        header = header_of(staged, table, feed)
        if header is None:
            bare.append(table)
            continue
        layout = Layout(staged.sha256, table, header, feed, staged.delimited)
        (found.layouts if _looks_meant(layout) else lacking).append(layout)
    if not found.layouts and not lacking and staged.refusal is None:
        found.faults.append(no_header(staged, feed, bare))
    if not found.layouts:
        found.faults += [fault for layout in lacking for fault in header_faults(layout)]
    else:
        bare += [layout.table for layout in lacking]
    found.skipped += [(table, "no_header") for table in bare]
    faulty = {layout.table: list(header_faults(layout)) for layout in found.layouts}
    found.faults += [fault for faults in faulty.values() for fault in faults]
    found.layouts = [layout for layout in found.layouts if not faulty[layout.table]]
    return found


def _looks_meant(layout: Layout) -> bool:
    """Whether a header was meant to be one of activity data, if not quite right."""
    lacks = missing(layout.header, ACTIVITY, tuple(layout.feed.constants))
    return "quantity" in layout.header.columns and len(lacks) <= _FORGOTTEN


def header_of(staged: Staged, table: Table, feed: Feed) -> Header | None:
    """The header of one table, by the feed's own names where it has some; None for none."""
    if table.names:
        rows, first = [table.names], 0
    else:
        rows, first = grid_rows(staged, table, SEARCHED_ROWS), 1
    if feed.columns:
        return _feed_header(rows, feed, first)
    if table.names:
        return read_header(table.names, ACTIVITY, is_unit=is_unit, row_no=0)
    return find_header(rows, ACTIVITY, is_unit=is_unit)


def _feed_header(rows: list[tuple[str | None, ...]], feed: Feed, first: int) -> Header | None:
    """The first row that holds every header that the feed names; None where none does."""
    wanted = {clean(header): name for name, header in feed.columns.items()}
    for at, row in enumerate(rows):
        places = {clean(cell): index for index, cell in reversed(list(enumerate(row)))}
        if wanted.keys() <= places.keys():
            columns = {name: places[header] for header, name in wanted.items()}
            texts = {name: (row[index] or "").strip() for name, index in columns.items()}
            spare = {
                i: cell.strip()
                for i, cell in enumerate(row)
                if cell and cell.strip() and i not in columns.values()
            }
            cells = tuple((cell or "").strip() for cell in row)
            return Header(at + first, columns, texts, spare=spare, cells=cells)
    return None


def is_unit(text: str) -> bool:
    """Whether a text in a header's parentheses is a unit."""
    try:
        parse_unit(text)
    except UnitError:
        return False
    return True


def header_faults(layout: Layout) -> Iterator[Fault]:
    """What keeps a table from being read at all (IN-02), all of it."""
    sheet, row = layout.table.sheet, layout.header.row_no
    known = columns_of(ACTIVITY)
    for name in missing(layout.header, ACTIVITY, tuple(layout.feed.constants)):
        facts = {"why": "missing", "row": row, "column": _both(name), "header": known[name].zh[0]}
        yield Fault("IN-02", sheet, 0, name, "", facts)
    if "quantity" in layout.header.twice:
        yield Fault(
            "IN-02",
            sheet,
            0,
            "quantity",
            "",
            {
                "why": "twice",
                "row": row,
                "column": _both("quantity"),
                "header": layout.label("quantity"),
            },
        )


def _both(name: str) -> str:
    return f"{columns_of(ACTIVITY)[name].zh[0]} ({name})"


def no_header(staged: Staged, feed: Feed, bare: list[Table]) -> Fault:
    """The fault of a file in which no table has a header."""
    if feed.columns:
        wanted = "、".join(feed.columns.values())
        facts = {"why": "feed", "wanted": wanted, "feed": feed.name, "rows": SEARCHED_ROWS}
    else:
        wanted = "、".join(k.zh[0] for k in columns_of(ACTIVITY).values() if k.required)
        facts = {"why": "none", "wanted": wanted, "rows": SEARCHED_ROWS}
    sheet = bare[0].sheet if len(bare) == 1 else ""
    return Fault(
        "IN-02", sheet, 0, "", "", {**facts, "file": staged.name, "column": "", "header": ""}
    )


def has_times(staged: Staged, layout: Layout) -> bool:
    """Whether stamps are finer than a day. Dates that a program wrote out with 00:00 behind them
    are days; only where some other time stands in the column is 00:00 a time."""
    if layout.feed.stamps is not None:
        return layout.feed.stamps.interval_minutes > 0 or "%H" in layout.feed.stamps.format
    name = layout.mapped.get("period")
    if name is None:
        return False
    cell = pl.col(name).str.strip_chars()
    timed = cell.str.contains(_TIME_IN_CELL) & ~cell.str.contains(_MIDNIGHT_IN_CELL)
    below = pl.scan_parquet(staged.path(layout.table)).filter(pl.col(ROW_NO) > layout.header.row_no)
    return bool(below.select(timed.any()).collect(engine="streaming").item())
