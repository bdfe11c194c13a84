"""Rules of bank records about amounts and proceeds (金额、募集资金).

What belongs here: the declarations. What does not: their words and the tables that they look at.
"""

from __future__ import annotations

from ledgers.green_finance.rules.shape import ALLOCATION, FIRST, INSTRUMENT, PROJECT, Rule, text

AMOUNTS: tuple[Rule, ...] = (
    Rule(
        "AM-01",
        "E",
        INSTRUMENT,
        "balance",
        "balance > amount OR balance < 0",
        text("balance"),
        {"amount": text("amount")},
    ),
    Rule(
        "AM-02",
        "E",
        INSTRUMENT,
        "amount",
        "loan_kind = 'project' AND amount > total_investment",
        text("amount"),
        {"investment": text("total_investment")},
    ),
    Rule(
        "AM-03",
        "E",
        INSTRUMENT,
        "balance",
        f"{FIRST} AND first > investment",
        text("first"),
        {"limit": text("investment"), "lenders": text("lenders")},
    ),
    Rule(
        "AM-03W",
        "W",
        INSTRUMENT,
        "balance",
        f"{FIRST} AND first <= investment AND first > investment - capital",
        text("first"),
        {"limit": text("investment - capital"), "lenders": text("lenders")},
    ),
    Rule(
        "AM-04",
        "E",
        INSTRUMENT,
        "rate",
        "rate <= 0 OR rate >= 0.25",
        "rtrim(rtrim(CAST(rate AS VARCHAR), '0'), '.')",
        {"what": "'rate'"},
    ),
    Rule(
        "AM-04P",
        "E",
        INSTRUMENT,
        "purpose",
        "kind = 'loan' AND length(purpose) < 30",
        text("length(purpose)"),
    ),
    Rule(
        "AM-05",
        "E",
        INSTRUMENT,
        "currency",
        "currency NOT IN ('', 'CNY') OR (currency <> '' AND project_currency <> ''"
        " AND currency <> project_currency)",
        "currency",
        {"other": "coalesce(project_currency, '')"},
    ),
    Rule(
        "AM-05",
        "E",
        PROJECT,
        "currency",
        "currency NOT IN ('', 'CNY')",
        "currency",
        {"other": "''"},
        subject="project_no",
    ),
    Rule(
        "AM-05",
        "E",
        ALLOCATION,
        "currency",
        "currency NOT IN ('', 'CNY') OR (currency <> '' AND bond_currency <> ''"
        " AND currency <> bond_currency)",
        "currency",
        {"other": "coalesce(bond_currency, '')"},
    ),
    Rule(
        "AM-06",
        "W",
        PROJECT,
        "total_investment",
        "investments > 1",
        text("total_investment"),
        {"largest": text("investment")},
        subject="project_no",
    ),
)

PROCEEDS: tuple[Rule, ...] = (
    Rule(
        "UP-01",
        "E",
        ALLOCATION,
        "project_no",
        "(use = 'project' AND (NOT known_project OR project_codes = ''))"
        " OR (use = 'idle' AND spent <> 0)",
        "concat_ws(' ', use, project_no, spent)",
    ),
    Rule(
        "UP-03",
        "E",
        ALLOCATION,
        "allocated",
        "placed > proceeds OR spent > allocated OR allocated < 0 OR spent < 0",
        "concat_ws(' / ', placed, allocated, spent)",
        {"proceeds": text("proceeds")},
    ),
    Rule(
        "UP-04",
        "W",
        ALLOCATION,
        "as_of",
        "as_of > bond_issued + INTERVAL 12 MONTH AND proceeds > coalesce(spent_all, 0)",
        text("as_of"),
        {"issued": text("bond_issued"), "idle": text("proceeds - coalesce(spent_all, 0)")},
    ),
    Rule(
        "UP-05",
        "W",
        ALLOCATION,
        "first_spent_on",
        "first_spent_on < bond_issued - INTERVAL 36 MONTH",
        text("first_spent_on"),
        {"issued": text("bond_issued")},
    ),
    Rule(
        "AM-03",
        "E",
        ALLOCATION,
        "allocated",
        "use = 'project' AND layer <> 'refinancing' AND first > investment",
        text("first"),
        {"limit": text("investment"), "lenders": "'-'"},
    ),
)
