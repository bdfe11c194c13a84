"""Words of reports in one language, from the one catalogue of messages.

What belongs here: looking words up, names of codes (carriers, flows, scopes, rules), dates and
moments as people of the city read them. What does not: the words themselves, which stand in
`factors/messages/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from factors import messages
from factors.carriers import CARRIERS
from factors.gases import GASES
from ledgers.reference.rows import LOCAL


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language: 'zh' or 'en'."""

    lang: str = "zh"

    def __call__(self, code: str, **facts: object) -> str:
        return messages.text(f"report.{code}", self.lang, facts)

    def named(self, kind: str, code: str) -> str:
        """The name of a code such as flow 'consumption'; the code itself where it has none."""
        known = f"{kind}.{code}"
        if known not in messages.catalogue():
            return code
        return messages.text(known, self.lang, {})

    def carrier(self, code: str) -> str:
        """A carrier's name."""
        found = CARRIERS.get(code)
        return found.name(self.lang) if found else code

    def gas(self, measure: str) -> str:
        """A gas or energy measure with its formula."""
        found = GASES.get(measure)
        if found is None:
            return self.named("measure", measure)
        name = found.name_en if self.lang == "en" else found.name_zh
        return measure if name == measure else f"{name} {measure}"

    def industry(self, code: str) -> str:
        """The name of the longest known beginning of a GB/T 4754 code; '' for an unknown one."""
        figures = code.lstrip("ABCDEFGHIJKLMNOPQRST")
        for length in range(len(figures), 1, -1):
            if f"industry.{figures[:length]}" in messages.catalogue():
                return self.named("industry", figures[:length])
        return ""

    def day(self, value: date) -> str:
        """A day, in ISO order in both languages."""
        return value.isoformat()

    def days(self, first: date, last: date) -> str:
        """A period; one day is written once."""
        if first == last:
            return first.isoformat()
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.isoformat()}–{last.day:02d}"
        return f"{first.isoformat()}–{last.isoformat()}"

    def moment(self, value: datetime | None) -> str:
        """A moment by the city's clock."""
        if value is None:
            return "—"
        return value.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S") + " (UTC+8)"

    def months(self, span_text: str) -> str:
        """A span of months as it is said: 2025年3月, 2025年; March 2025."""
        parts = span_text.split("..")
        if len(parts) == 2:
            return self("span", first=self._month(parts[0]), last=self._month(parts[1]))
        return self._month(span_text) if "-" in span_text else self("year", year=span_text)

    def _month(self, month: str) -> str:
        year, number = month.split("-")
        return self("month", year=year, month=int(number), name=self.named("month", number))
