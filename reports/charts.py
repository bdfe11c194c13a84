"""Charts (图): Altair specifications rendered to SVG without a browser or network.

What belongs here: the few chart forms of reports, their colours and fonts. What does not: which
report shows which. Colours are those of Okabe and Ito, which colour-blind people tell apart; the
legend is in words and every chart comes with a description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ledgers.emissions.spans import Span
from ledgers.emissions.sums import Total
from reports.document import Figure, number
from reports.fonts import CHINESE, font_folder
from reports.words import Words

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#5b6770")
"""Okabe and Ito's eight, black replaced by a grey that stays lighter than text."""

_WIDTH, _HEIGHT = 640, 170
_MOST = 10


def months_by_scope(
    by_month: Mapping[str, Sequence[Total]], words: Words, months: Sequence[str] = ()
) -> Figure:
    """Bars of months, stacked by scope. A month without data is a gap, not a neighbour of the
    next; `months` are all that the axis has, by default from the first with data to the last."""
    title = words("chart.months_by_scope")
    rows = [
        {"month": month, "name": words.named("scope", each.key), "value": float(each.co2e)}
        for month, found in by_month.items()
        for each in found
    ]
    scopes = sorted({each.key for found in by_month.values() for each in found})
    names = [words.named("scope", scope) for scope in scopes]
    axis = months or Span(min(by_month), max(by_month)).months
    return Figure(title, _stacked(rows, names, axis), _described(title, rows))


def by_carrier(found: Sequence[Total], words: Words) -> Figure:
    """Bars of carriers, largest first; what is beyond ten is summed."""
    title = words("chart.by_carrier")
    rows = ranked([(words.carrier(each.key), float(each.co2e)) for each in found], words)
    return Figure(title, _ranked(rows), _described(title, rows))


def ranking(found: Sequence[tuple[str, Any]], title: str, words: Words) -> Figure:
    """Bars of named totals, largest first."""
    rows = ranked([(name, float(value)) for name, value in found], words)
    return Figure(title, _ranked(rows), _described(title, rows))


def shares(
    cells: Sequence[tuple[str, str, float]], rows: Sequence[str], title: str, words: Words
) -> Figure:
    """A field of shares (row, column, 0..1): blue where all is there, orange where nothing is."""
    values = [{"row": row, "column": column, "value": value} for row, column, value in cells]
    field: dict[str, Any] = {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": "white", "strokeWidth": 2},
        "width": _WIDTH - 200,
        "height": {"step": 17},
        "encoding": {
            "x": {
                "field": "column",
                "type": "ordinal",
                "title": None,
                "axis": {"orient": "top", "grid": False, "labelLimit": 90, "labelAngle": -35},
            },
            "y": {
                "field": "row",
                "type": "nominal",
                "title": None,
                "sort": list(rows),
                "axis": {"grid": False, "labelLimit": 190},
            },
            "color": {
                "field": "value",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [0, 0.5, 1], "range": [PALETTE[5], "#eef1f3", PALETTE[0]]},
                "legend": {"format": ".0%", "orient": "right", "symbolType": "square"},
            },
        },
    }
    described = "; ".join(f"{row} {column} {value:.0%}" for row, column, value in cells)
    return Figure(title, _svg(field), f"{title}: {described}")


def ranked(pairs: Sequence[tuple[str, float]], words: Words) -> list[dict[str, Any]]:
    """Names and values as rows, largest first; the tail as one."""
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    rows = [{"name": name, "value": value} for name, value in ordered[:_MOST]]
    rest = sum(value for _, value in ordered[_MOST:])
    if len(ordered) > _MOST:
        rows.append({"name": words("chart.rest", count=len(ordered) - _MOST), "value": rest})
    return rows


def _stacked(rows: Sequence[Mapping[str, Any]], names: Sequence[str], months: Sequence[str]) -> str:
    return _svg(
        {
            "data": {"values": list(rows)},
            "mark": {"type": "bar", "width": {"band": 0.62}},
            "width": _WIDTH,
            "height": _HEIGHT,
            "encoding": {
                "x": {
                    "field": "month",
                    "type": "ordinal",
                    "title": None,
                    "scale": {"domain": list(months)},
                },
                "y": {"field": "value", "type": "quantitative", "title": "tCO2e"},
                "color": {
                    "field": "name",
                    "type": "nominal",
                    "title": None,
                    "sort": list(names),
                    "scale": {"domain": list(names), "range": list(PALETTE[: len(names)])},
                },
                "order": {"field": "name", "sort": "ascending"},
            },
        }
    )


def _ranked(rows: Sequence[Mapping[str, Any]]) -> str:
    bars = {"mark": {"type": "bar", "color": PALETTE[0], "height": {"band": 0.62}}}
    labels = {
        "mark": {"type": "text", "align": "left", "dx": 4, "color": "#33414a"},
        "encoding": {"text": {"field": "value", "type": "quantitative", "format": ",.0f"}},
    }
    return _svg(
        {
            "data": {"values": list(rows)},
            "width": _WIDTH - 120,
            "height": {"step": 20},
            "encoding": {
                "y": {
                    "field": "name",
                    "type": "nominal",
                    "title": None,
                    "sort": None,
                    "axis": {"grid": False, "labelLimit": 220},
                },
                "x": {"field": "value", "type": "quantitative", "title": "tCO2e"},
            },
            "layer": [bars, labels],
        }
    )


def picture(spec: Mapping[str, Any]) -> str:
    """The SVG of a Vega-Lite specification, in the fonts and lines of all reports."""
    return _svg(spec)


def _svg(spec: Mapping[str, Any]) -> str:
    import altair as alt

    chart = alt.Chart.from_dict({**spec, "config": _CONFIG})
    return str(_converter().vegalite_to_svg(chart.to_dict()))


@cache
def _converter() -> Any:
    import vl_convert

    vl_convert.register_font_directory(str(font_folder()))
    return vl_convert


_CONFIG = {
    "font": CHINESE,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 10,
        "titleFontSize": 10,
        "titleFontWeight": "normal",
        "labelColor": "#33414a",
        "titleColor": "#5b6770",
        "gridColor": "#e3e8eb",
        "domainColor": "#9aa5ac",
        "tickColor": "#9aa5ac",
        "labelAngle": 0,
    },
    "legend": {"orient": "top", "labelFontSize": 10, "symbolType": "square", "offset": 6},
}


def _described(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The chart in words: its title and its values."""
    parts = (
        " ".join(str(part) for part in (row.get("month"), row["name"]) if part)
        + f" {number(round(row['value']), 0).text} t"
        for row in rows
    )
    return f"{title}: {'; '.join(parts)}"
