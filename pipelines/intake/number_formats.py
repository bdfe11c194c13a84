"""How a workbook shows its numbers (数字格式): the styles that mean a percentage or a month.

What belongs here: from the styles of an XLSX to the style numbers of cells that a person sees as
98% or as 2025年3月. What does not: the cells (`sheet_xml`) and their values (`workbooks`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

_PERCENTS = {"9", "10"}
_MONTHS = {"17", "27", "36", "50", "52", "57"}
"""Formats that have a number and no text: mmm-yy, and 年月 of a Chinese spreadsheet (ECMA-376,
part 1, 18.8.30, zh-cn)."""

_UNREAD = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""What a format shows as it stands, or leaves out: it says nothing about days."""


@dataclass(frozen=True)
class ShownAs:
    """Style numbers, as they stand in cells, of percentages and of dates shown without a day."""

    percents: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()


def shown_as(styles: ElementTree.Element | None) -> ShownAs:
    """The styles of a workbook's `styles.xml` that change what a person sees."""
    if styles is None:
        return ShownAs()
    codes = {
        node.get("numFmtId", ""): node.get("formatCode", "")
        for node in styles.iter()
        if node.tag.endswith("}numFmt")
    }
    percents = _PERCENTS | {number for number, code in codes.items() if "%" in code}
    months = (_MONTHS - codes.keys()) | {
        number for number, code in codes.items() if shows_month(code)
    }
    cells = next((node for node in styles.iter() if node.tag.endswith("}cellXfs")), None)
    used = {str(at): node.get("numFmtId", "") for at, node in enumerate(cells or ())}
    return ShownAs(_styles(used, percents), _styles(used, months))


def _styles(used: Mapping[str, str], formats: set[str]) -> frozenset[str]:
    return frozenset(style for style, number in used.items() if number in formats)


def shows_month(code: str) -> bool:
    """Whether a format shows the month of a date, but no day and no time: yyyy"年"m"月", yyyy-mm,
    mmm-yy, m"月"."""
    shown = set(_UNREAD.sub("", code.partition(";")[0]).lower())
    return "m" in shown and not {"d", "h", "s"} & shown
