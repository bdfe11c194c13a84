"""Spans of months that a report is about (报告期): a month, a year, or from one month to another.

What belongs here: reading a span as people write it and the spans that it is compared with. What
does not: what was booked in it, and periods that are open or closed (`ledgers.journal`).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from factors.errors import UsageFault

_MONTH = r"\d{4}-(?:0[1-9]|1[0-2])"
_SPAN = re.compile(rf"(?:(?P<year>\d{{4}})|(?P<first>{_MONTH})(?:\.\.(?P<last>{_MONTH}))?)")
_LONGEST = 120


class SpanFault(UsageFault, ValueError):
    """Not a span as 2025, 2025-03 or 2025-01..2025-06; facts: seen."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Months from `first` to `last`, each YYYY-MM, both counted."""

    first: str
    last: str

    @property
    def months(self) -> tuple[str, ...]:
        """Every month, in order."""
        start = _number(self.first)
        return tuple(_name(start + step) for step in range(self.length))

    @property
    def length(self) -> int:
        """How many months."""
        return _number(self.last) - _number(self.first) + 1

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return date(int(self.first[:4]), int(self.first[5:]), 1)

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        year, month = int(self.last[:4]), int(self.last[5:])
        return date(year, month, monthrange(year, month)[1])

    @property
    def text(self) -> str:
        """As it is written on the command line: 2025, 2025-03, 2025-01..2025-06."""
        if self.first == self.last:
            return self.first
        if self.length == 12 and self.first.endswith("-01"):
            return self.first[:4]
        return f"{self.first}..{self.last}"

    def before(self) -> Span:
        """The span of the same length that ends where this one begins."""
        return self._moved(self.length)

    def year_before(self) -> Span:
        """The same months of the year before."""
        return self._moved(12)

    def ending(self, months: int) -> Span:
        """`months` months that end with this span."""
        return Span(_name(_number(self.last) - months + 1), self.last)

    def _moved(self, months: int) -> Span:
        return Span(_name(_number(self.first) - months), _name(_number(self.last) - months))


def read_span(text: str) -> Span:
    """The span that `text` names. Raises SpanFault, also when it ends before it begins or is
    longer than ten years."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise SpanFault("report.bad_span", seen=text)
    if match["year"]:
        return Span(f"{match['year']}-01", f"{match['year']}-12")
    span = Span(match["first"], match["last"] or match["first"])
    if not 1 <= span.length <= _LONGEST:
        raise SpanFault("report.bad_span", seen=text)
    return span


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
