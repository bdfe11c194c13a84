"""Finding the faults of typed rows (校验): one pass for all row rules, one statement a file rule.

What belongs here: the order in which the declared rules run on a connection. What does not: what
they say (`declarations`), what they look at (`grounds`), and what follows from a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from factors.messages import LANGUAGES, catalogue
from ledgers.emissions.activity import FAULT_COLUMNS
from ledgers.emissions.rules import plants
from ledgers.emissions.rules.declarations import RULE_IDS, RULES, Rule
from ledgers.emissions.rules.grounds import Ground, Window, lay, lay_ledger
from warehouse.connect import Connection, sql

LISTED = 1000
"""Warnings of one kind in one sheet that are listed row by row; more are one with their number."""

_KEPT = (
    "source",
    "sheet",
    "row_no",
    "shape_id",
    "enterprise_id",
    "enterprise_name",
    "credit_code_valid",
    "enterprise_registered",
    "units_fit",
    "condition_known",
    "correction_of",
    "period_start",
    "period_end",
    "days_outside",
    "days_covered",
    "earliest",
    "latest",
    "months",
    "quantity",
    "quantity_text",
    "unit",
    "quantity_band",
    *(
        f"{name}{end}"
        for name in (
            *("ncv", "carbon_content", "elemental_carbon", "oxidation_rate", "moisture"),
            "enthalpy",
        )
        for end in ("", "_unit", "_band")
    ),
)
"""Columns that predicates, `seen` and facts use: all that is kept of a failing row."""


def faults_table(con: Connection) -> None:
    """An empty temporary table `faults`, where the caller has none of its own."""
    columns = ", ".join(f"{name} {kind}" for name, kind in FAULT_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE faults ({columns})")


def table() -> list[dict[str, str]]:
    """Rows for the page of the documentation that lists the rules: rule, severity, scope, column,
    and in both languages its words with their facts in braces."""
    rows = []
    for rule_id in RULE_IDS:
        rules = [rule for rule in RULES if rule.rule_id == rule_id]
        words = catalogue()[rules[0].message]
        rows.append(
            {
                "rule": rule_id,
                "severity": rules[0].severity,
                "scope": rules[0].scope,
                "column": ", ".join(rule.column for rule in rules),
                **{lang: words[lang] for lang in LANGUAGES},
            }
        )
    return rows


def row_columns(con: Connection, ground: Ground, window: Window) -> None:
    """Lay the view `rule_rows` over `typed` without looking for faults: what an expectation
    suite selects the columns of `Rule.columns` from, piece by piece."""
    lay(con, ground, window)
    con.execute(sql(__package__, "sql/rule_rows.sql"))


def find_faults(
    con: Connection,
    ground: Ground,
    window: Window,
    *,
    midnight_declared: Iterable[str] = (),
    ledger: str = "",
) -> None:
    """Append the faults of the rows of `typed` to the table `faults`.

    `typed` is a table or view with `ledgers.emissions.activity.TYPED_COLUMNS`, `faults` a table
    with `FAULT_COLUMNS`; both on `con`. `ground` is what is known outside the rows, `window` the
    days that may be sent. `midnight_declared` are the files whose feed says that 00:00 ends the
    day before. The ledger is compared with where `con` has one; `ledger` names the attached
    database that holds it, '' the one that `con` opened. The order of rows changes nothing.
    """
    row_columns(con, ground, window)
    lay_ledger(con, ledger)
    _find_in_rows(con)
    _find_in_files(con, ground, sorted(midnight_declared))


def _find_in_rows(con: Connection) -> None:
    broken = " OR ".join(f"({rule.predicate})" for rule in RULES if rule.predicate)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE rule_failing AS "
        f"SELECT {', '.join(_KEPT)} FROM rule_rows WHERE {broken}"
    )
    for rule in RULES:
        if rule.scope == "row":
            con.execute(_listing(rule))
    con.execute(sql(__package__, "sql/unit_faults.sql"))
    con.execute("DROP TABLE rule_failing")


def _listing(rule: Rule) -> str:
    """The statement that lists the failing rows of one row rule; its SQL is the declaration's."""
    facts = ", ".join(f"'{name}': {rule.facts[name]}" for name in sorted(rule.facts))
    return (
        "INSERT INTO faults BY NAME SELECT source, sheet, row_no, "
        f"'{rule.column}' AS column_name, '{rule.rule_id}' AS rule, "
        f"'{rule.severity}' AS severity, {rule.seen} AS seen, "
        f"CAST(to_json({{{facts}}}) AS VARCHAR) AS facts "
        "FROM rule_failing LEFT JOIN rule_shape_words USING (shape_id) "
        f"LEFT JOIN rule_enterprise_words USING (enterprise_id) WHERE {rule.predicate}"
    )


def _find_in_files(con: Connection, ground: Ground, midnight_declared: list[str]) -> None:
    _run(con, "cases")
    _run(con, "summary")
    con.execute("CREATE TEMP TABLE IF NOT EXISTS rule_arrival (source VARCHAR, place BIGINT)")
    _run(con, "replaced")
    _run(con, "assumed_conditions", {"listed": LISTED})
    if ground.facilities is not None:
        _run(con, "unknown_facilities", {"listed": LISTED})
    _run(con, "midnight_readings", {"declared": midnight_declared})
    _run(con, "repeated_marks")
    _run(con, "look_alikes")
    _run(con, "span_faults")
    _run(con, "totals")
    _run(con, "stock_faults")
    _run(con, "places")
    policy = ground.policy
    jumps = (("TR-01", 1, policy.jump_month_ratio), ("TR-02", 12, policy.jump_year_ratio))
    for rule, months_back, ratio in jumps:
        _run(con, "jumps", {"rule": rule, "months_back": months_back, "ratio": float(ratio)})
    _run(con, "correction_faults")
    plants.find(con)
    # A month of meters leaves a row for each day of each: give the memory back to the posting.
    for name in ("case", "summary", "replaced", "arrival", "mark", "total", "place"):
        con.execute(f"DROP TABLE rule_{name}")


def _run(con: Connection, statement: str, parameters: Mapping[str, object] | None = None) -> None:
    con.execute(sql(__package__, f"sql/{statement}.sql"), dict(parameters or {}))
