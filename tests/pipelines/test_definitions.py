"""What Dagster loads: the graph, the instance, and what starts runs by itself."""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from factors.messages import LANGUAGES, catalogue
from pipelines import automation
from pipelines.assets.months import MONTHS, is_month, last_month, today
from pipelines.assets.words import label, listing
from pipelines.definitions import defs
from pipelines.instance import write_instance
from tests.pipelines.graph import SNAPSHOT, as_text, graph
from warehouse.home import Home

ROW = "91210100HCT0000192,合成·甲公司（合成数据）,天然气,{month},12.5,万Nm3\n"
HEAD = "统一社会信用代码,企业名称,能源品种,月份,消费量,计量单位\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with an empty inbox and no ledger: nothing here may need one."""
    made = Home(tmp_path / "home").create()
    monkeypatch.setenv("TANZHANG_HOME", str(made.path))
    monkeypatch.setattr(automation, "QUIET_SECONDS", 0)
    return made


def send(home: Home, name: str, text: str) -> Path:
    path = home.inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def tick(cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    context = dg.build_sensor_context(cursor=cursor, instance=dg.DagsterInstance.ephemeral())
    found = automation.inbox_sensor(context)
    assert isinstance(found, dg.SensorResult | dg.SkipReason)
    return found


def asked(found: dg.SensorResult | dg.SkipReason) -> list[str]:
    assert isinstance(found, dg.SensorResult)
    return [str(request.partition_key) for request in found.run_requests or ()]


def test_the_graph_is_the_one_in_the_snapshot() -> None:
    expected, seen = SNAPSHOT.read_text(encoding="utf-8"), as_text(graph())
    changed = difflib.unified_diff(
        expected.splitlines(), seen.splitlines(), "graph.json", "definitions", lineterm="", n=4
    )
    assert seen == expected, "\n".join(
        ("the graph changed; if that is meant: python -m tests.pipelines.graph", *changed)
    )


def test_whatever_starts_a_run_it_stays_in_one_process() -> None:
    executors = {job.executor_def.name for job in defs.get_repository_def().get_all_jobs()}
    assert executors == {"in_process"}


def test_loading_is_quiet_and_leaves_great_expectations_alone() -> None:
    code = (
        "import sys, warnings\n"
        "with warnings.catch_warnings(record=True) as heard:\n"
        "    warnings.simplefilter('always')\n"
        "    import pipelines.definitions as found\n"
        "    found.defs.get_repository_def()\n"
        "ours = [str(each.message) for each in heard if 'pipelines' in each.filename\n"
        "        or each.category.__module__.startswith('dagster')]\n"
        "print(ours, 'great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"


def test_everything_on_the_page_has_words_in_both_languages() -> None:
    repository = defs.get_repository_def()
    assets = repository.asset_graph
    shown = [assets.get(key).description for key in assets.materializable_asset_keys]
    shown += [assets.get(key).description for key in assets.asset_check_keys]
    shown += [each.description for each in (*repository.schedule_defs, *repository.sensor_defs)]
    assert len(shown) == 8 + 7 + 3 + 1
    for words in shown:
        chinese, english = (words or "").split("\n\n")
        assert any("一" <= letter <= "鿿" for letter in chinese)
        assert not any("一" <= letter <= "鿿" for letter in english)
        assert "{" not in chinese + english


def test_the_catalogue_has_nothing_that_the_pipeline_does_not_say() -> None:
    room = Path(automation.__file__).parent
    files = (room / "automation.py", *room.glob("assets/*.py"), *room.glob("checks/*.py"))
    written = "".join(path.read_text(encoding="utf-8") for path in files)
    for code, words in catalogue().items():
        subject, _, name = code.partition(".")
        if subject in ("dagster", "figure"):
            assert set(words) == set(LANGUAGES)
            forms = (f'"{name}"', f"{name}=", f" {name}: int")  # the last: a field of an account
            assert any(form in written for form in forms), code


def test_partitions_are_the_months_of_the_bureau_and_the_one_under_way() -> None:
    now = datetime(2025, 3, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 April in Shenyang
    keys = MONTHS.get_partition_keys(current_time=now)
    assert (keys[0], keys[-1]) == ("2015-01", "2025-04")
    assert today(now) == date(2025, 4, 1)
    assert MONTHS.get_partition_keys(current_time=datetime(2025, 3, 31, 15, tzinfo=UTC))[-1] == (
        "2025-03"
    )


def test_months() -> None:
    assert last_month(date(2025, 3, 31)) == "2025-02"
    assert last_month(date(2025, 1, 1)) == "2024-12"
    assert is_month("2015-01", date(2025, 1, 1))
    assert is_month("2025-01", date(2025, 1, 1))
    assert not is_month("2014-12", date(2025, 1, 1))
    assert not is_month("2025-02", date(2025, 1, 1))


def test_the_schedule_runs_last_month_on_the_fifth() -> None:
    planned = datetime(2026, 1, 4, 22, 0, tzinfo=UTC)  # the fifth, six o'clock, in Shenyang
    context = dg.build_schedule_context(scheduled_execution_time=planned)
    request = automation.month_due(context)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2025-12"


def test_the_instance(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = write_instance(home)
    assert written == tmp_path / "dagster" / "dagster.yaml"
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        limits = instance.get_concurrency_config().run_queue_config
        assert limits is not None
        assert limits.max_concurrent_runs == 1
        assert Path(instance.storage_directory()).is_relative_to(home.dagster)
        instance.create_run_for_job(defs.resolve_job_def("deadline"))
    assert (home.dagster / "history" / "runs.db").exists()


def test_what_a_person_changed_in_the_instance_stays(tmp_path: Path) -> None:
    written = write_instance(Home(tmp_path))
    written.write_text("telemetry:\n  enabled: false\n# ours\n", encoding="utf-8")
    write_instance(Home(tmp_path))
    assert written.read_text(encoding="utf-8").endswith("# ours\n")


def test_writing_the_instance_does_not_load_dagster(tmp_path: Path) -> None:
    code = (
        "import sys; from pipelines.instance import write_instance;"
        "from warehouse.home import Home; write_instance(Home(sys.argv[1]));"
        "print('dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_new_files_ask_for_the_months_that_they_hold(home: Home) -> None:
    send(home, "a.csv", HEAD + ROW.format(month="2025-01") + ROW.format(month="2025年3月"))
    send(home, "folder/b.csv", HEAD + ROW.format(month="202503"))
    found = tick()
    assert asked(found) == ["2025-01", "2025-03"]
    assert not home.ledger.exists(), "the daemon never opens the ledger"


def test_what_was_seen_is_not_asked_for_again(home: Home) -> None:
    send(home, "a.csv", HEAD + ROW.format(month="2025-01"))
    first = tick()
    assert isinstance(first, dg.SensorResult)
    again = tick(first.cursor)
    assert isinstance(again, dg.SkipReason)
    assert "1" in (again.skip_message or "")
    send(home, "b.csv", HEAD + ROW.format(month="2025-02"))
    assert asked(tick(first.cursor)) == ["2025-02"]


def test_the_same_contents_have_the_same_run_key(home: Home) -> None:
    path = send(home, "a.csv", HEAD + ROW.format(month="2025-01"))
    first = tick()
    assert isinstance(first, dg.SensorResult)
    os.utime(path)  # changed, but not what stands in it
    touched = tick(first.cursor)
    assert isinstance(touched, dg.SensorResult)
    keys = [[request.run_key for request in found.run_requests or ()] for found in (first, touched)]
    assert keys[0] == keys[1] != [None]
    path.write_text(HEAD + ROW.format(month="2025-01") * 2, encoding="utf-8")
    changed = tick(touched.cursor)
    assert isinstance(changed, dg.SensorResult)
    assert [request.run_key for request in changed.run_requests or ()] != keys[0]


def test_a_file_that_still_comes_in_is_waited_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation, "QUIET_SECONDS", 3600)
    path = send(home, "a.csv", HEAD)
    os.utime(path, (0, 0))  # a copying tool sets the time of modification back
    found = tick()
    assert isinstance(found, dg.SkipReason)
    assert "a.csv" in (found.skip_message or "")


def test_an_unreadable_file_goes_with_the_others_or_with_the_month_that_is_due(home: Home) -> None:
    send(home, "a.csv", "")
    first = tick()
    assert asked(first) == [last_month(today())]
    assert isinstance(first, dg.SensorResult)
    send(home, "b.csv", "nothing to be found here\n")
    send(home, "c.csv", HEAD + ROW.format(month="2025-01") + ROW.format(month="2025-02"))
    assert asked(tick(first.cursor)) == ["2025-01", "2025-02"]


def test_months_that_cannot_be_run_are_not_asked_for(home: Home) -> None:
    rows = (ROW.format(month=month) for month in ("1999-01", "2025-01", "2060-01"))
    send(home, "a.csv", HEAD + "".join(rows))
    first = tick()
    assert asked(first) == ["2025-01"]
    assert isinstance(first, dg.SensorResult)
    send(home, "b.csv", HEAD + ROW.format(month="1999-01"))
    second = tick(first.cursor)
    assert asked(second) == []
    assert isinstance(second, dg.SensorResult)
    assert "1999-01" in (second.skip_reason.skip_message or "" if second.skip_reason else "")


def test_a_long_look_leaves_the_rest_for_the_next(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation, "TICK_SECONDS", -1)
    for number in (1, 2, 3):
        send(home, f"{number}.csv", HEAD + ROW.format(month=f"2025-0{number}"))
    cursor, months = None, []
    for _ in range(3):
        found = tick(cursor)
        assert isinstance(found, dg.SensorResult)
        months += asked(found)
        cursor = found.cursor
    assert months == ["2025-01", "2025-02", "2025-03"]
    assert len(json.loads(str(cursor))) == 3


def test_without_an_inbox_the_sensor_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANZHANG_HOME", str(tmp_path / "none"))
    found = tick()
    assert isinstance(found, dg.SkipReason)
    assert "tanzhang init" in (found.skip_message or "")


def test_what_senders_wrote_is_never_markup() -> None:
    shown = listing([{"file": "<b>[x](http://a) | *y*`\n# z"}]).md_str or ""
    lines = shown.splitlines()
    assert lines[:2] == ["| file |", "| --- |"]
    assert lines[2] == "| &lt;b&gt;\\[x\\](http://a) \\| \\*y\\*\\` # z |"
    assert label("rows") == "行数 rows"
