"""What stands beside energy and carbon (协同控制、园区循环化、热网): pollutants, resources, heat.

What belongs here: pollutants with CO2, the circular transformation of a zone, and heat networks,
each figure an indicator with its inputs. What does not: budgets and colours (`readings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ledgers.dual_control.book import Book, Place
from ledgers.dual_control.figures import Figure
from ledgers.dual_control.indicators import Indicator, Input, missing, ratio
from ledgers.dual_control.vocabulary import FIGURES, NETWORK, POLLUTANTS, UNIT_OF
from ledgers.dual_control.workings import Amount, Terms


@dataclass(frozen=True, slots=True)
class Joint:
    """CO2 and air pollutants of one place from January to a month, and as far the year before."""

    place: Place
    carbon: Fraction | None
    carbon_before: Fraction | None
    pollutants: Mapping[str, tuple[Figure | None, Figure | None]]


@dataclass(frozen=True, slots=True)
class Circular:
    """A zone: output rate of resources, reuse rate of waste, energy and carbon per output."""

    place: Place
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """A heat network: heat supplied (GJ), share that is not fossil, tCO2 per GJ."""

    code: str
    supplied: Figure | None
    indicators: tuple[Indicator, ...]


def joint(book: Book, terms: Terms) -> Joint:
    """CO2 beside SO2, NOx, particulates and VOCs."""
    year, month = terms.year, terms.month
    own = terms.carbon(year, month).input
    before = terms.carbon(year - 1, month).input
    held = {
        name: (
            book.figures.to_month(terms.place, name, year, month),
            book.figures.to_month(terms.place, name, year - 1, month),
        )
        for name in POLLUTANTS
    }
    return Joint(terms.place, own.value if own else None, before.value if before else None, held)


def circular(book: Book, terms: Terms) -> Circular:
    """The indicators of circular transformation (循环化改造) of a zone."""
    output = _figure(book, terms, "output_value", "V")
    found = [
        _over(book, terms, output, "resource_input", "M", "Z1", "万元/t"),
        _over(book, terms, None, "waste_generated", "W", "Z2", "1"),
    ]
    year, month = terms.year, terms.month
    for number, amount, unit in (
        ("Z3", terms.energy(year, month), "tce/万元"),
        ("Z4", terms.carbon(year, month), "tCO2/万元"),
    ):
        found.append(_per_output(number, amount, output, unit))
    return Circular(terms.place, tuple(found))


def _over(
    book: Book,
    terms: Terms,
    part: Input | None,
    whole_name: str,
    symbol: str,
    number: str,
    unit: str,
) -> Indicator:
    if number == "Z2":
        part = _figure(book, terms, "waste_reused", "U")
    whole = _figure(book, terms, whole_name, symbol)
    if part is None or whole is None:
        name = "V/M" if number == "Z1" else "U/W"
        return missing(number, name, "dual.na.no_figure", year=terms.year, month=terms.month)
    return ratio(number, part, whole, unit)


def _per_output(number: str, amount: Amount, output: Input | None, unit: str) -> Indicator:
    formula = "E/V" if number == "Z3" else "C/V"
    if amount.input is None or output is None:
        return missing(number, formula, "dual.na.no_figure", year="", month="")
    return ratio(number, amount.input, output, unit)


def _figure(book: Book, terms: Terms, name: str, symbol: str) -> Input | None:
    found = book.figures.to_month(terms.place, name, terms.year, terms.month)
    if found is None:
        return None
    return Input(symbol, found.value, UNIT_OF[FIGURES[name]], found.document, found.release)


def heat_networks(book: Book, year: int, month: int) -> tuple[Heat, ...]:
    """Every heat network that sent figures."""
    found = []
    for code in book.figures.codes(NETWORK):
        place = (NETWORK, code)
        supplied = book.figures.to_month(place, "heat_supplied", year, month)
        indicators = []
        for number, name, symbol, unit in (
            ("H1", "heat_non_fossil", "Qₙ", "1"),
            ("H2", "heat_carbon", "C", "tCO2/GJ"),
        ):
            part = book.figures.to_month(place, name, year, month)
            if part is None or supplied is None:
                facts = {"year": year, "month": month}
                indicators.append(missing(number, f"{symbol}/Q", "dual.na.no_figure", **facts))
                continue
            whole = Input("Q", supplied.value, "GJ", supplied.document, supplied.release)
            own = UNIT_OF[FIGURES[name]]
            above = Input(symbol, part.value, own, part.document, part.release)
            indicators.append(ratio(number, above, whole, unit))
        found.append(Heat(code, supplied, tuple(indicators)))
    return tuple(found)
