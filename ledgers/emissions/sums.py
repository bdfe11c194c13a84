"""What stands in the ledger, summed in whole quanta (合计).

What belongs here: sums by the keys that reports group by, and CO2 equivalent of them through a
named edition. What does not: single entries (`lines`), and what a report shows (`reports`).

Sums are integers of the quantum of their measure. CO2 equivalent is such an integer × GWP, exact
and never stored. Two method editions or boundaries are two bases (口径): they may describe the
same activity, so nothing here adds across them. Energy is no emission and has totals of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from factors.gases import GASES, QUANTUM, co2e
from ledgers.emissions.books import queried
from warehouse.connect import Connection

MEASURES = tuple(QUANTUM)
"""The order of measures on a report: CO2e as booked, gases as listed, energy last."""


@dataclass(frozen=True, slots=True)
class Sum:
    """`entries` entries of one enterprise and month that agree in all other fields; `value` in
    quanta of `measure`."""

    enterprise_id: str
    month: str
    method_edition: str
    method: str
    boundary: str
    gwp_edition: str
    counted: bool
    scope: str
    category: str
    measure: str
    carrier: str
    flow: str
    tier: int
    value: int
    entries: int

    @property
    def basis(self) -> tuple[str, str, str]:
        """What may be added to it: the same method edition, boundary and GWP edition."""
        return self.method_edition, self.boundary, self.gwp_edition

    @property
    def is_emission(self) -> bool:
        """Whether it is a gas or CO2e rather than energy."""
        return is_emission(self.measure)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of one measure: whole quanta, and the same in tonnes, exactly."""

    measure: str
    quanta: int

    @property
    def tonnes(self) -> Fraction:
        """Tonnes of the gas or of standard coal."""
        return QUANTUM[self.measure].tonnes(self.quanta)


@dataclass(frozen=True, slots=True)
class Total:
    """The emissions of one key (a scope, a carrier, a month ...): each gas by itself, and all in
    tonnes of CO2 equivalent by `gwp`, exactly. `entries` counts entries of the ledger."""

    key: str
    gases: tuple[Amount, ...]
    co2e: Fraction
    entries: int


@dataclass(frozen=True, slots=True)
class EnergyTotal:
    """Comprehensive energy of one key at equivalent (当量) and equal (等价) value, in quanta of
    1 g of standard coal; None where no entry gives that value."""

    key: str
    equivalent: Amount | None
    equal: Amount | None
    entries: int


def is_emission(measure: str) -> bool:
    """Whether `measure` is a gas or CO2e rather than energy."""
    return measure in GASES or measure == "CO2e"


def is_energy(measure: str) -> bool:
    """Whether `measure` is comprehensive energy: neither a gas nor an air pollutant."""
    return measure.startswith("tce_")


def read_sums(
    con: Connection, months: Sequence[str], commit_no: int, enterprise_id: str = ""
) -> tuple[Sum, ...]:
    """All sums of `months` as the ledger stood at `commit_no`; '' is every enterprise."""
    found = queried(
        con, "sums.sql", months=list(months), commit_no=commit_no, enterprise=enterprise_id
    )
    return tuple(Sum(**row) for row in found)


def total(sums: Iterable[Sum], gwp: str, key: str = "") -> Total:
    """All emissions among `sums` as one total; energy is left out."""
    quanta: dict[str, int] = {}
    entries = 0
    for item in sums:
        if item.is_emission:
            quanta[item.measure] = quanta.get(item.measure, 0) + item.value
            entries += item.entries
    gases = tuple(Amount(name, quanta[name]) for name in MEASURES if name in quanta)
    return Total(key, gases, sum((_co2e(gas, gwp) for gas in gases), Fraction(0)), entries)


def totals(sums: Iterable[Sum], gwp: str, key: Callable[[Sum], str]) -> tuple[Total, ...]:
    """Emissions by `key`, in the order of the keys."""
    groups = grouped((item for item in sums if item.is_emission), key)
    return tuple(total(groups[name], gwp, name) for name in sorted(groups))


def by_gas(sums: Iterable[Sum], gwp: str) -> tuple[Total, ...]:
    """Emissions by gas, in the order in which gases are listed."""
    return tuple(sorted(totals(sums, gwp, lambda item: item.measure), key=_listed))


def largest_first(found: Iterable[Total]) -> tuple[Total, ...]:
    """Totals by their tonnes of CO2e, then by key."""
    return tuple(sorted(found, key=lambda each: (-each.co2e, each.key)))


def energy_total(sums: Iterable[Sum], key: str = "") -> EnergyTotal:
    """All energy among `sums`; the two values are two ways of counting and are never added."""
    quanta: dict[str, int] = {}
    entries: dict[str, int] = {}
    for item in sums:
        if is_energy(item.measure):
            quanta[item.measure] = quanta.get(item.measure, 0) + item.value
            entries[item.measure] = entries.get(item.measure, 0) + item.entries
    found = {name: Amount(name, value) for name, value in quanta.items()}
    count = max(entries.values(), default=0)
    return EnergyTotal(key, found.get("tce_equivalent"), found.get("tce_equal"), count)


def energy_totals(sums: Iterable[Sum], key: Callable[[Sum], str]) -> tuple[EnergyTotal, ...]:
    """Energy by `key`, in the order of the keys."""
    groups = grouped((item for item in sums if is_energy(item.measure)), key)
    return tuple(energy_total(groups[name], name) for name in sorted(groups))


def grouped(sums: Iterable[Sum], key: Callable[[Sum], str]) -> Mapping[str, list[Sum]]:
    """The sums of each key."""
    groups: dict[str, list[Sum]] = {}
    for item in sums:
        groups.setdefault(key(item), []).append(item)
    return groups


def _listed(each: Total) -> int:
    return MEASURES.index(each.key)


def _co2e(gas: Amount, gwp: str) -> Fraction:
    if gas.measure == "CO2":
        # The reference gas needs no edition, and one that books only CO2 names none.
        return gas.tonnes
    return co2e(gwp, gas.measure, gas.tonnes)
