"""Air pollutants as a table of their own (大气污染物表), beside the greenhouse gases.

What belongs here: the table. What does not: the figures (`ledgers.inventory.pollutants`).
"""

from __future__ import annotations

from collections.abc import Sequence

from factors.pollutants import POLLUTANTS
from ledgers.inventory.pollutants import Figure, Fuel
from ledgers.inventory.sectors import sub_sectors
from reports.document import Cell, Column, Row, Table, number, text
from reports.inventory_tables import carrier_name
from reports.words import Words


def pollutant_table(found: Sequence[Fuel], words: Words) -> Table:
    """Fuel by class of device with its pollutants in tonnes; an empty cell says why."""
    columns = (
        Column(words("inventory.column.sub_sector"), width=2.4),
        Column(words("column.carrier"), width=1.2),
        Column(words("inventory.column.device"), width=1.4),
        Column(words("inventory.column.quantity"), "right", 1.5),
        Column(words("inventory.column.unit"), width=0.7),
        *(Column(f"{each.title(words.lang)} t", "right", 1.6) for each in POLLUTANTS.values()),
    )
    rows = [_row(fuel, words) for fuel in found]
    if found:
        blank = text("")
        sums = (_sum(found, name) for name in POLLUTANTS)
        rows.append(Row((text(words("total")), blank, blank, blank, blank, *sums), "total"))
    note = words("inventory.note.pollutants")
    return Table(
        words("inventory.pollutants"), columns, tuple(rows), words("inventory.nothing"), note
    )


def _row(fuel: Fuel, words: Words) -> Row:
    place = f"{fuel.sub_sector} {sub_sectors()[fuel.sub_sector].name(words.lang)}"
    device = words(f"inventory.device.{fuel.device or 'none'}")
    cells = (
        text(place),
        text(carrier_name(fuel.carrier, words)),
        text(device, "" if fuel.device else "muted"),
        number(fuel.quantity, 2),
        text(fuel.unit),
        *(_cell(each, words) for each in fuel.figures),
    )
    return Row(cells)


def _cell(each: Figure, words: Words) -> Cell:
    if each.tonnes is None:
        return text(words(f"inventory.empty.{each.why}"), "muted")
    standing = words.named("standing", each.standing)
    shown = number(each.tonnes, 3)
    return Cell(shown.text, shown.value, shown.digits, sub=f"{each.factor} · {standing}")


def _sum(found: Sequence[Fuel], pollutant: str) -> Cell:
    """The sum of the cells that there are; none at all is no zero."""
    values = [
        each.tonnes
        for fuel in found
        for each in fuel.figures
        if each.pollutant == pollutant and each.tonnes is not None
    ]
    return number(sum(values), 3) if values else text("")
