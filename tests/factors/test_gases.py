import csv
import pickle
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.gases import (
    CO2E,
    GASES,
    QUANTUM,
    GwpEdition,
    GwpError,
    co2e,
    gwp,
    gwp_value,
    gwp_values,
)
from factors.pollutants import POLLUTANTS
from factors.units import multiplier, parse_unit

STANDINGS = {"official", "transcribed", "reported", "memory", "suspect"}


@pytest.mark.parametrize(
    ("edition", "gas", "origin", "expected"),
    [
        ("SAR", "CH4", "", "21"),
        ("AR4", "CH4", "", "25"),
        ("AR5", "CH4", "", "28"),
        ("AR6", "CH4", "", "27.9"),
        ("AR6", "CH4", "fossil", "29.8"),
        ("AR6", "CH4", "non-fossil", "27.0"),
        ("SAR", "N2O", "", "310"),
        ("AR4", "N2O", "", "298"),
        ("AR5", "N2O", "", "265"),
        ("AR6", "N2O", "", "273"),
        ("SAR", "SF6", "", "23900"),
        ("AR5", "SF6", "", "23500"),
        ("AR5", "CF4", "", "6630"),
        ("AR5", "C2F6", "", "11100"),
        ("AR6", "HFC-134a", "", "1530"),
        ("SAR", "HFC-152a", "", "140"),
    ],
)
def test_warming_potentials(edition: str, gas: str, origin: str, expected: str) -> None:
    assert str(gwp(edition, gas, origin)) == expected


def test_every_shipped_value_has_an_edition_a_standing_and_a_source() -> None:
    text = (files("factors") / "data" / "gwp.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(gwp_values())  # no key stands twice
    for value in gwp_values().values():
        assert value.gas in GASES
        assert value.value > 0
        assert value.standing in STANDINGS - {"official"}
        assert value.source
        assert value.origin == "" or (value.edition, value.gas) == (GwpEdition.AR6, "CH4")
    assert {gwp(edition, "CO2") for edition in GwpEdition} == {Decimal(1)}


def test_an_edition_without_origins_gives_its_one_value() -> None:
    assert gwp("AR5", "CH4", "fossil") == gwp("AR5", "CH4")
    assert gwp_value("AR5", "CH4", "fossil").origin == ""


@pytest.mark.parametrize(
    ("edition", "gas", "origin"),
    [
        ("SAR", "NF3", ""),  # assessed later
        ("AR5", "HFC-152a", ""),
        ("AR5", CO2E, ""),
        ("AR6", "N2O", "fossil"),
        ("AR7", "CH4", ""),
        ("", "CH4", ""),
    ],
)
def test_a_missing_value_names_what_there_is(edition: str, gas: str, origin: str) -> None:
    with pytest.raises(GwpError) as caught:
        gwp(edition, gas, origin)
    assert isinstance(caught.value, LookupError)
    assert caught.value.exit_code == 2
    assert gas in caught.value.text("zh")
    assert "SAR, AR4, AR5, AR6" in caught.value.text("en")
    assert pickle.loads(pickle.dumps(caught.value)).facts == caught.value.facts


def test_quanta_of_the_measures() -> None:
    sizes = {measure: quantum.unit for measure, quantum in QUANTUM.items()}
    assert sizes["CO2"] == "gCO2"
    assert sizes["CO2e"] == "gCO2e"
    assert sizes["CH4"] == "mgCH4"
    assert sizes["N2O"] == "ugN2O"
    assert sizes["HFC-134a"] == "ugHFC134a"
    assert sizes["tce_equivalent"] == sizes["tce_equal"] == "gce"
    assert set(QUANTUM) == {*GASES, CO2E, "tce_equivalent", "tce_equal", *POLLUTANTS}


@pytest.mark.parametrize("measure", QUANTUM)
def test_a_quantum_is_a_unit_of_its_own_substance(measure: str) -> None:
    quantum = QUANTUM[measure]
    substance = "tce" if measure.startswith("tce") else measure
    tonne = parse_unit("t", substance=substance)
    assert multiplier(tonne, quantum.unit) == quantum.per_tonne
    assert quantum.tonnes(quantum.per_tonne) == 1
    assert quantum.tonnes(1) == Fraction(1, quantum.per_tonne)


def test_co2e_is_exact_and_needs_an_edition() -> None:
    tonnes = QUANTUM["CH4"].tonnes(1_234_567_891)
    assert co2e("AR6", "CH4", tonnes, "fossil") == Fraction("1.234567891") * Fraction("29.8")
    assert co2e("AR5", "CO2", Fraction(7, 3)) == Fraction(7, 3)
    assert co2e("AR5", CO2E, Fraction(7, 3)) == Fraction(7, 3)


@given(st.integers(), st.integers(), st.sampled_from(sorted(gwp_values())))
def test_co2e_adds_up(first: int, second: int, key: tuple[str, str, str]) -> None:
    edition, gas, origin = key
    parts = [co2e(edition, gas, Fraction(part, 10**12), origin) for part in (first, second)]
    assert sum(parts) == co2e(edition, gas, Fraction(first + second, 10**12), origin)
    assert co2e(edition, gas, Fraction(-first, 10**12), origin) == -parts[0]
