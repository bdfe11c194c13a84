"""The generator's tables against the reference data: what is clean here is clean by the rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from factors.carriers import CARRIERS, find_carrier
from factors.units import multiplier, parse_unit
from pipelines.sample_city import tables
from pipelines.sample_city.city import build_city
from pipelines.sample_city.consumption import readings
from pipelines.sample_city.scale import CARRIERS as SCALE_CARRIERS
from pipelines.sample_city.spelling import FULL_WIDTH, write

CITY = build_city()
HALF_WIDTH = {full: half for half, full in FULL_WIDTH.items()}


@pytest.fixture(scope="module")
def january():
    return [r for m in CITY.enterprises for r in readings(CITY, m, "2025-01")]


def test_every_name_of_a_carrier_is_known_under_its_code():
    for code, carrier in tables.carriers().items():
        assert {find_carrier(name).code for name in carrier.names} == {code}
    assert all(find_carrier(name) for name, _, _ in SCALE_CARRIERS)


def test_the_unknown_carrier_is_unknown():
    text = next(k["text"] for k in tables.mistakes() if k["kind"] == "unknown_carrier")
    assert find_carrier(text) is None


def test_every_unit_is_worth_what_the_table_says():
    canonical = {c.group: c.canonical for c in tables.carriers().values()}
    for (style, group), form in tables.unit_forms().items():
        target = {"0C": "Nm3", "20C": "m3_20", "": "m3"}[form.condition]
        target = target if canonical[group] == "m3" else canonical[group]
        written = parse_unit(form.text, condition=form.condition)
        assert multiplier(written, parse_unit(target)) == Fraction(form.multiplier), (style, group)


def test_every_unit_of_a_heating_value_is_worth_what_the_table_says():
    for (_, group), form in tables.heating_value_forms().items():
        tests = [c.fuel_test for c in tables.carriers().values() if c.group == group]
        target = next(test.ncv_unit for test in tests if test)
        exact = 1 / multiplier(parse_unit(form.text), parse_unit(target))
        assert abs(exact / Fraction(form.multiplier) - 1) < Fraction(1, 10**6)


def test_a_slip_counts_as_absurd_only_beyond_the_carriers_limit():
    units = {"m3": "Nm3", "t": "t", "GJ": "GJ", "kWh": "kWh"}
    for code, carrier in tables.carriers().items():
        known = CARRIERS[code]
        if code == "steam":  # its limit is in GJ, the readings are tonnes
            continue
        unit = multiplier(known.limit_unit, units[carrier.canonical])
        assert Fraction(carrier.absurd_above) >= Fraction(known.monthly_limit) * unit, code


def test_no_good_quantity_comes_near_its_limit(january):
    assert len(january) > 1500
    for reading in january:
        assert reading.quantity * 5 < reading.carrier.absurd_above, reading


def test_tests_of_fuel_lie_inside_the_bands(january):
    seen = 0
    for reading in january:
        for name in ("ncv", "carbon_content"):
            if name not in reading.measured:
                continue
            seen += 1
            assert Decimal("0.010") < reading.measured["carbon_content"] < Decimal("0.100")
            unit = parse_unit(reading.carrier.fuel_test.ncv_unit if name == "ncv" else "tC/GJ")
            for band in CARRIERS[reading.carrier.carrier].bands_of(name):
                to = parse_unit(band.unit)
                if to.dimension == unit.dimension:
                    value = Fraction(reading.measured[name]) * multiplier(unit, to)
                    assert Fraction(band.lower) <= value <= Fraction(band.upper), reading
    assert seen > 50


def test_every_layout_writes_each_reading_exactly(january):
    for name, layout in tables.layouts().items():
        for n, reading in enumerate(january[:200]):
            row = write(reading, layout, "plain", reading.start, n)
            text = str(row.cells["quantity"]).translate(HALF_WIDTH).replace(",", "")
            assert Decimal(text) * row.multiplier == reading.quantity, name


def test_gas_without_a_default_condition_always_declares_one():
    for (style, group), form in tables.unit_forms().items():
        if group == "works_gas":
            assert form.condition == "0C", style
    assert CARRIERS["natural_gas"].gas_condition
    assert not CARRIERS["blast_furnace_gas"].gas_condition
