"""Who holds what (持有): now, and as the registry stood at a moment.

What belongs here: reading balances, blocks and transactions. What does not: changing them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledgers.allowances.numbers import Block
from ledgers.reference.rows import AsOf, as_of_commit
from warehouse.connect import Connection, sql

_SQL = "ledgers.allowances.sql"


@dataclass(frozen=True)
class Holding:
    """Units of one kind in one position of an account (持有). `reserved` is the part of them that
    requests under way have claimed; it is 0 for a moment in the past."""

    number: str
    kind: str
    entity: str
    name: str
    status: str
    position: str
    unit: str
    quantity: int
    reserved: int


@dataclass(frozen=True)
class HeldBlock:
    """A block where it lies, since when, and where it came from at its issue."""

    number: str
    position: str
    block: Block
    acquired_at: datetime
    origin: str


@dataclass(frozen=True)
class Movement:
    """A line of a completed transaction, with account numbers; times in UTC."""

    seq: int
    id: str
    type: str
    executed_at: datetime
    source: str
    from_position: str
    target: str
    to_position: str
    unit: str
    quantity: int
    ref: str
    year: int | None
    counterparty: str
    reason: str
    proposer: str
    approver: str


def holdings(
    con: Connection,
    number: str = "",
    market: str = "",
    *,
    recorded: AsOf = None,
    executed: datetime | None = None,
) -> tuple[Holding, ...]:
    """What is held, by account, position and unit; of one account, one market or all ('').

    `recorded`: as the ledger stood at that moment of recording; `executed`: counting only what was
    executed by then (UTC). With either, balances are added up from the moves.
    """
    given = [number, number, market, market]
    if recorded is None and executed is None:
        rows = con.execute(sql(_SQL, "holdings_now.sql"), given).fetchall()
    else:
        until = executed or datetime.max
        past = [as_of_commit(con, recorded), until.replace(tzinfo=None), *given]
        rows = con.execute(sql(_SQL, "holdings_then.sql"), past).fetchall()
    return tuple(Holding(*row) for row in rows)


def blocks(con: Connection, number: str) -> tuple[HeldBlock, ...]:
    """The blocks of an account in the order in which they are taken."""
    rows = con.execute(
        "SELECT a.number, h.position, h.unit, h.first, h.last, h.acquired_at, h.origin "
        "FROM allowances.holding AS h JOIN allowances.account AS a USING (account) "
        "WHERE a.number = ? ORDER BY h.position, h.unit, h.acquired_at, h.origin, h.first",
        [number],
    ).fetchall()
    return tuple(HeldBlock(r[0], r[1], Block(r[2], r[3], r[4]), r[5], r[6]) for r in rows)


def transactions(
    con: Connection, number: str = "", market: str = "", limit: int = 1000
) -> tuple[Movement, ...]:
    """The last `limit` lines of completed transactions, oldest first; of one account or market."""
    given: list[Any] = [number, number, number, market, market, limit]
    rows = con.execute(sql(_SQL, "movements.sql"), given).fetchall()
    return tuple(Movement(*row) for row in reversed(rows))
