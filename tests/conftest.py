"""What all tests share: the count of worked cases and where the real data lie."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Speed belongs in benchmarks: a busy machine must fail no test.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

CASES = Path(__file__).parent / "cases"

LATER: set[str] = set()
"""Cases whose method or import check is not shipped yet; each leaves this set with its method."""


def due_cases() -> set[str]:
    """Ids of the worked cases that this version must pass."""
    files = sorted(CASES.glob("*.json"))
    return {case["id"] for file in files for case in json.loads(file.read_bytes())} - LATER


LONG = {"test_kills.py", "test_journal_verification.py", "test_assets.py", "test_bad_input.py"}
"""Files that take minutes: they start first, so that no worker is left with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        for mark in item.iter_markers("case"):
            item.user_properties.extend(("case", case) for case in mark.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print `cases: n of n`; a case passes when it ran and no test with its id failed."""
    passed = set(_cases(terminalreporter, "passed"))
    broken = {*_cases(terminalreporter, "failed"), *_cases(terminalreporter, "error")}
    due = due_cases()
    if passed | broken:
        terminalreporter.write_line(f"cases: {len((passed - broken) & due)} of {len(due)}")


def _cases(reporter: pytest.TerminalReporter, outcome: str) -> Iterator[str]:
    for report in reporter.stats.get(outcome, []):
        # A module that cannot be collected is reported too, and has no properties.
        found = getattr(report, "user_properties", ())
        yield from (str(value) for name, value in found if name == "case")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data sets, named by TANZHANG_REAL_DATA; skips where it is unset."""
    folder = os.environ.get("TANZHANG_REAL_DATA", "")
    if not folder:
        pytest.skip("real data: TANZHANG_REAL_DATA is not set")
    return Path(folder)
