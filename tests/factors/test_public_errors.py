"""Errors of public software and documents: the check of an import finds each of them."""

import pytest

from factors.editions import read_edition_rows
from factors.plausibility import check_factors
from factors.resolution import ResolutionError
from factors.steam import SteamError
from tests.factors.booked_row import book


def rows_of(*rows: tuple[str, str, str, str, str, str]) -> tuple[str, ...]:
    """Codes that the check of an import finds; the last two say the region, and year and series."""
    held = []
    for carrier, parameter, value, unit, region, when in rows:
        year, _, series = when.partition(" ")
        days = {"valid_from": f"{year}-01-01", "valid_to": f"{year}-12-31"} if year else {}
        said = {
            "edition": "second",
            "publisher": "合成",
            "document": "合成数据",
            "evidence": "合成",
        }
        said |= {"carrier": carrier, "parameter": parameter, "value": value, "unit": unit}
        held.append(said | {"region": region, "series": series} | days)
    return tuple(finding.code for finding in check_factors(read_edition_rows(held)))


@pytest.mark.parametrize(
    ("carrier", "parameter", "value", "right", "unit"),
    [
        ("无烟煤", "carbon_content_per_heat", "0.274", "0.0274", "tC/GJ"),
        ("天然气", "tce_coefficient", "0.0013", "1.33", "kgce/m3"),
        ("液化石油气", "tce_coefficient", "0.7143", "1.7143", "kgce/kg"),
        ("炼厂干气", "tce_coefficient", "0.5714", "1.5714", "kgce/kg"),
        ("煤油", "tce_coefficient", "1.4286", "1.4714", "kgce/kg"),
        ("天然气", "tce_coefficient", "0.33", "1.33", "kgce/m3"),
        ("电力", "tce_coefficient", "4.04", "0.404", "kgce/kWh"),
        ("烟煤", "carbon_content_per_heat", "0.02308", "0.02618", "tC/GJ"),
    ],
)
def test_the_import_finds_the_slip_and_leaves_the_right_value_alone(
    carrier: str, parameter: str, value: str, right: str, unit: str
) -> None:
    assert len(rows_of((carrier, parameter, value, unit, "CN", ""))) == 1
    assert rows_of((carrier, parameter, right, unit, "CN", "")) == ()


def test_the_import_finds_a_column_shifted_by_one_row() -> None:
    fuels = ("原油", "汽油", "煤油", "柴油", "燃料油")

    def column(*values: str) -> tuple[str, ...]:
        return rows_of(
            *(
                (fuel, "carbon_content_per_heat", value, "tC/TJ", "CN", "")
                for fuel, value in zip(fuels, values, strict=True)
            )
        )

    assert column("18.9", "19.6", "20.2", "21.1", "17.2")
    assert not column("20.0", "18.9", "19.6", "20.2", "21.1")


def test_the_import_finds_swapped_years_and_one_region_for_all() -> None:
    def grid(region: str, value: str, year: str) -> tuple[str, str, str, str, str, str]:
        return ("电力", "grid_EF", value, "kgCO2/kWh", region, year)

    national = "national_average"
    assert rows_of(
        grid("CN", "0.5366", f"2021 {national}"), grid("CN", "0.5568", f"2022 {national}")
    )
    assert not rows_of(
        grid("CN", "0.5568", f"2021 {national}"), grid("CN", "0.5366", f"2022 {national}")
    )
    provinces = ("辽宁", "吉林", "黑龙江", "北京", "四川", "云南")
    assert rows_of(*(grid(name, "0.5122", "2023 provincial_average") for name in provinces))


@pytest.mark.parametrize("pressure", ["25"])
def test_a_suspect_value_of_a_steam_table_never_resolves(pressure: str) -> None:
    """25 MPa and 350 °C is printed as 16,226.4 kJ/kg in the table that this edition prescribes."""
    held = {"pressure": (pressure, "MPa"), "temperature": ("350", "℃")}
    with pytest.raises((SteamError, ResolutionError)) as caught:
        book("carbon-materials", "steam", "purchase", "1", "t", measured=held)
    assert "suspect" in caught.value.text("en") or "16226.4" in caught.value.text("en")
