from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.catalogue import Factor
from factors.editions import shipped_catalogue
from factors.methods import load_method_editions
from factors.steam import SteamError, SteamRule, enthalpy, if97, saturation

TABLE = SteamRule("table", saturated="steam_saturated", superheated="steam_superheated")
IF97 = SteamRule("IF97", digits=2)
POINTS = [
    row for row in shipped_catalogue().find("steam", "enthalpy") if "superheated" in row.series
]


def place(row: Factor) -> tuple[Fraction, Fraction]:
    _, pressure, temperature = row.series.split()
    return Fraction(pressure.removesuffix("MPa")), Fraction(temperature.removesuffix("degC"))


def is_steam(row: Factor) -> bool:
    pressure, temperature = place(row)
    limit = saturation(pressure)
    return temperature > 0 and (limit is None or temperature > limit + 1)


def by_table(pressure: str, temperature: str | None = None) -> Decimal:
    warm = None if temperature is None else Fraction(temperature)
    return enthalpy(TABLE, Fraction(pressure), warm, shipped_catalogue()).value


def test_the_formulation_agrees_with_its_published_values() -> None:
    """Computer-program verification values of IAPWS-IF97, region 2 (table 15 of the release):
    300 K and 0.0035 MPa 2549.91145, 700 K and 30 MPa 2631.49474 kJ/kg."""
    for kelvin, pressure, expected in (("300", "0.0035", 2549.91145), ("700", "30", 2631.49474)):
        celsius = Fraction(kelvin) - Fraction("273.15")
        assert abs(float(if97(Fraction(pressure), celsius)) - expected) < 5e-5


def test_the_prescribed_rounding_feeds_on() -> None:
    found = enthalpy(IF97, Fraction(1), Fraction(300), shipped_catalogue())
    assert found.value == Decimal("3051.70")
    assert (
        enthalpy(replace(IF97, digits=0), Fraction(1), Fraction(300), shipped_catalogue()).value
        == 3052
    )


def test_points_and_cells_of_the_printed_table() -> None:
    assert by_table("1", "300") == Decimal("3051.3")
    assert by_table("3", "350") == Decimal("3115.7")
    assert by_table("1.75") == Decimal("2794.45")
    # halfway on both axes: the mean of four printed corners
    corners = [by_table(p, t) for p in ("1", "3") for t in ("300", "350")]
    assert by_table("2", "325") == sum(corners) / 4


@pytest.mark.parametrize("row", [row for row in POINTS if row.usable and is_steam(row)][::7])
def test_every_usable_point_is_answered_as_printed(row: Factor) -> None:
    pressure, temperature = place(row)
    assert enthalpy(TABLE, pressure, temperature, shipped_catalogue()).value == row.value


def test_misprints_are_never_used() -> None:
    misprints = [row for row in POINTS if not row.usable]
    assert len(misprints) == 15
    steam = [row for row in misprints if is_steam(row)]
    for row in steam:
        pressure, temperature = place(row)
        for shift in (Fraction(0), Fraction(1)):
            with pytest.raises(SteamError) as caught:
                enthalpy(TABLE, pressure, temperature + shift, shipped_catalogue())
            assert row.key in caught.value.text("en")
    # The formulation stands beside them: 3,272.3 where 3,217.8 is printed.
    assert round(float(if97(Fraction("0.5"), Fraction(400))), 1) == 3272.3


@pytest.mark.parametrize(
    ("pressure", "temperature", "code"),
    [
        ("0", "300", "steam.range"),
        ("101", "300", "steam.range"),
        ("1", "801", "steam.range"),
        ("23", None, "steam.range"),
        ("1", "150", "steam.water"),
        ("60", "500", "steam.table"),
        # between 5 MPa and 7 MPa at 270 °C the table holds water on one side
        ("6", "276", "steam.table"),
    ],
)
def test_what_has_no_enthalpy(pressure: str, temperature: str | None, code: str) -> None:
    with pytest.raises(SteamError) as caught:
        by_table(pressure, temperature)
    assert caught.value.code == code
    assert "{" not in caught.value.text("zh")


@settings(deadline=None, max_examples=60)
@given(st.fractions(Fraction("0.1"), 4), st.fractions(260, 550))
def test_a_table_lies_near_the_formulation(pressure: Fraction, temperature: Fraction) -> None:
    """Linear interpolation of a sound table is off by less than one per cent."""
    try:
        found = enthalpy(TABLE, pressure, temperature, shipped_catalogue()).value
    except SteamError:
        # A cell with a misprint in it, or across the saturation line.
        return
    assert abs(Fraction(found) / if97(pressure, temperature) - 1) < Fraction(1, 100)


def test_editions_name_their_rule() -> None:
    rules = {
        name: edition.steam for name, edition in load_method_editions().items() if edition.steam
    }
    assert rules["general-2015"] == IF97
    assert rules["carbon-materials-2024"] == TABLE
    assert rules["shandong-2022"] == TABLE
