"""Restating a closed year at the door: dry run, reversal, both versions readable (合成数据)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from tests.doors.desk import HEATING, Desk, burned, table

SHIPPED, OWN = Fraction("0.5306"), Fraction("0.5")
FACTORS = (
    "edition,publisher,document,carrier,parameter,series,value,unit,enterprise_id,standing,"
    "evidence,known_from\n"
    "合成·电力,合成,合成数据 (synthetic),electricity,grid_EF,national_average,0.5,kgCO2/kWh,"
    f"{HEATING},reported,合成数据 (synthetic),2020-01-01\n"
)


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """10 MWh in each of two months, both closed; then a grid factor of the enterprise's own."""
    power = {"能源品种": "电力", "用途": "购入"}
    rows = [burned("10000", "千瓦时", 月份=month, **power) for month in ("2025-02", "2025-03")]
    desk.send("两月.csv", table(rows))
    assert desk.run("").code == 0
    for month in ("2025-02", "2025-03"):
        assert desk("close", month).code == 0
    path = desk.home.path.parent / "因子.csv"
    path.write_text(FACTORS, encoding="utf-8")
    assert desk("factors", "import", path).code == 0
    return desk


def booked(desk: Desk, out: str, *words: object) -> str:
    """tCO2e of the year as the JSON statement says."""
    folder = desk.home.path.parent / out
    answer = desk("statement", HEATING, "--period", "2025", "--out", folder, *words)
    assert answer.code == 0, answer
    record = json.loads((folder / f"{HEATING}.json").read_text(encoding="utf-8"))
    [basis] = record["bases"]
    return str(basis["total"]["co2e"])


def test_a_closed_year_is_restated_openly(closed: Desk) -> None:
    head = closed.head
    dry = closed("restate", "2025", "--dry-run", "--json")
    assert dry.code == 0, dry
    effects = [(e["month"], e["before"], e["after"]) for e in dry.data["effects"]]
    assert effects == [
        (month, int(10 * SHIPPED * 10**6), int(10 * OWN * 10**6))
        for month in ("2025-02", "2025-03")
    ]
    assert closed.head == head
    assert closed("restate", "2025").code == 2
    assert closed("restate", "2025", "--reason", "合成：自有因子").says("2025-02", "已结账")
    assert closed.head == head

    out = closed.home.path.parent / "影响"
    done = closed(
        "restate", "2025", "--reason", "合成：自有因子", "--reopen", "--out", out, "--json"
    )
    assert done.code == 0, done
    assert done.data["effects"] == dry.data["effects"]
    assert closed.one("SELECT count(*) FROM emissions.entry WHERE cause = 'restatement'") == 4
    assert closed("reopen", "2025-03", "--reason", "合成").code == 0
    assert closed.total() == 20 * OWN * 10**6
    _check_report(out)
    assert booked(closed, "now") == "10"
    assert closed("verify").code == 0


def _check_report(out: Path) -> None:
    [book] = out.glob("restatement-*.xlsx")
    cells = [cell for sheet in openpyxl.load_workbook(book) for row in sheet.values for cell in row]
    assert {10.612, 10, -0.612} <= {cell for cell in cells if isinstance(cell, int | float)}
    [record] = (json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.json"))
    assert record["posted"]
    assert record["reason"] == "合成：自有因子"
    assert sum(Fraction(row["difference_t"]) for row in record["effects"]) == 20 * (OWN - SHIPPED)
    [page] = (path.read_text(encoding="utf-8") for path in out.glob("*.html"))
    assert "合成供热站" in page
    assert "−0.612" in page


def test_both_versions_are_read_at_their_moments(closed: Desk) -> None:
    before = datetime.now(UTC).isoformat()
    assert closed("restate", "2025", "--reason", "合成：自有因子", "--reopen").code == 0
    assert booked(closed, "then", "--as-of", before) == "10.612"
    assert booked(closed, "now", "--as-of", "2999-12-31") == "10"
    answer = closed("statement", HEATING, "--period", "2025", "--as-of", "2020-01-01")
    assert answer.code == 2
    assert answer.says(HEATING)


def test_a_sealed_or_unknown_month_moves_nothing(closed: Desk) -> None:
    head = closed.head
    given = ("--reason", "合成", "--reopen")
    assert closed("restate", "2025", "--edition", "没有", *given).code == 2
    assert closed("restate", "202", *given).code == 2
    assert closed.head == head
