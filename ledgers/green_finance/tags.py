"""Tags set by hand and answers to warnings (人工标识与答复), each by a named person.

What belongs here: a further tag on a record that stands, the open warnings, an answer to one.
What does not: tags that come with a package (`submission`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from factors.applicable_editions import Applicable, Dates, applicable
from factors.errors import DataFault, UsageFault
from factors.messages import text
from ledgers import journal
from ledgers.green_finance.catalogues import catalogues
from ledgers.green_finance.terms import days_of
from ledgers.reference.rows import add
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as set. `warning` says how much of the edition was loaded, '' if it is complete."""

    institution_id: str
    subject_kind: str
    subject_no: str
    edition: str
    code: str
    legal: bool
    line: int
    choice_reason: str
    warning: str
    person: str


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning of an accepted package, with its answer where there is one."""

    warning: str
    institution_id: str
    package: str
    sheet: str
    row_no: int
    column: str
    rule: str
    subject: str
    seen: str
    facts: Mapping[str, Any]
    answered_by: str
    reason: str

    def text(self, lang: str = "zh") -> str:
        """The warning in words."""
        return text(f"finance.rule.{self.rule}", lang, {"seen": self.seen, **self.facts})


def tags_of(con: Connection, institution: str, subject_no: str) -> tuple[Tag, ...]:
    """The tags that stand on a record: the last of each edition."""
    rows = con.execute(
        "SELECT * EXCLUDE (commit_no, ordinal) FROM finance.tag WHERE institution_id = ? AND "
        "subject_no = ? QUALIFY row_number() OVER (PARTITION BY subject_kind, edition "
        "ORDER BY commit_no DESC, ordinal DESC) = 1 ORDER BY legal DESC, edition",
        [institution, subject_no],
    ).fetchall()
    return tuple(Tag(*row) for row in rows)


def set_tag(
    con: Connection,
    institution: str,
    subject_no: str,
    edition: str,
    code: str,
    *,
    person: str,
    reason: str,
) -> Tag:
    """Tag a record that stands under a further edition, so that it can be shown in that list too.

    The one legal tag comes with the record and changes by a correction message alone; so a code of
    an edition that the dates ask for is refused where a legal tag stands. Raises UsageFault, or
    NotTaggable for a code that is not loaded or not of the finest level.
    """
    kind, found = _subject(con, institution, subject_no)
    held = catalogues(con)
    if edition not in held:
        raise DataFault("finance.edition_unknown", seen=edition, allowed=", ".join(held))
    held[edition].require(code)
    standing = {tag.edition: tag for tag in tags_of(con, institution, subject_no)}
    if edition in standing and standing[edition].legal:
        raise UsageFault("finance.tag_legal", seen=subject_no, edition=edition)
    if not reason.strip():
        raise UsageFault("finance.tag_reason", seen=subject_no)
    complete = held[edition].complete
    warning = "" if complete else f"edition incomplete ({held[edition].extent})"
    line = found.line if found else 0
    tag = Tag(institution, kind, subject_no, edition, code, False, line, reason, warning, person)
    row = {name: getattr(tag, name) for name in Tag.__slots__}
    _commit(con, "tag", "finance.tag", row, person, reason)
    return tag


def warnings(
    con: Connection, *, institution: str = "", open_only: bool = True
) -> tuple[Warned, ...]:
    """Warnings of accepted packages, oldest first."""
    rows = con.execute(
        "SELECT w.commit_no || '-' || w.ordinal, w.* EXCLUDE (commit_no, ordinal), "
        "coalesce(a.person, ''), coalesce(a.reason, '') FROM finance.warning AS w "
        "LEFT JOIN (SELECT warning_commit, warning_ordinal, max_by(person, commit_no) AS person, "
        "max_by(reason, commit_no) AS reason FROM finance.answer GROUP BY ALL) AS a "
        "ON a.warning_commit = w.commit_no AND a.warning_ordinal = w.ordinal "
        "WHERE ($1 = '' OR w.institution_id = $1) AND NOT ($2 AND a.person IS NOT NULL) "
        "ORDER BY w.commit_no, w.ordinal",
        [institution, open_only],
    ).fetchall()
    return tuple(_warned(row) for row in rows)


def _warned(row: Sequence[Any]) -> Warned:
    values = list(row)
    values[9] = json.loads(values[9])
    return Warned(*values)


def answer(con: Connection, warning: str, *, person: str, reason: str) -> None:
    """Answer one warning (commit-ordinal) with a reason. Raises UsageFault for an unknown one."""
    parts = warning.split("-")
    known = [each.warning for each in warnings(con, open_only=False)]
    if warning not in known or len(parts) != 2:
        raise UsageFault("finance.warning_unknown", seen=warning)
    if not reason.strip() or not person.strip():
        raise UsageFault("finance.answer_reason", seen=warning)
    row: dict[str, Any] = {"warning_commit": int(parts[0]), "warning_ordinal": int(parts[1])}
    row |= {"person": person, "reason": reason}
    _commit(con, "answer", "finance.answer", row, person, reason)


def _subject(con: Connection, institution: str, subject_no: str) -> tuple[str, Applicable | None]:
    rows: Sequence[tuple[Any, ...]] = con.execute(
        "SELECT kind, approved_on, disbursed_on, issued_on, filed_on, registered_on, signed_on "
        "FROM finance.instrument WHERE institution_id = ? AND business_no = ? AND state = 'stands' "
        "ORDER BY event_date DESC, commit_no DESC LIMIT 1",
        [institution, subject_no],
    ).fetchall()
    if rows:
        days: tuple[date | None, ...] = rows[0][1:]
        return "instrument", applicable(Dates(rows[0][0], *days), days_of(con))
    if con.execute(
        "SELECT 1 FROM finance.project WHERE institution_id = ? AND project_no = ?",
        [institution, subject_no],
    ).fetchall():
        return "project", None
    raise UsageFault("finance.record_unknown", seen=subject_no, institution=institution)


def _commit(
    con: Connection, kind: str, table: str, row: Mapping[str, Any], person: str, reason: str
) -> None:
    body = journal.body_digest(dict(row))
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, table, number, [row])
        journal.commit(
            con,
            book="finance",
            kind=kind,
            key=f"{table}:{number}:{body[:16]}",
            body_sha256=body,
            person=person,
            reason=reason,
            facts={"rows": 1},
            tables=[table],
        )
