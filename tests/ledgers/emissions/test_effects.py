"""What two editions of factors make of a booked year: against sums worked by hand (合成数据)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal, reference
from ledgers.emissions.effects import Effects, effects
from ledgers.emissions.restatement import restate
from ledgers.emissions.statement import statement
from ledgers.reference.differences import difference, read_side
from tests.ledgers.emissions import book
from warehouse.connect import Connection


@pytest.fixture
def posted(ledger: Connection, tmp_path: Path) -> Connection:
    """10 MWh of one enterprise, 20 MWh and 100 t of anthracite of another, all in March 2025."""
    rows = [
        book.electricity("10", "MWh"),
        book.electricity("20", "MWh", enterprise_id=book.POWER),
        book.row("100", enterprise_id=book.POWER),
    ]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    return ledger


def effect(con: Connection, old: str, new: str, **options: str) -> Effects:
    return effects(con, difference(read_side(con, old), read_side(con, new)), **options)


def own(con: Connection, value: str, sha: str, **changes: str) -> None:
    """Version after version of an edition with one grid factor of HEATING."""
    row = {
        "edition": "合成电力",
        "publisher": "合成",
        "document": "合成数据 (synthetic)",
        "evidence": "合成数据 (synthetic)",
        "standing": "reported",
        "known_from": "2020-01-01",
        "carrier": "electricity",
        "parameter": "grid_EF",
        "series": "national_average",
        "value": value,
        "unit": "kgCO2/kWh",
        "enterprise_id": book.HEATING,
    } | changes
    answer = reference.import_edition(
        con, [row], person=book.PERSON, source_sha=book.file_hash(sha), new_version="合成：更新"
    )
    assert not answer.rejected, answer.rejected


def test_two_years_of_grid_factors(posted: Connection) -> None:
    head = journal.head(posted)
    found = effect(posted, "2022", "2023")
    # 0.5366 and 0.5306 kgCO2/kWh; the ledger rests on the second.
    assert [(e.enterprise_id, e.difference) for e in found.enterprises] == [
        (book.POWER, Fraction("-0.12")),
        (book.HEATING, Fraction("-0.06")),
    ]
    heating = found.enterprises[1]
    assert (heating.booked, heating.before, heating.after) == (
        Fraction("5.306"),
        Fraction("5.366"),
        Fraction("5.306"),
    )
    assert found.activities == 2
    assert found.span is not None
    assert (found.span.first, found.span.last) == ("2024-04", "2025-03")
    assert journal.head(posted) == head


def test_years_that_are_not_in_force_are_compared_too(posted: Connection) -> None:
    """0.5703 for 2021 beside 0.5366 for 2022, although the books rest on 2023."""
    found = effect(posted, "2021", "2022")
    heating = next(e for e in found.enterprises if e.enterprise_id == book.HEATING)
    assert (heating.booked, heating.before, heating.after) == (
        Fraction("5.306"),
        10 * _national(posted, "2021"),
        Fraction("5.366"),
    )


def _national(con: Connection, year: str) -> Fraction:
    rows = [row for row in read_side(con, year).rows if row.series == "national_average"]
    [value] = {row.value for row in rows}
    return Fraction(value)


def test_two_versions_of_an_own_edition(posted: Connection) -> None:
    own(posted, "0.5", "one")
    own(posted, "0.6", "two")
    found = effect(posted, "合成电力:1", "合成电力:2")
    [only] = found.enterprises
    assert (only.enterprise_id, only.booked, only.before, only.after) == (
        book.HEATING,
        Fraction("5.306"),
        Fraction(5),
        Fraction(6),
    )


def test_an_added_row_that_is_more_specific_is_found(posted: Connection) -> None:
    """Version 2 serves POWER as well, which nothing booked says yet."""
    own(posted, "0.5", "one")
    rows = [
        {"value": "0.5", "enterprise_id": book.HEATING},
        {"value": "0.4", "enterprise_id": book.POWER},
    ]
    shared = {
        "edition": "合成电力",
        "publisher": "合成",
        "document": "合成数据 (synthetic)",
        "evidence": "合成数据 (synthetic)",
        "standing": "reported",
        "known_from": "2020-01-01",
        "carrier": "electricity",
        "parameter": "grid_EF",
        "series": "national_average",
        "unit": "kgCO2/kWh",
    }
    reference.import_edition(
        posted,
        [shared | row for row in rows],
        person=book.PERSON,
        source_sha=book.file_hash("two"),
        new_version="合成：增行",
    )
    found = effect(posted, "合成电力:1", "合成电力")
    power = next(e for e in found.enterprises if e.enterprise_id == book.POWER)
    coal = next(
        item for item in found.shifts if (item.enterprise_id, item.measure) == (book.POWER, "CO2")
    )
    assert power.difference == 20 * (Fraction("0.4") - Fraction("0.5306"))
    assert coal.booked == coal.before


def test_what_the_new_edition_lacks_is_said_and_stands_as_booked(posted: Connection) -> None:
    found = effect(posted, "ndrc-24", "gbt32150-2025")
    [lacking] = found.unserved
    assert (lacking.side, lacking.carrier, lacking.rows) == ("new", "anthracite", 1)
    assert "NCV" in lacking.why_en
    assert found.enterprises == ()


def test_the_effect_is_what_a_restatement_then_does(posted: Connection) -> None:
    """The month was posted before the own factor came: restating moves it to the new side."""
    own(posted, "0.5", "one")
    own(posted, "0.6", "two")
    found = effect(posted, "合成电力:1", "合成电力:2")
    done = restate(posted, ["2025-03"], reason="合成：自有因子", person=book.PERSON)
    assert [item.after for item in done.effects] == [
        item.after for item in found.shifts if item.measure == "CO2"
    ]
    total = statement(posted, book.HEATING, "2025-03").bases[0].total.co2e
    assert total == found.enterprises[0].after
    again = effect(posted, "合成电力:1", "合成电力:2")
    assert again.enterprises[0].booked == again.enterprises[0].after


def test_months_before_the_posted_ones_hold_nothing(posted: Connection) -> None:
    found = effect(posted, "2022", "2023", until="2024-12")
    assert (found.activities, found.enterprises) == (0, ())


def test_an_empty_ledger_has_no_months(ledger: Connection) -> None:
    assert effect(ledger, "2022", "2023").span is None
