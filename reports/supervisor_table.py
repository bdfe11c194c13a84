"""The supervisor's table as XLSX (绿色融资统计表, B001): its columns C to V, its rows from 8.

What belongs here: the layout that the supervisor's import expects, and the further sheets beside
it. What does not: the values (`ledgers.green_finance.disclosures`). Amounts are in 10 000 CNY with
six decimals, benefits in tonnes with two; the last row is the sum of those above, as a value.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.quantities import half_up
from ledgers.green_finance.columns import INDICATORS
from ledgers.green_finance.disclosures import CLASSES, BankReport, Category

FIRST_ROW = 8
"""Row of the first code, as a person counts."""

HEADINGS = (
    *("项目", "指标代码", "绿色信贷余额"),
    *("正常类贷款余额", "关注类贷款余额", "次级类贷款余额", "可疑类贷款余额", "损失类贷款余额"),
    *("标准煤", "二氧化碳当量", "化学需氧量", "氨氮", "二氧化硫", "氮氧化物", "节水"),
    *("细颗粒物（PM2.5）", "挥发性有机物", "总氮", "总磷"),
    *("非金融企业绿色债券投资余额", "绿色银行承兑汇票余额", "绿色信用证余额"),
)
SUPPORT = (
    "期间",
    "支持项目数（个）",
    "碳减排贷款金额（万元）",
    "加权平均利率（%）",
    "带动的年度碳减排量（吨二氧化碳当量）",
)
_PERIODS = {"quarter": "本季度", "ytd": "本年累计", "total": "累计"}


def supervisor_workbook(found: BankReport, label: str) -> bytes:
    """The workbook of a bank: statistics table, carbon-reduction loans, records."""
    import xlsxwriter

    held = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(held, {"in_memory": True, **safe}) as book:
        book.set_properties({"title": f"{found.institution.name} {found.as_of}"})
        _statistics(book, found, label)
        _support(book, found, label)
        _records(book, found)
    return held.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    plain = {"font_name": "Microsoft YaHei", "font_size": 10}
    return {
        "title": book.add_format({**plain, "bold": True, "font_size": 14}),
        "note": book.add_format({**plain, "font_color": "#56666f"}),
        "caution": book.add_format({**plain, "bold": True, "font_color": "#8a4b00"}),
        "head": book.add_format(
            {**plain, "bold": True, "bg_color": "#eef2f3", "border": 1, "text_wrap": True}
        ),
        "text": book.add_format({**plain, "border": 1}),
        "money": book.add_format({**plain, "border": 1, "num_format": "#,##0.000000"}),
        "tonnes": book.add_format({**plain, "border": 1, "num_format": "#,##0.00"}),
    }


def _top(sheet: Any, made: dict[str, Any], title: str, found: BankReport, label: str) -> None:
    sheet.write_string(0, 0, title, made["title"])
    name = f"填报机构：{found.institution.name}（{found.institution.institution_id}）"
    sheet.write_string(1, 0, name, made["note"])
    sheet.write_string(2, 0, f"报表日期：{found.as_of.isoformat()}", made["note"])
    sheet.write_string(3, 0, label, made["caution"])
    head = f"账本提交 {found.head.commit_no} {found.head.hash}"
    sheet.write_string(4, 0, head, made["note"])


def _statistics(book: Any, found: BankReport, label: str) -> None:
    made = _formats(book)
    sheet = book.add_worksheet("绿色融资统计表")
    _top(sheet, made, "绿色融资统计表", found, label)
    sheet.write_string(5, 0, "单位：余额为万元，环境效益为吨", made["note"])
    for place, words in enumerate(HEADINGS):
        sheet.write_string(FIRST_ROW - 2, place, words, made["head"])
    row = FIRST_ROW - 1
    for each in found.categories:
        _line(sheet, made, row, (f"{each.name}", each.code), _values(each))
        row += 1
    sums = [
        sum(column, Fraction(0)) for column in zip(*map(_values, found.categories), strict=True)
    ]
    _line(sheet, made, row, ("合计", "TOTAL"), sums or [Fraction(0)] * (len(HEADINGS) - 2))
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 22)
    sheet.set_column(2, len(HEADINGS) - 1, 17)
    sheet.set_row(FIRST_ROW - 2, 32)
    sheet.freeze_panes(FIRST_ROW - 1, 2)


def _values(each: Category) -> list[Fraction]:
    """Columns C to V of one code."""
    money = [each.balance, *(each.classes[name] for name in CLASSES)]
    tail = [each.bonds, each.bills, each.credits]
    return [
        *(Fraction(value) / 10_000 for value in money),
        *(each.benefits[name] for name in INDICATORS),
        *(Fraction(value) / 10_000 for value in tail),
    ]


def _line(
    sheet: Any,
    made: dict[str, Any],
    row: int,
    names: Sequence[str],
    values: Sequence[Fraction],
) -> None:
    for place, words in enumerate(names):
        sheet.write_string(row, place, words, made["text"])
    benefits = range(1 + len(CLASSES), 1 + len(CLASSES) + len(INDICATORS))
    for place, value in enumerate(values):
        tonnes = place in benefits
        shown: Decimal = half_up(value, 2 if tonnes else 6)
        style = made["tonnes" if tonnes else "money"]
        sheet.write_number(row, place + len(names), float(shown), style)


def _support(book: Any, found: BankReport, label: str) -> None:
    made = _formats(book)
    sheet = book.add_worksheet("碳减排贷款信息披露")
    _top(sheet, made, "碳减排贷款信息披露", found, label)
    for place, words in enumerate(SUPPORT):
        sheet.write_string(FIRST_ROW - 2, place, words, made["head"])
    for row, (name, line) in enumerate(found.support.items(), start=FIRST_ROW - 1):
        sheet.write_string(row, 0, _PERIODS[name], made["text"])
        sheet.write_number(row, 1, line.projects, made["text"])
        for place, value in enumerate((line.amount, line.rate, line.reduction), start=2):
            if value is None:
                sheet.write_string(row, place, "—", made["text"])
            else:
                sheet.write_number(row, place, float(half_up(value, 2)), made["tonnes"])
    sheet.set_column(0, 4, 24)


def _records(book: Any, found: BankReport) -> None:
    """Every record behind a cell of the table, with the row that it came from."""
    made = _formats(book)
    sheet = book.add_worksheet("明细")
    heads = (
        "目录版本",
        "代码",
        "业务编号",
        "客户",
        "余额（元）",
        "五级分类",
        "报送包",
        "工作表",
        "行",
    )
    for place, words in enumerate(heads):
        sheet.write_string(0, place, words, made["head"])
    row = 1
    for each in found.categories:
        for record in each.records:
            cells = (record.edition, record.code, record.business_no, record.customer)
            for place, words in enumerate(cells):
                sheet.write_string(row, place, words, made["text"])
            sheet.write_number(row, 4, float(record.balance), made["tonnes"])
            for place, words in enumerate((record.risk_class, record.package, record.sheet), 5):
                sheet.write_string(row, place, words, made["text"])
            sheet.write_number(row, 8, record.row_no, made["text"])
            row += 1
    sheet.set_column(0, 8, 20)
    sheet.autofilter(0, 0, max(row - 1, 1), len(heads) - 1)
    sheet.freeze_panes(1, 0)
