from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from warehouse import migrations
from warehouse.connect import DatabaseError, Home, reader, scratch, writer
from warehouse.migrations import Migration


def step(number: int, statements: str) -> Migration:
    digest = hashlib.sha256(statements.encode()).hexdigest()
    return Migration(number, f"step_{number}", statements, digest)


ONE = step(1, "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);")
TWO = step(2, "ALTER TABLE a ADD COLUMN y VARCHAR;\n-- and more\nINSERT INTO a VALUES (2, 'b');")


def test_steps_run_once_and_in_order() -> None:
    con = scratch()
    assert migrations.migrate(con, [TWO, ONE]) == ("step_1", "step_2")
    assert migrations.migrate(con, [ONE, TWO]) == ()
    assert con.execute("SELECT * FROM a").fetchall() == [(1, None), (2, "b")]
    found = con.execute("SELECT number, name, sha256 FROM journal.migration ORDER BY 1").fetchall()
    assert found == [(1, "step_1", ONE.sha256), (2, "step_2", TWO.sha256)]


def test_a_failed_step_leaves_no_trace() -> None:
    con = scratch()
    bad = step(2, "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(DatabaseError, match="nowhere"):
        migrations.migrate(con, [ONE, bad])
    assert [s.number for s in migrations.pending(con, [ONE, bad])] == [2]
    assert con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'b'").fetchall() == []
    assert migrations.migrate(con, [ONE, TWO]) == ("step_2",)


def test_a_step_that_ran_is_never_changed() -> None:
    con = scratch()
    migrations.migrate(con, [ONE])
    with pytest.raises(migrations.MigrationChanged, match=r"0001_step_1\.sql"):
        migrations.migrate(con, [step(1, "CREATE TABLE a (x BIGINT)")])


def test_a_database_of_a_newer_version_is_refused() -> None:
    con = scratch()
    migrations.migrate(con, [ONE, TWO])
    with pytest.raises(migrations.DatabaseNewer, match="step_2"):
        migrations.migrate(con, [ONE])


def test_shipped_steps_have_rising_numbers() -> None:
    """A number may be left out: each book takes its own."""
    numbers = [found.number for found in migrations.shipped()]
    assert numbers == sorted(set(numbers))
    assert migrations.shipped()[0].name == "journal"


def test_a_ledger_of_an_older_version_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    with writer(home, purpose="init", person="a"):
        pass
    newer = (*migrations.shipped(), step(9999, "CREATE TABLE a (x INTEGER)"))
    monkeypatch.setattr(migrations, "shipped", lambda: newer)
    with pytest.raises(FileNotFoundError, match="older version"), reader(home):
        pass
    with writer(home, purpose="upgrade", person="a"):
        pass
    with reader(home) as reading:
        assert reading.con.execute("SELECT count(*) FROM a").fetchall() == [(0,)]
