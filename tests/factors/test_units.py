import json
import pickle
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import messages
from factors.spellings import SUBSTANCES, definitions, spellings
from factors.unit_grammar import LONGEST
from factors.units import (
    DimensionError,
    Unit,
    UnitError,
    multiplier,
    parse_unit,
    prove,
    same_dimension,
)

CASES = Path(__file__).parents[1] / "cases" / "accounting.json"

READ = {
    # mass
    "吨": "t",
    "万吨": "10000*t",
    "kg": "kg",
    "千克": "kg",
    "公斤": "kg",
    "KG": "kg",
    "ｋｇ": "kg",
    "千吨": "kt",
    "百万吨": "Mt",
    "short ton": "short_ton",
    "短吨": "short_ton",
    "吨（t）": "t",
    " 吨\u3000": "t",
    "t clinker": "t",
    # substances
    "tC": "tC",
    "吨碳": "tC",
    "tCO2": "tCO2",
    "tCO₂": "tCO2",
    "吨二氧化碳": "tCO2",
    "万吨二氧化碳": "10000*tCO2",
    "tCO2-e": "tCO2e",
    "吨CO2当量": "tCO2e",
    "kgHFC-134a": "kgHFC134a",
    "tce": "tce",
    "TCE": "tce",
    "吨标准煤": "tce",
    "吨标煤": "tce",
    "万吨标煤": "10000*tce",
    "kgce": "kgce",
    "千克标准煤": "kgce",
    "gce": "gce",
    # volume
    "立方米": "m3",
    "m³": "m3",
    "㎥": "m3",
    "M3": "m3",
    "万立方米": "10000*m3",
    "10⁴m³": "10000*m3",
    "×10⁴m³": "10000*m3",
    "Nm3": "Nm3",
    "NM3": "Nm3",
    "标准立方米": "Nm3",
    "标立方米": "Nm3",
    "万Nm³": "10000*Nm3",
    "10^4Nm3": "10000*Nm3",
    "1e4Nm3": "10000*Nm3",
    "10000 Nm3": "10000*Nm3",
    "10,000 Nm3": "10000*Nm3",
    "10 ** 4 Nm3": "10000*Nm3",
    "千标立方米": "1000*Nm3",
    "万m³（标况）": "10000*Nm3",
    "Ｎ㎥": "Nm3",
    "克标准煤/千瓦时": "gce/kWh",
    "大卡/千克": "kcal/kg",
    "m³(0℃)": "Nm3",
    "m³（20℃）": "m3_20",
    "m³（20℃，101.325kPa）": "m3_20",
    "升": "L",
    "L": "L",
    "litre": "L",
    "gal": "gal",
    "scf": "scf",
    # energy
    "kWh": "kWh",
    "KWH": "kWh",
    "千瓦时": "kWh",
    "千瓦·时": "h*kW",
    "度": "kWh",
    "万千瓦时": "10000*kWh",
    "万kWh": "10000*kWh",
    "万度": "10000*kWh",
    "亿千瓦时": "100000000*kWh",
    "MWh": "MWh",
    "兆瓦时": "MWh",
    "GJ": "GJ",
    "吉焦": "GJ",
    "百万千焦": "1000000*kJ",
    "MJ": "MJ",
    "千焦": "kJ",
    "大卡": "kcal",
    "kcal": "kcal",
    "千卡": "kcal",
    "mmBtu": "mmBtu",
    "MMBTU": "mmBtu",
    "kWh (Gross CV)": "kWh_gross",
    # the rest
    "℃": "degC",
    "°C": "degC",
    "MPa": "MPa",
    "MPa(绝压)": "MPa",
    "MPa（表压）": "MPa_gauge",
    "元": "CNY",
    "万元": "10000*CNY",
    "亿元": "100000000*CNY",
    "万元（人民币）": "10000*CNY",
    "%": "percent",
    "％": "percent",
    "-": "1",
    "—": "1",
    "1": "1",
    "无量纲": "1",
    "吨公里": "tkm",
    "万㎡": "10000*m2",
    "weight cases": "weight_case",
    "years": "year",
}

FACTOR_UNITS = {
    "GJ/1e4Nm3": "GJ/(10000*Nm3)",
    "GJ/10⁴Nm³": "GJ/(10000*Nm3)",
    "GJ/10^4Nm3": "GJ/(10000*Nm3)",
    "GJ/万Nm³": "GJ/(10000*Nm3)",
    "GJ/t": "GJ/t",
    "MJ/t": "MJ/t",
    "MJ/1e4m3": "MJ/(10000*m3)",
    "kJ/kg": "kJ/kg",
    "kJ/(kg·℃)": "kJ/(degC*kg)",
    "kJ/(kg·K)": "kJ/(degC*kg)",
    "kJ/kgce": "kJ/kgce",
    "tC/GJ": "tC/GJ",
    "tC/TJ": "tC/TJ",
    "kgC/GJ": "kgC/GJ",
    "gC/MJ": "gC/MJ",
    "gCO2/MJ": "gCO2/MJ",
    "tC/t": "tC/t",
    "tC/tAl": "tC/t",
    "tC/1e4Nm3": "tC/(10000*Nm3)",
    "kgCO2/kWh": "kgCO2/kWh",
    "tCO2/1e4kWh": "tCO2/(10000*kWh)",
    "tCO2/MWh": "tCO2/MWh",
    "tCO2/GJ": "tCO2/GJ",
    "tCO2/t clinker": "tCO2/t",
    "tCO2/t carbonate": "tCO2/t",
    "tCO2/t pure": "tCO2/t",
    "tCO2/tkm": "tCO2/tkm",
    "tCO2/1e4 weight cases": "tCO2/(10000*weight_case)",
    "kgCO2e/L": "kgCO2e/L",
    "kgCO2e/litre": "kgCO2e/L",
    "kgCO2e/m3": "kgCO2e/m3",
    "kgCO2e/kWh gross": "kgCO2e/kWh_gross",
    "kgCO2e/kWh net": "kgCO2e/kWh",
    "tCO2e/t": "tCO2e/t",
    "tN2O/t HNO3": "tN2O/t",
    "kgN2O/tHNO3": "kgN2O/t",
    "kgCF4/tAl": "kgCF4/t",
    "kgC2F6/tAl": "kgC2F6/t",
    "kgCH4/kgCOD": "kgCH4/kg",
    "kg/mmBtu": "kg/mmBtu",
    "g/mmBtu": "g/mmBtu",
    "kg/TJ": "kg/TJ",
    "kg/gal": "kg/gal",
    "kg/scf": "kg/scf",
    "kgce/kg": "kgce/kg",
    "kgce/m3": "kgce/m3",
    "kgce/kWh": "kgce/kWh",
    "kgce/MJ": "kgce/MJ",
    "吨标准煤/万元": "tce/(10000*CNY)",
    "万吨标准煤/万元": "tce/CNY",
    "GJ·t⁻¹": "GJ/t",
    "W·m⁻²": "W/m2",
    "kg/m^3": "kg/m3",
    "t/h": "t/h",
}

# unit → a reading that the refusal must name ('' where none is like it)
REFUSED = {
    "C": "degC",
    "Tt": "t",
    "a": "year",
    "t/a": "year",
    "ton": "short_ton",
    "MT": "Mt",
    "mt": "Mt",
    "MTCO2e": "tCO2e",
    "mJ": "MJ",
    "mWh": "MWh",
    "Cal": "kcal",
    "MBtu": "mmBtu",
    "K": "degC",
    "℉": "degC",
    "吨煤": "tce",
    "t coal": "tce",
    "蒸吨": "t/h",
    "工况立方米": "Nm3",
    "Sm3": "Nm3",
    "Nm3(20℃)": "",
    "吨(kg)": "",
    "加仑": "imp_gal",
    "Mcf": "scf",
    "¥": "CNY",
    "kgal": "gal",
    "tCO2/kWg": "kWh",
    "千瓦是": "kW",
    "natural days": "",
    "GJ/t or GJ/1e4Nm3": "",
    "% of due allowances": "",
    "万": "",
    "100": "",
    "万吨/吨": "",
    "t^9·t^9": "",
    "m·m": "",
    "GJ/": "",
    "/t": "",
    "((t": "",
    "t)": "",
    "^2": "",
    "": "kWh",
    "\u3000": "kWh",
}


@pytest.mark.parametrize(("text", "expression"), (READ | FACTOR_UNITS).items())
def test_reads_what_people_write(text: str, expression: str) -> None:
    unit = parse_unit(text)
    assert unit.expression == expression
    assert unit.text == text


@pytest.mark.parametrize("text", READ | FACTOR_UNITS)
def test_an_expression_reads_back_to_itself(text: str) -> None:
    unit = parse_unit(text)
    again = parse_unit(unit.expression)
    assert (again.expression, again.dimension) == (unit.expression, unit.dimension)
    assert unit.expression.isascii()


@pytest.mark.parametrize(("text", "named"), REFUSED.items())
def test_refuses_and_names_what_may_have_been_meant(text: str, named: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    if named:
        assert named in str(caught.value.facts["nearest"]).split(", ")
    assert caught.value.exit_code == 1
    for lang in messages.LANGUAGES:
        assert "{" not in caught.value.text(lang)


@pytest.mark.parametrize(
    "text", ["104Nm3", "GJ/104Nm3", "2kWh", "10e4Nm3", "1.5t", "10^13t", "0t", "万亿亿t"]
)
def test_only_powers_of_ten_stand_in_a_unit(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert caught.value.code == "unit.number"


def test_several_units_below_the_line_need_brackets() -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit("kJ/kg·℃")
    assert caught.value.code == "unit.brackets"


def test_a_sentence_is_not_a_unit() -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit("吨" * 100_000)
    assert len(str(caught.value)) < 10 * LONGEST


def test_plain_pint_falls_into_the_traps_that_are_closed_here() -> None:
    plain = pint.UnitRegistry(cache_folder=None)
    assert plain.parse_units("kt") == plain.knot
    assert plain.parse_units("C") == plain.coulomb
    assert plain.parse_units("a") == plain.year
    assert plain.parse_units("Tt") == plain.tex
    assert multiplier("kt", "t") == 1000
    assert not same_dimension("kt", "km/h")
    for trap in ("C", "a", "Tt"):
        with pytest.raises(UnitError):
            parse_unit(trap)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("万千瓦时", "GJ", Fraction(36)),
        ("万度", "MWh", Fraction(10)),
        ("百万千焦", "GJ", Fraction(1)),
        ("大卡", "kJ", Fraction("4.1868")),
        ("mmBtu", "GJ", Fraction("1.05505585262")),
        ("short ton", "kg", Fraction("907.18474")),
        ("gal", "L", Fraction("3.785411784")),
        ("bbl", "gal", Fraction(42)),
        ("千标立方米", "Nm3", Fraction(1000)),
        ("m³(20℃)", "Nm3", Fraction("273.15") / Fraction("293.15")),
        ("GJ/10⁴Nm³", "GJ/Nm3", Fraction(1, 10_000)),
        ("gC/MJ", "tC/GJ", Fraction(1, 1000)),
        ("tC/TJ", "tC/GJ", Fraction(1, 1000)),
        ("kJ/kg", "GJ/t", Fraction(1, 1000)),
        ("tCO2/1e4kWh", "kgCO2/kWh", Fraction(1, 10)),
        ("kW·h", "kWh", Fraction(1)),
        ("tce/万元", "kgce/元", Fraction(1, 10)),
        ("%", "-", Fraction(1, 100)),
        ("‰", "%", Fraction(1, 10)),
        ("degC", "℃", Fraction(1)),
    ],
)
def test_multipliers_are_exact(source: str, target: str, expected: Fraction) -> None:
    found = multiplier(source, target)
    assert type(found) is Fraction
    assert found == expected


def test_a_heating_value_is_no_conversion() -> None:
    with pytest.raises(DimensionError):
        multiplier("kgce", "kJ")
    assert prove(["kgce", "kJ/kgce"], "kJ") == 1


def test_a_volume_of_gas_converts_only_with_its_condition() -> None:
    with pytest.raises(DimensionError) as caught:
        multiplier("m3", "Nm3")
    assert "m3_20" in caught.value.facts["nearest"]
    assert multiplier(parse_unit("万m3", condition="0C"), "Nm3") == 10_000
    at_20 = parse_unit("m³", condition="20C")
    assert multiplier(at_20, "Nm3") == Fraction(27315, 29315)
    assert parse_unit("GJ/m3", condition="20C").expression == "GJ/m3_20"
    assert parse_unit("Nm3", condition="20C").expression == "Nm3"
    assert not same_dimension("scf", "Nm3")


def test_gross_and_net_heat_are_two_things() -> None:
    assert not same_dimension("kWh gross", "kWh")
    assert same_dimension("kWh net", "kWh")


def test_a_bare_mass_above_the_line_is_of_the_substance_named() -> None:
    unit = parse_unit("kg/mmBtu", substance="CO2")
    assert unit.expression == "kgCO2/mmBtu"
    assert parse_unit("t/t", substance="C").dimension == "[mass_C]/[mass_material]"
    assert parse_unit("tC", substance="CO2").expression == "tC"
    assert parse_unit("t product", substance="CO2").expression == "t"
    assert parse_unit("万吨", substance="tce").expression == "10000*tce"


def test_an_unknown_substance_or_condition_is_refused() -> None:
    with pytest.raises(UnitError, match="'coal'"):
        parse_unit("t", substance="coal")
    with pytest.raises(UnitError, match="'15C'"):
        parse_unit("m3", condition="15C")


def test_proves_the_formula_of_fuel_combustion() -> None:
    terms = ["万吨", "kJ/kg", "tC/GJ", "%", "tCO2/tC"]
    # 10^4 t × 10^-3 GJ/t each × 10^-2, in grams of CO2
    assert prove(terms, "gCO2") == Fraction(10**4) / 10**3 / 10**2 * 10**6
    with pytest.raises(DimensionError) as caught:
        prove(["t", "GJ/Nm3", "tC/GJ", "%", "tCO2/tC"], "tCO2")
    assert caught.value.facts["dimension"] == "[mass_CO2]*[mass_material]/[gas_volume]"
    with pytest.raises(DimensionError):
        prove(["t", "GJ/t", "tC/GJ", "%"], "tCO2")


def test_every_spelling_stands_for_one_unit_only() -> None:
    words = [word for name, _, others in definitions() for word in {name, *others}]
    assert len(words) == len(set(words))
    for name, _, others in definitions():
        for word in others:
            # 米3 and the like are what the clean-up makes of 米³
            assert parse_unit(word).expression == name, word


def test_no_definition_joins_two_substances() -> None:
    kilograms = [parse_unit("kg" + suffix) for suffix in SUBSTANCES.values()]
    assert len({unit.dimension for unit in kilograms}) == len(kilograms) == len(SUBSTANCES)
    bases = [name for name, relation, _ in definitions() if relation.startswith("[")]
    assert {unit.expression for unit in kilograms} <= set(bases)


def test_errors_survive_pickling_and_both_languages_hold_the_facts() -> None:
    with pytest.raises(DimensionError) as caught:
        multiplier("tce", "GJ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is DimensionError
    assert isinstance(again, ValueError)
    assert (again.code, again.facts) == (caught.value.code, caught.value.facts)
    assert all("[mass_standard_coal]" in again.text(lang) for lang in messages.LANGUAGES)


def test_a_unit_survives_another_process() -> None:
    unit = pickle.loads(pickle.dumps(Unit("万千瓦时", "10000*kWh", "[energy]")))
    script = "import pickle, sys; from factors.units import multiplier; "
    script += "print(multiplier(pickle.loads(sys.stdin.buffer.read()), 'MWh'))"
    found = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(unit), capture_output=True, check=True
    )
    assert found.stdout.decode().strip() == "10"


def test_importing_units_does_not_load_pint() -> None:
    script = "import sys, factors.units; print('pint' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert found.stdout.decode().strip() == "False"


# Properties ---------------------------------------------------------------------------------

GROUPS = (
    ("t", "kg", "吨", "万吨", "short ton", "lb", "mg"),
    ("tCO2", "kgCO2", "gCO2", "MtCO2", "万吨二氧化碳"),
    ("kWh", "万度", "GJ", "大卡", "mmBtu", "TJ", "kW·h", "Btu"),
    ("Nm3", "万Nm³", "m³(20℃)", "千标立方米"),
    ("m3", "L", "gal", "bbl", "ft3"),
    ("GJ/t", "kJ/kg", "MJ/t", "kcal/kg", "mmBtu/short ton"),
    ("tC/GJ", "gC/MJ", "tC/TJ", "kgC/mmBtu"),
    ("元", "万元", "亿元"),
)
SAME = st.sampled_from(GROUPS).flatmap(lambda group: st.tuples(*[st.sampled_from(group)] * 3))


@given(SAME)
def test_conversions_go_back_and_chain(units: tuple[str, str, str]) -> None:
    first, second, third = units
    assert multiplier(first, second) * multiplier(second, first) == 1
    assert multiplier(first, second) * multiplier(second, third) == multiplier(first, third)
    assert multiplier(first, first) == 1


@given(st.sampled_from(GROUPS), st.sampled_from(GROUPS), st.data())
def test_groups_never_mix(
    one: tuple[str, ...], other: tuple[str, ...], data: st.DataObject
) -> None:
    first, second = data.draw(st.sampled_from(one)), data.draw(st.sampled_from(other))
    assert same_dimension(first, second) == (one is other)


@given(st.sampled_from(sorted(READ | FACTOR_UNITS)), st.data())
def test_full_width_forms_and_spaces_change_nothing(text: str, data: st.DataObject) -> None:
    wide = "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and data.draw(st.booleans()) else char
        for char in text
    )
    assert parse_unit(f" \u3000{wide}\t").expression == parse_unit(text).expression


def outcome(text: str) -> Unit | UnitError:
    try:
        return parse_unit(text)
    except UnitError as refusal:
        return refusal


@settings(max_examples=300)
@given(
    st.text(max_size=100)
    | st.text(alphabet="吨万吨kgtCO2eWhGJNm3/·()^*10℃%-. ³⁴千百煤标准")
    | st.lists(st.sampled_from(sorted(spellings())), max_size=4).map("/".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    found = outcome(text)
    if isinstance(found, UnitError):
        assert found.text("zh") != found.text("en")
    else:
        assert parse_unit(found.expression).expression == found.expression
        assert multiplier(found, found.expression) == 1


# Worked cases --------------------------------------------------------------------------------


def worked(case_id: str) -> dict[str, object]:
    found = {case["id"]: case for case in json.loads(CASES.read_text(encoding="utf-8"))}
    return found[case_id]


@pytest.mark.case("C10")
def test_worked_conversions() -> None:
    case = worked("C10")
    inputs, expected = case["inputs"], case["expected"]
    assert isinstance(inputs, dict)
    assert isinstance(expected, list)
    assert len(inputs["list"]) == len(expected) == 4
    for conversion, result in zip(inputs["list"], expected, strict=True):
        amount, target = conversion.split("->")
        value, unit = amount.split(" ")
        assert Fraction(Decimal(value)) * multiplier(unit, target) == Fraction(Decimal(result))


@pytest.mark.case("C11")
def test_worked_refusal_of_megawatt_hours_for_a_mass_of_co2() -> None:
    case = worked("C11")
    inputs = case["inputs"]
    assert isinstance(inputs, dict)
    assert (inputs["quantity"], case["expected"]) == ("CO2 mass", "ERROR")
    with pytest.raises(DimensionError) as caught:
        multiplier(inputs["unit"], "tCO2")
    assert caught.value.facts["unit"] == "MWh"
    assert caught.value.facts["target"] == "tCO2"
