"""Policy settings at the command line, and what an enterprise without a method is calculated by.

All data are 合成数据 (synthetic).
"""

from __future__ import annotations

from tests.doors.desk import Desk, burned, credit_code, table

KEY = "default_method"
NEWCOMER = {"统一社会信用代码": credit_code(77), "企业名称": "合成新户", "能源品种": "烟煤"}


def register_newcomer(desk: Desk) -> None:
    """Register an enterprise with all that is required, and no method."""
    header = "enterprise_id,name,valid_from,district,industry"
    row = f"{NEWCOMER['统一社会信用代码']},{NEWCOMER['企业名称']},2020-01-01,210102,4430"
    path = desk.inbox.parent / "新户.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert desk("register", "import", path).code == 0


def test_settings_are_shown_and_changed_with_a_reason(desk: Desk) -> None:
    assert desk("policy", "show", "--json").data[KEY] == "general"
    answer = desk("policy", "set", "window_months", "12", "--reason", "合成")
    assert answer.code == 0
    assert answer.says("window_months 36 → 12")
    assert desk("policy", "show", "--json").data["window_months"] == 12
    assert desk("policy", "set", "partial_posting", "false", "--reason", "合成").code == 0
    assert desk("policy", "show", "--json").data["partial_posting"] is False
    assert desk("policy", "set", "jump_month_ratio", "4.5", "--reason", "合成").code == 0
    assert desk("policy", "show", "--json").data["jump_month_ratio"] == "4.5"


def test_a_setting_that_cannot_be_is_refused_with_what_is_due(desk: Desk) -> None:
    for key, value, due in (
        ("window_months", "很多", "0, 1, 2"),
        ("jump_month_ratio", "1", '> "1"'),
        ("无此设置", "1", KEY),
    ):
        answer = desk("policy", "set", key, value, "--reason", "合成")
        assert answer.code == 2
        assert answer.says(key, due)


def test_an_enterprise_without_a_method_takes_the_citys(desk: Desk) -> None:
    """The register of a new city names no method; its tonnes must not come to nothing."""
    register_newcomer(desk)
    desk.send("三月.csv", table([burned("10", "吨", **NEWCOMER)]))
    answer = desk.run("2025-03", "--json")
    assert answer.code == 0
    (done,) = answer.data
    assert done["entries"] > 0
    assert list(done["tonnes_co2e"]) == ["general-2015 · legal_person · SAR"]


def test_what_is_kept_without_an_emission_is_said(desk: Desk) -> None:
    """Where the city wants no default, the run says of which rows no emission was made."""
    assert desk("policy", "set", KEY, "", "--reason", "合成").code == 0
    register_newcomer(desk)
    desk.send("三月.csv", table([burned("10", "吨", **NEWCOMER)]))
    (done,) = desk.run("2025-03", "--json").data
    assert (done["entries"], done["warnings"]) == (0, {"FA-04": 1})
    desk.send("三月补.csv", table([burned("11", "吨", **NEWCOMER)]))
    assert desk.run("2025-03").says("提示 FA-04", "只存活动数据，不产生排放")
