"""Checking and accepting packages (报送校验与入账): whole or not at all, once.

What belongs here: the verdict on a package, and the one commit that an accepted one makes. What
does not: the rules (`rules`), what they look at (`grounds`), reading files (`pipelines.finance`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.green_finance import benefits, grounds, rules
from ledgers.green_finance.catalogues import catalogues
from ledgers.green_finance.columns import KEYS, TITLES
from ledgers.green_finance.institutions import institutions
from ledgers.green_finance.packages import MESSAGES, Fault, Package
from ledgers.green_finance.terms import days_of
from ledgers.reference import catalogue
from ledgers.reference.rows import add
from warehouse.connect import Connection

_RECORDS = (
    *("customer", "project", "instrument", "allocation", "holding", "evidence"),
    *("element", "entity_finance", "risk"),
)
TAKES: Mapping[str, tuple[str, ...]] = {
    "ordinary": _RECORDS,
    "supplement": _RECORDS,
    "correction": _RECORDS,
    "deletion": ("deletion",),
    "statistics": ("statistics",),
}
"""Message → the tables that it may hold."""

LISTED = 1000
"""Faults of one rule that are listed row by row; of more, the number is said."""

_TABLES = ("package", *KEYS, "tag", "warning", "benefit")


class PackageRefused(DataFault, ValueError):
    """A package with faults; nothing of it was taken. Facts: package, errors."""


@dataclass(frozen=True)
class Verdict:
    """What a check found. `counts` rule → number, more than are listed where there are many.
    `tags` (subject kind, number, edition, code, legal); `benefits` as they would be booked."""

    package: Package
    rows: Mapping[str, int]
    faults: tuple[Fault, ...]
    counts: Mapping[str, int]
    tags: tuple[tuple[str, str, str, str, bool], ...] = ()
    benefits: tuple[Mapping[str, Any], ...] = ()
    commit: journal.Commit | None = None
    seen_before: bool = False

    @property
    def errors(self) -> int:
        """Faults that refuse the package."""
        severe = {each.rule for each in self.faults if each.severity == "E"}
        return sum(count for rule, count in self.counts.items() if rule in severe)

    @property
    def good(self) -> bool:
        """Whether the package may be taken."""
        return not self.errors


@dataclass(frozen=True)
class Sent:
    """A package as read: its tables, and what was wrong with reading them."""

    package: Package
    inputs: Sequence[grounds.Input]
    faults: Sequence[Fault] = field(default=())


def check(con: Connection, sent: Sent, *, salt: str) -> Verdict:
    """What is wrong with a package, row by row, beside what stands. Only temporary tables are
    written."""
    package = sent.package
    early = [*sent.faults, *_misplaced(sent)]
    if package.institution_id not in institutions(con):
        early.append(_whole("SB-02", package.institution_id))
    grounds.lay(con, package, sent.inputs, catalogues(con), days_of(con), salt)
    computed = benefits.compute_all(con, catalogue(con))
    benefits.lay_benefits(con, computed)
    _run_rules(con)
    found, counts = _listed(con)
    counts |= {each.rule: counts.get(each.rule, 0) + 1 for each in early}
    rows = {kind: _count(con, f"in_{kind}") for kind in TITLES}
    return Verdict(
        package,
        {kind: count for kind, count in rows.items() if count},
        (*early, *found),
        counts,
        _tags(con),
        tuple(benefits.benefit_records(computed, _keys(con))),
    )


def submit(con: Connection, sent: Sent, *, person: str, salt: str) -> Verdict:
    """Check a package and, where nothing refuses it, take it as one commit.

    The same package has no second effect (`seen_before`); its name with other content is refused.
    Raises nothing for faults: the verdict has them, and then nothing was written.
    """
    package = sent.package
    key = f"finance.package:{package.name}"
    earlier = journal.find_commit(con, key)
    if earlier is not None:
        if earlier.body_sha256 == package.sha256:
            return Verdict(package, {}, (), {}, commit=earlier, seen_before=True)
        fault = _whole("SB-03", package.name)
        return Verdict(package, {}, (fault,), {"SB-03": 1})
    verdict = check(con, sent, salt=salt)
    if not verdict.good:
        return verdict
    commit = _post(con, sent, verdict, person, key)
    return Verdict(
        package,
        verdict.rows,
        verdict.faults,
        verdict.counts,
        verdict.tags,
        verdict.benefits,
        commit,
    )


def _post(con: Connection, sent: Sent, verdict: Verdict, person: str, key: str) -> journal.Commit:
    package = sent.package
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        for kind in KEYS:
            _insert(con, kind, number, package.name)
        if package.message == "deletion":
            _delete(con, number, package.name)
        _insert_tags(con, number)
        _insert_warnings(con, number, package.name)
        held = [{"institution_id": package.institution_id, **row} for row in verdict.benefits]
        add(con, "finance.benefit", number, held)
        warnings = _count(con, "finance_fault")
        row = {
            "package": package.name,
            "institution_id": package.institution_id,
            "message": package.message,
            "package_date": package.day,
            "running_no": package.number,
            "sha256": package.sha256,
            "rows_read": sum(verdict.rows.values()),
            "warnings": warnings,
            "synthetic": institutions(con)[package.institution_id].synthetic,
        }
        add(con, "finance.package", number, [row])
        return journal.commit(
            con,
            book="finance",
            kind=f"package {package.message}",
            key=key,
            body_sha256=package.sha256,
            person=person,
            facts={"package": package.name, "rows": dict(verdict.rows), "warnings": warnings},
            tables=[f"finance.{table}" for table in _TABLES],
        )


def _insert(con: Connection, kind: str, number: int, package: str) -> None:
    names = list(grounds.stored(kind)) + (["project_key"] if kind == "project" else [])
    columns = ", ".join(names)
    con.execute(
        f"INSERT INTO finance.{kind} BY NAME SELECT $1::BIGINT AS commit_no, ordinal, "
        f"institution_id, $2 AS package, sheet, row_no, 'stands' AS state, {columns} "
        f"FROM in_{kind} ORDER BY ordinal",
        [number, package],
    )


def _delete(con: Connection, number: int, package: str) -> None:
    """A deletion is a version that says so; what it was stays readable below it."""
    for kind, on in (
        ("instrument", "n.business_no = d.record_no AND n.event = d.event"
         " AND n.event_date = d.event_date"),
        ("project", "n.project_no = d.record_no"),
    ):  # fmt: skip
        con.execute(
            f"INSERT INTO finance.{kind} BY NAME SELECT n.* REPLACE ($1::BIGINT AS commit_no, "
            "row_number() OVER (ORDER BY d.ordinal) - 1 AS ordinal, $2 AS package, "
            "d.sheet AS sheet, d.row_no AS row_no, 'deleted' AS state) "
            f"FROM in_deletion AS d JOIN now_{kind} AS n ON n.institution_id = d.institution_id "
            f"AND d.record_kind = '{kind}' AND {on}",
            [number, package],
        )


def _insert_tags(con: Connection, number: int) -> None:
    """Tags that the package brings anew; one that stands already is not set again."""
    con.execute(
        "INSERT INTO finance.tag BY NAME SELECT $1::BIGINT AS commit_no, "
        "row_number() OVER (ORDER BY subject_kind, sheet, row_no, edition) - 1 AS ordinal, * "
        "EXCLUDE (sheet, row_no) FROM (SELECT DISTINCT ON (subject_kind, subject_no, edition) "
        "sheet, row_no, getvariable('institution') AS institution_id, subject_kind, subject_no, "
        "edition, code, legal, line, choice_reason, CASE WHEN complete THEN '' ELSE "
        "'edition incomplete (' || extent || ')' END AS warning, tagged_by AS person "
        "FROM r_code AS c WHERE green AND NOT EXISTS (SELECT 1 FROM (SELECT * FROM finance.tag "
        "QUALIFY row_number() OVER (PARTITION BY institution_id, subject_kind, subject_no, edition "
        "ORDER BY commit_no DESC, ordinal DESC) = 1) AS t WHERE t.subject_kind = c.subject_kind "
        "AND t.institution_id = getvariable('institution') AND t.subject_no = c.subject_no "
        "AND t.edition = c.edition AND t.code = c.code AND t.legal = c.legal) "
        "ORDER BY subject_kind, subject_no, edition, row_no DESC)",
        [number],
    )


def _insert_warnings(con: Connection, number: int, package: str) -> None:
    con.execute(
        "INSERT INTO finance.warning BY NAME SELECT $1::BIGINT AS commit_no, "
        "row_number() OVER (ORDER BY sheet, row_no, rule, column_name, subject) - 1 AS ordinal, "
        "getvariable('institution') AS institution_id, $2 AS package, sheet, row_no, column_name, "
        "rule, subject, seen, facts FROM finance_fault",
        [number, package],
    )


def _run_rules(con: Connection) -> None:
    for rule in rules.RULES:
        if rule.scope == "total":
            continue
        pairs = ", ".join(f"'{name}', {made}" for name, made in rule.facts.items())
        con.execute(
            f"INSERT INTO finance_fault SELECT sheet, row_no, '{rule.column}', '{rule.rule_id}', "
            f"'{rule.severity}', coalesce({rule.subject}, ''), coalesce({rule.seen}, ''), "
            f"CAST(json_object({pairs}) AS VARCHAR) FROM {rule.table} WHERE {rule.predicate}"
        )


def _listed(con: Connection) -> tuple[list[Fault], dict[str, int]]:
    counts = dict(con.execute("SELECT rule, count(*) FROM finance_fault GROUP BY rule").fetchall())
    rows = con.execute(
        "SELECT * FROM finance_fault QUALIFY row_number() OVER (PARTITION BY rule ORDER BY sheet, "
        "row_no, column_name, subject) <= ? ORDER BY severity, sheet, row_no, rule, column_name",
        [LISTED],
    ).fetchall()
    return [_fault(row) for row in rows], counts


def _fault(row: Sequence[Any]) -> Fault:
    sheet, row_no, column, rule, severity, subject, seen, facts = row
    return Fault(sheet, row_no, column, rule, severity, subject, seen, json.loads(facts))


def _misplaced(sent: Sent) -> list[Fault]:
    """Tables that a message of this kind does not take."""
    return [
        Fault(
            each.sheet,
            0,
            "",
            "SB-10",
            "E",
            "",
            TITLES[each.kind],
            {"message": MESSAGES[sent.package.message]},
        )
        for each in sent.inputs
        if each.kind not in TAKES[sent.package.message]
    ]


def _whole(rule: str, seen: str) -> Fault:
    return Fault("", 0, "", rule, "E", seen, seen, {})


def _tags(con: Connection) -> tuple[tuple[str, str, str, str, bool], ...]:
    rows = con.execute(
        "SELECT DISTINCT subject_kind, subject_no, edition, code, legal FROM r_code WHERE green "
        "ORDER BY ALL LIMIT ?",
        [LISTED],
    ).fetchall()
    return tuple((str(a), str(b), str(c), str(d), bool(e)) for a, b, c, d, e in rows)


def _keys(con: Connection) -> dict[str, str]:
    rows = con.execute(
        "SELECT project_no, project_key FROM after_project "
        "WHERE institution_id = getvariable('institution')"
    ).fetchall()
    return {str(number): str(key) for number, key in rows}


def _count(con: Connection, table: str) -> int:
    ((count,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(count)
