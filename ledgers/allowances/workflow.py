"""How a request goes on: two persons, delay, execution (申请、复核、延时、执行).

    awaiting_approval → rejected | cancelled | expired | proposed → checked → terminated |
    delayed → cancelled | failed | completed        (or completed at once)

What belongs here: the states of a request, each journalled. What does not: the checks (`checks`),
the posting (`posting`). A request claims what it asks for from the moment it is proposed, so two
requests never promise the same tonnes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ledgers import journal
from ledgers.allowances.execution import (
    HEAD,
    STEPS,
    Setting,
    carry_out,
    check,
    claim,
    commit,
    release,
    require_state,
    step,
)
from ledgers.allowances.persons import clean, require_no_conflict, require_role, require_two
from ledgers.allowances.refusals import Refused, recorded
from ledgers.allowances.requests import (
    Ask,
    Request,
    add_request,
    add_steps,
    as_lines,
    lines_of,
    request,
    requests,
    require_plain,
)
from ledgers.allowances.tables import TransactionType
from warehouse.connect import Connection


def propose(con: Connection, ask: Ask, *, person: str, at: datetime) -> Request:
    """Takes a request. Where the table of types asks for no second person it is carried out at
    once, or when its delay is over; otherwise it waits for `approve` and claims what it asks for.

    The same key with the same body answers with the request as it stands and does nothing.
    Raises Refused (recorded, and given again to the same key), journal.KeyReused.
    """
    body = {**ask.body(), "person": clean(person)}
    try:
        with recorded(con, action=ask.type, key=ask.key, body=body, person=person, at=at):
            require_plain(ask.key + ask.counterparty + ask.reason)
            setting = Setting.of(con, ask.market, at)
            kind = setting.rules.types.find(ask.type)
            head = _head(ask, setting, person)
            lines = as_lines(con, ask, (kind.from_position, kind.to_position))
            _set_issuance_position(con, lines)
            check(con, setting, kind, head, lines)
            _check_proposer(con, kind, head, lines, setting, person)
            number = journal.next_commit_no(con)
            add_request(con, number, head, lines)
            tables, facts = _begin(con, number, setting, kind, head["request"], person)
            commit(con, kind.code, ask.key, body, person, ask.reason, tables, facts)
    except journal.AlreadyCommitted:
        pass
    return request(con, ask.key)


def approve(con: Connection, key: str, *, person: str, at: datetime, id: str = "") -> Request:
    """The second person's consent. The request is checked again and is then carried out, delayed,
    or terminated when the check now fails. `id` makes the call idempotent.

    Raises Refused: same person (also under another name), no mandate, not awaiting approval.
    """
    found = request(con, key)
    own = id or f"{key}:approve:{journal.next_commit_no(con)}"
    body = {"request": key, "person": clean(person)}
    try:
        with recorded(con, action="approve", key=own, body=body, person=person, at=at):
            setting = Setting.of(con, found.market, at)
            _check_decision(con, found, setting, person)
            number = journal.next_commit_no(con)
            _add_verdict(con, number, found, "approve", person)
            tables, facts = _approved(con, number, setting, found, person)
            commit(con, "approve", own, body, person, "", tables, facts)
    except journal.AlreadyCommitted:
        pass
    return request(con, key)


def reject(con: Connection, key: str, *, person: str, at: datetime, reason: str) -> Request:
    """The second person's refusal; what was claimed is free again. Raises Refused."""
    found = request(con, key)
    own = f"{key}:reject:{journal.next_commit_no(con)}"
    body = {"request": key, "person": clean(person), "reason": reason}
    with recorded(con, action="reject", key=own, body=body, person=person, at=at):
        setting = Setting.of(con, found.market, at)
        _check_decision(con, found, setting, person)
        if not reason.strip():
            raise Refused("registry.reason_missing", action="reject")
        number = journal.next_commit_no(con)
        _add_verdict(con, number, found, "reject", person)
        _end(con, number, found, "rejected", person, setting.now, reason)
        commit(con, "reject", own, body, person, reason, STEPS, {})
    return request(con, key)


def cancel(con: Connection, key: str, *, person: str, at: datetime, reason: str) -> Request:
    """Takes a request back before it executes: its proposer, or the registry. Raises Refused."""
    found = request(con, key)
    own = f"{key}:cancel:{journal.next_commit_no(con)}"
    body = {"request": key, "person": clean(person), "reason": reason}
    with recorded(con, action="cancel", key=own, body=body, person=person, at=at):
        setting = Setting.of(con, found.market, at)
        require_state(found, ("awaiting_approval", "delayed"))
        if clean(person) != found.proposer:
            require_role(con, person, ["registry"], [], setting.day)
        number = journal.next_commit_no(con)
        _end(con, number, found, "cancelled", person, setting.now, reason)
        commit(con, "cancel", own, body, person, reason, STEPS, {})
    return request(con, key)


def expire(
    con: Connection, market: str, *, person: str, at: datetime, working_days: int
) -> tuple[Request, ...]:
    """Ends the requests that have waited for a second person for more than so many working days."""
    setting = Setting.of(con, market, at)
    late = [
        found
        for found in requests(con, "awaiting_approval", market)
        if setting.calendar.working_days_after(
            setting.calendar.business_date(found.requested_at), working_days
        )
        < setting.day
    ]
    if not late:
        return ()
    own = f"expire:{market}:{journal.next_commit_no(con)}"
    body = {"requests": [found.request for found in late], "working_days": working_days}
    with recorded(con, action="expire", key=own, body=body, person=person, at=at):
        require_role(con, person, ["registry"], [], setting.day)
        number = journal.next_commit_no(con)
        for found in late:
            release(con, found)
        steps = [step(found, "expired", person, setting.now) for found in late]
        add_steps(con, number, steps)
        commit(con, "expire", own, body, person, "", STEPS, {})
    return tuple(request(con, found.request) for found in late)


def _head(ask: Ask, setting: Setting, person: str) -> dict[str, Any]:
    return {
        "request": ask.key,
        "type": ask.type,
        "market": ask.market,
        "year": ask.year,
        "counterparty": ask.counterparty.strip(),
        "reason": ask.reason,
        "refers": ask.refers,
        "proposer": clean(person),
        "types_version": setting.rules.types.version,
        "requested_at": setting.now,
    }


def _set_issuance_position(con: Connection, lines: Sequence[dict[str, Any]]) -> None:
    """Issuance has no sub-positions."""
    found = con.execute("SELECT account FROM allowances.account WHERE kind = 'issuance'")
    issuers = {account for (account,) in found.fetchall()}
    for line in lines:
        if line["from_account"] in issuers:
            line["from_position"] = "available"


def _parties(con: Connection, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Number and entity of every account that the lines name."""
    ids = sorted({row[side] for row in rows for side in ("from_account", "to_account")})
    found = con.execute(
        "SELECT number, entity FROM allowances.account WHERE list_contains(?, account)", [ids]
    )
    return found.fetchall()


def _check_proposer(
    con: Connection,
    kind: TransactionType,
    head: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    setting: Setting,
    person: str,
) -> None:
    own = [{**row, "to_account": row["from_account"]} for row in rows]
    scopes = [name for pair in _parties(con, own) for name in pair if name]
    if "bank" in kind.proposes:
        scopes = [head["counterparty"]]
    require_role(con, person, kind.proposes, scopes, setting.day)
    if kind.trading:
        entities = [entity for _, entity in _parties(con, rows)]
        require_no_conflict(con, [person, *entities], setting.day)


def _check_decision(con: Connection, found: Request, setting: Setting, person: str) -> None:
    require_state(found, ("awaiting_approval",))
    require_two(con, found.proposer, person, setting.day)
    kind = setting.rules.types.find(found.type)
    rows = lines_of(con, [found.request]).to_dicts()
    own = [{**row, "to_account": row["from_account"]} for row in rows]
    scopes = [name for pair in _parties(con, own) for name in pair if name]
    require_role(con, person, kind.approves, [*scopes, found.counterparty], setting.day)


def _begin(
    con: Connection,
    number: int,
    setting: Setting,
    kind: TransactionType,
    key: str,
    person: str,
) -> tuple[list[str], dict[str, Any]]:
    """The first states of a new request."""
    if kind.approvals:
        step = {"request": key, "state": "awaiting_approval", "person": clean(person)}
        add_steps(con, number, [{**step, "moment": setting.now}])
        claim(con, key)
        return STEPS, {}
    row = con.execute(
        "SELECT * EXCLUDE (commit_no, ordinal) FROM allowances.request WHERE request = ?", [key]
    ).fetchone()
    assert row is not None
    state: list[Any] = ["", clean(person), setting.now, None, "", ""]
    found = Request(*row, *state)
    claim(con, key)
    return _approved(con, number, setting, found, person)


def _approved(
    con: Connection, number: int, setting: Setting, found: Request, person: str
) -> tuple[list[str], dict[str, Any]]:
    """Checks again; then the request is terminated, delayed or carried out."""
    kind = setting.rules.types.find(found.type)
    steps = [step(found, "proposed", person, setting.now)]
    lines = lines_of(con, [found.request]).drop("place").to_dicts()
    try:
        head = {name: getattr(found, name) for name in HEAD}
        check(con, setting, kind, head, lines)
    except Refused as fault:
        steps.append(step(found, "terminated", person, setting.now, fault.text("en")))
        release(con, found)
        add_steps(con, number, steps)
        return STEPS, {"terminated": fault.code}
    steps.append(step(found, "checked", person, setting.now))
    due = setting.executes_at(kind)
    if due > setting.now:
        delayed = step(found, "delayed", person, setting.now)
        version = setting.calendar.version
        steps.append({**delayed, "executes_at": due, "calendar_version": version})
        add_steps(con, number, steps)
        return STEPS, {}
    return carry_out(con, number, setting, found, person, steps)


def _end(
    con: Connection,
    number: int,
    found: Request,
    state: str,
    person: str,
    now: datetime,
    reason: str,
) -> None:
    release(con, found)
    add_steps(con, number, [step(found, state, person, now, reason)])


def _add_verdict(con: Connection, number: int, found: Request, verdict: str, person: str) -> None:
    con.execute(
        "INSERT INTO allowances.approval VALUES (?, 0, ?, ?, ?, ?)",
        [number, found.request, verdict, found.proposer, clean(person)],
    )
