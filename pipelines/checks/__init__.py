"""Checks on the assets (资产检查): what must hold, and what people look at.

What belongs here: one check a thing, saying pass or fail with its figures. What does not: the
rules of rows, which are declared in `ledgers.emissions.rules`. A check whose own work fails
raises: that is our fault, never "data failed".
"""

from pipelines.checks.accounts import rejected_share, rows_conserved
from pipelines.checks.chain import chain_verified
from pipelines.checks.deadline import last_month_on_time
from pipelines.checks.dual_control import budgets_judged
from pipelines.checks.gate import expectations_hold
from pipelines.checks.registry import registry_holds

CHECKS = (
    expectations_hold,
    rows_conserved,
    rejected_share,
    chain_verified,
    budgets_judged,
    last_month_on_time,
    registry_holds,
)

__all__ = ["CHECKS"]
