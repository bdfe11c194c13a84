"""Rule sets (规则集): values that a text prescribes and a later year's text replaces.

What belongs here: importing versions of rule sets and reading the values in force on a day.
What does not: what a value is used for; that is the book's that asks for the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ledgers import journal
from ledgers.reference.answers import Answer, Change, Reading, read_rows, shown
from ledgers.reference.columns import RULE
from ledgers.reference.rows import LATEST, AsOf, add, as_of_commit, read
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class RuleValue:
    """One key of one version of a rule set; `value` as printed, `applies_to` None if open."""

    rule_set: str
    version: str
    applies_from: date
    applies_to: date | None
    key: str
    value: str
    unit: str
    document: str
    clause: str
    standing: str


def rule_values(con: Connection, as_of: AsOf = None) -> tuple[RuleValue, ...]:
    """Every value of every version of every rule set, as the book stood at `as_of`."""
    commit_no = as_of_commit(con, as_of)
    confirmed = _confirmed(con, commit_no)
    rows = (RuleValue(**row) for row in read(con, "rule_rows", commit_no))
    return tuple(
        replace(row, standing="official")
        if confirmed & {(row.rule_set, row.version, item) for item in (row.key, "")}
        and row.standing != "suspect"
        else row
        for row in rows
    )


def rule_set(con: Connection, name: str, on: date, as_of: AsOf = None) -> Mapping[str, RuleValue]:
    """Key → value of the rule set `name` on a day; of two that apply the later beginning wins.

    A later version supersedes the row of the same key and beginning; one that ends on the day
    before it begins withdraws it.
    """
    newest: dict[tuple[str, date], RuleValue] = {}
    for row in sorted(rule_values(con, as_of), key=lambda item: (item.applies_from, item.version)):
        if row.rule_set == name:
            newest[row.key, row.applies_from] = row
    return {
        row.key: row
        for row in newest.values()
        if row.applies_from <= on <= (row.applies_to or date.max)
    }


def _confirmed(con: Connection, commit_no: int) -> set[tuple[str, str, str]]:
    """(rule set, version, key or '') that somebody confirmed: a later version is not."""
    versions = {
        (row["rule_set"], row["number"]): row["version"]
        for row in read(con, "rule_set_versions", commit_no)
    }
    return {
        (row["name"], versions[row["name"], row["version"]], row["item"])
        for row in read(con, "confirmations", commit_no)
        if row["subject"] == "rule"
    }


def import_rule_set(
    con: Connection,
    rows: Iterable[Mapping[str, Any]],
    *,
    person: str,
    source_sha: str,
    file_name: str = "",
    origin: str = "imported",
) -> Answer:
    """Import one version of one rule set, whole or not at all.

    A version that is known is never altered: other content under its name is a fault, which
    asks for a new version. The same content has no second effect.
    """
    taken = list(rows)
    reading = read_rows(RULE, taken)
    _check(reading)
    held = read(con, "rule_rows", LATEST)
    new = list(reading.good.values())
    name = (new[0]["rule_set"], new[0]["version"]) if new else ("", "")
    old = [row for row in held if (row["rule_set"], row["version"]) == name]
    if old and _shown(old) != _shown(new):
        for row_no in list(reading.good):
            facts = {"rule_set": name[0], "version": name[1]}
            reading.reject(row_no, "version", "reference.version_known", **facts)
    refused = bool(reading.faults)
    answer = Answer(
        kind="rule",
        sha256=source_sha,
        rows_read=len(taken),
        accepted=0 if refused else len(new),
        unchanged=len(new) if old and not refused else 0,
        rejected=tuple(sorted(reading.faults, key=lambda item: (item.row_no, item.column))),
    )
    if refused or old or not new:
        return answer
    changes, undo = tuple(_changes(held, new)), tuple(_undo(held, new))
    answer = replace(answer, changes=changes, undo=undo)
    version = {
        "rule_set": name[0],
        "version": name[1],
        "origin": origin,
        "file_name": file_name,
        "sha256": source_sha,
        "row_count": len(new),
    }
    return replace(answer, commit=_commit(con, version, new, person))


def _commit(
    con: Connection, version: Mapping[str, Any], rows: list[dict[str, Any]], person: str
) -> journal.Commit:
    tables = ["reference.rule_set", "reference.rule"]
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        add(con, tables[0], commit_no, [version])
        add(con, tables[1], commit_no, rows)
        return journal.commit(
            con,
            book="reference",
            kind="rule set",
            key=f"reference.rule_set:{version['rule_set']}:{version['version']}",
            body_sha256=version["sha256"],
            person=person,
            facts=dict(version),
            tables=tables,
        )


def _shown(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return sorted(tuple(shown(row[column.name]) for column in RULE) for row in rows)


def _changes(held: Iterable[Mapping[str, Any]], new: list[dict[str, Any]]) -> Iterable[Change]:
    """Each key against the version that was the newest before."""
    before = {(row["rule_set"], row["key"]): row["value"] for row in held}
    for row in new:
        old = before.get((row["rule_set"], row["key"]), "")
        if old != row["value"]:
            key = (row["rule_set"], row["version"], row["key"])
            yield Change(key, "value", old, row["value"])


def _undo(
    held: Iterable[Mapping[str, Any]], new: list[dict[str, Any]]
) -> Iterable[Mapping[str, str]]:
    """The version to send after this one: each row as it was, or withdrawn by an end on the day
    before its beginning where there was none."""
    before = {(row["rule_set"], row["key"], row["applies_from"]): row for row in held}
    for row in new:
        withdrawn = {**row, "applies_to": row["applies_from"] - timedelta(days=1)}
        kept = before.get((row["rule_set"], row["key"], row["applies_from"])) or withdrawn
        cells = {column.name: shown(kept[column.name]) for column in RULE}
        yield cells | {"version": f"{row['version']} 撤回"}


def _check(reading: Reading) -> None:
    names: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str], int] = {}
    for row_no, row in list(reading.good.items()):
        name = (row["rule_set"], row["version"])
        names.setdefault(name, row_no)
        if name != next(iter(names)):
            facts = {"seen": " ".join(name), "expected": " ".join(next(iter(names)))}
            reading.reject(row_no, "version", "reference.two_editions", **facts)
        end = row["applies_to"]
        if end is not None and end < row["applies_from"] - timedelta(days=1):
            facts = {"valid_from": str(row["applies_from"]), "valid_to": str(end)}
            reading.reject(row_no, "applies_to", "reference.validity", **facts)
        first = seen.setdefault((row["key"], str(row["applies_from"])), row_no)
        if first != row_no:
            reading.reject(row_no, "key", "reference.tie", key=row["key"], row=first)
