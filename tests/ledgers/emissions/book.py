"""A small ledger and small typed files for the tests of the emission book; 合成数据 (synthetic)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from ledgers import journal, reference
from ledgers.emissions import posting
from ledgers.emissions.activity import FAULT_COLUMNS, MEASURED, TYPED_COLUMNS
from warehouse import migrations
from warehouse.connect import Connection, scratch

PERSON = "合成经办人"


def credit_code(number: int) -> str:
    """A made-up credit code with a right check digit, in a district of the sample city."""
    body = f"91210102MA{number:07d}"
    return body + uscc.calc_check_digit(body)


HEATING, POWER, PLANT = credit_code(1), credit_code(2), credit_code(3)


def enterprise(enterprise_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "enterprise_id": enterprise_id,
        "name": f"合成企业{enterprise_id[-4:]}",
        "valid_from": "2020-01-01",
        "district": "210102",
        "industry": "4430",
        "method_edition": "general-2015",
    } | changes


def fill_ledger(con: Connection) -> None:
    """The schema, the shipped reference data and three enterprises."""
    migrations.migrate(con)
    reference.load_shipped(con, person=PERSON)
    register(con, *(enterprise(code) for code in (HEATING, POWER, PLANT)))


def register(con: Connection, *enterprises: Mapping[str, Any]) -> None:
    sha = hashlib.sha256(repr(enterprises).encode()).hexdigest()
    answer = reference.import_register(
        con, "enterprise", list(enterprises), person=PERSON, source_sha=sha
    )
    assert not answer.rejected, answer.rejected


def own_factor(con: Connection, **row: Any) -> None:
    """Import one factor as a user's own edition."""
    given = {
        "edition": "own-test",
        "publisher": "合成",
        "document": "合成数据 (synthetic)",
        "evidence": "合成数据 (synthetic)",
        "standing": "reported",
        "known_from": "2020-01-01",
    } | row
    sha = hashlib.sha256(repr(given).encode()).hexdigest()
    answer = reference.import_edition(con, [given], person=PERSON, source_sha=sha)
    assert not answer.rejected, answer.rejected


def decimal(mantissa: int) -> Decimal:
    """So many 10^-12; made from text, since arithmetic would round to 28 digits."""
    return Decimal(f"{mantissa}e-12")


def mantissa(value: object) -> int:
    """A decimal as a whole number of 10^-12."""
    exact = Fraction(str(value)) * 10**12
    assert exact.denominator == 1
    return exact.numerator


def row(quantity: str, unit: str = "t", **changes: Any) -> dict[str, Any]:
    """A typed row: anthracite burned in March 2025, unless changed."""
    typed: dict[str, Any] = {name: "" for name, kind in TYPED_COLUMNS.items() if kind == "VARCHAR"}
    typed |= dict.fromkeys(MEASURED) | {
        "enterprise_id": HEATING,
        "enterprise_name": "合成企业",
        "carrier": "anthracite",
        "carrier_text": "无烟煤",
        "flow": "consumption",
        "period_start": date(2025, 3, 1),
        "period_end": date(2025, 3, 31),
        "starts_at": None,
        "quantity_text": quantity,
        "quantity": Decimal(quantity),
        "unit": unit,
        "data_kind": "measured",
        "from_float": False,
    }
    return typed | changes


def file_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def typed_file(
    folder: Path, name: str, rows: Sequence[Mapping[str, Any]], *, first: int = 2
) -> Path:
    """`rows` as the typed Parquet of the file `name`, numbered from `first`."""
    numbered = [
        {**item, "source": file_hash(name), "row_no": item.get("row_no", first + place)}
        for place, item in enumerate(rows)
    ]
    return _parquet(folder / f"{name}.parquet", numbered, TYPED_COLUMNS)


def fault_file(folder: Path, name: str, faults: Sequence[tuple[int, str, str]]) -> Path:
    """Faults (row, rule, severity) of the file `name`."""
    rows = [
        {
            **dict.fromkeys(FAULT_COLUMNS, ""),
            "source": file_hash(name),
            "row_no": row_no,
            "rule": rule,
            "severity": severity,
            "facts": "{}",
        }
        for row_no, rule, severity in faults
    ]
    return _parquet(folder / f"{name}.faults.parquet", rows, FAULT_COLUMNS)


def _parquet(path: Path, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> Path:
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    con = scratch()
    con.execute(f"CREATE TABLE typed ({columns})")
    marks = ", ".join("?" * len(kinds))
    if rows:
        con.executemany(
            f"INSERT INTO typed VALUES ({marks})",
            [[item.get(name, "") for name in kinds] for item in rows],
        )
    con.execute(f"COPY typed TO '{path}' (FORMAT parquet)")
    con.close()
    return path


def electricity(quantity: str, unit: str = "千瓦时", **changes: Any) -> dict[str, Any]:
    """A typed row: electricity bought in March 2025, unless changed."""
    return row(quantity, unit, **{"carrier": "electricity", "flow": "purchase"} | changes)


def post(con: Connection, *typed: Path, month: str = "2025-03", **options: Any) -> posting.Posted:
    """Post typed files under the test's person."""
    return posting.post_month(con, month, list(typed), person=PERSON, **options)


def close(con: Connection, month: str) -> None:
    with journal.transaction(con):
        journal.close_month(con, month, person=PERSON, statements={})


def reopen(con: Connection, month: str) -> None:
    with journal.transaction(con):
        journal.reopen_month(con, month, "合成：补报", person=PERSON)


def faults(con: Connection) -> list[tuple[Any, ...]]:
    """(row, rule, severity) of every fault that the ledger records."""
    return con.execute(
        "SELECT row_no, rule, severity FROM emissions.rejection ORDER BY commit_no, ordinal"
    ).fetchall()


def entries(con: Connection, where: str = "true") -> list[tuple[Any, ...]]:
    """(measure, value, kind, cause) of every entry: by commit, reversals first, by row, measure."""
    return con.execute(
        f"SELECT measure, value, kind, cause FROM emissions.line WHERE {where} "
        "ORDER BY commit_no, kind <> 'reversal', activity_commit, activity_ordinal, measure"
    ).fetchall()


def total(con: Connection, measure: str = "CO2", where: str = "true") -> int:
    """The sum of all entries of a measure, reversals included."""
    found = con.execute(
        f"SELECT coalesce(sum(value), 0)::BIGINT FROM emissions.line WHERE measure = ? AND {where}",
        [measure],
    ).fetchone()
    assert found is not None
    return int(found[0])
