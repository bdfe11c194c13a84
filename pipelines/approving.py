"""Doing what a second person approved (双人审批的执行).

What belongs here: which kinds of request there are and who does them. What does not: requests and
decisions (`ledgers.journal.requests`), the work (`ledgers.emissions`).
"""

from __future__ import annotations

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions import sealing
from ledgers.journal import requests
from warehouse.connect import writer
from warehouse.home import Home

DOES = {sealing.UNSEAL: sealing.approve_unsealing}
"""Kind of request → what approving it does, in one commit with the decision."""


def approve_request(home: Home, number: int, *, person: str) -> journal.Commit:
    """Approve request `number` as another person than the one who asked, and do it.

    Raises RequestUnknown, RequestDecided, SamePersonDecides, and what the work raises; then
    nothing was written.
    """
    with writer(home, purpose=f"approve {number}", person=person) as con:
        found = requests.open_request(con, number)
        if found.kind not in DOES:
            raise UsageFault("request.kind", number=number, kind=found.kind)
        return DOES[found.kind](con, number, person=person)


def refuse_request(home: Home, number: int, *, person: str, reason: str) -> journal.Commit:
    """Refuse a request, or withdraw one's own, with a reason."""
    with writer(home, purpose=f"refuse {number}", person=person) as con, journal.transaction(con):
        return requests.refuse(con, number, person=person, reason=reason)
