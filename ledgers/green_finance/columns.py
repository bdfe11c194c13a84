"""Columns of the files that institutions send (报送字段): names, headers, and how a cell is typed.

What belongs here: the declared columns of each kind, the words that choices are written with, and
the SQL that types a column of text. What does not: reading files (`pipelines.finance`) and rules.

A cell that cannot be typed is NULL beside its text, and that is a fault: nothing is guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is text, day, money, rate, number, whole, flag or choice:<name>."""

    name: str
    type: str
    required: bool
    headers: tuple[str, ...]
    example: str
    about_zh: str
    about_en: str


TITLES: Mapping[str, str] = MappingProxyType(
    {
        "customer": "客户",
        "project": "绿色项目",
        "instrument": "融资工具",
        "allocation": "募集资金使用",
        "holding": "底层资产",
        "evidence": "佐证材料",
        "element": "环境效益要素",
        "entity_finance": "主体财务与排放",
        "risk": "环境安全风险",
        "deletion": "删除清单",
        "statistics": "统计表",
    }
)
"""Kind → what its sheet is called."""

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "customer": ("customer_no",),
        "project": ("project_no",),
        "instrument": ("business_no", "event", "event_date"),
        "allocation": ("business_no", "project_no", "use", "as_of"),
        "holding": ("holder_no", "underlying_institution", "underlying_no", "as_of"),
        "evidence": ("subject_kind", "subject_no", "title"),
        "element": ("project_no", "scene", "element", "item", "phase", "year"),
        "entity_finance": ("credit_code", "year"),
        "risk": ("reason_no",),
        "statistics": ("period", "code", "item"),
    }
)
"""Kind → what names one record of an institution; a later version with the same key replaces it."""

CODES: Mapping[str, str] = MappingProxyType(
    {
        "gfspc_code": "GFSPC-2025",
        "pboc_code": "PBOC-GL-2019",
        "cbirc_code": "CBIRC-GF-2020",
        "cbrc_code": "CBRC-GC-2013",
        "bond_code": "GBEPC",
    }
)
"""Column of a code → its edition; of bond catalogues the dates say which."""

INDICATORS = (
    *("energy", "co2", "cod", "nh", "so2", "nox", "h2o"),
    *("fine_particle", "voc", "nitrogen", "phosphorus"),
)
"""The eleven indicators of the statistics table, in its order."""

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "party": {"enterprise": ("企业", "D0090001"), "person": ("个人", "D0090002")},
        "declared": {"yes": ("是", "D0010001"), "no": ("否", "D0010002")},
        "kind": {
            "loan": ("贷款", "LB"),
            "bond": ("债券",),
            "bond_investment": ("债券投资", "BI"),
            "insurance": ("保险",),
            "fund": ("基金",),
            "wealth": ("理财", "理财产品"),
            "abs": ("资产支持证券", "ABS"),
            "acceptance": ("承兑汇票", "银行承兑汇票", "AB"),
            "letter_of_credit": ("信用证", "LC"),
            "lease": ("融资租赁", "租赁"),
        },
        "event": {
            "disbursed": ("放款", "绿色贷款放款", "D0080001"),
            "recognised": (
                *("绿色认定", "认定为绿色贷款", "D0080002", "D0080030", "D0080040", "D0080050"),
            ),
            "repaid": ("还款", "本金还款", "D0080003", "D0080043"),
            "overdue": ("逾期", "D0080004"),
            "reclassified": ("五级分类变更", "D0080005", "D0080031", "D0080041", "D0080051"),
            "guarantee": ("担保变更", "担保方式变更", "D0080006", "D0080032", "D0080042"),
            "extended": ("展期", "贷款展期", "D0080007"),
            "rate": ("利率调整", "D0080008"),
            "balance": ("余额变更", "D0080033", "D0080052"),
            "issued": ("发行", "签约", "成立"),
            "moved": ("转入转出", "转让"),
        },
        "loan_kind": {
            "working_capital": ("流动资金贷款", "D0100001"),
            "project": ("项目贷款", "D0100002"),
            "fixed_asset": ("固定资产贷款", "一般固定资产贷款", "D0100003"),
            "consumer": ("消费贷款", "个人消费贷款", "D0100004"),
            "personal_business": ("经营性贷款", "个人经营性贷款", "D0100005"),
            "other": ("其他贷款", "D0100006"),
        },
        "risk_class": {
            "pass": ("正常", "D0150001"),
            "follow": ("关注", "D0150002"),
            "sub": ("次级", "D0150003"),
            "doubtful": ("可疑", "D0150004"),
            "loss": ("损失", "D0150005"),
        },
        "layer": {"primary": ("首层", "首次融资"), "refinancing": ("再融资", "置换")},
        "use": {"project": ("项目",), "idle": ("闲置",)},
        "subject": {"instrument": ("业务",), "project": ("项目",)},
        "record_kind": {"instrument": ("业务",), "project": ("项目",)},
        "proves": {
            "condition": ("技术条件",),
            "use_of_funds": ("资金用途",),
            "green_revenue": ("绿色收入",),
            "certificate": ("绿证",),
            "verification": ("核查",),
            "other": ("其他",),
        },
        "comparator": {
            ">=": ("不低于", "≥", "大于等于"),
            "<=": ("不高于", "≤", "小于等于"),
            "=": ("等于",),
        },
        "phase": {"expected": ("预期",), "achieved": ("实际",)},
        "risk_type": {
            "environment": ("环境违法", "D0170001"),
            "safety": ("安全违法", "D0170002"),
            "obsolete": ("落后产能", "D0170003"),
            "occupational": ("职业病防控", "D0170004"),
        },
        "asset_class": {
            "listed_equity_and_corporate_bonds": ("上市股权与公司债",),
            "business_loans_and_unlisted_equity": ("商业贷款", "商业贷款与未上市股权"),
            "project_finance": ("项目融资",),
            "commercial_real_estate": ("商业地产",),
            "mortgages": ("住房按揭",),
            "motor_vehicle_loans": ("车贷",),
            "sovereign_debt": ("主权债",),
        },
        "item": {
            "balance": ("绿色信贷余额", "greenBalance"),
            "pass": ("正常类贷款余额", "passBalance"),
            "follow": ("关注类贷款余额", "followBalance"),
            "sub": ("次级类贷款余额", "subBalance"),
            "doubtful": ("可疑类贷款余额", "doubtfulBalance"),
            "loss": ("损失类贷款余额", "lossBalance"),
            "disbursed_quarter": ("本季发放",),
            "disbursed_ytd": ("本年累计发放",),
            "repaid_quarter": ("本季归还",),
            "moved_quarter": ("本季转入转出",),
            "opening_balance": ("季初余额",),
            "rate_quarter": ("本季加权利率",),
            "rate_ytd": ("本年加权利率",),
            "energy": ("标准煤",),
            "co2": ("二氧化碳当量",),
            "cod": ("化学需氧量",),
            "nh": ("氨氮",),
            "so2": ("二氧化硫",),
            "nox": ("氮氧化物",),
            "h2o": ("节水",),
            "fine_particle": ("细颗粒物", "fineParticle"),
            "voc": ("挥发性有机物",),
            "nitrogen": ("总氮",),
            "phosphorus": ("总磷",),
        },
    }
)
"""Choice → canonical value → how else it is written, Chinese first and the supervisor's codes."""

_SQL_TYPES = {"day": "DATE", "money": "DECIMAL(18,2)", "rate": "DECIMAL(12,8)"}
_SQL_TYPES |= {"number": "DECIMAL(38,12)", "whole": "BIGINT", "flag": "BOOLEAN"}
_WIDE = "'０１２３４５６７８９．－，％'"
_NARROW = "'0123456789.-,%'"


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """The declared columns of a kind, in the order of its template."""
    return _declared()[kind]


@cache
def headers(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Canonical name → how its header is written."""
    return {column.name: column.headers for column in columns(kind)}


def sql_type(column: Column) -> str:
    """The type of a stored column."""
    return _SQL_TYPES.get(column.type, "VARCHAR")


def typed(column: Column, cell: str) -> str:
    """SQL that types `cell`, an expression of trimmed text ('' for nothing)."""
    plain = f"translate({cell}, {_WIDE}, {_NARROW})"
    if column.type == "day":
        return _day(plain)
    if column.type == "flag":
        # Nothing is no; another word is a fault, for which NULL stands.
        yes, no = "('是','Y','1','true','D0010001')", "('','否','N','0','false','D0010002')"
        return f"CASE WHEN {cell} IN {yes} THEN true WHEN {cell} IN {no} THEN false END"
    if column.type.startswith("choice:"):
        return _chosen(column.type.partition(":")[2], cell)
    if column.type == "text":
        return cell
    return _number(column, plain)


def _number(column: Column, plain: str) -> str:
    # A cast rounds silently, so the digits are counted before.
    digits = {"money": (16, 2), "rate": (4, 8), "number": (20, 12), "whole": (18, 0)}[column.type]
    tail = f"(\\.[0-9]{{1,{digits[1]}}}0*)?" if digits[1] else ""
    bare = f"regexp_replace({plain}, ',', '', 'g')"
    fits = f"regexp_full_match({bare}, '-?[0-9]{{1,{digits[0]}}}{tail}')"
    return f"CASE WHEN {fits} THEN TRY_CAST({bare} AS {sql_type(column)}) END"


def _day(plain: str) -> str:
    bare = f"regexp_replace({plain}, '[ T]00:00(:00(\\.0+)?)?$', '')"
    dashed = f"regexp_replace(regexp_replace({bare}, '[/.年月]', '-', 'g'), '日$', '')"
    return (
        f"CASE WHEN regexp_full_match({bare}, '[0-9]{{8}}') "
        f"THEN CAST(try_strptime({bare}, '%Y%m%d') AS DATE) "
        f"WHEN regexp_full_match({dashed}, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') "
        f"THEN CAST(try_strptime({dashed}, '%Y-%m-%d') AS DATE) END"
    )


def _chosen(name: str, cell: str) -> str:
    known = CHOICES[name]
    cases = []
    for value, words in known.items():
        spelled = ", ".join(f"'{word}'" for word in (value, *words))
        cases.append(f"WHEN {cell} IN ({spelled}) THEN '{value}'")
    return f"CASE WHEN {cell} = '' THEN '' {' '.join(cases)} END"


@cache
def _declared() -> Mapping[str, tuple[Column, ...]]:
    path = files("ledgers.green_finance.data").joinpath("columns.csv")
    held: dict[str, list[Column]] = {}
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        column = Column(
            row["name"],
            row["type"],
            bool(row["required"]),
            tuple(row["headers"].split(";")),
            row["example"],
            row["about_zh"],
            row["about_en"],
        )
        held.setdefault(row["kind"], []).append(column)
    return {kind: tuple(found) for kind, found in held.items()}
