"""Any single changed cell is found, by `verify_chain` and by the script of `docs/`."""

from __future__ import annotations

import gc
import random
import runpy
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgers import journal
from tests.ledgers.bookkeeping import SCHEMA, post, statements
from warehouse import heads, integrity, publish
from warehouse.connect import Connection, Home, reader, scratch, writer
from warehouse.migrations import migrate

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_ledger.py"
TABLES = (
    "book.entry",
    "book.note",
    "journal.commit",
    "journal.period_event",
    "journal.statement_leaf",
)


def fill(con: Connection) -> journal.Commit:
    """Five commits: three of the book, one closing, one reopening. Returns the third."""
    con.execute(SCHEMA)
    post(con, "a", rows=30, month="2025-03")
    post(con, "b", rows=1, notes=0)
    third = post(con, "c", rows=40, notes=3)
    with journal.transaction(con):
        journal.close_month(con, "2025-03", person="李四", statements=statements("E1", "E2", "E3"))
    with journal.transaction(con):
        journal.reopen_month(con, "2025-03", "更正", person="王五")
    return third


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger without constraints, as one who alters it with other tools would have it."""
    home = Home(tmp_path_factory.mktemp("book"))
    with writer(home, purpose="test", person="a") as con:
        fill(con)
        for table in TABLES:
            con.execute(f"CREATE TABLE {table}_free AS SELECT * FROM {table}")
            con.execute(f"DROP TABLE {table}")
            con.execute(f"ALTER TABLE {table}_free RENAME TO {table.split('.')[1]}")
    return home.ledger


@pytest.fixture
def con() -> Iterator[Connection]:
    con = scratch()
    migrate(con)
    fill(con)
    yield con
    con.close()


def script(path: Path, *arguments: str) -> int:
    """Runs the script of docs/ here and returns what it would end with."""
    before = sys.argv
    sys.argv = [str(SCRIPT), str(path), *arguments]
    try:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    except SystemExit as ended:
        return 1 if ended.code else 0
    finally:
        sys.argv = before
        gc.collect()  # the script leaves its connection open
    raise AssertionError("the script did not say how it ended")


def changed(kind: str, name: str) -> str:
    """An expression that differs from the cell in the least way."""
    if kind == "VARCHAR":
        last = f"chr(unicode(right({name}, 1)) + 1)"
        return f"CASE WHEN {name} = '' THEN '2' ELSE left({name}, -1) || {last} END"
    least = {
        "BOOLEAN": f"NOT {name}",
        "DATE": f"({name} + 1)::DATE",
        "TIMESTAMP": f"{name} + INTERVAL 1 microsecond",
        "DOUBLE": f"nextafter({name}, 1e300)",
        "DECIMAL(38,12)": f"{name} + 0.000000000001",
    }
    return least.get(kind, f"{name} + 1")


def put_in(kind: str) -> str:
    """What a NULL becomes."""
    start = {"BOOLEAN": "false", "DATE": "DATE '1970-01-01'", "VARCHAR": "''"}
    return start.get(kind, "TIMESTAMP '1970-01-01'" if kind == "TIMESTAMP" else "0")


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_single_changed_cell_is_found(
    ledger: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("copy") / "copy.duckdb"
    shutil.copyfile(ledger, path)
    con = duckdb.connect(str(path))
    table = data.draw(st.sampled_from(TABLES))
    column = data.draw(st.sampled_from(integrity.columns_of(con, table)))
    rows = con.execute(f"SELECT rowid, commit_no, {column.name} FROM {table} ORDER BY 1").fetchall()
    rowid, commit_no, cell = data.draw(st.sampled_from(rows))
    to_null = cell is not None and data.draw(st.booleans())
    new = "NULL" if to_null else changed(column.type, column.name)
    new = put_in(column.type) if cell is None else new
    con.execute(f"UPDATE {table} SET {column.name} = {new} WHERE rowid = {rowid}")
    found = journal.verify_chain(con)
    con.close()
    places = {(finding.commit_no, finding.table) for finding in found.findings}
    assert found.verdict == "altered"
    expected = {(commit_no, table)}
    if table == "journal.commit":
        # The header of the commit, the link of the next one, or a number that is missing.
        expected |= {(commit_no, ""), (commit_no + 1, "")}
        expected |= {(commit_no, name) for name in TABLES}
    assert places & expected
    assert all(finding.text("zh") and "{" not in finding.text("en") for finding in found.findings)
    try:
        assert script(path) == 1
    except (TypeError, AttributeError, ValueError):
        # A header that cannot be read stops the script, which then ends with 1 as well.
        assert table == "journal.commit"


def test_the_untouched_copy_is_good(ledger: Path) -> None:
    con = duckdb.connect(str(ledger), read_only=True)
    found = journal.verify_chain(con)
    con.close()
    assert (found.verdict, found.commits) == ("consistent", 5)
    assert found.rows == (30 + 1 + 40) + (1 + 3) + 2 + 3
    assert script(ledger) == 0
    assert script(ledger, found.head.hash) == 0
    assert script(ledger, found.head.hash[:63] + "x") == 1


def test_the_script_is_short_and_has_code_of_its_own() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imports - set(sys.stdlib_module_names) == {"duckdb"}


def test_only_a_head_from_outside_says_unaltered(con: Connection) -> None:
    third = journal.commits(con)[2]
    without = journal.verify_chain(con)
    assert (without.verdict, without.since) == ("consistent", None)
    assert "没有提供外部保存的链头" in without.text("zh")
    spaced = " ".join(third.hash[i : i + 8].upper() for i in range(0, 64, 8))
    for given_head in (third.hash, spaced):
        found = journal.verify_chain(con, given_head)
        assert (found.verdict, found.since) == ("unaltered", third.head)
        assert f"Unaltered since head {third.hash} of commit 3" in found.text("en")
    other = journal.verify_chain(con, "f" * 64)
    assert [finding.code for finding in other.findings] == ["verify.head_unknown"]
    assert other.verdict == "altered"
    with pytest.raises(journal.BadHead):
        journal.verify_chain(con, third.hash[:12])


def test_a_rewritten_chain_is_found_with_a_head_only(con: Connection) -> None:
    """Whoever can write the file can make it consistent again; the printed head tells."""
    old = journal.head(con)
    con.execute("DELETE FROM journal.commit WHERE commit_no = 5")
    con.execute("DELETE FROM journal.period_event WHERE commit_no = 5")
    assert journal.verify_chain(con).verdict == "consistent"
    assert [f.code for f in journal.verify_chain(con, old.hash).findings] == ["verify.head_unknown"]
    listed = journal.verify_chain(con, None, [old])
    assert [(f.code, f.commit_no) for f in listed.findings] == [("verify.head_lost", 5)]


EVERY = (1, 2, 3)
OTHER = "CREATE TABLE book.other (commit_no BIGINT, ordinal BIGINT);"
REVERSED = "SET ordinal = 39 - ordinal WHERE commit_no = 3"
DEEDS = [
    ("DELETE FROM book.entry WHERE commit_no = 3 AND ordinal = 39", "rows_differ", [3]),
    ("DELETE FROM book.entry WHERE commit_no = 3", "rows_differ", [3]),
    ("INSERT INTO book.note VALUES (3, 3, 'x')", "rows_differ", [3]),
    ("INSERT INTO book.note VALUES (9, 0, 'x')", "unknown_rows", [9]),
    ("INSERT INTO book.note VALUES (NULL, 0, 'x')", "unknown_rows", [None]),
    ("INSERT INTO book.note VALUES (4, 0, 'x')", "unknown_rows", [4]),
    (f"UPDATE book.entry {REVERSED}", "root_differs", [3]),
    ("ALTER TABLE book.note ADD COLUMN later VARCHAR", "", []),
    ("ALTER TABLE book.note ADD COLUMN later INT DEFAULT 1", "later_values", [1, 3]),
    ("DROP TABLE book.note", "table_missing", EVERY),
    ("ALTER TABLE book.note RENAME COLUMN text TO word", "columns_changed", EVERY),
    ("ALTER TABLE book.entry ALTER line TYPE HUGEINT", "columns_changed", EVERY),
    (f"{OTHER} INSERT INTO book.other VALUES (1, 0)", "unknown_rows", [1]),
]


@pytest.mark.parametrize(("statement", "code", "numbers"), DEEDS)
def test_what_was_done_is_named(
    con: Connection, statement: str, code: str, numbers: Sequence[int | None]
) -> None:
    con.execute(statement)
    found = {(finding.commit_no, finding.code) for finding in journal.verify_chain(con).findings}
    assert found == {(number, f"verify.{code}") for number in numbers}


def test_a_commit_taken_out_of_the_middle_is_found(con: Connection) -> None:
    con.execute("DELETE FROM journal.commit WHERE commit_no = 2")
    found = [(finding.commit_no, finding.code) for finding in journal.verify_chain(con).findings]
    assert found == [
        (3, "verify.gap"),
        (3, "verify.chain_broken"),
        (2, "verify.unknown_rows"),
    ]


def test_swapped_columns_of_one_type_are_found(con: Connection) -> None:
    con.execute("ALTER TABLE journal.statement_leaf RENAME COLUMN body TO x")
    con.execute("ALTER TABLE journal.statement_leaf RENAME COLUMN leaf TO body")
    con.execute("ALTER TABLE journal.statement_leaf RENAME COLUMN x TO leaf")
    found = journal.verify_chain(con)
    assert [finding.code for finding in found.findings] == ["verify.columns_changed"]


def test_an_empty_ledger_is_consistent() -> None:
    con = scratch()
    migrate(con)
    assert journal.verify_chain(con).verdict == "consistent"
    assert journal.verify_chain(con, heads.GENESIS).verdict == "unaltered"


def test_a_published_copy_verifies_like_the_book(tmp_path: Path) -> None:
    home = Home(tmp_path)
    model = "CREATE TABLE read_model.entry AS SELECT * FROM book.entry ORDER BY text"
    with writer(home, purpose="test", person="a") as con:
        third = fill(con)
        copy = publish.publish(con, home, [model])
        original = journal.verify_chain(con, third.hash, heads.listed(home.heads))
    with reader(Home(tmp_path)) as reading:
        assert journal.verify_chain(reading.con, third.hash).verdict == "unaltered"
    con = duckdb.connect(str(copy.path), read_only=True)
    found = journal.verify_chain(con, third.hash, heads.listed(home.heads))
    con.close()
    assert found == original
    assert found.verdict == "unaltered"
    assert script(copy.path, third.hash) == 0


def test_large_tables_across_blocks(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with writer(home, purpose="test", person="a") as con:
        con.execute(SCHEMA)
        post(con, "a", rows=70_000)
        post(con, "b", rows=66_000)
    assert script(home.ledger) == 0
    ordinal = random.Random(7).randrange(66_000)
    with writer(home, purpose="test", person="a") as con:
        assert journal.verify_chain(con).good
        con.execute(
            "UPDATE book.entry SET value = value + 1 WHERE commit_no = 2 AND ordinal = ?", [ordinal]
        )
        found = journal.verify_chain(con).findings
    assert [(f.commit_no, f.table, f.code) for f in found] == [
        (2, "book.entry", "verify.root_differs")
    ]
    assert script(home.ledger) == 1
