"""Data quality at the command line: uncertainty, completeness, accruals, findings.

All data are 合成数据 (synthetic); expected figures are worked from what is sent, by hand.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import openpyxl

from tests.doors.desk import HEATING, MONTH, Desk, burned, table

COAL = {"能源品种": "烟煤"}
FACTORS = (
    "edition,publisher,document,carrier,parameter,value,lower,upper,unit,enterprise_id,known_from,"
    "standing,evidence\n"
    f"合成-1,合成,合成数据,烟煤,NCV,20,19,21,GJ/t,{HEATING},2020-01-01,reported,合成数据\n"
)


def bounded(desk: Desk) -> None:
    """One parameter of the heating plant's coal with bounds of ±5 %; 100 t of it burned."""
    path = desk.home.path / "合成因子.csv"
    path.write_text(FACTORS, encoding="utf-8")
    answer = desk("factors", "import", path, "--evidence", path)
    assert answer.code == 0, answer
    desk.send("三月.csv", table([burned("100", **COAL)]))
    assert desk.run().code == 0


def test_uncertainty_of_an_enterprise_is_said_as_far_as_it_is_known(desk: Desk) -> None:
    bounded(desk)
    answer = desk("quality", "uncertainty", HEATING, "--period", MONTH, "--json")
    assert answer.code == 0, answer
    (basis,) = answer.data["bases"]
    total = Fraction(basis["total"]["co2e"])
    assert Fraction(basis["total"]["relative"]) == Fraction(1, 20)
    assert Fraction(basis["total"]["half_width"]) == total / 20
    missing = {name: Fraction(tonnes) for name, tonnes in basis["total"]["missing"]}
    assert missing["quantity"] == total
    assert "ncv" not in missing
    assert basis["monte_carlo"] is None
    assert answer.data["head"]["hash"] == desk.head[1]
    said = desk("quality", "uncertainty", HEATING, "--period", "2025", lang="en")
    assert said.says("±5.00 %", "without an uncertainty", "carbon")


def test_a_city_sets_what_a_tier_is_worth_and_it_is_journalled(desk: Desk) -> None:
    """Quantities of tier 3 at ±12 % beside ±5 % of the factor: ±13 % of the total."""
    bounded(desk)
    head = desk.head
    assert desk("quality", "assume", 3, "0.12").code == 2, "a reason is due"
    assert desk("quality", "assume", 3, "1.2", "--reason", "合成").code == 2
    assert desk.head == head
    assert desk("quality", "assume", 3, "0.12", "--reason", "合成：计量检定周期").code == 0
    assert desk.one("SELECT reason FROM journal.commit ORDER BY commit_no DESC LIMIT 1") == (
        "合成：计量检定周期"
    )
    words = ("quality", "uncertainty", HEATING, "--period", MONTH, "--json")
    (basis,) = desk(*words, "--monte-carlo", 20_000, "--seed", 5).data["bases"]
    assert Fraction(basis["total"]["relative"]) == Fraction(13, 100)
    simulated = basis["monte_carlo"]
    spread = (float(simulated["upper"]) - float(simulated["lower"])) / 2
    assert abs(spread / float(Fraction(basis["total"]["half_width"])) - 1) < 0.04
    assert desk(*words, "--monte-carlo", 20_000, "--seed", 5).data["bases"][0] == basis
    assert desk(*words, "--monte-carlo", 3).code == 2
    assert desk("quality", "assume", 3, "-", "--reason", "合成：撤销").code == 0
    assert Fraction(desk(*words).data["bases"][0]["total"]["relative"]) == Fraction(1, 20)
    assert desk("verify").code == 0


def test_the_statement_shows_uncertainty_and_what_has_none(desk: Desk) -> None:
    bounded(desk)
    words = ("statement", HEATING, "--period", MONTH, "--format", "html,xlsx,json")
    assert desk(*words).code == 0
    folder = desk.home.reports / MONTH / "statements"
    html = (folder / f"{HEATING}.html").read_text(encoding="utf-8")
    assert "数据质量与不确定度" in html
    assert "±5.0 %" in html
    record = json.loads((folder / f"{HEATING}.json").read_text(encoding="utf-8"))
    (quality,) = record["quality"]
    assert Fraction(quality["total"]["relative"]) == Fraction(1, 20)
    assert quality["by_data_kind"][0][0] == "measured"
    relatives = {
        Fraction(item["relative"]) for item in record["uncertainty_of"] if item["relative"]
    }
    assert relatives == {Fraction(1, 20)}


def test_the_completeness_of_a_month_in_every_format(desk: Desk) -> None:
    """February whole, March from the 11th on: ten days are missing, eleven to twenty are twice."""
    spans = ("统一社会信用代码", "企业名称", "能源品种", "起", "止", "数量", "计量单位")
    desk.send("二月.csv", table([burned("28", **COAL, 月份="2025-02")]))
    march = [
        burned("9", **COAL, 起="2025-03-11", 止="2025-03-20"),
        burned("9", **COAL, 起="2025-03-11", 止="2025-03-31"),
    ]
    desk.send("三月.csv", table(march, spans))
    assert desk.run("").code == 0
    answer = desk("quality", "completeness", MONTH, "--json")
    assert answer.code == 0, answer
    (stream,) = answer.data["streams"]
    assert (stream["expected"], stream["covered"], stream["why"]) == (31, 21, "history")
    assert stream["missing"] == [["2025-03-01", "2025-03-10"]]
    assert stream["overlapping"] == [["2025-03-11", "2025-03-20"]]
    assert answer.data["total"]["missing"] == 10
    made = desk("quality", "completeness", MONTH)
    assert made.code == 0
    paths = [Path(line) for line in made.out.split()]
    assert [path.suffix for path in paths] == [".html", ".pdf", ".xlsx", ".json"]
    page = paths[0].read_text(encoding="utf-8")
    assert "03-01–03-10" in page
    assert "03-11–03-20" in page
    assert paths[1].read_bytes().startswith(b"%PDF")
    book = openpyxl.load_workbook(paths[2])
    assert any("03-01–03-10" in map(str, row) for sheet in book for row in sheet.values)
    assert desk("quality", "completeness", "2025-13").code == 2
    year = desk("quality", "completeness", "2025", "--format", "html", lang="en")
    assert "Which days" in Path(year.out.strip()).read_text(encoding="utf-8")


def test_findings_have_reasons_and_pictures(desk: Desk) -> None:
    """Four steady months of coal, then a third: said with both levels; a declaration beside it."""
    names = [f"2024-{n:02d}" for n in range(9, 13)] + ["2025-01", "2025-02", "2025-03"]
    daily = (100, 99, 101, 100, 33, 34, 33)
    days = (30, 31, 30, 31, 31, 28, 31)
    rows = [
        burned(per * number, **COAL, 月份=name)
        for name, per, number in zip(names, daily, days, strict=True)
    ]
    desk.send("全部.csv", table(rows))
    assert desk.run("").code == 0
    answer = desk("quality", "declare", HEATING, MONTH, "10", "--carrier", "烟煤")
    assert answer.code == 2, "the document is due"
    words = ("quality", "declare", HEATING, MONTH)
    assert desk(*words, "许多", "--document", "合成").code == 2
    assert desk(*words, "10", "--carrier", "烟煤", "--document", "合成申报").code == 0
    answer = desk("quality", "findings", MONTH, "--json")
    assert answer.code == 0, answer
    kinds = {item["kind"]: item for item in answer.data["findings"]}
    assert kinds.keys() == {"level", "declared"}
    level = kinds["level"]
    assert (level["since"], len(level["series"])) == ("2025-01", 7)
    assert "由 100 变为 33 t/d" in level["reason_zh"]
    assert "2025" in level["reason_en"]
    assert [item["rank"] for item in answer.data["findings"]] == [1, 2]
    made = desk("quality", "findings", MONTH)
    assert made.code == 0, made
    page = Path(made.out.split()[0]).read_text(encoding="utf-8")
    assert "<polyline" in page
    assert "日均水平自2025年1月起" in page
    assert desk("verify").code == 0
