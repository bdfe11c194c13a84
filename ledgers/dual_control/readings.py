"""A month held against its budgets (月度对照): actual, what is due, colour, year-end.

What belongs here: from the ground (`book`) to one reading for each budget of each place and month.
What does not: how an indicator comes about (`workings`), boards, and posting warnings (`warnings`).

A cap is due by the month in the proportion in which past years used theirs up to that month (by
twelfths where there is no past year). A reduction is judged on the year against last year, the same
months; at the end of the year, over several years, on what is due of the whole target.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ledgers.dual_control import indicators as formula
from ledgers.dual_control.book import Book, Place
from ledgers.dual_control.budgets import Budget
from ledgers.dual_control.colours import COLOURS, Level, Preset, judge
from ledgers.dual_control.indicators import Absent, Indicator
from ledgers.dual_control.lines import GRAMS
from ledgers.dual_control.projection import Projection, Projections, project, saving
from ledgers.dual_control.seasons import PAST, Season, season
from ledgers.dual_control.workings import Terms, read_share, reduction_reading

UNITS: Mapping[str, str] = {"energy": "tce", "carbon": "tCO2"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One budget of one place at the end of one month.

    `actual` and `target` are in whole grams for totals (`total` True), else in the unit of the
    budget. `due` is the part of a cap that past seasons leave for the months so far, as an exact
    fraction (numerator, denominator); (1, 1) for what is no cap. `absent` says why there is no
    colour.
    """

    place: Place
    month: str
    budget: Budget
    total: bool
    actual: int | Fraction | None
    target: int | Fraction | None
    due: tuple[int, int]
    level: Level
    preset: Preset
    release: str
    estimates: Projections | None = field(default=None, compare=False)
    at: int = field(default=0, compare=False)
    seasons: int = 0
    workings: tuple[Indicator, ...] = ()

    @property
    def colour(self) -> str:
        """The colour; '' where there is none."""
        return self.level.colour

    @property
    def absent(self) -> Absent | None:
        """Why there is no colour."""
        return self.level.absent

    @property
    def unit(self) -> str:
        """The unit of what `shown` gives."""
        from ledgers.dual_control.vocabulary import UNIT_OF

        return UNIT_OF[self.budget.target.family]

    @property
    def due_amount(self) -> Fraction | None:
        """What may have been used by the end of the month, in the unit of the budget."""
        return None if self.target is None else self.shown(Fraction(self.target)) * _exact(self.due)

    @property
    def projection(self) -> Projection | None:
        """What the year will end at, in grams; None where nothing is estimated."""
        if self.estimates is None or self.actual is None:
            return None
        return self.estimates.one(self.at)

    @property
    def projected(self) -> int | None:
        """The estimate of the year in whole grams."""
        if self.estimates is None or self.actual is None:
            return None
        return round(float(self.estimates.estimate[self.at]))

    @property
    def projected_level(self) -> Level | None:
        """The colour that the year will end with by the estimate."""
        estimate = self.projected
        if estimate is None or self.target is None:
            return None
        return judge_cap(estimate, self.target, (1, 1), self.preset)

    @property
    def saving(self) -> Fraction | None:
        """Tonnes to be saved in each month left so that the year ends at the cap; of December
        all that it is over. None where nothing need be saved."""
        if self.projected is None or self.target is None:
            return None
        left = 12 - int(self.month[5:])
        return saving(Fraction(self.projected, GRAMS), Fraction(self.target) / GRAMS, left)

    def shown(self, value: int | Fraction) -> Fraction:
        """A value in the unit of the budget: tonnes for totals."""
        return Fraction(value, GRAMS) if self.total else Fraction(value)


def readings(
    book: Book, month: str, *, preset: str = "", levels: Sequence[str] = ()
) -> tuple[Reading, ...]:
    """Every budget of every place at the end of `month`, in the order of places; `levels` narrows.
    Raises UsageFault for a preset that is none."""
    year, number = int(month[:4]), int(month[5:])
    basis = book.basis(year)
    rules = book.rules.preset(preset or basis.preset, date(year, 12, 31))
    held = _held(book, month, tuple(levels))
    totals = iter(_totals(book, held, year, number, rules))
    found = []
    for (place, item, rows), total in zip(held.entries, held.totals, strict=True):
        if total:
            found.append(next(totals))
        else:
            terms = Terms(book, place, rows, year, number, basis)
            found.append(_other(terms, item, month, rules))
    return tuple(found)


Entry = tuple[Place, Budget, Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Held:
    """What the months of a year have in common: budgets with the enterprises of their place, which
    of them cap a total, and of those the seasons, the caps in grams and the past years."""

    entries: tuple[Entry, ...]
    totals: tuple[bool, ...]
    capped: tuple[Entry, ...]
    seasons: tuple[Season, ...]
    caps: tuple[int | Fraction, ...]
    past: NDArray[np.float64]


def _held(book: Book, month: str, levels: tuple[str, ...]) -> _Held:
    year = int(month[:4])
    groups, basis = book.groups(month), book.basis(year)
    key = ("held", year, id(groups), levels)
    if key in book.memory:
        known: _Held = book.memory[key]
        return known
    entries = tuple(
        (place, item, groups.get(place, []))
        for place, items in book.applying(year).items()
        if not levels or place[0] in levels
        for item in items
    )
    totals = tuple(is_total(item) for _, item, _ in entries)
    capped = tuple(entry for entry, total in zip(entries, totals, strict=True) if total)
    seasons = tuple(
        season(book, place, item.target.about, rows, year, basis) for place, item, rows in capped
    )
    caps = tuple(_cap(item) for _, item, _ in capped)
    past = np.stack([each.past for each in seasons]) if seasons else np.zeros((0, PAST, 12))
    found = _Held(entries, totals, capped, seasons, caps, past)
    book.memory[key] = found
    return found


def is_total(item: Budget) -> bool:
    """Whether a budget caps a total of the ledger."""
    return item.target.rule == "cap" and item.target.family in UNITS


def _totals(book: Book, held: _Held, year: int, month: int, preset: Preset) -> Iterable[Reading]:
    """Readings of caps on totals; estimates of all of them at once."""
    name, basis, at = f"{year}-{month:02d}", book.basis(year), month - 1
    release = book.release(year, month)
    nothing = Level(absent=Absent("dual.na.nothing_booked", {"month": name}))
    so_far = np.array([each.used[at] for each in held.seasons], dtype=np.float64)
    estimates = project(held.past, so_far, month, float(basis.band))
    together = zip(held.capped, held.seasons, held.caps, strict=True)
    for place_no, ((place, item, _), each, cap) in enumerate(together):
        used, booked = each.used[at], each.begins <= month
        due = each.due(month)
        level = judge_cap(used, cap, due, preset) if booked or cap <= 0 else nothing
        yield Reading(
            place,
            name,
            item,
            True,
            used if booked else None,
            cap,
            due,
            level,
            preset,
            release,
            estimates,
            place_no,
            each.years,
        )


def _cap(item: Budget) -> int | Fraction:
    """The budget in grams: a whole number where it is one, which is judged ten times faster."""
    value = item.value * GRAMS
    return value.numerator if value.denominator == 1 else value


def judge_cap(used: int, cap: int | Fraction, due: tuple[int, int], preset: Preset) -> Level:
    """The colour of a total against the part of its cap that is due; the same as `judge_total` of
    the exact fractions, in whole numbers."""
    if cap <= 0:
        return judge("cap", Fraction(used), Fraction(cap), preset)
    # Not isinstance: a Fraction is an abstract number, and asking costs more than the judgement.
    if type(cap) is not int:
        return judge("cap", Fraction(used), Fraction(cap) * _exact(due), preset)
    allowed = cap * due[0]
    over = used * due[1] - allowed
    if over <= 0:
        return _GREEN
    within = over * preset.total.denominator <= allowed * preset.total.numerator
    return _YELLOW if within else _RED


_GREEN, _YELLOW, _RED = Level("green"), Level("yellow"), Level("red")


def _exact(due: tuple[int, int]) -> Fraction:
    return Fraction(*due)


def _other(terms: Terms, item: Budget, month: str, preset: Preset) -> Reading:
    """The reading of an intensity, a reduction or a share."""
    rule = item.target.rule
    if rule == "reduction":
        found = reduction_reading(terms, item)
    elif rule == "floor":
        found = read_share(terms, item)
    else:
        found = terms.intensity_reading(item)
    level = Level(absent=found.absent)
    if found.on_schedule:
        level = Level("green")
    elif found.absent is None and found.actual is not None and found.target is not None:
        level = judge(rule, found.actual, found.target, preset)
    return Reading(
        terms.place,
        month,
        item,
        False,
        found.actual,
        found.target,
        (1, 1),
        level,
        preset,
        found.release,
        workings=found.workings,
    )


def worst(found: Iterable[Reading]) -> str:
    """The worst colour among readings; '' where none has one."""
    ranks = [COLOURS.index(item.colour) for item in found if item.colour]
    return COLOURS[max(ranks)] if ranks else ""


def explained(book: Book, reading: Reading) -> tuple[Indicator, ...]:
    """The workings of a reading; of a total D3 where it applies, and the margin D7."""
    if not reading.total:
        return reading.workings
    year, month = int(reading.month[:4]), int(reading.month[5:])
    rows = book.groups(reading.month).get(reading.place, [])
    terms = Terms(book, reading.place, rows, year, month, book.basis(year))
    about = reading.budget.target.about
    used, due = reading.actual, reading.due_amount
    steps: list[Indicator] = []
    if about == "energy":
        working = terms.energy(year, month).working
        steps += [working] if working else []
    if used is not None and due is not None:
        symbol = {"energy": "E", "carbon": "C", "coal": "E_coal", "oil": "E_oil"}[about]
        source = f"{reading.budget.document} × {reading.due[0]}/{reading.due[1]}"
        cap = formula.Input("cap", due, reading.unit, source)
        total = formula.Input(symbol, reading.shown(used), reading.unit, "ledger", reading.release)
        steps.append(formula.margin(cap, total))
    return tuple(steps)


def places_of(found: Iterable[Reading]) -> Mapping[Place, tuple[Reading, ...]]:
    """Readings by place."""
    groups: dict[Place, list[Reading]] = {}
    for item in found:
        groups.setdefault(item.place, []).append(item)
    return {place: tuple(items) for place, items in groups.items()}
