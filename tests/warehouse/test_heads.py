from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse import heads, migrations
from warehouse.connect import Connection, scratch


@pytest.fixture
def con() -> Connection:
    con = scratch()
    migrations.migrate(con)
    return con


def add(con: Connection, *numbers: int) -> None:
    for number in numbers:
        digest = f"{number:064x}"
        con.execute(
            "INSERT INTO journal.commit VALUES (?, 'b', 'k', ?, ?, '', 'p', '', ?, '{}', ?, ?)",
            [number, f"key{number}", digest, datetime(2026, 1, 2, 3, 4, 5, number), digest, digest],
        )


def test_an_empty_ledger_has_the_genesis(con: Connection) -> None:
    assert heads.read_head(con) == heads.Head(0, "0" * 64)


def test_lines_say_number_hash_and_time(con: Connection, tmp_path: Path) -> None:
    add(con, 1, 2)
    heads.append_missing(con, tmp_path / "heads.txt")
    assert (tmp_path / "heads.txt").read_text().splitlines() == [
        f"1 {1:064x} 2026-01-02T03:04:05.000001Z",
        f"2 {2:064x} 2026-01-02T03:04:05.000002Z",
    ]
    moment = datetime(2026, 1, 2, 3, 4, 5, 2, tzinfo=UTC)
    assert heads.listed(tmp_path / "heads.txt")[1] == heads.Head(2, f"{2:064x}", moment)
    assert heads.read_head(con) == heads.Head(2, f"{2:064x}", moment)


def test_only_what_is_missing_is_appended(con: Connection, tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    add(con, 1)
    heads.append_missing(con, path)
    before = path.read_text()
    heads.append_missing(con, path)
    assert path.read_text() == before
    add(con, 2, 3)
    heads.append_missing(con, path)
    assert [head.commit_no for head in heads.listed(path)] == [1, 2, 3]


def test_a_torn_line_is_written_again(con: Connection, tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    add(con, 1, 2)
    heads.append_missing(con, path)
    path.write_text(path.read_text()[:-40])
    heads.append_missing(con, path)
    assert [head.commit_no for head in heads.listed(path)] == [1, 2]
    assert len(path.read_text().splitlines()) == 3


def test_a_head_that_the_ledger_lost_stays(con: Connection, tmp_path: Path) -> None:
    path = tmp_path / "heads.txt"
    lost = heads.Head(2, "f" * 64, datetime(2026, 1, 1, tzinfo=UTC))
    path.write_text(lost.line())
    add(con, 1, 2, 3)
    heads.append_missing(con, path)
    found = [(head.commit_no, head.hash[-1]) for head in heads.listed(path)]
    assert found == [(2, "f"), (1, "1"), (2, "2"), (3, "3")]


def test_only_the_book_of_record_has_a_list(con: Connection) -> None:
    assert heads.ledger_folder(con) is None
