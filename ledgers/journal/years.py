"""Years that are sealed (年度封存): a compliance year that nobody reopens alone.

What belongs here: the events of a year, and refusing to reopen its months. What does not: what a
year must rest on before it may be sealed (`ledgers.emissions.sealing`), and the second person that
unsealing needs (`requests`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from factors.errors import DataFault, UsageFault
from ledgers.journal.commits import Commit, append, body_digest, next_commit_no
from warehouse.connect import Connection, sql

TABLE = "journal.year_event"
_YEAR = re.compile(r"\d{4}")


class YearSealed(DataFault):
    """The year is sealed: two persons unseal it first; facts: year, commit_no."""


class YearOpen(UsageFault):
    """The year is not sealed; facts: year."""


class BadYear(UsageFault, ValueError):
    """Not a year as YYYY; facts: seen."""


@dataclass(frozen=True, slots=True)
class YearSeal:
    """The seal of a year as it stands: the commit that sealed it, by whom and when (UTC)."""

    year: str
    commit_no: int
    hash: str
    person: str
    recorded_at: datetime


def months_of_year(year: str) -> tuple[str, ...]:
    """The twelve months of a year. Raises BadYear."""
    if not _YEAR.fullmatch(year):
        raise BadYear("journal.bad_year", seen=year)
    return tuple(f"{year}-{month:02d}" for month in range(1, 13))


def year_seals(con: Connection, commit_no: int | None = None) -> Mapping[str, YearSeal]:
    """Year → its seal, of the years that are sealed as the ledger stood at `commit_no`."""
    found = con.execute(sql(__package__, "select_year_seals.sql"), [commit_no]).fetchall()
    return {row[0]: YearSeal(*row) for row in found}


def require_unsealed(con: Connection, month: str) -> None:
    """Raises YearSealed when the year of `month` is sealed."""
    seal = year_seals(con).get(month[:4])
    if seal is not None:
        raise YearSealed("journal.year_sealed", year=seal.year, commit_no=seal.commit_no)


def seal_year(
    con: Connection,
    year: str,
    *,
    person: str,
    facts: Mapping[str, Any],
    reason: str = "",
    recorded_at: datetime | None = None,
) -> Commit:
    """Seals `year` inside the open transaction; `facts` say what it rests on. Raises YearSealed."""
    months_of_year(year)
    require_unsealed(con, f"{year}-01")
    return year_event(con, year, "seal", person, reason, facts, recorded_at=recorded_at)


def year_event(
    con: Connection,
    year: str,
    event: Literal["seal", "unseal"],
    person: str,
    reason: str,
    facts: Mapping[str, Any],
    *,
    tables: tuple[str, ...] = (),
    recorded_at: datetime | None = None,
) -> Commit:
    """One event of a year as a commit of the open transaction; `tables` have rows of it too."""
    number = next_commit_no(con)
    con.execute(f"INSERT INTO {TABLE} VALUES (?, 0, ?, ?, ?)", [number, year, event, reason])
    body = body_digest({"year": year, "event": event, "facts": dict(facts), "reason": reason})
    fixed = {"book": "journal", "kind": f"{event} year", "key": f"{event}:{year}:{number}"}
    fixed |= {"body": body, "month": "", "person": person, "reason": reason}
    return append(con, fixed, facts, [TABLE, *tables], recorded_at)
