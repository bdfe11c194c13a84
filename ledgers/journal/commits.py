"""Commits and their hash chain (提交与哈希链).

What belongs here: transactions, making a commit, keys and idempotency. What does not: periods
(`ledgers.journal.periods`) and checking (`ledgers.journal.verification`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from factors.errors import DataFault, OurFault, UsageFault
from warehouse import heads
from warehouse.connect import Connection, sql
from warehouse.engine import in_transaction
from warehouse.merkle import canonical_json, commit_hash

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Commit:
    """One commit as it stands in `journal.commit`; `recorded_at` is aware, in UTC."""

    commit_no: int
    book: str
    kind: str
    key: str
    body_sha256: str
    month: str
    person: str
    reason: str
    recorded_at: datetime
    header: str
    prev_hash: str
    hash: str

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the book put into the header."""
        facts: Mapping[str, Any] = json.loads(self.header)["facts"]
        return facts

    @property
    def head(self) -> heads.Head:
        """This commit as a head of the chain."""
        return heads.Head(self.commit_no, self.hash, self.recorded_at)


class AlreadyCommitted(UsageFault):
    """The same key with the same body was committed before; `commit` is that commit. Nothing
    new is kept, and for most callers this is a good end."""

    @property
    def commit(self) -> Commit:
        """The earlier commit."""
        earlier: Commit = self.facts["commit"]
        return earlier


class KeyReused(DataFault, ValueError):
    """The key belongs to a commit with another body; facts: key, commit_no, earlier, seen."""


class NoTransaction(OurFault):
    """A commit was asked for outside `transaction`."""


class BackDated(UsageFault, ValueError):
    """A commit would be recorded before the one that it follows; facts: seen, least."""


@contextmanager
def transaction(con: Connection) -> Iterator[Connection]:
    """All of the block or nothing. After a good end the new heads stand in `heads.txt`."""
    con.execute("BEGIN")
    try:
        yield con
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    folder = heads.ledger_folder(con)
    if folder is not None:
        heads.append_missing(con, folder / "heads.txt")


def next_commit_no(con: Connection) -> int:
    """The number that the next commit takes; commits are numbered 1, 2, 3, ... with no gap."""
    return heads.read_head(con).commit_no + 1


def body_digest(body: Any) -> str:
    """SHA-256 of the canonical JSON of `body`, for `body_sha256`. Raises NotCanonical."""
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()


def find_commit(con: Connection, key: str) -> Commit | None:
    """The commit made under `key`, or None."""
    found = con.execute(sql(__package__, "select_commit_by_key.sql"), [key]).fetchone()
    return None if found is None else _as_commit(found)


def commits(con: Connection) -> tuple[Commit, ...]:
    """All commits in order."""
    found = con.execute(sql(__package__, "select_commits.sql")).fetchall()
    return tuple(_as_commit(row) for row in found)


def check_key(con: Connection, key: str, body_sha256: str) -> None:
    """Raises AlreadyCommitted (same body) or KeyReused (another body); else the key is free.
    Worth calling before long work."""
    if not key or not _DIGEST.fullmatch(body_sha256):
        raise OurFault("journal.bad_key", key=key, body=body_sha256)
    earlier = find_commit(con, key)
    if earlier is None:
        return
    facts = {"key": key, "commit_no": earlier.commit_no, "earlier": earlier.body_sha256}
    if earlier.body_sha256 == body_sha256:
        raise AlreadyCommitted("journal.already", **facts, commit=earlier)
    raise KeyReused("journal.key_reused", **facts, seen=body_sha256)


def commit(
    con: Connection,
    *,
    book: str,
    kind: str,
    key: str,
    body_sha256: str,
    person: str,
    reason: str = "",
    month: str = "",
    facts: Mapping[str, Any],
    tables: Sequence[str],
    recorded_at: datetime | None = None,
) -> Commit:
    """Seals the rows that were inserted under `next_commit_no(con)` into the chain.

    Called inside `transaction`, after the rows. `tables` are the `schema.table` names that may
    have rows of this commit; a table without any is sealed as empty. `recorded_at` (naive is
    UTC) defaults to now, and is never before the commit that this one follows.

    Raises AlreadyCommitted, KeyReused, PeriodClosed (when `month` is closed), BackDated,
    OutOfOrder (ordinals are not 0..n-1), NotJournalled, NoTransaction, NotCanonical (floats in
    `facts`).
    """
    from ledgers.journal.periods import require_open

    if month:
        require_open(con, [month])
    fixed = {"book": book, "kind": kind, "key": key, "body": body_sha256}
    fixed |= {"month": month, "person": person, "reason": reason}
    return append(con, fixed, facts, tables, recorded_at)


def append(
    con: Connection,
    fixed: Mapping[str, str],
    facts: Mapping[str, Any],
    tables: Sequence[str],
    recorded_at: datetime | None,
) -> Commit:
    """As `commit`, without asking whether the month is open: for the period's own events."""
    if not in_transaction(con):
        raise NoTransaction("journal.no_transaction")
    check_key(con, fixed["key"], fixed["body"])
    last = heads.read_head(con)
    moment = _moment(last, recorded_at)
    number = last.commit_no + 1
    content = {
        **fixed,
        "commit_no": number,
        "recorded_at": heads.stamp(moment),
        "facts": dict(facts),
        "tables": {table: _sealed(con, table, number) for table in tables},
    }
    header = canonical_json(content)
    digest = commit_hash(bytes.fromhex(last.hash), header.encode()).hex()
    row = [number, *fixed.values(), moment.replace(tzinfo=None), header, last.hash, digest]
    con.execute(sql(__package__, "insert_commit.sql"), row)
    return _as_commit(row)


def _sealed(con: Connection, table: str, number: int) -> dict[str, Any]:
    from warehouse.integrity import commit_root

    found = commit_root(con, table, number)
    return {"rows": found.rows, "root": found.root, "columns": list(found.columns)}


def _moment(last: heads.Head, recorded_at: datetime | None) -> datetime:
    """The time of recording: never before the commit that it follows, so that the ledger as it
    stood on a day is a beginning of the chain."""
    least = last.recorded_at or datetime.min.replace(tzinfo=UTC)
    if recorded_at is None:
        # A clock that was set back must not stop the books.
        return max(datetime.now(UTC), least + timedelta(microseconds=1))
    aware = recorded_at.replace(tzinfo=recorded_at.tzinfo or UTC).astimezone(UTC)
    if aware < least:
        raise BackDated("journal.back_dated", seen=heads.stamp(aware), least=heads.stamp(least))
    return aware


def _as_commit(row: Sequence[Any]) -> Commit:
    # NULL stands here only when somebody altered the table; `verify_chain` must get past it, and
    # tell it from empty text.
    values: list[Any] = list(row)
    values[0] = row[0] or 0
    values[8] = (row[8] or datetime.min).replace(tzinfo=UTC)
    values[9:] = [text or "" for text in row[9:]]
    return Commit(*values)
