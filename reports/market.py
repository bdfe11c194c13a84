"""The market bulletin of a month (市场行情月报): prices, volume, who holds, concentration.

What belongs here: layout, words, charts. What does not: figures
(`ledgers.allowances.market_figures`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledgers.allowances.market_figures import Concentration, Figures, KindHolding
from ledgers.emissions.parties import synthetic
from ledgers.journal import Head
from reports.charts import PALETTE, picture
from reports.document import (
    Block,
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
from reports.seal import footer, seal_section
from reports.statement import layout_words
from reports.words import Words

_GREY = "#33414a"
_BY_UNIT = {"field": "unit", "type": "nominal"}
VERSION = 1
"""Of the shape of the JSON record."""


@dataclass(frozen=True, slots=True)
class MarketMonth:
    """What a bulletin is made from: figures by day and for the month, rows refused, trades not
    settled, holdings and concentration at its end."""

    market: str
    name: str
    basis: str
    month: str
    days: tuple[Figures, ...]
    months: tuple[Figures, ...]
    refused: int
    unsettled: int
    clearing: int
    holdings: tuple[KindHolding, ...]
    holders: Concentration
    sellers: Concentration
    buyers: Concentration
    head: Head

    @property
    def synthetic(self) -> bool:
        """Whether the market says that it was made up."""
        return synthetic(self.name) or "合成" in f"{self.name}{self.basis}"


def write_market(
    found: MarketMonth, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write the bulletin as `folder`/market-MONTH.<format>. Raises UnknownFormat."""
    check_formats(formats)
    document = market_document(found, lang)
    made = {
        name: market_json(found).encode() if name == "json" else rendered(document, name)
        for name in formats
    }
    return write_files(folder, f"market-{found.month}", made, lang)


def market_document(found: MarketMonth, lang: str = "zh") -> Document:
    """The bulletin in `lang`."""
    words = Words(lang)
    sections = (
        Section(words("market.month"), tuple(_month(found, words)), words("market.month")),
        Section(
            words("market.days"), (_table(found.days, words, "market.day"),), words("market.days")
        ),
        Section(words("market.holders"), tuple(_holders(found, words)), words("market.holders")),
        seal_section(found.head, (), None, words),
    )
    pairs = (
        (words("market.settlement.unsettled"), number(found.unsettled, 0)),
        (words("market.settlement.clearing"), number(found.clearing, 0)),
        (words("market.settlement.refused"), number(found.refused, 0)),
    )
    return Document(
        lang=lang,
        kind=words("market.kind"),
        title=words("market.title", month=words.months(found.month)),
        subtitle=found.name,
        facts=Facts("", pairs),
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def market_json(found: MarketMonth) -> str:
    """The bulletin as JSON text; averages as exact fractions beside nothing rounded."""
    record = record_of(found)
    for name in ("days", "months"):
        for row, each in zip(record[name], getattr(found, name), strict=True):
            row["average"] = record_of(each.average)
    label = "合成数据" if found.synthetic else ""
    head = {"kind": "market-bulletin", "version": VERSION, "label": label}
    return json.dumps(head | record, ensure_ascii=False, indent=1) + "\n"


def _month(found: MarketMonth, words: Words) -> list[Block]:
    volume = sum(each.volume for each in found.months)
    turnover = sum(each.turnover for each in found.months)
    average = Fraction(turnover) / volume if volume else None
    figures = (
        (words("market.volume"), number(volume, 0), "t", ""),
        (words("market.turnover"), number(turnover, 2), "CNY", ""),
        (words("market.average"), number(average, 2), "CNY/t", ""),
    )
    blocks: list[Block] = [Headline(figures)]
    if found.days:
        blocks += [price_chart(found.days, words), volume_chart(found.days, words)]
    blocks.append(_table(found.months, words, "market.period"))
    return blocks


def _table(rows: Sequence[Figures], words: Words, first: str) -> Table:
    names = ("volume", "turnover", "open", "high", "low", "close", "average", "trades")
    columns = [Column(words(first), width=1.1), Column(words("market.unit"), width=1.2)]
    columns += [Column(words("market.mode"), width=0.9)]
    widths = {"turnover": 1.5, "trades": 0.6, "volume": 1.1}
    columns += [Column(words(f"market.{n}"), "right", widths.get(n, 0.8)) for n in names]
    made = []
    for each in rows:
        prices = [number(getattr(each, n), 2) for n in ("open", "high", "low", "close", "average")]
        made.append(
            Row(
                (
                    text(each.period),
                    text(each.unit, "mono"),
                    text(words(f"market.mode.{each.mode}")),
                    number(each.volume, 0),
                    number(each.turnover, 2),
                    *prices,
                    number(each.trades, 0),
                )
            )
        )
    return Table("", tuple(columns), tuple(made), words("market.nothing"))


def _holders(found: MarketMonth, words: Words) -> list[Block]:
    total = sum(each.total for each in found.holdings)
    columns = [Column(words("market.kind_of_account"), width=1.4)]
    names = ("accounts", "free", "pledged", "judicial", "other", "total")
    columns += [Column(words(f"market.held.{name}"), "right") for name in names]
    columns += [Column(words("market.held.share"), "right")]
    rows = [
        Row(
            (
                text(words(f"market.account.{each.kind}")),
                *(number(getattr(each, name), 0) for name in names),
                percent(each.total, total),
            )
        )
        for each in found.holdings
    ]
    held = Table("", tuple(columns), tuple(rows), words("market.nothing"))
    sides = (("holders", found.holders), ("sellers", found.sellers), ("buyers", found.buyers))
    heads = ("parties", "first", "three", "five", "herfindahl")
    columns = [Column("", width=1.2)]
    columns += [Column(words(f"market.concentration.{name}"), "right") for name in heads]
    lines = []
    for name, each in sides:
        cells = [number(each.parties, 0)]
        for share in (each.first, each.three, each.five):
            cells.append(text("—", "muted") if share is None else percent(share, 1))
        cells.append(number(each.herfindahl, 4))
        lines.append(Row((text(words(f"market.concentration.{name}")), *cells)))
    title = words("market.concentration")
    return [
        held,
        Table(title, tuple(columns), tuple(lines)),
        Note(words("market.concentration.note")),
    ]


def price_chart(days: Sequence[Figures], words: Words) -> Figure:
    """Low to high as a bar, open to close as a thicker one, the weighted average as a line; by day
    and mode."""
    title = words("market.chart.price")
    rows = [
        {
            "day": each.period,
            "mode": words(f"market.mode.{each.mode}"),
            "unit": each.unit,
            "open": float(each.open),
            "close": float(each.close),
            "low": float(each.low),
            "high": float(each.high),
            "average": float(each.average),
        }
        for each in days
        if each.mode != "block"
    ]
    names = sorted({row["unit"] for row in rows})
    colour = {
        "field": "unit",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "range": list(PALETTE[: max(1, len(names))])},
    }
    x = {"field": "day", "type": "ordinal", "title": None, "axis": {"labelAngle": -45}}

    def y(name: str) -> dict[str, Any]:
        return {
            "field": name,
            "type": "quantitative",
            "title": "CNY/t",
            "scale": {"zero": False},
        }

    span = {"y": y("low"), "y2": {"field": "high"}}
    body = {"y": y("open"), "y2": {"field": "close"}}
    spec = {
        "data": {"values": rows},
        "width": 640,
        "height": 190,
        "encoding": {"x": x, "color": colour},
        "layer": [
            {"mark": {"type": "rule"}, "encoding": span},
            {"mark": {"type": "bar", "size": 7}, "encoding": body},
            {
                "mark": {
                    "type": "line",
                    "strokeDash": [4, 2],
                    "point": {"size": 20, "color": _GREY},
                },
                "encoding": {"y": y("average"), "color": {"value": _GREY}, "detail": _BY_UNIT},
            },
        ],
    }
    said = "; ".join(f"{r['day']} {r['unit']} {r['mode']} {r['average']:.2f}" for r in rows)
    return Figure(title, picture(spec), f"{title}: {said}")


def volume_chart(days: Sequence[Figures], words: Words) -> Figure:
    """Tonnes a day, stacked by mode."""
    title = words("market.chart.volume")
    rows = [
        {"day": d.period, "mode": words(f"market.mode.{d.mode}"), "volume": d.volume} for d in days
    ]
    names = [words(f"market.mode.{mode}") for mode in ("listed", "block", "auction")]
    spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "size": 14},
        "width": 640,
        "height": 130,
        "encoding": {
            "x": {"field": "day", "type": "ordinal", "title": None, "axis": {"labelAngle": -45}},
            "y": {"field": "volume", "type": "quantitative", "title": "t"},
            "color": {
                "field": "mode",
                "type": "nominal",
                "title": None,
                "scale": {"domain": names, "range": list(PALETTE[:3])},
            },
        },
    }
    said = "; ".join(f"{row['day']} {row['mode']} {row['volume']:,} t" for row in rows)
    return Figure(title, picture(spec), f"{title}: {said}")
