"""The columns of an activity row (能源活动数据), declared once for every room.

What belongs here: names, types and allowed values of typed rows. What does not: how they are
read from files (`pipelines.intake`) and what they come to (`ledgers.emissions` calculation).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MEASURED = (
    "ncv",
    "carbon_content",
    "elemental_carbon",
    "oxidation_rate",
    "moisture",
    "pressure",
    "temperature",
    "enthalpy",
)
"""Parameters that an enterprise may have measured; each has a `<name>_unit` beside it."""

FLOWS = (
    "consumption",
    "purchase",
    "opening_stock",
    "closing_stock",
    "conversion_input",
    "conversion_output",
    "recovery",
    "transfer_out",
    "export",
    "loss",
    "feedstock",
    "process_input",
    "product",
    "green_power",
    "self_generation",
)

BALANCE_FLOWS = frozenset({"opening_stock", "closing_stock", "purchase", "transfer_out", "product"})
"""Flows that are sent for the balance of stocks and outputs: that one of them gives no emission
under a method edition is as it should be, and nobody is warned of it."""

DATA_KINDS = ("measured", "calculated", "estimated", "accrued")
EVIDENCE_KINDS = ("meter", "invoice", "settlement", "ledger", "none")
COAL_BASES = ("ar", "ad", "d")
GAS_CONDITIONS = ("0C", "20C")

DECIMAL = "DECIMAL(38,12)"

TYPED_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "VARCHAR",
        "sheet": "VARCHAR",
        "row_no": "BIGINT",
        "enterprise_id": "VARCHAR",
        "enterprise_name": "VARCHAR",
        "facility": "VARCHAR",
        "device": "VARCHAR",
        "carrier": "VARCHAR",
        "carrier_text": "VARCHAR",
        "flow": "VARCHAR",
        "period_start": "DATE",
        "period_end": "DATE",
        "starts_at": "TIMESTAMP",
        "quantity_text": "VARCHAR",
        "quantity": DECIMAL,
        "unit": "VARCHAR",
        **{
            column: kind
            for name in MEASURED
            for column, kind in ((name, DECIMAL), (f"{name}_unit", "VARCHAR"))
        },
        "coal_basis": "VARCHAR",
        "gas_condition": "VARCHAR",
        "data_kind": "VARCHAR",
        "evidence_kind": "VARCHAR",
        "evidence": "VARCHAR",
        "correction_of": "VARCHAR",
        "note": "VARCHAR",
        "from_float": "BOOLEAN",
    }
)
"""Column → DuckDB type of a typed row. Text is never NULL ('' is nothing); measured decimals are
NULL when not measured; `starts_at` is NULL unless the reading is finer than a day."""

FAULT_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "source": "VARCHAR",
        "sheet": "VARCHAR",
        "row_no": "BIGINT",
        "column_name": "VARCHAR",
        "rule": "VARCHAR",
        "severity": "VARCHAR",
        "seen": "VARCHAR",
        "facts": "VARCHAR",
    }
)
"""Column → DuckDB type of a fault: row 0 is the whole file, `facts` a JSON object."""
