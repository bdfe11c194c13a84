"""Files of dual control: what is taken, what is set aside and why, versions."""

from __future__ import annotations

import pytest

from factors.errors import UsageFault
from ledgers import dual_control, journal
from ledgers.dual_control.gdp import NoOutput, Outputs, Point
from tests.ledgers.dual_control.city import (
    FOUNDRY,
    PERSON,
    SYNTHETIC,
    budget,
    closure,
    faults,
    figure,
    output,
    project,
    send,
)
from warehouse.connect import Connection


def test_a_file_is_taken_once_and_a_change_says_why(con: Connection) -> None:
    first = send(con, "budget", budget("city", "210100", "energy_total", 3000, "万吨标准煤"))
    assert (first.accepted, first.rejected) == (1, ())
    again = send(con, "budget", budget("city", "210100", "energy_total", 3000, "万吨标准煤"))
    assert again.unchanged == 1
    assert again.commit is None
    row = budget("city", "210100", "energy_total", 2900, "万吨标准煤")
    with pytest.raises(UsageFault, match="--reason"):
        send(con, "budget", row)
    moved = send(con, "budget", row, reason="市政府调整 合成")
    assert [(c.column, c.old, c.new) for c in moved.changes] == [("value", "3000", "2900")]
    assert [row["value"] for row in moved.undo] == ["3000"]
    held = dual_control.history(con, "budget", level="city", indicator="energy_total")
    assert [(row["value"], row["person"], row["reason"]) for row in held] == [
        ("3000", PERSON, ""),
        ("2900", PERSON, "市政府调整 合成"),
    ]
    assert [v.reason for v in dual_control.versions(con, "budget")] == ["市政府调整 合成", ""]
    (standing,) = dual_control.budgets(con)
    assert standing.value == 29_000_000
    assert journal.verify_chain(con).good


def test_a_chinese_header_is_read(con: Connection) -> None:
    row = {
        "层级": "区县",
        "代码": "210106",
        "年份": "2025年",
        "指标": "碳排放总量",
        "数值": "120.5",
        "计量单位": "万吨CO2",
        "文件": "合成数据",
        "可信等级": "reported",
    }
    assert send(con, "budget", row).rejected == ()
    (held,) = dual_control.budgets(con)
    assert (held.level, held.indicator, held.value) == ("district", "carbon_total", 1_205_000)


@pytest.mark.parametrize(
    ("value", "unit", "code"),
    [
        ("0.05", "%", "dual.percent_small"),
        ("5", "1", "dual.share_above_one"),
        ("5%", "1", "dual.percent_and_one"),
        ("5", "", "reference.required"),
        ("5", "tce", "dual.unit"),
    ],
)
def test_a_percentage_that_can_be_read_two_ways_is_named(
    con: Connection, value: str, unit: str, code: str
) -> None:
    row = budget("city", "210100", "energy_intensity_reduction", value, unit, base_year="2020")
    ((row_no, column, found),) = faults(send(con, "budget", row))
    assert (row_no, found) == (1, code)
    assert column in ("value", "unit")


@pytest.mark.parametrize(("value", "unit"), [("5", "%"), ("0.05", "1"), ("5%", "%")])
def test_five_percent_is_five_percent(con: Connection, value: str, unit: str) -> None:
    row = budget("city", "210100", "energy_intensity_reduction", value, unit, base_year="2020")
    assert send(con, "budget", row).rejected == ()
    (held,) = dual_control.budgets(con)
    assert held.value * 100 == 5


def test_a_small_percentage_that_says_so_is_taken(con: Connection) -> None:
    row = budget("city", "210100", "energy_intensity_reduction", "0.3%", "%", base_year="2020")
    assert send(con, "budget", row).rejected == ()
    (held,) = dual_control.budgets(con)
    assert (held.value * 1000, held.printed) == (3, "0.3 %")


def test_ten_thousand_and_hundred_million_are_told_apart(con: Connection) -> None:
    rows = [output("city", "210100", year, 7000 + year, "亿元") for year in (2020, 2021, 2022)]
    assert send(con, "gdp", *rows).rejected == ()
    answer = send(con, "gdp", output("city", "210100", 2023, 9200, "万元"))
    assert faults(answer) == [(1, "unit", "dual.money_mixed")]
    assert "万元" in answer.rejected[0].text("zh")
    assert send(con, "gdp", output("city", "210100", 2023, 92_000_000, "万元")).rejected == ()


def test_base_years_that_never_meet_are_named(con: Connection) -> None:
    rows = [
        output("city", "210100", 2020, 7000, base_year="2015"),
        output("city", "210100", 2021, 7300, base_year="2020"),
    ]
    found = faults(send(con, "gdp", *rows))
    assert found == [
        (1, "base_year", "dual.base_years_mixed"),
        (2, "base_year", "dual.base_years_mixed"),
    ]
    linked = [*rows, output("city", "210100", 2020, 7100, base_year="2020")]
    assert send(con, "gdp", *linked).rejected == ()


def test_base_years_are_never_mixed_in_a_figure(con: Connection) -> None:
    rows = [
        output("city", "210100", 2019, 6800, base_year="2015"),
        output("city", "210100", 2020, 7000, base_year="2015"),
        output("city", "210100", 2020, 7100, base_year="2020"),
        output("city", "210100", 2021, 7400, base_year="2020"),
    ]
    assert send(con, "gdp", *rows).rejected == ()
    held = Outputs(dual_control.standing(con, "gdp"))
    point = Point("city", "210100", 2021)
    found = held.pair(point, point._replace(year=2019))
    assert isinstance(found, NoOutput)
    assert found.code == "dual.na.base_years"
    now, before = held.pair(point, point._replace(year=2020))
    assert (now.value, before.value, now.base_year) == (74_000_000, 71_000_000, 2020)


def test_growth_is_chained_and_flash_stays_flash(con: Connection) -> None:
    rows = [
        output("city", "210100", 2020, 7000),
        output("city", "210100", 2021, "5.5", "%", form="growth", base_year=""),
        output("city", "210100", 2022, "0.03", "1", form="growth", base_year="", release="flash"),
    ]
    assert send(con, "gdp", *rows).rejected == ()
    held = Outputs(dual_control.standing(con, "gdp"))
    found = held.level(Point("city", "210100", 2022), 2020)
    assert found is not None
    # 7000 × 1.055 × 1.03 = 7606.55 (10^8 CNY)
    assert (found.value, found.release, found.chained) == (76_065_500, "flash", (2021, 2022))
    final = output("city", "210100", 2022, "4", "%", form="growth", base_year="")
    assert send(con, "gdp", final).rejected == ()
    found = Outputs(dual_control.standing(con, "gdp")).level(Point("city", "210100", 2022), 2020)
    assert found is not None
    assert (found.value, found.release) == (76_804_000, "final")


def test_parts_must_not_exceed_the_whole(con: Connection) -> None:
    rows = [
        budget("city", "210100", "carbon_total", 1000, "tCO2"),
        budget("district", "210102", "carbon_total", 600, "tCO2"),
        budget("district", "210106", "carbon_total", 401, "tCO2"),
        budget("sector", "30", "carbon_total", 1000, "tCO2"),
    ]
    answer = send(con, "budget", *rows)
    assert faults(answer) == [
        (1, "value", "dual.parts_exceed"),
        (2, "value", "dual.parts_exceed"),
        (3, "value", "dual.parts_exceed"),
    ]
    assert answer.rejected[1].fault.facts["over"] == "1"
    rows[2]["value"] = "400"
    assert send(con, "budget", *rows).rejected == ()


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"product": ""}, "product", "reference.required"),
        ({"district": "999999"}, "district", "dual.district"),
        ({"approved_energy_unit": "t"}, "approved_energy_unit", "dual.unit"),
        ({"started_on": "2025-09-01"}, "started_on", "dual.dates"),
    ],
)
def test_a_bad_project_is_named_by_its_field(
    con: Connection, change: dict[str, str], column: str, code: str
) -> None:
    answer = send(con, "two_high_project", project("P1", **change))
    assert faults(answer) == [(1, column, code)]
    assert dual_control.projects(con) == ()


def test_stocks_of_table_205_1_are_held_to_their_identity(con: Connection) -> None:
    row = {
        "form": "205-1",
        "enterprise_id": FOUNDRY,
        "period": "2025",
        "row_code": "01",
        "item": "原煤",
        "unit": "吨",
        "opening_stock": "5000",
        "purchase": "120000",
        "consumption": "118000",
        "transfer_out": "500",
        "closing_stock": "6300",
    }
    answer = send(con, "energy_statistics", row)
    assert faults(answer) == [(1, "closing_stock", "dual.stock_short")]
    assert "少 200" in answer.rejected[0].text("zh")
    assert "200 short" in answer.rejected[0].text("en")
    assert send(con, "energy_statistics", row | {"closing_stock": "6500"}).rejected == ()


def test_other_faults_are_named(con: Connection) -> None:
    rows = [
        figure("network", "合成热网", "2025", "heat_supplied", 10, "t"),
        figure("enterprise", FOUNDRY, "2025", "product_output", 10, "t"),
        figure("district", "1", "2025", "so2", 10, "t"),
        figure("city", "210100", "2025年13月", "so2", 10, "t"),
        figure("city", "210100", "2025", "so2", "1%", "t"),
        figure("city", "210000", "2025", "so2", "1", "t"),
    ]
    assert faults(send(con, "dual_control_figure", *rows)) == [
        (1, "unit", "dual.unit"),
        (2, "item", "dual.no_product"),
        (3, "code", "dual.district"),
        (4, "period", "dual.period"),
        (5, "value", "dual.no_percent"),
        (6, "code", "dual.city"),
    ]
    bad = closure("R1", "0.0000001")
    assert faults(send(con, "replacement", bad)) == [(1, "tonnes", "dual.below_a_gram")]
    finding = {"level": "city", "code": "210100", "year": "2026", "indicator": "industry"}
    wrong = finding | {"result": "好", "document": SYNTHETIC["document"]}
    assert faults(send(con, "dual_control_finding", wrong)) == [(1, "result", "dual.choice")]
    with pytest.raises(UsageFault, match="budget"):
        send(con, "ship", {})
