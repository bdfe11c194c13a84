"""The months of the pipeline (核算月): which there are, and what day it is.

What belongs here: partitions and the bureau's clock. What does not: when runs happen
(`pipelines.automation`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

CLOCK = "Asia/Shanghai"
FIRST_MONTH = "2015-01"

MONTHS = dg.MonthlyPartitionsDefinition(
    start_date=FIRST_MONTH,
    fmt="%Y-%m",
    timezone=CLOCK,
    # The month under way is one too: bills of its first weeks come before it ends.
    end_offset=1,
)


def today(now: datetime | None = None) -> date:
    """The date at the bureau."""
    return (now or datetime.now(ZoneInfo(CLOCK))).astimezone(ZoneInfo(CLOCK)).date()


def last_month(day: date) -> str:
    """The month before that of `day`, which is due ('YYYY-MM')."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def is_month(month: str, day: date) -> bool:
    """Whether there is a partition `month` on `day`: neither before the first nor in the future."""
    return FIRST_MONTH <= month <= f"{day:%Y-%m}"
