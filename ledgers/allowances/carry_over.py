"""Carrying old vintages over, and their end (结转与失效).

What belongs here: how much an entity may carry, applying within it, what is left to expire, the
check that nobody carried more. What does not: the transactions themselves (`workflow`), net sales
(read from settled trades in the registry).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from ledgers.allowances.accounts import account, system_account
from ledgers.allowances.allocation import whole
from ledgers.allowances.compliance import standing
from ledgers.allowances.holdings import holdings
from ledgers.allowances.market_rows import MarketFault, read, require_officer
from ledgers.allowances.measures import Origin, Rulebook, end_of, rulebook
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.plan import listings
from ledgers.allowances.requests import Ask, Movement, Request, whole_tonnes
from ledgers.allowances.workflow import propose
from warehouse.connect import Connection, sql


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What an account may carry (可结转量): net sold in the window, T as the formula gives it, the
    holding of the snapshot, the smaller of both, what was applied for already, and what of the
    snapshot dies. `barred`: the year of a deadline that the entity missed, 0 for none."""

    account: str
    sold: int
    bought: int
    limit: int
    holding: int
    allowed: int
    applied: int
    barred: int
    origins: tuple[Origin, ...]

    @property
    def dies(self) -> int:
        """What of the snapshot cannot be carried."""
        return self.holding - self.allowed

    @property
    def left(self) -> int:
        """What may still be applied for."""
        return self.allowed - self.applied


def carry_limit(rules: Rulebook, sold: int, bought: int) -> int:
    """T = base + multiple × max(0, Σ sold − Σ bought), floored."""
    base, multiple = rules.number("carry_over.base"), rules.number("carry_over.multiple")
    return whole(base + multiple * Fraction(max(0, sold - bought)))


def carry_over(con: Connection, number: str, *, on: date) -> CarryOver:
    """What the account may carry by the rules in force on a day."""
    found = account(con, number)
    rules = rulebook(con, on, market=found.market)
    first, last = (rules.whole(f"carry_over.vintage_{end}") for end in ("from", "to"))
    start, end = rules.day("carry_over.net_from"), rules.day("carry_over.net_to")
    query = sql("ledgers.allowances.sql", "net_sales.sql")
    window = (end_of(start - timedelta(days=1)), end_of(end))
    row = read(con, query, number, *window, first, last)[0]
    held = sum(
        each.quantity
        for each in holdings(con, number, executed=end_of(end))
        if first <= read_unit(each.unit).vintage <= last
    )
    limit = carry_limit(rules, int(row["sold"]), int(row["bought"]))
    barred = _missed(con, found.entity, rules.whole("carry_over.into"), on)
    allowed = 0 if barred else min(limit, held)
    done = read(con, sql("ledgers.allowances.sql", "carry_applied.sql"), number)
    applied = int(done[0]["quantity"])
    return CarryOver(
        number,
        int(row["sold"]),
        int(row["bought"]),
        limit,
        held,
        allowed,
        applied,
        barred,
        rules.origins(),
    )


def apply_for(
    con: Connection,
    number: str,
    unit: str,
    quantity: object,
    *,
    key: str,
    person: str,
    at: datetime,
) -> Request:
    """Applies for carrying units over, within what the account may carry; the holder asks, an
    officer approves, and what is applied for is frozen. Raises MarketFault, Refused."""
    found = account(con, number)
    now = carry_over(con, number, on=at.date())
    asked = whole_tonnes(quantity)
    if now.barred:
        raise MarketFault("market.carry_barred", number=number, year=now.barred)
    if asked > now.left:
        facts = {"asked": asked, "left": now.left, "limit": now.limit, "holding": now.holding}
        raise MarketFault("market.carry_limit", **facts)
    into = rulebook(con, at.date(), market=found.market).whole("carry_over.into")
    moved = Movement(number, number, unit, asked)
    return propose(
        con, Ask(key, "carry_over_apply", found.market, (moved,), into), person=person, at=at
    )


def expiring(con: Connection, market: str, *, on: date) -> dict[str, dict[str, int]]:
    """Account → unit → tonnes of the old vintages that are available and were not carried: what
    dies when the time to carry is over."""
    rules = rulebook(con, on, market=market)
    last = rules.whole("carry_over.vintage_to")
    found: dict[str, dict[str, int]] = {}
    for row in read(
        con,
        "SELECT a.number, b.unit, (b.quantity - b.reserved)::BIGINT AS quantity "
        "FROM allowances.balance AS b JOIN allowances.account AS a USING (account) "
        "WHERE a.market = ? AND b.position = 'available' AND b.quantity > b.reserved "
        "AND a.kind IN ('operator', 'trader', 'person', 'custody', 'allocation', 'auction', "
        "'reserve_city', 'reserve_entrants', 'reserve_stability') ORDER BY a.number, b.unit",
        market,
    ):
        if read_unit(row["unit"]).vintage <= last:
            found.setdefault(row["number"], {})[row["unit"]] = int(row["quantity"])
    return found


def expire(
    con: Connection, market: str, *, document: str, person: str, at: datetime
) -> tuple[Request, ...]:
    """Asks for the expiry of what `expiring` lists, a request an account; a second officer
    approves. Raises Refused."""
    on = require_officer(con, market, person, at)
    sink = system_account(con, market, "expired").number
    made = []
    for number, units in expiring(con, market, on=on).items():
        moved = tuple(Movement(number, sink, unit, amount) for unit, amount in units.items())
        ask = Ask(f"expire-{on}-{number}", "expire", market, moved, reason=document)
        made.append(propose(con, ask, person=person, at=at))
    return tuple(made)


def over_carried(con: Connection, market: str, *, on: date) -> tuple[CarryOver, ...]:
    """Accounts that applied for more than they may carry, whichever way they asked."""
    rows = read(
        con,
        "SELECT DISTINCT a.number FROM allowances.transaction AS t JOIN allowances.line AS l "
        "USING (seq) JOIN allowances.account AS a ON a.account = l.from_account "
        "WHERE t.market = ? AND t.type = 'carry_over_apply' ORDER BY 1",
        market,
    )
    found = (carry_over(con, row["number"], on=on) for row in rows)
    return tuple(each for each in found if each.applied > each.allowed)


def _missed(con: Connection, entity: str, into: int, on: date) -> int:
    """The first year before `into` whose deadline the entity missed."""
    years = read(con, "SELECT DISTINCT year FROM market.listing WHERE year < ? ORDER BY 1", into)
    for row in years:
        if any(found.entity == entity for found in listings(con, row["year"])):
            now = standing(con, entity, row["year"], on=on)
            if now.status == "short" or now.late:
                return int(row["year"])
    return 0
