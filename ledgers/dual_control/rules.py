"""The rule sets of dual control in force on a day (双控规则集), and those that are shipped.

What belongs here: loading `data/rules.csv` into the book of reference once, and reading values as
what they are for. What does not: what a rule decides. An imported version of a set supersedes the
shipped one from its day on; an upgrade never alters what a ledger holds.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files

from factors.errors import OurFault, UsageFault
from ledgers.dual_control.colours import PRESETS, RULE_SET, Preset, preset_of
from ledgers.dual_control.grading import (
    ASSESSMENT_SET,
    EFFICIENCY_SET,
    Assessment,
    assessment_of,
    efficiency_bounds,
)
from ledgers.reference.answers import read_rows
from ledgers.reference.columns import RULE
from ledgers.reference.rows import AsOf
from ledgers.reference.rule_sets import RuleValue, import_rule_set, rule_values
from warehouse.connect import Connection

PREFIX = "dual_control."


@dataclass(frozen=True, slots=True)
class Basis:
    """How the ledger is read: the preset of warning levels, what carbon an area and a party count
    (whole, induced, territorial), from which year deductions apply, the share of the band."""

    preset: str
    carbon_area: str
    carbon_party: str
    adjust_from: int
    band: Fraction


class Rules:
    """The values of every rule set of this book, read once."""

    def __init__(self, values: Mapping[str, tuple[RuleValue, ...]]) -> None:
        self._values = values

    def values(self, name: str, on: date) -> Mapping[str, RuleValue]:
        """Key → value of one set on a day; of two that apply the later beginning wins, then the
        later version. Raises OurFault where the set was never loaded."""
        held: dict[str, RuleValue] = {}
        for row in self._values.get(name, ()):
            if row.applies_from <= on <= (row.applies_to or date.max):
                held[row.key] = row
        if not held:
            # A set may be asked of a time before its text: its first version then serves.
            held = {row.key: row for row in reversed(self._values.get(name, ()))}
        if not held:
            raise OurFault("dual.no_rules", name=name)
        return held

    def texts(self, name: str, on: date) -> Mapping[str, str]:
        """Key → value as text."""
        return {key: row.value for key, row in self.values(name, on).items()}

    def preset(self, name: str, on: date) -> Preset:
        """A preset of warning levels. Raises UsageFault for a name that is none."""
        if name not in PRESETS and RULE_SET + name not in self._values:
            raise UsageFault("dual.preset", seen=name, allowed="、".join(PRESETS))
        return preset_of(name, self.texts(RULE_SET + name, on))

    def assessment(self, on: date) -> Assessment:
        """The 5+9 assessment."""
        return assessment_of(self.texts(ASSESSMENT_SET, on))

    def efficiency(self, on: date) -> tuple[Fraction, ...]:
        """The bounds of the carbon efficiency grades."""
        return efficiency_bounds(self.texts(EFFICIENCY_SET, on))

    def basis(self, on: date) -> Basis:
        """How the ledger is read."""
        held = self.texts(f"{PREFIX}basis", on)
        return Basis(
            preset=held["preset"],
            carbon_area=held["carbon_area"],
            carbon_party=held["carbon_party"],
            adjust_from=int(held["adjust_from"]),
            band=Fraction(held["band"]),
        )

    def standing(self, name: str, on: date) -> str:
        """The weakest standing among the values of a set."""
        order = ("suspect", "memory", "reported", "transcribed", "official")
        return min((row.standing for row in self.values(name, on).values()), key=order.index)


def read_rules(con: Connection, as_of: AsOf = None) -> Rules:
    """The rule sets of this book as it stood at `as_of`; of a set that the ledger was never given
    the shipped one, which is what the first run of a month will load."""
    held: dict[str, list[RuleValue]] = {}
    for row in rule_values(con, as_of):
        if row.rule_set.startswith(PREFIX):
            held.setdefault(row.rule_set, []).append(row)
    for name, rows in shipped().items():
        if name not in held:
            held[name] = [RuleValue(**row) for row in read_rows(RULE, rows).good.values()]
    ordered = {
        name: tuple(sorted(rows, key=lambda row: (row.applies_from, row.version)))
        for name, rows in held.items()
    }
    return Rules(ordered)


def load_shipped(con: Connection, person: str) -> tuple[str, ...]:
    """Load the shipped sets that this ledger has no version of; says which. Safe to repeat."""
    present = {row.rule_set for row in rule_values(con)}
    loaded = []
    for name, rows in shipped().items():
        if name not in present:
            body = repr(rows).encode()
            import_rule_set(
                con,
                rows,
                person=person,
                source_sha=hashlib.sha256(body).hexdigest(),
                file_name="rules.csv",
                origin="shipped",
            )
            loaded.append(name)
    return tuple(loaded)


def shipped() -> Mapping[str, list[dict[str, str]]]:
    """Rule set → rows of the package's file."""
    text = files("ledgers.dual_control.data").joinpath("rules.csv").read_text(encoding="utf-8")
    held: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        held.setdefault(row["rule_set"], []).append(row)
    return held
