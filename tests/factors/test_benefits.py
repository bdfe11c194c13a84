"""Benefit scenes: every computed one with values worked by hand; drafts compute nothing."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from factors.benefits import BenefitFault, compute, scenes, terms
from factors.catalogue import Catalogue, Factor
from factors.editions import shipped_catalogue
from factors.units import DimensionError, prove

CASES = json.loads((Path(__file__).parents[1] / "cases" / "finance.json").read_bytes())
CASE = {case["id"]: case for case in CASES}
YEAR = 2025


def own(carrier: str, parameter: str, value: str, unit: str, series: str = "", region: str = "CN"):
    """A synthetic factor of 2025 (合成数据)."""
    days = {"valid_from": date(YEAR, 1, 1), "valid_to": date(YEAR, 12, 31)}
    name = f"{carrier}-{parameter}-{series}"
    return Factor("合成", carrier, parameter, Decimal(value), unit, series=series, region=region,
                  factor_id=name, **days)  # fmt: skip


def library(grid: str = "0.9") -> Catalogue:
    return shipped_catalogue().with_factors(
        (
            own("electricity", "tce_coefficient", "302", "gce/kWh", "equal_value"),
            own("electricity", "grid_EF", grid, "tCO2/MWh", "regional_average", "东北"),
            own("heat", "tce_coefficient", "40", "kgce/GJ", "equal_value"),
            own("diesel", "density", "0.00084", "t/L"),
            own("diesel", "CO2_EF", "3.0959", "tCO2/t"),
        )
    )


def values(**elements: str) -> dict[str, str]:
    return {f"E2001{code[1:]}": value for code, value in elements.items()}


WATER = values(e087="36500000", e088="300", e089="50", e090="30", e091="5", e092="40", e093="15",
               e094="5", e095="0.5")  # fmt: skip
WATER_OUT = {"cod": "9125", "nh": "912.5", "nitrogen": "912.5", "phosphorus": "164.25"}
POWER = values(e035="1000000")
POWER_OUT = {"energy": "302", "co2": "900"}

WORKED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "200105010001": (values(e019="500", e020="450", e022="10000"), {"energy": "151", "co2": "450"}),
    "200105010002": (values(e023="100", e024="90", e026="10000"), {"energy": "133"}),
    "200105010003": (values(e027="200", e028="180", e030="10000"), {"energy": "142.86"}),
    "200105010004": (values(e031="120", e032="100", e034="10000"), {"energy": "200"}),
    "200105020001": (values(e035="1000000", e036="1000"), {"energy": "336.12", "co2": "1010"}),
    "200107020001": (
        values(e037="1000000", e038="1000", e039="100", e040="0.7143"), {"energy": "264.69"}),
    "200107020003": (values(e043="1000000", e044="1000"), {"energy": "336.12"}),
    "200107060001": (values(e058="1000", e059="15", e060="50"), {"energy": "496.7"}),
    "200203010101": (
        values(e062="500000", e063="800", e064="35", e066="400", e067="50", e065="7000"),
        {"so2": "2677.5", "nox": "1225"}),
    "200204010001": (WATER, WATER_OUT),
    "200204020001": (values(e106="5000", e107="4000", e109="10000"), {"h2o": "10000"}),
    "200302010001": (POWER, POWER_OUT),
    "200302020001": (POWER, POWER_OUT),
    "200302030001": (POWER, POWER_OUT),
    "200302040001": (POWER, POWER_OUT),
    "200302050001": (values(e112="1000", e113="400000"), {"energy": "182.3"}),
    "200302060101": (POWER, POWER_OUT),
    "200302060201": (values(e035="1000000", e119="200000"), {"energy": "36"}),
    "200303020001": (
        values(e035="1000000", e121="0.280", e036="1000", e122="36"), {"energy": "26"}),
    "200501040001": (values(e129="1000000", e130="20"), {"energy": "60.4", "co2": "180"}),
    "200501040002": (values(e131="1000000", e132="800000"), {"energy": "60.4", "co2": "180"}),
    "200501040003": (values(e133="100000", e134="90000", e135="1.33"), {"energy": "13.3"}),
    "200501040004": (values(e136="28", e137="16", e138="120000"), {"energy": "1440"}),
    "200502030101": (
        values(e014="E200101402", e015="E200101502", e142="38", e143="30", e144="50",
               e145="60000"),
        {"energy": "293.75136", "co2": "624.13344"}),
    "200502030102": (
        values(e016="E200101602", e142="38", e146="100", e144="50", e145="60000"),
        {"energy": "489.31896", "co2": "264.63384"}),
    "200502030203": (
        values(e153="200", e154="180", e155="10000"), {"energy": "60.4", "co2": "180"}),
    "200503010001": (WATER, WATER_OUT),
    "200503010101": (values(e156="80000000", e157="18", e158="11"), {"h2o": "5600000"}),
    "200503030001": (values(e159="10000", e160="0.5", e161="20"), {"h2o": "1000"}),
}  # fmt: skip


@pytest.mark.parametrize("code", WORKED)
def test_a_scene_gives_what_was_worked_by_hand(code: str):
    given, due = WORKED[code]
    found = compute(code, given, library(), YEAR)
    assert found.missing == {}
    assert {r.indicator: r.value for r in found.results} == {k: Decimal(v) for k, v in due.items()}


def test_every_scene_that_computes_is_worked_and_the_others_are_drafts():
    known = scenes()
    assert len(known) == 52
    assert {code for code, scene in known.items() if not scene.draft} == set(WORKED)


def test_a_draft_an_unknown_scene_and_a_strange_element_are_refused():
    for code, given, fault in (
        ("200302020002", {}, "finance.scene_draft"),
        ("200399999999", {}, "finance.scene_unknown"),
        ("200302010001", values(e087="1"), "finance.element_unknown"),
    ):
        with pytest.raises(BenefitFault) as refusal:
            compute(code, given, library(), YEAR)
        assert refusal.value.code == fault


def test_what_is_missing_is_listed_and_never_a_zero():
    found = compute("200302010001", {}, library(), YEAR)
    assert found.results == ()
    assert set(found.missing) == {"energy", "co2"}
    wrong = compute("200302010001", values(e035="很多"), library(), YEAR)
    assert wrong.missing["co2"].code == "finance.element_number"


def test_a_coal_rate_of_long_ago_serves_nobody_today():
    found = compute("200302010001", POWER, shipped_catalogue(), YEAR)
    assert found.missing["energy"].code == "finance.factor_old"
    co2 = found.of("co2")
    assert co2 is not None
    assert co2.value == Decimal("512.2")
    assert co2.used[0].factor.key == "grid-2023/G0149"
    assert co2.used[0].year == 2023


def test_the_scene_names_its_own_grid_region():
    given = POWER | {"E2001001": "E200100101"}
    found = compute("200302010001", given, shipped_catalogue(), YEAR).of("co2")
    assert found is not None
    assert found.value == Decimal("636.1")


def test_a_formula_with_the_wrong_units_cannot_be_proved():
    with pytest.raises(DimensionError):
        prove(["kWh", "tCO2/MWh"], "tce")
    assert terms("(a - b) * c - d") == ((1, ("a", "c")), (-1, ("b", "c")), (-1, ("d",)))


@pytest.mark.case("CONS-01")
def test_wind_farm():
    given, due = CASE["CONS-01"]["inputs"], CASE["CONS-01"]["expected"]
    found = compute("200302010001", {"E2001035": str(given["project_supply_kwh"])}, library(), YEAR)
    share = Decimal(given["loan_balance_cny"]) / Decimal(given["total_investment_cny"])
    energy, co2 = found.of("energy"), found.of("co2")
    assert energy is not None
    assert co2 is not None
    assert (energy.value, co2.value) == (due["project_tce"], due["project_tco2"])
    assert float(share) == due["share"]
    assert (energy.value * share, co2.value * share) == (due["bank_tce"], due["bank_tco2"])


@pytest.mark.case("CONS-02")
def test_waste_water():
    due = CASE["CONS-02"]["expected"]
    found = {r.indicator: r.value for r in compute("200503010001", WATER, library(), YEAR).results}
    assert [float(found[n]) for n in ("cod", "nh", "nitrogen", "phosphorus")] == [
        due[n] for n in ("cod_t", "nh3n_t", "tn_t", "tp_t")
    ]
    assert found["cod"] * 120 / 300 == Decimal(str(due["bank_cod_t"]))


@pytest.mark.case("CONS-03")
def test_flue_gas():
    due = CASE["CONS-03"]["expected"]
    made = compute("200203010101", WORKED["200203010101"][0], library(), YEAR)
    found = {r.indicator: float(r.value) for r in made.results}
    assert found == {"so2": due["so2_t"], "nox": due["nox_t"]}


@pytest.mark.case("CONS-04")
def test_electric_bus():
    due = CASE["CONS-04"]["expected"]
    made = compute("200502030102", WORKED["200502030102"][0], library("0.55"), YEAR)
    found = {r.indicator: float(r.value) for r in made.results}
    assert found["co2"] == pytest.approx(due["tco2"], abs=1e-3)
    assert found["energy"] == pytest.approx(due["tce"], abs=1e-3)


@pytest.mark.case("CONS-05")
def test_leakage():
    (found,) = compute("200503010101", WORKED["200503010101"][0], library(), YEAR).results
    assert found.value == Decimal(str(CASE["CONS-05"]["expected"]["water_saved_t"]))


@pytest.mark.case("CONS-06")
def test_building_envelope():
    (found,) = compute("200501040004", WORKED["200501040004"][0], library(), YEAR).results
    assert found.value == Decimal(str(CASE["CONS-06"]["expected"]["tce"]))
