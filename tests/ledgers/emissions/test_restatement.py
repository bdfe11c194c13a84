from __future__ import annotations

from pathlib import Path

import pytest

from ledgers import journal
from ledgers.emissions import posting, restatement, reversal
from ledgers.emissions.explanation import explain
from ledgers.emissions.restatement import restate
from ledgers.emissions.reversal import EntryUnknown
from ledgers.emissions.verification import verify_entries
from tests.ledgers.emissions import book
from warehouse.connect import Connection

SHIPPED, OWN = 530_600, 500_000
"""gCO2 of a bought MWh by the national average, and by the enterprise's own factor below."""


@pytest.fixture
def posted(ledger: Connection, tmp_path: Path) -> Connection:
    """Two enterprises; then one of them brings a grid factor of its own."""
    rows = [
        book.electricity("10", "MWh"),
        book.electricity("10", "MWh", enterprise_id=book.POWER),
    ]
    book.post(
        ledger,
        book.typed_file(tmp_path, "a", rows),
        files={book.file_hash("a"): posting.SourceFile("三月.csv")},
    )
    book.own_factor(
        ledger,
        carrier="electricity",
        parameter="grid_EF",
        series="national_average",
        value="0.5",
        unit="kgCO2/kWh",
        enterprise_id=book.HEATING,
    )
    return ledger


def again(con: Connection, **options: object) -> restatement.Restated:
    given = {"reason": "合成：自有因子", "person": book.PERSON} | options
    return restate(con, ["2025-03"], **given)  # type: ignore[arg-type]


def test_a_dry_run_shows_the_effect_and_writes_nothing(posted: Connection) -> None:
    head = journal.head(posted)
    found = again(posted, dry_run=True)
    assert found.commit is None
    assert [
        (item.enterprise_id, item.measure, item.before, item.after, item.activities)
        for item in found.effects
    ] == [(book.HEATING, "CO2", 10 * SHIPPED, 10 * OWN, 1)]
    assert journal.head(posted) == head


def test_what_comes_out_otherwise_is_reversed_and_posted_anew(posted: Connection) -> None:
    found = again(posted)
    assert found.commit is not None
    assert found.effects[0].difference == 10 * (OWN - SHIPPED)
    new = [item for item in book.entries(posted) if item[3] == "restatement"]
    assert new == [
        ("CO2", -10 * SHIPPED, "reversal", "restatement"),
        ("CO2", 10 * OWN, "restatement", "restatement"),
    ]
    assert book.total(posted) == 10 * (OWN + SHIPPED)
    assert verify_entries(posted).good
    assert journal.verify_chain(posted).good
    assert again(posted).effects == ()


def test_a_closed_month_is_restated_only_after_reopening(posted: Connection) -> None:
    book.close(posted, "2025-03")
    assert len(again(posted, dry_run=True).effects) == 1
    with pytest.raises(journal.PeriodClosed):
        again(posted)
    book.reopen(posted, "2025-03")
    assert again(posted).commit is not None


def test_an_entry_reversed_by_hand_stays_reversed(posted: Connection) -> None:
    entry = posted.execute(
        "SELECT entry_id FROM emissions.line WHERE measure = 'CO2' AND enterprise_id = ?",
        [book.HEATING],
    ).fetchall()[0][0]
    reversal.reverse_entry(posted, entry, reason="合成：表坏", person=book.PERSON)
    assert again(posted).effects == ()
    assert book.total(posted) == 10 * SHIPPED


def test_an_edition_must_be_known(posted: Connection) -> None:
    with pytest.raises(restatement.EditionUnknown):
        again(posted, edition="general-1915")


def test_an_entry_is_explained(posted: Connection) -> None:
    entry = posted.execute(
        "SELECT entry_id FROM emissions.line WHERE measure = 'CO2' ORDER BY ordinal"
    ).fetchall()[0][0]
    found = explain(posted, entry)
    assert found.exact == 10 * SHIPPED
    said = found.as_json()
    assert said["value"] == "5306000"
    assert said["source"]["name"] == "三月.csv"
    assert said["source"]["row"] == 2
    assert said["quantity_text"] == "10"
    assert said["formula"] == "quantity * grid_factor"
    assert "0.5306" in said["working"]
    assert said["commit"]["person"] == book.PERSON
    for lang, words in (("zh", "第 2 行"), ("en", "row 2")):
        text = found.text(lang)
        assert words in text
        assert "{" not in text


def test_a_reversal_is_explained_by_what_it_negates(posted: Connection) -> None:
    again(posted)
    entry = posted.execute(
        "SELECT entry_id FROM emissions.line WHERE kind = 'reversal'"
    ).fetchall()[0][0]
    found = explain(posted, entry)
    assert found.exact is None
    assert found.line.value == -10 * SHIPPED
    assert found.line.reverses_id in found.text("zh")
    with pytest.raises(EntryUnknown):
        explain(posted, "99-99")
