from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse import publish
from warehouse.connect import (
    DatabaseError,
    Holder,
    Home,
    LeaseHeld,
    NoLedger,
    OpenElsewhere,
    open_copy,
    reader,
    scratch,
    sql,
    writer,
)
from warehouse.lease import holder, lease
from warehouse.settings import Settings

HOLD = """
import sys, time
from warehouse.connect import Home, writer
with writer(Home(sys.argv[1]), purpose="post 2025-03", person="张三") as con:
    print("holding", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def held(home: Home, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lease."""
    command = [sys.executable, "-c", HOLD, str(home.path), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "holding\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    with writer(home, purpose="init", person="a"):
        pass
    return home


def test_who_holds_the_lease_is_said(home: Home) -> None:
    with (
        held(home) as process,
        pytest.raises(LeaseHeld) as error,
        writer(home, purpose="x", person="b", wait=0.2),
    ):
        pass
    facts = error.value.facts
    assert (facts["person"], facts["purpose"], facts["pid"]) == (
        "张三",
        "post 2025-03",
        process.pid,
    )
    assert facts["since"].endswith("+00:00")
    assert "张三" in error.value.text("zh")
    assert "post 2025-03" in error.value.text("en")
    assert error.value.exit_code == 2
    assert pickle.loads(pickle.dumps(error.value)).facts == facts


def test_a_second_writer_waits(home: Home) -> None:
    told: list[Holder | None] = []
    with held(home, 0.5) as process:
        start = time.monotonic()
        with writer(home, purpose="x", person="b", wait=20, on_wait=told.append) as con:
            assert con.execute("SELECT 1").fetchall() == [(1,)]
        assert time.monotonic() - start > 0.2
    assert [(holder.person, holder.pid) for holder in told if holder] == [("张三", process.pid)]
    assert len(told) == 1


def test_a_program_that_knows_no_lease_is_named(home: Home) -> None:
    script = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", script, str(home.ledger)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(OpenElsewhere) as error, writer(home, purpose="x", person="b"):
            pass
        process.kill()
    assert str(process.pid) in error.value.text("zh")


def test_the_lease_ends_with_a_killed_holder(home: Home) -> None:
    with held(home) as process:
        process.kill()
        process.wait()
        with writer(home, purpose="x", person="b", wait=1):
            current = holder(home)
            assert current is not None
            assert current.person == "b"
    assert holder(home) is None


def test_two_threads_of_one_process_exclude_each_other(home: Home) -> None:
    first = lease(home, purpose="a", person="a", wait=0)
    second = lease(home, purpose="b", person="b", wait=0)
    with first, pytest.raises(LeaseHeld), second:
        pass


def test_a_reader_has_the_ledger_itself_when_it_is_free(home: Home) -> None:
    with reader(home) as reading:
        assert (reading.path, reading.published, reading.held_by) == (home.ledger, False, None)
        assert reading.head.commit_no == 0
        with pytest.raises(DatabaseError, match="read-only"):
            reading.con.execute("CREATE TABLE t (a INTEGER)")


def test_a_reader_falls_back_to_the_newest_copy(home: Home) -> None:
    with writer(home, purpose="publish", person="a") as con:
        copy = publish.publish(con, home)
    with held(home) as process, reader(home) as reading:
        assert (reading.path, reading.published) == (copy.path, True)
        assert reading.head == copy.head
        assert reading.held_by is not None
        assert (reading.held_by.person, reading.held_by.pid) == ("张三", process.pid)


def test_a_reader_without_a_copy_waits_or_says_who(home: Home) -> None:
    with held(home), pytest.raises(LeaseHeld), reader(home, wait=0.1):
        pass
    with held(home, 0.3), reader(home, wait=20) as reading:
        assert not reading.published


def test_a_reader_without_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(NoLedger, match="tanzhang init"), reader(Home(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_transaction_is_rolled_back(home: Home) -> None:
    with writer(home, purpose="x", person="a") as con:
        con.execute("BEGIN")
        con.execute("CREATE TABLE t (a INTEGER)")
    with reader(home) as reading:
        found = reading.con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 't'")
        assert found.fetchall() == []


def test_a_ledger_that_was_killed_with_its_log_is_read(home: Home) -> None:
    act = "con.execute('CREATE TABLE t AS SELECT 7 a'); import os; os.kill(os.getpid(), 9)"
    script = HOLD.replace("time.sleep(float(sys.argv[2]))", act)
    subprocess.run([sys.executable, "-c", script, str(home.path)], capture_output=True, check=False)
    assert home.ledger.with_name("ledger.duckdb.wal").exists()
    with reader(home) as reading:
        assert reading.con.execute("SELECT a FROM t").fetchall() == [(7,)]


def test_limits_are_those_of_the_settings(home: Home) -> None:
    home.settings.write_text('writer_memory = "1GB"\nportal_memory = "200MB"\nthreads = 1\n')
    asked = "SELECT current_setting('memory_limit'), current_setting('threads')"
    with writer(home, purpose="x", person="a") as con:
        assert con.execute(asked).fetchall() == [("953.6 MiB", 1)]
        copy = publish.publish(con, home)
    portal = open_copy(copy.path, Settings.load(home))
    assert portal.execute(asked).fetchall() == [("190.7 MiB", 1)]
    portal.close()


def test_nothing_is_downloaded_and_no_variable_is_a_table() -> None:
    con = scratch()
    names = ("autoinstall_known_extensions", "autoload_known_extensions")
    values = [con.execute("SELECT current_setting(?)", [name]).fetchall() for name in names]
    assert values == [[(False,)], [(False,)]]
    rows = [1]
    with pytest.raises(DatabaseError, match="does not exist"):
        con.execute("SELECT * FROM rows")
    assert rows == [1]
    assert con.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_statement_is_loaded_from_beside_its_module() -> None:
    assert sql("ledgers.journal", "select_commits.sql").startswith("-- All commits")


def test_opening_needs_neither_arrow_nor_pydantic() -> None:
    script = "import sys, warehouse.connect, ledgers.journal; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"pyarrow", "numpy", "pydantic"} & set(done.stdout.split()) == set()
