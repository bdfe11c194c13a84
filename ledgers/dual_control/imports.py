"""Importing files of dual control (双控资料导入): what changed, who, why, how to undo it.

What belongs here: the import of each kind of file with its answer, and reading the rows that
stand. What does not: checks (`checks`), and what rows mean (`gdp`, `budgets`, `projects`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.dual_control.checks import Ground, check
from ledgers.dual_control.columns import COLUMNS
from ledgers.dual_control.vocabulary import canonical
from ledgers.reference.answers import Answer, Change, Reading, read_rows, shown
from ledgers.reference.register import districts
from ledgers.reference.rows import AsOf, add, as_of_commit
from warehouse.connect import Connection, sql

BOOK = "dual control"


@dataclass(frozen=True, slots=True)
class Kind:
    """Where rows of a kind of file are kept, and the columns that name one record."""

    table: str
    keys: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "gdp": Kind(
        "dual_control.gdp",
        ("level", "code", "year", "month", "kind", "form", "base_year", "release"),
    ),
    "budget": Kind("dual_control.budget", ("level", "code", "year", "indicator")),
    "energy_statistics": Kind(
        "dual_control.statistic", ("form", "enterprise_id", "period", "row_code", "item")
    ),
    "dual_control_figure": Kind(
        "dual_control.figure", ("level", "code", "period", "indicator", "item", "release")
    ),
    "dual_control_finding": Kind("dual_control.finding", ("level", "code", "year", "indicator")),
    "two_high_project": Kind("dual_control.project", ("project_code",)),
    "replacement": Kind("dual_control.replacement", ("certificate",)),
}

Record = dict[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One commit that brought rows of a kind: who, when, why, from which file."""

    commit_no: int
    person: str
    reason: str
    recorded_at: datetime
    key: str
    sha256: str


def import_rows(
    con: Connection,
    kind: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    person: str,
    source_sha: str,
    reason: str = "",
) -> Answer:
    """Import rows of `kind`; good rows in, bad ones answered by row and field.

    The same file has no second effect. Raises UsageFault for an unknown kind, and where rows that
    stand would change without a `reason`.
    """
    if kind not in KINDS:
        raise UsageFault("dual.kind", seen=kind, allowed="、".join(KINDS))
    taken = list(rows)
    before = {_key(kind, row): row for row in standing(con, kind)}
    reading = read_rows(COLUMNS[kind], taken)
    _repeats(kind, reading)
    check(kind, reading, _ground(con, kind, list(before.values())))
    good = {no: _stored(kind, row) for no, row in reading.good.items()}
    added = [row for row in good.values() if _differs(kind, row, before)]
    changes = tuple(change for row in added for change in _changes(kind, row, before))
    if any(_key(kind, row) in before for row in added) and not reason.strip():
        raise UsageFault("dual.reason", rows=sum(_key(kind, row) in before for row in added))
    answer = Answer(
        kind=kind,
        sha256=source_sha,
        rows_read=len(taken),
        accepted=len(good),
        unchanged=len(good) - len(added),
        rejected=tuple(sorted(reading.faults, key=lambda item: (item.row_no, item.column))),
        changes=changes,
        undo=tuple(
            {name: shown(value) for name, value in before[_key(kind, row)].items()}
            for row in added
            if _key(kind, row) in before
        ),
    )
    return _post(con, answer, added, person, reason)


def standing(con: Connection, kind: str, as_of: AsOf = None) -> list[Record]:
    """The rows of `kind` in force as the book stood at `as_of`, in the order of their keys."""
    place = KINDS[kind]
    names = ", ".join(place.keys)
    cursor = con.execute(
        f"SELECT * EXCLUDE (commit_no, ordinal) FROM {place.table} WHERE commit_no <= ? "
        f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY commit_no DESC, ordinal DESC)"
        f" = 1 ORDER BY {names}",
        [as_of_commit(con, as_of)],
    )
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def versions(con: Connection, kind: str) -> tuple[Version, ...]:
    """Who changed rows of `kind`, when and why; newest first."""
    found = con.execute(sql("ledgers.dual_control.sql", "versions.sql"), {"kind": kind}).fetchall()
    return tuple(Version(*row) for row in found)


def history(con: Connection, kind: str, **key: object) -> list[Record]:
    """Every version of the records that match `key`, oldest first, with who and why."""
    place = KINDS[kind]
    where = " AND ".join(f"t.{name} = ${name}" for name in key) or "true"
    cursor = con.execute(
        f"SELECT t.* EXCLUDE (ordinal), c.person, c.reason, c.recorded_at FROM {place.table} AS t "
        f"JOIN journal.commit AS c USING (commit_no) WHERE {where} ORDER BY t.commit_no, t.ordinal",
        dict(key),
    )
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _ground(con: Connection, kind: str, held: Sequence[Record]) -> Ground:
    certified: frozenset[str] = frozenset()
    if kind == "replacement":
        rows = con.execute("SELECT certificate FROM dual_control.certification").fetchall()
        certified = frozenset(str(row[0]) for row in rows)
    return Ground(frozenset(districts(con)), held, certified)


def _stored(kind: str, row: Record) -> Record:
    """The row as its table holds it: certainty of a percent sign goes into the unit, tonnes of a
    replacement into whole grams."""
    kept = dict(row)
    if str(kept.get("value", "")).endswith("%"):
        kept |= {"value": kept["value"].removesuffix("%"), "unit": "%!"}
    if kind == "replacement":
        amount = canonical(Fraction(row["tonnes"]), row["unit"], row["measure"])
        unit = kept.pop("unit")
        kept["grams"] = int(amount * 1_000_000)
        kept["tonnes"] = f"{row['tonnes']} {unit}"
    return kept


def _post(
    con: Connection, answer: Answer, added: Sequence[Record], person: str, reason: str
) -> Answer:
    if not added:
        return answer
    table = KINDS[answer.kind].table
    facts = {
        "rows_read": answer.rows_read,
        "accepted": answer.accepted,
        "rejected": answer.rejected_rows,
    }
    try:
        with journal.transaction(con):
            add(con, table, journal.next_commit_no(con), added)
            commit = journal.commit(
                con,
                book=BOOK,
                kind=answer.kind,
                key=f"{table}:{answer.sha256}" + (f":{reason}" if reason else ""),
                body_sha256=answer.sha256,
                person=person,
                reason=reason,
                facts=facts,
                tables=[table],
            )
    except journal.AlreadyCommitted as seen:
        return replace(answer, changes=(), undo=(), commit=seen.commit, seen_before=True)
    return replace(answer, commit=commit)


def _repeats(kind: str, reading: Reading) -> None:
    """Two rows of one file with one key: the same is taken once, different ones not at all."""
    rows: dict[Key, list[int]] = {}
    for row_no, row in reading.good.items():
        rows.setdefault(_key(kind, row), []).append(row_no)
    for key, numbers in rows.items():
        if len(numbers) < 2:
            continue
        same = all(reading.good[n] == reading.good[numbers[0]] for n in numbers)
        if same:
            for number in numbers[1:]:
                facts = {"key": " ".join(key), "row": numbers[0]}
                reading.reject(number, "", "reference.repeated", **facts)
            continue
        where = "、".join(map(str, numbers))
        for number in numbers:
            reading.reject(number, "", "reference.contradiction", key=" ".join(key), rows=where)


def _key(kind: str, row: Mapping[str, Any]) -> Key:
    return tuple(shown(row[name]) for name in KINDS[kind].keys)


def _differs(kind: str, row: Record, before: Mapping[Key, Record]) -> bool:
    old = before.get(_key(kind, row))
    return old is None or any(row[name] != old[name] for name in row)


def _changes(kind: str, row: Record, before: Mapping[Key, Record]) -> list[Change]:
    old = before.get(_key(kind, row))
    return [
        Change(_key(kind, row), name, shown(old[name]) if old else "", shown(row[name]))
        for name in row
        if name not in KINDS[kind].keys and (row[name] != old[name] if old else shown(row[name]))
    ]
