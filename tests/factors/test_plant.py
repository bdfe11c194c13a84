"""Meters, limits of power plants, cogeneration and coal; expected values worked by hand."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors import allocation, coal, meters, power_limits
from factors.power_limits import UnitMonth, check_test, check_typical, check_unit

JANUARY = meters.Metered(date(2026, 1, 1), date(2026, 1, 31), Fraction(31000))


# ---- meters


@pytest.mark.parametrize(
    ("required", "found", "calibrated", "production", "expected"),
    [
        # required 0.5 %, found 1.2 %: × [1 + (1.2 % − 0.5 %)]
        ("0.005", "0.012", True, False, "1.007"),
        ("0.005", "0.012", True, True, "0.993"),
        # not calibrated: × (1 + required), whatever was found
        ("0.005", None, False, False, "1.005"),
        ("0.005", "0.012", False, False, "1.005"),
        ("0.005", None, False, True, "0.995"),
        # as accurate as required, or better
        ("0.005", "0.005", True, False, "1"),
        ("0.005", "0.002", True, True, "1"),
        ("0.005", None, True, False, "1"),
    ],
)
def test_the_factor_of_a_meter(
    required: str, found: str | None, calibrated: bool, production: bool, expected: str
) -> None:
    accuracy = None if found is None else Fraction(found)
    given_ = {"calibrated": calibrated, "production": production}
    assert meters.factor(Fraction(required), accuracy, **given_) == Fraction(expected)


@pytest.mark.parametrize("accuracy", ["-0.001", "1", "5"])
def test_an_accuracy_is_a_share(accuracy: str) -> None:
    with pytest.raises(meters.MeterError) as caught:
        meters.factor(Fraction(accuracy), calibrated=True)
    assert accuracy in caught.value.text("en")


def test_only_the_uncovered_days_are_adjusted() -> None:
    # ten of 31 days: 31,000 × (21/31 + 10/31 × 1.005) = 21,000 + 10,050
    spans = [(date(2025, 12, 20), date(2026, 1, 4)), (date(2026, 1, 26), date(2026, 1, 31))]
    (found,) = meters.adjust([JANUARY], spans, Fraction("1.005"))
    assert (found.uncovered, found.quantity) == (10, Fraction(31050))
    # the same day twice is one day
    (again,) = meters.adjust(
        [JANUARY], [*spans, (date(2026, 1, 3), date(2026, 1, 4))], Fraction("1.005")
    )
    assert again == found
    assert meters.adjust([JANUARY], [], Fraction("1.5"))[0].quantity == 31000
    with pytest.raises(meters.MeterError):
        meters.adjust([JANUARY], [(date(2026, 1, 2), date(2026, 1, 1))], Fraction(1))


@given(
    st.fractions(0, Fraction(99, 100)),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=4),
)
def test_an_adjustment_lies_between_none_and_all(
    required: Fraction, spans: list[tuple[int, int]]
) -> None:
    start = date(2025, 12, 15).toordinal()
    days = [
        (date.fromordinal(start + first), date.fromordinal(start + first + length))
        for first, length in spans
    ]
    up = meters.factor(required, calibrated=False)
    down = meters.factor(required, calibrated=False, production=True)
    (more,) = meters.adjust([JANUARY], days, up)
    (less,) = meters.adjust([JANUARY], days, down)
    one_by_one = {n for a, b in days for n in range(a.toordinal(), b.toordinal() + 1)}
    inside = one_by_one & set(range(JANUARY.first.toordinal(), JANUARY.last.toordinal() + 1))
    assert more.uncovered == less.uncovered == len(inside)
    assert more.quantity - 31000 == 31000 - less.quantity == 1000 * len(inside) * required


# ---- limits of a power plant


def codes(unit: UnitMonth) -> list[str]:
    found = check_unit(unit)
    assert all("{" not in item.text(lang) for item in found for lang in ("zh", "en"))
    return [item.code for item in found]


def test_efficiency() -> None:
    # 100,000 MWh are 360,000 GJ; at exactly 46 % the fuel holds 360,000 / 0.46 GJ
    at_limit = Fraction(360_000) / Fraction(46, 100)
    assert codes(UnitMonth(Fraction(100_000), at_limit)) == ["power.condensing"]
    assert codes(UnitMonth(Fraction(100_000), at_limit + Fraction(1, 10**9))) == []
    assert codes(
        UnitMonth(Fraction(100_000), Fraction(900_000), heat_supplied=Fraction(540_000))
    ) == ["power.chp"]
    assert (
        codes(UnitMonth(Fraction(100_000), Fraction(900_001), heat_supplied=Fraction(540_000)))
        == []
    )
    assert codes(UnitMonth(Fraction(1), Fraction(0))) == ["power.no_fuel"]


def test_hours_and_load() -> None:
    unit = UnitMonth(
        Fraction(201_600),
        Fraction(2_000_000),
        hours=Fraction(720),
        capacity=Fraction(350),
        load=Fraction(8, 10),
    )
    # 201,600 / 350 = 576 h below 720 h; 350 × 720 × 0.8 = 201,600
    assert unit.utilisation == 576
    assert codes(unit) == []
    short = UnitMonth(
        Fraction(201_600),
        Fraction(2_000_000),
        hours=Fraction(576),
        capacity=Fraction(350),
        load=Fraction(1),
    )
    assert codes(short) == ["power.hours"]
    other = UnitMonth(
        Fraction(201_600),
        Fraction(2_000_000),
        hours=Fraction(720),
        capacity=Fraction(350),
        load=Fraction(9, 10),
    )
    assert codes(other) == ["power.load"]


@pytest.mark.parametrize(("day", "late"), [(1, True), (2, False), (42, False), (43, True)])
def test_the_carbon_test_within_forty_days(day: int, late: bool) -> None:
    tested = date.fromordinal(date(2026, 2, 28).toordinal() + day)
    sampled = date(2026, 3, 2)
    found = check_test(sampled, tested)
    assert bool(found) == late
    assert all(str(power_limits.DAYS_TO_TEST) in item.text("en") for item in found)


@pytest.mark.parametrize(
    ("carrier", "column", "value", "usual"),
    [
        ("natural_gas", "ncv", "389.31", True),
        ("natural_gas", "ncv", "398.31", False),
        ("natural_gas", "elemental_carbon", "4.36", False),
        ("gangue", "ncv", "8374", True),
        ("coal_slime", "moisture", "24.9", False),
        ("anthracite", "carbon_daf", "90", True),
        ("diesel", "ncv", "1", True),
    ],
)
def test_typical_ranges(carrier: str, column: str, value: str, usual: bool) -> None:
    found = check_typical(carrier, column, Fraction(value))
    assert (not found) == usual
    assert all("表" in item.text("en") for item in found)


# ---- cogeneration


def test_the_split_of_a_cogenerating_plant() -> None:
    # 300,000 GJ of 1,200,000 GJ into the turbine: a = 1/4
    share = allocation.heat_share(Fraction(300_000), Fraction(1_200_000))
    assert allocation.split(Fraction(100_000), share) == allocation.Split(
        Fraction(25_000), Fraction(75_000)
    )
    for out, into in (
        (Fraction(-1), Fraction(1)),
        (Fraction(2), Fraction(1)),
        (Fraction(0), Fraction(0)),
    ):
        with pytest.raises(allocation.ShareError):
            allocation.heat_share(out, into)


@given(st.fractions(-(10**9), 10**9), st.fractions(0, 1))
def test_a_split_loses_nothing(emission: Fraction, share: Fraction) -> None:
    parts = allocation.split(emission, share)
    assert parts.heat + parts.power == emission


# ---- coal


def test_bases_of_coal() -> None:
    moistures = coal.Moistures(ar=Fraction("0.10"), ad=Fraction("0.025"))
    # 70 % of dry coal are 63 % as received and 68.25 % air-dried
    assert coal.content(Fraction("0.70"), "d", "ar", moistures) == Fraction("0.63")
    assert coal.content(Fraction("0.70"), "d", "ad", moistures) == Fraction("0.6825")
    assert coal.content(Fraction("0.6825"), "ad", "ar", moistures) == Fraction("0.63")
    with pytest.raises(coal.CoalError) as caught:
        coal.content(Fraction("0.7"), "ad", "ar", coal.Moistures(ar=Fraction("0.1")))
    assert "ad" in caught.value.text("en")


@given(
    st.fractions(0, 1),
    st.fractions(0, Fraction(9, 10)),
    st.fractions(0, Fraction(9, 10)),
    st.sampled_from(["ar", "ad", "d"]),
    st.sampled_from(["ar", "ad", "d"]),
)
def test_there_and_back_is_the_same(
    value: Fraction, ar: Fraction, ad: Fraction, source: coal.Basis, target: coal.Basis
) -> None:
    held = coal.Moistures(ar, ad)
    there = coal.content(value, source, target, held)
    assert coal.content(there, target, source, held) == value


def test_means_of_months() -> None:
    first = coal.Delivery(Fraction(100), Fraction(20), Fraction("0.50"))
    second = coal.Delivery(Fraction(300), Fraction(24), Fraction("0.66"))
    assert coal.mean_carbon([first, second]) == Fraction("0.62")
    assert coal.mean_ncv([first, second]) == 23
    # heat 2,000 and 7,200 GJ, carbon 50 and 198 t: weighted by heat the carbon is kept
    assert coal.mean_carbon_per_heat([first, second]) == Fraction(248, 9200)
    with pytest.raises(coal.CoalError):
        coal.mean_ncv([])
