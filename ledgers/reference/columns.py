"""Columns of the files of reference data (参考数据): names, Chinese headers, and how a cell reads.

What belongs here: what one cell of a register, factor or rule file may hold and what it becomes.
What does not: reading files (`pipelines.intake`), checks that look at other rows or at the books
(`register`, `editions`, `rule_sets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from factors.errors import DataFault

NOTHING = frozenset({"", "-", "--", "—", "/", "无", "空", "长期", "至今"})
"""What people write for nothing; 长期 and 至今 stand in a column of end dates."""

BOUNDARIES: Mapping[str, str] = {
    "legal_person": "法人",
    "national_facility": "全国市场设施",
    "city_enterprise": "城市市场企业",
    "city_inventory": "城市清单",
}
MARKETS: Mapping[str, str] = {"national": "全国", "city": "本市", "none": "无"}
STANDINGS = ("transcribed", "reported", "memory", "suspect")
"""What a file may say of its own rows: 'official' comes from a confirmation alone."""

_YES = frozenset({"是", "y", "yes", "true", "1", "有"})
_NO = frozenset({"否", "n", "no", "false", "0"})
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_INDUSTRY = re.compile(r"[A-T]?\d{2,4}|[A-T]")
_MARKET = re.compile(r"(?:(\d{4})\s*[:：=]\s*)?(\S+)")


class CellFault(DataFault, ValueError):
    """One cell that cannot be what its column asks for; `facts` hold what was seen."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: canonical name, Chinese headers (official first), reader, whether it must be."""

    name: str
    headers: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False


def cell_text(value: object) -> str:
    """A cell as trimmed text; None and what people write for nothing become ''."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == value.min.time():
        value = value.date()
    text = str(value).strip().replace("\u3000", " ").strip()
    return "" if text in NOTHING else text


def text(cell: str) -> str:
    """Text as it stands."""
    return cell


def day(cell: str) -> date | None:
    """A calendar day: 2025-01-31, 2025/1/31, 2025年1月31日, 20250131; '' is None."""
    if not cell:
        return None
    found = _DATE.fullmatch(cell) or _DIGITS.fullmatch(cell)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise CellFault("reference.date", seen=cell)


def flag(cell: str) -> bool:
    """是 or 否 (yes/no, true/false, 1/0); '' is no."""
    if cell.lower() in _YES:
        return True
    if not cell or cell.lower() in _NO:
        return False
    raise CellFault("reference.flag", seen=cell)


def number(cell: str) -> Decimal | None:
    """A plain decimal of at most 20 integer digits and 12 decimals; '' is None."""
    if not cell:
        return None
    value = decimal_value(cell)
    digits, exponent = value.as_tuple().digits, value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -12 or len(digits) + exponent > 20:
        raise CellFault("reference.number", seen=cell)
    return value


def decimal_value(cell: str) -> Decimal:
    """A finite decimal as printed, trailing zeros kept; thousands separators are refused."""
    if not _DECIMAL.fullmatch(cell):
        raise CellFault("reference.number", seen=cell)
    try:
        return Decimal(cell)
    except InvalidOperation as error:
        raise CellFault("reference.number", seen=cell) from error


def printed_value(cell: str) -> str:
    """A decimal kept as text without an exponent, so that the printed digits stay; '' stays."""
    return format(decimal_value(cell), "f") if cell else ""


def credit_code(cell: str) -> str:
    """Unified social credit code (统一社会信用代码), GB 32100: 18 characters with check digit."""
    code = cell.replace(" ", "").upper()
    try:
        return str(uscc.validate(code))
    except ValidationError as error:
        raise CellFault("reference.credit_code", seen=cell) from error


def optional_credit_code(cell: str) -> str:
    """A credit code, or '' for none."""
    return credit_code(cell) if cell else ""


def industry(cell: str) -> str:
    """Industry code of GB/T 4754: a letter, two to four digits, or both (C3130, 3130, D44)."""
    code = cell.upper()
    if code and not _INDUSTRY.fullmatch(code):
        raise CellFault("reference.industry", seen=cell)
    return code


def boundary(cell: str) -> str:
    """Accounting boundary (核算边界), a code or its Chinese name; '' is the legal person."""
    for code, name in BOUNDARIES.items():
        if cell in (code, name):
            return code
    if not cell:
        return "legal_person"
    allowed = "、".join(f"{code} ({name})" for code, name in BOUNDARIES.items())
    raise CellFault("reference.boundary", seen=cell, allowed=allowed)


def market(cell: str) -> str:
    """Market (所属市场) by year: `national`, or `2025:national;2026:city`; '' is none."""
    parts = [_market_part(part.strip()) for part in re.split("[;；]", cell) if part.strip()]
    years = [part.partition(":")[0] if ":" in part else "" for part in parts]
    if len(set(years)) != len(years) or ("" in years and len(years) > 1):
        raise CellFault("reference.market", seen=cell)
    return ";".join(sorted(parts))


def _market_part(part: str) -> str:
    found = _MARKET.fullmatch(part)
    names = {name: code for code, name in MARKETS.items()} | {code: code for code in MARKETS}
    if not found or found[2] not in names:
        raise CellFault("reference.market", seen=part)
    return f"{found[1]}:{names[found[2]]}" if found[1] else names[found[2]]


def listed(cell: str) -> str:
    """A list written with ; ； 、 or ,: kept with `;`, in the order given, each once."""
    parts = [part.strip() for part in re.split("[;；、,，]", cell) if part.strip()]
    return ";".join(dict.fromkeys(parts))


def standing(cell: str) -> str:
    """Standing (可信等级) of a row; `official` is refused: only a confirmation gives it."""
    if cell == "official":
        raise CellFault("reference.official", seen=cell)
    if cell not in STANDINGS:
        raise CellFault("reference.standing", seen=cell, allowed="、".join(STANDINGS))
    return cell


ENTERPRISE = (
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), credit_code, required=True),
    Column("name", ("企业名称", "单位名称", "名称"), text, required=True),
    Column("valid_from", ("生效日期", "起始日期"), day, required=True),
    Column("valid_to", ("失效日期", "终止日期"), day),
    Column("predecessor_id", ("前身信用代码", "承继自"), optional_credit_code),
    Column("district", ("行政区划代码", "区划代码", "区县代码"), text, required=True),
    Column("zone", ("所属园区", "开发区", "园区"), text),
    Column("industry", ("行业代码", "国民经济行业代码"), industry, required=True),
    Column("boundary", ("核算边界", "边界"), boundary),
    Column("method_edition", ("核算方法版本", "方法版本"), listed),
    Column("market", ("所属市场", "碳市场"), market),
    Column("key_user", ("重点用能单位",), flag),
    Column("two_high", ("两高项目", "两高"), flag),
    Column("expected_carriers", ("应报能源品种", "应报品种"), listed),
    Column("contact", ("联系人", "联系方式"), text),
)

FACILITY = (
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), credit_code, required=True),
    Column("facility", ("排放设施", "设施", "工序"), text, required=True),
    Column("kind", ("设施类型", "类型"), text),
    Column("device", ("设备",), text),
    Column("capacity", ("容量", "额定容量"), number),
    Column("capacity_unit", ("容量单位",), text),
    Column("boiler_type", ("锅炉类型", "炉型"), text),
    Column("altitude", ("海拔", "海拔高度"), number),
    Column("valid_from", ("生效日期", "起始日期"), day, required=True),
    Column("valid_to", ("失效日期", "终止日期"), day),
)

PERSON = (
    Column("person_id", ("人员编号", "编号"), text, required=True),
    Column("name", ("姓名",), text, required=True),
    Column("organisation", ("单位",), text),
    Column("role", ("岗位", "角色"), text),
    Column("system_user", ("系统用户",), text),
    Column("valid_from", ("生效日期", "起始日期"), day, required=True),
    Column("valid_to", ("失效日期", "终止日期"), day),
)

FACTOR = (
    Column("edition", ("版本", "因子版本"), text, required=True),
    Column("publisher", ("发布机构",), text, required=True),
    Column("document", ("文件", "发布文件"), text, required=True),
    Column("clause", ("条款",), text),
    Column("carrier", ("能源品种", "品种"), text, required=True),
    Column("parameter", ("参数",), text, required=True),
    Column("value", ("数值", "值"), text, required=True),
    Column("unit", ("计量单位", "单位"), text, required=True),
    Column("lower", ("下限",), text),
    Column("upper", ("上限",), text),
    Column("region", ("地区", "区域"), text),
    Column("sector", ("行业",), text),
    Column("series", ("序列", "口径"), text),
    Column("enterprise_id", ("统一社会信用代码", "信用代码"), text),
    Column("facility", ("设施", "排放设施"), text),
    Column("valid_from", ("生效日期", "起始日期"), text),
    Column("valid_to", ("失效日期", "终止日期"), text),
    Column("known_from", ("公布日期", "知悉日期"), text),
    Column("standing", ("可信等级",), text),
    Column("evidence", ("佐证", "证据"), text, required=True),
    Column("table", ("表号", "表"), text),
    Column("factor_id", ("因子编号",), text),
)
"""How the cells of a factor read is told by `factors.editions.read_edition_rows`."""

RULE = (
    Column("rule_set", ("规则集",), text, required=True),
    Column("version", ("版本",), text, required=True),
    Column("applies_from", ("适用起始",), day, required=True),
    Column("applies_to", ("适用终止",), day),
    Column("key", ("键", "项目"), text, required=True),
    Column("value", ("值", "数值"), text, required=True),
    Column("unit", ("计量单位", "单位"), text),
    Column("document", ("文件",), text, required=True),
    Column("clause", ("条款",), text),
    Column("standing", ("可信等级",), standing, required=True),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "enterprise": ENTERPRISE,
    "facility": FACILITY,
    "person": PERSON,
    "factor": FACTOR,
    "rule": RULE,
}
"""Kind of file → its columns, in the order of its template."""
