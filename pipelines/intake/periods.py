"""Periods as people write them (期间): a month, a day, a moment, or the two days of a bill.

What belongs here: one text to one Period, and whole columns of texts by their distinct values.
What does not: how a meter of a supplier stamps its readings (`stamps`), and splitting a bill over
months, which is the ledger's. A year or a quarter is refused: it is no monthly report.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

PERIOD_SCHEMA: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "period_start": pl.Date(),
    "period_end": pl.Date(),
    "starts_at": pl.Datetime("us"),
    "has_time": pl.Boolean(),
}

CLOCK = r"[0-9]{1,2}[:：][0-9]{2}"
"""A clock time somewhere in a cell."""

_YEARS = range(1990, 2101)
_EXCEL_DAYS = range(32874, 73415)
"""Serial numbers of a spreadsheet from 1990 to 2100."""
_EXCEL_ZERO = date(1899, 12, 30)

_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月份?|(\d{4})(\d{2})")
_DAY = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})"
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?|(\d{1,2})时(?:(\d{1,2})分)?")
_SHORT_DAY = re.compile(r"(?:(\d{1,2})[-/.月])?(\d{1,2})[日号]?")
_MONTH_ONLY = re.compile(r"(\d{1,2})月份?")
_SEPARATORS = re.compile(
    r"\s*(?:至|到|~|〜|–|—|―|--|\bto\b)\s*|\s+-\s+|(?<=[日号月])-|-(?=\d{4}年)"
)
_COMPACT = re.compile(r"(\d{8})-(\d{8})|([\d./年月日]{6,11})-([\d./年月日]{4,11})")


@dataclass(frozen=True)
class Period:
    """Days `start` to `end`, both included; `at` is the moment of a reading finer than a day."""

    start: date
    end: date
    at: datetime | None = None


def parse_period(text: str, *, is_float: bool = False) -> Period | None:
    """The period that `text` states, or None. `is_float`: the cell was a number, so 45717 is a
    day's serial number and 2025.1 could be January or October (None)."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("'").strip()
    if is_float and re.fullmatch(r"\d{4}\.\d", plain):
        return None
    day = day_of_serial(plain) if is_float else None
    if day:
        return Period(day, day)
    return _one(plain) or _range(plain)


def day_of_serial(text: str) -> date | None:
    """The day that a spreadsheet's number stands for, 45717 → 2025-03-01; None for no day."""
    if re.fullmatch(r"[0-9]{5}", text) and int(text) in _EXCEL_DAYS:
        return _EXCEL_ZERO + timedelta(days=int(text))
    return None


def parse_column(texts: pl.Series, floats: pl.Series | None = None) -> pl.DataFrame:
    """Distinct non-empty texts of a column with their periods: PERIOD_SCHEMA, NULL days where a
    text is no period. A text that was a number anywhere in the column is read as a number."""
    frame = pl.DataFrame([texts.alias("text")])
    frame = frame.with_columns(is_float=pl.lit(False) if floats is None else floats)
    distinct = frame.group_by("text", maintain_order=True).agg(pl.col("is_float").any())
    rows = [_record(text, bool(is_float)) for text, is_float in distinct.iter_rows() if text]
    return pl.DataFrame(rows, schema=dict(PERIOD_SCHEMA), orient="row")


def _record(text: str, is_float: bool) -> tuple[object, ...]:
    period = parse_period(text, is_float=is_float)
    if period is None:
        return text, None, None, None, False
    return text, period.start, period.end, period.at, period.at is not None


def _one(text: str) -> Period | None:
    for pattern, build in ((_MONTH, _month), (_DAY, _day)):
        found = pattern.fullmatch(text)
        if found:
            return build([int(part) for part in found.groups() if part is not None])
    return _moment(text)


def _month(parts: list[int]) -> Period | None:
    year, month = parts
    if year not in _YEARS or not 1 <= month <= 12:
        return None
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _day(parts: list[int]) -> Period | None:
    day = _date(*parts)
    return Period(day, day) if day else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _moment(text: str) -> Period | None:
    """A day with a clock time; 24:00 is the end of that day and belongs to it."""
    for day_text, clock in _day_and_clock(text):
        found, time = _DAY.fullmatch(day_text), _TIME.fullmatch(clock)
        if not found or not time:
            continue
        day = _date(*[int(part) for part in found.groups() if part is not None])
        at = _at(day, time) if day else None
        return Period(day, day, at) if day and at else None
    return None


def _day_and_clock(text: str) -> Iterator[tuple[str, str]]:
    for separator in (" ", "T", "日"):
        head, found, tail = text.partition(separator)
        if found:
            yield head + ("日" if separator == "日" else ""), tail.strip().removesuffix("Z")


def _at(day: date, time: re.Match[str]) -> datetime | None:
    hour, minute, second = (
        int(part or 0) for part in (time[1] or time[5], time[2] or time[6], time[3])
    )
    micro = int((time[4] or "0").ljust(6, "0"))
    if (hour, minute, second, micro) == (24, 0, 0, 0):
        # The last representable moment of the day: the reading must not slip into the next one.
        return datetime(day.year, day.month, day.day, 23, 59, 59, 999999)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(day.year, day.month, day.day, hour, minute, second, micro)


def _range(text: str) -> Period | None:
    halves = _halves(text)
    if halves is None:
        return None
    first, last = _one(halves[0]), None
    if first is None and re.fullmatch(r"\d{4}年\d{1,2}", halves[0]):
        first = _one(halves[0] + "月")
    if first is None or first.at is not None:
        return None
    last = _one(halves[1]) or _short(halves[1], first)
    if last is None or last.at is not None:
        return None
    return Period(first.start, last.end)


def _halves(text: str) -> tuple[str, str] | None:
    parts = _SEPARATORS.split(text)
    if len(parts) == 2 and all(parts):
        return parts[0].strip(), parts[1].strip()
    found = _COMPACT.fullmatch(text)
    if found:
        return found[1] or found[3], found[2] or found[4]
    found = re.fullmatch(r"(\d{4}年\d{1,2})-(\d{1,2}月份?)", text)
    if found:
        return found[1], found[2]
    found = re.fullmatch(r"(\d{4}-\d{2}(?:-\d{2})?)-(\d{4}-\d{2}(?:-\d{2})?)", text)
    return (found[1], found[2]) if found else None


def _short(text: str, first: Period) -> Period | None:
    """The second half of a range that leaves out the year, or year and month, of the first."""
    months = _MONTH_ONLY.fullmatch(text)
    if months:
        return _month([first.start.year, int(months[1])])
    found = _SHORT_DAY.fullmatch(text)
    if not found:
        return None
    month = int(found[1]) if found[1] else first.start.month
    return _day([first.start.year, month, int(found[2])])
