"""What one cell cannot tell of dual-control files (双控报送文件的校验).

What belongs here: faults found by looking at several cells, rows or the books: percent or share,
units that mix 万元 and 亿元, base years that do not meet, stock identities, parts beyond a whole.
What does not: how a cell reads (`columns`), and what an import changes (`imports`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledgers.dual_control.columns import STOCK_COLUMNS
from ledgers.dual_control.vocabulary import (
    ADDITIVE,
    CITY,
    FIGURES,
    LEVELS,
    NEEDS_ITEM,
    SHARE,
    TARGETS,
    canonical,
    plain,
)
from ledgers.reference.answers import Reading
from ledgers.reference.columns import CellFault, credit_code, industry

Row = Mapping[str, Any]

LEAST_PERCENT = Fraction(1, 2)
"""Below it a value whose unit is % is taken for a share that lost its percent sign, unless the
cell itself says %."""
FARTHEST = 100
"""Times by which two years of one series may differ; 万元 for 亿元 is 10,000 times."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What rows are held against: the city's districts, the rows of this kind that stand, and the
    certificates that are certified."""

    districts: frozenset[str]
    held: Sequence[Row]
    certified: frozenset[str] = frozenset()


def check(kind: str, reading: Reading, ground: Ground) -> None:
    """Set aside every row of `reading` with a fault of `kind`, all faults of a row together."""
    for row_no, row in list(reading.good.items()):
        found = list(_faults(kind, row, ground))
        for column, fault in found:
            reading.reject(row_no, column, fault.code, **fault.facts)
    for across in _ACROSS.get(kind, ()):
        across(reading, ground)


def _faults(kind: str, row: Row, ground: Ground) -> Iterable[tuple[str, CellFault]]:
    if "level" in row:
        yield from _place(row, ground)
    if kind in _ROWS:
        yield from _ROWS[kind](row, ground)


def _place(row: Row, ground: Ground) -> Iterable[tuple[str, CellFault]]:
    """Whether the code can be one of its level."""
    level, code = row["level"], row["code"]
    if level == "city" and code != CITY:
        yield "code", CellFault("dual.city", seen=code, allowed=CITY)
    if level == "district" and code not in ground.districts:
        allowed = "、".join(sorted(ground.districts))
        yield "code", CellFault("dual.district", seen=code, allowed=allowed)
    reader = {"enterprise": credit_code, "sector": industry}.get(level)
    if reader is not None:
        try:
            reader(code)
        except CellFault as fault:
            yield "code", fault


def share_of(text: str, unit: str) -> Fraction:
    """A share from its cell and unit. Raises CellFault where 5 and 0.05 cannot be told apart."""
    bare = text.removesuffix("%")
    value = Fraction(bare)
    if unit not in SHARE:
        raise CellFault("dual.unit", seen=unit or "—", allowed="%、1")
    if text.endswith("%"):
        if unit == "1":
            raise CellFault("dual.percent_and_one", seen=text)
        return value / 100
    if unit == "1" and abs(value) > 1:
        raise CellFault("dual.share_above_one", seen=text)
    if unit != "1" and 0 < abs(value) < LEAST_PERCENT:
        raise CellFault("dual.percent_small", seen=text)
    return value * SHARE[unit]


def amount_of(row: Row, family: str) -> Fraction:
    """The value of a row in the book's own unit. Raises CellFault."""
    text, unit = str(row["value"]), row["unit"]
    if family == "share":
        return share_of(text, unit)
    if text.endswith("%"):
        raise CellFault("dual.no_percent", seen=text)
    return canonical(Fraction(text), unit, family)


def _value(row: Row, family: str) -> Iterable[tuple[str, CellFault]]:
    try:
        amount_of(row, family)
    except CellFault as fault:
        yield ("unit" if fault.code == "dual.unit" else "value"), fault


def _gdp_row(row: Row, _ground: Ground) -> Iterable[tuple[str, CellFault]]:
    if row["form"] == "growth":
        yield from _value(row, "share")
        return
    if not row["base_year"]:
        yield "base_year", CellFault("dual.no_base_year")
    faults = list(_value(row, "money"))
    yield from faults
    if not faults and amount_of(row, "money") <= 0:
        yield "value", CellFault("dual.not_positive", seen=row["value"])


def _budget_row(row: Row, _ground: Ground) -> Iterable[tuple[str, CellFault]]:
    target = TARGETS[row["indicator"]]
    yield from _value(row, target.family)
    if target.rule == "reduction" and not row["base_year"]:
        yield "base_year", CellFault("dual.no_base_year")
    if row["base_year"] and row["base_year"] >= row["year"]:
        facts = {"base_year": row["base_year"], "year": row["year"]}
        yield "base_year", CellFault("dual.base_after", **facts)


def _figure_row(row: Row, _ground: Ground) -> Iterable[tuple[str, CellFault]]:
    yield from _value(row, FIGURES[row["indicator"]])
    if row["indicator"] in NEEDS_ITEM and not row["item"]:
        yield "item", CellFault("dual.no_product")


def _statistic_row(row: Row, _ground: Ground) -> Iterable[tuple[str, CellFault]]:
    if row["form"] == "205-1":
        short = stock_gap(row)
        if short is not None and short != 0:
            facts = {
                "expected": plain(expected_stock(row)),
                "seen": plain(row["closing_stock"]),
                "gap": plain(abs(short)),
            }
            code = "dual.stock_short" if short > 0 else "dual.stock_over"
            yield "closing_stock", CellFault(code, **facts)
    for name, value in row.items():
        if isinstance(value, Decimal) and value < 0:
            yield name, CellFault("dual.negative", seen=plain(value))


def expected_stock(row: Row) -> Decimal:
    """D11: what the closing stock must be: opening + in − consumption − transfers."""
    given = {name: row.get(name) or Decimal(0) for name in STOCK_COLUMNS}
    return Decimal(
        given["opening_stock"] + given["purchase"] - given["consumption"] - given["transfer_out"]
    )


def stock_gap(row: Row) -> Decimal | None:
    """Expected less reported closing stock; None where no stock was reported."""
    if row.get("closing_stock") is None:
        return None
    return expected_stock(row) - Decimal(row["closing_stock"])


def _project_row(row: Row, ground: Ground) -> Iterable[tuple[str, CellFault]]:
    if row["district"] not in ground.districts:
        allowed = "、".join(sorted(ground.districts))
        yield "district", CellFault("dual.district", seen=row["district"], allowed=allowed)
    for name, family in PROJECT_AMOUNTS.items():
        if row[name]:
            try:
                value = canonical(Fraction(row[name]), row[f"{name}_unit"], family)
            except CellFault as fault:
                yield f"{name}_unit", fault
                continue
            if value < 0:
                yield name, CellFault("dual.negative", seen=row[name])
    yield from _dates(row)


def _dates(row: Row) -> Iterable[tuple[str, CellFault]]:
    names = ("approved_on", "started_on", "commissioned_on", "stopped_on")
    last: tuple[str, date] | None = None
    for name in names:
        value = row[name]
        if value is None:
            continue
        if last and value < last[1]:
            yield name, CellFault("dual.dates", seen=str(value), before=str(last[1]))
        last = (name, value)


PROJECT_AMOUNTS: Mapping[str, str] = {
    "approved_energy": "energy",
    "approved_coal": "mass",
    "approved_carbon": "carbon",
    "approved_output": "product",
}
"""Amounts of a project, each with its unit beside it: column → family."""


def _replacement_row(row: Row, ground: Ground) -> Iterable[tuple[str, CellFault]]:
    if row["certificate"] in ground.certified:
        yield "certificate", CellFault("dual.certified_already", seen=row["certificate"])
    try:
        grams = canonical(Fraction(row["tonnes"]), row["unit"], row["measure"]) * 1_000_000
    except CellFault as fault:
        yield "unit", fault
        return
    if grams <= 0:
        yield "tonnes", CellFault("dual.not_positive", seen=row["tonnes"])
    elif grams.denominator != 1:
        yield "tonnes", CellFault("dual.below_a_gram", seen=row["tonnes"])


_ROWS: Mapping[str, Callable[[Row, Ground], Iterable[tuple[str, CellFault]]]] = {
    "gdp": _gdp_row,
    "budget": _budget_row,
    "dual_control_figure": _figure_row,
    "energy_statistics": _statistic_row,
    "two_high_project": _project_row,
    "replacement": _replacement_row,
}


def _money_jumps(reading: Reading, ground: Ground) -> None:
    """Years of one series that differ a hundred times: 万元 and 亿元 were mixed."""
    series: dict[tuple[Any, ...], list[tuple[Fraction, str]]] = {}
    levels = [(str(no), row) for no, row in reading.good.items() if row["form"] == "level"]
    before = [("", row) for row in ground.held if row["form"] == "level"]
    for where, row in [*levels, *before]:
        key = (row["level"], row["code"], row["kind"], row["base_year"])
        series.setdefault(key, []).append((amount_of(row, "money") / row["month"], where))
    for no, row in levels:
        key = (row["level"], row["code"], row["kind"], row["base_year"])
        value = amount_of(row, "money") / row["month"]
        others = [item for item in series[key] if item[1] != no]
        far = [o for o in others if not Fraction(1, FARTHEST) < value / o[0] < FARTHEST]
        # Of two rows that disagree the one is at fault that most others contradict.
        if far and 2 * len(far) >= len(others):
            facts = {"times": plain(Decimal(round(max(value / far[0][0], far[0][0] / value))))}
            reading.reject(int(no), "unit", "dual.money_mixed", seen=row["unit"], **facts)


def _base_years(reading: Reading, ground: Ground) -> None:
    """A series that goes on in the prices of another base year without a year in both."""
    series: dict[tuple[str, ...], dict[int, set[int]]] = {}
    for row in (*reading.good.values(), *ground.held):
        if row["form"] == "level":
            key = (row["level"], row["code"], row["kind"])
            series.setdefault(key, {}).setdefault(row["base_year"], set()).add(row["year"])
    for row_no, row in list(reading.good.items()):
        if row["form"] != "level":
            continue
        bases = series[(row["level"], row["code"], row["kind"])]
        own = bases[row["base_year"]]
        strange = [base for base, years in bases.items() if not years & own]
        if strange:
            facts = {"seen": row["base_year"], "others": "、".join(map(str, sorted(strange)))}
            reading.reject(row_no, "base_year", "dual.base_years_mixed", **facts)


def _parts_and_whole(reading: Reading, ground: Ground) -> None:
    """Budgets of the level below that add up to more than the level above."""
    rows = {_budget_key(row): row for row in (*ground.held, *reading.good.values())}
    for whole, part, total in overruns(rows.values()):
        for row_no, row in list(reading.good.items()):
            if row["indicator"] != whole["indicator"] or row["year"] != whole["year"]:
                continue
            if row["level"] in (part, whole["level"]):
                facts = {
                    "part": part,
                    "total": plain(total),
                    "whole": plain(amount_of(whole, TARGETS[whole["indicator"]].family)),
                    "over": plain(total - amount_of(whole, TARGETS[whole["indicator"]].family)),
                    "unit": "tCO2" if whole["indicator"].startswith("carbon") else "tce",
                }
                reading.reject(row_no, "value", "dual.parts_exceed", **facts)


def overruns(rows: Iterable[Row]) -> list[tuple[Row, str, Fraction]]:
    """(budget of the city, level whose parts exceed it, sum of the parts), for totals that add."""
    held = [row for row in rows if row["indicator"] in ADDITIVE]
    found = []
    for whole in held:
        if whole["level"] != "city":
            continue
        for level in LEVELS[1:]:
            parts = [
                amount_of(row, TARGETS[row["indicator"]].family)
                for row in held
                if row["level"] == level
                and (row["indicator"], row["year"]) == (whole["indicator"], whole["year"])
            ]
            total = sum(parts, Fraction(0))
            if total > amount_of(whole, TARGETS[whole["indicator"]].family):
                found.append((whole, level, total))
    return found


def _budget_key(row: Row) -> tuple[Any, ...]:
    return (row["level"], row["code"], row["year"], row["indicator"])


_ACROSS: Mapping[str, Sequence[Callable[[Reading, Ground], None]]] = {
    "gdp": (_money_jumps, _base_years),
    "budget": (_parts_and_whole,),
}
