"""Benefits of projects in the ledger (项目环境效益): computed from the elements that were sent.

What belongs here: computing every scene of a package, and the table that the rules on benefits look
at. What does not: formulas and factors (`factors.benefits`), claims (`claims`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from factors.benefits import Benefit, BenefitFault, Result, compute, scenes
from factors.catalogue import Catalogue, NoFactor
from factors.errors import TanzhangError
from ledgers.green_finance.columns import INDICATORS
from warehouse.connect import Connection

REGION = "东北"
"""The grid region of the city, where a scene names none."""

Case = tuple[str, str, str, int]
"""Project number, scene, phase, year."""


@dataclass(frozen=True, slots=True)
class Computed:
    """One case as computed: items of repeated elements are summed; `why` it could not be."""

    case: Case
    sheet: str
    row_no: int
    benefits: tuple[Benefit, ...]
    why: tuple[TanzhangError, ...] = ()

    def total(self, indicator: str) -> tuple[Fraction, tuple[Result, ...]] | None:
        """The sum over items of one indicator, with its parts."""
        parts = tuple(r for b in self.benefits for r in b.results if r.indicator == indicator)
        return (sum((part.exact for part in parts), Fraction(0)), parts) if parts else None


def compute_all(con: Connection, catalogue: Catalogue) -> tuple[Computed, ...]:
    """Every case of which the package brings an element, from all its elements as they will stand.

    Only the year of the factors is asked for: what was known on the day of the package may serve.
    """
    rows = con.execute(
        "SELECT e.project_no, e.scene, e.phase, e.year, e.item, e.element, e.value, "
        "coalesce(i.sheet, ''), coalesce(i.row_no, 0) FROM after_element AS e "
        "JOIN (SELECT project_no, scene, phase, year, min(sheet) AS sheet, min(row_no) AS row_no "
        "FROM in_element GROUP BY ALL) AS i USING (project_no, scene, phase, year) "
        "WHERE e.institution_id = getvariable('institution') ORDER BY ALL"
    ).fetchall()
    ((day,),) = con.execute("SELECT getvariable('package_day')").fetchall()
    groups: dict[Case, dict[str, dict[str, str]]] = {}
    places: dict[Case, tuple[str, int]] = {}
    for project, scene, phase, year, item, element, value, sheet, row_no in rows:
        case = (project, scene, phase, int(year))
        groups.setdefault(case, {}).setdefault(item, {})[element] = value
        places[case] = (sheet, int(row_no))
    return tuple(
        _computed(case, places[case], items, catalogue, day) for case, items in groups.items()
    )


def _computed(
    case: Case,
    place: tuple[str, int],
    items: Mapping[str, Mapping[str, str]],
    catalogue: Catalogue,
    day: Any,
) -> Computed:
    common = dict(items.get("", {}))
    sets = [{**common, **own} for item, own in items.items() if item] or [common]
    made: list[Benefit] = []
    why: list[TanzhangError] = []
    for values in sets:
        try:
            made.append(compute(case[1], values, catalogue, case[3], region=REGION, known_by=day))
        except BenefitFault as refusal:
            why.append(refusal)
    return Computed(case, *place, tuple(made), tuple(why))


def lay_benefits(con: Connection, found: Sequence[Computed]) -> None:
    """r_benefit: one row for each indicator of each case, beside what was reported, and one for
    each case that could not be computed."""
    schema = pa.schema([
        ("sheet", pa.string()), ("row_no", pa.int64()), ("project_no", pa.string()),
        ("scene", pa.string()), ("phase", pa.string()), ("year", pa.int64()),
        ("indicator", pa.string()), ("value", pa.decimal128(38, 12)),
        ("factor_years", pa.string()), ("factor_year", pa.int64()), ("ratio_kind", pa.string()),
        ("ratio", pa.float64()), ("due_ratio", pa.float64()), ("most_hours", pa.int64()),
        ("supply_kwh", pa.float64()), ("why", pa.string()), ("lacking", pa.string()),
        ("allowed", pa.list_(pa.string())),
    ])  # fmt: skip
    rows = [row for each in found for row in _rows(each)]
    con.register("benefit_rows", pa.Table.from_pylist(rows, schema=schema))
    reported = ", ".join(f"WHEN '{name}' THEN p.{name}" for name in INDICATORS).replace(", ", " ")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE r_benefit AS "
        f"SELECT b.*, CASE b.indicator {reported} END AS reported, p.operating_on, p.project_key, "
        "l.first, l.investment, b.supply_kwh / nullif(p.capacity_kw, 0) AS hours, "
        "false AS impossible FROM benefit_rows AS b LEFT JOIN after_project AS p "
        "ON p.institution_id = getvariable('institution') AND p.project_no = b.project_no "
        "LEFT JOIN layers AS l ON l.project_key = p.project_key"
    )
    con.unregister("benefit_rows")
    _impossible(con)


def _impossible(con: Connection) -> None:
    """Indicators that were reported and that none of the project's scenes has (BE-09)."""
    given = " UNION ALL ".join(
        f"SELECT sheet, row_no, project_no, '{name}' AS indicator FROM in_project "
        f"WHERE {name} IS NOT NULL AND {name} <> 0"
        for name in INDICATORS
    )
    con.execute(
        "INSERT INTO r_benefit BY NAME SELECT g.*, s.scene, '' AS why, '' AS lacking, "
        f"'' AS factor_years, true AS impossible FROM ({given}) AS g JOIN (SELECT project_no, "
        "string_agg(DISTINCT scene, ' ') AS scene, flatten(list(allowed)) AS allowed "
        "FROM r_benefit WHERE why = '' GROUP BY project_no) AS s USING (project_no) "
        "WHERE NOT list_contains(s.allowed, g.indicator)"
    )


def _rows(each: Computed) -> list[dict[str, Any]]:
    project, scene_code, phase, year = each.case
    scene = scenes().get(scene_code)
    allowed = list(scene.formulas) if scene else []
    same = {"sheet": each.sheet, "row_no": each.row_no, "project_no": project, "year": year}
    same |= {"scene": scene_code, "phase": phase, "allowed": allowed, "why": "", "lacking": ""}
    same |= {"factor_years": ""}
    rows = [{**same, "indicator": "", "why": str(why.text("zh"))} for why in each.why]
    lacking = {name: why for benefit in each.benefits for name, why in benefit.missing.items()}
    rows += [{**same, "indicator": name, "lacking": _short(why)} for name, why in lacking.items()]
    for indicator in allowed:
        found = each.total(indicator)
        if found is not None:
            rows.append({**same, **_row(each, indicator, *found)})
    return rows


def _row(
    each: Computed, indicator: str, total: Fraction, parts: Sequence[Result]
) -> dict[str, Any]:
    scene = scenes()[each.case[1]]
    years = sorted({u.year for part in parts for u in part.used if u.year is not None})
    energy = each.total("energy")
    supply = [values for values in [_supply(each)] if values is not None]
    return {
        "indicator": indicator,
        "value": _decimal(total),
        "factor_years": "、".join(map(str, years)),
        "factor_year": min(years) if years else None,
        "ratio_kind": scene.ratio,
        "ratio": float(total / energy[0]) if energy and energy[0] and indicator == "co2" else None,
        "due_ratio": _due(parts, energy[1]) if energy and indicator == "co2" else None,
        "most_hours": scene.full_load_hours or None,
        "supply_kwh": supply[0] if supply and indicator == "co2" else None,
    }


def _due(parts: Sequence[Result], energy: Sequence[Result]) -> float | None:
    """Grid factor over coal rate in tCO2/tce, from the factors that were used."""
    grid = [u.factor for part in parts for u in part.used if u.slot == "grid"]
    coal = [u.factor for part in energy for u in part.used if u.slot == "coal_rate"]
    if not grid or not coal:
        return None
    from factors.units import multiplier

    above = Fraction(grid[0].value) * multiplier(grid[0].unit, "kgCO2/kWh")
    below = Fraction(coal[0].value) * multiplier(coal[0].unit, "kgce/kWh")
    return float(above / below)


def _supply(each: Computed) -> float | None:
    """Electricity supplied, of scenes whose full-load hours are limited."""
    scene = scenes()[each.case[1]]
    if not scene.full_load_hours:
        return None
    co2 = each.total("co2")
    if co2 is None:
        return None
    grid = [u.factor for part in co2[1] for u in part.used if u.slot == "grid"]
    return float(co2[0] * 1000 / Fraction(grid[0].value)) if grid else None


def _short(why: BenefitFault | NoFactor) -> str:
    return str(why.text("zh")).splitlines()[0][:200]


def _decimal(value: Fraction) -> Decimal:
    from factors.quantities import half_up

    return half_up(value, 12)


def benefit_records(found: Sequence[Computed], keys: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of finance.benefit: every indicator of every case that was computed."""
    from factors.benefits import indicator_units

    rows = []
    for each in found:
        project, scene, phase, year = each.case
        for indicator in scenes()[scene].formulas if scene in scenes() else ():
            total = each.total(indicator)
            if total is None:
                continue
            used = {
                u.slot: {"key": u.factor.key, "value": str(u.factor.value), "unit": u.factor.unit,
                         "year": u.year}
                for part in total[1]
                for u in part.used
            }  # fmt: skip
            rows.append(
                {
                    "project_no": project,
                    "project_key": keys.get(project, project),
                    "scene": scene,
                    "phase": phase,
                    "year": year,
                    "quality": "benefit",
                    "indicator": indicator,
                    "value": _decimal(total[0]),
                    "unit": indicator_units()[indicator],
                    "formula": total[1][0].formula,
                    "factors": json.dumps(used, ensure_ascii=False, sort_keys=True),
                }
            )
    return rows
