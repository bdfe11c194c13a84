"""Factors with their provenance, editions of them, and the one order in which they are chosen.

What belongs here: `Factor`, `Edition`, and resolution inside the tables and the series that a
method names. What does not: reading files (`editions.py`), what a method asks for
(`methods.py`, `resolution.py`), plausibility of what is imported (`plausibility.py`).

A factor (排放因子、参数) is data: value and unit with publisher, document, clause, validity, the
day from which it was known, region, sector, series and standing. Tables never merge: a search
stays inside the tables that are named, and a series is never another's alternative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from factors.carriers import CARRIERS
from factors.errors import DataFault
from factors.regions import LEVELS, NATION, region_chain
from factors.units import parse_unit

STANDINGS = ("official", "transcribed", "reported", "memory", "suspect")
OWN = "own"
"""The table of editions that a user imported; a method that lets them in names it."""

PRECEDENCE = ("facility", "enterprise", "sector", *reversed(LEVELS))
"""The order of resolution inside a series, most specific first: a factor of the facility before
one of the enterprise, of the sector, the city, the province, the grid region, the nation, the
world. Among equals of one table the later beginning of validity wins; anything else that is
equal is a tie, which is an error."""

SERIES_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "national_average": "nation",
        "national_ex_market_nonfossil": "nation",
        "national_fossil": "nation",
        "regional_average": "grid",
        "provincial_average": "province",
    }
)
"""Grid-factor series (电力因子口径) → the one level at which its factors stand: nation and region
are never alternatives of one another."""

SUBSTANCE: Mapping[str, str] = MappingProxyType(
    {
        "carbon_content_per_heat": "C",
        "carbon_content_per_mass": "C",
        "CO2_EF": "CO2",
        "CO2_EF_per_heat": "CO2",
        "grid_EF": "CO2",
        "heat_EF": "CO2",
        "CO2e_EF": "CO2e",
        "CH4_EF": "CH4",
        "N2O_EF": "N2O",
        "CF4_EF": "CF4",
        "C2F6_EF": "C2F6",
        "NOx_EF": "NOx",
        "net_anode_consumption": "C",
        "methane_capacity": "CH4",
        "CO2_deduction": "CO2",
    }
)
"""Parameter → what a bare mass above the line of its unit is a mass of."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One value of one parameter of one carrier, as one text gives it.

    `value` is in `unit`; `lower` and `upper` are its bounds where the text has them. An empty
    validity is open. `clause` is '' where it was not recorded. `evidence` says how it was read.
    """

    edition: str
    carrier: str
    parameter: str
    value: Decimal
    unit: str
    publisher: str = ""
    document: str = ""
    clause: str = ""
    region: str = "CN"
    sector: str = ""
    series: str = ""
    enterprise_id: str = ""
    facility: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    known_from: date | None = None
    standing: str = "reported"
    evidence: str = ""
    table: str = OWN
    factor_id: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def key(self) -> str:
        """Edition and id: what names this row in ledgers and footnotes."""
        return f"{self.edition}/{self.factor_id}"

    @property
    def usable(self) -> bool:
        """A suspect row is shown and never calculated with."""
        return self.standing != "suspect"

    def label(self) -> str:
        """One line for people: what, whose, how much, when."""
        place = self.facility or self.enterprise_id or self.sector or self.region or "CN"
        span = f"{self.valid_from or ''}~{self.valid_to or ''}"
        parts = (self.key, self.table, self.carrier, self.parameter, self.series, place, span)
        return f"{' '.join(part for part in parts if part)} = {self.value} {self.unit}"

    def cite(self, lang: str = "zh") -> str:
        """The footnote: publisher, document, table and clause; never where a copy was read."""
        missing = "clause not recorded" if lang == "en" else "条款未记录"
        clause = self.clause or missing
        return ", ".join(part for part in (self.publisher, self.document, clause) if part)


@dataclass(frozen=True, slots=True)
class Edition:
    """One published edition of factors, as one file holds it; `sha256` is of the file."""

    edition: str
    publisher: str
    document: str
    file_name: str
    sha256: str
    factors: tuple[Factor, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: one parameter of one carrier for the days from `first` to `last`.

    `statistical` parameters (grid factors) are published years later: their validity is the year
    of the statistics, and `statistical_year` names the one that serves; None takes the latest
    that was known by `known_by`. `dimensions` are those that the unit may have (empty: any).
    """

    parameter: str
    carrier: str
    first: date
    last: date
    tables: tuple[str, ...]
    series: str = ""
    region: str = "CN"
    sectors: tuple[str, ...] = ()
    enterprise_id: str = ""
    facility: str = ""
    known_by: date | None = None
    statistical: bool = False
    statistical_year: int | None = None
    dimensions: frozenset[str] = frozenset()


class ResolutionError(DataFault, LookupError):
    """A case that cannot be resolved; the message says what is missing and what is nearest."""


class NoFactor(ResolutionError):
    """No usable factor; `nearest` are the closest ones, `suspect` those that would have fitted."""

    nearest: tuple[Factor, ...] = ()
    suspect: tuple[Factor, ...] = ()


class FactorTie(ResolutionError):
    """Two factors of equal rank; `candidates` are both."""

    candidates: tuple[Factor, ...] = ()


class Catalogue:
    """Factors indexed by carrier and parameter, and the search among them."""

    def __init__(self, factors: Iterable[Factor]) -> None:
        self.factors: tuple[Factor, ...] = tuple(factors)

    @cached_property
    def _index(self) -> Mapping[tuple[str, str], tuple[Factor, ...]]:
        found: dict[tuple[str, str], list[Factor]] = {}
        for factor in self.factors:
            found.setdefault((factor.carrier, factor.parameter), []).append(factor)
        return {key: tuple(rows) for key, rows in found.items()}

    def find(self, carrier: str, parameter: str) -> tuple[Factor, ...]:
        """Every factor of a parameter of a carrier, in all tables and standings."""
        return self._index.get((carrier, parameter), ())

    def with_factors(self, factors: Iterable[Factor]) -> Catalogue:
        """This catalogue and further factors."""
        return Catalogue((*self.factors, *factors))

    def resolve(self, query: Query, *, explain: bool = True) -> Factor:
        """The one factor that serves; raises `NoFactor` or `FactorTie`, which explain themselves.

        Inside the named tables and the series the most specific comes first (`PRECEDENCE`), then
        the year that serves, then the later beginning within one table. Without `explain` a
        `NoFactor` does not look for the nearest ones.
        """
        fitting = [
            factor for factor in self.find(query.carrier, query.parameter) if _serves(factor, query)
        ]
        usable = [factor for factor in fitting if factor.usable]
        if not usable:
            raise self._none(query, tuple(fitting), self._nearest(query) if explain else ())
        best = max(_rank(factor, query) for factor in usable)
        equal = _latest([factor for factor in usable if _rank(factor, query) == best], query)
        if len(equal) > 1:
            raise _tie(query, tuple(equal))
        return equal[0]

    def _none(
        self, query: Query, suspect: tuple[Factor, ...], close: tuple[Factor, ...]
    ) -> NoFactor:
        facts = _facts(query) | {
            "tables": ", ".join(query.tables) or "-",
            "nearest": "; ".join(factor.label() for factor in close) or "-",
            "suspect": "; ".join(factor.label() for factor in suspect) or "-",
        }
        code = "factor.suspect" if suspect else "factor.none"
        error = NoFactor(code, **facts)
        error.nearest, error.suspect = close, suspect
        return error

    def _nearest(self, query: Query, limit: int = 3) -> tuple[Factor, ...]:
        """The usable factors with the fewest obstacles; another carrier of the kind is one too."""
        carrier = CARRIERS.get(query.carrier)
        kind = carrier.kind if carrier else ""
        codes = [other.code for other in CARRIERS.values() if other.kind == kind]
        kin = [code for code in codes if code != query.carrier]
        weighed = [
            (len(_obstacles(row, query)) + strange, strange, row)
            for strange, group in enumerate(((query.carrier,), kin))
            for code in group
            for row in self.find(code, query.parameter)
            if row.usable and not (strange and _obstacles(row, query))
        ]
        return tuple(row for *_, row in sorted(weighed, key=lambda item: item[:2])[:limit])


def _obstacles(factor: Factor, query: Query) -> tuple[str, ...]:
    """Why a factor does not serve, each reason by name; empty when it does."""
    return tuple(name for name, hinders in _REASONS.items() if hinders(factor, query))


def _serves(factor: Factor, query: Query) -> bool:
    return not any(hinders(factor, query) for hinders in _REASONS.values())


def _in_region(factor: Factor, query: Query) -> bool:
    level = _levels(query.region).get(factor.region or NATION)
    if level is None:
        return False
    wanted = SERIES_LEVELS.get(query.series)
    # A factor of the enterprise's own serves in whatever series it was given for.
    return wanted is None or bool(factor.enterprise_id) or level == wanted


@cache
def _levels(region: str) -> Mapping[str, str]:
    return dict(region_chain(region))


def _too_new(factor: Factor, query: Query) -> bool:
    known, by = factor.known_from, query.known_by
    return known is not None and by is not None and known > by


def _in_time(factor: Factor, query: Query) -> bool:
    start, end = factor.valid_from or date.min, factor.valid_to or date.max
    if query.statistical and not factor.enterprise_id:
        if query.statistical_year is not None:
            return start.year <= query.statistical_year <= end.year
        return start <= query.last
    return start <= query.first and query.last <= end


_REASONS: Mapping[str, Callable[[Factor, Query], bool]] = MappingProxyType(
    {
        "table": lambda factor, query: (factor.table or OWN) not in query.tables,
        "series": lambda factor, query: factor.series != query.series,
        "enterprise": lambda factor, query: factor.enterprise_id not in ("", query.enterprise_id),
        "facility": lambda factor, query: factor.facility not in ("", query.facility),
        "sector": lambda factor, query: factor.sector not in ("", *query.sectors),
        "region": lambda factor, query: not _in_region(factor, query),
        "known": _too_new,
        "date": lambda factor, query: not _in_time(factor, query),
        "unit": lambda factor, query: (
            bool(query.dimensions) and dimension_of(factor) not in query.dimensions
        ),
    }
)


def _rank(factor: Factor, query: Query) -> tuple[bool, bool, bool, int]:
    level = _levels(query.region).get(factor.region or NATION, "global")
    return (
        bool(factor.facility),
        bool(factor.enterprise_id),
        bool(factor.sector),
        LEVELS.index(level),
    )


def _latest(equal: Sequence[Factor], query: Query) -> list[Factor]:
    """Of factors of one rank, those that no later one of the same table replaces."""
    newest: dict[str, date] = {}
    for factor in equal:
        table = "" if query.statistical else factor.table
        start = factor.valid_from or date.min
        newest[table] = max(newest.get(table, date.min), start)
    return [
        factor
        for factor in equal
        if (factor.valid_from or date.min) == newest["" if query.statistical else factor.table]
    ]


def dimension_of(factor: Factor) -> str:
    """The printable dimension of a factor's unit; a bare mass is what its parameter is about."""
    return _dimension(factor.unit, SUBSTANCE.get(factor.parameter, "material"))


@lru_cache(maxsize=4096)
def _dimension(unit: str, substance: str) -> str:
    return parse_unit(unit, substance=substance).dimension


def _facts(query: Query) -> dict[str, Any]:
    carrier = CARRIERS.get(query.carrier)
    return {
        "parameter": query.parameter,
        "carrier": carrier.name_zh if carrier else query.carrier,
        "carrier_en": carrier.name_en if carrier else query.carrier,
        "series": query.series or "-",
        "region": query.region or "CN",
        "first": query.first.isoformat(),
        "last": query.last.isoformat(),
        "known_by": query.known_by.isoformat() if query.known_by else "-",
    }


def _tie(query: Query, candidates: tuple[Factor, ...]) -> FactorTie:
    labels = "; ".join(factor.label() for factor in candidates)
    error = FactorTie("factor.tie", **_facts(query), candidates=labels)
    error.candidates = candidates
    return error
