"""Targets, paths and projections, against numbers by hand; 合成数据 (synthetic)."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import UsageFault
from ledgers.inventory.paths import PathFault, path
from ledgers.inventory.projection import NotEnough, complete_years, project
from ledgers.inventory.targets import (
    Target,
    TargetFault,
    history,
    number,
    set_target,
    targets,
    withdraw,
)
from ledgers.journal import verify_chain
from tests.ledgers.emissions import book
from warehouse import migrations
from warehouse.connect import Connection, scratch

DOCUMENT = "合成文件 (synthetic)"


def target(role: str, year: int, value: str, unit: str = "万tCO2e", **more: object) -> Target:
    return Target("carbon_total", role, year, Decimal(value), unit, DOCUMENT, **more)


@pytest.fixture
def con() -> Connection:
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    return con


def test_a_target_is_kept_superseded_and_withdrawn_openly(con: Connection):
    first = set_target(con, target("target", 2030, "6000"), person=book.PERSON)
    assert set_target(con, target("target", 2030, "6000"), person="别人") == first
    second = set_target(con, target("target", 2030, "5900"), person=book.PERSON, reason="修订")
    assert [each.target.value for each in targets(con)] == [Decimal(5900)]
    assert targets(con, first.commit_no) == (first,)
    back = set_target(con, target("target", 2030, "6000"), person=book.PERSON)
    assert back.commit_no > second.commit_no
    assert [str(each.target.value) for each in history(con, back.target.key)] == [
        "6000",
        "5900",
        "6000",
    ]
    with pytest.raises(UsageFault, match="--reason"):
        withdraw(con, back.target.key, person=book.PERSON, reason=" ")
    withdraw(con, back.target.key, person=book.PERSON, reason="合成：撤销")
    assert targets(con) == ()
    with pytest.raises(UsageFault):
        withdraw(con, back.target.key, person=book.PERSON, reason="再撤")
    assert not verify_chain(con).findings


def test_values_are_brought_to_the_indicator_s_unit():
    assert target("base", 2025, "6300.5").amount == 63_005_000
    assert target("base", 2025, "1.2", "Mt CO2").amount == 1_200_000
    assert target("target", 2030, "14.5", "%", form="reduction", base_year=2025).amount == Fraction(
        "0.145"
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (target("target", 2030, "5", "万吨标准煤"), "inventory.target.unit"),
        (target("target", 2030, "5", "元"), "inventory.target.unit"),
        (target("target", 2030, "14.5", "%", form="reduction"), "inventory.target.reduction"),
        (
            target("target", 2030, "14.5", "1", form="reduction", base_year=2025),
            "inventory.target.reduction",
        ),
        (
            target("target", 2030, "3", "%", form="reduction", base_year=2030),
            "inventory.target.reduction",
        ),
        (Target("carbon_total", "target", 2030, Decimal(5), "t", " "), "inventory.target.document"),
        (target("goal", 2030, "5"), "inventory.target.word"),
        (target("target", 2030, "5", standing="official"), "inventory.target.word"),
    ],
)
def test_what_is_no_target_is_refused_and_nothing_is_kept(con: Connection, changed, code):
    with pytest.raises((TargetFault, UsageFault)) as caught:
        set_target(con, changed, person=book.PERSON)
    assert caught.value.code == code
    assert caught.value.text("zh") != caught.value.text("en")
    assert targets(con) == ()


def test_a_value_as_a_person_writes_it():
    assert number("6,300.50") == Decimal("6300.50")
    for text in ("", "约6000", "NaN", "inf"):
        with pytest.raises(TargetFault):
            number(text)


def test_a_linear_path_through_the_peak():
    found = path(
        [
            target("base", 2025, "6000"),
            target("target", 2035, "5100"),
            target("peak", 2028, "6300"),
        ],
        "linear",
    )
    assert [(p.year, p.value / 10_000) for p in found.points] == [
        (2025, 6000),
        (2026, 6100),
        (2027, 6200),
        (2028, 6300),
        *((2028 + k, 6300 - Fraction(1200 * k, 7)) for k in range(1, 7)),
        (2035, 5100),
    ]
    assert [p.role for p in found.points if p.role] == ["base", "peak", "target"]
    assert found.at(2029) == found.points[4].value
    assert found.at(2036) is None


def test_a_reduction_is_shared_over_the_years_as_the_rule_says():
    """14.5 % in five years: 3.0845 % a year, 8.9710 % due after three."""
    steps = [
        target("base", 2020, "1", "tCO2e"),
        target("target", 2025, "14.5", "%", form="reduction", base_year=2020),
    ]
    found = path(steps, "compound")
    assert round(float(1 - found.at(2021)) * 100, 4) == 3.0845
    assert round(float(1 - found.at(2023)) * 100, 4) == 8.9710
    assert found.at(2025) == Fraction("0.855")


@given(
    base=st.integers(1, 10**9),
    end=st.integers(1, 10**9),
    span=st.integers(1, 30),
)
def test_a_compound_path_has_one_rate_and_ends_where_it_should(base: int, end: int, span: int):
    steps = [
        target("base", 2020, str(base), "t CO2e"),
        target("target", 2020 + span, str(end), "t CO2e"),
    ]
    values = [p.value for p in path(steps, "compound").points]
    assert (values[0], values[-1]) == (base, end)
    product = values[0]
    rate = values[1] / values[0]
    for value in values[1:]:
        product *= rate
        assert abs(product - value) <= abs(value) * Fraction(1, 10**30)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([target("base", 2025, "1")], "inventory.path.anchors"),
        ([target("target", 2025, "1"), target("target", 2030, "1")], "inventory.path.anchors"),
        ([target("base", 2025, "1"), target("target", 2030, "0")], "inventory.path.zero"),
        (
            [target("target", 2030, "5", "%", form="reduction", base_year=2025)],
            "inventory.path.base",
        ),
        (
            [
                target("base", 2025, "1"),
                target("peak", 2030, "2"),
                target("target", 2030, "3"),
            ],
            "inventory.path.twice",
        ),
    ],
)
def test_no_path_where_none_can_be_drawn(steps, code):
    with pytest.raises(PathFault) as caught:
        path(steps, "compound")
    assert caught.value.code == code


def months(years: range, value) -> dict[str, Fraction]:
    return {
        f"{year}-{month:02d}": Fraction(value(12 * (year - years[0]) + month - 1))
        for year in years
        for month in range(1, 13)
    }


def test_fewer_than_three_complete_years_give_no_line():
    found = months(range(2024, 2026), lambda t: 100 + t)
    assert project(found, 2030) == NotEnough((2024, 2025))
    third = found | months(range(2026, 2027), lambda t: 5)
    del third["2026-12"]
    assert project(third, 2030) == NotEnough((2024, 2025))


def test_only_years_that_follow_one_another_count():
    held = {**months(range(2020, 2022), lambda t: 1), **months(range(2023, 2026), lambda t: 1)}
    assert complete_years(held) == (2023, 2024, 2025)


def test_a_line_with_seasons_is_carried_on_without_a_band():
    seasons = (9, 8, 5, 2, 0, 1, 3, 3, 0, 2, 6, 9)
    found = project(months(range(2023, 2026), lambda t: 1000 - 2 * t + seasons[t % 12]), 2028)
    expected = {
        year: sum(1000 - 2 * (12 * (year - 2023) + m) + seasons[m] for m in range(12))
        for year in (2026, 2027, 2028)
    }
    assert [each.year for each in found.years] == [2026, 2027, 2028]
    for each in found.years:
        assert each.value == pytest.approx(expected[each.year], rel=1e-9)
        assert each.upper - each.lower < 1e-6
    assert found.trend == pytest.approx(-2 * 144)
    assert dict(found.past)[2023] == expected[2026] + 3 * 288
    assert (found.months, found.remembers) == (36, False)


def test_the_band_is_the_prediction_interval_of_the_stated_model():
    """Normal equations in exact fractions, and t(0.975; 23) = 2.0687 of the printed tables."""
    noise = [((7 * t * t + 3 * t) % 23) - 11 for t in range(36)]
    seen = [Fraction(500 + 3 * t + 40 * (t % 12 in (0, 1, 11)) + noise[t]) for t in range(36)]
    found = project(months(range(2023, 2026), lambda t: seen[t]), 2026)
    rows = [[Fraction(t), *(Fraction(t % 12 == m) for m in range(12))] for t in range(36)]
    normal = [[sum(r[i] * r[j] for r in rows) for j in range(13)] for i in range(13)]
    right = [sum(r[i] * y for r, y in zip(rows, seen, strict=True)) for i in range(13)]
    year = [[Fraction(t), *(Fraction(t % 12 == m) for m in range(12))] for t in range(36, 48)]
    ahead = [sum(column) for column in zip(*year, strict=True)]
    fitted, through = _solve(normal, right), _solve(normal, ahead)
    errors = [
        y - sum(a * b for a, b in zip(r, fitted, strict=True))
        for r, y in zip(rows, seen, strict=True)
    ]
    variance = sum(e * e for e in errors) / 23
    middle = sum(a * b for a, b in zip(ahead, fitted, strict=True))
    spread = variance * (12 + sum(a * b for a, b in zip(ahead, through, strict=True)))
    (only,) = found.years
    assert only.value == pytest.approx(float(middle), rel=1e-9)
    assert found.residual == pytest.approx(math.sqrt(variance), rel=1e-9)
    half = 2.0687 * math.sqrt(spread)
    assert only.upper - only.value == pytest.approx(half, rel=1e-4)
    assert only.value - only.lower == pytest.approx(half, rel=1e-4)


def _solve(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = next(r for r in range(at, size) if rows[r][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(size):
            if other != at and rows[other][at]:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[-1] for row in rows]
