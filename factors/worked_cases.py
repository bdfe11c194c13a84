"""Worked cases of methods (算例): a row, its working with numbers put in, and what it comes to.

What belongs here: reading `data/worked_cases/<edition>.toml`, and calculating a case by the same
resolution, proof and kernel as posting. What does not: checking the working itself, which the
tests do with arithmetic of their own, and showing it (`docs/make_methods.py`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from factors.case import Case, Resolved
from factors.catalogue import Catalogue
from factors.editions import read_edition_rows, shipped_catalogue
from factors.methods import MethodEdition
from factors.proof import kernel, prove
from factors.resolution import NoEdition, OnlyDraft, quantity_basis, resolve_case, resolve_method

RECORDED_ON = date(2026, 2, 1)
"""The day of recording of a case that names none."""


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One row of activity under one method. `measured` is column → (number, unit); `own` are
    factors that the example takes for the enterprise's own. `expected` is in tonnes."""

    edition: str
    method: str
    month: str
    carrier: str
    flow: str
    quantity: str
    unit: str
    working: str
    expected: str
    region: str = "CN"
    sector: str = ""
    gas_condition: str = ""
    coal_basis: str = ""
    recorded_on: date = RECORDED_ON
    beside: tuple[str, ...] = ()
    measured: tuple[tuple[str, str, str], ...] = ()
    own: tuple[Mapping[str, str], ...] = ()
    source: str = ""

    def case(self, edition: str = "") -> Case:
        """The case as resolution asks it, for this edition or another."""
        year, month = map(int, self.month.split("-"))
        after = date(year + month // 12, month % 12 + 1, 1)
        return Case(
            edition=edition or self.edition,
            carrier=self.carrier,
            flow=self.flow,
            period_start=date(year, month, 1),
            period_end=after - timedelta(days=1),
            recorded_on=self.recorded_on,
            region=self.region,
            sector=self.sector,
            measured=frozenset(name for name, _, _ in self.measured),
            basis=quantity_basis(self.unit, self.gas_condition),
            flows_beside=frozenset(self.beside),
            values=self.measured,
            gas_condition=self.gas_condition,
        )

    def catalogue(self) -> Catalogue:
        """The shipped factors and those that the example brings."""
        rows = (
            {
                "edition": "example",
                "publisher": "example",
                "document": "example",
                "evidence": "example",
                "region": self.region,
                **own,
            }
            for own in self.own
        )
        return shipped_catalogue().with_factors(read_edition_rows(rows))

    def resolve(self, edition: MethodEdition) -> Resolved:
        """The method as posting resolves it; by name where posting chooses none, since the edition
        or another method of the row is a draft. Raises `ResolutionError`, and KeyError where
        another method would be chosen."""
        case = self.case()
        try:
            found = resolve_case(case, {edition.edition: edition}, self.catalogue())
        except (NoEdition, OnlyDraft):
            return resolve_method(edition.method(self.method), case, edition, self.catalogue())
        by_id = {item.method.method_id: item for item in found}
        return by_id[self.method]

    def quanta(self, edition: MethodEdition) -> int:
        """What the case comes to, in whole quanta of its measure."""
        resolved = self.resolve(edition)
        written = {"quantity": self.unit} | {name: unit for name, _, unit in self.measured}
        made = kernel(resolved, prove(resolved, written, self.coal_basis, self.gas_condition))
        numbers = {name: number for name, number, _ in self.measured}
        return made.quanta({"quantity": self.quantity} | numbers)


@cache
def worked_cases() -> Mapping[str, tuple[WorkedCase, ...]]:
    """Edition → its worked cases, as shipped in `data/worked_cases/`."""
    folder = files("factors") / "data" / "worked_cases"
    found: dict[str, tuple[WorkedCase, ...]] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        edition = item.name.removesuffix(".toml")
        rows = tomllib.loads(item.read_text(encoding="utf-8"))["case"]
        found[edition] = tuple(_read(edition, row) for row in rows)
    return MappingProxyType(found)


def _read(edition: str, row: Mapping[str, Any]) -> WorkedCase:
    held = dict(row)
    if "recorded_on" in held:
        held["recorded_on"] = date.fromisoformat(held["recorded_on"])
    held["beside"] = tuple(held.get("beside", ()))
    held["measured"] = tuple(
        (name, number, unit) for name, (number, unit) in held.get("measured", {}).items()
    )
    held["own"] = tuple(held.get("own", ()))
    return WorkedCase(edition=edition, **held)
