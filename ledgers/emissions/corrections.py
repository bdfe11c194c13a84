"""Corrections that two persons make (更正的双人审批): who asks, who approves.

What belongs here: whether the city's policy asks for a second person, asking, and the approval as a
part of the commit that corrects. What does not: the corrections themselves (`reversal`,
`restatement`), requests of other books (`ledgers.journal.requests`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.journal import requests
from ledgers.reference.policy import two_persons
from warehouse.connect import Connection

REVERSAL, RESTATEMENT = "reversal", "restatement"


class SecondPersonDue(UsageFault):
    """Policy asks for a second person, and there is no request."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the approval adds to the commit that corrects; nothing where none is asked for."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()


def decide(con: Connection, request: int, commit_no: int, person: str) -> Decided:
    """Write the approval of `request` by `person` into commit `commit_no` in the making.

    Without a request (0) nothing is written; raises SecondPersonDue where policy asks for one,
    SamePersonDecides, RequestUnknown, RequestDecided.
    """
    if not request:
        if two_persons(con):
            raise SecondPersonDue("emissions.second_person")
        return Decided()
    found = requests.approval(con, request, commit_no, person=person)
    facts = {"request": request, "requested_by": found.requested_by}
    return Decided(facts, (requests.DECISION,))


def ask(
    con: Connection, kind: str, body: Mapping[str, Any], *, person: str, reason: str
) -> journal.Commit:
    """Ask for a correction that another person approves."""
    with journal.transaction(con):
        return requests.ask(con, kind, body, person=person, reason=reason)
