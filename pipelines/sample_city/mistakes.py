"""The mistakes that people make, put into good rows on purpose and remembered.

What belongs here: choosing a row for each kind of mistake of `data/mistakes.csv`, which names the
rule that must find it. What does not: making the mistake (`spoiling`) and finding it.
Severity E rejects the row; W lists it and the row is posted all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from pipelines.sample_city import tables
from pipelines.sample_city.city import City, dice
from pipelines.sample_city.documents import Document, own_forms
from pipelines.sample_city.spelling import Row, plain
from pipelines.sample_city.spoiling import Kind, Spot, spoil

RATE = 0.014
"""Share of the month's rows that carry a mistake, once each kind has been made."""


@dataclass(frozen=True)
class Planted:
    """A mistake as it stands in a file; `also` are rows that a finder may name with it."""

    kind: Kind
    spot: Spot
    seen: str
    also: tuple[Row, ...] = ()


def plant(city: City, documents: Sequence[Document], month: str) -> list[Planted]:
    """Spoil rows of `documents` in place: each possible kind once, then more up to `RATE`."""
    spots = list(_spots(documents))
    used: set[str] = set()
    planted: list[Planted] = []
    kinds = [kind for kind in tables.mistakes() if kind["since"] <= month]
    order = dice(city.seed, "mistakes", month)
    order.shuffle(kinds)
    wanted = round(RATE * len(spots))
    if len(city.enterprises) >= 100:
        wanted = max(wanted, len(kinds))
    for turn in range(wanted):
        kind = kinds[turn % len(kinds)]
        made = _make(kind, spots, used, dice(city.seed, kind["kind"], month, turn))
        planted += [made] if made else []
    return planted + _habits(_spots(documents), planted)


def _spots(documents: Sequence[Document]) -> Iterator[Spot]:
    for document in documents:
        for table in document.tables:
            for row in table.rows:
                yield Spot(document, table, row)


def _habits(spots: Iterable[Spot], planted: Sequence[Planted]) -> list[Planted]:
    """Senders who always write a bare cubic metre: nothing wrong but an assumption, every month."""
    kind = next(k for k in tables.mistakes() if k["kind"] == "bare_cubic_metre")
    known = {id(p.spot.row) for p in planted if p.kind is kind}
    return [
        Planted(kind, spot, str(spot.row.cells["unit"]))
        for spot in spots
        if spot.row.reading.carrier.group == "gas"
        and not (spot.row.condition or spot.row.spoiled or id(spot.row) in known)
    ]


def _make(kind: Kind, spots: Sequence[Spot], used: set[str], rng: Random) -> Planted | None:
    candidates = [s for s in spots if s.document.file_name not in used and _possible(kind, s)]
    if not candidates:
        return None
    spot = rng.choice(candidates)
    if spot.document.kind != "supplier":
        used.add(spot.document.file_name)
    row = spoil(kind, spot, rng)
    row.spoiled = kind["severity"] == "E"
    also = () if row is spot.row else (spot.row,)
    return Planted(kind, replace(spot, row=row), _seen(row, kind["column"]), also)


def _seen(row: Row, column: str) -> str:
    value = row.cells.get(column)
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)


def _possible(kind: Kind, spot: Spot) -> bool:
    """Whether a mistake of that kind can be made in this row and would be the only one there."""
    row, reading, needs = spot.row, spot.row.reading, kind["needs"]
    if not _fits_document(needs, spot.document) or row.spoiled or reading.quantity <= 0:
        return False
    if kind["groups"] and reading.carrier.group not in kind["groups"].split():
        return False
    if kind["flows"] and reading.flow not in kind["flows"].split():
        return False
    tested = kind["column"] in reading.measured or kind["column"] == "coal_basis"
    if reading.stocked and needs != "stock" and not tested:
        return False
    return _fits_column(kind, spot) and _NEEDS.get(needs, _anything)(kind, spot)


def _fits_document(needs: str, document: Document) -> bool:
    return document.kind == "supplier" if needs == "supplier" else bool(own_forms([document]))


def _fits_column(kind: Kind, spot: Spot) -> bool:
    column = kind["column"]
    if not column:
        return True
    here = column in spot.table.columns
    return here and (column == "correction_of" or bool(spot.row.cells.get(column)))


def _anything(kind: Kind, spot: Spot) -> bool:
    return True


def _succeeded(kind: Kind, spot: Spot) -> bool:
    return spot.row.reading.enterprise.predecessor is not None


def _as_fraction(kind: Kind, spot: Spot) -> bool:
    return not spot.document.header(kind["column"], spot.table).endswith("(%)")


def _beyond_limit(kind: Kind, spot: Spot) -> bool:
    reading = spot.row.reading
    return reading.quantity * 1000 > reading.carrier.absurd_above


def _within_limit(kind: Kind, spot: Spot) -> bool:
    reading = spot.row.reading
    return reading.quantity * 10 < reading.carrier.absurd_above


def _at_zero_degrees(kind: Kind, spot: Spot) -> bool:
    return spot.row.condition == "0C" and not spot.row.reading.measured


_NEEDS: Mapping[str, Callable[[Kind, Spot], bool]] = {
    "predecessor": _succeeded,
    "fraction": _as_fraction,
    "slip": _beyond_limit,
    "history": _within_limit,
    "normal": _at_zero_degrees,
}
