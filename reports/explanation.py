"""One entry back to where it comes from, for the terminal and as a page (账目说明).

What belongs here: laying out the account of an entry. What does not: the account itself
(`ledgers.emissions.explanation`), which words its own lines.
"""

from __future__ import annotations

from factors.gases import QUANTUM
from ledgers.emissions.explanation import Explanation
from ledgers.emissions.lines import Parameter
from ledgers.emissions.parties import synthetic
from reports.document import (
    Block,
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
from reports.entries import source_text
from reports.html import html
from reports.seal import footer, seal_section
from reports.statement import layout_words
from reports.words import Words


def explanation_lines(found: Explanation, lang: str = "zh") -> tuple[str, ...]:
    """The account as lines of text."""
    return tuple(found.text(lang).splitlines())


def explanation_html(found: Explanation, lang: str = "zh") -> str:
    """The account as an HTML page."""
    return html(explanation_document(found, lang))


def explanation_document(found: Explanation, lang: str = "zh") -> Document:
    """The account as a document: where it was read, how it was calculated, who posted it."""
    words, line = Words(lang), found.line
    return Document(
        lang=lang,
        kind=words("explanation.kind"),
        title=words("explanation.title", entry=line.entry_id),
        subtitle=f"{words.carrier(line.carrier)} · {words.named('flow', line.flow)}",
        facts=_facts(found, words),
        sections=(
            Section(words("explanation.working"), _working(found, words), words("sheet.lines")),
            Section(words("source.title"), (_parameters(found, words),), words("sheet.sources")),
            seal_section(found.commit.head, (), None, words),
        ),
        foot=footer(found.commit.head, words),
        label=words("label.synthetic") if synthetic(line.origin.name) else "",
        headings=layout_words(words),
    )


def _facts(found: Explanation, words: Words) -> Facts:
    line = found.line
    pairs = [
        (words("party.code"), text(line.enterprise_id, "mono")),
        (words("column.period"), text(words.days(line.period_start, line.period_end))),
        (words("column.source"), text(source_text(line, words))),
        (words("column.sha256"), text(line.origin.source, "mono")),
        (words("column.quantity"), text(f"{line.quantity_text} {line.unit}")),
        (words("column.tier"), text(words.named("tier", str(line.tier)))),
        (words("column.posted_by"), text(found.commit.person)),
        (words("column.posted_at"), text(words.moment(found.commit.recorded_at))),
    ]
    for name, other in (("reverses", line.reverses_id), ("reversed_by", line.reversed_by)):
        if other:
            pairs.append((words(f"explanation.{name}"), text(other, "mono")))
    return Facts("", tuple(pairs))


def _working(found: Explanation, words: Words) -> tuple[Block, ...]:
    line, made = found.line, found.working
    quantum = QUANTUM[line.resolution.measure]
    figures = [
        (words("explanation.booked"), number(line.value, 0, style="strong"), found.quantum, ""),
        (words("column.t"), number(quantum.tonnes(line.value), 6), line.resolution.unit, ""),
    ]
    if found.exact is not None:
        unrounded = number(found.exact, 6)
        remark = words("explanation.rounded", quantum=found.quantum)
        figures.append((words("explanation.exact"), unrounded, found.quantum, remark))
    remarks = (*(item.text for item in made.conversions), *line.resolution.notes[words.lang])
    equation = Facts(
        "",
        (
            (words("explanation.formula"), text(made.formula, "mono")),
            (words("explanation.filled"), text(made.equation)),
        ),
    )
    return (Headline(tuple(figures)), equation, *(Note(remark) for remark in remarks))


def _parameters(found: Explanation, words: Words) -> Table:
    columns = (
        Column(words("explanation.parameter"), width=1.6),
        Column(words("explanation.origin"), width=1),
        Column(words("explanation.value"), "right", 1.2),
        Column(words("basis.document"), width=4),
        Column(words("basis.standing"), width=0.8),
    )
    rows = tuple(_parameter(item, words) for item in found.line.resolution.parameters)
    return Table("", columns, rows)


def _parameter(item: Parameter, words: Words) -> Row:
    cited = [item.publisher, item.document]
    if item.origin == "factor":
        cited += [words("source.table", table=item.table) if item.table else ""]
        cited += [item.clause or words("source.no_clause")]
    return Row(
        (
            text(words.named("parameter", item.name), sub=item.key),
            text(words.named("origin", item.origin)),
            text(f"{item.value} {item.unit}".strip()),
            text(words("source.separator").join(part for part in cited if part)),
            text(words.named("standing", item.standing) if item.standing else ""),
        )
    )
