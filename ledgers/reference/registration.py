"""Importing rows of the register (名录导入): checks across rows, what changed, how to undo it.

What belongs here: the import of enterprises, facilities and persons with its answer. What does
not: how a cell reads (`columns`), reading the register (`register`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from factors.carriers import find_carrier, nearest
from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference.answers import Answer, Change, Reading, read_rows, shown
from ledgers.reference.columns import COLUMNS
from ledgers.reference.editions import method_edition_states
from ledgers.reference.register import districts
from ledgers.reference.rows import LATEST, add, read
from warehouse.connect import Connection

KEYS: Mapping[str, tuple[str, ...]] = {
    "enterprise": ("enterprise_id", "valid_from"),
    "facility": ("enterprise_id", "facility", "device", "valid_from"),
    "person": ("person_id", "valid_from"),
}
"""Kind of register → the columns that name one record from one day on."""

Record = dict[str, Any]
Key = tuple[str, ...]


def import_register(
    con: Connection,
    kind: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    person: str,
    source_sha: str,
    reason: str = "",
) -> Answer:
    """Import rows of `kind` ('enterprise', 'facility', 'person'); good rows in, bad ones answered.

    `rows` map canonical or Chinese headers to cells, with `row_no` as the person sees it where
    the reader knows it. The same file has no second effect; with a `reason` it is taken again.
    Raises UsageFault for a kind that is not one of the register's.
    """
    if kind not in KEYS:
        raise UsageFault("reference.kind", seen=kind, allowed="、".join(KEYS))
    taken = list(rows)
    reading = read_rows(COLUMNS[kind], taken)
    before = {_key(kind, row): row for row in read(con, f"{kind}_rows", LATEST)}
    _check(con, kind, reading, before)
    added = [row for row in reading.good.values() if _differs(kind, row, before)]
    answer = Answer(
        kind=kind,
        sha256=source_sha,
        rows_read=len(taken),
        accepted=len(reading.good),
        unchanged=len(reading.good) - len(added),
        rejected=tuple(sorted(reading.faults, key=lambda item: item.row_no)),
        changes=tuple(change for row in added for change in _changes(kind, row, before)),
        undo=tuple(_undo(kind, row, before) for row in added),
    )
    return _post(con, answer, added, person, reason)


def _post(
    con: Connection, answer: Answer, added: Sequence[Record], person: str, reason: str
) -> Answer:
    if not added:
        return answer
    table = f"register.{answer.kind}"
    key = f"{table}:{answer.sha256}" + (f":{reason}" if reason else "")
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
                book="reference",
                kind=f"register {answer.kind}",
                key=key,
                body_sha256=answer.sha256,
                person=person,
                reason=reason,
                facts=facts,
                tables=[table],
            )
    except journal.AlreadyCommitted as seen:
        return replace(answer, changes=(), undo=(), commit=seen.commit, seen_before=True)
    return replace(answer, commit=commit)


def _key(kind: str, row: Mapping[str, Any]) -> Key:
    return tuple(shown(row[name]) for name in KEYS[kind])


def _differs(kind: str, row: Record, before: Mapping[Key, Record]) -> bool:
    old = before.get(_key(kind, row))
    return old is None or any(row[name] != old[name] for name in row)


def _changes(kind: str, row: Record, before: Mapping[Key, Record]) -> list[Change]:
    key = _key(kind, row)
    old = before.get(key)
    return [
        Change(key, name, shown(old[name]) if old else "", shown(row[name]))
        for name in row
        if name not in KEYS[kind] and (row[name] != old[name] if old else shown(row[name]))
    ]


def _undo(kind: str, row: Record, before: Mapping[Key, Record]) -> dict[str, str]:
    """The row as it was, or the row withdrawn by an end before its beginning."""
    old = before.get(_key(kind, row))
    kept = old or {**row, "valid_to": row["valid_from"] - timedelta(days=1)}
    return {name: shown(kept[name]) for name in row}


def _check(con: Connection, kind: str, reading: Reading, before: Mapping[Key, Record]) -> None:
    """What one cell cannot tell: validity, rows that contradict one another, names elsewhere."""
    _check_validity(reading)
    _check_repeats(kind, reading)
    if kind == "enterprise":
        _check_enterprises(con, reading, {key[0] for key in before})
    if kind == "facility":
        known = {row["enterprise_id"] for row in read(con, "enterprise_rows", LATEST)}
        for row_no, row in list(reading.good.items()):
            if row["enterprise_id"] not in known:
                reading.reject(
                    row_no, "enterprise_id", "reference.enterprise", seen=row["enterprise_id"]
                )


def _check_validity(reading: Reading) -> None:
    for row_no, row in list(reading.good.items()):
        until = row["valid_to"]
        if until is not None and until < row["valid_from"] - timedelta(days=1):
            facts = {"valid_from": row["valid_from"], "valid_to": until}
            reading.reject(row_no, "valid_to", "reference.validity", **facts)


def _check_repeats(kind: str, reading: Reading) -> None:
    """Two rows of one file with one key and different content: neither can be taken."""
    by_key: dict[Key, list[int]] = {}
    for row_no, row in reading.good.items():
        by_key.setdefault(_key(kind, row), []).append(row_no)
    for key, numbers in by_key.items():
        first = reading.good[numbers[0]]
        if all(reading.good[number] == first for number in numbers):
            for number in numbers[1:]:
                reading.reject(number, "", "reference.repeated", key=" ".join(key), row=numbers[0])
            continue
        rows = "、".join(str(number) for number in numbers)
        for number in numbers:
            reading.reject(number, "", "reference.contradiction", key=" ".join(key), rows=rows)


def _check_enterprises(con: Connection, reading: Reading, known: set[str]) -> None:
    places = districts(con)
    methods = method_edition_states(con)
    named = known | {row["enterprise_id"] for row in reading.good.values()}
    for row_no, row in list(reading.good.items()):
        if row["district"] not in places:
            allowed = "、".join(f"{code} {place.name}" for code, place in places.items())
            facts = {"seen": row["district"], "allowed": allowed}
            reading.reject(row_no, "district", "reference.district", **facts)
        if row["predecessor_id"] and row["predecessor_id"] not in named:
            facts = {"seen": row["predecessor_id"]}
            reading.reject(row_no, "predecessor_id", "reference.predecessor", **facts)
        _check_methods(reading, row_no, row, methods)
        _settle_carriers(reading, row_no, row)


def _check_methods(reading: Reading, row_no: int, row: Record, methods: Mapping[str, str]) -> None:
    active = "、".join(name for name, state in methods.items() if state == "active")
    for name in row["method_edition"].split(";"):
        if name and methods.get(name) != "active":
            facts = {"seen": name, "allowed": active}
            reading.reject(row_no, "method_edition", "reference.method_edition", **facts)


def _settle_carriers(reading: Reading, row_no: int, row: Record) -> None:
    """Names of carriers become their codes, so that the bulletin need not guess again."""
    codes: list[str] = []
    for name in row["expected_carriers"].split(";"):
        carrier = find_carrier(name) if name else None
        if carrier:
            codes.append(carrier.code)
        elif name:
            facts = {"seen": name, "nearest": "、".join(nearest(name))}
            reading.reject(row_no, "expected_carriers", "reference.carrier", **facts)
    row["expected_carriers"] = ";".join(dict.fromkeys(codes))
