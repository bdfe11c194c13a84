"""What a workbook shows and how far it reaches, beside the values of its cells."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from pipelines.intake.containers import Limits
from pipelines.intake.staging import stage_in
from tests.pipelines.intake.conftest import CODE, HEADER, row


def test_a_workbook_of_several_sheets_with_title_and_totals(read, workbook) -> None:
    path = workbook(
        封面=[["能源消费统计"], ["企业名称", "示例企业"]],
        一季度=[["标题"], [], HEADER, row(), ("合计", None, None, None, 10, None)],
        二季度=[HEADER, row(数量="5")],
    )
    found = read(path)
    assert [(r["sheet"], r["row_no"], r["quantity"]) for r in found.rows] == [
        ("一季度", 4, 10),
        ("二季度", 2, 5),
    ]
    assert found.skipped == [(0, "no_header"), (1, "title"), (2, "blank"), (5, "total")]
    assert found.faults == []


def test_merged_cells_fill_words_down_but_never_numbers(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["XX公司能源统计表"])
    sheet.merge_cells("A1:F1")
    sheet.append(HEADER)
    sheet.append(row(数量="10"))
    sheet.append([None, None, "柴油", "2025-03", None, "吨"])
    for column in "ABE":
        sheet.merge_cells(f"{column}3:{column}4")
    book.save(tmp_path / "m.xlsx")
    found = read(tmp_path / "m.xlsx")
    assert [(r["row_no"], r["enterprise_id"], r["quantity"]) for r in found.rows] == [(3, CODE, 10)]
    assert found.rules() == [(4, "quantity", "IN-09")]


def test_numbers_of_a_workbook_become_text_once(read, workbook) -> None:
    path = workbook(
        表=[
            HEADER,
            (CODE, "甲", "烟煤", "2025-03", 0.1 + 0.2, "吨"),
            (CODE, "甲", "烟煤", "2025-03", "0.30", "吨"),
            (CODE, "甲", "烟煤", 202503, 1234567, "吨"),
            (CODE, "甲", "烟煤", "2025-03", 1e-13, "吨"),
        ]
    )
    found = read(path)
    assert [(r["quantity_text"], r["quantity"], r["from_float"]) for r in found.rows] == [
        ("0.3", Decimal("0.3"), True),
        ("0.30", Decimal("0.3"), False),
        ("1234567", Decimal(1234567), True),
    ]
    assert found.rules() == [(5, "quantity", "IN-04")]


def test_dates_and_ambiguous_numbers_of_a_workbook(read, workbook) -> None:
    path = workbook(
        表=[
            HEADER,
            (CODE, "甲", "烟煤", date(2025, 3, 1), 1, "吨"),
            (CODE, "甲", "烟煤", 45717, 1, "吨"),
            (CODE, "甲", "烟煤", 2025.1, 1, "吨"),
        ]
    )
    found = read(path)
    assert [(r["period_start"], r["starts_at"]) for r in found.rows] == [
        (date(2025, 3, 1), None)
    ] * 2
    assert found.rules() == [(4, "period", "IN-05")]


@pytest.mark.parametrize(
    ("shown", "last"),
    [
        ('yyyy"年"m"月"', 31),
        ('[$-804]yyyy"年"m"月";@', 31),
        ("yyyy-mm", 31),
        ("mmm-yy", 31),
        ('m"月"', 31),
        (17, 31),
        (27, 31),
        (57, 31),
        ("yyyy-mm-dd", 1),
        ('yyyy"年"m"月"d"日"', 1),
        (31, 1),
        (58, 1),
        ("yyyy", 1),
    ],
)
def test_a_date_shown_without_its_day_is_a_month(
    read, tmp_path: Path, shown: str | int, last: int
) -> None:
    """A date under 月份 is the day that the person sees, even where all are firsts of a month."""
    book = xlsxwriter.Workbook(str(tmp_path / "m.xlsx"))
    sheet, as_shown = book.add_worksheet(), book.add_format({"num_format": shown})
    sheet.write_row(0, 1, HEADER)
    for line in (1, 2):
        sheet.write_row(line, 1, row(数量=str(line)))
        sheet.write_datetime(line, 4, datetime(2025, line + 1, 1), as_shown)
    book.close()
    found = read(tmp_path / "m.xlsx")
    assert found.faults == []
    assert [(r["period_start"], r["period_end"]) for r in found.rows] == [
        (date(2025, 2, 1), date(2025, 2, min(last, 28))),
        (date(2025, 3, 1), date(2025, 3, last)),
    ]


def test_a_percentage_of_a_workbook_is_what_the_person_sees(read, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "p.xlsx"))
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0.0%"})
    sheet.write_row(0, 0, [*HEADER, "碳氧化率", "碳氧化率单位"])
    for line, unit in ((1, "%"), (2, ""), (3, "GJ")):
        sheet.write_row(line, 0, row())
        sheet.write_number(line, 6, 0.985, percent)
        sheet.write_string(line, 7, unit)
    book.close()
    found = read(tmp_path / "p.xlsx")
    assert [(r["oxidation_rate"], r["oxidation_rate_unit"]) for r in found.rows] == [
        (Decimal("98.5"), "%")
    ] * 2
    assert found.rules() == [(4, "oxidation_rate", "IN-03")]


def test_formulas_are_never_run(read, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "f.xlsx"), {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEADER, "备注"])
    for line in range(1, 5):
        sheet.write_row(line, 0, row())
    sheet.write_formula(1, 4, "=2*21", None, 42)
    sheet.write_string(2, 4, "=2*21")
    sheet.write_formula(3, 4, "=2*21", None, "")
    sheet.write_string(4, 6, "=HYPERLINK(1)")
    book.close()
    found = read(tmp_path / "f.xlsx")
    assert [(r["row_no"], r["quantity"]) for r in found.rows] == [(2, 42), (5, 10)]
    assert found.rows[1]["note"] == "=HYPERLINK(1)"
    assert found.rules() == [(3, "quantity", "IN-10"), (4, "quantity", "IN-10")]


def test_a_formula_saved_without_a_result_and_an_error_cell(read, workbook) -> None:
    found = read(workbook(表=[HEADER, row(数量="=1+2"), row(数量="#DIV/0!")]))
    assert found.rules() == [(2, "quantity", "IN-10"), (3, "quantity", "IN-03")]
    assert [f["seen"] for f in found.faults] == ["=1+2", "#DIV/0!"]


def test_hidden_sheets_are_not_read_twice(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER), book.active.append(row())
    hidden = book.create_sheet("旧")
    hidden.append(HEADER), hidden.append(row())
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "h.xlsx")
    found = read(tmp_path / "h.xlsx")
    assert [r["sheet"] for r in found.rows] == ["Sheet"]
    assert found.skipped == [(0, "hidden")]


def test_the_old_workbook_format(read, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("三月")
    for index, cells in enumerate(
        [("标题",), HEADER, row(), (CODE, "甲", "电力", "2025-03", 1.5, "MWh")]
    ):
        for column, cell in enumerate(cells):
            sheet.write(index, column, cell)
    book.save(str(tmp_path / "a.xls"))
    found = read(tmp_path / "a.xls")
    assert [(r["row_no"], r["quantity"], r["from_float"]) for r in found.rows] == [
        (3, 10, False),
        (4, Decimal("1.5"), True),
    ]


def test_a_table_that_does_not_begin_in_the_first_cell(read, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line, cells in enumerate((HEADER, row(), row(数量="=1+1")), start=5):
        for column, cell in enumerate(cells, start=3):
            book.active.cell(line, column, cell)
    book.save(tmp_path / "o.xlsx")
    found = read(tmp_path / "o.xlsx")
    assert [(r["row_no"], r["quantity"]) for r in found.rows] == [(6, 10)]
    assert found.rules() == [(7, "quantity", "IN-10")]


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a", "a.xlsm"])
def test_the_content_decides_what_a_workbook_is(read, workbook, tmp_path: Path, name: str) -> None:
    new = workbook("new.xlsx", 表=[HEADER, row()]).rename(tmp_path / name)
    assert [r["quantity"] for r in read(new).rows] == [10]


def test_an_old_workbook_by_the_name_of_a_new_one(read, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("三月")
    for index, cells in enumerate((HEADER, row())):
        for column, cell in enumerate(cells):
            sheet.write(index, column, cell)
    book.save(str(tmp_path / "old.xlsx"))
    assert [r["quantity"] for r in read(tmp_path / "old.xlsx").rows] == [10]


def reaching(path: Path, cells: str) -> Path:
    """A workbook whose one sheet has a header, a row, and `cells` as its XML in the row below."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(row())
    book.save(path)
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts[sheet] = parts[sheet].replace(b"</sheetData>", cells.encode() + b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r = '1048576'><c r = 'XFD1048576'><v>1</v></c></row>",
        '<row r="1048576">' + "<c><v>1</v></c>" * 16384 + "</row>",
        '<row r="1048576"><c x="/>" r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_one_cell_in_the_last_corner_is_not_laid_out(read, tmp_path: Path, cells: str) -> None:
    found = read(reaching(tmp_path / "a.xlsx", cells))
    assert found.facts()["why"] == "too_large"
    assert found.facts()["detail"] == "Sheet: 1048576 × 16384"


def test_cells_without_a_value_reach_nowhere(read, tmp_path: Path) -> None:
    cells = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    found = read(reaching(tmp_path / "a.xlsx", cells))
    assert (found.faults, len(found.rows)) == ([], 1)


def test_how_many_cells_a_sheet_may_reach(tmp_path: Path) -> None:
    path = reaching(tmp_path / "a.xlsx", '<row r="10"><c r="J10"><v>1</v></c></row>')
    assert stage_in(tmp_path / "x", path, limits=Limits(cells=99)).refusal is not None
    (tmp_path / "y").mkdir()
    assert stage_in(tmp_path / "y", path, limits=Limits(cells=100)).refusal is None
