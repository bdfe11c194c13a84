"""Financed emissions and claims: the published cases, and what must hold whatever the order."""

from __future__ import annotations

import json
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.green_finance import carbon_loans
from ledgers.green_finance.claims import Gross, Part, claimed_by, positions, reconcile, shares
from ledgers.green_finance.financed import (
    BadAttribution,
    Financed,
    MixedMethods,
    NoCoverage,
    Total,
    attribution,
    by_group,
    evic,
    options,
    pboc_company,
    pboc_project,
    total,
    waci,
    weighted_score,
)
from tests.ledgers.green_finance.bank import BANK, OTHER, good, ledger, submit

CASES = json.loads((Path(__file__).parents[2] / "cases" / "finance.json").read_bytes())
CASE = {case["id"]: case for case in CASES}


def text(value: float) -> str:
    return repr(value)


@pytest.mark.case("PCAF-04")
def test_weighted_score():
    loans, due = CASE["PCAF-04"]["inputs"]["loans"], CASE["PCAF-04"]["expected"]
    held = [
        Financed("pcaf", loan["company"], loan["sector"], Fraction(loan["outstanding"]), None,
                 Fraction(loan["attributed_s1s2_kt"]) * 1000, loan["score"])
        for loan in loans
    ]  # fmt: skip
    whole, groups = total(held), by_group(held)
    assert round(float(whole.score), 6) == due["all_unrounded"]
    assert round(float(groups["oil_gas"].score), 6) == due["oil_gas_unrounded"]
    assert whole.emissions == 53_000
    assert whole.coverage == 1


@pytest.mark.case("PCAF-05")
def test_cash_stays_in_the_enterprise_value():
    held, due = CASE["PCAF-05"]["inputs"], CASE["PCAF-05"]["expected"]
    whole = evic(held["equity"], held["debt"], held["cash"])
    assert whole == due["evic"]
    parts = [attribution(held[name], whole) for name in ("equity", "debt")]
    assert [float(part) for part in parts] == [due["af_equity"], due["af_debt"]]
    assert sum(parts) == due["total"]


@pytest.mark.case("WACI-01")
def test_weighted_average_intensity():
    rows = CASE["WACI-01"]["inputs"]["issuers"]
    found = waci((row["exposure"], row["emissions"], row["revenue"]) for row in rows)
    assert float(found) == pytest.approx(CASE["WACI-01"]["expected"]["waci"], abs=1e-6)


def lines(case: str) -> dict[str, carbon_loans.Line]:
    rows = CASE[case]["inputs"]["rows"]
    return {
        name: carbon_loans.line(row["projects"], text(row["amount"]), text(row["rate"]),
                                text(row["reduction"]))
        for name, row in rows.items()
    }  # fmt: skip


@pytest.mark.case("CERF-01")
def test_bank_of_china():
    held, due = lines("CERF-01"), CASE["CERF-01"]["expected"]
    first = carbon_loans.before(held["ytd"], held["quarter"])
    assert float(first.amount) == due["q1_amount"]
    assert float(first.reduction) == due["q1_reduction"]
    assert round(float(held["quarter"].tonnes_per_10k), 3) == due["t_per_10k_cny"]["quarter"]
    assert round(float(held["total"].tonnes_per_10k), 4) == due["t_per_10k_cny"]["total"]
    again = carbon_loans.added([first, held["quarter"]])
    assert (again.amount, again.reduction) == (held["ytd"].amount, held["ytd"].reduction)


@pytest.mark.case("CERF-02")
def test_citic():
    held, due = lines("CERF-02"), CASE["CERF-02"]["expected"]
    first = carbon_loans.before(held["ytd"], held["quarter"])
    assert float(first.amount) == due["h1_amount"]
    assert round(float(first.rate), 3) == due["h1_rate_implied"]
    assert carbon_loans.plausible(first)
    assert float(held["total"].amount - held["ytd"].amount) == due["total_minus_ytd_amount"]


@pytest.mark.case("CERF-03")
def test_bank_of_qingdao():
    held, due = lines("CERF-03"), CASE["CERF-03"]["expected"]
    first = carbon_loans.before(held["ytd"], held["quarter"])
    assert round(float(first.rate), 3) == due["q1_3_rate_implied"]
    assert round(float(held["quarter"].tonnes_per_10k), 3) == due["t_per_10k_cny_quarter"]
    assert not carbon_loans.plausible(carbon_loans.line(1, "1", "9", "1"))


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=pytest.mark.case(c)) for c in ("GB-01", "GB-04", "GB-06")]
)
def test_impact_statements_of_bonds(case: str):
    held, due = CASE[case]["inputs"], CASE[case]["expected"]
    printed = due["printed"]
    found = carbon_loans.ratio(text(printed["co2_10kt"]), text(printed["tce_10kt"]))
    assert round(float(found), 4) == due["co2_per_tce"]
    assert 1.9 <= found <= 2.8
    tonnes = Fraction(text(printed["co2_10kt"])) * 10_000
    yuan = held["amount_100m_cny"] * 100_000_000
    made = carbon_loans.per_million(tonnes, yuan)
    assert round(float(made), 3) == due["t_per_million_cny"]


@pytest.mark.case("CONS-07")
def test_project_in_a_part_year():
    held, due = CASE["CONS-07"]["inputs"], CASE["CONS-07"]["expected"]
    given_ = (held["project_emissions_t"], held["monthly_average_loan"], held["total_investment"])
    assert pboc_project(*given_) == due["full_period_t"]
    part = pboc_project(*given_, held["days_on_book"], held["days_in_period"])
    assert float(part) == pytest.approx(due["part_period_t"], abs=1e-6)
    with pytest.raises(BadAttribution):
        pboc_project(*given_, 366, 365)


@pytest.mark.case("CONS-08")
def test_corporate_loan_by_revenue():
    held = CASE["CONS-08"]["inputs"]
    found = pboc_company(held["entity_emissions_t"], held["monthly_average_loan"], held["revenue"])
    assert found == CASE["CONS-08"]["expected"]["t"]


def position(method, number=1, score=1, emissions=Fraction(10), **more):
    return Financed(method, f"L{number}", "C", Fraction(100), None, emissions, score, **more)


def test_no_total_mixes_methods():  # FE-01
    with pytest.raises(MixedMethods):
        total([position("pcaf"), position("pboc")])
    with pytest.raises(MixedMethods):
        total([])
    with pytest.raises(MixedMethods):
        by_group([position("pcaf"), position("pboc")])


def test_a_total_has_its_coverage_and_score():  # FE-05
    found = total([position("pcaf"), position("pcaf", 2, None, None)])
    assert (found.coverage, found.score, found.covered) == (Fraction(1, 2), 1, 1)
    with pytest.raises(NoCoverage):
        total([position("pcaf", score=None)])
    one = Fraction(1)
    with pytest.raises(NoCoverage):
        Total("pcaf", one, one, None, one, None, one, one, one, 1, 1)


def test_removals_and_credits_stand_apart():
    held = [position("pcaf", removals=Fraction(4), retired=Fraction(3), generated=Fraction(2))]
    found = total(held)
    assert (found.emissions, found.removals, found.retired, found.generated) == (10, 4, 3, 2)


def test_attribution_lies_between_0_and_1():
    for outstanding, denominator in ((2, 1), (-1, 1), (1, 0), (1, -1)):
        with pytest.raises(BadAttribution):
            attribution(outstanding, denominator)


def test_the_options_of_all_seven_classes_are_there():
    assert len({name for name, _ in options()}) == 7
    assert options()["business_loans_and_unlisted_equity", "1a"] == 1
    assert weighted_score([]) is None


# --- claims -----------------------------------------------------------------------------------

_held = st.lists(
    st.tuples(
        st.sampled_from(["primary", "refinancing"]),
        st.decimals(0, 10**9, places=2, allow_nan=False),
    ),
    max_size=8,
)


@given(st.decimals(1, 10**9, places=2), _held, st.randoms(use_true_random=False))
def test_claims_never_exceed_the_gross_whatever_the_order(
    investment: Decimal, held: list[tuple[str, Decimal]], order: random.Random
):
    parts = [Part(BANK, f"L{n}", layer, value) for n, (layer, value) in enumerate(held)]
    gross = [Gross("P", "S", "achieved", 2025, "co2", Decimal("90000.123"), "tCO2")]
    (made,) = reconcile(investment, parts, gross)
    assert 0 <= made.claimed <= Fraction(gross[0].value)
    assert made.unclaimed >= 0
    assert all(0 <= share <= 1 for share in shares(investment, parts))
    turned = list(parts)
    order.shuffle(turned)
    (again,) = reconcile(investment, turned, gross)
    assert again == made


def test_two_banks_share_a_project_and_a_refinancing_is_memo(tmp_path: Path):
    con = ledger()
    assert submit(con, good(), tmp_path).good
    rows = good()
    rows["instrument"][0] |= {"business_no": "M1", "balance": "100000000"}
    rows["instrument"].append(
        rows["instrument"][0] | {"business_no": "M2", "refinances": "M1", "layer": "再融资",
                                 "balance": "50000000"}
    )  # fmt: skip
    rows["element"][0]["phase"] = rows["element"][1]["phase"] = "预期"
    verdict = submit(con, rows, tmp_path, bank=OTHER)
    assert verdict.good, [f.text("en") for f in verdict.faults]
    (held,) = positions(con, date(2025, 12, 31))
    assert {part.business_no for part in held.parts} == {"L1", "M1", "M2"}
    made = claimed_by([held])
    assert made[BANK, "L1", "co2"] == 36_000
    assert made[OTHER, "M1", "co2"] == 18_000
    assert made[OTHER, "M2", "co2"] == 0
    lines_ = {(r.gross.phase, r.gross.indicator): r for r in
              reconcile(held.investment, held.parts, held.gross)}  # fmt: skip
    co2 = lines_["achieved", "co2"]
    assert (co2.claimed, co2.memo, co2.unclaimed) == (54_000, 9_000, 36_000)
    assert ("expected", "co2") in lines_, "expected stands apart"
    assert not claimed_by([held], phase="expected").keys() - made.keys()
