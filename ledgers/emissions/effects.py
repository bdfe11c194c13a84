"""What two editions of factors make of what is booked (版本影响): calculated, never posted.

What belongs here: the activities that rows which moved can reach, and what they come to under
either edition. What does not: which rows moved (`ledgers.reference.differences`), the calculation
(`recalculation`, the one that a restatement uses), posting it (`restatement`).

Under one side the books are calculated as though that edition were the one in force: where a case
takes a row of either side, or of a third edition in the same table that answers the same, the
side's own row stands in. A row that only one side has serves under that side alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from json import loads

from factors.carriers import CARRIERS
from factors.catalogue import Catalogue, Factor, Query
from factors.gases import QUANTUM, co2e
from ledgers import journal
from ledgers.emissions import recalculation
from ledgers.emissions.activity import FLOWS
from ledgers.emissions.cases import Outcome
from ledgers.emissions.profiles import Reference, read_reference
from ledgers.emissions.spans import Span
from ledgers.emissions.sums import Sum, is_emission, read_sums
from ledgers.emissions.workspace import PER_COMMIT, make, rows, run, set_variable
from ledgers.reference.differences import Difference, counting, question
from ledgers.reference.rows import LATEST
from warehouse.connect import Connection

MONTHS = 12
Key = tuple[str, str, str, str, bool, str]


@dataclass(frozen=True, slots=True)
class Shift:
    """One measure of one enterprise on one basis over the months: what is booked, and what the
    same activities come to under the old and under the new edition, in quanta."""

    enterprise_id: str
    method_edition: str
    boundary: str
    gwp_edition: str
    counted: bool
    measure: str
    booked: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        """After less before, in quanta."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class EnterpriseShift:
    """The emissions of one enterprise on one basis in tonnes of CO2e, exactly."""

    enterprise_id: str
    method_edition: str
    boundary: str
    gwp_edition: str
    booked: Fraction
    before: Fraction
    after: Fraction

    @property
    def difference(self) -> Fraction:
        """After less before, in tonnes of CO2e."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Unserved:
    """Rows that a side has no factor or proof for; they stand in its sum as they are booked."""

    side: str
    carrier: str
    flow: str
    month: str
    rows: int
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What a difference does to `span`. `enterprises` are those that something moves for, the
    largest first; `activities` how many rows were calculated again."""

    span: Span | None
    activities: int
    shifts: tuple[Shift, ...]
    enterprises: tuple[EnterpriseShift, ...]
    unserved: tuple[Unserved, ...]


class _Under(Catalogue):
    """A catalogue in which the row of one side stands in for the rows that answer the same."""

    def __init__(self, factors: Iterable[Factor], places: Mapping[str, Factor]) -> None:
        super().__init__(factors)
        self._places = places

    def resolve(self, query: Query, *, explain: bool = True) -> Factor:
        found = super().resolve(query, explain=explain)
        return self._places.get(found.key, found)


def effects(
    con: Connection, found: Difference, *, until: str = "", months: int = MONTHS
) -> Effects:
    """What `found` does to the last `months` months posted, up to `until` (YYYY-MM) if given.

    Needs a connection that may make temporary tables; nothing is written to the ledger.
    """
    span = _last_months(con, until, months)
    if span is None:
        return Effects(None, 0, (), (), ())
    make(con, *PER_COMMIT)
    set_variable(con, "commit_no", journal.next_commit_no(con))
    reference = read_reference(con, beside=(*found.old.rows, *found.new.rows))
    beside = len(found.old.rows) + len(found.new.rows)
    known = reference.catalogue.factors
    held = Catalogue(known[: len(known) - beside])
    carriers = _served({row.carrier for row in counting(found.moved)}, reference)
    run(con, "moved_activities", months=list(span.months), carriers=sorted(carriers))
    ((activities,),) = con.execute("SELECT count(*) FROM touched").fetchall()
    moved: list[Mapping[Key, int]] = []
    unserved: list[Unserved] = []
    for side, under in (("old", _old(found, held)), ("new", _new(found, held))):
        make(con, "to_reverse", "recalculated")
        now = replace(reference, catalogue=under)
        outcome, _ = recalculation.recalculate(con, now, "comparison")
        moved.append({tuple(row[:-1]): int(row[-1]) for row in rows(con, "shifts")})
        unserved += _unserved(con, side, outcome)
    shifts = _shifts(read_sums(con, span.months, LATEST), *moved)
    return Effects(span, activities, shifts, _by_enterprise(shifts), tuple(unserved))


def _last_months(con: Connection, until: str, months: int) -> Span | None:
    if not until:
        ((until,),) = con.execute("SELECT max(month) FROM emissions.live_activity").fetchall()
    if not until:
        return None
    year, number = map(int, until.split("-"))
    first = year * 12 + number - months
    return Span(f"{first // 12:04d}-{first % 12 + 1:02d}", until)


def _served(codes: set[str], reference: Reference) -> set[str]:
    """The carriers whose rows may take a factor of one of `codes`: themselves, those of the same
    fuel group, and those of methods that look for the factor of another carrier."""
    if not codes:
        return set()
    borrowing = [
        method
        for edition in reference.editions.values()
        for method in edition.methods
        if any(item.carrier_from in codes for item in method.parameters)
    ]
    return codes | {
        carrier.code
        for carrier in CARRIERS.values()
        if carrier.fuel_group in codes
        or any(method.applies_to(carrier, flow) for method in borrowing for flow in FLOWS)
    }


def _old(found: Difference, held: Catalogue) -> Catalogue:
    pairs = [(new, old) for old, new in found.pairs]
    return _under(found, held, found.old.rows, pairs)


def _new(found: Difference, held: Catalogue) -> Catalogue:
    return _under(found, held, found.new.rows, list(found.pairs))


def _under(
    found: Difference,
    held: Catalogue,
    own: Sequence[Factor],
    pairs: Sequence[tuple[Factor, Factor]],
) -> Catalogue:
    """`held` without both sides, with the rows of one (`own`); `pairs` are (other's, own)."""
    keys = {row.key for row in (*found.old.rows, *found.new.rows)}
    whole = {name for side in (found.old, found.new) if side.whole for name in side.editions}
    others = [row for row in held.factors if row.key not in keys and row.edition not in whole]
    if found.old.editions == found.new.editions and found.old.whole:
        # Two versions of one edition: each is looked up by its own days and tables.
        return Catalogue((*others, *own))
    places = {other.key: mine for other, mine in pairs}
    answers = {
        (question(mine), row.table): mine for pair in pairs for row in pair for mine in pair[1:]
    }
    places |= {
        row.key: answers[question(row), row.table]
        for row in others
        if (question(row), row.table) in answers
    }
    taken = {(question(row), row.table, row.valid_from) for row in own}
    pointers = [o for o, _ in pairs if (question(o), o.table, o.valid_from) not in taken]
    return _Under((*others, *own, *pointers), places)


def _unserved(con: Connection, side: str, outcome: Outcome) -> list[Unserved]:
    sizes = dict(con.execute("SELECT case_id, rows FROM found_case").fetchall())
    found: dict[tuple[str, ...], int] = {}
    for fault in outcome.faults:
        if fault.rule != "FA-04":
            facts: Mapping[str, str] = loads(fault.facts)
            names = ("carrier", "flow", "month", "why_zh", "why_en")
            key = tuple(facts.get(name, "") for name in names)
            found[key] = found.get(key, 0) + sizes[fault.case_id]
    return [
        Unserved(side, carrier, flow, month, count, why_zh, why_en)
        for (carrier, flow, month, why_zh, why_en), count in sorted(found.items())
    ]


def _shifts(
    booked: Iterable[Sum], before: Mapping[Key, int], after: Mapping[Key, int]
) -> tuple[Shift, ...]:
    """Booked plus what either side moves, for the enterprises for which one moves anything."""
    names = {key[0] for key in (*before, *after)}
    held: dict[Key, int] = dict.fromkeys((*before, *after), 0)
    for item in booked:
        if item.enterprise_id in names:
            basis = (item.method_edition, item.boundary, item.gwp_edition)
            key = (item.enterprise_id, *basis, item.counted, item.measure)
            held[key] = held.get(key, 0) + item.value
    return tuple(
        Shift(*key, value, value + before.get(key, 0), value + after.get(key, 0))
        for key, value in sorted(held.items())
    )


def _by_enterprise(shifts: Iterable[Shift]) -> tuple[EnterpriseShift, ...]:
    found: dict[tuple[str, str, str, str], list[Fraction]] = {}
    for item in shifts:
        if item.counted and is_emission(item.measure):
            key = (item.enterprise_id, item.method_edition, item.boundary, item.gwp_edition)
            sums = found.setdefault(key, [Fraction(0)] * 3)
            for place, value in enumerate((item.booked, item.before, item.after)):
                sums[place] += tonnes_co2e(item.gwp_edition, item.measure, value)
    made = (EnterpriseShift(*key, *sums[:3]) for key, sums in found.items() if len(set(sums)) > 1)
    return tuple(sorted(made, key=lambda each: (-abs(each.difference), each.enterprise_id)))


def tonnes_co2e(gwp_edition: str, measure: str, quanta: int) -> Fraction:
    """Whole quanta of a gas in tonnes of CO2e by a named GWP edition; CO2 needs none."""
    tonnes = QUANTUM[measure].tonnes(quanta)
    return tonnes if measure == "CO2" else co2e(gwp_edition, measure, tonnes)
