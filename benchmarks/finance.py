"""python -m benchmarks.finance [--rows N]: loan records checked, tagged and summed into tables.

Synthetic (合成数据): one bank, a project for every ten loans. Beside it the same sums in bare SQL
on the same Parquet, which checks nothing. Prints seconds and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ledgers.green_finance import submission
from ledgers.green_finance.columns import columns
from ledgers.green_finance.disclosures import city_report
from ledgers.green_finance.grounds import Input
from ledgers.green_finance.institutions import register_institutions
from ledgers.green_finance.packages import read_name
from ledgers.green_finance.submission import Sent
from pipelines.sample_city.credit_codes import SCALE, credit_code
from warehouse import migrations
from warehouse.connect import Connection, scratch

BANK = "B9900H221010001"
PURPOSE = "用于合成项目的主要设备采购、土建施工、安装调试以及并网验收等建设支出"
CODES = ("4.2.1", "4.2.2", "3.2.2", "6.1.3")
INDUSTRIES = ("4415", "4416", "4610", "7020")
_CUSTOMERS = 1000


def main(argv: list[str] | None = None) -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rows", type=int, default=100_000)
    rows = given.parse_args(argv).rows
    with tempfile.TemporaryDirectory(prefix="tanzhang-bench-") as folder:
        sent = _package(Path(folder), rows)
        con = _ledger()
        seconds = _timed(con, sent)
        bare = _bare(con, sent)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"rows {rows:,}")
    for name, value in seconds.items():
        print(f"{name:<34}{value:8.2f} s")
    print(f"{'all':<34}{sum(seconds.values()):8.2f} s")
    print(f"{'the same sums in bare SQL':<34}{bare:8.2f} s")
    print(f"{'peak memory':<34}{peak:8.0f} MB")


def _timed(con: Connection, sent: Sent) -> dict[str, float]:
    start = time.perf_counter()
    verdict = submission.submit(con, sent, person="合成", salt="bench")
    assert verdict.good, [fault.text("en") for fault in verdict.faults[:3]]
    middle = time.perf_counter()
    found = city_report(con, date(2025, 12, 31))
    assert sum(count for _, count in found.by_category.values()) == verdict.rows["instrument"]
    end = time.perf_counter()
    return {"check, tag and take": middle - start, "the city's tables": end - middle}


def _bare(con: Connection, sent: Sent) -> float:
    """The sums alone: no typing of dates, no rules, no tags, no journal."""
    (loans,) = [each for each in sent.inputs if each.kind == "instrument"]
    balance, code = loans.places["balance"], loans.places["gfspc_code"]
    start = time.perf_counter()
    con.execute(
        f"SELECT c{code}, sum(CAST(c{balance} AS DECIMAL(18,2))), count(*) "
        f"FROM read_parquet('{loans.path}') GROUP BY ALL"
    ).fetchall()
    return time.perf_counter() - start


def _ledger() -> Connection:
    con = scratch("4GB")
    migrations.migrate(con)
    row = {"institution_id": BANK, "name": "合成基准银行", "kind": "bank", "district": "210102"}
    row["valid_from"] = "2020-01-01"
    register_institutions(con, [row], person="合成", source_sha="0" * 64)
    return con


def _package(folder: Path, rows: int) -> Sent:
    projects = max(rows // 10, 1)
    numbers = pa.array(range(projects))
    inputs = [
        _table(folder, "customer", _customers()),
        _table(folder, "project", _projects(numbers)),
        _table(folder, "instrument", _loans(pa.array(range(rows)), projects)),
    ]
    return Sent(read_name(f"ordinary_{BANK}_20251121_0001.csv", "0" * 64), inputs)


def _customers() -> dict[str, object]:
    span = range(_CUSTOMERS)
    return {
        "customer_no": [f"C{n}" for n in span],
        "party": "企业",
        "name": [f"合成{n}公司" for n in span],
        "credit_code": [credit_code("210106", SCALE, n) for n in span],
        "industry": "4415",
        "district": "210106",
    }


def _projects(numbers: pa.Array) -> dict[str, object]:
    texts = pc.cast(numbers, pa.string())
    kinds = [n % len(CODES) for n in range(len(numbers))]
    return {
        "project_no": pc.binary_join_element_wise("P", texts, ""),
        "name": pc.binary_join_element_wise("合成项目", texts, ""),
        "customer_no": [f"C{n % _CUSTOMERS}" for n in range(len(numbers))],
        "industry": [INDUSTRIES[kind] for kind in kinds],
        "total_investment": "1000000000",
        "capital": "200000000",
        "currency": "CNY",
        "district": "210106",
        "content": "合成",
        "gfspc_code": [CODES[kind] for kind in kinds],
        "credits_declared": "否",
        "tagged_by": "合成认定人",
    }


def _loans(numbers: pa.Array, projects: int) -> dict[str, object]:
    count = len(numbers)
    of = [n % projects for n in range(count)]
    kinds = [n % len(CODES) for n in of]
    amounts = [str(1_000_000 + 1000 * (n % 5000)) for n in range(count)]
    return {
        "kind": "贷款",
        "business_no": pc.binary_join_element_wise("L", pc.cast(numbers, pa.string()), ""),
        "customer_no": [f"C{n % _CUSTOMERS}" for n in of],
        "project_no": [f"P{n}" for n in of],
        "event": "放款",
        "event_date": "2025-11-20",
        "loan_kind": "项目贷款",
        "purpose": PURPOSE,
        "amount": amounts,
        "balance": amounts,
        "currency": "CNY",
        "approved_on": "2025-11-01",
        "disbursed_on": "2025-11-20",
        "matures_on": "2035-11-20",
        "rate": "0.0325",
        "risk_class": "正常",
        "industry": [INDUSTRIES[kind] for kind in kinds],
        "district": "210106",
        "green": "是",
        "recognised_on": "2025-11-20",
        "gfspc_code": [CODES[kind] for kind in kinds],
        "tagged_by": "合成认定人",
        "layer": "首层",
    }


def _table(folder: Path, kind: str, cells: Mapping[str, object]) -> Input:
    """A grid of text as staging writes it; a plain text stands in every row."""
    length = max(len(value) for value in cells.values() if not isinstance(value, str))  # type: ignore[arg-type]
    names = [column.name for column in columns(kind)]
    held: dict[str, object] = {"row_no": pa.array(range(2, length + 2))}
    for place, name in enumerate(names):
        value = cells.get(name, "")
        held[f"c{place}"] = pa.repeat(value, length) if isinstance(value, str) else value
    path = folder / f"{kind}.parquet"
    pq.write_table(pa.table(held), path)
    return Input(kind, str(path), kind, 1, {name: place for place, name in enumerate(names)})


if __name__ == "__main__":
    main()
