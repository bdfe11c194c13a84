"""Expected, covered, missing and overlapping days (合成数据)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ledgers.emissions.completeness import Coverage, Days, completeness, summed
from tests.ledgers.emissions.book import (
    HEATING,
    PLANT,
    close,
    enterprise,
    post,
    register,
    row,
    typed_file,
)
from warehouse.connect import Connection

MARCH = date(2025, 3, 1), date(2025, 3, 31)


def days(month: str, first: int, last: int) -> dict[str, date]:
    year, number = int(month[:4]), int(month[5:])
    return {"period_start": date(year, number, first), "period_end": date(year, number, last)}


def month(name: str) -> dict[str, date]:
    return days(name, 1, monthrange(int(name[:4]), int(name[5:]))[1])


def of(con: Connection, period: str = "2025-03", **wanted: str) -> list[Coverage]:
    found = completeness(con, period, HEATING).rows
    return [r for r in found if all(getattr(r, name) == value for name, value in wanted.items())]


@given(st.integers(0, 2**31 - 1))
def test_days_and_their_runs_are_the_same(bits: int) -> None:
    runs = Days("2025-03", bits).ranges()
    listed = [day for first, last in runs for day in range(first.day, last.day + 1)]
    assert listed == [day for day in range(1, 32) if bits >> (day - 1) & 1]
    assert len(Days("2025-03", bits)) == len(listed)
    assert all(b[0].day > a[1].day + 1 for a, b in pairwise(runs))


def test_a_stream_with_history_misses_the_days_that_did_not_come(
    ledger: Connection, tmp_path: Path
) -> None:
    post(ledger, typed_file(tmp_path, "二月", [row("9", **month("2025-02"))]), month="2025-02")
    post(
        ledger,
        typed_file(
            tmp_path,
            "三月",
            [row("1", **days("2025-03", 1, 4)), row("2", **days("2025-03", 10, 20))],
        ),
    )
    (found,) = of(ledger)
    assert (found.why, len(found.expected), len(found.covered)) == ("history", 31, 15)
    assert found.missing.ranges() == (
        (date(2025, 3, 5), date(2025, 3, 9)),
        (date(2025, 3, 21), date(2025, 3, 31)),
    )
    assert found.open_days == found.missing
    assert len(found.overlapping) == 0
    (whole,) = of(ledger, "2025-04")
    assert (len(whole.expected), len(whole.covered), len(whole.missing)) == (30, 0, 30)


def test_nothing_is_missing_of_what_nothing_expects(ledger: Connection, tmp_path: Path) -> None:
    post(ledger, typed_file(tmp_path, "三月", [row("2", **days("2025-03", 15, 20))]))
    (found,) = of(ledger)
    assert (found.why, len(found.expected), len(found.missing)) == ("came", 6, 0)
    assert not of(ledger, "2025-02")


def test_a_stream_older_than_a_year_follows_its_season(ledger: Connection, tmp_path: Path) -> None:
    """Heat of January to March 2024: expected in March 2025, not in April."""
    for name in ("2024-01", "2024-02", "2024-03", "2025-01", "2025-02"):
        last = 29 if name == "2024-02" else 28 if name == "2025-02" else 31
        post(
            ledger,
            typed_file(tmp_path, name, [row("9", **days(name, 1, last))]),
            month=name,
        )
    assert [len(found.missing) for found in of(ledger, "2025-03")] == [31]
    assert of(ledger, "2025-04") == []
    whole = completeness(ledger, "2025", HEATING)
    assert whole.total == summed(whole.rows)
    assert (whole.total.expected, whole.total.covered, whole.total.missing) == (90, 59, 31)


def test_a_carrier_that_the_register_expects(ledger: Connection, tmp_path: Path) -> None:
    """Coal came for ten days, diesel never: both are expected of every registered day."""
    code = HEATING
    register(
        ledger,
        enterprise(code, expected_carriers="anthracite;diesel", valid_to="2025-03-20"),
    )
    post(ledger, typed_file(tmp_path, "三月", [row("9", **days("2025-03", 1, 10))]))
    coal, diesel = of(ledger)
    assert (coal.carrier, coal.why, len(coal.expected), len(coal.missing)) == (
        "anthracite",
        "register",
        20,
        10,
    )
    assert (diesel.carrier, diesel.flow, len(diesel.missing)) == ("diesel", "", 20)


def test_overlaps_are_days_of_one_meter_in_two_periods_or_kinds_of_evidence(
    ledger: Connection, tmp_path: Path
) -> None:
    rows = [
        row("9", device="1号表", **days("2025-03", 1, 20)),
        row("9", device="1号表", **days("2025-03", 16, 31)),
        row("9", device="2号表", **days("2025-03", 1, 31)),
        row("3", device="2号表", **days("2025-03", 1, 31)),
        row("9", device="3号表", evidence_kind="invoice", **days("2025-03", 1, 31)),
        row("9", device="3号表", evidence_kind="meter", **days("2025-03", 30, 31)),
    ]
    post(ledger, typed_file(tmp_path, "三月", rows))
    found = {item.device: item.overlapping.ranges() for item in of(ledger)}
    assert found == {
        "1号表": ((date(2025, 3, 16), date(2025, 3, 20)),),
        "2号表": (),
        "3号表": ((date(2025, 3, 30), date(2025, 3, 31)),),
    }


def test_stocks_and_negative_corrections_cover_nothing(ledger: Connection, tmp_path: Path) -> None:
    rows = [row("9", flow="closing_stock"), row("4", **days("2025-03", 1, 2), evidence="单-1")]
    rows += [row("-1", correction_of="单-1", **days("2025-03", 1, 31))]
    post(ledger, typed_file(tmp_path, "三月", rows))
    (found,) = of(ledger)
    assert (len(found.covered), len(found.overlapping)) == (2, 0)


def test_accruals_and_waiting_rows_are_missing_and_shown_apart(
    ledger: Connection, tmp_path: Path
) -> None:
    post(ledger, typed_file(tmp_path, "二月", [row("9", **month("2025-02"))]), month="2025-02")
    accrued = row("9", data_kind="accrued", **days("2025-03", 1, 10))
    post(ledger, typed_file(tmp_path, "三月", [accrued, row("9", **days("2025-03", 11, 20))]))
    close(ledger, "2025-03")
    post(ledger, typed_file(tmp_path, "补", [row("9", **days("2025-03", 21, 25))]))
    (found,) = of(ledger)
    counts = [len(getattr(found, n)) for n in ("covered", "missing", "accrued", "waiting")]
    assert counts == [10, 21, 10, 5]
    assert found.open_days.ranges() == ((date(2025, 3, 26), date(2025, 3, 31)),)


def test_another_enterprise_is_not_asked_for_what_it_never_sent(
    ledger: Connection, tmp_path: Path
) -> None:
    post(ledger, typed_file(tmp_path, "三月", [row("9")]))
    assert not completeness(ledger, "2025-03", PLANT).rows
    assert {r.enterprise_id for r in completeness(ledger, "2025-03").rows} == {HEATING}
