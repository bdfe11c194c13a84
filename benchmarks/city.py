"""The made-up ledger and month that the benchmarks post; 合成数据 (synthetic).

What belongs here: enterprises, typed rows and the constants for a bare statement. What does not:
what is timed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from ledgers import reference
from ledgers.emissions.activity import TYPED_COLUMNS
from ledgers.reference.method_import import import_method_edition
from warehouse import migrations

METHOD = "general-2015"


def make_ledger(con: Any, enterprises: int, person: str, editions: int = 1) -> None:
    """Schema, shipped reference data and `enterprises` registered enterprises, by turns under as
    many method editions: the general one, or so many copies of it under other names."""
    migrations.migrate(con)
    reference.load_shipped(con, person=person)
    methods = _copies(con, editions, person) if editions > 1 else [METHOD]
    rows = [
        {
            "enterprise_id": credit_code(number),
            "name": f"合成企业{number}",
            "valid_from": "2020-01-01",
            "district": f"2101{2 + number % 5:02d}",
            "industry": ("4430", "3011", "2611", "3110", "4411")[number % 5],
            "method_edition": methods[number % len(methods)],
        }
        for number in range(enterprises)
    ]
    sha = hashlib.sha256(repr(rows).encode()).hexdigest()
    answer = reference.import_register(con, "enterprise", rows, person=person, source_sha=sha)
    assert answer.accepted == enterprises, answer.rejected[:3]


def _copies(con: Any, editions: int, person: str) -> list[str]:
    text = next(item.body for item in reference.method_versions(con) if item.edition == METHOD)
    names = [f"合成-{number}" for number in range(1, editions + 1)]
    for name in names:
        made = text.replace(f'edition = "{METHOD}"', f'edition = "{name}"', 1)
        made = made.replace('family = "general"', f'family = "{name}"', 1)
        answer = import_method_edition(con, made, person=person)
        assert answer.accepted, answer.rejected
    return names


def credit_code(number: int) -> str:
    """A made-up credit code with a right check digit."""
    body = f"91210102MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def write_typed(con: Any, path: Path, rows: int, carriers: Sequence[tuple[str, ...]]) -> None:
    """A typed Parquet file as the intake would write it."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bench_enterprise AS SELECT row_number() OVER () - 1 AS "
        "place, enterprise_id, name FROM register.enterprise"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bench_carrier AS SELECT unnest(range(12)) AS place, "
        "unnest(?) AS carrier, unnest(?) AS name, unnest(?) AS flow, unnest(?) AS unit",
        [list(column) for column in zip(*carriers, strict=True)],
    )
    made = (Path(__file__).parent / "typed_rows.sql").read_text(encoding="utf-8")
    columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in TYPED_COLUMNS.items())
    made = made.replace("$rows", str(int(rows)))
    con.execute(f"COPY (SELECT {columns} FROM ({made})) TO '{path}' (FORMAT parquet)")


def write_kernels(con: Any, path: Path) -> None:
    """The constants of every proof of the ledger for the bare statement to join."""
    rows = con.execute(
        "SELECT r.carrier, r.flow, p.units->>'quantity', r.measured LIKE '%ncv%', p.resolution_id,"
        " p.proof_id, p.approximation, p.terms FROM emissions.proof AS p "
        "JOIN emissions.resolution AS r USING (resolution_id)"
    ).fetchall()
    con.execute(
        "CREATE OR REPLACE TEMP TABLE bench_kernel (carrier VARCHAR, flow VARCHAR, unit VARCHAR, "
        "measured BOOLEAN, resolution_id INTEGER, proof_id INTEGER, constant DOUBLE, "
        "plain BOOLEAN, ncv BOOLEAN, carbon_content BOOLEAN, enthalpy BOOLEAN)"
    )
    con.executemany(
        f"INSERT INTO bench_kernel VALUES ({', '.join('?' * 11)})",
        [(*row[:6], float.fromhex(row[6]), *_used(row[7])) for row in rows],
    )
    con.execute(f"COPY ({_ONE_SECTOR}) TO '{path}' (FORMAT parquet)")


_ONE_SECTOR = """
SELECT * FROM bench_kernel
WHERE resolution_id IN (
    SELECT min(resolution_id) FROM emissions.resolution
    GROUP BY carrier, flow, measured, method
)
"""
"""The bare statement knows one sector: CH4 and N2O take the factors of the first."""


def _used(terms: str) -> tuple[bool, bool, bool, bool]:
    names = ("ncv", "carbon_content", "enthalpy")
    used = tuple(f'"{name}"' in terms for name in names)
    return (not any(used), *used)  # type: ignore[return-value]
