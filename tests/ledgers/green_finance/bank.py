"""A small synthetic bank for tests (合成数据): one good package, and ways to spoil it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from stdnum.cn import uscc

from factors.catalogue import Factor
from factors.editions import load_editions
from ledgers.green_finance import submission
from ledgers.green_finance.columns import columns
from ledgers.green_finance.grounds import Input
from ledgers.green_finance.institutions import register_institutions
from ledgers.green_finance.packages import read_name
from ledgers.green_finance.submission import Sent, Verdict
from ledgers.reference import editions
from warehouse import migrations
from warehouse.connect import Connection, scratch

BANK, OTHER = "B0001H221010001", "B0002H221010001"
PERSON = "合成经办人"
PURPOSE = "用于合成风电场项目的风机、塔筒、箱变、升压站及送出线路等设备采购和安装"
SALT = "salt of the tests"

Rows = dict[str, list[dict[str, Any]]]

_numbers = itertools.count(1)


def credit_code(number: int) -> str:
    body = f"91210102MB{number:07d}"
    return body + uscc.calc_check_digit(body)


OWNER = credit_code(1)

FACTORS = (
    Factor("合成-2025", "electricity", "tce_coefficient", Decimal("302"), "gce/kWh",
           series="equal_value", valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31),
           factor_id="s1", evidence="合成数据"),
    Factor("合成-2025", "electricity", "grid_EF", Decimal("0.9"), "tCO2/MWh", region="东北",
           series="regional_average", valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31),
           factor_id="s2", evidence="合成数据"),
)  # fmt: skip
"""The placeholders of the worked case CONS-01: no official figures. 合成数据."""


def ledger(*, factors: Sequence[Factor] = FACTORS) -> Connection:
    """A ledger in memory with two banks and the synthetic factors of 2025."""
    con = scratch()
    migrations.migrate(con)
    _load_factors(con, factors)
    con.execute(
        "INSERT INTO register.district VALUES (1, 0, '210106', '铁西区', '沈阳市', '辽宁', '合成'),"
        "(1, 1, '210102', '和平区', '沈阳市', '辽宁', '合成')"
    )
    rows = [
        {"institution_id": code, "name": name, "kind": "bank", "district": "210102",
         "valid_from": "2020-01-01"}
        for code, name in ((BANK, "合成甲银行"), (OTHER, "合成乙银行"))
    ]  # fmt: skip
    register_institutions(con, rows, person=PERSON, source_sha="0" * 64)
    return con


def _load_factors(con: Connection, factors: Sequence[Factor]) -> None:
    rows = [editions.factor_row(factor, 1) | {"details": ""} for factor in factors]
    from ledgers.reference.rows import add

    shipped = [f for e in load_editions() for f in e.factors if e.edition.startswith("grid-2023")]
    rows += [editions.factor_row(factor, 1) | {"details": ""} for factor in shipped]
    add(con, "reference.factor", 0, rows)
    for place, name in enumerate(dict.fromkeys(row["edition"] for row in rows)):
        con.execute(
            "INSERT INTO reference.edition VALUES (0, ?, ?, 1, 'imported', '合成', '合成', '', "
            "repeat('0', 64), 1, '')",
            [place, name],
        )


def good() -> Rows:
    """A package without a fault: a wind farm in operation, its loan and its elements."""
    codes = {"gfspc_code": "4.2.1"}
    return {
        "customer": [
            {"customer_no": "C1", "party": "企业", "name": "合成风电公司", "credit_code": OWNER,
             "industry": "4415", "district": "210106"},
            {"customer_no": "C2", "party": "个人", "name": "张合成", "identity_no": "210102X",
             "industry": "4415", "district": "210102"},
        ],
        "project": [
            {"project_no": "P1", "project_code": "2501-210106-04-01-123456", "name": "合成风电场",
             "customer_no": "C1", "industry": "4415", "total_investment": "500000000",
             "capital": "100000000", "currency": "CNY", "district": "210106", "content": "50兆瓦",
             **codes, "operating_on": "2024-06-01", "ends_on": "2045-01-01",
             "capacity_kw": "50000", "credits_declared": "否", "tagged_by": "合成认定人"},
        ],
        "instrument": [
            {"kind": "贷款", "business_no": "L1", "customer_no": "C1", "project_no": "P1",
             "event": "放款", "event_date": "2025-11-20", "event_amount": "200000000",
             "loan_kind": "项目贷款", "purpose": PURPOSE,
             "amount": "200000000", "balance": "200000000", "currency": "CNY",
             "approved_on": "2025-11-01", "disbursed_on": "2025-11-20",
             "matures_on": "2035-11-20", "term_days": "3652", "rate": "0.0325",
             "risk_class": "正常", "industry": "4415", "district": "210106", "green": "是",
             "recognised_on": "2025-11-20", **codes, "tagged_by": "合成认定人", "layer": "首层"},
        ],
        "element": [
            {"project_no": "P1", "scene": "200302010001", "element": "E2001035", "phase": "实际",
             "year": "2025", "value": "100000000"},
            {"project_no": "P1", "scene": "200302010001", "element": "E2001001", "phase": "实际",
             "year": "2025", "value": "E200100102"},
        ],
    }  # fmt: skip


def bond() -> Rows:
    """A green bond of 2025 with a placed and an idle part; its project is that of `good`."""
    rows = good()
    rows["instrument"] = [
        {"kind": "债券", "business_no": "B1", "customer_no": "C1", "event": "发行",
         "event_date": "2025-11-20", "amount": "300000000", "balance": "300000000",
         "currency": "CNY", "filed_on": "2025-10-10", "approved_on": "2025-11-01",
         "issued_on": "2025-11-20", "matures_on": "2028-11-20", "rate": "0.025",
         "risk_class": "正常", "industry": "4415", "green": "是", "recognised_on": "2025-11-20",
         "gfspc_code": "4.2.1", "tagged_by": "合成认定人", "layer": "首层"},
    ]  # fmt: skip
    rows["allocation"] = [
        {"business_no": "B1", "project_no": "P1", "use": "项目", "as_of": "2025-11-21",
         "allocated": "200000000", "spent": "150000000", "currency": "CNY",
         "first_spent_on": "2025-11-21", "layer": "首层"},
        {"business_no": "B1", "project_no": "", "use": "闲置", "as_of": "2025-11-21",
         "allocated": "100000000", "spent": "0", "currency": "CNY", "layer": "首层"},
    ]  # fmt: skip
    return rows


def sent(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    folder: Path,
    *,
    message: str = "ordinary",
    day: str = "20251121",
    bank: str = BANK,
    name: str = "",
) -> Sent:
    """The package as the pipeline hands it over; row 1 is the header."""
    inputs = []
    for kind, records in rows.items():
        names = [column.name for column in columns(kind)]
        cells: dict[str, Any] = {"row_no": list(range(2, len(records) + 2))}
        for place, column in enumerate(names):
            cells[f"c{place}"] = pa.array([str(r.get(column, "")) for r in records], pa.string())
        path = folder / f"{next(_numbers)}.parquet"
        pq.write_table(pa.table(cells), path)
        places = {column: place for place, column in enumerate(names)}
        inputs.append(Input(kind, str(path), kind, 1, places))
    body = hashlib.sha256(repr(rows).encode()).hexdigest()
    made = name or f"{message}_{bank}_{day}_{next(_numbers):04d}"
    return Sent(read_name(f"{made}.xlsx", body), inputs)


def check(con: Connection, rows: Rows, folder: Path, **options: str) -> Verdict:
    return submission.check(con, sent(rows, folder, **options), salt=SALT)


def submit(con: Connection, rows: Rows, folder: Path, **options: str) -> Verdict:
    return submission.submit(con, sent(rows, folder, **options), person=PERSON, salt=SALT)


def broken(verdict: Verdict) -> set[str]:
    """The ids of the rules that a package breaks."""
    return {fault.rule for fault in verdict.faults}
