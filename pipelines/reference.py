"""Reference files into the book of reference (名录与因子导入).

What belongs here: reading a register or factor file and handing its rows to the book. What does
not: reading itself (`pipelines.intake`) and what an import changes (`ledgers.reference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ledgers.reference import Answer, import_edition, import_register
from pipelines.intake.references import read_reference
from warehouse import sources
from warehouse.connect import writer
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import answered, and the rows of the file that are not data: (sheet, row, reason)."""

    answer: Answer
    skipped: tuple[tuple[str, int, str], ...]


def import_register_file(
    home: Home, path: Path, kind: str, *, person: str, reason: str = ""
) -> Imported:
    """Import enterprises, facilities or persons; the file is kept by its hash.

    Raises ReferenceFault where the file cannot be read.
    """
    read = read_reference(path, kind)
    sources.keep(home, path)
    with writer(home, purpose="register import", person=person) as con:
        rows = (row.mapping() for row in read.rows)
        answer = import_register(
            con, kind, rows, person=person, source_sha=read.sha256, reason=reason
        )
    return Imported(answer, read.skipped)


def import_factor_file(
    home: Home, path: Path, *, person: str, evidence: str, new_version: str = ""
) -> Imported:
    """Import an edition of factors; `new_version` is the reason to replace one of that name.

    Raises ReferenceFault where the file cannot be read.
    """
    read = read_reference(path, "factor")
    sources.keep(home, path)
    with writer(home, purpose="factors import", person=person) as con:
        answer = import_edition(
            con,
            (row.mapping() for row in read.rows),
            person=person,
            source_sha=read.sha256,
            file_name=read.name,
            evidence=evidence,
            new_version=new_version,
        )
    return Imported(answer, read.skipped)
