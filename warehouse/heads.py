"""Heads of the commit chain (链头), and the file outside the database that lists them.

What belongs here: reading a head, appending heads to `heads.txt`. What does not: making commits
and checking them (`ledgers.journal`). Whoever can write the database can rewrite the whole
chain; a head that was printed or copied elsewhere is what shows it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.engine import Connection

GENESIS = "00" * 32
"""The hash before the first commit."""


@dataclass(frozen=True)
class Head:
    """The last commit: `hash` is 64 hex digits; an empty ledger has commit 0 and GENESIS."""

    commit_no: int
    hash: str
    recorded_at: datetime | None = None

    @property
    def short(self) -> str:
        """The first 12 digits, for folder names; never enough to prove anything."""
        return self.hash[:12]

    def line(self) -> str:
        """The line of `heads.txt`: number, hash, time of recording in UTC."""
        return f"{self.commit_no} {self.hash} {stamp(self.recorded_at)}\n"


def stamp(moment: datetime | None) -> str:
    """`2026-01-02T03:04:05.000006Z`, always with six decimals; '-' for none."""
    if moment is None:
        return "-"
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_head(con: Connection) -> Head:
    """The head of the ledger that `con` has open; in a transaction, its own commit included."""
    rows = _rows(con, "ORDER BY commit_no DESC LIMIT 1")
    return rows[0] if rows else Head(0, GENESIS)


def listed(path: Path) -> tuple[Head, ...]:
    """The heads in a `heads.txt`, as written. A line that cannot be read, such as one torn by
    a crash of the machine, is left out: the next append writes its head again."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    heads = (_parsed(line) for line in lines)
    return tuple(head for head in heads if head is not None)


def append_missing(con: Connection, path: Path) -> None:
    """Appends the heads that the database has and `path` lacks, then fsync.

    Called after each commit and when a writer opens, which makes up for a process that was
    killed between the two. Lines are never altered or taken away: a head that the database no
    longer has stays as evidence.
    """
    known = listed(path)
    tail = (
        _rows(con, "WHERE commit_no >= ? ORDER BY commit_no", [known[-1].commit_no])
        if known
        else []
    )
    if not tail or (tail[0].commit_no, tail[0].hash) != (known[-1].commit_no, known[-1].hash):
        seen = {(head.commit_no, head.hash) for head in known}
        tail = [h for h in _rows(con, "ORDER BY commit_no") if (h.commit_no, h.hash) not in seen]
    else:
        tail = tail[1:]
    if tail:
        _append(path, "".join(head.line() for head in tail))


def ledger_folder(con: Connection) -> Path | None:
    """The folder of the book of record that `con` has open; None for a copy or a scratch."""
    found = con.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    if found is None or not found[0]:
        return None
    path = Path(str(found[0]))
    return path.parent if path.name == "ledger.duckdb" else None


def _rows(con: Connection, rest: str, params: list[int] | None = None) -> list[Head]:
    found = con.execute(
        f"SELECT commit_no, hash, recorded_at FROM journal.commit {rest}", params or []
    ).fetchall()
    return [Head(number, digest, moment.replace(tzinfo=UTC)) for number, digest, moment in found]


def _parsed(line: str) -> Head | None:
    parts = line.split()
    if len(parts) != 3 or not parts[0].isdigit() or len(parts[1]) != 64:
        return None
    try:
        return Head(int(parts[0]), parts[1], datetime.fromisoformat(parts[2]))
    except ValueError:
        return None


def _append(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, ("\n" + text if torn else text).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
