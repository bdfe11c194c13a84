"""Rows and faults of whole files, as the person sees them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from factors import messages
from ledgers.emissions.activity import FAULT_COLUMNS, TYPED_COLUMNS
from pipelines.intake.staging import stage, stage_in
from pipelines.intake.typed import staged_row, type_rows
from pipelines.intake.wording import sentence
from tests.pipelines.intake.conftest import CODE, HEADER, lines, row
from warehouse.connect import Home


def test_a_good_row_has_every_column_of_the_contract(read) -> None:
    found = read(lines(row(数量='"1,234.50"', 月份="2025年3月")))
    (typed,) = found.rows
    assert list(typed) == list(TYPED_COLUMNS)
    assert found.faults == []
    assert typed["row_no"] == 2
    assert typed["sheet"] == ""
    assert typed["enterprise_id"] == CODE
    assert (typed["carrier_text"], typed["flow"], typed["data_kind"]) == (
        "烟煤",
        "consumption",
        "measured",
    )
    assert (typed["period_start"], typed["period_end"]) == (date(2025, 3, 1), date(2025, 3, 31))
    assert typed["starts_at"] is None
    assert (typed["quantity_text"], typed["quantity"]) == ("1,234.50", Decimal("1234.5"))
    assert typed["unit"] == "吨"
    assert typed["from_float"] is False
    assert typed["ncv"] is None
    assert [name for name, value in typed.items() if value is None] == [
        "starts_at",
        *(
            name
            for name, kind in TYPED_COLUMNS.items()
            if kind.startswith("DECIMAL") and name != "quantity"
        ),
    ]


def test_the_parquet_files_have_the_types_of_the_contract(read) -> None:
    found = read(lines(row(), row(数量="x")))
    kinds = {"VARCHAR": pl.String, "BIGINT": pl.Int64, "DATE": pl.Date, "BOOLEAN": pl.Boolean}
    kinds |= {"TIMESTAMP": pl.Datetime("us"), "DECIMAL(38,12)": pl.Decimal(38, 12)}
    for path, columns in (
        (found.typed.typed_path, TYPED_COLUMNS),
        (found.typed.faults_path, FAULT_COLUMNS),
    ):
        schema = pl.read_parquet_schema(path)
        assert dict(schema) == {name: kinds[kind] for name, kind in columns.items()}


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"数量": "NaN"}, "quantity", "IN-03"),
        ({"数量": "inf"}, "quantity", "IN-03"),
        ({"数量": "很多"}, "quantity", "IN-03"),
        ({"数量": "0.1234567890123"}, "quantity", "IN-04"),
        ({"数量": "123456789012345678901"}, "quantity", "IN-04"),
        ({"数量": "=1+1"}, "quantity", "IN-10"),
        ({"数量": ""}, "quantity", "IN-09"),
        ({"月份": "2025-13"}, "period", "IN-05"),
        ({"月份": ""}, "period", "IN-09"),
        ({"月份": "@A1"}, "period", "IN-10"),
        ({"能源品种": "仙丹"}, "carrier", "IN-06"),
        ({"能源品种": ""}, "carrier", "IN-09"),
        ({"能源品种": "=A1"}, "carrier", "IN-10"),
        ({"计量单位": "斛斗"}, "unit", "IN-08"),
        ({"计量单位": ""}, "unit", "IN-09"),
        ({"统一社会信用代码": ""}, "enterprise_id", "IN-09"),
    ],
)
def test_each_fault_of_a_cell_and_its_words(
    read, cells: dict[str, str], column: str, rule: str
) -> None:
    found = read(lines(row(), row(**cells), row(数量="20")))
    assert found.rules() == [(3, column, rule)]
    assert [typed["row_no"] for typed in found.rows] == [2, 4]
    (fault,) = found.faults
    seen = next(iter(cells.values()))
    assert fault["seen"] == seen
    for lang in ("zh", "en"):
        words = sentence(fault, lang)
        assert "{" not in words
        assert seen in words
    assert next(iter(cells)) in sentence(fault, "zh")


def test_options_have_faults_of_their_own(read) -> None:
    header = (*HEADER, "用途", "数据性质", "凭证类型", "基准", "计量条件")
    good = (*row(), "购进量", "估算", "无", "收到基", "20℃")
    found = read(lines(good, (*row(), "吃掉", "猜的", "口头", "湿基", "30℃"), header=header))
    assert found.rules() == [
        (3, "coal_basis", "IN-11"),
        (3, "data_kind", "IN-11"),
        (3, "evidence_kind", "IN-11"),
        (3, "flow", "IN-07"),
        (3, "gas_condition", "IN-11"),
    ]
    (typed,) = found.rows
    names = ("flow", "data_kind", "evidence_kind", "coal_basis", "gas_condition")
    assert [typed[name] for name in names] == ["purchase", "estimated", "none", "ar", "20C"]
    assert "消费量 (consumption)" in sentence(next(f for f in found.faults if f["rule"] == "IN-07"))


def test_all_faults_of_a_row_are_found_together(read) -> None:
    found = read(lines(row(数量="x", 月份="y", 能源品种="z", 计量单位="w")))
    assert [rule for _, _, rule in found.rules()] == ["IN-06", "IN-05", "IN-03", "IN-08"]
    assert found.typed.rows_faulty == 1


def test_both_languages_have_the_same_placeholders_for_every_code() -> None:
    import re

    for code, words in messages.catalogue().items():
        if code.startswith(("fault.IN", "feed.", "intake.", "rejected.", "template.")):
            zh, en = (set(re.findall(r"{(\w+)", words[lang])) for lang in ("zh", "en"))
            assert zh == en, code


def test_measured_values_with_units_in_columns_and_headers(read) -> None:
    header = (*HEADER, "低位发热量(GJ/t)", "单位热值含碳量", "单位", "碳氧化率")
    found = read(lines((*row(), "20.908", "0.02618", "tC/GJ", "98%"), header=header))
    (typed,) = found.rows
    assert (typed["ncv"], typed["ncv_unit"]) == (Decimal("20.908"), "GJ/t")
    assert (typed["carbon_content"], typed["carbon_content_unit"]) == (Decimal("0.02618"), "tC/GJ")
    assert (typed["oxidation_rate"], typed["oxidation_rate_unit"]) == (Decimal(98), "%")


def test_the_header_gives_the_unit_of_the_quantity(read) -> None:
    header = ("信用代码", "能源名称", "报告期", "消费量（万千瓦时）")
    found = read(lines((CODE, "电力", "202503", "1.5"), header=header))
    assert [(r["quantity"], r["unit"], r["carrier"]) for r in found.rows] == [
        (Decimal("1.5"), "万千瓦时", "electricity")
    ]


def test_unit_alone_is_a_unit_only_beside_a_quantity(read) -> None:
    beside = read(lines((CODE, "甲", "烟煤", "2025-03", "1", "吨"), header=(*HEADER[:5], "单位")))
    assert [r["unit"] for r in beside.rows] == ["吨"]
    away = read(
        lines(
            ("甲厂", CODE, "烟煤", "2025-03", "1", "吨"),
            header=("单位", "信用代码", "能源名称", "月份", "数量", "计量单位"),
        )
    )
    assert [(r["enterprise_name"], r["unit"]) for r in away.rows] == [("甲厂", "吨")]


def test_a_bill_in_two_columns(read) -> None:
    header = ("信用代码", "能源名称", "起", "止", "数量", "计量单位")
    found = read(
        lines(
            (CODE, "电力", "2025-02-18", "2025-03-17", "28", "kWh"),
            (CODE, "电力", "2025-02-18", "", "28", "kWh"),
            (CODE, "电力", "", "", "28", "kWh"),
            header=header,
        )
    )
    assert [(r["period_start"], r["period_end"]) for r in found.rows] == [
        (date(2025, 2, 18), date(2025, 3, 17))
    ]
    assert found.rules() == [(3, "period_end", "IN-09"), (4, "period_start", "IN-09")]
    assert found.typed.months == ("2025-02", "2025-03")


def test_furniture_is_counted_and_listed_never_lost(read) -> None:
    text = (
        "示例企业2025年3月能源消费统计表,,,,,\n"
        "填报日期：2025-04-02,,,,,\n"
        + lines(row(), ("",) * 6, HEADER, row(数量="20"), row(数量="-"), row(数量="无"))
        + "合 计,,,,30,\n"
        + "煤炭小计,,,,30,\n"
        + "注：数据为合成数据\n"
        + "填表人：甲,,审核：乙,,,\n"
        + "以上数据均经核对无误\n"
    )
    found = read(text)
    assert [r["row_no"] for r in found.rows] == [4, 7]
    assert found.faults == []
    assert found.skipped == [
        (1, "title"),
        (2, "title"),
        (5, "blank"),
        (6, "header"),
        (8, "nothing"),
        (9, "nothing"),
        (10, "total"),
        (11, "total"),
        (12, "note"),
        (13, "note"),
        (14, "note"),
    ]
    assert found.typed.rows_read == 13 == len(found.rows) + len(found.skipped)
    assert found.typed.skipped_counts["title"] == 2
    assert found.typed.skipped[0].text == "示例企业2025年3月能源消费统计表"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("", "", "", "", "39.75", "合计"), "total"),
        (("", "", "", "", "39.75", "总　计"), "total"),
        (("", "", "", "2025-03", "39.75", "小计："), "total"),
        (("单位负责人：", "甲", "", "统计负责人：乙", "填表人：丙", ""), "note"),
        (("单位负责人：", "甲", "统计负责人：", "乙", "填表人：", "丙"), "note"),
    ],
)
def test_totals_and_signatures_in_any_column_are_no_data(
    read, cells: tuple[str, ...], reason: str
) -> None:
    found = read(lines(row(), cells))
    assert (found.rules(), found.skipped) == ([], [(3, reason)])
    assert len(found.rows) == 1


def test_a_row_of_somebody_is_never_taken_for_a_total(read) -> None:
    found = read(
        lines(row(能源品种="", 计量单位="合计"), row(统一社会信用代码="", 计量单位="合计"))
    )
    assert found.skipped == []
    assert found.rules() == [
        (2, "carrier", "IN-09"),
        (2, "unit", "IN-08"),
        (3, "enterprise_id", "IN-09"),
        (3, "unit", "IN-08"),
    ]


def test_facts_above_the_table_stand_for_missing_columns(read) -> None:
    text = f"统一社会信用代码：{CODE},报告期：2025年3月\n能源名称,数量,计量单位\n电力,5,kWh\n"
    (typed,) = read(text).rows
    assert (typed["enterprise_id"], typed["period_start"]) == (CODE, date(2025, 3, 1))


def test_dates_written_with_midnight_are_days_unless_a_time_stands_among_them(read) -> None:
    days = read(lines(row(月份="2025/3/1 0:00"), row(月份="2025/3/2 0:00")))
    assert [r["starts_at"] for r in days.rows] == [None, None]
    readings = read(lines(row(月份="2025/3/1 0:00"), row(月份="2025/3/1 0:15")))
    assert [r["starts_at"] for r in readings.rows] == [
        datetime(2025, 3, 1),
        datetime(2025, 3, 1, 0, 15),
    ]


def test_a_missing_column_is_named(read) -> None:
    found = read(
        lines((CODE, "烟煤", "2025-03", "1"), header=("信用代码", "能源名称", "月份", "数量"))
    )
    (fault,) = found.faults
    assert (fault["row_no"], fault["column_name"], fault["rule"]) == (0, "unit", "IN-02")
    assert (
        sentence(fault, "zh") == "第 1 行的表头缺少必填列：计量单位 (unit)。请增加这一列后再报送。"
    )
    english = "The header in row 1 lacks a required column: 计量单位 (unit)."
    assert sentence(fault, "en") == f"{english} Add it and send the file again."
    assert found.rows == []


def test_no_header_at_all(read) -> None:
    found = read("a,b\n1,2\n", name="坏.csv")
    (fault,) = found.faults
    assert (fault["rule"], fault["row_no"]) == ("IN-02", 0)
    assert "坏.csv" in sentence(fault, "zh")
    assert "统一社会信用代码、能源品种、月份、数量、计量单位" in sentence(fault, "en")


def test_two_quantities_are_refused_rather_than_guessed(read) -> None:
    found = read(lines((*row(), "7"), header=(*HEADER, "消费量")))
    assert found.rules() == [(0, "quantity", "IN-02")]


def test_a_row_with_more_cells_than_the_header_is_refused(read) -> None:
    found = read(lines(row(), row(数量="1,234.5")))
    assert [r["row_no"] for r in found.rows] == [2]
    assert (3, "", "IN-02") in found.rules()
    fault = next(f for f in found.faults if f["rule"] == "IN-02")
    assert "吨" in sentence(fault, "zh")


def test_look_alike_rows_are_all_kept(read) -> None:
    found = read(lines(row(), row(), row()))
    assert [r["row_no"] for r in found.rows] == [2, 3, 4]


def test_row_numbers_count_records_as_a_spreadsheet_does(read) -> None:
    text = (
        ",".join(HEADER)
        + "\n\n"
        + '"'
        + f'{CODE}","甲\n乙",烟煤,2025-03,1,吨\n'
        + ",".join(row())
        + "\n"
    )
    found = read(text)
    assert [(r["row_no"], r["enterprise_name"]) for r in found.rows] == [
        (3, "甲\n乙"),
        (4, "示例企业"),
    ]


def test_staging_and_typing_are_deterministic_and_safe_to_repeat(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines(row(), row(数量="x")))
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir(), second.mkdir()
    one, two = (type_rows(stage_in(folder, path)) for folder in (first, second))
    assert one.typed_path.read_bytes() == two.typed_path.read_bytes()
    assert one.faults_path.read_bytes() == two.faults_path.read_bytes()
    stamp = one.typed_path.stat().st_mtime_ns
    again = type_rows(stage_in(first, path))
    assert again == one
    assert again.typed_path.stat().st_mtime_ns == stamp
    assert not [name for name in first.iterdir() if name.name.startswith(".")]


def test_a_staged_row_shows_the_cells_under_their_own_headers(tmp_path) -> None:
    home = Home(tmp_path / "home")
    path = tmp_path / "a.csv"
    path.write_text("标题行\n" + lines((*row(), "x", "y"), header=(*HEADER, "其他", "其他")))
    staged = stage(home, path)
    type_rows(staged)
    shown = staged_row(home, staged.sha256, "", 3)
    assert shown == {
        "统一社会信用代码": CODE,
        "企业名称": "示例企业",
        "能源品种": "烟煤",
        "月份": "2025-03",
        "数量": "10",
        "计量单位": "吨",
        "其他": "x",
        "其他 (2)": "y",
    }
    assert staged_row(home, staged.sha256, "", 99) == {}
    assert staged_row(home, "0" * 64, "", 3) == {}
