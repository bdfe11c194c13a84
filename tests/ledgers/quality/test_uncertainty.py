"""Uncertainty, worked by hand and against simulation (合成数据)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers import journal
from ledgers.emissions.lines import Parameter, Resolution
from ledgers.emissions.simulation import RunsFault, simulate
from ledgers.emissions.uncertainty import (
    Known,
    Piece,
    PieceReader,
    Source,
    entry_relative,
    known,
    propagate,
    qualities,
    quantity_source,
)
from tests.ledgers.emissions.book import HEATING, POWER, own_factor, post, row, typed_file
from warehouse.connect import Connection

FIVE, TEN = Fraction(1, 20), Fraction(1, 10)


def source(key: str, relative: Fraction = FIVE, up: Fraction | None = None) -> Source:
    return Source(key, key, relative, relative if up is None else up)


def piece(tonnes: object, *sources: Source, missing: tuple[str, ...] = (), **given: str) -> Piece:
    return Piece(
        enterprise_id=HEATING,
        basis=("general-2015", "legal_person"),
        carrier=given.get("carrier", "anthracite"),
        tier=2,
        data_kind=given.get("data_kind", "measured"),
        co2e=Fraction(str(tonnes)),
        entries=1,
        sources=sources,
        missing=missing,
    )


def test_factors_of_a_product_combine_as_the_root_of_squares() -> None:
    """3 % and 4 % of 200 t are 5 %, 10 t."""
    found = propagate([piece(200, source("ncv", Fraction(3, 100)), source("cc", Fraction(4, 100)))])
    assert (found.relative, found.half_width) == (Decimal("0.05"), Decimal(10))
    assert [(c.key, c.half_width, c.share) for c in found.contributions] == [
        ("cc", 8, Fraction(16, 25)),
        ("ncv", 6, Fraction(9, 25)),
    ]


def test_independent_terms_add_by_squares_and_shared_ones_by_sum() -> None:
    """300 t and 400 t at 10 % are 50 t apart and 70 t together."""
    apart = propagate([piece(300, source("a", TEN)), piece(400, source("b", TEN))])
    together = propagate([piece(300, source("a", TEN)), piece(400, source("a", TEN))])
    assert (apart.half_width, together.half_width) == (Decimal(50), Decimal(70))


def test_a_shared_factor_cancels_in_a_deduction() -> None:
    found = propagate([piece(300, source("a", TEN)), piece(-200, source("a", TEN))])
    assert (found.co2e, found.half_width, found.relative) == (100, Decimal(10), Decimal("0.1"))
    assert found.whole == 500


def test_two_shared_and_own_sources_by_hand() -> None:
    """A factor (5 %) shared by 600 and 400 t: 50 t. Own quantities of 2 % and 3 %: 12 t each.
    √(50² + 12² + 12²) = √2788."""
    shared = source("factor")
    pieces = [
        piece(600, shared, source("q1", Fraction(2, 100))),
        piece(400, shared, source("q2", Fraction(3, 100))),
    ]
    found = propagate(pieces)
    assert found.variance == 2788
    assert found.half_width is not None
    assert abs(found.half_width**2 - 2788) < Decimal("1e-7")


def test_of_two_sides_the_longer_counts() -> None:
    found = propagate([piece(100, source("a", Fraction(2, 100), Fraction(7, 100)))])
    assert found.half_width == 7


def test_what_is_not_known_is_said_and_is_not_zero() -> None:
    found = propagate([piece(100, missing=("ncv", "quantity")), piece(-40, missing=("ncv",))])
    assert (found.relative, found.half_width) == (None, None)
    assert found.missing == (("ncv", 140), ("quantity", 100))
    assert (found.whole, found.partly, found.unknown) == (0, 0, 140)
    half = propagate([piece(100, source("a"), missing=("quantity",)), piece(60, source("a"))])
    assert (half.whole, half.partly, half.unknown) == (60, 100, 0)
    assert half.half_width == 8


def test_nothing_in_all_has_no_relative_uncertainty() -> None:
    found = propagate([piece(100, source("a")), piece(-100, source("b"))])
    assert (found.relative, found.variance) == (None, 50)
    assert propagate([]).half_width is None


TONNES = st.decimals(-(10**6), 10**6, places=3)


@given(st.lists(st.tuples(TONNES, st.sampled_from("abc")), min_size=1, max_size=8), st.data())
def test_splitting_an_entry_moves_nothing(
    rows: list[tuple[Decimal, str]], data: st.DataObject
) -> None:
    """Parts of a sum that share their sources are the sum: variance against a plain reference."""
    pieces = [piece(tonnes, source(key, FIVE)) for tonnes, key in rows]
    tonnes, key = rows[0]
    part = data.draw(TONNES)
    split = [piece(part, source(key)), piece(tonnes - part, source(key)), *pieces[1:]]
    reference = Fraction(0)
    for name in "abc":
        reference += sum(Fraction(t) * FIVE for t, k in rows if k == name) ** 2
    assert propagate(pieces).variance == propagate(split).variance == reference


def resolution(formula: str, *parameters: Parameter) -> Resolution:
    return Resolution(
        1, "e", "m", "CO2", "t", "1", "combustion", "b", "c", True, 1, formula, parameters, {}
    )


def factor(name: str, value: str, lower: str = "", upper: str = "", **more: str) -> Parameter:
    given = {"value": value, "unit": "1", "canonical": "1", "printed": value, "key": f"e/{name}"}
    return Parameter(name=name, origin="factor", lower=lower, upper=upper, **(given | more))


def test_bounds_come_from_the_factor_and_gaps_are_named() -> None:
    found = known(
        resolution(
            "quantity * ncv * carbon_content * oxidation_rate * 44/12",
            Parameter("quantity", "activity", "", "t"),
            Parameter("ncv", "measured", "", "GJ/t"),
            factor("carbon_content", "0.0258", "0.0239", "0.0276"),
            factor("oxidation_rate", "0.98"),
        )
    )
    (only,) = found.sources
    assert (only.key, only.down, only.up) == (
        "e/carbon_content",
        Fraction(19, 258),
        Fraction(18, 258),
    )
    assert only.relative == Fraction(19, 258)
    assert found.missing == ("ncv", "oxidation_rate")


def test_a_bound_on_one_side_counts_on_both() -> None:
    (only,) = known(resolution("quantity * ef", factor("ef", "2", upper="3"))).sources
    assert (only.down, only.up) == (Fraction(1, 2), Fraction(1, 2))


def test_a_shifted_parameter_is_followed_by_its_share() -> None:
    """(1 − 0.8) = 0.2: one per cent of the abatement is four per cent of what is left."""
    (only,) = known(
        resolution("quantity * (1 - abatement)", factor("abatement", "0.8", "0.76", "0.84"))
    ).sources
    assert (only.relative, only.sensitivity) == (Fraction(1, 20), Fraction(-4))
    assert propagate([piece(50, only)]).half_width == 10


def test_an_entry_by_itself() -> None:
    found = Known((source("a", Fraction(3, 100)),), ("ncv",))
    own = quantity_source("s", 2, {2: Decimal("0.04")})
    assert entry_relative(found, own) == Decimal("0.05")
    assert (
        entry_relative(Known((), ("ncv",)), quantity_source("s", 3, {2: Decimal("0.04")})) is None
    )


def test_simulation_meets_propagation_where_the_total_is_linear() -> None:
    """One normal source a term: propagation is exact, and the deviation of N runs is within four
    standard errors, σ/√(2N), of it; the mean within four of σ/√N."""
    shared = source("factor")
    pieces = [piece(600, shared), piece(400, shared), piece(250, source("own", TEN))]
    found = propagate(pieces)
    runs = 40_000
    simulated = simulate(pieces, runs, 7)
    assert found.half_width is not None
    sigma = float(found.half_width) / 1.959963984540054
    assert abs(float(simulated.deviation) - sigma) < 4 * sigma / (2 * runs) ** 0.5
    assert abs(float(simulated.mean) - 1250) < 4 * sigma / runs**0.5
    low, high = float(simulated.lower), float(simulated.upper)
    assert abs(high - low - 2 * float(found.half_width)) < 0.03 * (high - low)


def test_simulation_keeps_sides_apart_and_products_whole() -> None:
    pieces = [piece(100, source("a", Fraction(1, 100), Fraction(1, 5)))]
    simulated = simulate(pieces, 40_000, 3)
    assert abs(simulated.lower - 99) < Decimal("0.1")
    assert abs(simulated.upper - 120) < 1
    assert abs(simulated.median - 100) < Decimal("0.2")


def test_simulation_is_its_seed_and_not_the_order() -> None:
    shared = source("f")
    pieces = [piece(n, shared, Source(f"q{n}", "quantity", FIVE, FIVE)) for n in (100, 200, 300)]
    one = simulate(pieces, 500, 11)
    assert simulate(list(reversed(pieces)), 500, 11) == one
    assert simulate(pieces, 500, 12) != one
    with pytest.raises(RunsFault):
        simulate(pieces, 5, 1)


def own(con: Connection, parameter: str, value: str, lower: str, upper: str, unit: str) -> None:
    bounds = {"value": value, "lower": lower, "upper": upper, "unit": unit}
    own_factor(
        con,
        carrier="anthracite",
        parameter=parameter,
        enterprise_id=HEATING,
        edition=f"合成-{parameter}",
        **bounds,
    )


def test_pieces_of_a_ledger(ledger: Connection, tmp_path: Path) -> None:
    """Two facilities share NCV 20 (18 to 21) and carbon 0.027 (0.0265 to 0.0275); a third row
    measured its NCV; another enterprise's table has no bounds."""
    own(ledger, "NCV", "20", "18", "21", "GJ/t")
    own(ledger, "carbon_content_per_heat", "0.027", "0.0265", "0.0275", "tC/GJ")
    rows = [
        row("100", facility="1号", evidence_kind="invoice"),
        row("50", facility="2号", evidence_kind="invoice"),
        row("10", facility="3号", ncv=Decimal(20), ncv_unit="GJ/t"),
        row("30", enterprise_id=POWER),
    ]
    post(ledger, typed_file(tmp_path, "三月", rows))
    number = journal.head(ledger).commit_no
    reader = PieceReader(ledger, {2: Decimal("0.02")})
    mine = reader.pieces(["2025-03"], number, HEATING)
    (found,) = qualities(mine)
    per_tonne = found.total.co2e / 160
    carbon = sum(p.co2e for p in mine if any(s.parameter == "carbon_content" for s in p.sources))
    assert 0 < carbon < found.total.co2e, "methane and nitrous oxide rest on the heating value only"
    # Carbon: CO2 of 160 t of coal × 5/270; NCV: 150 t × 2/20; invoices: 100 t and 50 t × 2 %.
    tonnes = (150 * Fraction(1, 10), 100 * Fraction(2, 100), 50 * Fraction(2, 100))
    by_hand = sum((part * per_tonne) ** 2 for part in tonnes) + (carbon * Fraction(5, 270)) ** 2
    assert abs(found.total.variance / by_hand - 1) < Fraction(1, 10**6), "grams are rounded"
    gases = {"methane_factor", "nitrous_oxide_factor"}
    assert dict(found.total.missing).keys() == {"oxidation_rate", "quantity", "ncv", *gases}
    assert abs(dict(found.total.missing)["ncv"] / per_tonne - 10) < Fraction(1, 1000)
    everybody = qualities(reader.pieces(["2025-03"], number))
    assert everybody[0].total.unknown > 0
    assert not reader.pieces(["2025-02"], number, HEATING)
