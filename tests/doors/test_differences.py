"""`factors diff` at the door (合成数据)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.doors.desk import HEATING, Desk, burned, table


@pytest.fixture
def booked(desk: Desk) -> Desk:
    """10 MWh bought in March 2025."""
    desk.send("三月.csv", table([burned("10000", "千瓦时", 能源品种="电力", 用途="购入")]))
    assert desk.run().code == 0
    return desk


def test_two_years_of_grid_factors_in_json(booked: Desk) -> None:
    head = booked.head
    answer = booked("factors", "diff", "2022", "2023", "--json")
    assert (answer.code, answer.err) == (0, ""), answer
    national = next(
        row
        for row in answer.data["moved"]
        if row["new"] and row["new"]["series"] == "national_average"
    )
    assert (national["old"]["value"], national["new"]["value"]) == ("0.5366", "0.5306")
    assert national["percent"].startswith("≈-1.118")
    [enterprise] = answer.data["enterprises"]
    assert enterprise["enterprise_id"] == HEATING
    assert (enterprise["before_tco2e"], enterprise["after_tco2e"]) == ("5.366", "5.306")
    assert Fraction(enterprise["difference_tco2e"]) == Fraction("-0.06")
    assert booked.head == head


def test_two_years_of_grid_factors_in_words(booked: Desk) -> None:
    for lang, words in (("zh", "重算 1 条活动数据"), ("en", "1 activities calculated again")):
        answer = booked("factors", "diff", "2022", "2023", lang=lang)
        assert answer.code == 0
        assert answer.says(words, "-0.060", "5.366", "national_average"), answer.out


def test_an_unknown_edition_is_refused_with_those_that_there_are(desk: Desk) -> None:
    answer = desk("factors", "diff", "grid-2022", "grid-1922")
    assert answer.code == 2
    assert answer.says("grid-1922", "grid-2023"), answer
    assert desk("factors", "diff", "2022", "2023", "--until", "2025").code == 2


def test_before_anything_is_posted(desk: Desk) -> None:
    answer = desk("factors", "diff", "2022", "2023")
    assert answer.code == 0
    assert answer.says("账本中还没有入账的活动数据")
