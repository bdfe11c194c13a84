"""The city's greenhouse-gas inventory of a year as a document (城市温室气体清单).

What belongs here: which parts the inventory has and in which order, and its files. What does not:
the figures (`ledgers.inventory`), tables (`inventory_tables`), targets (`inventory_outlook`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ledgers.emissions.pollutants import method_edition, totals
from ledgers.inventory.balance_book import stand_ins_of
from ledgers.inventory.city import Inventory, covered_sub_sectors
from ledgers.inventory.outlook import Outlook
from ledgers.inventory.pollutants import SectorFuel
from ledgers.inventory.projection import Projection
from ledgers.inventory.reconciliation import Piece
from ledgers.inventory.sectors import sub_sectors
from reports import inventory_outlook, inventory_tables
from reports.charts import PALETTE, picture
from reports.document import (
    Block,
    Document,
    Facts,
    Figure,
    Headline,
    Note,
    Section,
    number,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.pollutants import pollutant_table
from reports.records import record_of
from reports.seal import footer, seal_section
from reports.statement import layout_words
from reports.words import Words

VERSION = 1
"""Of the shape of the JSON record."""


def write_inventory(
    found: Inventory,
    outlooks: Sequence[Outlook],
    fuels: Sequence[SectorFuel],
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
) -> tuple[Path, ...]:
    """Write the inventory as `folder`/inventory.<format>. Raises UnknownFormat."""
    made = inventory_files(found, outlooks, fuels, formats, lang)
    return write_files(folder, "inventory", made, lang)


def inventory_files(
    found: Inventory,
    outlooks: Sequence[Outlook],
    fuels: Sequence[SectorFuel],
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
) -> Mapping[str, bytes]:
    """The inventory as bytes by format."""
    check_formats(formats)
    document = inventory_document(found, outlooks, fuels, lang)
    return {
        name: inventory_json(found, outlooks, fuels).encode()
        if name == "json"
        else rendered(document, name)
        for name in formats
    }


def inventory_document(
    found: Inventory,
    outlooks: Sequence[Outlook],
    fuels: Sequence[SectorFuel],
    lang: str = "zh",
    *,
    pictures: bool = True,
) -> Document:
    """The inventory in `lang`."""
    words = Words(lang)
    sections = (
        _summary(found, words, pictures),
        Section(
            words("inventory.sectors"),
            (
                inventory_tables.by_sub_sector(found, words),
                inventory_tables.by_gas(found, words),
                inventory_tables.by_carrier(found, words),
            ),
            words("inventory.sheet.sectors"),
        ),
        _statistics(found, words),
        Section(
            words("inventory.outlook"),
            tuple(_outlook(found, outlooks, words, pictures)),
            words("inventory.sheet.outlook"),
        ),
        Section(
            words("pollutants.apart"),
            (pollutant_table(fuels, words),),
            words("pollutants.title"),
        ),
        seal_section(found.head, (), found.as_of, words),
    )
    return Document(
        lang=lang,
        kind=words("inventory.kind"),
        title=words("inventory.title", year=found.year),
        subtitle=words("inventory.subtitle", region=found.region),
        facts=_facts(found, words),
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _facts(found: Inventory, words: Words) -> Facts:
    kept = found.kept
    told = words("inventory.no_balance")
    if kept is not None:
        told = words("inventory.version", version=kept.version.version, name=kept.version.file_name)
    editions = sorted({e for piece in found.pieces for e in piece.cell.editions})
    return Facts(
        "",
        (
            (words("basis.boundary"), text(words.named("boundary", found.rolled.boundary))),
            (words("basis.gwp"), text(f"IPCC {found.gwp}")),
            (words("inventory.months_booked"), number(len(found.rolled.months), 0)),
            (words("column.enterprises"), number(found.rolled.enterprises, 0)),
            (words("inventory.balance"), text(told)),
            (words("inventory.editions"), text(", ".join(editions) or "—", "mono")),
        ),
    )


def _summary(found: Inventory, words: Words, pictures: bool) -> Section:
    held = found.totals
    figures = tuple(
        (words(f"inventory.total.{name}"), number(value, 0), "tCO2e", remark)
        for name, value, remark in (
            ("territorial", held.territorial, words("inventory.total.territorial.what")),
            ("induced", held.induced, words("inventory.total.induced.what")),
            ("scope1", held.scope1, words("inventory.total.scope1.what")),
            ("grid_supply", held.grid_supply, words("inventory.total.grid_supply.what")),
            ("scope2", held.scope2, words("inventory.total.scope2.what")),
        )
    )
    blocks: list[Block] = [Headline(figures), Note(words("inventory.note.totals"))]
    blocks += [
        Note(words(f"inventory.caution.{each.code}", **each.facts), "caution")
        for each in found.cautions
    ]
    if pictures and found.pieces:
        blocks.append(by_origin(found, words))
    return Section(words("statement.summary"), tuple(blocks), words("sheet.summary"))


def by_origin(found: Inventory, words: Words) -> Figure:
    """Bars of sub-sectors and scopes, split into ledger and remainder of the statistics."""

    def name(piece: Piece) -> tuple[str, str]:
        key = piece.cell.key
        place = f"{key.sub_sector} {sub_sectors()[key.sub_sector].name(words.lang)}"
        return f"{place} · {words('inventory.chart.scope', scope=key.scope)}", piece.origin

    held = found.co2e(name)
    rows = [
        {"name": key[0], "origin": words(f"inventory.origin.{key[1]}"), "value": float(value)}
        for key, value in sorted(held.items(), key=lambda item: str(item[0]))
        if isinstance(key, tuple)
    ]
    title = words("inventory.chart.by_origin")
    domain = [words(f"inventory.origin.{origin}") for origin in ("ledger", "statistics")]
    spec = {
        "data": {"values": rows},
        "width": 440,
        "height": {"step": 18},
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {
            "y": {
                "field": "name",
                "type": "nominal",
                "title": None,
                "sort": None,
                "axis": {"grid": False, "labelLimit": 260},
            },
            "x": {"field": "value", "type": "quantitative", "title": "tCO2e", "stack": "zero"},
            "color": {
                "field": "origin",
                "type": "nominal",
                "title": None,
                "scale": {"domain": domain, "range": [PALETTE[0], PALETTE[4]]},
            },
        },
    }
    said = "; ".join(f"{r['name']} {r['origin']} {r['value']:.0f} t" for r in rows)
    return Figure(title, picture(spec), f"{title}: {said}")


def _statistics(found: Inventory, words: Words) -> Section:
    blocks: list[Block] = []
    kept = found.kept
    if kept is not None:
        stand_ins = "、".join(
            f"{words.carrier(carrier)} → {words.carrier(other)}"
            for carrier, other in stand_ins_of(kept.version).items()
        )
        version = kept.version
        pairs = (
            (words("inventory.balance"), text(version.file_name, sub=version.title)),
            ("SHA-256", text(version.source, "mono")),
            (words("inventory.tolerance"), text(f"{float(version.tolerance):.2%}")),
            (words("inventory.stand_ins"), text(stand_ins or "—")),
            (words("inventory.column.recorded"), text(version.person)),
            (words("seal.commit"), text(version.commit_no)),
        )
        blocks.append(Facts("", pairs))
        blocks += [Note(finding.text(words.lang), "caution") for finding in kept.findings]
    blocks.append(inventory_tables.reconciliation(found, words))
    if kept is not None:
        blocks.append(inventory_tables.left_out(found, words))
    title = words("inventory.statistics")
    return Section(title, tuple(blocks), words("inventory.sheet.statistics"))


def _outlook(
    found: Inventory, outlooks: Sequence[Outlook], words: Words, pictures: bool
) -> Iterator[Block]:
    for each in outlooks:
        yield from inventory_outlook.blocks(each, found.year, words, pictures=pictures)


def inventory_json(
    found: Inventory, outlooks: Sequence[Outlook], fuels: Sequence[SectorFuel]
) -> str:
    """The inventory as JSON text: whole quanta, fractions as decimal texts; a projection, which is
    statistics, to a tenth of a tonne."""
    record = {
        "kind": "city-inventory",
        "version": VERSION,
        "label": "合成数据" if found.synthetic else "",
        "region": found.region,
        "year": found.year,
        "boundary": found.rolled.boundary,
        "gwp": found.gwp,
        "head": record_of(found.head),
        "months": list(found.rolled.months),
        "enterprises": found.rolled.enterprises,
        "totals": record_of(found.totals),
        "ledger_totals": record_of(found.ledger_totals),
        "sub_sectors": {
            code: sorted(origins) for code, origins in covered_sub_sectors(found).items()
        },
        "cells": [_cell(piece) for piece in found.pieces],
        "memo": [record_of(cell) for cell in found.rolled.memo],
        "balance": record_of(found.kept.version) if found.kept else None,
        "reconciliation": [
            record_of(match) | {"coverage": record_of(match.coverage), "only": match.only}
            for match in found.reconciled.matches
        ],
        "left_out": [record_of(each) for each in found.left_out],
        "cautions": [record_of(each) for each in found.cautions],
        "outlooks": [_outlook_record(each) for each in outlooks],
        "pollutants": {
            "methods": method_edition().sha256,
            "fuels": [record_of(fuel) for fuel in fuels],
            "totals": [record_of(each) for each in totals(fuels)],
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _cell(piece: Piece) -> dict[str, Any]:
    cell = piece.cell
    return {
        **dict(zip(cell.key._fields, cell.key, strict=True)),
        "origin": piece.origin,
        "line": piece.line,
        "share": record_of(piece.share),
        "quanta": dict(cell.quanta),
        "method_editions": list(cell.editions),
        "entries": cell.entries,
    }


def _outlook_record(each: Outlook) -> dict[str, Any]:
    past = each.projection
    record: dict[str, Any] = {
        "indicator": each.indicator,
        "now": record_of(each.now),
        "scale": record_of(each.scale),
        "targets": [record_of(held) for held in each.targets],
        "path": record_of(each.path.points) if each.path else None,
        "path_method": each.path.method if each.path else "",
        "ledger": record_of(each.ledger),
    }
    if not isinstance(past, Projection):
        return record | {"projection": None, "not_enough": record_of(past)}
    years = [
        {"year": y.year, **{n: f"{getattr(y, n):.1f}" for n in ("value", "lower", "upper")}}
        for y in past.years
    ]
    return record | {
        "projection": {
            "model": "ols monthly trend and season",
            "level": f"{past.level}",
            "months": past.months,
            "trend": f"{past.trend:.1f}",
            "residual": f"{past.residual:.1f}",
            "memory": f"{past.memory:.3f}",
            "years": years,
        }
    }
