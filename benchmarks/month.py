"""`month`: one CSV of synthetic rows through the month, from the file to the bulletin.

What belongs here: how time and memory grow with rows. What does not: the runner, and the posting
alone beside bare DuckDB (`posting`). Beside each size stands the bare reading of the same CSV by
DuckDB into a table of text, the least that anybody must do. Statements of single enterprises are
left out: their number grows with enterprises, not with rows.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, in_process, peak_rss_mb

SIZES, QUICK_SIZES = (100_000, 1_000_000, 10_000_000), (20_000,)
MONTH, PERSON = "2025-03", "合成数据 (synthetic)"
MEMORY_LIMIT_MB = 4096


def figures(quick: bool) -> Iterator[Figure]:
    """Time and peak memory for each size; the largest must stay below 4 GB."""
    for rows in QUICK_SIZES if quick else SIZES:
        with tempfile.TemporaryDirectory() as folder:
            in_process("benchmarks.month", "write", folder, str(rows))
            run = in_process("benchmarks.month", "run", folder, str(rows))
            bare = in_process("benchmarks.month", "read", folder, str(rows))
        for name in ("receive", "rules", "post", "bulletin"):
            yield Figure(f"month: {name}", rows, run[name])
        yield Figure(
            "month",
            rows,
            run["seconds"],
            "bare read of the CSV",
            bare["seconds"],
            run["seconds"] / bare["seconds"],
            run["rss"],
            rss_limit_mb=MEMORY_LIMIT_MB,
        )


def _write(folder: Path, rows: int) -> dict[str, float]:
    from pipelines.sample_city import write_many

    write_many(folder / "month.csv", rows, enterprises=min(10_000, rows // 100), month=MONTH)
    return {"rows": rows}


def _run(folder: Path, rows: int) -> dict[str, float]:
    from pipelines import month
    from pipelines.reference import import_register_file
    from reports.bulletin import write_bulletin
    from warehouse.connect import writer
    from warehouse.home import Home

    home = Home(folder / "home")
    month.initialise(home, person=PERSON)
    import_register_file(home, folder / "month_register.csv", "enterprise", person=PERSON)
    clock = _Clock()
    received = month.receive(home, [folder / "month.csv"])
    clock.lap("receive")
    with writer(home, purpose="benchmark", person=PERSON) as con:
        with month.rule_faults(con, received, MONTH) as faults:
            clock.lap("rules")
            posted = month.post(con, received, MONTH, faults, person=PERSON)
        clock.lap("post")
        from ledgers.emissions.bulletin import bulletin

        write_bulletin(bulletin(con, MONTH), folder, formats=("html", "json"))
        clock.lap("bulletin")
    read = sum(file.posted for file in posted.files)
    assert read == rows, f"{read} of {rows} rows were posted"
    return {**clock.laps, "seconds": sum(clock.laps.values()), "rss": peak_rss_mb()}


def _read(folder: Path, rows: int) -> dict[str, float]:
    from warehouse.connect import scratch

    con = scratch("4GB", folder)
    started = time.perf_counter()
    con.execute(
        "CREATE TABLE t AS FROM read_csv($file, all_varchar = true)",
        {"file": str(folder / "month.csv")},
    )
    return {"seconds": time.perf_counter() - started, "rss": peak_rss_mb(), "rows": rows}


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = now - self._last, now


if __name__ == "__main__":
    step = {"write": _write, "run": _run, "read": _read}[sys.argv[1]]
    print(json.dumps(step(Path(sys.argv[2]), int(sys.argv[3]))))
