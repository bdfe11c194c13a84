"""Air pollutants of the city's inventory (大气污染物): the ledger's fuel by sub-sector.

What belongs here: the year of an inventory by sub-sector. What does not: how a pollutant is worked
out (`ledgers.emissions.pollutants`), which enterprises' statements and the bulletin show as well.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledgers.emissions.pollutants import Burned, Fuel, burned, fuels
from ledgers.inventory.city import Inventory, months_of
from ledgers.inventory.sectors import place_of
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class SectorFuel(Fuel):
    """A fuel of one sub-sector."""

    sub_sector: str


def pollutants(con: Connection, inventory: Inventory) -> tuple[SectorFuel, ...]:
    """The fuel of the inventory's year in the ledger by sub-sector, with its pollutants."""
    found = burned(
        con,
        months_of(inventory.year),
        inventory.head.commit_no,
        [(edition, boundary) for edition, boundary, _ in inventory.rolled.bases],
        as_of=inventory.head.recorded_at,
    )
    groups: dict[str, list[Burned]] = {}
    for each in found:
        place = place_of(each.industry, "1", "combustion", each.flow, each.carrier)
        groups.setdefault(place.sub_sector, []).append(each)
    return tuple(
        SectorFuel(fuel.carrier, fuel.device, fuel.unit, fuel.quantity, fuel.figures, code)
        for code in sorted(groups)
        for fuel in fuels(groups[code])
    )
