"""Targets, path and projection as tables and a chart (目标、路径与走势).

What belongs here: how an outlook looks. What does not: what it holds (`ledgers.inventory.outlook`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ledgers.inventory.outlook import Outlook
from ledgers.inventory.projection import Expected, Projection
from reports.charts import PALETTE, picture
from reports.document import Block, Cell, Column, Figure, Note, Row, Table, number, text
from reports.words import Words

_UNIT = 10_000
"""Tonnes in the unit of the chart and of the table of years: 万吨 (10⁴ t)."""


def blocks(found: Outlook, year: int, words: Words, *, pictures: bool) -> Iterator[Block]:
    """The outlook of one indicator, from its targets to what is to be expected."""
    yield _targets(found, words)
    if found.no_path is not None and found.targets:
        yield Note(found.no_path.text(words.lang), "caution")
    yield from _remarks(found, words)
    drawn = found.path is not None or isinstance(found.projection, Projection)
    if pictures and drawn:
        yield chart(found, year, words)
    yield _years(found, year, words)


def _targets(found: Outlook, words: Words) -> Table:
    columns = (
        Column(words("inventory.column.year"), width=0.8),
        Column(words("inventory.column.role"), width=1),
        Column(words("inventory.column.value"), "right", 1.6),
        Column(words("inventory.column.unit"), width=1.2),
        Column(words("inventory.column.document"), width=3.4),
        Column(words("inventory.column.standing"), width=1),
        Column(words("inventory.column.recorded"), width=1.6),
    )
    rows = tuple(_target_row(each, words) for each in found.targets)
    title = words(f"inventory.indicator.{found.indicator}")
    return Table(title, columns, rows, words("inventory.no_targets"))


def _target_row(each: Any, words: Words) -> Row:
    held = each.target
    reduced = held.form == "reduction"
    value = f"−{held.value:f}" if reduced else f"{held.value:f}"
    sub = words("inventory.from_base", year=held.base_year) if reduced else ""
    cells = (
        text(held.year),
        text(words(f"inventory.role.{held.role}")),
        Cell(text=value, sub=sub),
        text(held.unit),
        text(held.document, sub=held.clause or words("source.no_clause")),
        text(words.named("standing", held.standing)),
        text(each.person, sub=words("inventory.commit", commit_no=each.commit_no)),
    )
    return Row(cells)


def _remarks(found: Outlook, words: Words) -> Iterator[Block]:
    past = found.projection
    if not isinstance(past, Projection):
        years = ", ".join(map(str, past.years)) or "—"
        facts = {"needed": past.needed, "count": len(past.years), "years": years}
        yield Note(words("inventory.not_enough", **facts), "caution")
        return
    facts = {
        "first": past.past[0][0],
        "last": past.past[-1][0],
        "months": past.months,
        "level": f"{past.level:.0%}".rstrip("%"),
        "trend": number(round(Fraction(past.trend)), 0, sign=True).text,
    }
    yield Note(words("inventory.model", **facts))
    if found.scale is not None and found.scale != 1:
        scale = number(found.scale, 3).text
        yield Note(words("inventory.scaled", scale=scale), "caution")
    if found.uneven:
        yield Note(words("inventory.uneven"), "caution")
    if past.remembers:
        yield Note(words("inventory.remembers", memory=f"{past.memory:+.2f}"), "caution")


def _years(found: Outlook, year: int, words: Words) -> Table:
    columns = (
        Column(words("inventory.column.year"), width=0.8),
        Column(words("inventory.column.ledger_year"), "right", 1.5),
        Column(words("inventory.column.inventory_year"), "right", 1.3),
        Column(words("inventory.column.path"), "right", 1.3),
        Column(words("inventory.column.expected"), "right", 1.3),
        Column(words("inventory.column.band"), "right", 2),
        Column(words("inventory.column.expected_city"), "right", 1.5),
        Column(words("inventory.column.against_path"), "right", 1.4),
    )
    past = {each.year: each for each in found.ledger}
    ahead = _expected(found)
    on_path = {p.year: p for p in found.path.points} if found.path else {}
    rows = []
    for each in sorted({*past, *ahead, *on_path, year}):
        rows.append(_year_row(found, each, year, words))
    note = words("inventory.note.years")
    return Table(words("inventory.years"), columns, tuple(rows), note=note)


def _year_row(found: Outlook, each: int, year: int, words: Words) -> Row:
    booked = next((item for item in found.ledger if item.year == each), None)
    expected = _expected(found).get(each)
    point = next((p for p in found.path.points if p.year == each), None) if found.path else None
    scaled = _scaled(found, expected.value) if expected else None
    city = found.now if each == year else scaled
    gap = city - point.value if city is not None and point is not None else None
    partly = booked is not None and booked.months < 12
    role = words(f"inventory.role.{point.role}") if point and point.role else ""
    months = words("inventory.months", count=booked.months) if booked and partly else ""
    band = ""
    if expected is not None:
        low, high = (_tens(Fraction(v)).text for v in (expected.lower, expected.upper))
        band = f"{low} – {high}"
    cells = (
        text(each, "strong" if each == year else ""),
        _with_sub(_tens(booked.value if booked else None), months),
        _tens(found.now if each == year else None),
        _with_sub(_tens(point.value if point else None), role),
        _tens(Fraction(expected.value) if expected else None),
        text(band),
        _tens(scaled),
        _tens(gap, sign=True),
    )
    return Row(cells)


def _with_sub(cell: Cell, sub: str) -> Cell:
    return Cell(cell.text, cell.value, cell.digits, style=cell.style, sub=sub)


def _tens(value: Fraction | None, *, sign: bool = False) -> Cell:
    return number(None if value is None else value / _UNIT, 2, none="", sign=sign)


def _expected(found: Outlook) -> dict[int, Expected]:
    past = found.projection
    return {each.year: each for each in past.years} if isinstance(past, Projection) else {}


def _scaled(found: Outlook, value: float) -> Fraction | None:
    return None if found.scale is None else Fraction(value) * found.scale


def chart(found: Outlook, year: int, words: Words) -> Figure:
    """Path, ledger, projection with its band, and the year's inventory."""
    scale = float(found.scale or 1)
    names = {
        name: words(f"inventory.chart.{name}")
        for name in ("path", "ledger", "expected", "band", "inventory")
    }
    band, points = _rows(found, year, names, scale)
    layers = [
        *([_band(band)] if band else []),
        *([_line(points, names)] if points else []),
    ]
    title = words("inventory.chart.title", name=words(f"inventory.indicator.{found.indicator}"))
    spec = {
        "width": 620,
        "height": 240,
        "layer": layers,
    }
    said = "; ".join(f"{row['name']} {row['year']}: {row['value']:.2f}" for row in points)
    return Figure(title, picture(spec), f"{title}: {said}")


def _rows(
    found: Outlook, year: int, names: dict[str, str], scale: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    points: list[dict[str, Any]] = []

    def add(name: str, when: int, value: float) -> None:
        points.append({"name": names[name], "year": when, "value": value / _UNIT})

    for point in found.path.points if found.path else ():
        add("path", point.year, float(point.value))
    for booked in found.ledger:
        if booked.months == 12:
            add("ledger", booked.year, float(booked.value))
    add("inventory", year, float(found.now))
    band = []
    for each in _expected(found).values():
        add("expected", each.year, each.value * scale)
        low, high = each.lower * scale / _UNIT, each.upper * scale / _UNIT
        band.append({"name": names["band"], "year": each.year, "low": low, "high": high})
    return band, points


_X = {
    "field": "year",
    "type": "quantitative",
    "title": None,
    "scale": {"zero": False, "nice": False},
    "axis": {"format": "d", "tickMinStep": 1},
}


_STYLE = {
    "path": (PALETTE[2], [1, 0]),
    "ledger": (PALETTE[0], [1, 0]),
    "expected": (PALETTE[1], [5, 3]),
    "inventory": (PALETTE[5], [1, 0]),
}
"""Colour and dash of each line; the legend has those that are drawn."""


def _band(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "opacity": 0.22, "color": PALETTE[1]},
        "encoding": {
            "x": _X,
            "y": {"field": "low", "type": "quantitative", "title": "10⁴ tCO2e"},
            "y2": {"field": "high"},
        },
    }


def _line(rows: list[dict[str, Any]], names: dict[str, str]) -> dict[str, Any]:
    shown = {row["name"] for row in rows}
    order = [name for name in _STYLE if names[name] in shown]
    domain = [names[name] for name in order]
    colours = [_STYLE[name][0] for name in order]
    dashes = [_STYLE[name][1] for name in order]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "point": {"size": 34}, "strokeWidth": 1.8},
        "encoding": {
            "x": _X,
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": "10⁴ tCO2e",
                "scale": {"zero": False},
            },
            "color": {
                "field": "name",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": colours},
            },
            "strokeDash": {
                "field": "name",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": dashes},
            },
        },
    }
