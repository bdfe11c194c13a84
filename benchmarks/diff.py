"""`diff`: two editions of factors compared, with their effect on a year of the sample city.

What belongs here: the year, and what is timed. What does not: the runner (`__main__`). Timed is a
process that opens the ledger, compares and works out the effect, as the door does; without the
start of Python. Two comparisons: grid factors, which reach every enterprise that buys power, and
an edition of fuel factors against a copy of it with every value raised by a hundredth, which
reaches nearly every row.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, in_process, peak_rss_mb

ENTERPRISES, MONTHS = 300, 12
QUICK_ENTERPRISES, QUICK_MONTHS = 20, 1
SECONDS_LIMIT = 5
PERSON = "合成数据 (synthetic)"
FUELS, RAISED = "ndrc-24", "合成·ndrc-24 加百分之一"


def figures(quick: bool) -> Iterator[Figure]:
    """Both comparisons on one ledger."""
    size = (QUICK_ENTERPRISES, QUICK_MONTHS) if quick else (ENTERPRISES, MONTHS)
    with tempfile.TemporaryDirectory() as folder:
        in_process("benchmarks.diff", "prepare", folder, *map(str, size))
        for name, old, new in (("grid", "2022", "2023"), ("fuels", FUELS, RAISED)):
            run = in_process("benchmarks.diff", "measure", folder, old, new)
            yield Figure(
                f"factors diff: {name}",
                run["activities"],
                run["seconds"],
                peak_rss_mb=run["rss"],
                seconds_limit=SECONDS_LIMIT,
            )


def prepare(folder: str, enterprises: str, months: str) -> dict[str, Any]:
    """The sample city's months posted one after another, without reports."""
    from ledgers.reference import import_edition
    from pipelines import month as steps
    from pipelines import sample_city
    from pipelines.reference import import_register_file
    from warehouse.connect import writer
    from warehouse.home import Home

    home, city, size = Home(Path(folder) / "home"), Path(folder) / "city", int(enterprises)
    steps.initialise(home, person=PERSON)
    kinds = ("enterprise", "facility")
    registers = sample_city.register_files(city, enterprises=size)
    shutil.copytree(city / "feeds", home.feeds, dirs_exist_ok=True)
    for kind, path in zip(kinds, registers, strict=False):
        import_register_file(home, path, kind, person=PERSON)
    for month in sample_city.months_from("2025-01", int(months)):
        sample_city.generate_month(city, month, enterprises=size)
        received = steps.receive(home, steps.inbox_files(city / "inbox" / month))
        with (
            writer(home, purpose="benchmark", person=PERSON) as con,
            steps.rule_faults(con, received, month) as faults,
        ):
            steps.post(con, received, month, faults, person=PERSON)
    with writer(home, purpose="benchmark", person=PERSON) as con:
        rows = raised(con)
        answer = import_edition(con, rows, person=PERSON, source_sha="0" * 64, edition=RAISED)
        assert not answer.rejected, answer.rejected[:3]
    return {}


def raised(con: Any) -> list[dict[str, Any]]:
    """The fuel edition with every value raised by a hundredth, under a name of its own."""
    from ledgers.reference.differences import read_side

    return [
        {
            "edition": RAISED,
            "publisher": PERSON,
            "document": PERSON,
            "evidence": PERSON,
            "standing": "reported",
            "table": RAISED,
            "carrier": row.carrier,
            "parameter": row.parameter,
            "value": format(row.value * raise_by(row.parameter), "f"),
            "unit": row.unit,
            "region": row.region,
            "sector": row.sector,
            "series": row.series,
        }
        for row in read_side(con, FUELS).rows
        if row.usable
    ]


def raise_by(parameter: str) -> Decimal:
    """A hundredth more; an oxidation rate cannot pass one."""
    return Decimal("1") if parameter == "oxidation_rate" else Decimal("1.01")


def measure(folder: str, old: str, new: str) -> dict[str, Any]:
    """One comparison with its effect; at least one enterprise must move."""
    from ledgers.emissions.effects import effects
    from ledgers.reference.differences import difference, read_side
    from warehouse.connect import reader
    from warehouse.home import Home

    started = time.perf_counter()
    with reader(Home(Path(folder) / "home"), purpose="benchmark", person=PERSON) as reading:
        found = difference(read_side(reading.con, old), read_side(reading.con, new))
        effect = effects(reading.con, found)
    seconds = time.perf_counter() - started
    assert effect.enterprises, "the comparison moves nothing"
    moved = len(effect.enterprises)
    rss = peak_rss_mb()
    return {"seconds": seconds, "activities": effect.activities, "moved": moved, "rss": rss}


STEPS = {"prepare": prepare, "measure": measure}


def main(words: Sequence[str]) -> None:
    step, *given = words
    print(json.dumps(STEPS[step](*given)))


if __name__ == "__main__":
    main(sys.argv[1:])
