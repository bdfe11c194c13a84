"""The rules of activity rows and files, each declared once (校验规则).

What belongs here: id, severity, what a rule looks at and when it is broken. What does not: their
words (`factors/messages/rules.toml`, code `fault.<id>`), the preparation of what they look at
(`grounds`), and running them (`finding`).

A row rule is a predicate on the columns of the view `rule_rows`: the typed row with what the
register, the bands and the proof of its units say about it. The same predicate rejects rows in
`tanzhang check` and in the month, and `expectation` says it again as a Great Expectations
expectation on the same columns, for the gate of the pipeline. NULL never breaks a rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Expectation = tuple[str, Mapping[str, Any]]
"""Name of a Great Expectations expectation and its arguments; `{earliest}` and `{latest}` stand
for the days of the window."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `scope`: 'row' is decided by the row alone and what is known of it; 'unit' by the units as
    written, once for each combination; 'file' by several rows. `severity`: 'E' rejects the row,
    'W' lists it. `column`: where the fault is marked ('' = the row). `predicate`, `seen` and
    `facts` are SQL on `rule_rows`; for other scopes they are empty and a statement of its own
    writes the faults. `columns` are those of `rule_rows` that the expectation needs.
    """

    rule_id: str
    severity: Literal["E", "W"]
    scope: Literal["row", "unit", "file"]
    column: str
    predicate: str = ""
    seen: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    expectation: Expectation | None = None

    @property
    def message(self) -> str:
        """The code of its message, whose facts are `facts` and `seen`."""
        return f"fault.{self.rule_id}"


def _in_band(parameter: str) -> Expectation:
    return "expect_column_values_to_be_in_set", {"column": f"{parameter}_band", "value_set": [0]}


def _true(column: str) -> Expectation:
    return "expect_column_values_to_be_in_set", {"column": column, "value_set": [True]}


def _band_rule(rule_id: str, parameter: str) -> Rule:
    return Rule(
        rule_id,
        "E",
        "row",
        parameter,
        predicate=f"{parameter}_band <> 0",
        seen=f"{_plain(parameter)} || ' ' || {parameter}_unit",
        facts={
            "carrier": "carrier_name",
            "value": _plain(parameter),
            "unit": f"{parameter}_unit",
            "lower": f"{parameter}_lower",
            "upper": f"{parameter}_upper",
        },
        columns=(f"{parameter}_band",),
        expectation=_in_band(parameter),
    )


def _plain(column: str) -> str:
    """A decimal without the zeros that its type adds."""
    return f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')"


_ENTERPRISE = {"enterprise_id": "enterprise_id", "enterprise_name": "enterprise_name"}
_PERIOD = {"start": "CAST(period_start AS VARCHAR)", "end": "CAST(period_end AS VARCHAR)"}

RULES: tuple[Rule, ...] = (
    Rule(
        "RG-01",
        "E",
        "row",
        "enterprise_id",
        predicate="NOT credit_code_valid",
        seen="enterprise_id",
        facts=_ENTERPRISE,
        columns=("credit_code_valid",),
        expectation=_true("credit_code_valid"),
    ),
    Rule(
        "RG-02",
        "E",
        "row",
        "enterprise_id",
        predicate="credit_code_valid AND NOT enterprise_registered",
        seen="enterprise_id",
        facts={**_ENTERPRISE, **_PERIOD, "registered": "registered_days"},
        columns=("enterprise_registered",),
        # A code that is not valid has its own rule; here it is NULL.
        expectation=_true("enterprise_registered"),
    ),
    Rule("RG-03", "W", "file", "facility"),
    Rule(
        "UN-01",
        "E",
        "unit",
        "unit",
        predicate="NOT units_fit",
        columns=("units_fit",),
        expectation=_true("units_fit"),
    ),
    Rule(
        "UN-02",
        "E",
        "unit",
        "unit",
        predicate="NOT condition_known",
        columns=("condition_known",),
        expectation=_true("condition_known"),
    ),
    Rule("UN-03", "W", "unit", "unit"),
    Rule(
        "VA-01",
        "E",
        "row",
        "quantity",
        predicate="quantity < 0 AND correction_of = ''",
        seen="quantity_text || ' ' || unit",
        facts={"value": _plain("quantity"), "unit": "unit"},
        columns=("uncorrected_quantity",),
        expectation=(
            "expect_column_values_to_be_between",
            {"column": "uncorrected_quantity", "min_value": 0},
        ),
    ),
    Rule(
        "VA-02",
        "E",
        "row",
        "quantity",
        predicate="quantity_band <> 0",
        seen="quantity_text || ' ' || unit",
        facts={
            "carrier": "carrier_name",
            "value": _plain("quantity"),
            "unit": "unit",
            "limit": "quantity_limit",
            "months": "CAST(months AS VARCHAR)",
        },
        columns=("quantity_band",),
        expectation=_in_band("quantity"),
    ),
    _band_rule("VA-03", "ncv"),
    _band_rule("VA-04", "carbon_content"),
    _band_rule("VA-04", "elemental_carbon"),
    _band_rule("VA-05", "oxidation_rate"),
    _band_rule("VA-06", "moisture"),
    _band_rule("VA-07", "enthalpy"),
    Rule(
        "PE-01",
        "E",
        "row",
        "period_start",
        predicate="days_outside <> 0",
        seen="CAST(period_start AS VARCHAR) || ' … ' || CAST(period_end AS VARCHAR)",
        facts={
            **_PERIOD,
            "earliest": "CAST(earliest AS VARCHAR)",
            "latest": "CAST(latest AS VARCHAR)",
        },
        columns=("days_outside",),
        expectation=(
            "expect_column_values_to_be_between",
            {"column": "days_outside", "min_value": 0, "max_value": 0},
        ),
    ),
    Rule(
        "PE-02",
        "E",
        "row",
        "period_start",
        predicate="days_covered < 1",
        seen="CAST(period_start AS VARCHAR) || ' … ' || CAST(period_end AS VARCHAR)",
        facts=_PERIOD,
        columns=("days_covered",),
        expectation=(
            "expect_column_values_to_be_between",
            {"column": "days_covered", "min_value": 1},
        ),
    ),
    Rule("PE-03", "W", "file", "period_start"),
    Rule("PD-01", "W", "file", "period_start"),
    Rule("DU-01", "W", "file", ""),
    Rule("ST-01", "W", "file", "quantity"),
    Rule("TR-01", "W", "file", "quantity"),
    Rule("TR-02", "W", "file", "quantity"),
    Rule("CR-01", "E", "file", "correction_of"),
    Rule("PW-01", "W", "file", "quantity"),
)

RULE_IDS = tuple(dict.fromkeys(rule.rule_id for rule in RULES))
"""The ids, each once: a rule may look at two columns."""
