"""Replacement and zero net addition (等量减量替代、零净增, D12): tonnes certified, pledged once.

What belongs here: certificates of closures and retrofits, pledges to projects, the check of net
addition, and what two persons decide. What does not: the register of projects (`projects`).

A certificate counts from the moment that a second person certified it. Its grams can be pledged
to one project only: the database holds the balance and refuses a gram too many, as does this code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from factors.errors import DataFault, UsageFault
from ledgers import journal
from ledgers.dual_control.imports import BOOK, standing
from ledgers.dual_control.indicators import Indicator, Input
from ledgers.dual_control.lines import GRAMS
from ledgers.dual_control.projects import REVIEW_SET, Project, project, projects, status
from ledgers.dual_control.rules import Rules, read_rules
from ledgers.dual_control.vocabulary import plain
from ledgers.reference.rows import add
from warehouse.connect import Connection

REPLACEMENT_SET = "dual_control.replacement"
MEASURES = ("carbon", "energy")


class Short(DataFault):
    """A project adds more than is replaced; facts: project, measure, missing, unit."""


class NotEnough(DataFault):
    """A certificate has fewer tonnes left than were asked for; facts: certificate, left, seen."""


class NoCertificate(UsageFault, LookupError):
    """No certificate of that number, or it is not certified; facts: seen."""


class SamePerson(UsageFault):
    """Whoever asked does not decide; facts: person."""


class NoRequest(UsageFault, LookupError):
    """No open request of that number; facts: seen."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate: grams of a measure, what of it is certified and pledged."""

    certificate: str
    enterprise_id: str
    source: str
    measure: str
    grams: int
    effective_on: date
    document: str
    certified: bool
    pledged: int

    @property
    def left(self) -> Fraction:
        """Tonnes that may still be pledged."""
        return Fraction(self.grams - self.pledged, GRAMS) if self.certified else Fraction(0)


@dataclass(frozen=True, slots=True)
class NetAddition:
    """D12 of one measure: `missing` tonnes of replacement (0 where there are enough)."""

    measure: str
    indicator: Indicator
    missing: Fraction


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asked for and another decides: certify a certificate, clear a project."""

    request_no: int
    kind: str
    subject: str
    requested_by: str
    reason: str


def net_addition(
    measure: str, added: Sequence[Fraction], replaced: Sequence[Fraction], ratio: Fraction
) -> NetAddition:
    """D12: Σ commissioned − Σ certified replacement / ratio ≤ 0."""
    unit = "tCO2" if measure == "carbon" else "tce"
    whole, retired = sum(added, Fraction(0)), sum(replaced, Fraction(0))
    inputs = (Input("ΣA", whole, unit), Input("ΣR", retired, unit), Input("r", ratio, "1"))
    value = whole - retired / ratio
    found = Indicator("D12", "ΣA − ΣR/r ≤ 0", inputs, unit, value)
    return NetAddition(measure, found, max(value, Fraction(0)) * ratio)


def certificates(con: Connection) -> tuple[Certificate, ...]:
    """Every certificate with what is left of it, by number."""
    held = con.execute("SELECT certificate, certified, pledged FROM dual_control.balance")
    balance = {str(name): (int(whole), int(used)) for name, whole, used in held.fetchall()}
    return tuple(
        Certificate(
            row["certificate"],
            row["enterprise_id"],
            row["source"],
            row["measure"],
            row["grams"],
            row["effective_on"],
            row["document"],
            row["certificate"] in balance,
            balance.get(row["certificate"], (0, 0))[1],
        )
        for row in standing(con, "replacement")
    )


def certificate(con: Connection, number: str) -> Certificate:
    """The certificate of that number. Raises NoCertificate."""
    for item in certificates(con):
        if item.certificate == number:
            return item
    raise NoCertificate("dual.no_certificate", seen=number)


def pledged_to(con: Connection, code: str, measure: str) -> Fraction:
    """Tonnes of a measure that are pledged to a project."""
    found = con.execute(
        "SELECT coalesce(sum(p.grams), 0)::BIGINT FROM dual_control.pledge AS p "
        "JOIN dual_control.certification AS c USING (certificate) "
        "WHERE p.project_code = ? AND c.measure = ?",
        [code, measure],
    ).fetchall()
    return Fraction(int(found[0][0]), GRAMS)


def pledge(
    con: Connection, number: str, code: str, tonnes: Fraction, *, person: str, reason: str
) -> journal.Commit:
    """Pledge tonnes of a certificate to a project; below zero takes them back.

    Raises NoCertificate, NoProject, NotEnough, and UsageFault for less than a gram.
    """
    grams = tonnes * GRAMS
    if grams.denominator != 1 or grams == 0:
        raise UsageFault("dual.pledge_grams", seen=plain(tonnes))
    project(con, code)
    held = certificate(con, number)
    if not held.certified:
        raise NoCertificate("dual.not_certified", seen=number)
    own = _pledged(con, number, code)
    if grams > held.grams - held.pledged or own + grams < 0:
        left = held.left if grams > 0 else Fraction(own, GRAMS)
        raise NotEnough(
            "dual.not_enough", certificate=number, left=plain(left), seen=plain(abs(tonnes))
        )
    row = {"certificate": number, "project_code": code, "grams": int(grams)}
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        add(con, "dual_control.pledge", commit_no, [row])
        con.execute(
            "UPDATE dual_control.balance SET pledged = pledged + ? WHERE certificate = ?",
            [int(grams), number],
        )
        return _commit(con, "pledge", row, person, reason, ["dual_control.pledge"])


def _pledged(con: Connection, number: str, code: str) -> int:
    found = con.execute(
        "SELECT coalesce(sum(grams), 0)::BIGINT FROM dual_control.pledge "
        "WHERE certificate = ? AND project_code = ?",
        [number, code],
    ).fetchall()
    return int(found[0][0])


def check_project(
    con: Connection, item: Project, rules: Rules, on: date
) -> tuple[NetAddition, ...]:
    """D12 of one project, for each measure that must be replaced. A measure of which nothing was
    approved cannot be checked: Short says so."""
    held = rules.texts(REPLACEMENT_SET, on)
    ratio = Fraction(held["ratio"])
    found = []
    for measure in held["measures"].split(";"):
        needed = item.needed(measure)
        if needed is None:
            raise Short("dual.no_amount", project=item.project_code, measure=measure)
        pledged = pledged_to(con, item.project_code, measure)
        found.append(net_addition(measure, [needed], [pledged], ratio))
    return tuple(found)


def city_addition(con: Connection, on: date) -> tuple[NetAddition, ...]:
    """D12 of the city: every project that is commissioned or was cleared, and every tonne that is
    pledged to one of them."""
    rules = read_rules(con)
    review = rules.texts(REVIEW_SET, on)
    cleared = _cleared(con)
    held = rules.texts(REPLACEMENT_SET, on)
    counted = [
        item
        for item in projects(con)
        if item.project_code in cleared or status(item, on, review) == "commissioned"
    ]
    found = []
    for measure in held["measures"].split(";"):
        added = [item.needed(measure) or Fraction(0) for item in counted]
        replaced = [pledged_to(con, item.project_code, measure) for item in counted]
        found.append(net_addition(measure, added, replaced, Fraction(held["ratio"])))
    return tuple(found)


def _cleared(con: Connection) -> frozenset[str]:
    found = con.execute("SELECT project_code FROM dual_control.clearance").fetchall()
    return frozenset(str(row[0]) for row in found)


def request(con: Connection, kind: str, subject: str, *, person: str, reason: str) -> Request:
    """Ask for a certificate to be certified or a project to be cleared. A project that adds more
    than is replaced is refused at once, with the missing tonnes (Short)."""
    if not reason.strip():
        raise UsageFault("dual.request_reason")
    if kind == "certify":
        if certificate(con, subject).certified:
            raise UsageFault("dual.certified_already", seen=subject)
    else:
        _require_replaced(con, subject)
    row = {"kind": kind, "subject": subject, "requested_by": person, "reason": reason}
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        add(con, "dual_control.request", commit_no, [row])
        _commit(con, "request", row, person, reason, ["dual_control.request"])
    return Request(commit_no, kind, subject, person, reason)


def _require_replaced(con: Connection, code: str) -> tuple[NetAddition, ...]:
    item, today = project(con, code), date.today()
    if code in _cleared(con):
        raise UsageFault("dual.cleared_already", seen=code)
    rules = read_rules(con)
    if status(item, today, rules.texts(REVIEW_SET, today)) in ("lapsed", "stopped"):
        raise UsageFault("dual.project_over", seen=code)
    found = check_project(con, item, rules, today)
    for each in found:
        if each.missing > 0:
            unit = "tCO2" if each.measure == "carbon" else "tce"
            facts = {"project": code, "missing": plain(each.missing), "unit": unit}
            raise Short("dual.short", measure=each.measure, **facts)
    return found


def open_requests(con: Connection) -> tuple[Request, ...]:
    """What waits for a second person, oldest first."""
    found = con.execute(
        "SELECT commit_no, kind, subject, requested_by, reason FROM dual_control.request "
        "WHERE commit_no NOT IN (SELECT request_no FROM dual_control.decision) ORDER BY commit_no"
    ).fetchall()
    return tuple(Request(*row) for row in found)


def decide(
    con: Connection, request_no: int, outcome: str, *, person: str, reason: str = ""
) -> Request:
    """Decide a request as another person: `approved` certifies or clears.

    Raises NoRequest, SamePerson, and Short where replacement was taken back in between.
    """
    asked = next((item for item in open_requests(con) if item.request_no == request_no), None)
    if asked is None:
        raise NoRequest("dual.no_request", seen=request_no)
    if asked.requested_by.strip().casefold() == person.strip().casefold():
        raise SamePerson("dual.same_person", person=person)
    _unchanged_since(con, asked)
    effect = _EFFECTS[asked.kind] if outcome == "approved" else _no_effect
    row = {
        "request_no": request_no,
        "outcome": outcome,
        "requested_by": asked.requested_by,
        "decided_by": person,
        "reason": reason,
    }
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        tables = effect(con, commit_no, asked, person)
        add(con, "dual_control.decision", commit_no, [row])
        _commit(con, "decision", row, person, reason, ["dual_control.decision", *tables])
    return asked


def _unchanged_since(con: Connection, asked: Request) -> None:
    """What is decided is what was asked for: no later version of it may stand."""
    table, name = _SUBJECTS[asked.kind]
    found = con.execute(
        f"SELECT max(commit_no) FROM {table} WHERE {name} = ?", [asked.subject]
    ).fetchall()
    if int(found[0][0]) > asked.request_no:
        raise UsageFault("dual.changed_since", seen=asked.subject, request=asked.request_no)


def _certify(con: Connection, commit_no: int, asked: Request, person: str) -> Sequence[str]:
    held = certificate(con, asked.subject)
    row = {
        "certificate": held.certificate,
        "measure": held.measure,
        "grams": held.grams,
        "requested_by": asked.requested_by,
        "certified_by": person,
    }
    add(con, "dual_control.certification", commit_no, [row])
    con.execute("INSERT INTO dual_control.balance VALUES (?, ?, 0)", [held.certificate, held.grams])
    return ["dual_control.certification"]


def _clear(con: Connection, commit_no: int, asked: Request, person: str) -> Sequence[str]:
    found = _require_replaced(con, asked.subject)
    held = {each.measure: plain(each.indicator.value or Fraction(0)) for each in found}
    row = {
        "project_code": asked.subject,
        "measures": journal.canonical_json(held),
        "requested_by": asked.requested_by,
        "cleared_by": person,
    }
    add(con, "dual_control.clearance", commit_no, [row])
    return ["dual_control.clearance"]


def _no_effect(_con: Connection, _commit_no: int, _asked: Request, _person: str) -> Sequence[str]:
    return []


_SUBJECTS: Mapping[str, tuple[str, str]] = {
    "certify": ("dual_control.replacement", "certificate"),
    "clear": ("dual_control.project", "project_code"),
}
_EFFECTS: Mapping[str, Callable[[Connection, int, Request, str], Sequence[str]]] = {
    "certify": _certify,
    "clear": _clear,
}


def _commit(
    con: Connection,
    kind: str,
    row: Mapping[str, Any],
    person: str,
    reason: str,
    tables: Sequence[str],
) -> journal.Commit:
    number = journal.next_commit_no(con)
    return journal.commit(
        con,
        book=BOOK,
        kind=kind,
        key=f"dual_control.{kind}:{number}",
        body_sha256=journal.body_digest(dict(row)),
        person=person,
        reason=reason,
        facts=dict(row),
        tables=list(tables),
    )
