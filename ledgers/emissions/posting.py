"""Posting a month (入账): from typed rows to entries, in one transaction.

What belongs here: the order of the work, batches of files, the account that is given of every
row. What does not: each step itself, which has a module of its own.

Files are posted in the order of arrival. A batch is the files between which no enterprise is
shared, for a later file may replace what an earlier one says of a stream; nearly always there is
one batch. Each batch is a commit, and rows that correct others are one more. All commits of a
call are one transaction: after a kill nothing or everything stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledgers import journal
from ledgers.emissions import batch as step
from ledgers.emissions import preparation, refusal
from ledgers.emissions.batch import Again, Request, Run, SourceFile
from ledgers.emissions.profiles import read_reference
from ledgers.emissions.refusal import Refusals, RunSource
from ledgers.emissions.workspace import filled, row, rows, run, set_variable
from ledgers.reference.policy import policy
from warehouse.connect import Connection

__all__ = ["FileAccount", "Posted", "SourceFile", "post_month", "post_waiting"]


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of the rows of one file in one commit; the numbers sum to `read`."""

    commit_no: int
    sha256: str
    name: str
    state: str
    read: int
    posted: int
    rejected: int
    waiting: int
    unchanged: int
    held: int


@dataclass(frozen=True, slots=True)
class Posted:
    """The commits of a call (none when there was nothing new) and the account of each file."""

    month: str
    commits: tuple[journal.Commit, ...] = ()
    files: tuple[FileAccount, ...] = ()
    activities: int = 0
    entries: int = 0
    reversals: int = 0

    @property
    def nothing_new(self) -> bool:
        """The same inputs were posted before."""
        return not self.commits


def post_month(
    con: Connection,
    month: str,
    typed: Sequence[Path],
    faults: Sequence[Path] = (),
    *,
    person: str,
    files: Mapping[str, SourceFile] | None = None,
    add: str = "",
    key: str = "",
    recorded_at: datetime | None = None,
    reason: str = "",
) -> Posted:
    """Post the rows of typed Parquet files whose period ends in `month`, earliest file first.

    `faults` are the fault files of reading and rules; their rows with severity E are kept out.
    `files` says how files (by sha256) are called. `add` is the reason to book streams beside
    what other files say of them instead of in their place. `key` holds a submission to one
    effect; without it, files that the month took before have no second effect, except that
    their rejected rows are tried again. `reason` is kept with the commits.

    Raises MonthFault, `journal.KeyReused`, and OurFault if a row were lost on the way.
    """
    paths = tuple(Path(path) for path in typed), tuple(Path(path) for path in faults)
    request = Request(month, person, *paths, files or {}, add, key, recorded_at, reason)
    preparation.month_days(month)
    if not request.typed:
        return Posted(month)
    refusals = Refusals()
    while True:
        try:
            with journal.transaction(con):
                return _post(con, request, refusals)
        except Again:
            continue


def post_waiting(
    con: Connection, month: str, *, person: str, recorded_at: datetime | None = None
) -> Posted:
    """Post what waited for `month` to be reopened, in the order in which it came.

    Raises `journal.PeriodClosed` while the month is closed.
    """
    request = Request(month, person, recorded_at=recorded_at)
    refusals = Refusals()
    while True:
        try:
            with journal.transaction(con):
                journal.require_open(con, [month])
                return _post_waiting(con, request, refusals)
        except Again:
            continue


def _post(con: Connection, request: Request, refusals: Refusals) -> Posted:
    preparation.open_run(con, request.month, request.typed)
    refusal.open_faults(con, request.faults)
    sources = refusal.run_sources(con, request.typed)
    if request.key and _committed(con, request, sources):
        return Posted(request.month)
    if all(item.settled for item in sources):
        return Posted(request.month)
    job = _start(con, request, sources, refusals)
    for batch in _batches(con, job):
        _post_batch(con, job, batch)
    return _posted(con, job)


def _committed(con: Connection, request: Request, sources: Sequence[RunSource]) -> bool:
    """Whether the submission with this key was posted. Raises KeyReused for another body."""
    earlier = journal.find_commit(con, request.key)
    if earlier is None:
        return False
    body = request.body(sources)
    if earlier.body_sha256 == body:
        return True
    facts = {"key": request.key, "commit_no": earlier.commit_no}
    facts |= {"earlier": earlier.body_sha256, "seen": body}
    raise journal.KeyReused("journal.key_reused", **facts)


def _start(
    con: Connection, request: Request, sources: tuple[RunSource, ...], refusals: Refusals
) -> Run:
    reference = read_reference(con, request.recorded_at)
    return Run(request, sources, reference, refusals, policy(con).partial_posting)


def _batches(con: Connection, job: Run) -> list[set[str]]:
    """Files in the order of arrival, in batches that share no enterprise among their files."""
    fresh = [item.sha256 for item in job.sources if not item.settled]
    if len(fresh) == 1:
        return [set(fresh)]
    refusal.refuse(con, job.sources, set(fresh), frozenset())
    shared: dict[str, set[str]] = {}
    for sha256, enterprise in rows(con, "source_enterprises"):
        shared.setdefault(sha256, set()).add(enterprise)
    batches: list[set[str]] = [set()]
    last: dict[str, int] = {}
    for sha256 in fresh:
        mine = shared.get(sha256, set())
        place = max((last[name] + 1 for name in mine if name in last), default=0)
        if place == len(batches):
            batches.append(set())
        batches[place].add(sha256)
        last.update(dict.fromkeys(mine, place))
    return batches


def _post_batch(con: Connection, job: Run, batch: set[str]) -> None:
    """Post the files of a batch: ordinary rows, then rows that correct others."""
    held: frozenset[str] = frozenset()
    for corrections in (False, True):
        set_variable(con, "corrections", corrections)
        refusal.refuse(con, job.sources, batch, held)
        if corrections and not filled(con, "kept"):
            return
        number = step.open_commit(con)
        if corrections:
            refusal.list_late(con, batch, job.refusals)
        else:
            refusal.list_faults(con, batch, job.refusals)
        survey = preparation.prepare(con)
        outcome = step.refuse_unresolved(con, job)
        found, late = _hold(con, job, corrections)
        held |= found
        step.compare(con, job, batch, corrections)
        step.write_rows(con, number, dense=survey.dense and len(job.request.typed) == 1)
        step.write_entries(con, job, number, outcome)
        mode = "add" if job.request.add else ""
        step.seal(con, job, number, _in_order(job, batch), mode, survey.rows - late)


def _hold(con: Connection, job: Run, corrections: bool) -> tuple[frozenset[str], int]:
    """Hold files with faulty rows where the policy posts no part of them; their correcting rows
    are found last, and then posting begins again without the file."""
    if job.partial:
        return frozenset(), 0
    held, late = refusal.hold_sources(con, set() if corrections else job.refusals.held)
    if corrections and held:
        job.refusals.held |= held
        raise Again
    return held, late


def _post_waiting(con: Connection, request: Request, refusals: Refusals) -> Posted:
    job = _start(con, request, (), refusals)
    set_variable(con, "month", request.month)
    waiting = con.execute(
        "SELECT commit_no, bool_or(correction_of <> '') FROM emissions.still_waiting "
        "WHERE month = ? GROUP BY commit_no ORDER BY commit_no",
        [request.month],
    ).fetchall()
    for commit_no, corrections in waiting:
        _post_waited(con, job, commit_no, corrections)
    return _posted(con, job)


def _post_waited(con: Connection, job: Run, commit_no: int, corrections: bool) -> None:
    """Post what one earlier commit kept waiting; its rows are one batch again."""
    preparation.refuse_none(con)
    set_variable(con, "waiting_commit", commit_no)
    number = step.open_commit(con)
    preparation.prepare_waiting(con)
    found = con.execute("SELECT DISTINCT source FROM prepared ORDER BY 1").fetchall()
    batch = [sha256 for (sha256,) in found]
    refusal.list_late(con, set(batch), job.refusals)
    outcome = step.refuse_unresolved(con, job)
    step.compare(con, job, set(batch), corrections)
    step.write_rows(con, number, dense=False)
    if filled(con, "left_out WHERE why = 'unchanged'"):
        run(con, "insert_waiting_ends", commit_no=number)
    step.write_entries(con, job, number, outcome)
    step.seal(con, job, number, batch, "waiting", None)


def _in_order(job: Run, batch: set[str]) -> list[str]:
    return [item.sha256 for item in job.sources if item.sha256 in batch]


def _posted(con: Connection, job: Run) -> Posted:
    numbers = [made.commit_no for made in job.made]
    found = con.execute(
        "SELECT commit_no, source, name, state, rows_read, rows_posted, rows_rejected, "
        "rows_waiting, rows_unchanged, rows_held FROM emissions.source "
        "WHERE list_contains(?::BIGINT[], commit_no) ORDER BY commit_no, ordinal",
        [numbers],
    ).fetchall()
    totals = row(con, "run_totals", commits=numbers)
    files = tuple(FileAccount(*item) for item in found)
    return Posted(job.request.month, tuple(job.made), files, *totals)
