"""The same values with pint: by groups of rows through pint-pandas, and row by row.

What belongs here: plain pint arithmetic with the methods of the posted ledger, as somebody would
write it who has no proofs: floats, no rounding rule, no ledger. What does not: what is timed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pint
import pint_pandas  # noqa: F401  (registers the extension type)
import pyarrow as pa
import pyarrow.parquet as pq

from factors.formulas import parse_formula

PLAIN = {
    "吨": "metric_ton",
    "t": "metric_ton",
    "kg": "kg",
    "万Nm³": "wan_m3",
    "千瓦时": "kWh",
    "GJ": "GJ",
    "%": "percent",
    "GJ/t": "GJ/metric_ton",
    "GJ/1e4Nm3": "GJ/wan_m3",
    "kJ/kg": "kJ/kg",
    "kg/TJ": "kg/TJ",
    "kgCO2/kWh": "kg/kWh",
    "kgce/MJ": "kg/MJ",
    "kgce/kWh": "kg/kWh",
    "kgce/kg": "kg/kg",
    "kgce/m3": "kg/m**3",
    "tC/GJ": "metric_ton/GJ",
    "tCO2/GJ": "metric_ton/GJ",
    "tCO2/tC": "",
    "tce/GJ": "metric_ton/GJ",
}
"""A unit of the ledger in plain pint, which knows no substances and no reference conditions."""

RESULT = {"CO2": "g", "CH4": "mg", "N2O": "ug", "tce_equivalent": "g"}
RAW = ("quantity", "ncv", "carbon_content", "enthalpy")


def write_methods(con: Any, path: Path) -> None:
    """The methods of every kind of row: (name, number, unit) of each term of each formula."""
    rows = con.execute(
        "SELECT r.carrier, r.flow, p.units, r.measure, r.formula, r.parameters "
        "FROM emissions.proof AS p JOIN emissions.resolution AS r USING (resolution_id) "
        "WHERE r.resolution_id IN (SELECT min(resolution_id) FROM emissions.resolution "
        "GROUP BY carrier, flow, measured, method)"
    ).fetchall()
    methods: dict[str, list[Any]] = {}
    for carrier, flow, units, measure, formula, parameters in rows:
        written = json.loads(units)
        key = "|".join((carrier, flow, written["quantity"], str("ncv" in written)))
        terms = list(_terms(formula, json.loads(parameters), written))
        methods.setdefault(key, []).append([measure, terms])
    path.write_text(json.dumps(methods, ensure_ascii=False), encoding="utf-8")


def _terms(
    formula: str, parameters: Sequence[Mapping[str, str]], written: Mapping[str, str]
) -> Iterator[tuple[str, float | None, str, float]]:
    """(name, number or None for a raw column, plain unit, offset)."""
    given = {item["name"]: item for item in parameters}
    for term in parse_formula(formula).terms:
        item = given[term.name]
        offset = 0.0
        if term.constant:
            offset = term.constant_sign * float(Fraction(given[term.constant]["value"]))
        if item["origin"] in ("activity", "measured"):
            yield term.name, None, PLAIN[written[term.name]], offset
        else:
            yield term.name, float(Fraction(item["value"])), PLAIN[item["unit"]], offset


def by_groups(folder: Path) -> int:
    """Every measure of every row, a group of rows that share units at a time, as whole quanta in
    a table: row, method and value, like the table that the ledger's calculation makes."""
    units = _registry()
    pint.set_application_registry(units)
    frame = _read(folder)
    methods = json.loads((folder / "methods.json").read_text(encoding="utf-8"))
    results: list[pa.Table] = []
    keys = [frame["carrier"], frame["flow"], frame["unit"], frame["ncv"].notna()]
    for key, places in frame.groupby(keys, observed=True).indices.items():
        group = frame.iloc[places]
        for measure, terms in methods["|".join(map(str, key))]:
            value = _group_value(group, terms, units).pint.to(RESULT[measure]).pint.magnitude
            number = np.full(len(places), len(results), np.int32)
            quanta = np.rint(value.to_numpy()).astype(np.int64)
            columns = {"activity_ordinal": places, "method": number, "value": quanta}
            results.append(pa.table(columns))
    done = pa.concat_tables(results)
    pq.write_table(done, folder / "pint.parquet")
    return int(done.num_rows)


def _group_value(group: pd.DataFrame, terms: Sequence[Any], units: pint.UnitRegistry) -> Any:
    value: Any = 1.0
    for name, number, unit, offset in terms:
        if number is None:
            column = group[name] + offset if offset else group[name]
            value = column.astype(f"pint[{unit}]") * value
        else:
            value = value * units.Quantity(number, unit)
    return value


def row_by_row(folder: Path, rows: int) -> int:
    """The same for the first `rows` rows, one quantity at a time."""
    units = _registry()
    methods = json.loads((folder / "methods.json").read_text(encoding="utf-8"))
    found = 0
    for row in _read(folder).head(rows).to_dict("records"):
        tested = str(row["ncv"] == row["ncv"])
        for measure, terms in methods[f"{row['carrier']}|{row['flow']}|{row['unit']}|{tested}"]:
            value = units.Quantity(1.0)
            for name, number, unit, offset in terms:
                value = value * units.Quantity(
                    row[name] + offset if number is None else number, unit
                )
            found += value.to(RESULT[measure]).magnitude != 0
    return found


def _registry() -> pint.UnitRegistry:
    units = pint.UnitRegistry()
    units.define("wan_m3 = 1e4 * meter**3")
    return units


def _read(folder: Path) -> pd.DataFrame:
    frame = pd.read_parquet(
        folder / "typed.parquet", columns=["carrier", "flow", "unit", *RAW], dtype_backend="pyarrow"
    )
    for name in ("carrier", "flow", "unit"):
        frame[name] = frame[name].astype("category")
    for name in RAW:
        frame[name] = frame[name].astype("float64[pyarrow]").astype("float64")
    return frame
