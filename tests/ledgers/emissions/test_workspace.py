from __future__ import annotations

import pytest

from ledgers.emissions import workspace
from warehouse.connect import Connection, scratch

ROWS = 200_000


@pytest.fixture
def con() -> Connection:
    """A transaction in which a table has more rows than a row group."""
    con = scratch(threads=2)
    con.execute(
        "CREATE TABLE many AS SELECT 'f' AS source, '' AS sheet, i AS row_no "
        f"FROM range({ROWS}) t(i)"
    )
    con.execute("BEGIN")
    return con


def test_a_large_insert_after_an_empty_one_is_seen(
    con: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = {
        "none": "INSERT INTO refused_row SELECT * FROM many WHERE row_no < 0",
        "all": "INSERT INTO refused_row SELECT * FROM many",
    }
    monkeypatch.setattr(workspace, "statement", statements.__getitem__)
    workspace.make(con, "refused_row")
    assert workspace.insert(con, "refused_row", "none") == 0
    assert workspace.insert(con, "refused_row", "all") == ROWS
    found = con.execute("SELECT count(row_no), sum(row_no)::BIGINT FROM refused_row").fetchall()
    assert found == [(ROWS, ROWS * (ROWS - 1) // 2)]


def test_an_empty_insert_keeps_what_is_there(
    con: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        workspace, "statement", lambda name: "INSERT INTO refused_row SELECT * FROM many LIMIT 0"
    )
    workspace.make(con, "refused_row")
    workspace.fill(con, "refused_row", [["f"], [""], [7]])
    assert workspace.insert(con, "refused_row", "none") == 0
    assert con.execute("SELECT row_no FROM refused_row").fetchall() == [(7,)]


def test_fill_takes_no_rows(con: Connection) -> None:
    workspace.make(con, "left_out")
    workspace.fill(con, "left_out", [])
    workspace.fill(con, "left_out", [[], [], [], [], []])
    assert workspace.count(con, "left_out") == 0
    assert not workspace.filled(con, "left_out")
