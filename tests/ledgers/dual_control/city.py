"""A small city for the tests of dual control; 合成数据 (synthetic).

Three enterprises in two districts: HEATING (4430, 210102), FOUNDRY (3391, 210102) and KILN (3012,
210106, zone 合成开发区). Energy and CO2 of each month are written as entries of the emission
ledger, so that every figure can be worked by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ledgers import dual_control, journal
from ledgers.reference import Answer, load_shipped
from ledgers.reference.rows import add
from tests.ledgers.emissions import book
from warehouse import migrations
from warehouse.connect import Connection, scratch

PERSON, OTHER = "合成经办人", "合成复核人"
HEATING, FOUNDRY, KILN = (book.credit_code(number) for number in (21, 22, 23))
INDUSTRY = {HEATING: "4430", FOUNDRY: "3391", KILN: "3012"}
DISTRICT = {HEATING: "210102", FOUNDRY: "210102", KILN: "210106"}
ZONE = "合成开发区"
DOCUMENT = "合成数据 (synthetic)"
SYNTHETIC = {"document": DOCUMENT, "standing": "reported"}

GRAMS = 1_000_000
MONTHS = tuple(f"{number:02d}" for number in range(1, 13))


def ledger() -> Connection:
    """The schema, shipped reference data, rule sets and three enterprises."""
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=PERSON)
    dual_control.load_shipped(con, PERSON)
    parties = (
        book.enterprise(
            code,
            name=f"合成·企业{number}",
            industry=INDUSTRY[code],
            district=DISTRICT[code],
            zone=ZONE if code == KILN else "",
        )
        for number, code in enumerate(INDUSTRY)
    )
    book.register(con, *parties)
    return con


RESOLUTIONS = (
    # (id, measure, scope, category, carrier, flow)
    (1, "tce_equivalent", "energy", "comprehensive_energy", "raw_coal", "consumption"),
    (2, "tce_equivalent", "energy", "comprehensive_energy", "electricity", "purchase"),
    (3, "tce_equal", "energy", "comprehensive_energy", "electricity", "purchase"),
    (4, "CO2", "1", "combustion", "raw_coal", "consumption"),
    (5, "CO2", "2", "electricity_location", "electricity", "purchase"),
    (6, "tce_equivalent", "energy", "comprehensive_energy", "raw_coal", "feedstock"),
    (7, "tce_equivalent", "energy", "comprehensive_energy", "biomass", "consumption"),
    (8, "CO2", "1", "combustion", "raw_coal", "consumption"),
)
"""How entries of these tests were resolved; 8 is by another edition and must not be added."""


def months(year: int, values: Iterable[int], **given: Any) -> list[dict[str, Any]]:
    """One entry for each month of a year, from January: tonnes under one resolution."""
    return [
        {"month": f"{year}-{month}", "tonnes": value, **given}
        for month, value in zip(MONTHS, values, strict=False)
    ]


def book_entries(con: Connection, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write entries (enterprise, month, resolution, tonnes) as one commit of the ledger."""
    held = list(entries)
    number = journal.next_commit_no(con)
    with journal.transaction(con):
        _resolutions(con, number)
        columns = con.execute("SELECT * FROM emissions.activity LIMIT 0").description or ()
        activities = [_activity([c[0] for c in columns], item) for item in held]
        add(con, "emissions.activity", number, activities)
        add(con, "emissions.entry", number, [_entry(number, at, e) for at, e in enumerate(held)])
        journal.commit(
            con,
            book="emissions",
            kind="post",
            key=f"test:{number}",
            body_sha256=journal.body_digest([number, len(held)]),
            person=PERSON,
            facts={},
            tables=["emissions.resolution", "emissions.activity", "emissions.entry"],
        )


def _resolutions(con: Connection, number: int) -> None:
    present = con.execute("SELECT count(*) FROM emissions.resolution").fetchone()
    if present and present[0]:
        return
    columns = [c[0] for c in con.execute("SELECT * FROM emissions.resolution").description or ()]
    texts = dict.fromkeys(columns, "") | {
        "sign": 1,
        "counted": True,
        "boundary": "legal_person",
        "first_day": "2019-01-01",
        "last_day": "2030-12-31",
        "parameters": "[]",
    }
    names = ("resolution_id", "measure", "scope", "category", "carrier", "flow")
    rows = []
    for values in RESOLUTIONS:
        row = texts | dict(zip(names, values, strict=True))
        row["method_edition"] = "own-other" if row["resolution_id"] == 8 else "general-2015"
        row["industry"] = "3391"
        row["resolution_id"] = values[0]
        for name in ("commit_no", "ordinal"):
            row.pop(name)
        rows.append(row)
    # The plant that supplies heat stands under resolutions of its own industry.
    rows += [
        row | {"resolution_id": row["resolution_id"] + 100, "industry": "4430"} for row in rows
    ]
    add(con, "emissions.resolution", number, _dated(rows))


def _dated(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    days = {"first_day": date(2019, 1, 1), "last_day": date(2030, 12, 31)}
    return [row | days for row in rows]


def _activity(columns: list[str], item: Mapping[str, Any]) -> dict[str, Any]:
    year, month = (int(part) for part in item["month"].split("-"))
    _, _, _, _, carrier, flow = RESOLUTIONS[item["resolution"] - 1]
    texts: dict[str, Any] = dict.fromkeys(columns, "")
    for name in ("commit_no", "ordinal"):
        texts.pop(name)
    nothing = ("bill_start", "bill_end", "bill_quantity", "starts_at", "ncv", "carbon_content")
    more = ("elemental_carbon", "oxidation_rate", "moisture", "pressure", "temperature", "enthalpy")
    texts |= dict.fromkeys((*nothing, *more, "waiting_commit", "waiting_ordinal"))
    return texts | {
        "month": item["month"],
        "row_last": 1,
        "row_count": 1,
        "row_no": 1,
        "tier": 1,
        "source": "0" * 64,
        "enterprise_id": item["enterprise"],
        "carrier": carrier,
        "flow": flow,
        "period_start": date(year, month, 1),
        "period_end": date(year, month, 28),
        "quantity": 1,
        "from_float": False,
    }


def _entry(number: int, at: int, item: Mapping[str, Any]) -> dict[str, Any]:
    heating = 100 if item["enterprise"] == HEATING else 0
    return {
        "activity_commit": number,
        "activity_ordinal": at,
        "month": item["month"],
        "resolution_id": item["resolution"] + heating,
        "proof_id": 1,
        "value": int(item["tonnes"] * GRAMS),
        "tier": 1,
        "kind": "post",
        "cause": "",
        "reverses_commit": None,
        "reverses_ordinal": None,
    }


def send(con: Connection, kind: str, *rows: Mapping[str, Any], reason: str = "") -> Answer:
    """Import rows of a kind, as a file of its own."""
    sha = hashlib.sha256(repr((kind, rows, reason)).encode()).hexdigest()
    return dual_control.import_rows(
        con, kind, list(rows), person=PERSON, source_sha=sha, reason=reason
    )


def faults(answer: Answer) -> list[tuple[int, str, str]]:
    """(row, column, code) of every fault."""
    return [(item.row_no, item.column, item.fault.code) for item in answer.rejected]


def budget(level: str, code: str, indicator: str, value: object, unit: str, **more: Any) -> Any:
    given = {"level": level, "code": code, "indicator": indicator, "value": str(value)}
    return given | {"unit": unit, "year": "2025"} | SYNTHETIC | more


def output(
    level: str, code: str, year: int, value: object, unit: str = "亿元", **more: Any
) -> dict[str, Any]:
    given = {"level": level, "code": code, "year": str(year), "value": str(value), "unit": unit}
    fixed = {"kind": "gdp", "form": "level", "base_year": "2020", "release": "final"}
    return given | fixed | {"document": DOCUMENT} | more


def figure(
    level: str, code: str, period: str, indicator: str, value: object, unit: str, **more: Any
) -> dict[str, Any]:
    given = {"level": level, "code": code, "period": period, "indicator": indicator}
    fixed = {"value": str(value), "unit": unit, "release": "final", "document": DOCUMENT}
    return given | fixed | more


def project(code: str, **more: Any) -> dict[str, Any]:
    """A cement project of 45,000 tce and 520,000 tCO2 a year."""
    return {
        "project_code": code,
        "name": f"合成·项目{code}",
        "district": "210106",
        "industry": "C3011",
        "product": "水泥熟料",
        "approved_energy": "45000",
        "approved_energy_unit": "tce",
        "approved_coal": "60000",
        "approved_coal_unit": "t",
        "approved_carbon": "52",
        "approved_carbon_unit": "万吨CO2",
        "approved_on": "2025-10-01",
        "document": DOCUMENT,
    } | more


def closure(number: str, tonnes: object, **more: Any) -> dict[str, Any]:
    return {
        "certificate": number,
        "enterprise_id": KILN,
        "source": "关停",
        "measure": "碳排放",
        "tonnes": str(tonnes),
        "unit": "tCO2",
        "effective_on": "2024-12-31",
        "document": DOCUMENT,
    } | more
