"""What the checks of a month see: rows that go missing, rows that are there twice, a late month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from datetime import date
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.reference import set_policy
from pipelines import month as steps
from pipelines.assets.accounts import Account, accounts, totals
from pipelines.checks.deadline import DEADLINE_DAY, due
from pipelines.period import close_month, reopen_month
from pipelines.reference import import_register_file
from tests.pipelines.homes import PERSON, copy_home, make_home
from warehouse.connect import Connection, writer
from warehouse.home import Home

MONTH = "2025-03"
TODAY = date(2025, 4, 8)
HEAD = "统一社会信用代码,能源品种,设备,起,止,消费量,计量单位\n"
NEWCOMER = "91350100M000100Y43"
# read, posted, rejected, waiting, unchanged, held, in a refused file, doubled, elsewhere
Counts = tuple[int, ...]


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("checks"), [])


@pytest.fixture
def home(registered: Home, tmp_path: Path) -> Home:
    return copy_home(registered, tmp_path / "home")


@pytest.fixture(scope="module")
def code(registered: Home) -> str:
    with writer(registered, purpose="test", person=PERSON) as con:
        row = con.execute("SELECT min(enterprise_id) FROM register.enterprise").fetchone()
    assert row is not None
    return str(row[0])


def row(code: str, quantity: str = "10", **other: str) -> str:
    cells = {"carrier": "电力", "device": "", "start": "2025-03-01", "end": "2025-03-31"} | other
    return ",".join((code, *cells.values(), quantity, other.get("unit", "kWh"))[:7]) + "\n"


def send(home: Home, name: str, *rows: str) -> None:
    (home.inbox / name).write_text(HEAD + "".join(rows), encoding="utf-8")


def run(home: Home, month: str = MONTH) -> dict[str, Account]:
    """Post the inbox; answers the account of each file by its name."""
    with writer(home, purpose="test", person=PERSON) as con:
        received = steps.receive(home, steps.inbox_files(home.inbox))
        received = steps.files_of(con, received, month)
        with steps.rule_faults(con, received, month, today=TODAY) as faults:
            steps.post(con, received, month, faults, person=PERSON)
    return seen(home, month)


def seen(home: Home, month: str = MONTH) -> dict[str, Account]:
    with writer(home, purpose="test", person=PERSON) as con:
        received = steps.receive(home, steps.inbox_files(home.inbox))
        received = steps.files_of(con, received, month)
        names = {typed.staged.sha256: typed.staged.name for typed in received}
        return {names[each.source]: each for each in accounts(con, received, month)}


def counts(account: Account) -> Counts:
    _, *numbers = astuple(account)
    assert account.balanced
    return tuple(numbers)


def test_good_rows_faulty_rows_and_rows_that_could_not_be_typed(home: Home, code: str) -> None:
    send(home, "a.csv", row(code), row(code, "-5"), row(code, "abc"), row(code, "7", device="2"))
    assert counts(run(home)["a.csv"]) == (4, 2, 2, 0, 0, 0, 0, 0, 0)
    assert counts(run(home)["a.csv"]) == (4, 2, 2, 0, 0, 0, 0, 0, 0), "a second run changes nothing"


def test_a_bill_belongs_to_the_month_of_its_last_day(home: Home, code: str) -> None:
    send(home, "a.csv", row(code, start="2025-02-18", end="2025-03-17"))
    assert counts(run(home, "2025-02")["a.csv"]) == (0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert counts(run(home, "2025-03")["a.csv"]) == (1, 1, 0, 0, 0, 0, 0, 0, 0)


def test_a_row_outside_the_window_counts_with_its_file(home: Home, code: str) -> None:
    send(home, "a.csv", row(code), row(code, start="2060-01-01", end="2060-01-31"))
    assert counts(run(home)["a.csv"]) == (2, 1, 1, 0, 0, 0, 0, 0, 0)


def test_rows_of_a_closed_month_wait_and_are_posted_when_it_reopens(home: Home, code: str) -> None:
    close_month(home, MONTH, person=PERSON)
    send(home, "a.csv", row(code), row(code, "-5"))
    assert counts(run(home)["a.csv"]) == (2, 0, 1, 1, 0, 0, 0, 0, 0)
    reopen_month(home, MONTH, person=PERSON, reason="late file")
    assert counts(seen(home)["a.csv"]) == (2, 1, 1, 0, 0, 0, 0, 0, 0)


def test_what_another_file_said_already_is_unchanged(home: Home, code: str) -> None:
    send(home, "a.csv", row(code))
    run(home)
    send(home, "b.csv", row(code), row(code, "3", device="2"))
    found = run(home)
    assert counts(found["a.csv"]) == (1, 1, 0, 0, 0, 0, 0, 0, 0)
    assert counts(found["b.csv"]) == (2, 1, 0, 0, 1, 0, 0, 0, 0)


def test_a_row_that_was_rejected_and_then_taken_counts_once(home: Home, code: str) -> None:
    send(home, "a.csv", row(code), row(NEWCOMER))
    assert counts(run(home)["a.csv"]) == (2, 1, 1, 0, 0, 0, 0, 0, 0)
    register = home.path / "register.csv"
    register.write_text(
        "enterprise_id,name,valid_from,district,industry\n"
        f"{NEWCOMER},合成·新来者（合成数据）,2020-01-01,210102,C31\n",
        encoding="utf-8",
    )
    import_register_file(home, register, "enterprise", person=PERSON)
    assert counts(run(home)["a.csv"]) == (2, 2, 0, 0, 0, 0, 0, 0, 0)


def test_a_row_that_was_rejected_and_then_found_unchanged_is_no_loss(home: Home, code: str) -> None:
    account = Account("f", 2, 1, 1, 0, 1, 0, 0, 0, 0)
    assert account.lost == 0
    assert account.balanced
    assert not Account("f", 2, 1, 2, 0, 1, 0, 0, 0, 0).balanced


def test_a_file_that_the_policy_holds(home: Home, code: str) -> None:
    with writer(home, purpose="test", person=PERSON) as con:
        set_policy(con, {"partial_posting": False}, person=PERSON, reason="test")
    send(home, "a.csv", row(code), row(code, "7", device="2"), row(code, "-5"))
    assert counts(run(home)["a.csv"]) == (3, 0, 1, 0, 0, 2, 0, 0, 0)


def test_readings_of_a_day_count_each(home: Home, code: str) -> None:
    head = "统一社会信用代码,能源品种,设备,时间,消费量,计量单位\n"
    rows = [
        f"{code},电力,{device},2025-03-{day:02d} {hour:02d}:00,{quantity},kWh\n"
        for day in (1, 2)
        for hour in (6, 12, 18)
        for device, quantity in (("1", "5"), ("2", "-5" if hour == 12 else "6"))
    ]
    (home.inbox / "meter.csv").write_text(head + "".join(rows), encoding="utf-8")
    assert counts(run(home)["meter.csv"]) == (12, 10, 2, 0, 0, 0, 0, 0, 0)


def test_a_file_that_was_refused_whole(home: Home, code: str, tmp_path: Path) -> None:
    send(home, "a.csv", row(code), row(code, "7", device="2"))
    with writer(home, purpose="test", person=PERSON) as con:
        received = steps.receive(home, steps.inbox_files(home.inbox))
        whole = tmp_path / "faults.parquet"
        con.execute(
            "COPY (SELECT ? AS source, '' AS sheet, 0::BIGINT AS row_no, '' AS column_name, "
            f"'IN-02' AS rule, 'E' AS severity, '' AS seen, '{{}}' AS facts) TO '{whole}' "
            "(FORMAT parquet)",
            [received[0].staged.sha256],
        )
        steps.post(con, received, MONTH, [whole], person=PERSON)
    assert counts(seen(home)["a.csv"]) == (2, 0, 0, 0, 0, 0, 2, 0, 0)


@pytest.fixture
def spoiled(home: Home, code: str) -> Iterator[Connection]:
    """A ledger with two rows of a file posted, open to be spoiled."""
    send(home, "a.csv", row(code), row(code, "7", device="2"))
    run(home)
    with writer(home, purpose="test", person=PERSON) as con:
        yield con


def only(con: Connection, home: Home) -> Account:
    received = steps.receive(home, steps.inbox_files(home.inbox))
    (found,) = accounts(con, received, MONTH)
    return found


def test_a_row_that_went_missing_is_seen(spoiled: Connection, home: Home) -> None:
    assert only(spoiled, home).balanced
    spoiled.execute("DELETE FROM emissions.activity WHERE device = '2'")
    found = only(spoiled, home)
    assert (found.lost, found.balanced) == (1, False)


def test_a_row_that_is_there_twice_is_seen(spoiled: Connection, home: Home) -> None:
    spoiled.execute("INSERT INTO emissions.activity FROM emissions.activity WHERE device = '2'")
    found = only(spoiled, home)
    assert (found.doubled, found.lost, found.balanced) == (1, -1, False)


def test_one_row_missing_and_another_twice_do_not_make_up_for_one_another(
    spoiled: Connection, home: Home
) -> None:
    spoiled.execute(
        "UPDATE emissions.activity SET row_no = 2, row_last = 2, device = '' WHERE device = '2'"
    )
    found = only(spoiled, home)
    assert (found.lost, found.doubled, found.balanced) == (0, 1, False)


def test_totals_are_sums() -> None:
    found = totals(
        [Account("a", 8, 1, 2, 3, 0, 0, 2, 0, 4), Account("b", 1, 1, 0, 0, 0, 0, 0, 0, 1)]
    )
    assert found == {
        "read": 9,
        "posted": 2,
        "rejected": 2,
        "waiting": 3,
        "unchanged": 0,
        "held": 0,
        "in_refused_file": 2,
        "doubled": 0,
        "elsewhere": 5,
    }


def test_a_month_that_nobody_ran_is_late_after_its_deadline(home: Home, code: str) -> None:
    with writer(home, purpose="test", person=PERSON) as con:
        on_the_day = due(con, date(2025, 4, DEADLINE_DAY))
        after = due(con, date(2025, 4, DEADLINE_DAY + 1))
    assert (on_the_day.month, on_the_day.deadline) == (MONTH, date(2025, 4, DEADLINE_DAY))
    assert not on_the_day.late
    assert after.late
    send(home, "a.csv", row(code))
    run(home)
    with writer(home, purpose="test", person=PERSON) as con:
        assert not due(con, date(2025, 4, DEADLINE_DAY + 1)).late
        assert due(con, date(2025, 5, DEADLINE_DAY + 1)).late
        assert journal.verify_chain(con).good
