"""Environmental benefits of projects (环境效益测算): scenes, their formulas and their proof.

What belongs here: the scenes of the 2020 guide with their elements, formulas over them whose units
are proved by `factors.units`, and their exact evaluation. What does not: whose benefit it is; that
is the project's, and claims of instruments are the ledger's.

A scene whose formula nobody has read is a draft and computes nothing.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from factors.catalogue import Catalogue, Factor, NoFactor, Query
from factors.errors import DataFault, OurFault
from factors.quantities import NumberError, exact, half_up
from factors.taxonomies import rows_of
from factors.units import prove

OLDEST = 5
"""Years that a factor may lie before the year that it serves; an older one is none."""

DIGITS = 12


class BenefitFault(DataFault, ValueError):
    """A benefit that cannot be computed; facts: scene and what is missing or not allowed."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a scene; `options` code → name where it is a choice and no number."""

    code: str
    name: str
    unit: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Scene:
    """One scene. `formulas`: indicator → formula, empty for a draft. `ratio` says how CO2/tce is
    checked."""

    code: str
    name: str
    elements: Mapping[str, Element]
    formulas: Mapping[str, str]
    ratio: str = ""
    full_load_hours: int = 0
    why_draft: str = ""

    @property
    def draft(self) -> bool:
        """Whether it computes nothing."""
        return not self.formulas


@dataclass(frozen=True, slots=True)
class Slot:
    """What a formula takes from the factor library."""

    name: str
    carrier: str
    parameter: str
    series: str
    tables: tuple[str, ...]
    unit: str
    by: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Used:
    """A factor as a formula used it."""

    slot: str
    factor: Factor

    @property
    def year(self) -> int | None:
        """The last year of its validity, else the first."""
        day = self.factor.valid_to or self.factor.valid_from
        return day.year if day else None


@dataclass(frozen=True, slots=True)
class Result:
    """One indicator: the exact value, the value that feeds on (12 decimals, half away from zero),
    its unit, the formula and the factors used."""

    indicator: str
    exact: Fraction
    unit: str
    formula: str
    used: tuple[Used, ...]

    @property
    def value(self) -> Decimal:
        """As the ledger keeps it."""
        return half_up(self.exact, DIGITS)


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a scene gave: results, and why an indicator has none."""

    scene: str
    results: tuple[Result, ...]
    missing: Mapping[str, BenefitFault | NoFactor]

    def of(self, indicator: str) -> Result | None:
        """The result of one indicator."""
        return next((each for each in self.results if each.indicator == indicator), None)


_Term = tuple[int, tuple[str, ...]]


@cache
def scenes() -> Mapping[str, Scene]:
    """Code → scene, of all 52; loading proves every formula."""
    declared = _declared()
    elements: dict[str, dict[str, Element]] = {}
    names: dict[str, str] = {}
    for row in rows_of("cbirc_benefit_scenes_2020.csv"):
        names[row["scene_code"]] = row["scene_name_zh"]
        made = Element(
            row["element_code"], row["element_name_zh"], row["unit"], _options(row["enum_values"])
        )
        elements.setdefault(row["scene_code"], {})[made.code] = made
    found = {code: _scene(code, name, elements[code], declared) for code, name in names.items()}
    for scene in found.values():
        _prove_scene(scene)
    return MappingProxyType(found)


def indicator_units() -> Mapping[str, str]:
    """Indicator → unit."""
    units: Mapping[str, str] = _declared()["indicators"]
    return units


def compute(
    scene_code: str,
    values: Mapping[str, str],
    catalogue: Catalogue,
    year: int,
    *,
    region: str = "东北",
    known_by: date | None = None,
) -> Benefit:
    """The benefits of one scene from its elements (code → text) for a year.

    `region` is the grid region where the scene does not name one. Raises BenefitFault for a scene
    that is unknown or a draft, an element that is none of it or no number. An indicator whose
    elements or factors are missing is listed, and is never a zero.
    """
    scene = scenes().get(scene_code)
    if scene is None:
        raise BenefitFault("finance.scene_unknown", seen=scene_code)
    if scene.draft:
        raise BenefitFault("finance.scene_draft", scene=scene_code, why=scene.why_draft)
    for code in values:
        if code not in scene.elements:
            known = "、".join(scene.elements)
            raise BenefitFault(
                "finance.element_unknown", seen=code, scene=scene_code, allowed=known
            )
    place = _Place(scene, values, catalogue, year, region, known_by)
    results, missing = [], {}
    for indicator, formula in scene.formulas.items():
        try:
            results.append(place.result(indicator, formula))
        except (BenefitFault, NoFactor) as refusal:
            missing[indicator] = refusal
    return Benefit(scene_code, tuple(results), missing)


@dataclass(frozen=True)
class _Place:
    scene: Scene
    values: Mapping[str, str]
    catalogue: Catalogue
    year: int
    region: str
    known_by: date | None

    def result(self, indicator: str, formula: str) -> Result:
        unit = indicator_units()[indicator]
        used: dict[str, Used] = {}
        total = Fraction(0)
        for sign, names in terms(formula):
            units, product = [], Fraction(sign)
            for name in names:
                value, own_unit, factor = self._operand(name)
                product *= value
                units.append(own_unit)
                if factor is not None:
                    used[name] = Used(name, factor)
            total += product * prove(units, unit)
        return Result(indicator, total, unit, formula, tuple(used.values()))

    def _operand(self, name: str) -> tuple[Fraction, str, Factor | None]:
        declared = _declared()
        if name in declared["constant"]:
            held = declared["constant"][name]
            return exact(held["value"]), held["unit"], None
        if name in declared["slot"]:
            factor = self._factor(_slot(name))
            return exact(factor.value), factor.unit, factor
        text = self.values.get(name, "").strip()
        element = self.scene.elements[name]
        if not text:
            facts = {"element": name, "name": element.name, "scene": self.scene.code}
            raise BenefitFault("finance.element_missing", **facts)
        try:
            return exact(text), _unit(element.unit), None
        except NumberError as fault:
            facts = {"element": name, "seen": text, "scene": self.scene.code}
            raise BenefitFault("finance.element_number", **facts) from fault

    def _factor(self, slot: Slot) -> Factor:
        last = date(self.year, 12, 31)
        query = Query(
            slot.parameter,
            self._carrier(slot),
            date(self.year, 1, 1),
            last,
            slot.tables,
            series=slot.series,
            region=self._region() if slot.name == "grid" else "CN",
            known_by=self.known_by,
            statistical=True,
        )
        found = self.catalogue.resolve(query)
        ended = found.valid_to
        if ended is not None and ended.year < self.year - OLDEST:
            facts = {"slot": slot.name, "nearest": found.label(), "year": self.year}
            raise BenefitFault("finance.factor_old", **facts)
        return found

    def _carrier(self, slot: Slot) -> str:
        for element in slot.by.get("element", ()):
            if self.values.get(element):
                return str(slot.by[self.values[element]])
        return slot.carrier

    def _region(self) -> str:
        given = self.values.get("E2001001", "")
        regions: Mapping[str, str] = _declared()["grid_regions"]
        return regions.get(given, self.region)


def terms(formula: str) -> tuple[_Term, ...]:
    """A formula of names, + - * and brackets as a sum of signed products."""
    return tuple(_expanded(ast.parse(formula, mode="eval").body))


def _expanded(node: ast.expr) -> Iterator[_Term]:
    if isinstance(node, ast.Name):
        yield 1, (node.id,)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _expanded(node.left)
        turn = -1 if isinstance(node.op, ast.Sub) else 1
        yield from ((turn * sign, names) for sign, names in _expanded(node.right))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for sign, names in _expanded(node.left):
            for other, more in _expanded(node.right):
                yield sign * other, (*names, *more)
    else:
        raise OurFault("finance.formula", formula=ast.unparse(node))


def _prove_scene(scene: Scene) -> None:
    """Every product of every formula has the unit of its indicator; a wrong one cannot load."""
    for indicator, formula in scene.formulas.items():
        for _, names in terms(formula):
            prove([_declared_unit(scene, name) for name in names], indicator_units()[indicator])


def _declared_unit(scene: Scene, name: str) -> str:
    declared = _declared()
    for group in ("constant", "slot"):
        if name in declared[group]:
            return str(declared[group][name]["unit"])
    return _unit(scene.elements[name].unit)


def _unit(printed: str) -> str:
    return str(_declared()["units"][printed])


@cache
def _slot(name: str) -> Slot:
    facts = dict(_declared()["slot"][name])
    return Slot(name, **{**facts, "tables": tuple(facts["tables"])})


def _scene(
    code: str, name: str, elements: Mapping[str, Element], declared: Mapping[str, Any]
) -> Scene:
    facts = declared["scene"].get(code, {})
    formulas = {key: facts[key] for key in declared["indicators"] if key in facts}
    return Scene(
        code,
        name,
        elements,
        formulas,
        facts.get("ratio", ""),
        facts.get("full_load_hours", 0),
        "" if formulas else declared["draft"].get(code, "formula not read"),
    )


def _options(text: str) -> Mapping[str, str]:
    pairs = (part.split("：", 1) for part in text.split(";") if "：" in part)
    return {code.strip(): name.strip() for code, name in pairs}


@cache
def _declared() -> Mapping[str, Any]:
    path = files("factors").joinpath("data", "catalogues", "scenes.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
