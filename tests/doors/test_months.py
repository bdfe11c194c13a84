"""Months that close, reopen, overlap and are corrected, at the command line.

All data are 合成数据 (synthetic). Coal burns at the general method's own factors; the expected
quanta are worked out from what is sent by proportion, never read back from the engine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.doors.desk import FOUNDRY, HEATING, NAMES, Desk, burned, start, table
from warehouse.connect import writer

BILL = ("统一社会信用代码", "企业名称", "能源品种", "起", "止", "数量", "计量单位", "凭证类型")
ROWS = ("统一社会信用代码", "企业名称", "能源品种", "月份", "数量", "计量单位", "佐证材料", "更正")


def row(quantity: object = "10", **cells: object) -> dict[str, object]:
    return burned(quantity, "吨", **{"能源品种": "烟煤"} | cells)


def bill(quantity: str = "280") -> str:
    """Gas in a bill of 28 days: 11 of February, 17 of March."""
    cells = row(quantity, 能源品种="天然气", 计量单位="万Nm3", 起="2025-02-18", 止="2025-03-17")
    return table([cells | {"凭证类型": "结算单"}], BILL)


def account(desk: Desk, month: str = "2025-03", code: int = 0) -> list[dict[str, int]]:
    """Run a month; what became of the rows of each file that had any, counts of zero left out."""
    answer = desk.run(month, "--json")
    assert answer.code == code, answer
    kinds = ("posted", "rejected", "waiting", "unchanged")
    accounts = [file for done in answer.data for file in done["accounts"] if file["read"]]
    return [{kind: file[kind] for kind in kinds if file[kind]} for file in accounts]


def standing(desk: Desk) -> list[tuple[str, str, Decimal]]:
    return desk.rows(
        "SELECT month, carrier, quantity FROM emissions.live_activity ORDER BY 1, 2, 3"
    )


def test_a_late_file_waits_for_a_closed_month_and_posts_when_it_reopens(desk: Desk) -> None:
    desk.send("三月.csv", table([row("10")]))
    assert account(desk) == [{"posted": 1}]
    assert desk("close", "2025-03").code == 0
    per_tonne = desk.total() / 10
    late = desk.send("三月补报.csv", table([row("4", 统一社会信用代码=FOUNDRY)]))
    assert account(desk) == [{"waiting": 1}]
    assert desk("close", "2025-03").code in (1, 2), "it is closed already"
    assert desk("reopen", "2025-03", "--reason", " ").code == 2
    assert desk("reopen", "2025-02", "--reason", "看看").code == 2, "it was never closed"
    answer = desk("reopen", "2025-03", "--reason", "铸造厂补报")
    assert answer.code == 0
    assert answer.says("等待行入账1")
    assert abs(desk.total() - 14 * per_tonne) <= 1
    assert standing(desk) == [("2025-03", "bituminous", 4), ("2025-03", "bituminous", 10)]
    assert desk.rows(
        "SELECT month, event, reason FROM journal.period_event ORDER BY commit_no"
    ) == [
        ("2025-03", "close", ""),
        ("2025-03", "reopen", "铸造厂补报"),
    ]
    assert not desk.rows("FROM emissions.still_waiting")
    head = desk.head
    assert account(desk) == []
    late.unlink()
    assert account(desk) == []
    assert desk.head == head
    assert desk("close", "2025-03").code == 0
    assert desk("verify").code == 0


def test_a_bill_across_an_open_and_a_closed_month(desk: Desk) -> None:
    """The open part posts at once, the closed one waits; together they are the bill."""
    desk.send("二月.csv", table([row("1", 月份="2025-02")]))
    assert account(desk, "2025-02") == [{"posted": 1}]
    assert desk("close", "2025-02").code == 0
    desk.send("账单.csv", bill())
    assert account(desk) == [{"posted": 1}]
    assert standing(desk) == [("2025-02", "bituminous", 1), ("2025-03", "natural_gas", 170)]
    assert desk.rows("SELECT month, quantity FROM emissions.still_waiting") == [("2025-02", 110)]
    html = (desk.home.reports / "2025-03" / "bulletin.html").read_text(encoding="utf-8")
    assert "2025-02" in html
    assert NAMES[HEATING] in html
    assert desk("reopen", "2025-02", "--reason", "账单跨月").code == 0
    assert standing(desk)[1:] == [("2025-02", "natural_gas", 110), ("2025-03", "natural_gas", 170)]
    march = desk.total(where="carrier = 'natural_gas' AND month = '2025-03'")
    february = desk.total(where="carrier = 'natural_gas' AND month = '2025-02'")
    assert abs(february * 17 - march * 11) <= 28
    assert account(desk) == []


def test_a_changed_bill_replaces_both_of_its_parts(desk: Desk) -> None:
    desk.send("账单.csv", bill("280"))
    assert account(desk) == [{"posted": 1}]
    before = desk.total()
    desk.send("账单_更正.csv", bill("560"))
    assert account(desk) == [{"posted": 1}]
    assert standing(desk) == [("2025-02", "natural_gas", 220), ("2025-03", "natural_gas", 340)]
    assert abs(desk.total() - 2 * before) <= 2
    assert desk.one("SELECT count(*) FROM emissions.line WHERE kind = 'reversal'") > 0


def test_a_correction_names_what_it_replaces(desk: Desk) -> None:
    """A row that is not negative takes the place of the row that it names; a negative one is
    booked beside it; one that names nothing known is rejected."""
    cells = {"佐证材料": "入库单-1"}
    desk.send("三月.csv", table([row("10") | cells, row("3", 能源品种="柴油")], ROWS))
    assert account(desk) == [{"posted": 2}]
    desk.send("更正一.csv", table([row("8", 更正="入库单-1")], ROWS))
    assert account(desk) == [{"posted": 1}]
    assert standing(desk) == [("2025-03", "bituminous", 8), ("2025-03", "diesel", 3)]
    causes = desk.rows("SELECT DISTINCT cause FROM emissions.line WHERE kind = 'reversal'")
    assert causes == [("correction",)]
    sha = desk.one("SELECT source FROM emissions.source WHERE name = '三月.csv'")
    desk.send("更正二.csv", table([row("-1", 能源品种="柴油", 更正=f"{sha[:8]}:3")], ROWS))
    assert account(desk) == [{"posted": 1}]
    quantity = "SELECT sum(quantity) FROM emissions.live_activity WHERE carrier = 'diesel'"
    assert desk.one(quantity) == 2
    desk.send("更正三.csv", table([row("5", 更正="无此凭证")], ROWS))
    assert account(desk, code=1) == [{"rejected": 1}]
    assert [rule for *_, rule in desk.rejected()] == ["CR-01"]
    assert standing(desk)[0] == ("2025-03", "bituminous", 8)
    assert account(desk, code=1) == []


def test_an_entry_is_reversed_once_and_both_stay(desk: Desk) -> None:
    desk.send("三月.csv", table([row("10"), row("3", 能源品种="柴油")]))
    assert account(desk) == [{"posted": 2}]
    entry, value = desk.rows(
        "SELECT entry_id, value FROM emissions.line WHERE measure = 'CO2' ORDER BY value LIMIT 1"
    )[0]
    total = desk.total()
    assert desk("reverse", entry, "--reason", "").code == 2
    assert desk("reverse", "1-999", "--reason", "试").code == 2
    assert desk("reverse", entry, "--reason", "企业申诉").code == 0
    assert desk.total() == total - value
    answer = desk("reverse", entry, "--reason", "企业申诉")
    assert answer.code == 1, "it was reversed before"
    assert answer.says(entry)
    made = desk.rows("SELECT value, kind FROM emissions.line WHERE reverses_id = ?", entry)
    assert made == [(-value, "reversal")]
    assert desk("explain", entry, "--json").code == 0
    head = desk.head
    assert account(desk) == []
    assert (desk.head, desk.total()) == (head, total - value), "a run does not undo a reversal"
    assert desk("close", "2025-03").code == 0
    other = desk.one("SELECT min(commit_no || '-' || ordinal) FROM emissions.live_entry")
    assert desk("reverse", other, "--reason", "已关账").code == 1


def test_the_ledger_reads_as_it_stood(desk: Desk) -> None:
    """Valid time and recorded time are two: the month as it was known before its correction."""
    desk.send("三月.csv", table([row("10")]))
    account(desk)
    was, moment = desk.total(), datetime.now(UTC).replace(tzinfo=None)
    desk.send("三月_更正.csv", table([row("20")]))
    account(desk)
    assert abs(desk.total() - 2 * was) <= 1
    at = "SELECT sum(value)::BIGINT FROM emissions.line_at(?) WHERE measure = 'CO2'"
    assert desk.one(at, moment) == was
    assert desk.one(at, datetime.now(UTC).replace(tzinfo=None)) == desk.total()
    assert desk.one("SELECT count(*) FROM emissions.line_at(?)", datetime(2020, 1, 1)) == 0


@pytest.mark.parametrize("months", [("2025-03", "2025-03"), ("2025-02", "2025-03")])
def test_two_runs_at_once_both_succeed(desk: Desk, months: tuple[str, str]) -> None:
    desk.send("二月.csv", table([row("7", 月份="2025-02")]))
    desk.send("三月.csv", table([row("10"), row("3", 能源品种="柴油")]))
    words = [desk.words("run", month, "--inbox", desk.inbox, "--json") for month in months]
    processes = [start(each) for each in words]
    results = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    expected = [("2025-03", "bituminous", 10), ("2025-03", "diesel", 3)]
    if "2025-02" in months:
        expected.insert(0, ("2025-02", "bituminous", 7))
    assert standing(desk) == expected
    assert desk("verify").code == 0


def test_a_command_that_waits_says_for_whom_and_gives_up(desk: Desk) -> None:
    """With no patience at all, a second writer is told who has the book, and changes nothing."""
    desk.send("三月.csv", table([row("10")]))
    with writer(desk.home, purpose="盘点", person="合成值班员"):
        process = start(desk.words("run", "2025-03", "--inbox", desk.inbox), lease_wait="0")
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "合成值班员" in err
    assert "盘点" in err
    assert not desk.rows("FROM emissions.source")
