"""Restating months and years at the door (重述): closed months included.

What belongs here: the order of the work: dry run, reopening, restating, closing again, publishing.
What does not: the recalculation (`ledgers.emissions.restatement`), its report (`reports.effects`).

Closed months are reopened only after a dry run came through, each with the reason of the
restatement; rows that wait for them go on waiting. Stopped half-way, months are open with the
reason on them, and the same command goes on from there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from ledgers import journal
from ledgers.emissions import corrections
from ledgers.emissions.restatement import Restated, restate
from ledgers.emissions.statement import sealed_bodies
from ledgers.journal.years import months_of_year, require_unsealed
from pipelines.period import publish_copy
from warehouse.connect import Connection, writer
from warehouse.home import Home


def months_named(names: Sequence[str]) -> tuple[str, ...]:
    """Months and years as written: a year is its twelve months. Each once, in order."""
    found = {
        month for name in names for month in (months_of_year(name) if len(name) == 4 else (name,))
    }
    return tuple(sorted(found))


def restate_months(
    home: Home,
    months: Sequence[str],
    *,
    person: str,
    reason: str,
    edition: str = "",
    dry_run: bool = False,
    reopen: bool = False,
    request: int = 0,
) -> Restated:
    """Restate `months`; with `reopen` closed ones are reopened for it and closed again.

    Raises PeriodClosed (without `reopen`), YearSealed, EditionUnknown, RestatementFault, and
    UsageFault without a reason; then nothing moved.
    """
    with writer(home, purpose="restate", person=person) as con:
        given = {"person": person, "reason": reason, "edition": edition}
        if dry_run:
            return restate(con, months, **given, dry_run=True)
        closed = _closed(con, months) if reopen else ()
        if not closed:
            return restate(con, months, **given, request=request)
        if not restate(con, months, **given, dry_run=True).effects:
            return Restated(())
        _require_person(con, request, person)
        for month in closed:
            require_unsealed(con, month)
        for month in closed:
            with journal.transaction(con):
                journal.reopen_month(con, month, reason, person=person)
        done = restate(con, months, **given, request=request)
        for month in closed:
            _close(con, month, person, reason)
        publish_copy(con, home)
        return done


def _require_person(con: Connection, request: int, person: str) -> None:
    """Raises what the restatement would raise for want of a second person, before any month is
    reopened; undone at once."""
    with contextlib.suppress(_Undone), journal.transaction(con):
        corrections.decide(con, request, journal.next_commit_no(con), person)
        raise _Undone


class _Undone(Exception):
    """Take back what was only tried."""


def _closed(con: Connection, months: Sequence[str]) -> tuple[str, ...]:
    held = set(journal.closed_months(con))
    return tuple(month for month in months if month in held)


def _close(con: Connection, month: str, person: str, reason: str) -> None:
    with journal.transaction(con):
        bodies = sealed_bodies(con, month)
        journal.close_month(con, month, person=person, statements=bodies, reason=reason)
