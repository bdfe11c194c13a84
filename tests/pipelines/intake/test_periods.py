from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.intake.feeds import Stamps
from pipelines.intake.periods import Period, parse_period
from pipelines.intake.stamps import stamped_column

MARCH = Period(date(2025, 3, 1), date(2025, 3, 31))
FIRST = Period(date(2025, 3, 1), date(2025, 3, 1))
BILL = Period(date(2025, 2, 18), date(2025, 3, 17))


@pytest.mark.parametrize(
    "text",
    [
        "2025-03",
        "2025-3",
        "2025年3月",
        "2025年03月份",
        "202503",
        "2025/3",
        "2025.03",
        "２０２５年３月",
        " 2025-03 ",
    ],
)
def test_months(text: str) -> None:
    assert parse_period(text) == MARCH


@pytest.mark.parametrize(
    "text", ["2025-03-01", "2025/3/1", "2025.3.1", "20250301", "2025年3月1日", "2025年3月1号"]
)
def test_days(text: str) -> None:
    assert parse_period(text) == FIRST


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-03-01 00:15", datetime(2025, 3, 1, 0, 15)),
        ("2025/3/1 8:05:09", datetime(2025, 3, 1, 8, 5, 9)),
        ("2025-03-01T08:00:00", datetime(2025, 3, 1, 8)),
        ("2025年3月1日 8时15分", datetime(2025, 3, 1, 8, 15)),
        ("2025-03-01 24:00", datetime(2025, 3, 1, 23, 59, 59, 999999)),
    ],
)
def test_moments_belong_to_their_day(text: str, at: datetime) -> None:
    assert parse_period(text) == Period(date(2025, 3, 1), date(2025, 3, 1), at)


@pytest.mark.parametrize(
    "text",
    [
        "2025年2月18日-2025年3月17日",
        "2025年2月18日至3月17日",
        "2025年2月18日—3月17日",
        "2025-02-18至2025-03-17",
        "2025-02-18 - 2025-03-17",
        "2025-02-18-2025-03-17",
        "2025.02.18-2025.03.17",
        "2025.2.18-3.17",
        "2025/2/18~2025/3/17",
        "20250218-20250317",
    ],
)
def test_bills_across_months(text: str) -> None:
    assert parse_period(text) == BILL


def test_ranges_of_months() -> None:
    quarter = Period(date(2025, 1, 1), date(2025, 3, 31))
    assert parse_period("2025年1-3月") == quarter
    assert parse_period("2025-01~2025-03") == quarter


@pytest.mark.parametrize(
    "text",
    [
        "2025",
        "2025年",
        "2025-13",
        "2025-02-30",
        "03/01/2025",
        "3月",
        "1025-03",
        "2025-03-01 25:00",
        "明年",
        "45717",
        "=A1",
    ],
)
def test_refuses_what_could_mean_anything(text: str) -> None:
    assert parse_period(text) is None


def test_numbers_of_a_workbook() -> None:
    assert parse_period("45717", is_float=True) == FIRST
    assert parse_period("202503", is_float=True) == MARCH
    assert parse_period("2025.1", is_float=True) is None
    assert parse_period("2025.1") == Period(date(2025, 1, 1), date(2025, 1, 31))


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
DAY_FORMS = (
    "{0.year}-{0.month:02}-{0.day:02}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}",
)


@given(days, st.sampled_from(DAY_FORMS))
def test_every_day_comes_back(day: date, form: str) -> None:
    assert parse_period(form.format(day)) == Period(day, day)


@given(
    days, st.integers(0, 800), st.sampled_from(DAY_FORMS[:3]), st.sampled_from(["至", "~", " - "])
)
def test_every_range_comes_back(day: date, length: int, form: str, between: str) -> None:
    end = min(day + timedelta(days=length), date(2100, 12, 31))
    assert parse_period(form.format(day) + between + form.format(end)) == Period(day, end)


@given(days, st.sampled_from(["{0.year}-{0.month:02}", "{0.year}年{0.month}月", "{0:%Y%m}"]))
def test_every_month_comes_back(day: date, form: str) -> None:
    last = calendar.monthrange(day.year, day.month)[1]
    assert parse_period(form.format(day)) == Period(day.replace(day=1), day.replace(day=last))


def starts(texts: list[str], stamps: Stamps) -> list[datetime | None]:
    frame = stamped_column(pl.Series(texts), stamps)
    return [dict(frame.select("text", "starts_at").iter_rows())[text] for text in texts]


def test_the_2400_reading_stamped_0000_is_the_end_of_the_day_that_it_names() -> None:
    rule = Stamps("%d/%m/%Y %H:%M", "end", 15, "same_day")
    texts = ["01/01/2018 00:15", "01/01/2018 23:45", "01/01/2018 00:00", "02/01/2018 00:15"]
    assert starts(texts, rule) == [
        datetime(2018, 1, 1, 0, 0),
        datetime(2018, 1, 1, 23, 30),
        datetime(2018, 1, 1, 23, 45),
        datetime(2018, 1, 2, 0, 0),
    ]


def test_an_interval_end_at_the_calendars_midnight_belongs_to_the_day_before() -> None:
    rule = Stamps("", "end", 60, "next_day")
    assert starts(["2025-03-02 00:00", "2025-03-01 24:00"], rule) == [datetime(2025, 3, 1, 23)] * 2


def test_interval_starts_stay_where_they_are() -> None:
    rule = Stamps("", "start", 30, "next_day")
    texts = ["2025-03-01 00:00", "2025-03-01 23:30"]
    assert starts(texts, rule) == [datetime(2025, 3, 1), datetime(2025, 3, 1, 23, 30)]


@given(st.integers(0, 365 * 96 - 1))
def test_every_quarter_of_an_hour_falls_into_its_own_day(index: int) -> None:
    start = datetime(2018, 1, 1) + timedelta(minutes=15 * index)
    end = start + timedelta(minutes=15)
    named = start.date() if end.time() == datetime.min.time() else end.date()
    text = f"{named:%d/%m/%Y} {end:%H:%M}"
    assert starts([text], Stamps("%d/%m/%Y %H:%M", "end", 15, "same_day")) == [start]
