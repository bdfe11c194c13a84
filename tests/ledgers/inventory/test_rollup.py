"""The ledger as a city inventory, against sums by hand; 合成数据 (synthetic)."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from factors.quantities import round_quanta
from factors.units import multiplier
from ledgers.emissions.books import preferred
from ledgers.inventory.rollup import Cell, Key, add_up, roll_up, tonnes, totals
from ledgers.inventory.sectors import place_of, sub_sectors
from tests.ledgers.emissions import book
from tests.ledgers.inventory.conftest import FOUNDRY
from warehouse.connect import Connection

MARCH = ("2025-03",)
NOW = 2**63 - 1


def grams(tonnes_co2: Fraction) -> int:
    return int(tonnes_co2 * 10**6 + Fraction(1, 2))


ANTHRACITE = Fraction("24.515") * Fraction("0.02749") * Fraction("0.94") * Fraction(44, 12)
COKE = Fraction("28.446") * Fraction("0.0294") * Fraction("0.93") * Fraction(44, 12)
GRID_2023 = Fraction("0.5306")


@pytest.mark.case("C13")
def test_a_province_is_the_sum_of_its_fuels_and_its_process():
    case = next(
        case
        for case in json.loads(
            (Path(__file__).parents[2] / "cases" / "accounting.json").read_bytes()
        )
        if case["id"] == "C13"
    )
    published = case["inputs"]["MtCO2"]
    gram = multiplier("MtCO2", "gCO2")
    cells = []
    for name, value in published.items():
        exact = Fraction(value) * gram
        quanta = round_quanta(exact.numerator, exact.denominator)
        category = "process" if name == "process" else "combustion"
        place = "IV.1" if name == "process" else "I.6"
        cells.append(Cell(Key(place, "", "1", category, name), {"CO2": quanta}))
    found = tonnes("CO2", add_up(cells)["CO2"]) / 10**6
    assert abs(found - Fraction(case["expected"])) < Fraction(case["tolerance"])
    # Exactly the decimal sum of what was published, but for half a gram a cell.
    exact_sum = sum((Decimal(value) for value in published.values()), Decimal(0))
    assert exact_sum == Decimal(case["recomputed"])
    assert abs(found - Fraction(exact_sum)) <= Fraction(len(cells), 2 * 10**12)
    assert round(totals(cells, "AR5").territorial) == 533_388_436


def test_cells_are_what_was_posted(city: Connection):
    rolled = roll_up(city, MARCH, NOW)
    found = {(c.key.sub_sector, c.key.group, c.key.scope, c.key.carrier): c for c in rolled.cells}
    assert {key: cell.quanta["CO2"] for key, cell in found.items()} == {
        ("I.4.4", "generation", "1", "anthracite"): grams(100 * ANTHRACITE),
        ("I.3", "industry", "1", "coke"): grams(10 * COKE),
        ("I.3", "industry", "2", "electricity"): grams(100 * GRID_2023),
        ("I.3", "industry", "2", "heat"): grams(50 * Fraction("0.11")),
        ("I.2", "services", "2", "electricity"): grams(10 * GRID_2023),
        ("IV.1", "", "1", "limestone"): grams(20 * Fraction("0.4397")),
    }
    coke = found["I.3", "industry", "1", "coke"]
    assert [(q.value, q.unit) for q in coke.quantities] == [(Decimal(10000), "kg")]
    assert (rolled.months, rolled.enterprises, rolled.boundary) == (MARCH, 4, "city_inventory")


def test_gases_stay_apart_and_meet_only_through_a_named_edition(city: Connection):
    cell = next(c for c in roll_up(city, MARCH, NOW).cells if c.key.carrier == "anthracite")
    heat = 100 * Fraction("24.515") / 1000
    # Energy industries, solid fuels: 1 kg CH4/TJ and 1.5 kg N2O/TJ.
    assert cell.quanta["CH4"] == int(heat * 10**6 + Fraction(1, 2))
    assert cell.quanta["N2O"] == int(heat * Fraction("1.5") * 10**9 + Fraction(1, 2))
    co2 = Fraction(cell.quanta["CO2"], 10**6)
    ch4, n2o = Fraction(cell.quanta["CH4"], 10**9), Fraction(cell.quanta["N2O"], 10**12)
    assert cell.co2e("AR5") == co2 + 28 * ch4 + 265 * n2o
    assert cell.co2e("SAR") == co2 + 21 * ch4 + 310 * n2o


def test_what_a_plant_burned_for_the_network_is_not_added_to_what_was_bought(city: Connection):
    rolled = roll_up(city, MARCH, NOW)
    found = totals(rolled.cells, "AR5")
    by_place = {}
    for cell in rolled.cells:
        key = cell.key.sub_sector, cell.key.scope
        by_place[key] = by_place.get(key, 0) + cell.co2e("AR5")
    assert found.grid_supply == by_place["I.4.4", "1"]
    assert found.scope1 == by_place["I.3", "1"] + by_place["IV.1", "1"]
    assert found.scope2 == by_place["I.3", "2"] + by_place["I.2", "2"]
    assert found.territorial == found.scope1 + found.grid_supply
    assert found.induced == found.scope1 + found.scope2


def test_an_enterprise_under_two_editions_is_taken_once(city: Connection, tmp_path: Path):
    before = roll_up(city, MARCH, NOW)
    changed = book.enterprise(
        FOUNDRY, industry="3391", method_edition="general-2015;carbon-materials-2024"
    )
    book.register(city, changed)
    april = {"month": "2025-04"}
    days = {"period_start": _day(1), "period_end": _day(30)}
    row = book.row(
        "100", "MWh", enterprise_id=FOUNDRY, carrier="electricity", flow="purchase", **days
    )
    assert book.post(city, book.typed_file(tmp_path, "april", [row]), **april).activities == 1
    booked = city.execute(
        "SELECT count(DISTINCT method_edition) FROM emissions.line "
        "WHERE month = '2025-04' AND scope = '2'"
    ).fetchone()
    assert booked == (2,)
    rolled = roll_up(city, ("2025-04",), NOW)
    assert [(c.key.carrier, c.quanta["CO2"]) for c in rolled.cells] == [
        ("electricity", grams(100 * GRID_2023))
    ]
    assert rolled.cells[0].editions == ("general-2015",)
    assert [basis[0] for basis in rolled.bases] == ["general-2015", "carbon-materials-2024"]
    assert roll_up(city, MARCH, NOW) == before


def _day(day: int):
    from datetime import date

    return date(2025, 4, day)


def test_a_reversal_takes_its_entry_out_and_the_past_keeps_it(city: Connection):
    from ledgers.emissions.reversal import reverse_entry

    before = roll_up(city, MARCH, NOW)
    head = city.execute("SELECT max(commit_no) FROM journal.commit").fetchone()[0]
    entry = city.execute(
        "SELECT entry_id FROM emissions.line WHERE carrier = 'limestone' AND measure = 'CO2'"
    ).fetchone()[0]
    reverse_entry(city, entry, person=book.PERSON, reason="合成：更正")
    after = roll_up(city, MARCH, NOW)
    assert {c.key.carrier for c in before.cells} - {c.key.carrier for c in after.cells} == {
        "limestone"
    }
    assert roll_up(city, MARCH, head).cells == before.cells


def test_preference_is_a_printed_order():
    bases = [
        ("power-2022", "national_facility"),
        ("general-2015", "legal_person"),
        ("own-city", "city_inventory"),
        ("carbon-materials-2024", "legal_person"),
    ]
    assert [item.split("|")[0] for item in preferred(bases)] == [
        "own-city",
        "general-2015",
        "carbon-materials-2024",
        "power-2022",
    ]


@pytest.mark.parametrize(
    ("industry", "scope", "category", "flow", "carrier", "expected"),
    [
        ("4430", "1", "combustion", "consumption", "anthracite", ("I.4.4", "generation")),
        ("4412", "1", "combustion", "conversion_input", "bituminous", ("I.4.4", "generation")),
        ("4411", "2", "electricity_location", "purchase", "electricity", ("I.4.1-3", "industry")),
        ("4420", "2", "electricity_location", "purchase", "electricity", ("I.4.1-3", "industry")),
        ("3110", "1", "combustion", "conversion_input", "other_gas", ("I.3", "generation")),
        ("C3110", "1", "combustion", "consumption", "coke", ("I.3", "industry")),
        ("2511", "1", "combustion", "consumption", "fuel_oil", ("I.4.1-3", "industry")),
        ("4700", "1", "combustion", "consumption", "diesel", ("I.3", "construction")),
        ("5411", "1", "combustion", "consumption", "diesel", ("II.1", "transport")),
        ("0111", "1", "combustion", "consumption", "diesel", ("I.5", "agriculture")),
        ("8010", "2", "heat", "purchase", "heat", ("I.2", "services")),
        ("", "1", "combustion", "consumption", "diesel", ("I.6", "unspecified")),
        ("3011", "1", "process", "product", "clinker_portland", ("IV.1", "")),
        ("4620", "1", "process", "process_input", "wastewater_cod", ("III.4", "")),
    ],
)
def test_places(industry, scope, category, flow, carrier, expected):
    assert place_of(industry, scope, category, flow, carrier) == expected
    assert expected[0] in sub_sectors()
