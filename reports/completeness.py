"""The completeness report (数据完整性报告): which days are there, by enterprise, stream and month.

What belongs here: which parts it has and in which order. What does not: what is expected and what
is there (`ledgers.emissions.completeness`), file formats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledgers.emissions.completeness import Completeness, Coverage, Days, Sums
from reports import charts
from reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Headline,
    Note,
    Row,
    Section,
    Table,
    number,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer
from reports.statement import layout_words
from reports.totals import shared
from reports.words import Words

SHOWN = 2000
"""Streams listed on a page; a workbook has all of them."""

PICTURED = 30
"""Enterprises in the picture, those with most missing days first."""


def write_completeness(
    found: Completeness, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write the report as `folder`/completeness.<format>. Raises UnknownFormat."""
    return write_files(folder, "completeness", completeness_files(found, formats, lang), lang)


def completeness_files(
    found: Completeness, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> Mapping[str, bytes]:
    """The report as bytes by format."""
    check_formats(formats)
    document = completeness_document(found, lang)
    return {
        name: completeness_json(found).encode() if name == "json" else rendered(document, name)
        for name in formats
    }


def completeness_json(found: Completeness) -> str:
    """The report as JSON text."""
    return json.dumps(completeness_record(found), ensure_ascii=False, indent=1) + "\n"


def completeness_record(found: Completeness) -> dict[str, Any]:
    """The report as plain values; days are lists of first and last day."""
    return {
        "kind": "completeness",
        "version": 1,
        "label": "合成数据" if found.synthetic else "",
        "period": found.span.text,
        "head": record_of(found.head),
        "total": record_of(found.total),
        "enterprises": [
            {"enterprise_id": party.enterprise_id, "name": party.name, **record_of(sums)}
            for party, sums in found.by_enterprise()
        ],
        "streams": [_stream_record(row) for row in found.rows],
    }


def _stream_record(row: Coverage) -> dict[str, Any]:
    named = ("enterprise_id", "facility", "device", "carrier", "flow", "month", "why")
    counted = ("expected", "covered")
    listed = ("missing", "accrued", "waiting", "overlapping")
    return {
        **{name: getattr(row, name) for name in named},
        **{name: len(getattr(row, name)) for name in counted},
        **{name: record_of(getattr(row, name).ranges()) for name in listed},
    }


def completeness_document(found: Completeness, lang: str = "zh") -> Document:
    """The report in `lang`."""
    words = Words(lang)
    return Document(
        lang=lang,
        kind=words("completeness.kind"),
        title=words("completeness.title"),
        subtitle=words("statement.subtitle", period=words.months(found.span.text)),
        facts=Facts("", ((words("completeness.basis"), text(words("completeness.now"))),)),
        sections=(_summary(found, words), _gaps(found, words), _overlaps(found, words)),
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _summary(found: Completeness, words: Words) -> Section:
    total = found.total
    blocks: list[Block] = [
        Headline(
            (
                _figure("streams", total.streams, "", words),
                _figure("covered", total.covered, "days", words),
                _figure("missing", total.missing, "days", words),
                _figure("overlapping", total.overlapping, "days", words),
            )
        ),
        Note(words("completeness.note")),
    ]
    if found.rows:
        blocks.append(_picture(found, words))
        blocks.append(_by_enterprise(found, words))
    else:
        blocks.append(Note(words("completeness.nothing"), "caution"))
    return Section(words("completeness.summary"), tuple(blocks), words("completeness.summary"))


def _figure(name: str, value: int, unit: str, words: Words) -> tuple[str, Cell, str, str]:
    label = words(f"completeness.{name}")
    cell = number(value, 0, style="strong" if name == "missing" else "")
    return label, cell, words(f"completeness.{unit}") if unit else "", ""


def _picture(found: Completeness, words: Words) -> Block:
    """Share of expected days that are there: enterprises by month, or by carrier in one month."""
    several = found.span.length > 1
    groups: dict[tuple[str, str], list[int]] = {}
    for row in found.rows:
        column = row.month if several else words.carrier(row.carrier)
        sums = groups.setdefault((row.enterprise_id, column), [0, 0])
        sums[0] += len(row.expected) - len(row.missing)
        sums[1] += len(row.expected)
    first = [party for party, _ in found.by_enterprise()[:PICTURED]]
    names = {party.enterprise_id: party.name or party.enterprise_id for party in first}
    cells = [
        (names[name], column, there / expected)
        for (name, column), (there, expected) in groups.items()
        if name in names and expected
    ]
    title = words("completeness.picture", count=len(first))
    return charts.shares(cells, list(names.values()), title, words)


_SUMS = ("streams", "expected", "covered", "missing", "accrued", "waiting", "overlapping")


def _by_enterprise(found: Completeness, words: Words) -> Table:
    columns = (
        Column(words("column.enterprise"), width=2.6),
        *(Column(words(f"completeness.{name}"), "right", 0.9) for name in _SUMS),
        Column(words("completeness.share"), "right", 1.2),
    )
    rows = [
        Row((text(party.name or party.enterprise_id, sub=party.enterprise_id), *_sums(sums)))
        for party, sums in found.by_enterprise()
    ]
    last = Row((text(words("total")), *_sums(found.total)), "total")
    return Table(words("completeness.by_enterprise"), columns, (*rows, last))


def _sums(sums: Sums) -> Iterator[Cell]:
    for name in _SUMS:
        yield number(getattr(sums, name), 0)
    if sums.expected:
        yield shared(Fraction(sums.expected - sums.missing), Fraction(sums.expected))
    else:
        yield text("—", "muted")


def _gaps(found: Completeness, words: Words) -> Section:
    rows = [row for row in found.rows if row.missing.bits]
    columns = (
        Column(words("completeness.stream"), width=2.6),
        Column(words("column.month"), width=1.5),
        Column(words("completeness.why"), width=1.2),
        Column(words("completeness.expected"), "right", 0.8),
        Column(words("completeness.covered"), "right", 0.8),
        Column(words("completeness.missing"), "right", 0.8),
        Column(words("completeness.which"), width=2.4),
        Column(words("completeness.filled"), width=2),
    )
    table = Table(
        "",
        columns,
        tuple(_by_party(rows[:SHOWN], found, words, _gap)),
        words("completeness.no_gaps"),
        flat=_flat(rows, found, words),
    )
    blocks: list[Block] = [table]
    if len(rows) > SHOWN:
        note = words("completeness.more", shown=SHOWN, count=len(rows))
        blocks.insert(0, Note(note, "caution"))
    return Section(words("completeness.gaps"), tuple(blocks), words("completeness.gaps"))


def _overlaps(found: Completeness, words: Words) -> Section:
    rows = [row for row in found.rows if row.overlapping.bits]
    columns = (
        Column(words("completeness.stream"), width=3),
        Column(words("column.month"), width=1.5),
        Column(words("completeness.overlapping"), "right", 1),
        Column(words("completeness.which"), width=3),
    )
    table = Table(
        "",
        columns,
        tuple(_by_party(rows[:SHOWN], found, words, _overlap)),
        words("completeness.no_overlaps"),
        flat=_flat(rows, found, words),
    )
    note = Note(words("completeness.overlap_note"))
    return Section(words("completeness.overlaps"), (note, table), words("completeness.overlaps"))


def _by_party(
    rows: Sequence[Coverage],
    found: Completeness,
    words: Words,
    cells: Callable[[Coverage, Words], tuple[Cell, ...]],
) -> Iterator[Row]:
    """Rows under their enterprise."""
    last = ""
    for row in rows:
        if row.enterprise_id != last:
            last = row.enterprise_id
            yield Row((text(found.party(last).name or last, sub=last),), "group")
        yield Row(cells(row, words))


def _gap(row: Coverage, words: Words) -> tuple[Cell, ...]:
    filled = [
        words(f"completeness.of_{name}", days=days_text(days))
        for name, days in (("accrued", row.accrued), ("waiting", row.waiting))
        if days.bits
    ]
    return (
        text(stream_text(row, words)),
        text(words.months(row.month)),
        text(words(f"completeness.why_{row.why}")),
        number(len(row.expected), 0),
        number(len(row.covered), 0),
        number(len(row.missing), 0, style="strong"),
        text(days_text(row.missing)),
        text("；".join(filled)),
    )


def _overlap(row: Coverage, words: Words) -> tuple[Cell, ...]:
    return (
        text(stream_text(row, words)),
        text(words.months(row.month)),
        number(len(row.overlapping), 0, style="strong"),
        text(days_text(row.overlapping)),
    )


def stream_text(row: Coverage, words: Words) -> str:
    """A stream for people; of what never came only the carrier is known."""
    flow = words.named("flow", row.flow) if row.flow else words("completeness.nothing_came")
    parts = (row.facility, row.device, words.carrier(row.carrier), flow)
    return " · ".join(part for part in parts if part)


def days_text(days: Days) -> str:
    """Days as runs of month and day: 03-18–03-31."""
    return "、".join(_run(first, last) for first, last in days.ranges())


def _run(first: date, last: date) -> str:
    start = f"{first:%m-%d}"
    return start if first == last else f"{start}–{last:%m-%d}"


_FLAT = ("enterprise_id", "facility", "device", "carrier", "flow", "month", "why")


def _flat(rows: Sequence[Coverage], found: Completeness, words: Words) -> Table:
    """One row a stream and month, for sorting and filtering."""
    days = ("expected", "covered", "missing", "accrued", "waiting", "overlapping")
    columns = (
        Column(words("column.enterprise")),
        *(Column(words(f"completeness.column_{name}")) for name in _FLAT),
        *(Column(words(f"completeness.{name}"), "right") for name in days),
        Column(words("completeness.which")),
        Column(words("completeness.overlaps")),
    )
    made = tuple(
        Row(
            (
                text(found.party(row.enterprise_id).name),
                *(text(_named(name, getattr(row, name), words)) for name in _FLAT),
                *(number(len(getattr(row, name)), 0) for name in days),
                text(days_text(row.missing)),
                text(days_text(row.overlapping)),
            )
        )
        for row in rows
    )
    return Table("", columns, made)


def _named(column: str, value: str, words: Words) -> str:
    if column == "carrier":
        return words.carrier(value)
    if column == "flow":
        return words.named("flow", value)
    return words(f"completeness.why_{value}") if column == "why" else value
