"""Stamps of a meter's readings (时标) to the interval and the day that they belong to.

What belongs here: the 24:00 rule and interval ends, for whole columns, as a feed declares them.
What does not: dates as people write them (`periods`).
"""

from __future__ import annotations

import polars as pl

from pipelines.intake.feeds import Stamps
from pipelines.intake.periods import PERIOD_SCHEMA, parse_column


def stamped_column(texts: pl.Series, stamps: Stamps) -> pl.DataFrame:
    """Distinct texts of a column with their periods (PERIOD_SCHEMA), read as `stamps` says.

    With an interval, `starts_at` is the start of the interval, and the day is the day of that
    start: so an interval that ends at midnight belongs to the day that it ends.
    """
    frame = _formatted(texts, stamps) if stamps.format else parse_column(texts)
    return _placed(frame, stamps) if stamps.interval_minutes else frame


def _formatted(texts: pl.Series, stamps: Stamps) -> pl.DataFrame:
    cell = pl.col("text").str.strip_chars()
    has_time = "%H" in stamps.format
    if has_time:
        moment = cell.str.to_datetime(stamps.format, time_unit="us", strict=False)
    else:
        moment = cell.str.to_date(stamps.format, strict=False).cast(pl.Datetime("us"))
    never = pl.lit(None, pl.Datetime("us"))
    distinct = pl.DataFrame([texts.alias("text").unique(maintain_order=True)])
    return distinct.filter(pl.col("text") != "").select(
        "text",
        moment.dt.date().alias("period_start"),
        moment.dt.date().alias("period_end"),
        (moment if has_time else never).alias("starts_at"),
        (moment.is_not_null() & has_time).alias("has_time"),
    )


def _placed(frame: pl.DataFrame, stamps: Stamps) -> pl.DataFrame:
    """Moves each stamp to the start of its interval. A text without a time is midnight."""
    stamp = pl.coalesce("starts_at", pl.col("period_start").cast(pl.Datetime("us")))
    if stamps.midnight == "same_day":
        midnight = stamp.dt.time() == pl.time(0, 0)
        stamp = pl.when(midnight).then(stamp.dt.offset_by("1d")).otherwise(stamp)
    # 24:00 is held as the last microsecond of its day; as a stamp it is the midnight after.
    stamp = stamp.dt.round("1s")
    if stamps.mark == "end":
        stamp = stamp.dt.offset_by(f"-{stamps.interval_minutes}m")
    elif stamps.midnight == "same_day":
        # Interval starts have no 24:00: the midnight reading is the last of its day.
        stamp = stamp.dt.offset_by(f"-{stamps.interval_minutes}m")
    placed = frame.with_columns(starts_at=stamp)
    day = pl.col("starts_at").dt.date()
    return placed.with_columns(period_start=day, period_end=day, has_time=day.is_not_null()).select(
        list(PERIOD_SCHEMA)
    )
