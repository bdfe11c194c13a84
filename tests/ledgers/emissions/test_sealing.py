"""Sealing a year: on official rows alone, undone by two persons; 合成数据 (synthetic)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal, reference
from ledgers.emissions.sealing import (
    NotSealable,
    approve_unsealing,
    ask_to_unseal,
    readiness,
    seal,
)
from ledgers.emissions.statement import statement
from ledgers.journal import requests
from ledgers.journal.years import YearOpen
from ledgers.reference.method_import import import_method_edition
from tests.ledgers import synthetic_methods
from tests.ledgers.emissions import book
from warehouse.connect import Connection, DatabaseError

OTHER = "合成复核人"
SAID = {"document": "合成公告", "page": "第1页", "document_sha256": "0" * 64}
MONTHS = tuple(f"2025-{number:02d}" for number in range(1, 13))


def factor(value: str = "0.5") -> dict[str, str]:
    return {
        "edition": "合成·电力-2025",
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
        "factor_id": "r1",
    }


@pytest.fixture
def posted(ledger: Connection, tmp_path: Path) -> Connection:
    """10 MWh a month of one enterprise, by a synthetic method and a synthetic factor."""
    import_method_edition(ledger, synthetic_methods.text(), person=book.PERSON)
    answer = reference.import_edition(
        ledger, [factor()], person=book.PERSON, source_sha=book.file_hash("f")
    )
    assert not answer.rejected, answer.rejected
    book.register(ledger, book.enterprise(book.HEATING, method_edition=synthetic_methods.NAME))
    for month in MONTHS:
        row = book.electricity("10", "MWh")
        days = statement_days(month)
        path = book.typed_file(tmp_path, month, [row | days])
        book.post(ledger, path, month=month)
    return ledger


def statement_days(month: str) -> dict[str, object]:
    from ledgers.emissions.preparation import month_days

    return dict(zip(("period_start", "period_end"), month_days(month), strict=True))


def close_all(con: Connection) -> None:
    for month in MONTHS:
        book.close(con, month)


def confirm_all(con: Connection) -> None:
    reference.confirm(con, "factor", "合成·电力-2025", "r1", person=OTHER, **SAID)
    reference.confirm(con, "method_edition", synthetic_methods.NAME, person=OTHER, **SAID)


def test_what_a_year_rests_on_is_listed_with_what_rests_on_it(posted: Connection) -> None:
    found = readiness(posted, "2025")
    assert found.open_months == MONTHS
    rows = {
        (g.subject, g.edition, g.version, g.table, g.parameter, g.item, g.standing): (
            g.entries,
            g.co2e,
        )
        for g in found.grounds
    }
    # 12 entries of 10 MWh × 0.5 t/MWh rest on both.
    assert rows == {
        ("factor", "合成·电力-2025", 1, "own", "grid_factor", "r1", "reported"): (12, Fraction(60)),
        ("method_edition", synthetic_methods.NAME, 1, "", "", "", "reported"): (12, Fraction(60)),
    }
    assert not found.ready
    assert found.lacking == found.grounds


def test_a_seal_is_refused_step_by_step(posted: Connection) -> None:
    head = journal.head(posted)
    with pytest.raises(NotSealable) as refused:
        seal(posted, "2025", person=book.PERSON)
    assert (refused.value.facts["months"], refused.value.facts["rows"]) == (12, 2)
    assert journal.head(posted) == head
    close_all(posted)
    reference.confirm(posted, "factor", "合成·电力-2025", "r1", person=OTHER, **SAID)
    with pytest.raises(NotSealable) as refused:
        seal(posted, "2025", person=book.PERSON)
    [lacking] = refused.value.readiness.lacking
    assert lacking.edition == synthetic_methods.NAME
    reference.confirm(posted, "method_edition", synthetic_methods.NAME, person=OTHER, **SAID)
    made = seal(posted, "2025", person=book.PERSON)
    assert journal.year_seals(posted)["2025"].commit_no == made.commit_no
    assert [row[:4] for row in made.facts["rests_on"]] == [
        ["factor", "合成·电力-2025", 1, "r1"],
        ["method_edition", synthetic_methods.NAME, 1, ""],
    ]
    assert set(made.facts["months"]) == set(MONTHS)
    assert journal.verify_chain(posted).good
    with pytest.raises(journal.YearSealed):
        seal(posted, "2025", person=book.PERSON)


def test_a_sealed_year_is_unsealed_by_two_persons_alone(posted: Connection) -> None:
    close_all(posted)
    confirm_all(posted)
    seal(posted, "2025", person=book.PERSON)
    with pytest.raises(journal.YearSealed):
        book.reopen(posted, "2025-03")
    asked = ask_to_unseal(posted, "2025", person=book.PERSON, reason="合成：漏报")
    for person in (book.PERSON, f" {book.PERSON}"):
        with pytest.raises(journal.SamePersonDecides):
            approve_unsealing(posted, asked.commit_no, person=person)
    with pytest.raises(journal.YearSealed):
        book.reopen(posted, "2025-03")
    made = approve_unsealing(posted, asked.commit_no, person=OTHER)
    assert made.facts["requested_by"] == book.PERSON
    with pytest.raises(journal.RequestDecided):
        approve_unsealing(posted, asked.commit_no, person="合成第三人")
    book.reopen(posted, "2025-03")
    assert journal.year_seals(posted) == {}
    assert set(journal.year_seals(posted, made.commit_no - 1)) == {"2025"}
    with pytest.raises(YearOpen):
        ask_to_unseal(posted, "2025", person=book.PERSON, reason="合成")
    assert journal.verify_chain(posted).good


def test_the_database_holds_who_asked_and_who_decides_apart(ledger: Connection) -> None:
    with pytest.raises(DatabaseError, match="CHECK"):
        ledger.execute(
            "INSERT INTO journal.decision VALUES (9, 0, 3, 'approved', 'Wang', 'wang ', '')"
        )


def test_a_request_may_be_withdrawn_but_not_without_a_reason(posted: Connection) -> None:
    close_all(posted)
    confirm_all(posted)
    seal(posted, "2025", person=book.PERSON)
    asked = ask_to_unseal(posted, "2025", person=book.PERSON, reason="合成").commit_no
    with journal.transaction(posted):
        requests.refuse(posted, asked, person=book.PERSON, reason="合成：不必了")
    assert [(r.outcome, r.decided_by) for r in requests.requests(posted)] == [
        ("refused", book.PERSON)
    ]
    with pytest.raises(journal.RequestDecided):
        approve_unsealing(posted, asked, person=OTHER)


def test_a_version_that_came_later_says_nothing_of_what_was_posted(posted: Connection) -> None:
    """Version 2 is official; the entries rest on version 1, which is not."""
    close_all(posted)
    reference.import_edition(
        posted,
        [factor("0.6")],
        person=book.PERSON,
        source_sha=book.file_hash("g"),
        new_version="合成：更新",
    )
    confirm_all(posted)
    [lacking] = readiness(posted, "2025").lacking
    assert (lacking.edition, lacking.version, lacking.standing) == ("合成·电力-2025", 1, "reported")


def test_the_statement_says_whether_the_year_is_sealed_and_that_it_is_synthetic(
    posted: Connection,
) -> None:
    close_all(posted)
    before = statement(posted, book.HEATING, "2025")
    assert (before.sealed_years, before.synthetic) == ((), True)
    assert {note.kind for note in before.footnotes} == {"factor", "method"}
    confirm_all(posted)
    made = seal(posted, "2025", person=book.PERSON)
    after = statement(posted, book.HEATING, "2025-03")
    assert [(item.year, item.commit_no) for item in after.sealed_years] == [
        ("2025", made.commit_no)
    ]
    assert after.synthetic
    assert after.footnotes == ()
    then = statement(posted, book.HEATING, "2025", as_of=before.head.recorded_at)
    assert (then.sealed_years, then.footnotes) == ((), before.footnotes)


def test_a_year_without_entries_is_not_sealed(posted: Connection) -> None:
    with pytest.raises(NotSealable) as refused:
        seal(posted, "2024", person=book.PERSON)
    assert refused.value.code == "seal.nothing"
    for year in ("25", "2025-01", "abcd"):
        with pytest.raises(journal.BadYear):
            readiness(posted, year)
