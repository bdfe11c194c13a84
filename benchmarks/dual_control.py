"""How long it takes to calculate three years of months of dual control again.

    python -m benchmarks dual_control [--quick]
    python -m benchmarks.dual_control ENTERPRISES

A synthetic ledger (合成数据) of six years is made by SQL, with a budget of energy and one of CO2
for each enterprise and each of 13 districts; then every reading of the last 36 months at all
levels is calculated, with its level and the estimate of the year's end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figure import Figure, in_process, peak_rss_mb
from ledgers import dual_control, journal
from ledgers.reference import districts, load_shipped
from ledgers.reference.rows import add
from warehouse import migrations
from warehouse.connect import Connection, scratch

FIRST, LAST = 2020, 2025
PERSON = "合成经办人"
DOCUMENT = "合成数据 (synthetic)"
SECONDS = 10.0

RESOLUTIONS = """
INSERT INTO emissions.resolution BY NAME
SELECT $number AS commit_no, row_number() OVER () - 1 AS ordinal, id AS resolution_id,
    'general-2015' AS method_edition, 'm' || id AS method, measure, '' AS unit, 1 AS sign,
    true AS counted, scope, category, 'legal_person' AS boundary, '' AS gwp_edition, carrier,
    flow, '' AS flows_beside, '辽宁' AS region, '3391' AS industry, '' AS enterprise_id,
    '' AS facility, DATE '2020-01-01' AS first_day, DATE '2025-12-31' AS last_day,
    '' AS measured, '' AS formula, '[]' AS parameters, '[]' AS notes
FROM (VALUES
    (1, 'tce_equivalent', 'energy', 'comprehensive_energy', 'raw_coal', 'consumption'),
    (2, 'tce_equivalent', 'energy', 'comprehensive_energy', 'electricity', 'purchase'),
    (3, 'CO2', '1', 'combustion', 'raw_coal', 'consumption'),
    (4, 'CO2', '2', 'electricity_location', 'electricity', 'purchase')
) AS v(id, measure, scope, category, carrier, flow)
"""
ACTIVITIES = """
INSERT INTO emissions.activity BY NAME
SELECT $number AS commit_no, row_number() OVER () - 1 AS ordinal, * EXCLUDE (commit_no, ordinal)
FROM (
    SELECT NULL AS commit_no, NULL AS ordinal,
        strftime(DATE '2020-01-01' + to_months((m)::INTEGER), '%Y-%m') AS month, 1 AS row_last,
        1 AS row_count, 1 AS tier, repeat('0', 64) AS source, '' AS sheet, 1 AS row_no,
        e.enterprise_id, '' AS enterprise_name, '' AS facility, '' AS device,
        v.carrier, '' AS carrier_text, v.flow, DATE '2020-01-01' AS period_start,
        DATE '2020-01-01' AS period_end, '1' AS quantity_text, 1 AS quantity, 't' AS unit,
        '' AS ncv_unit, '' AS carbon_content_unit, '' AS elemental_carbon_unit,
        '' AS oxidation_rate_unit, '' AS moisture_unit, '' AS pressure_unit,
        '' AS temperature_unit, '' AS enthalpy_unit, '' AS coal_basis, '' AS gas_condition,
        'measured' AS data_kind, 'meter' AS evidence_kind, '' AS evidence, '' AS correction_of,
        '' AS note, false AS from_float
    FROM register.enterprise AS e, range($months) AS r(m),
        (VALUES ('raw_coal', 'consumption'), ('electricity', 'purchase')) AS v(carrier, flow)
)
"""
ENTRIES = """
INSERT INTO emissions.entry BY NAME
SELECT $number AS commit_no, row_number() OVER () - 1 AS ordinal, a.commit_no AS activity_commit,
    a.ordinal AS activity_ordinal, a.month, r.resolution_id, 1 AS proof_id,
    (
        (1000 + hash(a.enterprise_id) % 90000) * 1000000
        * (1 + 0.6 * cos(2 * pi() * (month(strptime(a.month, '%Y-%m')) - 1) / 12))
        * (1 - 0.02 * (a.month[:4]::INTEGER - 2020))
        * (1 + 0.04 * ((hash(a.enterprise_id || a.month) % 1000) / 1000.0 - 0.5))
        * CASE r.measure WHEN 'CO2' THEN 2.4 ELSE 1 END
    )::BIGINT AS value,
    1 AS tier, 'post' AS kind, '' AS cause, NULL AS reverses_commit, NULL AS reverses_ordinal
FROM emissions.activity AS a
JOIN emissions.resolution AS r ON r.carrier = a.carrier AND r.flow = a.flow
"""


def figures(quick: bool) -> Iterator[Figure]:
    count = 1_000 if quick else 10_000
    found = in_process("benchmarks.dual_control", str(count))
    yield Figure(
        f"dual control: 36 months, {count:,} enterprises, 13 districts",
        found["readings"],
        found["seconds"],
        peak_rss_mb=found["peak_rss_mb"],
        seconds_limit=None if quick else SECONDS,
    )


def make_city(con: Connection, count: int, last_month: str = "2025-12") -> None:
    """A synthetic ledger with `count` enterprises and their budgets."""
    migrations.migrate(con)
    load_shipped(con, person=PERSON)
    dual_control.load_shipped(con, PERSON)
    codes = [code for code in districts(con) if code.startswith("21")]
    _register(con, count, codes)
    number = journal.next_commit_no(con)
    months = (int(last_month[:4]) - FIRST) * 12 + int(last_month[5:])
    con.execute(RESOLUTIONS, {"number": number})
    con.execute(ACTIVITIES, {"number": number, "months": months})
    con.execute(ENTRIES, {"number": number})
    with journal.transaction(con):
        _commit(con, "post", ["emissions.resolution"])
    _budgets(con)


def _register(con: Connection, count: int, codes: list[str]) -> None:
    from datetime import date

    rows = [
        {
            "enterprise_id": f"{number:018d}",
            "name": f"合成·企业{number}",
            "valid_from": date(2019, 1, 1),
            "valid_to": None,
            "predecessor_id": "",
            "district": codes[number % len(codes)],
            "zone": f"合成开发区{number % 7 + 1}" if number % 3 == 0 else "",
            "industry": ("3391", "3012", "4430", "2614", "3110")[number % 5],
            "boundary": "legal_person",
            "method_edition": "general-2015",
            "market": "",
            "key_user": False,
            "two_high": False,
            "expected_carriers": "",
            "contact": "",
        }
        for number in range(count)
    ]
    with journal.transaction(con):
        add(con, "register.enterprise", journal.next_commit_no(con), rows)
        _commit(con, "register", ["register.enterprise"])


def _budgets(con: Connection) -> None:
    """Budgets near what was used in the year before, for three years."""
    rows: list[dict[str, Any]] = []
    for level, key in (("enterprise", "a.enterprise_id"), ("district", "e.district")):
        for year in range(LAST - 2, LAST + 1):
            rows += _used(con, level, key, year)
    with journal.transaction(con):
        add(con, "dual_control.budget", journal.next_commit_no(con), rows)
        _commit(con, "budget", ["dual_control.budget"])


def _used(con: Connection, level: str, key: str, year: int) -> list[dict[str, Any]]:
    found = con.execute(
        f"SELECT {key}, r.measure, sum(v.value)::HUGEINT FROM emissions.entry AS v "
        "JOIN emissions.activity AS a ON a.commit_no = v.activity_commit "
        "AND a.ordinal = v.activity_ordinal "
        "JOIN emissions.resolution AS r USING (resolution_id) "
        "JOIN register.enterprise AS e ON e.enterprise_id = a.enterprise_id "
        "WHERE v.month[:4] = ? GROUP BY ALL ORDER BY ALL",
        [str(year - 1)],
    ).fetchall()
    return [
        {
            "level": level,
            "code": code,
            "year": year,
            "indicator": "carbon_total" if measure == "CO2" else "energy_total",
            "base_year": 0,
            "value": str(round(int(value) * (94 + hash(code) % 8) / 10**8)),
            "unit": "tCO2" if measure == "CO2" else "tce",
            "document": DOCUMENT,
            "clause": "",
            "standing": "reported",
            "note": "",
        }
        for code, measure, value in found
    ]


def _commit(con: Connection, kind: str, tables: list[str]) -> None:
    number = journal.next_commit_no(con)
    journal.commit(
        con,
        book="benchmark",
        kind=kind,
        key=f"benchmark:{number}",
        body_sha256=journal.body_digest([number]),
        person=PERSON,
        facts={},
        tables=tables,
    )


def main(count: str) -> None:
    con = scratch("2GB", threads=2)
    make_city(con, int(count))
    started, begun = time.perf_counter(), time.process_time()
    book = dual_control.read_book(con, f"{LAST}-12", first_year=LAST - 2)
    read = time.perf_counter() - started
    readings = colours = 0
    for year in range(LAST - 2, LAST + 1):
        for month in range(1, 13):
            found = dual_control.readings(book, f"{year}-{month:02d}")
            readings += len(found)
            colours += sum(item.projected_level is not None for item in found)
    seconds = time.perf_counter() - started
    cpu = time.process_time() - begun
    made = {"readings": readings, "colours": colours, "read": read, "seconds": seconds, "cpu": cpu}
    print(json.dumps(made | {"peak_rss_mb": peak_rss_mb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
