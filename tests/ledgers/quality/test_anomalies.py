"""Findings and their formulas (合成数据)."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import pytest

from ledgers import journal
from ledgers.emissions.anomalies import Amounts, Finding, declare, findings, level_shift
from tests.ledgers.emissions.book import HEATING, PERSON, post, row, total, typed_file
from tests.ledgers.quality.test_completeness import month
from warehouse.connect import Connection

STEADY = (100, 102, 99, 101, 100, 98)
MONTHS = ("2024-07", "2024-08", "2024-09", "2024-10", "2024-11", "2024-12")
MONTHS += ("2025-01", "2025-02", "2025-03")


def sent(
    con: Connection,
    folder: Path,
    values: dict[str, float],
    beside: dict[str, float] | None = None,
    **given: Any,
) -> None:
    """One row a month of so much a day, and power bought beside it."""
    power = {"carrier": "electricity", "flow": "purchase", "unit": "MWh"}
    for name, daily in values.items():
        span = month(name)
        days = (span["period_end"] - span["period_start"]).days + 1
        items = [row(str(round(daily * days, 6)), **span, **given)]
        if beside:
            items.append(row(str(round(beside[name] * days, 6)), **span, **power))
        path = typed_file(folder, f"{name}-{len(list(folder.iterdir()))}", items)
        post(con, path, month=name)


def of(con: Connection, kind: str, name: str = "2025-03") -> list[Finding]:
    return [item for item in findings(con, name) if item.kind == kind]


def test_a_level_shift_is_found_at_its_month_with_its_score(
    ledger: Connection, tmp_path: Path
) -> None:
    """Six months about 100 t a day, then 200, 202, 198: medians 100 and 200; deviations of ln x
    from them have the median of the floor or below, 0.02 → score ln 2 / (s √(1/6 + 1/3))."""
    daily = dict(zip(MONTHS, (*STEADY, 200, 202, 198), strict=True))
    sent(ledger, tmp_path, daily)
    (found,) = of(ledger, "level")
    sides = [abs(log(v / 100)) for v in STEADY] + [abs(log(v / 200)) for v in (200, 202, 198)]
    middle = sorted(sides)[4]
    spread = max(1.4826 * middle, 0.02)
    assert found.since == "2025-01"
    assert float(found.score) == pytest.approx(log(2) / (spread * sqrt(1 / 6 + 1 / 3)), rel=1e-3)
    assert (float(found.before), float(found.after)) == (
        pytest.approx(100, rel=1e-3),
        pytest.approx(200, rel=1e-3),
    )
    tonnes = total(ledger, where="month = '2025-03'") / 1e6
    assert float(found.tonnes) == pytest.approx(tonnes / 2, rel=1e-3)
    assert [m for m, _ in found.series] == list(MONTHS)


def seen(daily: dict[str, float]) -> Finding | None:
    """A stream of so much a day in each month, without a ledger."""
    series = {name: Amounts(value * 30, value * 60, 30, "t") for name, value in daily.items()}
    return level_shift((HEATING, "", "anthracite", "consumption"), series, "2025-03")


def test_noise_and_small_moves_are_no_findings() -> None:
    moved = dict(zip(MONTHS, (*STEADY, 200, 202, 198), strict=True))
    assert seen(moved) is not None
    assert seen(dict(zip(MONTHS, (*STEADY, 110, 112, 111), strict=True))) is None
    assert seen(dict(zip(MONTHS, (*STEADY, 200, 100, 99), strict=True))) is None, "one month"
    assert seen({name: value for name, value in moved.items() if name != "2025-03"}) is None


def test_a_season_is_no_shift() -> None:
    """Winter is ten times summer in both years: month against month nothing moved; without the
    year before it would be a shift."""
    names = [f"{year}-{n:02d}" for year in (2023, 2024) for n in range(1, 13)]
    names += ["2025-01", "2025-02", "2025-03"]
    winter = {"11", "12", "01", "02", "03"}
    daily = {n: 100.0 + i % 3 if n[5:] in winter else 10 + i % 2 / 10 for i, n in enumerate(names)}
    assert seen(daily) is None
    found = seen({n: v for n, v in daily.items() if n > "2024-05"})
    assert found is not None
    assert found.since == "2024-11"
    halved = {n: v / 2 if n >= "2024-12" else v for n, v in daily.items()}
    found = seen(halved)
    assert found is not None
    assert (found.since, round(float(found.before / found.after), 1)) == ("2024-12", 2.0)


def test_a_ratio_that_leaves_its_course(ledger: Connection, tmp_path: Path) -> None:
    """Coal per power has been 2 for eight months; in March it is 1 while both stay plausible."""
    coal = dict(zip(MONTHS, (10, 11, 12, 11, 10, 12, 11, 10, 10), strict=True))
    power = dict(zip(MONTHS, (5, 5.5, 6, 5.5, 5, 6, 5.5, 5, 10), strict=True))
    sent(ledger, tmp_path, coal, power)
    (found,) = of(ledger, "ratio")
    assert (found.carrier, found.other, found.since) == ("anthracite", "electricity", "2025-03")
    assert (float(found.before), float(found.after)) == (
        pytest.approx(2, rel=1e-3),
        pytest.approx(1, rel=1e-3),
    )
    assert float(found.score) == pytest.approx(log(2) / 0.02, rel=1e-3), "the floor of the spread"
    assert exp(-log(2)) == pytest.approx(0.5)
    assert of(ledger, "ratio", "2025-02") == []


def test_the_implied_factor_of_a_declaration(ledger: Connection, tmp_path: Path) -> None:
    """The ledger's tonnes plus 20 %: found; plus half a per cent: not; the newest counts."""
    sent(ledger, tmp_path, {"2025-03": 100})
    tonnes = Decimal(total(ledger)) / 10**6

    def said(times: str) -> journal.Commit:
        amount = tonnes * Decimal(times)
        given = {"document": "合成：月度申报", "person": PERSON}
        return declare(ledger, HEATING, "2025-03", "anthracite", amount, **given)

    said("1.2")
    (found,) = of(ledger, "declared")
    assert float(found.after / found.before) == pytest.approx(1.2, rel=1e-4)
    assert float(found.before) == pytest.approx(float(tonnes) / 3100, rel=1e-4)
    assert (found.unit, found.document) == ("tCO2/t", "合成：月度申报")
    assert float(found.tonnes) == pytest.approx(float(tonnes) / 5, rel=1e-4)
    said("1.005")
    assert of(ledger, "declared") == []
    assert journal.verify_chain(ledger).good


def test_findings_are_ranked_by_tonnes(ledger: Connection, tmp_path: Path) -> None:
    for carrier, times in (("diesel", 7), ("anthracite", 3)):
        sent(ledger, tmp_path, {"2025-03": 10}, carrier=carrier)
        where = f"carrier = '{carrier}'"
        amount = Decimal(total(ledger, where=where)) / 10**6 * times
        given = {"document": "合成", "person": PERSON}
        declare(ledger, HEATING, "2025-03", carrier, amount, **given)
    found = of(ledger, "declared")
    assert [item.carrier for item in found] == ["diesel", "anthracite"]
    assert found[0].tonnes > found[1].tonnes
