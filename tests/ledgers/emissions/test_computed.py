"""Values that are computed before the calculation, as they are posted: enthalpy of steam, products
with a prescribed rounding, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.emissions.explanation import explain
from ledgers.emissions.verification import verify_entries
from tests.ledgers.emissions import book
from warehouse.connect import Connection

FORM, CARBON, STEEL = (book.credit_code(number) for number in (41, 42, 43))


def use(con: Connection, code: str, methods: str) -> None:
    book.register(con, book.enterprise(code, method_edition=methods))


def steam(quantity: str, pressure: str, temperature: str | None = None, **more: object) -> dict:
    warm = {"temperature": Decimal(temperature), "temperature_unit": "℃"} if temperature else {}
    measured = {"pressure": Decimal(pressure), "pressure_unit": "MPa", **warm}
    changed = {"carrier": "steam", "carrier_text": "蒸汽", "flow": "purchase", **measured, **more}
    return book.row(quantity, "t", **changed)


def gas(quantity: str, code: str, **more: object) -> dict:
    changed = {"carrier": "natural_gas", "carrier_text": "天然气", "enterprise_id": code, **more}
    return book.row(quantity, "1e4Nm3", **changed)


def co2(con: Connection) -> list[int]:
    found = con.execute(
        "SELECT e.value FROM emissions.entry AS e JOIN emissions.resolution AS r "
        "USING (resolution_id) WHERE r.measure = 'CO2' ORDER BY e.ordinal"
    ).fetchall()
    return [value for (value,) in found]


def entry_words(con: Connection, value: int) -> str:
    """What is explained of the first entry of that value."""
    found = con.execute(
        "SELECT commit_no, ordinal FROM emissions.entry WHERE value = ? ORDER BY ordinal", [value]
    ).fetchall()
    return explain(con, f"{found[0][0]}-{found[0][1]}").text("en")


def whole(tonnes: Fraction) -> int:
    size = tonnes * 10**6 + Fraction(1, 2)
    return size.numerator // size.denominator


def test_steam_by_pressure_and_temperature(ledger: Connection, tmp_path: Path) -> None:
    """IAPWS-IF97 gives 3051.7032 at 1 MPa and 300 °C, taken as 3051.70 as the edition says."""
    rows = [steam("1000", "1", "300"), steam("1000", "1.0", "300.00"), steam("7", "1.75")]
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    hot = (Fraction("3051.70") - Fraction("83.74")) / 1000 * Fraction("0.11")
    saturated = (Fraction("2795.28") - Fraction("83.74")) / 1000 * Fraction("0.11")
    assert sorted(co2(ledger)) == [whole(7 * saturated), whole(1000 * hot), whole(1000 * hot)]
    assert verify_entries(ledger).good
    assert journal.verify_chain(ledger).good
    told = entry_words(ledger, whole(1000 * hot))
    assert "3051.70" in told
    assert "IAPWS-IF97" in told


def test_steam_of_an_edition_with_a_table(ledger: Connection, tmp_path: Path) -> None:
    use(ledger, CARBON, "carbon-materials-2024;general-2015")
    row = steam("1", "1.75", enterprise_id=CARBON)
    book.post(ledger, book.typed_file(tmp_path, "a", [row]))
    by_table = Fraction("2794.45") / 1000 * Fraction("0.11")
    by_formulation = (Fraction("2795.28") - Fraction("83.74")) / 1000 * Fraction("0.11")
    assert sorted(co2(ledger)) == sorted([whole(by_table), whole(by_formulation)])
    assert verify_entries(ledger).good


def test_a_sent_enthalpy_is_not_computed_again(ledger: Connection, tmp_path: Path) -> None:
    sent = {"enthalpy": Decimal("2800"), "enthalpy_unit": "kJ/kg"}
    book.post(ledger, book.typed_file(tmp_path, "a", [steam("1", "1", "300", **sent)]))
    assert co2(ledger) == [whole((2800 - Fraction("83.74")) / 1000 * Fraction("0.11"))]


def test_water_that_calls_itself_steam_is_sent_back(ledger: Connection, tmp_path: Path) -> None:
    posted = book.post(ledger, book.typed_file(tmp_path, "a", [steam("1", "1", "100")]))
    assert (posted.activities, posted.files[0].rejected) == (0, 1)
    ((facts,),) = ledger.execute("SELECT facts FROM emissions.rejection").fetchall()
    assert "179.89" in facts


def test_a_product_rounded_as_prescribed_feeds_on(ledger: Connection, tmp_path: Path) -> None:
    """NCV × carbon content to two digits: 454.33 t where the unrounded way gives 454.65."""
    use(ledger, FORM, "market-platform-form")
    book.post(ledger, book.typed_file(tmp_path, "a", [gas("21", FORM)]))
    (value,) = co2(ledger)
    assert value == 454_330_800
    assert value == whole(21 * Fraction("5.96") * Fraction(99, 100) * Fraction(44, 12))
    unrounded = 21 * Fraction("389.31") * Fraction("0.01532") * Fraction(99, 100) * Fraction(44, 12)
    assert whole(unrounded) == 454_653_192
    assert verify_entries(ledger).good
    told = entry_words(ledger, value)
    assert "5.9642292" in told
    assert "5.96 tC/1e4Nm3" in told


def test_a_product_of_what_rows_measured_is_rounded_row_by_row(
    ledger: Connection, tmp_path: Path
) -> None:
    use(ledger, FORM, "market-platform-form")
    rows = [
        gas("10", FORM, ncv=Decimal(ncv), ncv_unit=unit)
        for ncv, unit in (
            ("36.125", "MJ/Nm3"),
            ("36", "MJ/m3"),
            ("360.639686684073", "GJ/1e4Nm3"),
            ("360.639686684074", "GJ/1e4Nm3"),
        )
    ]
    rows[1]["gas_condition"] = "0C"
    book.post(ledger, book.typed_file(tmp_path, "a", rows))
    # 361.25 and 360 × 0.01532 are 5.53435 and 5.5152; the last two lie around the half 5.525
    around = [Fraction(f"360.63968668407{figure}") * Fraction("0.01532") for figure in (3, 4)]
    assert around[0] < Fraction("5.525") < around[1]
    assert co2(ledger) == [
        whole(10 * Fraction(carbon) * Fraction(99, 100) * Fraction(44, 12))
        for carbon in ("5.53", "5.52", "5.52", "5.53")
    ]
    assert verify_entries(ledger).good


@pytest.mark.parametrize(("month", "named"), [(1, "general-2015"), (12, "iron-steel-2024")])
def test_days_outside_an_edition_name_the_one_that_would_apply(
    ledger: Connection, tmp_path: Path, month: int, named: str
) -> None:
    from datetime import date

    use(ledger, STEEL, "iron-steel-2024")
    first, last = date(2025, month, 1), date(2025, month, 31)
    row = book.row("1", enterprise_id=STEEL, period_start=first, period_end=last)
    path = book.typed_file(tmp_path, "a", [row])
    posted = book.post(ledger, path, month=f"2025-{month:02}")
    if named == "iron-steel-2024":
        assert posted.entries == 1
        return
    assert posted.files[0].rejected == 1
    ((facts,),) = ledger.execute("SELECT facts FROM emissions.rejection").fetchall()
    assert f"{named} (active, ~2026-06-30)" in facts
