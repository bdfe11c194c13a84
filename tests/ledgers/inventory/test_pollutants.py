"""Air pollutants where a coefficient with a source serves, empty cells elsewhere; 合成数据."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest

from factors.gases import GASES, QUANTUM
from factors.pollutants import POLLUTANTS
from factors.units import multiplier
from ledgers import reference
from ledgers.emissions.pollutants import device_of, method_edition
from ledgers.inventory.city import city_inventory
from ledgers.inventory.pollutants import pollutants
from ledgers.reference import Facility, facility_history
from tests.ledgers.emissions import book
from tests.ledgers.inventory.conftest import HEATING, OFFICE
from warehouse.connect import Connection


@pytest.fixture
def boilers(city: Connection, tmp_path: Path) -> Connection:
    """The heating plant's second boiler house has a chain grate and burns coal; a third burns gas;
    of the office's gas nobody knows the device."""
    known = [
        ("二号锅炉房", "锅炉", "链条炉"),
        ("三号锅炉房", "锅炉", ""),
    ]
    rows = [
        {
            "enterprise_id": HEATING,
            "facility": name,
            "kind": kind,
            "boiler_type": boiler,
            "valid_from": "2020-01-01",
        }
        for name, kind, boiler in known
    ]
    sha = hashlib.sha256(b"facilities").hexdigest()
    answer = reference.import_register(city, "facility", rows, person=book.PERSON, source_sha=sha)
    assert not answer.rejected
    house = {"enterprise_id": HEATING, "facility": "三号锅炉房"}
    burned = [
        book.row("1000", "t", enterprise_id=HEATING, facility="二号锅炉房"),
        book.row("20", "万Nm³", carrier="natural_gas", **house),
        book.row("3", "万Nm³", enterprise_id=OFFICE, carrier="natural_gas"),
    ]
    posted = book.post(city, book.typed_file(tmp_path, "boilers", burned))
    assert posted.activities == 3
    return city


def figures(con: Connection) -> dict[tuple[str, str, str], tuple[int | None, str]]:
    found = pollutants(con, city_inventory(con, 2025))
    return {
        (fuel.carrier, fuel.device, each.pollutant): (each.grams, each.why)
        for fuel in found
        for each in fuel.figures
    }


def test_a_coefficient_serves_its_own_class_of_device_alone(boilers: Connection):
    found = figures(boilers)
    # 2.94 kg/t of the coal on the grate; the 100 t of the fixture name no facility.
    assert found["anthracite", "grate_boiler", "NOx"] == (2_940_000, "")
    assert found["anthracite", "", "NOx"] == (None, "no_device")
    # 18.71 kg per 10⁴ m³ at 20 °C: a Nm³ is 293.15/273.15 of one.
    exact = Fraction("18.71") * 20 * Fraction("293.15") / Fraction("273.15") * 1000
    assert found["natural_gas", "boiler", "NOx"] == (int(exact + Fraction(1, 2)), "")
    assert found["natural_gas", "", "NOx"] == (None, "no_device")
    # Of coke there is no coefficient for any device.
    assert found["coke", "", "NOx"] == (None, "no_factor")


def test_what_has_no_source_is_empty_and_says_so(boilers: Connection):
    found = figures(boilers)
    assert {grams for (_, _, name), (grams, _) in found.items() if name != "NOx"} == {None}
    assert {why for (_, _, name), (_, why) in found.items() if name == "SO2"} == {"no_sulphur"}
    assert {why for (_, _, name), (_, why) in found.items() if name == "PM"} == {"no_coefficient"}


def test_each_figure_names_its_coefficient_and_how_well_it_is_known(boilers: Connection):
    found = pollutants(boilers, city_inventory(boilers, 2025))
    (grate,) = (fuel for fuel in found if fuel.device == "grate_boiler")
    nox = next(each for each in grate.figures if each.pollutant == "NOx")
    assert (nox.factor, nox.standing) == ("census-4430/F0516", "memory")
    assert (grate.unit, grate.quantity, nox.tonnes) == ("t", 1000, Fraction("2.94"))


def test_pollutants_are_no_greenhouse_gases(boilers: Connection):
    assert not set(POLLUTANTS) & set(GASES)
    inventory = city_inventory(boilers, 2025)
    measures = {name for piece in inventory.pieces for name in piece.cell.quanta}
    assert not measures & set(POLLUTANTS)
    for name in POLLUTANTS:
        assert QUANTUM[name].per_tonne == multiplier(f"t{name}", QUANTUM[name].unit)
    assert all(not method.output.counted for method in method_edition().methods)


def test_devices_of_several_classes_are_no_known_device(boilers: Connection):
    held = {each.facility: each for each in facility_history(boilers)}
    chain, gas = held["二号锅炉房"], held["三号锅炉房"]
    assert device_of("bituminous", [chain]) == "grate_boiler"
    assert device_of("bituminous", [gas]) == ""
    assert device_of("natural_gas", [gas]) == "boiler"
    assert device_of("bituminous", [chain, gas]) == ""
    assert device_of("natural_gas", []) == ""
    assert isinstance(chain, Facility)
