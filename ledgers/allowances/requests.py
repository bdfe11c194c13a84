"""What is asked of the registry, as it is kept (交易申请).

What belongs here: the shape of a request and its movements, reading and writing the tables of
requests. What does not: whether it is allowed (`checks`), how it goes on (`workflow`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from factors.errors import UsageFault
from ledgers.allowances.accounts import account
from ledgers.allowances.posting import LINE, TRANSACTION
from ledgers.allowances.refusals import Refused
from ledgers.allowances.rows import add
from warehouse.connect import Connection

LARGEST = 10**15
"""No movement is larger: sums of many stay within a BIGINT."""

OVER = ("rejected", "terminated", "completed", "cancelled", "expired", "failed")
"""States after which nothing comes."""


class NoRequest(UsageFault, LookupError):
    """No request under that id; facts: seen."""


@dataclass(frozen=True)
class Movement:
    """One movement asked for: account numbers, the unit as SY-SYA-2025, whole tonnes. `first`
    fixes the first serial number of an issue; `origin` says where issued units come from."""

    source: str
    target: str
    unit: str
    quantity: object
    ref: str = ""
    first: int | None = None
    origin: str = ""


@dataclass(frozen=True)
class Ask:
    """A request: `key` is the client's own id and the idempotency key; `year` the compliance year
    that it counts for; `counterparty` the bank, buyer or payment; `refers` the seq of the
    transaction that it takes back or completes; `reason` names the document where one is due."""

    key: str
    type: str
    market: str
    movements: tuple[Movement, ...]
    year: int | None = None
    counterparty: str = ""
    reason: str = ""
    refers: int | None = None

    def body(self) -> dict[str, Any]:
        """What the idempotency key stands for."""
        moved = [
            [m.source, m.target, m.unit, str(m.quantity), m.ref, m.first, m.origin]
            for m in self.movements
        ]
        return {
            "type": self.type,
            "market": self.market,
            "movements": moved,
            "year": self.year,
            "counterparty": self.counterparty,
            "reason": self.reason,
            "refers": self.refers,
        }


@dataclass(frozen=True)
class Request:
    """A request as it stands; `executes_at` only while it is delayed; times in UTC."""

    request: str
    type: str
    market: str
    year: int | None
    counterparty: str
    reason: str
    refers: int | None
    proposer: str
    types_version: str
    requested_at: datetime
    state: str
    state_person: str
    state_at: datetime
    executes_at: datetime | None
    calendar_version: str
    state_reason: str


def whole_tonnes(value: object) -> int:
    """`value` as whole tonnes above zero: an integer, or text or a decimal that is one. Raises
    Refused for fractions, zero, negatives, binary floats and what is no number."""
    try:
        if isinstance(value, bool | float):
            raise InvalidOperation
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Refused("registry.fraction", seen=str(value)) from error
    if not number.is_finite() or number != number.to_integral_value():
        raise Refused("registry.fraction", seen=str(value))
    if not 0 < number <= LARGEST:
        raise Refused("registry.quantity", seen=str(value), largest=LARGEST)
    return int(number)


def require_plain(text: str) -> str:
    """`text` when it has no control characters, which two writers of JSON write in two ways.
    Raises Refused."""
    if re.search(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]", text):
        raise Refused("registry.bad_text", seen=text)
    return text


def as_lines(con: Connection, ask: Ask, positions: tuple[str, str]) -> list[dict[str, Any]]:
    """The movements as rows of request_line. Raises Refused, NoAccount, BadNumber."""
    rows = []
    for index, movement in enumerate(ask.movements):
        rows.append(
            {
                "line_no": index,
                "ref": require_plain(movement.ref),
                "from_account": account(con, movement.source).account,
                "from_position": positions[0],
                "to_account": account(con, movement.target).account,
                "to_position": positions[1],
                "unit": movement.unit.strip(),
                "quantity": whole_tonnes(movement.quantity),
                "first": movement.first,
                "origin": require_plain(movement.origin),
            }
        )
    if not rows:
        raise Refused("registry.no_lines", request=ask.key)
    return rows


def add_request(
    con: Connection, commit_no: int, head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> None:
    """Adds a request with its lines to the open transaction."""
    add(con, "allowances.request", commit_no, [head])
    named = [{"request": head["request"], **line} for line in lines]
    add(con, "allowances.request_line", commit_no, named)


def add_steps(con: Connection, commit_no: int, steps: Sequence[Mapping[str, Any]]) -> None:
    """Adds states that requests came into."""
    empty = {"executes_at": None, "calendar_version": "", "reason": ""}
    add(con, "allowances.step", commit_no, [{**empty, **step} for step in steps])


def request(con: Connection, key: str) -> Request:
    """The request as it stands. Raises NoRequest."""
    found = con.execute("SELECT * FROM allowances.request_now WHERE request = ?", [key]).fetchone()
    if found is None:
        raise NoRequest("registry.no_request", seen=key)
    return Request(*found)


def requests(con: Connection, state: str = "", market: str = "") -> tuple[Request, ...]:
    """Requests in the order in which they came, of one state and market or of all ('')."""
    found = con.execute(
        "SELECT * FROM allowances.request_now WHERE ? IN ('', state) AND ? IN ('', market) "
        "ORDER BY requested_at, request",
        [state, market],
    )
    return tuple(Request(*row) for row in found.fetchall())


def steps(con: Connection, key: str) -> list[dict[str, Any]]:
    """Every state that a request came into, in order."""
    cursor = con.execute(
        "SELECT state, person, moment, executes_at, calendar_version, reason FROM allowances.step "
        "WHERE request = ? ORDER BY commit_no, ordinal",
        [key],
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lines_of(con: Connection, keys: Sequence[str]) -> pl.DataFrame:
    """The lines of requests as columns LINE of `posting`; `place` is the place in `keys`."""
    rows = []
    for place, key in enumerate(keys):
        found = con.execute(
            "SELECT line_no, ref, from_account, from_position, to_account, to_position, unit, "
            "quantity, first, origin FROM allowances.request_line WHERE request = ? ORDER BY 1",
            [key],
        )
        rows += [(place, *row) for row in found.fetchall()]
    return pl.DataFrame(rows, schema=LINE, orient="row")


def as_transactions(
    found: Sequence[Request], approvers: Sequence[str], approvals: Sequence[int], at: datetime
) -> pl.DataFrame:
    """Requests as columns TRANSACTION of `posting`, executed at `at` (UTC without a zone)."""
    rows = [
        (
            r.request,
            r.type,
            r.market,
            at,
            r.proposer,
            approver,
            needed,
            r.year,
            r.counterparty,
            r.reason,
            r.refers,
            r.types_version,
        )
        for r, approver, needed in zip(found, approvers, approvals, strict=True)
    ]
    return pl.DataFrame(rows, schema=TRANSACTION, orient="row")
