from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ledgers import journal
from tests.ledgers.bookkeeping import SCHEMA, post
from warehouse import publish
from warehouse.connect import Connection, Home, scratch, writer
from warehouse.publish import NotTheLedger

KEYS = map(str, itertools.count())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def con(home: Home) -> Iterator[Connection]:
    with writer(home, purpose="test", person="a") as con:
        con.execute(SCHEMA)
        yield con


def posted(con: Connection, home: Home) -> publish.Published:
    post(con, next(KEYS), rows=3)
    return publish.publish(con, home)


def close(con: Connection, month: str) -> int:
    with journal.transaction(con):
        return journal.close_month(con, month, person="a", statements={}).commit_no


def test_a_copy_holds_the_ledger_and_its_read_models(con: Connection, home: Home) -> None:
    made = post(con, "a", rows=3)
    models = [
        "CREATE TABLE read_model.a AS SELECT sum(value) AS total FROM book.entry",
        "CREATE TABLE read_model.b AS SELECT total + 1 AS more FROM read_model.a; SELECT 1;",
    ]
    copy = publish.publish(con, home, models)
    assert copy.head == made.head
    assert copy.path.parent.name.startswith(made.hash[:12] + "-")
    assert sorted(path.name for path in copy.path.parent.iterdir()) == [
        "ledger.duckdb",
        "manifest.json",
    ]
    assert publish.newest(home) == copy
    reading = duckdb.connect(str(copy.path), read_only=True)
    assert reading.execute("SELECT more FROM read_model.b").fetchall() == [(2980,)]
    assert reading.execute("SELECT count(*) FROM book.entry").fetchall() == [(3,)]
    reading.close()
    assert (
        con.execute("SELECT 1 FROM duckdb_schemas() WHERE schema_name = 'read_model'").fetchall()
        == []
    )


def test_a_copy_stays_as_it_was(con: Connection, home: Home) -> None:
    copy = posted(con, home)
    post(con, next(KEYS), rows=3)
    reading = duckdb.connect(str(copy.path), read_only=True)
    assert journal.head(reading) == copy.head
    reading.close()


def test_nobody_gets_between_the_writer_and_the_ledger(con: Connection, home: Home) -> None:
    """Copying must not drop the lock that DuckDB has on the file."""
    import subprocess
    import sys

    posted(con, home)
    script = "import duckdb, sys; duckdb.connect(sys.argv[1])"
    command = [sys.executable, "-c", script, str(home.ledger)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "lock" in done.stderr


def test_the_last_three_and_those_of_closed_months_are_kept(con: Connection, home: Home) -> None:
    first = posted(con, home)
    close(con, "2025-01")
    at_close = publish.publish(con, home)
    assert at_close.closes == (2,)
    later = [posted(con, home) for _ in range(4)]
    close(con, "2025-02")
    second_close = publish.publish(con, home)
    last = [posted(con, home) for _ in range(4)]
    expected = [at_close, second_close, *last[1:]]
    assert list(publish.copies(home)) == expected
    assert publish.newest(home) == last[-1]
    folders = {path.name for path in home.published.iterdir()}
    assert folders == {copy.path.parent.name for copy in expected}
    assert not first.path.exists()
    assert not later[-1].path.exists()


def test_the_same_head_may_be_published_again(con: Connection, home: Home) -> None:
    posted(con, home)
    copies = [publish.publish(con, home) for _ in range(3)]
    assert list(publish.copies(home)) == copies


def test_a_failed_read_model_publishes_nothing(con: Connection, home: Home) -> None:
    before = posted(con, home)
    with pytest.raises(duckdb.Error, match="nowhere"):
        publish.publish(con, home, ["CREATE TABLE read_model.a AS SELECT * FROM nowhere"])
    assert publish.copies(home) == (before,)
    after = publish.publish(con, home)
    folders = {path.name for path in home.published.iterdir()}
    assert folders == {before.path.parent.name, after.path.parent.name}


def test_what_a_kill_left_is_no_copy_and_goes(con: Connection, home: Home) -> None:
    before = posted(con, home)
    half = home.published / "0123456789ab-20260101T000000000000Z"
    shutil.copytree(before.path.parent, half)
    (half / "manifest.json").unlink()
    (home.published / ".draft-x").mkdir()
    assert publish.copies(home) == (before,)
    publish.publish(con, home)
    assert not half.exists()
    assert not (home.published / ".draft-x").exists()


def test_only_the_ledger_outside_a_transaction_is_published(con: Connection, home: Home) -> None:
    with pytest.raises(NotTheLedger):
        publish.publish(scratch(), home)
    con.execute("BEGIN")
    with pytest.raises(NotTheLedger) as error:
        publish.publish(con, home)
    assert error.value.code == "publish.in_transaction"
    con.execute("ROLLBACK")


def test_an_empty_ledger_is_published(con: Connection, home: Home) -> None:
    copy = publish.publish(con, home)
    assert copy.head.commit_no == 0
    assert publish.newest(home) == copy
