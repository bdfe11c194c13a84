"""All two-high projects at a glance (两高项目一览).

What belongs here: class, review, status, clearance and missing replacement of each project on a
day. What does not: each of these by itself (`projects`, `replacement`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ledgers.dual_control.projects import (
    CLASS_SET,
    REVIEW_SET,
    lapses_on,
    projects,
    review,
    status,
    two_high_class,
)
from ledgers.dual_control.replacement import Short, check_project
from ledgers.dual_control.rules import read_rules
from ledgers.dual_control.vocabulary import plain
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Glance:
    """One project: `two_high` the class that claims it ('' = none), `review` who reviews it,
    `missing` tonnes of replacement by measure, in words of the book."""

    project_code: str
    name: str
    two_high: str
    review: str
    status: str
    lapses_on: date | None
    cleared: bool
    missing: str


def overview(con: Connection, on: date | None = None) -> tuple[Glance, ...]:
    """Every project as it stands on a day (today)."""
    day = on or date.today()
    rules = read_rules(con)
    thresholds, classes = rules.texts(REVIEW_SET, day), rules.texts(CLASS_SET, day)
    cleared = {
        str(row[0])
        for row in con.execute("SELECT project_code FROM dual_control.clearance").fetchall()
    }
    found = []
    for item in projects(con):
        kind = two_high_class(item, classes)
        who = review(
            item.energy or Fraction(0),
            item.coal or Fraction(0),
            thresholds,
            two_high=bool(kind),
            industry=item.industry,
        )
        try:
            additions = check_project(con, item, rules, day)
            missing = "; ".join(f"{a.measure} {plain(a.missing)}" for a in additions if a.missing)
        except Short as short:
            missing = short.text()
        found.append(
            Glance(
                item.project_code,
                item.name,
                kind,
                who.level,
                status(item, day, thresholds),
                lapses_on(item, thresholds),
                item.project_code in cleared,
                missing,
            )
        )
    return tuple(found)
