"""Two methods over the same activities; the parts of the difference sum exactly (合成数据)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers import journal
from ledgers.emissions.comparison import Comparison, compare
from ledgers.emissions.decomposition import PARTS, shapley
from ledgers.emissions.restatement import EditionUnknown
from ledgers.emissions.statement import NoEnterprise, statement
from tests.ledgers import synthetic_methods
from tests.ledgers.emissions import book
from warehouse.connect import Connection

NUMBERS = st.lists(
    st.tuples(*[st.fractions(-50, 50, max_denominator=40)] * 2), min_size=1, max_size=5
)


def product(values: list[Fraction]) -> Fraction:
    result = Fraction(1)
    for value in values:
        result *= value
    return result


@given(NUMBERS)
def test_the_parts_of_a_product_sum_to_its_difference(pairs: list[tuple[Fraction, ...]]) -> None:
    old, new = [a for a, _ in pairs], [b for _, b in pairs]
    parts = shapley(old, new)
    assert sum(parts) == product(new) - product(old)
    assert all(part == 0 for part, a, b in zip(parts, old, new, strict=True) if a == b)


@given(NUMBERS)
def test_a_part_is_the_mean_over_all_orders_of_replacement(
    pairs: list[tuple[Fraction, ...]],
) -> None:
    """Shapley's value by its definition, order by order."""
    old, new = [a for a, _ in pairs], [b for _, b in pairs]
    sums = [Fraction(0)] * len(pairs)
    orders = list(permutations(range(len(pairs))))
    for order in orders:
        held = list(old)
        for place in order:
            before = product(held)
            held[place] = new[place]
            sums[place] += product(held) - before
    assert list(shapley(old, new)) == [total / len(orders) for total in sums]


def test_two_factors_share_what_they_do_together() -> None:
    """2 × 3 → 4 × 5: 14; half of 2 × (3 + 5) = 8 and of 2 × (2 + 4) = 6."""
    assert shapley([Fraction(2), Fraction(3)], [Fraction(4), Fraction(5)]) == (8, 6)


OTHER = (
    synthetic_methods.text()
    .replace(synthetic_methods.NAME, "合成方法-2")
    .replace('family = "合成方法"', 'family = "合成方法乙"')
    .replace('gwp_edition = "SAR"', 'gwp_edition = "AR5"')
    .split("[parameters.quantity]")[0]
    + """
[parameters.quantity]
source = "activity"
unit = { mass = "kg" }

[parameters.ncv]
source = "constant"
value = "25"
unit = { mass = "MJ/kg" }
origin = "合成数据 (synthetic)"

[parameters.carbon_content]
source = "constant"
value = "0.026"
substance = "C"
unit = "kgC/MJ"
origin = "合成数据 (synthetic)"

[parameters.co2_per_c]
source = "constant"
value = "44/12"
unit = "tCO2/tC"
origin = "合成数据 (synthetic)"

[[method]]
id = "fuel"
group = "fuel"
title_zh = "合成燃烧"
title_en = "Synthetic combustion"
measure = "CO2"
unit = "tCO2"
scope = "1"
category = "combustion"
flows = ["consumption"]
kinds = ["coal"]
bases = ["mass"]
formula = "quantity * ncv * carbon_content * co2_per_c"
"""
)


@pytest.fixture
def posted(ledger: Connection, tmp_path: Path) -> Connection:
    """Two heaps of anthracite, one with its own heating value; diesel; power."""
    rows = [
        book.row("100"),
        book.row("100.5", ncv=Decimal("25"), ncv_unit="GJ/t"),
        book.row("7", carrier="diesel", carrier_text="柴油"),
        book.electricity("10", "MWh"),
    ]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    return ledger


def compared(con: Connection, old: str, new: str) -> Comparison:
    found = compare(con, book.HEATING, "2025", old, new)
    assert sum(found.parts.values()) == found.difference
    for each in found.carriers:
        assert sum(each.parts.values()) == each.difference
    for part in PARTS:
        assert found.parts[part] == sum(each.parts[part] for each in found.carriers)
    return found


def test_two_shipped_methods(posted: Connection) -> None:
    head = journal.head(posted)
    found = compared(posted, "general-2015", "ipcc2006")
    assert found.old.co2e == statement(posted, book.HEATING, "2025").bases[0].total.co2e
    power = next(each for each in found.carriers if each.carrier == "electricity")
    # IPCC counts no bought power: all of its 10 MWh × 0.5306 is a difference of activity.
    assert (power.new, power.parts["activity"]) == (0, Fraction("-5.306"))
    assert found.parts["gases"] == 0
    assert found.activities == 4
    assert journal.head(posted) == head


def test_each_part_by_hand(ledger: Connection, tmp_path: Path) -> None:
    """100 t of anthracite under NDRC's values and under a synthetic method in other units."""
    from ledgers.reference.method_import import import_method_edition

    import_method_edition(ledger, OTHER, person=book.PERSON)
    book.post(ledger, book.typed_file(tmp_path, "a", [book.row("100")]))
    found = compared(ledger, "general-2015", "合成方法-2")
    ncv, carbon, oxidation = Fraction("24.515"), Fraction("0.02749"), Fraction("0.94")
    new = [Fraction(25), Fraction("0.026"), Fraction(1)]
    shares = shapley([ncv, carbon, oxidation], new)
    whole = 100 * Fraction(44, 12)
    names = ("heating_value", "carbon_content", "oxidation")
    for name, share in zip(names, shares, strict=True):
        assert found.parts[name] == whole * share, name
    # CH4 and N2O of combustion are counted by the first method alone.
    assert found.parts["gases"] < 0
    assert found.new.co2e == Fraction(round(whole * product(new) * 10**6), 10**6)
    assert abs(found.parts["rounding"]) < Fraction(1, 10**5)
    back = compared(ledger, "合成方法-2", "general-2015")
    assert all(back.parts[part] == -found.parts[part] for part in PARTS)


def test_a_method_beside_itself_differs_in_nothing(posted: Connection) -> None:
    found = compared(posted, "general-2015", "general-2015")
    assert set(found.parts.values()) == {Fraction(0)}
    assert found.old.co2e == found.new.co2e > 0


def test_rows_that_one_edition_cannot_calculate_are_on_neither_side(posted: Connection) -> None:
    found = compared(posted, "general-2015", "desnz-2025")
    assert (found.activities, found.old.co2e, found.difference) == (0, 0, 0)
    assert [(item.edition, item.carrier, item.rows) for item in found.left_out] == [
        ("desnz-2025", "anthracite", 2),
        ("desnz-2025", "diesel", 1),
        ("desnz-2025", "electricity", 1),
    ]
    assert "CO2e_EF" in found.left_out[0].why_en


def test_drafts_and_unknown_names_are_refused(posted: Connection) -> None:
    for name in ("没有", "ceramics-draft"):
        with pytest.raises(EditionUnknown):
            compare(posted, book.HEATING, "2025", "general-2015", name)
    with pytest.raises(NoEnterprise):
        compare(posted, book.credit_code(99), "2025", "general-2015", "ipcc2006")
