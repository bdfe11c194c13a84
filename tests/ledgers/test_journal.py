from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledgers import journal
from tests.ledgers.bookkeeping import SCHEMA, post
from warehouse import heads
from warehouse.connect import Connection, Home, reader, writer
from warehouse.integrity import NotJournalled, OutOfOrder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def con(home: Home) -> Iterator[Connection]:
    with writer(home, purpose="test", person="张三") as con:
        con.execute(SCHEMA)
        yield con


GIVEN: dict[str, Any] = {
    "book": "book",
    "kind": "k",
    "key": "k",
    "body_sha256": "0" * 64,
    "person": "p",
    "facts": {},
    "tables": [],
}


def sealed(con: Connection, statement: str = "SELECT 1", **changes: Any) -> journal.Commit:
    with journal.transaction(con):
        con.execute(statement)
        return journal.commit(con, **(GIVEN | changes))


def test_the_header_says_what_was_sealed(con: Connection) -> None:
    made = post(con, "a", rows=2, month="2025-03")
    header = json.loads(made.header)
    roots = {name: table.pop("root") for name, table in header["tables"].items()}
    assert header == {
        "book": "book",
        "kind": "post",
        "key": "a",
        "body": journal.body_digest(["a", 2, ""]),
        "month": "2025-03",
        "person": "张三",
        "reason": "合成数据 (synthetic)",
        "recorded_at": made.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "commit_no": 1,
        "facts": {"rows": 2},
        "tables": {
            "book.entry": {
                "rows": 2,
                "columns": [
                    "commit_no BIGINT",
                    "ordinal BIGINT",
                    "day DATE",
                    "moment TIMESTAMP",
                    "quantity DECIMAL(38,12)",
                    "value BIGINT",
                    "text VARCHAR",
                    "measured BOOLEAN",
                    "ratio DOUBLE",
                    "line INTEGER",
                ],
            },
            "book.note": {
                "rows": 1,
                "columns": ["commit_no BIGINT", "ordinal BIGINT", "text VARCHAR"],
            },
        },
    }
    note = bytes([1]) + (1).to_bytes(8, "little")
    note += bytes([1]) + bytes(8)
    note += bytes([1]) + (1).to_bytes(4, "little") + b"n"
    assert roots["book.note"] == hashlib.sha256(b"\0" + note).hexdigest()


def test_commits_are_a_chain(con: Connection) -> None:
    first, second = post(con, "a"), post(con, "b")
    assert first.prev_hash == "0" * 64
    assert second.prev_hash == first.hash
    expected = hashlib.sha256(b"\2" + bytes.fromhex(first.hash) + second.header.encode())
    assert second.hash == expected.hexdigest()
    assert journal.commits(con) == (first, second)
    assert journal.head(con) == second.head
    assert second.facts == {"rows": 20}


def test_heads_are_listed_outside_after_each_commit(con: Connection, home: Home) -> None:
    made = [post(con, "a").head, post(con, "b").head]
    assert list(heads.listed(home.heads)) == made


def test_a_head_that_a_kill_left_out_is_listed_later(home: Home) -> None:
    with writer(home, purpose="x", person="a") as con:
        con.execute(SCHEMA)
        made = post(con, "a").head
        home.heads.unlink()
    with writer(home, purpose="x", person="a"):
        assert heads.listed(home.heads) == (made,)


def test_the_same_key_and_body_has_no_second_effect(con: Connection) -> None:
    first = post(con, "a")
    with pytest.raises(journal.AlreadyCommitted) as error:
        post(con, "a")
    assert error.value.commit == first
    assert pickle.loads(pickle.dumps(error.value)).commit == first
    assert con.execute("SELECT count(*) FROM book.entry").fetchall() == [(20,)]
    assert journal.head(con) == first.head


def test_the_same_key_with_another_body_is_refused(con: Connection) -> None:
    first = post(con, "a")
    with pytest.raises(journal.KeyReused) as error:
        post(con, "a", body="other")
    assert error.value.exit_code == 1
    assert error.value.facts["commit_no"] == 1
    assert con.execute("SELECT count(*) FROM book.entry").fetchall() == [(20,)]
    assert journal.find_commit(con, "a") == first
    assert journal.find_commit(con, "b") is None


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(con: Connection, home: Home, error: type[BaseException]) -> None:
    def fail() -> None:
        with journal.transaction(con):
            con.execute("INSERT INTO book.note VALUES (1, 0, 'x')")
            raise error

    with pytest.raises(error):
        fail()
    assert con.execute("SELECT count(*) FROM book.note").fetchall() == [(0,)]
    assert not home.heads.exists()
    assert journal.next_commit_no(con) == 1


def test_an_error_inside_the_database_is_not_hidden_by_the_rollback(con: Connection) -> None:
    with pytest.raises(Exception, match="nowhere"), journal.transaction(con):
        con.execute("INSERT INTO nowhere VALUES (1)")
    assert post(con, "a").commit_no == 1


def test_a_commit_outside_a_transaction_is_refused(con: Connection) -> None:
    with pytest.raises(journal.NoTransaction):
        journal.commit(con, **GIVEN)
    assert journal.commits(con) == ()


@pytest.mark.parametrize("ordinals", ["1 + i", "i * 2", "0", "-i", "NULL"])
def test_rows_must_be_numbered_from_nought(con: Connection, ordinals: str) -> None:
    rows = f"INSERT INTO book.note SELECT 1, {ordinals}, 'x' FROM range(3) r(i)"
    with pytest.raises(OutOfOrder):
        sealed(con, rows, tables=["book.note"])
    assert con.execute("SELECT count(*) FROM book.note").fetchall() == [(0,)]


def test_what_cannot_be_sealed(con: Connection) -> None:
    con.execute("CREATE TABLE book.plain (a INTEGER)")
    with pytest.raises(NotJournalled):
        sealed(con, tables=["book.plain"])
    with pytest.raises(NotJournalled):
        sealed(con, tables=["book.nothing"])
    for value in (1.5, Decimal("1.5"), b"x"):
        with pytest.raises(TypeError):
            sealed(con, facts={"value": value})
    with pytest.raises(Exception, match="key"):
        sealed(con, key="")
    with pytest.raises(Exception, match="64"):
        sealed(con, body_sha256="abc")
    assert journal.commits(con) == ()


def test_time_does_not_run_backwards(con: Connection) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    first = sealed(con, key="a", recorded_at=later)
    assert first.recorded_at == later
    # A clock that was set back since does not stop the books.
    second = sealed(con, key="b")
    assert second.recorded_at == later + timedelta(microseconds=1)
    with pytest.raises(journal.BackDated) as error:
        sealed(con, key="c", recorded_at=later - timedelta(seconds=1))
    assert error.value.exit_code == 2


def test_a_naive_time_is_utc_and_another_zone_is_converted(con: Connection) -> None:
    naive = datetime(2025, 3, 1, 12, 0, 0, 5)
    assert sealed(con, key="a", recorded_at=naive).recorded_at == naive.replace(tzinfo=UTC)
    beijing = datetime.fromisoformat("2025-03-01T20:00:01+08:00")
    made = sealed(con, key="b", recorded_at=beijing)
    assert made.recorded_at == beijing
    assert '"recorded_at":"2025-03-01T12:00:01.000000Z"' in made.header
    stored = con.execute("SELECT recorded_at FROM journal.commit WHERE commit_no = 2").fetchall()
    assert stored == [(datetime(2025, 3, 1, 12, 0, 1),)]


def test_an_unfinished_result_of_the_caller_is_no_obstacle(con: Connection) -> None:
    with journal.transaction(con):
        con.execute("INSERT INTO book.note SELECT 1, i, 'x' FROM range(5) r(i)")
        con.execute("SELECT * FROM book.note").fetchone()
        made = journal.commit(con, **(GIVEN | {"tables": ["book.note"]}))
    assert json.loads(made.header)["tables"]["book.note"]["rows"] == 5


def test_a_closed_month_takes_no_commit(con: Connection) -> None:
    with journal.transaction(con):
        journal.close_month(con, "2025-03", person="a", statements={})
    with pytest.raises(journal.PeriodClosed) as error:
        post(con, "a", month="2025-03")
    assert "tanzhang reopen 2025-03" in error.value.text("en")
    assert con.execute("SELECT count(*) FROM book.entry").fetchall() == [(0,)]
    assert post(con, "b", month="2025-04").month == "2025-04"


def test_a_reader_sees_the_same_commits(home: Home) -> None:
    with writer(home, purpose="x", person="a") as con:
        con.execute(SCHEMA)
        made = post(con, "a")
    with reader(home) as reading:
        assert journal.commits(reading.con) == (made,)
        assert reading.head == made.head
