"""The rule texts of the market as data (办法与规则集): what is shipped, what is in force.

What belongs here: entering the shipped rule sets once, finding the value of a key for a market and
a day, and remembering which values were asked for. What does not: what a value is used for.

Where the city's market looks: the law above it; the city's Measures; what the bureau has decided;
national rules of the groups that the bureau names under `stand_in`. The first that has the key
decides. Drafts are looked at only when a forecast asks for them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from factors.errors import DataFault
from factors.quantities import exact
from ledgers.reference.rows import LOCAL, AsOf
from ledgers.reference.rule_sets import RuleValue, import_rule_set, rule_values
from warehouse.connect import Connection

CITY, NATIONAL = "SY", "CN"
LAW, MEASURES, BUREAU = "market.law", "market.shenyang", "market.bureau"
COUNTRY, DRAFT = "market.national", "market.national_draft"
SETS = (LAW, MEASURES, BUREAU, COUNTRY, DRAFT)
STAND_IN = "stand_in"
SYNTHETIC = "合成"

_DATA = "ledgers.allowances.data.measures"


class NoRule(DataFault, LookupError):
    """No text in force decides the key; facts: key, market, on, drafts."""


class BadRule(DataFault, ValueError):
    """A value that is not what its key needs; facts: key, seen, version."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from (依据): what an allocation or an obligation keeps beside itself."""

    key: str
    value: str
    rule_set: str
    version: str
    document: str
    clause: str
    standing: str

    @property
    def draft(self) -> bool:
        """Whether the text is not in force."""
        return self.rule_set == DRAFT

    @property
    def synthetic(self) -> bool:
        """Whether its version says that it was made up."""
        return SYNTHETIC in self.version


@dataclass
class Rulebook:
    """The rules of a market on a day; `used` grows with every key that is asked for."""

    market: str
    on: date
    layers: tuple[Mapping[str, RuleValue], ...]
    stand_in: frozenset[str]
    drafts: Mapping[str, RuleValue]
    with_drafts: bool = False
    used: dict[str, Origin] = field(default_factory=dict)

    def find(self, key: str) -> Origin:
        """The value of a key with its origin. Raises NoRule."""
        found = self._look(key)
        if found is None:
            facts = {"key": key, "market": self.market, "on": self.on}
            code = "market.only_draft" if key in self.drafts else "market.no_rule"
            raise NoRule(code, **facts, group=key.split(".", maxsplit=1)[0])
        names = ("value", "rule_set", "version", "document", "clause", "standing")
        origin = Origin(key, *(getattr(found, name) for name in names))
        self.used[key] = origin
        return origin

    def has(self, key: str) -> bool:
        """Whether a text decides the key; not counted as used."""
        return self._look(key) is not None

    def text(self, key: str) -> str:
        """The value as text."""
        return self.find(key).value

    def words(self, key: str) -> tuple[str, ...]:
        """The value as a list of words."""
        return tuple(self.text(key).split())

    def number(self, key: str) -> Fraction:
        """The value as an exact number. Raises BadRule."""
        found = self.find(key)
        try:
            return exact(found.value)
        except ValueError as error:
            raise BadRule("market.bad_rule", key=key, seen=found.value) from error

    def whole(self, key: str) -> int:
        """The value as a whole number. Raises BadRule."""
        value = self.number(key)
        if value.denominator != 1:
            raise BadRule("market.bad_rule", key=key, seen=str(value))
        return value.numerator

    def decimal(self, key: str) -> Decimal:
        """The value as a decimal. Raises BadRule."""
        self.number(key)
        return Decimal(self.text(key))

    def day(self, key: str, year: int | None = None) -> date:
        """The value as a day: YYYY-MM-DD, or MM-DD in `year`. Raises BadRule."""
        seen = self.text(key)
        try:
            return date.fromisoformat(seen if year is None else f"{year:04}-{seen}")
        except ValueError as error:
            raise BadRule("market.bad_rule", key=key, seen=seen) from error

    def origins(self, keys: Iterable[str] | None = None) -> tuple[Origin, ...]:
        """What was asked for so far, by key."""
        wanted = set(self.used if keys is None else keys)
        return tuple(self.used[key] for key in sorted(wanted & set(self.used)))

    def fresh(self) -> Rulebook:
        """The same rules, of which nothing was asked yet."""
        return replace(self, used={})

    def _look(self, key: str) -> RuleValue | None:
        for layer in self.layers:
            if key in layer:
                row = layer[key]
                if row.rule_set != COUNTRY or self._stands_in(key):
                    return row
        if self.with_drafts and self._stands_in(key):
            return self.drafts.get(key)
        return None

    def _stands_in(self, key: str) -> bool:
        return self.market == NATIONAL or key.split(".", maxsplit=1)[0] in self.stand_in


def rulebook(
    con: Connection, on: date, *, market: str = CITY, drafts: bool = False, as_of: AsOf = None
) -> Rulebook:
    """The rules of `market` on a day: CN is the national market, anything else a city's. A set
    that the ledger was never given is taken as shipped."""
    held = _held(con, as_of)
    sets = {name: _in_force(held[name], on) for name in SETS}
    country = _merged(sets[COUNTRY], sets[DRAFT]) if drafts else sets[COUNTRY]
    if market == NATIONAL:
        layers: tuple[Mapping[str, RuleValue], ...] = (sets[LAW], country, sets[BUREAU])
        named: frozenset[str] = frozenset()
    else:
        layers = (sets[LAW], sets[MEASURES], sets[BUREAU], sets[COUNTRY])
        stand_in = sets[BUREAU].get(STAND_IN)
        named = frozenset(stand_in.value.split()) if stand_in else frozenset()
    return Rulebook(market, on, layers, named, sets[DRAFT], drafts)


def of_year(
    con: Connection, year: int, *, market: str = CITY, drafts: bool = False, as_of: AsOf = None
) -> Rulebook:
    """The rules of a compliance year: those in force on its last day."""
    return rulebook(con, date(year, 12, 31), market=market, drafts=drafts, as_of=as_of)


def load_shipped(con: Connection, person: str) -> tuple[str, ...]:
    """Enters the shipped sets that this ledger has no version of; says which. Safe to repeat."""
    present = {row.rule_set for row in rule_values(con)}
    loaded = []
    for name, (text, _) in shipped().items():
        if name not in present:
            enter_text(con, text, person=person, origin="shipped")
            loaded.append(name)
    return tuple(loaded)


def enter_text(con: Connection, text: str, *, person: str, origin: str = "imported") -> str:
    """Enters one version of a rule set from its TOML; the name of the set. Raises BadRule with
    the first fault."""
    rows = read_rows_of(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    answer = import_rule_set(con, rows, person=person, source_sha=digest, origin=origin)
    if answer.rejected:
        fault = answer.rejected[0]
        seen = f"{rows[fault.row_no - 1]['key']}: {fault.text('en')}"
        raise BadRule("market.bad_rule", key=rows[0]["rule_set"], seen=seen)
    return rows[0]["rule_set"]


@cache
def shipped() -> Mapping[str, tuple[str, tuple[RuleValue, ...]]]:
    """Rule set → its TOML and its values."""
    found = {}
    for entry in sorted(files(_DATA).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            rows = read_rows_of(text)
            found[rows[0]["rule_set"]] = (text, tuple(_value(row) for row in rows))
    return found


@cache
def descriptions() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """(rule set, key) → its words in zh and en, as far as the shipped files have them."""
    return {
        (held["rule_set"], row["key"]): {"zh": row["zh"], "en": row["en"]}
        for held in (tomllib.loads(text) for text, _ in shipped().values())
        for row in held["rule"]
        if "zh" in row and "en" in row
    }


def read_rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a rule set as the book of reference takes them. Raises BadRule."""
    try:
        held = tomllib.loads(text)
        name = held["rule_set"]
        if name not in SETS:
            raise KeyError(f"rule_set = {name}")
        return [_row(held, row) for row in held["rule"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRule("market.bad_rule", key="TOML", seen=str(error)) from error


def end_of(day: date) -> datetime:
    """The last moment of a business date in Beijing time, as UTC without a zone."""
    last = datetime.combine(day, time()) + timedelta(days=1, microseconds=-1)
    return last.replace(tzinfo=LOCAL).astimezone(UTC).replace(tzinfo=None)


def _row(held: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, str]:
    values = {
        "rule_set": held["rule_set"],
        "version": held["version"],
        "applies_from": row.get("from", held["applies_from"]),
        "applies_to": row.get("to", ""),
        "key": row["key"],
        "value": row["value"],
        "unit": row.get("unit", ""),
        "document": row.get("document", held["document"]),
        "clause": row.get("clause", ""),
        "standing": row.get("standing", held["standing"]),
    }
    return {name: str(value) for name, value in values.items()}


def _value(row: Mapping[str, str]) -> RuleValue:
    last = row["applies_to"]
    return RuleValue(
        rule_set=row["rule_set"],
        version=row["version"],
        applies_from=date.fromisoformat(row["applies_from"]),
        applies_to=date.fromisoformat(last) if last else None,
        key=row["key"],
        value=row["value"],
        unit=row["unit"],
        document=row["document"],
        clause=row["clause"],
        standing=row["standing"],
    )


def _held(con: Connection, as_of: AsOf) -> dict[str, list[RuleValue]]:
    held: dict[str, list[RuleValue]] = {name: [] for name in SETS}
    for row in rule_values(con, as_of):
        if row.rule_set in held:
            held[row.rule_set].append(row)
    return {name: rows or list(shipped()[name][1]) for name, rows in held.items()}


def _in_force(rows: Iterable[RuleValue], on: date) -> Mapping[str, RuleValue]:
    """Key → value on a day: of the same key and beginning the later version, of two that apply
    the later beginning. `rows` come in the order in which they were recorded."""
    newest: dict[tuple[str, date], RuleValue] = {(row.key, row.applies_from): row for row in rows}
    return {
        row.key: row
        for row in sorted(newest.values(), key=lambda item: item.applies_from)
        if row.applies_from <= on <= (row.applies_to or date.max)
    }


def _merged(
    first: Mapping[str, RuleValue], second: Mapping[str, RuleValue]
) -> Mapping[str, RuleValue]:
    return {**second, **first}
