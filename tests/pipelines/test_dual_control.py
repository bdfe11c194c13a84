"""Dual control in the monthly graph: the board, its warnings, its check; months run again."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from ledgers import dual_control
from pipelines.assets.words import label
from pipelines.definitions import defs
from tests.ledgers.dual_control.city import budget, send
from tests.pipelines.homes import PERSON, make_home
from warehouse.connect import reader, writer
from warehouse.home import Home

MONTHS = ("2025-01", "2025-02")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = make_home(tmp_path_factory.mktemp("dual"), MONTHS)
    with writer(home, purpose="test", person=PERSON) as con:
        rows = [
            budget("city", "210100", "energy_total", 1, "tce"),
            budget("city", "210100", "energy_intensity", "0.5", "tce/万元"),
        ]
        assert send(con, "budget", *rows).rejected == ()
    return home


def run(month: str) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("month").execute_in_process(
        partition_key=month, instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
    )


def test_months_are_held_to_budgets_and_again_without_effect(
    city: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANZHANG_HOME", str(city.path))
    monkeypatch.setenv("TANZHANG_PERSON", PERSON)
    first = [run(month) for month in MONTHS]
    assert all(done.success for done in first)
    warned = [_metadata(done)[label("warned")].value for done in first]
    assert warned == [1, 1]
    board = city.reports / "2025-02" / "dual-control.html"
    assert board.exists()
    checks = {each.check_name: each.passed for each in first[0].get_asset_check_evaluations()}
    # The intensity has no GDP: said, and no reason to stop the month.
    assert checks["budgets_judged"] is False
    # Bills of February reach into January, so that January itself may be warned of again.
    again = run(MONTHS[1])
    assert _metadata(again)[label("warned")].value == 0
    with reader(city, purpose="test") as reading:
        found = dual_control.warnings(reading.con)
    assert [(item.month, item.colour) for item in found] == [
        ("2025-02", "red"),
        ("2025-01", "red"),
    ]


def _metadata(done: dg.ExecuteInProcessResult) -> dict[str, dg.MetadataValue]:
    (event,) = [
        event
        for event in done.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey("dual_control_board")
    ]
    return dict(event.materialization.metadata)


def test_a_ledger_without_budgets_goes_on_without(tmp_path: Path) -> None:
    from pipelines.dual_control import run_month

    home = Home(tmp_path / "home")
    with writer(home, purpose="test", person=PERSON) as con:
        assert run_month(con, home, "2025-01", person=PERSON) is None
        ((count,),) = con.execute("SELECT count(*) FROM journal.commit").fetchall()
    assert count == 0
