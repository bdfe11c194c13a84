"""A synthetic year at the door, from its editions to its seal and back: 合成数据 (synthetic)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doors.conftest import register
from tests.doors.desk import HEATING, NAMES, PERSON, Answer, Desk, burned, run, table
from tests.ledgers import synthetic_methods

OTHER, THIRD = "合成复核人", "合成第三人"
MONTHS = tuple(f"2025-{number:02d}" for number in range(1, 13))
FACTORS = (
    "edition,factor_id,publisher,document,carrier,parameter,series,value,unit,standing,evidence,"
    "known_from\n"
    "合成·电力-2025,r1,合成,合成数据 (synthetic),electricity,grid_EF,national_average,0.5,"
    "kgCO2/kWh,reported,合成数据 (synthetic),2020-01-01\n"
)
SAID = ("--document", "合成公告", "--page", "第1页", "--sha256", "0" * 64)


def act(desk: Desk, person: str, *words: object, lang: str = "zh") -> Answer:
    return run(["--home", str(desk.home.path), "--as", person, "--lang", lang, *map(str, words)])


def write(desk: Desk, name: str, content: str) -> Path:
    path = desk.home.path.parent / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def year(desk: Desk) -> Desk:
    """Editions, register and 12 months of 10 MWh, posted and closed."""
    method = write(desk, "方法.toml", synthetic_methods.text())
    parties = register({HEATING: NAMES[HEATING]}).replace("general-2015", synthetic_methods.NAME)
    for words in (
        ("factors", "import", method),
        ("factors", "import", write(desk, "因子.csv", FACTORS)),
        ("register", "import", write(desk, "名录.csv", parties)),
    ):
        assert desk(*words).code == 0, words
    power = {"能源品种": "电力", "用途": "购入"}
    rows = [burned("10000", "千瓦时", 月份=month, **power) for month in MONTHS]
    desk.send("全年.csv", table(rows))
    answer = desk.run("")
    assert answer.code == 0, answer
    for month in MONTHS:
        assert desk("close", month).code == 0
    return desk


def sealed_line(desk: Desk, name: str, *words: object) -> str:
    """What the JSON statement says of the seals of its years."""
    out = desk.home.path.parent / name
    answer = desk("statement", HEATING, "--period", "2025", "--out", out, *words)
    assert answer.code == 0, answer
    record = json.loads((out / f"{HEATING}.json").read_text(encoding="utf-8"))
    assert record["label"] == "合成数据"
    return ",".join(item["year"] for item in record["sealed_years"])


def test_a_year_is_sealed_on_official_rows_and_undone_by_two_persons(year: Desk) -> None:
    refused = year("seal", "2025")
    assert refused.code == 1
    assert refused.says("合成·电力-2025", "grid_factor", "reported", "12", "60.000"), refused
    assert refused.says(synthetic_methods.NAME, "2 项依据未经官方文件确认")
    listed = year("seal", "2025", "--check", "--json")
    assert listed.code == 1
    assert [row["edition"] for row in listed.data["not_official"]] == [
        "合成·电力-2025",
        synthetic_methods.NAME,
    ]
    assert {(row["entries"], row["co2e"]) for row in listed.data["not_official"]} == {(12, "60")}

    assert year("factors", "confirm", "合成·电力-2025", *SAID).code == 2
    for name in ("合成·电力-2025", synthetic_methods.NAME):
        assert act(year, OTHER, "factors", "confirm", name, *SAID).code == 0
    assert sealed_line(year, "before") == ""
    assert year("seal", "2025", "--check").says("可以封存")
    done = year("seal", "2025")
    assert (done.code, done.err) == (0, "")
    assert done.says("2025 年已封存")
    assert sealed_line(year, "after", "--format", "html,json") == "2025"
    page = (year.home.path.parent / "after" / f"{HEATING}.html").read_text(encoding="utf-8")
    assert f"2025 年已由 {PERSON} 于" in page
    assert "合成数据" in page

    assert year("reopen", "2025-03", "--reason", "合成").says("已封存", "不能重新打开")
    assert year("unseal", "2025").code == 2
    asked = year("unseal", "2025", "--reason", "合成：漏报")
    number = year.head[0]
    assert asked.says(f"已登记申请 {number}")
    assert year("requests").says("unseal", "year=2025", PERSON)
    assert year("approve", number).says("不能由同一人批准")
    assert act(year, OTHER, "approve", number).code == 0
    assert act(year, THIRD, "approve", number).code == 2
    assert year("requests", "--json").data == []
    assert year("reopen", "2025-03", "--reason", "合成").code == 0
    assert sealed_line(year, "unsealed") == ""
    assert year("verify").code == 0


def test_wrong_words(desk: Desk) -> None:
    assert desk("seal", "25").code == 2
    assert desk("seal", "2025").code == 1
    assert desk("unseal", "2025", "--reason", "合成").says("没有封存")
    assert desk("approve", "99999").says("没有编号为 99999 的申请")
    answer = desk("statement", HEATING, "--period", "2025", "--as-of", "昨天")
    assert answer.code == 2
