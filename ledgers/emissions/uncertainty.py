"""The uncertainty of entries and of totals (不确定度), by error propagation.

What belongs here: what is known of each parameter's uncertainty, its propagation (approach 1 of the
IPCC guidelines), and what is not known. What does not: simulation (`simulation`), layout.

Everything is first order and relative. A **source** of uncertainty is a factor row of the catalogue
(its printed bounds) or the quantity of a stream (the share that the city set for its tier). One
source acts on many entries: a factor that two entries share errs in both alike, and so does the
meter of one stream in all months. What a source does to each entry is therefore added with its sign
*before* anything is squared; different sources are taken as independent:

    half-width² = Σ over sources (Σ over entries  tonnes × sensitivity × relative uncertainty)²

Sensitivity is 1 for a parameter that multiplies and p/(p + offset) where the formula shifts it.
Bounds are taken as limits of 95 %; of two sides of different length the longer counts. Constants
of a formula and warming potentials have none. A parameter without printed bounds has **no** known
uncertainty, which is not zero: it is listed, with the tonnes that rest on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from factors import units
from factors.formulas import FormulaError, Term, parse_formula
from factors.gases import QUANTUM, co2e
from ledgers.emissions.books import queried
from ledgers.emissions.lines import Line, Parameter, Resolution, read_resolutions
from ledgers.emissions.sums import is_emission
from warehouse.connect import Connection

QUANTITY = "quantity"
"""The parameter that the row itself gives; its uncertainty is that of its stream's tier."""

Shares = Mapping[int, Decimal]
"""Tier → relative half-width (95 %) of a quantity, as the city set it; none: it is unknown."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of uncertainty as it acts on an entry: `down` and `up` are the relative distances
    to the lower and upper limit, `sensitivity` how far the entry follows it."""

    key: str
    parameter: str
    down: Fraction
    up: Fraction
    sensitivity: Fraction = Fraction(1)

    @property
    def relative(self) -> Fraction:
        """The longer side."""
        return max(self.down, self.up)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one resolution's uncertainty (without the quantity): its sources and the
    parameters without bounds."""

    sources: tuple[Source, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries that share every source of uncertainty, in tonnes of CO2e."""

    enterprise_id: str
    basis: tuple[str, str]
    carrier: str
    tier: int
    data_kind: str
    co2e: Fraction
    entries: int
    sources: tuple[Source, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One source: the tonnes that rest on it, the half-width that it alone gives, its share of the
    variance."""

    key: str
    parameter: str
    relative: Fraction
    co2e: Fraction
    half_width: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The uncertainty of a total of one basis. `relative` is half the 95 % range over the total, as
    far as it is known; None where nothing is. `whole`, `partly`, `unknown`: tonnes (without sign)
    of entries of which every, some, no parameter has a known uncertainty; `missing` parameter →
    tonnes that rest on one without."""

    co2e: Fraction
    entries: int
    variance: Fraction
    relative: Decimal | None
    half_width: Decimal | None
    whole: Fraction
    partly: Fraction
    unknown: Fraction
    missing: tuple[tuple[str, Fraction], ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a statement says of the quality of one basis: the uncertainty of its total and by
    carrier, and the tonnes by kind of data (measured, calculated, estimated, accrued)."""

    method_edition: str
    boundary: str
    total: Uncertainty
    by_carrier: tuple[tuple[str, Uncertainty], ...]
    by_data_kind: tuple[tuple[str, int, Fraction], ...]


@dataclass
class PieceReader:
    """Reads pieces from the ledger; what is known of a resolution is worked out once."""

    con: Connection
    shares: Shares
    _known: dict[int, Known] = field(default_factory=dict)

    def pieces(
        self, months: Sequence[str], commit_no: int, enterprise_id: str = ""
    ) -> tuple[Piece, ...]:
        """All pieces of `months` as the ledger stood at `commit_no`; '' is every enterprise."""
        rows = queried(
            self.con,
            "uncertain.sql",
            months=list(months),
            commit_no=commit_no,
            enterprise=enterprise_id,
        )
        new = {row["resolution_id"] for row in rows} - self._known.keys()
        if new:
            found = read_resolutions(self.con, new)
            self._known |= {number: known(item) for number, item in found.items()}
        return tuple(self._piece(row) for row in rows if is_emission(row["measure"]))

    def _piece(self, row: Mapping[str, Any]) -> Piece:
        measure = row["measure"]
        tonnes = QUANTUM[measure].tonnes(row["value"])
        held = self._known[row["resolution_id"]]
        own = quantity_source(row["stream"], row["tier"], self.shares)
        return Piece(
            enterprise_id=row["enterprise_id"],
            basis=(row["method_edition"], row["boundary"]),
            carrier=row["carrier"],
            tier=row["tier"],
            data_kind=row["data_kind"],
            co2e=tonnes if measure == "CO2" else co2e(row["gwp_edition"], measure, tonnes),
            entries=row["entries"],
            sources=(*held.sources, *own),
            missing=held.missing if own else (*held.missing, QUANTITY),
        )


def known(resolution: Resolution) -> Known:
    """Sources and gaps of a resolution's parameters; the quantity is left to its stream."""
    terms = _terms(resolution.formula)
    values = {item.name: item for item in resolution.parameters}
    sources: list[Source] = []
    missing: list[str] = []
    for item in resolution.parameters:
        if item.origin == "constant" or item.name == QUANTITY:
            continue
        found = _source(item, terms, values)
        if found is None:
            missing.append(item.name)
        else:
            sources.append(found)
    return Known(tuple(sources), tuple(missing))


def quantity_source(stream: str, tier: int, shares: Shares) -> tuple[Source, ...]:
    """The quantity of a stream as a source; none where the city set no share for its tier."""
    share = shares.get(tier)
    if share is None:
        return ()
    return (Source(f"quantity {stream}", QUANTITY, Fraction(share), Fraction(share)),)


def entry_relative(found: Known, own: Sequence[Source]) -> Decimal | None:
    """The relative uncertainty of one entry: the root of the sum of squares of what is known of its
    parameters; None where nothing is."""
    sources = (*found.sources, *own)
    if not sources:
        return None
    return _root(sum(((s.relative * s.sensitivity) ** 2 for s in sources), Fraction(0)))


def of_lines(lines: Iterable[Line], shares: Shares) -> Mapping[tuple[int, int], Decimal | None]:
    """Resolution and tier → the relative uncertainty of each such entry among `lines`."""
    kinds = {(line.resolution.resolution_id, line.tier): line.resolution for line in lines}
    return {
        (number, tier): entry_relative(known(resolution), quantity_source("", tier, shares))
        for (number, tier), resolution in kinds.items()
    }


def propagate(pieces: Iterable[Piece]) -> Uncertainty:
    """The uncertainty of the sum of `pieces`, which must be of one basis."""
    held = tuple(pieces)
    total = sum((piece.co2e for piece in held), Fraction(0))
    acts: dict[str, Fraction] = {}
    rests: dict[str, Fraction] = {}
    named: dict[str, Source] = {}
    missing: dict[str, Fraction] = {}
    for piece in held:
        for source in piece.sources:
            moved = piece.co2e * source.sensitivity * source.relative
            acts[source.key] = acts.get(source.key, Fraction(0)) + moved
            rests[source.key] = rests.get(source.key, Fraction(0)) + piece.co2e
            named[source.key] = source
        for name in piece.missing:
            missing[name] = missing.get(name, Fraction(0)) + abs(piece.co2e)
    variance = sum((moved**2 for moved in acts.values()), Fraction(0))
    half = _root(variance) if acts else None
    return Uncertainty(
        co2e=total,
        entries=sum(piece.entries for piece in held),
        variance=variance,
        relative=_root(variance / total**2) if acts and total else None,
        half_width=half,
        whole=_tonnes(held, lambda piece: not piece.missing),
        partly=_tonnes(held, lambda piece: bool(piece.missing and piece.sources)),
        unknown=_tonnes(held, lambda piece: not piece.sources),
        missing=tuple(sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))),
        contributions=_contributions(acts, rests, named, variance),
    )


def qualities(pieces: Iterable[Piece]) -> tuple[Quality, ...]:
    """The quality of each basis among `pieces`, by its name; two bases are never added."""
    groups: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.basis, []).append(piece)
    return tuple(_quality(basis, groups[basis]) for basis in sorted(groups))


def _quality(basis: tuple[str, str], pieces: Sequence[Piece]) -> Quality:
    carriers: dict[str, list[Piece]] = {}
    kinds: dict[str, tuple[int, Fraction]] = {}
    for piece in pieces:
        carriers.setdefault(piece.carrier, []).append(piece)
        entries, tonnes = kinds.get(piece.data_kind, (0, Fraction(0)))
        kinds[piece.data_kind] = entries + piece.entries, tonnes + piece.co2e
    by_carrier = [(name, propagate(held)) for name, held in carriers.items()]
    return Quality(
        method_edition=basis[0],
        boundary=basis[1],
        total=propagate(pieces),
        by_carrier=tuple(sorted(by_carrier, key=lambda pair: (-pair[1].co2e, pair[0]))),
        by_data_kind=tuple((kind, *kinds[kind]) for kind in sorted(kinds)),
    )


def _contributions(
    acts: Mapping[str, Fraction],
    rests: Mapping[str, Fraction],
    named: Mapping[str, Source],
    variance: Fraction,
) -> tuple[Contribution, ...]:
    found = (
        Contribution(
            key=key,
            parameter=named[key].parameter,
            relative=named[key].relative,
            co2e=rests[key],
            half_width=abs(moved),
            share=moved**2 / variance if variance else Fraction(0),
        )
        for key, moved in acts.items()
    )
    return tuple(sorted(found, key=lambda item: (-item.half_width, item.key)))


def _tonnes(pieces: Sequence[Piece], wanted: Callable[[Piece], bool]) -> Fraction:
    return sum((abs(piece.co2e) for piece in pieces if wanted(piece)), Fraction(0))


def _terms(formula: str) -> Mapping[str, Term]:
    try:
        return {term.name: term for term in parse_formula(formula).terms}
    except FormulaError:
        return {}


def _source(
    item: Parameter, terms: Mapping[str, Term], values: Mapping[str, Parameter]
) -> Source | None:
    """The factor row of a parameter as a source; None where its text prints no bounds, or where
    the formula does not take it in as a term of its own."""
    value = Fraction(item.printed) if item.printed else Fraction(0)
    if not (item.origin == "factor" and item.key and value and (item.lower or item.upper)):
        return None
    sensitivity = _sensitivity(item, terms.get(item.name), values)
    if sensitivity is None:
        return None
    down = abs(value - Fraction(item.lower)) / abs(value) if item.lower else Fraction(0)
    up = abs(Fraction(item.upper) - value) / abs(value) if item.upper else Fraction(0)
    return Source(item.key, item.name, down or up, up or down, sensitivity)


def _sensitivity(
    item: Parameter, term: Term | None, values: Mapping[str, Parameter]
) -> Fraction | None:
    if term is None:
        return None
    if not term.offset and not term.constant:
        return Fraction(1)
    own = Fraction(item.value) * units.multiplier(item.unit, item.canonical)
    offset = term.offset
    if term.constant:
        shift = values[term.constant]
        offset = Fraction(shift.value) * units.multiplier(shift.unit, item.canonical)
        offset *= term.constant_sign
    return own / (own + offset) if own + offset else None


def _root(square: Fraction) -> Decimal:
    """The square root to twelve figures; what is shown has far fewer."""
    with localcontext() as context:
        context.prec = 40
        quotient = Decimal(square.numerator) / Decimal(square.denominator)
        context.prec = 12
        return quotient.sqrt()
