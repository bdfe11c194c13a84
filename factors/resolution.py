"""Resolution: which methods a case has, and which factor each of their parameters takes.

What belongs here: from a case (a distinct combination that many rows share) to methods with
values, by the one order of `catalogue.PRECEDENCE`. What does not: units as written (`proof.py`)
and the search itself (`catalogue.py`). The same code serves posting and `factors resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from factors.carriers import CARRIERS, Carrier
from factors.case import Case, Note, Resolved, ResolvedParameter
from factors.catalogue import (
    SERIES_LEVELS,
    Catalogue,
    Factor,
    FactorTie,
    NoFactor,
    Query,
    ResolutionError,
    dimension_of,
)
from factors.derivation import enthalpy_of, product_of
from factors.messages import text as message
from factors.methods import BASES, NOTHING, Method, MethodEdition, Parameter
from factors.quantities import half_even, half_up
from factors.units import UnitError, parse_unit, same_dimension

__all__ = [
    "Case",
    "FactorTie",
    "NeedsMeasured",
    "NoEdition",
    "NoFactor",
    "Note",
    "OnlyDraft",
    "ResolutionError",
    "Resolved",
    "ResolvedParameter",
    "edition_for",
    "enthalpy_of",
    "quantity_basis",
    "resolve_case",
    "resolve_method",
    "why_nothing",
    "would_apply",
]


class NeedsMeasured(ResolutionError):
    """A method applies, but needs what the row has not measured, or another kind of quantity."""


class NoEdition(ResolutionError):
    """No active method edition of the name is the rule on the days of the case."""


class OnlyDraft(ResolutionError):
    """Methods for the case are declared, but nobody has read their text yet.

    `resolved`: what the methods of the case that are no drafts resolved to, such as energy beside
    an emission that cannot be calculated.
    """

    resolved: tuple[Resolved, ...] = ()


def edition_for(case: Case, editions: Mapping[str, MethodEdition]) -> MethodEdition:
    """The active method edition that is the rule on all days of the case.

    `case.edition` names an edition, or a family of which the one in force serves. A draft is
    never chosen. Raises `NoEdition`.
    """
    named = [
        edition
        for edition in editions.values()
        if case.edition in (edition.edition, edition.family)
    ]
    for edition in named:
        if edition.state == "active" and edition.covers(case.period_start, case.period_end):
            return edition
    raise NoEdition(
        "edition.none",
        edition=case.edition,
        first=case.period_start.isoformat(),
        last=case.period_end.isoformat(),
        would=", ".join(map(_span, would_apply(case, editions))) or "-",
        editions=", ".join(map(_span, named or editions.values())) or "-",
    )


def would_apply(case: Case, editions: Mapping[str, MethodEdition]) -> tuple[MethodEdition, ...]:
    """The editions of the family of `case.edition` that cover its days, drafts included; where
    there is none, those of the general family."""
    families = {e.family for e in editions.values() if case.edition in (e.edition, e.family)}
    for wanted in (families, {"general"}):
        found = tuple(
            edition
            for edition in editions.values()
            if edition.family in wanted and edition.covers(case.period_start, case.period_end)
        )
        if found:
            return found
    return ()


def _span(edition: MethodEdition) -> str:
    days = f"{edition.applies_from or ''}~{edition.applies_to or ''}"
    return f"{edition.edition} ({edition.state}, {days})"


def resolve_case(
    case: Case, editions: Mapping[str, MethodEdition], catalogue: Catalogue
) -> tuple[Resolved, ...]:
    """Every method of the case with its factors; empty where the flow gives nothing by itself.

    Raises `ResolutionError`: no edition, no factor (`NoFactor`), two of equal rank (`FactorTie`),
    something not measured (`NeedsMeasured`), only drafts (`OnlyDraft`). An optional method without
    a factor is left out and named in the notes of the others. `why_nothing` words an empty answer.
    """
    edition = edition_for(case, editions)
    carrier = carrier_of(case)
    heat = enthalpy_of(case, edition, catalogue)
    found: list[Resolved] = []
    skipped: list[Note] = []
    groups = edition.groups_for(carrier, case.flow, case.flows_beside)
    held = {variants[0].group for variants in groups}
    drafts = [m for m in edition.drafts_for(carrier, case.flow) if not m.optional]
    for variants in groups:
        resolved, notes = _first(variants, case, edition, catalogue, carrier, heat)
        skipped.extend(notes)
        if resolved is not None:
            found.append(resolved)
    if found and skipped:
        found[0] = replace(found[0], notes=(*found[0].notes, *skipped))
    if any(draft.group not in held for draft in drafts):
        error = _only_draft(case, carrier, edition, drafts)
        error.resolved = tuple(found)
        raise error
    return tuple(found)


def why_nothing(case: Case, editions: Mapping[str, MethodEdition]) -> Note:
    """Why a case that resolves to nothing has no emission."""
    edition = edition_for(case, editions)
    carrier = carrier_of(case)
    facts = (
        ("carrier", carrier.name_zh),
        ("carrier_en", carrier.name_en),
        ("flow", _flows({case.flow}, "zh")),
        ("flow_en", _flows({case.flow}, "en")),
        ("edition", edition.edition),
    )
    applying = [m for m in edition.methods if m.applies_to(carrier, case.flow)]
    if any(not method.counts_beside(case.flows_beside) for method in applying):
        others = case.flows_beside - {case.flow}
        if not others:
            return Note("note.counts_only_beside", facts)
        beside = (("beside", _flows(others, "zh")), ("beside_en", _flows(others, "en")))
        return Note("note.rests_elsewhere", (*facts, *beside))
    if applying:
        return Note("note.no_optional_factor", facts)
    return Note("note.no_method", facts)


def _flows(flows: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(
        message(f"flow.{flow}", lang, {}) for flow in sorted(flows)
    )


def carrier_of(case: Case) -> Carrier:
    """The carrier of a case; one that only a user's own edition knows has the kind given there."""
    held = CARRIERS.get(case.carrier)
    kind = case.carrier_kind or "material"
    return held or Carrier(case.carrier, case.carrier, case.carrier, kind, "solid")


def _first(
    variants: tuple[Method, ...],
    case: Case,
    edition: MethodEdition,
    catalogue: Catalogue,
    carrier: Carrier,
    heat: ResolvedParameter | None,
) -> tuple[Resolved | None, list[Note]]:
    """The first variant that fits and has its factors; an optional one without is passed over."""
    known = case.measured | ({heat.name} if heat else NOTHING)
    fitting = [method for method in variants if method.fits(known, case.basis)]
    required = any(not method.optional for method in variants)
    if not fitting and required:
        raise _needs(case, carrier, variants)
    notes: list[Note] = []
    for method in fitting:
        try:
            return resolve_method(method, case, edition, catalogue, heat), notes
        except NoFactor as error:
            if not method.optional:
                raise
            facts = (
                ("method", method.title_zh),
                ("method_en", method.title_en),
                ("parameter", str(error.facts["parameter"])),
                ("tables", str(error.facts["tables"])),
            )
            notes.append(Note("note.method_left_out", facts))
    return None, notes


def resolve_method(
    method: Method,
    case: Case,
    edition: MethodEdition,
    catalogue: Catalogue,
    heat: ResolvedParameter | None = None,
) -> Resolved:
    """The parameters of one method for a case; raises `NoFactor` or `FactorTie`.

    `heat` is an enthalpy that was computed for the case (`enthalpy_of`).
    """
    carrier = carrier_of(case)
    held: dict[str, ResolvedParameter] = {}
    for parameter in method.parameters:
        if parameter.source == "product":
            continue
        if heat is not None and parameter.measured == heat.name:
            held[parameter.name] = heat
        else:
            held[parameter.name] = _parameter(parameter, method, case, edition, catalogue, carrier)
    for parameter in method.parameters:
        if parameter.source == "product":
            held[parameter.name] = product_of(parameter, method, case, held)
    parameters = tuple(held[parameter.name] for parameter in method.parameters)
    words = (("note_zh", method.note_zh), ("note_en", method.note_en))
    notes = [Note("note.text", words)] if method.note_zh else []
    notes += [
        item.note for item in parameters if item.note and item.origin in ("computed", "product")
    ]
    return Resolved(method, parameters, tuple(notes), method.sign_for(case.flow))


def _parameter(
    parameter: Parameter,
    method: Method,
    case: Case,
    edition: MethodEdition,
    catalogue: Catalogue,
    carrier: Carrier,
) -> ResolvedParameter:
    if parameter.source == "constant":
        unit = parameter.unit
        return ResolvedParameter(parameter.name, "constant", unit, exact=parameter.value)
    if parameter.source == "activity":
        return ResolvedParameter(parameter.name, "measured" if parameter.measured else "activity")
    if parameter.measured and parameter.measured in case.measured:
        return ResolvedParameter(parameter.name, "measured")
    query = query_for(parameter, method, case, edition, carrier)
    factor = catalogue.resolve(query, explain=not method.optional)
    value = factor.value
    for name, digits in method.rounding.prescribed:
        if name == parameter.name:
            rule = half_even if method.rounding.rule == "half_even" else half_up
            value = rule(value, digits)
    note = _year_note(factor, query) if query.statistical else _volume_note(factor, parameter)
    return ResolvedParameter(parameter.name, "factor", factor.unit, value, factor=factor, note=note)


def query_for(
    parameter: Parameter, method: Method, case: Case, edition: MethodEdition, carrier: Carrier
) -> Query:
    """What the catalogue is asked for one parameter of a case."""
    sector = edition.sector_of(case.sector)
    code = {"": case.carrier, "fuel_group": carrier.fuel_group or case.carrier}.get(
        parameter.carrier_from, parameter.carrier_from
    )
    year = case.period_start.year
    deadline = date(year + 1, *edition.deadline)
    statistical = parameter.statistical
    bases = (case.basis,) if case.basis in method.bases else method.bases
    return Query(
        parameter=parameter.factor,
        carrier=code,
        first=case.period_start,
        last=case.period_end,
        tables=parameter.tables,
        series=parameter.series,
        region=case.region,
        sectors=tuple(dict.fromkeys(name for name in (case.sector, sector) if name)),
        enterprise_id=case.enterprise_id,
        facility=case.facility,
        known_by=min(deadline, case.recorded_on) if statistical else case.recorded_on,
        statistical=statistical,
        statistical_year=edition.statistical_year(parameter.factor, year),
        dimensions=_dimensions(
            parameter.units, parameter.substance, parameter.bare_volume, bases, parameter.ratio
        ),
    )


@lru_cache(maxsize=4096)
def _dimensions(
    units: tuple[tuple[str, str], ...],
    substance: str,
    bare_volume: str,
    bases: tuple[str, ...],
    ratio: bool,
) -> frozenset[str]:
    """Dimensions that the unit of a factor may have: those of the canonical units of the bases."""
    found: set[str] = set()
    for basis in bases:
        unit = dict(units).get(basis) or dict(units).get("", "")
        dimension = parse_unit(unit, substance=substance).dimension
        found.add(dimension)
        if ratio and dimension == "[mass_C]/[mass_material]":
            # A carbon content in per cent is one of mass.
            found.add("1")
        if bare_volume:
            found.add(dimension.replace("[gas_volume]", "[volume]"))
    return frozenset(found)


@lru_cache(maxsize=4096)
def quantity_basis(unit: str, gas_condition: str = "") -> str:
    """The kind of quantity (a key of `BASES`) that a unit as written states; '' where none."""
    try:
        read = parse_unit(unit, condition=gas_condition)
    except UnitError:
        return ""
    return next((basis for basis, like in BASES.items() if same_dimension(read, like)), "")


def _year_note(factor: Factor, query: Query) -> Note:
    year = str(factor.valid_from.year) if factor.valid_from else "-"
    facts = (
        ("year", year),
        ("known_by", query.known_by.isoformat() if query.known_by else "-"),
        ("document", factor.document),
        ("series", query.series or "-"),
    )
    stated = query.statistical_year is not None
    own = factor.enterprise_id or query.series not in SERIES_LEVELS
    code = "note.year_stated" if stated else "note.year_own" if own else "note.year_latest"
    return Note(code, facts)


def _volume_note(factor: Factor, parameter: Parameter) -> Note | None:
    """Said where a factor prints m³ without a condition and the method reads it at one."""
    if not parameter.bare_volume or "[volume]" not in dimension_of(factor):
        return None
    degrees = parameter.bare_volume.removesuffix("C")
    return Note("note.bare_volume", (("unit", factor.unit), ("degrees", degrees)))


def _needs(case: Case, carrier: Carrier, variants: Iterable[Method]) -> NeedsMeasured:
    def wanted(method: Method) -> str:
        bases = "/".join(method.bases)
        return " + ".join((bases, *sorted(method.needs)))

    return NeedsMeasured(
        "method.needs",
        carrier=carrier.name_zh,
        carrier_en=carrier.name_en,
        flow=case.flow,
        basis=case.basis or "-",
        measured=", ".join(sorted(case.measured)) or "-",
        needs="; ".join(dict.fromkeys(wanted(method) for method in variants)),
    )


def _only_draft(
    case: Case, carrier: Carrier, edition: MethodEdition, drafts: Iterable[Method]
) -> OnlyDraft:
    held = tuple(drafts)
    missing_zh = (method.missing_zh or edition.missing_zh for method in held)
    missing_en = (method.missing_en or edition.missing_en for method in held)
    return OnlyDraft(
        "method.only_draft",
        carrier=carrier.name_zh,
        carrier_en=carrier.name_en,
        flow=case.flow,
        methods=", ".join(method.key for method in held),
        missing_zh="；".join(dict.fromkeys(missing_zh)) or "-",
        missing_en="; ".join(dict.fromkeys(missing_en)) or "-",
    )
