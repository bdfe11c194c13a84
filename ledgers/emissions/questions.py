"""Asking which methods and factors a case would take (取值查询), without a row.

What belongs here: a person's question to a case, resolved by the same code as posting. What does
not: the resolution itself (`factors.resolution`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from factors.carriers import find_carrier, nearest
from factors.errors import UsageFault
from factors.resolution import Case, Resolved, ResolvedParameter, resolve_case, why_nothing
from ledgers.emissions.activity import FLOWS, MEASURED
from ledgers.emissions.preparation import month_days
from ledgers.reference import catalogue, enterprises, method_editions
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Question:
    """A case in a person's words: `carrier` is a code or name, `edition` a method edition (''
    asks for those of the enterprise), `measured` names of measured columns."""

    carrier: str
    month: str
    recorded_on: date
    flow: str = "consumption"
    edition: str = ""
    enterprise_id: str = ""
    facility: str = ""
    measured: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnsweredParameter:
    """One parameter: where its value comes from, and for a factor its whole provenance."""

    name: str
    origin: str
    value: str
    unit: str
    factor_id: str = ""
    edition: str = ""
    document: str = ""
    clause: str = ""
    series: str = ""
    region: str = ""
    standing: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One method that applies; `method` '' says with its notes why none does."""

    method_edition: str
    method: str
    measure: str
    formula: str
    parameters: tuple[AnsweredParameter, ...]
    notes: tuple[str, ...]


def answer(con: Connection, question: Question, lang: str = "zh") -> tuple[Answered, ...]:
    """The methods of each edition asked for, with their factors.

    Raises UsageFault for a word that is not known, and the errors of `resolve_case`, which name
    what came nearest or what tied.
    """
    carrier = find_carrier(question.carrier)
    if carrier is None:
        near = "、".join(nearest(question.carrier))
        raise UsageFault("question.carrier", seen=question.carrier, nearest=near)
    _check("flow", (question.flow,), FLOWS)
    _check("measured", question.measured, MEASURED)
    first, last = month_days(question.month)
    known = {item.enterprise_id: item for item in enterprises(con, last)}
    party = known.get(question.enterprise_id)
    if question.enterprise_id and party is None:
        raise UsageFault("question.enterprise", seen=question.enterprise_id, day=last.isoformat())
    named = (question.edition,) if question.edition else party.method_editions if party else ()
    if not named:
        raise UsageFault("question.edition")
    editions, held = method_editions(con), catalogue(con)
    answers: list[Answered] = []
    for edition in named:
        case = Case(
            edition=edition,
            carrier=carrier.code,
            flow=question.flow,
            period_start=first,
            period_end=last,
            recorded_on=question.recorded_on,
            region=party.region if party else "CN",
            sector=party.industry if party else "",
            enterprise_id=question.enterprise_id,
            facility=question.facility,
            measured=frozenset(question.measured),
        )
        found = resolve_case(case, editions, held)
        if not found:
            why = why_nothing(case, editions).text(lang)
            answers.append(Answered(edition, "", "", "", (), (why,)))
        answers.extend(_answered(item, edition, lang) for item in found)
    return tuple(answers)


def _check(what: str, seen: Iterable[str], allowed: tuple[str, ...]) -> None:
    for word in seen:
        if word not in allowed:
            raise UsageFault("question.word", what=what, seen=word, allowed="、".join(allowed))


def _answered(found: Resolved, edition: str, lang: str) -> Answered:
    method = found.method
    notes = tuple(note.text(lang) for note in found.notes)
    parameters = tuple(_parameter(item, lang) for item in found.parameters)
    measure, formula = method.output.measure, method.formula.text
    return Answered(edition, method.method_id, measure, formula, parameters, notes)


def _parameter(item: ResolvedParameter, lang: str) -> AnsweredParameter:
    value = item.value if item.value is not None else item.exact
    shown = "" if value is None else str(value)
    note = item.note.text(lang) if item.note else ""
    factor = item.factor
    if factor is None:
        return AnsweredParameter(item.name, item.origin, shown, item.unit, note=note)
    return AnsweredParameter(
        item.name,
        item.origin,
        shown,
        item.unit,
        factor.factor_id,
        factor.edition,
        factor.document,
        factor.clause,
        factor.series,
        factor.region,
        factor.standing,
        note,
    )
