"""Where a figure comes from, as rows of the ledger (来源): resolutions and proofs.

What belongs here: what is kept of a resolved and proved case, so that a person can follow it and
`verification` can compute it again from what is printed. What does not: resolving (`cases`),
showing it to people (`explanation`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from factors import units
from factors.gases import QUANTUM
from factors.resolution import Note, ResolvedParameter
from ledgers.emissions.calculation import CaseKernel, approximation
from ledgers.emissions.cases import Outcome, ProvedMethod
from ledgers.emissions.workspace import append
from ledgers.journal import canonical_json
from warehouse.connect import Connection

_RESOLUTION = (
    *("resolution_id", "method_edition", "method", "measure", "unit", "sign", "counted", "scope"),
    *("category", "boundary", "gwp_edition", "carrier", "flow", "flows_beside", "region"),
    *("industry", "enterprise_id", "facility", "measured", "formula", "parameters", "notes"),
    *("first_day", "last_day"),
)
_PROOF = (
    *("proof_id", "resolution_id", "units", "coal_basis", "gas_condition", "condition_assumed"),
    *("multipliers", "statement", "numerator", "denominator", "approximation", "terms"),
)


def resolution_key(item: ProvedMethod) -> tuple[Any, ...]:
    """What makes a resolution: everything of its row but its number and days."""
    method, case = item.resolved.method, item.case
    output = method.output
    return (
        method.edition,
        method.method_id,
        output.measure,
        output.unit,
        item.resolved.sign,
        output.counted,
        output.scope,
        output.category,
        item.boundary,
        item.gwp_edition,
        case.carrier,
        case.flow,
        item.found.beside,
        case.region,
        case.sector,
        case.enterprise_id,
        case.facility,
        ",".join(sorted(case.measured)),
        method.formula.text,
        parameters_text(item),
        _notes_text(item.resolved.notes),
    )


def write(con: Connection, commit_no: int, outcome: Outcome, used: frozenset[int]) -> None:
    """Add the resolution and proof rows of the kernels whose proof is among `used`."""
    pairs = [
        (kernel, item)
        for kernel, item in zip(outcome.kernels, outcome.proved, strict=True)
        if kernel.proof_id in used
    ]
    _insert(con, "emissions.resolution", commit_no, _RESOLUTION, _resolution_rows(pairs))
    _insert(con, "emissions.proof", commit_no, _PROOF, [_proof_row(*pair) for pair in pairs])


def _resolution_rows(pairs: Sequence[tuple[CaseKernel, ProvedMethod]]) -> list[tuple[Any, ...]]:
    held: dict[int, list[ProvedMethod]] = {}
    for kernel, item in pairs:
        held.setdefault(kernel.resolution_id, []).append(item)
    return [
        (
            number,
            *resolution_key(items[0]),
            min(item.found.period_start for item in items),
            max(item.found.period_end for item in items),
        )
        for number, items in sorted(held.items())
    ]


def _proof_row(kernel: CaseKernel, item: ProvedMethod) -> tuple[Any, ...]:
    constant = kernel.kernel.constant
    return (
        kernel.proof_id,
        kernel.resolution_id,
        canonical_json(dict(item.found.written)),
        item.found.coal_basis,
        item.condition,
        item.assumed,
        canonical_json({name: ratio(size) for name, size in _multipliers(item).items()}),
        item.proof.statement,
        str(constant.numerator),
        str(constant.denominator),
        approximation(constant).hex(),
        canonical_json({column: ratio(offset) for column, offset in kernel.kernel.terms}),
    )


def _multipliers(item: ProvedMethod) -> Mapping[str, Fraction]:
    """Every number that the units bring in, so that nothing but the row is needed to recompute.

    A constant that is an offset is brought into the unit of what it is added to."""
    method, proof = item.resolved.method, item.proof
    sizes = dict(proof.multipliers)
    for term in method.formula.terms:
        if term.constant:
            own = method.parameter(term.constant).unit_for(proof.basis)
            beside = method.parameter(term.name).unit_for(proof.basis)
            sizes[term.constant] = units.multiplier(own, beside)
    output = method.output
    sizes["output"] = proof.scale * units.multiplier(output.unit, QUANTUM[output.measure].unit)
    if proof.dry is not None:
        sizes["dry"] = proof.dry
    return sizes


def parameters_text(item: ProvedMethod) -> str:
    """The parameters of a resolution as the JSON array that its row holds."""
    basis = item.proof.basis
    canonical = tuple(p.unit_for(basis) for p in item.resolved.method.parameters)
    held = item.resolved.parameters
    return _parameters_text(held, tuple(map(_printed, held)), canonical)


@lru_cache(maxsize=4096)
def _parameters_text(
    parameters: tuple[ResolvedParameter, ...],
    _as_printed: tuple[str, ...],
    canonical: tuple[str, ...],
) -> str:
    # The months of a year share nearly all of these; 0.50 and 0.5 are equal, and not one text.
    rows = [_parameter(held, unit) for held, unit in zip(parameters, canonical, strict=True)]
    return canonical_json(rows)


def _printed(held: ResolvedParameter) -> str:
    factor = held.factor
    bounds = (factor.value, factor.lower, factor.upper) if factor else ()
    return " ".join(str(number) for number in (held.value, *bounds))


@lru_cache(maxsize=4096)
def _notes_text(notes: tuple[Note, ...]) -> str:
    return canonical_json([{"zh": n.text("zh"), "en": n.text("en")} for n in notes])


def _parameter(held: ResolvedParameter, canonical: str) -> dict[str, str]:
    row = {"name": held.name, "origin": held.origin, "canonical": canonical}
    if held.exact is not None:
        row |= {"value": ratio(held.exact), "unit": held.unit}
    elif held.value is not None:
        row |= {"value": plain(held.value), "unit": held.unit}
    factor = held.factor
    if factor is not None:
        row |= {"printed": plain(factor.value), "key": factor.key, "table": factor.table}
        row |= {"publisher": factor.publisher, "document": factor.document}
        row |= {"edition": factor.edition, "clause": factor.clause, "standing": factor.standing}
        row |= {"series": factor.series, "region": factor.region, "sector": factor.sector}
        row |= {"valid_from": str(factor.valid_from or ""), "valid_to": str(factor.valid_to or "")}
        row |= {"lower": _bound(factor.lower), "upper": _bound(factor.upper)}
    if held.note is not None:
        row |= {"note_zh": held.note.text("zh"), "note_en": held.note.text("en")}
    return row


def _bound(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def plain(value: Decimal) -> str:
    """A decimal without an exponent."""
    return format(value, "f")


def ratio(value: Fraction) -> str:
    """A fraction as 'numerator/denominator', '/1' left out."""
    return str(value)


def read_ratio(text: str) -> Fraction:
    """What `ratio` or `plain` wrote."""
    return Fraction(text)


def read_json(text: str) -> Any:
    """A JSON column; numbers in it are text."""
    return json.loads(text)


def _insert(
    con: Connection,
    table: str,
    commit_no: int,
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    if not rows:
        return
    held = con.execute(f"SELECT count(*) FROM {table} WHERE commit_no = ?", [commit_no]).fetchone()
    assert held is not None
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
    ordinals = range(held[0], held[0] + len(rows))
    columns = [[commit_no] * len(rows), list(ordinals), *map(list, zip(*rows, strict=True))]
    given = [(name, kinds[name]) for name in ("commit_no", "ordinal", *names)]
    append(con, table, dict(zip(given, columns, strict=True)))
