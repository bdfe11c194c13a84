"""Running a month from the inbox to the reports (跑一个月).

What belongs here: the whole of a run under one lease, and what it tells. What does not: the single
functions (`pipelines.month`), closing a month (`pipelines.period`), and when runs happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from factors.quantities import half_up
from ledgers import journal
from ledgers.emissions.posting import Posted
from ledgers.emissions.sums import grouped, read_sums, total
from ledgers.emissions.unposted import fault_counts
from pipelines import dual_control
from pipelines import month as steps
from pipelines.intake.feeds import Feed
from pipelines.intake.typed import Typed
from pipelines.month import Step, no_step
from warehouse.connect import Connection, writer
from warehouse.heads import Head
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class MonthRun:
    """What one run of a month did. `received` are the files that it concerned, `returned` the
    workbooks of rejected rows, `reports` what people read, `tonnes` the month's tCO2e of each
    method edition as they stand now, to 3 decimals for display. `warnings`: rows that were posted
    with something to look at, by rule. `dual_control` None: this ledger has no budgets."""

    month: str
    received: tuple[Typed, ...]
    posted: Posted
    returned: tuple[Path, ...]
    reports: tuple[Path, ...]
    tonnes: dict[str, Decimal]
    warnings: dict[str, int]
    head: Head
    dual_control: dual_control.Assessed | None = None


def run_month(
    home: Home,
    month: str,
    *,
    person: str,
    inbox: Path | None = None,
    feed: Feed | None = None,
    lang: str = "zh",
    step: Step = no_step,
) -> MonthRun:
    """Files in, checked, posted, reported. A second run of the same inputs posts nothing.

    Raises UsageFault where there is no inbox, FeedFault, LeaseHeld, PolicyFault.
    """
    files = steps.inbox_files(inbox or home.inbox)
    received = steps.receive(home, files, feed, step)
    with writer(home, purpose=f"run {month}", person=person) as con:
        return _run(con, home, received, month, person, lang, step)


def run_all(
    home: Home,
    *,
    person: str,
    inbox: Path | None = None,
    feed: Feed | None = None,
    lang: str = "zh",
    step: Step = no_step,
) -> tuple[MonthRun, ...]:
    """`run_month` for each month that the files of the inbox hold, earliest first."""
    files = steps.inbox_files(inbox or home.inbox)
    received = steps.receive(home, files, feed, step)
    with writer(home, purpose="run --all", person=person) as con:
        return tuple(
            _run(con, home, received, month, person, lang, step)
            for month in steps.months_in(received)
        )


def post_files(
    home: Home,
    month: str,
    files: Sequence[Path],
    *,
    person: str,
    feed: Feed | None = None,
    add: str = "",
    lang: str = "zh",
    step: Step = no_step,
) -> MonthRun:
    """Post the rows of `month` in these files alone; with `add`, its reason, beside what other
    files say of the same streams instead of in their place."""
    received = steps.receive(home, files, feed, step)
    with writer(home, purpose=f"post {month}", person=person) as con:
        return _run(con, home, received, month, person, lang, step, add=add)


def _run(
    con: Connection,
    home: Home,
    received: Sequence[Typed],
    month: str,
    person: str,
    lang: str,
    step: Step,
    *,
    add: str = "",
) -> MonthRun:
    concerned = steps.files_of(con, received, month)
    step("post", 0, 0)
    with steps.rule_faults(con, concerned, month) as faults:
        posted = steps.post(con, concerned, month, faults, person=person, add=add)
        returned = steps.give_back(con, home, month, concerned, faults)
    step("report", 0, 0)
    reports = steps.report(con, home, month, lang=lang)
    assessed = dual_control.run_month(con, home, month, person=person, lang=lang)
    return MonthRun(
        month,
        concerned,
        posted,
        returned,
        reports,
        month_tonnes(con, month),
        month_warnings(con, month),
        journal.head(con),
        assessed,
    )


def month_tonnes(con: Connection, month: str) -> dict[str, Decimal]:
    """The month's tCO2e as it stands, by basis; two bases may describe the same activity."""
    counted = [
        item for item in read_sums(con, [month], journal.head(con).commit_no) if item.counted
    ]
    found = grouped((item for item in counted if item.is_emission), lambda i: " · ".join(i.basis))
    return {
        basis: half_up(total(sums, sums[0].gwp_edition).co2e, 3) for basis, sums in found.items()
    }


def month_warnings(con: Connection, month: str) -> dict[str, int]:
    """How many rows of the month stand with a warning, by rule."""
    found = Counter[str]()
    for row in fault_counts(con, [month], journal.head(con).commit_no):
        if row["severity"] == "W":
            found[row["rule"]] += row["fault_rows"]
    return dict(sorted(found.items()))
