"""Offsets (抵销): eligible projects, lots that are retired once across markets, the cap.

What belongs here: who may offset how much with what. What does not: counting what was retired
(`compliance`), moving units (`workflow`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ledgers.allowances.accounts import business_date, system_account
from ledgers.allowances.compliance import standing
from ledgers.allowances.market_rows import MarketFault, read, require_officer, write
from ledgers.allowances.measures import CITY, Rulebook, of_year
from ledgers.allowances.plan import listing
from ledgers.allowances.requests import Ask, Movement, Request, whole_tonnes
from ledgers.allowances.workflow import propose
from warehouse.connect import Connection


def register_project(
    con: Connection,
    project: str,
    name: str,
    *,
    registered_on: date,
    in_market: bool,
    document: str,
    person: str,
    at: datetime,
    market: str = CITY,
) -> None:
    """Records a project whose reductions may offset, as its register describes it."""
    require_officer(con, market, person, at)
    row = {"project": project, "name": name, "registered_on": registered_on}
    row |= {"in_market": in_market, "document": document}
    key = f"project:{project}"
    write(con, kind="project", key=key, rows={"offset_project": [row]}, person=person)


def retired_elsewhere(
    con: Connection,
    serial: str,
    project: str,
    quantity: object,
    *,
    where: str,
    person: str,
    at: datetime,
    market: str = CITY,
) -> None:
    """Records that another market retired a lot of offsets, so that none retires it again."""
    require_officer(con, market, person, at)
    row = _lot(con, serial, project, quantity)
    row |= {"entity": "", "year": 0, "elsewhere": where, "request": ""}
    key = f"lot:{serial}"
    write(con, kind="lot elsewhere", key=key, rows={"offset_lot": [row]}, person=person)


def surrender_offsets(
    con: Connection,
    entity: str,
    year: int,
    unit: str,
    quantity: object,
    *,
    serial: str,
    project: str,
    person: str,
    at: datetime,
) -> Request:
    """Asks for the surrender of offsets: of an eligible project, a lot that was retired nowhere,
    within the cap of the year. A second officer approves. Raises MarketFault, Refused."""
    found = listing(con, entity, year)
    rules = of_year(con, year, market=found.market)
    on = business_date(con, found.market, at)
    require_eligible(con, rules, project)
    row = _lot(con, serial, project, quantity)
    now = standing(con, entity, year, on=on)
    pending = read(
        con,
        "SELECT coalesce(sum(l.quantity), 0)::BIGINT AS n FROM allowances.request_now AS r "
        "JOIN allowances.request_line AS l USING (request) JOIN allowances.account AS a "
        "ON a.account = l.from_account WHERE r.type = 'offset_surrender' AND r.year = ? "
        "AND a.number = ? AND r.state IN ('awaiting_approval', 'proposed', 'delayed')",
        year,
        found.account,
    )
    room = now.offset_cap - now.counted.offsets - int(pending[0]["n"])
    if row["quantity"] > room:
        facts = {"asked": row["quantity"], "room": max(0, room), "cap": now.offset_cap}
        raise MarketFault("market.offset_cap", **facts)
    retired = system_account(con, found.market, "offset_retired").number
    moved = Movement(found.account, retired, unit, row["quantity"], ref=serial)
    key = f"offset-{serial}"
    ask = Ask(key, "offset_surrender", found.market, (moved,), year, entity, project)
    made = propose(con, ask, person=person, at=at)
    row |= {"entity": entity, "year": year, "elsewhere": "", "request": made.request}
    write(con, kind="lot", key=f"lot:{serial}", rows={"offset_lot": [row]}, person=person)
    return made


def require_eligible(con: Connection, rules: Rulebook, project: str) -> None:
    """Raises MarketFault for a project that is not known, in a market, or registered too early."""
    held = read(con, "SELECT * FROM market.offset_project WHERE project = ?", project)
    if not held:
        raise MarketFault("market.no_project", project=project)
    if held[0]["in_market"]:
        raise MarketFault("market.project_in_market", project=project)
    cutoff = rules.day("offset.registered_after")
    if held[0]["registered_on"] <= cutoff:
        facts = {"project": project, "seen": held[0]["registered_on"], "cutoff": cutoff}
        raise MarketFault("market.project_early", **facts)


def _lot(con: Connection, serial: str, project: str, quantity: object) -> dict[str, Any]:
    held = read(con, "SELECT elsewhere, entity FROM market.offset_lot WHERE serial = ?", serial)
    if held:
        where = held[0]["elsewhere"] or held[0]["entity"]
        raise MarketFault("market.retired_twice", serial=serial, where=where)
    return {"serial": serial, "project": project, "quantity": whole_tonnes(quantity)}
