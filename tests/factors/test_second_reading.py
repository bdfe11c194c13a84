"""A second reading of the method library: each sector of the accounting rules worked by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from factors import allocation, coal
from factors.editions import shipped_catalogue
from factors.gases import GwpError, gwp
from factors.proof import BasisError, kernel, prove
from factors.quantities import display, exceeds, half_even, half_up
from factors.resolution import Case, NoEdition, resolve_case
from tests.factors.booked_row import (
    CO2_PER_C,
    EDITIONS,
    MICROGRAMS,
    MILLIGRAMS,
    Y2021,
    Y2026,
    book,
    quanta,
)

# ---- combustion


def test_combustion_by_default() -> None:
    """NDRC-24, bituminous: 23.204 GJ/t, 0.02618 tC/GJ, 93 %."""
    found = book("general", "bituminous", "consumption", "1000", "t")
    exact = 1000 * Fraction("23.204") * Fraction("0.02618") * Fraction("0.93") * CO2_PER_C
    assert found["fuel_heat"] == quanta(exact)
    assert half_up(exact, 2) == Decimal("2071.51")


def test_combustion_of_gas_by_ten_thousand_and_by_one_cubic_metre() -> None:
    exact = Fraction("389.31") * Fraction("0.0153") * Fraction("0.99") * CO2_PER_C
    for quantity, unit in (("1", "1e4Nm3"), ("10000", "Nm3")):
        found = book("general", "natural_gas", "consumption", quantity, unit)
        assert found["fuel_heat"] == quanta(exact)


def test_a_gas_volume_at_twenty_degrees_is_less_by_a_fourteenth() -> None:
    exact = (
        Fraction("389.31")
        * Fraction("0.0153")
        * Fraction("0.99")
        * CO2_PER_C
        * Fraction("273.15")
        / Fraction("293.15")
    )
    found = book("general", "natural_gas", "consumption", "10000", "m3", condition="20C")
    assert found["fuel_heat"] == quanta(exact)


def test_measured_elemental_carbon_takes_precedence() -> None:
    held = {"elemental_carbon": ("0.5814", "tC/t"), "ncv": ("20.1", "GJ/t")}
    found = book("general", "bituminous", "consumption", "812.5", "t", measured=held)
    assert "fuel_heat" not in found
    assert found["fuel_elemental_carbon"] == quanta(
        Fraction("812.5") * Fraction("0.5814") * Fraction("0.93") * CO2_PER_C
    )


def test_measured_heating_value_and_carbon_per_heat() -> None:
    held = {"ncv": ("20.1", "GJ/t"), "carbon_content": ("26.5", "kgC/GJ")}
    found = book("general", "bituminous", "consumption", "812.5", "t", measured=held)
    assert found["fuel_heat"] == quanta(
        Fraction("812.5") * Fraction("20.1") * Fraction("0.0265") * Fraction("0.93") * CO2_PER_C
    )


def test_carbon_on_a_dry_basis_loses_its_moisture() -> None:
    held = {"elemental_carbon": ("65.5", "%"), "moisture": ("8.4", "%")}
    found = book("general", "bituminous", "consumption", "3000", "t", measured=held, basis="d")
    exact = 3000 * Fraction("0.655") * (1 - Fraction("0.084")) * Fraction("0.93") * CO2_PER_C
    assert found["fuel_elemental_carbon"] == quanta(exact)
    with pytest.raises(BasisError):
        book("general", "bituminous", "consumption", "3000", "t", measured=held, basis="ad")


def test_bases_of_coal_and_its_means() -> None:
    """Received 8 % and air-dried 2 % moisture: 0.60 per air-dried tonne."""
    wet = coal.Moistures(ar=Fraction("0.08"), ad=Fraction("0.02"))
    assert coal.content(Fraction("0.6"), "ad", "ar", wet) == Fraction("0.6") * Fraction(
        "0.92"
    ) / Fraction("0.98")
    assert coal.content(Fraction("0.6"), "ad", "d", wet) == Fraction("0.6") / Fraction("0.98")
    assert coal.content(Fraction("0.6"), "d", "ar", wet) == Fraction("0.552")
    lots = (
        coal.Delivery(Fraction(300), Fraction(20), Fraction("0.52")),
        coal.Delivery(Fraction(100), Fraction(24), Fraction("0.60")),
    )
    assert coal.mean_carbon(lots) == Fraction("0.54")
    assert coal.mean_ncv(lots) == 21
    # by heat: 6,000 GJ at 0.026 and 2,400 GJ at 0.025; not by tonnes, which would give 0.02575
    assert coal.mean_carbon_per_heat(lots) == Fraction(216, 8400)


def test_methane_and_nitrous_oxide_of_combustion() -> None:
    """1,000 t of anthracite at 24.515 GJ/t in manufacturing: 10 kg CH4 and 1.5 kg N2O per TJ."""
    found = book("general", "anthracite", "consumption", "1000", "t", sector="C31")
    heat = Fraction("24.515")
    assert found["fuel_ch4"] == quanta(heat * 10 / 1000, MILLIGRAMS)
    assert found["fuel_n2o"] == quanta(heat * Fraction("1.5") / 1000, MICROGRAMS)
    boiler = book("general", "anthracite", "consumption", "1000", "t", sector="4430")
    assert boiler["fuel_ch4"] == quanta(heat / 1000, MILLIGRAMS)


# ---- power


def test_power_of_2021_takes_one_default_for_every_rank() -> None:
    exact = 100_000 * Fraction("26.7") * Fraction("0.03356") * Fraction("0.99") * CO2_PER_C
    for rank in ("anthracite", "bituminous", "lignite", "raw_coal"):
        found = book("power", rank, "consumption", "100000", "t", **Y2021)
        assert found == {"coal_heat": quanta(exact)}
    assert half_up(exact, 2) == Decimal("325266.88")
    # what memory had put in its place is 8 % less, and is nowhere used
    assert half_up(
        100_000 * Fraction("26.7") * Fraction("0.03085") * Fraction("0.99") * CO2_PER_C, 2
    ) == Decimal("299001.29")


def test_power_of_2021_counts_bought_electricity() -> None:
    found = book("power", "electricity", "purchase", "1000", "MWh", **Y2021)
    assert found == {"electricity_purchased": quanta(1000 * Fraction("0.5810"))}


@pytest.mark.parametrize("flow", ["purchase", "consumption"])
def test_power_of_2026_has_no_electricity_in_its_total(flow: str) -> None:
    case = Case(
        "power", "electricity", flow, flows_beside=frozenset({flow}), basis="energy", **Y2026
    )
    found = resolve_case(case, EDITIONS, shipped_catalogue())
    assert found
    assert [item.method.output.counted for item in found] == [False]


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_the_unread_text_of_power_calculates_nothing(year: int) -> None:
    days: dict[str, Any] = {
        "period_start": date(year, 3, 1),
        "period_end": date(year, 3, 31),
    }
    with pytest.raises(NoEdition):
        book("power", "bituminous", "consumption", "1", "t", **days)


def test_power_and_heat_are_split_without_a_remainder() -> None:
    """360,000 GJ of 900,000 GJ leave as heat: four tenths of the emission."""
    share = allocation.heat_share(Fraction(360_000), Fraction(900_000))
    held = allocation.split(Fraction("123456.7"), share)
    assert (held.heat, held.power) == (Fraction("49382.68"), Fraction("74074.02"))


# ---- heat and electricity


def test_steam_of_the_formula_e2() -> None:
    """t × (h − 83.74) / 1000 × 0.11."""
    found = book(
        "general", "steam", "purchase", "250", "t", measured={"enthalpy": ("2783.7", "kJ/kg")}
    )
    assert found["steam_purchased"] == quanta(
        250 * (Fraction("2783.7") - Fraction("83.74")) / 1000 * Fraction("0.11")
    )


def test_hot_water_of_the_formula_e3() -> None:
    found = book(
        "general", "hot_water", "purchase", "4000", "t", measured={"temperature": ("95", "℃")}
    )
    exact = 4000 * (95 - 20) * Fraction("4.1868") / 1000 * Fraction("0.11")
    assert found["hot_water_purchased"] == quanta(exact) == 138_164_400


def test_steam_of_carbon_materials_keeps_the_heat_of_its_water() -> None:
    """C07: 1,000 kg at 2,800 kJ/kg is 0.308 t."""
    found = book(
        "carbon-materials",
        "steam",
        "purchase",
        "1000",
        "kg",
        measured={"enthalpy": ("2800", "kJ/kg")},
    )
    assert found == {"steam_purchased": 308_000}


def test_purchased_heat() -> None:
    for edition, region, factor in (
        ("general", "CN", "0.11"),
        ("shandong", "山东", "0.11"),
        ("guangdong", "广东", "0.10"),
        ("jiangsu", "江苏", "0.11"),
    ):
        found = book(edition, "heat", "purchase", "1234.5", "GJ", region=region)
        assert found["heat_purchased"] == quanta(Fraction("1234.5") * Fraction(factor))


@pytest.mark.parametrize(
    ("series", "region", "expected"),
    [
        ("national_average", "辽宁", "5306.00"),
        ("regional_average", "东北", "5122.00"),
        ("provincial_average", "辽宁", "4878.00"),
        ("national_ex_market_nonfossil", "辽宁", "6096.00"),
        ("national_fossil", "辽宁", "8273.00"),
    ],
)
def test_ten_gigawatt_hours_by_series(series: str, region: str, expected: str) -> None:
    """C30, of the values of 2023, which serve a month of 2025 recorded in 2026."""
    known = {row.series for row in shipped_catalogue().find("electricity", "grid_EF")}
    assert series in known, sorted(known)
    edition = EDITIONS["general-2015"].with_series(series)
    case = Case(
        edition.edition,
        "electricity",
        "purchase",
        date(2025, 3, 1),
        date(2025, 3, 31),
        date(2026, 2, 1),
        region=region,
        basis="energy",
        flows_beside=frozenset({"purchase"}),
    )
    found = {
        item.method.method_id: item
        for item in resolve_case(case, {edition.edition: edition}, shipped_catalogue())
    }
    item = found["electricity_purchased"]
    made = kernel(item, prove(item, {"quantity": "MWh"})).quanta({"quantity": "10000"})
    assert made == quanta(Fraction(expected))


def test_a_month_of_2025_has_the_value_of_2022_until_the_next_is_known() -> None:
    early = book("general", "electricity", "purchase", "100", "MWh", recorded_on=date(2025, 4, 5))
    late = book("general", "electricity", "purchase", "100", "MWh", recorded_on=date(2026, 1, 5))
    assert early["electricity_purchased"] == quanta(Fraction("53.66"))
    assert late["electricity_purchased"] == quanta(Fraction("53.06"))


# ---- comprehensive energy


def test_standard_coal_of_electricity_is_as_printed() -> None:
    found = book("general", "electricity", "consumption", "1000000", "kWh")
    assert found["tce_electricity"] == quanta(Fraction("122.9"))
    assert found["tce_electricity"] != quanta(10**6 * Fraction("3.6") / Fraction("29307.6"))


def test_standard_coal_of_a_measured_heating_value() -> None:
    found = book(
        "general",
        "raw_coal",
        "conversion_input",
        "1000",
        "t",
        measured={
            "ncv": ("20.908", "GJ/t"),
            "carbon_content": ("0.0264", "tC/GJ"),
            "oxidation_rate": ("93", "%"),
        },
    )
    assert found["tce_measured"] == quanta(1000 * Fraction("20.908") / Fraction("29.3076"))


def test_standard_coal_by_table() -> None:
    for carrier, quantity, unit, tonnes in (
        ("diesel", "100", "t", "145.71"),
        ("lpg", "100", "t", "171.43"),
        ("refinery_gas", "100", "t", "157.14"),
        ("coke", "100", "t", "97.14"),
    ):
        found = book("general", carrier, "consumption", quantity, unit)
        assert found["tce_printed"] == quanta(Fraction(tonnes))
    heat = book("general", "heat", "consumption", "1000", "GJ")
    assert heat["tce_heat"] == quanta(Fraction("34.12"))


# ---- rounding


def test_a_prescribed_rounding_feeds_on() -> None:
    """21 × 10⁴ Nm³: with NCV × CC to two figures 454.33 t, without 454.65 t."""
    found = book("market-platform-form", "natural_gas", "consumption", "21", "1e4Nm3")
    exact = 21 * Fraction("5.96") * Fraction("0.99") * CO2_PER_C
    assert found == {"fuel_rounded": quanta(exact)}
    assert half_up(exact, 2) == Decimal("454.33")
    full = 21 * Fraction("389.31") * Fraction("0.01532") * Fraction("0.99") * CO2_PER_C
    assert half_up(full, 2) == Decimal("454.65")


def test_a_displayed_rounding_never_does() -> None:
    assert display("5.0000004", 2) == "5.00"
    assert exceeds("5.0000004", "5.0")
    assert not exceeds("5.0", "5.0")
    assert (half_up("2.675", 2), half_even("2.665", 2)) == (Decimal("2.68"), Decimal("2.66"))
    assert half_up("-2.5", 0) == Decimal(-3)


def test_warming_potentials_are_of_one_report_each() -> None:
    assert [gwp(report, "CH4") for report in ("SAR", "AR4", "AR5")] == [21, 25, 28]
    assert gwp("AR6", "CH4", "fossil") == Decimal("29.8")
    assert gwp("AR6", "CH4", "non-fossil") == Decimal("27.0")
    with pytest.raises(GwpError):
        gwp("SAR", "NF3")
