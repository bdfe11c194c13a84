"""The small city, made once for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports import city
from warehouse.connect import Connection


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    con = city.build(tmp_path_factory.mktemp("city"))
    yield con
    con.close()


@pytest.fixture
def own_ledger(tmp_path: Path) -> Iterator[Connection]:
    """A city of one's own, for tests that change it."""
    con = city.build(tmp_path)
    yield con
    con.close()
