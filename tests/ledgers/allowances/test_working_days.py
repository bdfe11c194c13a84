from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ledgers.allowances.tables import shipped
from ledgers.allowances.working_days import Calendar, read_calendar

DELAYS = {"7m": timedelta(minutes=7), "2h": timedelta(hours=2), "24h": timedelta(hours=24)}
DELAYS["72h"] = timedelta(hours=72)


def calendar(*holidays: str, worked: tuple[str, ...] = ()) -> Calendar:
    return Calendar(
        name="X",
        version="1",
        zone="Europe/London",
        opens=time(10),
        closes=time(16),
        weekend=frozenset({6, 7}),
        holidays=frozenset(map(date.fromisoformat, holidays)),
        worked=frozenset(map(date.fromisoformat, worked)),
        source="合成数据",
    )


def test_published_delays_of_a_live_registry(real_data: Path) -> None:
    """All vectors, each with the start of the clock and four ends."""
    held = calendar("2021-05-03", "2021-06-15", "2021-06-16", "2021-06-17")
    lines = (real_data / "uk_registry" / "uk_delay_cases.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(lines.splitlines()))
    assert len(rows) == 73
    for row in rows:
        read = {k: datetime.strptime(v, "%d/%m/%Y %H:%M:%S") for k, v in row.items()}
        assert held.next_open(read["approve"]) == read["start_clock"], row
        for name, delay in DELAYS.items():
            assert held.after(read["approve"], delay) == read[f"exec_{name}"], (name, row)


def test_the_printed_case() -> None:
    found = calendar().after(datetime(2021, 3, 19, 16, 0, 1), timedelta(hours=24))
    assert found == datetime(2021, 3, 23, 10, 0)


def test_an_adjusted_working_day_counts() -> None:
    """调休: a Sunday worked in exchange for a Monday off."""
    held = calendar("2021-03-22", worked=("2021-03-21",))
    assert held.after(datetime(2021, 3, 19, 11), timedelta(hours=24)) == datetime(2021, 3, 21, 11)
    assert held.after(datetime(2021, 3, 19, 11), timedelta(hours=48)) == datetime(2021, 3, 23, 11)


def test_the_business_date_is_that_of_shenyang() -> None:
    """Time zones: the last seven hours of the year in UTC are next year's here."""
    held = read_calendar(shipped("calendar"))
    assert held.business_date(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert held.business_date(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == date(2027, 1, 1)
    assert held.utc(datetime(2027, 1, 1)) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert held.local(datetime(2026, 12, 31, 16, 0)) == datetime(2027, 1, 1)


def test_working_days_of_a_clock() -> None:
    held = calendar("2021-05-03")
    assert held.working_days_after(date(2021, 4, 30), 1) == date(2021, 5, 4)
    assert held.working_days_after(date(2021, 4, 30), 7) == date(2021, 5, 12)


def test_a_calendar_that_cannot_be_read() -> None:
    text = shipped("calendar")
    for wrong in (
        text.replace("opens = 09:00:00", "opens = 18:00:00"),
        text.replace("Asia/Shanghai", "Asia/Nowhere"),
        text.replace("opens = 09:00:00", ""),
    ):
        with pytest.raises((KeyError, ValueError)):
            read_calendar(wrong)
