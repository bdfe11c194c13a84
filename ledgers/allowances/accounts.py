"""Accounts of the registry (登记账户): opening, status, looking them up.

What belongs here: what an account is and how its status changes. What does not: what it holds
(`holdings`), whether a transaction may touch it (`checks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.allowances.numbers import account_number, read_account_number
from ledgers.allowances.persons import clean, require_no_conflict, require_role, require_two
from ledgers.allowances.refusals import BOOK, Refused, recorded
from ledgers.allowances.rows import add
from ledgers.allowances.rulings import calendar, rules
from ledgers.allowances.tables import STATUSES
from warehouse.connect import Connection

FIRST = 10_000_001
"""The identifier of the first account of a ledger."""

_COLUMNS = "account, number, market, kind, entity, name, status, proposer, approver, reason"


class NoAccount(UsageFault, LookupError):
    """No account of that number or kind; facts: seen."""


@dataclass(frozen=True)
class Account:
    """An account as it stands; `account` is its identifier, `number` what people write."""

    account: int
    number: str
    market: str
    kind: str
    entity: str
    name: str
    status: str
    proposer: str
    approver: str
    reason: str


@dataclass(frozen=True)
class Market:
    """A market of which this is the registry; `linked` names the document that allows transfers
    with other markets, '' while there is none."""

    market: str
    name: str
    basis: str
    calendar: str
    linked: str


def open_market(
    con: Connection,
    market: str,
    name: str,
    *,
    basis: str,
    proposer: str,
    approver: str,
    at: datetime,
    calendar_name: str = "SY",
    linked: str = "",
) -> tuple[Account, ...]:
    """Opens a market with its system accounts, by two persons of the registry. `market` is the
    two letters of its account numbers. Raises Refused."""
    on = calendar(con, calendar_name, at.date()).business_date(at)
    asked = {"market": market, "name": name, "basis": basis, "calendar": calendar_name}
    asked |= {"linked": linked, "proposer": clean(proposer), "approver": clean(approver)}
    with recorded(
        con, action="open market", key=f"market:{market}", body=asked, person=proposer, at=at
    ):
        _require_registry(con, proposer, approver, on)
        kinds = rules(con, on).kinds.kinds.values()
        wanted = [(market, kind.kind, "", kind.en, 0) for kind in kinds if kind.system]
        number = journal.next_commit_no(con)
        row = {key: asked[key] for key in ("market", "name", "basis", "calendar", "linked")}
        add(con, "allowances.market", number, [row])
        made = _add_accounts(con, number, wanted, on)
        _add_events(con, number, made, "open", proposer, approver, basis)
        tables = ["allowances.market", *_TABLES]
        _commit(con, "market", f"market:{market}", asked, proposer, basis, tables)
    return tuple(account(con, made_number) for made_number in made.values())


def propose_account(
    con: Connection,
    *,
    key: str,
    market: str,
    kind: str,
    entity: str,
    name: str,
    person: str,
    at: datetime,
    period: int = 0,
) -> Account:
    """Proposes a private account of `entity`; a second person opens it with `decide_account`.

    Raises Refused for a system kind, an unknown market, an entity on the conflict-of-interest
    list (for kinds that trade only).
    """
    asked = {"market": market, "kind": kind, "entity": entity, "name": name, "period": period}
    body = {**asked, "person": clean(person)}
    try:
        with recorded(con, action="propose account", key=key, body=body, person=person, at=at):
            on = business_date(con, market, at)
            require_role(con, person, ["registry", "holder"], [entity], on)
            _check_kind(con, kind, [entity], on)
            number = journal.next_commit_no(con)
            made = _add_accounts(con, number, [(market, kind, entity, name, period)], on)
            _add_events(con, number, made, "proposed", person, "", "")
            _commit(con, "propose account", key, body, person, "", _TABLES)
    except journal.AlreadyCommitted as seen:
        return account(con, _first_number(con, seen.commit.commit_no))
    return account(con, next(iter(made.values())))


def open_accounts(
    con: Connection,
    wanted: Sequence[tuple[str, str, str]],
    *,
    key: str,
    market: str,
    proposer: str,
    approver: str,
    at: datetime,
) -> tuple[Account, ...]:
    """Opens many private accounts, (kind, entity, name) each, in one commit by two persons of the
    registry: for taking over a register. Raises Refused."""
    body = {"market": market, "accounts": [list(row) for row in wanted]}
    with recorded(con, action="open accounts", key=key, body=body, person=proposer, at=at):
        on = business_date(con, market, at)
        _require_registry(con, proposer, approver, on)
        for kind in sorted({kind for kind, _, _ in wanted}):
            _check_kind(con, kind, [entity for other, entity, _ in wanted if other == kind], on)
        number = journal.next_commit_no(con)
        made = _add_accounts(con, number, [(market, *row, 0) for row in wanted], on)
        _add_events(con, number, made, "open", proposer, approver, "")
        _commit(con, "open accounts", key, body, proposer, "", _TABLES)
    held = {found.number: found for found in accounts(con, market)}
    return tuple(held[made_number] for made_number in made.values())


def decide_account(
    con: Connection, number: str, *, approve: bool, person: str, at: datetime, reason: str = ""
) -> Account:
    """The second person's verdict on a proposed account. Raises Refused (same person, not of the
    registry, not proposed)."""
    found = account(con, number)
    body = {"number": found.number, "approve": approve, "person": clean(person)}
    # Each attempt under a key of its own: a verdict refused for want of a mandate may come again.
    key = f"account:{found.number}:decision:{journal.next_commit_no(con)}"
    with recorded(con, action="decide account", key=key, body=body, person=person, at=at):
        on = business_date(con, found.market, at)
        if found.status != "proposed":
            raise Refused("registry.account_state", number=found.number, seen=found.status)
        require_two(con, found.proposer, person, on)
        require_role(con, person, ["registry"], [], on)
        number_ = journal.next_commit_no(con)
        status = "open" if approve else "refused"
        made = {found.account: found.number}
        _add_events(con, number_, made, status, found.proposer, person, reason)
        _commit(con, f"account {status}", key, body, person, reason, ["allowances.account_event"])
    return account(con, found.number)


def set_status(
    con: Connection,
    number: str,
    status: str,
    *,
    proposer: str,
    approver: str,
    at: datetime,
    reason: str,
) -> Account:
    """Changes the status of an account, by two persons of the registry and with a reason. Closing
    for good needs an empty account. Raises Refused."""
    found = account(con, number)
    if status not in STATUSES or status in ("proposed", "refused"):
        raise Refused("registry.bad_status", seen=status, allowed="、".join(STATUSES))
    if not reason.strip():
        raise Refused("registry.reason_missing", action="status")
    commit_no = journal.next_commit_no(con)
    body = {"number": found.number, "status": status, "reason": reason}
    key = f"account:{found.number}:{status}:{commit_no}"
    with recorded(con, action="set status", key=key, body=body, person=proposer, at=at):
        _require_registry(con, proposer, approver, business_date(con, found.market, at))
        if found.status in ("proposed", "refused", "closed"):
            raise Refused("registry.account_state", number=found.number, seen=found.status)
        if status == "closed":
            _require_empty(con, found)
        made = {found.account: found.number}
        _add_events(con, commit_no, made, status, proposer, approver, reason)
        _commit(con, "status", key, body, proposer, reason, ["allowances.account_event"])
    return account(con, found.number)


def account(con: Connection, number: str) -> Account:
    """The account of that number. Raises BadNumber (check digits) and NoAccount."""
    written = read_account_number(number)
    found = con.execute(
        f"SELECT {_COLUMNS} FROM allowances.account_now WHERE number = ?", [written]
    ).fetchone()
    if found is None:
        raise NoAccount("registry.no_account", seen=written)
    return Account(*found)


def accounts(con: Connection, market: str = "") -> tuple[Account, ...]:
    """All accounts of a market ('' = of every market), in the order of their identifiers."""
    found = con.execute(
        f"SELECT {_COLUMNS} FROM allowances.account_now WHERE market = ? OR ? = '' ORDER BY 1",
        [market, market],
    )
    return tuple(Account(*row) for row in found.fetchall())


def system_account(con: Connection, market: str, kind: str) -> Account:
    """The system account of a kind in a market. Raises NoAccount."""
    found = con.execute(
        f"SELECT {_COLUMNS} FROM allowances.account_now WHERE market = ? AND kind = ? "
        "ORDER BY 1 LIMIT 1",
        [market, kind],
    ).fetchone()
    if found is None:
        raise NoAccount("registry.no_account", seen=f"{market} {kind}")
    return Account(*found)


def market(con: Connection, code: str) -> Market:
    """The market. Raises NoAccount when it was never opened."""
    found = con.execute(
        "SELECT market, name, basis, calendar, linked FROM allowances.market WHERE market = ? "
        "ORDER BY commit_no DESC LIMIT 1",
        [code],
    ).fetchone()
    if found is None:
        raise NoAccount("registry.no_market", seen=code)
    return Market(*found)


def business_date(con: Connection, code: str, at: datetime) -> date:
    """The day on which an aware moment falls in the market's own zone."""
    return calendar(con, market(con, code).calendar, at.date()).business_date(at)


_TABLES = ["allowances.account", "allowances.account_event"]


def _require_registry(con: Connection, proposer: str, approver: str, on: date) -> None:
    require_two(con, proposer, approver, on)
    require_role(con, proposer, ["registry"], [], on)
    require_role(con, approver, ["registry"], [], on)


def _check_kind(con: Connection, kind: str, entities: Sequence[str], on: date) -> None:
    kinds = rules(con, on).kinds.kinds
    private = [name for name, row in kinds.items() if not row.system]
    if kind not in private:
        raise Refused("registry.account_kind", seen=kind, allowed="、".join(private))
    if kind != "operator":
        require_no_conflict(con, entities, on)


def _require_empty(con: Connection, found: Account) -> None:
    held = con.execute(
        "SELECT coalesce(sum(quantity), 0)::BIGINT FROM allowances.balance WHERE account = ?",
        [found.account],
    ).fetchone()
    if held != (0,):
        raise Refused("registry.not_empty", number=found.number, held=held[0] if held else 0)


def _add_accounts(
    con: Connection,
    commit_no: int,
    wanted: Iterable[tuple[str, str, str, str, int]],
    on: date,
) -> dict[int, str]:
    """Adds accounts (market, kind, entity, name, period); their identifiers and numbers."""
    kinds = rules(con, on).kinds.kinds
    last = con.execute("SELECT max(account) FROM allowances.account").fetchone()
    identifier = (last[0] if last and last[0] else FIRST - 1) + 1
    rows: list[dict[str, Any]] = []
    for code, kind, entity, name, period in wanted:
        number = account_number(code, kinds[kind].code, identifier, period)
        row = {"account": identifier, "number": number, "market": code, "kind": kind}
        rows.append({**row, "entity": entity, "name": name, "period": period})
        identifier += 1
    add(con, "allowances.account", commit_no, rows)
    return {row["account"]: row["number"] for row in rows}


def _add_events(
    con: Connection,
    commit_no: int,
    made: Mapping[int, str],
    status: str,
    proposer: str,
    approver: str,
    reason: str,
) -> None:
    event = {"status": status, "proposer": clean(proposer), "approver": clean(approver)}
    rows = [{"account": account_, **event, "reason": reason} for account_ in made]
    add(con, "allowances.account_event", commit_no, rows)


def _commit(
    con: Connection,
    kind: str,
    key: str,
    body: Mapping[str, Any],
    person: str,
    reason: str,
    tables: Sequence[str],
) -> None:
    journal.commit(
        con,
        book=BOOK,
        kind=kind,
        key=f"registry:{key}",
        body_sha256=journal.body_digest(dict(body)),
        person=clean(person),
        reason=reason,
        facts={},
        tables=tables,
    )


def _first_number(con: Connection, commit_no: int) -> str:
    found = con.execute(
        "SELECT number FROM allowances.account WHERE commit_no = ? ORDER BY ordinal LIMIT 1",
        [commit_no],
    ).fetchone()
    if found is None:
        raise NoAccount("registry.no_account", seen=commit_no)
    return str(found[0])
