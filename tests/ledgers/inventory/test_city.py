"""Ledger and statistics side by side, and the year's inventory of both; 合成数据 (synthetic)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.errors import UsageFault
from ledgers.inventory.balance_book import import_balance
from ledgers.inventory.city import city_inventory, covered_sub_sectors
from ledgers.inventory.reconciliation import column_of, reconcile
from ledgers.inventory.rollup import Cell, Key, Quantity, add_up, equivalent
from tests.ledgers.emissions import book
from tests.ledgers.inventory.conftest import FOUNDRY
from tests.ledgers.inventory.test_balance import request, sheet
from tests.ledgers.inventory.test_rollup import ANTHRACITE, COKE, GRID_2023, grams
from warehouse.connect import Connection

TITLE = "合成·2025年能源平衡表（合成数据）"


def balance(con: Connection, *rows: list[object], name: str = "合成.csv"):
    """A balance in tonnes, MWh and GJ of the fixture's city."""
    head = ["项目", "无烟煤（吨）", "焦炭（吨）", "电力(MWh)", "热力(GJ)"]
    return import_balance(con, sheet([TITLE], head, *rows), request(name), person=book.PERSON).kept


@pytest.fixture
def both(city: Connection) -> Connection:
    balance(
        city,
        ["供热", "-160", "", "", "900"],
        ["工业", "40", "9", "250", "50"],
        ["其他", "", "", "10", ""],
        ["居民生活", "30", "", "70", "600"],
    )
    return city


def test_each_comparison_by_hand(both: Connection):
    found = city_inventory(both, 2025)
    told = {
        (m.group, m.scope, m.carrier): (m.only, m.ledger, m.statistics, m.coverage, m.remainder_co2)
        for m in found.reconciled.matches
    }
    coal, power = grams, lambda mwh: grams(mwh * GRID_2023)
    assert told == {
        # 100 t of 160 in the ledger: 60 t remain.
        ("generation", "1", "anthracite"): ("", 100, 160, Fraction(5, 8), coal(60 * ANTHRACITE)),
        ("industry", "1", "anthracite"): ("statistics", None, 40, 0, coal(40 * ANTHRACITE)),
        # 10,000 kg against 9 t: the ledger holds more and stands.
        ("industry", "1", "coke"): ("", 10, 9, Fraction(10, 9), 0),
        ("industry", "2", "electricity"): ("", 100, 250, Fraction(2, 5), power(150)),
        ("industry", "2", "heat"): ("", 50, 50, 1, 0),
        # 1 万千瓦时 is the 10 MWh of the balance.
        ("services", "2", "electricity"): ("", 10, 10, 1, 0),
        ("residential", "1", "anthracite"): ("statistics", None, 30, 0, coal(30 * ANTHRACITE)),
        ("residential", "2", "electricity"): ("statistics", None, 70, 0, power(70)),
        ("residential", "2", "heat"): ("statistics", None, 600, 0, grams(600 * Fraction("0.11"))),
    }
    assert [m.carrier for m in found.reconciled.matches if m.exceeds] == ["coke"]
    assert "exceeds" in {each.code for each in found.cautions}


def test_the_inventory_is_ledger_and_remainder_and_says_which(both: Connection):
    found = city_inventory(both, 2025)
    by = found.quanta(lambda p: (p.origin, p.cell.key.sub_sector, p.cell.key.scope))
    co2 = {key: quanta["CO2"] for key, quanta in by.items()}
    assert co2 == {
        ("ledger", "I.4.4", "1"): grams(100 * ANTHRACITE),
        ("ledger", "I.3", "1"): grams(10 * COKE),
        ("ledger", "I.3", "2"): grams(100 * GRID_2023) + grams(50 * Fraction("0.11")),
        ("ledger", "I.2", "2"): grams(10 * GRID_2023),
        ("ledger", "IV.1", "1"): grams(20 * Fraction("0.4397")),
        ("statistics", "I.4.4", "1"): grams(60 * ANTHRACITE),
        ("statistics", "I.3", "1"): grams(40 * ANTHRACITE),
        ("statistics", "I.3", "2"): grams(150 * GRID_2023),
        ("statistics", "I.1", "1"): grams(30 * ANTHRACITE),
        ("statistics", "I.1", "2"): grams(70 * GRID_2023) + grams(600 * Fraction("0.11")),
    }
    totals = found.totals
    supply = grams(100 * ANTHRACITE) + grams(60 * ANTHRACITE)
    gases = found.quanta(lambda p: "all")["all"]
    assert sum(co2.values()) == gases["CO2"]
    assert totals.territorial - totals.grid_supply == totals.scope1
    assert totals.induced == totals.scope1 + totals.scope2
    supplied = found.co2e(lambda p: p.cell.key.sub_sector)["I.4.4"]
    assert totals.grid_supply == supplied > Fraction(supply, 10**6)
    everything = equivalent(gases, "AR5")
    assert everything == totals.territorial + totals.scope2
    origins = covered_sub_sectors(found)
    assert origins["I.1"] == {"statistics"}
    assert origins["IV.1"] == {"ledger"}
    assert origins["I.3"] == {"ledger", "statistics"}
    assert origins["V.1"] == frozenset()


def test_without_a_balance_all_is_ledger(city: Connection):
    found = city_inventory(city, 2025)
    assert (found.kept, found.reconciled.matches) == (None, ())
    assert found.totals == found.ledger_totals
    assert {each.code for each in found.cautions} == {"months", "no_balance"}


def test_a_year_of_which_nothing_is_known_is_empty(city: Connection):
    found = city_inventory(city, 2031)
    assert (found.pieces, found.totals.territorial, found.totals.induced) == ((), 0, 0)


def test_an_earlier_head_shows_the_version_that_stood(both: Connection):
    first = city_inventory(both, 2025)
    later = balance(both, ["居民生活", "31", "", "70", "600"], name="第二版.csv")
    assert later.version.version == 2
    now = city_inventory(both, 2025)
    assert now.head.commit_no == first.head.commit_no + 1
    assert now.kept.version.version == 2
    past = city_inventory(both, 2025, as_of=first.kept.version.recorded_at.replace(tzinfo=None))
    assert past.totals == first.totals != now.totals


def test_an_unknown_gwp_edition_is_refused(city: Connection):
    with pytest.raises(UsageFault, match="AR9"):
        city_inventory(city, 2025, gwp="AR9")


def test_what_cannot_be_brought_to_the_unit_is_compared_by_emission(
    city: Connection, tmp_path: Path
):
    steam = book.row(
        "30",
        "t",
        enterprise_id=FOUNDRY,
        carrier="steam",
        flow="purchase",
        enthalpy=Decimal("2783.74"),
        enthalpy_unit="kJ/kg",
        period_start=date(2025, 4, 1),
        period_end=date(2025, 4, 30),
    )
    book.post(city, book.typed_file(tmp_path, "steam", [steam]), month="2025-04")
    balance(city, ["工业", "", "", "", "200"])
    (match,) = (m for m in city_inventory(city, 2025).reconciled.matches if m.carrier == "heat")
    # 30 t at 2,700 kJ/kg are 81 GJ; with the 50 GJ of the fixture 131 of 200.
    assert (match.by, match.ledger_co2) == ("emission", grams(Fraction("0.11") * 131))
    assert match.coverage == Fraction(131, 200)
    assert match.remainder_co2 == grams(Fraction("0.11") * 69)
    assert [(q.value, q.unit) for q in match.other_units] == [(Decimal(30), "t")]


def test_coal_of_any_rank_is_found_in_a_column_of_raw_coal():
    assert column_of("bituminous", frozenset({"raw_coal", "coke"})) == "raw_coal"
    assert column_of("bituminous", frozenset({"raw_coal", "bituminous"})) == "bituminous"
    assert column_of("steam", frozenset({"heat"})) == "heat"
    assert column_of("coke", frozenset({"heat"})) == "coke"


@given(held=st.integers(0, 10**7), stated=st.integers(1, 10**7))
def test_ledger_and_remainder_are_the_larger_of_the_two(shared, held: int, stated: int):
    """Where both books use one factor, ledger and remainder come to the larger quantity."""
    kept = shared
    line = next(e for e in kept.estimates if e.measure == "CO2")
    quantity = Decimal(stated)
    from dataclasses import replace

    scaled = tuple(
        replace(e, quantity=quantity, value=e.of(quantity)) for e in kept.estimates if e.measure
    )
    own = {e.measure: e.of(Decimal(held)) for e in scaled}
    key = Key(line.sub_sector, line.sector_group, "1", "combustion", "coke")
    cells = (Cell(key, own, (Quantity(Decimal(held), "吨", ""),)),) if held else ()
    found = reconcile(cells, replace(kept, estimates=scaled))
    total = add_up(piece.cell for piece in found.pieces)
    for each in scaled:
        assert abs(total[each.measure] - each.of(Decimal(max(held, stated)))) <= 1
    (match,) = found.matches
    assert match.coverage == Fraction(held, stated)


@pytest.fixture(scope="module")
def shared():
    from ledgers.reference import load_shipped
    from warehouse import migrations
    from warehouse.connect import scratch

    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=book.PERSON)
    yield balance(con, ["工业", "", "7", "", ""])
    con.close()
