"""Splitting the difference of two products exactly among their factors (差额分解).

What belongs here: the split itself, and what a proved method is as a product of named parts. What
does not: which activities are compared and what they come to (`comparison`).

The split is Shapley's: the part of a factor is the mean, over every order in which the factors of
the one method may be replaced by those of the other, of what its own replacement changes. It
depends on no order, gives factors that are equal nothing, and sums to the whole difference to the
last digit, since it is computed in fractions. Replacing in one fixed order would sum as well, but
would give what two factors do together to whichever comes later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from factors.formulas import Term
from factors.gases import CO2E, QUANTUM, gwp
from factors.methods import unit_of
from factors.units import Unit, UnitError, multiplier, parse_unit, same_dimension
from ledgers.emissions.cases import ProvedMethod

ACTIVITY, HEATING, CARBON, OXIDATION = "activity", "heating_value", "carbon_content", "oxidation"
EMISSION_FACTOR, GWP = "emission_factor", "gwp"
GASES, ROUNDING = "gases", "rounding"
PARTS = (ACTIVITY, HEATING, CARBON, OXIDATION, EMISSION_FACTOR, GWP, GASES, ROUNDING)
"""The parts of a difference in the order in which they are printed. `emission_factor` is what a
text gives per unit of fuel, power or heat; `gases` are gases that one method alone counts;
`rounding` is what each entry is rounded to the quantum of its gas. The last two remain."""

_PART_OF: Mapping[str, str] = {
    "quantity": ACTIVITY,
    "ncv": HEATING,
    "enthalpy": HEATING,
    "temperature": HEATING,
    "pressure": HEATING,
    "carbon_content": CARBON,
    "elemental_carbon": CARBON,
    "moisture": CARBON,
    "oxidation_rate": OXIDATION,
}


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of a product with its number and, where it is a single parameter, its unit."""

    value: Fraction
    unit: Unit | None


def shapley(old: Sequence[Fraction], new: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The part of each factor in Π new − Π old; the parts sum to it exactly."""
    count = len(old)
    parts = [Fraction(0)] * count
    moving = [place for place in range(count) if old[place] != new[place]]
    fixed = Fraction(1)
    for place in range(count):
        if place not in moving:
            fixed *= old[place]
    size = len(moving)
    for chosen in range(2**size):
        product = fixed
        for bit, place in enumerate(moving):
            product *= new[place] if chosen >> bit & 1 else old[place]
        members = chosen.bit_count()
        for bit, place in enumerate(moving):
            # A set that holds the factor adds, one that lacks it takes off.
            if chosen >> bit & 1:
                weight = Fraction(factorial(members - 1) * factorial(size - members))
                parts[place] += product * weight / factorial(size)
            else:
                weight = Fraction(factorial(members) * factorial(size - members - 1))
                parts[place] -= product * weight / factorial(size)
    return tuple(parts)


def product_of(item: ProvedMethod, raw: Mapping[str, Fraction]) -> dict[str, Factor]:
    """A proved method at raw numbers as a product of parts in tonnes of CO2e: the parts of
    `_PART_OF`, GWP, and under '' all that is left (44/12, sign, units)."""
    made: dict[str, Factor] = {}
    rest = item.kernel.constant / QUANTUM[item.resolved.method.output.measure].per_tonne
    offsets = dict(item.kernel.terms)
    for term in item.resolved.method.formula.terms:
        value = _number(item, term)
        if term.name in offsets:
            ratio = item.proof.multipliers[term.name]
            rest /= ratio
            value = (raw[term.name] + offsets[term.name]) * ratio
        elif value is None or not value:
            continue
        else:
            rest /= value
        parameter = item.resolved.method.parameter(term.name)
        _put(made, _part_of(term.name), value, unit_of(parameter, item.proof.basis))
    named = {term.name for term in item.resolved.method.formula.terms}
    if "moisture" in offsets and "moisture" not in named:
        _put(made, CARBON, raw["moisture"] + offsets["moisture"], None)
    if CARBON in made and OXIDATION not in made:
        # A text without an oxidation rate takes all carbon as burned.
        made[OXIDATION] = Factor(Fraction(1), parse_unit("1"))
    made[GWP] = Factor(_warming(item), None)
    made[""] = Factor(rest, None)
    return made


def split(old: dict[str, Factor], new: dict[str, Factor]) -> dict[str, Fraction]:
    """Part → its share in Π new − Π old, in tonnes of CO2e; the shares sum to it exactly.

    Parts that only one product has, or in units of another kind, are compared together: as carbon
    content where they are heating values and carbon contents, else as emission factor.
    """
    alike = [GWP]
    values = [(old[GWP].value, new[GWP].value)]
    size = Fraction(1)
    for name in (*PARTS[:5],):
        mine, other = old.get(name), new.get(name)
        if mine is None or other is None:
            continue
        into = _conversion(mine.unit, other.unit)
        if into is not None:
            alike.append(name)
            values.append((mine.value * into, other.value))
            size *= into
    left = [_left(side, alike) for side in (old, new)]
    apart = {name for side in (old, new) for name in side if name not in alike and name}
    values.append((left[0] / size, left[1]))
    shares = shapley([pair[0] for pair in values], [pair[1] for pair in values])
    label = CARBON if apart and apart <= {HEATING, CARBON} else EMISSION_FACTOR
    found: dict[str, Fraction] = {}
    for name, share in zip((*alike, label), shares, strict=True):
        found[name] = found.get(name, Fraction(0)) + share
    return found


def total(product: Mapping[str, Factor]) -> Fraction:
    """The product of all parts."""
    result = Fraction(1)
    for factor in product.values():
        result *= factor.value
    return result


def _put(made: dict[str, Factor], part: str, value: Fraction, unit: Unit | None) -> None:
    """Two parameters of one part are one number without a unit of its own."""
    held = made.get(part)
    made[part] = Factor(value, unit) if held is None else Factor(held.value * value, None)


def _number(item: ProvedMethod, term: Term) -> Fraction | None:
    """The number of a term that no row gives; None where it is shifted or a constant such as
    44/12, which stay with what is left."""
    held = item.resolved.parameter(term.name)
    fixed = held.origin == "constant" and term.name not in _PART_OF
    if fixed or term.offset or term.constant or term.others:
        return None
    value = held.exact if held.exact is not None else held.value
    return None if value is None else Fraction(value) * item.proof.multipliers[term.name]


def _part_of(name: str) -> str:
    return _PART_OF.get(name, EMISSION_FACTOR)


def _warming(item: ProvedMethod) -> Fraction:
    measure = item.resolved.method.output.measure
    if measure in ("CO2", CO2E):
        return Fraction(1)
    return Fraction(gwp(item.gwp_edition, measure))


def _conversion(mine: Unit | None, other: Unit | None) -> Fraction | None:
    """How many of the other's unit one of mine is; None where they are of different kinds."""
    if mine is None or other is None:
        return None
    try:
        return multiplier(mine, other) if same_dimension(mine, other) else None
    except UnitError:
        return None


def _left(side: Mapping[str, Factor], alike: Sequence[str]) -> Fraction:
    result = Fraction(1)
    for name, factor in side.items():
        if name not in alike:
            result *= factor.value
    return result
