"""Confirmations (核对确认): a named person checked a row against a page of the official document.

What belongs here: the only way in which anything becomes `official`. What does not: the rows
themselves, whose own standing is never changed.

Two persons for what needs two: what a person of this ledger brought in is confirmed by another,
and a confirmation that lacks its second person gives no standing, however it came into the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from factors.catalogue import Factor
from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference.rows import LOCAL, AsOf, add, as_of_commit, read
from warehouse.connect import Connection, sql

_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSIONS: Mapping[str, str] = {
    "factor": "SELECT max(version) FROM reference.edition WHERE edition = ?",
    "method_edition": "SELECT max(version) FROM reference.method_edition WHERE edition = ?",
    "rule": "SELECT count(*) FROM reference.rule_set WHERE rule_set = ?",
}
_ITEMS: Mapping[str, str] = {
    "factor": "SELECT factor_id, standing FROM reference.factor WHERE edition = ? AND version = ?",
    "method_edition": "SELECT '', '' WHERE ? <> '' AND ? > 0",
    "rule": "SELECT key, standing FROM reference.rule WHERE rule_set = $1 AND version = "
    "(SELECT last(version ORDER BY commit_no) FROM reference.rule_set WHERE rule_set = $1 "
    "AND $2 > 0)",
}
SUBJECTS = tuple(_VERSIONS)


class ConfirmationFault(UsageFault, ValueError):
    """A confirmation without all of person, document, page and hash, of nothing known, of what
    the same person confirmed before, or of what is marked as wrong."""


class SamePerson(ConfirmationFault):
    """Whoever brought something in does not confirm it; facts: person, name."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who checked what against which page; `item` '' is every row of the edition."""

    subject: str
    name: str
    version: int
    item: str
    person: str
    document: str
    page: str
    document_sha256: str
    recorded_at: datetime


def confirm(
    con: Connection,
    subject: str,
    name: str,
    item: str = "",
    *,
    person: str,
    document: str,
    page: str,
    document_sha256: str,
) -> journal.Commit:
    """Record that `person` found `item` of the newest version of `name` on a page of a document.
    Without an item it is the whole of it; its suspect rows stay suspect.

    `subject` is 'factor', 'method_edition' or 'rule'; `document_sha256` is the hash of the
    official document's file. Raises ConfirmationFault, naming everything that is missing, and
    SamePerson.
    """
    facts = {
        "person": person.strip(),
        "document": document.strip(),
        "page": page.strip(),
        "document_sha256": document_sha256.strip().lower(),
    }
    _require(facts)
    row = {"subject": subject, "name": name, "version": 0, "item": item, **facts}
    with journal.transaction(con):
        row["version"] = _version(con, subject, name, item)
        _refuse_repeated(con, row)
        entered_by = _entered_by(con, row)
        if entered_by and same_person(entered_by, facts["person"]):
            raise SamePerson("reference.same_person", person=entered_by, name=name)
        number = journal.next_commit_no(con)
        add(con, "reference.confirmation", number, [row])
        if entered_by:
            add(con, "reference.second_person", number, [_second_person(row, entered_by)])
        body = journal.body_digest(row)
        return journal.commit(
            con,
            book="reference",
            kind="confirmation",
            key=f"reference.confirmation:{body}",
            body_sha256=body,
            person=facts["person"],
            facts=row | {"entered_by": entered_by},
            tables=["reference.confirmation", *["reference.second_person"] * bool(entered_by)],
        )


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's; case and blanks at the ends make no second person."""
    return one.strip().lower() == other.strip().lower()


def _second_person(row: Mapping[str, object], entered_by: str) -> dict[str, object]:
    named = {name: row[name] for name in ("subject", "name", "version", "item")}
    return named | {"entered_by": entered_by, "confirmed_by": row["person"]}


def _entered_by(con: Connection, row: Mapping[str, object]) -> str:
    """Who imported the version that is confirmed; '' for what came with the software."""
    given = {"name": row["name"], "version": row["version"], "subject": row["subject"]}
    found = con.execute(sql("ledgers.reference.sql", "entered_by.sql"), given).fetchone()
    return str(found[0]) if found else ""


def _refuse_repeated(con: Connection, row: Mapping[str, object]) -> None:
    names = ("subject", "name", "version", "item")
    for held in confirmations(con):
        if tuple(getattr(held, name) for name in names) == tuple(row[name] for name in names) and (
            same_person(held.person, str(row["person"]))
        ):
            raise ConfirmationFault(
                "reference.confirmed",
                name=held.name,
                item=held.item or "*",
                person=held.person,
                document=held.document,
                page=held.page,
                day=held.recorded_at.replace(tzinfo=UTC).astimezone(LOCAL).date().isoformat(),
            )


def _require(facts: Mapping[str, str]) -> None:
    missing = [name for name, value in facts.items() if not value]
    sha256 = facts["document_sha256"]
    if missing or not _SHA256.fullmatch(sha256):
        named = "、".join(missing or ["document_sha256"])
        raise ConfirmationFault("reference.confirmation", missing=named, seen=sha256)


def _version(con: Connection, subject: str, name: str, item: str) -> int:
    """The number of the newest version, which has `item`; raises ConfirmationFault."""
    if subject not in _VERSIONS:
        allowed = "、".join(_VERSIONS)
        raise ConfirmationFault("reference.subject", seen=subject, allowed=allowed)
    found = con.execute(_VERSIONS[subject], [name]).fetchone()
    version = int(found[0]) if found and found[0] else 0
    known = dict(con.execute(_ITEMS[subject], [name, version]).fetchall())
    if not version or item not in known | {"": ""}:
        raise ConfirmationFault("reference.unknown", subject=subject, name=name, item=item)
    if item and known[item] == "suspect":
        raise ConfirmationFault("reference.suspect", name=name, item=item)
    return version


def confirmations(con: Connection, as_of: AsOf = None) -> tuple[Confirmation, ...]:
    """Every confirmation recorded by `as_of` that has the persons it needs, oldest first."""
    rows = read(con, "confirmations", as_of_commit(con, as_of))
    return tuple(Confirmation(**row) for row in rows)


def confirmed_factor(
    factor: Factor, version: int, found: Mapping[tuple[str, int, str], Confirmation]
) -> Factor:
    """The factor as `official`, its evidence naming who confirmed it where; or as it is.

    A `suspect` row stays suspect: a misprint that is really in the document is still a misprint.
    """
    confirmation = found.get((factor.edition, version, factor.factor_id)) or found.get(
        (factor.edition, version, "")
    )
    if confirmation is None or factor.standing == "suspect":
        return factor
    words = (
        f"{confirmation.document}, {confirmation.page}, {confirmation.person}, "
        f"sha256 {confirmation.document_sha256}"
    )
    evidence = f"{factor.evidence}; {words}" if factor.evidence else words
    return replace(factor, standing="official", evidence=evidence)


def confirmed_items(
    con: Connection, subject: str, as_of: AsOf = None
) -> Mapping[tuple[str, int, str], Confirmation]:
    """(name, version, item or '') → the newest confirmation of that subject."""
    return {
        (item.name, item.version, item.item): item
        for item in confirmations(con, as_of)
        if item.subject == subject
    }
