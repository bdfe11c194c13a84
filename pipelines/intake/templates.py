"""Templates (报送模板): a workbook for each kind of file, with a worked row and explanations.

What belongs here: the layout of the workbooks. What does not: the columns and their words, which
stand in `names` and `data/`, so that what a template asks for is what intake reads.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from factors.messages import text as message
from pipelines.intake import balances
from pipelines.intake.names import (
    ACTIVITY,
    DUAL_CONTROL_KINDS,
    REFERENCE_KINDS,
    Known,
    columns_of,
)
from pipelines.intake.references import UnknownKind

KINDS = (ACTIVITY, *REFERENCE_KINDS)
"""Kinds whose rows are records; an energy balance is a table of another shape (`balances`)."""

TITLES = {
    "activity": "能源活动数据",
    "enterprise": "企业名录",
    "facility": "设施名录",
    "person": "人员",
    "factor": "排放因子",
    "rule": "规则",
    "gdp": "地区生产总值与增加值",
    "budget": "双控预算与目标",
    "energy_statistics": "能源统计报表205",
    "dual_control_figure": "双控统计数据",
    "dual_control_finding": "双控考核结论",
    "two_high_project": "两高项目",
    "replacement": "替代量凭证",
}
_EXAMPLE = "示例，请删除本行"
_REMARK = "备注"
# Two ways of stating the period would contradict each other in one row.
_NOT_OFFERED = {"activity": ("period_start", "period_end")}


def template(kind: str) -> bytes:
    """The template of a kind of file as the bytes of an XLSX. Raises UnknownKind."""
    if kind == balances.KIND:
        return balances.template()
    if kind not in (*KINDS, *DUAL_CONTROL_KINDS):
        allowed = ", ".join((*KINDS, *DUAL_CONTROL_KINDS, balances.KIND))
        raise UnknownKind("intake.kind", kind=kind, allowed=allowed)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        _data_sheet(book, kind)
        _help_sheet(book, kind)
    return target.getvalue()


def write_template(kind: str, target: Path) -> Path:
    """Writes the template of a kind of file to `target`. Raises UnknownKind."""
    content = template(kind)
    target.write_bytes(content)
    return target


def _offered(kind: str) -> Sequence[Known]:
    left_out = _NOT_OFFERED.get(kind, ())
    return [known for name, known in columns_of(kind).items() if name not in left_out]


def _data_sheet(book: xlsxwriter.Workbook, kind: str) -> None:
    title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
    plain = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    required = book.add_format({"bold": True, "bg_color": "#F5DCA8", "border": 1})
    worked = book.add_format({"italic": True, "font_color": "#7A7A7A", "num_format": "@"})
    sheet = book.add_worksheet(TITLES[kind])
    columns = _offered(kind)
    remark_of_its_own = "note" in columns_of(kind)
    width = len(columns) + (not remark_of_its_own)
    sheet.merge_range(0, 0, 0, width - 1, f"{TITLES[kind]}（报送模板）", title)
    for index, known in enumerate(columns):
        sheet.write_string(1, index, known.zh[0], required if known.required else plain)
        if known.example:
            sheet.write_string(2, index, known.example, worked)
    if not remark_of_its_own:
        sheet.write_string(1, width - 1, _REMARK, plain)
        sheet.write_string(2, width - 1, _EXAMPLE, worked)
    sheet.set_column(0, width - 1, 16)
    sheet.freeze_panes(2, 0)


def _help_sheet(book: xlsxwriter.Workbook, kind: str) -> None:
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(message("template.help", "zh", {}))
    zh, en = (message("template.columns", lang, {}).split("|") for lang in ("zh", "en"))
    for index, words in enumerate([*zh, en[-1]]):
        sheet.write_string(0, index, words, head)
    for line, known in enumerate(columns_of(kind).values(), start=1):
        words = (known.zh[0], "是" if known.required else "", known.example, known.about_zh)
        for index, text in enumerate((*words, known.about_en)):
            sheet.write_string(line, index, text, wrap)
    sheet.set_column(0, 0, 22)
    sheet.set_column(2, 2, 24)
    sheet.set_column(3, 4, 70)
