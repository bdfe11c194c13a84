"""Two methods over the same activities, side by side (两种方法对照): calculated, never posted.

What belongs here: what the activities of an enterprise come to under either method edition, and
the difference by part and carrier. What does not: the split of one difference (`decomposition`),
what is booked (`statement`), and how it looks (`reports.comparison`).

Both editions are applied whatever days they are the rule for: a comparison asks what they would
give, and says when one is not in force. Factors keep their own validity. Activities for which one
edition has no factor or proof are left out of both sides and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from json import loads

from factors.carriers import CARRIERS
from factors.methods import MethodEdition
from ledgers import journal
from ledgers.emissions import calculation, cases
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.books import EditionFacts, edition_facts, facts_of, head_at
from ledgers.emissions.cases import CaseFault, ProvedMethod
from ledgers.emissions.decomposition import (
    ACTIVITY,
    GASES,
    PARTS,
    ROUNDING,
    Factor,
    product_of,
    split,
    total,
)
from ledgers.emissions.effects import tonnes_co2e
from ledgers.emissions.parties import Party, parties, synthetic
from ledgers.emissions.profiles import Reference, read_reference
from ledgers.emissions.restatement import EditionUnknown
from ledgers.emissions.spans import Span, read_span
from ledgers.emissions.statement import NoEnterprise
from ledgers.emissions.sums import is_emission
from ledgers.emissions.workspace import PER_COMMIT, make, rows, run, set_variable
from ledgers.reference.rows import LATEST
from warehouse.connect import Connection

_COLUMNS = ("quantity", *MEASURED)
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its edition, whether it is the rule in all of the span, and what the
    activities come to in tonnes of CO2e, each entry rounded as it would be booked."""

    facts: EditionFacts
    in_force: bool
    co2e: Fraction


@dataclass(frozen=True, slots=True)
class CarrierSplit:
    """One carrier: both sides and the parts of the difference, in tonnes of CO2e."""

    carrier: str
    old: Fraction
    new: Fraction
    parts: Mapping[str, Fraction]

    @property
    def difference(self) -> Fraction:
        """New less old."""
        return self.new - self.old


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that one edition has no factor or proof for, on neither side. `edition` is the one,
    `months` those of the rows, the reason that of the first."""

    edition: str
    carrier: str
    flow: str
    months: tuple[str, ...]
    rows: int
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two method editions over the activities of one enterprise and span. `parts` sum to the
    difference exactly, as the carriers' do to theirs."""

    party: Party
    span: Span
    head: journal.Head
    synthetic: bool
    activities: int
    old: Side
    new: Side
    parts: Mapping[str, Fraction]
    carriers: tuple[CarrierSplit, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def difference(self) -> Fraction:
        """New less old, in tonnes of CO2e."""
        return self.new.co2e - self.old.co2e


@dataclass(slots=True)
class _Row:
    """What one activity comes to on one side: proof → rounded quanta."""

    carrier: str
    raw: tuple[str | None, ...]
    values: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Computed:
    """One side as calculated."""

    faults: tuple[CaseFault, ...]
    proved: Mapping[int, ProvedMethod]
    rows: dict[Place, _Row]
    faulty: set[Place]
    sizes: Mapping[int, int]


def compare(con: Connection, enterprise_id: str, period: str, old: str, new: str) -> Comparison:
    """Compare the method editions `old` and `new` over the activities that stand.

    Needs a connection that may make temporary tables. Raises SpanFault, NoEnterprise,
    EditionUnknown (also for a draft, which computes nothing).
    """
    span = read_span(period)
    held = parties(con, span.last_day, None, LATEST).get(enterprise_id)
    if held is None:
        raise NoEnterprise("report.enterprise", enterprise_id=enterprise_id)
    make(con, *PER_COMMIT)
    set_variable(con, "commit_no", journal.next_commit_no(con))
    reference = read_reference(con)
    for name in (old, new):
        _require_active(reference, name)
    run(con, "enterprise_activities", enterprise=enterprise_id, months=list(span.months))
    sides = [_compute(con, _by(reference, name)) for name in (old, new)]
    left_out = sides[0].faulty | sides[1].faulty
    found = _carriers(sides[0], sides[1], left_out)
    facts = edition_facts(con)
    return Comparison(
        party=held,
        span=span,
        head=head_at(con, LATEST),
        synthetic=synthetic(held.name, old, new),
        activities=len({*sides[0].rows, *sides[1].rows} - left_out),
        old=_side(facts, reference, old, span, sum((c.old for c in found), Fraction(0))),
        new=_side(facts, reference, new, span, sum((c.new for c in found), Fraction(0))),
        parts={part: sum((c.parts[part] for c in found), Fraction(0)) for part in PARTS},
        carriers=tuple(found),
        left_out=tuple(
            item
            for name, side in zip((old, new), sides, strict=True)
            for item in _left_out(name, side)
        ),
    )


def _require_active(reference: Reference, name: str) -> None:
    active = sorted(e.edition for e in reference.editions.values() if e.state == "active")
    if name not in active:
        raise EditionUnknown("emissions.edition_unknown", edition=name, allowed="、".join(active))


def _by(reference: Reference, name: str) -> Reference:
    """Everybody by this edition alone, on whatever day."""
    edition = replace(reference.editions[name], applies_from=None, applies_to=None, family=name)
    profiles = {
        number: replace(profile, editions=(name,)) for number, profile in reference.profiles.items()
    }
    return replace(reference, editions={name: edition}, profiles=profiles)


def _side(
    facts: Mapping[str, EditionFacts], reference: Reference, name: str, span: Span, co2e: Fraction
) -> Side:
    in_force = reference.editions[name].covers(span.first_day, span.last_day)
    return Side(facts_of(facts, name), in_force, co2e)


def _compute(con: Connection, reference: Reference) -> _Computed:
    run(con, "subject_touched")
    outcome = cases.resolve(con, reference)
    calculation.calculate(con, outcome.kernels)
    proved = {
        kernel.proof_id: item for kernel, item in zip(outcome.kernels, outcome.proved, strict=True)
    }
    found: dict[Place, _Row] = {}
    for commit_no, ordinal, proof_id, value, carrier, _, *raw in rows(con, "compared_rows"):
        output = proved[proof_id].resolved.method.output
        if output.counted and is_emission(output.measure):
            row = found.setdefault((commit_no, ordinal), _Row(carrier, tuple(raw)))
            row.values[proof_id] = int(value)
    [edition] = reference.editions.values()
    sizes: dict[int, int] = {}
    beside: dict[int, frozenset[str]] = {}
    for case_id, count, flows in con.execute(
        "SELECT case_id, rows, beside FROM found_case"
    ).fetchall():
        sizes[case_id], beside[case_id] = count, frozenset(flows.split(",") if flows else ())
    hindered = [f for f in outcome.faults if _hinders(f, edition, beside[f.case_id])]
    bad = [fault.case_id for fault in hindered]
    faulty = set(rows(con, "faulty_activities", cases=bad)) if bad else set()
    return _Computed(tuple(hindered), proved, found, {(c, o) for c, o in faulty}, sizes)


def _hinders(fault: CaseFault, edition: MethodEdition, beside: frozenset[str]) -> bool:
    """Whether an edition cannot say what a row comes to: no factor or proof, or a draft alone.
    One that has no method for a row at all does not count it, which is a difference."""
    if fault.rule != "FA-04":
        return True
    facts: Mapping[str, str] = loads(fault.facts)
    carrier, flow = CARRIERS.get(facts.get("carrier", "")), facts.get("flow", "")
    if carrier is None:
        return False
    drafts = [draft for draft in edition.drafts_for(carrier, flow) if not draft.optional]
    groups = edition.groups_for(carrier, flow, beside or frozenset({flow}))
    emitting = [m for group in groups for m in group if is_emission(m.output.measure)]
    return bool(drafts or emitting)


def _carriers(old: _Computed, new: _Computed, left_out: set[Place]) -> list[CarrierSplit]:
    """Activities that resolve alike and were measured alike are split together: a part is
    proportional to the quantity, and quantities sum exactly."""
    groups: dict[tuple[object, ...], _Group] = {}
    for place in sorted({*old.rows, *new.rows} - left_out):
        a, b = old.rows.get(place), new.rows.get(place)
        row = a or b
        assert row is not None
        proofs = tuple(tuple(sorted(side.values)) if side else () for side in (a, b))
        key = (row.carrier, proofs, row.raw[1:])
        group = groups.setdefault(key, _Group(row.carrier, row.raw[1:], Fraction(0)))
        group.quantity += Fraction(row.raw[0] or 0)
        for side, held in ((group.old, a), (group.new, b)):
            for proof_id, value in (held.values if held else {}).items():
                side[proof_id] = side.get(proof_id, 0) + value
    sums: dict[str, tuple[list[Fraction], dict[str, Fraction]]] = {}
    for group in groups.values():
        totals, parts = sums.setdefault(
            group.carrier, ([Fraction(0), Fraction(0)], dict.fromkeys(PARTS, Fraction(0)))
        )
        _add(group, old.proved, new.proved, totals, parts)
    found = [CarrierSplit(name, t[0], t[1], parts) for name, (t, parts) in sums.items()]
    return sorted(found, key=lambda each: (-abs(each.difference), each.carrier))


@dataclass(slots=True)
class _Group:
    carrier: str
    measured: tuple[str | None, ...]
    quantity: Fraction
    old: dict[int, int] = field(default_factory=dict)
    new: dict[int, int] = field(default_factory=dict)

    @property
    def raw(self) -> dict[str, Fraction]:
        """The numbers that a product takes: the quantities summed, the others shared."""
        values = dict(zip(MEASURED, self.measured, strict=True))
        return {name: Fraction(text) for name, text in values.items() if text is not None} | {
            "quantity": self.quantity
        }


def _add(
    group: _Group,
    old: Mapping[int, ProvedMethod],
    new: Mapping[int, ProvedMethod],
    totals: list[Fraction],
    parts: dict[str, Fraction],
) -> None:
    raw = group.raw
    sides = [
        {proof: (proved[proof], product_of(proved[proof], raw)) for proof in held}
        for held, proved in ((group.old, old), (group.new, new))
    ]
    exact, booked = [], []
    for place, (side, held) in enumerate(zip(sides, (group.old, group.new), strict=True)):
        exact.append(sum((total(product) for _, product in side.values()), Fraction(0)))
        booked.append(
            sum(
                (
                    tonnes_co2e(item.gwp_edition, item.resolved.method.output.measure, held[proof])
                    for proof, (item, _) in side.items()
                ),
                Fraction(0),
            )
        )
        totals[place] += booked[place]
    for part, share in _split_group(*sides):
        parts[part] += share
    parts[ROUNDING] += (booked[1] - exact[1]) - (booked[0] - exact[0])


_Products = Mapping[int, tuple[ProvedMethod, dict[str, Factor]]]


def _split_group(old: _Products, new: _Products) -> Iterable[tuple[str, Fraction]]:
    """The parts of the exact difference of one group: pairs of the same gas split, the others
    whole. What only one edition counts at all is a difference of activity."""
    lonely = ACTIVITY if not (old and new) else GASES
    waiting = list(new.values())
    for item, product in old.values():
        other = _partner(item, waiting)
        if other is None:
            yield lonely, -total(product)
            continue
        waiting.remove(other)
        yield from split(product, other[1]).items()
    for _, product in waiting:
        yield lonely, total(product)


def _partner(
    item: ProvedMethod, others: Sequence[tuple[ProvedMethod, dict[str, Factor]]]
) -> tuple[ProvedMethod, dict[str, Factor]] | None:
    """The method of the other side that gives the same gas; CO2 and CO2e may stand for one
    another, where a text gives all gases in one factor."""
    measure = item.resolved.method.output.measure
    kin = {"CO2": ("CO2", "CO2e"), "CO2e": ("CO2e", "CO2")}.get(measure, (measure,))
    for wanted in kin:
        for other in others:
            if other[0].resolved.method.output.measure == wanted:
                return other
    return None


def _left_out(name: str, side: _Computed) -> list[LeftOut]:
    """By carrier and flow; the reason given is that of the first month."""
    found: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    counts: dict[tuple[str, str], int] = {}
    for fault in side.faults:
        facts: Mapping[str, str] = loads(fault.facts)
        key = (facts.get("carrier", ""), facts.get("flow", ""))
        found.setdefault(key, []).append(facts)
        counts[key] = counts.get(key, 0) + side.sizes[fault.case_id]
    made = []
    for key, held in sorted(found.items()):
        months = tuple(sorted({facts.get("month", "") for facts in held}))
        first = min(held, key=lambda facts: facts.get("month", ""))
        why = first.get("why_zh", ""), first.get("why_en", "")
        made.append(LeftOut(name, *key, months, counts[key], *why))
    return made
