"""What is done by hand with reference data (参考资料的核对): confirmations with their document.

What belongs here: keeping the official document's file and handing the confirmation to the book.
What does not: what a confirmation is and gives (`ledgers.reference.confirmations`), importing
(`pipelines.reference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference import confirm, edition_versions, method_edition_states
from ledgers.reference.editions import edition_factors
from ledgers.reference.rule_sets import rule_values
from warehouse import sources
from warehouse.connect import Connection, writer
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Document:
    """The official document that somebody read: its name, the page, and its file or its hash."""

    name: str
    page: str
    file: Path | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was confirmed, the hash of the document, and how many rows are official by it."""

    subject: str
    name: str
    version: int
    item: str
    sha256: str
    rows: int
    commit: journal.Commit


def confirm_with(
    home: Home, subject: str, name: str, item: str, document: Document, *, person: str
) -> Confirmed:
    """Confirm a factor edition, a method edition or a rule set ('' finds out which of the first
    two), or one item of it. A document's file is kept by its hash.

    Raises UsageFault, ConfirmationFault, SamePerson, NotAFile.
    """
    if bool(document.file) == bool(document.sha256.strip()):
        raise UsageFault("confirm.document_once")
    sha256 = document.sha256
    if document.file is not None:
        sha256 = sources.keep(home, document.file).sha256
    with writer(home, purpose=f"confirm {name}", person=person) as con:
        kind = subject or _kind(con, name)
        made = confirm(
            con,
            kind,
            name,
            item,
            person=person,
            document=document.name,
            page=document.page,
            document_sha256=sha256,
        )
        version = int(made.facts["version"])
        rows = _official(con, kind, name, version, item)
        return Confirmed(kind, name, version, item, str(made.facts["document_sha256"]), rows, made)


def _kind(con: Connection, name: str) -> str:
    factors = any(held.edition == name for held in edition_versions(con))
    methods = name in method_edition_states(con)
    if factors and methods:
        raise UsageFault("confirm.which", name=name)
    return "method_edition" if methods else "factor"


def _official(con: Connection, kind: str, name: str, version: int, item: str) -> int:
    if kind == "factor":
        found = edition_factors(con, name, version)
        return sum(row.standing == "official" and item in ("", row.factor_id) for row in found)
    if kind == "rule":
        held = [row for row in rule_values(con) if row.rule_set == name]
        newest = held[-1].version if held else ""
        return sum(
            row.version == newest and row.standing == "official" and item in ("", row.key)
            for row in held
        )
    return 1
