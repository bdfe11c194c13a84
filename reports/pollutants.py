"""Air pollutants as a table of their own (大气污染物表), beside the greenhouse gases.

What belongs here: the table, and its section on statements and bulletins. What does not: the
figures (`ledgers.emissions.pollutants`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from factors.pollutants import POLLUTANTS
from ledgers.emissions.footnotes import Footnote
from ledgers.emissions.pollutants import Figure, Fuel, Pollutants, PollutantTotal, totals
from ledgers.inventory.pollutants import SectorFuel
from ledgers.inventory.sectors import sub_sectors
from reports.document import (
    Block,
    Cell,
    Column,
    References,
    Row,
    Section,
    Table,
    number,
    text,
)
from reports.inventory_tables import carrier_name
from reports.sources import footnote_texts
from reports.words import Words

_Notes = Mapping[str, tuple[int, ...]]


def pollutant_section(found: Pollutants, words: Words, listed: Sequence[Footnote] = ()) -> Section:
    """The table as a section; `listed` are footnotes that no other section lists."""
    blocks: list[Block] = [pollutant_table(found.fuels, words, found.notes)]
    if listed:
        blocks.append(References(footnote_texts(listed, words)))
    return Section(words("pollutants.apart"), tuple(blocks), words("pollutants.title"))


def pollutant_table(found: Sequence[Fuel], words: Words, notes: _Notes | None = None) -> Table:
    """Fuel by class of device with its pollutants in tonnes; an empty cell says why. `notes`:
    footnotes of coefficients."""
    placed = any(isinstance(fuel, SectorFuel) for fuel in found)
    columns = (
        *([Column(words("inventory.column.sub_sector"), width=2.4)] if placed else []),
        Column(words("column.carrier"), width=1.2),
        Column(words("pollutants.device"), width=1.4),
        Column(words("inventory.column.quantity"), "right", 1.5),
        Column(words("inventory.column.unit"), width=0.7),
        *(
            Column(f"{each.title(words.lang)} t", "right", 2.2 if each.name == "NOx" else 1.6)
            for each in POLLUTANTS.values()
        ),
    )
    rows = [_row(fuel, words, notes or {}) for fuel in found]
    if found:
        blank = (text(""),) * (4 if placed else 3)
        sums = (_sum(each, words) for each in totals(found))
        rows.append(Row((text(words("total")), *blank, *sums), "total"))
    return Table(
        words("pollutants.title"),
        columns,
        tuple(rows),
        words("pollutants.nothing"),
        words("pollutants.note"),
    )


def _row(fuel: Fuel, words: Words, notes: _Notes) -> Row:
    place: list[Cell] = []
    if isinstance(fuel, SectorFuel):
        name = sub_sectors()[fuel.sub_sector].name(words.lang)
        place.append(text(f"{fuel.sub_sector} {name}"))
    device = words(f"pollutants.device.{fuel.device or 'none'}")
    cells = (
        *place,
        text(carrier_name(fuel.carrier, words)),
        text(device, "" if fuel.device else "muted"),
        number(fuel.quantity, 2),
        text(fuel.unit),
        *(_cell(each, words, notes) for each in fuel.figures),
    )
    return Row(cells)


def _cell(each: Figure, words: Words, notes: _Notes) -> Cell:
    if each.tonnes is None:
        return text(words(f"pollutants.empty.{each.why}"), "muted")
    standing = words.named("standing", each.standing)
    shown = number(each.tonnes, 3)
    return Cell(
        shown.text,
        shown.value,
        shown.digits,
        notes=notes.get(each.factor, ()),
        sub=f"{each.factor} · {standing}",
    )


def _sum(each: PollutantTotal, words: Words) -> Cell:
    """The sum of the cells that there are, with how many are missing; where there is none, why."""
    separator = "；" if words.lang == "zh" else "; "
    reasons = dict.fromkeys(words(f"pollutants.empty.{why}") for why in each.why)
    why = separator.join(reasons)
    if each.tonnes is None:
        return text(why, "muted")
    shown = number(each.tonnes, 3)
    if not each.why:
        return shown
    told = words("pollutants.known", known=each.known, fuels=each.fuels, why=why)
    return Cell(shown.text, shown.value, shown.digits, sub=told)
