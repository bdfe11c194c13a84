"""Accruals (暂估): what the missing days of a stream come to by a named method.

What belongs here: the methods, which rows each rests on, what cannot be filled and why. What does
not: which days are missing (`completeness`), posting what is planned, which is that of any other
file (`pipelines.quality`), and the reversal when the real figure comes (`resubmission`).

A gap of g days is filled from base rows of the same stream with quantity Q on n days:

- `last-year` (上年同月)      Q × g / n         base: the same month of the year before
- `daily-mean` (近十二月日均) Q × g / n         base: the twelve months before
- `intensity` (单位产品)      Q / P × p × g / m  base: those of the twelve months before in which
  the product stands too, with output P; p is the month's output on m days

exactly, rounded half up to 12 decimals at the end. Measured values (heating value, carbon …) are
carried on as the mean weighted by quantity where all base rows have them, else left to the factors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from factors.quantities import half_up
from factors.units import UnitError, multiplier, parse_unit
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.books import queried
from ledgers.emissions.completeness import CAME, Coverage, Key, completeness
from ledgers.emissions.preparation import month_days
from ledgers.emissions.spans import Span
from warehouse.connect import Connection

METHODS = ("last-year", "daily-mean", "intensity")
DIGITS = 12
_NAMED = 6
"""Base rows that a note names one by one; of more it names the first and the last."""


class AccrualFault(UsageFault, ValueError):
    """An unknown method; facts: seen, allowed."""


@dataclass(frozen=True, slots=True)
class Base:
    """A row that an accrual rests on."""

    activity_id: str
    month: str
    days: frozenset[date]
    quantity: Decimal
    unit: str
    gas_condition: str
    coal_basis: str
    measured: Mapping[str, tuple[Decimal, str]]


@dataclass(frozen=True, slots=True)
class Accrual:
    """A row to be posted for a run of missing days. `rests_on` are activities of the ledger."""

    enterprise_id: str
    facility: str
    device: str
    carrier: str
    flow: str
    period_start: date
    period_end: date
    quantity: Decimal
    unit: str
    gas_condition: str
    coal_basis: str
    measured: Mapping[str, tuple[Decimal, str]]
    method: str
    working: str
    rests_on: tuple[str, ...]

    @property
    def rests_on_text(self) -> str:
        """The rows by name; of many the first and the last, and how many they are."""
        if len(self.rests_on) <= _NAMED:
            return "、".join(self.rests_on)
        return f"{self.rests_on[0]} … {self.rests_on[-1]} ({len(self.rests_on)})"


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A stream with missing days that the method cannot fill; `why` names the reason."""

    enterprise_id: str
    facility: str
    device: str
    carrier: str
    flow: str
    days: int
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a method gives for the missing days of a month."""

    month: str
    method: str
    accruals: tuple[Accrual, ...]
    unfilled: tuple[Unfilled, ...]


class _CannotFill(Exception):
    def __init__(self, why: str, **facts: str) -> None:
        super().__init__(why)
        self.why, self.facts = why, facts


def plan(
    con: Connection, month: str, method: str, *, enterprise_id: str = "", product: str = ""
) -> Plan:
    """What `method` gives for the days of `month` that are missing, neither accrued nor waiting.

    `product` is the carrier whose output `intensity` divides by, where an enterprise has several.
    Raises AccrualFault for an unknown method, MonthFault.
    """
    if method not in METHODS:
        raise AccrualFault("quality.accrual_method", seen=method, allowed=", ".join(METHODS))
    month_days(month)
    found = completeness(con, month, enterprise_id).rows
    gaps = [row for row in found if row.open_days.bits and row.why != CAME]
    filler = _Filler.of(con, month, method, gaps, product)
    accruals: list[Accrual] = []
    unfilled: list[Unfilled] = []
    for gap in gaps:
        try:
            accruals += filler.fill(gap)
        except _CannotFill as cannot:
            unfilled.append(Unfilled(*gap.key, len(gap.open_days), cannot.why, cannot.facts))
    return Plan(month, method, tuple(accruals), tuple(unfilled))


@dataclass(frozen=True, slots=True)
class _Filler:
    month: str
    method: str
    product: str
    rows: Mapping[Key, tuple[Base, ...]]

    @classmethod
    def of(
        cls, con: Connection, month: str, method: str, gaps: Sequence[Coverage], product: str
    ) -> _Filler:
        months = Span(month, month).ending(13).months
        wanted = months[:1] if method == "last-year" else months[:-1]
        if method == "intensity":
            wanted = months
        names = sorted({gap.enterprise_id for gap in gaps})
        rows = queried(con, "base_rows.sql", months=list(wanted), enterprises=names)
        groups: dict[Key, list[Base]] = {}
        for row in rows:
            key = tuple(row[n] for n in ("enterprise_id", "facility", "device", "carrier", "flow"))
            groups.setdefault(key, []).append(_base(row))
        return cls(month, method, product, {key: tuple(held) for key, held in groups.items()})

    def fill(self, gap: Coverage) -> Iterator[Accrual]:
        if gap.flow in ("", "product"):
            raise _CannotFill("never_came" if not gap.flow else "product")
        base = [item for item in self.rows.get(gap.key, ()) if item.month != self.month]
        if not base:
            raise _CannotFill("no_base")
        base, daily, words = self._daily(gap, base)
        last = base[-1]
        measured = _carried(base)
        basis = last.coal_basis if all(b.coal_basis == last.coal_basis for b in base) else ""
        for first, until in gap.open_days.ranges():
            days = (until - first).days + 1
            yield Accrual(
                *gap.key,
                period_start=first,
                period_end=until,
                quantity=half_up(daily * days, DIGITS),
                unit=last.unit,
                gas_condition=last.gas_condition,
                coal_basis=basis,
                measured=measured,
                method=self.method,
                working=f"{words} × {days}",
                rests_on=tuple(item.activity_id for item in base),
            )

    def _daily(self, gap: Coverage, base: list[Base]) -> tuple[list[Base], Fraction, str]:
        """The base, the quantity of a day in the unit of its last row, and how it came about."""
        if self.method == "intensity":
            return self._by_output(gap, base)
        total, days = _total(base), _days(base)
        return base, _positive(total) / days, f"{_shown(total)} {base[-1].unit} ÷ {days} d"

    def _by_output(self, gap: Coverage, base: list[Base]) -> tuple[list[Base], Fraction, str]:
        made = self._output(gap)
        now = [item for item in made if item.month == self.month]
        before = {item.month for item in made} - {self.month}
        both = [item for item in base if item.month in before]
        if not now or not both:
            raise _CannotFill("no_output")
        months = {item.month for item in both}
        same = [*(item for item in made if item.month in months), *now]
        unit = same[-1]
        earlier = _positive(_total([item for item in same if item.month in months], unit))
        output, days = _total(now, unit), _days(now)
        total = _positive(_total(both))
        words = f"{_shown(total)} {both[-1].unit} ÷ {_shown(earlier)} {unit.unit} × "
        words += f"{_shown(output)} {unit.unit} ÷ {days} d"
        return both, total / earlier * _positive(output) / days, words

    def _output(self, gap: Coverage) -> Sequence[Base]:
        """Output of the stream's facility, or of the whole enterprise where it has none apart."""
        named = {
            key: held
            for key, held in self.rows.items()
            if key[0] == gap.enterprise_id and key[4] == "product" and self.product in ("", key[3])
        }
        own = {key: held for key, held in named.items() if key[1] == gap.facility}
        chosen = own or named
        products = sorted({key[3] for key in chosen})
        if len(products) > 1:
            raise _CannotFill("several_products", products=", ".join(products))
        return sorted(
            (item for held in chosen.values() for item in held),
            key=lambda item: (item.month, item.activity_id),
        )


def _base(row: Mapping[str, Any]) -> Base:
    length = (row["period_end"] - row["period_start"]).days + 1
    days = (row["period_start"] + timedelta(days=n) for n in range(length))
    return Base(
        activity_id=row["activity_id"],
        month=row["month"],
        # A negative row beside what it corrects takes off a quantity and covers no day.
        days=frozenset(() if row["corrects"] and row["quantity"] < 0 else days),
        quantity=row["quantity"],
        unit=row["unit"],
        gas_condition=row["gas_condition"],
        coal_basis=row["coal_basis"],
        measured={
            name: (row[name], row[f"{name}_unit"]) for name in MEASURED if row[name] is not None
        },
    )


def _total(base: Sequence[Base], like: Base | None = None) -> Fraction:
    """The sum in the unit of `like`, by default of the last row."""
    target = like or base[-1]
    return sum((Fraction(item.quantity) * _scale(item, target) for item in base), Fraction(0))


def _scale(item: Base, target: Base) -> Fraction:
    if (item.unit, item.gas_condition) == (target.unit, target.gas_condition):
        return Fraction(1)
    try:
        return multiplier(
            parse_unit(item.unit, condition=item.gas_condition),
            parse_unit(target.unit, condition=target.gas_condition),
        )
    except UnitError as error:
        units = f"{item.unit} {item.gas_condition}, {target.unit} {target.gas_condition}"
        raise _CannotFill("units", units=units) from error


def _days(base: Iterable[Base]) -> int:
    days = len(frozenset[date]().union(*(item.days for item in base)))
    if not days:
        raise _CannotFill("no_base")
    return days


def _positive(total: Fraction) -> Fraction:
    if total <= 0:
        raise _CannotFill("nothing")
    return total


def _carried(base: Sequence[Base]) -> Mapping[str, tuple[Decimal, str]]:
    """Measured values that every base row with a quantity has in one unit, weighted by quantity."""
    weighing = [item for item in base if item.quantity > 0]
    found: dict[str, tuple[Decimal, str]] = {}
    for name in MEASURED:
        held = [item.measured[name] for item in weighing if name in item.measured]
        if len(held) < len(weighing) or len({unit for _, unit in held}) != 1:
            continue
        weights = [Fraction(item.quantity) * _scale(item, base[-1]) for item in weighing]
        pairs = zip(weights, held, strict=True)
        mean = sum((w * Fraction(value) for w, (value, _) in pairs), Fraction(0)) / sum(weights)
        found[name] = half_up(mean, DIGITS), held[0][1]
    return found


def _shown(value: Fraction) -> str:
    return f"{half_up(value, 6):f}".rstrip("0").rstrip(".")
