"""Conservative adjustment of meters (计量器具保守性调整), CETS-VG-01.01-V02-2026.

What belongs here: by how much a quantity is adjusted where a meter is less accurate than required
or was not calibrated, and only for the days that are not covered. What does not: whether a meter
is, which a verifier finds, and posting what comes out of it (a row that corrects another).

A quantity that emits is made larger. Production data, by which an emission is divided or an
allowance grows, are made smaller: the same adjustment with a minus sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from factors.errors import DataFault
from factors.quantities import decimal_of

SOURCE = "CETS-VG-01.01-V02-2026 发电设施核查技术指南"


class MeterError(DataFault, ValueError):
    """An accuracy or a span of days that cannot be."""


@dataclass(frozen=True, slots=True)
class Metered:
    """A quantity of the days from `first` to `last`, both counted."""

    first: date
    last: date
    quantity: Fraction

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What an adjustment made of one metered quantity; `uncovered` days of it were adjusted."""

    metered: Metered
    uncovered: int
    quantity: Fraction


def factor(
    required: Fraction, found: Fraction | None = None, *, calibrated: bool, production: bool = False
) -> Fraction:
    """What a quantity is multiplied by for its uncovered days.

    `required` and `found` are the accuracy that the text asks for and the one that was found, as
    shares (0.5 % is 1/200). Less accurate than required: 1 + (found − required). Not calibrated:
    1 + required. `production` turns the sign. Raises `MeterError`.
    """
    for accuracy in (required, found):
        if accuracy is not None and not 0 <= accuracy < 1:
            raise MeterError("meter.accuracy", seen=str(decimal_of(accuracy) or accuracy))
    if not calibrated:
        extra = required
    elif found is not None and found > required:
        extra = found - required
    else:
        extra = Fraction(0)
    return 1 - extra if production else 1 + extra


def adjust(
    metered: Iterable[Metered],
    uncovered: Iterable[tuple[date, date]],
    multiplier: Fraction,
) -> tuple[Adjusted, ...]:
    """Each quantity with the part of its uncovered days multiplied, days weighing alike.

    Spans of `uncovered` days may overlap and run beyond the quantities. Raises `MeterError` where
    a span ends before it begins.
    """
    spans = _joined(uncovered)
    adjusted: list[Adjusted] = []
    for item in metered:
        if item.last < item.first:
            raise MeterError("meter.span", first=item.first.isoformat(), last=item.last.isoformat())
        days = sum(_common(item, first, last) for first, last in spans)
        share = Fraction(days, item.days)
        adjusted.append(Adjusted(item, days, item.quantity * (1 - share + share * multiplier)))
    return tuple(adjusted)


def _joined(spans: Iterable[tuple[date, date]]) -> Sequence[tuple[date, date]]:
    """The spans without what they have in common, so that no day is adjusted twice."""
    joined: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if last < first:
            raise MeterError("meter.span", first=first.isoformat(), last=last.isoformat())
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _common(item: Metered, first: date, last: date) -> int:
    return max((min(item.last, last) - max(item.first, first)).days + 1, 0)
