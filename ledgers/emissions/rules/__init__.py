"""The declared rules of activity data (活动数据校验规则): what is wrong with a row or a file.

What belongs here: rules declared once, the grounds that they judge by, and finding faults. What
does not: reading files (`pipelines.intake`, whose own ids are IN-*), factors and proofs of
formulas (found in posting, FA-*), and what becomes of a rejected row.
"""

from ledgers.emissions.rules.declarations import RULE_IDS, RULES, Rule
from ledgers.emissions.rules.finding import faults_table, find_faults, row_columns, table
from ledgers.emissions.rules.grounds import (
    Ground,
    Window,
    ground_of,
    shipped_ground,
    window_of,
)

__all__ = [
    "RULES",
    "RULE_IDS",
    "Ground",
    "Rule",
    "Window",
    "faults_table",
    "find_faults",
    "ground_of",
    "row_columns",
    "shipped_ground",
    "table",
    "window_of",
]
