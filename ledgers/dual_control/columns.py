"""Columns of the files of dual control (双控报送文件的列): names, headers, how a cell reads.

What belongs here: what one cell may hold and what it becomes. What does not: checks that look at
other cells or rows (`checks`), and what an import changes (`imports`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from ledgers.dual_control.vocabulary import LEVELS
from ledgers.reference.columns import (
    CellFault,
    Column,
    credit_code,
    day,
    industry,
    number,
    optional_credit_code,
    printed_value,
    standing,
    text,
)

LEVEL_NAMES: Mapping[str, str] = {
    "city": "全市",
    "district": "区县",
    "zone": "开发区",
    "sector": "行业",
    "enterprise": "企业",
    "network": "热网",
}
KIND_NAMES: Mapping[str, str] = {"gdp": "地区生产总值", "value_added": "工业增加值"}
FORM_NAMES: Mapping[str, str] = {"level": "总量", "growth": "实际增速"}
RELEASE_NAMES: Mapping[str, str] = {"flash": "快报", "final": "终报"}
SOURCE_NAMES: Mapping[str, str] = {"closure": "关停", "retrofit": "改造"}
MEASURE_NAMES: Mapping[str, str] = {"carbon": "碳排放", "energy": "能耗"}
RESULT_NAMES: Mapping[str, str] = {"met": "完成", "missed": "未完成", "falsified": "弄虚作假"}
TARGET_NAMES: Mapping[str, str] = {
    "energy_total": "能源消费总量",
    "energy_intensity": "单位GDP能耗",
    "energy_intensity_reduction": "单位GDP能耗降低率",
    "carbon_total": "碳排放总量",
    "carbon_intensity": "单位GDP碳排放",
    "carbon_intensity_reduction": "单位GDP碳排放降低率",
    "coal_total": "煤炭消费总量",
    "oil_total": "石油消费总量",
    "non_fossil_share": "非化石能源消费占比",
}
FIGURE_NAMES: Mapping[str, str] = {
    "energy_total": "能源消费总量",
    "energy_equal": "能源消费总量（等价值）",
    "carbon_total": "碳排放总量",
    "coal_total": "煤炭消费总量",
    "oil_total": "石油消费总量",
    "feedstock": "原料用能",
    "non_fossil": "非化石能源消费量",
    "green_certificate": "绿证电量",
    "so2": "二氧化硫",
    "nox": "氮氧化物",
    "particulates": "颗粒物",
    "vocs": "挥发性有机物",
    "resource_input": "资源投入量",
    "waste_generated": "固体废物产生量",
    "waste_reused": "固体废物综合利用量",
    "output_value": "产值",
    "product_output": "产品产量",
    "heat_supplied": "供热量",
    "heat_non_fossil": "非化石能源供热量",
    "heat_carbon": "供热碳排放",
}
FORMS_205 = ("205-1", "205-2", "205-3", "205-4", "205-5", "205-6")
STOCK_COLUMNS = ("opening_stock", "purchase", "consumption", "transfer_out", "closing_stock")

_YEAR = re.compile(r"(19|20|21)\d\d年?")
_MONTH = re.compile(r"(?:1-|1—|1至)?(0?[1-9]|1[0-2])月?")
_PERIOD = re.compile(r"(\d{4})(?:[-年/.]?(0[1-9]|1[0-2]|[1-9]))?月?年?")


def choice(names: Mapping[str, str]) -> Callable[[str], str]:
    """A reader of one of `names`: its code or its Chinese name."""

    def read(cell: str) -> str:
        for code, name in names.items():
            if cell.lower() == code or cell == name:
                return code
        if not cell:
            return ""
        allowed = "、".join(f"{name} ({code})" for code, name in names.items())
        raise CellFault("dual.choice", seen=cell, allowed=allowed)

    return read


def year(cell: str) -> int:
    """A year: 2025 or 2025年; '' is 0."""
    if not cell:
        return 0
    if not _YEAR.fullmatch(cell):
        raise CellFault("dual.year", seen=cell)
    return int(cell[:4])


def month(cell: str) -> int:
    """The month to whose end a cumulative figure runs: 9, 1-9月; '' is the whole year."""
    if not cell:
        return 12
    found = _MONTH.fullmatch(cell)
    if not found:
        raise CellFault("dual.month", seen=cell)
    return int(found[1])


def period(cell: str) -> str:
    """A year or a month: 2025, 2025-03, 2025年3月."""
    found = _PERIOD.fullmatch(cell)
    if not found or not 1949 <= int(found[1]) <= 2200:
        raise CellFault("dual.period", seen=cell)
    return found[1] + (f"-{int(found[2]):02d}" if found[2] else "")


def printed_share(cell: str) -> str:
    """A decimal as printed; one that says % itself keeps the sign, so that it is certain."""
    sign = cell.replace("％", "%").endswith("%")
    return printed_value(cell.rstrip("%％ ").strip()) + ("%" if sign else "")


def form_205(cell: str) -> str:
    """One of the tables 205-1 to 205-6, with or without 表 and its number's punctuation."""
    found = re.fullmatch(r"(?:P)?205[-—－]?([1-6])表?", cell)
    if not found:
        raise CellFault("dual.choice", seen=cell, allowed="、".join(FORMS_205))
    return f"205-{found[1]}"


def project_code(cell: str) -> str:
    """A project's code without blanks."""
    return cell.replace(" ", "")


_LEVEL = Column(
    "level", ("层级", "级别"), choice({k: LEVEL_NAMES[k] for k in LEVELS}), required=True
)
_CODE = Column("code", ("代码", "区划代码", "对象代码"), text, required=True)
_YEAR_COLUMN = Column("year", ("年份", "年度"), year, required=True)
_VALUE = Column("value", ("数值", "值"), printed_share, required=True)
_UNIT = Column("unit", ("计量单位", "单位"), text, required=True)
_RELEASE = Column("release", ("数据性质", "发布口径"), choice(RELEASE_NAMES), required=True)
_DOCUMENT = Column("document", ("文件", "来源", "依据"), text, required=True)

GDP = (
    _LEVEL,
    _CODE,
    _YEAR_COLUMN,
    Column("month", ("累计月份", "月份"), month),
    Column("kind", ("指标", "指标名称"), choice(KIND_NAMES), required=True),
    Column("form", ("形式",), choice(FORM_NAMES), required=True),
    Column("base_year", ("价格基年", "不变价基年"), year),
    _VALUE,
    _UNIT,
    _RELEASE,
    _DOCUMENT,
)

BUDGET = (
    _LEVEL,
    _CODE,
    _YEAR_COLUMN,
    Column("indicator", ("指标", "指标名称"), choice(TARGET_NAMES), required=True),
    Column("base_year", ("基年", "基准年"), year),
    _VALUE,
    _UNIT,
    _DOCUMENT,
    Column("clause", ("条款",), text),
    Column("standing", ("可信等级",), standing, required=True),
    Column("note", ("备注",), text),
)

STATISTIC = (
    Column("form", ("表号",), form_205, required=True),
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), credit_code, required=True),
    Column("period", ("报告期", "期别"), period, required=True),
    Column("row_code", ("行代码", "行次"), text),
    Column("item", ("能源名称", "产品名称", "能源品种"), text, required=True),
    _UNIT,
    Column("opening_stock", ("期初库存量", "年初库存量"), number),
    Column("purchase", ("购进量",), number),
    Column("consumption", ("消费量", "消费量合计"), number),
    Column("feedstock", ("其中：用于原材料", "用于原材料"), number),
    Column("transfer_out", ("拨出量", "转供量"), number),
    Column("closing_stock", ("期末库存量",), number),
    Column("conversion_input", ("加工转换投入", "加工转换投入量"), number),
    Column("conversion_output", ("加工转换产出", "加工转换产出量"), number),
    Column("recovery", ("回收利用", "回收利用量"), number),
    Column("output", ("产量", "产品产量"), number),
    Column("unit_consumption", ("单位产品能耗", "单耗"), number),
    Column("coefficient", ("采用折标系数", "折标系数"), number),
)

FIGURE = (
    Column("level", ("层级", "级别"), choice(LEVEL_NAMES), required=True),
    _CODE,
    Column("period", ("报告期", "期别"), period, required=True),
    Column("indicator", ("指标", "指标名称"), choice(FIGURE_NAMES), required=True),
    Column("item", ("分项", "产品"), text),
    _VALUE,
    _UNIT,
    _RELEASE,
    _DOCUMENT,
)

FINDING = (
    Column(
        "level",
        ("层级", "级别"),
        choice({k: LEVEL_NAMES[k] for k in ("city", "district", "zone")}),
        required=True,
    ),
    _CODE,
    _YEAR_COLUMN,
    Column("indicator", ("考核指标", "指标"), text, required=True),
    Column("result", ("结论", "考核结果"), choice(RESULT_NAMES), required=True),
    _DOCUMENT,
    Column("note", ("备注",), text),
)

PROJECT = (
    Column("project_code", ("项目代码",), project_code, required=True),
    Column("name", ("项目名称",), text, required=True),
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), optional_credit_code),
    Column("facility", ("排放设施", "设施"), text),
    Column("district", ("行政区划代码", "区县代码"), text, required=True),
    Column("zone", ("所属园区", "开发区"), text),
    Column("industry", ("行业代码", "国民经济行业代码"), industry, required=True),
    Column("product", ("产品代码", "产品"), text, required=True),
    Column("process", ("工艺", "主要工艺"), text),
    Column("approved_energy", ("批复能耗",), printed_value, required=True),
    Column("approved_energy_unit", ("批复能耗单位",), text, required=True),
    Column("approved_coal", ("批复煤炭消费量",), printed_value),
    Column("approved_coal_unit", ("批复煤炭消费量单位",), text),
    Column("approved_carbon", ("批复碳排放",), printed_value),
    Column("approved_carbon_unit", ("批复碳排放单位",), text),
    Column("approved_output", ("设计产量",), printed_value),
    Column("approved_output_unit", ("设计产量单位",), text),
    Column("reviewed_by", ("审查机关",), text),
    Column("approved_on", ("批复日期",), day),
    Column("started_on", ("开工日期",), day),
    Column("commissioned_on", ("投产日期",), day),
    Column("stopped_on", ("停建日期", "停产日期"), day),
    _DOCUMENT,
)

REPLACEMENT = (
    Column("certificate", ("凭证编号", "替代凭证编号"), project_code, required=True),
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), credit_code, required=True),
    Column("source", ("来源类型", "替代来源"), choice(SOURCE_NAMES), required=True),
    Column("measure", ("替代内容",), choice(MEASURE_NAMES), required=True),
    Column("tonnes", ("替代量",), printed_value, required=True),
    Column("unit", ("计量单位", "单位"), text, required=True),
    Column("effective_on", ("生效日期", "关停日期"), day, required=True),
    _DOCUMENT,
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "gdp": GDP,
    "budget": BUDGET,
    "energy_statistics": STATISTIC,
    "dual_control_figure": FIGURE,
    "dual_control_finding": FINDING,
    "two_high_project": PROJECT,
    "replacement": REPLACEMENT,
}
"""Kind of file → its columns, in the order of its template."""
