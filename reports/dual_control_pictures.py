"""Pictures of the dual-control board (双控看板图): a grid of districts, sparklines.

What belongs here: drawing them as SVG. What does not: what they show (`ledgers.dual_control`).

No boundary of a district may be shipped, so each district is a tile of one size, placed roughly
where it lies. A colour is never alone: its shape and its word stand with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from html import escape

from ledgers.dual_control.board import Standing
from ledgers.dual_control.lines import GRAMS
from reports.document import Figure, number
from reports.fonts import CHINESE
from reports.words import Words

COLOURS: Mapping[str, str] = {
    "green": "#007a5e",
    "yellow": "#8a6d00",
    "orange": "#c4500b",
    "red": "#a3125a",
    "": "#5b6770",
}
"""Ink of each level, of Okabe and Ito's hues, dark enough for text on white."""
FILLS: Mapping[str, str] = {
    "green": "#d5efe7",
    "yellow": "#fbf0bf",
    "orange": "#fbdcc6",
    "red": "#f3d0e1",
    "": "#eceff1",
}
SHAPES: Mapping[str, str] = {"green": "●", "yellow": "▲", "orange": "◆", "red": "■", "": "○"}
"""One shape for each level, for who cannot tell the colours."""

TILES: Mapping[str, tuple[int, int]] = {
    "210123": (2, 0),
    "210124": (3, 0),
    "210181": (0, 1),
    "210113": (3, 1),
    "210114": (1, 2),
    "210105": (2, 2),
    "210104": (3, 2),
    "210115": (0, 3),
    "210106": (1, 3),
    "210102": (2, 3),
    "210103": (3, 3),
    "210112": (4, 3),
    "210111": (2, 4),
}
"""District → column and row, north above: Kangping and Faku in the north, Sujiatun in the south."""

_WIDE, _HIGH, _GAP = 158, 62, 8
_FONT = f"font-family=\"'{CHINESE}', 'Microsoft YaHei', sans-serif\""


def tile_grid(districts: Sequence[Standing], words: Words) -> Figure:
    """The districts as tiles: name, level, CO2 so far."""
    title = words("dual.tiles")
    places = _places([each.place[1] for each in districts])
    rows = max((row for _, row in places.values()), default=0) + 1
    columns = max((column for column, _ in places.values()), default=0) + 1
    parts = [_tile(each, places[each.place[1]], words) for each in districts]
    size = (columns * (_WIDE + _GAP), rows * (_HIGH + _GAP))
    said = "; ".join(
        f"{each.name}: {SHAPES[each.colour]} {level_word(each.colour, words)}" for each in districts
    )
    return Figure(title, _svg(size, "".join(parts)), f"{title}: {said}")


def _places(codes: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Where each tile stands; districts that have no place of their own in a row below."""
    own = {code: TILES[code] for code in codes if code in TILES}
    below = 1 + max((row for _, row in own.values()), default=-1)
    others = [code for code in codes if code not in TILES]
    return own | {code: (at % 5, below + at // 5) for at, code in enumerate(others)}


def _tile(each: Standing, place: tuple[int, int], words: Words) -> str:
    x, y = place[0] * (_WIDE + _GAP), place[1] * (_HIGH + _GAP)
    ink, fill = COLOURS[each.colour], FILLS[each.colour]
    amount = number(each.carbon / 10_000, 2).text
    level = f"{SHAPES[each.colour]} {level_word(each.colour, words)}"
    return (
        f'<rect x="{x + 1}" y="{y + 1}" width="{_WIDE - 2}" height="{_HIGH - 2}" rx="3" '
        f'fill="{fill}" stroke="{ink}" stroke-width="1.4"/>'
        + _text(x + 10, y + 19, each.name, 14, "#16252d")
        + _text(x + 10, y + 37, level, 13, ink)
        + _text(x + 10, y + 53, f"{amount} {words('dual.unit.carbon')}", 11, "#33414a")
    )


def sparklines(found: Sequence[Standing], words: Words) -> Figure:
    """Months of CO2 of each place: this year in full, last year behind it in grey."""
    title = words("dual.sparklines")
    shown = [each for each in found if any(each.carbon_months)]
    high, columns = 46, 2
    parts = []
    for at, each in enumerate(shown):
        x, y = (at % columns) * 400, (at // columns) * high
        parts.append(_spark(each, x, y, words))
    rows = (len(shown) + columns - 1) // columns
    said = "; ".join(
        f"{each.name} " + ", ".join(number(Fraction(v, GRAMS), 0).text for v in each.carbon_months)
        for each in shown
    )
    size = (columns * 400, max(rows, 1) * high + 4)
    return Figure(title, _svg(size, "".join(parts)), f"{title}: {said}")


def _spark(each: Standing, x: int, y: int, words: Words) -> str:
    before, now = each.carbon_last_year, each.carbon_months
    top = max((*before, *now, 1))
    left, width, high = x + 150, 170, 30
    base = y + 6 + high
    line = _path(now, left, base, width, high, top)
    behind = _path(before, left, base, width, high, top)
    last = now[-1] if now else 0
    at = left + width * (len(now) - 1) / 11
    dot = base - high * last / top
    name = each.name if len(each.name) <= 10 else each.name[:9] + "…"
    return (
        _text(x, y + 26, name, 12, "#16252d")
        + f'<line x1="{left}" y1="{base}" x2="{left + width}" y2="{base}" stroke="#d5dce0"/>'
        + (f'<path d="{behind}" fill="none" stroke="#b6c0c6" stroke-width="1.4"/>' * bool(before))
        + f'<path d="{line}" fill="none" stroke="#0072B2" stroke-width="1.8"/>'
        + f'<circle cx="{at:.1f}" cy="{dot:.1f}" r="2.6" fill="#0072B2"/>'
        + _text(
            left + width + 8, y + 26, number(Fraction(last, GRAMS * 10_000), 2).text, 11, "#33414a"
        )
    )


def _path(
    values: Sequence[int], left: float, base: float, width: float, high: float, top: int
) -> str:
    points = [
        f"{left + width * at / 11:.1f},{base - high * max(value, 0) / top:.1f}"
        for at, value in enumerate(values)
    ]
    return "M" + " L".join(points) if points else ""


def level_word(colour: str, words: Words) -> str:
    """The word of a level."""
    return words.named("dual.colour", colour or "none")


def _text(x: float, y: float, words: str, size: int, ink: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}" {_FONT}>{escape(words)}</text>'


def _svg(size: tuple[int, int], body: str) -> str:
    wide, high = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}">{body}</svg>'
    )
