"""Warning levels (预警等级, D14): presets as rule sets, decided on exact numbers.

What belongs here: from an actual value and a target to a colour, or to the reason why there is
none. What does not: where both come from (`assessment`), and the book of warnings (`warnings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledgers.dual_control.indicators import Absent
from ledgers.dual_control.vocabulary import plain

COLOURS = ("green", "yellow", "orange", "red")
"""From best to worst."""
PRESETS = ("2021Q1", "2021H1", "four-colour")
RULE_SET = "dual_control.warning."
"""Prefix of the rule sets, one a preset."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One preset. `form` says how a reduction is judged: gap (shortfall over target), sign (below
    zero or not), completion (actual over target). Shares are exact."""

    name: str
    form: str
    gap: Fraction
    total: Fraction
    complete: Fraction
    yellow_from: Fraction
    orange_above: Fraction


@dataclass(frozen=True, slots=True)
class Level:
    """A colour, or `absent` with the reason."""

    colour: str = ""
    absent: Absent | None = None

    @property
    def rank(self) -> int:
        """0 for the best colour; −1 where there is none."""
        return COLOURS.index(self.colour) if self.colour else -1


def preset_of(name: str, values: Mapping[str, str]) -> Preset:
    """A preset from the values of its rule set."""
    return Preset(
        name,
        values["form"],
        Fraction(values.get("gap", "0")),
        Fraction(values["total"]),
        Fraction(values.get("complete", "1")),
        Fraction(values.get("yellow_from", "1")),
        Fraction(values.get("orange_above", "0")),
    )


def judge_reduction(actual: Fraction, target: Fraction, preset: Preset) -> Level:
    """The colour of a reduction (or of a share that must be reached) against its target."""
    if target <= 0:
        return Level(absent=Absent("dual.na.target", {"seen": plain(target)}))
    if preset.form == "completion":
        return Level(_by_completion(actual / target, preset))
    if actual >= target:
        return Level("green")
    if preset.form == "sign":
        return Level("red" if actual < 0 else "yellow")
    return Level("yellow" if (target - actual) <= preset.gap * target else "red")


def judge_total(actual: Fraction, cap: Fraction, preset: Preset) -> Level:
    """The colour of a total against its cap. Presets differ in reductions; all take totals so."""
    if cap <= 0:
        return Level(absent=Absent("dual.na.cap", {"seen": plain(cap)}))
    if actual <= cap:
        return Level("green")
    return Level("yellow" if actual - cap <= preset.total * cap else "red")


def judge(rule: str, actual: Fraction, target: Fraction, preset: Preset) -> Level:
    """The colour by the rule of the target: cap, reduction or floor."""
    found = judge_total if rule == "cap" else judge_reduction
    return found(actual, target, preset)


def _by_completion(share: Fraction, preset: Preset) -> str:
    if share >= preset.complete:
        return "green"
    if share >= preset.yellow_from:
        return "yellow"
    return "orange" if share > preset.orange_above else "red"
