"""Claims of instruments on the benefits of projects (效益认领): by share, never above the gross.

What belongs here: shares, the refinancing memo, and gross against claimed for each project. What
does not: the benefits themselves (`benefits`). Benefits belong to the project. The share of an
instrument is its balance or allocation over the total investment; where all lenders' first layer
comes to more than the investment, which the rules refuse, each share is cut in proportion, so that
claims sum to the gross at most whatever came in which order. Refinancing is shown and not counted;
expected benefits stay out of the achieved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from warehouse.connect import Connection, sql


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument holds in a project; `layer` refinancing is memo."""

    institution_id: str
    business_no: str
    layer: str
    held: Decimal

    @property
    def counted(self) -> bool:
        """Whether it has a claim."""
        return self.layer != "refinancing"


@dataclass(frozen=True, slots=True)
class Gross:
    """A project's benefit in one indicator: as computed, of one phase and year."""

    project_key: str
    scene: str
    phase: str
    year: int
    indicator: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One instrument's share of one gross benefit. A memo has a share and no claim."""

    part: Part
    gross: Gross
    share: Fraction

    @property
    def value(self) -> Fraction:
        """What it may claim."""
        return Fraction(self.gross.value) * self.share if self.part.counted else Fraction(0)

    @property
    def memo(self) -> Fraction:
        """What a refinancing stands beside, without counting."""
        return Fraction(0) if self.part.counted else Fraction(self.gross.value) * self.share


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Gross against claimed of one project and indicator; `scaled` where shares had to be cut."""

    gross: Gross
    claimed: Fraction
    memo: Fraction
    scaled: bool

    @property
    def unclaimed(self) -> Fraction:
        """What belongs to nobody's instrument, never below zero."""
        return Fraction(self.gross.value) - self.claimed


def shares(investment: Decimal, parts: Sequence[Part]) -> tuple[Fraction, ...]:
    """The share of each part, in order: 0 to 1 each, and those that count sum to 1 at most.

    `investment` is the project's total investment; without one there is no share.
    """
    if investment <= 0:
        return tuple(Fraction(0) for _ in parts)
    held = [Fraction(max(part.held, Decimal(0))) for part in parts]
    pairs = list(zip(parts, held, strict=True))
    first = sum((value for part, value in pairs if part.counted), Fraction(0))
    own = Fraction(investment)
    whole = max(own, first)
    return tuple(
        value / whole if part.counted else min(value / own, Fraction(1)) for part, value in pairs
    )


def claims_of(
    investment: Decimal, parts: Sequence[Part], gross: Iterable[Gross]
) -> tuple[Claim, ...]:
    """Every part's claim on every gross benefit of one project."""
    found = shares(investment, parts)
    return tuple(
        Claim(part, each, share) for each in gross for part, share in zip(parts, found, strict=True)
    )


def reconcile(
    investment: Decimal, parts: Sequence[Part], gross: Sequence[Gross]
) -> tuple[Reconciled, ...]:
    """Gross against claimed of one project, one line for each gross benefit."""
    made = claims_of(investment, parts, gross)
    first = sum((Fraction(p.held) for p in parts if p.counted), Fraction(0))
    return tuple(
        Reconciled(
            each,
            sum((claim.value for claim in made if claim.gross is each), Fraction(0)),
            sum((claim.memo for claim in made if claim.gross is each), Fraction(0)),
            first > investment,
        )
        for each in gross
    )


@dataclass(frozen=True, slots=True)
class Position:
    """One project as it stood on a day: its investment, who holds what, what it brings."""

    project_key: str
    name: str
    investment: Decimal
    parts: tuple[Part, ...]
    gross: tuple[Gross, ...]


def positions(con: Connection, as_of: date) -> tuple[Position, ...]:
    """Every project with a benefit or a lender as the book has it for a day, by its key."""
    package = "ledgers.green_finance.sql"
    parts: dict[str, list[Part]] = {}
    for key, *values in con.execute(sql(package, "project_parts.sql"), {"day": as_of}).fetchall():
        parts.setdefault(key, []).append(Part(*values))
    gross: dict[str, list[Gross]] = {}
    found = con.execute(sql(package, "project_gross.sql"), {"day": as_of}).fetchall()
    for row in found:
        gross.setdefault(row[0], []).append(Gross(*row))
    projects = con.execute(sql(package, "projects.sql")).fetchall()
    return tuple(
        Position(key, name, investment, tuple(parts.get(key, ())), tuple(gross.get(key, ())))
        for key, name, investment in projects
    )


def claimed_by(
    held: Sequence[Position], *, phase: str = "achieved"
) -> Mapping[tuple[str, str, str], Fraction]:
    """(institution, business number, indicator) → what it may claim of that phase, all years that
    the positions have; of a project only the newest year counts, for benefits are yearly."""
    totals: dict[tuple[str, str, str], Fraction] = {}
    for position in held:
        of_phase = [each for each in position.gross if each.phase == phase]
        newest = max((each.year for each in of_phase), default=0)
        current = [each for each in of_phase if each.year == newest]
        for claim in claims_of(position.investment, position.parts, current):
            key = (claim.part.institution_id, claim.part.business_no, claim.gross.indicator)
            totals[key] = totals.get(key, Fraction(0)) + claim.value
    return totals
