"""Grades: the yearly 5+9 assessment (D15) and the carbon efficiency of enterprises (碳效码, D17).

What belongs here: from results or ratios to a grade, by rule sets. What does not: the results
themselves (`assessment`), and sector means (`efficiency`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledgers.dual_control.indicators import Indicator, Input, ratio

EFFICIENCY_SET = "dual_control.efficiency"
ASSESSMENT_SET = "dual_control.assessment"


@dataclass(frozen=True, slots=True)
class Grade:
    """excellent, pass, fail or undetermined, with what was missed and what is not known yet."""

    grade: str
    missed_control: tuple[str, ...] = ()
    missed_supporting: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The indicators of a yearly assessment and how many misses fail it."""

    control: tuple[str, ...]
    supporting: tuple[str, ...]
    fail_control: int
    fail_supporting: int


def assessment_of(values: Mapping[str, str]) -> Assessment:
    """The assessment from the values of its rule set."""
    return Assessment(
        tuple(values["control"].split(";")),
        tuple(values["supporting"].split(";")),
        int(values["fail_control"]),
        int(values["fail_supporting"]),
    )


def grade(results: Mapping[str, str], rules: Assessment) -> Grade:
    """D15: excellent when all are met; fail when one control or three supporting are missed or
    anything was falsified; else pass. What is not known leaves the grade undetermined, unless it
    has failed already."""
    control = tuple(name for name in rules.control if results.get(name) == "missed")
    supporting = tuple(name for name in rules.supporting if results.get(name) == "missed")
    unknown = tuple(
        name for name in (*rules.control, *rules.supporting) if not results.get(name, "")
    )
    failed = (
        "falsified" in results.values()
        or len(control) >= rules.fail_control
        or len(supporting) >= rules.fail_supporting
    )
    if failed:
        return Grade("fail", control, supporting, unknown)
    if unknown:
        return Grade("undetermined", control, supporting, unknown)
    return Grade("pass" if control or supporting else "excellent", control, supporting)


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Grade 1 (best) to 5 of one enterprise, with K and the two intensities; grade 0 and the
    reason in `k` where there is none."""

    enterprise_id: str
    grade: int
    k: Indicator
    own: Indicator
    mean: Indicator


def efficiency_bounds(values: Mapping[str, str]) -> tuple[Fraction, ...]:
    """The upper bounds of K of grades 1 to 4."""
    return tuple(Fraction(values[f"grade_{number}"]) for number in range(1, 5))


def efficiency_grade(k: Fraction, bounds: Sequence[Fraction]) -> int:
    """D17: the first grade whose bound K does not exceed; 5 above all."""
    return next((place for place, bound in enumerate(bounds, start=1) if k <= bound), 5)


def efficiency(
    enterprise_id: str,
    own: tuple[Input, Input],
    sector: tuple[Input, Input],
    bounds: Sequence[Fraction],
) -> Efficiency:
    """D17 of one enterprise: (carbon, value added) of it and of its whole sector."""
    mine = ratio("D17", *own, "tCO2/万元")
    mean = ratio("D17", *sector, "tCO2/万元")
    if mine.value is None or mean.value is None:
        return Efficiency(enterprise_id, 0, mine if mine.value is None else mean, mine, mean)
    k = ratio("D17", Input("i", mine.value, mine.unit), Input("ī", mean.value, mean.unit), "1")
    number = 0 if k.value is None else efficiency_grade(k.value, bounds)
    return Efficiency(enterprise_id, number, k, mine, mean)
