"""Trades as the exchange reports them (交易数据): checks, import, payment, settlement.

What belongs here: whether a trade may be booked, delivering it against payment. What does not:
matching orders, which is the exchange's work; figures of a day or month (`market_figures`).

A trade is booked when it keeps the price band, tick, lot, session and the ban on same-day resale; a
row that does not is kept with its reason. It is settled when the bank has confirmed the payment:
one line of the registry from seller to buyer, so that delivery is whole or absent and nothing rests
in the clearing account overnight.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from factors.errors import TanzhangError
from ledgers import journal
from ledgers.allowances.accounts import system_account
from ledgers.allowances.batch import Batch, batch_frame, post_batch
from ledgers.allowances.holdings import holdings
from ledgers.allowances.market_figures import Trade, trades
from ledgers.allowances.market_rows import (
    MarketFault,
    read,
    require_officer,
    require_officers,
    write,
)
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.posting import naive_utc
from ledgers.allowances.trade_checks import Desk, TradeFault, price_of, typed
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class TradesTaken:
    """What became of a file: booked, there already with the same body, and refused."""

    source: str
    booked: tuple[Trade, ...]
    unchanged: int
    faults: tuple[TradeFault, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of trades: settled now, not paid yet, refused by the registry; what clearing
    holds afterwards."""

    settled: tuple[str, ...]
    unpaid: tuple[str, ...]
    batch: Batch | None
    clearing: int


def set_reference(
    con: Connection,
    unit: str,
    price: object,
    *,
    day: date,
    document: str,
    person: str,
    at: datetime,
) -> None:
    """Records the price from which the first day of a unit's trading takes its band."""
    market = read_unit(unit).market
    require_officer(con, market, person, at)
    row = {"unit": unit, "day": day, "price": price_of(price), "document": document}
    key = f"reference:{unit}:{day}"
    write(con, kind="reference price", key=key, rows={"reference_price": [row]}, person=person)


def import_trades(
    con: Connection,
    rows: Sequence[Mapping[str, Any]],
    *,
    source: str,
    market: str,
    person: str,
    at: datetime,
) -> TradesTaken:
    """Books the trades of a file (SHA-256 `source`): trade, day, time, mode, unit, seller, buyer,
    quantity, price, row_no. A trade that is there with the same body is left as it is."""
    require_officer(con, market, person, at)
    desk = Desk(con, market, at)
    found: list[tuple[Trade, int]] = []
    for row in rows:
        try:
            found.append((typed(row, market), int(row["row_no"])))
        except (TanzhangError, ValueError, KeyError) as fault:
            desk.refuse(int(row["row_no"]), str(row.get("trade", "")), fault)
    for trade, row_no in sorted(found, key=lambda pair: (pair[0].day, pair[0].clock, pair[1])):
        desk.take(trade, row_no)
    booked = [
        {**asdict(trade), "source": source, "row_no": row_no} for trade, row_no in desk.booked
    ]
    if booked or desk.faults:
        number = journal.next_commit_no(con)
        faults = [
            {
                "source": source,
                "row_no": f.row_no,
                "trade": f.trade,
                "code": f.code,
                "facts": json.dumps(f.facts, ensure_ascii=False, default=str, sort_keys=True),
            }
            for f in desk.faults
        ]
        held = {"trade": booked, "trade_fault": faults}
        facts = {"booked": len(booked), "refused": len(faults)}
        key = f"trades:{source}:{number}"
        write(con, kind="trades", key=key, rows=held, person=person, facts=facts)
    done = tuple(trade for trade, _ in desk.booked)
    return TradesTaken(source, done, desk.unchanged, tuple(desk.faults))


def confirm_payment(
    con: Connection,
    trade: str,
    amount: object,
    *,
    document: str,
    person: str,
    at: datetime,
) -> None:
    """Records the settlement bank's word that a trade was paid in full. Raises MarketFault for
    another amount than quantity × price."""
    found = [each for each in trades(con) if each.trade == trade]
    if not found:
        raise MarketFault("market.no_trade", trade=trade)
    on = require_officer(con, found[0].market, person, at)
    paid = price_of(amount)
    if paid != found[0].turnover:
        raise MarketFault("market.other_amount", trade=trade, seen=paid, due=found[0].turnover)
    row: dict[str, Any] = {"trade": trade, "amount": paid, "day": on, "document": document.strip()}
    if not row["document"]:
        raise MarketFault("market.need_document", step="payment")
    held = read(con, "SELECT document FROM market.payment WHERE trade = ?", trade)
    if held and held[0]["document"] == row["document"]:
        return
    key = f"payment:{trade}"
    write(con, kind="payment", key=key, rows={"payment": [row]}, person=person)


def settle(
    con: Connection,
    market: str,
    *,
    proposer: str,
    approver: str,
    at: datetime,
) -> Settlement:
    """Delivers every trade that is paid and not settled yet, from seller to buyer. Safe to
    repeat. What the registry refuses stays unsettled, with the reason in `batch.refused`."""
    on = require_officers(con, market, proposer, approver, at)
    paid = {row["trade"]: row["document"] for row in read(con, "SELECT * FROM market.payment")}
    done = {row["id"] for row in read(con, "SELECT id FROM allowances.transaction")}
    open_ = [t for t in trades(con, market) if _id(t) not in done and t.day <= on]
    ready = [t for t in open_ if t.trade in paid]
    rows = []
    for trade in ready:
        row: dict[str, Any] = {"id": _id(trade), "type": "trade_settle", "ref": trade.trade}
        row |= {"source": trade.seller, "target": trade.buyer, "unit": trade.unit}
        row |= {"quantity": trade.quantity, "counterparty": paid[trade.trade]}
        rows.append({**row, "executed_at": naive_utc(at)})
    batch = None
    if rows:
        key = f"settle-{market}-{on}-{journal.next_commit_no(con)}"
        two = {"proposer": proposer, "approver": approver}
        frame = batch_frame(rows)
        batch = post_batch(con, key, frame, market=market, at=at, set_aside=True, **two)
    refused = set(batch.refused) if batch else set()
    return Settlement(
        tuple(t.trade for t in ready if _id(t) not in refused),
        tuple(t.trade for t in open_ if t.trade not in paid),
        batch,
        clearing_held(con, market),
    )


def clearing_held(con: Connection, market: str) -> int:
    """Tonnes in the clearing account: zero at the day's end."""
    number = system_account(con, market, "clearing").number
    return sum(each.quantity for each in holdings(con, number))


def trade_faults(con: Connection, source: str = "") -> list[dict[str, Any]]:
    """Rows of files that were not booked, with their reasons."""
    found = read(
        con,
        "SELECT source, row_no, trade, code, facts FROM market.trade_fault "
        "WHERE ? IN ('', source) ORDER BY commit_no, ordinal",
        source,
    )
    return [{**row, "facts": json.loads(row["facts"])} for row in found]


def _id(trade: Trade) -> str:
    return f"trade-{trade.trade}"


def unsettled(con: Connection, market: str, day: date) -> tuple[Trade, ...]:
    """Trades of up to a day that were not delivered."""
    done = {row["id"] for row in read(con, "SELECT id FROM allowances.transaction")}
    found = trades(con, market)
    return tuple(t for t in found if t.day <= day and _id(t) not in done)
