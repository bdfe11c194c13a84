"""When things happen by themselves (自动运行): files that arrive, the fifth of the month, nights.

What belongs here: jobs, the sensor of the inbox, schedules. What does not: what is done then
(`pipelines.assets`). Nothing here opens the ledger: the daemon must never stand in a writer's way.
"""

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines import month as steps
from pipelines.assets import MONTH_ASSETS, NIGHTLY_ASSETS
from pipelines.assets.months import CLOCK, is_month, last_month, today
from pipelines.assets.words import said
from pipelines.checks import last_month_on_time
from pipelines.checks.deadline import DEADLINE_DAY
from pipelines.intake.typed import Typed
from warehouse.settings import choose_home

QUIET_SECONDS = 20
"""A file that changed less than this ago may still be on its way in."""

TICK_SECONDS = 30
"""How long one look reads files; the daemon gives up on a look after a minute."""

POSTING_DAY = 5

month_job = dg.define_asset_job(
    "month",
    selection=dg.AssetSelection.assets(*MONTH_ASSETS)
    - dg.AssetSelection.checks(last_month_on_time),
    executor_def=dg.in_process_executor,
    description=said("month_job"),
)

deadline_job = dg.define_asset_job(
    "deadline",
    selection=dg.AssetSelection.checks(last_month_on_time),
    executor_def=dg.in_process_executor,
    description=said("deadline_job", day=DEADLINE_DAY),
)

nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.assets(*NIGHTLY_ASSETS),
    executor_def=dg.in_process_executor,
    description=said("nightly_job"),
)

JOBS = (month_job, deadline_job, nightly_job)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What one look at the inbox found. `marks` says of each file what was seen, for the next
    look to compare with; `fresh` are the files to read now, `moving` those that still change."""

    marks: Mapping[Path, str]
    fresh: tuple[Path, ...]
    moving: tuple[Path, ...]


def look(inbox: Path, seen: Iterable[str], now: float) -> Arrivals:
    """Compare the inbox with what was `seen` before, by path, size and time of change.

    The time of change (ctime) cannot be set back as that of modification is by copying tools.
    """
    known = set(seen)
    marks: dict[Path, str] = {}
    fresh, moving = [], []
    for path in steps.inbox_files(inbox):
        found = path.stat()
        facts = f"{path.relative_to(inbox)}\n{found.st_size}\n{found.st_ctime_ns}"
        mark = hashlib.sha256(facts.encode()).hexdigest()[:16]
        if mark not in known and now - found.st_ctime < QUIET_SECONDS:
            moving.append(path)
            continue
        marks[path] = mark
        if mark not in known:
            fresh.append(path)
    return Arrivals(marks, tuple(fresh), tuple(moving))


def requests(received: Sequence[Typed], day: date) -> tuple[dict[str, str], tuple[str, ...]]:
    """Month → run key for the months that the files hold, and the months that cannot be run on
    `day`. The same contents have the same key. A file in which no month can be read goes with the
    latest of the others, or with last month: that run gives it back."""
    contents: dict[str, set[str]] = {}
    for typed in received:
        for month in typed.months:
            contents.setdefault(month, set()).add(typed.staged.sha256)
    impossible = tuple(sorted(month for month in contents if not is_month(month, day)))
    asked = {month: files for month, files in contents.items() if month not in impossible}
    stray = {typed.staged.sha256 for typed in received if not typed.months}
    if stray:
        asked.setdefault(max(asked, default=last_month(day)), set()).update(stray)
    return {month: _run_key(month, files) for month, files in sorted(asked.items())}, impossible


def _run_key(month: str, files: Iterable[str]) -> str:
    return f"{month}:{hashlib.sha256(' '.join(sorted(files)).encode()).hexdigest()[:16]}"


@dg.sensor(
    job=month_job,
    name="inbox",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=said("inbox"),
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Runs for the months that new files hold."""
    home = choose_home()
    if not home.inbox.is_dir():
        return dg.SkipReason(said("no_inbox", path=home.inbox))
    seen = json.loads(context.cursor) if context.cursor else []
    found = look(home.inbox, seen, time.time())
    if found.moving:
        return dg.SkipReason(said("moving", files=len(found.moving), name=found.moving[0].name))
    if not found.fresh:
        return dg.SkipReason(said("nothing_new", files=len(found.marks)))
    return _result(context, found)


def _result(context: dg.SensorEvaluationContext, found: Arrivals) -> dg.SensorResult:
    received, left = _receive(found.fresh)
    asked, impossible = requests(received, today())
    reason = said("no_such_month", months="、".join(impossible)) if impossible else None
    if reason:
        context.log.warning(reason)
    runs = [dg.RunRequest(run_key=key, partition_key=month) for month, key in asked.items()]
    # What was left over is taken up by the next look.
    marks = [mark for path, mark in found.marks.items() if path not in left]
    return dg.SensorResult(
        run_requests=runs, cursor=json.dumps(marks), skip_reason=None if runs else reason
    )


def _receive(fresh: Sequence[Path]) -> tuple[list[Typed], set[Path]]:
    """Read files until the look has lasted long enough; answers which are left over."""
    home, began = choose_home(), time.monotonic()
    received: list[Typed] = []
    for number, path in enumerate(fresh):
        if received and time.monotonic() - began > TICK_SECONDS:
            return received, set(fresh[number:])
        received += steps.receive(home, [path])
    return received, set()


@dg.schedule(
    job=month_job,
    name="month_due",
    cron_schedule=f"0 6 {POSTING_DAY} * *",
    execution_timezone=CLOCK,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=said("month_due", day=POSTING_DAY),
)
def month_due(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A run for last month."""
    planned = context.scheduled_execution_time
    month = last_month(today(planned))
    return dg.RunRequest(run_key=f"{month}:{planned:%Y-%m-%d}", partition_key=month)


deadline_watch = dg.ScheduleDefinition(
    name="deadline_watch",
    job=deadline_job,
    cron_schedule=f"0 8 {DEADLINE_DAY + 1}-31 * *",
    execution_timezone=CLOCK,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=said("deadline_watch", day=DEADLINE_DAY),
)

night = dg.ScheduleDefinition(
    name="night",
    job=nightly_job,
    cron_schedule="30 1 * * *",
    execution_timezone=CLOCK,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=said("night"),
)

SCHEDULES = (month_due, deadline_watch, night)
SENSORS = (inbox_sensor,)
