"""What one person asks for and another decides (双人审批).

What belongs here: requests, decisions, and that the two are not one person, which the database
holds as well. What does not: doing what was asked, which the book does whose matter it is, in the
same commit as the decision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from factors.errors import UsageFault
from ledgers.journal.commits import Commit, append, body_digest, next_commit_no
from warehouse.connect import Connection, sql
from warehouse.merkle import canonical_json

REQUEST, DECISION = "journal.request", "journal.decision"


class RequestUnknown(UsageFault, LookupError):
    """No request has this number; facts: number."""


class RequestDecided(UsageFault):
    """The request was decided before; facts: number, outcome, person."""


class SamePersonDecides(UsageFault):
    """Whoever asked does not approve; facts: number, person."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, by whom, and how it was decided ('' while it is not). `number` is that of
    its commit."""

    number: int
    kind: str
    body: Mapping[str, Any]
    requested_by: str
    reason: str
    requested_at: datetime
    outcome: str
    decided_by: str
    decision: int | None


def requests(con: Connection) -> tuple[Request, ...]:
    """Every request in the order in which they were made."""
    found = con.execute(sql(__package__, "select_requests.sql")).fetchall()
    return tuple(Request(row[0], row[1], json.loads(row[2]), *row[3:]) for row in found)


def open_request(con: Connection, number: int) -> Request:
    """The request `number`, which nobody decided yet. Raises RequestUnknown, RequestDecided."""
    for found in requests(con):
        if found.number == number:
            if found.outcome:
                facts = {"outcome": found.outcome, "person": found.decided_by}
                raise RequestDecided("journal.request_decided", number=number, **facts)
            return found
    raise RequestUnknown("journal.request_unknown", number=number)


def ask(
    con: Connection,
    kind: str,
    body: Mapping[str, Any],
    *,
    person: str,
    reason: str,
    recorded_at: datetime | None = None,
) -> Commit:
    """Records a request inside the open transaction. Raises UsageFault without a reason."""
    if not reason.strip():
        raise UsageFault("journal.request_reason")
    number = next_commit_no(con)
    text = canonical_json(dict(body))
    con.execute(
        f"INSERT INTO {REQUEST} VALUES (?, 0, ?, ?, ?, ?)", [number, kind, text, person, reason]
    )
    fixed = {"book": "journal", "kind": "request", "key": f"request:{number}"}
    fixed |= {"body": body_digest(dict(body)), "month": "", "person": person, "reason": reason}
    return append(con, fixed, {"kind": kind, "body": dict(body)}, [REQUEST], recorded_at)


def approval(con: Connection, number: int, commit_no: int, *, person: str) -> Request:
    """Writes the approval of a request into commit `commit_no` in the making, whose maker then
    names DECISION among its tables. Raises SamePersonDecides, RequestUnknown, RequestDecided."""
    found = open_request(con, number)
    if found.requested_by.strip().lower() == person.strip().lower():
        raise SamePersonDecides("journal.request_same", number=number, person=person)
    _decide(con, found, commit_no, "approved", person, "")
    return found


def refuse(
    con: Connection,
    number: int,
    *,
    person: str,
    reason: str,
    recorded_at: datetime | None = None,
) -> Commit:
    """Refuses a request, or withdraws one's own, inside the open transaction."""
    found = open_request(con, number)
    if not reason.strip():
        raise UsageFault("journal.request_reason")
    commit_no = next_commit_no(con)
    _decide(con, found, commit_no, "refused", person, reason)
    facts = {"request": number, "outcome": "refused"}
    fixed = {"book": "journal", "kind": "decision", "key": f"decision:{number}"}
    fixed |= {"body": body_digest(facts), "month": "", "person": person, "reason": reason}
    return append(con, fixed, facts, [DECISION], recorded_at)


def _decide(
    con: Connection, found: Request, commit_no: int, outcome: str, person: str, reason: str
) -> None:
    row = [commit_no, found.number, outcome, found.requested_by, person, reason]
    con.execute(f"INSERT INTO {DECISION} VALUES (?, 0, ?, ?, ?, ?, ?)", row)
