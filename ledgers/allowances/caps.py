"""Caps and sealed years (总量与年度封存).

What belongs here: recording how much may be issued, and that a year is over. What does not: how
a cap is worked out, and when a year may be sealed (the compliance rules decide and call this).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledgers import journal
from ledgers.allowances.accounts import business_date, market
from ledgers.allowances.checks import cap_and_issued
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.persons import clean, require_role, require_two
from ledgers.allowances.refusals import BOOK, Refused, journal_key, recorded
from ledgers.allowances.requests import whole_tonnes
from ledgers.allowances.rows import add
from warehouse.connect import Connection


def set_cap(
    con: Connection,
    unit: str,
    quantity: object,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
) -> None:
    """Records the cap of a unit from an approved plan, by two persons of the registry. A later
    one supersedes, never below what is issued. Raises Refused."""
    found = read_unit(unit)
    asked = whole_tonnes(quantity)
    row: dict[str, Any] = {"unit": str(found), "quantity": asked, "document": document}
    with recorded(con, action="cap", key=_key(con, unit), body=row, person=proposer, at=at):
        if not document.strip():
            raise Refused("registry.need_missing", type="cap", need="document")
        _, issued = cap_and_issued(con, str(found))
        if asked < issued:
            raise Refused("registry.cap_below", unit=unit, issued=issued, asked=asked)
        _two(con, found.market, proposer, approver, at)
        _add(con, "cap", _key(con, unit), row, proposer, approver)


def seal_year(
    con: Connection,
    code: str,
    year: int,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
) -> None:
    """Seals a compliance year of a market: nothing counts for it any more, and nothing that
    counted for it is taken back. By two persons of the registry. Raises Refused."""
    row = {"market": market(con, code).market, "year": year, "document": document}
    key = f"seal:{code}:{year}"
    with recorded(con, action="seal", key=key, body=row, person=proposer, at=at):
        _two(con, code, proposer, approver, at)
        _add(con, "sealed_year", key, row, proposer, approver)


def sealed_years(con: Connection, code: str) -> tuple[int, ...]:
    """The sealed years of a market."""
    found = con.execute(
        "SELECT year FROM allowances.sealed_year WHERE market = ? ORDER BY 1", [code]
    )
    return tuple(year for (year,) in found.fetchall())


def _key(con: Connection, unit: str) -> str:
    return f"cap:{unit}:{journal.next_commit_no(con)}"


def _two(con: Connection, code: str, proposer: str, approver: str, at: datetime) -> None:
    on = business_date(con, code, at)
    require_two(con, proposer, approver, on)
    require_role(con, proposer, ["registry"], [], on)
    require_role(con, approver, ["registry"], [], on)


def _add(
    con: Connection, table: str, key: str, row: Mapping[str, Any], proposer: str, approver: str
) -> None:
    number = journal.next_commit_no(con)
    two = {"proposer": clean(proposer), "approver": clean(approver)}
    add(con, f"allowances.{table}", number, [{**row, **two}])
    journal.commit(
        con,
        book=BOOK,
        kind=table,
        key=journal_key(key),
        body_sha256=journal.body_digest(dict(row)),
        person=clean(proposer),
        reason=row["document"],
        facts=dict(row),
        tables=[f"allowances.{table}"],
    )
