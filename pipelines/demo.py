"""The demonstration (演示): the sample city's month, end to end, in one home folder.

What belongs here: putting the synthetic city's files into a home and running them like anybody's.
What does not: the generator (`pipelines.sample_city`) and the run itself (`pipelines.run`). All of
it is 合成数据 (synthetic).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from factors.errors import UsageFault
from ledgers.emissions.statement import statement
from pipelines import sample_city
from pipelines.month import Step, initialise, no_step
from pipelines.period import publish
from pipelines.reference import import_register_file
from pipelines.run import MonthRun, run_month
from reports.statement import write_statement
from warehouse.connect import reader
from warehouse.home import Home

FOLDER = "sample-city"
"""Where the synthetic city's files lie in the home; a home with a ledger but without this folder
is somebody's real one."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The run, where things lie (what, path), the enterprise whose statement was printed, the
    first entry of it, and the mistakes that the generator put in."""

    run: MonthRun
    places: tuple[tuple[str, Path], ...]
    enterprise_id: str
    entry: str
    mistakes: int


def run_demo(
    home: Home,
    month: str,
    *,
    person: str,
    enterprises: int = 300,
    lang: str = "zh",
    step: Step = no_step,
) -> Demo:
    """Make the city's files of `month`, register it, run the month, publish.

    Safe to repeat. Raises UsageFault when the home holds other books.
    """
    city = home.path / FOLDER
    if home.ledger.exists() and not city.exists():
        raise UsageFault("demo.not_sample", path=str(home.path))
    step("sample city", 0, 0)
    registers = sample_city.register_files(city, enterprises=enterprises)
    manifest = sample_city.generate_month(city, month, enterprises=enterprises)
    initialise(home, person=person)
    shutil.copytree(city / "feeds", home.feeds, dirs_exist_ok=True)
    for kind, path in zip(("enterprise", "facility"), registers, strict=False):
        import_register_file(home, path, kind, person=person)
    # Where anybody's files arrive, with their times: Dagster's page works on the same inbox.
    shutil.copytree(city / "inbox" / month, home.inbox / month, dirs_exist_ok=True)
    done = run_month(home, month, person=person, lang=lang, step=step)
    publish(home, person=person)
    return _shown(home, done, month, person, lang, len(manifest.mistakes))


def _shown(home: Home, done: MonthRun, month: str, person: str, lang: str, mistakes: int) -> Demo:
    """Print the statement with the largest total in every form, and say where things lie."""
    with reader(home, purpose="demo", person=person) as reading:
        found = reading.con.execute(
            "SELECT enterprise_id FROM emissions.line WHERE month = ? AND measure = 'CO2' "
            "GROUP BY enterprise_id ORDER BY sum(value) DESC, enterprise_id LIMIT 1",
            [month],
        ).fetchone()
        assert found is not None, "the sample city has emissions"
        shown = statement(reading.con, found[0], month)
    folder = home.reports / month
    write_statement(
        shown, folder / "statements", formats=("html", "pdf", "xlsx", "json"), lang=lang
    )
    places = (
        ("bulletin", folder / "bulletin.html"),
        ("statement", folder / "statements" / f"{found[0]}.html"),
        ("returned", home.rejected / month),
        ("files", home.inbox / month),
    )
    entry = shown.lines[0].entry_id if shown.lines else ""
    return Demo(done, places, found[0], entry, mistakes)
