"""Lists, figures, stages, deductions, custody: decided by two, carried out once (合成数据)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.allowances import decisions, plan, verification
from ledgers.allowances.allocation import BadFigure, FigureMissing
from ledgers.allowances.market_rows import MarketFault
from ledgers.allowances.measures import NATIONAL, of_year
from ledgers.allowances.refusals import Refused
from tests.ledgers.allowances.desk import ANNA, BERT, CORA, MILL, PLANT, U25
from tests.ledgers.allowances.year import Year, opened_year


@pytest.fixture
def year(first_registry: Path, tmp_path: Path) -> Iterator[Year]:
    with opened_year(first_registry, tmp_path) as made:
        yield made


def fails(code: str) -> pytest.RaisesExc[MarketFault]:
    return pytest.RaisesExc(MarketFault, check=lambda fault: fault.code == code)


def test_two_stages_true_up(year: Year) -> None:
    year.go(2026, 6, 1, 10)
    year.list(2025)
    year.figures(PLANT, 2024, verified=1_000_001)
    year.figures(MILL, 2024, verified=1_000)
    year.stock(U25, 2_000_000)
    made, batch = year.allocate(2025, "pre")
    assert {d.entity: d.issued for d in made} == {PLANT: 700_000, MILL: 700}
    assert batch is not None
    assert batch.posted == 2
    assert year.registry.balance(year.registry.plant) == (700_000, 0)
    # The same again does nothing.
    again, nothing = year.allocate(2025, "pre")
    assert (again, nothing) == (made, None)

    for entity, totals in ((PLANT, (900_000, 900_001)), (MILL, (500, 501))):
        year.figures(entity, 2025, emission_2023=totals[0], emission_2024=totals[1])
        year.verified(entity, 2025, totals[1])
    final, batch = year.allocate(2025, "final")
    # ⌊(900,000 + 900,001) / 2⌋ = 900,000: 200,000 more; ⌊(500 + 501) / 2⌋ = 500: 200 back.
    assert {d.entity: (d.quantity, d.issued, d.returned) for d in final} == {
        PLANT: (900_000, 200_000, 0),
        MILL: (500, 0, 200),
    }
    assert year.registry.balance(year.registry.plant) == (900_000, 0)
    assert year.registry.balance(year.registry.mill) == (500, 0)
    (plant,) = (d for d in final if d.entity == PLANT)
    assert [c.working for c in plant.components] == ["(900000 + 900001) / 2 × 1"]
    assert {row["key"] for row in json.loads(plant.rules)} == {
        "city.total_factor",
        "city.total_years",
    }
    assert journal.verify_chain(year.con).good
    assert verification.verify(year.con).good


def test_what_the_registry_refused_is_carried_out_later(year: Year) -> None:
    year.go(2026, 6, 1, 10)
    year.list(2025)
    year.figures(PLANT, 2024, verified=1000)
    year.figures(MILL, 2024, verified=100)
    year.stock(U25, 100)
    made, batch = year.allocate(2025, "pre")
    assert batch is not None
    (refused,) = batch.refused
    assert refused == f"pre-2025-1-{PLANT}"
    assert [d.entity for d in decisions.undone(year.con, made)] == [PLANT]
    with fails("market.undone"):
        year.allocate(2025, "final")
    year.stock(U25, 1000)
    _, batch = year.allocate(2025, "pre")
    assert batch is not None
    assert (batch.posted, dict(batch.refused)) == (1, {})
    assert year.registry.balance(year.registry.plant) == (700, 0)


@pytest.mark.case("market-deduction")
def test_the_deduction_of_the_text(year: Year) -> None:
    """Pre-allocation 5, determined 3, due 7: 2 outstanding, then 4; final issue 0 (10⁴ t)."""
    year.go(2026, 6, 1, 10)
    year.list(2025)
    year.figures(MILL, 2024, verified=0)
    year.figures(MILL, 2025, emission_2023=0, emission_2024=0)
    year.figures(PLANT, 2025, emission_2023=30_000, emission_2024=30_000)
    # ⌊0.7 × 71,429⌋ = 50,000
    year.figures(PLANT, 2024, verified=71_429)
    two = {"proposer": ANNA, "approver": BERT, "document": "合成决定", "at": year.now}
    decisions.add_deduction(year.con, PLANT, 2025, 70_000, cause="hidden", cause_year=2023, **two)
    made, batch = year.allocate(2025, "pre")
    found = next(d for d in made if d.entity == PLANT)
    assert (found.quantity, found.issued, found.taken, found.outstanding) == (
        50_000,
        0,
        50_000,
        20_000,
    )
    assert batch is None
    final, _ = year.allocate(2025, "final")
    found = next(d for d in final if d.entity == PLANT)
    assert (found.quantity, found.issued, found.returned) == (30_000, 0, 0)
    assert found.outstanding == 40_000
    assert decisions.deductions_due(year.con, PLANT, 2026) == 40_000


def test_no_new_deduction_after_the_code(year: Year) -> None:
    more = {"cause": "shortfall", "cause_year": 2024, "document": "合成"}
    two = {"proposer": ANNA, "approver": BERT}
    decisions.add_deduction(year.con, PLANT, 2025, 5, **more, **two, at=year.go(2026, 8, 14, 10))
    with fails("market.no_new_deduction"):
        decisions.add_deduction(year.con, MILL, 2025, 5, **more, **two, at=year.go(2026, 8, 15, 10))
    assert decisions.deductions_due(year.con, PLANT, 2025) == 5
    with pytest.raises(Refused):
        decisions.add_deduction(
            year.con, MILL, 2025, 5, **more, proposer=ANNA, approver=ANNA, at=year.now
        )


def test_defaulters_receive_into_custody(year: Year) -> None:
    year.go(2026, 6, 1, 10)
    year.list(2025, custody="yes")
    year.figures(PLANT, 2024, verified=1000)
    year.figures(MILL, 2024, verified=0)
    year.stock(U25, 1000)
    year.allocate(2025, "pre")
    assert year.registry.balance(year.registry.plant) == (0, 0)
    assert year.registry.balance(year.registry.system("custody")) == (700, 0)


def test_an_entity_is_in_one_market(year: Year) -> None:
    year.list(2025)
    row = {"entity": PLANT, "name": PLANT, "account": year.registry.plant, "industry": "4430"}
    more = {"document": "合成", "person": ANNA, "at": year.now}
    for gas in ("CO2", "CO2e"):
        national = {**row, "market": NATIONAL, "gas": gas, "method": "power"}
        with fails("market.two_markets"):
            plan.list_entities(year.con, 2025, [national], **more)
    # Another industry or year is another matter; so is leaving the one before joining the other.
    plan.list_entities(year.con, 2025, [{**row, "market": NATIONAL, "industry": "3110"}], **more)
    plan.list_entities(year.con, 2025, [{**row, "treatment": "withdrawn"}], **more)
    plan.list_entities(year.con, 2025, [{**row, "market": NATIONAL}], **more)
    held = [f.market for f in plan.listings(year.con, 2025) if f.entity == PLANT]
    assert held == [NATIONAL, NATIONAL]
    with pytest.raises(Refused):
        plan.list_entities(year.con, 2025, [row], document="合成", person=CORA, at=year.now)


def test_power_and_sector_figures_come_from_the_book(year: Year) -> None:
    year.list(2024, method="power")
    figures = {"class": "I", "power": "3,000,000", "heat": 2_500_000, "load": "70%"}
    year.figures(PLANT, 2024, "1号机", **figures)
    found = plan.listing(year.con, PLANT, 2024)
    book = of_year(year.con, 2024)
    with pytest.raises(FigureMissing):
        plan.work_out(year.con, found, "final", book)
    made = plan.work_out(year.con, found, "final", book, verified=2_600_000)
    assert made.tonnes == 2_631_250
    used = {origin.rule_set for origin in book.origins()}
    assert used == {"market.national", "market.bureau"}
    with pytest.raises(BadFigure):
        year.figures(PLANT, 2024, "2号机", power="1e400x")

    year.list(2025, method="industry")
    for entity, tonnes, intensity in ((PLANT, 1000, "1.5"), (MILL, 1000, "1.7")):
        year.figures(entity, 2025, intensity=intensity, verified=tonnes)
    found = plan.listing(year.con, PLANT, 2025)
    made = plan.work_out(year.con, found, "final", of_year(year.con, 2025))
    # BP = 1.6071: ⌊1000 × (1 + 0.15 × (1.6071 − 1.5) / 1.6071)⌋ = ⌊1009.996…⌋
    assert made.tonnes == 1009


def test_a_forecast_takes_no_draft_unless_asked(year: Year) -> None:
    year.list(2025, method="power")
    year.figures(PLANT, 2025, "1", **{"class": "IV", "power": 500_000, "verified": 160_000})
    found = plan.listing(year.con, PLANT, 2025)
    with pytest.raises(LookupError):
        plan.work_out(year.con, found, "final", of_year(year.con, 2025), verified=160_000)
    drafts = of_year(year.con, 2025, drafts=True)
    assert plan.work_out(year.con, found, "final", drafts, verified=160_000).tonnes == 164_400
