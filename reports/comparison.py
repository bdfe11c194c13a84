"""Two methods over the same activities as a document (两种方法对照表).

What belongs here: which parts the comparison has, and its waterfall. What does not: the
calculation and the split (`ledgers.emissions.comparison`, `ledgers.emissions.decomposition`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledgers.emissions.comparison import Comparison, LeftOut
from ledgers.emissions.decomposition import PARTS
from reports.charts import PALETTE, picture
from reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Headline,
    Note,
    Row,
    Section,
    Table,
    number,
    percent,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer
from reports.statement import layout_words
from reports.words import Words

_MORE, _LESS, _WHOLE = PALETTE[5], PALETTE[2], PALETTE[7]
_SMALL = Fraction(1, 2000)
"""Half of what three decimals show: a part below it draws no bar."""


def write_comparison(
    found: Comparison, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write `folder`/<enterprise>-comparison.<format>. Raises UnknownFormat."""
    check_formats(formats)
    made: dict[str, bytes] = {}
    if set(formats) - {"json"}:
        document = comparison_document(found, lang)
        made |= {name: rendered(document, name) for name in formats if name != "json"}
    if "json" in formats:
        made["json"] = comparison_json(found).encode()
    return write_files(folder, f"{found.party.enterprise_id}-comparison", made, lang)


def comparison_json(found: Comparison) -> str:
    """The comparison with every number exact; parts that do not end as decimals are fractions."""
    record = {
        "kind": "method-comparison",
        "version": 1,
        "label": "合成数据" if found.synthetic else "",
        "enterprise_id": found.party.enterprise_id,
        "span": record_of(found.span),
        "head": record_of(found.head),
        "activities": found.activities,
        "old": _side(found.old),
        "new": _side(found.new),
        "difference": str(found.difference),
        "split": "shapley",
        "parts": {part: str(value) for part, value in found.parts.items()},
        "carriers": [
            {
                "carrier": each.carrier,
                "old": str(each.old),
                "new": str(each.new),
                "difference": str(each.difference),
                "parts": {part: str(value) for part, value in each.parts.items()},
            }
            for each in found.carriers
        ],
        "left_out": [record_of(item) for item in found.left_out],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def comparison_document(found: Comparison, lang: str = "zh") -> Document:
    """The comparison in `lang`."""
    words = Words(lang)
    sections = (
        Section(words("compare.summary"), tuple(_summary(found, words)), words("sheet.summary")),
        Section(
            words("compare.by_carrier"), (_carriers(found, words),), words("compare.sheet_carriers")
        ),
        Section(
            words("compare.left_out"),
            (Note(words("compare.left_out_note")), _left_out(found.left_out, words)),
            words("compare.sheet_left_out"),
        ),
    )
    return Document(
        lang=lang,
        kind=words("compare.kind"),
        title=found.party.name or found.party.enterprise_id,
        subtitle=words("compare.subtitle", period=words.months(found.span.text)),
        facts=_facts(found, words),
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _side(side: Any) -> dict[str, Any]:
    return {
        "edition": side.facts.edition,
        "document": side.facts.document,
        "standing": side.facts.standing,
        "in_force": side.in_force,
        "co2e": str(side.co2e),
    }


def _facts(found: Comparison, words: Words) -> Facts:
    pairs = [(words("party.code"), text(found.party.enterprise_id, "mono"))]
    for name, side in (("compare.old", found.old), ("compare.new", found.new)):
        force = "" if side.in_force else words("compare.not_in_force")
        title = f"{side.facts.title(words.lang)}（{side.facts.edition}）"
        if words.lang == "en":
            title = f"{side.facts.title('en')} ({side.facts.edition})"
        pairs.append((words(name), text(title, sub=force)))
    pairs.append((words("compare.activities"), text(f"{found.activities:,}")))
    return Facts("", tuple(pairs))


def _summary(found: Comparison, words: Words) -> list[Block]:
    sides = (("compare.old", found.old), ("compare.new", found.new))
    figures = [
        (words(name), number(side.co2e, 3), "tCO2e", side.facts.edition) for name, side in sides
    ]
    share = percent(found.difference, found.old.co2e, digits=2, sign=True).text
    difference = number(found.difference, 3, sign=True, style="strong")
    blocks: list[Block] = [
        Headline((*figures, (words("compare.difference"), difference, "tCO2e", share)))
    ]
    if not found.activities:
        blocks.append(Note(words("compare.nothing"), "caution"))
        return blocks
    blocks += [_waterfall(found, words), _parts(found, words), Note(words("compare.how"))]
    return blocks


def _parts(found: Comparison, words: Words) -> Table:
    columns = (
        Column(words("compare.part"), width=1.4),
        Column("tCO2e", "right", 1.2),
        Column(words("compare.share_of_old"), "right", 1),
        Column(words("compare.meaning"), width=3.4),
    )
    rows = [
        Row(
            (
                text(words(f"compare.part.{part}")),
                _signed(found.parts[part]),
                percent(found.parts[part], found.old.co2e, digits=3, sign=True),
                text(words(f"compare.meaning.{part}"), "muted"),
            )
        )
        for part in PARTS
    ]
    share = percent(found.difference, found.old.co2e, digits=3, sign=True)
    total = (text(words("compare.difference")), _signed(found.difference), share, text(""))
    return Table(words("compare.parts"), columns, (*rows, Row(total, "total")))


def _carriers(found: Comparison, words: Words) -> Table:
    """On paper the parts that anything stands in, in whole tonnes where they are many; in a
    worksheet every part."""
    large = max(abs(found.old.co2e), abs(found.new.co2e)) >= 10_000
    seen = [
        part for part in PARTS if any(abs(each.parts[part]) >= _SMALL for each in found.carriers)
    ]
    shown = _carrier_table(found, words, seen, 0 if large else 2)
    return replace(shown, flat=_carrier_table(found, words, PARTS, 3))


def _carrier_table(found: Comparison, words: Words, parts: Sequence[str], digits: int) -> Table:
    names = ("old", "new", "difference")
    columns = (
        Column(words("column.carrier"), width=1.1),
        *(Column(words(f"compare.{name}"), "right", 1.2) for name in names),
        *(Column(words(f"compare.part.{part}"), "right", 1.1) for part in parts),
    )

    def cells(old: Fraction, new: Fraction, held: Mapping[str, Fraction]) -> tuple[Cell, ...]:
        moved = (new - old, *(held[part] for part in parts))
        signed = (number(value, digits, sign=True) for value in moved)
        return (number(old, digits), number(new, digits), *signed)

    rows = [
        Row((text(words.carrier(each.carrier)), *cells(each.old, each.new, each.parts)))
        for each in found.carriers
    ]
    total = Row(
        (text(words("compare.total")), *cells(found.old.co2e, found.new.co2e, found.parts)), "total"
    )
    return Table("", columns, (*rows, total) if rows else (), words("compare.nothing"))


def _left_out(items: Sequence[LeftOut], words: Words) -> Table:
    columns = (
        Column(words("compare.edition"), width=1.2),
        Column(words("column.carrier"), width=1),
        Column(words("column.month"), width=1.3),
        Column(words("compare.rows"), "right", 0.6),
        Column(words("compare.why"), width=4),
    )
    rows = tuple(
        Row(
            (
                text(item.edition),
                text(words.carrier(item.carrier), sub=words.named("flow", item.flow)),
                text(_months(item.months, words)),
                number(item.rows, 0),
                text(item.why_en if words.lang == "en" else item.why_zh, "muted"),
            )
        )
        for item in items
    )
    return Table("", columns, rows, words("compare.none_left_out"))


def _months(months: Sequence[str], words: Words) -> str:
    if len(months) == 1:
        return months[0]
    return words("compare.months", first=months[0], last=months[-1], count=len(months))


def _signed(value: Fraction) -> Cell:
    style = "up" if value >= _SMALL else "down" if value <= -_SMALL else ""
    return number(value, 3, sign=True, style=style)


def _waterfall(found: Comparison, words: Words) -> Figure:
    """From one total to the other, a bar for each part that is large enough to be seen."""
    title = words("compare.chart", old=found.old.facts.edition, new=found.new.facts.edition)
    bars = list(_bars(found, words))
    parts = ", ".join(f"{bar['name']} {bar['label']}" for bar in bars)
    return Figure(title, picture(_spec(bars)), f"{title}: {parts}")


def _bars(found: Comparison, words: Words) -> list[Mapping[str, Any]]:
    """Each bar with both ends, its number and its kind; the totals stand on zero."""
    first = (found.old.facts.edition, Fraction(0), found.old.co2e, "whole")
    bars = [first]
    reached = found.old.co2e
    for part in PARTS:
        share = found.parts[part]
        if abs(share) >= _SMALL:
            kind = "more" if share > 0 else "less"
            bars.append((words(f"compare.part.{part}"), reached, reached + share, kind))
        reached += share
    bars.append((found.new.facts.edition, Fraction(0), found.new.co2e, "whole"))
    return [
        {
            "name": name,
            "order": place,
            "from": float(start),
            "to": float(end),
            "top": float(max(start, end)),
            "kind": kind,
            "label": (
                number(end, 1) if kind == "whole" else number(end - start, 2, sign=True)
            ).text,
        }
        for place, (name, start, end, kind) in enumerate(bars)
    ]


def _spec(bars: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The scale begins near the parts where the totals would hide them, and says so by a broken
    foot: the bars of the totals then end at the edge of the picture."""
    ends = [bar[end] for bar in bars if bar["kind"] != "whole" for end in ("from", "to")]
    ends += [bar["to"] for bar in bars if bar["kind"] == "whole"]
    low, high = min(ends), max(ends)
    room = (high - low) or abs(high) or 1.0
    near = low - 0.6 * room
    base = near if low > 0 and near > 0 else min(0.0, low * 1.1)
    shown = [dict(bar) | ({"from": base} if bar["kind"] == "whole" else {}) for bar in bars]
    x = {
        "field": "name",
        "type": "nominal",
        "title": None,
        "sort": {"field": "order"},
        "axis": {"labelAngle": 0, "labelLimit": 110, "grid": False},
    }
    domain = {"domain": [base, high + 0.12 * room], "zero": False, "nice": False}
    y = {"type": "quantitative", "title": "tCO2e", "scale": domain}
    colours = {"domain": ["whole", "more", "less"], "range": [_WHOLE, _MORE, _LESS]}
    return {
        "data": {"values": shown},
        "width": 640,
        "height": 220,
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "bar", "width": {"band": 0.6}, "clip": True},
                "encoding": {
                    "y": {"field": "from", **y},
                    "y2": {"field": "to"},
                    "color": {
                        "field": "kind",
                        "type": "nominal",
                        "scale": colours,
                        "legend": None,
                    },
                },
            },
            {
                "mark": {"type": "text", "dy": -7, "color": "#33414a"},
                "encoding": {"y": {"field": "top", **y}, "text": {"field": "label"}},
            },
        ],
    }
