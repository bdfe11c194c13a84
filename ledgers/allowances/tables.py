"""The declarative tables of the registry (账户类型、单位类型、交易类型表).

What belongs here: reading the tables and looking things up in them. What does not: which version
is in force in a ledger (`rulings`), the checks that use them (`checks`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import Any

from factors.errors import OurFault, UsageFault

POSITIONS = ("available", "trading", "pledged", "judicial", "carrying")
"""Sub-positions of an account. Reserved is a part of `available`; what is pending surrender or
cancellation is reserved by the request that awaits its second person."""

STATUSES = (
    "proposed",
    "open",
    "some_restricted",
    "no_outgoing",
    "frozen",
    "transfer_pending",
    "closing",
    "closed",
    "refused",
)
ROLES = ("registry", "holder", "bank", "court")
NEEDS = ("year", "counterparty", "refers", "document", "link")
SAME = "="
"""In `to`: the same account, another position."""

_DATA = "ledgers.allowances.data"


class BadTable(OurFault, ValueError):
    """A table names something that does not exist; facts: table, entry, seen, allowed."""


class UnknownType(UsageFault, LookupError):
    """No such transaction type; facts: seen, allowed."""


@dataclass(frozen=True)
class Kind:
    """A kind of account (账户类型); `code` is the three-digit kind of its number."""

    code: int
    kind: str
    zh: str
    en: str
    system: bool


@dataclass(frozen=True)
class UnitType:
    """A type of unit (单位类型); `unit_class` is allowance or offset; no markets: any market."""

    unit_type: str
    unit_class: str
    zh: str
    en: str
    markets: frozenset[str]


@dataclass(frozen=True)
class TransactionType:
    """One row of the table of transaction types; the head of the data file says what each is."""

    code: str
    zh: str
    en: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    from_position: str
    to_position: str
    units: tuple[str, ...]
    proposes: tuple[str, ...]
    approves: tuple[str, ...]
    delay_hours: int
    hours: bool
    from_states: tuple[str, ...]
    to_states: tuple[str, ...]
    needs: tuple[str, ...]
    refers: tuple[str, ...]
    window_hours: int
    trading: bool

    @property
    def approvals(self) -> int:
        """How many persons besides the proposer: 0 or 1."""
        return 1 if self.approves else 0

    @property
    def issues(self) -> bool:
        """Whether it brings new units into being."""
        return self.sources == ("issuance",)

    @property
    def within_account(self) -> bool:
        """Whether it moves units between positions of one account."""
        return self.targets == (SAME,)


@dataclass(frozen=True)
class Kinds:
    """One version of the kinds of accounts and types of units."""

    version: str
    kinds: Mapping[str, Kind]
    unit_types: Mapping[str, UnitType]


@dataclass(frozen=True)
class Types:
    """One version of the table of transaction types."""

    version: str
    types: Mapping[str, TransactionType]

    def find(self, code: str) -> TransactionType:
        """The type `code`. Raises UnknownType."""
        if code not in self.types:
            raise UnknownType("registry.unknown_type", seen=code, allowed="、".join(self.types))
        return self.types[code]


@dataclass(frozen=True)
class Vintages:
    """Which vintages pay for which year: windows (vintage_from, vintage_to, pays_until)."""

    version: str
    standing: str
    windows: tuple[tuple[int, int, int], ...]

    def pays(self, vintage: int, year: int) -> bool:
        """Whether a unit of `vintage` pays for `year`: never for an earlier one (no borrowing),
        and no later than its window says."""
        return any(
            first <= vintage <= last and vintage <= year <= until
            for first, last, until in self.windows
        )


def shipped(subject: str) -> str:
    """The text of a shipped table: account_kinds, transaction_types, vintages, calendar."""
    return files(_DATA).joinpath(f"{subject}.toml").read_text(encoding="utf-8")


def read_kinds(text: str) -> Kinds:
    """Kinds and unit types from their TOML. Raises BadTable."""
    held = tomllib.loads(text)
    kinds = {row["kind"]: Kind(**row) for row in held["kind"]}
    codes = [kind.code for kind in kinds.values()]
    _allow("account_kinds", "code", {str(c) for c in codes if codes.count(c) > 1}, ())
    unit_types = {}
    for row in held["unit_type"]:
        _allow("account_kinds", row["unit_type"], {row["class"]}, ("allowance", "offset"))
        unit_types[row["unit_type"]] = UnitType(
            row["unit_type"], row["class"], row["zh"], row["en"], frozenset(row["markets"])
        )
    return Kinds(held["version"], kinds, unit_types)


def read_types(text: str, kinds: Kinds) -> Types:
    """The table of transaction types from its TOML. Raises BadTable for a kind of account, a
    position, a role, a status or a need that does not exist."""
    held = tomllib.loads(text)
    found = [_type({**held["default"], **row}) for row in held["type"]]
    types = {row.code: row for row in found}
    for row in found:
        _allow(row.code, "from", row.sources, kinds.kinds)
        _allow(row.code, "to", row.targets, (*kinds.kinds, SAME))
        _allow(row.code, "position", (row.from_position, row.to_position), POSITIONS)
        _allow(row.code, "units", row.units, ("allowance", "offset"))
        _allow(row.code, "roles", (*row.proposes, *row.approves), ROLES)
        _allow(row.code, "states", (*row.from_states, *row.to_states), STATUSES)
        _allow(row.code, "needs", row.needs, NEEDS)
        _allow(row.code, "refers", row.refers, types)
    return Types(held["version"], types)


def read_vintages(text: str) -> Vintages:
    """The vintage windows from their TOML."""
    held = tomllib.loads(text)
    windows = tuple(
        (row["vintage_from"], row["vintage_to"], row["pays_until"]) for row in held["window"]
    )
    return Vintages(held["version"], held["standing"], windows)


def _type(row: dict[str, Any]) -> TransactionType:
    row = {**row, "sources": row["from"], "targets": row["to"]}
    values = {field.name: row[field.name] for field in fields(TransactionType)}
    frozen: dict[str, Any] = {
        name: tuple(held) if isinstance(held, list) else held for name, held in values.items()
    }
    return TransactionType(**frozen)


def _allow(table: str, entry: str, seen: Any, allowed: Any) -> None:
    wrong = [item for item in seen if item not in allowed]
    if wrong:
        facts = {"table": table, "entry": entry, "seen": "、".join(wrong)}
        raise BadTable("registry.bad_table", **facts, allowed="、".join(allowed))
