"""Rule PW-01: the efficiency of a power plant's month (合成数据)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.ledgers.emissions.typed_rows import Found, find, row


def generated(quantity: str, unit: str = "MWh", **changes: Any) -> dict[str, Any]:
    flow = {"flow": "conversion_output", "quantity": Decimal(quantity), "unit": unit}
    return row(**flow, **changes)


def heat(quantity: str, **changes: Any) -> dict[str, Any]:
    named = {"carrier": "heat", "carrier_text": "热力", "row_no": 3}
    return generated(quantity, "GJ", **named, **changes)


def coal(tonnes: str, ncv: str | None = "20", unit: str = "GJ/t", **changes: Any) -> dict[str, Any]:
    held: dict[str, Any] = {
        "carrier": "bituminous",
        "carrier_text": "烟煤",
        "flow": "conversion_input",
        "quantity": Decimal(tonnes),
        "unit": "t",
        "coal_basis": "ar",
        "row_no": 4,
    }
    if ncv is not None:
        held |= {"ncv": Decimal(ncv), "ncv_unit": unit}
    return row(**(held | changes))


def plants(rows: list[dict[str, Any]]) -> list[Found]:
    return [fault for fault in find(rows) if fault.rule == "PW-01"]


def test_a_condensing_plant_of_forty_six_per_cent_is_listed() -> None:
    # 46,000 MWh are 165,600 GJ; of 18,000 t × 20 GJ/t that is 46 % exactly
    [fault] = plants([generated("46000"), coal("18000")])
    assert (fault.severity, fault.row_no, fault.seen) == ("W", 2, "46000.000 MWh")
    assert (fault.facts["value"], fault.facts["limit"]) == ("46.00", "46")
    assert fault.facts["fuel"] == "360000.00"
    assert all("46.00" in fault.text(lang) for lang in ("zh", "en"))
    assert plants([generated("46000"), coal("18001")]) == []


def test_units_as_written_do_not_matter() -> None:
    rows = [generated("4600", "万kWh"), coal("1.8", "20", "MJ/kg") | {"unit": "万吨"}]
    [fault] = plants(rows)
    assert fault.facts["value"] == "46.00"


def test_a_cogenerating_plant_may_reach_nearly_all() -> None:
    # 165,600 GJ of electricity and 180,000 GJ of heat of 360,000 GJ: 96 %
    assert plants([generated("46000"), heat("180000"), coal("18000")]) == []
    [fault] = plants([generated("46000"), heat("194400"), coal("18000")])
    assert (fault.facts["value"], fault.facts["limit"]) == ("100.00", "100")


def test_what_cannot_be_told_is_not_judged() -> None:
    oil = coal("60", None, carrier="diesel", carrier_text="柴油", coal_basis="", row_no=5)
    assert plants([generated("90000"), coal("18000"), oil]) == []
    assert plants([generated("90000")]) == []
    assert plants([coal("1")]) == []
    april = {"period_start": date(2025, 4, 1), "period_end": date(2025, 4, 10)}
    assert plants([generated("90000"), coal("18000", **april)]) == []
    other = generated("90000", correction_of="x")
    assert plants([other, coal("18000")]) == []
