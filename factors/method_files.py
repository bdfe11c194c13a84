"""Reading declarations of methods, and the proof without which none is loaded.

What belongs here: from the TOML of `data/methods/` (or an operator's own) to `MethodEdition`, with
every fault found together. What does not: what methods do (`methods.py`).

The proof: for every basis of a method, the units of its parameters multiply to the dimension of
its output; an offset has the dimension of what it is added to; the output is a quantity of its
measure.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from factors import units
from factors.carriers import CARRIERS, KINDS
from factors.formulas import Formula, FormulaError, Term, parse_formula
from factors.gases import QUANTUM, GwpEdition
from factors.methods import (
    BASES,
    Fault,
    Method,
    MethodEdition,
    MethodError,
    Output,
    Parameter,
    Rounding,
    unit_of,
)
from factors.steam import SteamRule

SHARED = (
    *("edition", "family", "title_zh", "title_en", "document", "state", "boundary"),
    *("gwp_edition", "grid_series", "publisher", "clause", "standing"),
    *("missing_zh", "missing_en", "note_zh", "note_en"),
)
_EDITION_KEYS = frozenset(
    {*SHARED, "applies_from", "applies_to", "statistical_year", "sectors", "deadline"}
    | {"rounding", "parameters", "method", "steam"}
)
_SETS = (
    *("flows", "deducted_flows", "burned_flows", "kinds", "carriers"),
    *("needs", "yields_to", "only_with"),
)
_TEXTS = (
    *("group", "title_zh", "title_en", "state", "clause", "standing"),
    *("note_zh", "note_en", "missing_zh", "missing_en"),
)
_OUTPUT = ("measure", "unit", "scope", "category", "counted")
_METHOD_KEYS = frozenset(
    {"id", "formula", "bases", "optional", "parameters", "prescribed", *_SETS, *_TEXTS, *_OUTPUT}
)
_SOURCES = ("activity", "factor", "constant", "product")
_PARAMETER_KEYS = frozenset(Parameter.__dataclass_fields__) - {"name", "units", "value_text"}
_RATIONAL = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?", re.ASCII)


@cache
def shipped_texts() -> Mapping[str, str]:
    """File name → TOML of the method editions that come with the software."""
    folder = files("factors") / "data" / "methods"
    found = {
        item.name: item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    }
    return MappingProxyType(dict(sorted(found.items())))


def read_edition(text: str) -> MethodEdition:
    """The edition that a TOML text declares; raises `MethodError` with all its faults."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused("?", [Fault("method.toml", {"reason": str(error)})]) from error
    reader = _Reader(held)
    edition = reader.edition(hashlib.sha256(text.encode()).hexdigest())
    if reader.faults:
        raise _refused(str(held.get("edition", "?")), reader.faults)
    return edition


def missing_of(text: str) -> tuple[str, str]:
    """What nobody has read of an edition of which a part or the whole is a draft, in Chinese and
    in English; ('', '') where nothing is a draft. Reads the text without proving it."""
    if 'state = "draft"' not in text:
        return "", ""
    held = tomllib.loads(text)
    found = [held, *held.get("method", ())]
    zh, en = (
        "；".join(dict.fromkeys(str(each[key]) for each in found if each.get(key)))
        for key in ("missing_zh", "missing_en")
    )
    return zh, en


def _refused(edition: str, faults: list[Fault]) -> MethodError:
    error = MethodError("method.faults", edition=edition, count=len(faults))
    error.faults = tuple(faults)
    return error


class _Reader:
    """One reading of one edition; what is wrong is collected in `faults`."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self.held = held
        self.name = str(held.get("edition", ""))
        self.series = str(held.get("grid_series", ""))
        self.faults: list[Fault] = []

    def fault(self, code: str, **facts: object) -> None:
        self.faults.append(Fault(code, {name: str(value) for name, value in facts.items()}))

    def edition(self, sha256: str) -> MethodEdition:
        held = self.held
        self._known(held, _EDITION_KEYS, self.name)
        shared = {key: str(held[key]) for key in SHARED if key in held}
        for key in ("edition", "family", "title_zh", "title_en", "document", "state"):
            if not shared.setdefault(key, ""):
                self.fault("method.required", where=self.name or "?", key=key)
        self._state(shared["state"], shared.get("missing_zh", ""), self.name)
        if (gwp := shared.get("gwp_edition", "")) and gwp not in list(GwpEdition):
            self._not_allowed(self.name, "gwp_edition", gwp, list(GwpEdition))
        methods = tuple(self._methods(shared["state"]))
        ids = [method.method_id for method in methods]
        for repeated in sorted({name for name in ids if ids.count(name) > 1}):
            self.fault("method.repeated", method=repeated)
        return MethodEdition(
            **shared,  # type: ignore[arg-type]
            methods=methods,
            applies_from=self._day("applies_from"),
            applies_to=self._day("applies_to"),
            statistical_years=tuple(
                (str(row["parameter"]), int(row["reporting"]), int(row["statistical"]))
                for row in held.get("statistical_year", ())
            ),
            sectors=tuple((key, tuple(each)) for key, each in held.get("sectors", {}).items()),
            deadline=self._deadline(),
            rounding=self._rounding({}),
            steam=self._steam(),
            sha256=sha256,
        )

    def _day(self, key: str) -> date | None:
        value = self.held.get(key)
        if value is not None and type(value) is not date:
            self._not_allowed(self.name, key, value, ["2026-07-01"])
            return None
        return value

    def _deadline(self) -> tuple[int, int]:
        month, _, day = str(self.held.get("deadline", "04-30")).partition("-")
        return int(month), int(day)

    def _steam(self) -> SteamRule | None:
        held = self.held.get("steam")
        if held is None:
            return None
        self._known(held, frozenset(SteamRule.__dataclass_fields__), f"{self.name}.steam")
        by, digits = held.get("by"), held.get("digits")
        if by not in ("IF97", "table"):
            self._not_allowed(self.name, "steam.by", by, ["IF97", "table"])
            return None
        if by == "table" and not (held.get("saturated") and held.get("superheated")):
            self.fault("method.required", where=self.name, key="steam.saturated, superheated")
            return None
        if by == "IF97" and type(digits) is not int:
            self.fault("method.required", where=self.name, key="steam.digits")
            return None
        rule = self._rounding({}).rule
        known = {name: held[name] for name in SteamRule.__dataclass_fields__ if name in held}
        return SteamRule(**(known | {"rule": rule}))

    def _rounding(self, prescribed: Mapping[str, int]) -> Rounding:
        held = self.held.get("rounding", {})
        rule = held.get("rule", "half_up")
        if rule not in ("half_up", "half_even"):
            self._not_allowed(self.name, "rounding.rule", rule, ["half_up", "half_even"])
        return Rounding(rule, tuple(prescribed.items()), tuple(held.get("display", {}).items()))

    def _methods(self, state: str) -> Iterator[Method]:
        for row in self.held.get("method", ()):
            where = str(row.get("id", "?"))
            self._known(row, _METHOD_KEYS, where)
            needed = ("id", "group", "title_zh", "title_en", "formula", *_OUTPUT[:4])
            absent = [key for key in needed if not row.get(key)]
            for key in absent:
                self.fault("method.required", where=where, key=key)
            if absent:
                continue
            try:
                formula = parse_formula(row["formula"])
            except FormulaError as error:
                self.fault(error.code, **error.facts)
                continue
            if (method := self._method(row, where, formula, state)) is not None:
                yield method

    def _method(
        self, row: Mapping[str, Any], where: str, formula: Formula, state: str
    ) -> Method | None:
        before = len(self.faults)
        texts = {key: str(row[key]) for key in _TEXTS if key in row}
        if "state" in texts:
            missing = texts.get("missing_zh") or str(self.held.get("missing_zh", ""))
            self._state(texts["state"], missing, where)
        texts.setdefault("state", state)
        if texts["state"] == "active":
            # What is declared as read has been read as its edition was, unless it says otherwise.
            texts.setdefault("standing", str(self.held.get("standing", "memory")))
        parameters = tuple(self._parameters(row, where, formula))
        sets = {key: frozenset(row.get(key, ())) for key in _SETS}
        self._words(where, sets)
        method = Method(
            method_id=where,
            edition=self.name,
            formula=formula,
            parameters=parameters,
            output=Output(**{key: row[key] for key in _OUTPUT if key in row}),
            bases=tuple(row.get("bases", ("mass",))),
            optional=bool(row.get("optional", False)),
            rounding=self._rounding(row.get("prescribed", {})),
            **texts,  # type: ignore[arg-type]
            **sets,  # type: ignore[arg-type]
        )
        if len(self.faults) == before:
            self._prove(method)
        return method if len(self.faults) == before else None

    def _parameters(
        self, row: Mapping[str, Any], where: str, formula: Formula
    ) -> Iterator[Parameter]:
        shared, own = self.held.get("parameters", {}), row.get("parameters", {})
        names = list(formula.names)
        for name in names:
            held = {**shared.get(name, {}), **own.get(name, {})}
            if not held:
                self.fault("method.parameter", method=where, name=name)
                continue
            self._known(held, _PARAMETER_KEYS | {"unit"}, f"{where}.{name}")
            if (parameter := self._parameter(f"{where}.{name}", name, held)) is not None:
                # What a product is made of is a parameter too, after those of the formula.
                names += [part for part in parameter.of if part not in names]
                yield parameter
        for name in sorted(own.keys() - set(names)):
            self.fault("method.unused", method=where, name=name)

    def _parameter(self, where: str, name: str, held: Mapping[str, Any]) -> Parameter | None:
        unit, source = held.get("unit", ""), held.get("source", "")
        pairs = unit.items() if isinstance(unit, dict) else [("", str(unit))]
        if source not in _SOURCES:
            self._not_allowed(where, "source", source, list(_SOURCES))
            return None
        if source == "factor" and not (held.get("factor") and held.get("tables")):
            self.fault("method.required", where=where, key="factor, tables")
        if (source == "product") != (len(held.get("of", ())) > 1):
            self.fault("method.product", where=where, seen=", ".join(held.get("of", ())) or "-")
            return None
        value = str(held.get("value", ""))
        if (source == "constant") != bool(_RATIONAL.fullmatch(value)):
            self.fault("method.constant", where=where, seen=value or "-")
            return None
        plain = ("unit", "source", "value", "tables", "of")
        rest = {k: v for k, v in held.items() if k not in plain}
        if rest.get("series") == "grid":
            rest["series"] = self.series
        return Parameter(
            name=name,
            units=tuple(pairs),
            source=source,
            tables=tuple(held.get("tables", ())),
            of=tuple(held.get("of", ())),
            value=_rational(value) if value else None,
            value_text=value,
            **rest,
        )

    def _prove(self, method: Method) -> None:
        """The dimension of the formula on every basis, and what posting needs of its form."""
        for basis in method.bases:
            if basis not in BASES:
                self._not_allowed(method.method_id, "bases", basis, list(BASES))
                continue
            try:
                _prove_basis(method, basis)
            except units.UnitError as error:
                facts = {"method": method.method_id, "basis": basis, "reason": error.text("en")}
                self.fault("method.dimension", **facts, reason_zh=error.text("zh"))
        for name, _ in method.rounding.prescribed:
            parameter = next((item for item in method.parameters if item.name == name), None)
            if parameter is None or parameter.source != "factor" or parameter.measured:
                self.fault("method.prescribed", method=method.method_id, name=name)
        for term in method.formula.terms:
            self._check_term(method, term)
        self._check_products(method)

    def _check_term(self, method: Method, term: Term) -> None:
        if term.offset and any(unit not in ("1", "%") for _, unit in _units(method, term.name)):
            self.fault("method.offset", method=method.method_id, name=term.name)
        if term.constant and method.parameter(term.constant).source != "constant":
            self.fault("method.offset", method=method.method_id, name=term.constant)
        for name, _ in term.others:
            other = method.parameter(name)
            given_by_a_row = other.source == "activity" or other.measured
            if given_by_a_row or other.units != method.parameter(term.name).units:
                self.fault("method.offset", method=method.method_id, name=name)

    def _check_products(self, method: Method) -> None:
        """A product is of plain parameters, and rounded to a sensible number of decimals."""
        for item in method.parameters:
            nested = [name for name in item.of if method.parameter(name).of]
            if nested or (item.digits is not None and item.digits not in range(13)):
                facts = {"where": f"{method.method_id}.{item.name}", "seen": ", ".join(item.of)}
                self.fault("method.product", **facts)

    def _words(self, where: str, sets: Mapping[str, frozenset[str]]) -> None:
        for key, allowed in (("kinds", KINDS), ("carriers", tuple(CARRIERS))):
            for word in sorted(sets[key] - set(allowed)):
                self._not_allowed(where, key, word, list(allowed))
        flows = sets["flows"] | sets["deducted_flows"] | sets["burned_flows"]
        if not flows or not (sets["kinds"] or sets["carriers"]):
            self.fault("method.required", where=where, key="flows, kinds | carriers")

    def _state(self, state: str, missing: str, where: str) -> None:
        if state not in _STATES:
            self._not_allowed(where, "state", state, list(_STATES))
        if state == "draft" and not missing:
            self.fault("method.required", where=where, key="missing_zh, missing_en")

    def _known(self, held: Mapping[str, Any], allowed: frozenset[str], where: str) -> None:
        for key in sorted(held.keys() - allowed):
            self._not_allowed(where, "key", key, sorted(allowed))

    def _not_allowed(self, where: str, key: str, seen: object, allowed: list[str]) -> None:
        self.fault("method.value", where=where, key=key, seen=seen, allowed=", ".join(allowed))


_STATES = ("active", "draft")


def _prove_basis(method: Method, basis: str) -> None:
    terms = [unit_of(method.parameter(term.name), basis) for term in method.formula.terms]
    output = units.parse_unit(method.output.unit)
    units.prove(terms, output)
    units.multiplier(output, QUANTUM[method.output.measure].unit)
    quantity = method.parameter("quantity").unit_for(basis)
    units.multiplier(quantity, BASES[basis])
    for term in method.formula.terms:
        if term.constant:
            constant = method.parameter(term.constant)
            units.multiplier(unit_of(constant, basis), unit_of(method.parameter(term.name), basis))
    for item in method.parameters:
        if item.of:
            parts = [unit_of(method.parameter(name), basis) for name in item.of]
            units.prove(parts, unit_of(item, basis))


def _units(method: Method, name: str) -> tuple[tuple[str, str], ...]:
    return method.parameter(name).units


def _rational(text: str) -> Fraction:
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or "1")
