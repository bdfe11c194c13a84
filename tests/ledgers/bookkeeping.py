"""A small book for the tests of the journal: one table with a column of every kind.

Also run as a process: `python -m tests.ledgers.bookkeeping HOME NAME COMMITS ROWS` posts that
many commits under keys NAME:1, NAME:2, ... and prints `ready` and then each number.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledgers import journal
from warehouse.connect import Connection, Home, writer

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS book;
CREATE TABLE IF NOT EXISTS book.entry (
    commit_no BIGINT, ordinal BIGINT, day DATE, moment TIMESTAMP, quantity DECIMAL(38,12),
    value BIGINT, text VARCHAR, measured BOOLEAN, ratio DOUBLE, line INTEGER
);
CREATE TABLE IF NOT EXISTS book.note (commit_no BIGINT, ordinal BIGINT, text VARCHAR);
"""

ROWS = """
INSERT INTO book.entry
SELECT $number, i, DATE '2025-03-01' + (i % 31)::INTEGER,
    CASE WHEN i % 3 = 0 THEN TIMESTAMP '2025-03-01 00:15:00' + to_minutes(i * 15) END,
    CASE WHEN i % 5 > 0 THEN i * 1.000000000001 END, i * 1000 - 7, '合成' || i,
    CASE WHEN i % 7 > 0 THEN i % 2 = 0 END, CASE WHEN i % 4 > 0 THEN i / 3 END, i
FROM range($rows) r(i)
"""


def post(
    con: Connection, key: str, rows: int = 20, month: str = "", notes: int = 1, body: str = ""
) -> journal.Commit:
    """One commit of `rows` entries and `notes` notes."""
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        con.execute(ROWS, {"number": number, "rows": rows})
        con.execute("INSERT INTO book.note SELECT ?, i, 'n' FROM range(?) r(i)", [number, notes])
        return journal.commit(
            con,
            book="book",
            kind="post",
            key=key,
            body_sha256=journal.body_digest([key, rows, body]),
            person="张三",
            reason="合成数据 (synthetic)",
            month=month,
            facts={"rows": rows},
            tables=["book.entry", "book.note"],
        )


def statements(*parties: str) -> dict[str, dict[str, object]]:
    return {party: {"enterprise_id": party, "grams": len(party) * 1000} for party in parties}


def main(folder: str, name: str, commits: str, rows: str) -> None:
    with writer(Home(Path(folder)), purpose=f"post {name}", person=name) as con:
        con.execute(SCHEMA)
        print("ready", flush=True)
        for index in range(1, int(commits) + 1):
            print(post(con, f"{name}:{index}", int(rows)).commit_no, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
