"""The city's inventory at the command line; all data are 合成数据 (synthetic)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pdfplumber
import pytest

from tests.doors.desk import HEATING, PERSON, ROOT, Desk, burned, table

EXAMPLE = ROOT / "examples" / "inventory" / "合成_2025年能源平衡表.csv"
BALANCE = """合成·2025年能源平衡表（合成数据）,,,
项目,无烟煤（吨）,电力（万千瓦时）,热力（GJ）
二、加工转换投入(-)产出(+)量,-160,,900
  2.供热,-160,,900
四、终端消费量,40,7,900
  2.工业,40,,300
  7.居民生活,,7,600
"""
COAL = Fraction("24.515") * Fraction("0.02749") * Fraction("0.94") * Fraction(44, 12)


def grams(tonnes: Fraction) -> int:
    return int(tonnes * 10**6 + Fraction(1, 2))


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk whose heating plant burned 100 t of anthracite in March 2025."""
    desk.send("三月.csv", table([burned("100", 能源品种="无烟煤", 统一社会信用代码=HEATING)]))
    assert desk.run().code == 0
    return desk


def sent(desk: Desk, content: str = BALANCE, name: str = "平衡表.csv") -> Path:
    path = desk.home.path / name
    path.write_text(content, encoding="gb18030")
    return path


def test_a_balance_goes_in_once_and_its_file_is_kept(busy: Desk):
    first = busy("inventory", "import", sent(busy), "--year", 2025)
    assert (first.code, first.err) == (0, ""), first
    assert first.says("已导入 2025 年能源平衡表第 1 版：11 个数，5 项计入排放，0 项未计入")
    head = busy.head
    again = busy("inventory", "import", sent(busy), "--year", 2025)
    assert (again.code, busy.head) == (0, head)
    assert again.says("未作改动")
    source = busy.one("SELECT source FROM inventory.balance")
    assert list((busy.home.path / "sources" / source[:2] / source).iterdir())
    assert busy.one("SELECT person FROM journal.commit WHERE book = 'inventory'") == PERSON
    changed = sent(busy, BALANCE.replace("-160", "-170"), "新表.csv")
    later = busy("inventory", "import", changed, "--year", 2025, "--json")
    assert (later.data["superseded"], later.data["version"]["version"]) == (1, 2)
    assert busy.one("SELECT count(*) FROM inventory.balance") == 2
    assert len(busy("inventory", "versions", "--json").data["versions"]) == 2
    assert busy("verify").code == 0


def test_a_bad_balance_is_refused_whole_with_every_reason(busy: Desk):
    bad = BALANCE.replace("无烟煤（吨）", "无烟没（吨）").replace(
        "  7.居民生活,,7", "  7.居民生活,,七"
    )
    head = busy.head
    answer = busy("inventory", "import", sent(busy, bad), "--year", 2025)
    assert (answer.code, busy.head) == (1, head)
    assert answer.says("无烟没", "最接近的有", "无烟煤", "七")
    english = busy("inventory", "import", sent(busy, bad), "--year", 2025, lang="en")
    assert english.says("2 faults", "Nearest")
    assert busy("inventory", "import", sent(busy), "--year", 2024).code == 1
    assert busy("inventory", "import", busy.home.path / "none.csv", "--year", 2025).code == 2


def test_the_inventory_of_ledger_and_remainder(busy: Desk):
    busy("inventory", "import", sent(busy), "--year", 2025)
    found = busy("inventory", "show", 2025, "--json").data
    cells = {(c["sub_sector"], c["scope"], c["carrier"], c["origin"]): c for c in found["cells"]}
    co2 = {key: cell["quanta"]["CO2"] for key, cell in cells.items()}
    assert co2 == {
        ("I.4.4", "1", "anthracite", "ledger"): grams(100 * COAL),
        ("I.4.4", "1", "anthracite", "statistics"): grams(60 * COAL),
        ("I.3", "1", "anthracite", "statistics"): grams(40 * COAL),
        ("I.1", "2", "electricity", "statistics"): grams(70 * Fraction("0.5306")),
        ("I.3", "2", "heat", "statistics"): grams(300 * Fraction("0.11")),
        ("I.1", "2", "heat", "statistics"): grams(600 * Fraction("0.11")),
    }
    totals = {name: Fraction(value) for name, value in found["totals"].items()}
    assert totals["territorial"] == totals["scope1"] + totals["grid_supply"]
    assert totals["induced"] == totals["scope1"] + totals["scope2"]
    assert found["boundary"] == "city_inventory"
    assert found["sub_sectors"]["V.1"] == []
    (match,) = (
        m for m in busy("inventory", "reconcile", 2025, "--json").data if m["group"] == "generation"
    )
    assert (match["ledger"], match["statistics"], match["coverage"]) == ("100", "160", "0.625")
    shown = busy("inventory", "show", 2025)
    assert shown.says("供入电网与热网的能源生产", "台账＋统计余量", "无数据")


def test_targets_at_the_door(busy: Desk):
    words = ("inventory", "target", "carbon_total")
    document = ("--document", "合成文件 (synthetic)")
    assert busy(*words, 2025, 400, "tCO2e", "--role", "base", *document).code == 0
    assert busy(*words, 2030, 12, "%", "--base-year", 2025, *document).code == 0
    head = busy.head
    assert busy(*words, 2030, 12, "%", "--base-year", 2025, *document).code == 0
    assert busy.head == head
    assert busy(*words, 2030, 12, "公里", *document).code == 1
    assert busy(*words, 2030, 12, "tCO2e", "--document", " ").code == 1
    assert busy(*words, 2030, 12, "tCO2e", *document, "--standing", "official").code == 2
    held = busy("inventory", "targets", "--json").data
    assert [(t["target"]["year"], t["target"]["value"], t["person"]) for t in held] == [
        (2025, "400", PERSON),
        (2030, "12", PERSON),
    ]
    gone = (*words, 2030, 12, "%", "--base-year", 2025, *document, "--withdraw")
    assert busy(*gone).code == 2
    assert busy(*gone, "--reason", "合成：撤销").code == 0
    assert len(busy("inventory", "targets", "--json").data) == 1


def test_one_document_in_four_formats_and_two_languages(busy: Desk, tmp_path: Path):
    busy("inventory", "import", sent(busy), "--year", 2025)
    document = ("--document", "合成文件 (synthetic)")
    busy("inventory", "target", "carbon_total", 2025, 400, "tCO2e", "--role", "base", *document)
    busy("inventory", "target", "carbon_total", 2030, 300, "tCO2e", *document)
    made = busy("inventory", "report", 2025, "--out", tmp_path)
    assert made.code == 0, made
    english = busy("inventory", "report", 2025, "--out", tmp_path, "--format", "html", lang="en")
    assert english.code == 0, english
    record = json.loads((tmp_path / "inventory.json").read_bytes())
    territorial = f"{round(Fraction(record['totals']['territorial'])):,}"
    page = (tmp_path / "inventory.html").read_text(encoding="utf-8")
    assert territorial in page
    assert "数据不足，不作外推" in page
    assert "合成数据" in page
    assert (tmp_path / "inventory.en.html").read_text(encoding="utf-8").count(
        "Not enough data"
    ) == 2
    (path, other) = record["outlooks"]
    assert path["projection"] is None
    assert [point["year"] for point in path["path"]] == [2025, 2026, 2027, 2028, 2029, 2030]
    assert other["path"] is None
    with pdfplumber.open(tmp_path / "inventory.pdf") as pdf:
        words = "".join(each.extract_text() for each in pdf.pages)
    assert territorial in words
    assert "城市温室气体清单" in words
    book = openpyxl.load_workbook(tmp_path / "inventory.xlsx")
    assert {"概要", "分部门", "核对", "目标与走势"} <= set(book.sheetnames)
    numbers = [cell.value for row in book["分部门"].iter_rows() for cell in row]
    exact = float(Fraction(record["totals"]["territorial"]))
    assert any(isinstance(n, int | float) and abs(n - exact) < 1e-6 * exact for n in numbers)


def test_the_template_is_read_back_and_the_example_is_taken(busy: Desk, tmp_path: Path):
    path = tmp_path / "模板.xlsx"
    assert busy("template", "energy_balance", "--out", path).code == 0
    empty = busy("inventory", "import", path, "--year", 2025)
    assert empty.code == 1
    assert empty.says("没有任何数")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[2]}
    lines = {str(row[0].value).strip("　"): row[0].row for row in sheet.iter_rows(min_row=4)}
    sheet.cell(lines["工业"], columns["焦炭"], 1.5)
    sheet.cell(lines["终端消费量"], columns["焦炭"], 1.5)
    sheet.cell(lines["可供本地区消费的能源量"], columns["焦炭"], 1.5)
    book.save(path)
    taken = busy("inventory", "import", path, "--year", 2025, "--json")
    assert taken.code == 0, taken
    coke = Fraction("28.446") * Fraction("0.0294") * Fraction("0.93") * Fraction(44, 12)
    (made,) = (e for e in taken.data["estimates"] if e["measure"] == "CO2")
    assert (made["carrier"], made["value"]) == ("coke", grams(15_000 * coke))
    example = busy("inventory", "import", EXAMPLE, "--year", 2025, "--json")
    assert example.code == 0, example
    assert [finding for finding in example.data["findings"] if "柴油" not in finding] == []
    assert len(example.data["findings"]) == 1
    assert example.data["version"]["synthetic"] is True
