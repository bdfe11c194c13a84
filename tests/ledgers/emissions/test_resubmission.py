from __future__ import annotations

from pathlib import Path
from typing import Any

from ledgers import journal
from ledgers.emissions import posting
from ledgers.emissions.verification import verify_entries
from tests.ledgers.emissions import book
from warehouse.connect import Connection

MWH = 530_600
"""gCO2 of a bought MWh."""


def power(quantity: str, **changes: Any) -> dict[str, Any]:
    return book.electricity(quantity, "MWh", evidence_kind="invoice", **changes)


def causes(con: Connection) -> list[tuple[str, str, str]]:
    return con.execute(
        "SELECT cause, from_source, by_source FROM emissions.withdrawal ORDER BY commit_no, ordinal"
    ).fetchall()


def test_the_same_content_in_another_file_is_unchanged(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1"), power("2")]))
    posted = book.post(ledger, book.typed_file(tmp_path, "b", [power("2"), power("1")]))
    assert [(item.read, item.posted, item.unchanged) for item in posted.files] == [(2, 0, 2)]
    assert book.total(ledger) == 3 * MWH
    assert posted.reversals == 0


def test_other_content_replaces_the_whole_set(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1"), power("2")]))
    posted = book.post(ledger, book.typed_file(tmp_path, "b", [power("1"), power("5")]))
    assert (posted.activities, posted.reversals) == (2, 4)
    assert book.total(ledger) == 6 * MWH
    found = [item for item in book.entries(ledger) if item[0] == "CO2"]
    assert found == [
        ("CO2", MWH, "post", ""),
        ("CO2", 2 * MWH, "post", ""),
        ("CO2", -MWH, "reversal", "resubmission"),
        ("CO2", -2 * MWH, "reversal", "resubmission"),
        ("CO2", MWH, "post", "resubmission"),
        ("CO2", 5 * MWH, "post", "resubmission"),
    ]
    hashes = (book.file_hash("a"), book.file_hash("b"))
    assert causes(ledger) == [("resubmission", *hashes)] * 2
    assert verify_entries(ledger).good
    assert journal.verify_chain(ledger).good


def test_a_row_more_is_another_set(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1")]))
    book.post(ledger, book.typed_file(tmp_path, "b", [power("1"), power("1")]))
    assert book.total(ledger) == 2 * MWH


def test_streams_that_the_later_file_lacks_stay(ledger: Connection, tmp_path: Path) -> None:
    book.post(
        ledger, book.typed_file(tmp_path, "a", [power("1", device="一"), power("2", device="二")])
    )
    book.post(ledger, book.typed_file(tmp_path, "b", [power("7", device="二")]))
    assert book.total(ledger) == 8 * MWH
    assert len(causes(ledger)) == 1


def test_another_kind_of_evidence_is_another_stream(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1")]))
    other = {**power("1"), "evidence_kind": "meter"}
    book.post(ledger, book.typed_file(tmp_path, "b", [other]))
    assert book.total(ledger) == 2 * MWH


def test_add_books_it_beside(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1")]))
    posted = book.post(ledger, book.typed_file(tmp_path, "b", [power("5")]), add="合成：另一块表")
    assert book.total(ledger) == 6 * MWH
    assert posted.commits[0].reason == "合成：另一块表"
    assert ledger.execute("SELECT mode FROM emissions.source ORDER BY commit_no").fetchall() == [
        ("",),
        ("add",),
    ]


def test_two_files_of_one_run_replace_in_the_order_of_arrival(
    ledger: Connection, tmp_path: Path
) -> None:
    first = book.typed_file(tmp_path, "z", [power("1")])
    second = book.typed_file(tmp_path, "a", [power("5")])
    posted = book.post(ledger, first, second)
    assert len(posted.commits) == 2
    assert book.total(ledger) == 5 * MWH


def test_a_resubmission_for_a_closed_month_waits(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1")]))
    book.close(ledger, "2025-03")
    posted = book.post(ledger, book.typed_file(tmp_path, "b", [power("5")]))
    assert [item.waiting for item in posted.files] == [1]
    assert book.total(ledger) == MWH


def test_a_waiting_row_that_says_what_stands_is_done_with(
    ledger: Connection, tmp_path: Path
) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1")]))
    book.close(ledger, "2025-03")
    book.post(ledger, book.typed_file(tmp_path, "b", [power("1")]))
    book.post(ledger, book.typed_file(tmp_path, "c", [power("3")]))
    book.reopen(ledger, "2025-03")
    posted = posting.post_waiting(ledger, "2025-03", person=book.PERSON)
    assert [(item.posted, item.unchanged) for item in posted.files] == [(0, 1), (1, 0)]
    assert ledger.execute("SELECT count(*) FROM emissions.still_waiting").fetchall() == [(0,)]
    assert book.total(ledger) == 3 * MWH
    assert posting.post_waiting(ledger, "2025-03", person=book.PERSON).nothing_new
    assert journal.verify_chain(ledger).good


def test_an_accrual_gives_way_to_the_real_value(ledger: Connection, tmp_path: Path) -> None:
    accrued = {**power("9", data_kind="accrued"), "evidence_kind": "none"}
    book.post(ledger, book.typed_file(tmp_path, "a", [accrued]))
    book.post(ledger, book.typed_file(tmp_path, "b", [power("8")]))
    assert book.total(ledger) == 8 * MWH
    assert [cause for cause, *_ in causes(ledger)] == ["accrual"]


def test_a_correcting_row_replaces_the_row_it_names(ledger: Connection, tmp_path: Path) -> None:
    sent = [power("1", device="一"), power("2", device="二")]
    book.post(ledger, book.typed_file(tmp_path, "a", sent))
    name = f"{book.file_hash('a')[:8]}:3"
    right = power("7", device="二", correction_of=name)
    book.post(ledger, book.typed_file(tmp_path, "b", [right]))
    assert book.total(ledger) == 8 * MWH
    assert [cause for cause, *_ in causes(ledger)] == ["correction"]
    assert ("CO2", 7 * MWH, "post", "correction") in book.entries(ledger)


def test_a_correction_names_an_entry(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("1"), power("2")]))
    entry = ledger.execute(
        f"SELECT entry_id FROM emissions.line WHERE value = {2 * MWH}"
    ).fetchall()[0][0]
    book.post(ledger, book.typed_file(tmp_path, "b", [power("3", correction_of=entry)]))
    assert book.total(ledger) == 4 * MWH


def test_a_negative_correction_is_booked_beside(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [power("5")]))
    name = f"{book.file_hash('a')[:8]}:2"
    book.post(ledger, book.typed_file(tmp_path, "b", [power("-2", correction_of=name)]))
    assert book.total(ledger) == 3 * MWH
    assert causes(ledger) == []


def test_a_row_corrects_another_of_its_own_file(ledger: Connection, tmp_path: Path) -> None:
    rows = [power("1"), power("2"), power("9", correction_of="3")]
    posted = book.post(ledger, book.typed_file(tmp_path, "a", rows))
    assert len(posted.commits) == 2
    assert book.total(ledger) == 10 * MWH
    assert verify_entries(ledger).good
