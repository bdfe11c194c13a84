import string
import tomllib
from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.carriers import CARRIERS
from factors.formulas import FormulaError, parse_formula
from factors.methods import MethodEdition, MethodError, load_edition, load_method_editions
from factors.units import multiplier, prove

EDITIONS = {
    "aluminium-2024": ("active", 5, 2),
    "aluminium-gbt-2026": ("draft", 0, 0),
    "ammonia-draft": ("draft", 0, 0),
    "aviation-draft": ("draft", 0, 0),
    "carbon-materials-2024": ("active", 21, 0),
    "carbonates": ("active", 3, 0),
    "cement-2024": ("active", 4, 2),
    "cement-gbt-2023": ("draft", 0, 0),
    "ceramics-draft": ("draft", 0, 0),
    "chemicals-2015": ("active", 18, 0),
    "coal-mining-draft": ("draft", 0, 0),
    "coking-2023": ("draft", 0, 0),
    "desnz-2025": ("active", 3, 0),
    "epa-hub": ("active", 3, 0),
    "flat-glass-2023": ("draft", 0, 0),
    "general-2015": ("active", 43, 0),
    "general-2025": ("active", 43, 17),
    "guangdong-2021": ("active", 11, 0),
    "heating-2015": ("active", 11, 0),
    "industrial-silicon-2024": ("draft", 0, 0),
    "ipcc2006": ("active", 8, 0),
    "iron-steel-2024": ("active", 15, 0),
    "iron-steel-gbt-2026": ("draft", 0, 0),
    "jiangsu-2022": ("active", 6, 2),
    "magnesium-draft": ("draft", 0, 0),
    "market-platform-form": ("active", 1, 0),
    "mobile-draft": ("draft", 0, 0),
    "nitric-adipic": ("active", 16, 0),
    "oil-gas-draft": ("draft", 0, 0),
    "paper-draft": ("draft", 0, 0),
    "power-2021": ("active", 5, 1),
    "power-2022": ("draft", 1, 1),
    "power-2026": ("active", 4, 2),
    "refrigerants-draft": ("draft", 0, 0),
    "sf6-equipment": ("active", 1, 0),
    "shandong-2022": ("active", 32, 1),
    "wastewater": ("active", 1, 0),
}

SMALL = """
edition = "synthetic-1"
family = "synthetic"
title_zh = "合成方法"
title_en = "synthetic method"
document = "合成数据"
state = "active"

[parameters.quantity]
source = "activity"
unit = "t"

[parameters.factor]
source = "factor"
factor = "CO2_EF"
tables = ["own"]
substance = "CO2"
unit = "tCO2/t"

[[method]]
id = "single"
group = "process"
title_zh = "合成"
title_en = "synthetic"
measure = "CO2"
unit = "tCO2"
scope = "1"
category = "process"
flows = ["process_input"]
kinds = ["carbonate"]
formula = "quantity * factor"
"""


def general() -> MethodEdition:
    return load_method_editions()["general-2015"]


# ---- formulas

names = st.text(string.ascii_lowercase, min_size=1, max_size=4)
numbers = st.decimals("0.001", "999", places=3).map(lambda value: format(value, "f"))


@st.composite
def products(draw: st.DrawFn) -> tuple[str, dict[str, Fraction], Fraction]:
    """A formula as text, values of its names, and what it comes to by plain arithmetic."""
    parts: list[str] = []
    values: dict[str, Fraction] = {}
    result = Fraction(1)
    for name in draw(st.lists(names, min_size=1, max_size=5, unique=True)):
        value, number = Fraction(draw(numbers)), draw(numbers)
        form = draw(st.sampled_from(["name", "plus", "minus", "from"]))
        text, exact = {
            "name": (name, value),
            "plus": (f"({name} + {number})", value + Fraction(number)),
            "minus": (f"( {name}-{number} )", value - Fraction(number)),
            "from": (f"({number} - {name})", Fraction(number) - value),
        }[form]
        parts.append(text)
        values[name] = value
        result *= exact
    scale = draw(numbers)
    divided = draw(st.booleans())
    parts.append(scale)
    result = result / Fraction(scale) if divided else result * Fraction(scale)
    text = " * ".join(parts[:-1]) + (" / " if divided else "*") + parts[-1]
    return text, values, result


@settings(deadline=None)
@given(products())
def test_a_formula_comes_to_what_it_says(case: tuple[str, dict[str, Fraction], Fraction]) -> None:
    text, values, expected = case
    formula = parse_formula(text)
    assert formula.value(values) == expected
    assert set(formula.names) == set(values)


def test_an_offset_may_be_a_named_constant() -> None:
    formula = parse_formula("quantity * (enthalpy - water) * 44/12")
    values = {"quantity": Fraction(2), "enthalpy": Fraction(100), "water": Fraction(40)}
    assert formula.number == Fraction(44, 12)
    assert formula.value(values) == 2 * 60 * Fraction(44, 12)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "formula.empty"),
        ("a" * 401, "formula.empty"),
        ("a + b", "formula.unexpected"),
        ("(a - b - a)", "formula.repeated"),
        ("(1 + 2)", "formula.unexpected"),
        ("(a - b * c)", "formula.unexpected"),
        ("(a", "formula.unexpected"),
        ("a b", "formula.unexpected"),
        ("a *", "formula.unexpected"),
        ("a ** b", "formula.unexpected"),
        ("a / b", "formula.divisor"),
        ("a / 0", "formula.divisor"),
        ("a * a", "formula.repeated"),
        ("a * (b - a)", "formula.repeated"),
        ("__import__('os').system('x')", "formula.character"),
        ("a if b else c", "formula.unexpected"),
        ("a; b", "formula.character"),
        ("a[0]", "formula.character"),
        ("1e9", "formula.unexpected"),
        ("燃料 * a", "formula.character"),
        ("(" * 150 + "a" + ")" * 150, ""),
    ],
)
def test_what_is_no_product_of_affine_terms_is_refused(text: str, code: str) -> None:
    if not code:
        assert parse_formula(text).names == ("a",)
        return
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert caught.value.code == code
    assert caught.value.text("zh") != caught.value.text("en")


# ---- declarations


def test_the_shipped_editions_load() -> None:
    counts = {
        name: (
            edition.state,
            len(edition.methods),
            sum(m.state == "draft" for m in edition.methods),
        )
        for name, edition in load_method_editions().items()
    }
    assert counts == EDITIONS


def test_drafts_say_what_is_missing_and_have_no_clause() -> None:
    for edition in load_method_editions().values():
        for method in edition.methods:
            if method.state == "draft" or edition.state == "draft":
                assert method.missing_zh or edition.missing_zh
                assert method.missing_en or edition.missing_en
                assert method.clause == edition.clause == ""


def test_a_method_is_one_file() -> None:
    edition = load_edition(SMALL)
    (method,) = edition.methods_for(CARRIERS["limestone"], "process_input", frozenset())
    assert method.key == "synthetic-1/single"
    assert edition.methods_for(CARRIERS["limestone"], "stock", frozenset()) == ()


def faults(text: str) -> list[str]:
    with pytest.raises(MethodError) as caught:
        load_edition(text)
    assert caught.value.text("zh") != caught.value.text("en")
    assert "{" not in caught.value.text("en")
    return [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        # the wrong dimension, in every place where there is one
        ('unit = "tCO2/t"', 'unit = "tCO2/GJ"', "method.dimension"),
        ('unit = "tCO2/t"', 'unit = "tC/t"', "method.dimension"),
        ('unit = "tCO2"', 'unit = "t"', "method.dimension"),
        ('measure = "CO2"', 'measure = "CH4"', "method.dimension"),
        ('unit = "t"', 'unit = "GJ"', "method.dimension"),
        ('"quantity * factor"', '"quantity"', "method.dimension"),
        ('"quantity * factor"', '"quantity * (factor - 1)"', "method.offset"),
        ('"quantity * factor"', '"quantity * factor * other"', "method.parameter"),
        ('"quantity * factor"', '"quantity * factor *"', "formula.unexpected"),
        ('source = "activity"', 'source = "guess"', "method.value"),
        ('tables = ["own"]\n', "", "method.required"),
        ('flows = ["process_input"]\n', "", "method.required"),
        ('kinds = ["carbonate"]', 'kinds = ["rock"]', "method.value"),
        ('state = "active"', 'state = "sure"', "method.value"),
        ('state = "active"', 'state = "draft"', "method.required"),
        ('group = "process"', 'group = "process"\ncolour = "red"', "method.value"),
        ('document = "合成数据"', 'document = ""', "method.required"),
        ('state = "active"', 'state = "active"\ngwp_edition = "AR9"', "method.value"),
        ('state = "active"', 'state = "active"\napplies_to = "soon"', "method.value"),
        ('source = "activity"', 'source = "activity"\nvalue = "1"', "method.constant"),
        ('edition = "synthetic-1"', "edition = ", "method.toml"),
    ],
)
def test_a_wrong_declaration_is_not_loaded(old: str, new: str, code: str) -> None:
    assert old in SMALL
    assert code in faults(SMALL.replace(old, new, 1))


def test_all_faults_of_an_edition_are_found_together() -> None:
    text = SMALL.replace('state = "active"', 'state = "sure"').replace('"tCO2/t"', '"GJ/t"')
    assert set(faults(text)) == {"method.value", "method.dimension"}


def test_a_method_id_stands_once() -> None:
    second = SMALL[SMALL.index("[[method]]") :]
    assert faults(SMALL + second) == ["method.repeated"]


def test_an_offset_has_the_dimension_of_what_it_is_added_to() -> None:
    text = SMALL + '\n[method.parameters.shift]\nsource = "constant"\nvalue = "1"\nunit = "GJ"\n'
    assert faults(text.replace("quantity * factor", "(quantity - shift) * factor")) == [
        "method.dimension"
    ]
    fitting = text.replace('unit = "GJ"', 'unit = "kg"')
    load_edition(fitting.replace("quantity * factor", "(quantity - shift) * factor"))


def test_a_rounding_that_feeds_on_is_only_for_what_no_row_gives() -> None:
    load_edition(SMALL + "\n[method.prescribed]\nfactor = 2\n")
    assert faults(SMALL + "\n[method.prescribed]\nquantity = 2\n") == ["method.prescribed"]


def test_every_shipped_method_proves_on_every_basis() -> None:
    """Done at loading; done here again without the loader."""
    for edition in load_method_editions().values():
        for method in edition.methods:
            for basis in method.bases:
                units = [_unit(method.parameter(term.name), basis) for term in method.formula.terms]
                assert prove(units, method.output.unit) > 0


def _unit(parameter: object, basis: str) -> object:
    from factors.methods import Parameter, unit_of

    assert isinstance(parameter, Parameter)
    return unit_of(parameter, basis)


def test_constants_are_exact_and_say_where_they_come_from() -> None:
    for edition in load_method_editions().values():
        for method in edition.methods:
            for parameter in method.parameters:
                if parameter.source == "constant":
                    assert parameter.origin
    carbon = general().method("fuel_heat").parameter("co2_per_c")
    assert (carbon.value, carbon.value_text) == (Fraction(44, 12), "44/12")
    standard = general().method("tce_measured").parameter("standard_coal")
    assert standard.value == Fraction(10000, 293076)
    assert multiplier("tce/GJ", "kgce/kJ") == Fraction(1, 1000)


def test_the_files_of_the_package_are_the_editions() -> None:
    folder = files("factors") / "data" / "methods"
    named = {
        tomllib.loads(item.read_text(encoding="utf-8"))["edition"]
        for item in folder.iterdir()
        if item.name.endswith(".toml")
    }
    assert named == set(EDITIONS)


# ---- which method a carrier and a flow have


def chosen(
    carrier: str, flow: str, *measured: str, basis: str = "", beside: tuple[str, ...] = ()
) -> list[str]:
    methods = general().methods_for(
        CARRIERS[carrier],
        flow,
        frozenset(measured),
        basis=basis,
        flows_beside=frozenset(beside),
    )
    return [method.method_id for method in methods]


def test_fuels_rest_on_consumption_and_nothing_else() -> None:
    co2 = "fuel_heat"
    assert chosen("diesel", "consumption", basis="mass")[0] == co2
    for flow in ("purchase", "opening_stock", "closing_stock", "loss", "transfer_out", "export"):
        assert chosen("diesel", flow) == [], flow
    for flow in ("feedstock", "conversion_output", "recovery"):
        assert not any(name.startswith("fuel") for name in chosen("diesel", flow)), flow


def test_a_conversion_input_is_burned_only_where_the_carrier_is() -> None:
    assert "fuel_heat" in chosen("raw_coal", "conversion_input", basis="mass")
    assert "fuel_heat" not in chosen("cleaned_coal", "conversion_input", basis="mass")
    assert "tce_printed" in chosen("cleaned_coal", "conversion_input", basis="mass")


def test_measured_elemental_carbon_takes_precedence() -> None:
    measured = ("ncv", "carbon_content", "elemental_carbon")
    assert chosen("raw_coal", "consumption", *measured, basis="mass")[0] == "fuel_elemental_carbon"
    assert chosen("raw_coal", "consumption", "ncv", basis="mass")[0] == "fuel_heat"
    assert chosen("natural_gas", "consumption", basis="energy")[0] == "fuel_energy"


@pytest.mark.parametrize(
    ("flow", "beside", "expected"),
    [
        ("purchase", ("purchase", "consumption"), ["electricity_purchased"]),
        ("consumption", ("purchase", "consumption"), []),
        ("consumption", ("consumption",), ["electricity_consumed"]),
        ("consumption", ("consumption", "self_generation"), ["electricity_consumed"]),
        ("consumption", ("consumption", "conversion_output"), []),
        ("self_generation", ("consumption", "self_generation"), ["electricity_self_generated"]),
        ("self_generation", ("purchase", "consumption", "self_generation"), []),
        ("self_generation", ("self_generation",), []),
        ("export", ("purchase", "export"), ["electricity_passed_on"]),
        ("export", ("export",), ["electricity_supplied"]),
        ("green_power", ("purchase", "green_power"), []),
    ],
)
def test_electricity_is_counted_once(
    flow: str, beside: tuple[str, ...], expected: list[str]
) -> None:
    methods = chosen("electricity", flow, beside=beside)
    assert [name for name in methods if name.startswith("electricity")] == expected


def test_energy_is_counted_once() -> None:
    both = ("purchase", "consumption")
    assert [n for n in chosen("electricity", "purchase", beside=both) if n.startswith("tce")] == []
    assert "tce_electricity" in chosen("electricity", "consumption", beside=both)
    assert "tce_heat_bought" in chosen("heat", "purchase", beside=("purchase",))


def test_what_is_taken_off_has_a_sign() -> None:
    method = general().method("electricity_passed_on")
    assert (method.sign_for("export"), method.output.counted) == (-1, True)
    assert general().method("tce_heat").sign_for("recovery") == -1


def test_a_supplier_does_not_deduct_what_it_never_bought() -> None:
    """Heat sold by one that made it is shown: its own combustion is scope 1 already."""
    for carrier, basis, measured in (
        ("heat", "energy", ()),
        ("steam", "mass", ("enthalpy",)),
        ("hot_water", "mass", ("temperature",)),
    ):
        sold, passed_on = (
            chosen(carrier, "export", *measured, basis=basis, beside=beside)[0]
            for beside in (("export",), ("export", "purchase"))
        )
        shown, deducted = general().method(sold), general().method(passed_on)
        assert (shown.sign_for("export"), shown.output.counted) == (1, False)
        assert (deducted.sign_for("export"), deducted.output.counted) == (-1, True)


def test_heat_by_mass_needs_its_enthalpy_or_temperature() -> None:
    assert chosen("steam", "purchase", "enthalpy", basis="mass")[0] == "steam_purchased"
    assert chosen("steam", "purchase", "enthalpy", basis="energy")[0] == "heat_purchased"
    assert chosen("hot_water", "purchase", "temperature", basis="mass")[0] == "hot_water_purchased"
    assert chosen("steam", "purchase", basis="mass") == []


def test_industries_have_the_sector_of_the_device_tables() -> None:
    sectors = {
        code: general().sector_of(code)
        for code in ("D4430", "4430", "C3130", "C2523", "H6110", "A0111", "E4710", "", "X")
    }
    assert sectors == {
        "D4430": "energy_industries",
        "4430": "energy_industries",
        "C3130": "manufacturing",
        "C2523": "energy_industries",
        "H6110": "commercial",
        "A0111": "residential",
        "E4710": "manufacturing",
        "": "",
        "X": "",
    }


def test_an_edition_covers_its_dates() -> None:
    assert general().covers(date(2026, 6, 1), date(2026, 6, 30))
    assert not general().covers(date(2026, 6, 15), date(2026, 7, 1))
    newer = load_method_editions()["general-2025"]
    assert newer.covers(date(2026, 7, 1), date(2026, 7, 31))
    assert newer.family == general().family


def test_another_series_makes_another_edition() -> None:
    other = general().with_series("provincial_average")
    assert other.edition == "general-2015@provincial_average"
    method = other.method("electricity_purchased")
    assert method.parameter("grid_factor").series == "provincial_average"
    assert method.edition == other.edition
    equal = other.method("tce_electricity_equal").parameter("tce_coefficient")
    assert equal.series == "equal_value"


def test_a_stated_statistical_year_is_data() -> None:
    rows = (("grid_EF", 2025, 2022),)
    edition = replace(general(), statistical_years=rows)
    assert edition.statistical_year("grid_EF", 2025) == 2022
    assert edition.statistical_year("grid_EF", 2024) is None
    assert general().statistical_years == ()
