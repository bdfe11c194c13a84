"""The dual-control board of a month as a document (能耗与碳排放双控看板).

What belongs here: which parts the board has and in which order, its files and its figures for a
screen. What does not: the values (`ledgers.dual_control`), tables and pictures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ledgers.dual_control.board import Board, Standing
from ledgers.dual_control.lines import GRAMS
from ledgers.dual_control.readings import Reading
from reports import dual_control_tables as tables
from reports.document import (
    Block,
    Cell,
    Document,
    Facts,
    Headline,
    Note,
    Section,
    number,
    text,
)
from reports.dual_control_pictures import SHAPES, level_word, sparklines, tile_grid
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer, seal_section
from reports.statement import layout_words
from reports.words import Words

VERSION = 1
"""Of the shape of the JSON record."""


def write_board(
    found: Board, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write the board as `folder`/dual-control.<format>. Raises UnknownFormat."""
    return write_files(folder, "dual-control", board_files(found, formats, lang), lang)


def board_files(
    found: Board, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> Mapping[str, bytes]:
    """The board as bytes by format."""
    check_formats(formats)
    document = board_document(found, lang)
    return {
        name: board_json(found).encode() if name == "json" else rendered(document, name)
        for name in formats
    }


def board_document(found: Board, lang: str = "zh", *, pictures: bool = True) -> Document:
    """The board in `lang`."""
    words = Words(lang)
    levels = found.levels
    sections = (
        _summary(found, words, pictures),
        _level(found, "district", words, pictures),
        Section(
            words("dual.section.zone"),
            (
                tables.places_table("", "zone", levels["zone"], words),
                tables.circular_table(found.circular, words),
            ),
            words("dual.sheet.zone"),
        ),
        _level(found, "sector", words, pictures=False),
        Section(
            words("dual.section.enterprise"),
            (
                Note(words("dual.enterprises_note")),
                tables.places_table("", "enterprise", levels["enterprise"], words),
                tables.efficiency_table(found, words),
            ),
            words("dual.sheet.enterprise"),
        ),
        _projects(found, words),
        Section(
            words("dual.section.surroundings"),
            (tables.joint_table(found, words), tables.heat_table(found, words)),
            words("dual.sheet.surroundings"),
        ),
        Section(
            words("dual.section.warnings"),
            (tables.warnings_table(found, words), _grade(found, words)),
            words("dual.sheet.warnings"),
        ),
        _grounds(found, words),
        seal_section(found.head, (), None, words),
    )
    return Document(
        lang=lang,
        kind=words("dual.kind"),
        title=words("dual.title", month=words.months(found.month)),
        subtitle=words("dual.subtitle"),
        facts=_facts(found, words),
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _facts(found: Board, words: Words) -> Facts:
    preset = f"{found.preset} · {words.named('standing', found.preset_standing)}"
    grid = "；".join(found.grid) or "—"
    pairs = [
        (words("dual.preset"), text(preset)),
        (words("dual.grid"), text(grid)),
        (words("dual.grade"), text(words.named("dual.grade", found.grade.grade))),
    ]
    return Facts("", tuple(pairs))


def _summary(found: Board, words: Words, pictures: bool) -> Section:
    city = found.city
    blocks: list[Block] = []
    if city is None:
        return Section(words("dual.section.city"), (Note(words("dual.nothing"), "caution"),))
    blocks.append(Headline(_figures(city, words)))
    blocks += [Note(words("dual.drivers", names=_drivers(found, words)))]
    blocks.append(tables.readings_table(words("dual.city_budgets"), city.readings, words))
    blocks.append(Note(words("dual.projection_note", percent=80)))
    if pictures and found.levels["district"]:
        blocks.append(tile_grid(found.levels["district"], words))
        blocks.append(Note(words("dual.legend", legend=_legend(words))))
    return Section(words("dual.section.city"), tuple(blocks), words("dual.sheet.city"))


def _legend(words: Words) -> str:
    return "  ".join(f"{shape} {level_word(colour, words)}" for colour, shape in SHAPES.items())


def _figures(city: Standing, words: Words) -> tuple[tuple[str, Cell, str, str], ...]:
    shape = f"{SHAPES[city.colour]} {level_word(city.colour, words)}"
    found = [
        (words("dual.head.level"), text(shape, "strong"), "", ""),
        (
            words("dual.head.carbon"),
            number(city.carbon / 10_000, 2),
            words("dual.unit.carbon"),
            _before(city.carbon, city.carbon_before, words),
        ),
        (
            words("dual.head.energy"),
            number(city.energy / 10_000, 2),
            words("dual.unit.energy"),
            _before(city.energy, city.energy_before, words),
        ),
    ]
    main = next((r for r in city.readings if r.budget.indicator == "carbon_total"), None)
    if main is not None and main.projected is not None:
        value = number(Fraction(main.projected, GRAMS * 10_000), 2)
        cell = Cell(f"≈ {value.text}", value.value, 2)
        found.append((words("dual.head.projection"), cell, words("dual.unit.carbon"), ""))
    return tuple(found)


def _before(now: Fraction, before: Fraction | None, words: Words) -> str:
    if not before or before <= 0:
        return words("dual.no_last_year")
    change = (now - before) / before * 100
    return words("dual.on_year", change=number(change, 1, sign=True).text)


def _drivers(found: Board, words: Words) -> str:
    """The three enterprises with the largest increase of CO2 on the year before."""
    grown = [
        (each.carbon - each.carbon_before, each)
        for each in found.levels["enterprise"]
        if each.carbon_before is not None and each.carbon > each.carbon_before
    ]
    shown = sorted(grown, key=lambda item: -item[0])[:3]
    names = [f"{each.name} (+{number(more, 0).text} tCO2)" for more, each in shown]
    return "、".join(names) or "—"


def _level(found: Board, level: str, words: Words, pictures: bool) -> Section:
    held = found.levels[level]
    blocks: list[Block] = [tables.places_table("", level, held, words)]
    if pictures and any(any(each.carbon_months) for each in held):
        blocks.append(sparklines(held, words))
    budgets = [(_title(each, level, words), each) for each in held if each.readings]
    if budgets:
        blocks.append(tables.grouped_readings(words("dual.by_place"), budgets, words))
    return Section(words(f"dual.section.{level}"), tuple(blocks), words(f"dual.sheet.{level}"))


def _title(each: Standing, level: str, words: Words) -> str:
    return words.industry(each.place[1]) or each.name if level == "sector" else each.name


def _projects(found: Board, words: Words) -> Section:
    blocks = (
        tables.net_addition_table(found, words),
        tables.projects_table(found.projects, words),
        Note(words("dual.overrun_note")),
    )
    return Section(words("dual.section.projects"), blocks, words("dual.sheet.projects"))


def _grade(found: Board, words: Words) -> Facts:
    held = found.grade

    def listed(names: Sequence[str]) -> Cell:
        return text("、".join(words.named("dual.assessed", name) for name in names) or "—")

    pairs = (
        (words("dual.grade"), text(words.named("dual.grade", held.grade), "strong")),
        (words("dual.missed_control"), listed(held.missed_control)),
        (words("dual.missed_supporting"), listed(held.missed_supporting)),
        (words("dual.unknown"), listed(held.unknown)),
    )
    return Facts(words("dual.assessment"), pairs)


def _grounds(found: Board, words: Words) -> Section:
    blocks: list[Block] = [tables.sums_table(found, words)]
    if found.city is not None:
        blocks.append(tables.workings_table(found.city, words))
    blocks.append(Note(words("dual.basis_note")))
    return Section(words("dual.section.grounds"), tuple(blocks), words("dual.sheet.grounds"))


def headline(found: Board, lang: str = "zh") -> tuple[tuple[str, str], ...]:
    """The board's figures for a screen: the city's level, energy, CO2, and each of its budgets."""
    words, city = Words(lang), found.city
    if city is None:
        return ()
    shown = [
        (words("dual.head.level"), f"{SHAPES[city.colour]} {level_word(city.colour, words)}"),
        (
            words("dual.head.energy"),
            f"{number(city.energy / 10_000, 2).text} {words('dual.unit.energy')}",
        ),
        (
            words("dual.head.carbon"),
            f"{number(city.carbon / 10_000, 2).text} {words('dual.unit.carbon')}",
        ),
    ]
    for item in city.readings:
        name = tables.indicator_name(item.budget.indicator, words)
        level = tables.light(item.colour, item.absent, words).text
        actual = None if item.actual is None else item.shown(item.actual)
        shown.append((name, f"{tables.amount(actual, item).text}  {level}"))
    return tuple(shown)


def board_json(found: Board) -> str:
    """The board as JSON text: everything exact, amounts in tonnes."""
    record: dict[str, Any] = {
        "kind": "dual-control-board",
        "version": VERSION,
        "label": "合成数据" if found.synthetic else "",
        "month": found.month,
        "head": record_of(found.head),
        "preset": found.preset,
        "levels": {
            level: [_standing(each) for each in places] for level, places in found.levels.items()
        },
    }
    names = ("sums", "grade", "grid", "circular", "heat", "projects", "net_addition")
    record |= {name: record_of(getattr(found, name)) for name in (*names, "efficiency", "warnings")}
    record["joint"] = [record_of(item) for item in found.joint]
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _standing(each: Standing) -> dict[str, Any]:
    plain = ("name", "energy", "energy_before", "carbon", "carbon_before", "enterprises")
    held = {name: record_of(getattr(each, name)) for name in plain}
    return {
        "level": each.place[0],
        "code": each.place[1],
        **held,
        "colour": each.colour,
        "energy_months_g": list(each.energy_months),
        "carbon_months_g": list(each.carbon_months),
        "readings": [reading_record(item) for item in each.readings],
        "workings": record_of(dict(each.workings)),
        "elasticity": record_of(each.elasticity),
    }


def reading_record(item: Reading) -> dict[str, Any]:
    """One reading for machines; estimates are whole grams brought to tonnes."""
    found, end = item.projection, item.projected_level
    return {
        "indicator": item.budget.indicator,
        "unit": item.unit,
        "budget": record_of(item.budget.value),
        "document": item.budget.document,
        "target": record_of(None if item.target is None else item.shown(item.target)),
        "due": record_of(item.due_amount),
        "due_share": f"{item.due[0]}/{item.due[1]}",
        "actual": record_of(None if item.actual is None else item.shown(item.actual)),
        "colour": item.colour,
        "not_applicable": record_of(item.absent),
        "preset": item.preset.name,
        "release": item.release,
        "projection": None if item.projected is None else _tonnes(item.projected),
        "projection_low": None if found is None or found.low is None else _tonnes(found.low),
        "projection_high": None if found is None or found.high is None else _tonnes(found.high),
        "projection_method": "" if found is None else found.method,
        "projected_colour": "" if end is None else end.colour,
        "saving_per_month": record_of(item.saving),
    }


def _tonnes(grams: float) -> Any:
    return record_of(Fraction(round(grams), GRAMS))
