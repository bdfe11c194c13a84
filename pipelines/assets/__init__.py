"""The assets (数据资产): what there is after each step of a month, and the registry each night.

What belongs here: one asset a step, each calling one function of `pipelines.month` or of a room
below, and what people see of it on Dagster's page. What does not: the work (`pipelines.month`),
what must hold of it (`pipelines.checks`), when it happens (`pipelines.automation`).

    received_files → checked_rows → posted_entries → month_reports → published_copy
                                         ├→ dual_control_board ──────────┘
                                         └→ returned_workbooks
"""

from pipelines.assets.dual_control import dual_control_board
from pipelines.assets.intake import checked_rows, received_files
from pipelines.assets.ledger import posted_entries
from pipelines.assets.reading import month_reports, published_copy, returned_workbooks
from pipelines.assets.registry import allowance_registry

MONTH_ASSETS = (
    received_files,
    checked_rows,
    returned_workbooks,
    posted_entries,
    month_reports,
    dual_control_board,
    published_copy,
)
NIGHTLY_ASSETS = (allowance_registry,)
ASSETS = (*MONTH_ASSETS, *NIGHTLY_ASSETS)

__all__ = ["ASSETS", "MONTH_ASSETS", "NIGHTLY_ASSETS"]
