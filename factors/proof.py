"""Proof: what the units as written make of a resolved method, as one exact kernel.

What belongs here: the multiplier of every parameter from its unit as written to the unit of the
formula, and the kernel  quanta = constant × Π(raw column + offset)  that posting calculates.
What does not: the choice of factors (`resolution.py`) and the calculation over rows.

A unit of the wrong dimension has no proof. The coal basis is a dimension of its own: a value per
tonne of dry coal serves a received tonne only through the moisture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from factors import units
from factors.carriers import Carrier
from factors.case import Resolved, ResolvedParameter
from factors.derivation import RATIO_UNITS, size_of
from factors.formulas import Term
from factors.gases import QUANTUM
from factors.methods import Parameter, unit_of
from factors.quantities import round_quanta
from factors.resolution import quantity_basis
from factors.units import DimensionError

_FROM_COAL = frozenset({"ncv", "elemental_carbon"})


class BasisError(DimensionError):
    """A measured value on a coal basis (基准) that does not lead to the received tonne."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The multipliers of one resolved method for one combination of units as written.

    `multipliers` map a parameter to how many canonical units one unit as written is; `scale` is how
    many units of the output the product of the canonical units is. `dry` is the multiplier of the
    moisture where a value on a dry basis is brought to the received one, else None. `statement`
    is the proof in words.
    """

    basis: str
    multipliers: Mapping[str, Fraction]
    scale: Fraction
    dry: Fraction | None
    statement: str


@dataclass(frozen=True, slots=True)
class Kernel:
    """quanta = `constant` × Π (raw column + offset), exactly, before the one rounding.

    `terms` are (column, offset) with each column once; the constant holds factors, constants,
    multipliers, sign and the size of the quantum.
    """

    constant: Fraction
    terms: tuple[tuple[str, Fraction], ...]

    def exact(self, raw: Mapping[str, Decimal | Fraction | int | str]) -> Fraction:
        """The unrounded quanta for the raw numbers of a row."""
        result = self.constant
        for column, offset in self.terms:
            result *= Fraction(raw[column]) + offset
        return result

    def quanta(self, raw: Mapping[str, Decimal | Fraction | int | str]) -> int:
        """The whole quanta, rounded once, half away from zero."""
        value = self.exact(raw)
        return round_quanta(value.numerator, value.denominator)


def prove(
    resolved: Resolved,
    written: Mapping[str, str],
    coal_basis: str = "",
    gas_condition: str = "",
    carrier: Carrier | None = None,
) -> Proof:
    """The multipliers for units as written; raises `DimensionError` (or another `UnitError`).

    `written` maps 'quantity' and every measured column to its unit text. `gas_condition` is what a
    bare cubic metre of the row means. `coal_basis` ('ar', 'ad', 'd') is of the measured values.
    """
    method = resolved.method
    quantity = units.parse_unit(written["quantity"], condition=gas_condition)
    basis = quantity_basis(written["quantity"], gas_condition)
    if basis not in method.bases:
        # Raises with both units named: none of the method's bases is this kind of quantity.
        gas = quantity.dimension == "[volume]" and "gas_volume" in method.bases
        nearest = "gas_volume" if gas else method.bases[0]
        units.multiplier(quantity, method.parameter("quantity").unit_for(nearest))
    multipliers: dict[str, Fraction] = {}
    lines: list[str] = []
    for item in resolved.parameters:
        parameter = method.parameter(item.name)
        ratio, text = _multiplier(item, parameter, basis, written, gas_condition)
        multipliers[item.name] = ratio
        lines.append(f"{item.name}: {text} × {ratio} = {parameter.unit_for(basis)}")
    dry = _dry(resolved, written, coal_basis, carrier)
    if dry is not None:
        lines.append(f"d → ar: × (1 − moisture × {dry})")
    terms = [unit_of(method.parameter(term.name), basis) for term in method.formula.terms]
    scale = units.prove(terms, method.output.unit)
    product = " × ".join(unit.text for unit in terms)
    lines.append(f"{method.formula.text}: {product} × {scale} = {method.output.unit}")
    return Proof(basis, MappingProxyType(multipliers), scale, dry, "; ".join(lines))


def kernel(resolved: Resolved, proof: Proof) -> Kernel:
    """The exact kernel of a proved method, in whole quanta of its measure."""
    output = resolved.method.output
    quantum = units.multiplier(output.unit, QUANTUM[output.measure].unit)
    constant = resolved.method.formula.number * resolved.sign * proof.scale * quantum
    terms: list[tuple[str, Fraction]] = []
    for term in resolved.method.formula.terms:
        item = resolved.parameter(term.name)
        ratio = proof.multipliers[term.name]
        offset = _offset(resolved, proof, term)
        if item.origin in ("activity", "measured"):
            constant *= ratio
            terms.append((term.name, offset / ratio))
        else:
            constant *= _value(item) * ratio + offset
    if proof.dry is not None:
        constant *= -proof.dry
        terms.append(("moisture", -1 / proof.dry))
    return Kernel(constant, tuple(terms))


def _multiplier(
    item: ResolvedParameter,
    parameter: Parameter,
    basis: str,
    written: Mapping[str, str],
    gas_condition: str,
) -> tuple[Fraction, str]:
    """How many canonical units one unit as written is, and the unit as written."""
    if item.origin in ("constant", "product"):
        return Fraction(1), str(item.exact if item.value is None else item.value)
    if item.origin in ("factor", "computed"):
        text, condition = item.unit, parameter.bare_volume
    else:
        text, condition = written.get(item.name, ""), gas_condition
    size = size_of(text, parameter, basis, condition)
    bare = text.strip().replace("％", "%") in RATIO_UNITS
    return size, f"{text} ({condition})" if condition and not bare else text or "1"


def _offset(resolved: Resolved, proof: Proof, term: Term) -> Fraction:
    """The offset of a term in the canonical unit of its parameter."""
    if not term.constant:
        others = (
            _value(resolved.parameter(name)) * proof.multipliers[name] * sign
            for name, sign in term.others
        )
        return term.offset + sum(others, Fraction(0))
    method = resolved.method
    constant = method.parameter(term.constant)
    into = method.parameter(term.name).unit_for(proof.basis)
    size = units.multiplier(constant.unit_for(proof.basis), into)
    return _value(resolved.parameter(term.constant)) * size * term.constant_sign


def _value(item: ResolvedParameter) -> Fraction:
    if item.exact is not None:
        return item.exact
    assert item.value is not None, "a factor has a value"
    return Fraction(item.value)


def _dry(
    resolved: Resolved, written: Mapping[str, str], coal_basis: str, carrier: Carrier | None
) -> Fraction | None:
    """The moisture's multiplier where a measured carbon content is per dry tonne.

    Carbon per received tonne is carbon per dry tonne × (1 − total moisture). A heating value is
    not brought over in that way, since evaporating the moisture takes heat too; and from an
    air-dried basis one would need two moistures.
    """
    measured = {item.name for item in resolved.parameters if item.origin == "measured"}
    solid = carrier is None or carrier.kind in ("coal", "coke")
    if coal_basis in ("", "ar") or not solid or not measured & _FROM_COAL:
        return None
    facts = {"basis": coal_basis, "columns": ", ".join(sorted(measured & _FROM_COAL))}
    if coal_basis == "ad" or "ncv" in measured:
        raise BasisError("proof.basis", **facts)
    if "moisture" not in written:
        raise BasisError("proof.moisture", **facts)
    text = written["moisture"].strip().replace("％", "%")
    if text in RATIO_UNITS:
        return RATIO_UNITS[text]
    return units.multiplier(text, "1")
