"""Doing what a second person approved (双人审批的执行).

What belongs here: which kinds of request there are and who does them. What does not: requests and
decisions (`ledgers.journal.requests`), the work (`ledgers.emissions`).
"""

from __future__ import annotations

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions import corrections, sealing
from ledgers.emissions.reversal import reverse_entry
from ledgers.journal.requests import Request, open_request, refuse
from pipelines.restating import restate_months
from warehouse.connect import Connection, writer
from warehouse.home import Home


def approve_request(home: Home, number: int, *, person: str) -> journal.Commit:
    """Approve request `number` as another person than the one who asked, and do it.

    Raises RequestUnknown, RequestDecided, SamePersonDecides, and what the work raises; then
    nothing was decided.
    """
    with writer(home, purpose=f"approve {number}", person=person) as con:
        found = open_request(con, number)
        if found.kind != corrections.RESTATEMENT:
            return _do(con, found, person)
    done = restate_months(
        home,
        found.body["months"],
        person=person,
        reason=found.reason,
        edition=str(found.body["edition"]),
        reopen=bool(found.body["reopen"]),
        request=number,
    )
    if done.commit is None:
        raise UsageFault("request.moves_nothing", number=number)
    return done.commit


def _do(con: Connection, found: Request, person: str) -> journal.Commit:
    if found.kind == sealing.UNSEAL:
        return sealing.approve_unsealing(con, found.number, person=person)
    if found.kind == corrections.REVERSAL:
        entry = str(found.body["entry"])
        return reverse_entry(con, entry, reason=found.reason, person=person, request=found.number)
    raise UsageFault("request.kind", number=found.number, kind=found.kind)


def refuse_request(home: Home, number: int, *, person: str, reason: str) -> journal.Commit:
    """Refuse a request, or withdraw one's own, with a reason."""
    with writer(home, purpose=f"refuse {number}", person=person) as con, journal.transaction(con):
        return refuse(con, number, person=person, reason=reason)
