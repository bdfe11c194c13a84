"""The generator's data tables, read from package data once and kept as frozen records.

What belongs here: what the tables hold and how they are loaded. What does not: any draw of the
dice (`city`, `consumption`) and any cell of a file (`spelling`). All figures in the tables are
synthetic orders of magnitude, chosen for plausible scales; none is a statistic of a real city.
The steam points are IAPWS-IF97 enthalpies at round pressures and temperatures.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class District:
    """A district or county of Shenyang by GB/T 2260 and its synthetic development zone, if any."""

    code: str
    name: str
    short: str
    zone: str


@dataclass(frozen=True)
class Sector:
    """A kind of enterprise: its GB/T 4754 class, how it is named, how many of 300 there are."""

    sector: str
    industry: str
    word: str
    suffix: str
    weight: int
    sites_max: int
    site: str
    two_high: str
    key_user_share: float
    districts: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """What an enterprise of a sector reports monthly: `typical` in the carrier's canonical unit.

    `share` of the sector's enterprises have the stream; `stock` adds purchase and stocks.
    """

    sector: str
    carrier: str
    flow: str
    typical: float
    share: float
    season: str
    stock: bool
    evidence: str
    measured: bool
    per_site: bool


@dataclass(frozen=True)
class FuelTest:
    """What a fuel test finds on average: NCV in `ncv_unit`, tC/GJ, oxidation as a fraction."""

    ncv: Decimal
    ncv_unit: str
    carbon_content: Decimal
    oxidation: Decimal


@dataclass(frozen=True)
class Carrier:
    """A carrier or material: names that senders use, canonical unit, what a test finds in it.

    A quantity above `absurd_above` (canonical units) is beyond what any site uses in a month.
    """

    carrier: str
    names: tuple[str, ...]
    group: str
    canonical: str
    decimals: int
    fuel_test: FuelTest | None
    absurd_above: Decimal


@dataclass(frozen=True)
class UnitForm:
    """A unit as a sender writes it: `multiplier` canonical units in one; a gas condition or ''."""

    text: str
    multiplier: Decimal
    condition: str


@dataclass(frozen=True)
class HeatingValueForm:
    """A unit of a heating value: `multiplier` of it in one table unit, and decimals written."""

    text: str
    multiplier: Decimal
    decimals: int


@dataclass(frozen=True)
class Layout:
    """A sender's habit; `data/layouts.toml` says what each word means."""

    name: str
    format: str
    headers: str
    period: str
    numbers: str
    weight: int
    encoding: str = ""
    sheets: str = "one"
    title: bool = False
    totals: bool = False
    notes: bool = False
    serial: bool = False


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "data" / name).read_text(encoding="utf-8"))


def _fuel_test(row: Mapping[str, str]) -> FuelTest | None:
    if not row["ncv"]:
        return None
    return FuelTest(
        ncv=Decimal(row["ncv"]),
        ncv_unit=row["ncv_unit"],
        carbon_content=Decimal(row["carbon_content"]),
        oxidation=Decimal(row["oxidation"]),
    )


@cache
def districts() -> tuple[District, ...]:
    """The 13 districts and counties, in code order."""
    return tuple(District(**row) for row in _rows("districts.csv"))


@cache
def sectors() -> tuple[Sector, ...]:
    """The nine sectors; an empty district list means all districts."""
    everywhere = tuple(d.code for d in districts())
    return tuple(
        Sector(
            sector=row["sector"],
            industry=row["industry"],
            word=row["word"],
            suffix=row["suffix"],
            weight=int(row["weight"]),
            sites_max=int(row["sites_max"]),
            site=row["site"],
            two_high=row["two_high"],
            key_user_share=float(row["key_user_share"]),
            districts=tuple(row["districts"].split()) or everywhere,
        )
        for row in _rows("sectors.csv")
    )


@cache
def streams(sector: str) -> tuple[Stream, ...]:
    """The streams of one sector, in table order."""
    return tuple(
        Stream(
            sector=sector,
            carrier=row["carrier"],
            flow=row["flow"],
            typical=float(row["typical"]),
            share=float(row["share"]),
            season=row["season"],
            stock=row["stock"] == "1",
            evidence=row["evidence"],
            measured=row["measured"] == "1",
            per_site=row["per_site"] == "1",
        )
        for row in _rows("streams.csv")
        if row["sector"] == sector
    )


@cache
def carriers() -> Mapping[str, Carrier]:
    """Carriers by code."""
    return {
        row["carrier"]: Carrier(
            carrier=row["carrier"],
            names=tuple(row["names"].split("|")),
            group=row["group"],
            canonical=row["canonical"],
            decimals=int(row["decimals"]),
            fuel_test=_fuel_test(row),
            absurd_above=Decimal(row["absurd_above"]),
        )
        for row in _rows("carriers.csv")
    }


@cache
def season(name: str) -> tuple[float, ...]:
    """Twelve multipliers, January first."""
    row = next(row for row in _rows("seasons.csv") if row["season"] == name)
    return tuple(float(value) for key, value in row.items() if key != "season")


@cache
def stock_levels() -> tuple[tuple[float, bool], ...]:
    """Month-end stock as a share of the yard's capacity, and whether it varies by the year."""
    return tuple((float(r["level"]), r["noisy"] == "1") for r in _rows("stock_levels.csv"))


@cache
def unit_forms() -> Mapping[tuple[str, str], UnitForm]:
    """(style, carrier group) → how a sender of that style writes the unit."""
    return {
        (r["style"], r["group"]): UnitForm(r["text"], Decimal(r["multiplier"]), r["condition"])
        for r in _rows("units.csv")
    }


@cache
def heating_value_forms() -> Mapping[tuple[str, str], HeatingValueForm]:
    """(style, carrier group) → how a sender of that style writes a heating value."""
    return {
        (r["style"], r["group"]): HeatingValueForm(
            r["text"], Decimal(r["multiplier"]), int(r["decimals"])
        )
        for r in _rows("ncv_units.csv")
    }


@cache
def unit_styles() -> tuple[tuple[str, int], ...]:
    """Unit styles and their weights among senders."""
    return tuple((r["style"], int(r["weight"])) for r in _rows("unit_styles.csv"))


@cache
def steam_points() -> tuple[tuple[str, str, str], ...]:
    """(pressure MPa, temperature °C, enthalpy kJ/kg) as text."""
    return tuple(
        (r["pressure"], r["temperature"], r["enthalpy"]) for r in _rows("steam_points.csv")
    )


@cache
def words(kind: str) -> Mapping[str, str]:
    """Code → Chinese word for `flow`, `data_kind`, `evidence_kind`, `coal_basis`, `condition`."""
    return {r["code"]: r["zh"] for r in _rows("words.csv") if r["kind"] == kind}


@cache
def headers(name: str) -> Mapping[str, str]:
    """Canonical column → header text, for one set of headers."""
    return dict(_toml("headers.toml")[name])


@cache
def layouts() -> Mapping[str, Layout]:
    """Layouts by name."""
    return {name: Layout(name=name, **facts) for name, facts in _toml("layouts.toml").items()}


@cache
def mistakes() -> tuple[Mapping[str, str], ...]:
    """The kinds of mistake that people make, in table order."""
    return tuple(_rows("mistakes.csv"))


@cache
def supplier(name: str) -> Mapping[str, Any]:
    """One supplier's file, from `suppliers.toml`."""
    return dict(_toml("suppliers.toml")[name])
