"""Due, surrendered, custody, offsets, fine, carry-over, expiry, sealing (合成数据)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.allowances import caps, carry_over, compliance, offsets
from ledgers.allowances.emission_verification import Obligation
from ledgers.allowances.measures import NATIONAL, NoRule, enter_text, of_year
from ledgers.allowances.refusals import Refused
from ledgers.allowances.workflow import propose
from tests.ledgers.allowances.desk import (
    ANNA,
    BANK,
    BANKER,
    BERT,
    CORA,
    DORA,
    MILL,
    PLANT,
    U24,
    U25,
)
from tests.ledgers.allowances.test_allocation import opened
from tests.ledgers.allowances.test_plan import fails
from tests.ledgers.allowances.year import BUREAU, Year, opened_year

DAY = date(2027, 1, 4)


@pytest.fixture
def year(first_registry: Path, tmp_path: Path) -> Iterator[Year]:
    with opened_year(first_registry, tmp_path) as made:
        made.go(2026, 4, 1, 10)
        made.list(2025)
        yield made


def surrender(year: Year, key: str, amount: int, unit: str = U25, to: int = 2025) -> None:
    sink = year.registry.system("surrender")
    more = {"year": to, "by": (CORA, DORA)}
    done = year.registry.do(key, "surrender", year.registry.plant, sink, unit, amount, **more)
    assert done.state == "completed", done


@pytest.mark.case("market-offset-cap")
def test_cap_of_offsets() -> None:
    book = of_year(opened(), 2025)
    assert compliance.offset_cap(book, 1_000_000) == 50_000
    assert compliance.offset_cap(book, 999_999) == 49_999


@pytest.mark.case("market-fine")
def test_range_of_the_fine() -> None:
    book = of_year(opened(), 2025, market=NATIONAL)
    made = compliance.fine(book, 20_000, Fraction("62.36"))
    assert (made.low, made.high) == (Decimal(6_236_000), Decimal(12_472_000))
    # The city's Measures have no fine; none is invented.
    with pytest.raises(NoRule):
        compliance.fine(of_year(opened(), 2025), 20_000, Fraction("62.36"))


@pytest.mark.parametrize(
    ("treatment", "due", "surrendered", "on", "expected"),
    [
        ("excluded", 5, 0, date(2027, 1, 1), "excluded"),
        ("included", None, 0, date(2027, 1, 1), "emissions_missing"),
        ("included", 0, 0, date(2026, 1, 1), "met"),
        ("included", 5, 4, date(2026, 12, 31), "not_yet_due"),
        ("included", 5, 4, date(2027, 1, 1), "short"),
        ("included", 5, 5, date(2026, 5, 1), "met"),
    ],
)
def test_excluded_blank_and_zero_are_three(
    treatment: str, due: int | None, surrendered: int, on: date, expected: str
) -> None:
    owed = None
    if due is not None:
        end = date(2026, 12, 31)
        owed = Obligation("x", 2025, 1, due, due, end, 1, "[]", "p", "q")
    assert compliance.status_of(treatment, owed, surrendered, on) == expected


@pytest.mark.case("market-met")
def test_allowances_and_offsets_meet_the_year(year: Year) -> None:
    con, registry = year.con, year.registry
    year.verified(PLANT, 2025, 1_000_000)
    year.stock(U24, 10_000)
    pool = registry.system("allocation")
    registry.do("a24", "allocate", pool, registry.plant, U24, 10, year=2024)
    with pytest.raises(Refused) as fault:
        surrender(year, "s24", 10, U24)
    assert fault.value.code == "registry.wrong_vintage"
    year.stock(U25, 970_000)
    registry.do("a25", "allocate", pool, registry.plant, U25, 970_000, year=2025)
    surrender(year, "s25", 970_000)
    now = compliance.standing(con, PLANT, 2025, on=year.now.date())
    assert (now.status, now.shortfall, now.offset_cap) == ("not_yet_due", 30_000, 50_000)

    credited(year, 60_000)
    ask = {"serial": "CCER-1-合成", "project": "P1", "person": CORA, "at": year.now}
    with fails("market.offset_cap"):
        offsets.surrender_offsets(con, PLANT, 2025, CCER, 50_001, **ask)
    made = offsets.surrender_offsets(con, PLANT, 2025, CCER, 30_000, **ask)
    with fails("market.retired_twice"):
        offsets.surrender_offsets(con, PLANT, 2025, CCER, 1, **ask)
    # What awaits its second person counts against the cap.
    with fails("market.offset_cap"):
        offsets.surrender_offsets(con, PLANT, 2025, CCER, 20_001, **{**ask, "serial": "CCER-2"})
    year.approve(made.request)
    now = compliance.standing(con, PLANT, 2025, on=year.now.date())
    assert (now.status, now.surrendered, now.shortfall) == ("met", 1_000_000, 0)
    assert now.counted == compliance.Counted(970_000, 0, 0, 30_000)
    assert journal.verify_chain(con).good


CCER = "SY-CCER-2023"


def credited(year: Year, amount: int) -> None:
    registry = year.registry
    registry.cap(CCER, amount)
    into = registry.system("offset_in")
    more = {"reason": "合成"}
    registry.do("o1", "offset_issue", registry.system("issuance"), into, CCER, amount, **more)
    done = registry.do("o2", "offset_credit", into, registry.plant, CCER, amount)
    assert done.state == "completed"
    for project, day, inside in (
        ("P1", date(2022, 1, 1), False),
        ("P2", date(2022, 1, 1), True),
        ("P3", date(2020, 1, 1), False),
    ):
        offsets.register_project(
            year.con,
            project,
            project,
            registered_on=day,
            in_market=inside,
            document="合成",
            person=ANNA,
            at=year.now,
        )


def test_projects_that_cannot_offset(year: Year) -> None:
    year.verified(PLANT, 2025, 1000)
    credited(year, 50)
    ask = {"serial": "X", "person": CORA, "at": year.now}
    for project, code in (
        ("P2", "market.project_in_market"),
        ("P3", "market.project_early"),
        ("P4", "market.no_project"),
    ):
        with fails(code):
            offsets.surrender_offsets(year.con, PLANT, 2025, CCER, 1, project=project, **ask)
    where = {"where": "CN", "person": ANNA, "at": year.now}
    offsets.retired_elsewhere(year.con, "X", "P1", 1, **where)
    with fails("market.retired_twice"):
        offsets.surrender_offsets(year.con, PLANT, 2025, CCER, 1, project="P1", **ask)


@pytest.mark.case("market-custody")
def test_custody_pays_first_and_releases_the_rest(year: Year) -> None:
    con, registry = year.con, year.registry
    year.verified(PLANT, 2025, 1_000_000)
    year.list(2025, custody="yes")
    year.stock(U25, 1_200_000)
    custody, pool = registry.system("custody"), registry.system("allocation")
    more = {"year": 2025, "counterparty": PLANT}
    registry.do("c1", "allocate", pool, custody, U25, 1_200_000, **more)
    assert compliance.custody_held(con, PLANT, "SY") == {U25: 1_200_000}
    assert compliance.custody_held(con, MILL, "SY") == {}
    before = compliance.standing(con, PLANT, 2025, on=year.now.date())
    assert (before.shortfall, before.forecast) == (1_000_000, 0)
    more = {"document": "合成", "person": ANNA, "at": year.now}
    made = compliance.surrender_from_custody(con, PLANT, 2025, **more)
    with fails("market.waiting"):
        compliance.surrender_from_custody(con, PLANT, 2025, **more)
    for request in made:
        year.approve(request.request)
    assert [request.type for request in made] == ["forced_surrender", "custody_release"]
    assert registry.balance(registry.plant) == (200_000, 0)
    now = compliance.standing(con, PLANT, 2025, on=year.now.date())
    assert (now.status, now.counted.custody) == ("met", 1_000_000)


def test_late_reversed_and_forced(year: Year) -> None:
    con, registry = year.con, year.registry
    year.verified(PLANT, 2025, 100)
    year.stock(U25, 500)
    registry.do("a", "allocate", registry.system("allocation"), registry.plant, U25, 200, year=2025)
    sink = registry.system("surrender")
    surrender(year, "s1", 60)
    (seq,) = registry.rows("SELECT max(seq) FROM allowances.transaction")[0]
    more = {"refers": seq, "reason": "合成"}
    registry.do("r1", "surrender_reversal", sink, registry.plant, U25, 60, **more)
    on = year.now.date()
    assert compliance.standing(con, PLANT, 2025, on=on).counted.own == 0
    year.go(2026, 12, 31, 23, 59)
    surrender(year, "s2", 30)
    year.go(2027, 1, 1, 10)
    more = {"year": 2025, "reason": "合成"}
    registry.do("f1", "forced_surrender", registry.plant, sink, U25, 20, **more)
    price = Fraction("62.36")
    now = compliance.standing(con, PLANT, 2025, on=DAY, price=price)
    assert now.counted == compliance.Counted(30, 20, 0, 0)
    assert (now.status, now.shortfall, now.late) == ("short", 50, 20)
    assert now.fine is not None
    assert (now.fine.low, now.fine.high) == (Decimal("15590.00"), Decimal("31180.00"))
    # As it stood on the deadline, nothing was late yet.
    then = compliance.standing(con, PLANT, 2025, on=date(2026, 12, 31))
    assert (then.status, then.surrendered) == ("not_yet_due", 30)


def test_pledged_and_frozen_units_do_not_pay(year: Year) -> None:
    con, registry = year.con, year.registry
    year.verified(PLANT, 2025, 100)
    registry.give(registry.plant, 150)
    registry.do(
        "p", "pledge", registry.plant, registry.plant, U25, 60, (CORA, BANKER), counterparty=BANK
    )
    registry.do("j", "freeze", registry.plant, registry.plant, U25, 20, reason="合成")
    now = compliance.standing(con, PLANT, 2025, on=year.now.date())
    assert now.stock == compliance.Stock(70, 0, 60, 20, 0, 0)
    assert (now.shortfall, now.forecast) == (100, 30)


@pytest.mark.case("market-carry-over")
def test_limit_of_carry_over() -> None:
    book = of_year(opened(), 2025, market=NATIONAL)
    assert carry_over.carry_limit(book, 30_000, 0) == 55_000
    assert carry_over.carry_limit(book, 0, 50_000) == 10_000
    assert carry_over.carry_limit(book, 1, 0) == 10_001


def test_carry_over_from_the_registry(year: Year) -> None:
    con, registry = year.con, year.registry
    year.go(2025, 6, 2, 10)
    year.stock(U24, 110_000)
    pool = registry.system("allocation")
    registry.do("a", "allocate", pool, registry.plant, U24, 110_000, year=2024)
    more = {"counterparty": "合成付款"}
    registry.do("t", "trade_settle", registry.plant, registry.mill, U24, 30_000, **more)
    year.go(2026, 3, 2, 10)
    plant = carry_over.carry_over(con, registry.plant, on=year.now.date())
    assert (plant.sold, plant.limit, plant.holding, plant.allowed) == (
        30_000,
        55_000,
        80_000,
        55_000,
    )
    assert plant.dies == 25_000
    mill = carry_over.carry_over(con, registry.mill, on=year.now.date())
    assert (mill.bought, mill.limit, mill.allowed) == (30_000, 10_000, 10_000)
    ask = {"person": CORA, "at": year.now}
    first = carry_over.apply_for(con, registry.plant, U24, 40_000, key="k1", **ask)
    with fails("market.carry_limit"):
        carry_over.apply_for(con, registry.plant, U24, 15_001, key="k2", **ask)
    second = carry_over.apply_for(con, registry.plant, U24, 15_000, key="k3", **ask)
    for request in (first, second):
        year.approve(request.request)
    assert registry.balance(registry.plant, U24, "carrying") == (55_000, 0)
    recovered = registry.system("carry_over_recovered")
    done = registry.do(
        "rc", "carry_over_recover", registry.plant, recovered, U24, 55_000, year=2025
    )
    (seq,) = registry.rows("SELECT max(seq) FROM allowances.transaction")[0]
    issuer = registry.system("issuance")
    ends = ("carry_over_reissue", issuer, registry.plant, U25, 55_000)
    again = registry.do("ri", *ends, year=2025, refers=seq)
    assert (done.state, again.state) == ("completed", "completed")
    assert carry_over.over_carried(con, "SY", on=year.now.date()) == ()
    made = carry_over.expire(con, "SY", document="合成", person=ANNA, at=year.now)
    for request in made:
        year.approve(request.request)
    assert registry.balance(registry.plant, U24) == (0, 0)
    assert registry.balance(registry.plant) == (55_000, 0)
    assert registry.balance(registry.system("expired"), U24) == (55_000, 0)


def test_past_the_door_of_carry_over(year: Year) -> None:
    """Asked for directly, more than the limit goes through the registry; the check finds it."""
    con, registry = year.con, year.registry
    year.go(2025, 6, 2, 10)
    year.stock(U24, 20_000)
    pool = registry.system("allocation")
    registry.do("a", "allocate", pool, registry.plant, U24, 20_000, year=2024)
    year.go(2026, 3, 2, 10)
    own = (registry.plant, registry.plant)
    ask = registry.ask("k", "carry_over_apply", *own, U24, 10_001, year=2025)
    propose(con, ask, person=CORA, at=year.now)
    year.approve("k")
    (found,) = carry_over.over_carried(con, "SY", on=year.now.date())
    assert (found.applied, found.allowed) == (10_001, 10_000)


def test_who_missed_a_deadline_carries_nothing(year: Year) -> None:
    con = year.con
    year.go(2025, 3, 3, 10)
    year.list(2024)
    year.verified(PLANT, 2024, 10)
    year.go(2026, 3, 2, 10)
    found = carry_over.carry_over(con, year.registry.plant, on=year.now.date())
    assert (found.barred, found.allowed) == (2024, 0)
    with fails("market.carry_barred"):
        carry_over.apply_for(con, year.registry.plant, U24, 1, key="k", person=CORA, at=year.now)


def test_a_year_is_sealed_on_official_or_made_up_rules_alone(year: Year) -> None:
    con = year.con
    two = {"document": "合成", "proposer": ANNA, "approver": BERT}
    with fails("market.year_open"):
        compliance.seal(con, 2025, **two, at=year.now)
    for entity in (PLANT, MILL):
        year.verified(entity, 2025, 0)
    with fails("market.not_official") as fault:
        compliance.seal(con, 2025, **two, at=year.now)
    assert "market.national obligation.deadline" in fault.value.facts["keys"]
    more = [
        f'[[rule]]\nkey = "{key}"\nvalue = "{value}"\n'
        for key, value in (("obligation.deadline", "12-31"), ("obligation.fine_price_digits", "2"))
    ]
    shenyang = BUREAU.replace('"合成-1"', '"合成-2"') + "".join(more)
    enter_text(con, shenyang, person=ANNA)
    measures = BUREAU.replace("market.bureau", "market.shenyang").split("[[rule]]")[0]
    rules = (("offset.share", "0.05"), ("recheck.share", "0.1"), ("recheck.tonnes", "20000"))
    made = [f'[[rule]]\nkey = "{key}"\nvalue = "{value}"\n' for key, value in rules]
    made.append('[[rule]]\nkey = "recheck.year_on_year"\nvalue = "0.2"\n')
    enter_text(con, measures + "".join(made), person=ANNA)
    for entity in (PLANT, MILL):
        year.step(entity, 2025, "recheck", 0)
        year.step(entity, 2025, "notice")
    year.registry.at(days=14)
    for entity in (PLANT, MILL):
        assert year.confirm(entity, 2025).version == 2
    sealed = compliance.seal(con, 2025, **two, at=year.registry.at(days=14))
    assert {s.status for s in sealed} == {"met"}
    assert caps.sealed_years(con, "SY") == (2025,)
    with fails("market.year_sealed"):
        year.step(PLANT, 2025, "recheck", 1)
        year.step(PLANT, 2025, "notice")
        year.registry.at(days=14)
        year.confirm(PLANT, 2025)
