"""A month in Dagster: what its assets leave behind, what shuts it, and runs beside one another."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from ledgers.emissions.rules import declarations, finding
from pipelines.assets.words import label
from pipelines.definitions import defs
from pipelines.expectations import suite
from tests.pipelines.homes import PERSON, copy_home, count, environment, make_home
from warehouse.connect import writer
from warehouse.heads import listed
from warehouse.home import Home
from warehouse.publish import newest

MONTHS = ("2025-01", "2025-02", "2025-03")
STEPS = (
    "received_files",
    "checked_rows",
    "returned_workbooks",
    "posted_entries",
    "month_reports",
    "dual_control_board",
    "published_copy",
)
ENTRIES = "SELECT count(*) FROM emissions.entry"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("assets"), MONTHS)


def enter(home: Home, patch: pytest.MonkeyPatch) -> Home:
    """Make `home` the one that Dagster works on."""
    patch.setenv("TANZHANG_HOME", str(home.path))
    patch.setenv("TANZHANG_PERSON", PERSON)
    return home


@pytest.fixture
def home(city: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    return enter(copy_home(city, tmp_path / "home"), monkeypatch)


@pytest.fixture(scope="module")
def ran(
    city: Home, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Home, dg.ExecuteInProcessResult]]:
    """A home in which January was run, and what that gave."""
    with pytest.MonkeyPatch.context() as patch:
        home = enter(copy_home(city, tmp_path_factory.mktemp("ran") / "home"), patch)
        yield home, run()


def run(month: str = "2025-01", only: Sequence[str] | None = None) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("month").execute_in_process(
        partition_key=month,
        instance=dg.DagsterInstance.ephemeral(),
        asset_selection=None if only is None else [dg.AssetKey(name) for name in only],
        raise_on_error=False,
    )


def made(done: dg.ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.to_user_string() for event in _made(done) if event.asset_key}


def _made(done: dg.ExecuteInProcessResult) -> list[dg.DagsterEvent]:
    return list(done.get_asset_materialization_events())


def figures(done: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = (e for e in _made(done) if e.asset_key == dg.AssetKey(asset))
    found = event.step_materialization_data.materialization.metadata
    return {name: value.value for name, value in found.items()}


def verdicts(done: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {each.check_name: each.passed for each in done.get_asset_check_evaluations()}


def hostile(home: Home) -> None:
    """One row that the rules reject: a negative quantity of a registered enterprise."""
    with writer(home, purpose="test", person=PERSON) as con:
        row = con.execute("SELECT min(enterprise_id) FROM register.enterprise").fetchone()
    assert row is not None
    text = f"信用代码,能源品种,月份,消费量,计量单位\n{row[0]},电力,2025-01,-5,kWh\n"
    (home.inbox / "负数.csv").write_text(text, encoding="utf-8")


def test_a_month_from_the_inbox_to_a_published_copy(
    ran: tuple[Home, dg.ExecuteInProcessResult],
) -> None:
    home, done = ran
    assert done.success
    assert made(done) == set(STEPS)
    assert verdicts(done) == {
        "expectations_hold": True,
        "rows_conserved": True,
        "rejected_share": True,
        "chain_verified": True,
        "budgets_judged": True,
    }
    posted = figures(done, "posted_entries")
    assert posted[label("entries")] == count(home, ENTRIES) > 0
    assert posted[label("rejected")] == 1
    assert posted[label("head")] == listed(home.heads)[-1].hash
    assert {float(tonnes) > 0 for tonnes in posted[label("tonnes")].values()} == {True}
    copy = newest(home)
    assert copy is not None
    assert copy.head.hash == posted[label("head")]
    assert figures(done, "returned_workbooks")[label("files")] == 1
    assert len(list((home.rejected / "2025-01").iterdir())) == 1


def test_links_lead_to_files(ran: tuple[Home, dg.ExecuteInProcessResult]) -> None:
    home, done = ran
    for asset in ("returned_workbooks", "month_reports", "published_copy"):
        lines = figures(done, asset)[label("links")].splitlines()
        paths = [Path(line.rpartition(" `")[2].rstrip("`")) for line in lines if "](file:" in line]
        assert paths
        assert all(path.is_file() for path in paths)
    assert (home.reports / "2025-01" / "bulletin.pdf").is_file()


def test_running_again_posts_nothing(ran: tuple[Home, dg.ExecuteInProcessResult]) -> None:
    home, _ = ran
    before = home.heads.read_text(encoding="utf-8"), count(home, ENTRIES)
    with pytest.MonkeyPatch.context() as patch:
        enter(home, patch)
        done = run(only=STEPS[:4])
    assert done.success
    assert figures(done, "posted_entries")[label("commits")] == 0
    assert (home.heads.read_text(encoding="utf-8"), count(home, ENTRIES)) == before


def test_the_same_file_under_two_names_is_posted_once(home: Home) -> None:
    (sent, *_) = sorted((home.inbox / "2025-01").glob("*.csv"))
    (home.inbox / "又一次.csv").write_bytes(sent.read_bytes())
    done = run(only=STEPS[:4])
    assert verdicts(done)["rows_conserved"]
    rows = "SELECT count(*) - count(DISTINCT (source, sheet, row_no, period_start)) FROM "
    assert count(home, rows + "emissions.activity WHERE starts_at IS NULL") == 0


def test_any_part_of_the_graph_can_be_run_by_itself(home: Home) -> None:
    done = run(only=["posted_entries"])
    assert done.success
    assert made(done) == {"posted_entries"}
    assert count(home, ENTRIES) > 0


def test_nothing_is_posted_when_a_refused_row_was_not_set_aside(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile(home)
    blind = tuple(
        replace(rule, predicate="false") if rule.rule_id == "VA-01" else rule
        for rule in declarations.RULES
    )
    monkeypatch.setattr(finding, "RULES", blind)
    done = run()
    assert not done.success
    assert verdicts(done) == {"expectations_hold": False}
    assert made(done) == {"received_files", "checked_rows"}
    past_the_check = run(only=["posted_entries"])
    assert not past_the_check.success
    assert made(past_the_check) == set()
    assert count(home, ENTRIES) == 0


def test_a_broken_check_is_not_said_of_the_data(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tuple(
        replace(rule, expectation=(rule.expectation[0], {**rule.expectation[1], "column": "none"}))
        for rule in suite.expected_rules()
        if rule.expectation is not None
    )
    monkeypatch.setattr(suite, "RULES", broken)
    done = run()
    assert not done.success
    assert verdicts(done) == {}
    assert "posted_entries" not in made(done)
    assert count(home, ENTRIES) == 0


def test_no_reports_are_made_of_a_ledger_that_was_altered(home: Home) -> None:
    assert run(only=["received_files", "checked_rows", "posted_entries"]).success
    with writer(home, purpose="test", person=PERSON) as con:
        con.execute("UPDATE emissions.activity SET note = 'x' WHERE ordinal = 0")
    done = run()
    assert not done.success
    assert not verdicts(done)["chain_verified"]
    assert made(done).isdisjoint({"month_reports", "published_copy"})


def test_runs_beside_one_another_each_have_their_effect_once(home: Home) -> None:
    """Two runs of one month started at once, and a back-fill of three months beside them: four
    processes that know nothing of one another. Dagster makes its own tables when it first starts
    in a home, and not safely beside itself: here as in `tanzhang dev` it has started before."""
    dg.DagsterInstance.from_config(str(home.dagster)).dispose()
    months = (*MONTHS, MONTHS[-1])
    command = [sys.executable, "-m", "dagster", "job", "execute"]
    command += ["-m", "pipelines.definitions", "-j", "month", "--tags"]
    started = [
        subprocess.Popen(
            [*command, json.dumps({"dagster/partition": month})],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for month in months
    ]
    for process in started:
        told, _ = process.communicate(timeout=600)
        assert process.returncode == 0, told[-3000:]
    taken = "SELECT {} FROM emissions.source WHERE month = '{}'"
    for month in MONTHS:
        files = count(home, taken.format("count(DISTINCT source)", month))
        assert count(home, taken.format("count(*)", month)) == files > 0
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        held = [instance.get_materialized_partitions(dg.AssetKey(name)) for name in STEPS]
        states = {record.dagster_run.status for record in instance.get_run_records()}
    assert held == [set(MONTHS)] * len(STEPS)
    assert states == {dg.DagsterRunStatus.SUCCESS}
    done = run(MONTHS[0])
    assert done.success, "the chain verifies after all of them"
    assert figures(done, "posted_entries")[label("commits")] == 0
