"""Values that are computed before a method is calculated (中间值), exactly.

What belongs here: how large one unit as written is in the unit of a parameter; products that a
method names by themselves, with the rounding that it prescribes for them (规定舍入), which feeds
on; the enthalpy that a case needs. What does not: how steam is computed (`steam.py`), which factors
a product is made of (`resolution.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import version
from types import MappingProxyType

from factors import units
from factors.case import Case, Note, ResolvedParameter
from factors.catalogue import Catalogue
from factors.methods import Method, MethodEdition, Parameter, unit_of
from factors.quantities import decimal_of, half_even, half_up
from factors.steam import STEAM_CARRIERS, Enthalpy, SteamRule, enthalpy

RATIO_UNITS: Mapping[str, Fraction] = MappingProxyType(
    {"": Fraction(1), "1": Fraction(1), "-": Fraction(1), "%": Fraction(1, 100)}
)
"""What a plain number may be written with; '' is a ratio, which the reader has made sure of."""

_FRACTIONS = frozenset({"1", "[mass_C]/[mass_material]"})


def size_of(text: str, parameter: Parameter, basis: str, condition: str = "") -> Fraction:
    """How many canonical units of `parameter` one unit as written is.

    `condition` is what a bare cubic metre in it means. Raises `UnitError`.
    """
    target = unit_of(parameter, basis)
    ratio = _ratio(text, parameter, target)
    if ratio is not None:
        return ratio
    source = units.parse_unit(text, substance=parameter.substance, condition=condition)
    return units.multiplier(source, target)


def _ratio(text: str, parameter: Parameter, target: units.Unit) -> Fraction | None:
    """The size of a plain number or per cent where it is understood as the unit: an oxidation
    rate always, a carbon content only per tonne and only when the sign says so."""
    size = RATIO_UNITS.get(text.strip().replace("％", "%"))
    if not parameter.ratio or size is None or target.dimension not in _FRACTIONS:
        return None
    return size if text.strip() or target.dimension == "1" else None


def product(
    parameter: Parameter, method: Method, basis: str, values: Iterable[Fraction]
) -> Fraction:
    """The product that `parameter` names, in its own unit, rounded where it says so.

    `values` are those of `parameter.of`, each in its canonical unit.
    """
    parts = [unit_of(method.parameter(name), basis) for name in parameter.of]
    result = units.prove(parts, unit_of(parameter, basis))
    for value in values:
        result *= value
    if parameter.digits is None:
        return result
    rule = half_even if method.rounding.rule == "half_even" else half_up
    return Fraction(rule(result, parameter.digits))


def enthalpy_of(
    case: Case, edition: MethodEdition, catalogue: Catalogue
) -> ResolvedParameter | None:
    """The enthalpy of steam by mass whose pressure was measured and whose enthalpy was not, as the
    edition prescribes; None where nothing is to be computed. Raises `SteamError`."""
    by_mass = case.carrier in STEAM_CARRIERS and case.basis in ("", "mass")
    wanted = by_mass and "pressure" in case.measured and "enthalpy" not in case.measured
    if not wanted or edition.steam is None:
        return None
    seen = case.value_of("pressure")
    if seen is None:
        return ResolvedParameter("enthalpy", "computed", "kJ/kg", note=Note("note.enthalpy_later"))
    pressure = seen[0] * units.multiplier(seen[1], "MPa")
    warm = case.value_of("temperature")
    temperature = None if warm is None else warm[0] * units.multiplier(warm[1] or "degC", "degC")
    found = enthalpy(edition.steam, pressure, temperature, catalogue)
    note = _enthalpy_note(found, edition.steam, seen, warm)
    return ResolvedParameter("enthalpy", "computed", "kJ/kg", found.value, note=note)


def _enthalpy_note(
    found: Enthalpy,
    rule: SteamRule,
    pressure: tuple[Fraction, str],
    temperature: tuple[Fraction, str] | None,
) -> Note:
    warm = f"{_shown(temperature[0])} {temperature[1] or '℃'}" if temperature else "-"
    facts = (
        ("value", f"{found.value:f}"),
        ("pressure", f"{_shown(pressure[0])} {pressure[1]}"),
        ("temperature", warm),
    )
    if rule.by == "table":
        rows = "; ".join(f"{row.key} {row.series} = {row.value}" for row in found.rows)
        return Note("note.enthalpy_table", (*facts, ("rows", rows)))
    known = (("version", version("iapws")), ("digits", str(rule.digits)))
    return Note("note.enthalpy_if97", (*facts, *known))


def product_of(
    parameter: Parameter, method: Method, case: Case, held: Mapping[str, ResolvedParameter]
) -> ResolvedParameter:
    """The product of other parameters, rounded as prescribed. Where a row gives one of them and
    its number is not known yet, the value stays open."""
    basis = case.basis if case.basis in method.bases else method.bases[0]
    unit = parameter.unit_for(basis)
    values: list[Fraction] = []
    for name in parameter.of:
        value = _canonical(method.parameter(name), held[name], basis, case)
        if value is None:
            return ResolvedParameter(parameter.name, "product", unit)
        values.append(value)
    exact = product(parameter, method, basis, values)
    plain = replace(parameter, digits=None)
    facts = (
        ("name", parameter.name),
        ("parts", " × ".join(map(_shown, values))),
        ("exact", _shown(product(plain, method, basis, values))),
        ("unit", unit),
        ("value", _shown(exact)),
        ("rule", "half up" if method.rounding.rule == "half_up" else "half to even"),
        ("rule_zh", "四舍五入" if method.rounding.rule == "half_up" else "四舍六入五成双"),
        ("digits", str(parameter.digits)),
    )
    note = None if parameter.digits is None else Note("note.product", facts)
    decimal = decimal_of(exact)
    kept = exact if decimal is None else None
    return ResolvedParameter(parameter.name, "product", unit, decimal, kept, note=note)


def _canonical(
    parameter: Parameter, item: ResolvedParameter, basis: str, case: Case
) -> Fraction | None:
    """The value of a resolved parameter in its canonical unit; None where only a row has it."""
    if item.exact is not None:
        return item.exact
    if item.value is not None:
        size = size_of(item.unit, parameter, basis, parameter.bare_volume)
        return Fraction(item.value) * size
    seen = case.value_of(parameter.measured)
    if seen is None:
        return None
    return seen[0] * size_of(seen[1], parameter, basis, case.gas_condition)


def _shown(value: Fraction) -> str:
    exact = decimal_of(value)
    return str(value) if exact is None else f"{exact:f}"
