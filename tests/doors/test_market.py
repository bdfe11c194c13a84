"""The market at the door: rules, a year to its compliance table, a trading day (合成数据)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ledgers.reference.rows import LOCAL
from tests.doors.desk import HEATING, ROOT, Answer, Desk, burned, run, table
from tests.doors.test_registry import ALWAYS_OPEN, ANNA, BERT, CORA, DORA
from warehouse.connect import Home

EXAMPLE = ROOT / "examples" / "market"
PLANT, HEAT, VERIFIER = "合成热电厂", "合成供热公司", "合成·核查员"
UNIT = "SY-SYA-2025"
TODAY = datetime.now(UTC).astimezone(LOCAL).date()


class Office:
    def __init__(self, folder: Path) -> None:
        self.home, self.folder = Home(folder / "home"), folder

    def __call__(self, person: str, *words: object, lang: str = "zh") -> Answer:
        given = ["--home", str(self.home.path), "--as", person, "--lang", lang]
        return run([*given, *(str(word) for word in words)])

    def good(self, person: str, *words: object) -> Any:
        answer = self(person, *words, "--json")
        assert (answer.code, answer.err) == (0, ""), answer
        return answer.data

    def done(self, person: str, *words: object) -> Answer:
        answer = self(person, *words)
        assert (answer.code, answer.err) == (0, ""), answer
        return answer

    def file(self, name: str, rows: list[dict[str, object]]) -> Path:
        path = self.folder / name
        if name.endswith(".xlsx"):
            book = openpyxl.Workbook()
            sheet = book.active
            assert sheet is not None
            for line in ([*rows[0]], *([*row.values()] for row in rows)):
                sheet.append([str(cell) for cell in line])
            book.save(path)
            return path
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, [*rows[0]])
            writer.writeheader()
            writer.writerows(rows)
        return path

    def open(self, entity: str) -> str:
        for person in (CORA, DORA):
            self.done(ANNA, "registry", "mandate", person, "holder", "--scope", entity)
        words = ("registry", "account", "open", "operator", entity, entity)
        (made,) = self.good(CORA, *words)
        self.good(ANNA, "registry", "account", "approve", made["number"])
        return str(made["number"])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    words = ("--approver", BERT, "--name", "合成市场", "--basis", "合成数据")
    made.done(ANNA, "registry", "init", *words)
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(ALWAYS_OPEN, encoding="utf-8")
    made.done(ANNA, "registry", "rule", "calendar", calendar, "--reason", "合成")
    assert len(made.good(ANNA, "market", "load")) == 5
    for name in ("bureau.csv", "measures.csv"):
        made.done(ANNA, "rules", "import", EXAMPLE / name)
    words = ("registry", "conflict", VERIFIER, "verifier", "--document", "合成名单")
    made.done(ANNA, *words)
    return made


def listed(office: Office) -> dict[str, str]:
    numbers = {entity: office.open(entity) for entity in (PLANT, HEAT)}
    rows: list[dict[str, object]] = [
        {"统一社会信用代码": PLANT, "单位名称": PLANT, "行业": "4412", "账户": numbers[PLANT]}
        | {"方法": "historical_total"},
        {"统一社会信用代码": HEAT, "单位名称": HEAT, "行业": "4430", "账户": numbers[HEAT]}
        | {"方法": "heat_benchmark"},
    ]
    path = office.file("entities.xlsx", rows)
    found = office.good(ANNA, "market", "list", path, "--year", 2025, "--document", "合成")
    assert {row["entity"] for row in found} == {PLANT, HEAT}
    for name, year in (("figures_before.csv", 2024), ("figures.csv", 2025)):
        words = ("market", "figures", EXAMPLE / name, "--year", year, "--document", "合成")
        office.done(ANNA, *words)
    words = ("registry", "cap", UNIT, 1_200_000, "--document", "合成方案", "--approver", BERT)
    office.done(ANNA, *words)
    office.good(ANNA, "registry", "issue", UNIT, 1_200_000, "--id", "i1")
    office.good(BERT, "registry", "approve", "i1")
    return numbers


def verified(office: Office, entity: str, tonnes: int) -> None:
    def step(person: str, kind: str, *more: object) -> Any:
        words = ("market", "step", kind, entity, "--year", 2025, "--document", "合成")
        return office.good(person, *words, *more)

    step(CORA, "report", "--co2e", tonnes)
    step(VERIFIER, "finding", "--co2e", tonnes)
    assert step(ANNA, "notice")["answer_by"] > TODAY.isoformat()
    words = ("confirm", entity, "--year", 2025, "--document", "合成", "--approver", BERT)
    early = office(ANNA, "market", *words)
    assert (early.code, early.says("仍可提出异议")) == (1, True)
    step(CORA, "objection")
    step(ANNA, "recheck", "--co2e", tonnes)
    step(ANNA, "decision", "--co2e", tonnes)
    assert office.good(ANNA, "market", *words)["due"] == tonnes


def test_a_year_at_the_door(office: Office, tmp_path: Path) -> None:
    numbers = listed(office)
    words = ("--year", 2025, "--document", "合成方案", "--approver", BERT)
    made = office.good(ANNA, "market", "allocate", "pre", *words)
    assert {d["entity"]: d["issued"] for d in made["decisions"]} == {PLANT: 700_000, HEAT: 70_000}
    verified(office, PLANT, 900_000)
    verified(office, HEAT, 103_000)
    made = office.good(ANNA, "market", "allocate", "final", *words)
    # (1,000,000 + 1,000,000) / 2 × 0.98 × 0.95; 1,000,000 GJ × 0.11 × 0.99 × 0.95.
    given = {d["entity"]: d["quantity"] for d in made["decisions"]}
    assert given == {PLANT: 931_000, HEAT: 103_455}
    for key, entity, tonnes in (("s1", PLANT, 900_000), ("s2", HEAT, 102_999)):
        words = (numbers[entity], UNIT, tonnes, "--year", 2025, "--id", key)
        office.good(CORA, "registry", "surrender", *words)
        office.good(DORA, "registry", "approve", key)

    late = office.good(ANNA, "market", "compliance", 2025, "--on", "2027-01-04")
    found = {s["listing"]["entity"]: (s["status"], s["shortfall"]) for s in late["standings"]}
    assert found == {PLANT: ("met", 0), HEAT: ("short", 1)}
    assert late["label"] == "合成数据"
    words = ("market", "compliance", 2025, "--on", "2027-01-04")
    assert office(ANNA, *words).says(PLANT, "已履约", "未足额", "900,000")
    out = tmp_path / "out"
    office.done(ANNA, *words, "--out", out)
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"compliance-2025.{suffix}" for suffix in ("html", "json", "pdf", "xlsx")]
    page = (out / "compliance-2025.html").read_text(encoding="utf-8")
    assert "合成数据" in page
    assert "1,002,999" in page
    assert json.loads((out / "compliance-2025.json").read_text(encoding="utf-8")) == late
    book = openpyxl.load_workbook(out / "compliance-2025.xlsx")
    cells = {cell for row in book["履约情况"].values for cell in row}
    assert {PLANT, 900_000, 102_999} <= cells
    words = ("market", "certificate", HEAT, "--year", 2025, "--on", "2027-01-04", "--out", out)
    made_notice = office(ANNA, *words, "--format", "html", lang="en")
    assert made_notice.code == 0
    (path,) = out.glob("short-*.html")
    assert "Notice of shortfall" in path.read_text(encoding="utf-8")
    refused = office(ANNA, "market", "seal", 2025)
    assert refused.code == 2
    words = ("market", "seal", "--year", 2025, "--document", "合成", "--approver", BERT)
    refused = office(ANNA, *words)
    assert (refused.code, refused.says("还不能封存", HEAT)) == (1, True)
    office.good(CORA, "registry", "surrender", numbers[HEAT], UNIT, 1, "--year", 2025, "--id", "s3")
    office.good(DORA, "registry", "approve", "s3")
    office.done(ANNA, *words)
    assert office(ANNA, "registry", "verify").code == 0


def test_a_trading_day_at_the_door(office: Office, tmp_path: Path) -> None:
    numbers = listed(office)
    words = ("--year", 2025, "--document", "合成方案", "--approver", BERT)
    office.good(ANNA, "market", "allocate", "pre", *words)
    words = (UNIT, "62.36", "--day", TODAY, "--document", "合成参考价")
    office.done(ANNA, "market", "reference", *words)
    head = ("成交编号", "成交日期", "成交时间", "方式", "品种", "卖方", "买方", "数量", "价格")
    ends = (UNIT, numbers[PLANT], numbers[HEAT])
    rows: list[dict[str, object]] = [
        dict(zip(head, cells, strict=True))
        for cells in (
            ("T1", TODAY, "09:45:00", "挂牌", *ends, 6000, "62.36"),
            ("T2", TODAY, "10:30:00", "挂牌", *ends, 200, "68.60"),
            ("T3", TODAY, "13:05:00", "挂牌", *ends, 1, "68.61"),
        )
    ]
    path = office.file("trades.xlsx", rows)
    answer = office(ANNA, "market", "trades", path, "--json")
    assert (answer.code, answer.data["booked"]) == (1, ["T1", "T2"])
    (fault,) = answer.data["faults"]
    assert (fault["row_no"], fault["code"]) == (4, "market.trade.band")
    assert "56.12 至 68.60" in fault["text"]
    again = office(ANNA, "market", "trades", office.file("trades.csv", rows[:2]), "--json")
    assert (again.code, again.data["unchanged"]) == (0, 2)
    wrong = office(ANNA, "market", "pay", "T1", "374159.99", "--document", "合成回单")
    assert (wrong.code, wrong.says("374160")) == (1, True)
    office.done(ANNA, "market", "pay", "T1", "374160", "--document", "合成回单")
    done = office.good(ANNA, "market", "settle", "--approver", BERT)
    assert (done["settled"], done["unpaid"], done["clearing"]) == (["T1"], ["T2"], 0)
    same = office(ANNA, "market", "settle", "--approver", ANNA)
    assert (same.code, same.says("同一人")) == (1, True)
    month = TODAY.isoformat()[:7]
    (day,) = office.good(ANNA, "market", "daily", month)
    assert (day["volume"], day["turnover"], day["close"]) == (6200, "387880.0000", "68.6000")
    out = tmp_path / "out"
    office.done(ANNA, "market", "bulletin", month, "--out", out)
    page = (out / f"market-{month}.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "387,880.00" in page
    record = json.loads((out / f"market-{month}.json").read_text(encoding="utf-8"))
    assert (record["unsettled"], record["refused"], record["label"]) == (1, 1, "合成数据")
    columns = office.file("bad.csv", [{"成交编号": "T9"}])
    bad = office(ANNA, "market", "trades", columns)
    assert (bad.code, bad.says("读不了文件")) == (1, True)


def test_rules_say_where_they_come_from(office: Office) -> None:
    found = {row["key"]: row for row in office.good(ANNA, "market", "rules", 2025)}
    report = found["report.deadline"]
    assert (report["clause"], report["value"]) == ("第十六条", "04-30")
    assert found["offset.share"]["version"] == "合成-1"
    assert "power.Be_I" not in found
    national = {row["key"] for row in office.good(ANNA, "market", "rules", 2024, "--market", "CN")}
    assert {"power.Be_I", "power.Ff_form", "obligation.fine_low"} <= national
    missing = office(ANNA, "market", "forecast", "合成·名录外", "--year", 2025)
    assert missing.code == 2


def test_the_emission_ledger_gives_the_report(desk: Desk, tmp_path: Path) -> None:
    """The booked year of a credit code, in whole tonnes, with the commit that it was read at."""
    desk.send("煤.csv", table([burned("1000", 能源品种="一般烟煤")]))
    assert desk.run().code == 0
    # g of CO2, mg of CH4 and µg of N2O, by the potentials of the method's own edition (SAR).
    grams = desk.total("CO2") + Fraction(21 * desk.total("CH4"), 1000)
    grams += Fraction(310 * desk.total("N2O"), 1_000_000)
    office = Office(tmp_path)
    office.home = desk.home
    office.done(ANNA, "registry", "init", "--approver", BERT, "--basis", "合成数据")
    office.done(ANNA, "rules", "import", EXAMPLE / "bureau.csv")
    office.done(ANNA, "registry", "mandate", CORA, "holder", "--scope", HEATING)
    row: dict[str, object] = {"统一社会信用代码": HEATING, "单位名称": "合成供热站", "行业": "4430"}
    path = office.file("entities.csv", [{**row, "处理": "excluded"}])
    words = ("--year", 2025, "--document", "合成")
    office.good(ANNA, "market", "list", path, *words)
    made = office.good(CORA, "market", "step", "report", HEATING, *words, "--from-ledger")
    assert made["co2e"] == int(grams / 1_000_000 + Fraction(1, 2))
    assert made["co2e"] > 1000
    number, digest = made["source"].rsplit("@", 1)[1].split(":")
    kept = desk.one("SELECT hash FROM journal.commit WHERE commit_no = ?", int(number))
    assert kept == digest
    missing = office(CORA, "market", "step", "report", HEATING, "--year", 2019)
    assert missing.code == 2
