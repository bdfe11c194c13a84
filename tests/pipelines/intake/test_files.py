"""What a file is, and what is refused before a cell is read."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
import xlwt

from pipelines.intake.containers import Limits
from pipelines.intake.staging import stage, stage_in, staged_temporarily
from pipelines.intake.typed import type_rows
from pipelines.intake.wording import sentence
from tests.pipelines.intake.conftest import CODE, HEADER, lines, row
from warehouse.connect import Home

GOOD = lines(row(), row(数量="20"))


def whole_file(found) -> tuple[str, str]:
    """Rule and why of the one fault of a file that was not read."""
    assert found.rows == []
    (fault,) = found.faults
    assert (fault["row_no"], fault["severity"]) == (0, "E")
    for lang in ("zh", "en"):
        words = sentence(fault, lang)
        assert "{" not in words
        assert found.typed.staged.name in words
    return fault["rule"], found.facts()["why"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(read, encoding: str, delimiter: str) -> None:
    found = read(GOOD.replace(",", delimiter).encode(encoding))
    assert [r["quantity"] for r in found.rows] == [10, 20]
    assert found.rows[0]["enterprise_name"] == "示例企业"
    assert found.faults == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read, end: str) -> None:
    found = read(GOOD.replace("\n", end))
    assert [(r["row_no"], r["unit"]) for r in found.rows] == [(2, "吨"), (3, "吨")]


def test_gb18030_beyond_gbk(read) -> None:
    found = read(lines(row(企业名称="㐀䶮厂")).encode("gb18030"))
    assert [r["enterprise_name"] for r in found.rows] == ["㐀䶮厂"]
    assert found.typed.staged.encoding == "gb18030"


def test_broken_bytes_are_placed(read) -> None:
    content = GOOD.encode() + b"91210100,\xff\xff\xff"
    assert whole_file(read(content)) == ("IN-01", "encoding")
    facts = read(content).facts()
    assert (facts["detail"], facts["line"]) == (str(len(GOOD.encode()) + 9), 4)


def test_one_bad_byte_in_utf8_is_not_read_as_gb18030(read) -> None:
    content = GOOD.encode() + "沈阳".encode()[:-1] + b"\xff,x\n"
    assert whole_file(read(content)) == ("IN-01", "encoding")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_files(read, content: bytes) -> None:
    assert whole_file(read(content)) == ("IN-01", "empty")


def test_a_header_and_nothing_below(read) -> None:
    found = read(",".join(HEADER) + "\n")
    assert (found.rows, found.faults, found.typed.rows_read) == ([], [], 0)


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.csv"])
def test_a_web_page_by_another_name(read, name: str) -> None:
    page = "<html><table><tr><td>能源</td></tr></table></html>"
    assert whole_file(read(page, name=name)) == ("IN-01", "html")


def test_other_kinds_of_file(read) -> None:
    assert whole_file(read(b"%PDF-1.7 ...", name="a.xlsx")) == ("IN-01", "not_a_table")
    assert whole_file(read(b"a\x00b" * 50)) == ("IN-01", "not_a_table")


def test_an_unclosed_quotation_mark_loses_no_row(read) -> None:
    assert whole_file(read(lines(row(企业名称='"甲'), row(), row()))) == ("IN-01", "quotes")
    swallowed = lines(row(企业名称='"甲'), row(), row(企业名称='乙"'))
    assert whole_file(read(swallowed)) == ("IN-01", "quotes")


def test_a_quotation_mark_inside_a_cell_is_harmless(read) -> None:
    found = read(lines(row(企业名称='3"管道公司')))
    assert [r["enterprise_name"] for r in found.rows] == ['3"管道公司']


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(read) -> None:
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    found = read(bomb, name="a.xlsx")
    assert whole_file(found) == ("IN-01", "bomb")
    assert ": 1" in sentence(found.faults[0], "en")


def test_archives_of_many_entries_or_too_much(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(archive({f"{i}": b"x" for i in range(20)}))
    many = stage_in(tmp_path, path, limits=Limits(entries=10)).refusal
    much = stage_in(tmp_path, path, limits=Limits(unpacked_bytes=10)).refusal
    large = stage_in(tmp_path, path, limits=Limits(workbook_bytes=10)).refusal
    assert [fault.facts["why"] for fault in (many, much, large)] == ["bomb", "bomb", "too_large"]


def test_an_entry_that_unpacks_to_more_than_it_declares_is_refused(read) -> None:
    content = archive({"xl/workbook.xml": b"<x/>", "big": b"0" * 1_000_000})
    size = (1_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    found = read(content.replace(size, (1000).to_bytes(4, "little")), name="a.xlsx")
    assert whole_file(found) == ("IN-01", "damaged")


def test_an_archive_of_something_else(read) -> None:
    assert whole_file(read(archive({"a.png": b"x"}), name="a.xlsx")) == ("IN-01", "not_a_workbook")


def test_a_truncated_workbook(read, workbook) -> None:
    content = workbook(表=[HEADER, row()]).read_bytes()
    assert whole_file(read(content[:-200], name="a.xlsx")) == ("IN-01", "damaged")


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
    assert found.skipped == [(0, "no_header"), (5, "total")]
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
    from datetime import date

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


def test_parquet_with_floats(read, tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "enterprise_id": [CODE] * 3,
            "carrier": ["electricity"] * 3,
            "period": ["2025-03"] * 3,
            "quantity": [0.1 + 0.2, 5.0, float("nan")],
            "unit": ["kWh"] * 3,
        }
    ).write_parquet(tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert [(r["row_no"], r["quantity_text"], r["from_float"]) for r in found.rows] == [
        (1, "0.3", True),
        (2, "5", True),
    ]
    assert found.rules() == [(3, "quantity", "IN-03")]


def test_a_path_as_a_file_name_goes_nowhere(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = tmp_path / "..%2f..%2fetc;rm -rf 能源.csv"
    path.write_text(GOOD)
    staged = stage(home, path)
    assert type_rows(staged).rows_typed == 2
    assert {p.parent for p in home.sources.rglob("*") if p.is_file()} == {staged.folder}


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    with staged_temporarily(path) as staged:
        folder = staged.folder
        assert type_rows(staged).rows_typed == 2
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == [path]


def test_a_200_mb_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    line = (",".join(row(企业名称="合成数据企业" * 20)) + "\n").encode()
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        block, count = line * 1000, 0
        while file.tell() < 200 * 1024 * 1024:
            file.write(block)
            count += 1000
    script = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from pipelines.intake.staging import stage_in
        from pipelines.intake.typed import type_rows
        typed = type_rows(stage_in(Path(sys.argv[1]), Path(sys.argv[2])))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(typed.rows_typed, typed.rows_faulty, peak)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    typed, faulty, peak = map(int, done.stdout.split())
    assert (typed, faulty) == (count, 0)
    assert peak < 2_500
