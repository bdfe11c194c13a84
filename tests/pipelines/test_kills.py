"""A run that is killed leaves all of the month or nothing, and the next run completes it once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.pipelines.kills import Bench, kill_once, prepare

ROUNDS, ROWS = 20, 3_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return prepare(tmp_path_factory.mktemp("kills"), ROWS)


def test_a_killed_run_is_completed_once_by_the_next(bench: Bench, tmp_path: Path):
    dice = random.Random(20250331)
    hits = sum(
        kill_once(bench, tmp_path / "home", dice.uniform(0.1, bench.seconds)) for _ in range(ROUNDS)
    )
    # Most kills must hit a run that was under way, or the test tests nothing.
    assert hits >= ROUNDS // 2
