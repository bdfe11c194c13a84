"""Reversals (冲销): a posted value is negated, never computed again.

What belongs here: writing the reversals of listed entries, and reversing one entry on a person's
word. What does not: why a posting or restatement withdraws activities (`resubmission`,
`restatement`).
"""

from __future__ import annotations

import re
from datetime import datetime

from factors.errors import DataFault, UsageFault
from ledgers import journal
from ledgers.emissions import corrections
from ledgers.emissions.workspace import count, fill, make, run
from warehouse.connect import Connection

_ENTRY = re.compile(r"(\d{1,18})-(\d{1,18})")


class EntryUnknown(UsageFault, LookupError):
    """No entry has this name; facts: entry."""


class EntryReversed(DataFault):
    """The entry is a reversal or was reversed before; facts: entry, by."""


def entry_key(entry: str) -> tuple[int, int]:
    """Commit and ordinal of an entry named '<commit>-<ordinal>'. Raises EntryUnknown."""
    match = _ENTRY.fullmatch(entry.strip())
    if match is None:
        raise EntryUnknown("emissions.entry_name", entry=entry)
    return int(match[1]), int(match[2])


def write_reversals(con: Connection, commit_no: int) -> int:
    """Reverse the entries listed in `to_reverse` as the first entries of a commit."""
    listed = count(con, "to_reverse")
    if listed:
        run(con, "insert_reversals", commit_no=commit_no)
    return listed


def reverse_entry(
    con: Connection,
    entry: str,
    *,
    reason: str,
    person: str,
    key: str = "",
    request: int = 0,
    recorded_at: datetime | None = None,
) -> journal.Commit:
    """Reverse one live entry in a commit of its own; `request` is what `person` approves by it.

    Raises EntryUnknown, EntryReversed, `journal.PeriodClosed` (its month is closed), UsageFault
    without a reason, and SecondPersonDue where policy asks for a request. With `key`, the same
    call again answers the earlier commit.
    """
    if not reason.strip():
        raise UsageFault("emissions.reason_missing")
    target = entry_key(entry)
    body = journal.body_digest({"reverse": entry.strip(), "reason": reason})
    earlier = journal.find_commit(con, key) if key else None
    if earlier is not None and earlier.body_sha256 == body:
        return earlier
    with journal.transaction(con):
        month = _month_of_live(con, entry, target)
        number = journal.next_commit_no(con)
        decided = corrections.decide(con, request, number, person)
        make(con, "to_reverse")
        fill(con, "to_reverse", [[target[0]], [target[1]], ["reversal"]])
        write_reversals(con, number)
        return journal.commit(
            con,
            book="emissions",
            kind="reversal",
            key=key or f"emissions.reversal:{target[0]}-{target[1]}",
            body_sha256=body,
            person=person,
            reason=reason,
            month=month,
            facts={"entry": f"{target[0]}-{target[1]}", **decided.facts},
            tables=["emissions.entry", *decided.tables],
            recorded_at=recorded_at,
        )


def _month_of_live(con: Connection, entry: str, target: tuple[int, int]) -> str:
    found = con.execute(
        "SELECT month, kind FROM emissions.entry WHERE commit_no = ? AND ordinal = ?", target
    ).fetchone()
    if found is None:
        raise EntryUnknown("emissions.entry_unknown", entry=entry)
    by = con.execute(
        "SELECT commit_no || '-' || ordinal FROM emissions.entry "
        "WHERE reverses_commit = ? AND reverses_ordinal = ?",
        target,
    ).fetchone()
    if by is not None or found[1] == "reversal":
        raise EntryReversed("emissions.entry_reversed", entry=entry, by=by[0] if by else entry)
    return str(found[0])
