"""Versions of the declarative tables and calendars that a ledger holds (规则版本).

What belongs here: loading what is shipped, entering a new version, what is in force on a day.
What does not: what a table says (`tables`, `working_days`). They move what is allowed, so they
are journalled rows; an upgrade of the software never alters them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from factors.errors import DataFault, OurFault
from ledgers import journal
from ledgers.allowances.refusals import BOOK
from ledgers.allowances.rows import add
from ledgers.allowances.tables import (
    Kinds,
    Types,
    Vintages,
    read_kinds,
    read_types,
    read_vintages,
    shipped,
)
from ledgers.allowances.working_days import Calendar, read_calendar
from warehouse.connect import Connection

SUBJECTS = ("account_kinds", "transaction_types", "vintages", "calendar")


class BadRuling(DataFault, ValueError):
    """A table that cannot be read; facts: subject, why."""


@dataclass(frozen=True)
class Rules:
    """The tables in force on a day."""

    kinds: Kinds
    types: Types
    vintages: Vintages


def load_shipped(con: Connection, person: str) -> tuple[str, ...]:
    """Enters the shipped version of each table that this ledger has none of; says which."""
    held = {row[0] for row in con.execute("SELECT subject FROM allowances.ruling").fetchall()}
    missing = [subject for subject in SUBJECTS if subject not in held]
    if missing:
        with journal.transaction(con):
            _enter(con, {s: shipped(s) for s in missing}, person, "shipped")
    return tuple(missing)


def enter(con: Connection, subject: str, text: str, *, person: str, reason: str) -> str:
    """Enters a version of a table from its TOML and returns its SHA-256. Raises BadRuling,
    KeyReused and AlreadyCommitted (the same text twice)."""
    with journal.transaction(con):
        _enter(con, {subject: text}, person, reason)
    return hashlib.sha256(text.encode()).hexdigest()


def rules(con: Connection, on: date) -> Rules:
    """The tables in force on the day `on`. Raises OurFault before `load_shipped`."""
    kinds, types, vintages = (_text(con, s, s, on) for s in SUBJECTS[:3])
    return _rules(kinds, types, vintages)


def calendar(con: Connection, name: str, on: date) -> Calendar:
    """The version of the calendar `name` in force on the day `on`."""
    return _calendar(_text(con, "calendar", name, on))


@lru_cache(maxsize=16)
def _rules(kinds: str, types: str, vintages: str) -> Rules:
    found = read_kinds(kinds)
    return Rules(found, read_types(types, found), read_vintages(vintages))


_calendar = lru_cache(maxsize=64)(read_calendar)


def _text(con: Connection, subject: str, name: str, on: date) -> str:
    found = con.execute(
        "SELECT text FROM allowances.ruling WHERE subject = ? AND name = ? AND applies_from <= ? "
        "ORDER BY applies_from DESC, commit_no DESC, ordinal DESC LIMIT 1",
        [subject, name, on],
    ).fetchone()
    if found is None:
        raise OurFault("registry.no_ruling", subject=subject, name=name, on=on)
    return str(found[0])


def _enter(con: Connection, texts: Mapping[str, str], person: str, reason: str) -> None:
    rows = []
    for subject, text in texts.items():
        name, version, applies_from = _proved(subject, text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        row = {"subject": subject, "name": name, "version": version, "applies_from": applies_from}
        rows.append({**row, "sha256": digest, "text": text})
    number = journal.next_commit_no(con)
    add(con, "allowances.ruling", number, rows)
    facts = {f"{row['subject']} {row['name']}": row["sha256"] for row in rows}
    journal.commit(
        con,
        book=BOOK,
        kind="ruling",
        key="registry-ruling:" + ":".join(str(row["sha256"]) for row in rows),
        body_sha256=journal.body_digest(facts),
        person=person,
        reason=reason,
        facts=facts,
        tables=["allowances.ruling"],
    )


def _proved(subject: str, text: str) -> tuple[str, str, date]:
    """Name, version and first day of a table that can be read."""
    try:
        held = tomllib.loads(text)
        name = held["name"] if subject == "calendar" else subject
        if subject == "calendar":
            read_calendar(text)
        elif subject == "account_kinds":
            read_kinds(text)
        elif subject == "transaction_types":
            read_types(text, read_kinds(shipped("account_kinds")))
        else:
            read_vintages(text)
        return name, held["version"], held["applies_from"]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRuling("registry.bad_ruling", subject=subject, why=repr(error)) from error
