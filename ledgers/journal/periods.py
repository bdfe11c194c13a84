"""Months that are open or closed (会计期间).

What belongs here: closing and reopening, and refusing what is closed. What does not: what must
be true before a month may close, which is the month's own order of work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from factors.errors import DataFault, UsageFault
from ledgers.journal.commits import Commit, append, body_digest, next_commit_no
from ledgers.journal.statements import insert_leaves
from ledgers.journal.years import require_unsealed
from warehouse.connect import Connection

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class PeriodClosed(DataFault):
    """The month is closed: reopen it with a reason first; facts: month."""


class PeriodOpen(UsageFault):
    """The month is not closed, so it cannot be reopened; facts: month."""


class BadMonth(UsageFault, ValueError):
    """Not a month as YYYY-MM; facts: seen."""


def period_state(con: Connection, month: str) -> Literal["open", "closed"]:
    """How `month` ('YYYY-MM') stands; a month without events is open. Raises BadMonth."""
    if not _MONTH.fullmatch(month):
        raise BadMonth("journal.bad_month", seen=month)
    return "closed" if _events(con, month)[-1:] == ["close"] else "open"


def closed_months(con: Connection) -> tuple[str, ...]:
    """All months that are closed now, in order."""
    found = con.execute(
        "SELECT month FROM journal.period_event GROUP BY month "
        "HAVING arg_max(event, commit_no) = 'close' ORDER BY month"
    ).fetchall()
    return tuple(month for (month,) in found)


def require_open(con: Connection, months: Iterable[str]) -> None:
    """Raises PeriodClosed for the first of `months` that is closed."""
    for month in months:
        if period_state(con, month) == "closed":
            raise PeriodClosed("journal.period_closed", month=month)


def close_month(
    con: Connection,
    month: str,
    *,
    person: str,
    statements: Mapping[str, Mapping[str, Any]],
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    recorded_at: datetime | None = None,
) -> Commit:
    """Closes `month` inside the open transaction and keeps its second tree.

    `statements`: enterprise_id → what its statement of the month says, as JSON values without
    floats. One leaf each, in the order of enterprise_id; number and root of the leaves stand in
    the commit's facts under "statements". Raises PeriodClosed when it is closed already.
    """
    require_open(con, [month])
    number = next_commit_no(con)
    tree = insert_leaves(con, number, month, statements)
    body = body_digest({"month": month, "statements": tree})
    return _event(con, month, "close", body, person, reason, {**(facts or {}), **tree}, recorded_at)


def reopen_month(
    con: Connection,
    month: str,
    reason: str,
    *,
    person: str,
    facts: Mapping[str, Any] | None = None,
    recorded_at: datetime | None = None,
) -> Commit:
    """Reopens a closed month inside the open transaction. Raises PeriodOpen, YearSealed, or
    UsageFault without a reason."""
    if period_state(con, month) == "open":
        raise PeriodOpen("journal.period_open", month=month)
    require_unsealed(con, month)
    if not reason.strip():
        raise UsageFault("journal.reason_missing", month=month)
    body = body_digest({"month": month, "reason": reason})
    return _event(con, month, "reopen", body, person, reason, facts or {}, recorded_at)


def _event(
    con: Connection,
    month: str,
    event: str,
    body: str,
    person: str,
    reason: str,
    facts: Mapping[str, Any],
    recorded_at: datetime | None,
) -> Commit:
    times = len(_events(con, month)) + 1
    con.execute(
        "INSERT INTO journal.period_event VALUES (?, 0, ?, ?, ?)",
        [next_commit_no(con), month, event, reason],
    )
    tables = ["journal.period_event"] + ["journal.statement_leaf"] * (event == "close")
    fixed = {"book": "journal", "kind": event, "key": f"{event}:{month}:{times}", "body": body}
    fixed |= {"month": month, "person": person, "reason": reason}
    return append(con, fixed, facts, tables, recorded_at)


def _events(con: Connection, month: str) -> list[str]:
    found = con.execute(
        "SELECT event FROM journal.period_event WHERE month = ? ORDER BY commit_no", [month]
    ).fetchall()
    return [event for (event,) in found]
