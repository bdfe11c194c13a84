"""Typed rows for tests of rules: one good row, and what is changed in it (合成数据)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from factors import messages
from ledgers.emissions import rules
from ledgers.emissions.activity import MEASURED, TYPED_COLUMNS
from ledgers.reference import Band
from ledgers.reference.register import Enterprise, Facility
from warehouse.connect import Connection, scratch

CODE = "91210100MA0TEXT015"
OTHER = "91210100MA0TEXT028"
FILE = "a" * 64
WINDOW = rules.Window(date(2022, 3, 1), date(2025, 4, 10))

GOOD: Mapping[str, Any] = {
    **{name: "" for name, kind in TYPED_COLUMNS.items() if kind == "VARCHAR"},
    **dict.fromkeys(MEASURED),
    "source": FILE,
    "row_no": 2,
    "enterprise_id": CODE,
    "enterprise_name": "合成企业甲",
    "carrier": "electricity",
    "carrier_text": "电力",
    "flow": "consumption",
    "period_start": date(2025, 3, 1),
    "period_end": date(2025, 3, 31),
    "starts_at": None,
    "quantity_text": "1000",
    "quantity": Decimal(1000),
    "unit": "MWh",
    "data_kind": "measured",
    "evidence_kind": "meter",
    "from_float": False,
}

COAL: Mapping[str, Any] = {
    "carrier": "bituminous",
    "carrier_text": "烟煤",
    "quantity_text": "500",
    "quantity": Decimal(500),
    "unit": "t",
    "coal_basis": "ar",
}
GAS: Mapping[str, Any] = {
    "carrier": "natural_gas",
    "carrier_text": "天然气",
    "quantity_text": "20",
    "quantity": Decimal(20),
    "unit": "万Nm3",
}


@dataclass(frozen=True)
class Found:
    """One fault with its facts read."""

    rule: str
    severity: str
    row_no: int
    column: str
    seen: str
    facts: Mapping[str, str]

    def text(self, lang: str) -> str:
        """The words that the sender reads."""
        code = f"fault.{self.rule}"
        special = f"{code}.{self.facts.get('why', '')}"
        known = messages.catalogue()
        return messages.text(
            special if special in known else code, lang, {**self.facts, "seen": self.seen}
        )


def row(**changes: Any) -> dict[str, Any]:
    """The good row with `changes`; a quantity brings its text."""
    if "quantity" in changes and "quantity_text" not in changes:
        changes["quantity_text"] = str(changes["quantity"])
    return {**GOOD, **changes}


def enterprise(
    code: str = CODE, first: date = date(2020, 1, 1), until: date = date.max
) -> Enterprise:
    """A synthetic enterprise registered for those days."""
    return Enterprise(
        enterprise_id=code,
        name="合成企业甲",
        valid_from=first,
        until=until,
        predecessor_id="",
        district="210106",
        district_name="铁西区",
        region="辽宁",
        zone="",
        industry="4430",
        boundary="legal_person",
        method_editions=(),
        market="",
        key_user=False,
        two_high=False,
        expected_carriers=(),
        contact="",
    )


def facility(name: str = "1号锅炉房", code: str = CODE) -> Facility:
    """A synthetic facility registered since 2020."""
    return Facility(code, name, "", "", None, "", "", None, date(2020, 1, 1), date.max)


def ground(**changes: Any) -> rules.Ground:
    """The shipped policy, the bands of every carrier and four of coal, and a register of
    one enterprise and one facility."""
    shipped = rules.shipped_ground()
    own = (
        Band("bituminous", "ncv", "16", "30", "GJ/t", "合成数据"),
        Band("bituminous", "carbon_content", "0.020", "0.030", "tC/GJ", "合成数据"),
        Band("bituminous", "monthly_quantity", "", "3000000", "t", "合成数据"),
        Band("bituminous", "stock_tolerance", "0", "0.02", "1", "合成数据"),
    )
    everywhere = [band for band in shipped.bands.values() if not band.carrier]
    held = {
        "policy": shipped.policy,
        "bands": {(b.carrier, b.parameter, b.unit): b for b in (*everywhere, *own)},
        "enterprises": (enterprise(),),
        "facilities": (facility(),),
    }
    return rules.Ground(**{**held, **changes})


def typed(con: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """A table `typed` with these rows."""
    columns = ", ".join(f"{name} {kind}" for name, kind in TYPED_COLUMNS.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE typed ({columns})")
    con.register("rows_of_test", pa.Table.from_pylist(list(rows)))
    con.execute("INSERT INTO typed BY NAME SELECT * FROM rows_of_test")
    con.unregister("rows_of_test")


def faults(con: Connection) -> list[Found]:
    """The faults found, in a fixed order."""
    cursor = con.execute(
        "SELECT rule, severity, row_no, column_name, seen, facts FROM faults ORDER BY ALL"
    )
    return [Found(*held[:5], json.loads(held[5])) for held in cursor.fetchall()]


def find(
    rows: Iterable[Mapping[str, Any]],
    *,
    on: rules.Ground | None = None,
    window: rules.Window = WINDOW,
    **options: Any,
) -> list[Found]:
    """The faults of rows on a database of their own."""
    con = scratch()
    try:
        typed(con, rows)
        rules.faults_table(con)
        rules.find_faults(con, on or ground(), window, **options)
        return faults(con)
    finally:
        con.close()


def ids(rows: Iterable[Mapping[str, Any]], **options: Any) -> list[str]:
    """The ids of the rules that rows break, each as often as it was found."""
    return [fault.rule for fault in find(rows, **options)]
