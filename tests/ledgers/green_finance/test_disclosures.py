"""Disclosures: sums equal their records, sealing, and what a sealed record can no longer do.

合成数据 (synthetic).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers.green_finance.borrowers import financed
from ledgers.green_finance.disclosures import NotSealed, bank_report, city_report, seal
from ledgers.green_finance.exposures import exposures
from tests.ledgers.green_finance.bank import (
    BANK,
    OTHER,
    OWNER,
    PERSON,
    Rows,
    bond,
    broken,
    check,
    credit_code,
    good,
    ledger,
    submit,
)

DAY = date(2025, 12, 31)


def finances(**cells: str) -> Rows:
    row = {"credit_code": OWNER, "year": "2025", "equity": "600000000", "debt": "400000000",
           "revenue": "600000000", "emissions": "120000", "removals": "500"}  # fmt: skip
    return {"entity_finance": [{**row, **cells}]}


@pytest.fixture
def con(tmp_path: Path):
    con = ledger()
    rows = {**good(), **finances()}
    rows["instrument"][0] |= {"support_tool": "是", "asset_class": "商业贷款"}
    assert submit(con, rows, tmp_path).good
    return con


def test_a_bank_has_its_balance_classes_and_claims_by_code(con):
    found = bank_report(con, BANK, DAY)
    (line,) = found.categories
    assert (line.edition, line.code, line.name) == (
        "GFSPC-2025", "4.2.1", "风力发电设施建设和运营")  # fmt: skip
    assert line.balance == line.classes["pass"] == Decimal(200_000_000)
    assert (line.benefits["energy"], line.benefits["co2"]) == (12_080, 36_000)
    assert line.balance == sum(record.balance for record in line.records)
    assert found.evaluation["green_share"] == found.evaluation["market_share"] == 1
    assert found.synthetic


def test_carbon_reduction_loans_by_quarter_year_and_start(con):
    held = bank_report(con, BANK, DAY).support
    assert {name: line.projects for name, line in held.items()} == {
        "quarter": 1, "ytd": 1, "total": 1}  # fmt: skip
    quarter = held["quarter"]
    assert (quarter.amount, quarter.rate, quarter.reduction) == (20_000, Fraction(13, 4), 36_000)
    later = bank_report(con, BANK, date(2026, 1, 31)).support
    assert (later["quarter"].projects, later["total"].projects) == (0, 1)


def test_financed_emissions_stand_by_both_methods_apart(con):
    found = bank_report(con, BANK, DAY)
    assert found.pcaf is not None
    assert found.pboc is not None
    # 120 000 t × 200 / 1 000 million; reported and not verified is option 1b, score 2.
    assert (found.pcaf.emissions, found.pcaf.score, found.pcaf.coverage) == (24_000, 2, 1)
    assert found.pcaf.removals == 100
    # The loan stood at two month-ends of twelve: 33.3 million on average, over 600 of revenue.
    assert found.pboc.emissions == Fraction(120_000) * 2 / 12 * 200 / 600


def test_a_borrower_without_data_is_not_covered(con, tmp_path: Path):
    rows = good()
    for kind in ("customer", "project", "instrument", "element"):
        for row in rows[kind]:
            for name in ("customer_no", "project_no", "business_no"):
                if row.get(name):
                    row[name] += "x"
    rows["customer"][0]["credit_code"] = credit_code(77)
    rows["project"][0]["project_code"] = "2501-210106-04-01-999999"
    assert submit(con, rows, tmp_path).good
    held = exposures(con, DAY, BANK)
    assert [p.emissions for p in financed(con, held, 2025, "pcaf")] == [24_000, None]
    found = bank_report(con, BANK, DAY).pcaf
    assert found is not None
    assert (found.coverage, found.covered, found.positions) == (Fraction(1, 2), 1, 2)


def test_the_city_adds_no_project_twice(con, tmp_path: Path):
    rows = good()
    rows["instrument"][0] |= {"business_no": "M1", "balance": "100000000"}
    assert submit(con, rows, tmp_path, bank=OTHER).good
    found = city_report(con, DAY)
    gross, claimed, expected = found.benefits["co2"]
    assert (gross, claimed, expected) == (90_000, 54_000, 0)
    assert len(found.projects) == 1
    (balance,) = {
        value for (edition, _, kind), value in found.by_category.items() if kind == "loan"
    }
    assert balance == (Decimal(300_000_000), 2)
    (bridge,) = found.bridge
    assert bridge[1] == bridge[3], "a tag of the list in force bridges to itself"


def test_a_sealed_record_is_corrected_and_never_deleted(con, tmp_path: Path):
    gone: Rows = {"deletion": [{"record_kind": "业务", "record_no": "L1", "event": "放款",
                                "event_date": "2025-11-20", "reason": "合成"}]}  # fmt: skip
    assert broken(check(con, gone, tmp_path, message="deletion")) == set()
    found = bank_report(con, BANK, DAY)
    held = found.categories[0].records
    made = seal(con, "finance", BANK, DAY, "body", held, found.editions, person=PERSON)
    again = seal(con, "finance", BANK, DAY, "body", held, found.editions, person=PERSON)
    assert again == made
    assert broken(check(con, gone, tmp_path, message="deletion")) == {"SB-05"}
    refused = submit(con, gone, tmp_path, message="deletion")
    assert refused.commit is None
    fixed = {"instrument": [good()["instrument"][0] | {"balance": "1"}]}
    assert submit(con, fixed, tmp_path, message="correction").commit


def test_a_disclosure_on_an_incomplete_edition_is_not_sealed(tmp_path: Path):
    con = ledger()
    rows = bond()
    rows["instrument"][0] |= {"gfspc_code": "", "bond_code": "3.2.2.1", "filed_on": "2025-06-01",
                              "approved_on": "2025-07-01"}  # fmt: skip
    assert submit(con, rows, tmp_path).good
    found = city_report(con, DAY)
    assert found.editions == {"GBEPC-2021": "203 of 204"}
    with pytest.raises(NotSealed):
        seal(con, "finance", "city", DAY, "body", found.held, found.editions, person=PERSON)
    assert con.execute("SELECT count(*) FROM finance.disclosure").fetchall() == [(0,)]
