"""The sample city (样例城市): a synthetic Shenyang that sends its energy files every month.

What belongs here: everything that makes the files and the manifest of what is wrong in them. What
does not: reading them; nothing here knows how an intake works, and no intake may look in here.

Everything is 合成数据 (synthetic): no enterprise, code, zone, facility or amount is real; the
districts' names and GB/T 2260 codes are. The credit codes are valid by check digit and of a
pattern that no register issues (`credit_codes`).

    generate(directory)                  register, feeds, 36 months of inbox, manifests
    generate_month(directory, month)     one month alone, byte for byte the same files
    register_files(directory)            the register and the feeds alone
    write_many(path, rows)               one large file of clean rows, for benchmarks (`scale`)

    directory/register/*.xlsx   directory/feeds/*.toml   directory/inbox/<month>/*
    directory/manifest/<month>.json
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pipelines.sample_city.city import SEED, build_city
from pipelines.sample_city.inbox import write_month
from pipelines.sample_city.manifest import FileRecord, Manifest, Mistake, Total, join, read_manifest
from pipelines.sample_city.register import write_register
from pipelines.sample_city.scale import write_many

__all__ = [
    "SEED",
    "FileRecord",
    "Manifest",
    "Mistake",
    "Total",
    "generate",
    "generate_month",
    "months_from",
    "read_manifest",
    "register_files",
    "write_many",
]

FEEDS = ("gas_supplier.toml",)


def generate(
    directory: Path | str,
    *,
    enterprises: int = 300,
    start: str = "2023-01",
    months: int = 36,
    seed: int = SEED,
) -> Manifest:
    """Write the register, the feeds and `months` months from `start`; return one manifest.

    Raises ValueError for a city or a span of no size and for a month that is not 'YYYY-MM'.
    """
    register_files(directory, enterprises=enterprises, seed=seed)
    return join(
        generate_month(directory, month, enterprises=enterprises, seed=seed)
        for month in months_from(start, months)
    )


def generate_month(
    directory: Path | str, month: str, *, enterprises: int = 300, seed: int = SEED
) -> Manifest:
    """Write one month's inbox and manifest ('YYYY-MM'); the same bytes as in a run of all."""
    folder = Path(directory)
    manifest = write_month(folder, build_city(enterprises, seed), month)
    manifest.write(folder / "manifest" / f"{month}.json")
    return manifest


def register_files(
    directory: Path | str, *, enterprises: int = 300, seed: int = SEED
) -> tuple[Path, ...]:
    """Write the enterprise and facility registers and the suppliers' feeds; return their paths."""
    folder = Path(directory)
    written = write_register(folder, build_city(enterprises, seed))
    feeds = folder / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    for name in FEEDS:
        text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
        (feeds / name).write_text(text, encoding="utf-8")
    return (*written, *(feeds / name for name in FEEDS))


def months_from(start: str, months: int) -> Iterator[str]:
    """'YYYY-MM' and the months after it. Raises ValueError for a span below one month."""
    year, month = map(int, start.split("-"))
    if months < 1 or not 1 <= month <= 12:
        raise ValueError(f"no months from {start!r} for {months}")
    for n in range(month - 1, month - 1 + months):
        yield f"{year + n // 12:04d}-{n % 12 + 1:02d}"
