"""What was sent and is not in the totals (未入账): rejected rows, doubts, rows that wait.

What belongs here: reading them with the enterprise that sent them. What does not: the rules
(`rules`), the words of a fault (`factors.messages`), and the workbook that is sent back
(`pipelines.intake`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from factors import messages
from ledgers.emissions.books import queried
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row, or the part of a bill, that came for a closed month."""

    waiting_id: str
    enterprise_id: str
    enterprise_name: str
    month: str
    carrier: str
    flow: str
    facility: str
    period_start: date
    period_end: date
    quantity_text: str
    quantity: Decimal
    unit: str
    source: str
    sheet: str
    row_no: int
    source_name: str
    recorded_at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a row, or of a file (row_no 0). `severity` 'E' kept the row out, 'W' is a doubt
    about a row that was posted. `enterprise_id` '' where the ledger cannot tell the sender."""

    enterprise_id: str
    month: str
    source: str
    source_name: str
    sheet: str
    row_no: int
    column_name: str
    rule: str
    severity: str
    seen: str
    facts: Mapping[str, Any]
    recorded_at: datetime

    def text(self, lang: str = "zh") -> str:
        """The reason in words, as it was worded for the person who sent the file."""
        known = {"seen": self.seen, "column": self.column_name, "row": self.row_no}
        special = f"fault.{self.rule}.{self.facts.get('why', '')}"
        code = special if special in messages.catalogue() else f"fault.{self.rule}"
        return messages.text(code, lang, known | dict(self.facts))

    @property
    def place(self) -> tuple[str, str, int]:
        """File, sheet and row: a row with three faults is one row."""
        return self.source, self.sheet, self.row_no


def read_waiting(
    con: Connection, months: Sequence[str], commit_no: int, enterprise_id: str = ""
) -> tuple[Waiting, ...]:
    """Rows that wait for a closed month, as the ledger stood at `commit_no`: those that belong to
    one of `months` and those that a run of one of them brought (a bill that reaches back)."""
    rows = queried(
        con, "waiting.sql", months=list(months), commit_no=commit_no, enterprise=enterprise_id
    )
    return tuple(
        Waiting(**row | {"recorded_at": row["recorded_at"].replace(tzinfo=UTC)}) for row in rows
    )


def read_faults(con: Connection, months: Sequence[str], commit_no: int) -> tuple[Fault, ...]:
    """Faults found in the files of `months`, those that rejected first."""
    rows = queried(con, "faults.sql", months=list(months), commit_no=commit_no, most=_MOST)
    return tuple(_fault(row) for row in rows)


_MOST = 200_000
"""Faults read at most; how many there are of each rule is counted by `fault_counts`."""


def fault_counts(
    con: Connection, months: Sequence[str], commit_no: int
) -> tuple[dict[str, Any], ...]:
    """Rows by rule, severity and file, however many there are."""
    return tuple(queried(con, "fault_counts.sql", months=list(months), commit_no=commit_no))


def rejected_rows(faults: Sequence[Fault]) -> int:
    """How many rows (or whole files) were kept out."""
    return len({fault.place for fault in faults if fault.severity == "E"})


def _fault(row: Mapping[str, Any]) -> Fault:
    read = {
        "facts": json.loads(row["facts"] or "{}"),
        "recorded_at": row["recorded_at"].replace(tzinfo=UTC),
    }
    return Fault(**{**row, **read})
