"""Bands, checks, payment, settlement, figures, concentration (合成数据)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers import journal
from ledgers.allowances import market, market_figures, persons, verification
from ledgers.allowances.measures import NATIONAL, of_year
from ledgers.allowances.trade_checks import band
from tests.ledgers.allowances.desk import ANNA, BERT, U25
from tests.ledgers.allowances.test_allocation import opened
from tests.ledgers.allowances.test_plan import fails
from tests.ledgers.allowances.year import Year, opened_year

TRADER = "合成·机构"


class Exchange:
    """A market open on Monday, 2 March 2026, with a reference price of 74.63."""

    def __init__(self, year: Year) -> None:
        self.con, self.registry, self.year = year.con, year.registry, year
        year.go(2026, 2, 27, 10)
        self.registry.give(self.registry.plant, 500_000)
        self.trader = self.registry.account("trader", TRADER)
        market.set_reference(
            self.con,
            U25,
            "74.63",
            day=date(2026, 3, 2),
            document="合成参考价",
            person=ANNA,
            at=year.now,
        )
        year.go(2026, 3, 2, 16)
        self.sent = 0

    def row(self, quantity: object, price: object, **cells: Any) -> dict[str, Any]:
        self.sent += 1
        plain = {"trade": f"T{self.sent}", "day": "2026-03-02", "time": "10:00:00"}
        plain |= {"mode": "挂牌", "unit": U25, "quantity": quantity, "price": price}
        ends = {"seller": self.registry.plant, "buyer": self.trader, "row_no": self.sent + 1}
        found = {**plain, **ends, **cells}
        found["clock"] = found.pop("time")
        return found

    def book(self, *rows: dict[str, Any]) -> market.TradesTaken:
        return market.import_trades(
            self.con, rows, source="a" * 64, market="SY", person=ANNA, at=self.year.now
        )

    def codes(self, *rows: dict[str, Any]) -> list[str]:
        return [f.code.removeprefix("market.trade.") for f in self.book(*rows).faults]

    def settle(self) -> market.Settlement:
        at = self.registry.at(minutes=1)
        return market.settle(self.con, "SY", proposer=ANNA, approver=BERT, at=at)

    def pay(self, trade: str, amount: object) -> None:
        market.confirm_payment(
            self.con, trade, amount, document=f"回单{trade}", person=ANNA, at=self.year.now
        )


@pytest.fixture
def exchange(first_registry: Path, tmp_path: Path) -> Iterator[Exchange]:
    with opened_year(first_registry, tmp_path) as made:
        yield Exchange(made)


@pytest.mark.case("market-band")
def test_bands_are_rounded_to_the_tick() -> None:
    book = of_year(opened(), 2025, market=NATIONAL)
    close = Decimal("74.63")
    assert band(book, "listed", close) == (Decimal("67.17"), Decimal("82.09"))
    assert band(book, "block", close) == (Decimal("52.24"), Decimal("97.02"))
    assert band(book, "auction", close) is None


@given(st.integers(1, 10**6))
def test_a_band_holds_its_close(cents: int) -> None:
    book = of_year(opened(), 2025, market=NATIONAL)
    close = Decimal(cents) / 100
    low, high = band(book, "listed", close) or (Decimal(0), Decimal(0))
    assert low <= close <= high
    assert (2 * 100 * 10 * low - 2 * 9 * cents) in range(-9, 11)


def test_what_is_refused_and_why(exchange: Exchange) -> None:
    made = exchange.codes(
        exchange.row(100, "82.10"),
        exchange.row(100, "67.16"),
        exchange.row(100, "97.03", mode="大宗"),
        exchange.row(100, "74.635"),
        exchange.row(100_000, "74.63"),
        exchange.row(100, "74.63", time="09:29:59"),
        exchange.row(100, "74.63", time="11:30:01"),
        exchange.row(100, "74.63", mode="竞价"),
        exchange.row("1.5", "74.63"),
        exchange.row(100, "74.63000000001"),
        exchange.row(100, "74.63", day="2026-03-03"),
        exchange.row(100, "74.63", day="2026-03-01"),
        exchange.row(100, "74.63", buyer=exchange.registry.plant),
        exchange.row(100, "74.63", buyer=exchange.registry.system("surrender")),
        exchange.row(100, "74.63", trade=""),
        exchange.row(100, "74.63", unit="SY-SYA-2030"),
        exchange.row(600_000, "74.63", mode="block"),
    )
    assert made == [
        *("mode", "registry.fraction", "price", "itself", "blank"),
        *("session", "session", "band", "band", "band", "tick", "size"),
        *("account", "no_close", "resale", "session", "day"),
    ]
    # The bounds themselves are good, and every refused row is on record.
    good = [
        exchange.row(99_999, "82.09"),
        exchange.row(1, "67.17", time="11:30:00"),
        exchange.row(1, "97.02", mode="block"),
        exchange.row(1, "500.00", mode="auction", time="15:00:00"),
    ]
    assert len(exchange.book(*good).booked) == 4
    assert len(market.trade_faults(exchange.con)) == 17


def test_the_same_again_and_another_body(exchange: Exchange) -> None:
    row = exchange.row(100, "75.00")
    assert len(exchange.book(row).booked) == 1
    again = exchange.book(row, {**row, "price": "76.00"})
    assert (again.booked, again.unchanged) == ((), 1)
    assert [f.code for f in again.faults] == ["market.trade.other_body"]


def test_what_was_bought_is_not_sold_the_same_day(exchange: Exchange) -> None:
    mill = exchange.registry.mill
    bought = exchange.row(1000, "75.00", time="09:30:00")
    sold = exchange.row(1, "75.00", time="14:00:00", seller=exchange.trader, buyer=mill)
    assert exchange.codes(bought, sold) == ["resale"]
    exchange.pay("T1", "75000")
    exchange.settle()
    # Settled or not: that day it stays.
    assert exchange.codes({**sold, "trade": "T9"}) == ["resale"]
    exchange.year.go(2026, 3, 3, 16)
    later = {**sold, "trade": "T10", "day": "2026-03-03"}
    assert exchange.codes(later) == []
    # The band of the next day hangs on the close of this one: 75.00.
    assert exchange.codes(exchange.row(1, "82.51", day="2026-03-03")) == ["band"]
    assert exchange.codes(exchange.row(1, "82.50", day="2026-03-03")) == []
    # A day that is past is past.
    assert exchange.codes(exchange.row(1, "75.00")) == ["day"]


def test_delivery_against_payment(exchange: Exchange) -> None:
    exchange.book(exchange.row(1000, "75.00"), exchange.row(500, "74.50"))
    first = exchange.settle()
    assert (first.settled, first.unpaid, first.batch) == ((), ("T1", "T2"), None)
    with fails("market.other_amount"):
        exchange.pay("T1", "74999.99")
    exchange.pay("T1", "75000.00")
    exchange.pay("T1", "75000")
    made = exchange.settle()
    assert (made.settled, made.unpaid, made.clearing) == (("T1",), ("T2",), 0)
    assert exchange.registry.balance(exchange.trader) == (1000, 0)
    assert exchange.settle().settled == ()
    assert [t.trade for t in market.unsettled(exchange.con, "SY", date(2026, 3, 2))] == ["T2"]
    assert journal.verify_chain(exchange.con).good
    assert verification.verify(exchange.con).good


def test_a_seller_who_has_nothing_left_is_told(exchange: Exchange) -> None:
    exchange.book(exchange.row(1000, "75.00"))
    exchange.pay("T1", "75000")
    everything = exchange.registry.balance(exchange.registry.plant)[0]
    ends = (exchange.registry.plant, exchange.registry.mill)
    exchange.registry.do("m", "merge", *ends, U25, everything, reason="合成")
    made = exchange.settle()
    assert made.settled == ()
    assert made.batch is not None
    assert list(made.batch.refused) == ["trade-T1"]
    back = (exchange.registry.mill, exchange.registry.plant)
    exchange.registry.do("b", "merge", *back, U25, everything, reason="合成")
    assert exchange.settle().settled == ("T1",)


def test_who_may_not_trade(exchange: Exchange) -> None:
    persons.list_conflict(
        exchange.con,
        TRADER,
        "exchange",
        document="合成",
        person=ANNA,
        valid_from=date(2026, 1, 1),
    )
    assert exchange.codes(exchange.row(1, "74.63")) == ["registry.conflict"]


def test_figures_of_days_and_months(exchange: Exchange) -> None:
    exchange.book(
        exchange.row(100, "75.00", time="10:00:00"),
        exchange.row(300, "80.00", time="13:00:00"),
        exchange.row(100, "70.00", time="14:59:59"),
        exchange.row(1000, "60.00", mode="大宗", time="14:00:00"),
    )
    exchange.year.go(2026, 3, 3, 16)
    exchange.book(exchange.row(200, "71.00", day="2026-03-03"))
    days = market_figures.figures(exchange.con, "SY", date(2026, 3, 1), date(2026, 3, 31))
    assert [(f.period, f.mode) for f in days] == [
        ("2026-03-02", "block"),
        ("2026-03-02", "listed"),
        ("2026-03-03", "listed"),
    ]
    listed = days[1]
    assert (listed.trades, listed.volume, listed.turnover) == (3, 500, Decimal(38_500))
    prices = (listed.open, listed.high, listed.low, listed.close)
    assert prices == (Decimal(75), Decimal(80), Decimal(70), Decimal(70))
    assert listed.average == 77
    (block, month) = market_figures.figures(
        exchange.con, "SY", date(2026, 3, 1), date(2026, 3, 31), by="month"
    )
    assert (block.period, month.period) == ("2026-03", "2026-03")
    assert (month.volume, month.close, month.average) == (700, Decimal(71), Fraction(52_700, 700))
    book = of_year(exchange.con, 2026)
    price = market_figures.fine_price(exchange.con, book, "SY", date(2026, 4, 2))
    # The month up to 2 April begins on 3 March.
    assert price == 71
    assert market_figures.fine_price(exchange.con, book, "SY", date(2026, 5, 31)) is None
    whole = market_figures.fine_price(exchange.con, book, "SY", date(2026, 3, 31))
    assert whole == Fraction(38_500 + 60_000 + 14_200, 500 + 1000 + 200)


def test_who_holds_and_how_concentrated(exchange: Exchange) -> None:
    exchange.book(exchange.row(50_000, "75.00"))
    exchange.pay("T1", "3750000")
    exchange.settle()
    registry = exchange.registry
    registry.do("j", "freeze", registry.plant, registry.plant, U25, 50_000, reason="合成")
    held = {k.kind: k for k in market_figures.holdings_by_kind(exchange.con, "SY")}
    assert (held["operator"].free, held["operator"].judicial) == (400_000, 50_000)
    assert (held["trader"].total, held["trader"].accounts) == (50_000, 1)
    found = market_figures.holding_concentration(exchange.con, "SY")
    assert (found.parties, found.first, found.three) == (2, Fraction(9, 10), 1)
    assert found.herfindahl == Fraction(82, 100)
    then = market_figures.holding_concentration(exchange.con, "SY", on=date(2026, 2, 28))
    assert (then.parties, then.first) == (1, 1)
    sellers = market_figures.trading_concentration(market_figures.trades(exchange.con), "seller")
    assert (sellers.parties, sellers.first) == (1, 1)
    nothing = market_figures.concentration({})
    assert nothing.first is None
