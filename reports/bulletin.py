"""The city's bulletin of a month as a document (城市月报).

What belongs here: which parts the bulletin has and in which order. What does not: reading the
ledger (`ledgers.emissions.bulletin`), file formats (`html`, `pdf`, `workbook`, `records`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from factors import messages
from ledgers.emissions.bulletin import Bulletin, CityBasis, FileCount, Group, Late, Mover
from ledgers.emissions.statement import Basis
from reports import charts
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
from reports.exceptions import waiting_table
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.pollutants import pollutant_section
from reports.records import bulletin_json
from reports.seal import footer, seal_section
from reports.statement import changed, headline_figures, layout_words
from reports.totals import by_category, by_gas, energy, memo, shared, tiers
from reports.words import Words

Naming = Callable[[str], str]


def write_bulletin(
    found: Bulletin, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write the bulletin as `folder`/bulletin.<format>. Raises UnknownFormat."""
    return write_files(folder, "bulletin", bulletin_files(found, formats, lang), lang)


def bulletin_files(
    found: Bulletin, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> Mapping[str, bytes]:
    """The bulletin as bytes by format; the XLSX is for staff to edit."""
    check_formats(formats)
    document = bulletin_document(found, lang)
    return {
        name: bulletin_json(found).encode() if name == "json" else rendered(document, name)
        for name in formats
    }


def bulletin_document(found: Bulletin, lang: str = "zh", *, pictures: bool = True) -> Document:
    """The bulletin in `lang`."""
    words = Words(lang)
    several = len(found.bases) > 1
    sections = [_summary(found, words, pictures)]
    for place, item in enumerate(found.bases, start=1):
        sections.append(_basis(found, item, words, place if several else 0))
    if found.bases:
        sections.append(pollutant_section(found.pollutants, words, found.footnotes))
    sections += [_movers(found, words), _late(found, words), _files(found, words)]
    sections.append(seal_section(found.head, (), found.as_of, words))
    return Document(
        lang=lang,
        kind=words("bulletin.kind"),
        title=words("bulletin.title", period=words.months(found.span.text)),
        subtitle=words("bulletin.subtitle"),
        facts=_facts(found, words),
        sections=tuple(sections),
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _facts(found: Bulletin, words: Words) -> Facts:
    rejected = sum(item.rows_rejected for item in found.files)
    return Facts(
        "",
        (
            (words("bulletin.registered"), number(found.registered, 0)),
            (words("bulletin.reporting"), number(found.reporting, 0)),
            (words("bulletin.late"), number(len(found.late), 0)),
            (words("bulletin.files"), number(len({item.source for item in found.files}), 0)),
            (words("bulletin.rejected_rows"), number(rejected, 0)),
            (words("bulletin.waiting_rows"), number(len(found.waiting), 0)),
            (words("party.state"), text(words("party.closed" if found.closed else "party.open"))),
        ),
    )


def _summary(found: Bulletin, words: Words, pictures: bool) -> Section:
    blocks: list[Block] = []
    if not found.bases:
        blocks.append(Note(words("statement.nothing"), "caution"))
    if len(found.bases) > 1:
        blocks.append(Note(words("statement.bases", count=len(found.bases)), "caution"))
    for item in found.bases:
        figures = headline_figures(item.basis, words, named=len(found.bases) > 1)
        blocks.append(Headline(figures))
        blocks.append(_compared(item.basis, found, words))
    if pictures:
        for item in found.bases:
            if len(item.basis.by_month) > 1:
                blocks.append(charts.months_by_scope(item.basis.by_month_scope, words))
            if len(item.by_district) > 1:
                pairs = [(_district(found)(g.key), g.total.co2e) for g in item.by_district]
                blocks.append(charts.ranking(pairs, words("chart.by_district"), words))
    return Section(words("statement.summary"), tuple(blocks), words("sheet.summary"))


def _compared(item: Basis, found: Bulletin, words: Words) -> Table:
    columns = (
        Column(words("column.span"), width=2),
        Column(words("column.enterprises"), "right", 0.9),
        Column("tCO2e", "right", 1.4),
        Column(words("column.change"), "right", 1.4),
        Column(words("column.change_share"), "right", 1.2),
        Column(words("column.tce"), "right", 1.4),
    )
    this, blank = item.now, text("")
    span = text(words.months(found.span.text))
    counted = number(this.enterprises, 0)
    first = (span, counted, number(this.co2e), blank, blank, number(this.equivalent))
    rows = [Row(first, "total")]
    for name, other in (("before_month", item.before), ("year_before", item.year_before)):
        label = f"{words(f'column.{name}')} {words.months(other.span.text)}"
        change = changed(this.co2e, other.co2e)
        cells = (text(label), number(other.enterprises or None, 0), number(other.co2e), *change)
        rows.append(Row((*cells, number(other.equivalent))))
    title = words("statement.comparison") + f" · {item.facts.title(words.lang)}"
    return Table(title, columns, tuple(rows), note=words("bulletin.compared_note"))


def _basis(found: Bulletin, item: CityBasis, words: Words, place: int) -> Section:
    held = item.basis
    blocks: list[Block] = []
    if held.total.entries:
        groupings: tuple[tuple[str, Sequence[Group], Naming], ...] = (
            ("district", item.by_district, _district(found)),
            ("zone", item.by_zone, lambda key: key or words("bulletin.no_zone")),
            ("sector", item.by_industry, lambda key: _industry(key, words)),
            ("carrier", item.by_carrier, words.carrier),
        )
        blocks += [_groups(held, name, groups, naming, words) for name, groups, naming in groupings]
        blocks += [by_category(held, words), by_gas(held, words)]
    if held.memo:
        blocks.append(memo(held, words))
    if held.energy.entries:
        blocks.append(energy(held, words))
    blocks.append(tiers(held, words))
    name = words("sheet.totals") + (f" {place}" if place else "")
    return Section(words("basis.title", name=held.facts.title(words.lang)), tuple(blocks), name)


def _district(found: Bulletin) -> Naming:
    return lambda key: found.districts.get(key) or key or "—"


def _industry(key: str, words: Words) -> str:
    return words.industry(key) or key or "—"


def _groups(held: Basis, name: str, groups: Sequence[Group], naming: Naming, words: Words) -> Table:
    columns = (
        Column(words(f"column.{name}"), width=2.4),
        Column(words("column.enterprises"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.2),
        Column(words("column.on_month"), "right", 1.1),
        Column(words("column.on_year"), "right", 1.1),
    )
    rows = tuple(
        Row(
            (
                text(naming(group.key)),
                number(group.enterprises, 0),
                number(group.total.co2e),
                shared(group.total.co2e, held.total.co2e),
                changed(group.total.co2e, group.before)[1],
                changed(group.total.co2e, group.year_before)[1],
            )
        )
        for group in groups
    )
    blank = text("")
    last = (text(words("total")), blank, number(held.total.co2e), blank, blank, blank)
    return Table(words(f"bulletin.by_{name}"), columns, (*rows, Row(last, "total")))


def _movers(found: Bulletin, words: Words) -> Section:
    blocks: list[Block] = [Note(words("bulletin.movers_note"))]
    for item in found.bases:
        if not item.basis.total.entries:
            continue
        suffix = f" · {item.basis.facts.title(words.lang)}" if len(found.bases) > 1 else ""
        for name, movers in (
            ("movers_month", item.movers_month),
            ("movers_year", item.movers_year),
            ("largest", item.largest),
        ):
            title = words(f"bulletin.{name}") + suffix
            blocks.append(_mover_table(title, movers, name, words))
    return Section(words("bulletin.movers"), tuple(blocks), words("sheet.movers"))


def _mover_table(title: str, movers: Sequence[Mover], name: str, words: Words) -> Table:
    other = "column.year_before" if name == "movers_year" else "column.before_month"
    columns = (
        Column(words("column.enterprise"), width=3),
        Column("tCO2e", "right", 1.3),
        Column(words(other), "right", 1.3),
        Column(words("column.change"), "right", 1.3),
        Column(words("column.change_share"), "right", 1),
    )
    rows = tuple(
        Row(
            (
                text(mover.name or mover.enterprise_id, sub=mover.enterprise_id),
                number(mover.now),
                number(mover.other),
                *changed(mover.now, mover.other),
            )
        )
        for mover in movers
    )
    return Table(title, columns, rows, words("bulletin.no_movers"))


def _late(found: Bulletin, words: Words) -> Section:
    columns = (
        Column(words("column.enterprise"), width=2.6),
        Column(words("party.district"), width=1),
        Column(words("column.missing"), width=2.6),
        Column(words("column.last_month"), width=1.1),
        Column(words("column.contact"), width=1.2),
    )
    nothing = [item for item in found.late if item.nothing]
    partly = [item for item in found.late if not item.nothing]
    tables = tuple(
        Table(
            words(f"bulletin.{name}", count=len(items)),
            columns,
            tuple(_late_row(item, words) for item in items),
            words("bulletin.none_late"),
        )
        for name, items in (("nothing_sent", nothing), ("partly_sent", partly))
    )
    note = Note(words("bulletin.late_note", expected=found.expected))
    return Section(words("bulletin.late_title"), (note, *tables), words("sheet.late"))


def _late_row(item: Late, words: Words) -> Row:
    separator = "、" if words.lang == "zh" else ", "
    return Row(
        (
            text(item.name or item.enterprise_id, sub=item.enterprise_id),
            text(item.district_name or "—"),
            text(separator.join(words.carrier(code) for code in item.missing)),
            text(words.months(item.last_month) if item.last_month else words("bulletin.never")),
            text(item.contact or "—"),
        )
    )


def _files(found: Bulletin, words: Words) -> Section:
    blocks = (_rules(found, words), _file_table(found, words))
    waiting = waiting_table(found.waiting, words, named=True)
    return Section(words("bulletin.files_title"), (*blocks, waiting), words("sheet.unposted"))


def _rules(found: Bulletin, words: Words) -> Table:
    columns = (
        Column(words("column.rule"), width=0.7),
        Column(words("column.about"), width=4),
        Column(words("column.effect"), width=1.4),
        Column(words("column.rows"), "right", 0.8),
        Column(words("column.files"), "right", 0.8),
    )
    rows = tuple(
        Row(
            (
                text(item.rule, "mono"),
                text(words.named("rule", item.rule) if _named(item.rule) else ""),
                text(words(f"severity.{item.severity}")),
                number(item.rows, 0),
                number(item.files, 0),
            )
        )
        for item in found.rules
    )
    return Table(words("bulletin.by_rule"), columns, rows, words("unposted.no_rejected"))


def _named(rule: str) -> bool:
    return f"rule.{rule}" in messages.catalogue()


_COUNTS = ("read", "posted", "rejected", "held", "waiting", "unchanged")


def _file_table(found: Bulletin, words: Words) -> Table:
    """Files with something to look at; the worksheet has all of them."""
    columns = (
        Column(words("column.source"), width=3),
        *(Column(words(f"rows.{name}"), "right", 0.75) for name in _COUNTS),
        Column(words("column.rules"), width=1.6),
    )
    smooth = sum(_is_smooth(item) for item in found.files)
    notable = tuple(_file_row(item, words) for item in found.files if not _is_smooth(item))
    every = tuple(_file_row(item, words) for item in found.files)
    title, empty = words("bulletin.by_file"), words("bulletin.no_files")
    note = words("bulletin.smooth_files", count=smooth) if smooth else ""
    flat = Table(title, columns, every, empty)
    return Table(title, columns, notable, "" if smooth else empty, note, flat)


def _is_smooth(item: FileCount) -> bool:
    return item.state == "posted" and item.rows_posted == item.rows_read > 0


def _file_row(item: FileCount, words: Words) -> Row:
    where = words("bulletin.file", commit_no=item.commit_no, sha=item.source[:12])
    counts = (number(getattr(item, f"rows_{name}"), 0) for name in _COUNTS)
    return Row(
        (text(item.name or item.source[:12], sub=where), *counts, text(" ".join(item.rules)))
    )
