"""The worked cases of dual control, and what holds of every number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.quantities import half_up
from ledgers.dual_control import indicators as formula
from ledgers.dual_control.checks import expected_stock, stock_gap
from ledgers.dual_control.colours import COLOURS, PRESETS, judge_reduction, judge_total
from ledgers.dual_control.gdp import chain
from ledgers.dual_control.grading import assessment_of, efficiency_bounds, efficiency_grade, grade
from ledgers.dual_control.indicators import Input
from ledgers.dual_control.projects import overrun, review
from ledgers.dual_control.readings import judge_cap
from ledgers.dual_control.replacement import net_addition
from ledgers.dual_control.rules import Rules, shipped
from ledgers.reference.answers import read_rows
from ledgers.reference.columns import RULE
from ledgers.reference.rule_sets import RuleValue

DAY = date(2026, 12, 31)


def shipped_rules() -> Rules:
    held = {
        name: tuple(RuleValue(**row) for row in read_rows(RULE, rows).good.values())
        for name, rows in shipped().items()
    }
    return Rules(held)


RULES = shipped_rules()
Q1 = RULES.preset("2021Q1", DAY)
REVIEW = RULES.texts("dual_control.review", DAY)


def tce(symbol: str, value: object) -> Input:
    return Input(symbol, Fraction(str(value)), "tce")


def gdp(symbol: str, value: object) -> Input:
    return Input(symbol, Fraction(str(value)), "万元")


def percent(found: formula.Indicator, digits: int = 4) -> str:
    assert found.value is not None, found
    return str(half_up(found.value * 100, digits))


def reduction(e0: object, e1: object, g0: object, g1: object) -> formula.Indicator:
    return formula.reduction(tce("E₁", e1), gdp("G₁", g1), tce("E₀", e0), gdp("G₀", g0))


@pytest.mark.case("DC01")
def test_reduction_of_two_years() -> None:
    found = reduction(2200, 2250, 7000, 7385)
    # 1 − (2250/7385)/(2200/7000) = 1 − 15750/16247
    assert found.value == Fraction(497, 16247)
    assert percent(found) == "3.0590"
    assert found.sign == "lower_is_positive"
    assert [item.symbol for item in found.inputs] == ["E₁", "G₁", "E₀", "G₀"]


@pytest.mark.case("DC02")
def test_reduction_and_elasticity_of_growth_rates() -> None:
    energy, output = Fraction("0.02"), Fraction("0.055")
    assert percent(formula.reduction_of_growth(energy, output)) == "3.3175"
    found = formula.elasticity(energy, output)
    assert found.value == Fraction(4, 11)
    assert half_up(found.value, 4) == Decimal("0.3636")


@pytest.mark.case("DC03")
def test_reduction_after_deducting_non_fossil_energy() -> None:
    now = formula.adjusted(tce("E₁", 2280), tce("F₁", 0), tce("N₁", 340))
    before = formula.adjusted(tce("E₀", 2200), tce("F₀", 0), tce("N₀", 260))
    assert (now.value, before.value) == (1940, 1940)
    assert percent(reduction(before.value, now.value, 7000, 7385)) == "5.2133"


@pytest.mark.case("DC04")
def test_share_and_progress_of_a_target_of_five_years() -> None:
    target = Fraction("0.145")
    assert percent(formula.yearly_share(target, 5)) == "3.0845"
    assert percent(formula.yearly_share(target, 5, 3)) == "8.9710"
    assert formula.yearly_share(target, 5, 5).value == target
    done = formula.progress(Fraction("0.093"), target, 5, 3)
    assert percent(done, 2) == "62.31"
    assert done.value is not None
    assert done.value >= Fraction(3, 5)
    assert formula.on_schedule(Fraction("0.093"), target, 5, 3)
    due = formula.yearly_share(target, 5, 3).value
    assert due is not None
    assert judge_reduction(Fraction("0.093"), due, Q1).colour == "green"
    assert not formula.on_schedule(Fraction("0.0897"), target, 5, 3)


@pytest.mark.case("DC05")
@pytest.mark.parametrize(
    ("actual", "colour"),
    [("3.0", "green"), ("2.7", "yellow"), ("2.69", "red"), ("-0.4", "red")],
)
def test_warning_levels_of_the_first_quarter_of_2021(actual: str, colour: str) -> None:
    found = judge_reduction(Fraction(actual) / 100, Fraction(3, 100), Q1)
    assert (found.colour, found.absent) == (colour, None)


@pytest.mark.case("DC06")
def test_stock_identity_of_table_205_1() -> None:
    row = {
        "opening_stock": Decimal(5000),
        "purchase": Decimal(120000),
        "consumption": Decimal(118000),
        "transfer_out": Decimal(500),
        "closing_stock": Decimal(6300),
    }
    assert expected_stock(row) == 6500
    assert stock_gap(row) == 200
    names = ("opening_stock", "purchase", "consumption", "transfer_out")
    terms = [Input(name, Fraction(row[name]), "t") for name in names]
    assert formula.closing_stock(*terms).value == 6500


@pytest.mark.case("DC07")
def test_comprehensive_energy_of_table_205_2() -> None:
    terms = tce("I", 100_000), tce("O", 42_000), tce("R", 3_000)
    found = formula.comprehensive_energy(*terms)
    assert (found.value, found.unit) == (55_000, "tce")


@pytest.mark.case("DC08")
def test_net_addition_of_a_project() -> None:
    retired = [Fraction(300_000), Fraction(210_000)]
    found = net_addition("carbon", [Fraction(520_000)], retired, Fraction(1))
    assert found.indicator.value == 10_000
    assert found.missing == 10_000
    enough = net_addition("carbon", [Fraction(510_000)], retired, Fraction(1))
    assert (enough.indicator.value, enough.missing) == (0, 0)
    # Reduced replacement (减量): 1.25 t retired for each tonne added.
    more = net_addition("carbon", [Fraction(510_000)], retired, Fraction("1.25"))
    assert more.indicator.value == 102_000
    assert more.missing == 127_500


@pytest.mark.case("DC09")
@pytest.mark.parametrize(("actual", "over"), [("49500", False), ("49501", True)])
def test_overrun_of_an_approval(actual: str, over: bool) -> None:
    limit = Fraction(REVIEW["overrun"])
    found = overrun("energy", tce("A", actual), tce("P", 45_000), limit)
    assert found.over is over
    assert (found.indicator.value == limit) is not over


@pytest.mark.case("DC10")
@pytest.mark.parametrize(
    ("control", "supporting", "expected"),
    [(0, 0, "excellent"), (0, 2, "pass"), (0, 3, "fail"), (1, 0, "fail")],
)
def test_grade_of_five_and_nine(control: int, supporting: int, expected: str) -> None:
    rules = assessment_of(RULES.texts("dual_control.assessment", DAY))
    assert (len(rules.control), len(rules.supporting)) == (5, 9)
    results = dict.fromkeys((*rules.control, *rules.supporting), "met")
    results |= dict.fromkeys(rules.control[:control], "missed")
    results |= dict.fromkeys(rules.supporting[:supporting], "missed")
    assert grade(results, rules).grade == expected
    assert grade(results | {"industry": "falsified"}, rules).grade == "fail"
    unknown = {name: result for name, result in results.items() if name != "forest_stock"}
    found = grade(unknown, rules)
    assert found.grade == ("fail" if expected == "fail" else "undetermined")
    assert found.unknown == ("forest_stock",)


@pytest.mark.case("DC11")
@pytest.mark.parametrize(
    ("energy", "coal", "level", "of_two_high"),
    [
        (9_999, 9_999, "local", "city"),
        (9_999, 10_000, "province", "province"),
        (999, 999, "none", "none"),
        (999, 1_000, "local", "city"),
    ],
)
def test_who_reviews_a_project(energy: int, coal: int, level: str, of_two_high: str) -> None:
    amounts = Fraction(energy), Fraction(coal)
    assert review(*amounts, REVIEW, two_high=False).level == level
    assert review(*amounts, REVIEW, two_high=True).level == of_two_high
    named = {**REVIEW, "national_industries": "311"}
    large = Fraction(500_000), Fraction(0)
    assert review(*large, named, two_high=True, industry="C3110").level == "national"
    assert review(*large, named, two_high=True, industry="C3011").level == "province"


def test_other_presets() -> None:
    half = RULES.preset("2021H1", DAY)
    third = Fraction(3, 100)
    found = [judge_reduction(Fraction(a) / 100, third, half).colour for a in ("3", "2.9", "0")]
    assert found == ["green", "yellow", "yellow"]
    assert judge_reduction(Fraction(-1, 10**9), third, half).colour == "red"
    four = RULES.preset("four-colour", DAY)
    colours = [
        judge_reduction(Fraction(a), Fraction(100), four).colour
        for a in ("100", "99.9", "90", "89.9", "50.1", "50")
    ]
    assert colours == ["green", "yellow", "yellow", "orange", "orange", "red"]


def test_totals_against_a_cap() -> None:
    cap = Fraction(1000)
    found = [judge_total(Fraction(a), cap, Q1).colour for a in ("1000", "1100", "1100.0001")]
    assert found == ["green", "yellow", "red"]


@pytest.mark.parametrize("bad", [0, -5])
def test_a_target_that_is_not_positive_is_not_applicable(bad: int) -> None:
    for found in (
        judge_reduction(Fraction(1), Fraction(bad), Q1),
        judge_total(Fraction(1), Fraction(bad), Q1),
        judge_cap(1, bad, (1, 2), Q1),
    ):
        assert found.colour == ""
        assert found.absent is not None
        assert found.absent.facts["seen"] == str(bad)
    assert formula.yearly_share(Fraction(bad), 5).absent is not None
    assert formula.progress(Fraction(1, 10), Fraction(bad), 5, 3).absent is not None
    assert formula.elasticity(Fraction(1), Fraction(bad)).absent is not None
    for made in (
        formula.intensity(tce("E", 1), gdp("G", bad)),
        formula.margin(tce("cap", bad), tce("E", 1)),
        formula.non_fossil_share(tce("N", 1), tce("E", bad)),
        reduction(bad, 1, 1, 1),
        reduction(1, 1, bad, 1),
        reduction(1, 1, 1, bad),
    ):
        assert made.value is None
        assert made.absent is not None


def test_carbon_efficiency_grades_at_their_bounds() -> None:
    bounds = efficiency_bounds(RULES.texts("dual_control.efficiency", DAY))
    at = ("0.6", "0.6001", "0.8", "1.2", "1.2001", "2.0", "2.0001")
    assert [efficiency_grade(Fraction(k), bounds) for k in at] == [1, 2, 2, 3, 4, 4, 5]


def test_flash_and_final() -> None:
    flash = Input("G₁", Fraction(2), "万元", release="flash")
    final = Input("E", Fraction(1), "tce", release="final")
    assert formula.intensity(final, flash).release == "flash"
    assert formula.intensity(final, Input("G", Fraction(2), "万元", "", "final")).release == "final"


positive = st.fractions(min_value=Fraction(1, 1000), max_value=10**9, max_denominator=10**6)
rates = st.fractions(min_value=Fraction(-9, 10), max_value=5, max_denominator=10**6)
values = st.fractions(min_value=-10, max_value=10, max_denominator=10**6)


@given(positive, positive, rates, rates)
def test_both_forms_of_the_reduction_agree(
    energy: Fraction, output: Fraction, energy_growth: Fraction, output_growth: Fraction
) -> None:
    found = reduction(energy, energy * (1 + energy_growth), output, chain(output, output_growth))
    assert found.value == formula.reduction_of_growth(energy_growth, output_growth).value


@given(positive, positive, positive, st.fractions(min_value=0, max_value=1, max_denominator=99))
def test_adjustments_never_change_output(
    energy: Fraction, energy_before: Fraction, output: Fraction, part: Fraction
) -> None:
    """Deductions move E alone: with the same share deducted in both years the reduction stays."""
    g = gdp("G₁", output), gdp("G₀", output)
    plain = formula.reduction(tce("E", energy), g[0], tce("E", energy_before), g[1])
    kept = [
        formula.adjusted(tce("E", each), tce("F", each * part / 2), tce("N", 0))
        for each in (energy, energy_before)
    ]
    assert all(each.value is not None for each in kept)
    after = formula.reduction(tce("E", kept[0].value), g[0], tce("E", kept[1].value), g[1])
    assert after.value == plain.value
    outputs = [[i.value for i in found.inputs if i.symbol[0] == "G"] for found in (plain, after)]
    assert outputs[0] == outputs[1] == [output, output]


@given(values, values, positive, st.sampled_from(PRESETS))
def test_warnings_are_monotone_in_the_actual_value(
    one: Fraction, other: Fraction, target: Fraction, name: str
) -> None:
    preset = RULES.preset(name, DAY)
    less, more = sorted((one * target, other * target))
    ranks = [judge_reduction(each, target, preset).rank for each in (less, more)]
    assert ranks[0] >= ranks[1] >= 0
    ranks = [judge_total(each, target, preset).rank for each in (less, more)]
    assert 0 <= ranks[0] <= ranks[1] < len(COLOURS)


@given(
    st.integers(-(10**15), 10**15),
    st.integers(-100, 10**15),
    st.integers(1, 10**15),
    st.integers(1, 10**15),
)
def test_whole_grams_are_judged_as_the_fractions_are(
    used: int, cap: int, part: int, whole: int
) -> None:
    due = (min(part, whole), whole)
    for name in PRESETS:
        preset = RULES.preset(name, DAY)
        exact = judge_total(Fraction(used), cap * Fraction(*due), preset)
        assert judge_cap(used, cap, due, preset).colour == exact.colour


@given(
    st.fractions(min_value=Fraction(1, 100), max_value=Fraction(9, 10), max_denominator=1000),
    st.integers(1, 10),
)
def test_equal_yearly_shares_come_to_the_target(target: Fraction, years: int) -> None:
    share = formula.yearly_share(target, years).value
    assert share is not None
    assert abs(1 - (1 - share) ** years - target) < Fraction(1, 10**40)
    assert formula.on_schedule(target, target, years, years)
