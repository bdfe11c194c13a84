"""Two editions side by side: which rows are the same question, and what moved (合成数据)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.catalogue import Factor
from ledgers.reference import import_edition
from ledgers.reference.differences import (
    Difference,
    Side,
    SideUnknown,
    counting,
    difference,
    read_side,
)
from tests.ledgers.reference.conftest import PERSON, SHA, factor
from warehouse.connect import Connection

COAL = Factor(
    edition="合成甲",
    carrier="bituminous",
    parameter="NCV",
    value=Decimal("20.0"),
    unit="GJ/t",
    table="甲",
    factor_id="1",
    valid_from=date(2024, 1, 1),
)


def between(old: tuple[Factor, ...], new: tuple[Factor, ...]) -> Difference:
    return difference(Side("a", old), Side("b", new))


def test_a_value_that_moved_is_shown_with_its_per_cent() -> None:
    [moved] = between((COAL,), (replace(COAL, value=Decimal("20.5")),)).moved
    assert moved.fields == ("value",)
    assert moved.percent == Fraction(5, 2)
    assert moved.counts


def test_the_same_value_in_another_unit_has_not_moved() -> None:
    other = replace(COAL, value=Decimal("20000"), unit="kJ/kg")
    [moved] = between((COAL,), (other,)).moved
    assert (moved.fields, moved.percent, moved.counts) == (("unit",), 0, False)


def test_a_value_per_cubic_metre_answers_another_question() -> None:
    found = between((COAL,), (replace(COAL, unit="GJ/Nm3"),))
    assert found.pairs == ()
    assert sorted(item.fields for item in found.moved) == [("added",), ("removed",)]


def test_days_and_standing_and_document_are_moves_of_their_own() -> None:
    later = replace(COAL, valid_to=date(2025, 12, 31), standing="transcribed", clause="表1")
    [moved] = between((COAL,), (later,)).moved
    assert moved.fields == ("validity", "standing", "document")
    [moved] = between((COAL,), (replace(COAL, standing="official"),)).moved
    assert moved.fields == ("standing",)
    assert not list(counting([moved]))


def test_of_several_rows_those_that_agree_most_are_paired() -> None:
    second = replace(COAL, factor_id="2", valid_from=date(2025, 1, 1), value=Decimal("21.0"))
    new = (replace(second, value=Decimal("22.0")), COAL)
    found = between((COAL, second), new)
    assert {(a.factor_id, b.factor_id) for a, b in found.pairs} == {("1", "1"), ("2", "2")}
    [moved] = found.moved
    assert (moved.old, moved.new) == (second, new[0])


ROWS = st.lists(
    st.builds(
        lambda number, carrier, table, value, year: replace(
            COAL,
            factor_id=str(number),
            carrier=carrier,
            table=table,
            value=Decimal(value),
            valid_from=date(year, 1, 1),
        ),
        st.integers(1, 99),
        st.sampled_from(("anthracite", "bituminous", "coke")),
        st.sampled_from(("甲", "乙")),
        st.integers(1, 5),
        st.integers(2020, 2022),
    ),
    max_size=6,
)


@given(ROWS, ROWS)
def test_every_row_of_either_side_is_paired_once_or_alone(
    old: list[Factor], new: list[Factor]
) -> None:
    found = between(tuple(old), tuple(new))
    for side, place in ((old, 0), (new, 1)):
        alone = [
            row
            for item in found.moved
            if None in (item.old, item.new) and (row := (item.old, item.new)[place]) is not None
        ]
        paired = [pair[place] for pair in found.pairs]
        assert sorted(map(repr, alone + paired)) == sorted(map(repr, side))


@given(ROWS)
def test_an_edition_does_not_differ_from_itself(rows: list[Factor]) -> None:
    assert between(tuple(rows), tuple(reversed(rows))).moved == ()


def test_versions_years_and_unknown_names(con: Connection) -> None:
    for sha, value in (("a", "22.50"), ("b", "22.60")):
        import_edition(
            con,
            [factor(value=value)],
            person=PERSON,
            source_sha=SHA[sha],
            new_version="合成：改值" if sha == "b" else "",
        )
    first, second = read_side(con, "合成版:1"), read_side(con, "合成版")
    assert [str(row.value) for row in (*first.rows, *second.rows)] == ["22.50", "22.60"]
    [moved] = difference(first, second).moved
    assert moved.percent == Fraction(10, 2250) * 100
    grid = read_side(con, "2023")
    assert not grid.whole
    national = [row for row in grid.rows if row.series == "national_average"]
    assert [str(row.value) for row in national] == ["0.5306"]
    for name in ("1999", "合成版:3", "没有"):
        with pytest.raises(SideUnknown) as refused:
            read_side(con, name)
        assert "合成版:1~2" in refused.value.text("zh")
