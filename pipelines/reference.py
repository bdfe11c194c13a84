"""Reference files into the book of reference (名录与因子导入).

What belongs here: reading a register or factor file and handing its rows to the book. What does
not: reading itself (`pipelines.intake`) and what an import changes (`ledgers.reference`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from factors.errors import DataFault
from ledgers.reference import Answer, import_edition, import_register, import_rule_set
from ledgers.reference.method_import import import_method_edition
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


def import_method_file(home: Home, path: Path, *, person: str, new_version: str = "") -> Imported:
    """Import a method edition (TOML); `new_version` is the reason to replace one of that name.

    Raises MethodError with everything that is wrong with it, DataFault, NotAFile.
    """
    kept = sources.keep(home, path)
    try:
        text = kept.path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataFault("method.not_utf8", file=sources.readable(path.name)) from error
    with writer(home, purpose="factors import", person=person) as con:
        answer = import_method_edition(
            con,
            text,
            person=person,
            file_name=sources.readable(path.name),
            new_version=new_version,
        )
    return Imported(answer, ())


def import_rule_file(home: Home, path: Path, *, person: str) -> Imported:
    """Import one version of a rule set. Raises ReferenceFault where the file cannot be read."""
    read = read_reference(path, "rule")
    sources.keep(home, path)
    with writer(home, purpose="rules import", person=person) as con:
        rows = (row.mapping() for row in read.rows)
        answer = import_rule_set(
            con, rows, person=person, source_sha=read.sha256, file_name=read.name
        )
    return Imported(answer, read.skipped)
