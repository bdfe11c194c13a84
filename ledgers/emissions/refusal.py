"""Which rows a run leaves out, and the faults that it records (拒收).

What belongs here: files and rows taken before, faults found while reading and by the declared
rules, rows whose case has no factor or proof, files held by the policy. What does not: finding
the faults of reading and rules (`pipelines.intake`, `rules`), resolving cases (`cases`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledgers.emissions.calculation import TooLarge
from ledgers.emissions.cases import CaseFault
from ledgers.emissions.preparation import month_days, refuse_none
from ledgers.emissions.workspace import count, fill, insert, rows, run, set_variable
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class RunSource:
    """A file of a run: taken by this month before, with rows that were rejected then."""

    sha256: str
    known: bool
    rejected_before: bool

    @property
    def settled(self) -> bool:
        """Nothing of this file is left to do."""
        return self.known and not self.rejected_before


@dataclass(slots=True)
class Refusals:
    """What a run leaves out from the start, over all of its batches; what only posting finds
    (results too large, files that the policy holds) is added and the run begins again."""

    faults: list[tuple[Any, ...]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)


def open_faults(con: Connection, faults: Sequence[Path]) -> None:
    """The view `fault` over the fault files of a run; empty where there are none."""
    if faults:
        set_variable(con, "fault_paths", [str(path) for path in faults])
        run(con, "view_faults")
    else:
        con.execute("CREATE OR REPLACE TEMP VIEW fault AS FROM emissions.rejection LIMIT 0")


def run_sources(con: Connection, typed: Sequence[Path]) -> tuple[RunSource, ...]:
    """The files of a run in the order of arrival, which is that of `typed`."""
    found = rows(con, "run_sources", order=[str(path) for path in typed])
    return tuple(RunSource(*item) for item in found)


def refuse(
    con: Connection, sources: Sequence[RunSource], batch: set[str], held: frozenset[str]
) -> None:
    """Leave out all files but those of the batch, what was taken before, and faulty rows."""
    refuse_none(con)
    outside = [item.sha256 for item in sources if item.sha256 not in batch or item.settled]
    fill(con, "refused_source", [sorted({*outside, *held})])
    again = [item.sha256 for item in sources if item.known and item.sha256 in batch]
    if again:
        insert(con, "refused_row", "refuse_settled", sources=again)
    insert(con, "refused_row", "refuse_faulty")
    insert(con, "refused_source", "refuse_faulty_sources")


def list_faults(con: Connection, batch: set[str], refusals: Refusals) -> None:
    """Fill `new_fault` with the faults found before posting in the files of the batch."""
    insert(con, "new_fault", "new_faults", sources=sorted(batch))
    list_late(con, batch, refusals)


def list_late(con: Connection, batch: set[str], refusals: Refusals) -> None:
    """Add and leave out what an earlier attempt of this run found."""
    late = [fault for fault in refusals.faults if fault[0] in batch]
    if late:
        columns = list(zip(*late, strict=True))
        fill(con, "new_fault", columns)
        fill(con, "refused_row", columns[:3])


def late_faults(
    con: Connection, beyond: Sequence[TooLarge], faults: Sequence[CaseFault]
) -> list[tuple[Any, ...]]:
    """Faults that only the calculation finds, as rows of `new_fault`."""
    refused = [fault for fault in faults if fault.rule != "FA-04"]
    found = rows(con, "late_faults", **_lists(refused, rules=True))
    ordinals = [item.activity_ordinal for item in beyond]
    quanta = [str(item.quanta) for item in beyond]
    return found + rows(con, "too_large", ordinals=ordinals, quanta=quanta)


def refuse_cases(con: Connection, faults: Sequence[CaseFault]) -> bool:
    """Turn refused cases into faults of their rows; True when there were any."""
    refused = [fault for fault in faults if fault.rule != "FA-04"]
    if refused:
        insert(con, "case_fault", "refuse_cases", **_lists(refused, rules=True))
        insert(con, "new_fault", "list_case_faults")
        insert(con, "left_out", "leave_out_faulty")
    warned = [fault for fault in faults if fault.rule == "FA-04"]
    if warned:
        insert(con, "new_fault", "warn_cases", **_lists(warned, rules=False))
    return bool(refused)


def hold_sources(con: Connection, held: set[str]) -> tuple[frozenset[str], int]:
    """Hold every file with a fault that rejects, and `held`: the policy posts no part of them.

    Answers which files are held and how many of their rows the present pass would have posted.
    """
    insert(con, "held_source", "hold_sources", held=sorted(held))
    late = count(
        con,
        "kept SEMI JOIN held_source USING (source) "
        "ANTI JOIN left_out USING (source, sheet, row_no)",
    )
    names = [name for (name,) in con.execute("SELECT source FROM held_source").fetchall()]
    fill(con, "refused_source", [names])
    return frozenset(names), late


def write_returned(
    con: Connection,
    month: str,
    typed: Mapping[str, Path],
    faults: Sequence[Path],
    target: Path,
) -> None:
    """Write what goes back to the senders of the files `typed` (sha256 → typed rows) after a run
    of `month` to `target`, a Parquet file of FAULT_COLUMNS: `faults`, the fault files of reading
    and rules, as far as they keep a row out now, and what posting alone refused."""
    first, last = month_days(month)
    given = {"first_day": first, "last_day": last, "target": str(target)}
    given |= {"faults": [str(path) for path in faults], "sources": list(typed)}
    run(con, "returned_faults", typed=[str(path) for path in typed.values()], **given)


def leave_out(con: Connection) -> None:
    """Take what was left out from what is prepared."""
    insert(con, "refused_row", "refuse_left_out")


def _lists(faults: Sequence[CaseFault], *, rules: bool) -> dict[str, list[object]]:
    lists: dict[str, list[object]] = {
        "cases": [fault.case_id for fault in faults],
        "columns": [fault.column for fault in faults],
        "seen": [fault.seen for fault in faults],
        "facts": [fault.facts for fault in faults],
    }
    return lists | ({"rules": [fault.rule for fault in faults]} if rules else {})
