"""Who may act (人员与授权): mandates, the same human under two names, conflicts of interest.

What belongs here: persons of the registry. What does not: the register of persons itself
(`ledgers.reference`) and sign-in (the portal's). Persons are not accounts, neither of the
registry nor of the machine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledgers import journal
from ledgers.allowances.refusals import BOOK, Refused
from ledgers.allowances.rows import add
from ledgers.reference.register import Person
from ledgers.reference.register import persons as registered
from warehouse.connect import Connection


@dataclass(frozen=True)
class Mandate:
    """What a person may do (授权); `scope` '' is everywhere."""

    person: str
    role: str
    scope: str
    valid_from: date
    valid_to: date | None


def identity(con: Connection, person: str, on: date) -> tuple[str, ...]:
    """Which human `person` is: two texts are one human when they name one record of the register
    of persons (by its number, name or login), or records of one name in one organisation."""
    return _identity(registered(con, on), person)


def _identity(register: Sequence[Person], person: str) -> tuple[str, ...]:
    written = clean(person)
    for record in register:
        if written in (record.person_id, record.name, record.system_user):
            return (record.name, record.organisation)
    return (written,)


def clean(person: str) -> str:
    """The text of a person without what the eye does not see."""
    return " ".join(unicodedata.normalize("NFKC", person).split())


def require_two(con: Connection, proposer: str, approver: str, on: date) -> None:
    """Raises Refused when both are one human."""
    register = registered(con, on)
    if _identity(register, proposer) == _identity(register, approver):
        raise Refused("registry.same_person", proposer=proposer, approver=approver)


def mandates(con: Connection, person: str, on: date) -> tuple[Mandate, ...]:
    """What `person` may do on a day, by whatever name it was granted."""
    register = registered(con, on)
    human = _identity(register, person)
    cursor = con.execute(
        "SELECT person, role, scope, valid_from, valid_to FROM allowances.mandate "
        "QUALIFY row_number() OVER (PARTITION BY person, role, scope "
        "ORDER BY commit_no DESC, ordinal DESC) = 1"
    )
    found = (Mandate(*row) for row in cursor.fetchall())
    return tuple(
        m
        for m in found
        if m.valid_from <= on
        and (m.valid_to is None or on <= m.valid_to)
        and _identity(register, m.person) == human
    )


def require_role(
    con: Connection, person: str, roles: Sequence[str], scopes: Sequence[str], on: date
) -> str:
    """The role of `roles` in which `person` acts. `scopes`: the account numbers, entities and
    organisations that a limited mandate may name. Raises Refused."""
    held = mandates(con, person, on)
    for role in roles:
        if any(m.role == role and m.scope in ("", *scopes) for m in held):
            return role
    raise Refused("registry.no_mandate", person=person, allowed="、".join(roles), on=on)


def grant(
    con: Connection,
    person: str,
    role: str,
    *,
    by: str,
    scope: str = "",
    valid_from: date,
    valid_to: date | None = None,
    reason: str = "",
) -> journal.Commit:
    """Gives `person` a mandate. Whoever grants is another person and acts for the registry; only
    the first mandate of a ledger, which must be for the registry, needs nobody with one. A later
    grant of the same role and scope supersedes. Raises Refused."""
    require_two(con, by, person, valid_from)
    first = con.execute("SELECT count(*) FROM allowances.mandate").fetchone()
    if first == (0,) and role != "registry":
        raise Refused("registry.first_mandate", role=role)
    if role in ("bank", "holder") and not scope:
        raise Refused("registry.scope_missing", role=role)
    if first != (0,):
        require_role(con, by, ["registry"], [], valid_from)
    row = {
        "person": clean(person),
        "role": role,
        "scope": scope,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "granted_by": clean(by),
    }
    return _commit(con, "mandate", row, by, reason)


def list_conflict(
    con: Connection,
    party: str,
    capacity: str,
    *,
    document: str,
    person: str,
    valid_from: date,
    valid_to: date | None = None,
) -> journal.Commit:
    """Puts a person or entity (`party`) on the list of those who may not trade; `capacity`:
    regulator, registry, exchange, verifier. Raises Refused when `person` is not the registry's."""
    require_role(con, person, ["registry"], [], valid_from)
    row = {
        "party": clean(party),
        "capacity": capacity,
        "document": document,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    return _commit(con, "conflict", row, person, document)


def require_no_conflict(con: Connection, parties: Sequence[str], on: date) -> None:
    """Raises Refused when one of `parties` may not trade on that day."""
    rows = con.execute(
        "SELECT party, capacity FROM allowances.conflict WHERE valid_from <= ? "
        "AND (valid_to IS NULL OR valid_to >= ?)",
        [on, on],
    ).fetchall()
    register = registered(con, on)
    listed = {_identity(register, row[0]): row for row in rows}
    for party in parties:
        if party and _identity(register, party) in listed:
            name, capacity = listed[_identity(register, party)]
            raise Refused("registry.conflict", party=name, capacity=capacity)


def _commit(
    con: Connection, kind: str, row: dict[str, object], person: str, reason: str
) -> journal.Commit:
    facts = {name: str(value) for name, value in row.items()}
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, f"allowances.{kind}", number, [row])
        return journal.commit(
            con,
            book=BOOK,
            kind=kind,
            key=f"registry-{kind}:{number}",
            body_sha256=journal.body_digest(facts),
            person=clean(person),
            reason=reason,
            facts=facts,
            tables=[f"allowances.{kind}"],
        )
