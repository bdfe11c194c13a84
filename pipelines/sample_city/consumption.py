"""What every enterprise used in a month: exact readings, before anybody writes them down.

What belongs here: scales, seasons, trend and noise, stocks that balance, fuel tests, steam. What
does not: units, words and number forms (`spelling`). Each figure depends on the seed, the
enterprise, the stream and the month alone; a month's opening stock is the closing stock of the
month before by the same formula, so no month needs another to be made first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipelines.sample_city import tables
from pipelines.sample_city.city import City, Enterprise, dice

YARD = 0.3
"""Capacity of a stock yard in typical months of consumption."""


@dataclass(frozen=True)
class Reading:
    """One exact amount: `quantity` in the carrier's canonical unit (t, m3, kWh, GJ).

    `measured` holds fuel tests in table units and steam states; `stocked` marks streams that a
    stock identity binds together; `starts_at` is set for readings finer than a day.
    """

    enterprise: Enterprise
    facility: str
    carrier: tables.Carrier
    flow: str
    start: date
    end: date
    quantity: Decimal
    evidence: str
    stocked: bool = False
    starts_at: datetime | None = None
    measured: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """A stream at one site of one enterprise: what the dice are thrown for."""

    city: City
    enterprise: Enterprise
    stream: tables.Stream
    facility: str
    share: float

    def dice(self, *parts: object) -> float:
        """A number in [0, 1) that depends on the place and `parts`."""
        key = (self.stream.carrier, self.stream.flow, self.facility)
        return dice(self.city.seed, self.enterprise.index, *key, *parts).random()

    @property
    def scale(self) -> float:
        return self.stream.typical * self.enterprise.size * self.share


def first_day(month: str) -> date:
    """The first day of 'YYYY-MM'."""
    return date.fromisoformat(f"{month}-01")


def last_day(start: date) -> date:
    """The last day of the month of `start`."""
    return start.replace(day=monthrange(start.year, start.month)[1])


def readings(city: City, enterprise: Enterprise, month: str) -> list[Reading]:
    """All readings of an enterprise for a month, in the order of its sector's streams."""
    start = first_day(month)
    return [
        reading for place in _places(city, enterprise) for reading in _place_readings(place, start)
    ]


def stream_carriers(city: City, enterprise: Enterprise) -> tuple[str, ...]:
    """The codes of the carriers and materials that an enterprise reports, each once."""
    return tuple(dict.fromkeys(p.stream.carrier for p in _places(city, enterprise)))


def _places(city: City, enterprise: Enterprise) -> Iterator[_Place]:
    for stream in tables.streams(enterprise.sector.sector):
        chosen = dice(city.seed, enterprise.index, "has", stream.carrier, stream.flow)
        if chosen.random() >= stream.share:
            continue
        sites = enterprise.sites if stream.per_site else enterprise.sites[:1]
        for site in sites:
            yield _Place(city, enterprise, stream, site, 1 / len(sites))


def _place_readings(place: _Place, start: date) -> list[Reading]:
    used = amount(place, start)
    if place.stream.stock:
        return _with_stock(place, start, used)
    if not used:
        return []
    if place.enterprise.readings == "daily" and place.stream.carrier == "natural_gas":
        return _daily(place, start, used)
    if place.enterprise.readings == "hourly" and _is_bought_power(place.stream):
        return _hourly(place, start, used)
    return [_reading(place, place.stream.flow, *_period(place, start), used)]


def _is_bought_power(stream: tables.Stream) -> bool:
    return stream.carrier == "electricity" and stream.flow == "consumption"


def _period(place: _Place, start: date) -> tuple[date, date]:
    """The calendar month, or the cycle of the grid company's bill that ends in it."""
    day = place.enterprise.bill_day
    if not (place.enterprise.grid and day and _is_bought_power(place.stream)):
        return start, last_day(start)
    before = start - timedelta(days=1)
    return before.replace(day=day + 1), start.replace(day=day)


def amount(place: _Place, start: date) -> Decimal:
    """Scale × season × yearly trend × noise of 8 % either way, at the carrier's decimals."""
    trend = 0.97 + 0.05 * place.dice("trend")
    noise = 0.92 + 0.16 * place.dice("month", start)
    season = tables.season(place.stream.season)[start.month - 1]
    years = start.year - 2023 + (start.month - 1) / 12
    return _exact(place, place.scale * season * trend**years * noise)


def _exact(place: _Place, value: float) -> Decimal:
    decimals = tables.carriers()[place.stream.carrier].decimals
    return Decimal(round(value * 10**decimals)).scaleb(-decimals)


def closing_stock(place: _Place, start: date) -> Decimal:
    """The yard at the end of the month of `start`: a level by the season, 4 % either way."""
    level, noisy = tables.stock_levels()[start.month - 1]
    noise = 0.96 + 0.08 * place.dice("stock", start) if noisy else 1.0
    return _exact(place, place.scale * YARD * level * noise)


def _with_stock(place: _Place, start: date, used: Decimal) -> list[Reading]:
    """Opening + purchase − consumption = closing, exactly."""
    opening = closing_stock(place, (start - timedelta(days=1)).replace(day=1))
    closing = closing_stock(place, start)
    bought = used + closing - opening
    if bought < 0:
        raise ValueError(f"the yard of {place.enterprise.name} would sell coal in {start:%Y-%m}")
    flows = {
        "opening_stock": opening,
        "purchase": bought,
        "consumption": used,
        "closing_stock": closing,
    }
    end = last_day(start)
    return [_reading(place, flow, start, end, value) for flow, value in flows.items()]


def _reading(place: _Place, flow: str, start: date, end: date, quantity: Decimal) -> Reading:
    tested = flow == place.stream.flow and quantity > 0
    return Reading(
        enterprise=place.enterprise,
        facility=place.facility,
        carrier=tables.carriers()[place.stream.carrier],
        flow=flow,
        start=start,
        end=end,
        quantity=quantity,
        evidence=place.stream.evidence,
        stocked=place.stream.stock,
        measured=_measured(place, start) if tested else {},
    )


def _measured(place: _Place, start: date) -> dict[str, Decimal]:
    if place.stream.carrier == "steam":
        pressure, temperature, enthalpy = tables.steam_points()[int(5 * place.dice("steam"))]
        state = {"pressure": pressure, "temperature": temperature, "enthalpy": enthalpy}
        return {name: Decimal(text) for name, text in state.items()}
    carrier = tables.carriers()[place.stream.carrier]
    mean = carrier.fuel_test
    if not (place.stream.measured and place.enterprise.tests_fuel and mean):
        return {}
    tests = {
        "ncv": _around(mean.ncv, place.dice("ncv", start), 3),
        "carbon_content": _around(mean.carbon_content, place.dice("carbon", start), 5),
        "oxidation_rate": mean.oxidation,
    }
    if carrier.group == "coal" and carrier.carrier != "coke":
        tests["moisture"] = _around(Decimal("0.09"), place.dice("moisture", start), 3)
    return tests


def _around(mean: Decimal, chance: float, decimals: int) -> Decimal:
    """A test result within 2 % of the mean."""
    return round(mean * Decimal(repr(round(0.98 + 0.04 * chance, 4))), decimals)


def _daily(place: _Place, start: date, used: Decimal) -> list[Reading]:
    days = last_day(start).day
    parts = []
    for n in range(days):
        day = start + timedelta(days=n)
        part = _exact(place, float(used) / days * (0.9 + 0.2 * place.dice("day", day)))
        parts.append(_reading(place, place.stream.flow, day, day, part))
    return parts


def _hourly(place: _Place, start: date, used: Decimal) -> list[Reading]:
    hours = 24 * last_day(start).day
    noise = dice(place.city.seed, place.enterprise.index, "hours", start)
    stamps = (datetime(start.year, start.month, 1) + timedelta(hours=n) for n in range(hours))
    return [_hour(place, at, float(used) / hours * noise.uniform(0.8, 1.2)) for at in stamps]


def _hour(place: _Place, at: datetime, value: float) -> Reading:
    return Reading(
        enterprise=place.enterprise,
        facility=place.facility,
        carrier=tables.carriers()[place.stream.carrier],
        flow=place.stream.flow,
        start=at.date(),
        end=at.date(),
        quantity=_exact(place, value),
        evidence="meter",
        starts_at=at,
    )
