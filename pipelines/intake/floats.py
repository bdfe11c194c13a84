"""Binary floats to text, once (二进制浮点数转文本): 15 significant digits, marked by the caller.

What belongs here: the one place where a float of a workbook or of Parquet becomes text. What does
not: reading that text as a number (`numerals`).
"""

from __future__ import annotations

import math
from decimal import Decimal

import polars as pl

_SHORT = r"^-?[0-9]{1,15}(?:\.0)?$|^-?[0-9]{1,7}\.[0-9]{1,8}$"
"""At most 15 digits and no exponent: the shortest text of the float is its 15-digit text."""


def float_text(values: pl.Series) -> pl.Series:
    """The column as decimal text without exponent; NaN and infinities by name; NULL stays."""
    floats = values.cast(pl.Float64)
    shortest = floats.cast(pl.String)
    short = shortest.str.contains(_SHORT).fill_null(True)
    rest = floats.filter(~short).unique()
    frame = pl.DataFrame({"value": floats, "text": shortest.str.strip_suffix(".0")})
    if not rest.is_empty():
        texts = [fifteen_digits(value) for value in rest.to_list()]
        table = pl.DataFrame({"value": rest, "long": texts}, schema_overrides={"long": pl.String})
        frame = frame.join(table, on="value", how="left", maintain_order="left")
        frame = frame.with_columns(text=pl.coalesce("long", "text"))
    return frame["text"].alias(values.name)


def fifteen_digits(value: float) -> str:
    """One float at 15 significant digits, no exponent: 0.1+0.2 → 0.3, 1e22 → 1000…0."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
