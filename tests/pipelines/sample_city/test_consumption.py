from __future__ import annotations

from decimal import Decimal

import pytest

from pipelines.sample_city import months_from
from pipelines.sample_city.city import build_city
from pipelines.sample_city.consumption import readings

CITY = build_city()


def _flows(enterprise, month, carrier):
    sums: dict[tuple[str, str], Decimal] = {}
    for reading in readings(CITY, enterprise, month):
        if reading.carrier.carrier == carrier and reading.stocked:
            sums[(reading.facility, reading.flow)] = reading.quantity
    return sums


@pytest.fixture(scope="module")
def plants():
    return [m for m in CITY.enterprises if m.sector.sector in ("heating", "cement", "power")]


def test_stocks_balance_exactly_and_carry_over_for_three_years(plants):
    checked = 0
    closing: dict[tuple[int, str, str], Decimal] = {}
    for month in months_from("2023-01", 36):
        for plant in plants:
            for carrier in ("bituminous", "lignite"):
                flows = _flows(plant, month, carrier)
                for site in {site for site, _ in flows}:
                    opening, bought, used, left = (
                        flows[(site, flow)]
                        for flow in ("opening_stock", "purchase", "consumption", "closing_stock")
                    )
                    assert opening + bought - used == left
                    assert min(opening, bought, used, left) >= 0
                    key = (plant.index, site, carrier)
                    assert closing.get(key, opening) == opening
                    closing[key] = left
                    checked += 1
    assert checked > 1500


def test_heating_is_a_matter_of_winter(plants):
    heating = (p for p in plants if p.sector.sector == "heating")
    plant = next(p for p in heating if _flows(p, "2025-01", "bituminous"))
    site = plant.sites[0]
    used = {
        month: _flows(plant, month, "bituminous")[(site, "consumption")]
        for month in ("2025-01", "2025-03", "2025-07", "2025-11")
    }
    assert used["2025-07"] == 0
    assert used["2025-01"] > used["2025-11"] > 0
    assert used["2025-01"] > used["2025-03"] > 0


def test_a_month_can_be_asked_for_twice():
    member = CITY.enterprises[17]
    assert readings(CITY, member, "2024-05") == readings(CITY, member, "2024-05")


def test_half_of_the_coal_users_have_tests():
    tested = [m.tests_fuel for m in CITY.enterprises]
    assert 120 <= sum(tested) <= 180


def test_hourly_readings_cover_each_hour_of_the_month_once():
    plant = next(m for m in CITY.enterprises if m.readings == "hourly")
    hours = [r for r in readings(CITY, plant, "2024-02") if r.starts_at]
    assert len(hours) == 29 * 24
    assert len({r.starts_at for r in hours}) == 29 * 24
    assert all(r.start == r.end == r.starts_at.date() for r in hours)
