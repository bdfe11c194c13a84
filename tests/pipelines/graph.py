"""The graph of the pipeline as plain data.

`python -m tests.pipelines.graph` writes the snapshot again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.definitions import defs

SNAPSHOT = Path(__file__).with_name("graph.json")


def graph() -> dict[str, Any]:
    """Assets, checks, partitions, jobs, schedules, sensors: what a change should be seen in."""
    repository = defs.get_repository_def()
    assets = repository.asset_graph
    return {
        "assets": {
            key.to_user_string(): {
                "deps": sorted(each.to_user_string() for each in assets.get(key).parent_keys),
                "group": assets.get(key).group_name,
                "partitions": _partitions(assets.get(key).partitions_def),
            }
            for key in sorted(assets.materializable_asset_keys)
        },
        "checks": {
            f"{key.asset_key.to_user_string()}:{key.name}": {
                "blocking": assets.get(key).blocking,
            }
            for key in sorted(assets.asset_check_keys)
        },
        "jobs": {job.name: _job(job) for job in _jobs(repository)},
        "schedules": {
            each.name: {
                "cron": each.cron_schedule,
                "timezone": each.execution_timezone,
                "job": each.job_name,
                "status": each.default_status.value,
            }
            for each in sorted(repository.schedule_defs, key=lambda item: item.name)
        },
        "sensors": {
            each.name: {
                "job": each.job_name,
                "seconds": each.minimum_interval_seconds,
                "status": each.default_status.value,
            }
            for each in sorted(repository.sensor_defs, key=lambda item: item.name)
        },
        "resources": sorted(repository.get_top_level_resources()),
    }


def as_text(found: dict[str, Any]) -> str:
    """The snapshot as it is written."""
    return json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _partitions(found: dg.PartitionsDefinition[str] | None) -> dict[str, Any] | None:
    if not isinstance(found, dg.TimeWindowPartitionsDefinition):
        return None
    first = found.get_first_partition_key()
    return {
        "cron": found.cron_schedule,
        "first": first,
        "timezone": found.timezone,
        "end_offset": found.end_offset,
    }


def _jobs(repository: dg.RepositoryDefinition) -> list[dg.JobDefinition]:
    return sorted(repository.get_all_jobs(), key=lambda job: job.name)


def _job(job: dg.JobDefinition) -> dict[str, Any]:
    layer = job.asset_layer
    return {
        "executor": job.executor_def.name,
        "assets": sorted(key.to_user_string() for key in layer.executable_asset_keys),
        "checks": sorted(
            f"{key.asset_key.to_user_string()}:{key.name}"
            for key in layer.asset_graph.asset_check_keys
        ),
        "partitioned": job.partitions_def is not None,
    }


if __name__ == "__main__":
    SNAPSHOT.write_text(as_text(graph()), encoding="utf-8")
