"""Carrying out requests (申请的执行): the moment, the last check, the claim, the posting.

What belongs here: what all states of a request share, and execution. What does not: who may
propose and decide (`workflow`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from ledgers import journal
from ledgers.allowances import checks
from ledgers.allowances.accounts import market as find_market
from ledgers.allowances.blocks import Overlap, Shortfall
from ledgers.allowances.persons import clean
from ledgers.allowances.posting import LINE, TABLES, change_balances, naive_utc, post
from ledgers.allowances.refusals import BOOK, Refused, journal_key, recorded
from ledgers.allowances.requests import (
    OVER,
    Request,
    add_steps,
    as_transactions,
    lines_of,
    request,
    requests,
)
from ledgers.allowances.rows import lent
from ledgers.allowances.rulings import Rules, calendar, rules
from ledgers.allowances.tables import TransactionType
from ledgers.allowances.working_days import Calendar
from warehouse.connect import Connection, sql

_SQL = "ledgers.allowances.sql"
STEPS = ["allowances.request", "allowances.request_line", "allowances.step", "allowances.approval"]

Key = tuple[int, str, str]


@dataclass(frozen=True)
class Setting:
    """What holds at a moment in a market; `now` is UTC without a zone."""

    rules: Rules
    calendar: Calendar
    at: datetime
    now: datetime

    @classmethod
    def of(cls, con: Connection, market: str, at: datetime) -> Setting:
        """What holds in `market` at the aware moment `at`."""
        name = find_market(con, market).calendar
        day = calendar(con, name, at.date()).business_date(at)
        return cls(rules(con, day), calendar(con, name, day), at, naive_utc(at))

    @property
    def day(self) -> date:
        """The business date."""
        return self.calendar.business_date(self.at)

    def executes_at(self, kind: TransactionType) -> datetime:
        """When something approved now executes, UTC without a zone."""
        if not kind.hours and not kind.delay_hours:
            return self.now
        local = self.calendar.local(self.at)
        then = self.calendar.after(local, timedelta(hours=kind.delay_hours))
        return naive_utc(self.calendar.utc(then))

    def is_open(self) -> bool:
        """Whether the registry is open."""
        return self.calendar.is_open(self.calendar.local(self.at))


def execute(con: Connection, key: str, *, person: str, at: datetime) -> Request:
    """Carries out one delayed request. It is checked once more: an account may have been frozen
    meanwhile, and then it has failed. Raises Refused before its time and outside the hours."""
    found = request(con, key)
    own = f"{key}:execute:{journal.next_commit_no(con)}"
    body = {"request": key, "at": naive_utc(at).isoformat()}
    with recorded(con, action="execute", key=own, body=body, person=person, at=at):
        setting = Setting.of(con, found.market, at)
        require_state(found, ("delayed",))
        if found.executes_at is None or setting.now < found.executes_at:
            raise Refused("registry.early", request=key, executes_at=found.executes_at, at=at)
        kind = setting.rules.types.find(found.type)
        if kind.hours and not setting.is_open():
            raise Refused("registry.closed_hours", at=at, calendar=setting.calendar.version)
        number = journal.next_commit_no(con)
        tables, facts = carry_out(con, number, setting, found, person)
        commit(con, "execute", own, body, person, "", tables, facts)
    return request(con, key)


def execute_due(con: Connection, market: str, *, person: str, at: datetime) -> tuple[Request, ...]:
    """Carries out every delayed request of a market whose time has come, in the order of their
    times; none while the registry is closed. A calendar that changed meanwhile moves no request
    forward: its time was fixed when it was approved, and the hours are those of the calendar in
    force now."""
    setting = Setting.of(con, market, at)
    kinds = setting.rules.types.types
    due = [
        found
        for found in requests(con, "delayed", market)
        if found.executes_at is not None
        and found.executes_at <= setting.now
        and (setting.is_open() or not kinds[found.type].hours)
    ]
    due.sort(key=lambda found: (found.executes_at, found.requested_at, found.request))
    return tuple(execute(con, found.request, person=person, at=at) for found in due)


def check(
    con: Connection,
    setting: Setting,
    kind: TransactionType,
    head: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Checks a request against the rules that hold now. Raises Refused."""
    lines = pl.DataFrame([{"place": 0, **row} for row in rows], schema=LINE)
    heads = pl.DataFrame(
        [{"type": head["type"], "market": head["market"], "year": head["year"]}],
        schema={"type": pl.String, "market": pl.String, "year": pl.Int32},
    )
    faults = checks.line_faults(con, setting.rules, heads, lines)
    if faults:
        raise faults[0]
    checks.check_head(con, setting.rules, kind, {**head, "at": setting.now}, setting.day)
    checks.check_referred_lines(con, kind, head["refers"], lines)
    checks.check_caps(con, kind, lines)


def require_state(found: Request, allowed: Sequence[str]) -> None:
    """Raises Refused when the request is in no state of `allowed`."""
    if found.state not in allowed:
        facts = {"request": found.request, "seen": found.state, "over": found.state in OVER}
        raise Refused("registry.request_state", **facts, allowed="、".join(allowed))


HEAD = ("type", "market", "year", "counterparty", "reason", "refers")


def carry_out(
    con: Connection,
    number: int,
    setting: Setting,
    found: Request,
    person: str,
    before: Sequence[Mapping[str, Any]] = (),
) -> tuple[list[str], dict[str, Any]]:
    """Posts a request after a last check and notes whether it was completed or has failed; the
    tables written and the facts of the header. `before`: states that come before in this commit."""
    kind = setting.rules.types.find(found.type)
    lines = lines_of(con, [found.request])
    try:
        head = {name: getattr(found, name) for name in HEAD}
        check(con, setting, kind, head, lines.drop("place").to_dicts())
        checks.check_order(con, found.market, setting.now)
    except Refused as fault:
        release(con, found)
        failed = step(found, "failed", person, setting.now, fault.text("en"))
        add_steps(con, number, [*before, failed])
        return STEPS, {"failed": fault.code}
    approver = _approver(con, found.request)
    transactions = as_transactions([found], [approver], [kind.approvals], setting.now)
    released = _sums(lines.to_dicts(), _issuers(con))
    posted = post(con, number, transactions, lines, released=released)
    if posted.faults:
        # Free units were claimed; only serial numbers can be in use by now.
        raise shortfall(con, posted.faults[0])
    add_steps(con, number, [*before, step(found, "completed", person, setting.now)])
    return [*STEPS, *TABLES], {"registry": posted.tree.as_facts()}


def shortfall(con: Connection, fault: Shortfall | Overlap) -> Refused:
    """The refusal for what `posting` could not carry out."""
    if isinstance(fault, Shortfall):
        account, position, unit = fault.key
        row = con.execute(
            "SELECT number FROM allowances.account WHERE account = ?", [account]
        ).fetchone()
        facts = {"number": row[0] if row else account, "position": position, "unit": unit}
        return Refused("registry.overdraft", **facts, held=fault.held, asked=fault.asked)
    facts = {"unit": fault.unit, "first": fault.first, "last": fault.last}
    return Refused("registry.overlap", **facts)


def _issuers(con: Connection) -> frozenset[int]:
    found = con.execute("SELECT account FROM allowances.account WHERE kind = 'issuance'")
    return frozenset(account for (account,) in found.fetchall())


def _sums(rows: Sequence[Mapping[str, Any]], issuers: frozenset[int]) -> dict[Key, int]:
    sums: dict[Key, int] = {}
    for row in rows:
        if row["from_account"] not in issuers:
            key = (row["from_account"], row["from_position"], row["unit"])
            sums[key] = sums.get(key, 0) + row["quantity"]
    return sums


def claim(con: Connection, key: str, sign: int = 1) -> None:
    """Claims (or frees) what a request asks for. Raises Refused when that much is not free."""
    sums = _sums(lines_of(con, [key]).to_dicts(), _issuers(con))
    rows = [(*place, 0, sign * amount, False) for place, amount in sums.items()]
    schema = {
        "account": pl.Int32,
        "position": pl.String,
        "unit": pl.String,
        "quantity": pl.Int64,
        "reserved": pl.Int64,
        "issuance": pl.Boolean,
    }
    deltas = pl.DataFrame(rows, schema=schema, orient="row")
    with lent(con, "deltas", deltas):
        missing = con.execute(sql(_SQL, "unfree.sql")).fetchone()
    if missing is not None:
        account, position, unit, held, asked = missing
        raise shortfall(con, Shortfall(0, 0, (account, position, unit), held, asked))
    change_balances(con, deltas)


def release(con: Connection, found: Request) -> None:
    """Frees what a request had claimed."""
    claim(con, found.request, sign=-1)


def step(
    found: Request, state: str, person: str, now: datetime, reason: str = ""
) -> dict[str, Any]:
    """A row of the table of states."""
    step = {"request": found.request, "state": state, "person": clean(person), "moment": now}
    return {**step, "executes_at": None, "calendar_version": "", "reason": reason}


def _approver(con: Connection, key: str) -> str:
    row = con.execute(
        "SELECT approver FROM allowances.approval WHERE request = ?", [key]
    ).fetchone()
    return row[0] if row else ""


def commit(
    con: Connection,
    kind: str,
    key: str,
    body: Mapping[str, Any],
    person: str,
    reason: str,
    tables: Sequence[str],
    facts: Mapping[str, Any],
) -> None:
    """Seals a write of the registry under the client's own key."""
    journal.commit(
        con,
        book=BOOK,
        kind=kind,
        key=journal_key(key),
        body_sha256=journal.body_digest(dict(body)),
        person=clean(person),
        reason=reason,
        facts=facts,
        tables=tables,
    )
