"""What rows are judged against (校验依据): register, bands, window, and the proof of their units.

What belongs here: gathering what is known outside the rows, and laying it beside them as small
tables. What does not: the rules (`declarations`) and the proof of each unit (`shapes`).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
from stdnum.cn import uscc

from factors.carriers import CARRIERS
from ledgers.emissions.rules.shapes import (
    SHAPE_COLUMNS,
    UNIT_FAULT_COLUMNS,
    WORD_COLUMNS,
    prove_shape,
    scale_of,
)
from ledgers.reference import (
    AsOf,
    Band,
    Enterprise,
    Facility,
    Policy,
    bands,
    enterprise_history,
    facility_history,
    policy,
)
from ledgers.reference.bands import shipped_bands
from ledgers.reference.policy import shipped
from warehouse.connect import Connection, sql

Bands = Mapping[tuple[str, str, str], Band]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known outside the rows. `enterprises` and `facilities` are whole histories, None
    where there is no register to compare with; then their rules are silent."""

    policy: Policy
    bands: Bands
    enterprises: tuple[Enterprise, ...] | None = None
    facilities: tuple[Facility, ...] | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The days that may be sent, both counted."""

    earliest: date
    latest: date


def ground_of(con: Connection, as_of: AsOf = None) -> Ground:
    """What the ledger that `con` has open knows, as it stood at `as_of`."""
    return Ground(
        policy=policy(con, as_of),
        bands=bands(con, as_of),
        enterprises=enterprise_history(con, as_of),
        facilities=facility_history(con, as_of),
    )


def shipped_ground() -> Ground:
    """What the software knows without a ledger: first policy and bands, no register."""
    held = {(band.carrier, band.parameter, band.unit): band for band in shipped_bands()}
    return Ground(policy=shipped(), bands=held)


def window_of(held: Policy, month: str, today: date) -> Window:
    """The window of a run for `month` ('YYYY-MM'): from `window_months` before it until its last
    day or today, whichever is later. What has not happened yet cannot have been measured, so a
    month after today's is judged as today's."""
    year, number = (int(part) for part in min(month, f"{today:%Y-%m}").split("-"))
    first = year * 12 + number - 1 - held.window_months
    last = date(year, number, calendar.monthrange(year, number)[1])
    return Window(date(max(first // 12, 1), first % 12 + 1, 1), max(last, today))


def lay(con: Connection, ground: Ground, window: Window) -> None:
    """Put the small tables beside `typed` that the rules look at."""
    _lay_window(con, ground, window)
    _lay_enterprises(con, ground)
    _lay_facilities(con, ground)
    _lay_shapes(con, ground)
    _lay_tolerances(con, ground)


def lay_ledger(con: Connection, ledger: str) -> None:
    """Views of the ledger's standing activities: those of the months that months in hand are
    compared with, and the names by which a correction may mean one. Empty without a ledger."""
    prefix = f'"{ledger}".' if ledger else ""
    found = con.execute(
        "SELECT count(*) FROM duckdb_views() WHERE schema_name = 'emissions' "
        "AND view_name = 'live_activity' "
        "AND database_name = coalesce(nullif(?, ''), current_database())",
        [ledger],
    ).fetchone()
    name = "ledger" if found and found[0] else "no_ledger"
    for statement in (f"{name}_rows", f"{name}_names"):
        text = sql(__package__, f"sql/{statement}.sql")
        con.execute(text.replace("emissions.live_activity", f"{prefix}emissions.live_activity"))
    _lay_scales(con)


def _lay(con: Connection, table: str, columns: Mapping[str, str], rows: Sequence[Any]) -> None:
    """A temp table with these columns (name → type) and rows (mappings)."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({declared})")
    if not rows:
        return
    con.register("rule_incoming", pa.Table.from_pylist(rows))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rule_incoming")
    con.unregister("rule_incoming")


def _lay_window(con: Connection, ground: Ground, window: Window) -> None:
    columns = {"earliest": "DATE", "latest": "DATE", "register_known": "BOOLEAN"}
    row = {
        "earliest": window.earliest,
        "latest": window.latest,
        "register_known": ground.enterprises is not None,
    }
    _lay(con, "rule_window", columns, [row])


def _lay_enterprises(con: Connection, ground: Ground) -> None:
    spans = merged_spans(ground.enterprises or ())
    columns = {"enterprise_id": "VARCHAR", "first_day": "DATE", "last_day": "DATE"}
    rows: list[dict[str, Any]] = [
        {"enterprise_id": code, "first_day": first, "last_day": last}
        for code, held in spans.items()
        for first, last in held
    ]
    _lay(con, "rule_span", columns, rows)
    seen = [code for (code,) in con.execute("SELECT DISTINCT enterprise_id FROM typed").fetchall()]
    rows = [
        {
            "enterprise_id": code,
            "credit_code_valid": bool(uscc.is_valid(code)) and uscc.compact(code) == code,
        }
        for code in seen
    ]
    columns = {"enterprise_id": "VARCHAR", "credit_code_valid": "BOOLEAN"}
    _lay(con, "rule_enterprise", columns, rows)
    rows = [{"enterprise_id": code, "registered_days": _days(spans.get(code, ()))} for code in seen]
    columns = {"enterprise_id": "VARCHAR", "registered_days": "VARCHAR"}
    _lay(con, "rule_enterprise_words", columns, rows)


def merged_spans(
    history: Iterable[Enterprise],
) -> Mapping[str, tuple[tuple[date, date], ...]]:
    """Credit code → the runs of days on which it was registered; rows that join are one run."""
    spans: dict[str, list[tuple[date, date]]] = {}
    for row in sorted(history, key=lambda item: (item.enterprise_id, item.valid_from)):
        held = spans.setdefault(row.enterprise_id, [])
        if held and row.valid_from <= held[-1][1] + timedelta(days=1):
            held[-1] = (held[-1][0], max(held[-1][1], row.until))
        else:
            held.append((row.valid_from, row.until))
    return {code: tuple(held) for code, held in spans.items()}


def _days(spans: Iterable[tuple[date, date]]) -> str:
    """Runs of days as people read them; an open end is left open."""
    return "、".join(
        f"{first} … {'' if last == date.max else last}".rstrip() for first, last in spans
    )


def _lay_facilities(con: Connection, ground: Ground) -> None:
    """A facility counts as registered from its first row to its last; devices do not matter."""
    spans: dict[tuple[str, str], tuple[date, date]] = {}
    for row in ground.facilities or ():
        key = (row.enterprise_id, row.facility)
        first, last = spans.get(key, (row.valid_from, row.until))
        spans[key] = (min(first, row.valid_from), max(last, row.until))
    columns = {
        "enterprise_id": "VARCHAR",
        "facility": "VARCHAR",
        "first_day": "DATE",
        "last_day": "DATE",
    }
    rows = [
        {"enterprise_id": code, "facility": name, "first_day": first, "last_day": last}
        for (code, name), (first, last) in spans.items()
    ]
    _lay(con, "rule_facility", columns, rows)


def _lay_shapes(con: Connection, ground: Ground) -> None:
    """Prove the units of each distinct combination once, and lay bands in its own units."""
    cursor = con.execute(sql(__package__, "sql/shapes.sql"))
    names = [column[0] for column in cursor.description or ()]
    shapes = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    rows: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    faults: list[dict[str, Any]] = []
    for number, shape in enumerate(shapes):
        proven = prove_shape(shape, ground.bands, ground.policy.assume_gas_condition)
        rows.append({**shape, "shape_id": number, **proven.columns})
        words.append({"shape_id": number, **proven.words})
        faults.extend(fault.row(number) for fault in proven.faults)
    keys = {name: "BOOLEAN" if name.startswith("has_") else "VARCHAR" for name in names}
    _lay(con, "rule_shape", {**keys, "shape_id": "BIGINT", **SHAPE_COLUMNS}, rows)
    _lay(con, "rule_shape_words", {"shape_id": "BIGINT", **WORD_COLUMNS}, words)
    _lay(con, "rule_unit_fault", UNIT_FAULT_COLUMNS, faults)


def _lay_scales(con: Connection) -> None:
    columns = {
        "carrier": "VARCHAR",
        "unit": "VARCHAR",
        "gas_condition": "VARCHAR",
        "scale": "DOUBLE",
        "scale_unit": "VARCHAR",
    }
    seen = con.execute(sql(__package__, "sql/scales.sql")).fetchall()
    rows = []
    for carrier, unit, condition in seen:
        found = scale_of(carrier, unit, condition)
        if found is not None:
            size, name = found
            key = {"carrier": carrier, "unit": unit, "gas_condition": condition}
            rows.append({**key, "scale": float(size), "scale_unit": name})
    _lay(con, "rule_scale", columns, rows)


def _lay_tolerances(con: Connection, ground: Ground) -> None:
    rows = [
        {"carrier": band.carrier, "tolerance": float(band.upper)}
        for band in ground.bands.values()
        if band.parameter == "stock_tolerance" and band.upper and band.carrier in CARRIERS
    ]
    rows.append({"carrier": "", "tolerance": float(ground.policy.stock_tolerance)})
    _lay(con, "rule_tolerance", {"carrier": "VARCHAR", "tolerance": "DOUBLE"}, rows)
