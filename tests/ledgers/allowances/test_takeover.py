"""Published registers, taken over and replayed: real data, never part of the repository."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from ledgers.allowances.feeds import (
    BadFile,
    look_alikes,
    read_allocation_table,
    read_compliance_report,
    read_transfers,
)
from ledgers.allowances.surrender_status import surrender_status
from ledgers.allowances.takeover import (
    Officers,
    opening_balances,
    post_allocations,
    post_surrenders,
    replay,
    surrendered_by,
    take_over_market,
)
from ledgers.allowances.verification import verify
from tests.ledgers.allowances.desk import ANNA, BERT, Registry
from warehouse.connect import Connection

BY = Officers(ANNA, BERT, datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
REPORT = "20250611_Compliance_Report_Emissions_and_Surrenders.xlsx"
TABLE = "ukets-allocation-table-december-2025.xlsx"


@pytest.fixture
def con(registry: Registry) -> Connection:
    return registry.con


def test_real_transfers_are_replayed(con: Connection, real_data: Path) -> None:
    rows = read_transfers(real_data / "eu_transfers" / "transactions.parquet")
    assert (rows.height, rows["id"].n_unique()) == (16_418, 3_423)
    alike = look_alikes(rows)
    assert (alike.height, alike["quantity"].sum()) == (807, 6_867_610)
    names = sorted({*rows["source"], *rows["target"]}, key=int)
    assert len(names) == 2_863
    numbers = take_over_market(con, "EU", "EU", [("trader", name, name) for name in names], BY)
    made = replay(con, "eutl", rows, numbers, market="EU", by=BY)
    # Every transfer of an account to itself is refused, with its reason; nothing else is.
    assert Counter(why.code for why in made.refused.values()) == {"registry.same_account": 224}
    opened = opening_balances(rows.filter(pl.col("source") != pl.col("target")))
    assert made.posted == 3_423 - 224 + opened.height
    ((lines, quantity),) = con.execute(
        "SELECT count(*), sum(quantity)::BIGINT FROM allowances.line AS l "
        "JOIN allowances.transaction AS t USING (seq) WHERE t.type = 'transfer'"
    ).fetchall()
    assert (lines, quantity) == (16_418 - 224, 1_954_544_285)
    # The balances, worked out from the file alone.
    expected: Counter[tuple[str, str]] = Counter()
    for source, unit, amount in opened.rows():
        expected[numbers[source], unit] += amount
    for row in rows.iter_rows(named=True):
        if row["source"] != row["target"]:
            expected[numbers[row["source"]], row["unit"]] -= row["quantity"]
            expected[numbers[row["target"]], row["unit"]] += row["quantity"]
    held = con.execute(
        "SELECT a.number, b.unit, b.quantity FROM allowances.balance AS b "
        "JOIN allowances.account AS a USING (account) WHERE NOT issuance"
    ).fetchall()
    assert {(n, u): q for n, u, q in held if q} == {k: q for k, q in expected.items() if q}
    found = verify(con)
    assert found.good, found.findings
    # Again: under the same key nothing happens; under another every id is known.
    assert replay(con, "eutl", rows, numbers, market="EU", by=BY).again
    assert verify(con).root == found.root


def test_opening_balances_are_the_least() -> None:
    rows = pl.DataFrame(
        [
            ("t1", "a", "b", 5),
            ("t1", "a", "b", 5),
            ("t2", "b", "c", 4),
            ("t3", "b", "a", 9),
            ("t4", "a", "c", 9),
        ],
        schema={"id": pl.String, "source": pl.String, "target": pl.String, "quantity": pl.Int64},
        orient="row",
    ).with_columns(unit=pl.lit("EU-EUA-2005"))
    # a gives 10 before it has anything; b had 10, gave 4, lacks 3 for 9; a then has 9.
    found = opening_balances(rows).select("source", "quantity").rows()
    assert found == [("a", 10), ("b", 3)]


def test_the_status_of_every_real_account(con: Connection, real_data: Path) -> None:
    rows = read_compliance_report(real_data / "uk_registry" / REPORT)
    assert len(rows) == 1_341
    entities = [("operator", row.entity, row.name) for row in rows]
    numbers = take_over_market(con, "UK", "UK", entities, BY)
    unit = "UK-UKA-2021"
    post_surrenders(con, "uk", rows, numbers, unit, 2024, market="UK", by=BY)
    paid = surrendered_by(con, "UK")
    assert sum(paid.values()) == sum(row.surrendered for row in rows)
    found = {
        row.entity: surrender_status(row, 2024, paid.get(numbers[row.entity], 0)) for row in rows
    }
    judged = [row for row in rows if row.statuses[2024] in ("A", "B")]
    assert Counter(row.statuses[2024] for row in judged) == {"A": 1_182, "B": 43}
    assert all(found[row.entity].balance == row.statuses[2024] for row in judged)
    others = [row for row in rows if row.statuses[2024] not in ("A", "B")]
    reasons = Counter((row.statuses[2024], found[row.entity].reason) for row in others)
    # One aircraft operator of 2024 reported nothing and is published blank where C is due.
    assert reasons == {
        ("", "ended"): 56,
        ("", "missing"): 1,
        ("C", "missing"): 2,
        ("EXCLUDED", "excluded"): 42,
        ("NOT_APPLICABLE", "not_started"): 15,
    }
    unexplained = [row for row in rows if not found[row.entity].explains(row.statuses[2024])]
    assert len(unexplained) == 1
    assert (unexplained[0].first_year, unexplained[0].emissions[2024]) == (2024, None)
    assert verify(con).good


def test_blank_zero_and_excluded_are_three_things(real_data: Path) -> None:
    rows = read_compliance_report(real_data / "uk_registry" / REPORT)
    seen = Counter(
        "number" if isinstance(row.emissions[2024], int) else row.emissions[2024] for row in rows
    )
    assert seen == {"number": 1_055, "excluded": 207, None: 79}
    assert sum(row.emissions[2022] == 0 for row in rows) > 0


def test_the_real_allocation_table_adds_up(con: Connection, real_data: Path) -> None:
    rows = read_allocation_table(real_data / "uk_registry" / TABLE)
    assert len(rows) == 482
    names = [("operator", row.permit, row.name) for row in rows]
    numbers = take_over_market(con, "UK", "UK", names, BY)
    post_allocations(con, "table", rows, numbers, "UKA", market="UK", by=BY)
    held = con.execute(
        "SELECT unit, sum(quantity)::BIGINT FROM allowances.balance AS b "
        "JOIN allowances.account AS a USING (account) WHERE a.kind = 'operator' GROUP BY 1"
    ).fetchall()
    assert dict(held) == {
        "UK-UKA-2021": 37_803_093,
        "UK-UKA-2022": 35_341_301,
        "UK-UKA-2023": 32_527_927,
        "UK-UKA-2024": 30_960_705,
        "UK-UKA-2025": 25_640_721,
        "UK-UKA-2026": 24_936_341,
    }
    ((own,),) = con.execute(
        "SELECT sum(quantity)::BIGINT FROM allowances.balance AS b JOIN allowances.account AS a "
        "USING (account) WHERE a.number = ?",
        [numbers["UK-E-IN-15145"]],
    ).fetchall()
    assert own == 31_310 + 30_505 + 29_701 + 28_896 + 28_092 + 38_725
    assert verify(con).good


def test_a_file_without_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pl.DataFrame({"id": [1]}).write_parquet(path)
    with pytest.raises(BadFile) as fault:
        read_transfers(path)
    assert fault.value.code == "registry.feed_column"
