"""Rules that compare rows in hand with the ledger (合成数据)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgers.emissions import rules
from ledgers.emissions.activity import TYPED_COLUMNS
from tests.ledgers.emissions.typed_rows import OTHER, WINDOW, Found, faults, ground, row, typed
from warehouse.connect import Connection, scratch
from warehouse.migrations import migrate

EARLIER = "e" * 64


@pytest.fixture
def con() -> Iterator[Connection]:
    held = scratch()
    migrate(held)
    rules.faults_table(held)
    yield held
    held.close()


def post(con: Connection, ordinal: int, month: str, **changes: Any) -> None:
    """Put one activity into the ledger as commit 15, without its entries."""
    held = row(source=EARLIER, row_no=12, **changes)
    typed(con, [held])
    columns = ", ".join(TYPED_COLUMNS)
    con.execute(
        f"INSERT INTO emissions.activity BY NAME SELECT 15 AS commit_no, {ordinal} AS ordinal, "
        f"'{month}' AS month, row_no + 2 AS row_last, 3 AS row_count, 1 AS tier, {columns} "
        "FROM typed"
    )


def found(con: Connection, *rows: Mapping[str, Any], **options: Any) -> list[Found]:
    typed(con, rows)
    rules.find_faults(con, ground(), WINDOW, **options)
    return faults(con)


FEBRUARY = {"period_start": date(2025, 2, 1), "period_end": date(2025, 2, 28)}


def test_a_month_is_compared_with_the_ledgers_month_before(con: Connection) -> None:
    post(con, 0, "2025-02", **FEBRUARY, quantity=Decimal(100))
    post(con, 1, "2025-02", **FEBRUARY, quantity=Decimal(180))
    [fault] = found(con, row(quantity=Decimal(931)))
    assert (fault.rule, fault.facts["earlier"]) == ("TR-01", "280.000")


def test_what_was_withdrawn_is_not_compared(con: Connection) -> None:
    post(con, 0, "2025-02", **FEBRUARY, quantity=Decimal(280))
    con.execute("INSERT INTO emissions.withdrawal VALUES (16, 0, 15, 0, 'reversal', '', '')")
    assert found(con, row(quantity=Decimal(931))) == []


def test_rows_in_hand_stand_for_what_the_ledger_has_of_their_month(con: Connection) -> None:
    post(con, 0, "2025-02", **FEBRUARY, quantity=Decimal(1))
    resent = row(row_no=3, **FEBRUARY, quantity=Decimal(280))
    assert found(con, row(quantity=Decimal(310)), resent) == []


def test_last_year_is_in_the_ledger(con: Connection) -> None:
    year_before = {"period_start": date(2024, 3, 1), "period_end": date(2024, 3, 31)}
    post(con, 0, "2024-03", **year_before, quantity=Decimal(100))
    [fault] = found(con, row(quantity=Decimal(251)))
    assert (fault.rule, fault.facts["ratio"]) == ("TR-02", "2.51")


@pytest.mark.parametrize("named", ["15-0", "e" * 8 + ":13", "合成发票-9"])
def test_a_correction_may_name_a_row_of_the_ledger(con: Connection, named: str) -> None:
    post(con, 0, "2025-03", evidence="合成发票-9")
    correction = row(quantity=Decimal(-5), correction_of=named)
    assert found(con, correction) == []


@pytest.mark.parametrize("named", ["15-1", "e" * 8 + ":15", "合成发票-8"])
def test_a_correction_that_the_ledger_does_not_know(con: Connection, named: str) -> None:
    post(con, 0, "2025-03", evidence="合成发票-9")
    post(con, 1, "2025-03", evidence="合成发票-8", enterprise_id=OTHER)
    correction = row(quantity=Decimal(-5), correction_of=named)
    assert [fault.rule for fault in found(con, correction)] == ["CR-01"]


def test_a_ledger_may_be_attached_under_a_name(con: Connection, tmp_path: Any) -> None:
    con.execute(f"ATTACH '{tmp_path}/copy.duckdb' AS published")
    con.execute("USE published")
    con.execute("CREATE SCHEMA emissions")
    con.execute("CREATE TABLE emissions.kept AS SELECT * FROM memory.emissions.activity")
    con.execute("CREATE VIEW emissions.live_activity AS SELECT * FROM published.emissions.kept")
    con.execute("USE memory")
    post(con, 0, "2025-02", **FEBRUARY, quantity=Decimal(280))
    con.execute("INSERT INTO published.emissions.kept SELECT * FROM emissions.activity")
    con.execute("DELETE FROM emissions.activity")
    assert found(con, row(quantity=Decimal(931))) == []
    assert [f.rule for f in found(con, row(quantity=Decimal(931)), ledger="published")] == ["TR-01"]
