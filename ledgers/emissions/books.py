"""The emission book as reports read it: as of a moment, by one of its own statements.

What belongs here: the moment up to which a report reads, the facts of method editions that a
report names, and running a statement of `queries/`. What does not: writing anything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from ledgers import journal
from ledgers.reference import AsOf, method_versions
from ledgers.reference.confirmations import confirmed_items
from ledgers.reference.rows import as_of_commit
from warehouse.connect import Connection, sql

__all__ = [
    "CITY_INVENTORY",
    "AsOf",
    "EditionFacts",
    "MethodFacts",
    "as_of_commit",
    "edition_facts",
    "facts_of",
    "head_at",
    "preferred",
    "queried",
    "streamed",
]

CITY_INVENTORY = "city_inventory"
"""The boundary of a city inventory, which one book alone has."""

_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What a report says of one method."""

    method: str
    title_zh: str
    title_en: str
    clause: str
    standing: str


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What a report says of a method edition: names and text."""

    edition: str
    title_zh: str
    title_en: str
    publisher: str
    document: str
    clause: str
    standing: str
    methods: Mapping[str, MethodFacts]

    def title(self, lang: str) -> str:
        """The name in `lang`, else the code."""
        return (self.title_en if lang == "en" else self.title_zh) or self.edition


def preferred(bases: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """`edition|boundary`, best first: editions for the city inventory, then the general ones, then
    those of a whole legal person, then the others; by name where nothing tells them apart."""

    def order(basis: tuple[str, str]) -> tuple[bool, bool, bool, str]:
        edition, boundary = basis
        return (
            boundary != CITY_INVENTORY,
            not edition.startswith("general-"),
            boundary not in ("legal_person", "city_enterprise", CITY_INVENTORY),
            edition,
        )

    return tuple("|".join(basis) for basis in sorted(set(bases), key=order))


def queried(con: Connection, name: str, **parameters: object) -> list[dict[str, Any]]:
    """The rows of `queries/<name>` as mappings."""
    cursor = con.execute(sql("ledgers.emissions.queries", name), parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def streamed(con: Connection, name: str, **parameters: object) -> Iterator[dict[str, Any]]:
    """The same, a few thousand rows at a time, on a cursor of its own: rows of an open
    transaction are not seen."""
    cursor = con.cursor()
    try:
        cursor.execute(sql("ledgers.emissions.queries", name), parameters)
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                yield dict(zip(names, row, strict=True))
    finally:
        cursor.close()


def head_at(con: Connection, commit_no: int) -> journal.Head:
    """The head of the chain as the ledger stood at `commit_no`."""
    rows = queried(con, "head.sql", commit_no=commit_no)
    if not rows:
        return journal.Head(0, "00" * 32)
    return journal.Head(
        rows[0]["commit_no"], rows[0]["hash"], rows[0]["recorded_at"].replace(tzinfo=UTC)
    )


def edition_facts(con: Connection, as_of: AsOf = None) -> Mapping[str, EditionFacts]:
    """Method edition → what a report says of it, by its newest version as of `as_of`."""
    newest = {version.edition: version for version in method_versions(con, as_of)}
    confirmed = confirmed_items(con, "method_edition", as_of)
    return {
        edition: _facts(
            edition, tomllib.loads(found.body), (edition, found.version, "") in confirmed
        )
        for edition, found in newest.items()
    }


def facts_of(editions: Mapping[str, EditionFacts], edition: str) -> EditionFacts:
    """The facts of `edition`; one that was varied by another grid series ('name@series') has
    those of the edition that it varies. An edition that is not held says nothing of itself."""
    found = editions.get(edition) or editions.get(edition.partition("@")[0])
    return found or EditionFacts(edition, "", "", "", "", "", "memory", {})


def _facts(edition: str, body: Mapping[str, Any], confirmed: bool) -> EditionFacts:
    shared = ("title_zh", "title_en", "publisher", "document", "clause")
    return EditionFacts(
        edition=edition,
        **{name: str(body.get(name, "")) for name in shared},
        standing=_standing(body, confirmed),
        methods={str(row.get("id")): _method(row, confirmed) for row in body.get("method", ())},
    )


def _standing(claimed: Mapping[str, Any], confirmed: bool) -> str:
    """What a text claims of itself is never more than transcribed; a confirmation gives more."""
    if confirmed:
        return "official"
    return str(claimed.get("standing", "memory")).replace("official", "transcribed")


def _method(row: Mapping[str, Any], confirmed: bool) -> MethodFacts:
    return MethodFacts(
        method=str(row.get("id")),
        title_zh=str(row.get("title_zh", "")),
        title_en=str(row.get("title_en", "")),
        clause=str(row.get("clause", "")),
        standing=_standing(row, confirmed),
    )
