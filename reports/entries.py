"""Entries on a statement (明细): each with its formula, its source and who posted it.

What belongs here: the list of lines, grouped by the row that was sent, and corrections shown
beside the original. What does not: totals (`statement`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from factors.gases import QUANTUM
from ledgers.emissions.lines import Correction, Line
from ledgers.emissions.statement import Statement
from ledgers.emissions.workings import plain, working
from reports.document import Cell, Column, Note, Row, Section, Table, number, text
from reports.exceptions import place
from reports.quality import relative_cell, uncertainty_text
from reports.words import Words


def lines_section(found: Statement, words: Words, shown: int) -> Section:
    """The entries that stand, at most `shown` of them."""
    lines = found.lines[:shown]
    blocks: list[Note | Table] = [Note(words("lines.note"))]
    if len(lines) < found.lines_in_all:
        note = words("lines.more", shown=len(lines), count=found.lines_in_all)
        blocks.append(Note(note, "caution"))
    columns = (
        Column(words("column.entry"), width=0.8),
        Column(words("column.gas"), width=1),
        Column(words("column.working"), width=4.6),
        Column("t", "right", 1.4),
        Column(words("column.tier"), "right", 0.7),
    )
    rows = tuple(_grouped(lines, found, words))
    blocks.append(Table("", columns, rows, words("lines.none"), flat=_flat(lines, found, words)))
    return Section(words("lines.title"), tuple(blocks), words("sheet.lines"))


def corrections_section(found: Sequence[Correction], words: Words) -> Section | None:
    """Reversed entries beside what reversed and replaced them; None where there are none."""
    if not found:
        return None
    columns = (
        Column(words("column.state"), width=0.9),
        Column(words("column.entry"), width=0.8),
        Column(words("column.source"), width=2.6),
        Column(words("column.quantity"), "right", 1.5),
        Column(words("column.gas"), width=0.8),
        Column("t", "right", 1.4),
    )
    rows = tuple(row for item in found for row in _correction(item, words))
    table = Table("", columns, rows, flat=_flat_corrections(found, words))
    note = Note(words("corrections.note"))
    return Section(words("corrections.title"), (note, table), words("sheet.corrections"))


def tonnes(line: Line, digits: int = 6) -> Cell:
    """The value of an entry in tonnes of its measure."""
    return number(QUANTUM[line.resolution.measure].tonnes(line.value), digits)


def source_text(line: Line, words: Words) -> str:
    """File, sheet and row (or rows) of a line."""
    origin = line.origin
    where = place(origin.sheet, origin.row_no, words)
    if origin.rows > 1:
        rows = words("place.rows", first=origin.row_no, last=origin.row_last, count=origin.rows)
        where = words("place.sheet", sheet=origin.sheet, row=rows) if origin.sheet else rows
    return f"{origin.name or origin.source[:12]} · {where}"


def _grouped(lines: Sequence[Line], found: Statement, words: Words) -> Iterator[Row]:
    activity = ""
    for line in lines:
        if line.activity_id != activity:
            activity = line.activity_id
            yield Row((text(_sent(line, words), sub=_sent_by(line, words)),), "group")
        yield Row(
            (
                text(line.entry_id, "mono"),
                text(words.named("short", line.resolution.measure)),
                _working(line, found, words),
                tonnes(line),
                text(line.tier, sub=uncertainty_text(_relative(line, found))),
            )
        )


def _sent(line: Line, words: Words) -> str:
    what = [words.carrier(line.carrier), words.named("flow", line.flow)]
    what += [part for part in (line.facility, line.device) if part]
    days = words.days(line.period_start, line.period_end)
    return f"{' · '.join(what)}　{days}　{line.quantity_text} {line.unit}"


def _sent_by(line: Line, words: Words) -> str:
    parts = [source_text(line, words)]
    if line.bill:
        whole = words.days(line.bill.start, line.bill.end)
        parts.append(words("lines.bill", days=whole, quantity=plain(line.bill.quantity)))
    kinds = [words.named("evidence", line.evidence_kind), words.named("data", line.data_kind)]
    parts.append(" / ".join(part for part in kinds if part))
    parts.append(_why(line, words))
    parts.append(words("lines.posted", person=line.person, moment=words.moment(line.recorded_at)))
    return "　".join(part for part in parts if part)


def _working(line: Line, found: Statement, words: Words) -> Cell:
    made = working(line)
    remarks = [item.text for item in made.conversions]
    if line.proof.condition_assumed:
        remarks.append(words("lines.assumed", condition=line.proof.gas_condition))
    remarks += line.resolution.notes[words.lang]
    return Cell(
        text=made.equation,
        sub="；".join(remarks) if words.lang == "zh" else "; ".join(remarks),
        notes=found.notes_of.get(line.resolution.resolution_id, ()),
    )


def _correction(item: Correction, words: Words) -> Iterator[Row]:
    first = item.first
    heading = words(
        "corrections.heading",
        commit_no=item.commit_no,
        cause=words.named("cause", item.cause),
        person=item.person,
        moment=words.moment(item.recorded_at),
    )
    yield Row((text(heading, sub=_stream(first, words)),), "group")
    for line in item.originals:
        yield _corrected(
            line, *(("named", "body") if item.beside else ("original", "struck")), words
        )
    for line in item.reversals:
        yield _corrected(line, "reversal", "muted", words)
    for line in item.replacements:
        yield _corrected(line, "beside" if item.beside else "replacement", "body", words)
    measure = first.resolution.measure
    change = number(QUANTUM[measure].tonnes(item.difference), 6, sign=True)
    blank = text("")
    named = text(words.named("short", measure))
    yield Row((text(words("corrections.difference")), blank, blank, blank, named, change), "total")


def _stream(line: Line, words: Words) -> str:
    what = (words.carrier(line.carrier), words.named("flow", line.flow), line.facility, line.device)
    return f"{' · '.join(part for part in what if part)}　{words.months(line.month)}"


def _why(line: Line, words: Words) -> str:
    """What a line corrects, or how it was accrued."""
    if line.correction_of:
        return words("lines.correction_of", name=line.correction_of)
    return line.note if line.data_kind == "accrued" else ""


def _corrected(line: Line, state: str, kind: str, words: Words) -> Row:
    return Row(
        (
            text(words(f"corrections.{state}")),
            text(line.entry_id, "mono"),
            text(source_text(line, words), sub=_why(line, words)),
            text(f"{line.quantity_text} {line.unit}"),
            text(words.named("short", line.resolution.measure)),
            tonnes(line),
        ),
        kind,  # type: ignore[arg-type]
    )


_FLAT = (
    *("entry", "month", "scope", "category", "carrier", "flow", "facility", "device"),
    *("period_start", "period_end", "quantity", "unit", "gas", "t", "quanta", "quantum"),
    *(
        "tier",
        "uncertainty",
        "basis",
        "method",
        "working",
        "conversions",
        "notes",
        "source",
        "sheet",
        "row",
    ),
    *("row_last", "sha256", "evidence", "data_kind", "correction_of", "posted_by", "posted_at"),
)
_RIGHT = {"quantity", "t", "quanta", "tier", "uncertainty", "row", "row_last"}


def _flat(lines: Sequence[Line], found: Statement, words: Words) -> Table:
    """One row an entry, everything in columns of its own, for sorting and filtering."""
    columns = tuple(
        Column(words(f"column.{name}"), "right" if name in _RIGHT else "left") for name in _FLAT
    )
    rows = tuple(Row(_flat_row(line, found, words)) for line in lines)
    return Table("", columns, rows, words("lines.none"))


def _flat_row(line: Line, found: Statement, words: Words) -> tuple[Cell, ...]:
    made, resolution, origin = working(line), line.resolution, line.origin
    notes = found.notes_of.get(resolution.resolution_id, ())
    return (
        text(line.entry_id),
        text(line.month),
        text(words.named("scope", resolution.scope)),
        text(words.named("category", resolution.category)),
        text(words.carrier(line.carrier)),
        text(words.named("flow", line.flow)),
        text(line.facility),
        text(line.device),
        text(line.period_start),
        text(line.period_end),
        _quantity(line),
        text(line.unit),
        text(resolution.measure),
        tonnes(line),
        number(line.value, 0),
        text(QUANTUM[resolution.measure].unit),
        number(line.tier, 0),
        relative_cell(_relative(line, found)),
        text(resolution.method_edition),
        text(resolution.method),
        text(made.equation),
        text("; ".join(item.text for item in made.conversions)),
        text(", ".join(str(note) for note in notes)),
        text(origin.name),
        text(origin.sheet),
        number(origin.row_no, 0),
        number(origin.row_last, 0),
        text(origin.source),
        text(words.named("evidence", line.evidence_kind)),
        text(words.named("data", line.data_kind)),
        text(line.correction_of),
        text(line.person),
        text(words.moment(line.recorded_at)),
    )


def _relative(line: Line, found: Statement) -> Decimal | None:
    return found.uncertainty_of.get((line.resolution.resolution_id, line.tier))


def _quantity(line: Line) -> Cell:
    """The quantity with as many decimals as it has."""
    shown = plain(line.quantity)
    return number(line.quantity, len(shown.partition(".")[2]))


def _flat_corrections(found: Sequence[Correction], words: Words) -> Table:
    names = ("state", "commit", "cause", "entry", "source", "quantity", "unit", "gas", "t")
    columns = tuple(
        Column(words(f"column.{name}"), "right" if name in _RIGHT else "left") for name in names
    )
    rows = []
    for item in found:
        kinds = (
            ("named" if item.beside else "original", item.originals),
            ("reversal", item.reversals),
            ("beside" if item.beside else "replacement", item.replacements),
        )
        for state, lines in kinds:
            for line in lines:
                rows.append(
                    Row(
                        (
                            text(words(f"corrections.{state}")),
                            number(item.commit_no, 0),
                            text(words.named("cause", item.cause)),
                            text(line.entry_id),
                            text(source_text(line, words)),
                            _quantity(line),
                            text(line.unit),
                            text(line.resolution.measure),
                            tonnes(line),
                        )
                    )
                )
    return Table("", columns, tuple(rows))
