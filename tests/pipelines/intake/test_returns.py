"""Templates, reference files and rejected rows: what goes out and comes back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipelines.intake.faults import FAULT_SCHEMA
from pipelines.intake.names import REFERENCE_KINDS, columns_of
from pipelines.intake.references import ReferenceFault, UnknownKind, read_reference
from pipelines.intake.rejected import rejected_path, rejections, write_rejected
from pipelines.intake.staging import stage_in
from pipelines.intake.templates import KINDS, template, write_template
from tests.pipelines.intake.conftest import CODE, HEADER, lines, row
from warehouse.connect import Home


def sheets(path: Path) -> dict[str, openpyxl.worksheet.worksheet.Worksheet]:
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path).worksheets}


def cells(sheet) -> list[list[object]]:
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


def test_rejected_rows_come_back_with_their_columns_marks_and_reasons(read, tmp_path: Path) -> None:
    header = ("序号", *HEADER, "备注")
    found = read(
        "示例企业统计表\n"
        + lines(
            ("1", *row(), ""),
            ("2", *row(数量="abc", 月份="三月"), "=1+1"),
            ("3", *row(计量单位="斛斗"), ""),
            header=header,
        )
    )
    target = tmp_path / "back.xlsx"
    assert write_rejected(found.typed, rejections([found.typed.faults_path]), target) == target
    sheet = sheets(target)["退回数据"]
    grid = cells(sheet)
    assert grid[0][0] == "示例企业统计表"
    assert grid[1][:8] == list(header)
    assert grid[2][:8] == ["2", CODE, "示例企业", "烟煤", "三月", "abc", "吨", "=1+1"]
    assert [line[9] for line in grid[2:]] == [4, 5]
    assert "“数量”列的“abc”不是数字" in grid[2][10]
    assert "'三月' in column 月份 is no period" in grid[2][11]
    marked = {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.comment}
    assert marked == {"E3", "F3", "G4"}
    fills = {
        c.coordinate for line in sheet.iter_rows() for c in line if c.fill.fgColor.rgb == "FFF8C9C4"
    }
    assert fills == marked
    assert sheet["H3"].data_type == "s"


def test_nothing_that_goes_out_is_a_formula(read, tmp_path: Path) -> None:
    found = read(
        lines(row(数量="=cmd|' /C calc'!A0", 企业名称="@SUM(A1)"), row(数量="+A1", 企业名称="=1+1"))
    )
    target = write_rejected(
        found.typed, rejections([found.typed.faults_path]), tmp_path / "back.xlsx"
    )
    with zipfile.ZipFile(target) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)


def test_a_mended_workbook_can_be_sent_again_as_it_is(read, tmp_path: Path) -> None:
    header = ("能源名称", "月份", "消费量（吨）")
    table = (("烟煤", "2025-03", "1"), ("柴油", "2025-03", "二"), ("汽油", "2025-03", "三"))
    text = f"统一社会信用代码：{CODE}\n" + lines(*table, header=header)
    found = read(text)
    target = write_rejected(
        found.typed, rejections([found.typed.faults_path]), tmp_path / "back.xlsx"
    )
    book = openpyxl.load_workbook(target)
    sheet = book["退回数据"]
    sheet["C3"], sheet["C4"] = "2", 3
    book.save(target)
    again = read(target)
    assert again.faults == []
    assert [
        (r["enterprise_id"], r["carrier_text"], r["quantity"], r["unit"]) for r in again.rows
    ] == [
        (CODE, "柴油", 2, "吨"),
        (CODE, "汽油", 3, "吨"),
    ]


def test_numbers_of_a_workbook_stay_numbers_on_the_way_back(read, workbook, tmp_path: Path) -> None:
    found = read(workbook(三月=[HEADER, (CODE, "甲", "仙丹", 45717, 1.5, "吨")]))
    target = write_rejected(
        found.typed, rejections([found.typed.faults_path]), tmp_path / "back.xlsx"
    )
    book = openpyxl.load_workbook(target)
    assert (book["三月"]["D2"].value, book["三月"]["E2"].value) == (45717, 1.5)
    book["三月"]["C2"] = "烟煤"
    book.save(target)
    again = read(target)
    assert [(str(r["period_start"]), str(r["quantity_text"])) for r in again.rows] == [
        ("2025-03-01", "1.5")
    ]


def test_faults_of_the_declared_rules_are_marked_too(read, tmp_path: Path) -> None:
    found = read(lines(row(), row(数量="-5")))
    fault = {
        "source": found.typed.staged.sha256,
        "sheet": "",
        "row_no": 3,
        "column_name": "quantity",
    }
    records = [
        {**fault, "rule": "IN-03", "severity": "E", "seen": "-5", "facts": "{}"},
        {**fault, "row_no": 2, "rule": "TR-01", "severity": "W", "seen": "10", "facts": "{}"},
        {
            **fault,
            "source": "f" * 64,
            "row_no": 2,
            "rule": "IN-03",
            "severity": "E",
            "seen": "",
            "facts": "{}",
        },
    ]
    pl.DataFrame(records, schema=dict(FAULT_SCHEMA)).write_parquet(tmp_path / "rules.parquet")
    paths = [found.typed.faults_path, tmp_path / "rules.parquet"]
    target = write_rejected(found.typed, rejections(paths), tmp_path / "back.xlsx")
    grid = cells(sheets(target)["退回数据"])
    assert [line[4] for line in grid[1:]] == ["-5"]


def test_nothing_rejected_gives_no_workbook(read, tmp_path: Path) -> None:
    found = read(lines(row()))
    assert (
        write_rejected(found.typed, rejections([found.typed.faults_path]), tmp_path / "back.xlsx")
        is None
    )
    assert not (tmp_path / "back.xlsx").exists()


def test_a_file_that_cannot_be_read_is_answered_with_the_reason(read, tmp_path: Path) -> None:
    found = read(b"", name="空.csv")
    target = write_rejected(
        found.typed, rejections([found.typed.faults_path]), tmp_path / "back.xlsx"
    )
    words = [str(cell) for line in cells(sheets(target)["填写说明"]) for cell in line if cell]
    assert any("文件“空.csv”是空的" in text for text in words)
    assert any("File 空.csv is empty" in text for text in words)


def test_the_place_of_a_rejected_workbook_is_under_the_month(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = tmp_path / "a.csv"
    path.write_text("x")
    staged = stage_in(tmp_path, path, name="../../etc/pa:ss.csv", sha256="ab" * 32)
    assert (
        rejected_path(home, "2025-03", staged) == tmp_path / "rejected/2025-03/pa_ss-abababab.xlsx"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_by_intake_and_its_example_is_not_posted(
    read, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"{kind}.xlsx"
    assert write_template(kind, path) == path
    grid = cells(next(iter(sheets(path).values())))
    assert "示例，请删除本行" in grid[2]
    known = columns_of(kind)
    assert all(grid[1][i] == k.zh[0] for i, k in enumerate(known.values()) if kind != "activity")
    explained = [line[0] for line in cells(sheets(path)["填写说明"])[1:]]
    assert explained == [k.zh[0] for k in known.values()]
    if kind == "activity":
        found = read(path)
        assert (found.rows, found.faults, found.skipped) == (
            [],
            [],
            [(0, "no_header"), (1, "title"), (3, "example")],
        )
    else:
        assert read_reference(path, kind).rows == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_worked_row_of_a_template_is_a_good_row(read, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.xlsx"
    path.write_bytes(template(kind))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for cell in sheet[3]:
        if cell.value == "示例，请删除本行":
            cell.value = None
    book.save(path)
    if kind == "activity":
        found = read(path)
        assert (len(found.rows), found.faults) == (1, [])
        return
    from ledgers.reference.answers import read_rows
    from ledgers.reference.columns import COLUMNS

    rows = [item.mapping() for item in read_reference(path, kind).rows]
    reading = read_rows(COLUMNS[kind], rows)
    assert reading.faults == []
    assert list(reading.good) == [3]


def test_every_required_column_of_a_template_has_an_example() -> None:
    for kind in KINDS:
        for known in columns_of(kind).values():
            assert known.about_zh, (kind, known.name)
            assert known.about_en, (kind, known.name)
            assert known.example or not known.required, (kind, known.name)


def test_a_register_file_in_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_bytes(
        (
            "企业名录,,,,\n统一社会信用代码,企业名称,生效日期,行政区划代码,行业代码,其他\n"
            f"{CODE},示例企业,2025-01-01,210106,C3120,x\n,,,,,\n注：合成数据\n"
        ).encode("gb18030")
    )
    found = read_reference(path, "enterprise")
    (only,) = found.rows
    assert only.mapping() == {
        "enterprise_id": CODE,
        "name": "示例企业",
        "valid_from": "2025-01-01",
        "district": "210106",
        "industry": "C3120",
        "row_no": 3,
    }
    assert found.skipped == (("", 4, "blank"), ("", 5, "note"))
    assert found.spare == ("其他",)


def test_reference_files_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("企业名称,信用代码\n甲,乙\n")
    with pytest.raises(ReferenceFault, match="生效日期") as caught:
        read_reference(path, "enterprise")
    assert caught.value.exit_code == 1
    assert "行政区划代码" in caught.value.text("zh")
    path.write_bytes(b"")
    with pytest.raises(ReferenceFault, match="is empty"):
        read_reference(path, "factor")
    with pytest.raises(UnknownKind, match="enterprise, facility"):
        read_reference(path, "ship")


def test_kinds_are_those_of_the_reference_book() -> None:
    from ledgers.reference.columns import COLUMNS

    assert tuple(COLUMNS) == REFERENCE_KINDS
