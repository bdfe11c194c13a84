"""The night of the registry in Dagster: it adds up, and an altered balance is found (合成数据)."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.words import label
from pipelines.definitions import defs
from tests.ledgers.allowances.desk import Registry
from warehouse.connect import writer
from warehouse.home import Home

PERSON = "test"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A registry in which a plant holds 100 t."""
    made = Home(tmp_path / "home")
    with writer(made, purpose="test", person=PERSON) as con:
        registry = Registry(con)
        registry.give(registry.plant, 100)
    monkeypatch.setenv("TANZHANG_HOME", str(made.path))
    monkeypatch.setenv("TANZHANG_PERSON", PERSON)
    return made


def night() -> tuple[bool, dg.AssetCheckEvaluation]:
    done = defs.resolve_job_def("nightly").execute_in_process(
        instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
    )
    (check,) = done.get_asset_check_evaluations()
    return done.success, check


def test_a_registry_that_adds_up(home: Home) -> None:
    good, check = night()
    assert good
    assert check.passed
    assert check.metadata[label("transactions")].value == 2


def test_a_tonne_from_nowhere_is_found(home: Home) -> None:
    with writer(home, purpose="test", person=PERSON) as con:
        con.execute("UPDATE allowances.balance SET quantity = quantity + 1 WHERE quantity = 100")
    _, check = night()
    assert not check.passed
    assert label("findings") in check.metadata
