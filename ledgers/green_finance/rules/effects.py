"""Rules of bank records about benefits, financed emissions, double counting and statistics.

What belongs here: the declarations. What does not: their words and the tables that they look at.
"""

from __future__ import annotations

from ledgers.green_finance.rules.shape import (
    BENEFIT,
    CELL,
    DAY,
    FIRST,
    HOLDING,
    INSTRUMENT,
    OUTLIER,
    PROJECT,
    Rule,
    text,
)

_BENEFIT = {"indicator": "indicator", "scene": "scene"}
BENEFITS: tuple[Rule, ...] = (
    Rule(
        "BE-01",
        "E",
        INSTRUMENT,
        "balance",
        f"{FIRST} AND total_investment IS NOT NULL AND (total_investment <= 0"
        " OR balance > total_investment)",
        text("balance"),
        {"investment": text("total_investment")},
    ),
    Rule(
        "BE-02",
        "E",
        BENEFIT,
        "",
        "first > investment",
        text("first"),
        {"investment": text("investment")},
        subject="project_no",
    ),
    Rule(
        "BE-03",
        "E",
        INSTRUMENT,
        "layer",
        "refinances <> '' AND layer <> 'refinancing'",
        "layer",
        {"refinances": "refinances"},
    ),
    Rule(
        "BE-04",
        "E",
        BENEFIT,
        "phase",
        "phase = 'achieved' AND (operating_on IS NULL OR year(operating_on) > year)",
        text("year"),
        {"operating": "coalesce(CAST(operating_on AS VARCHAR), '—')"},
        subject="project_no",
    ),
    Rule(
        "BE-05",
        "E",
        BENEFIT,
        "indicator",
        "abs(reported - value) > 0.1 * abs(value)",
        text("reported"),
        _BENEFIT | {"value": text("round(value, 4)")},
        subject="project_no",
    ),
    Rule(
        "BE-05W",
        "W",
        BENEFIT,
        "indicator",
        "abs(reported - value) > 0.01 * abs(value) AND abs(reported - value) <= 0.1 * abs(value)",
        text("reported"),
        _BENEFIT | {"value": text("round(value, 4)")},
        subject="project_no",
    ),
    Rule(
        "BE-06",
        "W",
        BENEFIT,
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
        BENEFIT,
        "indicator",
        f"indicator = 'co2' AND value * 10000 > {OUTLIER} * investment",
        text("round(value * 10000 / investment, 2)"),
        {"limit": f"'{OUTLIER}'"},
        subject="project_no",
    ),
    Rule(
        "BE-08",
        "W",
        BENEFIT,
        "indicator",
        "factor_years <> '' AND factor_year <> year",
        "factor_years",
        {"year": text("year")},
        subject="project_no",
    ),
    Rule(
        "BE-09",
        "E",
        BENEFIT,
        "indicator",
        "impossible",
        "indicator",
        {"scene": "scene"},
        subject="project_no",
    ),
    Rule(
        "BE-10",
        "E",
        BENEFIT,
        "indicator",
        "why <> ''",
        "indicator",
        {"scene": "scene", "why": "why"},
        subject="project_no",
    ),
    Rule(
        "BE-10W",
        "W",
        BENEFIT,
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
        INSTRUMENT,
        "balance",
        f"{_AF} AND (denominator <= 0 OR balance > denominator)",
        text("balance"),
        {"denominator": text("denominator")},
    ),
    Rule(
        "FE-03",
        "E",
        INSTRUMENT,
        "pcaf_score",
        "pcaf_option <> '' AND (NOT known_option OR pcaf_score IS DISTINCT FROM option_score)",
        "concat_ws(' ', pcaf_option, pcaf_score)",
        {"due": "coalesce(CAST(option_score AS VARCHAR), '—')", "class": "asset_class"},
    ),
    Rule(
        "FE-04",
        "E",
        INSTRUMENT,
        "origination_value",
        "before_origination IS NOT NULL AND origination_value IS DISTINCT FROM before_origination",
        f"coalesce({text('origination_value')}, '')",
        {"before": text("before_origination")},
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
        INSTRUMENT,
        "event_date",
        "asset_class <> '' AND finance_year <> year(event_date)",
        text("finance_year"),
        {"year": text("year(event_date)")},
    ),
)

COUNTED_TWICE: tuple[Rule, ...] = (
    Rule(
        "DC-01",
        "E",
        INSTRUMENT,
        "layer",
        "loop OR (green AND project_no <> '' AND layer = '')",
        "concat_ws(' → ', business_no, nullif(refinances, ''))",
    ),
    Rule(
        "DC-02",
        "E",
        HOLDING,
        "underlying_no",
        "holder_kind = 'abs' AND known_underlying AND NOT transferred",
        "underlying_institution || ' ' || underlying_no",
        subject="holder_no",
    ),
    Rule(
        "DC-03",
        "W",
        PROJECT,
        "credits_declared",
        "credits_declared = '' AND replace(codes, '|', '') <> ''",
        subject="project_no",
    ),
    Rule(
        "CE-01",
        "W",
        PROJECT,
        "certificates_mwh",
        "certificates_mwh > 0",
        text("certificates_mwh"),
        subject="project_no",
    ),
    Rule(
        "CE-02",
        "W",
        PROJECT,
        "certificates_to",
        f"certificates_to < {DAY}",
        text("certificates_to"),
        subject="project_no",
    ),
)

OTHERS: tuple[Rule, ...] = (
    Rule(
        "RK-01",
        "E",
        INSTRUMENT,
        "customer_no",
        "green AND open_major AND event = 'disbursed'",
        "customer_no",
    ),
    Rule(
        "RK-01W",
        "W",
        INSTRUMENT,
        "customer_no",
        "green AND open_risk AND NOT (open_major AND event = 'disbursed')",
        "customer_no",
    ),
    Rule(
        "ST-01",
        "E",
        CELL,
        "value",
        "detail IS NOT NULL AND value * 10000 <> detail",
        "rtrim(rtrim(CAST(value AS VARCHAR), '0'), '.')",
        {"detail": text("CAST(detail / 10000 AS DECIMAL(38, 6))"), "item": "item"},
        subject="code",
    ),
    Rule(
        "ST-02",
        "E",
        CELL,
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
        CELL,
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
