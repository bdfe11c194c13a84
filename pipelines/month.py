"""The month (月度流程): what is done with a month's files, in order, as plain functions.

What belongs here: the order of the work from the inbox to the ledger and the reports. What does
not: each step itself (intake, the books, reports), and when it happens (Dagster's definitions and
the command line both call these functions).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions import posting, rules
from ledgers.emissions.refusal import write_returned
from ledgers.emissions.rules.files import write_faults
from ledgers.reference import load_shipped
from pipelines.instance import write_instance
from pipelines.intake.feeds import Feed, feeds_in
from pipelines.intake.rejected import rejected_path, rejections, write_rejected
from pipelines.intake.staging import stage
from pipelines.intake.typed import Typed, type_rows
from warehouse.connect import Connection, writer
from warehouse.heads import Head
from warehouse.home import Home
from warehouse.sources import readable

Step = Callable[[str, int, int], None]
"""Told of progress: what is being done, how far, of how many."""

IGNORED = (".", "~$")
"""Beginnings of names that are no files of a sender: hidden files, Excel's lock files."""


def no_step(_what: str, _done: int, _total: int) -> None:
    """For callers that show no progress."""


def initialise(home: Home, *, person: str) -> Head:
    """Make the home folder and load what comes with the software; safe to repeat."""
    with writer(home, purpose="init", person=person) as con:
        loaded = load_shipped(con, person)
        if loaded.fault is not None:
            raise loaded.fault
        write_instance(home)
        return journal.head(con)


def inbox_files(inbox: Path) -> tuple[Path, ...]:
    """The files of an inbox and its folders in order of arrival: by time, then by name.

    Raises UsageFault where there is no such folder.
    """
    if not inbox.is_dir():
        raise UsageFault("month.no_inbox", path=str(inbox))
    found = (path for path in inbox.rglob("*") if path.is_file())
    sent = [path for path in found if not path.name.startswith(IGNORED)]
    return tuple(sorted(sent, key=lambda path: (path.stat().st_mtime_ns, str(path))))


def receive(
    home: Home, files: Sequence[Path], feed: Feed | None = None, step: Step = no_step
) -> tuple[Typed, ...]:
    """Keep, stage and type files; what an earlier run did is used again.

    A file is read with `feed` if one is given, else with the feed of the home that claims its
    name, else by its own header. Nothing is written to the ledger.
    """
    known = feeds_in(home.feeds)
    received = []
    for number, path in enumerate(files):
        step("receive", number, len(files))
        chosen = feed or next((item for item in known if item.claims(readable(path.name))), None)
        received.append(type_rows(stage(home, path, chosen), chosen))
    step("receive", len(files), len(files))
    return tuple(received)


def months_in(received: Sequence[Typed]) -> tuple[str, ...]:
    """The months that the files hold, in order."""
    return tuple(sorted({month for typed in received for month in typed.months}))


def files_of(con: Connection, received: Sequence[Typed], month: str) -> tuple[Typed, ...]:
    """The files that a run of `month` concerns, each once however often and under whatever names
    it was sent: those with rows of the month, and those without a readable month that no run has
    accounted for yet. Files without a usable row are one only under one name: two senders may
    send the same nothing."""
    found = con.execute("SELECT DISTINCT source, name, month FROM emissions.source").fetchall()
    elsewhere = {(sha256, name) for sha256, name, posted_in in found if posted_in != month}
    first: dict[tuple[str, str], Typed] = {}
    for typed in received:
        key = (typed.staged.sha256, "" if typed.months else typed.staged.name)
        first.setdefault(key, typed)
    return tuple(
        typed
        for key, typed in first.items()
        if month in typed.months or not (typed.months or key in elsewhere)
    )


@contextmanager
def rule_faults(
    con: Connection, received: Sequence[Typed], month: str, *, today: date | None = None
) -> Iterator[tuple[Path, ...]]:
    """The fault files of a month's rows: those of reading and, for the length of the block, one
    of the declared rules."""
    ground = rules.ground_of(con)
    window = rules.window_of(ground.policy, month, today or date.today())
    with tempfile.TemporaryDirectory(prefix="tanzhang-rules-") as folder:
        target = Path(folder) / "faults.parquet"
        typed_paths = [typed.typed_path for typed in received]
        declared = [typed.staged.sha256 for typed in received if typed.stamps_declared]
        write_faults(con, typed_paths, ground, window, target, midnight_declared=declared)
        yield (*(typed.faults_path for typed in received), target)


def post(
    con: Connection,
    received: Sequence[Typed],
    month: str,
    faults: Sequence[Path],
    *,
    person: str,
    add: str = "",
    key: str = "",
    reason: str = "",
) -> posting.Posted:
    """Post a month's rows; files that were posted before have no second effect."""
    return posting.post_month(
        con,
        month,
        [typed.typed_path for typed in received],
        faults,
        person=person,
        files={
            typed.staged.sha256: posting.SourceFile(typed.staged.name, typed.feed_sha256)
            for typed in received
        },
        add=add,
        key=key,
        reason=reason,
    )


def give_back(
    con: Connection, home: Home, month: str, received: Sequence[Typed], faults: Sequence[Path]
) -> tuple[Path, ...]:
    """Write a workbook of rejected rows for each file that has any, to be mailed back; after
    posting, which refuses rows too. A workbook of rows that were posted since is taken away."""
    rows = {typed.staged.sha256: typed.typed_path for typed in received}
    with tempfile.TemporaryDirectory(prefix="tanzhang-returned-") as folder:
        found = Path(folder) / "faults.parquet"
        if rows:
            write_returned(con, month, rows, faults, found)
        rejected = rejections([found] if rows else [])
    targets = {rejected_path(home, month, typed.staged): typed for typed in received}
    written = [write_rejected(typed, rejected, path) for path, typed in targets.items()]
    for path in targets.keys() - set(written):
        path.unlink(missing_ok=True)
    return tuple(path for path in written if path is not None)


def report(con: Connection, home: Home, month: str, *, lang: str = "zh") -> tuple[Path, ...]:
    """Write the month's bulletin and statements under the home's reports."""
    from reports.month import month_reports

    return month_reports(con, month, home.reports / month, lang=lang)
