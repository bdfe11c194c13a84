"""Allocation formulas against cases worked by hand and against independent arithmetic."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.allowances import allocation as a
from ledgers.allowances import measures
from ledgers.allowances.measures import NATIONAL, BadRule, NoRule, Rulebook, rulebook
from ledgers.reference import import_rule_set
from warehouse.connect import Connection, scratch
from warehouse.migrations import migrate


@cache
def opened() -> Connection:
    made = scratch("512MB", threads=1)
    migrate(made)
    return made


@pytest.fixture
def con() -> Connection:
    return opened()


def rules(con: Connection, year: int, drafts: bool = False) -> Rulebook:
    return measures.of_year(con, year, market=NATIONAL, drafts=drafts)


def unit(kind: str, power: int, heat: int = 0, load: str = "", verified: int | None = None):  # type: ignore[no-untyped-def]
    share = Fraction(load) if load else None
    return a.PowerUnit("1号", kind, Fraction(power), Fraction(heat), share, verified)


@pytest.mark.case("market-power-I")
def test_conventional_coal_with_heat(con: Connection) -> None:
    made = a.power(rules(con, 2024), [unit("I", 3_000_000, 2_500_000, "0.70")])
    assert [(c.name, c.tonnes) for c in made.components] == [("Ae", 2_373_000), ("Ah", 258_250)]
    assert made.tonnes == 2_631_250


@pytest.mark.case("market-power-II")
def test_peak_shaving(con: Connection) -> None:
    book = rules(con, 2024)
    assert a.peak_shaving(book, "II", Fraction("0.58")) == Decimal("1.067703")
    assert a.power(book, [unit("II", 1_000_000, load="0.58")]).tonnes == 859_394
    # At the bound and above, and for what is not conventional coal, nothing is corrected.
    assert a.peak_shaving(book, "II", Fraction("0.65")) == 1
    assert a.peak_shaving(book, "III", Fraction("0.10")) == 1
    assert a.peak_shaving(book, "II", Fraction("0.649999")) > 1


@given(st.integers(0, 64))
def test_peak_shaving_by_logarithms(percent: int) -> None:
    """The same by natural logarithms in binary floating point, to five decimals."""
    con = opened()
    load = Fraction(percent, 100)
    found = a.peak_shaving(rules(con, 2023), "I", load)
    assert abs(float(found) - math.exp((16 - 20 * percent / 100) * math.log(1.015))) < 1e-6
    draft = a.peak_shaving(rules(con, 2025, drafts=True), "I", load)
    expected = 7.254 - 0.633 * (1 - math.exp(-percent / 29.822))
    expected -= 5.643 * (1 - math.exp(-percent / 6.871))
    assert abs(float(draft) - (expected if percent < 50 else 1)) < 1e-6


@pytest.mark.case("market-gas")
def test_gas_is_topped_up(con: Connection) -> None:
    book = rules(con, 2024)
    high = a.power(book, [unit("IV", 500_000, verified=170_000)], 170_000)
    assert [(c.name, c.tonnes) for c in high.components] == [("Ae", 164_400), ("gas_top_up", 5_600)]
    assert high.tonnes == 170_000
    assert a.power(book, [unit("IV", 500_000, verified=160_000)], 160_000).tonnes == 164_400


@pytest.mark.case("market-coal-floor")
def test_coal_has_a_floor(con: Connection) -> None:
    # 700,000 t from 0.8244 × Qe, class III has no Ff.
    power = Fraction(700_000) / Fraction("0.8244")
    book = rules(con, 2024)
    made = a.power(book, [a.PowerUnit("1", "III", power, Fraction(0))], 1_000_000)
    assert (made.components[0].tonnes, made.tonnes) == (700_000, 800_000)
    # At least 80 %: a broken tonne is given in full.
    odd = a.power(book, [a.PowerUnit("1", "III", power, Fraction(0))], 1_000_001)
    assert odd.tonnes == 800_001
    # An entity of gas units alone has no such floor.
    assert a.power(book, [unit("IV", 1, verified=0)], 1_000_000).tonnes == 0


@pytest.mark.case("market-pre")
def test_pre_allocation_is_floored(con: Connection) -> None:
    assert a.pre_allocation(rules(con, 2024), 1_000_001).tonnes == 700_000


@pytest.mark.case("market-steel")
def test_steel(con: Connection) -> None:
    book = rules(con, 2025)
    plant = a.Plant("合成钢厂", 5_000_000, Fraction("1.52"))
    assert a.alpha(book, Fraction("1.60"), plant.intensity) == Fraction("0.0075")
    assert a.industry(book, Fraction("1.60"), plant).tonnes == 5_037_500
    for intensity, expected in (("1.28", "0.03"), ("1.92", "-0.03"), ("1.60", "0"), ("0", "0.03")):
        assert a.alpha(book, Fraction("1.60"), Fraction(intensity)) == Fraction(expected)
    with pytest.raises(NoRule):
        a.industry(rules(con, 2024), Fraction("1.60"), plant)


PLANTS = st.lists(
    st.tuples(st.integers(100_000, 9_000_000), st.integers(10_000, 25_000)),
    min_size=2,
    max_size=5,
)


@given(PLANTS)
def test_balance_point_is_the_largest(made: list[tuple[int, int]]) -> None:
    book = rules(opened(), 2025)
    plants = [a.Plant(str(n), e, Fraction(i, 10_000)) for n, (e, i) in enumerate(made)]
    found = a.balance_point(book, plants)
    emitted = sum(plant.verified for plant in plants)

    def given_at(bp: Fraction) -> int:
        return sum(a.industry(book, bp, plant).tonnes for plant in plants)

    assert (found * 10_000).denominator == 1
    assert given_at(found) <= emitted < given_at(found + Fraction(1, 10_000))


def test_two_plants_balance_by_hand(con: Connection) -> None:
    """Equal emissions, I = 1.5 and 1.7: α cancels at 1/BP = 2/3.2, so BP = 1.6; the floors of the
    next steps still lose what they gain until a whole tonne more is given."""
    book = rules(con, 2025)
    plants = [a.Plant("甲", 1000, Fraction("1.5")), a.Plant("乙", 1000, Fraction("1.7"))]
    found = a.balance_point(book, plants)
    # 甲: 1000 + ⌊150·(1 − 1.5/BP)⌋, 乙: 1000 − ⌈150·(1.7/BP − 1)⌉. At BP = 1.6 they are +9 − 10;
    # 甲 gains 10 t at 1.5/BP ≤ 140/150, BP ≥ 1.60715 and 乙 loses 9 t only from 1.7/BP ≤ 159/150,
    # BP ≥ 1.60378. So Σ = 2000 from 1.6038, and 2001 from 1.6072.
    assert found == Fraction("1.6071")
    with pytest.raises(a.NoBalance):
        a.balance_point(book, [])


@pytest.mark.case("market-deduction")
def test_deductions_in_two_stages() -> None:
    """Pre-allocation 5, determined 3, deduction due 7 (10⁴ t)."""
    first = a.settle(50_000, 70_000, 0)
    assert first == a.Settled(issued=0, returned=0, taken=50_000, outstanding=20_000)
    final = a.settle(30_000, 70_000, first.issued)
    assert final == a.Settled(issued=0, returned=0, taken=30_000, outstanding=40_000)
    assert first.taken - final.taken == 20_000


@given(*[st.integers(0, 10**7)] * 3)
def test_nothing_is_lost_between_the_stages(pre: int, determined: int, due: int) -> None:
    first = a.settle(pre, due, 0)
    final = a.settle(determined, due, first.issued)
    got = first.issued + final.issued - final.returned
    assert got + final.taken == determined
    assert final.taken + final.outstanding == due
    assert got >= 0
    assert 0 in (final.issued, final.returned)


CITY = """rule_set,version,applies_from,key,value,document,standing
market.bureau,合成-1,2025-01-01,stand_in,industry,合成文件,reported
market.bureau,合成-1,2025-01-01,city.heat_coal,0.1100,合成文件,reported
market.bureau,合成-1,2025-01-01,city.heat_factor,0.99,合成文件,reported
market.bureau,合成-1,2025-01-01,city.intensity_years,3,合成文件,reported
market.bureau,合成-1,2025-01-01,city.intensity_factor,0.98,合成文件,reported
market.bureau,合成-1,2025-01-01,city.total_years,3,合成文件,reported
market.bureau,合成-1,2025-01-01,city.total_factor,0.97,合成文件,reported
market.bureau,合成-1,2025-01-01,city.free_share,0.95,合成文件,reported
"""


def test_the_city_decides_by_its_own_rules() -> None:
    con = scratch("256MB", threads=1)
    migrate(con)
    measures.load_shipped(con, "合成·安")
    silent = measures.of_year(con, 2025)
    for key in ("city.heat_coal", "industry.slope", "power.pre_share"):
        with pytest.raises(NoRule):
            silent.find(key)
    lines = [line.split(",") for line in CITY.splitlines()]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    import_rule_set(con, rows, person="合成·安", source_sha="a" * 64)
    book = measures.of_year(con, 2025)
    heat = a.heat_benchmark(book, "coal", Fraction(1_000_000))
    assert heat.tonnes == 108_900
    history = [(300, Fraction(100)), (280, Fraction(100)), (290, Fraction(100))]
    # 50 × 870 / 300 × 0.98 = 142.1
    assert a.historical_intensity(book, Fraction(50), history).tonnes == 142
    # (100 + 101 + 102) / 3 × 0.97 = 97.97
    assert a.historical_total(book, [100, 101, 102]).tonnes == 97
    assert a.free_part(book, heat).tonnes == 103_455
    with pytest.raises(a.BadFigure):
        a.historical_total(book, [100, 101])
    assert book.number("industry.slope") == Fraction("0.15")
    assert book.find("city.heat_coal").synthetic
    with pytest.raises(NoRule):
        book.find("carry_over.base")
    assert measures.of_year(con, 2024).has("city.heat_coal") is False


def test_drafts_serve_forecasts_only(con: Connection) -> None:
    with pytest.raises(NoRule) as fault:
        rules(con, 2025).find("power.Be_I")
    assert fault.value.code == "market.only_draft"
    book = rules(con, 2026, drafts=True)
    made = a.power(book, [unit("I", 1_000_000, 1000, "0.9")])
    assert [c.tonnes for c in made.components] == [789_400, 102]
    assert all(item.draft for item in book.origins(["power.Be_I", "power.Bh_I"]))


def test_every_shipped_value_says_where_it_comes_from(con: Connection) -> None:
    """And none of them claims more than that somebody transcribed it."""
    expected = {
        ("I", 2023): ("0.7950", "0.1038"),
        ("II", 2024): ("0.8049", "0.1033"),
        ("III", 2023): ("0.8285", "0.1038"),
        ("IV", 2024): ("0.3288", "0.0533"),
    }
    for (kind, year), pair in expected.items():
        book = rules(con, year)
        assert (book.text(f"power.Be_{kind}"), book.text(f"power.Bh_{kind}")) == pair
    rows = [row for _, held in measures.shipped().values() for row in held]
    assert {row.standing for row in rows} == {"transcribed", "reported", "memory"}
    assert all(row.document for row in rows)
    articles = {row.clause for row in rows if row.rule_set == measures.MEASURES}
    assert articles == {"", "第九条、第十条", "第十六条", "第十八条", "第十九条", "第二十一条"}
    with pytest.raises(BadRule):
        rulebook(con, date(2025, 1, 1)).number("verification.leads")
