"""The city's green-finance report as a document (全市绿色金融报告), with its early-warning board.

What belongs here: which parts it has and in which order. What does not: a bank's report, whose
parts it shares (`disclosures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from ledgers.green_finance.disclosures import CLASSES, LENT, CityReport
from ledgers.green_finance.exposures import Exposure
from ledgers.green_finance.institutions import KINDS
from reports import charts
from reports.disclosure_records import city_json
from reports.disclosures import common, document, money, open_checks, total_cells, total_columns
from reports.document import (
    Block,
    Column,
    Document,
    Facts,
    Note,
    Row,
    Section,
    Table,
    number,
    percent,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.words import Words


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


def city_document(found: CityReport, lang: str = "zh") -> Document:
    """The city's report in `lang`."""
    words = Words(lang)
    sections = (
        _city_balances(found, words),
        _city_benefits(found, words),
        _city_financed(found, words),
        _board(found, words),
        Section(words("finance.open"), (open_checks(found.open, words),)),
    )
    return document(found, words("finance.city"), Facts("", common(found, words)), sections, words)


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
                money(balance, words),
            )
        )
        for (edition, category, kind), (balance, count) in found.by_category.items()
    )
    sums = [
        _kind_total(kind, found, words) for kind in sorted({k for _, _, k in found.by_category})
    ]
    bridge_columns = (
        Column(words("finance.edition"), width=1.4),
        Column(words("finance.category"), width=2),
        Column(words("finance.product"), width=1),
        Column(words("finance.new_category"), width=2),
        Column(f"{words('finance.balance')}（{words('finance.yuan')}）", "right", 1.4),
    )
    bridge = tuple(
        Row(
            (
                text(edition),
                text(category),
                text(words(f"finance.kind.{kind}")),
                text(new or words("finance.unmatched"), "" if new else "muted"),
                money(balance, words),
            )
        )
        for (edition, category, kind, new), balance in found.bridge.items()
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
        money(sum((balance for balance, _ in held), Decimal(0)), words),
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
        *total_columns(words),
    )
    rows: list[Row] = []
    for industry in sorted({*found.pcaf, *found.pboc}):
        for method, held in (("pcaf", found.pcaf), ("pboc", found.pboc)):
            name = text(words.industry(industry) or industry, sub=industry)
            method_name = text(words(f"finance.method.{method}"))
            rows.append(Row((name, method_name, *total_cells(held.get(industry)))))
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
            money(balance, words),
            percent(balance, whole),
            money(overdue, words),
            money(bad, words),
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
        Row((text(name or "—"), money(balance, words), percent(balance, whole)))
        for name, balance in ordered
    )
    return Table(words("finance.concentration"), columns, rows, words("finance.none"))
