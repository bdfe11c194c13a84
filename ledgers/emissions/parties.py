"""Enterprises as a report names them (报告主体).

What belongs here: name, district, zone and industry of an enterprise on the last day of a span,
and the label of synthetic data. What does not: the register itself (`ledgers.reference`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledgers.emissions.books import AsOf, queried
from ledgers.reference import Enterprise, enterprise_history
from warehouse.connect import Connection

SYNTHETIC_PREFIX = "合成·"
SYNTHETIC_WORDS = ("合成数据", "synthetic data")
"""How names of synthetic data say what they are. 合成 alone is no sign: 合成橡胶 is real."""

_SUPPLY = ("44", "45", "46")


@dataclass(frozen=True, slots=True)
class Party:
    """An enterprise as registered; `registered` False: known only by what was sent."""

    enterprise_id: str
    name: str
    district: str
    district_name: str
    zone: str
    industry: str
    boundary: str
    market: str
    key_user: bool
    two_high: bool
    expected_carriers: tuple[str, ...]
    contact: str
    registered: bool = True

    @property
    def industry_group(self) -> str:
        """The group of GB/T 4754 under which the city counts the enterprise: a division (first
        two figures); of power, gas and water supply the group (three), since heating is one."""
        figures = self.industry.lstrip("ABCDEFGHIJKLMNOPQRST")
        return figures[:3] if figures[:2] in _SUPPLY else figures[:2]

    @classmethod
    def unknown(cls, enterprise_id: str, name: str = "") -> Party:
        """An enterprise that the register does not hold."""
        return cls(enterprise_id, name, "", "", "", "", "", "", False, False, (), "", False)


def parties(con: Connection, on: date, as_of: AsOf, commit_no: int) -> Mapping[str, Party]:
    """Enterprise → party: as registered on the day `on`, else as registered last before it, else
    first after it, else by the name that it was sent under."""
    found: dict[str, Party] = {}
    chosen: dict[str, Enterprise] = {}
    for item in enterprise_history(con, as_of):
        if item.enterprise_id not in chosen or item.valid_from <= on:
            chosen[item.enterprise_id] = item
    for row in queried(con, "names.sql", commit_no=commit_no):
        found[row["enterprise_id"]] = Party.unknown(row["enterprise_id"], row["name"])
    return found | {code: _party(item, on) for code, item in chosen.items()}


def synthetic(*names: str) -> bool:
    """Whether any of the names says that the data are synthetic (合成数据)."""
    return any(
        name.startswith(SYNTHETIC_PREFIX) or any(word in name.lower() for word in SYNTHETIC_WORDS)
        for name in names
    )


def _party(item: Enterprise, on: date) -> Party:
    return Party(
        enterprise_id=item.enterprise_id,
        name=item.name,
        district=item.district,
        district_name=item.district_name,
        zone=item.zone,
        industry=item.industry,
        boundary=item.boundary,
        market=item.market_in(on.year),
        key_user=item.key_user,
        two_high=item.two_high,
        expected_carriers=item.expected_carriers,
        contact=item.contact,
        registered=item.valid_from <= on <= item.until,
    )
