"""The register (名录): enterprises, facilities, persons and districts, with their history.

What belongs here: who was registered on a day, as the book stood at a moment. What does not:
importing rows (`registration`), accounts and passwords (the portal's), and who is late with what
an enterprise is expected to send (the bulletin's).

A row holds from `valid_from` until its `valid_to` or the day before the next row of its key. A
later import with the same key and `valid_from` supersedes; a row whose `valid_to` is the day
before its `valid_from` is withdrawn. Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ledgers.reference.rows import AsOf, as_of_commit, read
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class District:
    """An administrative district (行政区划): GB/T 2260 code, name, city, province as region."""

    district: str
    name: str
    city: str
    region: str
    source: str


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise (企业) as registered from `valid_from` until `until`, both days counted."""

    enterprise_id: str
    name: str
    valid_from: date
    until: date
    predecessor_id: str
    district: str
    district_name: str
    region: str
    zone: str
    industry: str
    boundary: str
    method_editions: tuple[str, ...]
    market: str
    key_user: bool
    two_high: bool
    expected_carriers: tuple[str, ...]
    contact: str

    def market_in(self, year: int) -> str:
        """The market of one year: national, city, none, or '' where nothing is registered."""
        parts = dict(part.partition(":")[::2] for part in self.market.split(";") if ":" in part)
        if not parts:
            return self.market
        return str(parts.get(str(year), ""))


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility (排放设施) or one device of it; capacity in `capacity_unit`, altitude in m."""

    enterprise_id: str
    facility: str
    device: str
    kind: str
    capacity: Decimal | None
    capacity_unit: str
    boiler_type: str
    altitude: Decimal | None
    valid_from: date
    until: date


@dataclass(frozen=True, slots=True)
class Person:
    """A person (人员), who is not an account; `system_user` maps a login of the machine to him."""

    person_id: str
    name: str
    organisation: str
    role: str
    system_user: str
    valid_from: date
    until: date


def districts(con: Connection, as_of: AsOf = None) -> Mapping[str, District]:
    """GB/T 2260 code → district, as known at `as_of`."""
    rows = read(con, "districts", as_of_commit(con, as_of))
    return {row["district"]: District(**row) for row in rows}


def enterprises(con: Connection, on: date, as_of: AsOf = None) -> tuple[Enterprise, ...]:
    """The enterprises registered on the day `on`, as the book stood at `as_of`, by code."""
    return tuple(item for item in enterprise_history(con, as_of) if _holds(item, on))


def enterprise_history(con: Connection, as_of: AsOf = None) -> tuple[Enterprise, ...]:
    """Every row of every enterprise that is not withdrawn, by code and first day."""
    places = districts(con, as_of)
    rows = _in_force(con, "enterprise", as_of)
    return tuple(_enterprise(row, places.get(row["district"])) for row in rows)


def facilities(con: Connection, on: date, as_of: AsOf = None) -> tuple[Facility, ...]:
    """The facilities and devices registered on the day `on`, by enterprise and name."""
    return tuple(item for item in facility_history(con, as_of) if _holds(item, on))


def facility_history(con: Connection, as_of: AsOf = None) -> tuple[Facility, ...]:
    """Every row of every facility that is not withdrawn."""
    left_out = {"valid_to", "commit_no"}
    return tuple(
        Facility(**{name: row[name] for name in row if name not in left_out})
        for row in _in_force(con, "facility", as_of)
    )


def persons(con: Connection, on: date, as_of: AsOf = None) -> tuple[Person, ...]:
    """The persons registered on the day `on`, by their number."""
    left_out = {"valid_to", "commit_no"}
    found = (
        Person(**{name: row[name] for name in row if name not in left_out})
        for row in _in_force(con, "person", as_of)
    )
    return tuple(person for person in found if _holds(person, on))


def _holds(item: Enterprise | Facility | Person, on: date) -> bool:
    return item.valid_from <= on <= item.until


def _in_force(con: Connection, kind: str, as_of: AsOf) -> list[dict[str, Any]]:
    rows = read(con, f"{kind}_rows", as_of_commit(con, as_of))
    return [row for row in rows if row["until"] >= row["valid_from"]]


def _enterprise(row: Mapping[str, Any], place: District | None) -> Enterprise:
    return Enterprise(
        enterprise_id=row["enterprise_id"],
        name=row["name"],
        valid_from=row["valid_from"],
        until=row["until"],
        predecessor_id=row["predecessor_id"],
        district=row["district"],
        district_name=place.name if place else "",
        region=place.region if place else "",
        zone=row["zone"],
        industry=row["industry"],
        boundary=row["boundary"],
        method_editions=_split(row["method_edition"]),
        market=row["market"],
        key_user=row["key_user"],
        two_high=row["two_high"],
        expected_carriers=_split(row["expected_carriers"]),
        contact=row["contact"],
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)
