"""Reading registry files that others publish (外部登记文件的读取).

What belongs here: files into rows, by a feed in data/feeds that names their columns. What does
not: posting them (`takeover`), what a status means (`surrender_status`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import polars as pl

from factors.errors import DataFault

Reported = int | Literal["excluded"] | None
"""Emissions of a year: tonnes (0 is a report of nothing), 'excluded' from the scheme, or None for
a blank: not reported. The three are never read alike."""


class BadFile(DataFault, ValueError):
    """A file that does not hold what its feed says; facts: column, or row, column and seen."""


@dataclass(frozen=True)
class ComplianceRow:
    """An account of a compliance report; `emissions` and `statuses` by year, '' a blank status."""

    entity: str
    name: str
    account_type: str
    account_status: str
    permit: str
    first_year: int | None
    last_year: int | None
    emissions: Mapping[int, Reported]
    emitted: int
    surrendered: int
    statuses: Mapping[int, str]


@dataclass(frozen=True)
class AllocationRow:
    """A permit of an allocation table: year → (standard, new entrants, total), in units."""

    permit: str
    entity: str
    name: str
    years: Mapping[int, tuple[int, int, int]]


def feed(name: str) -> Mapping[str, Any]:
    """A feed by the name of its file."""
    text = files("ledgers.allowances.data.feeds").joinpath(f"{name}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def read_compliance_report(path: Path) -> tuple[ComplianceRow, ...]:
    """The accounts of a UK compliance report (XLSX). Raises BadFile."""
    held = feed("uk_compliance_report")
    yearly = held["yearly"]
    rows = _sheet(path, held["sheet"], _columns(held))
    return tuple(_compliance(row, place, held, yearly) for place, row in enumerate(rows, 2))


def read_allocation_table(path: Path) -> tuple[AllocationRow, ...]:
    """The permits of a UK allocation table (XLSX). Raises BadFile."""
    held = feed("uk_allocation_table")
    names = [held["yearly"][kind] for kind in ("standard", "entrants", "total")]
    found = []
    for place, row in enumerate(_sheet(path, held["sheet"], _columns(held)), 2):
        years = {
            year: _triple(row, place, [name.format(year=year) for name in names])
            for year in held["yearly"]["years"]
        }
        texts = {key: row[column] or "" for key, column in held["columns"].items()}
        found.append(AllocationRow(**texts, years=years))
    return tuple(found)


def read_transfers(path: Path) -> pl.DataFrame:
    """Transfers of the EU log (Parquet) as columns id, ref, executed_at, source, target, unit,
    quantity, origin, in the order in which they happened; accounts are the file's own numbers.
    Raises BadFile for a missing column, an unknown unit or a quantity that is not whole."""
    held = feed("eu_transfers")
    table = pl.read_parquet(path)
    columns = held["columns"]
    _require(table.columns, columns.values())
    if not table.schema[columns["quantity"]].is_integer():
        seen = str(table.schema[columns["quantity"]])
        raise BadFile("registry.feed_cell", row=0, column="quantity", seen=seen, allowed="-")
    unknown = set(table[columns["unit"]].unique()) - set(held["units"])
    if unknown:
        facts = {"row": 0, "column": columns["unit"], "seen": "、".join(sorted(unknown))}
        raise BadFile("registry.feed_cell", **facts, allowed="、".join(held["units"]))
    whole = ("ref", "source", "target", "origin")
    chosen = table.select(
        *(pl.col(columns[name]).cast(pl.Int64).cast(pl.String).alias(name) for name in whole),
        pl.col(columns["id"]).alias("id"),
        pl.col(columns["executed_at"]).cast(pl.Datetime("us")).alias("executed_at"),
        pl.col(columns["unit"]).replace_strict(held["units"]).alias("unit"),
        pl.col(columns["quantity"]).alias("quantity"),
    ).with_columns(pl.col("origin").fill_null(""))
    return chosen.sort("executed_at", "id", pl.col("ref").cast(pl.Int64))


def look_alikes(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that look like an earlier one in everything but `ref`: listed, never dropped."""
    others = [name for name in rows.columns if name != "ref"]
    return rows.filter(~rows.select(pl.struct(others).is_first_distinct()).to_series())


def _columns(held: Mapping[str, Any]) -> list[str]:
    yearly = held["yearly"]
    patterns = [text for key, text in yearly.items() if key != "years"]
    by_year = [text.format(year=year) for text in patterns for year in yearly["years"]]
    return [*held["columns"].values(), *by_year]


def _sheet(path: Path, name: str, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """The rows of a sheet as text; blanks stay None."""
    import fastexcel

    sheet = fastexcel.read_excel(path).load_sheet(name, dtypes="string").to_polars()
    _require(sheet.columns, columns)
    return sheet.select(columns).to_dicts()


def _require(seen: Sequence[str], wanted: Any) -> None:
    for column in wanted:
        if column not in seen:
            raise BadFile("registry.feed_column", column=column, seen="、".join(seen))


def _compliance(
    row: Mapping[str, str | None], place: int, held: Mapping[str, Any], yearly: Mapping[str, Any]
) -> ComplianceRow:
    columns = held["columns"]
    years = yearly["years"]
    names = {year: yearly["emissions"].format(year=year) for year in years}
    numbers = {
        key: _whole(row, place, columns[key])
        for key in ("first_year", "last_year", "emitted", "surrendered")
    }
    return ComplianceRow(
        **{key: row[columns[key]] or "" for key in _TEXTS},
        first_year=numbers["first_year"],
        last_year=numbers["last_year"],
        emissions={y: _reported(row, place, name, held["excluded"]) for y, name in names.items()},
        emitted=numbers["emitted"] or 0,
        surrendered=numbers["surrendered"] or 0,
        statuses={year: row[yearly["status"].format(year=year)] or "" for year in years},
    )


_TEXTS = ("entity", "name", "account_type", "account_status", "permit")


def _reported(row: Mapping[str, str | None], place: int, column: str, excluded: str) -> Reported:
    if row[column] == excluded:
        return "excluded"
    return _whole(row, place, column, excluded)


def _whole(row: Mapping[str, str | None], place: int, column: str, allowed: str = "") -> int | None:
    cell = row[column]
    if cell is None or not cell.strip():
        return None
    if not cell.strip().isdecimal():
        raise BadFile("registry.feed_cell", row=place, column=column, seen=cell, allowed=allowed)
    return int(cell)


def _triple(
    row: Mapping[str, str | None], place: int, columns: Sequence[str]
) -> tuple[int, int, int]:
    standard, entrants, total = (_whole(row, place, column) or 0 for column in columns)
    if standard + entrants != total:
        facts = {"row": place, "column": columns[2], "seen": str(total)}
        raise BadFile("registry.feed_cell", **facts, allowed=str(standard + entrants))
    return standard, entrants, total
