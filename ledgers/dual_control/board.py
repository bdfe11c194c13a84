"""The board of a month (双控看板): every level beside its budgets, and all that stands around them.

What belongs here: putting readings, years so far, grades, projects, warnings and surroundings of
one month together, as frozen values. What does not: layout and words (`reports.dual_control`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledgers import journal
from ledgers.dual_control.book import Book, Place, read_book
from ledgers.dual_control.budgets import Sum, sums
from ledgers.dual_control.grading import (
    EFFICIENCY_SET,
    Efficiency,
    Grade,
    efficiency,
    grade,
)
from ledgers.dual_control.imports import standing
from ledgers.dual_control.indicators import Indicator, Input, elasticity, growth
from ledgers.dual_control.lines import GRAMS, carbon_of, grid_editions
from ledgers.dual_control.projects import REVIEW_SET, Overrun, Project, overruns, projects, status
from ledgers.dual_control.readings import Reading, explained, readings, worst
from ledgers.dual_control.replacement import NetAddition, city_addition
from ledgers.dual_control.seasons import carbon_rule, monthly
from ledgers.dual_control.surroundings import Circular, Heat, Joint, circular, heat_networks, joint
from ledgers.dual_control.vocabulary import CITY, LEVELS
from ledgers.dual_control.warnings import Warned, warnings
from ledgers.dual_control.workings import Terms
from ledgers.emissions.spans import read_span
from ledgers.reference import AsOf
from warehouse.connect import Connection

LISTED = 50
"""Enterprises that the board of the city shows: all with a colour other than green come first."""
CONTROL_OF: Mapping[str, str] = {
    "carbon_total": "co2_total",
    "carbon_intensity_reduction": "co2_intensity_reduction",
    "coal_total": "coal_total",
    "oil_total": "oil_total",
    "non_fossil_share": "non_fossil_share",
}
"""Which budget of the city answers which control indicator of D15."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One place: energy and CO2 from January to the month in tonnes, as far the year before (None
    where the ledger has no such months), the months of this year and of the last for a sparkline,
    its readings and their workings, and the worst colour among them."""

    place: Place
    name: str
    energy: Fraction
    energy_before: Fraction | None
    carbon: Fraction
    carbon_before: Fraction | None
    energy_months: tuple[int, ...]
    carbon_months: tuple[int, ...]
    carbon_last_year: tuple[int, ...]
    enterprises: int
    readings: tuple[Reading, ...]
    workings: tuple[tuple[str, tuple[Indicator, ...]], ...]
    elasticity: Indicator | None

    @property
    def colour(self) -> str:
        """The worst colour of its readings; '' where none has one."""
        return worst(self.readings)


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project as the board shows it."""

    project: Project
    status: str
    overruns: tuple[Overrun, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board as the ledger stood at `head`."""

    month: str
    head: journal.Head
    synthetic: bool
    preset: str
    preset_standing: str
    levels: Mapping[str, tuple[Standing, ...]]
    sums: tuple[Sum, ...]
    grade: Grade
    grid: tuple[str, ...]
    joint: tuple[Joint, ...]
    circular: tuple[Circular, ...]
    heat: tuple[Heat, ...]
    projects: tuple[ProjectLine, ...]
    net_addition: tuple[NetAddition, ...]
    efficiency: tuple[Efficiency, ...]
    efficiency_standing: str
    warnings: tuple[Warned, ...]
    names: Mapping[Place, str]

    @property
    def city(self) -> Standing | None:
        """The city's own line."""
        return next(iter(self.levels.get("city", ())), None)


def board(con: Connection, month: str, *, preset: str = "", as_of: AsOf = None) -> Board:
    """The board of `month` (YYYY-MM). Raises SpanFault, UsageFault for an unknown preset."""
    read_span(month)
    book = read_book(con, month, as_of=as_of)
    year, number = int(month[:4]), int(month[5:])
    end = date(year, 12, 31)
    held = readings(book, month, preset=preset)
    levels = {level: _level(book, level, month, held) for level in LEVELS}
    span = read_span(f"{year}-01..{month}")
    rules = book.rules
    review = rules.texts(REVIEW_SET, end)
    chosen = preset or book.basis(year).preset
    return Board(
        month=month,
        head=book.head,
        synthetic=book.synthetic,
        preset=chosen,
        preset_standing=rules.standing(f"dual_control.warning.{chosen}", end),
        levels=levels,
        sums=sums(book.budgets, year, book.members),
        grade=_grade(con, book, year, held, as_of),
        grid=grid_editions(con, span, book.head.commit_no),
        joint=_joint(book, levels, year, number),
        circular=tuple(circular(book, _terms(book, each.place, month)) for each in levels["zone"]),
        heat=heat_networks(book, year, number),
        projects=tuple(
            ProjectLine(item, status(item, span.last_day, review), overruns(con, item, year, rules))
            for item in projects(con, as_of)
        ),
        net_addition=city_addition(con, span.last_day),
        efficiency=efficiencies(book, year, number),
        efficiency_standing=rules.standing(EFFICIENCY_SET, end),
        warnings=warnings(con, month, as_of),
        names=book.names,
    )


def _terms(book: Book, place: Place, month: str) -> Terms:
    year, number = int(month[:4]), int(month[5:])
    rows = book.groups(month).get(place, [])
    return Terms(book, place, rows, year, number, book.basis(year))


def _level(book: Book, level: str, month: str, held: Sequence[Reading]) -> tuple[Standing, ...]:
    """The places of a level: those with enterprises in the ledger or with a budget; of enterprises
    the LISTED of them with the worst colour and the most CO2."""
    groups = book.groups(month)
    by_place: dict[Place, list[Reading]] = {}
    for item in held:
        if item.place[0] == level:
            by_place.setdefault(item.place, []).append(item)
    places = sorted({place for place in groups if place[0] == level} | set(by_place))
    if level == "enterprise":
        places = _chosen(book, places, groups, by_place, month)
    return tuple(_standing(book, place, month, tuple(by_place.get(place, ()))) for place in places)


def _chosen(
    book: Book,
    places: Sequence[Place],
    groups: Mapping[Place, Sequence[int]],
    by_place: Mapping[Place, Sequence[Reading]],
    month: str,
) -> list[Place]:
    year, number = int(month[:4]), int(month[5:])

    def order(place: Place) -> tuple[int, int, str]:
        rank = ("red", "orange", "yellow", "green", "").index(worst(by_place.get(place, ())))
        rows = groups.get(place, [])
        carbon = carbon_of(book.values(rows, year, number), "whole") if rows else 0
        return (rank if rank < 3 else 3, -carbon, place[1])

    return sorted(places, key=order)[:LISTED]


def _standing(book: Book, place: Place, month: str, held: tuple[Reading, ...]) -> Standing:
    year, number = int(month[:4]), int(month[5:])
    basis, rows = book.basis(year), book.groups(month).get(place, [])
    how = carbon_rule(place, basis)
    now = book.values(rows, year, number)
    whole = bool(rows) and book.booked(rows, year - 1, number) == number
    then = book.values(rows, year - 1, number) if whole else None
    return Standing(
        place=place,
        name=book.name(place),
        energy=Fraction(now["energy"], GRAMS),
        energy_before=None if then is None else Fraction(then["energy"], GRAMS),
        carbon=Fraction(carbon_of(now, how), GRAMS),
        carbon_before=None if then is None else Fraction(carbon_of(then, how), GRAMS),
        energy_months=tuple(monthly(book, place, "energy", rows, year, basis)[:number]),
        carbon_months=tuple(monthly(book, place, "carbon", rows, year, basis)[:number]),
        carbon_last_year=tuple(monthly(book, place, "carbon", rows, year - 1, basis, whole=True)),
        enterprises=_present(book, rows, year, number),
        readings=held,
        workings=tuple((item.budget.indicator, explained(book, item)) for item in held),
        elasticity=_elasticity(book, place, month, now["energy"], then["energy"] if then else None),
    )


def _present(book: Book, rows: Sequence[int], year: int, month: int) -> int:
    return sum(book.booked([row], year, month) > 0 for row in rows)


def _elasticity(
    book: Book, place: Place, month: str, now: int, before: int | None
) -> Indicator | None:
    """D9 of areas; None where last year or its GDP is not known."""
    if place[0] not in ("city", "district", "zone") or not before:
        return None
    year, number = int(month[:4]), int(month[5:])
    terms = _terms(book, place, month)
    pair = book.outputs.pair(terms.point(year, number), terms.point(year - 1, number))
    if not isinstance(pair, tuple):
        return None
    energy = growth(Fraction(now), Fraction(before))
    output = growth(pair[0].value, pair[1].value)
    return None if energy is None or output is None else elasticity(energy, output)


def _grade(con: Connection, book: Book, year: int, held: Sequence[Reading], as_of: AsOf) -> Grade:
    """D15 of the city: control indicators from readings of a whole year on final figures, the
    others as they were found and entered."""
    results = {
        row["indicator"]: str(row["result"])
        for row in standing(con, "dual_control_finding", as_of)
        if (row["level"], row["code"], row["year"]) == ("city", CITY, year)
    }
    for item in held:
        name = CONTROL_OF.get(item.budget.indicator)
        ready = item.month.endswith("-12") and item.release == "final" and item.colour
        if name and item.place == ("city", CITY) and ready:
            results.setdefault(name, "met" if item.colour == "green" else "missed")
    return grade(results, book.rules.assessment(date(year, 12, 31)))


def _joint(
    book: Book, levels: Mapping[str, Sequence[Standing]], year: int, month: int
) -> tuple[Joint, ...]:
    found = []
    for level in ("city", "district", "zone"):
        for each in levels[level]:
            terms = _terms(book, each.place, f"{year}-{month:02d}")
            item = joint(book, terms)
            if level == "city" or any(now for now, _ in item.pollutants.values()):
                found.append(item)
    return tuple(found)


def efficiencies(book: Book, year: int, month: int) -> tuple[Efficiency, ...]:
    """D17 of every enterprise with value added to the end of the month; the mean of a sector is
    the CO2 of those enterprises over their value added."""
    day = date(year, 12, 31)
    bounds = book.rules.efficiency(day)
    name = f"{year}-{month:02d}"
    groups = book.groups(name)
    found: list[Efficiency] = []
    for (level, _), rows in sorted(groups.items()):
        if level != "sector":
            continue
        known = [pair for row in rows if (pair := _pair(book, row, year, month))]
        carbon = sum((pair[1].value for pair in known), Fraction(0))
        output = sum((pair[2].value for pair in known), Fraction(0))
        mean = (Input("ΣC", carbon, "tCO2", "ledger"), Input("ΣV", output, "万元"))
        found += [efficiency(code, (c, v), mean, bounds) for code, c, v in known]
    return tuple(sorted(found, key=lambda item: (-item.grade, item.enterprise_id)))


def _pair(book: Book, row: int, year: int, month: int) -> tuple[str, Input, Input] | None:
    code = book.lines.enterprises[row]
    terms = Terms(book, ("enterprise", code), [row], year, month, book.basis(year))
    point = terms.point(year, month)
    bases = book.outputs.base_years(point)
    carbon = terms.carbon(year, month).input
    if not bases or carbon is None:
        return None
    output = book.outputs.level(point, bases[0])
    assert output is not None
    value = Input("V", output.value, "万元", output.document, output.release)
    return code, Input("C", carbon.value, "tCO2", carbon.source, carbon.release), value
