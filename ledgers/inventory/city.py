"""The city's inventory of a year (城市年度清单): pieces, totals, and what is to be looked at.

What belongs here: one year of one region put together from ledger and statistics. What does not:
how the two are compared (`reconciliation`), and the years around it (`targets`, `projection`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from factors.errors import UsageFault
from factors.gases import GwpEdition
from factors.quantities import display
from ledgers import journal
from ledgers.emissions.books import AsOf, as_of_commit, head_at
from ledgers.inventory.balance_book import CITY, Kept, current
from ledgers.inventory.reconciliation import Piece, Reconciled, reconcile
from ledgers.inventory.rollup import Rolled, Totals, add_up, equivalent, roll_up, tonnes, totals
from ledgers.inventory.sectors import GRID_SUPPLY, sub_sectors
from ledgers.inventory.statistics import DERIVED, Estimate
from warehouse.connect import Connection

GWP = GwpEdition.AR5.value
"""The edition by which gases are added up unless another is named; policy of this product."""


_MAKES_GAS = frozenset({"coke", "anthracite", "bituminous"})
"""What a blast furnace is charged with."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to be looked at: message `inventory.caution.<code>` with its facts."""

    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Inventory:
    """A year's inventory of a region within the boundary `city_inventory`, as of `head`."""

    region: str
    year: int
    gwp: str
    head: journal.Head
    as_of: datetime | None
    synthetic: bool
    rolled: Rolled
    kept: Kept | None
    reconciled: Reconciled
    totals: Totals
    ledger_totals: Totals
    cautions: tuple[Caution, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What the inventory consists of."""
        return self.reconciled.pieces

    @property
    def left_out(self) -> tuple[Estimate, ...]:
        """Uses of the balance that are not counted, with the reason."""
        held = self.kept.estimates if self.kept else ()
        return tuple(each for each in held if each.treatment != "counted")

    def quanta(
        self, key: Callable[[Piece], object], pieces: Iterable[Piece] | None = None
    ) -> Mapping[object, Mapping[str, int]]:
        """Quanta by measure of the pieces of each key."""
        groups: dict[object, list[Piece]] = {}
        for piece in self.pieces if pieces is None else pieces:
            groups.setdefault(key(piece), []).append(piece)
        return {name: add_up(each.cell for each in found) for name, found in groups.items()}

    def co2e(self, key: Callable[[Piece], object]) -> Mapping[object, Fraction]:
        """Tonnes of CO2 equivalent of the pieces of each key, exactly."""
        return {name: equivalent(found, self.gwp) for name, found in self.quanta(key).items()}


def city_inventory(
    con: Connection, year: int, *, region: str = CITY, gwp: str = GWP, as_of: AsOf = None
) -> Inventory:
    """The inventory of `year`, as the books stood at `as_of` (None: now).

    Raises UsageFault for a GWP edition that there is not.
    """
    if gwp not in list(GwpEdition):
        raise UsageFault("inventory.gwp", seen=gwp, allowed=", ".join(GwpEdition))
    commit_no = as_of_commit(con, as_of)
    rolled = roll_up(con, months_of(year), commit_no)
    kept = current(con, region, year, commit_no)
    reconciled = reconcile(rolled.cells, kept)
    cells = [piece.cell for piece in reconciled.pieces]
    return Inventory(
        region=region,
        year=year,
        gwp=str(gwp),
        head=head_at(con, commit_no),
        as_of=as_of if isinstance(as_of, datetime) else None,
        synthetic=_synthetic(con, kept),
        rolled=rolled,
        kept=kept,
        reconciled=reconciled,
        totals=totals(cells, gwp),
        ledger_totals=totals(rolled.cells, gwp),
        cautions=tuple(_cautions(rolled, kept, reconciled)),
    )


def months_of(year: int) -> tuple[str, ...]:
    """The twelve months of a year."""
    return tuple(f"{year:04d}-{month:02d}" for month in range(1, 13))


def covered_sub_sectors(inventory: Inventory) -> Mapping[str, frozenset[str]]:
    """Every sub-sector → where its figures come from; none where there is no data."""
    found: dict[str, set[str]] = {code: set() for code in sub_sectors()}
    for piece in inventory.pieces:
        found[piece.cell.key.sub_sector].add(piece.origin)
    return {code: frozenset(origins) for code, origins in found.items()}


def is_supply(piece: Piece) -> bool:
    """Whether a piece is energy generated for the grid and the heat networks."""
    return piece.cell.key.scope == "1" and piece.cell.key.sub_sector == GRID_SUPPLY


def _synthetic(con: Connection, kept: Kept | None) -> bool:
    from ledgers.emissions.parties import synthetic

    parties = con.execute("SELECT DISTINCT name FROM register.enterprise LIMIT 5").fetchall()
    return bool(kept and kept.version.synthetic) or synthetic(*(name for (name,) in parties))


def _cautions(rolled: Rolled, kept: Kept | None, reconciled: Reconciled) -> Iterable[Caution]:
    if 0 < len(rolled.months) < 12:
        yield Caution("months", {"count": str(len(rolled.months))})
    if kept is None:
        yield Caution("no_balance", {})
    if len(rolled.bases) > 1:
        names = "、".join(f"{edition} ({count})" for edition, _, count in rolled.bases)
        yield Caution("bases", {"names": names, "first": rolled.bases[0][0]})
    burned = [cell for cell in rolled.cells if cell.key.category == "combustion"]
    derived = add_up(cell for cell in burned if cell.key.carrier in DERIVED).get("CO2", 0)
    if derived and {cell.key.carrier for cell in burned} & _MAKES_GAS:
        yield Caution("derived", {"tonnes": display(tonnes("CO2", derived), 0, grouped=True)})
    more = sum(match.exceeds for match in reconciled.matches)
    if more:
        yield Caution("exceeds", {"count": str(more)})
    missing = _without_factor(kept)
    if missing:
        yield Caution("no_factor", {"count": str(len(missing))})


def _without_factor(kept: Kept | None) -> Sequence[Estimate]:
    held = kept.estimates if kept else ()
    return [each for each in held if each.treatment in ("no_factor", "no_method")]
