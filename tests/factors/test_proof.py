from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.carriers import CARRIERS
from factors.editions import shipped_catalogue
from factors.methods import load_method_editions
from factors.proof import BasisError, Kernel, kernel, prove
from factors.resolution import Case, Resolved, quantity_basis, resolve_case
from factors.units import DimensionError, UnitError

EDITIONS = load_method_editions()


def first(carrier: str, flow: str, unit: str, *measured: str, **changes: object) -> Resolved:
    held: dict[str, object] = {
        "edition": "general",
        "carrier": carrier,
        "flow": flow,
        "period_start": date(2025, 3, 1),
        "period_end": date(2025, 3, 31),
        "recorded_on": date(2026, 2, 1),
        "measured": frozenset(measured),
        "basis": quantity_basis(unit, str(changes.pop("condition", ""))),
    }
    wanted = Case(**(held | changes))  # type: ignore[arg-type]
    return resolve_case(wanted, EDITIONS, shipped_catalogue())[0]


def made(resolved: Resolved, written: dict[str, str], *args: str) -> Kernel:
    return kernel(resolved, prove(resolved, written, *args))


def test_the_kernel_holds_everything_but_the_raw_columns() -> None:
    lignite = made(first("lignite", "consumption", "t"), {"quantity": "t"})
    expected = Fraction("14.449") * Fraction("0.028") * Fraction(96, 100) * Fraction(44, 12)
    assert lignite == Kernel(expected * 10**6, (("quantity", Fraction(0)),))
    assert lignite.quanta({"quantity": Decimal(10000)}) == 14_240_934_400


@pytest.mark.parametrize(
    ("unit", "quantity", "condition"),
    [
        ("t", "12500", ""),
        ("万吨", "1.25", ""),
        ("kg", "12500000", ""),
        ("吨", "12500", ""),
        ("short ton", str(Decimal("12500000") / Decimal("907.18474")), ""),
    ],
)
def test_units_as_written_give_one_result(unit: str, quantity: str, condition: str) -> None:
    coal = made(first("lignite", "consumption", unit), {"quantity": unit}, "", condition)
    value = coal.exact({"quantity": quantity})
    assert abs(value - 17_801_168_000) < Fraction(1, 10**10)


def test_a_cubic_metre_states_its_condition() -> None:
    at_zero = first("natural_gas", "consumption", "万Nm3")
    at_twenty = first("natural_gas", "consumption", "万m3", condition="20C")
    zero = made(at_zero, {"quantity": "万Nm3"}).constant
    twenty = made(at_twenty, {"quantity": "万m3"}, "", "20C").constant
    assert twenty / zero == Fraction("273.15") / Fraction("293.15")
    with pytest.raises(DimensionError) as caught:
        made(at_zero, {"quantity": "万m3"})
    assert "万m3" in str(caught.value)
    assert "Nm3" in str(caught.value)


def test_the_condition_of_a_measured_heating_value_is_that_of_the_row() -> None:
    gas = first("natural_gas", "consumption", "m3", "ncv", condition="20C")
    kern = made(gas, {"quantity": "m3", "ncv": "MJ/m3"}, "", "20C")
    # Per cubic metre of the same condition the condition drops out.
    expected = Fraction(36, 1000) * Fraction("0.0153") * Fraction(99, 100) * Fraction(44, 12)
    assert kern.exact({"quantity": "1000", "ncv": "36"}) == expected * 1000 * 10**6


def test_a_unit_of_the_wrong_dimension_has_no_proof() -> None:
    with pytest.raises(DimensionError):
        made(first("electricity", "purchase", "MWh"), {"quantity": "t"})
    coal = first("lignite", "consumption", "t", "ncv")
    with pytest.raises(DimensionError):
        made(coal, {"quantity": "t", "ncv": "GJ/Nm3"})
    with pytest.raises(UnitError):
        made(coal, {"quantity": "t", "ncv": ""})
    with pytest.raises(DimensionError):
        made(coal, {"quantity": "tCO2", "ncv": "GJ/t"})


@pytest.mark.parametrize(
    ("unit", "value"),
    [("%", "98"), ("％", "98"), ("", "0.98"), ("1", "0.98"), ("-", "0.98"), ("percent", "98")],
)
def test_an_oxidation_rate_is_a_ratio_or_a_percentage(unit: str, value: str) -> None:
    diesel = first("diesel", "consumption", "t", "oxidation_rate")
    kern = made(diesel, {"quantity": "t", "oxidation_rate": unit})
    expected = Fraction("43.33") * Fraction("0.0202") * Fraction("0.98") * Fraction(44, 12)
    assert kern.exact({"quantity": 1, "oxidation_rate": value}) == expected * 10**6


@pytest.mark.parametrize(("unit", "value"), [("%", "56"), ("tC/t", "0.56"), ("kgC/kg", "0.56")])
def test_elemental_carbon_may_be_in_per_cent_of_mass(unit: str, value: str) -> None:
    coal = first("bituminous", "consumption", "t", "elemental_carbon")
    assert coal.method.method_id == "fuel_elemental_carbon"
    kern = made(coal, {"quantity": "t", "elemental_carbon": unit})
    expected = Fraction("0.56") * Fraction("0.93") * Fraction(44, 12) * 10**6
    assert kern.exact({"quantity": 1, "elemental_carbon": value}) == expected


def test_per_cent_of_a_volume_is_nothing() -> None:
    gas = first("natural_gas", "consumption", "Nm3", "elemental_carbon")
    with pytest.raises(DimensionError):
        made(gas, {"quantity": "Nm3", "elemental_carbon": "%"})
    coal = first("bituminous", "consumption", "t", "elemental_carbon")
    with pytest.raises(UnitError):
        made(coal, {"quantity": "t", "elemental_carbon": ""})


def test_carbon_on_the_dry_basis_comes_to_the_received_one_by_the_moisture() -> None:
    coal = first("bituminous", "consumption", "t", "elemental_carbon", "moisture")
    units = {"quantity": "t", "elemental_carbon": "tC/t"}
    received = made(coal, units | {"moisture": "%"}, "ar")
    assert received.terms == (("quantity", Fraction(0)), ("elemental_carbon", Fraction(0)))
    for unit, moisture in (("%", "10"), ("", "0.1"), ("1", "0.1")):
        dry = made(coal, units | {"moisture": unit}, "d")
        raw = {"quantity": "1000", "elemental_carbon": "0.6", "moisture": moisture}
        wet = {"quantity": "1000", "elemental_carbon": "0.54"}
        assert dry.exact(raw) == received.exact(wet)
        assert dry.terms[-1][0] == "moisture"


@pytest.mark.parametrize(
    ("measured", "basis"),
    [
        (("elemental_carbon",), "d"),
        (("elemental_carbon", "moisture"), "ad"),
        (("ncv", "moisture"), "d"),
        (("ncv", "moisture"), "ad"),
    ],
)
def test_a_basis_that_does_not_lead_to_the_received_tonne_is_refused(
    measured: tuple[str, ...], basis: str
) -> None:
    coal = first("bituminous", "consumption", "t", *measured)
    units = {"ncv": "GJ/t", "elemental_carbon": "tC/t", "moisture": "%"}
    written = {"quantity": "t"} | {name: units[name] for name in measured}
    with pytest.raises(BasisError) as caught:
        prove(coal, written, basis, "", CARRIERS["bituminous"])
    assert caught.value.text("zh")
    assert caught.value.text("en")


def test_the_basis_of_coal_says_nothing_about_gas_or_defaults() -> None:
    gas = first("natural_gas", "consumption", "Nm3", "ncv")
    prove(gas, {"quantity": "Nm3", "ncv": "MJ/Nm3"}, "d", "", CARRIERS["natural_gas"])
    coal = first("bituminous", "consumption", "t")
    assert prove(coal, {"quantity": "t"}, "ad", "", CARRIERS["bituminous"]).dry is None


def test_steam_and_hot_water_have_an_affine_term() -> None:
    steam = made(
        first("steam", "purchase", "t", "enthalpy"), {"quantity": "t", "enthalpy": "kJ/kg"}
    )
    assert steam.terms == (("quantity", Fraction(0)), ("enthalpy", Fraction("-83.74")))
    exact = Fraction(500) * (Fraction("2935.4") - Fraction("83.74")) / 1000 * Fraction("0.11")
    assert steam.exact({"quantity": "500", "enthalpy": "2935.4"}) == exact * 10**6
    in_kcal = made(
        first("steam", "purchase", "kg", "enthalpy"), {"quantity": "kg", "enthalpy": "kcal/kg"}
    )
    assert in_kcal.terms[1] == ("enthalpy", Fraction("-83.74") / Fraction("4.1868"))
    water = made(
        first("hot_water", "purchase", "t", "temperature"), {"quantity": "t", "temperature": "℃"}
    )
    exact = Fraction(100) * (90 - 20) * Fraction("4.1868") / 1000 * Fraction("0.11")
    assert water.exact({"quantity": "100", "temperature": "90"}) == exact * 10**6


def test_what_is_exported_is_negative() -> None:
    beside = frozenset({"purchase", "export"})
    kern = made(first("electricity", "export", "MWh", flows_beside=beside), {"quantity": "MWh"})
    assert kern.quanta({"quantity": "100"}) == -53_060_000


def test_a_value_is_rounded_once_half_away_from_zero() -> None:
    kern = Kernel(Fraction(1, 2), (("quantity", Fraction(0)),))
    assert [kern.quanta({"quantity": n}) for n in (1, 3, -1, 2)] == [1, 2, -1, 1]


def test_the_statement_is_the_proof_in_words() -> None:
    gas = first("natural_gas", "consumption", "万m3", condition="20C")
    statement = prove(gas, {"quantity": "万m3"}, "", "20C").statement
    assert "quantity: 万m3 (20C) × " in statement
    assert "ncv: GJ/1e4Nm3 × 1/10000 = GJ/Nm3" in statement
    assert statement.endswith("= tCO2")


decimals = st.decimals("0.000000000001", "99999999", places=12)


@settings(max_examples=100, deadline=None)
@given(decimals, decimals, st.decimals("-50", "4000", places=6))
def test_the_kernel_equals_the_formula_put_in_by_hand(
    quantity: Decimal, price: Decimal, enthalpy: Decimal
) -> None:
    steam = made(
        first("steam", "purchase", "kg", "enthalpy"), {"quantity": "kg", "enthalpy": "kJ/kg"}
    )
    by_hand = (
        Fraction(quantity)
        / 1000
        * (Fraction(enthalpy) - Fraction("83.74"))
        / 1000
        * Fraction("0.11")
        * 10**6
    )
    assert steam.exact({"quantity": quantity, "enthalpy": enthalpy}) == by_hand
    coal = first("lignite", "consumption", "t", "ncv")
    kern = made(coal, {"quantity": "t", "ncv": "kJ/kg"})
    heat = Fraction(quantity) * Fraction(price) / 1000
    assert kern.exact({"quantity": quantity, "ncv": price}) == (
        heat * Fraction("0.028") * Fraction("0.96") * Fraction(44, 12) * 10**6
    )
