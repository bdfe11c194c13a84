"""Uncertainty by simulation (蒙特卡洛模拟), for those who ask.

What belongs here: drawing every source and summing, vectorised. What does not: what the sources are
(`uncertainty`).

One standard normal z is drawn for each source and run. Its relative error is z × down / 1.96 below
the value and z × up / 1.96 above it, so that the median is the value and the printed bounds are the
2.5 % and 97.5 % points even where they are not symmetric; an error below −1 counts as −1, for no
physical quantity is negative. A product follows all of its sources at once, which error
propagation takes to first order only. The draws of a source depend on the seed and on its own key
alone: neither the order of the ledger nor its other sources move them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

from factors.errors import UsageFault
from ledgers.emissions.uncertainty import QUANTITY, Piece, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

FEWEST, MOST = 100, 1_000_000
_Z = NormalDist().inv_cdf(0.975)


class RunsFault(UsageFault, ValueError):
    """A number of runs outside FEWEST..MOST; facts: seen, fewest, most."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A total as simulated, in tonnes of CO2e: to six digits, which is more than it is worth."""

    runs: int
    seed: int
    mean: Decimal
    deviation: Decimal
    lower: Decimal
    median: Decimal
    upper: Decimal


def simulate(pieces: Sequence[Piece], runs: int, seed: int) -> Simulated:
    """The distribution of the sum of `pieces`, which must be of one basis. Raises RunsFault."""
    import numpy as np

    if not FEWEST <= runs <= MOST:
        raise RunsFault("quality.runs", seen=runs, fewest=FEWEST, most=MOST)
    factor = _Factors(runs, seed)
    total = np.zeros(runs)
    for sources, patterns in _streams(pieces).items():
        # What shares the stream's own error is summed first; the error then acts on the sum once.
        inner = np.zeros(runs)
        for others, tonnes in patterns.items():
            inner += tonnes * factor.product(others)
        total += inner * factor.product(sources, once=True)
    low, middle, high = np.percentile(total, [2.5, 50, 97.5])
    figures = total.mean(), total.std(ddof=1), low, middle, high
    return Simulated(runs, seed, *(Decimal(f"{figure:.6f}") for figure in figures))


_Sources = tuple[Source, ...]


def _streams(pieces: Sequence[Piece]) -> Mapping[_Sources, Mapping[_Sources, float]]:
    """Quantity sources → other sources → tonnes."""
    found: dict[_Sources, dict[_Sources, float]] = {}
    for piece in pieces:
        own = tuple(item for item in piece.sources if item.parameter == QUANTITY)
        others = tuple(item for item in piece.sources if item.parameter != QUANTITY)
        held = found.setdefault(own, {})
        held[others] = held.get(others, 0.0) + float(piece.co2e)
    return found


class _Factors:
    """1 + error of each source, drawn once; of a stream's quantity used once and not kept."""

    def __init__(self, runs: int, seed: int) -> None:
        self._runs, self._seed = runs, seed
        # Kept draws take at most some 200 MB with the most runs.
        self._kept = lru_cache(maxsize=max(8, 25_000_000 // runs))(self._drawn)

    def product(self, sources: _Sources, *, once: bool = False) -> Draws:
        import numpy as np

        result = np.ones(self._runs)
        for source in sources:
            result *= (self._drawn if once else self._kept)(source)
        return result

    def _drawn(self, source: Source) -> Draws:
        import numpy as np

        own = int.from_bytes(hashlib.sha256(source.key.encode()).digest()[:16])
        draws = np.random.default_rng([self._seed, own]).standard_normal(self._runs)
        sides = np.where(draws < 0, float(source.down), float(source.up))
        error = np.maximum(draws * sides / _Z, -1.0)
        return np.asarray(1.0 + float(source.sensitivity) * error)
