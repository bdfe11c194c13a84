"""Loading what comes with the software into a ledger, once (载入随附资料).

What belongs here: the first load of editions, methods, policy, bands and districts, and what a
later version of the software may add. What does not: what a user imports.

An upgrade never alters what a ledger holds: new editions and settings are added, a package file
that changed under the name of a loaded edition is refused and named, and taken only as a new
version with a reason.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from typing import Any

from factors.catalogue import Edition
from factors.editions import load_editions
from factors.errors import DataFault
from factors.method_files import shipped_texts
from factors.methods import load_edition
from ledgers import journal
from ledgers.reference.bands import bands, shipped_bands
from ledgers.reference.editions import (
    EditionVersion,
    MethodVersion,
    edition_versions,
    factor_row,
    method_versions,
)
from ledgers.reference.policy import missing_settings
from ledgers.reference.register import districts
from ledgers.reference.rows import add
from warehouse.connect import Connection

TABLES = (
    "reference.edition",
    "reference.factor",
    "reference.method_edition",
    "reference.setting",
    "reference.band",
    "register.district",
)


class PackageChanged(DataFault):
    """A package file differs from what the ledger loaded under its name; facts: names."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load did: names of what was added, and of what was refused because it changed."""

    editions: tuple[str, ...]
    methods: tuple[str, ...]
    settings: tuple[str, ...]
    bands: int
    districts: int
    refused: tuple[str, ...]
    commit: journal.Commit | None

    @property
    def fault(self) -> PackageChanged | None:
        """The refusal in words, for a door to show; None where nothing was refused."""
        if not self.refused:
            return None
        return PackageChanged("reference.package_changed", names="、".join(self.refused))


@dataclass(slots=True)
class _Load:
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {table: [] for table in TABLES}
    )
    refused: list[str] = field(default_factory=list)


def load_shipped(
    con: Connection,
    person: str,
    *,
    new_versions: str = "",
    editions: Iterable[Edition] | None = None,
    methods: Mapping[str, str] | None = None,
) -> Loaded:
    """Load the package's editions, methods, settings, bands and districts that `con` lacks.

    A second call adds nothing. A changed file of an edition that was loaded is left out and
    named in `refused`; with `new_versions` (the reason) it is loaded as a further version.
    `editions` and `methods` (file name → TOML) stand in for the package's own.
    """
    load = _Load()
    with journal.transaction(con):
        _gather_editions(con, load, load_editions() if editions is None else editions, new_versions)
        _gather_methods(con, load, shipped_texts() if methods is None else methods, new_versions)
        _gather_settings(con, load)
        commit = _commit(con, load, person, new_versions)
    rows = load.rows
    return Loaded(
        editions=tuple(row["edition"] for row in rows["reference.edition"]),
        methods=tuple(row["edition"] for row in rows["reference.method_edition"]),
        settings=tuple(row["key"] for row in rows["reference.setting"]),
        bands=len(rows["reference.band"]),
        districts=len(rows["register.district"]),
        refused=tuple(load.refused),
        commit=commit,
    )


def _commit(con: Connection, load: _Load, person: str, reason: str) -> journal.Commit | None:
    tables = [table for table in TABLES if load.rows[table]]
    if not tables:
        return None
    commit_no = journal.next_commit_no(con)
    for table in tables:
        add(con, table, commit_no, load.rows[table])
    facts = {table: len(load.rows[table]) for table in tables}
    named = {
        row["file_name"]: row["sha256"]
        for table in ("reference.edition", "reference.method_edition")
        for row in load.rows[table]
    }
    return journal.commit(
        con,
        book="reference",
        kind="shipped",
        key=f"reference.shipped:{commit_no}",
        body_sha256=journal.body_digest(named | {"rows": facts}),
        person=person,
        reason=reason,
        facts={"files": named, "rows": facts},
        tables=tables,
    )


def _gather_editions(
    con: Connection, load: _Load, editions: Iterable[Edition], new_versions: str
) -> None:
    held = edition_versions(con)
    known = {item.sha256 for item in held}
    counts = Counter(item.edition for item in held)
    for edition in editions:
        earlier = counts[edition.edition]
        if edition.sha256 in known or (earlier and not new_versions):
            load.refused += [] if edition.sha256 in known else [edition.file_name]
            continue
        version = EditionVersion(
            edition=edition.edition,
            version=earlier + 1,
            origin="shipped",
            publisher=edition.publisher,
            document=edition.document,
            file_name=edition.file_name,
            sha256=edition.sha256,
            row_count=len(edition.factors),
            note=new_versions if earlier else "",
        )
        load.rows["reference.edition"].append(asdict(version))
        load.rows["reference.factor"] += [
            factor_row(factor, version.version) for factor in edition.factors
        ]


def _gather_methods(
    con: Connection, load: _Load, methods: Mapping[str, str], new_versions: str
) -> None:
    held = method_versions(con)
    known = {item.sha256 for item in held}
    counts = Counter(item.edition for item in held)
    for file_name, body in methods.items():
        sha256 = hashlib.sha256(body.encode("utf-8")).hexdigest()
        if sha256 in known:
            continue
        edition = load_edition(body)
        earlier = counts[edition.edition]
        if earlier and not new_versions:
            load.refused.append(file_name)
            continue
        version = MethodVersion(
            edition=edition.edition,
            version=earlier + 1,
            origin="shipped",
            state=edition.state,
            file_name=file_name,
            sha256=sha256,
            body=body,
        )
        load.rows["reference.method_edition"].append(asdict(version))


def _gather_settings(con: Connection, load: _Load) -> None:
    load.rows["reference.setting"] = [
        {"key": key, "value": value} for key, value in sorted(missing_settings(con).items())
    ]
    held = {(band.carrier, band.parameter, band.unit) for band in bands(con).values()}
    load.rows["reference.band"] = [
        asdict(band)
        for band in shipped_bands()
        if (band.carrier, band.parameter, band.unit) not in held
    ]
    known = districts(con)
    load.rows["register.district"] = [
        dict(row) for row in _shipped_districts() if row["district"] not in known
    ]


def _shipped_districts() -> list[Mapping[str, str]]:
    text = files("ledgers.reference.data").joinpath("districts.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
