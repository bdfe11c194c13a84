"""Calculating again what stands already (重新计算).

What belongs here: the difference between what activities come to now and the entries that they
have, as reversals and new entries. What does not: why it is done: a restatement on a person's
word (`restatement`), or a posting that brought a flow beside others (`batch`).
"""

from __future__ import annotations

from ledgers.emissions import calculation, cases, provenance
from ledgers.emissions.profiles import Reference
from ledgers.emissions.workspace import fill, filled, insert, make, run
from warehouse.connect import Connection


def recalculate(
    con: Connection, reference: Reference, cause: str
) -> tuple[cases.Outcome, tuple[calculation.TooLarge, ...]]:
    """Calculate the activities listed in `touched` again and compare.

    Entries that no longer come out the same are added to `to_reverse`; what is to be posted
    instead stands in `recalculated`. Rows whose case has a fault now are left as they stand.
    """
    run(con, "subject_touched")
    outcome = cases.resolve(con, reference)
    beyond = calculation.calculate(con, outcome.kernels)
    load_made(con, outcome)
    faulty = [fault.case_id for fault in outcome.faults if fault.rule != "FA-04"]
    run(con, "standing", faulty=faulty)
    run(con, "fresh")
    insert(con, "to_reverse", "reverse_changed", cause=cause)
    run(con, "keep_changed")
    return outcome, beyond


def load_made(con: Connection, outcome: cases.Outcome) -> None:
    """The temp table `made_resolution`: what the numbers of an outcome stand for."""
    make(con, "made_resolution")
    rows: dict[int, tuple[object, ...]] = {}
    for kernel, item in zip(outcome.kernels, outcome.proved, strict=True):
        if kernel.resolution_id in rows:
            continue
        method = item.resolved.method
        output = method.output
        rows[kernel.resolution_id] = (
            *(kernel.resolution_id, method.edition, method.method_id, output.measure),
            *(output.scope, output.category, provenance.parameters_text(item)),
            *(item.boundary, item.gwp_edition, output.counted),
        )
    fill(con, "made_resolution", list(zip(*rows.values(), strict=True)))


def proofs_in(con: Connection, table: str) -> frozenset[int]:
    """The proofs that the values in a temporary table rest on."""
    found = con.execute(f"SELECT DISTINCT proof_id FROM {table}").fetchall()
    return frozenset(number for (number,) in found)


def write(con: Connection, commit_no: int, first: int, cause: str) -> None:
    """Post what stands in `recalculated` as the entries from ordinal `first` of a commit."""
    if filled(con, "recalculated"):
        run(con, "insert_recalculated", commit_no=commit_no, first=first, cause=cause)
