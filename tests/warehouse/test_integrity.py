from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.plain_root import plain_root
from warehouse import integrity
from warehouse.connect import Connection, scratch
from warehouse.merkle import EMPTY, NotHashable

EVERY_TYPE = {
    "commit_no": "BIGINT",
    "ordinal": "BIGINT",
    "flag": "BOOLEAN",
    "tiny": "TINYINT",
    "small": "SMALLINT",
    "whole": "INTEGER",
    "big": "BIGINT",
    "ratio": "DOUBLE",
    "day": "DATE",
    "moment": "TIMESTAMP",
    "quantity": "DECIMAL(38,12)",
    "money": "DECIMAL(9,2)",
    "count": "DECIMAL(38,0)",
    "text": "VARCHAR",
}

ROW = """
SELECT 1, i, i % 3 = 0, i % 251 - 125, i % 60001 - 30000, i * 7 - 1000000, i * -999999999999,
    i / 7, DATE '1969-12-01' + (i % 900)::INTEGER,
    TIMESTAMP '1969-12-31 23:59:59.000001' + to_microseconds(i * 777777777),
    (i - 5000) / 7, (i % 1000 - 500) / 100, (-1) ** i * 10::DECIMAL(38,0) ** 30 + i,
    '碳' || repeat('a', i % 5) || i
FROM range(?) r(i)
"""


def table(con: Connection, rows: int, every: int, types: dict[str, str] = EVERY_TYPE) -> None:
    """`rows` rows in which every `every`-th cell is NULL, at another place in each column."""
    con.execute(f"CREATE TABLE t ({', '.join(f'{n} {k}' for n, k in types.items())})")
    con.execute(f"INSERT INTO t {ROW}", [rows])
    for place, name in enumerate(list(types)[2:]):
        con.execute(f"UPDATE t SET {name} = NULL WHERE (ordinal + {place}) % {every} = 0")


def golden(con: Connection, commit_no: int = 1, block: int = 65_536) -> str:
    rows = con.execute(
        "SELECT * FROM t WHERE commit_no = ? ORDER BY ordinal", [commit_no]
    ).fetchall()
    kinds = [c.type for c in integrity.columns_of(con, "main.t")]
    return plain_root(rows, kinds, block)


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 2049, 65_536, 65_537, 140_000])
def test_root_equals_the_plain_one(rows: int) -> None:
    con = scratch()
    table(con, rows, 3)
    root = integrity.commit_root(con, "main.t", 1)
    assert (root.rows, root.root) == (rows, golden(con))
    assert root.columns == tuple(f"{name} {kind}" for name, kind in EVERY_TYPE.items())


def test_an_empty_commit_has_the_root_of_an_empty_tree() -> None:
    con = scratch()
    table(con, 5, 2)
    empty = integrity.commit_root(con, "main.t", 2)
    assert (empty.rows, empty.root) == (0, EMPTY.hex())
    assert empty.root == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("every", [1, 2])
def test_nulls_leave_no_trace_of_buffers(every: int, tmp_path: Path) -> None:
    """Written with one and two threads, reopened, copied: the same root, and the plain one."""
    roots = set()
    for threads in (1, 2):
        path = tmp_path / f"{threads}.duckdb"
        con = duckdb.connect(str(path), config={"threads": threads})
        table(con, 66_000, every)
        roots.add(integrity.commit_root(con, "main.t", 1).root)
        if threads == 1:
            roots.add(golden(con))
        con.close()
        shutil.copyfile(path, tmp_path / "copy.duckdb")
        for again in (path, tmp_path / "copy.duckdb"):
            con = duckdb.connect(str(again), read_only=True, config={"threads": 3 - threads})
            roots.add(integrity.table_roots(con, "main.t", threads=threads)[1].root)
            con.close()
    assert len(roots) == 1


def test_the_order_in_which_rows_lie_does_not_matter() -> None:
    con = scratch()
    table(con, 70_000, 4)
    straight = integrity.commit_root(con, "main.t", 1)
    con.execute("CREATE TABLE u AS SELECT * FROM t ORDER BY hash(ordinal)")
    con.execute("DROP TABLE t")
    con.execute("ALTER TABLE u RENAME TO t")
    assert integrity.commit_root(con, "main.t", 1) == straight


def test_commits_are_told_apart_in_one_pass() -> None:
    con = scratch()
    table(con, 66_000, 4)
    for number, rows in ((2, 3), (3, 65_536), (5, 1)):
        con.execute(f"INSERT INTO t SELECT * REPLACE ({number} AS commit_no) FROM t LIMIT {rows}")
    roots = integrity.table_roots(con, "main.t")
    assert {number: root.rows for number, root in roots.items()} == {
        1: 66_000,
        2: 3,
        3: 65_536,
        5: 1,
    }
    assert all(roots[number].root == golden(con, number) for number in (1, 2, 3, 5))


def test_rows_without_a_commit_or_ordinal_are_counted() -> None:
    con = scratch()
    table(con, 10, 4)
    con.execute("UPDATE t SET commit_no = NULL WHERE ordinal = 3")
    con.execute("UPDATE t SET ordinal = NULL WHERE ordinal = 4")
    roots = integrity.table_roots(con, "main.t")
    assert {number: root.rows for number, root in roots.items()} == {1: 9, None: 1}


def test_an_enum_has_the_bytes_of_its_text() -> None:
    con = scratch()
    con.execute("CREATE TYPE fuel AS ENUM ('煤', 'gas', 'oil')")
    text = "SELECT 1::BIGINT commit_no, i::BIGINT ordinal, [NULL, '煤', 'gas'][1 + i % 3] AS fuel"
    con.execute(f"CREATE TABLE plain AS {text} FROM range(70000) r(i)")
    con.execute("CREATE TABLE t AS SELECT * REPLACE (fuel::fuel AS fuel) FROM plain")
    coded, plain = (integrity.commit_root(con, name, 1) for name in ("main.t", "main.plain"))
    assert coded == plain
    assert coded.columns[2] == "fuel VARCHAR"


def test_ordinals_with_a_gap_are_refused() -> None:
    con = scratch()
    table(con, 10, 4)
    con.execute("DELETE FROM t WHERE ordinal = 5")
    with pytest.raises(integrity.OutOfOrder) as error:
        integrity.commit_root(con, "main.t", 1)
    assert error.value.facts["table"] == "main.t"


def test_a_type_without_a_layout_is_refused() -> None:
    con = scratch()
    con.execute("CREATE TABLE t (commit_no BIGINT, ordinal BIGINT, wide HUGEINT)")
    with pytest.raises(NotHashable, match=r"main\.t\.wide has type HUGEINT"):
        integrity.commit_root(con, "main.t", 1)


def test_only_tables_that_begin_right_are_journalled() -> None:
    con = scratch()
    con.execute("CREATE SCHEMA read_model")
    for name in ("a", "read_model.b"):
        con.execute(f"CREATE TABLE {name} (commit_no BIGINT, ordinal BIGINT)")
    con.execute("CREATE TABLE c (ordinal BIGINT, commit_no BIGINT)")
    con.execute("CREATE VIEW d AS SELECT * FROM a")
    assert integrity.journalled_tables(con) == ("main.a",)
    with pytest.raises(integrity.NotJournalled):
        integrity.commit_root(con, "main.c", 1)


def test_columns_added_later_are_watched() -> None:
    con = scratch()
    table(con, 10, 4)
    before = integrity.commit_root(con, "main.t", 1)
    con.execute("ALTER TABLE t ADD COLUMN later VARCHAR")
    widths = {1: len(EVERY_TYPE)}
    assert integrity.table_roots(con, "main.t", widths)[1] == before
    con.execute("UPDATE t SET later = 'x' WHERE ordinal = 9")
    after = integrity.table_roots(con, "main.t", widths)[1]
    assert (after.root, after.later_values) == (before.root, True)


CELLS = {
    "BOOLEAN": st.booleans(),
    "TINYINT": st.integers(-128, 127),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "DOUBLE": st.floats(allow_nan=False),
    "DATE": st.dates(date(1, 1, 1)),
    "TIMESTAMP": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
    "DECIMAL(38,12)": st.decimals(-(10**25), 10**25, places=12, allow_nan=False),
    "DECIMAL(5,3)": st.decimals(Decimal("-99.999"), Decimal("99.999"), places=3, allow_nan=False),
    "VARCHAR": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[object]]]:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    row = st.tuples(*(st.none() | CELLS[kind] for kind in kinds))
    return kinds, [list(cells) for cells in draw(st.lists(row, min_size=1, max_size=30))]


@settings(max_examples=60, deadline=None)
@given(drawn=tables(), block=st.sampled_from([1, 3, 8, 11, 65_536]))
def test_random_tables_have_the_plain_root(
    drawn: tuple[list[str], list[list[object]]], block: int
) -> None:
    kinds, rows = drawn
    con = scratch()
    names = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds))
    con.execute(f"CREATE TABLE t (commit_no BIGINT, ordinal BIGINT, {names})")
    marks = ", ".join("?" * (len(kinds) + 2))
    con.executemany(f"INSERT INTO t VALUES ({marks})", [[1, i, *r] for i, r in enumerate(rows)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrity, "BLOCK_ROWS", block)
        found = integrity.commit_root(con, "main.t", 1).root
    assert found == golden(con, block=block)
    con.close()
