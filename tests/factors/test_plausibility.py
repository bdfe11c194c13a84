"""Each error that was found in public software or documents must be found again."""

from datetime import date
from decimal import Decimal

import pytest

from factors.catalogue import Factor
from factors.editions import load_editions, shipped_catalogue
from factors.plausibility import Finding, check_factors

CRUDE_TO_FUEL_OIL = ("crude_oil", "gasoline", "kerosene", "diesel", "fuel_oil")


def factor(carrier: str, parameter: str, value: str, unit: str, **rest: object) -> Factor:
    return Factor("合成", carrier, parameter, Decimal(value), unit, **rest)  # type: ignore[arg-type]


def codes(*rows: Factor) -> list[str]:
    findings = check_factors(rows)
    for finding in findings:
        assert isinstance(finding, Finding)
        assert all("{" not in finding.text(lang) for lang in ("zh", "en"))
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        # ten times too much carbon
        (factor("anthracite", "carbon_content_per_heat", "0.274", "tC/GJ"), "check.carbon_band"),
        (factor("anthracite", "carbon_content_per_heat", "2.74", "tC/TJ"), "check.carbon_band"),
        # 0.02618 printed as 0.02308
        (factor("bituminous", "carbon_content_per_heat", "0.02308", "tC/GJ"), "check.carrier_band"),
        (factor("diesel", "NCV", "4.2652", "GJ/t"), "check.carrier_band"),
        (factor("natural_gas", "NCV", "389.31", "GJ/Nm3"), "check.carrier_band"),
        # coefficients without their first figure, or with the point in the wrong place
        (factor("natural_gas", "tce_coefficient", "0.0013", "kgce/m3"), "check.tce"),
        (factor("natural_gas", "tce_coefficient", "0.33", "kgce/m3"), "check.tce"),
        (factor("lpg", "tce_coefficient", "0.7143", "kgce/kg"), "check.tce"),
        (factor("refinery_gas", "tce_coefficient", "0.5714", "kgce/kg"), "check.tce"),
        (factor("kerosene", "tce_coefficient", "1.4286", "kgce/kg"), "check.tce"),
        (factor("electricity", "tce_coefficient", "4.04", "kgce/kWh"), "check.equal_value"),
        (factor("electricity", "tce_coefficient", "0.01229", "kgce/kWh"), "check.equal_value"),
        (factor("diesel", "oxidation_rate", "98", "1"), "check.oxidation"),
        (factor("diesel", "oxidation_rate", "0", "%"), "check.oxidation"),
        # steam at 25 MPa and 350 °C
        (factor("steam", "enthalpy", "16226.4", "kJ/kg"), "check.enthalpy"),
    ],
)
def test_a_wrong_value_is_found(row: Factor, code: str) -> None:
    assert codes(row) == [code]


@pytest.mark.parametrize(
    "row",
    [
        factor("anthracite", "carbon_content_per_heat", "27.4", "tC/TJ"),
        factor("blast_furnace_gas", "carbon_content_per_heat", "0.084", "tC/GJ"),
        factor("natural_gas", "tce_coefficient", "1.33", "kgce/m3"),
        factor("natural_gas", "tce_coefficient", "1.2143", "kgce/Nm3"),
        factor("lpg", "tce_coefficient", "1.7143", "kgce/kg"),
        factor("kerosene", "tce_coefficient", "1.4714", "kgce/kg"),
        factor("electricity", "tce_coefficient", "0.1229", "kgce/kWh"),
        factor("electricity", "tce_coefficient", "0.404", "kgce/kWh"),
        factor("heat", "tce_coefficient", "0.0341", "kgce/MJ"),
        factor("raw_coal", "tce_coefficient", "0.55", "kgce/kg"),
        factor("steam", "enthalpy", "1623.9", "kJ/kg"),
        factor("diesel", "oxidation_rate", "98", "%"),
        factor("waste_tyres", "carbon_content_per_heat", "4.64", "tC/TJ"),
    ],
)
def test_a_right_value_is_left_alone(row: Factor) -> None:
    assert codes(row) == []


def carbons(*values: str) -> list[Factor]:
    return [
        factor(carrier, "carbon_content_per_heat", value, "tC/TJ")
        for carrier, value in zip(CRUDE_TO_FUEL_OIL, values, strict=True)
    ]


@pytest.mark.case("C34")
def test_a_column_shifted_by_one_row_is_found() -> None:
    findings = check_factors(carbons("18.9", "19.6", "20.2", "21.1", "17.2"))
    (shifted,) = [finding for finding in findings if finding.code == "check.shifted"]
    assert [row.carrier for row in shifted.factors] == [
        "crude_oil",
        "gasoline",
        "kerosene",
        "diesel",
    ]
    assert "check.shifted" not in codes(*carbons("20.0", "18.9", "19.6", "20.2", "21.1"))


def grid(value: str, year: int, region: str, series: str = "provincial_average") -> Factor:
    start = date(year, 1, 1)
    rest = {"region": region, "series": series, "valid_from": start}
    return factor("electricity", "grid_EF", value, "kgCO2/kWh", **rest)


def test_two_years_swapped_are_found() -> None:
    swapped = grid("0.5366", 2021, "CN", "national_average")
    other = grid("0.5568", 2022, "CN", "national_average")
    assert codes(swapped, other) == ["check.other_year", "check.other_year"]
    assert "2022" in check_factors([swapped])[0].text("en")


def test_a_value_that_differs_from_the_shipped_one_is_found() -> None:
    assert codes(grid("0.4879", 2023, "辽宁")) == ["check.differs"]
    assert codes(grid("0.4878", 2023, "辽宁")) == []
    assert codes(grid("0.9", 1999, "辽宁")) == []


def test_one_regions_factor_for_every_province_is_found() -> None:
    copied = [grid("0.5", 1999, region) for region in ("辽宁", "吉林", "河北", "山东")]
    assert codes(*copied) == ["check.one_region"]
    assert codes(*copied[:3]) == []


def test_the_shipped_editions_have_only_the_findings_that_are_known() -> None:
    found = {
        (finding.code, row.factor_id)
        for edition in load_editions()
        for finding in check_factors(edition.factors)
        for row in finding.factors
    }
    assert found == {
        ("check.carrier_band", "F0004"),
        ("check.carrier_band", "F0221"),
        ("check.enthalpy", "G0655"),
        # the reporting notice of the market had another national value for 2021
        ("check.differs", "F0230"),
    }
    suspect = {row.factor_id for row in shipped_catalogue().factors if not row.usable}
    assert {"F0004", "F0221", "G0655"} <= suspect
