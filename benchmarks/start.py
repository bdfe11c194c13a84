"""`start`: how long `tanzhang --help` takes, beside a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks.figure import Figure

LIMIT_SECONDS = 0.3
TIMES = 9


def figures(quick: bool) -> Iterator[Figure]:
    """The median of several starts; the limit is on seconds, not on a ratio."""
    times = 3 if quick else TIMES
    ours = _median([sys.executable, "-m", "portal.cli", "--help"], times)
    bare = _median([sys.executable, "-c", "pass"], times)
    yield Figure(
        "tanzhang --help", 0, ours, "python -c pass", bare, ours / bare, seconds_limit=LIMIT_SECONDS
    )


def _median(command: Sequence[str], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
