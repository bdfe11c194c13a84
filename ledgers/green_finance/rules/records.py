"""Rules of bank records about identity, submission, dates (身份、报送、日期).

What belongs here: the declarations. What does not: their words and the tables that they look at.
"""

from __future__ import annotations

from ledgers.green_finance.rules.shape import (
    ALLOCATION,
    DAY,
    DELETION,
    HOLDING,
    INSTRUMENT,
    MESSAGE,
    PROJECT,
    Rule,
    text,
)


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
    _industry(PROJECT, "project_no"),
    _industry(INSTRUMENT, "business_no"),
    _district("in_customer", "customer_no"),
    _district(PROJECT, "project_no"),
    _district(INSTRUMENT, "business_no"),
    Rule(
        "ID-03",
        "E",
        INSTRUMENT,
        "business_no",
        f"repeats > 1 OR (known_record AND {MESSAGE} <> 'correction')",
        "business_no",
        {"event": "event", "date": text("event_date")},
    ),
    Rule(
        "ID-03",
        "E",
        PROJECT,
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
        INSTRUMENT,
        "business_no",
        f"{MESSAGE} = 'correction' AND NOT known_record",
        "business_no || ' ' || event || ' ' || event_date",
    ),
    Rule(
        "SB-04",
        "E",
        DELETION,
        "record_no",
        "NOT known_record",
        "concat_ws(' ', record_no, event, event_date)",
        subject="record_no",
    ),
    Rule("SB-05", "E", DELETION, "record_no", "disclosed", "record_no", subject="record_no"),
    Rule("SB-06", "E", DELETION, "record_no", "in_use", "record_no", subject="record_no"),
    Rule(
        "SB-07",
        "W",
        INSTRUMENT,
        "event_date",
        f"{MESSAGE} = 'ordinary' AND {DAY} - event_date > 10",
        text("event_date"),
        {"day": text(DAY)},
    ),
    Rule(
        "SB-08",
        "E",
        INSTRUMENT,
        "event_date",
        f"event_date > {DAY} OR ({MESSAGE} = 'supplement' AND {DAY} - event_date > 183)",
        text("event_date"),
        {"day": text(DAY)},
    ),
    Rule("SB-09", "E", INSTRUMENT, "customer_no", "NOT known_customer", "customer_no"),
    Rule(
        "SB-09",
        "E",
        PROJECT,
        "customer_no",
        "NOT known_customer",
        "customer_no",
        subject="project_no",
    ),
    Rule(
        "SB-09",
        "E",
        INSTRUMENT,
        "project_no",
        "project_no <> '' AND NOT known_project",
        "project_no",
    ),
    Rule("SB-09", "E", ALLOCATION, "business_no", "NOT known_bond", "business_no"),
    Rule("SB-09", "E", HOLDING, "holder_no", "NOT known_holder", "holder_no", subject="holder_no"),
    Rule(
        "SB-09",
        "E",
        INSTRUMENT,
        "refinances",
        "refinances <> '' AND NOT known_refinanced",
        "refinances",
    ),
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
        INSTRUMENT,
        "matures_on",
        "matures_on < greatest(disbursed_on, recognised_on, issued_on, signed_on)",
        text("matures_on"),
        {"latest": text("greatest(disbursed_on, recognised_on, issued_on, signed_on)")},
    ),
    *(
        Rule(
            "DT-02",
            "E",
            INSTRUMENT,
            column,
            f"event = '{event}' AND event_date IS DISTINCT FROM {column}",
            f"coalesce({text(column)}, '')",
            {"event": "event", "date": text("event_date")},
        )
        for event, column in _EVENT_FIELDS.items()
    ),
    Rule(
        "MT-01",
        "W",
        INSTRUMENT,
        "matures_on",
        "matures_on > ends_on",
        text("matures_on"),
        {"ends": text("ends_on")},
    ),
    Rule(
        "MT-02",
        "W",
        INSTRUMENT,
        "term_days",
        "abs(term_days - (matures_on - coalesce(disbursed_on, issued_on, signed_on))) > 31",
        text("term_days"),
        {"days": text("matures_on - coalesce(disbursed_on, issued_on, signed_on)")},
    ),
)
