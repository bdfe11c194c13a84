"""Editions of factors and methods as the ledger holds them (因子版本、方法版本).

What belongs here: versions of editions, and the catalogue and the methods read as of a moment.
What does not: loading them (`shipped`, `edition_import`), and which factor a case resolves to
(`factors.catalogue`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from factors.carriers import Carrier
from factors.catalogue import Catalogue, Factor
from factors.methods import MethodEdition, load_edition
from ledgers.reference.confirmations import confirmed_factor, confirmed_items
from ledgers.reference.rows import AsOf, as_of_commit, read
from warehouse.connect import Connection

FACTOR_TEXT = (
    "edition",
    "factor_id",
    "table",
    "publisher",
    "document",
    "clause",
    "carrier",
    "parameter",
    "unit",
    "region",
    "sector",
    "series",
    "enterprise_id",
    "facility",
    "standing",
    "evidence",
)
FACTOR_DATES = ("valid_from", "valid_to", "known_from")
FACTOR_BOUNDS = ("lower", "upper")


@dataclass(frozen=True, slots=True)
class EditionVersion:
    """One version of one edition of factors, as loaded from the file with this hash."""

    edition: str
    version: int
    origin: str
    publisher: str
    document: str
    file_name: str
    sha256: str
    row_count: int
    note: str


@dataclass(frozen=True, slots=True)
class MethodVersion:
    """One version of one method edition: its TOML text and hash; `state` active or draft."""

    edition: str
    version: int
    origin: str
    state: str
    file_name: str
    sha256: str
    body: str


def edition_versions(con: Connection, as_of: AsOf = None) -> tuple[EditionVersion, ...]:
    """Every version of every edition of factors, oldest version first."""
    rows = read(con, "edition_versions", as_of_commit(con, as_of))
    return tuple(EditionVersion(**row) for row in rows)


def method_versions(con: Connection, as_of: AsOf = None) -> tuple[MethodVersion, ...]:
    """Every version of every method edition, oldest version first."""
    rows = read(con, "method_versions", as_of_commit(con, as_of))
    return tuple(MethodVersion(**row) for row in rows)


def catalogue(con: Connection, as_of: AsOf = None) -> Catalogue:
    """The factors of the newest version of every edition, as the book stood at `as_of`.

    A factor that a person confirmed against its document reads as `official`; no other does.
    """
    commit_no = as_of_commit(con, as_of)
    found = confirmed_items(con, "factor", as_of)
    rows = read(con, "factor_rows", commit_no, commit_no)
    return Catalogue(
        tuple(confirmed_factor(_factor(row), int(row["version"]), found) for row in rows)
    )


def edition_factors(
    con: Connection, edition: str, version: int, as_of: AsOf = None
) -> tuple[Factor, ...]:
    """The factors of one version of an edition, with the standing that confirmations gave them."""
    found = confirmed_items(con, "factor", as_of)
    return tuple(
        confirmed_factor(_factor(row), version, found)
        for row in read(con, "version_rows", edition, version)
    )


def own_carriers(con: Connection, as_of: AsOf = None) -> tuple[Carrier, ...]:
    """Carriers that users' editions brought and the software's list lacks; for `find_carrier`."""
    commit_no = as_of_commit(con, as_of)
    found: dict[str, Carrier] = {}
    for row in read(con, "factor_rows", commit_no, commit_no):
        if row["details"]:
            name, said = row["carrier"], json.loads(row["details"])
            found[name] = Carrier(name, name, name, said["kind"], said["phase"])
    return tuple(found.values())


def method_editions(con: Connection, as_of: AsOf = None) -> Mapping[str, MethodEdition]:
    """Edition → the newest version of each method edition, drafts included, as of `as_of`.

    One that a person confirmed against its document has the standing `official`; no other does.
    """
    newest = {item.edition: item for item in method_versions(con, as_of)}
    confirmed = confirmed_items(con, "method_edition", as_of)
    loaded = {name: load_edition(item.body) for name, item in newest.items()}
    return {
        name: replace(edition, standing="official")
        if (name, newest[name].version, "") in confirmed
        # A text cannot call itself official, whoever wrote it.
        else replace(edition, standing=edition.standing.replace("official", "transcribed"))
        for name, edition in loaded.items()
    }


def method_edition_states(con: Connection) -> Mapping[str, str]:
    """Edition → 'active' or 'draft', without loading the methods."""
    return {item.edition: item.state for item in method_versions(con)}


def factor_row(factor: Factor, version: int) -> dict[str, Any]:
    """A factor as a row of reference.factor; numbers as the text that was printed."""
    row: dict[str, Any] = {name: getattr(factor, name) or "" for name in FACTOR_TEXT}
    row.update({name: getattr(factor, name) for name in FACTOR_DATES})
    for name in FACTOR_BOUNDS:
        bound = getattr(factor, name)
        row[name] = "" if bound is None else format(bound, "f")
    return row | {"version": version, "value": format(factor.value, "f"), "details": ""}


def _factor(row: Mapping[str, Any]) -> Factor:
    held: dict[str, Any] = {name: row[name] for name in (*FACTOR_TEXT, *FACTOR_DATES)}
    for name in FACTOR_BOUNDS:
        held[name] = Decimal(row[name]) if row[name] else None
    return Factor(value=Decimal(row["value"]), **held)
