"""Whether an entity has met its year (履约): surrendered, offsets, shortfall, fine, status.

What belongs here: reading what the registry's transactions count for a year, the status and what
follows from it, surrender from custody, sealing. What does not: how much is owed
(`emission_verification`), `offsets`, `carry_over`, moving units (`workflow`).

Figures come from completed transactions alone: surrender, forced surrender from the entity's own
account or from custody, their reversals, offsets retired. Custody is one account of the authority;
whose units lie there stands in each transaction's `counterparty`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from factors.quantities import half_up
from ledgers import journal
from ledgers.allowances.accounts import business_date, system_account
from ledgers.allowances.allocation import whole
from ledgers.allowances.caps import seal_year
from ledgers.allowances.emission_verification import Obligation, obligation
from ledgers.allowances.market_rows import (
    MarketFault,
    read,
    read_origins,
    require_officer,
)
from ledgers.allowances.measures import CITY, Origin, Rulebook, end_of, of_year
from ledgers.allowances.numbers import read_unit
from ledgers.allowances.plan import Listing, listing, listings
from ledgers.allowances.requests import Ask, Movement, Request
from ledgers.allowances.rulings import rules as registry_rules
from ledgers.allowances.tables import Vintages
from ledgers.allowances.workflow import propose
from warehouse.connect import Connection, sql

STATUSES = ("not_yet_due", "excluded", "emissions_missing", "short", "met")


@dataclass(frozen=True, slots=True)
class Counted:
    """What the registry shows for an entity's year (已清缴): tonnes by way."""

    own: int
    forced: int
    custody: int
    offsets: int

    @property
    def allowances(self) -> int:
        """Allowances in all ways."""
        return self.own + self.forced + self.custody


@dataclass(frozen=True, slots=True)
class Fine:
    """The range of the fine for a shortfall (罚款幅度), CNY, and the price that it rests on."""

    price: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Stock:
    """What the entity holds that pays for the year, by how free it is."""

    free: int
    reserved: int
    pledged: int
    judicial: int
    other: int
    in_custody: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entity stands for a year on a day (履约状态). `offsets_counted` is within the cap;
    `shortfall` what is missing of what is due; `forecast` what would be missing if everything free,
    reserved or in custody were surrendered; `late` what was surrendered after the deadline."""

    listing: Listing
    on: date
    status: str
    obligation: Obligation | None
    counted: Counted
    offset_cap: int
    offsets_counted: int
    shortfall: int
    late: int
    stock: Stock
    forecast: int
    fine: Fine | None
    origins: tuple[Origin, ...]

    @property
    def surrendered(self) -> int:
        """What counts against what is due."""
        return self.counted.allowances + self.offsets_counted


def offset_cap(rules: Rulebook, due: int) -> int:
    """Tonnes of offsets that count at most: the share of what is due, floored."""
    return whole(rules.number("offset.share") * due)


def fine(rules: Rulebook, shortfall: int, price: Fraction) -> Fine:
    """The range of the fine for `shortfall` t at the average price of the month before the
    deadline. Raises NoRule where no text in force has a fine (the city's Measures have none)."""
    shown = half_up(price, rules.whole("obligation.fine_price_digits"))
    low, high = (rules.decimal(f"obligation.fine_{name}") for name in ("low", "high"))
    return Fine(shown, low * shortfall * shown, high * shortfall * shown)


def counted(con: Connection, entity: str, account: str, year: int, until: datetime) -> Counted:
    """What completed transactions up to `until` (UTC without a zone) count for the entity."""
    found = read(
        con, sql("ledgers.allowances.sql", "surrendered.sql"), account, entity, year, until
    )
    held = {row["way"]: int(row["quantity"]) for row in found}
    return Counted(*(held.get(way, 0) for way in ("own", "forced", "custody", "offsets")))


def status_of(treatment: str, owed: Obligation | None, surrendered: int, on: date) -> str:
    """The status: excluded, blank and zero are three things. Nothing due is met; what was
    surrendered in full before the deadline is met too."""
    if treatment == "excluded":
        return "excluded"
    if owed is None:
        return "emissions_missing"
    if surrendered >= owed.due:
        return "met"
    return "not_yet_due" if on <= owed.deadline else "short"


def standing(
    con: Connection,
    entity: str,
    year: int,
    *,
    on: date,
    price: Fraction | None = None,
) -> Standing:
    """How the entity stands on a day, counting what was executed by its end. `price`: the average
    of the month before the deadline; without it a shortfall's fine is left open."""
    return _standing(con, listing(con, entity, year), on, price)


def standings(
    con: Connection, year: int, *, on: date, market: str = CITY, price: Fraction | None = None
) -> tuple[Standing, ...]:
    """How every listed entity stands, by code."""
    return tuple(_standing(con, found, on, price) for found in listings(con, year, market))


def _standing(con: Connection, found: Listing, on: date, price: Fraction | None) -> Standing:
    owed = obligation(con, found.entity, found.year)
    rules = of_year(con, found.year, market=found.market)
    until = end_of(on)
    made = counted(con, found.entity, found.account, found.year, until)
    due = owed.due if owed else 0
    cap = offset_cap(rules, due)
    offsets = min(cap, made.offsets)
    missing = max(0, due - made.allowances - offsets)
    status = status_of(found.treatment, owed, made.allowances + offsets, on)
    late = 0
    if owed is not None and on > owed.deadline:
        before = counted(con, found.entity, found.account, found.year, end_of(owed.deadline))
        late = made.allowances + made.offsets - before.allowances - before.offsets
    stock = _stock(con, found, registry_rules(con, on).vintages)
    usable = stock.free + stock.reserved + stock.in_custody
    penalty = None
    if status == "short" and price is not None and rules.has("obligation.fine_low"):
        penalty = fine(rules, missing, price)
    origins = rules.origins() + (read_origins(owed.rules) if owed else ())
    return Standing(
        found,
        on,
        status,
        owed,
        made,
        cap,
        offsets,
        missing,
        late,
        stock,
        max(0, missing - usable),
        penalty,
        origins,
    )


def custody_held(con: Connection, entity: str, market: str) -> dict[str, int]:
    """Unit → tonnes of an entity that lie in the authority's custody."""
    found = read(con, sql("ledgers.allowances.sql", "custody.sql"), market, entity)
    return {row["unit"]: int(row["quantity"]) for row in found if row["quantity"]}


def surrender_from_custody(
    con: Connection,
    entity: str,
    year: int,
    *,
    document: str,
    person: str,
    at: datetime,
) -> tuple[Request, ...]:
    """Asks for the surrender of what is still due from the entity's units in custody, oldest
    vintage first, and for the release of the rest; a second officer approves each request.

    Raises MarketFault (also while an earlier request waits), Refused.
    """
    found = listing(con, entity, year)
    on = require_officer(con, found.market, person, at)
    waiting = read(
        con,
        "SELECT request FROM allowances.request_now WHERE counterparty = ? AND year = ? "
        "AND type IN ('forced_surrender', 'custody_release') AND state = 'awaiting_approval'",
        entity,
        year,
    )
    if waiting:
        raise MarketFault("market.waiting", request=waiting[0]["request"])
    now = standing(con, entity, year, on=on)
    if now.obligation is None:
        raise MarketFault("market.nothing_due", entity=entity, year=year)
    custody = system_account(con, found.market, "custody").number
    sink = system_account(con, found.market, "surrender").number
    vintages = registry_rules(con, on).vintages
    left, made = now.shortfall, []
    held = custody_held(con, entity, found.market)
    for unit in sorted(held, key=lambda text: read_unit(text).vintage):
        if not vintages.pays(read_unit(unit).vintage, year):
            continue
        part = min(left, held[unit])
        left -= part
        moves = (("forced_surrender", sink, part), ("custody_release", "", held[unit] - part))
        for kind, target, amount in moves:
            if amount:
                moved = Movement(custody, target or found.account, unit, amount, ref=entity)
                key = f"{kind}-{year}-{entity}-{unit}-{journal.next_commit_no(con)}"
                ask = Ask(key, kind, found.market, (moved,), year, entity, document)
                made.append(propose(con, ask, person=person, at=at))
    return tuple(made)


def seal(
    con: Connection,
    year: int,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
    market: str = CITY,
) -> tuple[Standing, ...]:
    """Seals a compliance year: every entity excluded, met or short after the deadline, and every
    rule used official, or made up and saying so. Raises MarketFault, Refused."""
    on = business_date(con, market, at)
    found = standings(con, year, on=on, market=market)
    open_ = [s.listing.entity for s in found if s.status in ("not_yet_due", "emissions_missing")]
    if not found or open_:
        raise MarketFault("market.year_open", year=year, entities="、".join(open_) or "-")
    lacking = unofficial(_all_origins(con, year, found))
    if lacking:
        keys = "、".join(sorted({f"{o.rule_set} {o.key}" for o in lacking}))
        raise MarketFault("market.not_official", year=year, rules=len(lacking), keys=keys)
    two = {"proposer": proposer, "approver": approver}
    seal_year(con, market, year, document=document, at=at, **two)
    return found


def unofficial(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """The values on which no year is sealed: not official, and not marked as made up."""
    return tuple(o for o in origins if o.standing != "official" and not o.synthetic)


def _all_origins(con: Connection, year: int, found: Sequence[Standing]) -> tuple[Origin, ...]:
    texts = read(con, "SELECT DISTINCT rules FROM market.allocation_now WHERE year = ?", year)
    held = {o for each in found for o in each.origins}
    held |= {o for row in texts for o in read_origins(row["rules"])}
    return tuple(sorted(held, key=lambda o: (o.rule_set, o.key, o.version)))


def _stock(con: Connection, found: Listing, vintages: Vintages) -> Stock:
    rows = read(
        con,
        "SELECT b.position, b.unit, b.quantity, b.reserved FROM allowances.balance AS b "
        "JOIN allowances.account AS a USING (account) WHERE a.number = ?",
        found.account,
    )
    sums = dict.fromkeys(("free", "reserved", "pledged", "judicial", "other"), 0)
    for row in rows:
        unit = read_unit(row["unit"])
        if not _pays(con, unit.unit_type, unit.vintage, found, vintages):
            continue
        if row["position"] == "available":
            sums["free"] += row["quantity"] - row["reserved"]
            sums["reserved"] += row["reserved"]
        else:
            name = row["position"] if row["position"] in sums else "other"
            sums[name] += row["quantity"]
    custody = sum(
        amount
        for text, amount in custody_held(con, found.entity, found.market).items()
        if vintages.pays(read_unit(text).vintage, found.year)
    )
    return Stock(**sums, in_custody=custody)


def _pays(
    con: Connection, unit_type: str, vintage: int, found: Listing, vintages: Vintages
) -> bool:
    """Whether units are allowances that pay for the entity's year; offsets have their own cap."""
    kind = registry_rules(con, date(found.year, 12, 31)).kinds.unit_types.get(unit_type)
    allowance = kind is not None and kind.unit_class == "allowance"
    return allowance and vintages.pays(vintage, found.year)
