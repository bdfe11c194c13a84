"""Faults of files and rows (问题清单) as intake finds them.

What belongs here: one fault as a value, and many as a frame of the shape that every room uses
(`ledgers.emissions.activity.FAULT_COLUMNS`). What does not: their words
(`factors/messages/intake.toml`, put together by `wording`), and the decision what follows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ledgers.emissions.activity import FAULT_COLUMNS

FAULT_SCHEMA: Mapping[str, pl.DataType] = {
    name: pl.Int64() if kind == "BIGINT" else pl.String() for name, kind in FAULT_COLUMNS.items()
}

SEEN_LIMIT = 200
"""Characters of a cell that a fault shows; the cell itself stays in the staged rows."""


@dataclass(frozen=True)
class Fault:
    """One fault of a file (`row_no` 0) or of a row; `rule` is IN-01 … IN-11."""

    rule: str
    sheet: str = ""
    row_no: int = 0
    column: str = ""
    seen: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def record(self, source: str) -> dict[str, object]:
        """The fault as a row of FAULT_COLUMNS."""
        return {
            "source": source,
            "sheet": self.sheet,
            "row_no": self.row_no,
            "column_name": self.column,
            "rule": self.rule,
            "severity": "E",
            "seen": self.seen[:SEEN_LIMIT],
            "facts": facts_text(self.facts),
        }


def facts_text(facts: Mapping[str, object]) -> str:
    """Facts as a JSON object, keys sorted, Chinese left readable."""
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)


def frame(faults: Iterable[Fault], source: str) -> pl.DataFrame:
    """Faults as a frame of FAULT_COLUMNS."""
    return pl.DataFrame([fault.record(source) for fault in faults], schema=FAULT_SCHEMA)


def cell_faults(
    rows: pl.DataFrame, column: str, rule: str, facts_of: Mapping[str, str] | str
) -> pl.DataFrame:
    """Faults of one column: `rows` has `row_no` and `seen`; `facts_of` is the facts' JSON, one
    for all or by what was seen. `source` and `sheet` are put in by the caller."""
    if isinstance(facts_of, str):
        facts: pl.Expr = pl.lit(facts_of)
    else:
        facts = pl.col("seen").replace_strict(facts_of, default="{}", return_dtype=pl.String)
    return rows.select(
        pl.col("row_no").cast(pl.Int64),
        pl.lit(column).alias("column_name"),
        pl.lit(rule).alias("rule"),
        pl.col("seen").str.slice(0, SEEN_LIMIT),
        facts.alias("facts"),
    )
