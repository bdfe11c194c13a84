"""Importing a method edition that an operator has the text of (导入方法版本).

What belongs here: adding a declaration as a version, with an answer that says how to undo it.
What does not: reading and proving the declaration (`factors.method_files`), reading editions back
(`editions`), confirming them (`confirmations`).

A declaration is taken whole or not at all; one whose formulas do not prove is refused with all
reasons. A known edition takes other content only as a new version, with a reason.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict

from factors.methods import MethodEdition, load_edition
from ledgers import journal
from ledgers.reference.answers import Answer, Change, Rejected
from ledgers.reference.columns import CellFault
from ledgers.reference.editions import MethodVersion, method_versions
from ledgers.reference.rows import add
from warehouse.connect import Connection

KIND = "method_edition"
_MISSING = '\nmissing_zh = "由导入人撤回"\nmissing_en = "withdrawn by who imported it"'
_STATE = re.compile(r'(?m)^state\s*=\s*"active"')


def import_method_edition(
    con: Connection, text: str, *, person: str, file_name: str = "", new_version: str = ""
) -> Answer:
    """Import one method edition from the text of its TOML file.

    The same text has no second effect. `undo` holds the text to send as a new version: the one
    before, or the first as a draft, which computes nothing. Raises MethodError.
    """
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    edition = load_edition(text)
    versions = [item for item in method_versions(con) if item.edition == edition.edition]
    count = len(edition.methods)
    if versions and versions[-1].sha256 == sha256:
        return Answer(KIND, sha256, rows_read=count, accepted=0, unchanged=count)
    faults = _faults(edition, versions, new_version)
    if faults:
        return Answer(
            KIND, sha256, rows_read=count, accepted=0, unchanged=0, rejected=tuple(faults)
        )
    version = MethodVersion(
        edition=edition.edition,
        version=len(versions) + 1,
        origin="imported",
        state=edition.state,
        file_name=file_name,
        sha256=sha256,
        body=text,
    )
    before = versions[-1].body if versions else _withdrawn(text)
    held = versions[-1].sha256 if versions else ""
    return Answer(
        kind=KIND,
        sha256=sha256,
        rows_read=count,
        accepted=count,
        unchanged=0,
        changes=(Change((edition.edition,), "sha256", held, sha256),),
        undo=({"edition": edition.edition, "toml": before},),
        commit=_commit(con, version, person, new_version),
    )


def _withdrawn(text: str) -> str:
    """The same declaration as a draft, which must say what is missing."""
    missing = "" if re.search(r"(?m)^missing_zh\s*=", text) else _MISSING
    return _STATE.sub(f'state = "draft"{missing}', text, count=1)


def _faults(edition: MethodEdition, versions: list[MethodVersion], reason: str) -> list[Rejected]:
    faults: list[Rejected] = []
    claimed = [("edition", edition.standing)]
    claimed += [(method.method_id, method.standing) for method in edition.methods]
    for place, standing in claimed:
        if standing == "official":
            fault = CellFault("reference.official", seen=standing)
            faults.append(Rejected(0, f"{place}.standing", fault))
    if versions and not reason.strip():
        facts = {"edition": edition.edition, "version": versions[-1].version, "changes": 1}
        faults.append(Rejected(0, "edition", CellFault("reference.edition_known", **facts)))
    return faults


def _commit(con: Connection, version: MethodVersion, person: str, reason: str) -> journal.Commit:
    with journal.transaction(con):
        add(con, "reference.method_edition", journal.next_commit_no(con), [asdict(version)])
        return journal.commit(
            con,
            book="reference",
            kind="method edition",
            key=f"reference.method_edition:{version.edition}:{version.version}",
            body_sha256=version.sha256,
            person=person,
            reason=reason,
            facts={"edition": version.edition, "version": version.version},
            tables=["reference.method_edition"],
        )
