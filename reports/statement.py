"""The emission statement as a document (企业排放对账单).

What belongs here: which parts a statement has and in which order. What does not: reading the
ledger (`ledgers.emissions.statement`), file formats (`html`, `pdf`, `workbook`, `records`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from fractions import Fraction
from pathlib import Path
from typing import Literal

from ledgers.emissions.spans import Span
from ledgers.emissions.statement import Basis, Comparison, Statement
from reports import charts, totals
from reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Headline,
    Note,
    References,
    Row,
    Section,
    Table,
    number,
    percent,
    text,
)
from reports.entries import corrections_section, lines_section
from reports.exceptions import unposted_section
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.pollutants import pollutant_section
from reports.quality import quality_section
from reports.records import statement_json
from reports.seal import footer, seal_section
from reports.sources import footnote_texts
from reports.words import Words

ON_PAPER = 400
"""Entries that a PDF lists, some forty pages; it says how many there are."""


def write_statement(
    found: Statement,
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
    pictures: bool = True,
) -> tuple[Path, ...]:
    """Write the statement as `folder`/<enterprise_id>.<format>. Raises UnknownFormat."""
    made = statement_files(found, formats, lang, pictures=pictures)
    return write_files(folder, found.party.enterprise_id, made, lang)


def statement_files(
    found: Statement, formats: Sequence[str] = FORMATS, lang: str = "zh", *, pictures: bool = True
) -> Mapping[str, bytes]:
    """The statement as bytes by format. All formats but PDF hold every line that it carries."""
    check_formats(formats)
    made: dict[str, bytes] = {}
    whole = [name for name in formats if name in ("html", "xlsx")]
    if whole:
        document = statement_document(found, lang, pictures=pictures)
        made |= {name: rendered(document, name) for name in whole}
    if "pdf" in formats:
        made["pdf"] = rendered(
            statement_document(found, lang, pictures=pictures, shown=ON_PAPER), "pdf"
        )
    if "json" in formats:
        made["json"] = statement_json(found).encode()
    return {name: made[name] for name in formats}


def statement_document(
    found: Statement, lang: str = "zh", *, pictures: bool = True, shown: int = 1_000_000
) -> Document:
    """The statement in `lang`. `pictures`: charts, which take about a tenth of a second each.
    `shown`: entries listed at most; when there are more the document says how many."""
    words = Words(lang)
    sections = [
        _summary(found, words, pictures),
        *(_basis_section(found, item, words, len(found.bases) > 1) for item in found.bases),
        _pollutants(found, words),
        *(quality_section(item, words) for item in found.quality),
        lines_section(found, words, shown),
        corrections_section(found.corrections, words),
        unposted_section(found.waiting, found.faults, words),
        _sources(found, words),
        seal_section(found.head, found.seals, found.as_of, words),
    ]
    return Document(
        lang=lang,
        kind=words("statement.kind"),
        title=found.party.name or found.party.enterprise_id,
        subtitle=words("statement.subtitle", period=words.months(found.span.text)),
        facts=_party(found, words),
        sections=tuple(section for section in sections if section is not None),
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def layout_words(words: Words) -> dict[str, str]:
    """The words that the layouts need themselves."""
    names = ("product", "page", "contents", "exact", "notes_mark", "label_note")
    return {name: words(f"layout.{name}") for name in names}


def _party(found: Statement, words: Words) -> Facts:
    party = found.party
    pairs = [
        (words("party.code"), text(party.enterprise_id, "mono")),
        (words("party.district"), text(party.district_name or party.district or "—")),
        (words("party.zone"), text(party.zone or "—")),
        (words("party.industry"), text(_industry(party.industry, words))),
        (words("party.market"), text(words.named("market", party.market) or "—")),
        (words("party.state"), text(_state(found, words))),
    ]
    pairs.append((words("party.sealed"), text(sealed_text(found, words))))
    if not party.registered:
        pairs.append((words("party.register"), text(words("party.unregistered"))))
    return Facts("", tuple(pairs))


def sealed_text(found: Statement, words: Words) -> str:
    """Of each year of the span whether it is sealed, by which commit and whom."""
    held = {seal.year: seal for seal in found.sealed_years}
    first, last = int(found.span.first[:4]), int(found.span.last[:4])
    parts = []
    for year in map(str, range(first, last + 1)):
        seal = held.get(year)
        if seal is None:
            parts.append(words("party.year_open", year=year))
            continue
        moment = words.moment(seal.recorded_at.replace(tzinfo=UTC))
        facts = {"year": year, "person": seal.person, "commit_no": seal.commit_no}
        parts.append(words("party.year_sealed", **facts, moment=moment))
    return "；".join(parts) if words.lang == "zh" else "; ".join(parts)


def _industry(code: str, words: Words) -> str:
    return f"{code} {words.industry(code)}" if code else "—"


def _state(found: Statement, words: Words) -> str:
    closed = len({seal.proof.month for seal in found.seals})
    if not closed:
        return words("party.open")
    if closed == found.span.length:
        return words("party.closed")
    return words("party.partly_closed", closed=closed, months=found.span.length)


def _summary(found: Statement, words: Words, pictures: bool) -> Section:
    blocks: list[Block] = []
    if not found.bases:
        blocks.append(Note(words("statement.nothing"), "caution"))
    if len(found.bases) > 1:
        blocks.append(Note(words("statement.bases", count=len(found.bases)), "caution"))
    for item in found.bases:
        blocks.append(Headline(headline_figures(item, words, named=len(found.bases) > 1)))
    if found.bases:
        blocks.append(_comparison(found, words))
    if pictures:
        for item in found.bases:
            blocks.extend(_pictures(item, found.span, words))
    return Section(words("statement.summary"), tuple(blocks), words("sheet.summary"))


def headline_figures(
    item: Basis, words: Words, *, named: bool
) -> tuple[tuple[str, Cell, str, str], ...]:
    """The figures at the top: the total, its scopes, energy; `named` adds the method's name."""
    figures = []
    if item.total.entries:
        label = _named(words("total.emission"), item, words, named)
        count = words("total.entries", count=f"{item.total.entries:,}")
        figures.append((label, number(item.total.co2e, 2, style="strong"), "tCO2e", count))
        figures += [
            (words.named("scope", each.key), number(each.co2e), "tCO2e", "")
            for each in item.by_scope
        ]
    energy = item.energy
    for value, name in ((energy.equivalent, "equivalent"), (energy.equal, "equal")):
        if value is not None:
            label = _named(words(f"energy.{name}"), item, words, named and not figures)
            figures.append((label, number(value.tonnes), "tce", words("energy.apart")))
    return tuple(figures)


def _named(label: str, item: Basis, words: Words, named: bool) -> str:
    return f"{label} · {item.facts.title(words.lang)}" if named else label


def _comparison(found: Statement, words: Words) -> Table:
    """This span, the one before and the same months last year; each basis by itself."""
    columns = (
        Column(words("column.basis"), width=2.2),
        Column(words("column.span"), width=1.4),
        Column("tCO2e", "right", 1.3),
        Column(words("column.change"), "right", 1.3),
        Column(words("column.change_share"), "right", 1),
        Column(words("column.tce"), "right", 1.2),
    )
    rows: list[Row] = []
    for item in found.bases:
        rows.append(_compared(item, item.now, words("column.this"), words))
        if found.span.before() != found.span.year_before():
            name = "before_month" if found.span.length == 1 else "before"
            rows.append(_compared(item, item.before, words(f"column.{name}"), words))
        rows.append(_compared(item, item.year_before, words("column.year_before"), words))
    return Table(words("statement.comparison"), columns, tuple(rows))


def _compared(item: Basis, other: Comparison, name: str, words: Words) -> Row:
    this = item.now
    first = text(name, sub=item.facts.title(words.lang) if other is this else "")
    span = text(words.months(other.span.text), sub=covered(other, words))
    if other is this:
        blank = text("")
        change, share = blank, blank
    else:
        change, share = changed(this.co2e, other.co2e)
    kind: Literal["total", "body"] = "total" if other is this else "body"
    return Row((first, span, number(other.co2e), change, share, number(other.equivalent)), kind)


def covered(found: Comparison, words: Words) -> str:
    """How many months of a longer span have data, where it is not all: a part of a year is not
    to be read as a year."""
    if found.months in (0, found.span.length):
        return ""
    return words("span.covered", months=found.months, of=found.span.length)


def changed(now: Fraction | None, other: Fraction | None) -> tuple[Cell, Cell]:
    """Now less other, and that as a share of other."""
    if now is None or other is None:
        return number(None), number(None)
    change = now - other
    style = "up" if change > 0 else "down" if change < 0 else ""
    return number(change, 2, sign=True, style=style), percent(change, other, sign=True)


def _pictures(item: Basis, span: Span, words: Words) -> Iterator[Figure]:
    """Charts, where they show more than the tables: months side by side, several carriers."""
    if len(item.by_month) > 1:
        months = span.months if span.length > 1 else ()
        yield charts.months_by_scope(item.by_month_scope, words, months)
    if len(item.by_month) > 1 and len(item.by_carrier) > 1:
        yield charts.by_carrier(item.by_carrier, words)


def _basis_section(found: Statement, item: Basis, words: Words, several: bool) -> Section:
    blocks: list[Block] = [totals.basis_facts(item, words)]
    if item.total.entries:
        carriers = words("basis.by_carrier"), words("column.carrier")
        months = words("basis.by_month"), words("column.month")
        blocks += [totals.by_category(item, words), totals.by_gas(item, words)]
        blocks.append(
            totals.totals_table(item.by_carrier, item.total, carriers, words.carrier, words)
        )
        if found.span.length > 1:
            blocks.append(
                totals.totals_table(item.by_month, item.total, months, words.months, words)
            )
    if item.memo:
        blocks.append(totals.memo(item, words))
    if item.energy.entries:
        blocks.append(totals.energy(item, words))
    blocks.append(totals.tiers(item, words))
    name = words("sheet.totals") + (f" {found.bases.index(item) + 1}" if several else "")
    title = words("basis.title", name=item.facts.title(words.lang))
    return Section(title, tuple(blocks), name)


def _pollutants(found: Statement, words: Words) -> Section | None:
    """Air pollutants, where anything was booked at all."""
    return pollutant_section(found.pollutants, words) if found.bases else None


def _sources(found: Statement, words: Words) -> Section:
    items = footnote_texts(found.footnotes, words)
    return Section(
        words("source.title"),
        (Note(words("source.note")), References(items, words("source.none"))),
        words("sheet.sources"),
    )
