"""The efficiency of power plants in rows (发电效率校核): rule PW-01, a warning.

What belongs here: from rows that say what was generated, supplied and burned in a month to the
limits of `factors.power_limits`. What does not: the limits themselves. A month of which a fuel has
no measured heating value, or heat is not given as energy, is not judged: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from factors.carriers import CARRIERS
from factors.power_limits import UnitMonth, check_unit
from factors.quantities import display
from factors.units import UnitError, multiplier, parse_unit
from ledgers.journal import canonical_json
from warehouse.connect import Connection, sql

_BURNED = frozenset({"coal", "coke", "oil", "gas", "biomass", "waste"})


@dataclass(slots=True)
class _Month:
    """What one enterprise said of a month; `unknown` where a part of it cannot be told."""

    generated: Fraction = Fraction(0)
    supplied: Fraction = Fraction(0)
    burned: Fraction = Fraction(0)
    unknown: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)


def find(con: Connection) -> None:
    """Append the faults of PW-01 to the table `faults`; reads the view `typed`."""
    cursor = con.execute(sql(__package__, "sql/plant_rows.sql"))
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found = list(_faults(rows))
    if found:
        columns = ("source", "sheet", "row_no", "column_name", "rule", "severity", "seen", "facts")
        marks = ", ".join("?" * len(columns))
        con.executemany(f"INSERT INTO faults ({', '.join(columns)}) VALUES ({marks})", found)


def _faults(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    months: dict[tuple[str, str], _Month] = {}
    for row in rows:
        _add(months.setdefault((row["enterprise_id"], row["month"]), _Month()), row)
    for (_, month), held in months.items():
        if held.unknown or held.burned <= 0 or held.generated <= 0:
            continue
        unit = UnitMonth(held.generated, held.burned, held.supplied)
        for limit in check_unit(unit):
            facts = {**limit.facts, "kind": limit.code, "month": month}
            facts |= {"generated": display(held.generated, 3), "fuel": display(held.burned, 2)}
            facts |= {"heat": display(held.supplied, 2)}
            place = (held.place["source"], held.place["sheet"], held.place["row_no"])
            seen = f"{display(held.generated, 3)} MWh"
            yield (*place, "quantity", "PW-01", "W", seen, canonical_json(facts))


def _add(month: _Month, row: Mapping[str, Any]) -> None:
    carrier = CARRIERS.get(row["carrier"])
    kind = carrier.kind if carrier else ""
    try:
        if row["flow"] == "conversion_output":
            _add_output(month, row, kind)
        elif kind in _BURNED and row["tested"]:
            month.burned += Fraction(row["heat"]) * _heat_size(row)
        elif kind in _BURNED:
            month.unknown = True
    except UnitError:
        month.unknown = True


def _add_output(month: _Month, row: Mapping[str, Any], kind: str) -> None:
    if kind == "electricity":
        month.generated += Fraction(row["quantity"]) * multiplier(row["unit"], "MWh")
        month.place = month.place or row["place"]
    elif kind == "heat":
        month.supplied += Fraction(row["quantity"]) * multiplier(row["unit"], "GJ")


def _heat_size(row: Mapping[str, Any]) -> Fraction:
    """GJ in one unit of quantity × one unit of heating value, both as written."""
    condition = row["gas_condition"]
    quantity = parse_unit(row["unit"], condition=condition)
    for base, per in (("t", "GJ/t"), ("Nm3", "GJ/Nm3")):
        try:
            size = multiplier(quantity, base)
        except UnitError:
            continue
        return size * multiplier(parse_unit(row["ncv_unit"], condition=condition), per)
    return multiplier(quantity, "GJ")
