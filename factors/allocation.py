"""Splitting the emission of a cogenerating plant between power and heat (热电联产分摊).

What belongs here: the heat share a and what it makes of an emission: heat a × E, power (1 − a) × E.
What does not: the emission itself (methods) and what buyers of heat book.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from factors.errors import DataFault


class ShareError(DataFault, ValueError):
    """A heat share that is none: no heat goes in, or more comes out than goes in."""


@dataclass(frozen=True, slots=True)
class Split:
    """An emission split in two; they sum to it exactly."""

    heat: Fraction
    power: Fraction


def heat_share(heat_out: Fraction, heat_in: Fraction) -> Fraction:
    """a = heat supplied / heat into the turbine, or / heat of the boiler for live steam; both in
    one unit. Raises `ShareError` where it does not lie in [0, 1]."""
    if heat_in <= 0 or not 0 <= heat_out <= heat_in:
        raise ShareError("allocation.share", heat_out=str(heat_out), heat_in=str(heat_in))
    return heat_out / heat_in


def split(emission: Fraction, share: Fraction) -> Split:
    """`emission` split by the heat share, exactly. Raises `ShareError`."""
    if not 0 <= share <= 1:
        raise ShareError("allocation.share", heat_out=str(share), heat_in="1")
    return Split(share * emission, (1 - share) * emission)
