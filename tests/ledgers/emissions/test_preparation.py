from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers.emissions import preparation
from ledgers.emissions.preparation import MonthFault, month_days, months_of
from tests.ledgers.emissions import book
from warehouse.connect import Connection


def prepared(con: Connection, month: str, *typed: Path) -> list[tuple[object, ...]]:
    preparation.open_run(con, month, list(typed))
    preparation.prepare(con)
    return con.execute(
        "SELECT month, period_start, period_end, quantity, row_no, row_last, row_count, "
        "bill_quantity FROM prepared ORDER BY row_no, period_start"
    ).fetchall()


def bill(quantity: str, start: date, end: date) -> dict[str, object]:
    return book.row(quantity, period_start=start, period_end=end)


def test_a_bill_is_split_by_days_and_its_parts_sum_to_it(
    ledger: Connection, tmp_path: Path
) -> None:
    path = book.typed_file(tmp_path, "a", [bill("10", date(2025, 2, 18), date(2025, 3, 17))])
    # 28 days, 11 of them in February: 10 × 11/28 = 3.928571428571428... rounds up at the 12th.
    ten = Decimal(10)
    assert prepared(ledger, "2025-03", path) == [
        ("2025-02", date(2025, 2, 18), date(2025, 2, 28), Decimal("3.928571428571"), 2, 2, 1, ten),
        ("2025-03", date(2025, 3, 1), date(2025, 3, 17), Decimal("6.071428571429"), 2, 2, 1, ten),
    ]


def test_a_negative_bill_is_the_mirror_of_a_positive_one(
    ledger: Connection, tmp_path: Path
) -> None:
    days = date(2025, 1, 30), date(2025, 3, 2)
    path = book.typed_file(tmp_path, "a", [bill("0.7", *days), bill("-0.7", *days)])
    rows = prepared(ledger, "2025-03", path)
    assert [row[3] for row in rows[:3]] == [-row[3] for row in rows[3:]]  # type: ignore[operator]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(-(10**32) + 1, 10**32 - 1),
    st.dates(date(2024, 1, 1), date(2025, 2, 28)),
    st.integers(1, 28),
)
def test_the_parts_of_any_bill_follow_the_formula(
    ledger: Connection, tmp_path: Path, whole: int, start: date, last_day: int
) -> None:
    days = {"period_start": start, "period_end": date(2025, 3, last_day)}
    sent = {**book.row("1", **days), "quantity": book.decimal(whole)}
    rows = prepared(ledger, "2025-03", book.typed_file(tmp_path, "a", [sent]))
    assert sum(book.mantissa(row[3]) for row in rows) == whole
    all_days, before = (days["period_end"] - start).days + 1, 0
    for row in rows:
        passed = (row[2] - start).days + 1  # type: ignore[operator]
        share = (2 * abs(whole) * passed + all_days) // (2 * all_days)
        until = share if whole >= 0 else -share
        assert book.mantissa(row[3]) == until - before
        before = until


def test_readings_are_summed_per_stream_and_day(ledger: Connection, tmp_path: Path) -> None:
    day = date(2025, 3, 5)
    readings = [
        book.electricity(
            "0.33",
            starts_at=datetime(2025, 3, 5) + timedelta(minutes=15 * place),
            period_start=day,
            period_end=day,
        )
        for place in range(96)
    ]
    other = {**readings[0], "device": "二号表"}
    path = book.typed_file(tmp_path, "a", [*readings, other])
    rows = prepared(ledger, "2025-03", path)
    assert [(row[3], row[4], row[5], row[6]) for row in rows] == [
        (Decimal("31.68"), 2, 97, 96),
        (Decimal("0.33"), 98, 98, 1),
    ]


def test_readings_with_other_measured_values_stay_apart(ledger: Connection, tmp_path: Path) -> None:
    day = {"period_start": date(2025, 3, 5), "period_end": date(2025, 3, 5)}
    readings = [
        book.row("1", starts_at=datetime(2025, 3, 5, hour), ncv=ncv, ncv_unit="GJ/t", **day)
        for hour, ncv in ((1, Decimal(20)), (2, Decimal(20)), (3, Decimal(21)))
    ]
    rows = prepared(ledger, "2025-03", book.typed_file(tmp_path, "a", readings))
    assert [(row[3], row[6]) for row in rows] == [(Decimal(2), 2), (Decimal(1), 1)]


def test_a_row_belongs_to_the_month_in_which_it_ends(ledger: Connection, tmp_path: Path) -> None:
    path = book.typed_file(
        tmp_path,
        "a",
        [
            bill("10", date(2025, 2, 18), date(2025, 3, 17)),
            bill("1", date(2025, 2, 1), date(2025, 2, 28)),
        ],
    )
    assert months_of(ledger, [path]) == ("2025-02", "2025-03")
    assert [row[4] for row in prepared(ledger, "2025-02", path)] == [3]
    assert [row[4] for row in prepared(ledger, "2025-03", path)] == [2, 2]


def test_months_are_read_strictly() -> None:
    assert month_days("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    for text in ("2024-13", "2024-2", "2024-02-01", ""):
        with pytest.raises(MonthFault):
            month_days(text)
