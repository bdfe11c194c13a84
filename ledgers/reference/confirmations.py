"""Confirmations (核对确认): a named person checked a row against a page of the official document.

What belongs here: the only way in which anything becomes `official`. What does not: the rows
themselves, whose own standing is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from factors.catalogue import Factor
from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference.rows import AsOf, add, as_of_commit, read
from warehouse.connect import Connection

_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSIONS: Mapping[str, str] = {
    "factor": "SELECT max(version) FROM reference.edition WHERE edition = ?",
    "method_edition": "SELECT max(version) FROM reference.method_edition WHERE edition = ?",
    "rule": "SELECT count(*) FROM reference.rule_set WHERE rule_set = ?",
}
_ITEMS: Mapping[str, str] = {
    "factor": "SELECT factor_id FROM reference.factor WHERE edition = ? AND version = ?",
    "method_edition": "SELECT '' WHERE ? <> '' AND ? > 0",
    "rule": "SELECT key FROM reference.rule WHERE rule_set = $1 AND version = "
    "(SELECT last(version ORDER BY commit_no) FROM reference.rule_set WHERE rule_set = $1 "
    "AND $2 > 0)",
}


class ConfirmationFault(UsageFault, ValueError):
    """A confirmation without all of person, document, page and hash, or of nothing known."""


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

    `subject` is 'factor', 'method_edition' or 'rule'; `document_sha256` is the hash of the
    official document's file. Raises ConfirmationFault, naming everything that is missing.
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
        add(con, "reference.confirmation", journal.next_commit_no(con), [row])
        body = journal.body_digest(row)
        return journal.commit(
            con,
            book="reference",
            kind="confirmation",
            key=f"reference.confirmation:{body}",
            body_sha256=body,
            person=facts["person"],
            facts=row,
            tables=["reference.confirmation"],
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
    known = {row[0] for row in con.execute(_ITEMS[subject], [name, version]).fetchall()}
    if not version or item not in known | {""}:
        raise ConfirmationFault("reference.unknown", subject=subject, name=name, item=item)
    return version


def confirmations(con: Connection, as_of: AsOf = None) -> tuple[Confirmation, ...]:
    """Every confirmation recorded by `as_of`, oldest first."""
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
