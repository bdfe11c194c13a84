"""A second reading of the method library: steel, cement, metals and chemicals worked by hand."""

from fractions import Fraction

import pytest

from factors.gases import gwp
from tests.factors.booked_row import (
    CO2_PER_C,
    EDITIONS,
    MICROGRAMS,
    MILLIGRAMS,
    Y2024,
    book,
    quanta,
)

# ---- iron and steel


@pytest.mark.parametrize(
    ("carrier", "ncv", "carbon"),
    [
        ("anthracite", "25.024", "0.02749"),
        ("bituminous", "23.736", "0.02618"),
        ("lignite", "15.250", "0.02797"),
        ("cleaned_coal", "26.344", "0.02541"),
        ("other_washed_coal", "12.545", "0.02541"),
        ("gangue", "8.374", "0.02541"),
        ("coke", "28.435", "0.02942"),
        ("petroleum_coke", "32.500", "0.02750"),
        ("fuel_oil", "41.816", "0.02110"),
        ("lng", "51.498", "0.01720"),
        ("coal_tar", "33.453", "0.02200"),
    ],
)
def test_steel_buys_fuels_without_an_oxidation_rate(carrier: str, ncv: str, carbon: str) -> None:
    found = book("iron-steel", carrier, "purchase", "1000", "t")
    assert list(found.values()) == [quanta(1000 * Fraction(ncv) * Fraction(carbon) * CO2_PER_C)]


@pytest.mark.parametrize(
    ("carrier", "flow", "factor"),
    [
        ("limestone", "process_input", "0.440"),
        ("dolomite", "process_input", "0.476"),
        ("electrode", "process_input", "3.663"),
        ("ferronickel", "purchase", "0.037"),
        ("ferrosilicon", "purchase", "0.007"),
        ("silicomanganese", "purchase", "0.092"),
        ("bf_ferromanganese", "purchase", "0.275"),
        ("hc_ferrochrome", "purchase", "0.348"),
        ("pig_iron", "purchase", "0.172"),
        ("dri", "purchase", "0.073"),
        ("scrap_steel", "purchase", "0.037"),
        ("crude_steel", "product", "-0.037"),
        ("pig_iron", "transfer_out", "-0.172"),
        ("crude_benzol", "transfer_out", "-3.382"),
        ("coal_tar", "transfer_out", "-2.699"),
    ],
)
def test_steel_by_table_a2(carrier: str, flow: str, factor: str) -> None:
    found = book("iron-steel", carrier, flow, "777.7", "t")
    assert list(found.values()) == [quanta(Fraction("777.7") * Fraction(factor))]


def test_the_older_values_of_steel_are_only_in_the_older_texts() -> None:
    steel = book("shandong", "crude_steel", "product", "1000", "t", region="山东")
    assert list(steel.values()) == [quanta(1000 * Fraction("-0.0154"))]
    scrap = book("guangdong", "scrap_steel", "process_input", "1000", "t", region="广东")
    assert list(scrap.values()) == [quanta(1000 * Fraction("0.00248") * CO2_PER_C)]


# ---- cement, aluminium, acids, carbonates, waste water, SF6, mass balance


@pytest.mark.parametrize(
    ("clinker", "factor"),
    [
        ("clinker_portland", "0.535"),
        ("clinker_white", "0.550"),
        ("clinker_sulfoaluminate", "0.413"),
        ("clinker_aluminate", "0.292"),
    ],
)
def test_clinker_by_type(clinker: str, factor: str) -> None:
    found = book("cement", clinker, "product", "12345", "t", **Y2024)
    assert found == {"clinker": quanta(12345 * Fraction(factor))}


def test_substitutes_without_carbonate_are_taken_off() -> None:
    found = book("cement", "carbide_slag", "process_input", "500", "t", **Y2024)
    assert found == {"substitute": quanta(-500 * Fraction("0.48"))}


def test_clinker_by_its_oxides() -> None:
    """64.5 % CaO and 2.1 % MgO."""
    found = book(
        "guangdong",
        "clinker_portland",
        "product",
        "10000",
        "t",
        region="广东",
        own=(
            ("clinker_portland", "CaO_content", "64.5", "%"),
            ("clinker_portland", "MgO_content", "2.1", "%"),
        ),
    )
    assert found == {
        "clinker_cao": quanta(10000 * Fraction("0.645") * Fraction(44, 56)),
        "clinker_mgo": quanta(10000 * Fraction("0.021") * Fraction(44, 40)),
    }


def test_anodes_and_anode_effect() -> None:
    found = book("aluminium", "primary_aluminium", "product", "2000", "t", **Y2024)
    assert found["anode"] == quanta(
        2000 * Fraction("0.411") * (1 - Fraction("0.02") - Fraction("0.004")) * CO2_PER_C
    )
    assert found["anode_effect_cf4"] == quanta(2000 * Fraction("0.02") / 1000, MICROGRAMS)
    assert found["anode_effect_c2f6"] == quanta(2000 * Fraction("0.0011") / 1000, MICROGRAMS)
    used = EDITIONS["aluminium-2024"].gwp_edition
    assert (int(gwp(used, "CF4")), int(gwp(used, "C2F6"))) == (6630, 11100)


@pytest.mark.parametrize(
    ("process", "factor"),
    [
        ("high_pressure", "0.0139"),
        ("medium_pressure", "0.0118"),
        ("atmospheric", "0.0097"),
        ("dual_pressure", "0.008"),
        ("combined", "0.0075"),
        ("low_pressure", "0.005"),
    ],
)
def test_nitric_acid_by_process(process: str, factor: str) -> None:
    found = book("nitric-adipic", f"nitric_acid_{process}", "product", "60", "t")
    assert list(found.values()) == [quanta(60 * Fraction(factor), MICROGRAMS)]


def test_adipic_acid_with_a_plant_that_runs_nine_tenths_of_the_time() -> None:
    own = (
        ("adipic_acid", "N2O_removal_rate", "92.5", "%"),
        ("adipic_acid", "abatement_utilisation", "90", "%"),
    )
    found = book("nitric-adipic", "adipic_acid", "product", "60", "t", own=own)
    exact = 60 * Fraction("0.3") * (1 - Fraction("0.925") * Fraction("0.9"))
    assert found == {"adipic_abated": quanta(exact, MICROGRAMS)}


def test_carbonates() -> None:
    """C05 and a purity and a conversion of its own."""
    own = (
        ("limestone", "purity", "90", "%"),
        ("limestone", "CO2_EF", "0.44", "tCO2/t"),
        ("limestone", "conversion_rate", "100", "%"),
    )
    found = book("carbon-materials", "limestone", "process_input", "10", "t", own=own)
    assert found == {"carbonate_converted": quanta(Fraction("3.96"))}
    shares = (("soda_ash", "purity", "98.5", "%"), ("soda_ash", "conversion_rate", "95", "%"))
    found = book("carbonates", "soda_ash", "process_input", "33", "t", own=shares)
    exact = 33 * Fraction("0.985") * Fraction("0.4149") * Fraction("0.95")
    assert found == {"carbonate_converted": quanta(exact)}


def test_waste_water() -> None:
    """90 t of COD less 20 t in the sludge, MCF 0.5."""
    own = (("wastewater_cod", "MCF", "0.5", "1"),)
    kept = book("wastewater", "wastewater_cod", "process_input", "90", "t", own=own)
    gone = book("wastewater", "wastewater_cod", "transfer_out", "20", "t", own=own)
    total = sum(kept.values()) + sum(gone.values())
    assert total == quanta((90 - 20) * Fraction("0.25") * Fraction("0.5"), MILLIGRAMS)


def test_sulphur_hexafluoride() -> None:
    held = book("sf6-equipment", "sf6", "consumption", "120", "kg")
    back = book("sf6-equipment", "sf6", "recovery", "112.5", "kg")
    assert sum(held.values()) + sum(back.values()) == quanta(Fraction("0.0075"), MICROGRAMS)


def test_a_balance_of_carbon() -> None:
    """100 t of methane at 0.749 to 150 t of methanol at 0.375."""
    carbon_in = book("chemicals", "methane", "feedstock", "100", "t")
    carbon_out = book("chemicals", "methanol", "product", "150", "t")
    exact = (100 * Fraction("0.749") - 150 * Fraction("0.375")) * CO2_PER_C
    assert sum(carbon_in.values()) + sum(carbon_out.values()) == quanta(exact)
