"""Rows that are not in the totals, and doubts about rows that are (未入账与提示).

What belongs here: the tables of waiting and rejected rows and of warnings, with the reason in
words. What does not: the rules and their words.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledgers.emissions.unposted import Fault, Waiting
from reports.document import Column, Row, Section, Table, text
from reports.words import Words

SHOWN = 500
"""Rows of a kind shown at most; the table says how many there are."""


def unposted_section(waiting: Sequence[Waiting], faults: Sequence[Fault], words: Words) -> Section:
    """Waiting rows, rejected rows, warnings."""
    rejected = [fault for fault in faults if fault.severity == "E"]
    doubts = [fault for fault in faults if fault.severity == "W"]
    return Section(
        words("unposted.title"),
        (
            waiting_table(waiting, words),
            faults_table(
                rejected, words("unposted.rejected"), words("unposted.no_rejected"), words
            ),
            faults_table(doubts, words("unposted.warnings"), words("unposted.no_warnings"), words),
        ),
        words("sheet.unposted"),
    )


def waiting_table(waiting: Sequence[Waiting], words: Words, *, named: bool = False) -> Table:
    """Rows that came for a closed month; `named` adds the enterprise."""
    columns = (
        *((Column(words("column.enterprise"), width=2),) if named else ()),
        Column(words("column.carrier"), width=1.6),
        Column(words("column.period"), width=1.5),
        Column(words("column.quantity"), "right", 1.4),
        Column(words("column.source"), width=2.4),
        Column(words("column.received"), width=1.5),
    )
    rows = tuple(
        Row(
            (
                *((text(row.enterprise_name, sub=row.enterprise_id),) if named else ()),
                text(words.carrier(row.carrier), sub=words.named("flow", row.flow)),
                text(words.days(row.period_start, row.period_end)),
                text(f"{row.quantity_text} {row.unit}"),
                text(row.source_name or row.source[:12], sub=place(row.sheet, row.row_no, words)),
                text(words.moment(row.recorded_at)),
            )
        )
        for row in waiting[:SHOWN]
    )
    note = _more(len(waiting), words) or (words("unposted.waiting_note") if waiting else "")
    return Table(words("unposted.waiting"), columns, rows, words("unposted.no_waiting"), note)


def faults_table(faults: Sequence[Fault], title: str, empty: str, words: Words) -> Table:
    """Faults with file, row, what was seen and the reason in words."""
    columns = (
        Column(words("column.source"), width=2),
        Column(words("column.rule"), width=0.7),
        Column(words("column.seen"), width=1.3),
        Column(words("column.reason"), width=4),
    )
    rows = tuple(
        Row(
            (
                text(
                    fault.source_name or fault.source[:12],
                    sub=place(fault.sheet, fault.row_no, words),
                ),
                text(fault.rule, "mono"),
                text(fault.seen, sub=words.named("field", fault.column_name)),
                text(fault.text(words.lang)),
            )
        )
        for fault in faults[:SHOWN]
    )
    return Table(title, columns, rows, empty, _more(len(faults), words))


def place(sheet: str, row_no: int, words: Words) -> str:
    """Sheet and row as the person sees them."""
    if not row_no:
        return words("place.file")
    row = words("place.row", row=row_no)
    return words("place.sheet", sheet=sheet, row=row) if sheet else row


def _more(count: int, words: Words) -> str:
    return words("unposted.more", shown=SHOWN, count=count) if count > SHOWN else ""
