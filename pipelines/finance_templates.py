"""Templates of bank packages (报送模板): one workbook with a sheet for each table, in Chinese.

What belongs here: the layout of the workbook. What does not: the columns and their words, which
stand in `ledgers.green_finance.columns`, so that a template asks for what is read.
"""

from __future__ import annotations

import io

import xlsxwriter

from ledgers.green_finance.columns import CHOICES, TITLES, Column, columns
from ledgers.green_finance.grounds import NOTE_HEADER
from ledgers.green_finance.packages import MESSAGES
from ledgers.green_finance.submission import TAKES

EXAMPLE = "示例，请删除本行"


def template(message: str = "ordinary") -> bytes:
    """The workbook for a message kind as the bytes of an XLSX, with a worked row and an explanation
    of every column. Raises KeyError for an unknown message."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        for kind in TAKES[message]:
            _sheet(book, kind)
        _help(book, message)
    return target.getvalue()


def _sheet(book: xlsxwriter.Workbook, kind: str) -> None:
    plain = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True})
    needed = book.add_format({"bold": True, "bg_color": "#F5DCA8", "border": 1, "text_wrap": True})
    worked = book.add_format({"italic": True, "font_color": "#7A7A7A", "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(TITLES[kind])
    known = columns(kind)
    for place, column in enumerate(known):
        sheet.write_string(0, place, column.headers[0], needed if column.required else plain)
        if column.example:
            sheet.write_string(1, place, column.example, worked)
        words = _words(column)
        if words:
            sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": words})
    # Codes and numbers of twenty digits must not become floats in the sender's hands.
    sheet.set_column(0, len(known) - 1, 16, text)
    sheet.write_string(0, len(known), NOTE_HEADER, plain)
    sheet.write_string(1, len(known), EXAMPLE, worked)
    sheet.freeze_panes(1, 1)


def _words(column: Column) -> list[str]:
    if column.type == "flag":
        return ["是", "否"]
    if column.type.startswith("choice:"):
        return [known[0] for known in CHOICES[column.type.partition(":")[2]].values()]
    return ()


def _help(book: xlsxwriter.Workbook, message: str) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("说明")
    sheet.write_string(
        0, 0, f"{MESSAGES[message]}报文；文件名：{MESSAGES[message]}_机构许可证号_日期_序号.xlsx"
    )
    for place, words in enumerate(("表", "列", "必填", "示例", "说明", "可选", "in English")):
        sheet.write_string(2, place, words, head)
    row = 3
    for kind in TAKES[message]:
        for column in columns(kind):
            cells = (
                TITLES[kind],
                column.headers[0],
                "是" if column.required else "",
                column.example,
                column.about_zh,
                "、".join(_words(column)),
                column.about_en,
            )
            for place, words in enumerate(cells):
                sheet.write_string(row, place, words, wrap)
            row += 1
    sheet.set_column(0, 1, 22)
    sheet.set_column(3, 6, 40)
