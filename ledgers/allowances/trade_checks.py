"""Whether a trade may be booked (成交校验): band, tick, lot, session, same-day resale.

What belongs here: reading a row as a trade and its checks, in the order of time. What does not:
booking and settling (`market`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from factors.errors import TanzhangError
from factors.quantities import half_up
from ledgers.allowances.accounts import account, business_date
from ledgers.allowances.accounts import market as find_market
from ledgers.allowances.holdings import holdings
from ledgers.allowances.market_figures import Trade, close_before, trades
from ledgers.allowances.market_rows import MarketFault, read
from ledgers.allowances.measures import Rulebook, end_of, rulebook
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.persons import require_no_conflict
from ledgers.allowances.requests import whole_tonnes
from ledgers.allowances.rulings import calendar
from warehouse.connect import Connection

MODES: Mapping[str, str] = {
    "listed": "listed",
    "挂牌": "listed",
    "挂牌协议": "listed",
    "挂牌协议交易": "listed",
    "block": "block",
    "大宗": "block",
    "大宗协议": "block",
    "大宗协议交易": "block",
    "auction": "auction",
    "单向竞价": "auction",
}
"""What an exchange writes for a mode of trading."""


@dataclass(frozen=True, slots=True)
class TradeFault:
    """Why a row was not booked: row as a person counts it, code and facts."""

    row_no: int
    trade: str
    code: str
    facts: Mapping[str, Any]


def band(rules: Rulebook, mode: str, close: Decimal) -> tuple[Decimal, Decimal] | None:
    """Lowest and highest price of a mode after the previous close, half up to the tick; None for a
    mode without a band."""
    if not rules.has(f"trading.{mode}_band"):
        return None
    share, tick = rules.number(f"trading.{mode}_band"), rules.decimal("trading.tick")

    def limit(factor: Fraction) -> Decimal:
        return half_up(Fraction(close) * factor / Fraction(tick)) * tick

    return limit(1 - share), limit(1 + share)


class Desk:
    """Takes trades in the order of time, each after those before it."""

    def __init__(self, con: Connection, market: str, at: datetime) -> None:
        self.con, self.market = con, market
        self.today = business_date(con, market, at)
        self.held = {each.trade: each for each in trades(con)}
        self.last_day = max((t.day for t in trades(con, market)), default=date.min)
        self.booked: list[tuple[Trade, int]] = []
        self.faults: list[TradeFault] = []
        self.unchanged = 0
        self._opening: dict[tuple[str, str, date], int] = {}
        self._rules: dict[date, Rulebook] = {}

    def take(self, trade: Trade, row_no: int) -> None:
        known = self.held.get(trade.trade)
        if known == trade:
            self.unchanged += 1
            return
        try:
            if known is not None:
                raise MarketFault("market.trade.other_body", trade=trade.trade)
            self._check(trade)
        except TanzhangError as fault:
            self.refuse(row_no, trade.trade, fault)
            return
        self.held[trade.trade] = trade
        self.booked.append((trade, row_no))

    def refuse(self, row_no: int, trade: str, fault: Exception) -> None:
        if isinstance(fault, TanzhangError):
            self.faults.append(TradeFault(row_no, trade, fault.code, fault.facts))
        else:
            facts = {"seen": str(fault)}
            self.faults.append(TradeFault(row_no, trade, "market.trade.unreadable", facts))

    def _check(self, trade: Trade) -> None:
        if trade.day < self.last_day or trade.day > self.today:
            facts = {"seen": trade.day, "first": self.last_day, "last": self.today}
            raise MarketFault("market.trade.day", **facts)
        if trade.day not in self._rules:
            self._rules[trade.day] = rulebook(self.con, trade.day, market=self.market)
        rules = self._rules[trade.day]
        self._check_time(trade, rules)
        _check_size(trade, rules)
        self._check_price(trade, rules)
        for number in (trade.seller, trade.buyer):
            found = account(self.con, number)
            if found.market != self.market or not found.entity:
                raise MarketFault("market.trade.account", seen=number)
            require_no_conflict(self.con, [found.entity], trade.day)
        if rules.text("trading.same_day_resale") == "forbidden":
            self._check_resale(trade)

    def _check_time(self, trade: Trade, rules: Rulebook) -> None:
        book = calendar(self.con, find_market(self.con, self.market).calendar, trade.day)
        spans = [pair.split("-") for pair in rules.words("trading.sessions")]
        now = time.fromisoformat(trade.clock)
        inside = any(time.fromisoformat(a) <= now <= time.fromisoformat(b) for a, b in spans)
        if not inside or not book.is_working(trade.day):
            facts = {
                "seen": f"{trade.day} {trade.clock}",
                "allowed": rules.text("trading.sessions"),
            }
            raise MarketFault("market.trade.session", **facts)

    def _check_price(self, trade: Trade, rules: Rulebook) -> None:
        tick = rules.decimal("trading.tick")
        if trade.price % tick:
            raise MarketFault("market.trade.tick", seen=trade.price, tick=tick)
        close = close_before(self.con, rules, trade, [t for t, _ in self.booked])
        if not rules.has(f"trading.{trade.mode}_band"):
            return
        if close is None:
            raise MarketFault("market.trade.no_close", unit=trade.unit, day=trade.day)
        limits = band(rules, trade.mode, close)
        if limits is not None and not limits[0] <= trade.price <= limits[1]:
            # Digits of the tick, as prices are quoted; the tick itself was checked before.
            digits = max(0, -int(tick.as_tuple().exponent))
            seen, before = (half_up(value, digits) for value in (trade.price, close))
            facts = {"seen": seen, "low": limits[0], "high": limits[1], "close": before}
            raise MarketFault("market.trade.band", **facts)

    def _check_resale(self, trade: Trade) -> None:
        key = (trade.seller, trade.unit, trade.day)
        if key not in self._opening:
            self._opening[key] = _opening(self.con, *key)
        sold = sum(t.quantity for t in self.held.values() if (t.seller, t.unit, t.day) == key)
        free = self._opening[key] - sold
        if trade.quantity > free:
            facts = {"seller": trade.seller, "asked": trade.quantity, "free": max(0, free)}
            raise MarketFault("market.trade.resale", **facts)


def _opening(con: Connection, number: str, unit: str, day: date) -> int:
    """What an account could sell on a day: what it held when the day began, and what reached it
    since by other ways than trading."""
    before = end_of(day - timedelta(days=1))
    held = sum(
        each.quantity
        for each in holdings(con, number, executed=before)
        if each.unit == unit and each.position in ("available", "trading")
    )
    found = read(
        con,
        "SELECT coalesce(sum(l.quantity), 0)::BIGINT AS n FROM allowances.transaction AS t "
        "JOIN allowances.line AS l USING (seq) JOIN allowances.account AS a "
        "ON a.account = l.to_account WHERE a.number = ? AND l.unit = ? "
        "AND l.from_account <> l.to_account AND t.type <> 'trade_settle' "
        "AND t.executed_at > ? AND t.executed_at <= ?",
        number,
        unit,
        before,
        end_of(day),
    )
    return held + int(found[0]["n"])


def _check_size(trade: Trade, rules: Rulebook) -> None:
    lot = rules.whole("trading.lot")
    if trade.quantity % lot:
        raise MarketFault("market.trade.lot", seen=trade.quantity, lot=lot)
    key = f"trading.{trade.mode}_below"
    if rules.has(key) and trade.quantity >= rules.whole(key):
        raise MarketFault("market.trade.size", seen=trade.quantity, below=rules.whole(key))


def typed(row: Mapping[str, Any], market: str) -> Trade:
    """A row as a trade. Raises MarketFault, Refused, BadNumber, ValueError."""
    held = {field.name: str(row.get(field.name, "")).strip() for field in fields(Trade)}
    mode = MODES.get(held["mode"])
    if mode is None:
        allowed = "、".join(MODES)
        raise MarketFault("market.trade.mode", seen=held["mode"], allowed=allowed)
    if read_unit(held["unit"]).market != market:
        raise MarketFault("market.trade.unit", seen=held["unit"], market=market)
    for name in ("trade", "seller", "buyer"):
        if not held[name]:
            raise MarketFault("market.trade.blank", column=name)
    if held["seller"] == held["buyer"]:
        raise MarketFault("market.trade.itself", seen=held["seller"])
    return Trade(
        trade=held["trade"],
        market=market,
        day=date.fromisoformat(held["day"].replace("/", "-")),
        clock=time.fromisoformat(held["clock"]).strftime("%H:%M:%S"),
        mode=mode,
        unit=held["unit"],
        seller=held["seller"],
        buyer=held["buyer"],
        quantity=whole_tonnes(held["quantity"].replace(",", "")),
        price=price_of(held["price"].replace(",", "")),
    )


def price_of(value: object) -> Decimal:
    """An amount of money above zero with four decimals at most. Raises MarketFault."""
    try:
        if isinstance(value, float):
            raise InvalidOperation
        found = Decimal(str(value).strip())
        if not found.is_finite() or found <= 0 or found != half_up(found, 4):
            raise InvalidOperation
    except InvalidOperation as error:
        raise MarketFault("market.trade.price", seen=str(value)) from error
    return half_up(found, 4)
