"""A registry made once and copied for each test (合成数据)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledgers.allowances.desk import Registry
from warehouse.connect import Home, writer


@pytest.fixture(scope="session")
def first_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("registry") / "home")
    with writer(home, purpose="test", person="test") as con:
        Registry(con)
    return home.path


@pytest.fixture(scope="session")
def second_registry(first_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after 100 t of 2025 were issued and allocated to the plant."""
    folder = tmp_path_factory.mktemp("stocked") / "home"
    shutil.copytree(first_registry, folder)
    with writer(Home(folder), purpose="test", person="test") as con:
        registry = Registry.resumed(con)
        registry.give(registry.plant, 100)
    return folder


@pytest.fixture
def stocked() -> None:
    """Asks `registry` for the plant with 100 t."""


@pytest.fixture
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    name = "second_registry" if "stocked" in request.fixturenames else "first_registry"
    shutil.copytree(request.getfixturevalue(name), tmp_path / "home")
    with writer(Home(tmp_path / "home"), purpose="test", person="test") as con:
        yield Registry.resumed(con)
