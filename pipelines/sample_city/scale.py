"""One large file of clean rows, and the register of its enterprises, for benchmarks.

What belongs here: volume without mess. What does not: anything that a person would write; for
that there is the city. Rows are daily readings of the enterprises' devices in one month, every
row a stream of its own, all quantities within plausible limits. 合成数据 stands in every row.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.sample_city import tables
from pipelines.sample_city.city import SEED
from pipelines.sample_city.credit_codes import SCALE, credit_code
from pipelines.sample_city.documents import LABEL
from pipelines.sample_city.register import METHOD_EDITION

if TYPE_CHECKING:
    import polars as pl

BATCH = 500_000
CARRIERS = (
    ("烟煤", "吨", 3),
    ("无烟煤", "t", 3),
    ("焦炭", "吨", 3),
    ("柴油", "千克", 1),
    ("汽油", "kg", 1),
    ("天然气", "万Nm³", 4),
    ("电力", "万千瓦时", 4),
    ("热力", "GJ", 2),
)
"""Carrier, unit and decimals of the readings, in turn."""


def write_many(
    path: Path | str,
    rows: int = 10_000_000,
    *,
    enterprises: int = 10_000,
    month: str = "2025-03",
    seed: int = SEED,
) -> Path:
    """Write `rows` clean rows as one CSV (UTF-8) and `<name>_register.csv` beside it.

    Returns the register's path. Memory stays at a batch of 500,000 rows. Raises ValueError for
    less than one row or enterprise, or more enterprises than there are synthetic codes.
    """
    if rows < 1 or enterprises < 1:
        raise ValueError(f"nothing to write: {rows} rows of {enterprises} enterprises")
    target = Path(path)
    names = _enterprises(enterprises)
    with target.open("wb") as out:
        for first in range(0, rows, BATCH):
            count = min(BATCH, rows - first)
            frame = _batch(names, first, count, rows, month, seed)
            frame.write_csv(out, include_header=first == 0)
    return _register(target, enterprises)


def _enterprises(count: int) -> pl.DataFrame:
    import polars as pl

    codes = tables.districts()
    numbers = range(count)
    ids = [credit_code(codes[n % len(codes)].code, SCALE, n) for n in numbers]
    return pl.DataFrame(
        {"enterprise_id": ids, "enterprise_name": [f"合成·规模{n:05d}号" for n in numbers]}
    )


def _batch(
    names: pl.DataFrame, first: int, count: int, rows: int, month: str, seed: int
) -> pl.DataFrame:
    """Rows `first` to `first + count`: enterprise by enterprise, device, carrier, day."""
    import numpy as np
    import polars as pl

    start = date.fromisoformat(f"{month}-01")
    days = monthrange(start.year, start.month)[1]
    number = np.arange(first, first + count, dtype=np.int64)
    each = -(-rows // names.height)
    stream = number % each
    carrier = (stream // days) % len(CARRIERS)
    digits = np.random.default_rng([seed, first]).integers(1_000, 9_000_000, count)
    decimals = np.array([item[2] for item in CARRIERS])[carrier]
    return pl.DataFrame(
        {
            "enterprise": number // each,
            "device": stream // (days * len(CARRIERS)) + 1,
            "carrier": carrier,
            "day": stream % days,
            "digits": digits,
            "decimals": decimals,
        }
    ).select(*_written(names, start))


def _written(names: pl.DataFrame, start: date) -> list[pl.Expr]:
    """The columns of the file from the numbers of a batch."""
    import polars as pl

    def word(place: int) -> pl.Expr:
        texts = pl.Series([str(item[place]) for item in CARRIERS])
        return pl.lit(texts).gather(pl.col("carrier"))

    scale = pl.lit(10).pow(pl.col("decimals"))
    whole, part = pl.col("digits") // scale, pl.col("digits") % scale
    fraction = part.cast(pl.String).str.pad_start(pl.col("decimals"), "0")
    return [
        pl.lit(names["enterprise_id"]).gather(pl.col("enterprise")).alias("enterprise_id"),
        pl.lit(names["enterprise_name"]).gather(pl.col("enterprise")).alias("enterprise_name"),
        pl.format("设备{}", pl.col("device")).alias("device"),
        word(0).alias("carrier"),
        pl.lit("consumption").alias("flow"),
        (pl.lit(start) + pl.duration(days=pl.col("day"))).alias("period"),
        pl.format("{}.{}", whole, fraction).alias("quantity"),
        word(1).alias("unit"),
        pl.lit(LABEL).alias("note"),
    ]


def _register(target: Path, enterprises: int) -> Path:
    import polars as pl

    names = _enterprises(enterprises)
    districts = [d.code for d in tables.districts()]
    path = target.with_name(f"{target.stem}_register.csv")
    names.select(
        "enterprise_id",
        pl.col("enterprise_name").alias("name"),
        pl.lit("2020-01-01").alias("valid_from"),
        pl.Series("district", [districts[n % len(districts)] for n in range(enterprises)]),
        pl.lit("3421").alias("industry"),
        pl.lit(METHOD_EDITION).alias("method_edition"),
        pl.lit(f"{LABEL} 能源管理岗").alias("contact"),
    ).write_csv(path)
    return path
