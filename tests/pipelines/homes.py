"""Small homes for the tests of the pipeline: a city of six, all synthetic (合成数据)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pipelines import sample_city
from pipelines.instance import write_instance
from pipelines.month import initialise
from pipelines.reference import import_register_file
from warehouse.connect import writer
from warehouse.home import Home

ENTERPRISES = 6
PERSON = "tester"


def make_home(folder: Path, months: Sequence[str]) -> Home:
    """A home with the register and, in its inbox, the files of `months`; nothing is posted."""
    city, home = folder / "city", Home(folder / "home")
    sample_city.register_files(city, enterprises=ENTERPRISES)
    for month in months:
        sample_city.generate_month(city, month, enterprises=ENTERPRISES)
    initialise(home, person=PERSON)
    write_instance(home)
    for kind, name in (("enterprise", "*企业名录*"), ("facility", "*设施名录*")):
        (path,) = (city / "register").glob(name)
        import_register_file(home, path, kind, person=PERSON)
    shutil.copytree(city / "feeds", home.feeds, dirs_exist_ok=True)
    if months:
        shutil.copytree(city / "inbox", home.inbox, dirs_exist_ok=True)
    return home


def copy_home(home: Home, folder: Path) -> Home:
    """A copy of `home` to spoil."""
    shutil.copytree(home.path, folder)
    return Home(folder)


def environment(home: Home) -> dict[str, str]:
    """The environment of a process that works on `home`."""
    given = {"TANZHANG_HOME": str(home.path), "DAGSTER_HOME": str(home.dagster)}
    return {**os.environ, **given, "TANZHANG_PERSON": PERSON}


def count(home: Home, query: str) -> int:
    """The one number that `query` answers on the book of record."""
    with writer(home, purpose="test", person=PERSON) as con:
        row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])
