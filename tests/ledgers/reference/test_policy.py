"""Policy settings, bands and rule sets with their history (合成数据)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgers import journal
from ledgers.reference import (
    Band,
    BandFault,
    PolicyFault,
    bands,
    confirm,
    import_rule_set,
    load_shipped,
    policy,
    rule_set,
    set_bands,
    set_policy,
)
from tests.ledgers.reference.conftest import PERSON, SHA
from warehouse.connect import Connection


def test_a_setting_is_changed_with_a_reason_and_read_as_it_stood(con: Connection) -> None:
    before = journal.head(con)
    moved = set_policy(
        con, {"jump_month_ratio": Decimal("4.5"), "window_months": 36}, person=PERSON, reason="合成"
    )
    assert moved == {"jump_month_ratio": ('"3"', '"4.5"')}
    assert policy(con).jump_month_ratio == Decimal("4.5")
    assert before.recorded_at is not None
    assert policy(con, before.recorded_at).jump_month_ratio == Decimal(3)
    assert journal.verify_chain(con).findings == ()
    head = journal.head(con)
    assert set_policy(con, {"jump_month_ratio": "4.5"}, person=PERSON, reason="合成") == {}
    assert journal.head(con) == head


def test_an_upgrade_leaves_a_citys_own_settings_alone(con: Connection) -> None:
    set_policy(con, {"partial_posting": False}, person=PERSON, reason="合成")
    load_shipped(con, PERSON)
    assert policy(con).partial_posting is False


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("partial_posting", "true"),
        ("window_months", -1),
        ("window_months", True),
        ("stock_tolerance", "1.01"),
        ("stock_tolerance", 0.02),
        ("jump_year_ratio", "1"),
        ("jump_year_ratio", "NaN"),
        ("jump_year_ratio", "三"),
        ("no_such_setting", 1),
    ],
)
def test_a_setting_that_cannot_be_is_refused(con: Connection, key: str, value: Any) -> None:
    with pytest.raises(PolicyFault, match=key):
        set_policy(con, {key: value}, person=PERSON, reason="合成")


def test_changes_need_a_reason(con: Connection) -> None:
    with pytest.raises(PolicyFault, match="needs a reason"):
        set_policy(con, {"window_months": 12}, person=PERSON, reason=" ")
    band = Band("electricity", "monthly_quantity", "", "1", "MWh", "合成")
    with pytest.raises(BandFault, match="needs a reason"):
        set_bands(con, [band], person=PERSON, reason="")


def test_a_band_is_moved_and_read_as_it_stood(con: Connection) -> None:
    key = ("electricity", "monthly_quantity", "MWh")
    old = bands(con)[key]
    before = journal.head(con).recorded_at
    assert before is not None
    new = replace(old, upper="5000000", source="合成")
    assert set_bands(con, [new], person=PERSON, reason="合成") == {key: (old, new)}
    assert (bands(con)[key], bands(con, before)[key]) == (new, old)
    assert set_bands(con, [new], person=PERSON, reason="合成") == {}
    assert load_shipped(con, PERSON).bands == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"carrier": "无此品种"},
        {"parameter": "colour"},
        {"upper": "1e"},
        {"lower": "3", "upper": "2"},
    ],
)
def test_a_band_that_cannot_be_is_refused(con: Connection, changes: dict[str, str]) -> None:
    band = replace(Band("coke", "ncv", "20", "30", "GJ/t", "合成"), **changes)
    with pytest.raises(BandFault):
        set_bands(con, [band], person=PERSON, reason="合成")


def rule(**changes: str) -> dict[str, str]:
    row = {
        "rule_set": "合成规则",
        "version": "2025",
        "applies_from": "2025-01-01",
        "applies_to": "2025-12-31",
        "key": "free_share",
        "value": "0.97",
        "unit": "1",
        "document": "合成方案",
        "standing": "memory",
    }
    return {**row, **changes}


def test_a_rule_set_is_read_by_day_and_its_versions_are_never_altered(con: Connection) -> None:
    first = import_rule_set(con, [rule()], person=PERSON, source_sha=SHA["a"])
    assert (first.accepted, first.rejected) == (1, ())
    later = rule(version="2026", applies_from="2026-01-01", applies_to="", value="0.95")
    second = import_rule_set(con, [later], person=PERSON, source_sha=SHA["b"])
    assert [(change.old, change.new) for change in second.changes] == [("0.97", "0.95")]
    values = [rule_set(con, "合成规则", date(year, 6, 1)) for year in (2024, 2025, 2026)]
    assert [held["free_share"].value if held else "" for held in values] == ["", "0.97", "0.95"]

    again = import_rule_set(con, [rule()], person=PERSON, source_sha=SHA["a"])
    assert (again.unchanged, again.commit) == (1, None)
    other = import_rule_set(con, [rule(value="0.9")], person=PERSON, source_sha=SHA["c"])
    assert other.reasons() == {"reference.version_known": 1}
    assert second.commit is not None
    before = second.commit.recorded_at - timedelta(microseconds=1)
    assert rule_set(con, "合成规则", date(2026, 6, 1), before) == {}


def test_a_rule_set_is_taken_whole_or_not_at_all(con: Connection) -> None:
    rows = [rule(), rule(key="cap", applies_to="2024-12-30"), rule(key="x", standing="official")]
    answer = import_rule_set(con, rows, person=PERSON, source_sha=SHA["a"])
    assert answer.reasons() == {"reference.official": 1, "reference.validity": 1}
    assert (answer.accepted, answer.commit) == (0, None)
    twice = import_rule_set(con, [rule(), rule(value="2")], person=PERSON, source_sha=SHA["a"])
    assert twice.reasons() == {"reference.tie": 1}


def test_a_rule_becomes_official_by_confirmation_alone(con: Connection) -> None:
    import_rule_set(con, [rule()], person=PERSON, source_sha=SHA["a"])
    confirm(
        con,
        "rule",
        "合成规则",
        "free_share",
        person="合成·王五",
        document="合成方案",
        page="2",
        document_sha256="1" * 64,
    )
    assert rule_set(con, "合成规则", date(2025, 1, 1))["free_share"].standing == "official"
    later = rule(version="2026", applies_from="2026-01-01", applies_to="")
    import_rule_set(con, [later], person=PERSON, source_sha=SHA["b"])
    assert rule_set(con, "合成规则", date(2026, 1, 1))["free_share"].standing == "memory"
    assert rule_set(con, "合成规则", date(2025, 1, 1))["free_share"].standing == "official"
