"""The book of warnings (预警台账): issued when, on which figures, seen by whom, answered how.

What belongs here: posting the warnings of a month, acknowledging and answering them. What does not:
how a colour comes about (`readings`).

A reading that is not green is a warning; one that is green again lifts the last. The same month
with the same figures posts nothing. A warning names the head of the ledger that it was read from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.dual_control.imports import BOOK
from ledgers.dual_control.readings import Reading
from ledgers.reference.rows import AsOf, add, as_of_commit
from warehouse.connect import Connection, sql

TABLES = ("dual_control.warning",)


class NoWarning(UsageFault, LookupError):
    """No warning under that number; facts: seen."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to a warning."""

    kind: str
    person: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning as issued; `warning` is how it is named. `state` open, acknowledged, answered,
    lifted (green) or superseded by a later one of the same month and indicator."""

    warning: str
    month: str
    level: str
    code: str
    indicator: str
    preset: str
    colour: str
    actual: str
    target: str
    figures: str
    head_no: int
    head_hash: str
    supersedes: str
    recorded_at: datetime
    person: str
    answers: tuple[Said, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What posting a month's warnings did: how many were new, lifted, and stood already."""

    month: str
    issued: int
    lifted: int
    unchanged: int
    commit: journal.Commit | None


def warnings(con: Connection, month: str = "", as_of: AsOf = None) -> tuple[Warned, ...]:
    """Warnings as issued, latest first."""
    number = as_of_commit(con, as_of)
    cursor = con.execute(
        sql("ledgers.dual_control.sql", "warnings.sql"), {"month": month, "commit_no": number}
    )
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    replaced = {row["supersedes"] for row in rows if row["supersedes"]}
    return tuple(_warned(row, replaced) for row in rows)


def _warned(row: dict[str, Any], replaced: set[str]) -> Warned:
    said = tuple(
        Said(item["kind"], item["person"], item["words"], item["at"].replace(tzinfo=UTC))
        for item in row["answers"]
    )
    state = "answered" if any(item.kind == "answered" for item in said) else ""
    state = state or ("acknowledged" if said else "open")
    if row["colour"] == "green":
        state = "lifted"
    if row["warning"] in replaced:
        state = "superseded"
    kept = row | {"answers": said, "recorded_at": row["recorded_at"].replace(tzinfo=UTC)}
    return Warned(**kept, state=state)


def issue(con: Connection, month: str, found: Sequence[Reading], *, person: str) -> Issued:
    """Post what changed of a month's warnings against those that stand. Safe to repeat."""
    standing = {
        (item.level, item.code, item.indicator): item
        for item in reversed(warnings(con, month))
        if item.state != "superseded"
    }
    head = journal.head(con)
    rows, unchanged = [], 0
    for item in found:
        if not item.colour:
            continue
        last = standing.get((*item.place, item.budget.indicator))
        if last is None and item.colour == "green":
            continue
        row = _row(item, last)
        if last is not None and _same(last, row):
            unchanged += 1
            continue
        rows.append(row | {"head_no": head.commit_no, "head_hash": head.hash})
    if not rows:
        return Issued(month, 0, 0, unchanged, None)
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, TABLES[0], number, rows)
        commit = journal.commit(
            con,
            book=BOOK,
            kind="warnings",
            key=f"dual_control.warnings:{month}:{number}",
            body_sha256=journal.body_digest(rows),
            person=person,
            facts={"month": month, "warnings": len(rows), "head": head.hash},
            tables=list(TABLES),
        )
    lifted = sum(row["colour"] == "green" for row in rows)
    return Issued(month, len(rows) - lifted, lifted, unchanged, commit)


def _row(item: Reading, last: Warned | None) -> dict[str, Any]:
    actual = item.shown(item.actual) if item.actual is not None else Fraction(0)
    due = item.due_amount if item.total else item.target
    figures = {
        "unit": item.unit,
        "budget": item.budget.printed,
        "document": item.budget.document,
        "due": f"{item.due[0]}/{item.due[1]}",
        "release": item.release,
        "projected": "" if item.projected is None else f"{Fraction(item.projected, 10**6)}",
        "inputs": {
            f"{step.id}.{each.symbol}": f"{each.value} {each.unit}"
            for step in item.workings
            for each in step.inputs
        },
    }
    return {
        "month": item.month,
        "level": item.place[0],
        "code": item.place[1],
        "indicator": item.budget.indicator,
        "preset": item.preset.name,
        "colour": item.colour,
        "actual": str(actual),
        "target": str(due),
        "figures": journal.canonical_json(figures),
        "supersedes": "" if last is None else last.warning,
    }


def _same(last: Warned, row: dict[str, Any]) -> bool:
    """Whether the same would be said again; the estimate of the year is no ground of it."""
    names = ("preset", "colour", "actual", "target")
    return all(getattr(last, name) == row[name] for name in names)


def say(con: Connection, warning: str, kind: str, *, person: str, words: str = "") -> Warned:
    """Acknowledge (`acknowledged`) or answer (`answered`) a warning; an answer needs words.

    Raises NoWarning, and UsageFault for an answer without words or to one that no longer stands.
    """
    if not re.fullmatch(r"\d+-\d+", warning):
        raise NoWarning("dual.no_warning", seen=warning)
    held = next((item for item in warnings(con) if item.warning == warning), None)
    if held is None:
        raise NoWarning("dual.no_warning", seen=warning)
    if held.state == "superseded":
        raise UsageFault("dual.warning_superseded", seen=warning)
    if kind == "answered" and not words.strip():
        raise UsageFault("dual.answer_words", seen=warning)
    row = {"warning": warning, "kind": kind, "person": person, "words": words}
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, "dual_control.answer", number, [row])
        journal.commit(
            con,
            book=BOOK,
            kind="answer",
            key=f"dual_control.answer:{number}",
            body_sha256=journal.body_digest(row),
            person=person,
            reason=words,
            facts=row,
            tables=["dual_control.answer"],
        )
    return next(item for item in warnings(con) if item.warning == warning)
