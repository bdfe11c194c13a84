"""Six synthetic banks of the sample city (样例银行，合成数据): packages with mistakes among them.

What belongs here: making the files and the manifest that says what each must be answered with.
What does not: anything real. Every name says 合成; every credit code is made up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from ledgers.green_finance.columns import TITLES, columns
from pipelines.sample_city.credit_codes import UNREGISTERED, credit_code

LABEL = "合成数据"
DAY = date(2025, 11, 21)
PURPOSE = "用于{name}的主要设备采购、土建施工、安装调试以及并网验收等项目建设支出（合成数据）"

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Bank:
    """One synthetic institution."""

    code: str
    name: str
    kind: str


BANKS = (
    Bank("B9001H221010001", "合成浑河银行", "银行"),
    Bank("B9002H221010001", "合成棋盘山银行", "银行"),
    Bank("B9003H221010001", "合成蒲河农商行", "银行"),
    Bank("B9004H221010001", "合成辉山理财银行", "银行"),
    Bank("B9005H221010001", "合成沈水票据银行", "银行"),
    Bank("B9006H221010001", "合成铁西租赁银行", "银行"),
)

_PROJECTS: tuple[tuple[str, str, str, str, str, dict[str, str]], ...] = (
    ("风电场", "4.2.1", "4415", "200302010001", "50000",
     {"E2001035": "120000000", "E2001001": "E200100102"}),
    ("光伏电站", "4.2.2", "4416", "200302020001", "40000",
     {"E2001035": "52000000", "E2001001": "E200100102"}),
    ("供水管网改造", "3.2.2", "4610", "200503010101", "",
     {"E2001156": "8000000", "E2001157": "18", "E2001158": "11"}),
    ("既有建筑节能改造", "6.1.3", "7020", "200501040004", "",
     {"E2001136": "28", "E2001137": "16", "E2001138": "120000"}),
)  # fmt: skip


@dataclass
class Sample:
    """A package to write: rows, name, and the rules that it must break (none: accepted)."""

    name: str
    rows: Rows
    rules: tuple[str, ...] = ()
    note: str = ""
    content: bytes = field(default=b"", repr=False)


def write_sample(folder: Path, borrowers: Sequence[tuple[str, str]] = ()) -> Path:
    """Write institutions, factors, packages and `manifest.json` into a folder.

    `borrowers` are (credit code, name) of enterprises of the register, whose emissions the ledger
    knows; without them made-up ones serve. The same arguments give the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _institutions(folder / "机构名单.csv")
    _factors(folder / "合成因子.csv")
    made = [*_good(borrowers), *_mistaken()]
    for sample in made:
        _workbook(folder / f"{sample.name}.xlsx", sample.rows)
    manifest = [
        {"package": s.name, "accepted": not s.rules, "rules": list(s.rules), "note": s.note}
        for s in made
    ]
    target = folder / "manifest.json"
    record = {"label": LABEL, "packages": manifest}
    target.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return target


def _good(borrowers: Sequence[tuple[str, str]]) -> list[Sample]:
    made = []
    for place, bank in enumerate(BANKS):
        rows = _bank_rows(place, borrowers)
        _EXTRAS[place](rows)
        made.append(Sample(_name("正常", bank, 1), rows))
    return made


def _name(message: str, bank: Bank, number: int, day: date = DAY) -> str:
    return f"{message}_{bank.code}_{day:%Y%m%d}_{number:04d}"


def _borrower(place: int, number: int, borrowers: Sequence[tuple[str, str]]) -> tuple[str, str]:
    index = place * len(_PROJECTS) + number
    if index < len(borrowers):
        return borrowers[index]
    return credit_code("210106", UNREGISTERED, 70_000 + index), f"合成第{index + 1}公司"


def _bank_rows(place: int, borrowers: Sequence[tuple[str, str]]) -> Rows:
    """Customers, projects with their elements, and a loan for each project."""
    rows: Rows = {kind: [] for kind in ("customer", "project", "instrument", "element")}
    rows["entity_finance"] = []
    for number, (what, code, industry, scene, capacity, elements) in enumerate(_PROJECTS):
        # The first project of the second bank is that of the first bank: one project, two lenders.
        owner = 0 if place == 1 and number == 0 else place
        credit, company = _borrower(owner, number, borrowers)
        name = f"合成{owner + 1}号{what}"
        money = 300_000_000 + 50_000_000 * number + 10_000_000 * owner
        rows["customer"].append(_customer(f"C{number}", company, credit, industry))
        rows["project"].append(
            _project(
                f"P{number}", name, f"C{number}", code, industry, money, owner, number, capacity
            )
        )
        rows["instrument"].append(_loan(place, number, name, code, industry, money // 5))
        rows["element"] += [
            {"project_no": f"P{number}", "scene": scene, "element": element, "phase": "实际",
             "year": "2025", "value": value}
            for element, value in elements.items()
        ]  # fmt: skip
        rows["entity_finance"].append(
            {"credit_code": credit, "year": "2025", "equity": str(money), "debt": str(money),
             "revenue": str(money // 2), "sector_intensity": "35"}
        )  # fmt: skip
    return rows


def _customer(number: str, name: str, credit: str, industry: str) -> dict[str, Any]:
    return {"customer_no": number, "party": "企业", "name": name, "credit_code": credit,
            "industry": industry, "district": "210106"}  # fmt: skip


def _project(
    number: str, name: str, customer: str, code: str, industry: str, money: int, owner: int,
    serial: int, capacity: str,
) -> dict[str, Any]:  # fmt: skip
    return {
        "project_no": number, "project_code": f"2401-210106-04-01-{owner:03d}{serial:03d}",
        "name": name, "customer_no": customer, "industry": industry,
        "total_investment": str(money), "capital": str(money // 5), "currency": "CNY",
        "district": "210106", "content": f"{name}建设（{LABEL}）", "gfspc_code": code,
        "operating_on": "2024-12-01", "ends_on": "2050-12-31", "capacity_kw": capacity,
        "credits_declared": "否", "tagged_by": "合成认定人",
    }  # fmt: skip


def _loan(
    place: int, number: int, name: str, code: str, industry: str, amount: int
) -> dict[str, Any]:
    day = (DAY - timedelta(days=number)).isoformat()
    return {
        "kind": "贷款", "business_no": f"L{place}{number:03d}", "customer_no": f"C{number}",
        "project_no": f"P{number}", "event": "放款", "event_date": day,
        "event_amount": str(amount), "loan_kind": "项目贷款", "purpose": PURPOSE.format(name=name),
        "amount": str(amount), "balance": str(amount), "currency": "CNY",
        "approved_on": "2025-10-20", "disbursed_on": day, "matures_on": "2037-11-20",
        "rate": f"0.0{320 + 5 * number}", "risk_class": "正常" if number < 3 else "关注",
        "industry": industry, "district": "210106", "green": "是", "recognised_on": day,
        "gfspc_code": code, "tagged_by": "合成认定人", "layer": "首层",
        "support_tool": "是" if number < 2 else "否", "asset_class": "商业贷款",
    }  # fmt: skip


def _instrument(kind: str, number: str, **cells: str) -> dict[str, Any]:
    return {
        "kind": kind, "business_no": number, "customer_no": "C0", "event": "发行",
        "event_date": DAY.isoformat(), "amount": "100000000", "balance": "100000000",
        "currency": "CNY", "matures_on": "2028-11-20", "rate": "0.0265", "risk_class": "正常",
        "industry": "4415", "green": "是", "recognised_on": DAY.isoformat(),
        "gfspc_code": "4.2.1", "tagged_by": "合成认定人", **cells,
    }  # fmt: skip


def _with_bond(rows: Rows) -> None:
    rows["instrument"].append(
        _instrument("债券", "B0001", filed_on="2025-10-10", issued_on=DAY.isoformat(), layer="首层")
    )
    same = {"business_no": "B0001", "as_of": DAY.isoformat(), "currency": "CNY", "layer": "首层"}
    rows["allocation"] = [
        {**same, "project_no": "P0", "use": "项目", "allocated": "60000000", "spent": "40000000",
         "first_spent_on": DAY.isoformat()},
        {**same, "use": "闲置", "allocated": "40000000", "spent": "0"},
    ]  # fmt: skip


def _with_abs(rows: Rows) -> None:
    rows["instrument"][3]["transferred"] = "是"
    number = rows["instrument"][3]["business_no"]
    rows["instrument"].append(
        _instrument("资产支持证券", "A0001", filed_on="2025-10-10", issued_on=DAY.isoformat())
    )
    rows["holding"] = [
        {"holder_no": "A0001", "underlying_institution": BANKS[1].code, "underlying_no": number,
         "as_of": DAY.isoformat(), "amount": rows["instrument"][3]["balance"]}
    ]  # fmt: skip


def _with_insurance(rows: Rows) -> None:
    rows["instrument"].append(
        _instrument("保险", "I0001", signed_on=DAY.isoformat(), premium="300000",
                    insured="80000000", amount="300000", balance="0")
    )  # fmt: skip


def _with_funds(rows: Rows) -> None:
    for kind, number in (("基金", "F0001"), ("理财", "W0001")):
        rows["instrument"].append(_instrument(kind, number, signed_on=DAY.isoformat()))
    rows["holding"] = [
        {"holder_no": number, "underlying_institution": BANKS[3].code,
         "underlying_no": rows["instrument"][0]["business_no"], "as_of": DAY.isoformat(),
         "amount": "5000000"}
        for number in ("F0001", "W0001")
    ]  # fmt: skip


def _with_bills(rows: Rows) -> None:
    for kind, number in (("承兑汇票", "H0001"), ("信用证", "X0001")):
        rows["instrument"].append(
            _instrument(kind, number, event="绿色认定", approved_on="2025-08-20", rate="",
                        disbursed_on="2025-09-20", gfspc_code="",
                        cbirc_code="CBIRCGC20B03020100")
        )  # fmt: skip


def _with_lease(rows: Rows) -> None:
    rows["instrument"].append(
        _instrument("融资租赁", "Z0001", event="放款", approved_on="2025-10-20",
                    disbursed_on=DAY.isoformat(), project_no="P0", layer="首层",
                    amount="30000000", balance="30000000", pledged_allowances="12000")
    )  # fmt: skip


_EXTRAS = (_with_bond, _with_abs, _with_insurance, _with_funds, _with_bills, _with_lease)


def _mistaken() -> list[Sample]:
    """Packages that must be refused, one mistake each; nothing of them may be taken."""
    cases: tuple[tuple[str, tuple[str, ...], Mapping[str, str], Mapping[str, str]], ...] = (
        ("利率写成百分数", ("AM-04T",), {"rate": "3.25%"}, {}),
        ("日期应用2025年版，填了旧代码", ("CL-02",),
         {"gfspc_code": "", "pboc_code": "PBOCGC2020030202"},
         {"gfspc_code": "", "pboc_code": "PBOCGC2020030202"}),
        ("代码不是最细一级", ("CL-01",), {"gfspc_code": "4.2"}, {"gfspc_code": "4.2"}),
        ("余额大于金额", ("AM-01",), {"amount": "1000"}, {}),
        ("项目总投资小于贷款", ("AM-02", "AM-03", "BE-01", "BE-02"),
         {}, {"total_investment": "50000000", "capital": "0"}),
        ("贷款置换自身", ("DC-01",), {"refinances": "L900", "layer": "再融资"}, {}),
        ("币种混用", ("AM-05",), {"currency": "USD"}, {}),
        ("没有认定人", ("CL-09",), {"tagged_by": ""}, {}),
    )  # fmt: skip
    made = []
    for number, (note, rules, loan, project) in enumerate(cases):
        bank = BANKS[number % len(BANKS)]
        rows = _bank_rows(20 + number, ())
        rows = {kind: records[:1] for kind, records in rows.items() if kind != "element"}
        rows["element"] = _bank_rows(20 + number, ())["element"][:2]
        # Numbers of their own: the good packages of the same bank stand already.
        text = json.dumps(rows, ensure_ascii=False)
        for old, new in (('"C0"', '"C90"'), ('"P0"', '"P90"'), (f'"L{20 + number}000"', '"L900"')):
            text = text.replace(old, new)
        rows = json.loads(text)
        rows["instrument"][0] |= loan
        rows["project"][0] |= project
        made.append(Sample(_name("正常", bank, 50 + number), rows, rules, note))
    unknown = {"instrument": [_loan(99, 0, "合成", "4.2.1", "4415", 1_000_000)]}
    rules = ("SB-04",)
    made.append(Sample(_name("修正", BANKS[0], 70), unknown, rules, "修正不存在的记录"))
    return made


def _workbook(path: Path, rows: Rows) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        for kind, records in rows.items():
            sheet = book.add_worksheet(TITLES[kind])
            for place, column in enumerate(columns(kind)):
                sheet.write_string(0, place, column.headers[0])
                for line, record in enumerate(records, start=1):
                    sheet.write_string(line, place, str(record.get(column.name, "")))
        book.add_worksheet("说明").write_string(0, 0, LABEL)


def _institutions(path: Path) -> None:
    lines = ["机构许可证号,机构名称,机构种类,所在区县,生效日期"]
    lines += [f"{bank.code},{bank.name},{bank.kind},210102,2020-01-01" for bank in BANKS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _factors(path: Path) -> None:
    """A coal rate of 2025, made up: the shipped library has none of that year."""
    header = "edition,publisher,document,carrier,parameter,value,unit,region,series,valid_from"
    tail = "valid_to,standing,evidence"
    row = "合成煤耗-2025,合成,合成数据（示例）,electricity,tce_coefficient,0.302,kgce/kWh,CN"
    days = "equal_value,2025-01-01,2025-12-31,reported,合成数据"
    path.write_text(f"{header},{tail}\n{row},{days}\n", encoding="utf-8")
