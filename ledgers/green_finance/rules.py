"""The rules of bank records, each declared once (绿色金融校验规则).

What belongs here: id, severity, what a rule looks at and when it is broken. What does not: their
words (`factors/messages/finance_rules.toml`, code `finance.rule.<id>`), the preparation of what
they look at (`grounds`), and running them (`checking`). NULL never breaks a rule.

E refuses the whole package; W is listed and waits for the answer of a named person. Where a text
gives two severities for one rule, the warning is the id with W behind it. `scope` row: a predicate
on the table of `grounds`; total: held where totals are made (`financed`), named here for the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `table` of grounds, `column` where the fault is marked ('' = the row), `subject`,
    `predicate`, `seen` and `facts` as SQL on that table."""

    rule_id: str
    severity: Literal["E", "W"]
    table: str
    column: str
    predicate: str
    seen: str = "''"
    facts: Mapping[str, str] = field(default_factory=dict)
    subject: str = "business_no"
    scope: Literal["row", "total"] = "row"

    @property
    def message(self) -> str:
        """The code of its message."""
        return f"finance.rule.{self.rule_id}"


DAY = "getvariable('package_day')"
MESSAGE = "getvariable('message')"
OUTLIER = "20"
"""Tonnes of CO2 per 10 000 CNY of investment above which a benefit is asked about; the published
carbon-reduction loans that we know of lie between 2.5 and 7."""

_I, _P, _A, _C = "r_instrument", "r_project", "r_allocation", "r_code"
_B, _S, _H, _D = "r_benefit", "r_statistics", "r_holding", "r_deletion"
_FIRST = "project_no <> '' AND layer <> 'refinancing' AND kind IN ('loan', 'lease')"
_LEGAL_OPEN = "line IN (4, 6, 7, 11)"


def _text(column: str) -> str:
    return f"CAST({column} AS VARCHAR)"


def _industry(table: str, subject: str) -> Rule:
    """Four digits of a division that GB/T 4754 has (01 to 97)."""
    wrong = "NOT regexp_full_match(industry, '(0[1-9]|[1-8][0-9]|9[0-7])[0-9]{2}')"
    return Rule("ID-02", "E", table, "industry", wrong, "industry", subject=subject)


def _district(table: str, subject: str) -> Rule:
    """County level or finer; of the districts of the city itself only those that there are."""
    shape = "regexp_full_match(district, '[1-9][0-9]{5,11}') AND substr(district, 5, 2) <> '00'"
    ours = "EXISTS (SELECT 1 FROM register.district AS d WHERE d.district = substr({t}, 1, 6))"
    known = ours.format(t=f"{table}.district")
    city = "EXISTS (SELECT 1 FROM register.district AS d WHERE substr(d.district, 1, 4) = {t})"
    covered = city.format(t=f"substr({table}.district, 1, 4)")
    wrong = f"district <> '' AND NOT ({shape} AND (NOT {covered} OR {known}))"
    return Rule("ID-02", "E", table, "district", wrong, "district", subject=subject)


IDENTITY: tuple[Rule, ...] = (
    Rule(
        "ID-01",
        "E",
        "in_customer",
        "credit_code",
        "party = 'enterprise' AND NOT credit_code_valid(credit_code)",
        "credit_code",
        subject="customer_no",
    ),
    Rule(
        "ID-01",
        "E",
        "in_entity_finance",
        "credit_code",
        "NOT credit_code_valid(credit_code)",
        "credit_code",
        subject="credit_code",
    ),
    _industry("in_customer", "customer_no"),
    _industry(_P, "project_no"),
    _industry(_I, "business_no"),
    _district("in_customer", "customer_no"),
    _district(_P, "project_no"),
    _district(_I, "business_no"),
    Rule(
        "ID-03",
        "E",
        _I,
        "business_no",
        f"repeats > 1 OR (known_record AND {MESSAGE} <> 'correction')",
        "business_no",
        {"event": "event", "date": _text("event_date")},
    ),
    Rule(
        "ID-03",
        "E",
        _P,
        "project_no",
        "repeats > 1",
        "project_no",
        {"event": "''", "date": "''"},
        subject="project_no",
    ),
)

SUBMISSION: tuple[Rule, ...] = (
    Rule(
        "SB-04",
        "E",
        _I,
        "business_no",
        f"{MESSAGE} = 'correction' AND NOT known_record",
        "business_no || ' ' || event || ' ' || event_date",
    ),
    Rule(
        "SB-04",
        "E",
        _D,
        "record_no",
        "NOT known_record",
        "concat_ws(' ', record_no, event, event_date)",
        subject="record_no",
    ),
    Rule("SB-05", "E", _D, "record_no", "disclosed", "record_no", subject="record_no"),
    Rule("SB-06", "E", _D, "record_no", "in_use", "record_no", subject="record_no"),
    Rule(
        "SB-07",
        "W",
        _I,
        "event_date",
        f"{MESSAGE} = 'ordinary' AND {DAY} - event_date > 10",
        _text("event_date"),
        {"day": _text(DAY)},
    ),
    Rule(
        "SB-08",
        "E",
        _I,
        "event_date",
        f"event_date > {DAY} OR ({MESSAGE} = 'supplement' AND {DAY} - event_date > 183)",
        _text("event_date"),
        {"day": _text(DAY)},
    ),
    Rule("SB-09", "E", _I, "customer_no", "NOT known_customer", "customer_no"),
    Rule(
        "SB-09", "E", _P, "customer_no", "NOT known_customer", "customer_no", subject="project_no"
    ),
    Rule("SB-09", "E", _I, "project_no", "project_no <> '' AND NOT known_project", "project_no"),
    Rule("SB-09", "E", _A, "business_no", "NOT known_bond", "business_no"),
    Rule("SB-09", "E", _H, "holder_no", "NOT known_holder", "holder_no", subject="holder_no"),
    Rule("SB-09", "E", _I, "refinances", "refinances <> '' AND NOT known_refinanced", "refinances"),
)

_EVENT_FIELDS = {
    "disbursed": "disbursed_on",
    "recognised": "recognised_on",
    "repaid": "repaid_on",
    "overdue": "overdue_on",
}
DATES: tuple[Rule, ...] = (
    Rule(
        "DT-01",
        "E",
        _I,
        "matures_on",
        "matures_on < greatest(disbursed_on, recognised_on, issued_on, signed_on)",
        _text("matures_on"),
        {"latest": _text("greatest(disbursed_on, recognised_on, issued_on, signed_on)")},
    ),
    *(
        Rule(
            "DT-02",
            "E",
            _I,
            column,
            f"event = '{event}' AND event_date IS DISTINCT FROM {column}",
            f"coalesce({_text(column)}, '')",
            {"event": "event", "date": _text("event_date")},
        )
        for event, column in _EVENT_FIELDS.items()
    ),
    Rule(
        "MT-01",
        "W",
        _I,
        "matures_on",
        "matures_on > ends_on",
        _text("matures_on"),
        {"ends": _text("ends_on")},
    ),
    Rule(
        "MT-02",
        "W",
        _I,
        "term_days",
        "abs(term_days - (matures_on - coalesce(disbursed_on, issued_on, signed_on))) > 31",
        _text("term_days"),
        {"days": _text("matures_on - coalesce(disbursed_on, issued_on, signed_on)")},
    ),
)

AMOUNTS: tuple[Rule, ...] = (
    Rule(
        "AM-01",
        "E",
        _I,
        "balance",
        "balance > amount OR balance < 0",
        _text("balance"),
        {"amount": _text("amount")},
    ),
    Rule(
        "AM-02",
        "E",
        _I,
        "amount",
        "loan_kind = 'project' AND amount > total_investment",
        _text("amount"),
        {"investment": _text("total_investment")},
    ),
    Rule(
        "AM-03",
        "E",
        _I,
        "balance",
        f"{_FIRST} AND first > investment",
        _text("first"),
        {"limit": _text("investment"), "lenders": _text("lenders")},
    ),
    Rule(
        "AM-03W",
        "W",
        _I,
        "balance",
        f"{_FIRST} AND first <= investment AND first > investment - capital",
        _text("first"),
        {"limit": _text("investment - capital"), "lenders": _text("lenders")},
    ),
    Rule(
        "AM-04",
        "E",
        _I,
        "rate",
        "rate <= 0 OR rate >= 0.25",
        "rtrim(rtrim(CAST(rate AS VARCHAR), '0'), '.')",
        {"what": "'rate'"},
    ),
    Rule(
        "AM-04P",
        "E",
        _I,
        "purpose",
        "kind = 'loan' AND length(purpose) < 30",
        _text("length(purpose)"),
    ),
    Rule(
        "AM-05",
        "E",
        _I,
        "currency",
        "currency NOT IN ('', 'CNY') OR (currency <> '' AND project_currency <> ''"
        " AND currency <> project_currency)",
        "currency",
        {"other": "coalesce(project_currency, '')"},
    ),
    Rule(
        "AM-05",
        "E",
        _P,
        "currency",
        "currency NOT IN ('', 'CNY')",
        "currency",
        {"other": "''"},
        subject="project_no",
    ),
    Rule(
        "AM-05",
        "E",
        _A,
        "currency",
        "currency NOT IN ('', 'CNY') OR (currency <> '' AND bond_currency <> ''"
        " AND currency <> bond_currency)",
        "currency",
        {"other": "coalesce(bond_currency, '')"},
    ),
    Rule(
        "AM-06",
        "W",
        _P,
        "total_investment",
        "investments > 1",
        _text("total_investment"),
        {"largest": _text("investment")},
        subject="project_no",
    ),
)

_ENTRY = {"edition": "edition", "extent": "coalesce(extent, '0')"}
CODES: tuple[Rule, ...] = (
    Rule("CL-01", "E", _C, "code", "NOT taggable", "code", _ENTRY, subject="subject_no"),
    Rule(
        "CL-01W",
        "W",
        _C,
        "code",
        "taggable AND NOT complete",
        "code",
        _ENTRY,
        subject="subject_no",
    ),
    Rule(
        "CL-02",
        "E",
        _I,
        "recognised_on",
        f"green AND NOT {_LEGAL_OPEN} AND NOT list_has_any(coded, editions)",
        "array_to_string(coded, '、')",
        {"editions": "array_to_string(editions, '、')", "line": _text("line")},
    ),
    Rule(
        "CL-02C",
        "E",
        _I,
        "chosen_edition",
        f"green AND {_LEGAL_OPEN} AND (NOT list_contains(editions, chosen_edition)"
        " OR NOT list_contains(coded, chosen_edition) OR trim(choice_reason) = '')",
        "chosen_edition",
        {"editions": "array_to_string(editions, '、')", "line": _text("line")},
    ),
    Rule(
        "CL-03",
        "E",
        _I,
        "project_no",
        "green AND loan_kind = 'project' AND known_project AND codes <> project_codes",
        "codes",
        {"project": "project_codes"},
    ),
    Rule(
        "CL-04",
        "W",
        _C,
        "industry",
        "taggable AND len(industries) > 0 AND NOT list_contains(industries, industry)",
        "industry",
        {"code": "code", "industries": "array_to_string(industries[1:12], '、')"},
        subject="subject_no",
    ),
    Rule(
        "CL-05",
        "E",
        _C,
        "code",
        "fossil AND (kind IN ('bond', 'abs', 'bond_investment') OR chosen_edition = 'GFSPC-2025'"
        " OR list_contains(editions, 'GFSPC-2025'))",
        "code",
        {"edition": "edition"},
        subject="subject_no",
    ),
    Rule(
        "CL-06",
        "E",
        "in_evidence",
        "value",
        "proves = 'condition' AND (value IS NULL OR threshold IS NULL OR comparator = '' OR NOT"
        " CASE comparator WHEN '>=' THEN value >= threshold WHEN '<=' THEN value <= threshold"
        f" ELSE value = threshold END OR coalesce(standard_to < {DAY}, false)"
        f" OR coalesce(standard_from > {DAY}, false))",
        "concat_ws(' ', value, comparator, threshold, unit)",
        {"condition": "condition", "standard": "standard"},
        subject="subject_no",
    ),
    Rule(
        "CL-07",
        "E",
        _I,
        "recognised_on",
        f"{MESSAGE} <> 'correction' AND known_business AND before_recognised IS NOT NULL"
        " AND (codes <> before_codes OR recognised_on IS DISTINCT FROM before_recognised)",
        "codes || ' ' || coalesce(CAST(recognised_on AS VARCHAR), '')",
        {"before": "before_codes || ' ' || CAST(before_recognised AS VARCHAR)"},
    ),
    Rule(
        "CL-07",
        "E",
        _P,
        "project_no",
        f"{MESSAGE} <> 'correction' AND known_record AND codes <> before_codes",
        "codes",
        {"before": "before_codes"},
        subject="project_no",
    ),
    Rule(
        "CL-08",
        "W",
        _I,
        "loan_kind",
        "green AND loan_kind = 'working_capital' AND NOT use_of_funds AND NOT green_revenue",
        "loan_kind",
    ),
    Rule(
        "CL-09",
        "E",
        _I,
        "tagged_by",
        "green AND (trim(tagged_by) = '' OR len(coded) = 0 OR recognised_on IS NULL)",
        "tagged_by",
    ),
    Rule(
        "CL-09",
        "E",
        _P,
        "tagged_by",
        "trim(tagged_by) = '' AND replace(codes, '|', '') <> ''",
        "tagged_by",
        subject="project_no",
    ),
    Rule(
        "CL-10",
        "E",
        _I,
        "cbirc_code",
        "kind IN ('acceptance', 'letter_of_credit', 'bond_investment')"
        " AND pboc_code || bond_code <> ''",
        "pboc_code || ' ' || bond_code",
    ),
)

PROCEEDS: tuple[Rule, ...] = (
    Rule(
        "UP-01",
        "E",
        _A,
        "project_no",
        "(use = 'project' AND (NOT known_project OR project_codes = ''))"
        " OR (use = 'idle' AND spent <> 0)",
        "concat_ws(' ', use, project_no, spent)",
    ),
    Rule(
        "UP-03",
        "E",
        _A,
        "allocated",
        "placed > proceeds OR spent > allocated OR allocated < 0 OR spent < 0",
        "concat_ws(' / ', placed, allocated, spent)",
        {"proceeds": _text("proceeds")},
    ),
    Rule(
        "UP-04",
        "W",
        _A,
        "as_of",
        "as_of > bond_issued + INTERVAL 12 MONTH AND proceeds > coalesce(spent_all, 0)",
        _text("as_of"),
        {"issued": _text("bond_issued"), "idle": _text("proceeds - coalesce(spent_all, 0)")},
    ),
    Rule(
        "UP-05",
        "W",
        _A,
        "first_spent_on",
        "first_spent_on < bond_issued - INTERVAL 36 MONTH",
        _text("first_spent_on"),
        {"issued": _text("bond_issued")},
    ),
    Rule(
        "AM-03",
        "E",
        _A,
        "allocated",
        "use = 'project' AND layer <> 'refinancing' AND first > investment",
        _text("first"),
        {"limit": _text("investment"), "lenders": "'-'"},
    ),
)

_BENEFIT = {"indicator": "indicator", "scene": "scene"}
BENEFITS: tuple[Rule, ...] = (
    Rule(
        "BE-01",
        "E",
        _I,
        "balance",
        f"{_FIRST} AND total_investment IS NOT NULL AND (total_investment <= 0"
        " OR balance > total_investment)",
        _text("balance"),
        {"investment": _text("total_investment")},
    ),
    Rule(
        "BE-02",
        "E",
        _B,
        "",
        "first > investment",
        _text("first"),
        {"investment": _text("investment")},
        subject="project_no",
    ),
    Rule(
        "BE-03",
        "E",
        _I,
        "layer",
        "refinances <> '' AND layer <> 'refinancing'",
        "layer",
        {"refinances": "refinances"},
    ),
    Rule(
        "BE-04",
        "E",
        _B,
        "phase",
        "phase = 'achieved' AND (operating_on IS NULL OR year(operating_on) > year)",
        _text("year"),
        {"operating": "coalesce(CAST(operating_on AS VARCHAR), '—')"},
        subject="project_no",
    ),
    Rule(
        "BE-05",
        "E",
        _B,
        "indicator",
        "abs(reported - value) > 0.1 * abs(value)",
        _text("reported"),
        _BENEFIT | {"value": _text("round(value, 4)")},
        subject="project_no",
    ),
    Rule(
        "BE-05W",
        "W",
        _B,
        "indicator",
        "abs(reported - value) > 0.01 * abs(value) AND abs(reported - value) <= 0.1 * abs(value)",
        _text("reported"),
        _BENEFIT | {"value": _text("round(value, 4)")},
        subject="project_no",
    ),
    Rule(
        "BE-06",
        "W",
        _B,
        "indicator",
        "(indicator = 'co2' AND ratio_kind = 'fuel' AND (ratio < 1.9 OR ratio > 2.8))"
        " OR (indicator = 'co2' AND ratio_kind = 'electricity'"
        " AND abs(ratio - due_ratio) > 0.01 * due_ratio) OR hours > most_hours",
        "concat_ws(' ', round(ratio, 4), round(hours, 1))",
        {
            "due": "concat_ws(' ', CASE WHEN ratio_kind = 'fuel' THEN '1.9-2.8'"
            " ELSE CAST(round(due_ratio, 4) AS VARCHAR) END, most_hours)"
        },
        subject="project_no",
    ),
    Rule(
        "BE-07",
        "W",
        _B,
        "indicator",
        f"indicator = 'co2' AND value * 10000 > {OUTLIER} * investment",
        _text("round(value * 10000 / investment, 2)"),
        {"limit": f"'{OUTLIER}'"},
        subject="project_no",
    ),
    Rule(
        "BE-08",
        "W",
        _B,
        "indicator",
        "factor_years <> '' AND factor_year <> year",
        "factor_years",
        {"year": _text("year")},
        subject="project_no",
    ),
    Rule(
        "BE-09",
        "E",
        _B,
        "indicator",
        "impossible",
        "indicator",
        {"scene": "scene"},
        subject="project_no",
    ),
    Rule(
        "BE-10",
        "E",
        _B,
        "indicator",
        "why <> ''",
        "indicator",
        {"scene": "scene", "why": "why"},
        subject="project_no",
    ),
    Rule(
        "BE-10W",
        "W",
        _B,
        "indicator",
        "lacking <> ''",
        "indicator",
        {"scene": "scene", "why": "lacking"},
        subject="project_no",
    ),
)

_AF = "asset_class <> '' AND denominator IS NOT NULL"
FINANCED: tuple[Rule, ...] = (
    Rule("FE-01", "E", "", "", "", scope="total"),
    Rule(
        "FE-02",
        "E",
        _I,
        "balance",
        f"{_AF} AND (denominator <= 0 OR balance > denominator)",
        _text("balance"),
        {"denominator": _text("denominator")},
    ),
    Rule(
        "FE-03",
        "E",
        _I,
        "pcaf_score",
        "pcaf_option <> '' AND (NOT known_option OR pcaf_score IS DISTINCT FROM option_score)",
        "concat_ws(' ', pcaf_option, pcaf_score)",
        {"due": "coalesce(CAST(option_score AS VARCHAR), '—')", "class": "asset_class"},
    ),
    Rule(
        "FE-04",
        "E",
        _I,
        "origination_value",
        "before_origination IS NOT NULL AND origination_value IS DISTINCT FROM before_origination",
        f"coalesce({_text('origination_value')}, '')",
        {"before": _text("before_origination")},
    ),
    Rule("FE-05", "E", "", "", "", scope="total"),
    Rule(
        "FE-06",
        "E",
        "in_entity_finance",
        "emissions",
        "emissions < 0 OR emissions_scope3 < 0 OR removals < 0 OR retired < 0 OR generated < 0",
        "concat_ws(' ', emissions, emissions_scope3, removals, retired, generated)",
        subject="credit_code",
    ),
    Rule(
        "FE-07",
        "W",
        _I,
        "event_date",
        "asset_class <> '' AND finance_year <> year(event_date)",
        _text("finance_year"),
        {"year": _text("year(event_date)")},
    ),
)

COUNTED_TWICE: tuple[Rule, ...] = (
    Rule(
        "DC-01",
        "E",
        _I,
        "layer",
        "loop OR (green AND project_no <> '' AND layer = '')",
        "concat_ws(' → ', business_no, nullif(refinances, ''))",
    ),
    Rule(
        "DC-02",
        "E",
        _H,
        "underlying_no",
        "holder_kind = 'abs' AND known_underlying AND NOT transferred",
        "underlying_institution || ' ' || underlying_no",
        subject="holder_no",
    ),
    Rule(
        "DC-03",
        "W",
        _P,
        "credits_declared",
        "credits_declared = '' AND replace(codes, '|', '') <> ''",
        subject="project_no",
    ),
    Rule(
        "CE-01",
        "W",
        _P,
        "certificates_mwh",
        "certificates_mwh > 0",
        _text("certificates_mwh"),
        subject="project_no",
    ),
    Rule(
        "CE-02",
        "W",
        _P,
        "certificates_to",
        f"certificates_to < {DAY}",
        _text("certificates_to"),
        subject="project_no",
    ),
)

OTHERS: tuple[Rule, ...] = (
    Rule(
        "RK-01",
        "E",
        _I,
        "customer_no",
        "green AND open_major AND event = 'disbursed'",
        "customer_no",
    ),
    Rule(
        "RK-01W",
        "W",
        _I,
        "customer_no",
        "green AND open_risk AND NOT (open_major AND event = 'disbursed')",
        "customer_no",
    ),
    Rule(
        "ST-01",
        "E",
        _S,
        "value",
        "detail IS NOT NULL AND value * 10000 <> detail",
        "rtrim(rtrim(CAST(value AS VARCHAR), '0'), '.')",
        {"detail": _text("CAST(detail / 10000 AS DECIMAL(38, 6))"), "item": "item"},
        subject="code",
    ),
    Rule(
        "ST-02",
        "E",
        _S,
        "value",
        "(item = 'disbursed_quarter' AND value > disbursed_ytd) OR (item IN ('rate_quarter',"
        " 'rate_ytd') AND (value < least_rate OR value > most_rate))",
        "rtrim(rtrim(CAST(value AS VARCHAR), '0'), '.')",
        {
            "due": "CASE WHEN item = 'disbursed_quarter' THEN CAST(disbursed_ytd AS VARCHAR)"
            " ELSE concat(least_rate, ' – ', most_rate) END",
            "item": "item",
        },
        subject="code",
    ),
    Rule(
        "ST-03",
        "W",
        _S,
        "value",
        "item = 'balance' AND value - opening_balance <> disbursed_quarter"
        " - coalesce(repaid_quarter, 0) + coalesce(moved_quarter, 0)",
        "rtrim(rtrim(CAST(value - opening_balance AS VARCHAR), '0'), '.')",
        {
            "due": "rtrim(rtrim(CAST(disbursed_quarter - coalesce(repaid_quarter, 0)"
            " + coalesce(moved_quarter, 0) AS VARCHAR), '0'), '.')"
        },
        subject="code",
    ),
)

RULES: tuple[Rule, ...] = (
    *IDENTITY,
    *SUBMISSION,
    *DATES,
    *AMOUNTS,
    *CODES,
    *PROCEEDS,
    *BENEFITS,
    *FINANCED,
    *COUNTED_TWICE,
    *OTHERS,
)

RULE_IDS = tuple(dict.fromkeys(rule.rule_id for rule in RULES))
"""The ids, each once."""

FORMAT = ("FF-01", "FF-02", "FF-03", "FF-04", "FF-05", "FF-06", "AM-04T")
"""Ids of faults found while typing cells: missing, no number, no date, no choice, no header, no
table that anybody knows, a percentage where a fraction is due."""
