"""Restatement (重述): figures that stand are calculated again under what is known now.

What belongs here: which activities, under which editions, the effect by enterprise, the commit.
What does not: the difference itself (`recalculation`), and changing what was sent, which is a
resubmission.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from json import loads

from factors.errors import DataFault, OurFault, UsageFault
from ledgers import journal
from ledgers.emissions import (
    cases,
    corrections,
    preparation,
    provenance,
    recalculation,
    reversal,
)
from ledgers.emissions.profiles import Reference, read_reference
from ledgers.emissions.workspace import PER_COMMIT, filled, make, rows, run, set_variable
from warehouse.connect import Connection

TABLES = ("emissions.entry", "emissions.resolution", "emissions.proof")


class EditionUnknown(UsageFault, LookupError):
    """No active method edition has the name; facts: edition, allowed."""


class RestatementFault(DataFault):
    """Some cases have no factor or proof now; nothing was changed. Facts: count and the first."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a restatement moves for one enterprise, month, method edition and measure, in quanta.
    `activities`: how many rows it concerns."""

    enterprise_id: str
    month: str
    method_edition: str
    scope: str
    category: str
    measure: str
    before: int
    after: int
    activities: int

    @property
    def difference(self) -> int:
        """After less before, in quanta."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Restated:
    """The effects and the commit; None for a dry run and where nothing moves."""

    effects: tuple[Effect, ...]
    commit: journal.Commit | None = None


class _DryRun(Exception):
    """Undo what was calculated to be looked at."""


def restate(
    con: Connection,
    months: Sequence[str],
    *,
    reason: str,
    person: str,
    edition: str = "",
    dry_run: bool = False,
    request: int = 0,
    recorded_at: datetime | None = None,
) -> Restated:
    """Calculate the months again by the editions and factors known now.

    Entries that come out the same stand; the others are reversed and posted anew with the cause
    'restatement'. `edition` takes the place of the editions of its family. An entry that a person
    reversed stays reversed. Raises `journal.PeriodClosed` (except on a dry run), EditionUnknown,
    RestatementFault, and UsageFault without a reason. A dry run needs no reason and runs on a
    connection that only reads.
    """
    if not dry_run and not reason.strip():
        raise UsageFault("emissions.reason_missing")
    for month in months:
        preparation.month_days(month)
    effects: tuple[Effect, ...] = ()
    try:
        with journal.transaction(con):
            if not dry_run:
                journal.require_open(con, months)
            number, outcome = _calculate(con, months, edition, recorded_at)
            effects = tuple(Effect(*item) for item in rows(con, "effect"))
            if dry_run or not effects:
                raise _DryRun
            decided = corrections.decide(con, request, number, person)
            made = _commit(
                con, months, number, outcome, edition, reason, person, recorded_at, decided
            )
    except _DryRun:
        return Restated(effects)
    return Restated(effects, made)


def _calculate(
    con: Connection, months: Sequence[str], edition: str, recorded_at: datetime | None
) -> tuple[int, cases.Outcome]:
    make(con, *PER_COMMIT)
    number = journal.next_commit_no(con)
    set_variable(con, "commit_no", number)
    reference = _under(read_reference(con, recorded_at), edition)
    run(con, "month_activities", months=list(months))
    outcome, beyond = recalculation.recalculate(con, reference, "restatement")
    faults = [fault for fault in outcome.faults if fault.rule != "FA-04"]
    if faults:
        first: Mapping[str, str] = loads(faults[0].facts)
        why = {name: first.get(name, "") for name in ("why_zh", "why_en")}
        raise RestatementFault("emissions.restatement_faults", count=len(faults), **why)
    if beyond:
        raise OurFault("emissions.recalculated_too_large", entries=len(beyond))
    return number, outcome


def _under(reference: Reference, edition: str) -> Reference:
    """The reference data with `edition` in the place of the editions of its family."""
    if not edition:
        return reference
    active = {name: held for name, held in reference.editions.items() if held.state == "active"}
    if edition not in active:
        raise EditionUnknown(
            "emissions.edition_unknown", edition=edition, allowed="、".join(sorted(active))
        )
    family = active[edition].family
    others = {held.edition for held in active.values() if held.family == family} | {family}
    profiles = {
        number: replace(
            profile,
            editions=tuple(edition if name in others else name for name in profile.editions),
        )
        for number, profile in reference.profiles.items()
    }
    return replace(reference, profiles=profiles)


def _commit(
    con: Connection,
    months: Sequence[str],
    number: int,
    outcome: cases.Outcome,
    edition: str,
    reason: str,
    person: str,
    recorded_at: datetime | None,
    decided: corrections.Decided,
) -> journal.Commit:
    used = recalculation.proofs_in(con, "recalculated")
    first = reversal.write_reversals(con, number)
    if filled(con, "recalculated"):
        recalculation.write(con, number, first, "restatement")
        provenance.write(con, number, outcome, used)
    facts = {"months": list(months), "edition": edition, "reversed": first, **decided.facts}
    return journal.commit(
        con,
        book="emissions",
        kind="restatement",
        key=f"emissions.restatement:{number}",
        body_sha256=journal.body_digest(facts),
        person=person,
        reason=reason,
        month=months[0] if len(months) == 1 else "",
        facts=facts,
        tables=[*TABLES, *decided.tables],
        recorded_at=recorded_at,
    )
