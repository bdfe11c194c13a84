"""Report, finding, re-check, objection: order, persons, clocks; the ledger's own figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers.allowances import emission_verification as ev
from ledgers.allowances.measures import CITY, NATIONAL, of_year
from ledgers.allowances.refusals import Refused
from tests.ledgers.allowances.desk import ANNA, BERT, CORA, MILL, PLANT
from tests.ledgers.allowances.test_plan import fails
from tests.ledgers.allowances.year import VERIFIER, Year, opened_year


@pytest.fixture
def year(first_registry: Path, tmp_path: Path) -> Iterator[Year]:
    with opened_year(first_registry, tmp_path) as made:
        made.go(2026, 4, 1, 10)
        made.list(2025)
        made.list(2024)
        yield made


def test_from_report_to_obligation(year: Year) -> None:
    assert year.step(PLANT, 2025, "report", 1000).note == ""
    assert year.step(PLANT, 2025, "finding", 1099).step_no == 2
    assert ev.demanded(year.con, PLANT, 2025) == ()
    # A Monday; seven working days later is Wednesday of the week after.
    year.go(2026, 5, 4, 10)
    notice = year.step(PLANT, 2025, "notice")
    assert (notice.co2e, notice.answer_by) == (None, date(2026, 5, 13))
    with fails("market.may_object"):
        year.confirm(PLANT, 2025)
    year.go(2026, 5, 14, 0, 0, 1)
    made = year.confirm(PLANT, 2025)
    assert (made.verified, made.due, made.version) == (1099, 1099, 1)
    assert made.deadline == date(2026, 12, 31)
    kept = [(s.step, s.co2e, s.person) for s in ev.steps(year.con, PLANT, 2025)]
    assert kept == [
        ("report", 1000, CORA),
        ("finding", 1099, VERIFIER),
        ("notice", None, ANNA),
        ("confirm", 1099, ANNA),
    ]


def test_an_objection_and_its_clocks(year: Year) -> None:
    year.step(PLANT, 2025, "report", 1000)
    year.step(PLANT, 2025, "finding", 1050)
    year.go(2026, 5, 4, 10)
    year.step(PLANT, 2025, "notice")
    year.go(2026, 5, 13, 23, 59)
    objection = year.step(PLANT, 2025, "objection")
    # Ten working days after 13 May.
    assert objection.answer_by == date(2026, 5, 27)
    with fails("market.step_order"):
        year.confirm(PLANT, 2025)
    assert ev.demanded(year.con, PLANT, 2025) == ("objection",)
    assert ev.overdue(year.con, 2025, date(2026, 5, 27)) == ()
    assert [s.entity for s in ev.overdue(year.con, 2025, date(2026, 5, 28))] == [PLANT]
    year.step(PLANT, 2025, "recheck", 1020)
    assert ev.demanded(year.con, PLANT, 2025) == ()
    year.step(PLANT, 2025, "decision", 1010)
    assert year.confirm(PLANT, 2025).verified == 1010


def test_an_objection_too_late(year: Year) -> None:
    year.step(PLANT, 2025, "report", 1000)
    year.step(PLANT, 2025, "finding", 1000)
    year.go(2026, 5, 4, 10)
    year.step(PLANT, 2025, "notice")
    year.go(2026, 5, 14, 0, 0)
    with fails("market.objection_late"):
        year.step(PLANT, 2025, "objection")


@pytest.mark.parametrize(
    ("reported", "found", "last", "expected"),
    [
        (1000, 1099, None, ()),
        (1000, 1100, None, ("share",)),
        (1000, 900, None, ("share",)),
        (1_000_000, 1_019_999, None, ()),
        (1_000_000, 980_000, None, ("tonnes",)),
        (1000, 1000, 834, ()),
        (1000, 1000, 833, ("year_on_year",)),
        (1000, 800, 1000, ("share", "year_on_year")),
        (0, 0, 0, ()),
        (0, 1, 0, ("share", "year_on_year")),
        (100_000, 130_000, 50_000, ("share", "tonnes", "year_on_year")),
    ],
)
def test_triggers_of_a_recheck(
    year: Year, reported: int, found: int, last: int | None, expected: tuple[str, ...]
) -> None:
    assert ev.recheck_reasons(of_year(year.con, 2025), reported, found, last) == expected


def test_nothing_is_confirmed_while_a_recheck_is_due(year: Year) -> None:
    year.step(PLANT, 2025, "report", 1000)
    year.step(PLANT, 2025, "finding", 1200)
    year.step(PLANT, 2025, "notice")
    year.registry.at(days=14)
    with fails("market.recheck_due"):
        year.confirm(PLANT, 2025)


def test_last_year_counts_as_it_was_confirmed(year: Year) -> None:
    year.verified(PLANT, 2024, 800)
    year.step(PLANT, 2025, "report", 1000)
    year.step(PLANT, 2025, "finding", 1000)
    assert ev.demanded(year.con, PLANT, 2025) == ("year_on_year",)


def test_persons_and_order(year: Year) -> None:
    more = {"document": "合成", "at": year.now}
    with fails("market.step_order"):
        year.step(PLANT, 2025, "finding", 1)
    with pytest.raises(Refused):
        ev.record_step(year.con, PLANT, 2025, "report", co2e=1, person=VERIFIER, **more)
    year.step(PLANT, 2025, "report", 0)
    for person in (CORA, ANNA):
        with fails("market.no_verifier"):
            ev.record_step(year.con, PLANT, 2025, "finding", co2e=1, person=person, **more)
    for wrong in (None, "", -1, "1.5", 1.0, True, "EXCLUDED"):
        with fails("market.bad_emission"):
            year.step(PLANT, 2025, "finding", wrong)
    with fails("market.need_document"):
        ev.record_step(
            year.con, PLANT, 2025, "finding", co2e=1, person=VERIFIER, document=" ", at=year.now
        )
    with fails("market.bad_step"):
        year.step(PLANT, 2025, "guess", 1)
    with pytest.raises(LookupError):
        year.step("合成·名录外", 2025, "report", 1)


def test_a_late_report_and_an_estimate(year: Year) -> None:
    year.go(2026, 5, 1, 0, 0)
    assert year.step(PLANT, 2025, "report", 5).note == "逾期 late"
    # No report at all: the bureau estimates; it stands until it is replaced.
    year.step(MILL, 2025, "estimate", 700)
    year.step(MILL, 2025, "notice")
    year.registry.at(days=14)
    assert year.confirm(MILL, 2025).verified == 700
    year.step(MILL, 2025, "estimate", 900)
    year.step(MILL, 2025, "notice")
    year.registry.at(days=14)
    again = year.confirm(MILL, 2025)
    assert (again.version, again.due) == (2, 900)


@pytest.mark.case("market-evidence")
def test_evidence_of_a_month() -> None:
    from tests.ledgers.allowances.test_allocation import opened

    book = of_year(opened(), 2026, market=NATIONAL)
    assert ev.evidence_deadline(book, 2026, 1) == date(2026, 3, 12)
    assert ev.evidence_deadline(book, 2025, 12) == date(2026, 2, 9)
    assert ev.report_deadline(book, 2025) == date(2026, 3, 31)
    assert ev.report_deadline(of_year(opened(), 2025, market=CITY), 2025) == date(2026, 4, 30)


def test_whole_tonnes_by_the_bureaus_rule(year: Year) -> None:
    book = of_year(year.con, 2025)
    assert [ev.rounded(book, Fraction(n, 10)) for n in (14, 15, 16)] == [1, 2, 2]


def test_the_database_wants_two(year: Year) -> None:
    from warehouse.connect import DatabaseError

    with pytest.raises(DatabaseError, match="CHECK"):
        year.con.execute(
            "INSERT INTO market.obligation VALUES "
            "(9, 0, 'x', 2025, 1, 1, 1, '2026-12-31', 1, '[]', 'p', 'p')"
        )
    with pytest.raises(Refused):
        ev.confirm(
            year.con, PLANT, 2025, document="合成", proposer=BERT, approver=BERT, at=year.now
        )
