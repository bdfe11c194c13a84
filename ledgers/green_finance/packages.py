"""Packages (报送包): names, messages, what is known of one before its rows are read.

What belongs here: the grammar of a package's name and the fault record of its rows. What does not:
reading files (`pipelines.finance`) and deciding about rows (`submission`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from factors.errors import DataFault

MESSAGES: Mapping[str, str] = {
    "ordinary": "正常",
    "supplement": "补报",
    "correction": "修正",
    "deletion": "删除",
    "statistics": "报表",
}
"""Message kind → how a package's name says it."""

LATEST_DAYS = 183
"""A supplement lies at most six months back."""

ORDINARY_DAYS = 10
"""An ordinary message is due on the day after; what lies further back is a supplement. Ten days,
because the calendar of working days and holidays is not part of the software."""

_NAME = re.compile(
    r"(?P<message>[a-z]+|[\u4e00-\u9fff]{2})_(?P<institution>[0-9A-Z]{6,18})"
    r"_(?P<day>\d{8})_(?P<number>\d{1,6})"
)


class BadPackageName(DataFault, ValueError):
    """A name that does not say message, institution, date and number; facts: seen."""


@dataclass(frozen=True, slots=True)
class Package:
    """What the name of a package says, and the hash of its file."""

    name: str
    message: str
    institution_id: str
    day: date
    number: int
    sha256: str


def read_name(file_name: str, sha256: str) -> Package:
    """`正常_B0001H221010001_20251120_0001.xlsx` as a package. Raises BadPackageName."""
    stem = file_name.rpartition("/")[2].split(".")[0]
    found = _NAME.fullmatch(stem)
    kinds = {word: kind for kind, zh in MESSAGES.items() for word in (kind, zh)}
    if found is None or found["message"] not in kinds:
        raise BadPackageName("finance.package_name", seen=file_name)
    try:
        day = date.fromisoformat(found["day"])
    except ValueError as fault:
        raise BadPackageName("finance.package_name", seen=file_name) from fault
    message = kinds[found["message"]]
    number = int(found["number"])
    # One name whatever language and leading zeros it was written with.
    name = f"{message}_{found['institution']}_{day:%Y%m%d}_{number:04d}"
    return Package(name, message, found["institution"], day, number, sha256)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (sheet, row and column as the person sees them), which rule, what was seen.
    `subject` is the number of the record."""

    sheet: str
    row_no: int
    column: str
    rule: str
    severity: str
    subject: str
    seen: str
    facts: Mapping[str, Any]

    def text(self, lang: str = "zh") -> str:
        """The fault in words."""
        from factors.messages import text

        return text(f"finance.rule.{self.rule}", lang, {"seen": self.seen, **self.facts})
