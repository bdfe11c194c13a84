"""The rules of bank records, each declared once (绿色金融校验规则).

What belongs here: id, severity, what a rule looks at and when it is broken. What does not: their
words (`factors/messages/finance_rules.toml`, code `finance.rule.<id>`), the preparation of what
they look at (`grounds`), and running them (`checking`). NULL never breaks a rule.

E refuses the whole package; W is listed and waits for the answer of a named person. Where a text
gives two severities for one rule, the warning is the id with W behind it. `scope` row: a predicate
on the table of `grounds`; total: held where totals are made (`financed`), named here for the list.
"""

from __future__ import annotations

from ledgers.green_finance.rules.amounts import AMOUNTS, PROCEEDS
from ledgers.green_finance.rules.codes import CODES
from ledgers.green_finance.rules.effects import BENEFITS, COUNTED_TWICE, FINANCED, OTHERS
from ledgers.green_finance.rules.records import DATES, IDENTITY, SUBMISSION
from ledgers.green_finance.rules.shape import Rule

__all__ = ["FORMAT", "RULES", "RULE_IDS", "Rule"]

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
