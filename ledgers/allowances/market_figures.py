"""Figures of the market (行情统计): daily and monthly, averages, who holds, concentration.

What belongs here: reading booked trades and what follows from them, exactly. What does not: booking
and settling (`market`), layout (`reports.market`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from factors.quantities import half_up
from ledgers.allowances.holdings import holdings
from ledgers.allowances.market_rows import read
from ledgers.allowances.measures import Rulebook, end_of, rulebook
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.rulings import rules as registry_rules
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade (成交): `clock` HH:MM:SS in the city's time, price in CNY a tonne, accounts by
    number."""

    trade: str
    market: str
    day: date
    clock: str
    mode: str
    unit: str
    seller: str
    buyer: str
    quantity: int
    price: Decimal

    @property
    def turnover(self) -> Decimal:
        """Quantity × price, exactly."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Figures:
    """Trading in one unit and mode over a day or month: `period` YYYY-MM-DD or YYYY-MM. `close` is
    by the rule of the market; `average` is turnover / volume, exact."""

    period: str
    unit: str
    mode: str
    trades: int
    volume: int
    turnover: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    @property
    def average(self) -> Fraction:
        """The weighted average price."""
        return Fraction(self.turnover) / self.volume


@dataclass(frozen=True, slots=True)
class KindHolding:
    """What a kind of participant holds of allowances (按类型持有), by how free it is."""

    kind: str
    accounts: int
    free: int
    pledged: int
    judicial: int
    other: int

    @property
    def total(self) -> int:
        """All positions."""
        return self.free + self.pledged + self.judicial + self.other


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated something is (集中度): shares of the largest one, three and five, and the
    Herfindahl index (0..1), exact; None of nothing."""

    parties: int
    first: Fraction | None
    three: Fraction | None
    five: Fraction | None
    herfindahl: Fraction | None


def trades(
    con: Connection, market: str = "", first: date = date.min, last: date = date.max
) -> tuple[Trade, ...]:
    """Booked trades in the order of time."""
    names = "trade, market, day, clock, mode, unit, seller, buyer, quantity, price"
    found = read(
        con,
        f"SELECT {names} FROM market.trade WHERE ? IN ('', market) AND day BETWEEN ? AND ? "
        "ORDER BY day, clock, commit_no, ordinal",
        market,
        first,
        last,
    )
    return tuple(Trade(**row) for row in found)


def figures(
    con: Connection, market: str, first: date, last: date, *, by: str = "day"
) -> tuple[Figures, ...]:
    """Figures by day or month, unit and mode, of the days from `first` to `last`."""
    length = 10 if by == "day" else 7
    groups: dict[tuple[str, str, str], list[Trade]] = {}
    for trade in trades(con, market, first, last):
        key = (trade.day.isoformat()[:length], trade.unit, trade.mode)
        groups.setdefault(key, []).append(trade)
    rules = rulebook(con, last, market=market)
    way = rules.text("trading.close") if groups else ""
    digits = _digits(rules) if groups else 0
    return tuple(_figures(*key, groups[key], way, digits) for key in sorted(groups))


def close_before(
    con: Connection, rules: Rulebook, trade: Trade, also: Sequence[Trade] = ()
) -> Decimal | None:
    """The close of a unit on the last day before the trade's on which it was traded in a mode that
    makes a close; before any, the reference price. `also`: trades that are not booked yet."""
    modes = rules.words("trading.closing_modes")
    day = trade.day - timedelta(days=1)
    held = [
        t
        for t in [*trades(con, trade.market, last=day), *also]
        if t.unit == trade.unit and t.mode in modes and t.day <= day
    ]
    if held:
        last = max(t.day for t in held)
        own = [t for t in held if t.day == last]
        return _close(own, rules.text("trading.close"), _digits(rules))
    found = read(
        con,
        "SELECT price FROM market.reference_price WHERE unit = ? AND day <= ? "
        "ORDER BY day DESC, commit_no DESC LIMIT 1",
        trade.unit,
        trade.day,
    )
    return found[0]["price"] if found else None


def fine_price(con: Connection, rules: Rulebook, market: str, deadline: date) -> Fraction | None:
    """The average price of the month before a deadline: turnover / volume of allowances in the
    modes that count. None when nothing was traded."""
    window, modes = rules.text("obligation.fine_window"), rules.words("obligation.fine_price_modes")
    first_of_month = deadline.replace(day=1)
    if window == "calendar_month":
        last = first_of_month - timedelta(days=1)
        first = last.replace(day=1)
    else:
        # From the day after the same day of the month before, or its last day.
        before = first_of_month - timedelta(days=1)
        first = before.replace(day=min(deadline.day, before.day)) + timedelta(days=1)
        last = deadline
    types = registry_rules(con, deadline).kinds.unit_types
    held = [
        t
        for t in trades(con, market, first, last)
        if t.mode in modes and types[read_unit(t.unit).unit_type].unit_class == "allowance"
    ]
    volume = sum(t.quantity for t in held)
    if not volume:
        return None
    return Fraction(sum((t.turnover for t in held), Decimal(0))) / volume


def holdings_by_kind(
    con: Connection, market: str, *, on: date | None = None
) -> tuple[KindHolding, ...]:
    """Allowances held by private accounts and the authority's custody, by kind of account, now or
    at the end of a day."""
    executed = None if on is None else end_of(on)
    types = registry_rules(con, on or date.max).kinds
    sums: dict[str, dict[str, int]] = {}
    accounts: dict[str, set[str]] = {}
    for each in holdings(con, market=market, executed=executed):
        kind, unit_type = types.kinds[each.kind], types.unit_types[read_unit(each.unit).unit_type]
        if unit_type.unit_class != "allowance" or (kind.system and each.kind != "custody"):
            continue
        held = sums.setdefault(
            each.kind, dict.fromkeys(("free", "pledged", "judicial", "other"), 0)
        )
        name = {"available": "free"}.get(each.position, each.position)
        held[name if name in held else "other"] += each.quantity
        if each.quantity:
            accounts.setdefault(each.kind, set()).add(each.number)
    return tuple(
        KindHolding(kind, len(accounts.get(kind, ())), **sums[kind]) for kind in sorted(sums)
    )


_POSITIONS = ("free", "pledged", "judicial", "other")


def holding_concentration(con: Connection, market: str, *, on: date | None = None) -> Concentration:
    """How concentrated allowances are among the entities of private accounts."""
    executed = None if on is None else end_of(on)
    types = registry_rules(con, on or date.max).kinds
    sums: dict[str, int] = {}
    for each in holdings(con, market=market, executed=executed):
        unit_type = types.unit_types[read_unit(each.unit).unit_type]
        if each.entity and unit_type.unit_class == "allowance":
            sums[each.entity] = sums.get(each.entity, 0) + each.quantity
    return concentration(sums)


def trading_concentration(found: Iterable[Trade], side: str) -> Concentration:
    """How concentrated the volume of `seller` or `buyer` accounts is."""
    sums: dict[str, int] = {}
    for trade in found:
        number = getattr(trade, side)
        sums[number] = sums.get(number, 0) + trade.quantity
    return concentration(sums)


def concentration(sums: Mapping[str, int]) -> Concentration:
    """Concentration of named amounts."""
    amounts = sorted((amount for amount in sums.values() if amount > 0), reverse=True)
    total = sum(amounts)
    if not total:
        return Concentration(0, None, None, None, None)
    shares = [Fraction(amount, total) for amount in amounts]
    first, three, five = (sum(shares[:count], Fraction(0)) for count in (1, 3, 5))
    herfindahl = sum((share * share for share in shares), Fraction(0))
    return Concentration(len(shares), first, three, five, herfindahl)


def _figures(
    period: str, unit: str, mode: str, held: Sequence[Trade], way: str, digits: int
) -> Figures:
    prices = [t.price for t in held]
    last = [t for t in held if t.day == held[-1].day]
    return Figures(
        period,
        unit,
        mode,
        len(held),
        sum(t.quantity for t in held),
        sum((t.turnover for t in held), Decimal(0)),
        prices[0],
        max(prices),
        min(prices),
        _close(last, way, digits),
    )


def _close(held: Sequence[Trade], way: str, digits: int) -> Decimal:
    """The close of one day's trades: the last price, or the weighted average to the tick."""
    if way != "weighted":
        return held[-1].price
    volume = sum(t.quantity for t in held)
    return half_up(Fraction(sum((t.turnover for t in held), Decimal(0))) / volume, digits)


def _digits(rules: Rulebook) -> int:
    """Decimals of the tick."""
    exponent = rules.decimal("trading.tick").normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)
