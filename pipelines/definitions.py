"""What Dagster loads (调度定义): assets, checks, jobs, schedules, the sensor and the ledger.

What belongs here: putting them together. Everything runs on the in-process executor, however it
was started: the ledger is opened once a run, and by one process.
"""

from __future__ import annotations

import dagster as dg

from pipelines.assets import ASSETS
from pipelines.assets.book import book
from pipelines.automation import JOBS, SCHEDULES, SENSORS
from pipelines.checks import CHECKS

defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=SENSORS,
    resources={"book": book},
    executor=dg.in_process_executor,
)
