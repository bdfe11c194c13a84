"""The quality of figures on reports (数据质量): uncertainty, kinds of data, what is not known.

What belongs here: sections and cells that statements show of it. What does not: how it is worked
out (`ledgers.emissions.uncertainty`), and which days are missing (`reports.completeness`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from ledgers.emissions.uncertainty import Contribution, Quality, Uncertainty
from reports.document import (
    Block,
    Cell,
    Column,
    Facts,
    Note,
    Row,
    Section,
    Table,
    number,
    percent,
    text,
)
from reports.words import Words

LISTED = 12
"""Sources of uncertainty that are listed, largest first."""


def quality_section(found: Quality, words: Words) -> Section:
    """Uncertainty and kinds of data of one basis."""
    total = found.total
    blocks: list[Block] = [_facts(found, words), Note(words("quality.note"))]
    if total.missing:
        blocks.append(Note(words("quality.incomplete"), "caution"))
    blocks.append(_carriers(found, words))
    if total.contributions:
        blocks.append(_contributions(total.contributions, words))
    if total.missing:
        blocks.append(_missing(total, words))
    blocks.append(_kinds(found, words))
    title = words("quality.title", name=found.method_edition)
    return Section(title, tuple(blocks), words("quality.sheet"))


def relative_cell(relative: Decimal | None) -> Cell:
    """A relative uncertainty as ± per cent; a dash where none is known."""
    if relative is None:
        return text("—", "muted")
    shown = number(relative * 100, 1)
    return Cell(text=f"±{shown.text} %", value=relative, digits=4)


def uncertainty_text(relative: Decimal | None) -> str:
    """The same as text; '' where none is known."""
    return "" if relative is None else relative_cell(relative).text.replace(" %", "%")


def _facts(found: Quality, words: Words) -> Facts:
    total = found.total
    if total.relative is None:
        said = text(words("quality.absent"))
    else:
        half = number(total.half_width)
        said = text(f"{number(total.co2e).text} ± {half.text} tCO2e", "strong")
    pairs = [
        (words("quality.total"), said),
        (words("quality.relative"), relative_cell(total.relative)),
        *((words(f"quality.{name}"), _of(total, name)) for name in ("whole", "partly", "unknown")),
    ]
    return Facts("", tuple(pairs))


def _of(total: Uncertainty, name: str) -> Cell:
    """Tonnes of a degree of knowledge, with their share."""
    tonnes: Fraction = getattr(total, name)
    share = percent(tonnes, total.whole + total.partly + total.unknown)
    return text(f"{number(tonnes).text} t（{share.text}）")


def _carriers(found: Quality, words: Words) -> Table:
    columns = (
        Column(words("column.carrier"), width=2),
        Column("tCO2e", "right", 1.4),
        Column("± t", "right", 1.2),
        Column("± %", "right", 1),
        Column(words("quality.without"), width=2.4),
    )
    named = [(words.carrier(name), each) for name, each in found.by_carrier]
    rows = [Row((text(name), *_figures(each, words))) for name, each in named]
    last = Row((text(words("total")), *_figures(found.total, words)), "total")
    note = words("quality.carriers_note")
    return Table(words("quality.by_carrier"), columns, (*rows, last), note=note)


def _figures(each: Uncertainty, words: Words) -> Sequence[Cell]:
    gaps = "、".join(parameter_name(name, words) for name, _ in each.missing)
    half = number(each.half_width)
    return number(each.co2e), half, relative_cell(each.relative), text(gaps or "—")


def _contributions(found: Sequence[Contribution], words: Words) -> Table:
    columns = (
        Column(words("quality.source"), width=3),
        Column(words("quality.parameter"), width=1.4),
        Column("± %", "right", 0.9),
        Column(words("quality.rests"), "right", 1.3),
        Column("± t", "right", 1.2),
        Column(words("quality.variance"), "right", 1.1),
    )
    rows = tuple(
        Row(
            (
                text(source_name(each.key, words)),
                text(parameter_name(each.parameter, words)),
                relative_cell(Decimal(each.relative.numerator) / each.relative.denominator),
                number(each.co2e),
                number(each.half_width),
                percent(each.share, 1),
            )
        )
        for each in found[:LISTED]
    )
    more = len(found) - LISTED
    note = words("quality.more", count=more) if more > 0 else ""
    return Table(words("quality.contributions"), columns, rows, note=note)


def source_name(key: str, words: Words) -> str:
    """A source for people: the factor's edition and row, or the stream whose quantity it is."""
    if not key.startswith("quantity "):
        return key
    _, facility, device, carrier, flow, evidence = key.removeprefix("quantity ").split("\x1f")
    parts = (facility, device, words.carrier(carrier), words.named("flow", flow))
    return " · ".join(part for part in (*parts, words.named("evidence", evidence)) if part)


def parameter_name(name: str, words: Words) -> str:
    """What a parameter is called; its own name where nobody gave it one."""
    return words.named("parameter", name).removeprefix("parameter.")


def _missing(total: Uncertainty, words: Words) -> Table:
    columns = (
        Column(words("quality.parameter"), width=2),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.2),
    )
    whole = total.whole + total.partly + total.unknown
    rows = tuple(
        Row((text(parameter_name(name, words)), number(tonnes), percent(tonnes, whole)))
        for name, tonnes in total.missing
    )
    return Table(words("quality.missing"), columns, rows, note=words("quality.missing_note"))


def _kinds(found: Quality, words: Words) -> Table:
    columns = (
        Column(words("quality.kind"), width=2),
        Column(words("column.entries"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.2),
    )
    rows = tuple(
        Row(
            (
                text(words.named("data", kind)),
                number(entries, 0),
                number(tonnes),
                percent(tonnes, found.total.co2e),
            )
        )
        for kind, entries, tonnes in found.by_data_kind
    )
    return Table(words("quality.by_kind"), columns, rows)
