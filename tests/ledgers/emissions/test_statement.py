"""The statement against sums of the ledger made by other statements; all 合成数据 (synthetic)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.emissions.lines import Line
from ledgers.emissions.reversal import reverse_entry
from ledgers.emissions.spans import read_span
from ledgers.emissions.statement import (
    NoEnterprise,
    Statement,
    sealed_bodies,
    statement,
    statements,
)
from ledgers.emissions.workings import plain, working
from tests.ledgers.emissions import book
from tests.reports import city
from warehouse.connect import Connection

GWP = {"CO2": 1, "CH4": 21, "N2O": 310}
PER_TONNE = {"CO2": 10**6, "CH4": 10**9, "N2O": 10**12, "tce_equivalent": 10**6}
"""Second assessment report, which the edition names; kept apart from the tables of the product."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    con = city.build(tmp_path_factory.mktemp("city"))
    yield con
    con.close()


@pytest.fixture
def own_books(tmp_path: Path) -> Iterator[Connection]:
    con = city.build(tmp_path)
    yield con
    con.close()


def co2e(sums: dict[str, int]) -> Fraction:
    return sum(
        (
            Fraction(value * GWP[name], PER_TONNE[name])
            for name, value in sums.items()
            if name in GWP
        ),
        Fraction(0),
    )


def where(enterprise_id: str, month: str) -> str:
    return f"enterprise_id = '{enterprise_id}' AND month = '{month}'"


def march(con: Connection, enterprise_id: str = city.FIRST) -> Statement:
    return statement(con, enterprise_id, "2025-03")


@pytest.mark.parametrize("month", ["2024-03", "2025-02", "2025-03"])
@pytest.mark.parametrize("enterprise_id", [city.FIRST, city.SECOND])
def test_totals_are_the_sum_of_every_entry(
    books: Connection, enterprise_id: str, month: str
) -> None:
    sums = city.tonnes(books, where(enterprise_id, month))
    found = statement(books, enterprise_id, month)
    if not sums:
        assert found.bases == ()
        return
    (basis,) = found.bases
    assert basis.total.co2e == co2e(sums)
    assert {gas.measure: gas.quanta for gas in basis.total.gases} == {
        name: value for name, value in sums.items() if name in GWP
    }
    assert basis.energy.equivalent is not None
    assert basis.energy.equivalent.quanta == sums["tce_equivalent"]


def test_every_breakdown_adds_up_to_the_total(books: Connection) -> None:
    (basis,) = march(books).bases
    for parts in (basis.by_scope, basis.by_category, basis.by_gas, basis.by_carrier):
        assert sum(part.co2e for part in parts) == basis.total.co2e
    assert sum(tier.co2e for tier in basis.tiers) == basis.total.co2e
    assert sum(tier.entries for tier in basis.tiers) == basis.total.entries == 4


def test_figures_worked_by_hand(books: Connection) -> None:
    (basis,) = march(books).bases
    scopes = {part.key: part.gases[0].quanta for part in basis.by_scope}
    assert scopes["2"] == 75_610_500  # 14.25 × 10⁴ kWh × 0.5306 kg/kWh
    diesel = Fraction("3.5") * Fraction("43.33") * Fraction("0.0202") * Fraction("0.98")
    assert scopes["1"] == round(diesel * Fraction(44, 12) * 10**6) == 11_007_929
    assert basis.gwp == "SAR"


def test_a_year_holds_its_months_and_says_how_many_have_data(books: Connection) -> None:
    (basis,) = statement(books, city.FIRST, "2025").bases
    both = [city.tonnes(books, where(city.FIRST, month)) for month in ("2025-02", "2025-03")]
    assert basis.total.co2e == sum(co2e(sums) for sums in both)
    assert [total.key for total in basis.by_month] == ["2025-02", "2025-03"]
    assert (basis.now.months, basis.year_before.months) == (2, 1)


def test_a_month_is_compared_with_the_one_before_and_with_last_year(books: Connection) -> None:
    (basis,) = march(books).bases
    assert basis.before.co2e == Fraction("58.366")  # 11 × 10⁴ kWh × 0.5306
    assert basis.year_before.co2e == co2e(city.tonnes(books, where(city.FIRST, "2024-03")))
    (february,) = statement(books, city.SECOND, "2025-02").bases
    assert february.before.co2e is None


def test_a_correction_stands_beside_the_original(books: Connection) -> None:
    found = march(books)
    by_measure = {item.originals[0].resolution.measure: item for item in found.corrections}
    item = by_measure["CO2"]
    (original,), (reversal,), (replacement,) = item.originals, item.reversals, item.replacements
    assert (original.value, reversal.value, replacement.value) == (
        66_325_000,
        -66_325_000,
        75_610_500,
    )
    assert reversal.reverses_id == original.entry_id
    assert original.reversed_by == reversal.entry_id
    assert item.difference == 9_285_500
    assert item.cause == "resubmission"
    assert original.origin.name == city.FILE_NAME
    assert replacement.origin.name == city.SECOND_FILE
    assert set(by_measure) == {"CO2", "tce_equivalent"}


def test_lines_are_the_entries_that_stand(books: Connection) -> None:
    found = march(books)
    live = books.execute(
        "SELECT e.commit_no || '-' || e.ordinal FROM emissions.live_entry AS e "
        "JOIN emissions.activity AS a ON a.commit_no = e.activity_commit "
        "AND a.ordinal = e.activity_ordinal WHERE a.enterprise_id = ? AND e.month = '2025-03'",
        [city.FIRST],
    ).fetchall()
    assert {line.entry_id for line in found.lines} == {name for (name,) in live}
    assert found.lines_in_all == len(found.lines) == 6
    assert {line.person for line in found.lines} == {"合成经办人 <b>"}
    diesel = next(line for line in found.lines if line.carrier == "diesel")
    assert (diesel.origin.row_no, diesel.quantity_text, diesel.unit) == (3, "3.5", "吨")


def test_fewer_lines_leave_totals_and_corrections_whole(books: Connection) -> None:
    whole, short = march(books), statement(books, city.FIRST, "2025-03", most=1)
    assert short.bases == whole.bases
    assert short.corrections == whole.corrections
    assert len(short.lines) < short.lines_in_all == len(whole.lines)


NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?%?")


def evaluated(line: Line) -> Fraction:
    """What the filled formula comes to when its numbers alone are multiplied."""
    text = working(line).filled.removeprefix("−")
    product = Fraction(1)
    for factor in text.split(" × "):
        shown = NUMBER.match(factor.strip())
        assert shown, factor
        value = shown.group()
        product *= Fraction(value[:-1]) / 100 if value.endswith("%") else Fraction(value)
    return product


def test_the_filled_formula_comes_to_what_is_booked(books: Connection) -> None:
    for found in statements(books, read_span("2025")):
        for line in found.lines:
            quanta = evaluated(line) * PER_TONNE[line.resolution.measure]
            assert abs(quanta - abs(line.value)) <= Fraction(1, 2), working(line).equation


def test_the_working_of_a_purchase(books: Connection) -> None:
    line = next(
        line
        for line in march(books).lines
        if line.carrier == "electricity" and line.resolution.measure == "CO2"
    )
    made = working(line)
    assert made.equation == "14.25 万千瓦时 × 0.5306 kgCO2/kWh × 10 = 75.6105 tCO2"
    assert made.conversions[0].text == "1 万千瓦时 = 36 GJ"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(12300), "12300"),
        (Fraction(1, 10**9), "0.000000001"),
        (Fraction(1, 3), "≈0.33333333333333"),
    ],
)
def test_plain_numbers(value: Fraction, text: str) -> None:
    assert plain(value) == text


def test_footnotes_name_document_and_clause_and_nothing_official(books: Connection) -> None:
    found = march(books)
    assert [note.number for note in found.footnotes] == list(range(1, len(found.footnotes) + 1))
    grid = next(note for note in found.footnotes if note.name == "grid_factor")
    assert (grid.value, grid.unit, grid.clause, grid.standing) == (
        "0.5306",
        "kgCO2/kWh",
        "表1",
        "transcribed",
    )
    assert {note.standing for note in found.footnotes} <= {"transcribed", "reported", "memory"}
    used = {number for numbers in found.notes_of.values() for number in numbers}
    assert used == {note.number for note in found.footnotes if note.kind == "factor"}
    assert [note.name for note in found.footnotes if note.kind == "gwp"] == ["CH4", "N2O"]


def test_a_statement_as_of_before_the_second_file(books: Connection) -> None:
    commits = [item for item in journal.commits(books) if item.month == "2025-03"]
    moment = commits[0].recorded_at + timedelta(microseconds=1)
    (basis,) = statement(books, city.FIRST, "2025-03", as_of=moment).bases
    assert {part.key: part.gases[0].quanta for part in basis.by_scope}["2"] == 66_325_000
    earlier = statement(books, city.FIRST, "2025-03", as_of=moment)
    assert earlier.head == commits[0].head
    assert earlier.corrections == ()
    assert earlier.as_of == commits[0].recorded_at


def test_the_head_is_that_of_the_ledger(books: Connection) -> None:
    assert march(books).head == journal.head(books)


def test_a_closed_month_carries_its_own_proof(books: Connection) -> None:
    found = statement(books, city.FIRST, "2025-02")
    (seal,) = found.seals
    proof = seal.proof
    assert proof == journal.statement_proof(books, "2025-02", city.FIRST)
    assert journal.check_inclusion(proof.leaf, proof.index, proof.size, proof.path, proof.root)
    assert seal.unchanged is True
    body = json.loads(proof.body)
    assert body == sealed_bodies(books, "2025-02")[city.FIRST]
    assert march(books).seals == ()


def test_a_seal_says_when_the_ledger_says_something_else(own_books: Connection) -> None:
    # The book itself refuses this; somebody with the file need not.
    own_books.execute("UPDATE emissions.entry SET value = value + 1 WHERE month = '2025-02'")
    (seal,) = statement(own_books, city.FIRST, "2025-02").seals
    assert seal.unchanged is False


def test_a_reopened_month_has_no_seal(own_books: Connection) -> None:
    with journal.transaction(own_books):
        journal.reopen_month(own_books, "2025-02", "合成：补报", person="合成经办人")
    assert statement(own_books, city.FIRST, "2025-02").seals == ()


def test_a_bill_that_reaches_into_a_closed_month_waits(books: Connection) -> None:
    for month in ("2025-02", "2025-03"):
        (row,) = statement(books, city.SECOND, month).waiting
        assert (row.month, str(row.quantity.normalize()), row.unit) == ("2025-02", "11", "万千瓦时")
    (line, *_) = march(books, city.SECOND).lines
    assert line.bill is not None
    assert str(line.bill.quantity.normalize()) == "28"


def test_a_fault_of_a_file_of_several_enterprises_is_shown_to_whose_row_it_is(
    books: Connection,
) -> None:
    (fault,) = march(books).faults
    assert (fault.rule, fault.row_no, fault.enterprise_id) == ("FA-01", 4, city.FIRST)
    assert march(books, city.SECOND).faults == ()


def test_a_fault_of_ones_own_file_is_shown(own_books: Connection, tmp_path: Path) -> None:
    rows = [
        city.electricity("1", city.THIRD),
        book.row("2", enterprise_id=city.THIRD, carrier="raw_coal"),
    ]
    city.post(own_books, tmp_path, "2025-03", "合成·三.csv", rows)
    (fault,) = march(own_books, city.THIRD).faults
    assert (fault.rule, fault.severity, fault.row_no) == ("FA-01", "E", 3)
    assert "原煤" in fault.text("zh")


def test_a_reversal_without_replacement_is_a_correction_too(own_books: Connection) -> None:
    line = next(line for line in march(own_books).lines if line.carrier == "diesel")
    reverse_entry(own_books, line.entry_id, reason="合成：撤销", person="合成经办人")
    found = march(own_books)
    item = next(item for item in found.corrections if item.cause == "reversal")
    assert [original.entry_id for original in item.originals] == [line.entry_id]
    assert item.replacements == ()
    assert item.difference == -line.value
    assert line.entry_id not in {each.entry_id for each in found.lines}


def test_two_method_editions_stand_side_by_side(own_books: Connection) -> None:
    own_books.execute(
        "UPDATE emissions.resolution SET method_edition = 'other' "
        "WHERE measure = 'CO2' AND scope = '1'"
    )
    found = march(own_books)
    assert [item.method_edition for item in found.bases] == ["general-2015", "other"]
    assert [item.total.gases[0].quanta for item in found.bases] == [75_610_500, 11_007_929]


def test_what_is_not_counted_stands_outside_the_total(own_books: Connection) -> None:
    own_books.execute("UPDATE emissions.resolution SET counted = FALSE WHERE scope = '2'")
    (basis,) = march(own_books).bases
    (memo,) = basis.memo
    assert (memo.key, memo.co2e) == ("electricity_consumed", Fraction("75.6105"))
    assert {part.key for part in basis.by_scope} == {"1"}


def test_an_unknown_enterprise_is_refused(books: Connection) -> None:
    with pytest.raises(NoEnterprise, match="Neither ledger nor register"):
        statement(books, "91210102MA00000000", "2025-03")


def test_a_registered_enterprise_without_data_has_an_empty_statement(books: Connection) -> None:
    found = statement(books, city.LATE, "2025-03")
    assert (found.party.name, found.bases, found.lines) == (city.NAMES[city.LATE], (), ())


def test_statements_of_all_are_those_of_each(books: Connection) -> None:
    together = {item.party.enterprise_id: item for item in statements(books, read_span("2025-03"))}
    assert set(together) == {city.FIRST, city.SECOND}
    for enterprise_id, found in together.items():
        assert found == statement(books, enterprise_id, "2025-03")


def test_synthetic_names_are_recognised_and_synthetic_rubber_is_not() -> None:
    from ledgers.emissions.parties import synthetic

    assert synthetic("合成·铁西热力公司")
    assert synthetic("own edition (synthetic data)")
    assert not synthetic("沈阳合成橡胶厂", "合成氨")
