"""What the methods of accrual give, by hand (合成数据)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledgers.emissions.accruals import AccrualFault, Plan, plan
from tests.ledgers.emissions.book import HEATING, post, row, typed_file
from tests.ledgers.quality.test_completeness import days, month
from warehouse.connect import Connection


def sent(con: Connection, folder: Path, name: str, *rows: dict[str, Any]) -> None:
    path = typed_file(folder, f"{name}-{len(list(folder.iterdir()))}", rows)
    post(con, path, month=name)


def planned(con: Connection, method: str, **given: str) -> Plan:
    return plan(con, "2025-03", method, **given)


def test_same_month_of_last_year_by_the_day(ledger: Connection, tmp_path: Path) -> None:
    """62 t in the 31 days of March 2024; of March 2025 the first ten days came: 21 × 2 t."""
    sent(ledger, tmp_path, "2024-03", row("62", **month("2024-03")))
    sent(ledger, tmp_path, "2025-03", row("30", **days("2025-03", 1, 10)))
    (found,) = planned(ledger, "last-year").accruals
    assert (found.quantity, found.unit) == (42, "t")
    assert (found.period_start, found.period_end) == (date(2025, 3, 11), date(2025, 3, 31))
    ((activity,),) = ledger.execute(
        "SELECT commit_no || '-' || ordinal FROM emissions.activity WHERE month = '2024-03'"
    ).fetchall()
    assert found.rests_on == (activity,)
    assert planned(ledger, "daily-mean").accruals[0].quantity == 42, "it is one of the twelve"


def test_daily_mean_of_the_twelve_months_before(ledger: Connection, tmp_path: Path) -> None:
    """10 t on 10 days and 12.5 t on 28: 22.5 / 38 a day, 31 days = 18.355263157895 (half up)."""
    sent(ledger, tmp_path, "2024-12", row("10", **days("2024-12", 1, 10)))
    sent(ledger, tmp_path, "2025-02", row("12.5", **month("2025-02")))
    sent(ledger, tmp_path, "2024-02", row("999", **days("2024-02", 1, 29)))
    sent(ledger, tmp_path, "2025-03", row("1", facility="别处", **days("2025-03", 1, 1)))
    found = planned(ledger, "daily-mean")
    assert found.accruals == ()
    sent(ledger, tmp_path, "2024-03", row("38", **days("2024-03", 1, 1)))
    (one,) = planned(ledger, "daily-mean").accruals
    total = Decimal("60.5") / 39 * 31
    assert one.quantity == total.quantize(Decimal("1e-12"))
    assert str(one.quantity) == "48.089743589744"
    assert len(one.rests_on) == 3


def test_units_of_the_base_are_brought_together(ledger: Connection, tmp_path: Path) -> None:
    """0.0028 万吨 and 31 t are 59 t on 59 days: a tonne a day."""
    sent(ledger, tmp_path, "2025-01", row("31", "t", **month("2025-01")))
    sent(ledger, tmp_path, "2025-02", row("0.0028", "万吨", **month("2025-02")))
    (found,) = planned(ledger, "daily-mean").accruals
    assert (found.quantity, found.unit) == (Decimal("0.0031"), "万吨")


def test_measured_values_are_carried_on_by_weight(ledger: Connection, tmp_path: Path) -> None:
    """(10 × 20 + 30 × 22) / 40 = 21.5 GJ/t; a value that one row lacks is left to the factor."""
    heat = {"ncv_unit": "GJ/t"}
    first = row("10", ncv=Decimal(20), **heat, **month("2025-01"))
    sent(ledger, tmp_path, "2025-01", first | {"moisture": Decimal(5), "moisture_unit": "%"})
    sent(ledger, tmp_path, "2025-02", row("30", ncv=Decimal(22), **heat, **month("2025-02")))
    (found,) = planned(ledger, "daily-mean").accruals
    assert found.measured == {"ncv": (Decimal("21.500000000000"), "GJ/t")}


def product(quantity: str, **given: Any) -> dict[str, Any]:
    return row(quantity, carrier="crude_steel", carrier_text="粗钢", flow="product", **given)


def test_consumption_by_output(ledger: Connection, tmp_path: Path) -> None:
    """40 t for 100 t of steel in February; 310 t of steel in March, of which 21 days are to fill:
    0.4 × 310 × 21/31 = 84. January had no output and is no base."""
    sent(ledger, tmp_path, "2025-01", row("500", **month("2025-01")))
    sent(
        ledger,
        tmp_path,
        "2025-02",
        row("40", **month("2025-02")),
        product("100", **month("2025-02")),
    )
    sent(
        ledger,
        tmp_path,
        "2025-03",
        row("1", **days("2025-03", 1, 10)),
        product("310", **month("2025-03")),
    )
    (found,) = planned(ledger, "intensity").accruals
    assert found.quantity == 84
    assert len(found.rests_on) == 1
    assert planned(ledger, "intensity", product="clinker").unfilled[0].why == "no_output"


def test_what_cannot_be_filled_is_said(ledger: Connection, tmp_path: Path) -> None:
    sent(ledger, tmp_path, "2025-02", row("0", **month("2025-02")))
    assert [item.why for item in planned(ledger, "daily-mean").unfilled] == ["nothing"]
    with pytest.raises(AccrualFault):
        planned(ledger, "guess")


def test_an_accrual_is_no_base_and_what_nothing_expects_is_not_filled(
    ledger: Connection, tmp_path: Path
) -> None:
    sent(ledger, tmp_path, "2025-03", row("10", **days("2025-03", 5, 6)))
    assert planned(ledger, "daily-mean") == Plan("2025-03", "daily-mean", (), ())
    accrued = row("28", data_kind="accrued", **month("2025-02"))
    sent(ledger, tmp_path, "2025-02", accrued, row("9", **days("2025-02", 28, 28), device="二"))
    found = planned(ledger, "daily-mean", enterprise_id=HEATING)
    assert [(item.device, item.quantity) for item in found.accruals] == [("二", 279)]


@pytest.mark.parametrize("beside", ["", "合成：并列入账"])
def test_the_real_figure_takes_the_accrual_back(
    ledger: Connection, tmp_path: Path, beside: str
) -> None:
    """A bill of four days with other evidence meets an accrual of the whole month; it goes as a
    whole, and the days that did not come are missing again. Another meter's row moves nothing."""
    accrued = row("31", data_kind="accrued", evidence_kind="none")
    sent(ledger, tmp_path, "2025-02", row("28", **month("2025-02")))
    sent(ledger, tmp_path, "2025-03", accrued)
    sent(ledger, tmp_path, "2025-03", row("5", device="二"))
    standing = "SELECT quantity FROM emissions.live_activity WHERE month = '2025-03' ORDER BY 1"
    assert ledger.execute(standing).fetchall() == [(5,), (31,)]
    real = row("6", evidence_kind="invoice", **days("2025-03", 28, 31))
    post(ledger, typed_file(tmp_path, "实", [real]), add=beside)
    assert ledger.execute(standing).fetchall() == [(5,), (6,)]
    causes = ledger.execute(
        "SELECT kind, cause FROM emissions.line WHERE measure = 'CO2' AND month = '2025-03' "
        "ORDER BY commit_no, ordinal"
    ).fetchall()
    assert causes[-2:] == [("reversal", "accrual"), ("post", "accrual")]
    gaps = planned(ledger, "daily-mean").accruals
    assert [(item.period_start.day, item.period_end.day) for item in gaps] == [(1, 27)]
