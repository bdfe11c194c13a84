"""Importing an edition of factors that a user brings (导入因子版本), with its evidence.

What belongs here: adding a user's edition as a version, with an answer that says what it changed.
What does not: whether its rows can be factors (`factors.editions`), the editions that come with
the software (`shipped`), reading editions back (`editions`).

An edition is taken whole or not at all: its hash names the file, so a version that held a part
of it would not be what the hash says. An edition that is known is refused with other content
unless a reason asks for a new version; the earlier version stays and can be sent again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from factors.catalogue import OWN, Factor
from factors.editions import EditionFaults, own_carriers, read_edition_rows
from factors.plausibility import check_factors
from ledgers import journal
from ledgers.reference.answers import Answer, Change, Rejected, shown
from ledgers.reference.columns import FACTOR, CellFault, cell_text
from ledgers.reference.editions import EditionVersion, edition_versions, factor_row
from ledgers.reference.rows import LATEST, add, read
from warehouse.connect import Connection

_KEY = (
    "table",
    "carrier",
    "parameter",
    "region",
    "sector",
    "series",
    "enterprise_id",
    "facility",
    "valid_from",
    "unit",
)
_COMPARED = ("value", "lower", "upper", "valid_to", "known_from", "standing", "clause", "document")
_HEADERS = {header: column.name for column in FACTOR for header in column.headers}

Record = dict[str, Any]


def import_edition(
    con: Connection,
    rows: Iterable[Mapping[str, Any]],
    *,
    person: str,
    source_sha: str,
    file_name: str = "",
    evidence: str = "",
    edition: str = "",
    new_version: str = "",
) -> Answer:
    """Import one edition of factors from rows with the columns of a factor file.

    Headers may be canonical or Chinese; a row may carry `row_no`, as the person sees it.
    `evidence` serves rows that have none of their own. `edition` is needed only for a file
    without rows, which as a `new_version` (its reason) withdraws an edition. The same content
    has no second effect. Faults, all of them, are in the answer; then nothing was added.
    """
    cells = [_cells(row, evidence) for row in rows]
    numbers = [int(row.get("row_no") or no) for no, row in enumerate(cells, start=1)]
    factors, faults = _read(cells, numbers)
    name = edition or _most_frequent(cells)
    faults += _wrong_names(con, cells, numbers, name)
    versions = [item for item in edition_versions(con) if item.edition == name]
    old = read(con, "version_rows", name, versions[-1].version) if versions else []
    new = _records(factors, cells, len(versions) + 1)
    changes = tuple(compare(old, new))
    if versions and changes and not new_version:
        facts = {"edition": name, "version": versions[-1].version, "changes": len(changes)}
        faults.append(Rejected(0, "edition", CellFault("reference.edition_known", **facts)))
    refused, same = bool(faults), bool(versions) and not changes
    answer = Answer(
        kind="factor",
        sha256=source_sha,
        rows_read=len(cells),
        accepted=0 if refused else len(new),
        unchanged=len(new) if same and not refused else 0,
        rejected=tuple(sorted(faults, key=lambda item: (item.row_no, item.column))),
        findings=check_factors(factors),
    )
    if refused or same or not name:
        return answer
    version = EditionVersion(
        edition=name,
        version=len(versions) + 1,
        origin="imported",
        publisher=_joined(new, "publisher"),
        document=_joined(new, "document"),
        file_name=file_name,
        sha256=source_sha,
        row_count=len(new),
        note=new_version,
    )
    commit = _commit(con, version, new, person)
    undo = tuple({column.name: shown(row[column.name]) for column in FACTOR} for row in old)
    return replace(answer, changes=changes, undo=undo, commit=commit)


def compare(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Change]:
    """What differs between two versions of an edition, as rows of reference.factor, field by
    field; a row that one of them lacks shows its value against ''."""
    before = {_key(row): row for row in old}
    after = {_key(row): row for row in new}
    changes: list[Change] = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            values = (shown(was["value"]) if was else "", shown(now["value"]) if now else "")
            changes.append(Change(key, "value", *values))
            continue
        changes.extend(
            Change(key, name, shown(was[name]), shown(now[name]))
            for name in _COMPARED
            if shown(was[name]) != shown(now[name])
        )
    return changes


def _commit(
    con: Connection, version: EditionVersion, rows: Sequence[Record], person: str
) -> journal.Commit:
    tables = ["reference.edition", "reference.factor"]
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        add(con, tables[0], commit_no, [asdict(version)])
        add(con, tables[1], commit_no, rows)
        return journal.commit(
            con,
            book="reference",
            kind="edition",
            key=f"reference.edition:{version.edition}:{version.version}",
            body_sha256=version.sha256,
            person=person,
            reason=version.note,
            facts={"edition": version.edition, "version": version.version, "rows": len(rows)},
            tables=tables,
        )


def _cells(row: Mapping[str, Any], evidence: str) -> dict[str, str]:
    cells = {
        _HEADERS.get(str(name).strip(), str(name).strip()): cell_text(row[name]) for name in row
    }
    if evidence and not cells.get("evidence"):
        cells["evidence"] = evidence
    return cells


def _read(
    cells: Sequence[Mapping[str, str]], numbers: Sequence[int]
) -> tuple[tuple[Factor, ...], list[Rejected]]:
    try:
        return read_edition_rows(cells), []
    except EditionFaults as refusal:
        return (), [
            Rejected(numbers[fault.row_no - 1], fault.column, CellFault(fault.code, **fault.facts))
            for fault in refusal.faults
        ]


def _most_frequent(cells: Sequence[Mapping[str, str]]) -> str:
    names = Counter(row.get("edition", "") for row in cells)
    return names.most_common(1)[0][0] if names else ""


def _wrong_names(
    con: Connection, cells: Sequence[Mapping[str, str]], numbers: Sequence[int], name: str
) -> list[Rejected]:
    """Rows of another edition, and rows that call themselves part of somebody else's table."""
    others = {
        row["table"]: row["edition"]
        for row in read(con, "factor_rows", LATEST, LATEST)
        if row["edition"] != name and row["table"] != OWN
    }
    faults: list[Rejected] = []
    for number, row in zip(numbers, cells, strict=True):
        if row.get("edition", "") not in ("", name):
            facts = {"seen": row["edition"], "expected": name}
            faults.append(Rejected(number, "edition", CellFault("reference.two_editions", **facts)))
        table = row.get("table", "")
        if table in others:
            facts = {"seen": table, "edition": others[table], "allowed": OWN}
            faults.append(Rejected(number, "table", CellFault("reference.table_taken", **facts)))
    return faults


def _records(
    factors: Sequence[Factor], cells: Sequence[Mapping[str, str]], version: int
) -> list[Record]:
    """Rows of reference.factor; an own carrier keeps what the file says it is."""
    own = {
        carrier.code: json.dumps({"kind": carrier.kind, "phase": carrier.phase})
        for carrier in own_carriers(cells)
    }
    return [
        factor_row(factor, version) | {"details": own.get(factor.carrier, "")} for factor in factors
    ]


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(shown(row[name]) for name in _KEY)


def _joined(rows: Sequence[Record], column: str) -> str:
    return "; ".join(dict.fromkeys(row[column] for row in rows))
