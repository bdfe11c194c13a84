"""Dagster's settings for one home folder (调度实例配置), written when the home is made.

What belongs here: `dagster.yaml`. What does not: anything that needs Dagster itself, which takes
a second to import and would slow `tanzhang init` down; what runs and when (`definitions`).
"""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.home import Home

_SETTINGS = """\
# Settings of Dagster for this home folder, written once by `tanzhang init`; yours to change.
# Runs, events, logs and schedules are kept beside this file: DAGSTER_HOME is this folder.

# Nothing is reported to anybody.
telemetry:
  enabled: false
# Nobody is asked to sign up for anything.
nux:
  enabled: false

# The ledger has one writer. The lease holds that also without the queue; with it, runs wait their
# turn here, where people see them, and not as processes.
concurrency:
  runs:
    max_concurrent_runs: 1

# A run whose process died is marked as failed; otherwise it would hold the queue for ever.
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
  poll_interval_seconds: 30

# The sensor looks every half minute; what it did not find need not be kept.
retention:
  sensor:
    purge_after_days:
      skipped: 7
  schedule:
    purge_after_days:
      skipped: 90
"""


def write_instance(home: Home) -> Path:
    """Write `dagster.yaml` into the home where there is none; answers its path. Safe to repeat."""
    target = home.dagster / "dagster.yaml"
    if target.exists():
        return target
    home.dagster.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(_SETTINGS, encoding="utf-8")
    draft.replace(target)
    return target
