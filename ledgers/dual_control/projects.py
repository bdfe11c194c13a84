"""Two-high projects (两高项目): register, class, who reviews, how it stands, and overruns (D13).

What belongs here: what a registered project is and what follows from its amounts and dates by rule
sets. What does not: replacement (`replacement`) and importing the register (`imports`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from ledgers.dual_control.checks import PROJECT_AMOUNTS
from ledgers.dual_control.imports import standing
from ledgers.dual_control.indicators import Absent, Indicator, Input
from ledgers.dual_control.lines import GRAMS, Line, carbon_of, line_of, read_lines
from ledgers.dual_control.rules import Rules
from ledgers.dual_control.vocabulary import canonical
from ledgers.emissions.spans import read_span
from ledgers.reference import AsOf
from ledgers.reference.rows import as_of_commit
from warehouse.connect import Connection

REVIEW_SET = "dual_control.review"
CLASS_SET = "dual_control.two_high"


class NoProject(UsageFault, LookupError):
    """No project of that code; facts: seen, allowed."""


@dataclass(frozen=True, slots=True)
class Project:
    """One project as registered; amounts in tce, t of coal, tCO2 and units of output a year, None
    where nothing was approved."""

    project_code: str
    name: str
    enterprise_id: str
    facility: str
    district: str
    zone: str
    industry: str
    product: str
    process: str
    energy: Fraction | None
    coal: Fraction | None
    carbon: Fraction | None
    output: Fraction | None
    output_unit: str
    reviewed_by: str
    approved_on: date | None
    started_on: date | None
    commissioned_on: date | None
    stopped_on: date | None
    document: str

    def needed(self, measure: str) -> Fraction | None:
        """Tonnes a year that must be replaced: of carbon or of energy."""
        return self.carbon if measure == "carbon" else self.energy


@dataclass(frozen=True, slots=True)
class Review:
    """Who reviews a project (节能审查权限): national, province, local, city (a two-high project is
    never reviewed at county level) or none; `reasons` are codes of messages."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overrun:
    """D13 of one quantity in one year: actual over approved, less one; over when that is above
    the limit. `kind` energy, carbon, unit_energy or unit_carbon."""

    kind: str
    indicator: Indicator
    limit: Fraction
    over: bool


def projects(con: Connection, as_of: AsOf = None) -> tuple[Project, ...]:
    """Every project as the book stood at `as_of`, by code."""
    return tuple(project_of(row) for row in standing(con, "two_high_project", as_of))


def project(con: Connection, code: str, as_of: AsOf = None) -> Project:
    """The project of that code. Raises NoProject."""
    held = {item.project_code: item for item in projects(con, as_of)}
    if code not in held:
        raise NoProject("dual.no_project", seen=code, allowed="、".join(held) or "—")
    return held[code]


def project_of(row: Mapping[str, Any]) -> Project:
    """A project from its row."""
    amounts = {
        name.removeprefix("approved_"): (
            canonical(Fraction(row[name]), row[f"{name}_unit"], family) if row[name] else None
        )
        for name, family in PROJECT_AMOUNTS.items()
    }
    names = {field.name for field in fields(Project)}
    kept: dict[str, Any] = {name: value for name, value in row.items() if name in names}
    kept |= amounts | {"output_unit": row["approved_output_unit"]}
    return Project(**kept)


def two_high_class(item: Project, rules: Mapping[str, str]) -> str:
    """The class that claims a project: by its industry code *and* its product or process; ''
    where none does. A rule reads `industry=30;product=水泥|熟料`."""
    figures = item.industry.lstrip("ABCDEFGHIJKLMNOPQRST")
    made = f"{item.product} {item.process} {item.name}"
    for name, text in rules.items():
        parts = dict(part.partition("=")[::2] for part in text.split(";"))
        industries = parts.get("industry", "").split("|")
        products = [word for word in parts.get("product", "").split("|") if word]
        fits = any(code and figures.startswith(code) for code in industries)
        if fits and any(word in made for word in products):
            return name
    return ""


def review(
    energy: Fraction,
    coal: Fraction,
    rules: Mapping[str, str],
    *,
    two_high: bool,
    industry: str = "",
) -> Review:
    """Who reviews a project of so many tce and tonnes of coal a year. At 1,000,000 tce as at
    10,000 the threshold itself belongs to the higher level."""

    def reaches(level: str) -> bool:
        return energy >= Fraction(rules[f"{level}_energy"]) or coal >= Fraction(
            rules[f"{level}_coal"]
        )

    named = [code for code in rules["national_industries"].split("|") if code != "none"]
    figures = industry.lstrip("ABCDEFGHIJKLMNOPQRST")
    if reaches("national") and any(figures.startswith(code) for code in named):
        return Review("national", ("dual.review.national",))
    if reaches("province"):
        return Review("province", ("dual.review.province",))
    if not reaches("exempt"):
        return Review("none", ("dual.review.none",))
    if two_high:
        return Review("city", ("dual.review.never_county",))
    return Review("local", ("dual.review.local",))


def lapses_on(item: Project, rules: Mapping[str, str]) -> date | None:
    """The first day on which an approval without a start no longer holds; None where it was
    started or never approved."""
    if item.approved_on is None or item.started_on is not None:
        return None
    day, years = item.approved_on, int(rules["lapse_years"])
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def status(item: Project, on: date, rules: Mapping[str, str]) -> str:
    """How a project stands on a day: proposed, approved, lapsed, started, commissioned, stopped."""
    if item.stopped_on and item.stopped_on <= on:
        return "stopped"
    if item.commissioned_on and item.commissioned_on <= on:
        return "commissioned"
    if item.started_on and item.started_on <= on:
        return "started"
    if item.approved_on is None or item.approved_on > on:
        return "proposed"
    end = lapses_on(item, rules)
    return "lapsed" if end is not None and on >= end else "approved"


def overrun(kind: str, actual: Input, approved: Input, limit: Fraction) -> Overrun:
    """D13: actual/approved − 1 against the limit; above it is over, equal is not."""
    formula = f"{actual.symbol}/{approved.symbol} − 1"
    inputs = (actual, approved)
    if approved.value <= 0:
        absent = Absent("dual.na.not_positive", {"symbol": approved.symbol})
        return Overrun(kind, Indicator("D13", formula, inputs, "1", None, absent), limit, False)
    value = actual.value / approved.value - 1
    return Overrun(kind, Indicator("D13", formula, inputs, "1", value), limit, value > limit)


def plant_line(con: Connection, item: Project, year: int, as_of: AsOf = None) -> Line | None:
    """What the ledger holds of the plant that a project became, in a year; None where nothing."""
    if not item.enterprise_id:
        return None
    span = read_span(str(year))
    number = as_of_commit(con, as_of)
    lines = read_lines(con, span, number, item.enterprise_id, item.facility)
    if not lines.enterprises:
        return None
    return line_of(lines, [0], ("enterprise", item.enterprise_id), span.first, span.last)


def overruns(
    con: Connection, item: Project, year: int, rules: Rules, as_of: AsOf = None
) -> tuple[Overrun, ...]:
    """D13 of a running plant from the ledger: totals of energy and carbon, and per unit of output
    where its output was sent. Empty where the ledger holds nothing of it."""
    line = plant_line(con, item, year, as_of)
    if line is None:
        return ()
    limit = Fraction(rules.texts(REVIEW_SET, date(year, 12, 31))["overrun"])
    source = f"ledger {line.first}..{line.last} ({line.months})"
    made = _output(con, item, year, as_of)
    found: list[Overrun] = []
    for kind, grams, approved, unit in (
        ("energy", line.values["energy"], item.energy, "tce"),
        ("carbon", carbon_of(line.values, "whole"), item.carbon, "tCO2"),
    ):
        if approved is None:
            continue
        actual = Input("A", Fraction(grams, GRAMS), unit, source)
        allowed = Input("P", approved, unit, item.document)
        found.append(overrun(kind, actual, allowed, limit))
        if made is not None and made.value > 0 and item.output:
            unit_name = f"{unit}/{made.unit}"
            each = Input("A/Q", actual.value / made.value, unit_name, f"{source}; {made.source}")
            planned = Input("P/Q₀", approved / item.output, unit_name, item.document)
            found.append(overrun(f"unit_{kind}", each, planned, limit))
    return tuple(found)


def _output(con: Connection, item: Project, year: int, as_of: AsOf) -> Input | None:
    from ledgers.dual_control.figures import Figures

    held = Figures(standing(con, "dual_control_figure", as_of))
    place = ("enterprise", item.enterprise_id)
    found = held.to_month(place, "product_output", year, 12, item.product)
    if found is None:
        return None
    return Input("Q", found.value, item.output_unit, found.document, found.release)
