"""Cases (情形): the few distinct ways in which millions of rows are resolved and proved.

What belongs here: finding the distinct cases in one pass over the rows, resolving and proving
each once, their resolution and proof rows, and what is wrong with those that have none. What does
not: the search for a factor (`factors.resolution`), units (`factors.proof`), the calculation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from factors.carriers import CARRIERS
from factors.catalogue import FactorTie
from factors.errors import TanzhangError
from factors.proof import Kernel, Proof, kernel, prove
from factors.resolution import (
    Case,
    NeedsMeasured,
    OnlyDraft,
    ResolutionError,
    Resolved,
    edition_for,
    quantity_basis,
    resolve_case,
    why_nothing,
)
from factors.steam import STEAM_CARRIERS
from factors.units import UnitError, parse_unit
from ledgers.emissions.activity import BALANCE_FLOWS, MEASURED
from ledgers.emissions.calculation import CaseKernel
from ledgers.emissions.profiles import Profile, Reference, load_flows_beside
from ledgers.emissions.workspace import run, set_variable
from ledgers.journal import canonical_json
from warehouse.connect import Connection

__all__ = ["CaseFault", "FoundCase", "Outcome", "ProvedMethod", "find", "resolve"]


class FoundCase(NamedTuple):
    """A distinct case of rows, as `find_cases.sql` answers it."""

    case_id: int
    profile_id: int
    own_facility: str
    month: str
    carrier: str
    flow: str
    unit: str
    mask: int
    measured_units: str
    coal_basis: str
    gas_condition: str
    beside: str
    period_start: date
    period_end: date
    rows: int

    @property
    def measured(self) -> frozenset[str]:
        """The measured columns, which `mask` marks in the order of MEASURED."""
        return frozenset(name for bit, name in enumerate(MEASURED) if self.mask >> bit & 1)

    @property
    def written(self) -> Mapping[str, str]:
        """The quantity and the measured columns with their units as written."""
        units = dict(zip(MEASURED, self.measured_units.split("\x1f"), strict=False))
        return {"quantity": self.unit} | {name: units[name] for name in sorted(self.measured)}

    @property
    def values(self) -> tuple[tuple[str, str, str], ...]:
        """(column, number, unit) of the measured columns whose number decides the resolution;
        `view_keyed.sql` puts them after the units."""
        pairs = (part.split("\x1e") for part in self.measured_units.split("\x1f")[len(MEASURED) :])
        return tuple((name, number, self.written[name]) for name, number in pairs if number)


@dataclass(frozen=True, slots=True)
class CaseFault:
    """Why a case cannot be posted (FA-01..FA-03, RG-02) or has no emission (FA-04, a warning).
    `facts` is a JSON object."""

    case_id: int
    rule: str
    column: str
    seen: str
    facts: str


@dataclass(frozen=True, slots=True)
class ProvedMethod:
    """One method of one case, resolved and proved. `condition` is the gas condition used, and
    `assumed` says that the row did not declare it."""

    found: FoundCase
    case: Case
    resolved: Resolved
    proof: Proof
    kernel: Kernel
    condition: str
    assumed: bool
    boundary: str
    gwp_edition: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the cases of some rows came to; kernels and proved methods go side by side."""

    kernels: tuple[CaseKernel, ...]
    proved: tuple[ProvedMethod, ...]
    faults: tuple[CaseFault, ...]


def find(con: Connection, reference: Reference) -> tuple[FoundCase, ...]:
    """The distinct cases of the rows of the view `subject`; fills the table `found_case`."""
    load_flows_beside(con, reference)
    name_valued(con, reference)
    run(con, "view_keyed")
    run(con, "find_cases")
    names = ", ".join(FoundCase._fields)
    rows = con.execute(f"SELECT {names} FROM found_case ORDER BY case_id").fetchall()
    return tuple(FoundCase(*row) for row in rows)


def name_valued(con: Connection, reference: Reference) -> None:
    """Bind which rows are told apart by measured numbers, for `view_keyed.sql`: steam whose
    enthalpy is computed, and rows under an edition that rounds a product of measured values."""
    rounding = {
        name
        for edition in reference.editions.values()
        if edition.valued_columns
        for name in (edition.edition, edition.family)
    }
    profiles = [
        number for number, held in reference.profiles.items() if rounding & set(held.editions)
    ]
    set_variable(con, "steam_carriers", sorted(STEAM_CARRIERS))
    set_variable(con, "rounding_profiles", profiles)


def resolve(con: Connection, reference: Reference) -> Outcome:
    """Find, resolve and prove the cases of `subject`. A case with a fault has no kernel."""
    proved: list[ProvedMethod] = []
    faults: list[CaseFault] = []
    for found in find(con, reference):
        fault, methods = _prove_case(found, reference)
        proved.extend(methods)
        if fault is not None:
            faults.append(fault)
    return Outcome(_number(con, proved), tuple(proved), tuple(faults))


def _prove_case(
    found: FoundCase, reference: Reference
) -> tuple[CaseFault | None, list[ProvedMethod]]:
    profile = reference.profiles.get(found.profile_id)
    if profile is None:
        return _fault(found, "RG-02", "enterprise_id", "", {}), []
    condition = _condition(found, reference)
    proved: list[ProvedMethod] = []
    nothing: list[tuple[str, str]] = []
    drafts = False
    for edition in profile.editions:
        case = _case(found, profile, edition, condition, reference)
        try:
            resolved = resolve_case(case, reference.editions, reference.catalogue)
            proved.extend(_prove(found, case, resolved, condition, reference))
            if not resolved:
                note = why_nothing(case, reference.editions)
                nothing.append((note.text("zh"), note.text("en")))
        except OnlyDraft as error:
            drafts = True
            nothing.append((error.text("zh"), error.text("en")))
            # The energy of a fuel is booked although its emission cannot be.
            proved.extend(_prove(found, case, error.resolved, condition, reference))
        except (ResolutionError, UnitError) as error:
            return _refused(found, error, edition), []
    if not drafts and (proved or found.flow in BALANCE_FLOWS):
        return None, proved
    return _without_emission(found, profile, nothing), proved


def _prove(
    found: FoundCase,
    case: Case,
    resolved: Sequence[Resolved],
    condition: str,
    reference: Reference,
) -> Iterator[ProvedMethod]:
    assumed = bool(condition) and not found.gas_condition and _bare_volume(found)
    edition = edition_for(case, reference.editions)
    carrier = CARRIERS.get(found.carrier)
    for item in resolved:
        proof = prove(item, found.written, found.coal_basis, condition, carrier)
        made = kernel(item, proof)
        rule = edition.boundary, edition.gwp_edition
        yield ProvedMethod(found, case, item, proof, made, condition, assumed, *rule)


def _case(
    found: FoundCase, profile: Profile, edition: str, condition: str, reference: Reference
) -> Case:
    return Case(
        edition=edition,
        carrier=found.carrier,
        flow=found.flow,
        period_start=found.period_start,
        period_end=found.period_end,
        recorded_on=reference.recorded_on,
        region=profile.region,
        sector=profile.industry,
        enterprise_id=profile.enterprise_id,
        facility=found.own_facility,
        measured=found.measured,
        basis=quantity_basis(found.unit, condition),
        flows_beside=frozenset(found.beside.split(",") if found.beside else (found.flow,)),
        values=found.values,
        gas_condition=condition,
    )


def _condition(found: FoundCase, reference: Reference) -> str:
    """The reference condition of bare cubic metres: as declared, or the carrier's where the
    policy lets it stand in."""
    if found.gas_condition:
        return found.gas_condition
    carrier = CARRIERS.get(found.carrier)
    usable = carrier is not None and carrier.phase == "gas" and reference.assume_condition
    return carrier.gas_condition if carrier is not None and usable else ""


def _bare_volume(found: FoundCase) -> bool:
    """Whether a unit as written is a volume without a condition."""
    carrier = CARRIERS.get(found.carrier)
    if carrier is None or carrier.phase != "gas":
        return False
    for text in found.written.values():
        try:
            if "[volume]" in parse_unit(text).dimension:
                return True
        except UnitError:
            continue
    return False


def _number(con: Connection, proved: Sequence[ProvedMethod]) -> tuple[CaseKernel, ...]:
    """Ids for resolutions (shared by cases that differ in units alone) and proofs."""
    from ledgers.emissions.provenance import resolution_key

    next_ids = con.execute(
        "SELECT (SELECT coalesce(max(resolution_id), 0) + 1 FROM emissions.resolution), "
        "(SELECT coalesce(max(proof_id), 0) + 1 FROM emissions.proof)"
    ).fetchone()
    assert next_ids is not None
    first_resolution, first_proof = next_ids
    numbers: dict[tuple[object, ...], int] = {}
    return tuple(
        CaseKernel(
            case_id=item.found.case_id,
            resolution_id=first_resolution + numbers.setdefault(resolution_key(item), len(numbers)),
            proof_id=first_proof + place,
            kernel=item.kernel,
            lowered=int(item.assumed),
        )
        for place, item in enumerate(proved)
    )


def _refused(found: FoundCase, error: TanzhangError, edition: str) -> CaseFault:
    rule = "FA-01"
    if isinstance(error, FactorTie):
        rule = "FA-02"
    elif isinstance(error, UnitError | NeedsMeasured):
        rule = "FA-03"
    column = "unit" if rule == "FA-03" else "carrier"
    why = {"why_zh": error.text("zh"), "why_en": error.text("en"), "edition": edition}
    return _fault(found, rule, column, getattr(found, column), why)


def _without_emission(
    found: FoundCase, profile: Profile, nothing: Sequence[tuple[str, str]]
) -> CaseFault:
    why = {
        "why_zh": "；".join(dict.fromkeys(zh for zh, _ in nothing)),
        "why_en": "; ".join(dict.fromkeys(en for _, en in nothing)),
        "edition": ", ".join(profile.editions),
    }
    return _fault(found, "FA-04", "flow", found.flow, why)


def _fault(
    found: FoundCase, rule: str, column: str, seen: str, why: Mapping[str, str]
) -> CaseFault:
    facts = {"carrier": found.carrier, "flow": found.flow, "unit": found.unit, **why}
    facts["month"] = found.month
    return CaseFault(found.case_id, rule, column, seen, canonical_json(facts))
