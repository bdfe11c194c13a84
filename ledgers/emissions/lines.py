"""Entries with everything that they rest on (明细行), for statements.

What belongs here: reading lines of a span and pairing what was corrected. What does not: sums
(`sums`), the formula with numbers put in (`workings`), the account of one entry for an auditor
(`explain`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from factors.messages import LANGUAGES
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.books import queried, streamed
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as resolved: `value` as printed ('' where measured: the line has it), `unit`,
    and where it comes from: `origin` activity, measured, factor or constant. `canonical` is the
    unit in which the formula takes it. The rest is the provenance of a factor; `key` names it,
    `printed` is its value in its text and `lower`, `upper` its bounds where the text has them."""

    name: str
    origin: str
    value: str
    unit: str
    canonical: str = ""
    key: str = ""
    edition: str = ""
    publisher: str = ""
    document: str = ""
    table: str = ""
    clause: str = ""
    series: str = ""
    region: str = ""
    standing: str = ""
    note_zh: str = ""
    note_en: str = ""
    printed: str = ""
    lower: str = ""
    upper: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a case was resolved: the method, its formula, its parameters in formula order.
    What is not `counted` stands outside the total; `sign` -1 deducts. `notes` by language."""

    resolution_id: int
    method_edition: str
    method: str
    measure: str
    unit: str
    scope: str
    category: str
    boundary: str
    carrier: str
    counted: bool
    sign: int
    formula: str
    parameters: tuple[Parameter, ...]
    notes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of units: parameter → multiplier from the unit as written to the formula's;
    `dry` among them where a value per dry tonne is brought to the received one."""

    proof_id: int
    multipliers: Mapping[str, Fraction]
    statement: str
    coal_basis: str
    gas_condition: str
    condition_assumed: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row was read: the file (SHA-256 and the name it came with), sheet ('' for CSV) and
    row as the person sees it; `rows` rows up to `row_last` where readings were summed."""

    source: str
    name: str
    sheet: str
    row_no: int
    row_last: int
    rows: int


@dataclass(frozen=True, slots=True)
class Bill:
    """The bill of which a line is one month's part."""

    start: date
    end: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `status` live, reversed or reversal; `value` in quanta of the measure;
    `measured` (parameter, value, unit as sent); `corrects`: its commit took back an entry of
    the same meter for the same cause, or it is a correction booked beside what it names."""

    entry_id: str
    status: str
    kind: str
    cause: str
    reverses_id: str
    reversed_by: str
    corrects: bool
    activity_id: str
    commit_no: int
    month: str
    value: int
    tier: int
    enterprise_id: str
    facility: str
    device: str
    carrier: str
    carrier_text: str
    flow: str
    period_start: date
    period_end: date
    bill: Bill | None
    quantity_text: str
    quantity: Decimal
    unit: str
    measured: tuple[tuple[str, Decimal, str], ...]
    coal_basis: str
    gas_condition: str
    data_kind: str
    evidence_kind: str
    evidence: str
    correction_of: str
    note: str
    from_float: bool
    origin: Origin
    resolution: Resolution
    proof: Proof
    recorded_at: datetime
    person: str

    @property
    def stream(self) -> tuple[str, ...]:
        """What is taken back and put in its place together: one meter and month for one cause,
        whatever the evidence, under one method and measure."""
        found = self.resolution
        return (
            self.enterprise_id,
            self.facility,
            self.device,
            self.carrier,
            self.flow,
            self.cause,
            self.month,
            found.method_edition,
            found.boundary,
            found.measure,
        )


@dataclass(frozen=True, slots=True)
class Correction:
    """What one commit took back of one meter and measure, and what it booked in its place; or,
    without `reversals`, a correction booked beside what it names (a credit), which stands.

    `difference` is what stands now less what stood before, in quanta.
    """

    commit_no: int
    cause: str
    recorded_at: datetime
    person: str
    originals: tuple[Line, ...]
    reversals: tuple[Line, ...]
    replacements: tuple[Line, ...]

    @property
    def difference(self) -> int:
        """Replacements less what was taken back, in quanta."""
        return sum(line.value for line in (*self.replacements, *self.reversals))

    @property
    def first(self) -> Line:
        """A line that says which meter and measure it is about."""
        return (*self.originals, *self.reversals, *self.replacements)[0]

    @property
    def beside(self) -> bool:
        """Nothing was taken back: the correction stands beside what it names."""
        return not self.reversals


def read_lines(
    con: Connection, months: Sequence[str], commit_no: int, *, enterprise_id: str, most: int
) -> tuple[Line, ...]:
    """Lines of one enterprise in `months` as the ledger stood at `commit_no`: at most `most`
    ordinary ones, and all that belong to a correction."""
    given = {"months": list(months), "commit_no": commit_no, "most": most}
    rows = queried(con, "lines.sql", enterprise=enterprise_id, **given)
    return _Lines(con).of(rows)


def stream_lines(
    con: Connection, months: Sequence[str], commit_no: int, *, most: int
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Enterprise and its lines, enterprise after enterprise, with memory for one of them. Not
    for rows of an open transaction."""
    given = {"months": list(months), "commit_no": commit_no, "most": most}
    rows = streamed(con, "lines.sql", enterprise="", **given)
    lines = _Lines(con)
    for party, group in groupby(rows, key=lambda row: str(row["enterprise_id"])):
        yield party, lines.of(list(group))


class _Lines:
    """Rows to lines; resolutions and proofs are shared by many lines and read once."""

    def __init__(self, con: Connection) -> None:
        self._con = con
        self._resolutions: dict[int, Resolution] = {}
        self._proofs: dict[int, Proof] = {}

    def of(self, rows: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
        resolutions = {row["resolution_id"] for row in rows} - self._resolutions.keys()
        if resolutions:
            self._resolutions |= read_resolutions(self._con, resolutions)
        proofs = {row["proof_id"] for row in rows} - self._proofs.keys()
        if proofs:
            self._proofs |= _proofs(self._con, proofs)
        return tuple(
            _line(row, self._resolutions[row["resolution_id"]], self._proofs[row["proof_id"]])
            for row in rows
        )


def read_resolutions(con: Connection, ids: Iterable[int]) -> dict[int, Resolution]:
    """How cases were resolved, by number."""
    rows = queried(con, "resolutions.sql", ids=sorted(ids))
    return {row["resolution_id"]: _resolution(row) for row in rows}


def resolved(
    con: Connection, months: Sequence[str], commit_no: int, enterprise_id: str = ""
) -> Mapping[str, tuple[Resolution, ...]]:
    """Enterprise → the resolutions that its entries rest on, whether they are listed or not."""
    rows = queried(
        con, "resolved.sql", months=list(months), commit_no=commit_no, enterprise=enterprise_id
    )
    held = read_resolutions(con, {row["resolution_id"] for row in rows})
    found: dict[str, tuple[Resolution, ...]] = {}
    for row in rows:
        found[row["enterprise_id"]] = (
            *found.get(row["enterprise_id"], ()),
            held[row["resolution_id"]],
        )
    return found


def read_line(con: Connection, commit_no: int, ordinal: int) -> Line | None:
    """One entry as the ledger stands now, whatever its month; None when there is none."""
    rows = queried(con, "line.sql", commit_no=commit_no, ordinal=ordinal)
    return _Lines(con).of(rows)[0] if rows else None


def corrections(lines: Iterable[Line]) -> tuple[Correction, ...]:
    """Reversed entries beside what reversed and what replaced them, oldest commit first."""
    lines = tuple(lines)
    by_id = {line.entry_id: line for line in lines}
    groups: dict[tuple[int, tuple[str, ...]], list[Line]] = {}
    for line in lines:
        if line.corrects:
            groups.setdefault((line.commit_no, line.stream), []).append(line)
    live = [line for line in lines if line.status == "live" and not line.correction_of]
    found = (_correction(group, by_id) or _beside(group, live) for group in groups.values())
    return tuple(sorted((item for item in found if item), key=lambda item: item.commit_no))


def _correction(group: Sequence[Line], by_id: Mapping[str, Line]) -> Correction | None:
    reversals = tuple(line for line in group if line.status == "reversal")
    if not reversals:
        return None
    first = reversals[0]
    return Correction(
        commit_no=first.commit_no,
        cause=first.cause,
        recorded_at=first.recorded_at,
        person=first.person,
        originals=tuple(by_id[line.reverses_id] for line in reversals if line.reverses_id in by_id),
        reversals=reversals,
        replacements=tuple(line for line in group if line.kind != "reversal"),
    )


def _beside(group: Sequence[Line], live: Sequence[Line]) -> Correction | None:
    """A correction that takes nothing back, beside the lines that it names, as far as they are
    among those of the statement."""
    first = group[0]
    if not first.correction_of:
        return None
    measure, edition = first.resolution.measure, first.resolution.method_edition
    return Correction(
        commit_no=first.commit_no,
        cause=first.cause,
        recorded_at=first.recorded_at,
        person=first.person,
        originals=tuple(
            line
            for line in live
            if line.resolution.measure == measure
            and line.resolution.method_edition == edition
            and any(_names(each, line) for each in group)
        ),
        reversals=(),
        replacements=tuple(group),
    )


def _names(correction: Line, line: Line) -> bool:
    """Whether a correction means a line: by its entry, its evidence, a row of a file by hash, or a
    row of the correction's own sheet."""
    name, origin = correction.correction_of, line.origin
    if name == line.entry_id or (name == line.evidence and correction.carrier == line.carrier):
        return True
    sha256, _, row = name.partition(":")
    if not row:
        row = name.strip("第行row #")
        same = (correction.origin.source, correction.origin.sheet) == (origin.source, origin.sheet)
    else:
        same = len(sha256) >= 8 and origin.source.startswith(sha256)
    return same and row.isdigit() and origin.row_no <= int(row) <= origin.row_last


def _line(row: Mapping[str, Any], resolution: Resolution, proof: Proof) -> Line:
    same = {name: row[name] for name in _SAME}
    return Line(
        **same,
        bill=_bill(row),
        measured=tuple(
            (name, row[name], row[f"{name}_unit"]) for name in MEASURED if row[name] is not None
        ),
        origin=Origin(
            source=row["source"],
            name=row["source_name"],
            sheet=row["sheet"],
            row_no=row["row_no"],
            row_last=row["row_last"],
            rows=row["row_count"],
        ),
        resolution=resolution,
        proof=proof,
        recorded_at=row["recorded_at"].replace(tzinfo=UTC),
    )


_APART = {"bill", "measured", "origin", "resolution", "proof", "recorded_at"}
_SAME = tuple(name for name in Line.__dataclass_fields__ if name not in _APART)


def _bill(row: Mapping[str, Any]) -> Bill | None:
    if row["bill_start"] is None:
        return None
    return Bill(row["bill_start"], row["bill_end"], row["bill_quantity"])


def _resolution(row: Mapping[str, Any]) -> Resolution:
    read = ("parameters", "notes")
    notes = json.loads(row["notes"] or "[]")
    return Resolution(
        **{name: row[name] for name in Resolution.__dataclass_fields__ if name not in read},
        parameters=tuple(_parameter(item) for item in json.loads(row["parameters"] or "[]")),
        notes={lang: tuple(str(note[lang]) for note in notes) for lang in LANGUAGES},
    )


def _parameter(item: Mapping[str, Any]) -> Parameter:
    known = Parameter.__dataclass_fields__
    return Parameter(**{name: str(item.get(name) or "") for name in known})


def _proofs(con: Connection, ids: set[int]) -> dict[int, Proof]:
    rows = queried(con, "proofs.sql", ids=sorted(ids))
    return {
        row["proof_id"]: Proof(
            proof_id=row["proof_id"],
            multipliers={
                name: Fraction(text) for name, text in json.loads(row["multipliers"]).items()
            },
            statement=row["statement"],
            coal_basis=row["coal_basis"],
            gas_condition=row["gas_condition"],
            condition_assumed=row["condition_assumed"],
        )
        for row in rows
    }
