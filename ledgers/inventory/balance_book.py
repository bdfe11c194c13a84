"""Keeping energy balances (平衡表入账): versions, in the journal, with what they came to.

What belongs here: the journalled import, the version that stands, reading one back, and checking
that its emissions are what their fractions say. What does not: the meaning of a table (`balance`)
and of its uses (`statistics`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from factors.carriers import find_carrier, nearest
from factors.errors import UsageFault
from ledgers import journal
from ledgers.inventory.balance import (
    TOLERANCE,
    Balance,
    BalanceCell,
    BalanceSheet,
    Finding,
    check,
    read_balance,
)
from ledgers.inventory.statistics import Estimate, Rules, estimate
from ledgers.journal import canonical_json
from ledgers.reference import catalogue, districts, method_editions
from ledgers.reference.rows import LATEST, LOCAL, add
from warehouse.connect import Connection, sql

CITY = "210100"
"""The region whose inventory is kept unless another is named: 沈阳市 (GB/T 2260)."""

METHOD = "general"
TABLES = ("inventory.balance", "inventory.balance_cell", "inventory.estimate")


@dataclass(frozen=True, slots=True)
class Request:
    """What is imported and how it is to be read; see the columns of `inventory.balance`."""

    year: int
    source: str
    file_name: str
    region: str = CITY
    tolerance: Decimal = TOLERANCE
    gas_condition: str = ""
    stand_ins: tuple[tuple[str, str], ...] = ()
    method: str = METHOD
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a balance as it stands in the book."""

    commit_no: int
    region: str
    year: int
    version: int
    source: str
    file_name: str
    sheet: str
    title: str
    synthetic: bool
    tolerance: str
    gas_condition: str
    stand_ins: str
    method: str
    reason: str
    recorded_at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A balance with its version and what it came to."""

    version: Version
    balance: Balance
    estimates: tuple[Estimate, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The sums that do not agree within the tolerance of the import."""
        return tuple(check(self.balance, Decimal(self.version.tolerance)))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `superseded` is the version that stood before (0: none);
    `seen_before`: the same file under the same terms had been taken, nothing was added."""

    kept: Kept
    findings: tuple[Finding, ...]
    superseded: int
    seen_before: bool


def import_balance(
    con: Connection, sheets: Sequence[BalanceSheet], request: Request, *, person: str
) -> Imported:
    """Take an energy balance into the book, with its emissions, as one commit.

    The same file on the same terms has no second effect; a `reason` takes it again. Another file
    or other terms make a further version; earlier ones stay. Raises BalanceRefused, UsageFault
    (stand-ins, gas condition), NoEdition.
    """
    request = _settled(request)
    balance, findings = read_balance(
        sheets,
        year=request.year,
        tolerance=request.tolerance,
        gas_condition=request.gas_condition,
    )
    key, body = _key(request)
    try:
        journal.check_key(con, key, body)
    except journal.AlreadyCommitted as seen:
        kept = _kept(con, _version(con, request, seen.commit.commit_no))
        return Imported(kept, findings, 0, True)
    earlier = versions(con, request.region, request.year)
    estimates = estimate(balance, request.year, _rules(con, request))
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        row = _row(request, balance, len(earlier) + 1)
        add(con, "inventory.balance", number, [row])
        add(con, "inventory.balance_cell", number, [asdict(cell) for cell in balance.cells])
        add(con, "inventory.estimate", number, [asdict(each) for each in estimates])
        journal.commit(
            con,
            book="inventory",
            kind="energy balance",
            key=key,
            body_sha256=body,
            person=person,
            reason=request.reason,
            facts=_facts(request, balance, estimates, len(earlier)),
            tables=list(TABLES),
        )
    kept = _kept(con, _version(con, request, number))
    return Imported(kept, findings, earlier[-1].version if earlier else 0, False)


def versions(
    con: Connection, region: str = "", year: int = 0, commit_no: int = LATEST
) -> tuple[Version, ...]:
    """Versions as recorded up to `commit_no`, by region, year and version; '' and 0 are all."""
    given = {"region": region, "year": year, "commit_no": commit_no}
    cursor = con.execute(sql("ledgers.inventory.sql", "versions.sql"), given)
    return tuple(Version(*row) for row in cursor.fetchall())


def current(con: Connection, region: str, year: int, commit_no: int = LATEST) -> Kept | None:
    """The balance that stands: the last version recorded up to `commit_no`."""
    found = versions(con, region, year, commit_no)
    return _kept(con, found[-1]) if found else None


def wrong_estimates(con: Connection) -> tuple[tuple[int, int], ...]:
    """(commit, ordinal) of every estimate that is not its fraction times its quantity, computed
    again from the text of the fraction and of the decimal with integers alone."""
    cursor = con.execute(
        "SELECT commit_no, ordinal, numerator, denominator, quantity::VARCHAR, value "
        "FROM inventory.estimate WHERE treatment = 'counted' ORDER BY 1, 2"
    )
    wrong = []
    for commit_no, ordinal, above, below, quantity, value in cursor.fetchall():
        whole, _, part = quantity.lstrip("-").partition(".")
        mantissa = int(whole + part.ljust(12, "0")) * (-1 if quantity.startswith("-") else 1)
        top, bottom = int(above) * mantissa, int(below) * 10**12
        rounded = (2 * abs(top) + bottom) // (2 * bottom)
        if (rounded if top >= 0 else -rounded) != value:
            wrong.append((commit_no, ordinal))
    return tuple(wrong)


def _settled(request: Request) -> Request:
    """Carriers of stand-ins by code. Raises UsageFault."""
    if request.gas_condition not in ("", "0C", "20C"):
        raise UsageFault("inventory.condition", seen=request.gas_condition)
    pairs = []
    for pair in request.stand_ins:
        for word in pair:
            if find_carrier(word) is None:
                near = "、".join(nearest(word)) or "-"
                raise UsageFault("inventory.carrier", seen=word, nearest=near)
        pairs.append(tuple(found.code for word in pair if (found := find_carrier(word))))
    return replace(request, stand_ins=tuple(sorted(pairs)))  # type: ignore[arg-type]


def _key(request: Request) -> tuple[str, str]:
    """The commit's key and body: the file and the terms on which it was read."""
    terms = {item.name: str(getattr(request, item.name)) for item in fields(request)}
    terms.pop("file_name")
    body = journal.body_digest(terms)
    key = f"inventory.balance:{request.region}:{request.year}:{body[:16]}"
    return key, body


def _rules(con: Connection, request: Request) -> Rules:
    known = [each for code, each in districts(con).items() if code[:4] == request.region[:4]]
    return Rules(
        method=request.method,
        editions=method_editions(con),
        catalogue=catalogue(con),
        recorded_on=_today(),
        region=known[0].region if known else "CN",
        stand_ins=dict(request.stand_ins),
    )


def _today() -> date:
    return datetime.now(LOCAL).date()


def _row(request: Request, balance: Balance, version: int) -> Mapping[str, Any]:
    return {
        "region": request.region,
        "year": request.year,
        "version": version,
        "source": request.source,
        "file_name": request.file_name,
        "sheet": balance.sheet,
        "title": balance.title,
        "synthetic": balance.synthetic or "合成" in request.file_name,
        "tolerance": str(request.tolerance),
        "gas_condition": request.gas_condition,
        "stand_ins": canonical_json(dict(request.stand_ins)),
        "method": request.method,
        "reason": request.reason,
    }


def _facts(
    request: Request, balance: Balance, estimates: Sequence[Estimate], before: int
) -> Mapping[str, Any]:
    return {
        "source": request.source,
        "file": request.file_name,
        "region": request.region,
        "year": request.year,
        "version": before + 1,
        "supersedes": before,
        "cells": len(balance.cells),
        "estimates": len(estimates),
    }


def _version(con: Connection, request: Request, commit_no: int) -> Version:
    found = versions(con, request.region, request.year)
    return next(each for each in found if each.commit_no == commit_no)


def _kept(con: Connection, version: Version) -> Kept:
    names = [item.name for item in fields(BalanceCell)]
    cells = _read(con, "inventory.balance_cell", names, version.commit_no)
    held = Balance(
        version.sheet,
        version.title,
        tuple(BalanceCell(*row) for row in cells),
        version.gas_condition,
    )
    names = [item.name for item in fields(Estimate)]
    rows = _read(con, "inventory.estimate", names, version.commit_no)
    return Kept(version, held, tuple(Estimate(*row) for row in rows))


def _read(con: Connection, table: str, names: Sequence[str], commit_no: int) -> list[Any]:
    columns = ", ".join(names)
    found = con.execute(
        f"SELECT {columns} FROM {table} WHERE commit_no = ? ORDER BY ordinal", [commit_no]
    )
    return found.fetchall()


def stand_ins_of(version: Version) -> Mapping[str, str]:
    """Carrier → carrier whose factors served it."""
    found: Mapping[str, str] = json.loads(version.stand_ins)
    return found
