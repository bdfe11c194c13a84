"""Green-finance disclosures as documents (绿色金融披露): a bank's tables, the city with its board.

What belongs here: which parts each report has and in which order. What does not: the values
(`ledgers.green_finance.disclosures`), and the supervisor's own layout (`supervisor_table`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from ledgers.green_finance.bonds import BondReport
from ledgers.green_finance.columns import INDICATORS
from ledgers.green_finance.disclosures import (
    CLASSES,
    BankReport,
    Category,
    CityReport,
)
from ledgers.green_finance.exposures import Exposure
from ledgers.green_finance.financed import Total
from ledgers.green_finance.tags import Warned
from reports.disclosure_records import bank_json
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
    percent,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.seal import footer
from reports.statement import layout_words
from reports.words import Words

TEN_THOUSAND = 10_000
_SHOWN = 60


def write_bank(
    found: BankReport, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """A bank's report; the XLSX has the supervisor's layout on its first sheets."""
    check_formats(formats)
    document = bank_document(found, lang)
    made = {name: _bank_bytes(found, document, name) for name in formats}
    return write_files(folder, f"finance-{found.institution.institution_id}", made, lang)


def _bank_bytes(found: BankReport, document: Document, name: str) -> bytes:
    if name == "json":
        return bank_json(found).encode()
    if name == "xlsx":
        from reports.supervisor_table import supervisor_workbook

        return supervisor_workbook(found, document.label)
    return rendered(document, name)


def bank_document(found: BankReport, lang: str = "zh") -> Document:
    """A bank's report in `lang`."""
    words = Words(lang)
    sections = (
        _statistics(found, words),
        _support(found, words),
        _financed_section((("pcaf", found.pcaf), ("pboc", found.pboc)), words),
        Section(words("finance.open"), (open_checks(found.open, words),)),
        Section(words("finance.records"), (_records(found.categories, words),)),
    )
    title = words("finance.bank", name=found.institution.name)
    pairs = (
        (words("finance.institution"), text(found.institution.institution_id)),
        *common(found, words),
    )
    return document(found, title, Facts("", pairs), sections, words)


def document(
    found: BankReport | BondReport | CityReport,
    title: str,
    facts: Facts,
    sections: tuple[Section, ...],
    words: Words,
) -> Document:
    """The frame that every disclosure has: head of the ledger, label, title."""
    return Document(
        lang=words.lang,
        kind=words("finance.kind"),
        title=title,
        subtitle=words("finance.as_of", day=words.day(found.as_of)),
        facts=facts,
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def common(
    found: BankReport | BondReport | CityReport, words: Words
) -> tuple[tuple[str, Cell], ...]:
    """What stands at the top: commit, and how complete the editions are."""
    states = [
        words("finance.incomplete", edition=name, extent=extent)
        if extent
        else words("finance.complete", edition=name)
        for name, extent in found.editions.items()
    ]
    return (
        (words("finance.head_commit"), text(found.head.commit_no)),
        (words("finance.seal_state"), text("；".join(states) or words("finance.none"))),
    )


def money(value: Decimal | Fraction | None, words: Words) -> Cell:
    """CNY shown in 10 000 CNY."""
    del words
    return number(None if value is None else Fraction(value) / TEN_THOUSAND, 2)


def _statistics(found: BankReport, words: Words) -> Section:
    columns = (
        Column(words("finance.code"), width=1.3),
        Column(words("finance.name"), width=2.2),
        Column(words("finance.balance"), "right", 1.2),
        *(Column(words(f"finance.class.{name}"), "right", 1) for name in CLASSES),
        Column(words("finance.count"), "right", 0.6),
    )
    rows = [
        Row(
            (
                text(each.code, sub=each.edition),
                text(each.name),
                money(each.balance, words),
                *(money(each.classes[name], words) for name in CLASSES),
                number(len(each.records), 0),
            )
        )
        for each in found.categories
    ]
    sums = [sum((c.classes[name] for c in found.categories), Decimal(0)) for name in CLASSES]
    count = sum(len(each.records) for each in found.categories)
    rows.append(
        Row(
            (
                text(words("finance.total")),
                text(""),
                money(found.balance, words),
                *(money(value, words) for value in sums),
                number(count, 0),
            ),
            "total",
        )
    )
    yuan = words("finance.yuan")
    title = f"{words('finance.statistics')}（{yuan}）"
    blocks: list[Block] = [
        Headline((
            (words("finance.green_balance"), money(found.balance, words), yuan, ""),
            (words("finance.indicator.co2"), number(_claimed(found, "co2"), 0), "t", ""),
            (words("finance.open_count"), number(len(found.open), 0), "", ""),
        )),
        Table(title, columns, tuple(rows), note=words("finance.statistics_note")),
        _claimed_table(found.categories, words),
        _evaluation(found, words),
    ]  # fmt: skip
    return Section(words("finance.statistics"), tuple(blocks))


def _claimed(found: BankReport, indicator: str) -> Fraction:
    return sum((each.benefits[indicator] for each in found.categories), Fraction(0))


def _claimed_table(categories: Sequence[Category], words: Words) -> Table:
    """Eleven indicators; those that nobody has are left to the workbook."""
    shown = [n for n in INDICATORS if any(each.benefits[n] for each in categories)]
    columns = (
        Column(words("finance.code"), width=1.2),
        *(Column(words(f"finance.indicator.{name}"), "right", 1) for name in shown),
    )
    rows = tuple(
        Row((text(each.code), *(number(each.benefits[name], 2) for name in shown)))
        for each in categories
    )
    return Table(words("finance.benefits"), columns, rows if shown else (), words("finance.none"))


def _evaluation(found: BankReport, words: Words) -> Table:
    columns = (Column(words("finance.evaluation"), width=3), Column("", "right", 1.4))
    rows = []
    for name, value in found.evaluation.items():
        cell = money(value, words) if name == "green_balance" else _percent(value)
        rows.append(Row((text(words(f"finance.evaluation.{name}")), cell)))
    return Table(
        words("finance.evaluation"), columns, tuple(rows), note=words("finance.evaluation_note")
    )


def came_from(package: str, sheet: str, row_no: int) -> Cell:
    """Where a record came from: the package without its institution, the sheet and row below."""
    parts = package.split("_")
    return text(" ".join((*parts[:1], *parts[2:])), sub=f"{sheet} {row_no}")


def _percent(value: Fraction | None) -> Cell:
    return number(None, 2) if value is None else percent(value, 1, digits=2)


def _support(found: BankReport, words: Words) -> Section:
    names = ("period", "projects", "amount", "rate", "reduction")
    columns = tuple(
        Column(words(f"finance.support.{name}"), "left" if name == "period" else "right")
        for name in names
    )
    rows = tuple(
        Row(
            (
                text(words(f"finance.support.{name}")),
                number(line.projects, 0),
                number(line.amount, 2),
                number(line.rate, 2),
                number(line.reduction, 2),
            )
        )
        for name, line in found.support.items()
    )
    return Section(words("finance.support"), (Table(words("finance.support"), columns, rows),))


def _financed_section(pairs: Sequence[tuple[str, Total | None]], words: Words) -> Section:
    rows = tuple(
        Row((text(words(f"finance.method.{name}")), *total_cells(found)))
        for name, found in pairs
        if found is not None
    )
    columns = (Column(words("finance.method"), width=2.2), *total_columns(words))
    table = Table(words("finance.financed"), columns, rows, words("finance.none"))
    note = Note(words("finance.financed_note"))
    return Section(words("finance.financed"), (table, note))


def total_columns(words: Words) -> tuple[Column, ...]:
    """Columns of a total of financed emissions: with coverage and score, always."""
    return (
        Column(words("finance.emissions"), "right", 1.3),
        Column(words("finance.coverage"), "right", 0.9),
        Column(words("finance.score"), "right", 0.9),
        Column(words("finance.removals"), "right", 0.9),
        Column(words("finance.credits"), "right", 1.1),
    )


def total_cells(found: Total | None) -> tuple[Cell, ...]:
    """Cells of those columns; dashes where there is no total."""
    if found is None:
        return tuple(number(None) for _ in range(5))
    credits = f"{number(found.retired, 2).text} / {number(found.generated, 2).text}"
    return (
        number(found.emissions, 2),
        percent(found.coverage, 1, digits=1),
        number(found.score, 2),
        number(found.removals, 2),
        text(credits if found.method == "pcaf" else "—"),
    )


def open_checks(found: Sequence[Warned], words: Words) -> Table:
    """Open warnings; the first of many on paper, all in a workbook."""
    columns = (
        Column(words("finance.rule"), width=0.8),
        Column(words("finance.institution"), width=1.6),
        Column(words("finance.number"), width=1),
        Column(words("finance.text"), width=4.6),
    )
    rows = tuple(
        Row(
            (
                text(each.rule, "mono"),
                text(each.institution_id),
                text(each.subject),
                text(each.text(words.lang), sub=each.warning),
            )
        )
        for each in found
    )
    flat = Table(words("finance.open"), columns, rows, words("finance.none"))
    return Table(words("finance.open"), columns, rows[:_SHOWN], words("finance.none"), flat=flat)


def _records(categories: Sequence[Category], words: Words) -> Table:
    """The instruments behind each line, with the row of the package that they came from."""
    columns = (
        Column(words("finance.number"), width=1.2),
        Column(words("finance.customer"), width=2),
        Column(words("finance.product"), width=0.9),
        Column(words("finance.balance"), "right", 1.2),
        Column(words("finance.place"), width=2.6),
    )
    rows: list[Row] = []
    for each in categories:
        rows.append(Row((text(f"{each.edition} {each.code}", sub=each.name),), "group"))
        rows += [_record(record, words) for record in each.records[:_SHOWN]]
    flat = tuple(_record(record, words) for each in categories for record in each.records)
    title = words("finance.records")
    nothing = words("finance.none")
    return Table(title, columns, tuple(rows), nothing, flat=Table(title, columns, flat, nothing))


def _record(each: Exposure, words: Words) -> Row:
    return Row(
        (
            text(each.business_no),
            text(each.customer, sub=each.credit_code),
            text(words(f"finance.kind.{each.kind}")),
            money(each.balance, words),
            came_from(each.package, each.sheet, each.row_no),
        )
    )
