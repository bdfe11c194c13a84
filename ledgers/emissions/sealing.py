"""Sealing a compliance year (年度封存): only on what somebody checked against its document.

What belongs here: what stands in the way of a seal, sealing, and asking two persons to unseal.
What does not: the events and requests themselves (`ledgers.journal`), what entries rest on
(`standings`).

A seal covers whole quanta of each gas. A warming potential is applied when a statement is read and
named on it; no entry rests on one, so none is asked for here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.emissions.standings import Ground, grounds
from ledgers.journal import requests
from ledgers.journal.years import YearOpen, months_of_year, year_event, year_seals
from warehouse.connect import Connection

UNSEAL = "unseal"


class NotSealable(DataFault):
    """Something stands in the way of a seal; facts: year and how much of each. `readiness` says
    what."""

    readiness: Readiness


@dataclass(frozen=True, slots=True)
class Readiness:
    """How a year stands: its seal if it has one, months that are not closed, what its entries
    rest on, rows that wait for its months, and whether it has any entries."""

    year: str
    seal: journal.YearSeal | None
    open_months: tuple[str, ...]
    grounds: tuple[Ground, ...]
    waiting: int

    @property
    def lacking(self) -> tuple[Ground, ...]:
        """What is not official."""
        return tuple(ground for ground in self.grounds if not ground.official)

    @property
    def ready(self) -> bool:
        """Whether it may be sealed now."""
        return bool(self.grounds) and not (self.open_months or self.lacking or self.waiting)


def readiness(con: Connection, year: str) -> Readiness:
    """What stands in the way of sealing `year`. Raises BadYear."""
    months = months_of_year(year)
    closed = set(journal.closed_months(con))
    found = con.execute(
        "SELECT count(*) FROM emissions.still_waiting WHERE list_contains($1::VARCHAR[], month)",
        [list(months)],
    ).fetchone()
    assert found is not None
    return Readiness(
        year=year,
        seal=year_seals(con).get(year),
        open_months=tuple(month for month in months if month not in closed),
        grounds=grounds(con, months),
        waiting=int(found[0]),
    )


def seal(
    con: Connection,
    year: str,
    *,
    person: str,
    reason: str = "",
    recorded_at: datetime | None = None,
) -> journal.Commit:
    """Seal `year`. Raises NotSealable, YearSealed, BadYear; then nothing was written."""
    with journal.transaction(con):
        found = readiness(con, year)
        if found.seal is None and not found.ready:
            raise _refused(found)
        return journal.seal_year(
            con,
            year,
            person=person,
            facts=_facts(con, found),
            reason=reason,
            recorded_at=recorded_at,
        )


def ask_to_unseal(con: Connection, year: str, *, person: str, reason: str) -> journal.Commit:
    """Ask for a year to be unsealed; another person approves it. Raises YearOpen, UsageFault."""
    months_of_year(year)
    with journal.transaction(con):
        _sealed(con, year)
        return requests.ask(con, UNSEAL, {"year": year}, person=person, reason=reason)


def approve_unsealing(con: Connection, number: int, *, person: str) -> journal.Commit:
    """Unseal the year that request `number` names, as another person than the one who asked.

    Raises SamePersonDecides, RequestUnknown, RequestDecided, YearOpen.
    """
    with journal.transaction(con):
        found = requests.approval(con, number, journal.next_commit_no(con), person=person)
        year = str(found.body["year"])
        held = _sealed(con, year)
        facts = {"request": number, "requested_by": found.requested_by, "sealed_by": held.commit_no}
        return year_event(
            con, year, "unseal", person, found.reason, facts, tables=(requests.DECISION,)
        )


def _sealed(con: Connection, year: str) -> journal.YearSeal:
    held = year_seals(con).get(year)
    if held is None:
        raise YearOpen("journal.year_open", year=year)
    return held


def _refused(found: Readiness) -> NotSealable:
    error = NotSealable(
        "seal.refused" if found.grounds else "seal.nothing",
        year=found.year,
        months=len(found.open_months),
        rows=len(found.lacking),
        waiting=found.waiting,
    )
    error.readiness = found
    return error


def _facts(con: Connection, found: Readiness) -> Mapping[str, Any]:
    """What the header of the seal keeps: the closing commits, and every row it rests on."""
    closed = con.execute(
        "SELECT e.month, c.hash FROM (SELECT month, max(commit_no) AS commit_no "
        "FROM journal.period_event GROUP BY month) AS e "
        "JOIN journal.commit AS c ON c.commit_no = e.commit_no "
        "WHERE e.month LIKE $1 || '-%' ORDER BY e.month",
        [found.year],
    ).fetchall()
    return {
        "months": dict(closed),
        "rests_on": [
            [item.subject, item.edition, item.version, item.item, item.entries]
            for item in sorted(found.grounds, key=lambda g: (g.subject, g.edition, g.item))
        ],
    }
