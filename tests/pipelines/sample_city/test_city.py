from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pipelines.sample_city.city import build_city, numeral


def test_three_hundred_enterprises_in_nine_sectors():
    members = build_city().enterprises
    assert Counter(m.sector.sector for m in members) == {
        "machinery": 75,
        "buildings": 50,
        "heating": 45,
        "food": 38,
        "chemicals": 36,
        "ceramics": 24,
        "cement": 14,
        "steel": 10,
        "power": 8,
    }


def test_all_districts_and_all_seven_zones_are_settled():
    members = build_city().enterprises
    assert len({m.district.code for m in members}) == 13
    assert {m.zone for m in members if m.zone} == {f"合成开发区{c}" for c in "甲乙丙丁戊己庚"}


def test_every_name_says_synthetic_and_no_two_are_the_same():
    names = [m.name for m in build_city().enterprises]
    assert all(name.startswith("合成·") for name in names)
    assert len(set(names)) == 300


def test_the_grid_company_reports_for_sixty():
    members = build_city().enterprises
    assert 55 <= sum(m.grid for m in members) <= 60


def test_a_successor_reports_under_its_own_code_from_the_day_of_succession():
    heir = next(m for m in build_city().enterprises if m.predecessor)
    assert heir.identity(date(2024, 6, 1))[0][8:11] == "HCP"
    assert heir.identity(date(2024, 7, 1)) == (heir.enterprise_id, heir.name)
    assert heir.valid_from == date(2024, 7, 1)


def test_a_smaller_city_keeps_the_proportions():
    sectors = Counter(m.sector.sector for m in build_city(30).enterprises)
    assert sum(sectors.values()) == 30
    assert sectors["machinery"] in (7, 8)


def test_a_city_without_enterprises_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        build_city(0)


@pytest.mark.parametrize(
    ("n", "text"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_numerals(n, text):
    assert numeral(n) == text
