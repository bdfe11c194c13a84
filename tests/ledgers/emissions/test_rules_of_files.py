"""Rules that look at several rows: duplicates, days, stocks, jumps, corrections (合成数据)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import messages
from ledgers.emissions import rules
from tests.ledgers.emissions.typed_rows import (
    COAL,
    FILE,
    GAS,
    OTHER,
    WINDOW,
    Found,
    faults,
    find,
    ground,
    ids,
    row,
    typed,
)
from warehouse.connect import scratch

FEBRUARY = {"period_start": date(2025, 2, 1), "period_end": date(2025, 2, 28)}
LAST_YEAR = {"period_start": date(2024, 3, 1), "period_end": date(2024, 3, 31)}


def spoken(fault: Found, *words: str) -> None:
    """The sentence of a fault says these words in both languages and leaves no fact out."""
    for lang in messages.LANGUAGES:
        sentence = fault.text(lang)
        assert "{" not in sentence
        assert all(word in sentence for word in words), sentence


def test_look_alike_rows_are_listed_each_after_the_first() -> None:
    rows = [row(row_no=7), row(row_no=2), row(row_no=9, quantity_text="1000.0")]
    found = find(rows)
    assert [(f.rule, f.severity, f.row_no) for f in found] == [("DU-01", "W", 7), ("DU-01", "W", 9)]
    assert {f.facts["first_row"] for f in found} == {"2"}
    spoken(found[0], "2", "1000 MWh")


@pytest.mark.parametrize(
    "difference",
    [
        {"source": "b" * 64},
        {"device": "2号表"},
        {"quantity": Decimal("1000.000000000001")},
        {"evidence": "合成发票-2"},
        {"note": "夜班"},
        {"ncv": Decimal("0.0036"), "ncv_unit": "GJ/MWh"},
    ],
)
def test_rows_that_differ_anywhere_do_not_look_alike(difference: Mapping[str, Any]) -> None:
    assert "DU-01" not in ids([row(), row(row_no=3, **difference)])


def test_measured_units_tell_rows_apart() -> None:
    one = row(**COAL, oxidation_rate=Decimal("0.9"), oxidation_rate_unit="")
    two = one | {"row_no": 3, "oxidation_rate_unit": "%"}
    assert "DU-01" not in ids([one, two])


def days(first: int, last: int, no: int, **changes: Any) -> dict[str, Any]:
    """A row for these days of March, its quantity as many as its days."""
    span = {"period_start": date(2025, 3, first), "period_end": date(2025, 3, last)}
    return row(**{**span, "row_no": no, "quantity": Decimal(last - first + 1), **changes})


def test_days_that_join_are_in_order_in_any_order_of_rows() -> None:
    assert ids([days(11, 20, 4), days(1, 10, 9), days(21, 31, 2)]) == []


def test_the_same_days_twice_are_one_set() -> None:
    assert ids([days(1, 10, 2), days(1, 10, 3, note="二号"), days(11, 31, 4)]) == []


def test_a_gap_of_days() -> None:
    [fault] = find([days(1, 10, 2), days(13, 31, 3)])
    assert (fault.rule, fault.severity, fault.row_no) == ("PE-03", "W", 3)
    assert fault.facts == {
        "days": "2",
        "end": "2025-03-31",
        "follows": "2025-03-10",
        "start": "2025-03-13",
        "why": "gap",
    }
    spoken(fault, "2025-03-10", "2025-03-13", "2")


def test_an_overlap_of_days_is_found_behind_a_longer_row() -> None:
    found = find([days(1, 20, 2), days(3, 4, 3), days(21, 31, 4)])
    assert [(f.rule, f.row_no, f.facts["days"], f.facts["why"]) for f in found] == [
        ("PE-03", 3, "18", "overlap")
    ]
    spoken(found[0], "2025-03-20", "2025-03-03")


def test_streams_apart_and_stocks_need_not_join() -> None:
    rows = [
        days(1, 10, 2),
        days(20, 31, 3, device="2号表"),
        days(1, 1, 4, flow="opening_stock", **COAL),
        days(31, 31, 5, flow="opening_stock", **COAL),
    ]
    assert ids(rows) == []


def readings(stamps: list[datetime], belongs: timedelta = timedelta(0)) -> list[dict[str, Any]]:
    """Rows of one meter in the order given, each on the day of its stamp."""
    return [
        row(
            row_no=no,
            starts_at=stamp,
            period_start=(stamp - belongs).date(),
            period_end=(stamp - belongs).date(),
            quantity=Decimal(no),
        )
        for no, stamp in enumerate(stamps, start=2)
    ]


QUARTER = timedelta(minutes=15)
DAY = [datetime(2025, 3, 1) + QUARTER * step for step in range(96)]


def test_readings_that_begin_at_midnight_are_in_order() -> None:
    assert ids(readings(DAY)) == []
    backwards = list(reversed(DAY))
    assert ids(readings(backwards)) == []


def test_a_midnight_reading_behind_its_day_is_asked_about() -> None:
    rows = readings([*DAY[1:], DAY[0]])
    [fault] = find(rows)
    assert (fault.rule, fault.severity, fault.row_no) == ("PD-01", "W", 97)
    assert fault.facts == {"rows": "1", "why": "same_day"}
    spoken(fault, "2025-03-01 00:00", "same_day")
    assert ids(rows, midnight_declared=[FILE]) == []


def test_a_lone_midnight_reading_at_the_end_is_asked_about() -> None:
    [fault] = find(readings([*DAY[1:], datetime(2025, 3, 2)]))
    assert (fault.rule, fault.row_no, fault.facts["why"]) == ("PD-01", 97, "next_day")
    spoken(fault, "2025-03-02 00:00")
    assert ids(readings([*DAY, datetime(2025, 3, 2)])) == []


def stock(closing: str, consumed: str = "480", **changes: Any) -> list[dict[str, Any]]:
    """A month of coal: 100 t at first, 500 t bought, `consumed` used, 20 t handed on."""
    amounts = (
        ("opening_stock", "100"),
        ("purchase", "500"),
        ("consumption", consumed),
        ("transfer_out", "20"),
        ("closing_stock", closing),
    )
    return [
        row(**{**COAL, "flow": flow, "quantity": Decimal(amount), "row_no": no, **changes})
        for no, (flow, amount) in enumerate(amounts, start=2)
    ]


def test_a_stock_within_its_tolerance() -> None:
    # 2 % of the 600 t that were there are 12 t.
    assert ids(stock("100")) == []
    assert ids(stock("112")) == []
    assert ids(stock("88")) == []


def test_a_stock_beyond_its_tolerance() -> None:
    [fault] = find(stock("113"))
    assert (fault.rule, fault.severity, fault.row_no) == ("ST-01", "W", 6)
    assert fault.facts["unexplained"] == "-13.000"
    spoken(fault, "100.000", "500.000", "480.000", "113.000", "2.0")


def test_a_stock_counts_kilotonnes_and_conversion_beside_consumption() -> None:
    rows = stock("100")
    rows[1] |= {"quantity": Decimal("0.05"), "quantity_text": "0.05", "unit": "万吨"}
    assert ids(rows) == []
    beside = row(**{**COAL, "flow": "conversion_input", "quantity": Decimal(300), "row_no": 9})
    assert ids([*stock("100", consumed="180"), beside]) == []
    assert ids([*stock("100"), beside]) == []


def test_a_stock_of_a_facility_counts_its_own_rows_only() -> None:
    elsewhere = row(**{**COAL, "quantity": Decimal(300), "row_no": 9})
    assert ids([*stock("100", facility="1号锅炉房"), elsewhere]) == []
    assert ids([*stock("100"), elsewhere | {"facility": "1号锅炉房"}]) == ["ST-01"]


def jump(**changes: Any) -> list[dict[str, Any]]:
    return [row(row_no=2, **{**FEBRUARY, "quantity": Decimal(280)}), row(row_no=3, **changes)]


def test_a_month_far_from_the_one_before() -> None:
    # By the day: 280 MWh in 28 days are 10, three times that is 930 in 31.
    assert ids(jump(quantity=Decimal(930))) == []
    [fault] = find(jump(quantity=Decimal("930.31")))
    assert (fault.rule, fault.severity, fault.row_no) == ("TR-01", "W", 3)
    spoken(fault, "2025-03", "2025-02", "3.00")
    assert ids(jump(quantity=Decimal("103"))) == ["TR-01"]
    assert ids(jump(quantity=Decimal("104"))) == []


def test_a_month_far_from_the_same_of_last_year() -> None:
    rows = [row(row_no=2, **LAST_YEAR), row(row_no=3, quantity=Decimal(2501))]
    [fault] = [fault for fault in find(rows) if fault.rule != "PE-03"]
    assert (fault.rule, fault.row_no) == ("TR-02", 3)
    spoken(fault, "2024-03", "2.50")
    rows[1] |= {"quantity": Decimal(2500)}
    assert ids(rows) == ["PE-03"]


def test_a_bill_across_months_is_compared_by_its_days() -> None:
    bill = {"period_start": date(2025, 2, 18), "period_end": date(2025, 3, 17)}
    assert ids([row(**bill)]) == []


def test_other_units_of_the_same_carrier_are_compared() -> None:
    rows = jump(quantity=Decimal(310_000), unit="kWh")
    assert ids(rows) == []
    assert ids(jump(quantity=Decimal(310_000), unit="MWh")) == ["TR-01"]


@pytest.mark.parametrize(
    "named", ["第3行", "3", "row 3", "合成发票-1", "b" * 8 + ":5", "b" * 64 + ":5"]
)
def test_a_correction_that_names_a_row_in_hand(named: str) -> None:
    rows = [
        row(quantity=Decimal(-5), correction_of=named),
        row(row_no=3, evidence="合成发票-1"),
        row(row_no=5, source="b" * 64, device="2号表"),
    ]
    assert ids(rows) == []


@pytest.mark.parametrize("named", ["第2行", "4", "合成发票-2", "c" * 8 + ":5", "合成更正单-不存在"])
def test_a_correction_that_names_nothing(named: str) -> None:
    rows = [
        row(quantity=Decimal(-5), correction_of=named, evidence="合成发票-2"),
        row(row_no=3, evidence="合成发票-1"),
        row(row_no=5, enterprise_id=OTHER, evidence="合成更正单-不存在"),
    ]
    [fault] = [fault for fault in find(rows) if fault.rule == "CR-01"]
    assert (fault.severity, fault.row_no, fault.column) == ("E", 2, "correction_of")
    spoken(fault, named)


MIXED = (
    *stock("150"),
    *jump(quantity=Decimal(4000)),
    row(row_no=3, quantity=Decimal(4000)),
    row(row_no=20, **GAS, facility="临时设施") | {"unit": "立方米"},
    row(row_no=21, enterprise_id=OTHER),
    row(row_no=22, quantity=Decimal(-1), correction_of="x"),
    row(row_no=23, period_start=date(2025, 3, 9), period_end=date(2025, 3, 8)),
    days(5, 6, 26, device="b"),
    days(6, 7, 27, device="b"),
    row(row_no=24, **COAL, ncv=Decimal(1), ncv_unit="GJ/t", device="a"),
    row(row_no=25, **COAL, ncv=Decimal(1), ncv_unit="GJ/t", device="a"),
)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_never_changes_the_faults(seed: int) -> None:
    shuffled = list(MIXED)
    Random(seed).shuffle(shuffled)
    found = find(shuffled)
    assert found == find(MIXED)
    assert {fault.rule for fault in found} == {
        *("CR-01", "DU-01", "PE-02", "PE-03", "RG-02", "RG-03", "ST-01"),
        *("TR-01", "UN-03", "VA-03"),
    }


def test_expectations_and_predicates_are_about_the_same_rows() -> None:
    con = scratch()
    typed(con, MIXED)
    rules.row_columns(con, ground(), WINDOW)
    for rule in rules.RULES:
        if rule.expectation is None:
            continue
        kind, said = rule.expectation
        column = said["column"]
        if kind == "expect_column_values_to_be_in_set":
            allowed = ", ".join(str(value) for value in said["value_set"])
            broken = f"{column} NOT IN ({allowed})"
        else:
            low, high = said.get("min_value", "NULL"), said.get("max_value", "NULL")
            broken = f"coalesce({column} < {low}, FALSE) OR coalesce({column} > {high}, FALSE)"
        query = "SELECT row_no FROM rule_rows WHERE {} ORDER BY row_no"
        expected = con.execute(query.format(rule.predicate)).fetchall()
        assert con.execute(query.format(broken)).fetchall() == expected, rule.rule_id
    con.close()


def test_faults_are_added_to_those_already_there() -> None:
    con = scratch()
    typed(con, [row(enterprise_id=OTHER)])
    rules.faults_table(con)
    con.execute("INSERT INTO faults VALUES ('f', '', 0, '', 'IN-01', 'E', '', '{}')")
    rules.find_faults(con, ground(), WINDOW)
    assert [fault.rule for fault in faults(con)] == ["IN-01", "RG-02"]
    con.close()
