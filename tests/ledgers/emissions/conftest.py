from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledgers.emissions import book
from warehouse.connect import Connection
from warehouse.engine import open_database
from warehouse.settings import Settings


@pytest.fixture(scope="session")
def prepared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger file with the shipped reference data and three enterprises, made once."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    con = open_database(path, Settings(threads=2))
    book.fill_ledger(con)
    con.close()
    return path


@pytest.fixture
def ledger(prepared_ledger: Path, tmp_path: Path) -> Iterator[Connection]:
    """A copy of it, open for writing."""
    path = tmp_path / "ledger.duckdb"
    shutil.copy(prepared_ledger, path)
    con = open_database(path, Settings(threads=2))
    yield con
    con.close()
