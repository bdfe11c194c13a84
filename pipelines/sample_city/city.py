"""Who is in the synthetic city: enterprises with their sites and habits, from a seed and a count.

What belongs here: everything about an enterprise that does not change from month to month. What
does not: what it burns (`consumption`) and how its files look (`spelling`, `documents`).
No person, enterprise or zone here is real; every name begins with 合成 (synthetic).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random
from typing import TypeVar

from pipelines.sample_city import tables
from pipelines.sample_city.credit_codes import ENTERPRISE, PREDECESSOR, credit_code

T = TypeVar("T")

SEED = 20250301
SUCCESSION = date(2024, 7, 1)
"""The day on which a few enterprises were taken over by a successor with a code of its own."""

_NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Predecessor:
    """The register entry that an enterprise took over on `SUCCESSION`."""

    enterprise_id: str
    name: str


@dataclass(frozen=True)
class Enterprise:
    """One synthetic enterprise and the habits of whoever fills in its forms.

    `bill_day` is the last day of its electricity bill's cycle (0: calendar months); `grid` and
    `gas` say that the supplier's file reports for it; `district_file` that a district office does.
    """

    index: int
    enterprise_id: str
    name: str
    sector: tables.Sector
    district: tables.District
    zone: str
    valid_from: date
    predecessor: Predecessor | None
    sites: tuple[str, ...]
    size: float
    layout: tables.Layout
    unit_style: str
    tests_fuel: bool
    grid: bool
    bill_day: int
    gas: bool
    district_file: bool
    readings: str

    def identity(self, on: date) -> tuple[str, str]:
        """(credit code, name) under which it reports for the day `on`."""
        if self.predecessor and on < SUCCESSION:
            return self.predecessor.enterprise_id, self.predecessor.name
        return self.enterprise_id, self.name


@dataclass(frozen=True)
class City:
    """The enterprises, and the seed that every later draw starts from."""

    seed: int
    enterprises: tuple[Enterprise, ...]


def dice(*parts: object) -> Random:
    """A generator that depends on `parts` alone, so that any month can be made by itself."""
    return Random("|".join(map(str, parts)))


@lru_cache(maxsize=8)
def build_city(enterprises: int = 300, seed: int = SEED) -> City:
    """The synthetic city of that many reporting enterprises. Raises ValueError below one."""
    if enterprises < 1:
        raise ValueError(f"a city needs at least one enterprise, not {enterprises}")
    ordinals: Counter[str] = Counter()
    members = []
    for index, sector in enumerate(_sectors(enterprises, seed)):
        rng = dice(seed, "enterprise", index)
        district = _district(sector, rng)
        ordinals[district.code + sector.sector] += 1
        ordinal = ordinals[district.code + sector.sector]
        members.append(_enterprise(index, sector, district, ordinal, rng))
    return City(seed, tuple(members))


def _sectors(count: int, seed: int) -> list[tables.Sector]:
    """Sectors in proportion to their weights (largest remainders), in an order of their own."""
    kinds = tables.sectors()
    total = sum(kind.weight for kind in kinds)
    shares = {kind: count * kind.weight / total for kind in kinds}
    whole = {kind: int(share) for kind, share in shares.items()}
    by_remainder = sorted(kinds, key=lambda kind: whole[kind] - shares[kind])
    for kind in by_remainder[: count - sum(whole.values())]:
        whole[kind] += 1
    order = [kind for kind in kinds for _ in range(whole[kind])]
    dice(seed, "sectors", count).shuffle(order)
    return order


def _district(sector: tables.Sector, rng: Random) -> tables.District:
    code = rng.choice(sector.districts)
    return next(district for district in tables.districts() if district.code == code)


def _enterprise(
    index: int, sector: tables.Sector, district: tables.District, ordinal: int, rng: Random
) -> Enterprise:
    number = index + 1
    name = f"合成·{district.short}{sector.word}{numeral(ordinal)}{sector.suffix}"
    in_zone = bool(district.zone) and sector.sector != "buildings" and rng.random() < 0.6
    taken_over = number % 75 == 40
    style = _weighted(tables.unit_styles(), rng)
    layout = _weighted([(lay, lay.weight) for lay in tables.layouts().values()], rng)
    supplied = _supplied(index, sector)
    return Enterprise(
        index=index,
        enterprise_id=credit_code(district.code, ENTERPRISE, number),
        name=name,
        sector=sector,
        district=district,
        zone=district.zone if in_zone else "",
        valid_from=SUCCESSION if taken_over else date(rng.randint(2008, 2019), 1, 1),
        predecessor=_predecessor(district, number, name) if taken_over else None,
        sites=_sites(sector, rng),
        size=rng.lognormvariate(0.0, 0.4),
        layout=layout,
        unit_style=style,
        tests_fuel=rng.random() < 0.5,
        bill_day=0 if taken_over else rng.choice((0, 10, 17, 20, 25)),
        readings=_readings(index, sector),
        **supplied,
    )


def _supplied(index: int, sector: tables.Sector) -> dict[str, bool]:
    """Who else reports for the enterprise: a fifth by the grid company, some by the gas company."""
    finely = bool(_readings(index, sector))
    return {
        "grid": index % 5 == 0 and not finely,
        "gas": index % 10 == 3 and not finely,
        "district_file": sector.sector == "buildings" and index % 3 == 1,
    }


def _readings(index: int, sector: tables.Sector) -> str:
    """'daily' gas readings of some heating plants, 'hourly' electricity of some steel plants."""
    if sector.sector == "heating" and index % 7 == 2:
        return "daily"
    return "hourly" if sector.sector == "steel" and index % 9 == 4 else ""


def _predecessor(district: tables.District, number: int, name: str) -> Predecessor:
    return Predecessor(credit_code(district.code, PREDECESSOR, number), f"{name}（改制前）")


def _sites(sector: tables.Sector, rng: Random) -> tuple[str, ...]:
    return tuple(f"{n}#{sector.site}" for n in range(1, rng.randint(1, sector.sites_max) + 1))


def _weighted(choices: Iterable[tuple[T, int]], rng: Random) -> T:
    items = list(choices)
    return rng.choices([item for item, _ in items], [weight for _, weight in items])[0]


def numeral(number: int) -> str:
    """A Chinese numeral from 1 to 99 as used in names of works: 一, 十二, 三十."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _NUMERALS[tens]) + "十" if tens else ""
    return head + (_NUMERALS[ones] if ones or not tens else "")
