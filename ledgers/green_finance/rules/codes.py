"""Rules of bank records about catalogue codes (目录代码).

What belongs here: the declarations. What does not: their words and the tables that they look at.
"""

from __future__ import annotations

from ledgers.green_finance.rules.shape import (
    CODE,
    DAY,
    INSTRUMENT,
    LEGAL_OPEN,
    MESSAGE,
    PROJECT,
    Rule,
    text,
)

_ENTRY = {"edition": "edition", "extent": "coalesce(extent, '0')"}
CODES: tuple[Rule, ...] = (
    Rule("CL-01", "E", CODE, "code", "NOT taggable", "code", _ENTRY, subject="subject_no"),
    Rule(
        "CL-01W",
        "W",
        CODE,
        "code",
        "taggable AND NOT complete",
        "code",
        _ENTRY,
        subject="subject_no",
    ),
    Rule(
        "CL-02",
        "E",
        INSTRUMENT,
        "recognised_on",
        f"green AND NOT {LEGAL_OPEN} AND NOT list_has_any(coded, editions)",
        "array_to_string(coded, '、')",
        {"editions": "array_to_string(editions, '、')", "line": text("line")},
    ),
    Rule(
        "CL-02C",
        "E",
        INSTRUMENT,
        "chosen_edition",
        f"green AND {LEGAL_OPEN} AND (NOT list_contains(editions, chosen_edition)"
        " OR NOT list_contains(coded, chosen_edition) OR trim(choice_reason) = '')",
        "chosen_edition",
        {"editions": "array_to_string(editions, '、')", "line": text("line")},
    ),
    Rule(
        "CL-03",
        "E",
        INSTRUMENT,
        "project_no",
        "green AND loan_kind = 'project' AND known_project AND codes <> project_codes",
        "codes",
        {"project": "project_codes"},
    ),
    Rule(
        "CL-04",
        "W",
        CODE,
        "industry",
        "taggable AND len(industries) > 0 AND NOT list_contains(industries, industry)",
        "industry",
        {"code": "code", "industries": "array_to_string(industries[1:12], '、')"},
        subject="subject_no",
    ),
    Rule(
        "CL-05",
        "E",
        CODE,
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
        INSTRUMENT,
        "recognised_on",
        f"{MESSAGE} <> 'correction' AND known_business AND before_recognised IS NOT NULL"
        " AND (codes <> before_codes OR recognised_on IS DISTINCT FROM before_recognised)",
        "codes || ' ' || coalesce(CAST(recognised_on AS VARCHAR), '')",
        {"before": "before_codes || ' ' || CAST(before_recognised AS VARCHAR)"},
    ),
    Rule(
        "CL-07",
        "E",
        PROJECT,
        "project_no",
        f"{MESSAGE} <> 'correction' AND known_record AND codes <> before_codes",
        "codes",
        {"before": "before_codes"},
        subject="project_no",
    ),
    Rule(
        "CL-08",
        "W",
        INSTRUMENT,
        "loan_kind",
        "green AND loan_kind = 'working_capital' AND NOT use_of_funds AND NOT green_revenue",
        "loan_kind",
    ),
    Rule(
        "CL-09",
        "E",
        INSTRUMENT,
        "tagged_by",
        "green AND (trim(tagged_by) = '' OR len(coded) = 0 OR recognised_on IS NULL)",
        "tagged_by",
    ),
    Rule(
        "CL-09",
        "E",
        PROJECT,
        "tagged_by",
        "trim(tagged_by) = '' AND replace(codes, '|', '') <> ''",
        "tagged_by",
        subject="project_no",
    ),
    Rule(
        "CL-10",
        "E",
        INSTRUMENT,
        "cbirc_code",
        "kind IN ('acceptance', 'letter_of_credit', 'bond_investment')"
        " AND pboc_code || bond_code <> ''",
        "pboc_code || ' ' || bond_code",
    ),
)
