"""Dual control through the month (双控流程): files in, warnings out, the board written.

What belongs here: reading files for the dual-control book, and what is done together when a month
is assessed. What does not: the book (`ledgers.dual_control`) and layout (`reports.dual_control`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledgers import dual_control as book
from ledgers.dual_control.imports import versions
from pipelines.intake.references import read_reference
from pipelines.month import Step, no_step
from pipelines.reference import Imported
from warehouse import sources
from warehouse.connect import Connection, writer
from warehouse.home import Home

FORMATS = ("html", "pdf", "xlsx", "json")


@dataclass(frozen=True, slots=True)
class Assessed:
    """A month's dual control: the warnings that were posted, the board's headline figures as
    (name, value) in text, and the files of the board."""

    month: str
    issued: book.Issued
    figures: tuple[tuple[str, str], ...]
    reports: tuple[Path, ...]


def import_file(home: Home, path: Path, kind: str, *, person: str, reason: str = "") -> Imported:
    """Import a file of one of the book's kinds; it is kept by its hash.

    Raises UnknownKind, ReferenceFault where the file cannot be read, and UsageFault where rows that
    stand would change without a reason.
    """
    read = read_reference(path, kind)
    sources.keep(home, path)
    with writer(home, purpose="dual-control import", person=person) as con:
        book.load_shipped(con, person)
        answer = book.import_rows(
            con,
            kind,
            (row.mapping() for row in read.rows),
            person=person,
            source_sha=read.sha256,
            reason=reason,
        )
    return Imported(answer, read.skipped)


def in_use(con: Connection) -> bool:
    """Whether this ledger was given a budget or a project: without any there is nothing to hold a
    month against, and a month goes on without dual control."""
    return any(versions(con, kind) for kind in ("budget", "two_high_project"))


def assess(con: Connection, month: str, *, person: str, preset: str = "") -> book.Issued:
    """Post the warnings of a month from the ledger as it stands; safe to repeat."""
    book.load_shipped(con, person)
    ground = book.read_book(con, month)
    found = book.readings(ground, month, preset=preset)
    return book.issue(con, month, found, person=person)


def board_files(
    con: Connection,
    month: str,
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
    preset: str = "",
) -> tuple[Path, ...]:
    """Write the board of a month."""
    from reports.dual_control import write_board

    return write_board(book.board(con, month, preset=preset), folder, formats=formats, lang=lang)


def run_month(
    con: Connection, home: Home, month: str, *, person: str, lang: str = "zh"
) -> Assessed | None:
    """Warnings and board of a month inside an open ledger; None where the ledger has neither
    budgets nor projects."""
    from reports.dual_control import headline, write_board

    if not in_use(con):
        return None
    issued = assess(con, month, person=person)
    made = book.board(con, month)
    written = write_board(made, home.reports / month, formats=FORMATS, lang=lang)
    return Assessed(month, issued, headline(made, lang), written)


def backfill(
    home: Home, months: Sequence[str], *, person: str, step: Step = no_step
) -> tuple[book.Issued, ...]:
    """Post the warnings of many months, earliest first, under one lease."""
    found = []
    with writer(home, purpose="dual-control warn", person=person) as con:
        book.load_shipped(con, person)
        ground = book.read_book(con, max(months), first_year=int(min(months)[:4]))
        for number, month in enumerate(sorted(months)):
            step("warn", number, len(months))
            readings = book.readings(ground, month)
            found.append(book.issue(con, month, readings, person=person))
        step("warn", len(months), len(months))
    return tuple(found)
