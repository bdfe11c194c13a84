"""What is decided and carried out of a year's allocation (分配决定与发放、扣减).

What belongs here: deductions, what each stage decides for each entity, and carrying it out in the
registry. What does not: entities, figures and methods (`plan`), moving units (`batch`).

A stage is decided in one commit and carried out in a batch of the registry under the ids that the
decisions give; what a killed run left undone, or what the registry refused, is carried out by the
same command again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ledgers import journal
from ledgers.allowances import allocation
from ledgers.allowances.accounts import account, system_account
from ledgers.allowances.allocation import Component
from ledgers.allowances.batch import Batch, batch_frame, post_batch
from ledgers.allowances.market_rows import (
    MarketFault,
    next_version,
    origins_text,
    read,
    require_officers,
    write,
)
from ledgers.allowances.measures import CITY, Rulebook, of_year
from ledgers.allowances.plan import Listing, listings, work_out
from ledgers.allowances.posting import naive_utc
from ledgers.allowances.requests import whole_tonnes
from ledgers.allowances.rulings import rules as registry_rules
from warehouse.connect import Connection

STAGES = ("pre", "final")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for an entity at a stage (分配决定); see the table `market.allocation`."""

    entity: str
    year: int
    stage: str
    version: int
    method: str
    quantity: int
    issued: int
    returned: int
    taken: int
    outstanding: int
    unit: str
    target: str
    working: str
    rules: str
    document: str
    proposer: str
    approver: str

    @property
    def components(self) -> tuple[Component, ...]:
        """The steps of the working."""
        return tuple(Component(**row) for row in json.loads(self.working))

    @property
    def id(self) -> str:
        """The id of its transaction in the registry."""
        return f"{self.stage}-{self.year}-{self.version}-{self.entity}"


def add_deduction(
    con: Connection,
    entity: str,
    year: int,
    quantity: object,
    *,
    cause: str,
    cause_year: int,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
    market: str = CITY,
) -> None:
    """Decides that so much is deducted from the allocation of `year`, by two officers. For a plain
    shortfall only before the day from which the law allows no new one. Raises MarketFault."""
    on = require_officers(con, market, proposer, approver, at)
    rules = of_year(con, year, market=market)
    last = rules.day("law.no_new_deduction")
    if cause == "shortfall" and on >= last:
        raise MarketFault("market.no_new_deduction", on=on, last=last)
    row: dict[str, Any] = {"entity": entity, "year": year, "cause": cause}
    row["quantity"] = whole_tonnes(quantity)
    row |= {"cause_year": cause_year, "decided_on": on, "document": document}
    row |= {"proposer": proposer, "approver": approver}
    key = f"deduction:{entity}:{year}:{cause}:{cause_year}"
    write(con, kind="deduction", key=key, rows={"deduction": [row]}, person=proposer)


def deductions_due(con: Connection, entity: str, year: int) -> int:
    """What deductions may take from the allocation of a year: those decided for it, and what is
    outstanding of earlier years."""
    decided = read(
        con,
        "SELECT coalesce(sum(quantity), 0)::BIGINT AS n FROM market.deduction "
        "WHERE entity = ? AND year <= ?",
        entity,
        year,
    )
    taken = read(
        con,
        "SELECT coalesce(sum(taken), 0)::BIGINT AS n FROM market.allocation_now "
        "WHERE entity = ? AND year < ? AND stage = 'final'",
        entity,
        year,
    )
    return int(decided[0]["n"]) - int(taken[0]["n"])


def allocate(
    con: Connection,
    year: int,
    stage: str,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
    market: str = CITY,
    entities: Sequence[str] = (),
) -> tuple[tuple[Decision, ...], Batch | None]:
    """Decides a stage for the listed entities (or some of them) that were not decided yet, and
    carries it out in the registry; the decisions of the stage, and the batch (None = nothing was
    left to do). Entities that the registry refused are in the batch's `refused`."""
    if stage not in STAGES:
        raise MarketFault("market.stage", seen=stage, allowed="、".join(STAGES))
    on = require_officers(con, market, proposer, approver, at)
    book = of_year(con, year, market=market)
    unit = allowance_unit(con, market, year, at)
    decided = {found.entity for found in decisions(con, year, stage)}
    if stage == "final":
        _require_carried_out(con, decisions(con, year, "pre"))
    rows = []
    for found in listings(con, year, market):
        wanted = not entities or found.entity in entities
        if wanted and found.treatment == "included" and found.entity not in decided:
            rows.append(_decide(con, found, stage, book.fresh(), unit))
    two = {"document": document, "proposer": proposer, "approver": approver}
    if rows:
        full = [{**row, **two} for row in rows]
        key = f"allocation:{market}:{year}:{stage}:{journal.next_commit_no(con)}"
        facts = {"day": str(on), "entities": len(full)}
        held = {"allocation": full}
        write(con, kind=f"{stage} allocation", key=key, rows=held, person=proposer, facts=facts)
    batch = carry_out(con, year, stage, market=market, proposer=proposer, approver=approver, at=at)
    return decisions(con, year, stage), batch


def decisions(con: Connection, year: int, stage: str = "") -> tuple[Decision, ...]:
    """What was decided for a year, by stage and entity."""
    found = read(
        con,
        "SELECT * FROM market.allocation_now WHERE year = ? AND ? IN ('', stage) "
        "ORDER BY stage DESC, entity",
        year,
        stage,
    )
    return tuple(Decision(**row) for row in found)


def carry_out(
    con: Connection,
    year: int,
    stage: str,
    *,
    market: str,
    proposer: str,
    approver: str,
    at: datetime,
) -> Batch | None:
    """Moves the units of decisions that are not carried out yet; None when there are none."""
    open_ = undone(con, decisions(con, year, stage))
    if not open_:
        return None
    pool = system_account(con, market, "allocation").number
    issue = "pre_allocate" if stage == "pre" else "true_up_issue"
    rows = []
    for found in open_:
        giving = found.issued > 0
        ends = (pool, found.target) if giving else (found.target, pool)
        row: dict[str, Any] = {"id": found.id, "type": issue if giving else "true_up_return"}
        row |= {"source": ends[0], "target": ends[1], "unit": found.unit, "year": year}
        row |= {"quantity": found.issued or found.returned, "ref": found.entity}
        row |= {"counterparty": found.entity, "reason": found.document}
        rows.append({**row, "executed_at": naive_utc(at)})
    two = {"proposer": proposer, "approver": approver}
    key = f"{stage}-{year}-{journal.next_commit_no(con)}"
    frame = batch_frame(rows)
    return post_batch(con, key, frame, market=market, at=at, set_aside=True, **two)


def undone(con: Connection, found: Iterable[Decision]) -> tuple[Decision, ...]:
    """Decisions that move units and of which the registry has no transaction."""
    ids = {row["id"] for row in read(con, "SELECT id FROM allowances.transaction")}
    return tuple(d for d in found if (d.issued or d.returned) and d.id not in ids)


def allowance_unit(con: Connection, market: str, vintage: int, at: datetime) -> str:
    """The allowance of a market and vintage, as SY-SYA-2025. Raises MarketFault."""
    types = registry_rules(con, at.date()).kinds.unit_types.values()
    own = [t.unit_type for t in types if t.unit_class == "allowance" and market in t.markets]
    if len(own) != 1:
        raise MarketFault("market.no_unit", market=market, seen="、".join(own) or "-")
    return f"{market}-{own[0]}-{vintage:04}"


def _decide(
    con: Connection, found: Listing, stage: str, rules: Rulebook, unit: str
) -> dict[str, Any]:
    worked = work_out(con, found, stage, rules)
    due = deductions_due(con, found.entity, found.year)
    before = [d for d in decisions(con, found.year, "pre") if d.entity == found.entity]
    held = sum(d.issued for d in before) if stage == "final" else 0
    settled = allocation.settle(worked.tonnes, due, held)
    target = system_account(con, found.market, "custody").number if found.custody else ""
    keys: dict[str, Any] = {"entity": found.entity, "year": found.year, "stage": stage}
    return {
        **keys,
        "version": next_version(con, "allocation", **keys),
        "method": found.method,
        "quantity": worked.tonnes,
        **asdict(settled),
        "unit": unit,
        "target": target or account(con, found.account).number,
        "working": json.dumps([asdict(c) for c in worked.components], ensure_ascii=False),
        "rules": origins_text(rules.origins()),
    }


def _require_carried_out(con: Connection, found: Sequence[Decision]) -> None:
    left = undone(con, found)
    if left:
        raise MarketFault("market.undone", stage="pre", entities="、".join(d.entity for d in left))
