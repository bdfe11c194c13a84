"""Corrections as people send them: accruals and real figures, credits, replaced files, late months.

Each is an entry of its own that names what it corrects; the statement shows both. All data are
合成数据 (synthetic); expected quantities and shares are worked out by hand.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.doors.desk import DAIRY, FOUNDRY, HEATING, MONTH, Desk, burned, table

COAL = {"能源品种": "烟煤"}
ROWS = ("统一社会信用代码", "企业名称", "能源品种", "月份", "数量", "计量单位", "佐证材料", "更正")


def row(quantity: object, **cells: object) -> dict[str, object]:
    return burned(quantity, "吨", **{**COAL, **cells})


def standing(desk: Desk) -> list[tuple[str, Decimal, str]]:
    return desk.rows(
        "SELECT month, quantity, data_kind FROM emissions.live_activity ORDER BY 1, 2, 3"
    )


def statement(desk: Desk, period: str = MONTH) -> tuple[str, Any]:
    """A statement as page and as record."""
    assert desk("statement", HEATING, "--period", period, "--format", "html,json").code == 0
    folder = desk.home.reports / period / "statements"
    page = (folder / f"{HEATING}.html").read_text(encoding="utf-8")
    return page, json.loads((folder / f"{HEATING}.json").read_text(encoding="utf-8"))


def test_a_missing_month_is_accrued_once_and_the_real_figure_reverses_it(desk: Desk) -> None:
    """28 t in February are a tonne a day: 31 t are accrued for March, then 29 t really come."""
    desk.send("二月.csv", table([row("28", 月份="2025-02")]))
    assert desk.run("2025-02").code == 0
    per_tonne = Fraction(desk.total(), 28)
    words = ("accrue", MONTH, "--method", "daily-mean")
    assert desk(*words).code == 2, "a reason is due"
    assert desk(*words, "--reason", " ").code == 2
    assert desk("accrue", MONTH, "--method", "guess", "--reason", "合成").code == 2
    head = desk.head
    looked = desk(*words, "--reason", "合成：报表未到", "--dry-run", "--json")
    assert looked.data["plan"]["accruals"][0]["quantity"] == "31.000000000000"
    assert desk.head == head
    answer = desk(*words, "--reason", "合成：报表未到")
    assert answer.code == 0, answer
    assert answer.says("暂估1行", "31.000 吨", "28 吨 ÷ 28 d × 31")
    assert standing(desk) == [("2025-02", 28, "measured"), ("2025-03", 31, "accrued")]
    assert abs(desk.total(where="month = '2025-03'") - 31 * per_tonne) <= 1
    assert desk.one("SELECT DISTINCT tier FROM emissions.activity WHERE data_kind = 'accrued'") == 4
    assert desk.one("SELECT reason FROM journal.commit ORDER BY commit_no DESC LIMIT 1") == (
        "合成：报表未到"
    )
    page, record = statement(desk)
    assert "暂估：近十二个月日均" in page
    assert [kind for kind, *_ in record["quality"][0]["by_data_kind"]] == ["accrued"]
    head = desk.head
    again = desk(*words, "--reason", "合成：报表未到", "--json")
    assert (again.code, again.data["posted"], desk.head) == (0, None, head)
    desk.send("三月.csv", table([row("29")]))
    assert desk.run().code == 0
    assert standing(desk) == [("2025-02", 28, "measured"), ("2025-03", 29, "measured")]
    assert abs(desk.total(where="month = '2025-03'") - 29 * per_tonne) <= 1
    page, record = statement(desk)
    assert "实报数到达，冲销暂估" in page
    co2 = next(item for item in record["corrections"] if item["measure"] == "CO2")
    assert [len(co2[name]) for name in ("originals", "reversals", "replacements")] == [1, 1, 1]
    assert co2["cause"] == "accrual"
    assert abs(int(co2["difference"]) + 2 * per_tonne) <= 1
    assert (
        desk("accrue", MONTH, "--method", "daily-mean", "--reason", "合成", "--json").data["posted"]
        is None
    )
    assert desk("verify").code == 0


def test_a_closed_month_is_not_accrued(desk: Desk) -> None:
    desk.send("二月.csv", table([row("28", 月份="2025-02"), row("1", 能源品种="柴油")]))
    assert desk.run("").code == 0
    assert desk("close", MONTH).code == 0
    head = desk.head
    assert desk("accrue", MONTH, "--method", "daily-mean", "--reason", "合成").code == 1
    assert desk.head == head


def test_an_accrued_row_is_explained_down_to_its_file(desk: Desk) -> None:
    desk.send("二月.csv", table([row("28", 月份="2025-02")]))
    assert desk.run("2025-02").code == 0
    assert desk("accrue", MONTH, "--method", "daily-mean", "--reason", "合成：停报").code == 0
    entry, base = desk.rows(
        "SELECT entry_id, (SELECT commit_no || '-' || ordinal FROM emissions.activity "
        "WHERE month = '2025-02') FROM emissions.line WHERE month = '2025-03' AND measure = 'CO2'"
    )[0]
    answer = desk("explain", entry, "--json")
    assert answer.code == 0
    assert f"依据账本行 {base}" in answer.data["row_as_sent"]["备注"]
    assert answer.data["row_as_sent"]["数据性质"] == "accrued"


def test_a_credit_stands_beside_the_bill_that_it_names(desk: Desk) -> None:
    """40 t on an invoice, then a credit note of 4 t that names it: 36 t, both entries live."""
    desk.send("三月.csv", table([row("40", 佐证材料="发票-7"), row("5", 能源品种="柴油")], ROWS))
    assert desk.run().code == 0
    whole = desk.total(where="carrier = 'bituminous'")
    desk.send("红字发票.csv", table([row("-4", 佐证材料="红字-7", 更正="发票-7")], ROWS))
    assert desk.run().code == 0
    assert abs(desk.total(where="carrier = 'bituminous'") - Fraction(whole * 36, 40)) <= 1
    assert desk.one("SELECT count(*) FROM emissions.entry WHERE kind = 'reversal'") == 0
    page, record = statement(desk)
    co2 = next(item for item in record["corrections"] if item["measure"] == "CO2")
    assert [item["evidence"] for item in co2["originals"]] == ["发票-7"]
    assert [item["quantity"] for item in co2["replacements"]] == ["-4"]
    assert co2["reversals"] == []
    assert abs(int(co2["difference"]) + Fraction(whole, 10)) <= 1
    assert "更正（并列）" in page
    assert "更正 发票-7" in page
    total = Fraction(record["bases"][0]["by_carrier"][0]["gases"][0]["quanta"])
    assert abs(total - Fraction(whole * 36, 40)) <= 1
    head = desk.head
    assert desk.run().code == 0
    assert desk.head == head
    assert desk("verify").code == 0


def test_a_correction_with_other_evidence_is_paired_with_what_it_replaces(desk: Desk) -> None:
    columns = (*ROWS, "凭证类型")
    first = row("40", 佐证材料="发票-7", 凭证类型="发票")
    desk.send("三月.csv", table([first], columns))
    right = row("38", 更正="发票-7", 凭证类型="结算单")
    desk.send("更正.csv", table([right], columns))
    assert desk.run().code == 0
    page, record = statement(desk)
    co2 = next(item for item in record["corrections"] if item["measure"] == "CO2")
    assert [co2[name][0]["quantity"] for name in ("originals", "reversals", "replacements")] == [
        "40",
        "40",
        "38",
    ]
    assert "更正 发票-7" in page


def test_a_replaced_file_names_both_files(desk: Desk) -> None:
    desk.send("三月.csv", table([row("40"), row("5", 能源品种="柴油")]))
    desk.send("三月_重报.csv", table([row("42"), row("5", 能源品种="柴油")]))
    assert desk.run().code == 0
    assert standing(desk) == [("2025-03", 5, "measured"), ("2025-03", 42, "measured")]
    page, record = statement(desk)
    changed = [item for item in record["corrections"] if item["measure"] == "CO2"]
    assert len(changed) == 1, "the diesel is unchanged"
    (item,) = changed
    assert item["cause"] == "resubmission"
    names = [line["origin"]["name"] for line in (*item["originals"], *item["replacements"])]
    assert names == ["三月.csv", "三月_重报.csv"]
    assert "三月_重报.csv" in page


def test_a_late_row_waits_and_says_so_until_its_month_reopens(desk: Desk) -> None:
    desk.send("三月.csv", table([row("40")]))
    assert desk.run().code == 0
    assert desk("close", MONTH).code == 0
    desk.send("三月补.csv", table([row("7", 能源品种="柴油")]))
    assert desk.run().code == 0
    page, record = statement(desk)
    assert [item["quantity"] for item in record["waiting"]] == ["7"]
    assert "三月补.csv" in page
    stream = desk("quality", "completeness", MONTH, "--json").data["streams"][1]
    assert (stream["carrier"], stream["waiting"]) == ("diesel", [["2025-03-01", "2025-03-31"]])
    assert desk("reopen", MONTH, "--reason", "合成：补报").code == 0
    _, record = statement(desk)
    assert record["waiting"] == []
    diesel = [line["origin"]["name"] for line in record["lines"] if line["carrier"] == "diesel"]
    assert set(diesel) == {"三月补.csv"}


def test_rejected_rows_of_a_shared_file_go_to_who_sent_them(desk: Desk) -> None:
    """One file of the district: rows that could not be typed, that a rule refuses and that posting
    refuses, of two enterprises, and one without a code. Nobody has another's."""
    rows = [
        row("40"),
        row("四十", 统一社会信用代码=FOUNDRY),
        row("5", 统一社会信用代码=FOUNDRY, 计量单位="千瓦时"),
        row("-3", 统一社会信用代码=DAIRY),
        row("6", 统一社会信用代码="", 企业名称="合成乳品厂"),
        row("7", 统一社会信用代码=DAIRY, 能源品种="煤矸石山"),
    ]
    desk.send("全区.csv", table(rows))
    assert desk.run().code == 1
    found = desk.rows(
        "SELECT row_no, facts ->> '$.enterprise_id' FROM emissions.rejection "
        "WHERE severity = 'E' ORDER BY 1"
    )
    assert dict(found) == {3: FOUNDRY, 4: FOUNDRY, 5: DAIRY, 6: None, 7: DAIRY}
    for code, expected in ((HEATING, []), (FOUNDRY, [3, 4]), (DAIRY, [5, 7])):
        assert desk("statement", code, "--period", MONTH, "--format", "json").code == 0
        path = desk.home.reports / MONTH / "statements" / f"{code}.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        rejected = [item["row_no"] for item in record["faults"] if item["severity"] == "E"]
        assert sorted(set(rejected)) == expected, code
    head = desk.head
    assert desk.run().code == 1
    assert desk.head == head, "the same faults are not recorded again"


def test_questions_are_about_what_stands_and_not_about_what_it_replaced(desk: Desk) -> None:
    """A stock of 100 + 50 − 60 = 90 is sent, then sent again as 100 + 50 − 61 = 89 while the first
    file still lies in the inbox: it balances, and 61 t after 60 t in February are no jump."""

    def stock(used: int, left: int) -> str:
        flows = {"期初库存": 100, "购进": 50, "消费": used, "期末库存": left}
        return table([row(quantity, 用途=flow) for flow, quantity in flows.items()])

    desk.send("二月.csv", table([row(30, 月份="2025-02")]))
    desk.send("三月.csv", stock(60, 90))
    desk.send("三月_重报.csv", stock(61, 89))
    assert desk.run("").code == 0
    doubts = "SELECT rule FROM emissions.rejection WHERE rule IN ('ST-01', 'TR-01', 'TR-02')"
    assert desk.rows(doubts) == [], "both files together are 121 t, four times February"
    desk.send("三月_再报.csv", stock(100, 89))
    assert desk.run().code == 0
    found = desk.rows(
        "SELECT rule, s.name, seen FROM emissions.rejection AS r "
        "JOIN emissions.source AS s USING (commit_no, source) "
        "WHERE rule IN ('ST-01', 'TR-01') ORDER BY 1"
    )
    assert found == [
        ("ST-01", "三月_再报.csv", "89.000"),
        ("TR-01", "三月_再报.csv", "100.000 t"),
    ]
