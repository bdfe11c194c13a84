"""A year of a real 15-minute meter through the whole month, to the last gram."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.intake.feeds import read_feed
from pipelines.month import initialise
from pipelines.reference import import_factor_file, import_register_file
from pipelines.run import run_all
from pipelines.verification import verify_ledger
from warehouse.connect import reader
from warehouse.home import Home

ROOT = Path(__file__).parents[2]
PERSON = "测试"


@pytest.fixture(scope="module")
def meter(real_data: Path) -> Path:
    return real_data / "steel_meter" / "Steel_industry_data.csv"


@pytest.fixture(scope="module")
def year(meter: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("steel")
    home, inbox = Home(folder / "home"), folder / "inbox"
    inbox.mkdir()
    shutil.copy(meter, inbox)
    initialise(home, person=PERSON)
    example = ROOT / "examples" / "steel"
    import_register_file(home, example / "register.csv", "enterprise", person=PERSON)
    import_factor_file(home, example / "factor.csv", person=PERSON, evidence="README.md")
    feed = read_feed(ROOT / "examples" / "feeds" / "steel_meter.toml")
    runs = run_all(home, person=PERSON, inbox=inbox, feed=feed)
    assert [run.month for run in runs] == [f"2018-{number:02}" for number in range(1, 13)]
    return home


def test_every_reading_is_posted_on_its_day(year: Home):
    with reader(year) as reading:
        days = reading.con.execute(
            "SELECT period_start, row_count, quantity FROM emissions.activity ORDER BY 1"
        ).fetchall()
    assert len(days) == 365
    assert {count for _, count, _ in days} == {96}
    assert sum(quantity for *_, quantity in days) == Decimal("959636.71")


def test_each_day_holds_the_readings_that_the_file_stamps_with_its_date(year: Home, meter: Path):
    sums: dict[str, Decimal] = {}
    with meter.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            day, month, year_ = row["date"].split()[0].split("/")
            key = f"{year_}-{month}-{day}"
            sums[key] = sums.get(key, Decimal(0)) + Decimal(row["Usage_kWh"])
    with reader(year) as reading:
        days = reading.con.execute(
            "SELECT period_start::VARCHAR, quantity FROM emissions.activity"
        ).fetchall()
    assert dict(days) == sums


def test_the_year_comes_to_the_gram(year: Home):
    with reader(year) as reading:
        entries = reading.con.execute(
            "SELECT count(*), sum(value) FROM emissions.line WHERE measure = 'CO2'"
        ).fetchone()
    assert entries == (365, 509_183_234)
    exact = Decimal("959636.71") * Decimal("0.5306") * 1000
    assert exact == Decimal("509183238.326")
    assert abs(exact - 509_183_234) <= Decimal("0.5") * 365


def test_the_year_verifies_and_warns_of_nothing_at_midnight(year: Home):
    assert verify_ledger(year).good
    with reader(year) as reading:
        rules = reading.con.execute("SELECT DISTINCT rule FROM emissions.rejection").fetchall()
    assert ("PD-01",) not in rules
