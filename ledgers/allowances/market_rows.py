"""Writing and reading the market's book (市场账簿的读写).

What belongs here: one commit of rows in tables `market.*`, two officers who answer for it, rows as
mappings. What does not: what the rows mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.allowances.accounts import business_date
from ledgers.allowances.measures import Origin
from ledgers.allowances.persons import clean, require_role, require_two
from ledgers.allowances.rows import add
from warehouse.connect import Connection

BOOK = "market"


class MarketFault(DataFault, ValueError):
    """The market's rules do not allow it; the code says why, the facts what was seen."""


def write(
    con: Connection,
    *,
    kind: str,
    key: str,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    person: str,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
) -> journal.Commit:
    """Adds rows (table without schema → rows) in one commit. The same key and rows again give the
    commit that stands there. Raises KeyReused."""
    tables = [f"market.{name}" for name in rows]
    body = json.loads(json.dumps(dict(rows), ensure_ascii=False, default=str))
    try:
        with journal.transaction(con):
            digest = journal.body_digest(body)
            journal.check_key(con, f"market:{key}", digest)
            number = journal.next_commit_no(con)
            for name, held in rows.items():
                add(con, f"market.{name}", number, held)
            return journal.commit(
                con,
                book=BOOK,
                kind=kind,
                key=f"market:{key}",
                body_sha256=digest,
                person=clean(person),
                reason=reason,
                facts=facts or {},
                tables=tables,
            )
    except journal.AlreadyCommitted as seen:
        return seen.commit


def read(con: Connection, query: str, *given: object) -> list[dict[str, Any]]:
    """Rows of a query as mappings."""
    con.complete()
    cursor = con.execute(query, list(given))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def require_officer(con: Connection, market: str, person: str, at: datetime) -> date:
    """The business date, when `person` acts for the registry on it. Raises Refused."""
    on = business_date(con, market, at)
    require_role(con, person, ["registry"], [], on)
    return on


def require_officers(
    con: Connection, market: str, proposer: str, approver: str, at: datetime
) -> date:
    """The business date, when both are officers and two humans. Raises Refused."""
    on = require_officer(con, market, proposer, at)
    require_two(con, proposer, approver, on)
    require_role(con, approver, ["registry"], [], on)
    return on


def next_version(con: Connection, table: str, **key: object) -> int:
    """The version after the last one of a key."""
    where = " AND ".join(f"{name} = ?" for name in key)
    found = read(
        con,
        f"SELECT coalesce(max(version), 0) + 1 AS n FROM market.{table} WHERE {where}",
        *key.values(),
    )
    return int(found[0]["n"])


def origins_text(origins: Iterable[Origin]) -> str:
    """Rule values as the JSON text that a row keeps."""
    names = ("key", "value", "rule_set", "version", "document", "clause", "standing")
    rows = [{name: getattr(origin, name) for name in names} for origin in origins]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True)


def read_origins(text: str) -> tuple[Origin, ...]:
    """Rule values from the text of a row."""
    return tuple(Origin(**row) for row in json.loads(text))
