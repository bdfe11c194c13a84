from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.emissions import polynomials
from ledgers.emissions.verification import verify_entries
from tests.ledgers.emissions import book
from warehouse import integrity
from warehouse.connect import Connection
from warehouse.merkle import canonical_json, commit_hash


@pytest.fixture
def posted(ledger: Connection, tmp_path: Path) -> Connection:
    rows = [
        book.row("12.345678901234"),
        book.row("-3.5", correction_of="2"),
        book.row(
            "100",
            ncv=Decimal("21.5"),
            ncv_unit="GJ/t",
            carbon_content=Decimal("0.0263"),
            carbon_content_unit="tC/GJ",
        ),
        book.row(
            "7.77",
            carrier="steam",
            flow="purchase",
            enthalpy=Decimal(2800),
            enthalpy_unit="kJ/kg",
        ),
        book.electricity("99999999.999999999999", "万千瓦时"),
    ]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    return ledger


def rechain(con: Connection) -> None:
    """What somebody who can write the file would do: seal everything again."""
    before = "00" * 32
    for commit in journal.commits(con):
        header = json.loads(commit.header)
        for table, sealed in header["tables"].items():
            sealed["root"] = integrity.commit_root(con, table, commit.commit_no).root
        text = canonical_json(header)
        digest = commit_hash(bytes.fromhex(before), text.encode()).hex()
        con.execute(
            "UPDATE journal.commit SET header = ?, prev_hash = ?, hash = ? WHERE commit_no = ?",
            [text, before, digest, commit.commit_no],
        )
        before = digest


def test_a_sound_ledger_is_good(posted: Connection) -> None:
    found = verify_entries(posted)
    assert found.good, found.findings
    assert found.activities == 5
    assert found.entries == len(book.entries(posted))


@pytest.mark.parametrize("change", [1, -1])
def test_one_quantum_in_one_row_is_found_even_when_sealed_again(
    posted: Connection, change: int
) -> None:
    ordinals = posted.execute("SELECT commit_no, ordinal FROM emissions.entry").fetchall()
    for commit_no, ordinal in ordinals:
        place = [commit_no, ordinal]
        moved = "UPDATE emissions.entry SET value = value + ? WHERE commit_no = ? AND ordinal = ?"
        posted.execute(moved, [change, *place])
        rechain(posted)
        assert journal.verify_chain(posted).good
        found = verify_entries(posted)
        assert [(item.code, item.entry) for item in found.findings] == [
            ("verify.value", f"{commit_no}-{ordinal}")
        ]
        assert "重新计算" in found.findings[0].text("zh")
        posted.execute(moved, [-change, *place])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE emissions.activity SET quantity = quantity + 0.000001 WHERE row_no = 2",
        "UPDATE emissions.activity SET ncv = ncv + 0.1 WHERE ncv IS NOT NULL",
        "UPDATE emissions.proof SET multipliers = replace(multipliers, '\"36\"', '\"37\"')",
        "UPDATE emissions.resolution SET parameters = replace(parameters, '0.5306', '0.5307')",
        "UPDATE emissions.resolution SET formula = replace(formula, 'enthalpy - ', 'enthalpy + ')",
        "UPDATE emissions.resolution SET sign = -1 WHERE resolution_id = 1",
        "DELETE FROM emissions.proof WHERE proof_id = 1",
        "DELETE FROM emissions.activity WHERE row_no = 6",
        "UPDATE emissions.activity SET month = '2025-04' WHERE row_no = 6",
        "UPDATE emissions.entry SET kind = 'reversal' WHERE ordinal = 0",
    ],
)
def test_any_change_of_what_a_value_rests_on_is_found(posted: Connection, change: str) -> None:
    posted.execute(change)
    assert not verify_entries(posted).good


def test_a_reversal_must_negate(posted: Connection, tmp_path: Path) -> None:
    book.post(posted, book.typed_file(tmp_path, "b", [book.electricity("1", "万千瓦时")]))
    assert verify_entries(posted).good
    posted.execute("UPDATE emissions.entry SET value = value - 1 WHERE kind = 'reversal'")
    assert {item.code for item in verify_entries(posted).findings} == {"verify.reversal"}


def test_a_part_of_a_bill_must_be_what_its_days_give(ledger: Connection, tmp_path: Path) -> None:
    from datetime import date

    bill = book.electricity("10", period_start=date(2025, 2, 18), period_end=date(2025, 3, 17))
    book.post(ledger, book.typed_file(tmp_path, "a", [bill]))
    assert verify_entries(ledger).good
    ledger.execute(
        "UPDATE emissions.activity SET quantity = quantity + 0.000000000001 WHERE month = '2025-02'"
    )
    assert "verify.bill" in {item.code for item in verify_entries(ledger).findings}


def test_the_polynomial_of_a_dry_basis_and_an_offset() -> None:
    parameters = json.dumps(
        [
            {"name": "quantity", "origin": "activity"},
            {"name": "enthalpy", "origin": "activity"},
            {"name": "water", "origin": "constant", "value": "83.74"},
            {"name": "factor", "origin": "factor", "value": "0.11"},
        ]
    )
    multipliers = json.dumps(
        {"quantity": "1/1000", "enthalpy": "1", "water": "1", "factor": "1", "output": "2"}
        | {"dry": "1/100"}
    )
    found = polynomials.polynomial(
        "quantity * (enthalpy - water) * factor", -1, parameters, multipliers
    )
    assert found.columns == {"quantity", "enthalpy", "moisture"}
    raw = {"quantity": Fraction(5), "enthalpy": Fraction(2800), "moisture": Fraction(8)}
    total = Fraction(0)
    for coefficient, names in found.terms:
        part = Fraction(coefficient)
        for name in names:
            part *= raw[name] * polynomials.SCALE
        total += part
    exact = -Fraction(5, 1000) * (2800 - Fraction("83.74")) * Fraction("0.11") * 2
    assert total / found.denominator == exact * Fraction(92, 100)


def test_a_formula_is_never_run_as_code() -> None:
    for formula in ("__import__('os')", "quantity ** 2", "quantity if 1 else 2", "f(quantity)"):
        with pytest.raises(polynomials.Unreadable):
            polynomials.polynomial(
                formula,
                1,
                '[{"name": "quantity", "origin": "activity"}]',
                '{"quantity": "1", "output": "1"}',
            )
