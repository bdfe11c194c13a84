"""Numbers as people write them (数字), to decimal text and DECIMAL(38,12), in whole columns.

What belongs here: thousands separators, full-width digits, minus signs, percent, exponents, and
the limits of 20 integer digits and 12 decimals. Nothing is rounded: a text that cannot be kept is
a fault. What does not: which column a number stands in, and binary floats (`floats`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

INTEGER_DIGITS = 20
DECIMALS = 12
DECIMAL = pl.Decimal(38, DECIMALS)

NOTHING = ("-", "--", "---", "—", "——", "–", "－", "/", "／", "\\", "无", "無", "空", "N/A", "n/a")
NOTHING += ("NA", "na", "NULL", "null", "None", "none", "nil", "不适用", "暂无", "未发生")
"""Whole cells that say that there is nothing."""

FORMULA = r"^\s*[=＝@]|^\s*[+\-＋]\s*[A-Za-z_(]"
"""How a text begins that a spreadsheet would run: =1+1, @SUM(A1), +cmd|…, -2 is a number."""

_PLAIN = r"^[+-]?[0-9]{1,20}(?:\.[0-9]{1,12})?$"
_DIGITS = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$"
_THOUSANDS = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
_SPACED = r"^[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]*)?$"
_EXPONENT = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+$"
_TOO_LONG = "9" * (INTEGER_DIGITS + 1)
"""Stands for a number that has far more digits than can be kept, so that none is written out."""
_EXPONENT_DIGITS = 3
_ENDLESS = r"(?i)^[+-]?(?:inf(?:inity)?|nan)$"
_MINUSES: Mapping[str, str] = dict.fromkeys("−–—﹣", "-")


def read_numbers(texts: pl.Series) -> pl.DataFrame:
    """The column as `value` DECIMAL(38,12), `percent` (a % stood behind it) and `fault`: '',
    'IN-03' (no number), 'IN-04' (cannot be kept) or 'IN-10' (a formula). '' gives NULL, no fault.

    Plain digits take one pattern and one cast; only the rest is cleaned, by distinct text.
    """
    column = texts.alias("text")
    plain = column.str.contains(_PLAIN)
    odd = column.filter(~plain & (column != "")).unique()
    frame = pl.DataFrame([column])
    # The pattern has let through nothing that the cast could round.
    quick = pl.when(plain).then(pl.col("text")).cast(DECIMAL, strict=False)
    if odd.is_empty():
        return frame.select(value=quick, percent=pl.lit(False), fault=pl.lit(""))
    joined = frame.join(_clean(odd), on="text", how="left", maintain_order="left")
    return joined.select(
        value=pl.coalesce(quick, pl.col("value")),
        percent=pl.col("percent").fill_null(False),
        fault=pl.col("fault").fill_null(""),
    )


def _clean(odd: pl.Series) -> pl.DataFrame:
    """Distinct texts that are not plain digits: text, value, percent, fault."""
    frame = pl.DataFrame([odd.alias("text")]).with_columns(_tidied())
    frame = frame.with_columns(
        percent=pl.col("tidy").str.contains(r"[%]$"),
        formula=pl.col("text").str.contains(FORMULA) & ~pl.col("tidy").str.contains(_ENDLESS),
        tidy=pl.col("tidy").str.strip_suffix("%").str.strip_chars(),
    ).with_columns(digits=_digits())
    frame = frame.with_columns(_exponents(frame))
    whole = pl.col("digits").str.extract(r"^[+-]?0*([0-9]*)", 1).str.len_chars()
    decimals = pl.col("digits").str.extract(r"\.([0-9]*)$", 1).fill_null("").str.len_chars()
    frame = frame.with_columns(
        fault=pl.when(pl.col("formula"))
        .then(pl.lit("IN-10"))
        .when(pl.col("digits").is_null())
        .then(pl.lit("IN-03"))
        .when((whole > INTEGER_DIGITS) | (decimals > DECIMALS))
        .then(pl.lit("IN-04"))
        .otherwise(pl.lit(""))
    )
    kept = pl.when(pl.col("fault") == "").then(pl.col("digits"))
    return frame.select("text", kept.cast(DECIMAL).alias("value"), "percent", "fault")


def _tidied() -> pl.Expr:
    """Widths folded, minus signs made one, the apostrophe of a text cell and spaces gone,
    (1,234) of bookkeepers made negative."""
    tidy = pl.col("text").str.normalize("NFKC").str.strip_chars().str.strip_prefix("'")
    tidy = tidy.str.replace_many(_MINUSES).str.replace(r"^([+-])\s+", "$1")
    return tidy.str.replace(r"^\(([0-9,. ]+)\)$", "-$1").str.strip_chars().alias("tidy")


def _digits() -> pl.Expr:
    """Digits with at most a sign and a point; NULL where the text is no plain number."""
    tidy = pl.col("tidy")
    joined = (
        pl.when(tidy.str.contains(_DIGITS))
        .then(tidy)
        .when(tidy.str.contains(_THOUSANDS))
        .then(tidy.str.replace_all(",", "", literal=True))
        .when(tidy.str.contains(_SPACED))
        .then(tidy.str.replace_all(" ", "", literal=True))
    )
    return joined.str.replace(r"^([+-]?)\.", "${1}0.").str.strip_suffix(".")


def _exponents(frame: pl.DataFrame) -> pl.Expr:
    """Exact decimal text of 1.2E+3 and its like; few, so by distinct text in Python."""
    written = frame["tidy"].filter(frame["tidy"].str.contains(_EXPONENT)).unique().to_list()
    if not written:
        return pl.col("digits")
    exact = {text: _without_exponent(text) for text in written}
    spelled = pl.col("tidy").replace_strict(exact, default=None, return_dtype=pl.String)
    return pl.coalesce(pl.col("digits"), spelled).alias("digits")


def _without_exponent(text: str) -> str:
    """1.2E+3 → 1200; _TOO_LONG where the exponent alone is beyond what can be kept."""
    mantissa, _, exponent = text.lower().partition("e")
    if not Decimal(mantissa):
        return "0"
    if len(exponent.lstrip("+-").lstrip("0")) > _EXPONENT_DIGITS:
        return _TOO_LONG
    return format(Decimal(text), "f")


def is_nothing(text: pl.Expr) -> pl.Expr:
    """True where a trimmed cell says that there is nothing ('' is not said, it is empty)."""
    return text.is_in(list(NOTHING))
