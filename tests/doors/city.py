"""The sample city's months through the pipeline, and what its manifest says of them.

Rows are brought to the manifest's units with exact fractions, here and not by the engine's sums.
All of it is 合成数据 (synthetic).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from factors.carriers import CARRIERS
from factors.units import multiplier, parse_unit, same_dimension
from ledgers.emissions.posting import Posted
from ledgers.emissions.preparation import month_days
from pipelines import month as steps
from pipelines import sample_city
from pipelines.intake.typed import Typed
from pipelines.reference import import_register_file
from warehouse.connect import writer
from warehouse.home import Home

PERSON = "合成经办人"
CANONICAL = ("t", "GJ", "kWh", "Nm3", "m3_20", "m3")
"""The units of the manifest; a gas volume whose condition nobody declared is m3."""

Key = tuple[str, ...]
Place = tuple[str, str, int]


@dataclass
class City:
    """A home with the city's register, the folder of its files, and what was posted."""

    folder: Path
    enterprises: int
    home: Home = field(init=False)

    def __post_init__(self) -> None:
        self.home = Home(self.folder / "home")
        registers = sample_city.register_files(self.folder, enterprises=self.enterprises)
        steps.initialise(self.home, person=PERSON)
        shutil.copytree(self.folder / "feeds", self.home.feeds, dirs_exist_ok=True)
        for kind, path in zip(("enterprise", "facility"), registers, strict=False):
            answer = import_register_file(self.home, path, kind, person=PERSON)
            assert not answer.answer.rejected

    def month(self, month: str) -> Month:
        """The files of `month`, kept and typed; nothing is posted."""
        manifest = sample_city.generate_month(self.folder, month, enterprises=self.enterprises)
        files = steps.inbox_files(self.folder / "inbox" / month)
        return Month(self, month, manifest, steps.receive(self.home, files))


@dataclass
class Month:
    """One month of the city: its manifest, its typed files, and what posting them did."""

    city: City
    month: str
    manifest: sample_city.Manifest
    received: tuple[Typed, ...]
    faults: pl.DataFrame = field(init=False)
    returned: tuple[Path, ...] = ()
    posted: Posted = field(default=Posted(""), repr=False)

    def post(self) -> Posted:
        """Run the month but for its reports."""
        home = self.city.home
        with writer(home, purpose="test", person=PERSON) as con:
            concerned = steps.files_of(con, self.received, self.month)
            with steps.rule_faults(con, concerned, self.month) as found:
                self.faults = pl.concat(pl.read_parquet(path) for path in found)
                posted = steps.post(con, concerned, self.month, found, person=PERSON)
                self.returned = steps.give_back(con, home, self.month, concerned, found)
        return posted

    @property
    def names(self) -> dict[str, str]:
        """Hash → file, of the first one where the same was sent twice."""
        return {file.sha256: file.file for file in reversed(self.manifest.files)}

    def found(self, severity: str) -> set[tuple[Place, str]]:
        """(file, sheet, row) and rule of every fault of this severity."""
        rows = self.faults.filter(pl.col("severity") == severity).to_dicts()
        return {((self.names[r["source"]], r["sheet"], r["row_no"]), r["rule"]) for r in rows}

    def typed(self) -> dict[Key, Fraction]:
        """What the rows that are not rejected come to, by file."""
        rejected = self.faults.filter(pl.col("severity") == "E")
        places = ["source", "sheet", "row_no"]
        rows = pl.concat(pl.read_parquet(typed.typed_path) for typed in self.received)
        rows = rows.unique(places).join(rejected, on=places, how="anti")
        return sums((self.names[row["source"]], row) for row in rows.to_dicts())


def sums(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[Key, Fraction]:
    """Rows of the typed columns, each with its file, by what they are about."""
    found: dict[Key, Fraction] = {}
    for file, row in rows:
        size, unit = canonical(row["carrier"], row["unit"], row["gas_condition"])
        days = (str(row["period_start"]), str(row["period_end"]))
        key = (file, row["enterprise_id"], row["carrier"], row["flow"], *days, unit)
        found[key] = found.get(key, Fraction(0)) + Fraction(row["quantity"]) * size
    return found


@cache
def canonical(carrier: str, unit: str, condition: str) -> tuple[Fraction, str]:
    """How many of the manifest's unit one `unit` of a carrier is, and which it is."""
    if carrier == "electricity":
        return multiplier(unit, "kWh"), "kWh"
    gas = CARRIERS[carrier].phase == "gas"
    written = parse_unit(unit, condition=condition if gas else "")
    for name in CANONICAL:
        if same_dimension(written, parse_unit(name)):
            twenty = condition == "20C" or "20" in unit
            chosen = "m3_20" if gas and name == "Nm3" and twenty else name
            return multiplier(written, parse_unit(chosen)), chosen
    raise AssertionError(f"{carrier}: {unit}")


def totals(wanted: Sequence[sample_city.Total]) -> dict[Key, Fraction]:
    """The manifest's totals by what they are about."""
    found: dict[Key, Fraction] = {}
    for each in wanted:
        days = (each.period_start, each.period_end)
        key = (each.file, each.enterprise_id, each.carrier, each.flow, *days, each.unit)
        found[key] = found.get(key, Fraction(0)) + Fraction(each.quantity)
    return found


def activity_rows(city: City, names: dict[str, str], month: str) -> dict[Key, Fraction]:
    """What stands in the ledger of the month's files; the parts of a bill as the bill that they
    sum to."""
    with writer(city.home, purpose="test", person=PERSON) as con:
        cursor = con.execute(
            "SELECT source, enterprise_id, carrier, flow, unit, gas_condition, "
            "coalesce(bill_start, period_start) AS period_start, "
            "coalesce(bill_end, period_end) AS period_end, quantity "
            "FROM emissions.live_activity WHERE coalesce(bill_end, period_end) BETWEEN ? AND ?",
            [*month_days(month)],
        )
        columns = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return sums((names[row["source"]], row) for row in rows if row["source"] in names)
