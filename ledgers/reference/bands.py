"""Plausible bands (合理区间): what a carrier's values may be before a row is questioned.

What belongs here: lower and upper bounds by carrier and parameter with their history: monthly
quantity, heating value, carbon content, and the tolerance of the stock identity. What does not:
comparing rows with them (`ledgers.emissions.rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction

from factors.carriers import CARBON_BAND, CARRIERS, MASS_FRACTION_BAND
from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference.columns import CellFault, cell_text, printed_value
from ledgers.reference.rows import AsOf, add, as_of_commit, read
from warehouse.connect import Connection

PARAMETERS = (
    "monthly_quantity",
    "stock_tolerance",
    "ncv",
    "carbon_content",
    "elemental_carbon",
    "enthalpy",
)
"""What a band can be about; `stock_tolerance` is a share whose upper bound is the tolerance."""

COLUMNS: Mapping[str, str] = {
    "NCV": "ncv",
    "carbon_content_per_heat": "carbon_content",
    "carbon_content_per_mass": "elemental_carbon",
}
"""Parameter of a factor → the column of an activity row that holds it when it was measured."""

EVERY_CARRIER = ""
POLICY = "product policy"
Key = tuple[str, str, str]
"""(carrier, parameter, unit): a parameter may be stated in two ways (GJ/t, GJ/Nm3)."""


class BandFault(UsageFault, ValueError):
    """A band that cannot be: unknown carrier or parameter, no number, lower above upper."""


@dataclass(frozen=True, slots=True)
class Band:
    """Bounds as printed, '' where open, in `unit`; carrier '' is every carrier."""

    carrier: str
    parameter: str
    lower: str
    upper: str
    unit: str
    source: str

    @property
    def least(self) -> Fraction | None:
        """The lower bound, exactly."""
        return Fraction(self.lower) if self.lower else None

    @property
    def most(self) -> Fraction | None:
        """The upper bound, exactly."""
        return Fraction(self.upper) if self.upper else None


def bands(con: Connection, as_of: AsOf = None) -> Mapping[Key, Band]:
    """(carrier, parameter, unit) → band in force, as the book stood at `as_of`."""
    rows = read(con, "bands", as_of_commit(con, as_of))
    return {_key(band): band for band in (Band(**row) for row in rows)}


def shipped_bands() -> tuple[Band, ...]:
    """The bands with which a new ledger begins: those of the carriers that the package knows."""
    return tuple(_shipped())


def _shipped() -> Iterator[Band]:
    lower, upper = (_plain(bound) for bound in CARBON_BAND)
    yield Band(EVERY_CARRIER, "carbon_content", lower, upper, "tC/GJ", "factors.carriers")
    lower, upper = (_plain(bound) for bound in MASS_FRACTION_BAND)
    yield Band(EVERY_CARRIER, "elemental_carbon", lower, upper, "tC/t", "factors.carriers")
    for carrier in CARRIERS.values():
        code = carrier.code
        if carrier.monthly_limit is not None:
            limit = _plain(carrier.monthly_limit)
            yield Band(code, "monthly_quantity", "", limit, carrier.limit_unit, POLICY)
        if carrier.stock_tolerance:
            share = _plain(carrier.stock_tolerance)
            yield Band(code, "stock_tolerance", "0", share, "1", POLICY)
        for band in carrier.bands:
            lower, upper = _plain(band.lower), _plain(band.upper)
            parameter = COLUMNS.get(band.parameter, band.parameter)
            yield Band(code, parameter, lower, upper, band.unit, "factors/data/bands.csv")


def _plain(value: Decimal) -> str:
    return format(value, "f")


def _key(band: Band) -> Key:
    return band.carrier, band.parameter, band.unit


def set_bands(
    con: Connection, changes: Iterable[Band], *, person: str, reason: str
) -> Mapping[Key, tuple[Band | None, Band]]:
    """Set bands; answers (carrier, parameter, unit) → (old, new) of what changed.

    Raises BandFault for the first band that cannot be, and where no reason is given.
    """
    wanted = {_key(band): _proved(band) for band in changes}
    if not reason.strip():
        keys = "、".join(f"{carrier} {parameter}" for carrier, parameter, _ in wanted)
        raise BandFault("reference.setting_reason", keys=keys)
    with journal.transaction(con):
        held = bands(con)
        moved = {k: (held.get(k), band) for k, band in wanted.items() if held.get(k) != band}
        if moved:
            commit_bands(con, [new for _, new in moved.values()], person, reason)
    return moved


def commit_bands(con: Connection, rows: Iterable[Band], person: str, reason: str) -> journal.Commit:
    """Add bands as one commit of the open transaction."""
    commit_no = journal.next_commit_no(con)
    held = [asdict(band) for band in rows]
    add(con, "reference.band", commit_no, held)
    return journal.commit(
        con,
        book="reference",
        kind="bands",
        key=f"reference.band:{commit_no}",
        body_sha256=journal.body_digest(held),
        person=person,
        reason=reason,
        facts={"bands": len(held)},
        tables=["reference.band"],
    )


def _proved(band: Band) -> Band:
    if band.carrier not in {*CARRIERS, EVERY_CARRIER} or band.parameter not in PARAMETERS:
        facts = {"carrier": band.carrier, "parameter": band.parameter}
        raise BandFault("reference.band", **facts, allowed="、".join(PARAMETERS))
    try:
        lower, upper = printed_value(cell_text(band.lower)), printed_value(cell_text(band.upper))
    except CellFault as fault:
        raise BandFault("reference.number", **fault.facts) from fault
    if lower and upper and Fraction(lower) > Fraction(upper):
        raise BandFault("reference.bounds", lower=lower, upper=upper)
    return band
