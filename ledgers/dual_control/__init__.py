"""The dual-control book (能耗与碳排放双控): budgets, indicators, warnings, two-high projects.

What belongs here: what a city is allowed and what it uses, by level, from the emission ledger and
the reference data of this book; who may build, and against which closures. What does not: emissions
themselves (`ledgers.emissions`), and layout (`reports.dual_control`).

    import_rows(con, "budget", rows, person=..., source_sha=..., reason=...)
    board(con, "2025-06")                  everything of a month, exact
    issue(con, "2025-06", readings(...))   warnings, each with its figures and the head
"""

from ledgers.dual_control.board import Board, Standing, board
from ledgers.dual_control.book import Book, read_book
from ledgers.dual_control.budgets import Budget, Sum, budgets
from ledgers.dual_control.columns import COLUMNS
from ledgers.dual_control.grading import Efficiency, Grade
from ledgers.dual_control.imports import KINDS, history, import_rows, standing, versions
from ledgers.dual_control.indicators import Absent, Indicator, Input
from ledgers.dual_control.projects import NoProject, Project, project, projects, review, status
from ledgers.dual_control.readings import Reading, readings
from ledgers.dual_control.replacement import (
    NoCertificate,
    NotEnough,
    SamePerson,
    Short,
    certificates,
    decide,
    open_requests,
    pledge,
    request,
)
from ledgers.dual_control.rules import load_shipped, read_rules
from ledgers.dual_control.warnings import Issued, NoWarning, Warned, issue, say, warnings

__all__ = [
    "COLUMNS",
    "KINDS",
    "Absent",
    "Board",
    "Book",
    "Budget",
    "Efficiency",
    "Grade",
    "Indicator",
    "Input",
    "Issued",
    "NoCertificate",
    "NoProject",
    "NoWarning",
    "NotEnough",
    "Project",
    "Reading",
    "SamePerson",
    "Short",
    "Standing",
    "Sum",
    "Warned",
    "board",
    "budgets",
    "certificates",
    "decide",
    "history",
    "import_rows",
    "issue",
    "load_shipped",
    "open_requests",
    "pledge",
    "project",
    "projects",
    "read_book",
    "read_rules",
    "readings",
    "request",
    "review",
    "say",
    "standing",
    "status",
    "versions",
    "warnings",
]
