"""One generated month of the full-size city, shared by the tests that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sample_city import Manifest, generate_month, register_files

MONTH = "2025-03"


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample_city")


@pytest.fixture(scope="session")
def march(city_folder: Path) -> Manifest:
    register_files(city_folder)
    return generate_month(city_folder, MONTH)
