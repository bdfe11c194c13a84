"""Report, finding, corrected emission (排放报告与核查): each step with person and document.

What belongs here: the steps of an entity's year in their order, who may take them, clocks in
working days, what demands a re-check, and the obligation at the end. What does not: computing
emissions (`ledgers.emissions`), surrender (`compliance`).

    report → finding → (recheck) → notice → (objection → decision) → confirm
    estimate, in place of a report that is missing or false → notice → ...

The obligation stands on the last figure before `confirm`. An entity's report and the verifier's
finding are by two humans; the bureau's steps by an officer of the registry; `confirm` by two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from ledgers.allowances.accounts import market as find_market
from ledgers.allowances.allocation import whole, whole_up
from ledgers.allowances.caps import sealed_years
from ledgers.allowances.market_rows import (
    MarketFault,
    next_version,
    origins_text,
    read,
    require_officer,
    require_officers,
    write,
)
from ledgers.allowances.measures import BadRule, Rulebook, of_year
from ledgers.allowances.persons import identity, require_role, require_two
from ledgers.allowances.plan import Listing, listing
from ledgers.allowances.requests import LARGEST
from ledgers.allowances.rulings import calendar
from ledgers.emissions.statement import statement
from warehouse.connect import Connection

BY_HOLDER, BY_VERIFIER = ("report", "objection"), ("finding",)
BY_BUREAU = ("recheck", "notice", "decision", "estimate")
FIGURES = ("report", "finding", "recheck", "decision", "estimate")
"""Steps that give an emission."""

_AFTER = {
    "report": ("", "report"),
    "finding": ("report", "finding", "recheck"),
    "recheck": ("finding", "recheck", "objection"),
    "estimate": ("", "report", "finding", "recheck"),
    "notice": ("finding", "recheck", "estimate"),
    "objection": ("notice",),
    "decision": ("recheck",),
    "confirm": ("notice", "decision"),
}
"""Step → the steps that it may follow ('' = nothing yet)."""


@dataclass(frozen=True, slots=True)
class VerificationStep:
    """A step as recorded; `answer_by` is the last day for what may follow it."""

    entity: str
    year: int
    step_no: int
    step: str
    co2e: int | None
    source: str
    person: str
    document: str
    day: date
    answer_by: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """What an entity owes for a year (应清缴量), by version."""

    entity: str
    year: int
    version: int
    verified: int
    due: int
    deadline: date
    step_no: int
    rules: str
    proposer: str
    approver: str


@dataclass(frozen=True, slots=True)
class LedgerEmission:
    """What the emission ledger says of an enterprise's year on one basis: exact tonnes of CO2e,
    whole tonnes by the bureau's rule, and the commit at which it stood."""

    entity: str
    basis: str
    exact: Fraction
    tonnes: int
    source: str


def record_step(
    con: Connection,
    entity: str,
    year: int,
    step: str,
    *,
    co2e: object = None,
    document: str,
    person: str,
    at: datetime,
    source: str = "",
    note: str = "",
) -> VerificationStep:
    """Records a step. `co2e` whole tonnes, for the steps that give an emission.

    Raises MarketFault (out of order, late, no evidence, wrong person), Refused (no mandate, same
    person). A late report is taken and says so in its note.
    """
    found = listing(con, entity, year)
    before = steps(con, entity, year)
    rules = of_year(con, year, market=found.market)
    book = calendar(con, find_market(con, found.market).calendar, at.date())
    on = book.business_date(at)
    _check_order(step, before)
    _check_person(con, found, step, before, person, at)
    _check_clock(step, before, on, document)
    amount = _amount(step, co2e)
    row = {"entity": entity, "year": year, "step_no": len(before) + 1, "step": step}
    row |= {"co2e": amount, "source": source, "person": person, "document": document.strip()}
    if not row["document"]:
        raise MarketFault("market.need_document", step=step)
    answer = None
    if step in ("notice", "objection"):
        key = "working_days" if step == "notice" else "decision_working_days"
        answer = book.working_days_after(on, rules.whole(f"objection.{key}"))
    if step == "report" and on > report_deadline(rules, year):
        note = f"{note} 逾期 late".strip()
    row |= {"day": on, "answer_by": answer, "note": note}
    key = f"verification:{entity}:{year}:{row['step_no']}"
    write(con, kind=step, key=key, rows={"verification_step": [row]}, person=person)
    return steps(con, entity, year)[-1]


def steps(con: Connection, entity: str, year: int) -> tuple[VerificationStep, ...]:
    """Every step of an entity's year, in order."""
    found = read(
        con,
        "SELECT * EXCLUDE (commit_no, ordinal) FROM market.verification_step "
        "WHERE entity = ? AND year = ? ORDER BY step_no",
        entity,
        year,
    )
    return tuple(VerificationStep(**row) for row in found)


def report_deadline(rules: Rulebook, year: int) -> date:
    """The last day for the report of `year`: the city's, or the national one in that market."""
    key = "report.deadline" if rules.has("report.deadline") else "obligation.report_deadline"
    return rules.day(key, year + 1)


def evidence_deadline(rules: Rulebook, year: int, month: int) -> date:
    """The last day for the evidence of a month: so many calendar days after its end."""
    after = date(year + month // 12, month % 12 + 1, 1)
    return after + timedelta(days=rules.whole("obligation.evidence_days") - 1)


def recheck_reasons(
    rules: Rulebook,
    reported: int | None,
    found: int | None,
    last_year: int | None,
    objected: bool = False,
) -> tuple[str, ...]:
    """Why the text demands a re-check (复查): the difference between report and finding, the move
    against the year before, an objection with evidence. A share is reached at its value."""
    reasons = []
    if reported is not None and found is not None:
        apart = abs(found - reported)
        if apart and apart >= rules.number("recheck.share") * reported:
            reasons.append("share")
        if apart >= rules.number("recheck.tonnes"):
            reasons.append("tonnes")
    if found is not None and last_year is not None:
        moved = abs(found - last_year)
        if moved and moved >= rules.number("recheck.year_on_year") * last_year:
            reasons.append("year_on_year")
    if objected and rules.text("recheck.objection") == "with_evidence":
        reasons.append("objection")
    return tuple(reasons)


def demanded(con: Connection, entity: str, year: int) -> tuple[str, ...]:
    """Why a re-check is due and was not made; () when none is."""
    taken = steps(con, entity, year)
    last = {step.step: step for step in taken}
    if "finding" not in last:
        return ()
    rules = of_year(con, year, market=listing(con, entity, year).market)
    before = obligation(con, entity, year - 1)
    objection = last.get("objection")
    reasons = recheck_reasons(
        rules,
        last["report"].co2e if "report" in last else None,
        last["finding"].co2e,
        before.verified if before else None,
        objection is not None,
    )
    made = last.get("recheck")
    latest = max(s.step_no for s in taken if s.step in ("finding", "objection"))
    return () if made and made.step_no > latest else reasons


def confirm(
    con: Connection,
    entity: str,
    year: int,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
) -> Obligation:
    """Confirms the emission that the steps came to: the obligation of the year, a new version when
    there was one. Raises MarketFault while a re-check is due, an objection is undecided, the time
    to object runs, or when the year is sealed."""
    found = listing(con, entity, year)
    on = require_officers(con, found.market, proposer, approver, at)
    taken = steps(con, entity, year)
    _check_order("confirm", taken)
    if year in sealed_years(con, found.market):
        raise MarketFault("market.year_sealed", year=year)
    reasons = demanded(con, entity, year)
    if reasons:
        raise MarketFault("market.recheck_due", entity=entity, reasons="、".join(reasons))
    last = taken[-1]
    if last.step == "notice" and last.answer_by is not None and on <= last.answer_by:
        raise MarketFault("market.may_object", entity=entity, until=last.answer_by)
    verified = [step.co2e for step in taken if step.co2e is not None][-1]
    rules = of_year(con, year, market=found.market)
    key = {"entity": entity, "year": year}
    step = {**key, "step_no": len(taken) + 1, "step": "confirm", "co2e": verified}
    step |= {"source": "", "person": proposer, "document": document, "day": on}
    step |= {"answer_by": None, "note": approver}
    row = {**key, "version": next_version(con, "obligation", **key), "verified": verified}
    row |= {"due": verified, "deadline": rules.day("obligation.deadline", year + 1)}
    row |= {"step_no": step["step_no"], "rules": origins_text(rules.origins())}
    row |= {"proposer": proposer, "approver": approver}
    write(
        con,
        kind="obligation",
        key=f"obligation:{entity}:{year}:{row['version']}",
        rows={"verification_step": [step], "obligation": [row]},
        person=proposer,
        reason=document,
    )
    made = obligation(con, entity, year)
    assert made is not None
    return made


def obligation(con: Connection, entity: str, year: int) -> Obligation | None:
    """What the entity owes for a year as it stands; None before anything was confirmed."""
    found = read(
        con,
        "SELECT * EXCLUDE (commit_no) FROM market.obligation_now WHERE entity = ? AND year = ?",
        entity,
        year,
    )
    return Obligation(**found[0]) if found else None


def ledger_emission(
    con: Connection, entity: str, year: int, *, basis: str = "", market: str
) -> LedgerEmission:
    """What the emission ledger books for an enterprise (by its credit code) in a year. `basis`
    (method edition · boundary) is needed where there are several: they are never added.

    Raises NoEnterprise, MarketFault for no basis or several.
    """
    book = statement(con, entity, str(year), most=1)
    held = {each.key: each for each in book.bases if each.total.entries}
    if basis not in held and (basis or len(held) != 1):
        facts = {"entity": entity, "year": year, "seen": basis or "-"}
        raise MarketFault("market.basis", **facts, allowed="、".join(held) or "-")
    chosen = held[basis] if basis else next(iter(held.values()))
    exact = chosen.total.co2e
    tonnes = rounded(of_year(con, year, market=market), exact)
    stood = f"{book.head.commit_no}:{book.head.hash}"
    return LedgerEmission(entity, chosen.key, exact, tonnes, f"emissions {chosen.key} @{stood}")


def rounded(rules: Rulebook, value: Fraction) -> int:
    """Whole tonnes of an emission by the bureau's rule: half_up, up, down."""
    ways = {"half_up": whole(value + Fraction(1, 2)), "up": whole_up(value), "down": whole(value)}
    way = rules.text("due.rounding")
    if way not in ways:
        raise BadRule("market.bad_rule", key="due.rounding", seen=way)
    return ways[way]


def _amount(step: str, co2e: object) -> int | None:
    """Whole tonnes from zero up: an emission of nothing is a statement, and no blank."""
    if step not in FIGURES:
        if co2e is not None:
            raise MarketFault("market.no_figure_here", step=step, seen=co2e)
        return None
    text = str(co2e).strip()
    if co2e is None or isinstance(co2e, bool | float) or not text.isascii() or not text.isdigit():
        raise MarketFault("market.bad_emission", step=step, seen=co2e)
    if int(text) > LARGEST:
        raise MarketFault("market.bad_emission", step=step, seen=co2e)
    return int(text)


def _check_order(step: str, before: Sequence[VerificationStep]) -> None:
    last = before[-1].step if before else ""
    allowed = _AFTER.get(step)
    if allowed is None:
        raise MarketFault("market.bad_step", seen=step, allowed="、".join(_AFTER))
    # What was confirmed opens again with the bureau's re-check or estimate.
    again = last == "confirm" and step in ("recheck", "estimate")
    # A decision answers an objection; without one the entity is first told what was found.
    unasked = step == "decision" and "objection" not in [each.step for each in before[-2:]]
    if (last not in allowed and not again) or unasked:
        facts = {"step": step, "seen": last or "-", "allowed": "、".join(a or "-" for a in allowed)}
        raise MarketFault("market.step_order", **facts)


def _check_person(
    con: Connection,
    found: Listing,
    step: str,
    before: Sequence[VerificationStep],
    person: str,
    at: datetime,
) -> None:
    on = at.date()
    if step in BY_HOLDER:
        require_role(con, person, ["holder"], [found.entity, found.account, found.name], on)
    elif step in BY_VERIFIER:
        _require_verifier(con, person, on)
        for other in before:
            if other.step == "report":
                require_two(con, other.person, person, on)
    else:
        require_officer(con, found.market, person, at)


def _require_verifier(con: Connection, person: str, on: date) -> None:
    """Whoever verifies is on the list of those who may not trade, as a verifier."""
    rows: list[dict[str, Any]] = read(
        con,
        "SELECT party FROM allowances.conflict WHERE capacity = 'verifier' AND valid_from <= ? "
        "AND (valid_to IS NULL OR valid_to >= ?)",
        on,
        on,
    )
    own = identity(con, person, on)
    if all(identity(con, row["party"], on) != own for row in rows):
        raise MarketFault("market.no_verifier", person=person)


def _check_clock(step: str, before: Sequence[VerificationStep], on: date, document: str) -> None:
    if step != "objection":
        return
    last = before[-1]
    if last.answer_by is not None and on > last.answer_by:
        raise MarketFault("market.objection_late", until=last.answer_by, seen=on)


def overdue(con: Connection, year: int, on: date) -> tuple[VerificationStep, ...]:
    """Objections whose time to be decided is over on a day and that were not decided."""
    late = []
    for row in read(
        con,
        "SELECT * EXCLUDE (commit_no, ordinal) FROM market.verification_step WHERE year = ? "
        "QUALIFY row_number() OVER (PARTITION BY entity ORDER BY step_no DESC) = 1 ORDER BY entity",
        year,
    ):
        step = VerificationStep(**row)
        if step.step == "objection" and step.answer_by is not None and on > step.answer_by:
            late.append(step)
    return tuple(late)
