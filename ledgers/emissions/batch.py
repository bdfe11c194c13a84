"""One commit in the making (入账批次): the steps from prepared rows to a sealed commit.

What belongs here: the temporary tables of a batch, the order of its steps, the account of its
files. What does not: which files make a batch and when posting begins again (`posting`), and the
steps themselves, each of which has a module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from factors.errors import OurFault
from ledgers import journal
from ledgers.emissions import (
    calculation,
    cases,
    provenance,
    recalculation,
    refusal,
    resubmission,
    reversal,
)
from ledgers.emissions.profiles import Reference, sensitive_carriers
from ledgers.emissions.refusal import Refusals, RunSource
from ledgers.emissions.workspace import (
    PER_COMMIT,
    count,
    filled,
    insert,
    make,
    row,
    rows,
    run,
    set_variable,
)
from warehouse.connect import Connection

TABLES = (
    "emissions.source",
    "emissions.activity",
    "emissions.waiting",
    "emissions.waiting_end",
    "emissions.resolution",
    "emissions.proof",
    "emissions.entry",
    "emissions.withdrawal",
    "emissions.rejection",
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """How a file is called for people, and the feed that it was read with ('' = none)."""

    name: str = ""
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of `posting.post_month` or `posting.post_waiting`."""

    month: str
    person: str
    typed: tuple[Path, ...] = ()
    faults: tuple[Path, ...] = ()
    files: Mapping[str, SourceFile] = field(default_factory=dict)
    add: str = ""
    key: str = ""
    recorded_at: datetime | None = None
    reason: str = ""

    def body(self, sources: Sequence[RunSource]) -> str:
        """The digest of what is asked for, by which a key is held to one submission."""
        files = sorted(item.sha256 for item in sources)
        return journal.body_digest({"month": self.month, "files": files, "add": self.add})


@dataclass(slots=True)
class Run:
    """What the batches of a request share, and what they have done so far."""

    request: Request
    sources: tuple[RunSource, ...]
    reference: Reference
    refusals: Refusals
    partial: bool
    made: list[journal.Commit] = field(default_factory=list)


class Again(Exception):
    """Posting found rows that must be left out from the start: begin again without them."""


def open_commit(con: Connection) -> int:
    """The number of the commit in the making, and its empty temporary tables."""
    make(con, *PER_COMMIT)
    number = journal.next_commit_no(con)
    set_variable(con, "commit_no", number)
    return number


def refuse_unresolved(con: Connection, job: Run) -> cases.Outcome:
    """Turn prepared rows whose case has no factor or proof into faults."""
    run(con, "subject_prepared")
    outcome = cases.resolve(con, job.reference)
    refusal.refuse_cases(con, outcome.faults)
    return outcome


def compare(con: Connection, job: Run, batch: set[str], corrections: bool) -> None:
    """What the rows replace, once those without factor or proof are out of the way."""
    refusal.leave_out(con)
    if corrections:
        resubmission.follow_corrections(con)
    else:
        resubmission.compare_streams(con, sorted(batch), beside=bool(job.request.add))
        refusal.leave_out(con)


def write_rows(con: Connection, number: int, *, dense: bool) -> None:
    """Activities of open months, rows that wait, and what no longer stands.

    `dense`: every row of the one file is posted as it came, unless something was left out.
    """
    hindering = ("left_out", "held_source", "closed_month", "refused_row", "refused_source")
    dense = dense and not any(filled(con, table) for table in hindering)
    if filled(con, "prepared_open"):
        run(con, f"insert_activities{'_dense' if dense else ''}", commit_no=number)
    if filled(con, "prepared_waiting"):
        run(con, "insert_waiting", commit_no=number)
    if filled(con, "withdrawn"):
        run(con, "insert_withdrawals", commit_no=number)
        insert(con, "to_reverse", "reverse_withdrawn")


def write_entries(con: Connection, job: Run, number: int, outcome: cases.Outcome) -> None:
    """Reversals, the entries of the new activities, and of older ones that these change.

    `outcome` is that of the prepared rows. It still holds when all of them were posted and nothing
    beside them moved; otherwise the cases are found again.
    """
    moved = any(filled(con, table) for table in ("left_out", "held_source", "withdrawn"))
    moved = _recalculate_beside(con, job, number) or moved
    first = reversal.write_reversals(con, number)
    run(con, "subject_posted")
    if moved:
        outcome = cases.resolve(con, job.reference)
    else:
        run(con, "view_keyed")
    beyond = calculation.calculate(con, outcome.kernels)
    if beyond or any(fault.rule != "FA-04" for fault in outcome.faults):
        job.refusals.faults.extend(refusal.late_faults(con, beyond, outcome.faults))
        raise Again
    run(con, "caused_activities")
    posts = count(con, "calculated")
    if posts:
        ((lowest,),) = con.execute("SELECT min(rowid) FROM calculated").fetchall()
        run(con, "insert_posts", commit_no=number, first=first, lowest=lowest)
    provenance.write(con, number, outcome, recalculation.proofs_in(con, "calculated"))
    recalculation.write(con, number, first + posts, "flows_beside")


def seal(
    con: Connection, job: Run, number: int, batch: Sequence[str], mode: str, expected: int | None
) -> None:
    """The accounts of the files and the commit, if there is anything to commit.

    `expected`: how many rows were taken from the files. Raises OurFault when the account does not
    come to that number: a row would have been lost, or counted twice.
    """
    run(con, "drop_recorded")
    if filled(con, "new_fault"):
        run(con, "insert_rejections", commit_no=number)
    if not any(row(con, "count_commit", commit_no=number)) and all(
        _seen(con, job.request.month, sha256) for sha256 in batch
    ):
        return
    files = [job.request.files.get(sha256, SourceFile()) for sha256 in batch]
    given = {"names": [item.name for item in files], "feeds": [item.feed for item in files]}
    given |= {"sources": list(batch)}
    run(con, "insert_sources", commit_no=number, month=job.request.month, mode=mode, **given)
    if expected is not None:
        _check_account(con, number, expected)
    job.made.append(_commit(con, job, number, mode))


def _recalculate_beside(con: Connection, job: Run, number: int) -> bool:
    """Older activities that count, or no longer count, beside what this commit brings; False
    when there are none."""
    carriers = sensitive_carriers(job.reference)
    run(con, "touched", carriers=list(carriers))
    if not filled(con, "touched"):
        return False
    outcome, beyond = recalculation.recalculate(con, job.reference, "flows_beside")
    if beyond:
        raise OurFault("emissions.recalculated_too_large", entries=len(beyond))
    provenance.write(con, number, outcome, recalculation.proofs_in(con, "recalculated"))
    return True


def _check_account(con: Connection, number: int, expected: int) -> None:
    found = con.execute(
        "SELECT coalesce(sum(rows_posted + rows_waiting), 0)::BIGINT, "
        "(SELECT coalesce(sum(rows), 0)::BIGINT FROM left_out) "
        "FROM emissions.source WHERE commit_no = ?",
        [number],
    ).fetchone()
    assert found is not None
    if sum(found) != expected:
        raise OurFault("emissions.rows_lost", expected=expected, found=sum(found))


def _commit(con: Connection, job: Run, number: int, mode: str) -> journal.Commit:
    request = job.request
    facts = dict(rows(con, "commit_facts", commit_no=number))
    keyed = bool(request.key) and not job.made
    closed = journal.period_state(con, request.month) == "closed"
    return journal.commit(
        con,
        book="emissions",
        kind="waiting" if mode == "waiting" else "post",
        key=request.key if keyed else f"emissions.post:{request.month}:{number}",
        body_sha256=request.body(job.sources) if keyed else journal.body_digest(facts),
        person=request.person,
        reason=request.add or request.reason,
        month="" if closed else request.month,
        facts=facts,
        tables=TABLES,
        recorded_at=request.recorded_at,
    )


def _seen(con: Connection, month: str, sha256: str) -> bool:
    found = con.execute(
        "SELECT 1 FROM emissions.source WHERE source = ? AND month = ? LIMIT 1", [sha256, month]
    ).fetchone()
    return found is not None
