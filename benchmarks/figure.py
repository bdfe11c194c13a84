"""A figure of a benchmark, and the process of its own in which each measurement is made.

What belongs here: the shape of a result, its limits, and running a step alone. What does not: what
is measured.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Figure:
    """One line of the table. `reference` says what it stands beside ('' = nothing). The limits are
    what `ratio`, `seconds` and `peak_rss_mb` may be at most; None is only shown."""

    name: str
    rows: int
    seconds: float
    reference: str = ""
    reference_seconds: float | None = None
    ratio: float | None = None
    peak_rss_mb: float | None = None
    ratio_limit: float | None = None
    seconds_limit: float | None = None
    rss_limit_mb: float | None = None

    @property
    def excesses(self) -> tuple[str, ...]:
        """What exceeds its limit, by name."""
        bounds = (
            ("ratio", self.ratio, self.ratio_limit),
            ("seconds", self.seconds, self.seconds_limit),
            ("peak_rss_mb", self.peak_rss_mb, self.rss_limit_mb),
        )
        return tuple(
            name
            for name, found, limit in bounds
            if found is not None and limit is not None and found > limit
        )

    @property
    def limits(self) -> str:
        """The limits in words."""
        bounds = (
            ("", self.ratio_limit),
            (" s", self.seconds_limit),
            (" MB", self.rss_limit_mb),
        )
        return ", ".join(f"{limit:g}{unit}" for unit, limit in bounds if limit is not None)

    def as_json(self) -> dict[str, Any]:
        """The line for machines."""
        keys = ("name", "rows", "seconds", "reference", "reference_seconds", "ratio", "peak_rss_mb")
        return {key: getattr(self, key) for key in keys}


def in_process(module: str, *words: str) -> Mapping[str, Any]:
    """Run `python -m module words...` and read the JSON object that it prints last."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    if done.returncode:
        said = f"exit {done.returncode}: {done.stderr[-2000:]}"
        raise RuntimeError(f"{' '.join(command[2:])}: {said}")
    held: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return held


def peak_rss_mb() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
