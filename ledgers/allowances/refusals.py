"""What is refused, and the record of it (拒绝与记录).

What belongs here: the error of a refusal, writing it into the journal, giving the same answer to
the same key again. What does not: the checks themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.allowances.rows import add
from warehouse.connect import Connection

BOOK = "allowances"


class Refused(DataFault, ValueError):
    """The registry refuses; the code says why, the facts say what was seen and what is allowed."""


@contextmanager
def recorded(
    con: Connection, *, action: str, key: str, body: Mapping[str, Any], person: str, at: datetime
) -> Iterator[None]:
    """One write of the registry under `key`: all of it or nothing, and a refusal is recorded.

    A key that was refused stays refused: the same body gets the same answer again, whatever has
    changed since. Raises Refused, journal.AlreadyCommitted, journal.KeyReused.
    """
    digest = journal.body_digest(dict(body))
    try:
        journal.check_key(con, journal_key(key), digest)
    except journal.AlreadyCommitted as seen:
        if seen.commit.kind == "refusal":
            raise _again(seen.commit) from None
        raise
    except journal.KeyReused as error:
        _record(con, error.code, error.facts, action, "", key, digest, person, at)
        raise
    try:
        with journal.transaction(con):
            yield
    except Refused as error:
        _record(con, error.code, error.facts, action, key, key, digest, person, at)
        raise


def journal_key(key: str) -> str:
    """The key in the journal of a client's own key."""
    return f"registry:{key}"


def refusals(con: Connection) -> list[dict[str, Any]]:
    """Every refusal in order: request, action, person, moment, code, facts."""
    cursor = con.execute(
        "SELECT request, action, person, moment, code, facts FROM allowances.refusal "
        "ORDER BY commit_no, ordinal"
    )
    names = ("request", "action", "person", "moment", "code", "facts")
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [{**row, "facts": json.loads(row["facts"])} for row in rows]


def _record(
    con: Connection,
    code: str,
    facts: Mapping[str, Any],
    action: str,
    own_key: str,
    request: str,
    digest: str,
    person: str,
    at: datetime,
) -> None:
    """`own_key` '' where the client's key belongs to another commit: then under one of ours."""
    written = json.loads(json.dumps(facts, ensure_ascii=False, default=str))
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        row = {
            "request": request,
            "action": action,
            "person": person,
            "moment": at.astimezone(UTC).replace(tzinfo=None),
            "code": code,
            "facts": journal.canonical_json(written),
        }
        add(con, "allowances.refusal", number, [row])
        journal.commit(
            con,
            book=BOOK,
            kind="refusal",
            key=journal_key(own_key) if own_key else f"registry-refusal:{number}",
            body_sha256=digest,
            person=person,
            reason=code,
            facts={"code": code, "facts": written},
            tables=["allowances.refusal"],
        )


def _again(made: journal.Commit) -> Refused:
    return Refused(made.facts["code"], **made.facts["facts"])
