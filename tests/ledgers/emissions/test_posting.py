from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ledgers import journal, reference
from ledgers.emissions import posting, reversal
from ledgers.emissions.activity import BALANCE_FLOWS
from ledgers.emissions.posting import SourceFile
from ledgers.emissions.verification import verify_entries
from tests.ledgers.emissions import book
from warehouse.connect import Connection


def account(posted: posting.Posted) -> list[tuple[int, ...]]:
    """(read, posted, rejected, waiting, unchanged, held) of each file."""
    return [
        (item.read, item.posted, item.rejected, item.waiting, item.unchanged, item.held)
        for item in posted.files
    ]


def sound(con: Connection) -> bool:
    return verify_entries(con).good and journal.verify_chain(con).good


def test_bought_electricity_with_the_factor_of_2023(ledger: Connection, tmp_path: Path) -> None:
    path = book.typed_file(tmp_path, "a", [book.electricity("100", "MWh")])
    name = {book.file_hash("a"): SourceFile("电费.csv", "grid")}
    posted = book.post(ledger, path, files=name)
    assert (posted.activities, posted.entries, posted.reversals) == (1, 2, 0)
    assert book.entries(ledger) == [
        ("CO2", 53_060_000, "post", ""),
        ("tce_equivalent", 12_290_000, "post", ""),
    ]
    assert posted.files[0].name == "电费.csv"
    assert ledger.execute("SELECT feed, month FROM emissions.source").fetchall() == [
        ("grid", "2025-03")
    ]
    assert sound(ledger)


def test_burned_lignite_gives_four_measures(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [book.row("10000", carrier="lignite")]))
    # 10,000 t × 14.449 GJ/t × 0.028 tC/GJ × 96 % × 44/12
    found = {measure: value for measure, value, *_ in book.entries(ledger)}
    assert found["CO2"] == 14_240_934_400
    assert set(found) == {"CO2", "CH4", "N2O", "tce_equivalent"}


def test_the_same_file_has_no_second_effect(ledger: Connection, tmp_path: Path) -> None:
    path = book.typed_file(tmp_path, "a", [book.row("1"), book.row("1")])
    first = book.post(ledger, path)
    head = journal.head(ledger)
    assert account(first) == [(2, 2, 0, 0, 0, 0)]
    assert book.post(ledger, path).nothing_new
    assert journal.head(ledger) == head


def test_a_new_file_beside_an_old_one_posts_the_new_one_alone(
    ledger: Connection, tmp_path: Path
) -> None:
    first = book.typed_file(tmp_path, "a", [book.row("1")])
    second = book.typed_file(tmp_path, "b", [book.row("2", enterprise_id=book.POWER)])
    book.post(ledger, first)
    posted = book.post(ledger, first, second)
    assert [item.sha256 for item in posted.files] == [book.file_hash("b")]
    assert posted.activities == 1


def test_a_key_is_held_to_one_submission(ledger: Connection, tmp_path: Path) -> None:
    first = book.typed_file(tmp_path, "a", [book.row("1")])
    second = book.typed_file(tmp_path, "b", [book.row("2")])
    files = {book.file_hash("a"): SourceFile("a")}
    book.post(ledger, first, key="提交-1", files=files)
    assert book.post(ledger, first, key="提交-1", files=files).nothing_new
    with pytest.raises(journal.KeyReused):
        book.post(ledger, second, key="提交-1", files={book.file_hash("b"): SourceFile("b")})
    assert len(book.entries(ledger)) == 4


def test_rows_with_faults_are_kept_out_and_listed(ledger: Connection, tmp_path: Path) -> None:
    path = book.typed_file(tmp_path, "a", [book.row("1"), book.row("2"), book.row("3")])
    faults = book.fault_file(
        tmp_path, "a", [(3, "VA-02", "E"), (4, "TR-01", "W"), (9, "IN-03", "E")]
    )
    posted = book.post(ledger, path, faults=[faults])
    # Row 9 could not be typed at all; it is read and rejected like row 3.
    assert account(posted) == [(4, 2, 2, 0, 0, 0)]
    assert book.faults(ledger) == [(3, "VA-02", "E"), (4, "TR-01", "W"), (9, "IN-03", "E")]
    assert ledger.execute("SELECT row_no FROM emissions.activity ORDER BY 1").fetchall() == [
        (2,),
        (4,),
    ]


def test_a_rejected_file_posts_nothing(ledger: Connection, tmp_path: Path) -> None:
    path = book.typed_file(tmp_path, "a", [book.row("1")])
    posted = book.post(ledger, path, faults=[book.fault_file(tmp_path, "a", [(0, "IN-02", "E")])])
    assert posted.activities == 0
    assert book.faults(ledger) == [(0, "IN-02", "E")]


def test_rejected_rows_are_tried_again_and_only_they(ledger: Connection, tmp_path: Path) -> None:
    stranger = book.credit_code(77)
    path = book.typed_file(tmp_path, "a", [book.row("1"), book.row("2", enterprise_id=stranger)])
    assert account(book.post(ledger, path)) == [(2, 1, 1, 0, 0, 0)]
    assert book.faults(ledger) == [(3, "RG-02", "E")]
    assert book.post(ledger, path).nothing_new
    book.register(ledger, book.enterprise(stranger))
    assert account(book.post(ledger, path)) == [(1, 1, 0, 0, 0, 0)]
    assert book.post(ledger, path).nothing_new
    assert ledger.execute("SELECT row_no FROM emissions.activity").fetchall() == [(2,), (3,)]
    assert sound(ledger)


def test_energy_is_booked_where_the_emission_has_only_a_draft(
    ledger: Connection, tmp_path: Path
) -> None:
    """From July 2026 the text of fuel combustion was not read; its energy was, and the row says
    that its emission is missing."""
    days = {"period_start": date(2026, 7, 1), "period_end": date(2026, 7, 31)}
    newcomer = book.credit_code(78)
    book.register(ledger, book.enterprise(newcomer, method_edition=""))
    sent = book.row("2", carrier="diesel", enterprise_id=newcomer, **days)
    path = book.typed_file(tmp_path, "a", [sent])
    posted = book.post(ledger, path, month="2026-07")
    assert (posted.activities, posted.entries) == (1, 1)
    assert book.faults(ledger) == [(2, "FA-04", "W")]
    ((measure, value, *_),) = book.entries(ledger)
    assert (measure, value) == ("tce_equivalent", 2_914_200)
    assert sound(ledger)


def test_a_case_without_factor_proof_or_method(ledger: Connection, tmp_path: Path) -> None:
    rows = [
        book.row("1", carrier="raw_coal"),
        book.row("1", "m3"),
        book.row("1", carrier="anthracite", flow="loss"),
        book.row("1", carrier="anthracite", flow="loss", device="二"),
        book.row("99999999999999999999"),
    ]
    posted = book.post(ledger, book.typed_file(tmp_path, "a", rows))
    assert account(posted) == [(5, 2, 3, 0, 0, 0)]
    assert sorted(book.faults(ledger)) == [
        (2, "FA-01", "E"),
        (3, "FA-03", "E"),
        (4, "FA-04", "W"),
        (6, "FA-05", "E"),
    ]
    assert book.entries(ledger) == []
    facts = ledger.execute(
        "SELECT facts->>'rows' FROM emissions.rejection WHERE rule = 'FA-04'"
    ).fetchall()
    assert facts == [("2",)]


def test_nobody_is_warned_that_a_stock_emits_nothing(ledger: Connection, tmp_path: Path) -> None:
    rows = [book.row("1", carrier="anthracite", flow=flow) for flow in sorted(BALANCE_FLOWS)]
    posted = book.post(ledger, book.typed_file(tmp_path, "a", rows))
    assert posted.activities == len(BALANCE_FLOWS)
    assert book.faults(ledger) == []
    assert book.entries(ledger) == []


def test_a_tie_of_factors_names_both(ledger: Connection, tmp_path: Path) -> None:
    for name in ("own-a", "own-b"):
        book.own_factor(
            ledger,
            edition=name,
            carrier="raw_coal",
            parameter="NCV",
            value="20",
            unit="GJ/t",
            enterprise_id=book.HEATING,
        )
    book.post(ledger, book.typed_file(tmp_path, "a", [book.row("1", carrier="raw_coal")]))
    assert book.faults(ledger) == [(2, "FA-02", "E")]
    (facts,) = ledger.execute("SELECT facts FROM emissions.rejection").fetchall()[0]
    assert "own-a" in facts
    assert "own-b" in facts


def test_an_enterprise_with_its_own_factor(ledger: Connection, tmp_path: Path) -> None:
    book.own_factor(
        ledger,
        carrier="anthracite",
        parameter="NCV",
        value="20",
        unit="GJ/t",
        enterprise_id=book.HEATING,
        facility="一号炉",
    )
    rows = [
        book.row("1000", facility="一号炉"),
        book.row("1000", facility="二号炉"),
        book.row("1000", facility="一号炉", enterprise_id=book.POWER),
    ]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    found = ledger.execute(
        "SELECT value FROM emissions.line WHERE measure = 'CO2' ORDER BY row_no"
    ).fetchall()
    # 1,000 t × NCV × 0.02749 tC/GJ × 94 % × 44/12, NCV 20 of its own against 24.515 as shipped
    assert [value for (value,) in found] == [1_894_977_333, 2_322_768_466, 2_322_768_466]


def test_a_file_with_faults_is_held_where_the_policy_says_so(
    ledger: Connection, tmp_path: Path
) -> None:
    reference.set_policy(
        ledger, {"partial_posting": False}, person=book.PERSON, reason="合成：整份退回"
    )
    good = book.typed_file(tmp_path, "good", [book.row("5", enterprise_id=book.POWER)])
    bad = book.typed_file(tmp_path, "bad", [book.row("1"), book.row("1", carrier="raw_coal")])
    posted = book.post(ledger, good, bad)
    assert account(posted) == [(1, 1, 0, 0, 0, 0), (2, 0, 1, 0, 0, 1)]
    assert [item.state for item in posted.files] == ["posted", "held"]
    assert book.post(ledger, good, bad).nothing_new
    book.own_factor(ledger, carrier="raw_coal", parameter="NCV", value="20", unit="GJ/t")
    book.own_factor(
        ledger,
        edition="own-cc",
        carrier="raw_coal",
        parameter="carbon_content_per_heat",
        value="0.026",
        unit="tC/GJ",
    )
    book.own_factor(
        ledger,
        edition="own-of",
        carrier="raw_coal",
        parameter="oxidation_rate",
        value="98",
        unit="%",
    )
    assert account(book.post(ledger, good, bad)) == [(2, 2, 0, 0, 0, 0)]


def test_parts_in_a_closed_month_wait_and_are_posted_on_reopening(
    ledger: Connection, tmp_path: Path
) -> None:
    book.close(ledger, "2025-02")
    bill = book.electricity(
        "10", "MWh", period_start=date(2025, 2, 18), period_end=date(2025, 3, 17)
    )
    posted = book.post(ledger, book.typed_file(tmp_path, "a", [bill]))
    assert account(posted) == [(1, 1, 0, 0, 0, 0)]
    waiting = ledger.execute("SELECT month, quantity FROM emissions.still_waiting").fetchall()
    assert waiting == [("2025-02", Decimal("3.928571428571"))]
    with pytest.raises(journal.PeriodClosed):
        posting.post_waiting(ledger, "2025-02", person=book.PERSON)
    book.reopen(ledger, "2025-02")
    assert posting.post_waiting(ledger, "2025-02", person=book.PERSON).activities == 1
    assert posting.post_waiting(ledger, "2025-02", person=book.PERSON).nothing_new
    assert ledger.execute("SELECT count(*) FROM emissions.still_waiting").fetchall() == [(0,)]
    assert ledger.execute(
        "SELECT month, sum(value)::BIGINT FROM emissions.line WHERE measure = 'CO2' "
        "GROUP BY month ORDER BY month"
    ).fetchall() == [("2025-02", 2_084_500), ("2025-03", 3_221_500)]
    found = verify_entries(ledger)
    assert found.good
    assert found.bills == 1


def test_a_closed_month_takes_whole_rows_as_waiting(ledger: Connection, tmp_path: Path) -> None:
    book.close(ledger, "2025-03")
    path = book.typed_file(tmp_path, "a", [book.row("1"), book.row("2")])
    assert account(book.post(ledger, path)) == [(2, 0, 0, 2, 0, 0)]
    assert book.post(ledger, path).nothing_new
    book.reopen(ledger, "2025-03")
    assert posting.post_waiting(ledger, "2025-03", person=book.PERSON).activities == 2
    assert book.post(ledger, path).nothing_new


def test_bought_after_consumed_electricity_takes_its_place(
    ledger: Connection, tmp_path: Path
) -> None:
    used = book.typed_file(tmp_path, "used", [book.electricity("50", "MWh", flow="consumption")])
    book.post(ledger, used)
    assert book.total(ledger) == 26_530_000
    bought = book.typed_file(tmp_path, "bought", [book.electricity("100", "MWh")])
    posted = book.post(ledger, bought)
    assert posted.reversals >= 1
    assert book.total(ledger) == 53_060_000
    assert ("CO2", -26_530_000, "reversal", "flows_beside") in book.entries(ledger)
    assert sound(ledger)


def test_both_flows_in_one_file_count_once(ledger: Connection, tmp_path: Path) -> None:
    rows = [book.electricity("50", "MWh", flow="consumption"), book.electricity("100", "MWh")]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    assert book.total(ledger) == 53_060_000


def test_the_ledger_reads_as_it_stood(ledger: Connection, tmp_path: Path) -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    first = book.typed_file(tmp_path, "a", [book.electricity("1", "MWh")])
    second = book.typed_file(tmp_path, "b", [book.electricity("2", "MWh")])
    book.post(ledger, first, recorded_at=moment)
    book.post(ledger, second, recorded_at=moment + timedelta(hours=1))
    as_it_stood = ledger.execute(
        "SELECT sum(value)::BIGINT FROM emissions.line_at(?) WHERE measure = 'CO2'",
        [(moment + timedelta(minutes=1)).replace(tzinfo=None)],
    ).fetchall()
    assert as_it_stood == [(530_600,)]
    assert book.total(ledger) == 1_061_200


def test_an_entry_is_reversed_once(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [book.electricity("1", "MWh")]))
    entry = ledger.execute("SELECT entry_id FROM emissions.line WHERE measure = 'CO2'").fetchall()[
        0
    ][0]
    made = reversal.reverse_entry(ledger, entry, reason="合成：录错", person=book.PERSON)
    assert made.facts["entry"] == entry
    assert book.total(ledger) == 0
    with pytest.raises(reversal.EntryReversed):
        reversal.reverse_entry(ledger, entry, reason="再来", person=book.PERSON)
    with pytest.raises(reversal.EntryUnknown):
        reversal.reverse_entry(ledger, "99-0", reason="无此", person=book.PERSON)
    assert sound(ledger)


def test_a_closed_month_refuses_a_reversal(ledger: Connection, tmp_path: Path) -> None:
    book.post(ledger, book.typed_file(tmp_path, "a", [book.electricity("1", "MWh")]))
    entry = ledger.execute("SELECT entry_id FROM emissions.line").fetchall()[0][0]
    book.close(ledger, "2025-03")
    with pytest.raises(journal.PeriodClosed):
        reversal.reverse_entry(ledger, entry, reason="合成", person=book.PERSON)


def test_a_large_file_after_an_empty_batch_is_wholly_there(
    ledger: Connection, tmp_path: Path
) -> None:
    """A file of which nothing is posted comes first, in the same transaction."""
    empty = book.typed_file(tmp_path, "empty", [book.row("1", carrier="raw_coal")])
    large = book.typed_file(tmp_path, "large", [book.row("1")])
    wide = tmp_path / "wide.parquet"
    ledger.execute(
        f"COPY (SELECT * REPLACE (i + 2 AS row_no) FROM read_parquet('{large}'), "
        f"range(130000) r(i)) TO '{wide}' (FORMAT parquet)"
    )
    posted = book.post(ledger, empty, Path(wide))
    assert posted.activities == 130_000
    assert posted.entries == 4 * 130_000
    assert len(posted.commits) == 2
    assert book.total(ledger) == 130_000 * 2_322_768
    assert sound(ledger)
