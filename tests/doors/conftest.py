"""A home with a small register, made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.doors.desk import NAMES, Desk


def register(names: dict[str, str]) -> str:
    """The register of enterprises as a file; 合成数据 (synthetic)."""
    header = "enterprise_id,name,valid_from,district,industry,method_edition,contact"
    tail = "2020-01-01,210102,4430,general-2015,合成数据 能源管理岗"
    return "\n".join([header, *(f"{code},{name},{tail}" for code, name in names.items())]) + "\n"


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("doors"))
    assert desk("init").code == 0
    path = desk.inbox / "名录.csv"
    path.write_text(register(NAMES), encoding="utf-8")
    answer = desk("register", "import", path)
    assert (answer.code, answer.err) == (0, ""), answer
    return desk.home.path


@pytest.fixture
def desk(first_home: Path, tmp_path: Path) -> Desk:
    """A desk with the shipped reference data and three registered enterprises."""
    shutil.copytree(first_home, tmp_path / "home")
    return Desk(tmp_path)
