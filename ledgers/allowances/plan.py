"""The plan of a year (配额分配方案): who is in the market, on which figures, by which method.

What belongs here: the list of entities, their figures, and which method works out what of them.
What does not: formulas (`allocation`), what is decided and carried out (`decisions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.allowances import allocation
from ledgers.allowances.accounts import account
from ledgers.allowances.allocation import Component, FigureMissing, Worked, figure, tonnes
from ledgers.allowances.market_rows import (
    MarketFault,
    next_version,
    read,
    require_officer,
    write,
)
from ledgers.allowances.measures import CITY, Rulebook
from warehouse.connect import Connection

METHODS = ("power", "industry", "heat_benchmark", "historical_intensity", "historical_total")
TREATMENTS = ("included", "excluded", "withdrawn")
GASES = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3", "CO2e")

_CHOICES = {"treatment": TREATMENTS, "gas": GASES, "method": (*METHODS, "")}


class NotListed(UsageFault, LookupError):
    """The entity is not in the market that year; facts: entity, year."""


@dataclass(frozen=True, slots=True)
class Listing:
    """An entity in a market for a year (重点排放单位名录); `custody`: what it is allocated goes
    to the authority's custody."""

    entity: str
    year: int
    gas: str
    industry: str
    version: int
    market: str
    name: str
    account: str
    method: str
    treatment: str
    custody: bool
    document: str


def list_entities(
    con: Connection,
    year: int,
    rows: Iterable[Mapping[str, Any]],
    *,
    market: str = CITY,
    document: str,
    person: str,
    at: datetime,
) -> tuple[Listing, ...]:
    """Enters the list of entities of a year: entity, name, account, industry, method, and where
    they differ gas (CO2e), treatment (included), custody (no). Raises MarketFault for an entity
    that another market holds for a gas and industry of that year."""
    require_officer(con, market, person, at)
    made = []
    for row in rows:
        full = {"gas": "CO2e", "treatment": "included", "method": "", "account": "", **row}
        full = {key: str(value).strip() for key, value in full.items()}
        custody = full.get("custody", "").lower() in ("yes", "true", "1", "是")
        key = {name: full[name] for name in ("entity", "gas", "industry")}
        found = {**key, "year": year, "market": full.get("market") or market, "custody": custody}
        found |= {name: full[name] for name in ("name", "account", "method", "treatment")}
        found |= {"document": full.get("document") or document}
        found["version"] = next_version(con, "listing", **key, year=year)
        made.append(Listing(**found))
    _check_listings(con, made)
    digest = journal.body_digest([asdict(row) for row in made])
    rows_of = {"listing": [asdict(row) for row in made]}
    write(con, kind="list", key=f"list:{year}:{digest}", rows=rows_of, person=person)
    return listings(con, year)


def listings(con: Connection, year: int, market: str = "") -> tuple[Listing, ...]:
    """Entities listed for a year as it stands, excluded ones too, by code."""
    found = read(
        con,
        "SELECT * FROM market.listing_now WHERE year = ? AND ? IN ('', market) "
        "AND treatment <> 'withdrawn' ORDER BY entity, industry, gas",
        year,
        market,
    )
    return tuple(Listing(**row) for row in found)


def listing(con: Connection, entity: str, year: int) -> Listing:
    """One entity of a year. Raises NotListed."""
    for found in listings(con, year):
        if found.entity == entity:
            return found
    raise NotListed("market.not_listed", entity=entity, year=year)


def enter_figures(
    con: Connection,
    year: int,
    rows: Sequence[Mapping[str, Any]],
    *,
    document: str,
    person: str,
    at: datetime,
    market: str = CITY,
) -> int:
    """Enters figures that allocations are worked out from: entity, part ('' = whole), name, value.
    A later one of the same key holds. Raises BadFigure for what is no number."""
    require_officer(con, market, person, at)
    kept = []
    for row in rows:
        name, value = str(row["name"]).strip(), str(row["value"]).strip()
        if name not in ("class", "kind"):
            figure({name: value}, name, str(row.get("part", "")), "")
        fixed = {"entity": str(row["entity"]).strip(), "year": year}
        fixed |= {"part": str(row.get("part") or "").strip(), "name": name, "value": value}
        kept.append({**fixed, "document": str(row.get("document") or document)})
    digest = journal.body_digest(kept)
    number = journal.next_commit_no(con)
    key = f"figures:{year}:{digest}:{number}"
    write(con, kind="figures", key=key, rows={"figure": kept}, person=person)
    return len(kept)


def figures(con: Connection, entity: str, year: int) -> Mapping[str, Mapping[str, str]]:
    """Part → name → value as it stands."""
    held: dict[str, dict[str, str]] = {}
    for row in read(
        con,
        "SELECT part, name, value FROM market.figure WHERE entity = ? AND year = ? "
        "ORDER BY commit_no, ordinal",
        entity,
        year,
    ):
        held.setdefault(row["part"], {})[row["name"]] = row["value"]
    return held


def work_out(
    con: Connection, found: Listing, stage: str, rules: Rulebook, *, verified: int | None = None
) -> Worked:
    """What the entity's method gives at a stage. `verified` (forecasts) stands in for what the
    obligation says. Raises FigureMissing, BadFigure, NoRule, NoBalance."""
    if stage == "pre":
        key = "power.pre_share" if found.method == "power" else "city.pre_share"
        last = _verified(con, found.entity, found.year - 1)
        if last is None:
            facts = {"name": "verified", "part": str(found.year - 1), "method": "pre"}
            raise FigureMissing("market.figure_missing", **facts)
        return allocation.pre_allocation(rules, last, key)
    if verified is None:
        verified = _verified(con, found.entity, found.year)
    held = figures(con, found.entity, found.year)
    made = _METHODS[found.method](con, found, held, rules, verified)
    return allocation.free_part(rules, made)


def _check_listings(con: Connection, made: Sequence[Listing]) -> None:
    for row in made:
        for name, allowed in (
            ("treatment", TREATMENTS),
            ("gas", GASES),
            ("method", (*METHODS, "")),
        ):
            if getattr(row, name) not in allowed:
                facts = {"name": name, "seen": getattr(row, name), "allowed": "、".join(allowed)}
                raise MarketFault("market.bad_figure", **facts)
        if row.treatment == "included":
            account(con, row.account)
    held = [*listings(con, made[0].year), *made] if made else []
    for row in made:
        for other in held:
            same = (other.entity, other.industry) == (row.entity, row.industry)
            gases = {other.gas, row.gas}
            overlap = len(gases) == 1 or "CO2e" in gases
            both = {other.treatment, row.treatment} == {"included"}
            if same and overlap and both and other.market != row.market:
                facts = {"entity": row.entity, "year": row.year, "market": row.market}
                raise MarketFault("market.two_markets", **facts, other=other.market)


def _verified(con: Connection, entity: str, year: int) -> int | None:
    found = read(
        con,
        "SELECT verified FROM market.obligation_now WHERE entity = ? AND year = ?",
        entity,
        year,
    )
    if found:
        return int(found[0]["verified"])
    # Before the first year of this registry there is only what the bureau enters.
    given = figures(con, entity, year).get("", {})
    return tonnes(given, "verified", entity, "") if "verified" in given else None


Figures = Mapping[str, Mapping[str, str]]


def _power(
    con: Connection, found: Listing, held: Figures, rules: Rulebook, verified: int | None
) -> Worked:
    units = []
    for part, given in held.items():
        if not part:
            continue
        kind = given.get("class", "")
        load = figure(given, "load", part, "power") if given.get("load") else None
        heat = figure(given, "heat", part, "power") if given.get("heat") else Fraction(0)
        own = tonnes(given, "verified", part, "power") if given.get("verified") else None
        units.append(
            allocation.PowerUnit(
                part,
                kind,
                figure(given, "power", part, "power"),
                heat,
                load,
                own,
            )
        )
    if not units:
        facts = {"name": "power", "part": found.entity, "method": "power"}
        raise FigureMissing("market.figure_missing", **facts)
    return allocation.power(rules, units, _required(verified, found))


def _industry(
    con: Connection, found: Listing, held: Figures, rules: Rulebook, verified: int | None
) -> Worked:
    """BP from the rules of the industry, else the one that balances all entities listed in it."""
    own = allocation.Plant(found.entity, _required(verified, found), _intensity(held, found))
    key = f"industry.bp_{found.industry}"
    if rules.has(key):
        return allocation.industry(rules, rules.number(key), own)
    plants = []
    for other in listings(con, found.year, found.market):
        if (other.method, other.industry, other.treatment) == (
            "industry",
            found.industry,
            "included",
        ):
            emitted = _required(_verified(con, other.entity, other.year), other)
            theirs = figures(con, other.entity, other.year)
            plants.append(allocation.Plant(other.entity, emitted, _intensity(theirs, other)))
    return allocation.industry(rules, allocation.balance_point(rules, plants), own)


def _heat(
    con: Connection, found: Listing, held: Figures, rules: Rulebook, verified: int | None
) -> Worked:
    components = []
    for part, given in held.items():
        if given.get("kind"):
            heat = figure(given, "heat", part, "heat_benchmark")
            made = allocation.heat_benchmark(rules, given["kind"], heat)
            components += [Component(part, c.name, c.tonnes, c.working) for c in made.components]
    if not components:
        facts = {"name": "kind", "part": found.entity, "method": "heat_benchmark"}
        raise FigureMissing("market.figure_missing", **facts)
    return Worked("heat_benchmark", sum(c.tonnes for c in components), tuple(components))


def _by_intensity(
    con: Connection, found: Listing, held: Figures, rules: Rulebook, verified: int | None
) -> Worked:
    given = held.get("", {})
    history = [
        (
            tonnes(given, name, found.entity, found.method),
            figure(given, f"output_{name[9:]}", found.entity, found.method),
        )
        for name in sorted(given)
        if name.startswith("emission_")
    ]
    output = figure(given, "output", found.entity, found.method)
    return allocation.historical_intensity(rules, output, history)


def _by_total(
    con: Connection, found: Listing, held: Figures, rules: Rulebook, verified: int | None
) -> Worked:
    given = held.get("", {})
    years = [name for name in sorted(given) if name.startswith("emission_")]
    history = [tonnes(given, name, found.entity, found.method) for name in years]
    return allocation.historical_total(rules, history)


def _required(verified: int | None, found: Listing) -> int:
    if verified is None:
        facts = {"name": "verified", "part": found.entity, "method": found.method}
        raise FigureMissing("market.figure_missing", **facts)
    return verified


def _intensity(held: Figures, found: Listing) -> Fraction:
    return figure(held.get("", {}), "intensity", found.entity, "industry")


_METHODS = {
    "power": _power,
    "industry": _industry,
    "heat_benchmark": _heat,
    "historical_intensity": _by_intensity,
    "historical_total": _by_total,
}
