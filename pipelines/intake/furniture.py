"""Rows of a table that are not data (非数据行): blanks, totals, notes, repeated headers, examples.

What belongs here: telling them from data, with the reason. What does not: dropping them quietly:
each is counted and listed as skipped, with its row number, and stays in the staged rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from pipelines.intake.delimited import ROW_NO
from pipelines.intake.numerals import is_nothing

REASONS = ("title", "blank", "header", "total", "note", "example", "nothing")
"""Why a row was skipped; `title`: it stands above the header; `nothing`: its quantity says that
there was none (-, 无)."""

SKIPPED_SCHEMA: Mapping[str, pl.DataType] = {
    "sheet": pl.String(),
    "row_no": pl.Int64(),
    "reason": pl.String(),
    "text": pl.String(),
}

_TOTAL = (
    r"(?i)^(?:(?:本页|本表|全部|全厂|全公司|能源|综合能耗|累计|本月|月度|年度)?(?:合计|总计|小计|共计|总和|累计)"
    r"|.{1,12}(?:小计|总计)|.{1,12}月合计|subtotal|grandtotal|total|sum)[:：]?$"
)
_TOTAL_ENDS = ("计", "计：", "计:", "总和", "otal", "OTAL", "um", "UM")
_NOTE = (
    r"(?i)^(?:注(?:释|意)?|备注|说明|填表(?:人|日期|单位|说明)?|填报(?:人|日期|单位|说明)?|制表人?|制单人?|编制人?|审核人?|复核人?"
    r"|审批人?|校核人?|单位负责人|统计负责人|负责人|企业负责人|经办人|联系电话|联系人|联系方式|电话|报出日期|打印(?:日期|时间|人)"
    r"|导出(?:日期|时间|人)|制表日期|数据来源|以上|以下|盖章|签(?:字|章)"
    r"|notes?|remarks?|source|prepared ?by|reviewed ?by|approved ?by)"
    r"(?:\s*[0-9一二三四五六七八九]{0,2}\s*(?:[:：、.．)）]|\s|$)|[为是])"
)
_STATEMENT = r"^(?:以上|以下|本表|上述).{2,}"
_EXAMPLE = r"^[（(【\[]?(?:示例|样例|例)(?:行|数据)?(?:[）)】\]]?$|.*(?:删除|delete))"
_CREDIT_CODE = r"^[0-9A-Za-z]{18}$"
_WHITE = r"[\s　]+"
_LABEL = r"[:：]"

IDENTITY = ("enterprise_id", "enterprise_name", "facility", "device", "carrier", "period")
_DUE = ("enterprise_id", "carrier", "period", "quantity")
_WHO_AND_WHAT = ("enterprise_id", "carrier")
"""A row that has neither is nobody's, whatever else it holds."""
_EMPTY = pl.Schema({ROW_NO: pl.Int64, "reason": pl.String, "text": pl.String})


def classify(
    cells: pl.DataFrame, mapped: Mapping[str, str], header: Mapping[str, str]
) -> pl.DataFrame:
    """Rows of `cells` that are furniture: `row_no`, `reason`, `text`.

    `cells` holds `row_no` and trimmed text columns ('' for empty); `mapped` is canonical → its
    column; `header` canonical → the header's text. Only rows that lack something due, or look
    odd in a mapped column, are looked at closely, so a table of pure data costs little.
    """
    texts = [name for name in cells.columns if name != ROW_NO]
    close = cells.filter(_suspect(mapped, header))
    if close.is_empty():
        return pl.DataFrame(schema=_EMPTY)
    close = close.with_columns(_filled=_filled(texts), _first=_first(texts))
    found = close.select(ROW_NO, _reason(mapped, header, texts).alias("reason"), text="_first")
    return found.filter(pl.col("reason") != "")


def above_header(cells: pl.DataFrame) -> pl.DataFrame:
    """Rows above a header, as `classify` gives them: titles, what they declare, blanks."""
    texts = [name for name in cells.columns if name != ROW_NO]
    blank = pl.when(_filled(texts) == 0)
    reason = blank.then(pl.lit("blank")).otherwise(pl.lit("title"))
    return cells.select(ROW_NO, reason.alias("reason"), text=_first(texts))


def _filled(texts: list[str]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(name) != "" for name in texts)


def _first(texts: list[str]) -> pl.Expr:
    first = pl.coalesce(pl.when(pl.col(name) != "").then(pl.col(name)) for name in texts)
    return first.fill_null("")


def is_total_text(text: str) -> bool:
    """Whether one whole cell says that its row is a total."""
    return re.match(_TOTAL, re.sub(_WHITE, "", text)) is not None


def is_example_text(text: str) -> bool:
    """Whether one cell says that its row is the template's example."""
    return re.match(_EXAMPLE, text) is not None


def _suspect(mapped: Mapping[str, str], header: Mapping[str, str]) -> pl.Expr:
    due = [pl.col(mapped[name]) == "" for name in _DUE if name in mapped]
    # The ends of words are looked at first: a pattern over every cell costs seconds.
    odd = [
        pl.col(mapped[name]).str.ends_with(end)
        for name in IDENTITY
        if name in mapped
        for end in _TOTAL_ENDS
    ]
    if "quantity" in mapped:
        quantity = pl.col(mapped["quantity"])
        odd += [quantity == header.get("quantity", ""), is_nothing(quantity)]
    if "note" in mapped:
        odd.append(pl.col(mapped["note"]).str.contains(_EXAMPLE))
    # 单位负责人： may have names in all the cells behind it.
    odd += [
        pl.col(mapped[name]).str.contains(mark, literal=True)
        for name in _WHO_AND_WHAT
        if name in mapped
        for mark in ":："
    ]
    return pl.any_horizontal(*due, *odd)


def _reason(mapped: Mapping[str, str], header: Mapping[str, str], texts: list[str]) -> pl.Expr:
    quantity = pl.col(mapped["quantity"]) if "quantity" in mapped else pl.lit("")
    # 填表人：… in the column of quantities is one more line to sign on.
    no_quantity = (quantity == "") | quantity.str.contains(_LABEL)
    no_carrier = pl.col(mapped["carrier"]) == "" if "carrier" in mapped else pl.lit(True)
    return (
        pl.when(pl.col("_filled") == 0)
        .then(pl.lit("blank"))
        .when(_is_header(mapped, header))
        .then(pl.lit("header"))
        .when(_is_example(mapped))
        .then(pl.lit("example"))
        .when(_is_total(mapped, texts))
        .then(pl.lit("total"))
        .when(pl.col("_first").str.contains(_NOTE) & (no_quantity | no_carrier))
        .then(pl.lit("note"))
        .when(_is_statement(mapped))
        .then(pl.lit("note"))
        .when(_is_numbered_blank(mapped))
        .then(pl.lit("blank"))
        .when(is_nothing(quantity))
        .then(pl.lit("nothing"))
        .otherwise(pl.lit(""))
    )


def _is_header(mapped: Mapping[str, str], header: Mapping[str, str]) -> pl.Expr:
    same = [pl.col(mapped[name]) == text for name, text in header.items() if name in mapped]
    return pl.all_horizontal(same) if same else pl.lit(False)


def _is_example(mapped: Mapping[str, str]) -> pl.Expr:
    places = [pl.col("_first")]
    if "note" in mapped:
        places.append(pl.col(mapped["note"]))
    # 示例（合成数据）有限公司 is data; the word alone, or asking to be deleted, is not.
    return pl.any_horizontal(place.str.contains(_EXAMPLE) for place in places)


def _is_total(mapped: Mapping[str, str], texts: list[str]) -> pl.Expr:
    """A whole cell that says total, in a column that identifies a row or in one without meaning;
    a flow may be 消费量合计 and a note may mention totals. Where nothing else identifies the row,
    the cell may stand in any column."""
    total = {name: pl.col(name).str.replace_all(_WHITE, "").str.contains(_TOTAL) for name in texts}
    meant = {column for name, column in mapped.items() if name not in IDENTITY}
    places = [said for name, said in total.items() if name not in meant]
    due = [mapped[name] for name in _WHO_AND_WHAT if name in mapped]
    if due:
        nameless = pl.all_horizontal(pl.col(name) == "" for name in due)
        places += [said & nameless for name, said in total.items() if name in meant]
    return pl.any_horizontal(places)


def _is_statement(mapped: Mapping[str, str]) -> pl.Expr:
    """A row with text in one cell and nothing else: a remark below the table."""
    values = {mapped[name] for name in ("quantity", "carrier", "period") if name in mapped}
    lone = (pl.col("_filled") == 1) & ~pl.col("_first").str.contains(_CREDIT_CODE)
    empty = pl.all_horizontal(pl.col(name) == "" for name in values) if values else pl.lit(True)
    wordy = pl.col("_first").str.contains(_STATEMENT) | ~pl.col("_first").str.contains(r"^[0-9]+$")
    return lone & empty & wordy


def _is_numbered_blank(mapped: Mapping[str, str]) -> pl.Expr:
    """A prepared line of a form that holds nothing but its running number."""
    lone = (pl.col("_filled") == 1) & pl.col("_first").str.contains(r"^[0-9]{1,6}$")
    empty = [pl.col(name) == "" for name in mapped.values()]
    return lone & (pl.all_horizontal(empty) if empty else pl.lit(True))
