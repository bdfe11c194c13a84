"""Dual control at the door: files in, faults named, board, warnings, two persons for a project."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pdfplumber
import pytest

from pipelines.intake.names import DUAL_CONTROL_KINDS, columns_of
from tests.doors.desk import FOUNDRY, HEATING, ROOT, Answer, Desk, burned, run, table

EXAMPLES = ROOT / "examples" / "dual_control"


def put(desk: Desk, kind: str, name: str, *words: str) -> Answer:
    return desk("dual-control", "import", EXAMPLES / name, "--kind", kind, *words)


def as_other(desk: Desk, *words: object) -> Answer:
    given = ["--home", str(desk.home.path), "--as", "合成复核人", "--lang", "en"]
    return run([*given, *(str(word) for word in words)])


@pytest.fixture
def city(desk: Desk) -> Desk:
    """January to March 2025 of one heating plant, and the example budgets."""
    for month, tonnes in (("2025-01", 12), ("2025-02", 10), ("2025-03", 8)):
        desk.send(f"煤{month}.csv", table([burned(tonnes, 月份=month, 能源品种="无烟煤")]))
        answer = desk.run(month)
        assert answer.code == 0, desk.rejected()
    for kind, name in (("budget", "budgets.csv"), ("gdp", "gdp.csv")):
        answer = put(desk, kind, name)
        assert answer.code == 0, answer
    assert put(desk, "dual_control_figure", "figures.csv").code == 0
    return desk


def test_faults_are_named_by_row_and_field(desk: Desk) -> None:
    answer = put(desk, "budget", "bad_budgets.csv", "--json")
    assert answer.code == 1
    found = {(item["row_no"], item["column"]) for item in answer.data["answer"]["rejected"]}
    assert found == {(3, "value"), (4, "value"), (5, "value"), (6, "value"), (7, "unit")}
    said = put(desk, "budget", "bad_budgets.csv")
    assert said.says("超出 10000 tCO2", "漏乘了 100", "计量单位“万吨”在此不适用")
    assert desk.rows("SELECT count(*) FROM dual_control.budget") == [(0,)]


def test_the_board_of_a_month(city: Desk, tmp_path: Path) -> None:
    answer = city("dual-control", "board", "2025-03", "--json")
    board = answer.data
    assert board["label"] == "合成数据"
    (whole,) = board["levels"]["city"]
    readings = {item["indicator"]: item for item in whole["readings"]}
    energy = readings["energy_total"]
    # 30 t of anthracite, and a quarter of a cap of 60 tce without past years.
    assert energy["due"] == "15"
    assert energy["due_share"] == "3/12"
    coal = city.one("SELECT sum(value) FROM emissions.line WHERE measure = 'tce_equivalent'")
    assert energy["actual"] == f"{coal / 10**6:.6f}".rstrip("0")
    assert energy["colour"] == "red"
    assert energy["projection_method"] == "linear"
    assert readings["energy_intensity_reduction"]["not_applicable"]["code"] == "dual.na.no_gdp"
    # The plant supplies a heat network: its CO2 is not the area's, but its own.
    assert whole["carbon"] == "0"
    assert (readings["carbon_total"]["actual"], readings["carbon_total"]["colour"]) == (
        "0",
        "green",
    )
    (plant,) = board["levels"]["enterprise"]
    assert plant["code"] == HEATING
    assert float(plant["carbon"]) > 50
    assert [item["code"] for item in board["heat"]] == ["合成热网"]
    shown = city("dual-control", "board", "2025-03")
    assert shown.says("能源消费总量", "红·超限", "■")
    english = city("dual-control", "board", "2025-03", lang="en")
    assert english.says("energy, total", "red · over")
    assert city("dual-control", "board", "2025-03", "--preset", "x").code == 2


def test_the_board_as_files(city: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for lang in ("zh", "en"):
        answer = city("dual-control", "report", "2025-03", "--out", out, lang=lang)
        assert answer.code == 0, answer
    names = {path.name for path in out.iterdir()}
    assert names == {
        f"dual-control{middle}.{suffix}"
        for middle in ("", ".en")
        for suffix in ("html", "pdf", "xlsx", "json")
    }
    page = (out / "dual-control.html").read_text(encoding="utf-8")
    assert "■ 红·超限" in page
    assert "和平区" in page
    assert "<script" not in page
    with pdfplumber.open(out / "dual-control.pdf") as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    assert "合成数据" in text
    assert "红·超限" in text.replace(" ", "")
    sheets = openpyxl.load_workbook(out / "dual-control.xlsx").sheetnames
    assert sheets[:3] == ["全市", "区县", "开发区"]
    assert json.loads((out / "dual-control.json").read_text())["kind"] == "dual-control-board"


def test_warnings_are_posted_acknowledged_and_answered(city: Desk) -> None:
    first = city("dual-control", "warn", "2025-01", "--until", "2025-03", "--json")
    assert first.code == 0, first
    assert [item["month"] for item in first.data["posted"]] == ["2025-01", "2025-02", "2025-03"]
    assert sum(item["issued"] for item in first.data["posted"]) == 6
    head = city.head
    again = city("dual-control", "warn", "2025-01", "--until", "2025-03", "--json")
    assert {item["issued"] for item in again.data["posted"]} == {0}
    assert city.head == head
    (march,) = [
        item
        for item in first.data["warnings"]
        if item["month"] == "2025-03" and item["indicator"] == "energy_total"
    ]
    assert march["colour"] == "red"
    seen = as_other(city, "dual-control", "acknowledge", march["warning"])
    assert seen.says("acknowledged")
    told = as_other(
        city, "dual-control", "answer", march["warning"], "--words", "合成：压减", "--json"
    )
    assert told.data["state"] == "answered"
    assert told.data["answers"][1]["words"] == "合成：压减"
    assert city("dual-control", "acknowledge", "1-1").code == 2
    listed = city("dual-control", "warn", "2025-03", "--list", "--json")
    assert listed.data["posted"] == []
    assert city("verify").code == 0


def test_a_project_may_not_start_until_it_is_replaced(desk: Desk) -> None:
    answer = put(desk, "two_high_project", "projects.csv")
    assert answer.code == 1
    assert answer.says("产品代码", "必填项")
    assert put(desk, "replacement", "replacement.csv").code == 0
    found = desk("dual-control", "project", "list", "--json").data
    assert [(p["two_high"], p["review"], p["missing"]) for p in found] == [
        ("building_materials", "province", "carbon 520000")
    ]
    project = ("dual-control", "project")
    for number in ("HC-T-001", "HC-T-002"):
        asked = desk(*project, "certify", number, "--reason", "合成")
        request = asked.out.split()[0]
        assert desk("dual-control", "approve", request).code == 2
        assert as_other(desk, "dual-control", "approve", request).code == 0
    assert desk(*project, "pledge", "HC-T-001", "HC-2026-001", "300000").code == 0
    assert desk(*project, "pledge", "HC-T-002", "HC-2026-001", "210000").code == 0
    twice = desk(*project, "pledge", "HC-T-002", "HC-2026-001", "1")
    assert twice.code == 1
    assert twice.says("只剩 0 吨")
    refused = desk(*project, "propose", "HC-2026-001", "--reason", "合成")
    assert refused.code == 1
    assert refused.says("还差 10000 tCO2")
    checked = desk(*project, "check", "HC-2026-001", "--json")
    assert (checked.code, checked.data[0]["missing"]) == (1, "10000")
    left = desk(*project, "certificates", "--json").data
    assert [item["left"] for item in left] == ["0", "0"]
    assert desk("dual-control", "requests", "--json").data == []
    assert desk("verify").code == 0


def test_changes_say_why_and_are_kept(city: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "budgets.csv").read_text(encoding="utf-8")
    path = tmp_path / "新预算.csv"
    path.write_text(text.replace(",60,tce", ",55,tce"), encoding="utf-8")
    words = ("dual-control", "import", path, "--kind", "budget")
    assert city(*words).code == 2
    assert city(*words, "--reason", "合成：市政府调整").code == 0
    found = city("dual-control", "history", "budget", "--json").data
    assert [item["reason"] for item in found] == ["合成：市政府调整", ""]
    again = city("dual-control", "import", EXAMPLES / "gdp.csv", "--kind", "gdp", "--json")
    assert again.data["answer"]["unchanged"] == 2
    assert again.data["answer"]["changes"] == []


def test_an_indicator_explains_itself(city: Desk) -> None:
    answer = city("dual-control", "explain", "2025-03", "--json")
    steps = {(item["indicator"], item["id"]): item for item in answer.data}
    margin = steps["energy_total", "D7"]
    assert margin["formula"] == "(cap − E)/cap"
    assert [item["symbol"] for item in margin["inputs"]] == ["cap", "E"]
    assert steps["energy_total", "D3"]["formula"] == "E₁ − F₁ − N₁"
    reduction = steps["energy_intensity_reduction", "D2"]
    assert reduction["absent"]["code"] == "dual.na.no_gdp"
    assert city("dual-control", "explain", "2025-03").says("(cap − E)/cap")


@pytest.mark.parametrize("kind", DUAL_CONTROL_KINDS)
def test_the_worked_row_of_each_template_is_taken(desk: Desk, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"{kind}.xlsx"
    assert desk("template", kind, "--out", path).code == 0
    book = openpyxl.load_workbook(path)
    head = [cell.value for cell in book.worksheets[0][2]]
    assert head[: len(columns_of(kind))] == [known.zh[0] for known in columns_of(kind).values()]
    for cell in book.worksheets[0][3]:
        if cell.value == "示例，请删除本行":
            cell.value = None
    book.save(path)
    answer = desk("dual-control", "import", path, "--kind", kind, "--json")
    assert answer.code == 0, answer
    assert answer.data["answer"]["accepted"] == 1
    assert all(known.about_zh and known.about_en for known in columns_of(kind).values())


def test_the_month_prints_the_board_and_posts_its_warnings_once(city: Desk) -> None:
    done = city.run("2025-03")
    assert done.code == 0, done
    assert done.says("2025-03 双控 全市最差等级", "红·超限", "能源消费总量")
    folder = city.home.reports / "2025-03"
    assert {path.suffix for path in folder.glob("dual-control.*")} == {
        ".html",
        ".pdf",
        ".xlsx",
        ".json",
    }
    head = city.head
    again = city.run("2025-03", "--json")
    assert again.data[0]["dual_control"]["warnings"] == 0
    assert city.head == head
    assert city("verify").code == 0


def test_the_grid_factor_behind_the_carbon_is_named(desk: Desk) -> None:
    row = burned("10", "万千瓦时", 统一社会信用代码=FOUNDRY, 能源品种="电力", 用途="购入")
    desk.send("电.csv", table([row]))
    assert desk.run().code == 0, desk.rejected()
    board = desk("dual-control", "board", "2025-03", "--json").data
    (grid,) = board["grid"]
    printed = desk.one("SELECT parameters FROM emissions.resolution WHERE category LIKE 'elec%'")
    factor = next(part for part in json.loads(printed) if part["name"] == "grid_factor")
    assert grid.startswith(f"{factor['edition']} · {factor['document']} · {factor['printed']}")
    (whole,) = board["levels"]["city"]
    assert float(whole["carbon"]) == pytest.approx(100 * float(factor["printed"]))
    # 100 MWh at the equivalent value of GB/T 2589, 0.1229 kgce/kWh.
    assert whole["energy"] == "12.29"
    assert whole["readings"] == []
