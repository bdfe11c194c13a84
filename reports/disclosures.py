"""Green-finance disclosures as documents (绿色金融披露): a bank's tables, the city with its board.

What belongs here: which parts each report has and in which order. What does not: the values
(`ledgers.green_finance.disclosures`), and the supervisor's own layout (`supervisor_table`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from ledgers.green_finance.columns import INDICATORS
from ledgers.green_finance.disclosures import (
    CLASSES,
    LENT,
    BankReport,
    Category,
    CityReport,
)
from ledgers.green_finance.exposures import Exposure
from ledgers.green_finance.financed import Total
from ledgers.green_finance.institutions import KINDS
from ledgers.green_finance.tags import Warned
from reports import charts
from reports.disclosure_records import bank_json, city_json
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


def write_city(
    found: CityReport, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """The city's report with its early-warning board."""
    check_formats(formats)
    document = city_document(found, lang)
    made = {
        name: city_json(found).encode() if name == "json" else rendered(document, name)
        for name in formats
    }
    return write_files(folder, "finance-city", made, lang)


def bank_document(found: BankReport, lang: str = "zh") -> Document:
    """A bank's report in `lang`."""
    words = Words(lang)
    sections = (
        _statistics(found, words),
        _support(found, words),
        _financed_section((("pcaf", found.pcaf), ("pboc", found.pboc)), words),
        Section(words("finance.open"), (_open(found.open, words),)),
        Section(words("finance.records"), (_records(found.categories, words),)),
    )
    title = words("finance.bank", name=found.institution.name)
    pairs = (
        (words("finance.institution"), text(found.institution.institution_id)),
        *_common(found, words),
    )
    return _document(found, title, Facts("", pairs), sections, words)


def city_document(found: CityReport, lang: str = "zh") -> Document:
    """The city's report in `lang`."""
    words = Words(lang)
    sections = (
        _city_balances(found, words),
        _city_benefits(found, words),
        _city_financed(found, words),
        _board(found, words),
        Section(words("finance.open"), (_open(found.open, words),)),
    )
    return _document(
        found, words("finance.city"), Facts("", _common(found, words)), sections, words
    )


def _document(
    found: BankReport | CityReport,
    title: str,
    facts: Facts,
    sections: tuple[Section, ...],
    words: Words,
) -> Document:
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


def _common(found: BankReport | CityReport, words: Words) -> tuple[tuple[str, Cell], ...]:
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


def _money(value: Decimal | Fraction | None, words: Words) -> Cell:
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
                _money(each.balance, words),
                *(_money(each.classes[name], words) for name in CLASSES),
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
                _money(found.balance, words),
                *(_money(value, words) for value in sums),
                number(count, 0),
            ),
            "total",
        )
    )
    yuan = words("finance.yuan")
    title = f"{words('finance.statistics')}（{yuan}）"
    blocks: list[Block] = [
        Headline((
            (words("finance.green_balance"), _money(found.balance, words), yuan, ""),
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
        cell = _money(value, words) if name == "green_balance" else _percent(value)
        rows.append(Row((text(words(f"finance.evaluation.{name}")), cell)))
    return Table(
        words("finance.evaluation"), columns, tuple(rows), note=words("finance.evaluation_note")
    )


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
        Row((text(words(f"finance.method.{name}")), *_total_cells(found)))
        for name, found in pairs
        if found is not None
    )
    columns = (Column(words("finance.method"), width=2.2), *_total_columns(words))
    table = Table(words("finance.financed"), columns, rows, words("finance.none"))
    note = Note(words("finance.financed_note"))
    return Section(words("finance.financed"), (table, note))


def _total_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words("finance.emissions"), "right", 1.3),
        Column(words("finance.coverage"), "right", 0.9),
        Column(words("finance.score"), "right", 0.9),
        Column(words("finance.removals"), "right", 0.9),
        Column(words("finance.credits"), "right", 1.1),
    )


def _total_cells(found: Total | None) -> tuple[Cell, ...]:
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


def _open(found: Sequence[Warned], words: Words) -> Table:
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
            _money(each.balance, words),
            text(each.package, sub=f"{each.sheet} {each.row_no}"),
        )
    )


def _city_balances(found: CityReport, words: Words) -> Section:
    columns = (
        Column(words("finance.edition"), width=1.4),
        Column(words("finance.category"), width=2.4),
        Column(words("finance.product"), width=1),
        Column(words("finance.count"), "right", 0.7),
        Column(f"{words('finance.balance')}（{words('finance.yuan')}）", "right", 1.4),
    )
    rows = tuple(
        Row(
            (
                text(edition or words("finance.none")),
                text(category or "—"),
                text(words(f"finance.kind.{kind}")),
                number(count, 0),
                _money(balance, words),
            )
        )
        for (edition, category, kind), (balance, count) in found.by_category.items()
    )
    sums = [
        _kind_total(kind, found, words) for kind in sorted({k for _, _, k in found.by_category})
    ]
    bridge_columns = (
        Column(words("finance.edition"), width=1.4),
        Column(words("finance.category"), width=2.2),
        Column(words("finance.new_category"), width=2.2),
        Column(f"{words('finance.balance')}（{words('finance.yuan')}）", "right", 1.4),
    )
    bridge = tuple(
        Row(
            (
                text(edition),
                text(category),
                text(new or words("finance.unmatched"), "" if new else "muted"),
                _money(balance, words),
            )
        )
        for (edition, category, new), balance in found.bridge.items()
    )
    blocks: tuple[Block, ...] = (
        Table(words("finance.by_category"), columns, (*rows, *sums), words("finance.none"),
              words("finance.by_category_note")),
        Table(words("finance.bridge"), bridge_columns, bridge, words("finance.none"),
              words("finance.bridge_note")),
    )  # fmt: skip
    return Section(words("finance.by_category"), blocks)


def _kind_total(kind: str, found: CityReport, words: Words) -> Row:
    """The sum of one product. Products are never added: a fund holds what a bank lent."""
    held = [pair for (_, _, each), pair in found.by_category.items() if each == kind]
    cells = (
        text(words("finance.total")),
        text(""),
        text(words(f"finance.kind.{kind}")),
        number(sum(count for _, count in held), 0),
        _money(sum((balance for balance, _ in held), Decimal(0)), words),
    )
    return Row(cells, "total")


def _city_benefits(found: CityReport, words: Words) -> Section:
    columns = (
        Column(words("finance.indicator"), width=2),
        *(
            Column(words(f"finance.{name}"), "right", 1.3)
            for name in ("gross", "claimed", "unclaimed", "expected")
        ),
    )
    rows = tuple(
        Row(
            (
                text(words(f"finance.indicator.{name}")),
                number(gross, 2),
                number(claimed, 2),
                number(gross - claimed, 2),
                number(expected, 2),
            )
        )
        for name, (gross, claimed, expected) in found.benefits.items()
    )
    table = Table(words("finance.city_benefits"), columns, rows)
    return Section(words("finance.city_benefits"), (table,))


def _city_financed(found: CityReport, words: Words) -> Section:
    columns = (
        Column(words("finance.industry"), width=1.6),
        Column(words("finance.method"), width=1.8),
        *_total_columns(words),
    )
    rows: list[Row] = []
    for industry in sorted({*found.pcaf, *found.pboc}):
        for method, held in (("pcaf", found.pcaf), ("pboc", found.pboc)):
            name = text(words.industry(industry) or industry, sub=industry)
            method_name = text(words(f"finance.method.{method}"))
            rows.append(Row((name, method_name, *_total_cells(held.get(industry)))))
    blocks: list[Block] = [
        Table(words("finance.financed"), columns, tuple(rows), words("finance.none")),
        Note(words("finance.financed_note")),
    ]
    pairs = [(words.industry(k) or k, v.emissions) for k, v in found.pcaf.items() if v.emissions]
    if len(pairs) > 1:
        title = f"{words('finance.emissions')} · {words('finance.method.pcaf')}"
        blocks.append(charts.ranking(pairs, title, words))
    return Section(words("finance.financed"), tuple(blocks))


def _board(found: CityReport, words: Words) -> Section:
    columns = (
        Column(words("finance.institution"), width=2.2),
        Column(words("finance.board_kind"), width=1.1),
        Column(words("finance.green_balance"), "right", 1.2),
        Column(words("finance.share"), "right", 0.9),
        Column(words("finance.overdue"), "right", 1),
        Column(words("finance.bad"), "right", 1),
        Column(words("finance.pledged"), "right", 1),
        Column(words("finance.open_count"), "right", 0.8),
    )
    green = [e for e in found.held if e.green and e.kind in LENT and not e.transferred]
    whole = sum((each.balance for each in green), Decimal(0))
    rows = tuple(
        _board_row(code, found, [e for e in green if e.institution_id == code], whole, words)
        for code in found.institutions
    )
    by_category: dict[str, Decimal] = {}
    for (_, category, kind), (balance, _) in found.by_category.items():
        if kind in LENT:
            by_category[category] = by_category.get(category, Decimal(0)) + balance
    return Section(
        words("finance.board"),
        (
            Table(words("finance.board"), columns, rows, words("finance.none")),
            _concentration(by_category, whole, words),
        ),
    )


def _board_row(
    code: str, found: CityReport, green: Sequence[Exposure], whole: Decimal, words: Words
) -> Row:
    institution = found.institutions[code]
    balance = sum((each.balance for each in green), Decimal(0))
    bad = sum((e.balance for e in green if e.risk_class in CLASSES[2:]), Decimal(0))
    overdue = sum((each.overdue for each in green), Decimal(0))
    pledged = sum((e.pledged for e in found.held if e.institution_id == code), Decimal(0))
    waiting = sum(each.institution_id == code for each in found.open)
    kind = KINDS[institution.kind] if words.lang == "zh" else institution.kind
    return Row(
        (
            text(institution.name, sub=code),
            text(kind),
            _money(balance, words),
            percent(balance, whole),
            _money(overdue, words),
            _money(bad, words),
            number(pledged, 0),
            number(waiting, 0),
        )
    )


def _concentration(sums: Mapping[str, Decimal], whole: Decimal, words: Words) -> Table:
    columns = (
        Column(words("finance.category"), width=3),
        Column(words("finance.balance"), "right", 1.3),
        Column(words("finance.share"), "right", 1),
    )
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    rows = tuple(
        Row((text(name or "—"), _money(balance, words), percent(balance, whole)))
        for name, balance in ordered
    )
    return Table(words("finance.concentration"), columns, rows, words("finance.none"))
