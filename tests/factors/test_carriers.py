from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.carriers import (
    CARBON_BAND,
    CARRIERS,
    KINDS,
    Carrier,
    data_rows,
    find_carrier,
    nearest,
    plain_name,
)
from factors.catalogue import SUBSTANCE
from factors.editions import shipped_catalogue
from factors.regions import region_chain, region_name
from factors.units import UnitError, multiplier, parse_unit
from factors.vocabulary import parameter_name, series_name

STATISTICS = {
    "原煤": "raw_coal",
    "无烟煤": "anthracite",
    "烟煤": "bituminous",
    "褐煤": "lignite",
    "洗精煤": "cleaned_coal",
    "其他洗煤": "other_washed_coal",
    "型煤": "briquette",
    "焦炭": "coke",
    "焦炉煤气": "coke_oven_gas",
    "高炉煤气": "blast_furnace_gas",
    "转炉煤气": "converter_gas",
    "其他煤气": "other_gas",
    "天然气": "natural_gas",
    "液化天然气": "lng",
    "原油": "crude_oil",
    "汽油": "gasoline",
    "煤油": "kerosene",
    "柴油": "diesel",
    "燃料油": "fuel_oil",
    "液化石油气": "lpg",
    "炼厂干气": "refinery_gas",
    "石脑油": "naphtha",
    "石油焦": "petroleum_coke",
    "热力": "heat",
    "蒸汽": "steam",
    "热水": "hot_water",
    "电力": "electricity",
    "石灰石": "limestone",
    "白云石": "dolomite",
    "水泥熟料": "clinker_portland",
}

WRITTEN = {
    " 原 煤 ": "raw_coal",
    "ＬＮＧ": "lng",
    "Raw Coal": "raw_coal",
    "RAW_COAL": "raw_coal",
    "其它洗煤": "other_washed_coal",
    "天然气（标准状态）": "natural_gas",
    "电力(万千瓦时)": "electricity",
    "液化石油气（LPG）": "lpg",
    "焦炉煤气(上限)": "coke_oven_gas_high",
    "外购电": "electricity",
    "0#柴油": "diesel",
    "热力［外购］": "heat",
    "碳酸钙": "limestone",
}


@pytest.mark.parametrize(("text", "code"), [*STATISTICS.items(), *WRITTEN.items()])
def test_a_carrier_is_found_as_people_write_it(text: str, code: str) -> None:
    found = find_carrier(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", "   ", "()", "原煤和焦炭", "其中：", "煤电", "12"])
def test_a_text_that_is_no_carrier_finds_none(text: str) -> None:
    assert find_carrier(text) is None


def test_no_name_means_two_carriers() -> None:
    owners: dict[str, str] = {}
    for carrier in CARRIERS.values():
        for name in (carrier.code, carrier.name_zh, carrier.name_en, *carrier.synonyms):
            assert owners.setdefault(plain_name(name), carrier.code) == carrier.code, name


@settings(deadline=None)
@given(st.sampled_from(sorted(CARRIERS)), st.sampled_from(["", "（吨）", " (合成数据)", "【甲】"]))
def test_every_name_with_a_note_in_brackets_finds_its_carrier(code: str, note: str) -> None:
    for name in (code, CARRIERS[code].name_zh, CARRIERS[code].name_en.upper()):
        found = find_carrier(name + note)
        assert found is not None
        assert found.code == code


def test_the_nearest_names_are_offered() -> None:
    assert nearest("无烟媒")[0] == "无烟煤"
    assert "柴油" in nearest("柴油机油")
    assert nearest("") == ()


def test_a_carrier_of_a_users_own_edition_is_found_before_ours() -> None:
    own = Carrier("绿醇", "绿醇", "绿醇", "oil", "liquid")
    assert find_carrier("绿 醇", own=[own]) is own
    assert find_carrier("绿醇") is None


def test_kinds_phases_and_policies_are_complete() -> None:
    for carrier in CARRIERS.values():
        assert carrier.kind in KINDS
        assert carrier.phase in ("solid", "liquid", "gas", "energy")
        assert carrier.conversion in ("", "burned", "processed")
        assert (carrier.monthly_limit is None) == (carrier.limit_unit == "")
        assert 0 <= carrier.stock_tolerance < Decimal("0.05")
        if carrier.is_fuel:
            assert carrier.fuel_group or carrier.code.endswith(("fuels", "lpg")), carrier.code


def test_only_a_carrier_with_a_text_behind_it_reads_a_bare_cubic_metre() -> None:
    declared = {c.code: c.gas_condition for c in CARRIERS.values() if c.gas_condition}
    assert declared == {"natural_gas": "20C"}
    assert "memory" in CARRIERS["natural_gas"].condition_source


MARGIN = {"NCV": Fraction(1, 4), "carbon_content_per_heat": Fraction(1, 20)}
COLUMN = {"NCV": "ncv", "carbon_content_per_heat": "carbon_content"}
RANKS = ("anthracite", "bituminous", "coking_bituminous", "sub_bituminous", "lignite")


def _values(code: str, parameter: str, unit: str) -> list[Fraction]:
    values = []
    for factor in shipped_catalogue().find(code, parameter):
        try:
            source = parse_unit(factor.unit, substance=SUBSTANCE.get(parameter, "material"))
            if "[volume]" in source.dimension:
                source = parse_unit(factor.unit, condition="0C")
            size = multiplier(source, unit)
        except UnitError:
            continue
        bounds = (factor.lower, factor.value, factor.upper) if factor.usable else ()
        values.extend(Fraction(bound) * size for bound in bounds if bound is not None)
    return values


@pytest.mark.parametrize("code", ["anthracite", "raw_coal", "diesel", "natural_gas", "middlings"])
@pytest.mark.parametrize("parameter", list(MARGIN))
def test_bands_follow_from_the_shipped_tables_and_the_margin(code: str, parameter: str) -> None:
    ranks = {
        value
        for rank in ("raw_coal", *RANKS)
        for value in _values(rank, parameter, _unit(parameter))
    }
    for band in CARRIERS[code].bands_of(COLUMN[parameter]):
        values = _values(code, parameter, band.unit)
        if code == "raw_coal" or (code == "middlings" and len(set(values)) < 3):
            values = [*values, *ranks]
        step = Decimal(1).scaleb(band.lower.as_tuple().exponent)
        low, high = min(values) * (1 - MARGIN[parameter]), max(values) * (1 + MARGIN[parameter])
        lower = (Decimal(low.numerator) / low.denominator).quantize(step, ROUND_FLOOR)
        upper = (Decimal(high.numerator) / high.denominator).quantize(step, ROUND_CEILING)
        assert (band.lower, band.upper) == (lower, upper)


def _unit(parameter: str) -> str:
    return "GJ/t" if parameter == "NCV" else "tC/GJ"


def test_carbon_bands_stay_inside_the_global_one_and_blast_furnace_gas_may_exceed_0_075() -> None:
    for carrier in CARRIERS.values():
        for band in carrier.bands_of("carbon_content"):
            assert CARBON_BAND[0] <= band.lower < band.upper <= CARBON_BAND[1]
    (band,) = CARRIERS["blast_furnace_gas"].bands_of("carbon_content")
    assert band.holds(Decimal("0.084"))
    assert not band.holds(Decimal("0.708"))
    (coal,) = CARRIERS["bituminous"].bands_of("carbon_content")
    assert coal.holds(Decimal("0.02618"))
    assert not coal.holds(Decimal("0.02308"))


def test_the_data_say_which_columns_are_policy() -> None:
    from importlib.resources import files

    folder = files("factors") / "data"
    assert "policy of this product" in (folder / "carriers.csv").read_text(encoding="utf-8")
    assert "25 % for ncv, 5 % for carbon_content" in (folder / "bands.csv").read_text("utf-8")
    assert all(row["carrier"] in CARRIERS for row in data_rows("bands.csv"))


def test_a_region_has_one_spelling_and_lies_in_its_nation() -> None:
    assert [region_name(text) for text in ("全国", "中国", "辽宁省", "东北电网", "Texas")] == [
        "CN",
        "CN",
        "辽宁",
        "东北",
        "Texas",
    ]
    assert region_chain("沈阳市") == (
        ("沈阳", "city"),
        ("辽宁", "province"),
        ("东北", "grid"),
        ("CN", "nation"),
        ("global", "global"),
    )
    assert region_chain("") == (("CN", "nation"), ("global", "global"))
    assert region_chain("Texas") == (("Texas", "province"), ("global", "global"))


def test_one_vocabulary_for_both_ways_of_naming() -> None:
    assert parameter_name("EF", "electricity") == "grid_EF"
    assert parameter_name("EF", "heat") == "heat_EF"
    assert parameter_name("ef", "coal") == "CO2_EF"
    assert parameter_name("低位发热量") == "NCV"
    assert parameter_name("warmth") is None
    assert series_name("全国（不含市场化交易非化石电量）") == "national_ex_market_nonfossil"
    assert series_name("Regional Average Grid") == "regional_average"
    assert series_name("某口径") == "某口径"
