import itertools
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors import editions as editions_module
from factors.carriers import CARRIERS, data_rows
from factors.catalogue import (
    PRECEDENCE,
    SERIES_LEVELS,
    STANDINGS,
    Catalogue,
    Factor,
    FactorTie,
    NoFactor,
    Query,
    dimension_of,
)
from factors.editions import (
    EditionFaults,
    load_editions,
    own_carriers,
    read_edition_rows,
    shipped_catalogue,
    source_ids,
)

LOADED = {
    "aluminium-2024": 6,
    "adipic-acid-guide": 1,
    "carbonates": 11,
    "cement-2024": 12,
    "census-4430": 3,
    "cets-ag-03-2024": 96,
    "chemicals-guide": 11,
    "desnz-2025": 14,
    "epa-hub": 11,
    "equal-value-historic": 1,
    "gas-densities": 2,
    "gbt2589-2008": 26,
    "gbt2589-2020": 1,
    "gbt32150-2025": 1,
    "gbt32151.34-2024": 1,
    "gbt32151-c1": 78,
    "general-2015": 1,
    "grid-2015": 1,
    "grid-2020": 1,
    "grid-2021": 40,
    "grid-2021-notice": 1,
    "grid-2022": 40,
    "grid-2023": 40,
    "grid-reporting-2021": 1,
    "guangdong-2021": 149,
    "ipcc2006-v2-fuels": 108,
    "ipcc2006-v2-stationary": 24,
    "ipcc2006-v3": 10,
    "iron-steel-guide": 15,
    "jiangsu-2022": 4,
    "jst-303-2026": 8,
    "mee-eia-2021": 1,
    "mee-ets": 53,
    "ncsc-database-2": 6,
    "ndrc-24": 81,
    "nitric-acid-guide": 6,
    "nonferrous-guide": 6,
    "power-2021": 7,
    "power-2022": 3,
    "power-verification-2026": 4,
    "shandong-2022": 139,
    "shandong-2022-steam": 444,
    "solid-oxidation-by-device": 3,
    "wastewater-guide": 1,
}


def query(**changes: object) -> Query:
    held: dict[str, object] = {
        "parameter": "NCV",
        "carrier": "lignite",
        "first": date(2025, 3, 1),
        "last": date(2025, 3, 31),
        "tables": ("NDRC-24",),
        "region": "辽宁",
    }
    return Query(**(held | changes))  # type: ignore[arg-type]


def grid(**changes: object) -> Query:
    held: dict[str, object] = {
        "parameter": "grid_EF",
        "carrier": "electricity",
        "tables": ("grid",),
        "series": "national_average",
        "statistical": True,
        "known_by": date(2026, 4, 30),
    }
    return query(**(held | changes))


def own(**changes: object) -> Factor:
    held: dict[str, object] = {
        "edition": "合成",
        "carrier": "lignite",
        "parameter": "NCV",
        "value": Decimal("15"),
        "unit": "GJ/t",
        "factor_id": "1",
    }
    return Factor(**(held | changes))  # type: ignore[arg-type]


def test_every_edition_is_loaded_with_its_rows() -> None:
    counts = {edition.edition: len(edition.factors) for edition in load_editions()}
    assert counts == LOADED
    assert sum(counts.values()) == 1472
    assert all(len(edition.sha256) == 64 for edition in load_editions())


def test_every_source_row_is_loaded_or_says_why_not() -> None:
    loaded = list(source_ids(load_editions()))
    left_out = [row["source_id"] for row in data_rows("not_loaded.csv")]
    assert max(Counter([*loaded, *left_out]).values()) == 1
    sources = [name for name in (*loaded, *left_out) if name[0] in "GFSI" and name[1].isdigit()]
    # 1,029 rows of official texts and rules, 553 of the second-hand list.
    assert Counter(name[0] == "G" for name in sources) == {True: 1029, False: 553}
    assert {f"G{n:04d}" for n in range(1, 1030)} <= set(sources)
    assert sum(name.startswith("IPCC2006-") for name in loaded) == 108


def test_a_value_read_in_an_official_table_is_not_loaded_a_second_time() -> None:
    reasons = Counter(row["reason"] for row in data_rows("not_loaded.csv"))
    same = "the same region, carrier, parameter, series and validity is read in an official table"
    assert reasons[same] == 39
    rows = shipped_catalogue().find("electricity", "grid_EF")
    (national,) = [r for r in rows if r.edition == "grid-2023" and r.series == "national_average"]
    assert (national.factor_id, national.standing) == ("G0147", "transcribed")


def test_no_row_says_in_which_repository_it_was_read() -> None:
    for factor in shipped_catalogue().factors:
        text = " ".join((factor.publisher, factor.document, factor.clause, factor.evidence))
        assert "@" not in text
        assert not any(mark in text for mark in ("http", ".js", ".xlsx", ".com", "PDF 4", "PDF 5"))


def test_rows_of_the_second_hand_list_have_no_clause_and_say_so() -> None:
    for factor in shipped_catalogue().factors:
        if factor.factor_id.startswith(("F", "S", "I")):
            assert factor.clause == ""
    steel = shipped_catalogue().find("crude_steel", "CO2_EF")
    (read,) = [row for row in steel if row.factor_id == "G0091"]
    assert read.cite("en").endswith(", 附录A 附表A.2")
    (listed,) = [row for row in steel if row.factor_id == "F0373"]
    assert listed.cite("en").endswith("clause not recorded")
    assert listed.cite().endswith("条款未记录")


def test_every_shipped_row_has_a_unit_a_carrier_and_a_standing() -> None:
    for factor in shipped_catalogue().factors:
        assert dimension_of(factor), factor.key
        assert factor.carrier in CARRIERS
        assert factor.standing in STANDINGS
        assert factor.standing != "official"
        assert factor.table


def test_grid_announcements_are_known_from_the_end_of_their_year() -> None:
    rows = [r for r in shipped_catalogue().find("electricity", "grid_EF") if r.table == "grid"]
    known = {(r.edition, r.known_from) for r in rows}
    assert ("grid-2021", date(2024, 12, 31)) in known
    assert ("grid-2022", date(2024, 12, 31)) in known
    assert ("grid-2023", date(2025, 12, 31)) in known
    for row in rows:
        if row.known_from:
            assert "known_from is memory" in row.evidence


def test_the_catalogue_is_built_in_less_than_a_third_of_a_second() -> None:
    def build() -> float:
        editions_module.load_editions.cache_clear()
        start = time.process_time()
        Catalogue(f for edition in load_editions() for f in edition.factors)
        return time.process_time() - start

    assert min(build() for _ in range(3)) < 0.3


def test_a_search_stays_inside_the_named_tables() -> None:
    catalogue = shipped_catalogue()
    assert catalogue.resolve(query()).value == Decimal("14.449")
    assert catalogue.resolve(query(tables=("MEE-ETS",))).value == Decimal("14.759")
    assert catalogue.resolve(query(tables=("steel_A.1",))).value == Decimal("15.250")


def test_a_tie_names_both() -> None:
    with pytest.raises(FactorTie) as caught:
        shipped_catalogue().resolve(query(tables=("NDRC-24", "MEE-ETS")))
    assert {row.factor_id for row in caught.value.candidates} == {"F0005", "F0063"}
    assert "F0005" in str(caught.value)
    assert "F0063" in str(caught.value)


def test_a_gap_names_the_nearest() -> None:
    with pytest.raises(NoFactor) as caught:
        shipped_catalogue().resolve(query(tables=("steel_A.1",), first=date(2024, 1, 1)))
    assert caught.value.nearest[0].factor_id == "G0007"
    assert "2024-01-01" in str(caught.value)


def test_a_carrier_without_rows_is_answered_with_its_kin_in_the_table() -> None:
    with pytest.raises(NoFactor) as caught:
        shipped_catalogue().resolve(query(carrier="raw_coal"))
    assert {row.carrier for row in caught.value.nearest} == {"anthracite", "bituminous", "lignite"}


def test_a_suspect_row_never_resolves_and_is_named_with_the_nearest_usable() -> None:
    suspect = query(carrier="bituminous", parameter="carbon_content_per_heat", tables=("MEE-ETS",))
    with pytest.raises(NoFactor) as caught:
        shipped_catalogue().resolve(suspect)
    assert caught.value.code == "factor.suspect"
    assert [row.factor_id for row in caught.value.suspect] == ["F0004"]
    assert all(row.usable and row.carrier == "bituminous" for row in caught.value.nearest)
    assert "0.02308" in str(caught.value)


@pytest.mark.parametrize(
    ("known_by", "value"),
    [
        (date(2026, 4, 30), "0.5306"),
        (date(2025, 12, 31), "0.5306"),
        (date(2025, 12, 30), "0.5366"),
        (date(2024, 12, 30), "0.581"),
    ],
)
def test_the_latest_statistical_year_that_was_known_serves(known_by: date, value: str) -> None:
    assert shipped_catalogue().resolve(grid(known_by=known_by)).value == Decimal(value)


def test_a_stated_statistical_year_serves_whatever_came_later() -> None:
    assert shipped_catalogue().resolve(grid(statistical_year=2022)).value == Decimal("0.5366")
    with pytest.raises(FactorTie) as caught:
        shipped_catalogue().resolve(
            grid(statistical_year=2021, tables=("grid", "grid-reporting-notice"))
        )
    assert {row.value for row in caught.value.candidates} == {Decimal("0.5703"), Decimal("0.5568")}


def test_nation_and_region_are_never_alternatives() -> None:
    catalogue = shipped_catalogue()
    assert catalogue.resolve(grid(series="provincial_average")).value == Decimal("0.4878")
    assert catalogue.resolve(grid(series="regional_average")).value == Decimal("0.5122")
    with pytest.raises(NoFactor):
        catalogue.resolve(grid(series="provincial_average", region="西藏"))
    with pytest.raises(NoFactor):
        catalogue.resolve(grid(series="regional_average", region="内蒙古"))
    wrong = own(
        carrier="electricity",
        parameter="grid_EF",
        unit="tCO2/MWh",
        series="provincial_average",
        region="CN",
    )
    with pytest.raises(NoFactor):
        Catalogue([wrong]).resolve(grid(series="provincial_average", tables=("own",)))


def test_a_later_beginning_in_one_table_replaces_an_earlier_one() -> None:
    old, new = own(valid_from=date(2013, 1, 1)), own(valid_from=date(2024, 1, 1), factor_id="2")
    catalogue = Catalogue([new, old])
    assert catalogue.resolve(query(tables=("own",))) is new
    past = query(tables=("own",), first=date(2020, 1, 1), last=date(2020, 1, 31))
    assert catalogue.resolve(past) is old


def test_a_factor_must_hold_on_all_days_of_the_case() -> None:
    ends = own(valid_to=date(2025, 3, 15))
    with pytest.raises(NoFactor):
        Catalogue([ends]).resolve(query(tables=("own",)))


def test_a_factor_known_later_than_the_recording_does_not_serve() -> None:
    late = own(known_from=date(2026, 1, 1))
    with pytest.raises(NoFactor):
        Catalogue([late]).resolve(query(tables=("own",), known_by=date(2025, 12, 31)))
    assert Catalogue([late]).resolve(query(tables=("own",), known_by=date(2026, 1, 1))) is late


PLACES = {
    "facility": {"enterprise_id": "E", "facility": "boiler-1"},
    "enterprise": {"enterprise_id": "E"},
    "sector": {"sector": "manufacturing"},
    "city": {"region": "沈阳"},
    "province": {"region": "辽宁"},
    "grid": {"region": "东北"},
    "nation": {"region": "CN"},
    "global": {"region": "global"},
}


def test_the_printed_order_is_the_order_of_the_places() -> None:
    assert tuple(PLACES) == PRECEDENCE


@settings(max_examples=200, deadline=None)
@given(st.permutations(list(PLACES)), st.integers(1, len(PLACES)))
def test_the_most_specific_of_any_mixture_serves(places: list[str], taken: int) -> None:
    chosen = places[:taken]
    rows = [own(factor_id=place, **PLACES[place]) for place in chosen]
    case = query(
        tables=("own",),
        region="沈阳",
        sectors=("manufacturing",),
        enterprise_id="E",
        facility="boiler-1",
    )
    assert Catalogue(rows).resolve(case).factor_id == min(chosen, key=PRECEDENCE.index)


@settings(deadline=None)
@given(st.sampled_from(list(PLACES)))
def test_two_of_one_place_are_a_tie_even_with_one_value(place: str) -> None:
    rows = [own(factor_id=name, table=name, **PLACES[place]) for name in ("a", "b")]
    case = query(
        tables=("a", "b"),
        region="沈阳",
        sectors=("manufacturing",),
        enterprise_id="E",
        facility="boiler-1",
    )
    with pytest.raises(FactorTie):
        Catalogue(rows).resolve(case)


def test_anothers_factor_never_serves() -> None:
    rows = [own(enterprise_id="other"), own(sector="commercial"), own(region="吉林")]
    with pytest.raises(NoFactor) as caught:
        Catalogue(rows).resolve(query(tables=("own",), sectors=("manufacturing",)))
    assert len(caught.value.nearest) == 3


def test_units_of_another_dimension_do_not_serve() -> None:
    by_volume = own(unit="GJ/Nm3")
    wanted = frozenset({dimension_of(own())})
    assert Catalogue([by_volume, own()]).resolve(query(tables=("own",), dimensions=wanted)) == own()


def test_errors_and_series_are_plain_data() -> None:
    assert set(SERIES_LEVELS.values()) == {"nation", "grid", "province"}
    assert replace(own(), standing="suspect").usable is False
    assert own(facility="b", enterprise_id="E").label().startswith("合成/1 own lignite NCV b ")


# ---- a user's own edition

ROW = {
    "edition": "合成-2026",
    "publisher": "合成电网公司",
    "document": "合成数据",
    "carrier": "电力",
    "parameter": "EF",
    "value": "0.5306",
    "unit": "kgCO2/kWh",
    "region": "辽宁省",
    "series": "全国电力平均",
    "evidence": "合成凭证 1",
}


def read(*rows: dict[str, str]) -> tuple[Factor, ...]:
    return read_edition_rows(rows)


def test_a_users_edition_is_read_into_our_vocabulary() -> None:
    (factor,) = read(ROW | {"valid_from": "2018", "valid_to": "2018-02"})
    assert (factor.parameter, factor.series, factor.region, factor.carrier) == (
        "grid_EF",
        "national_average",
        "辽宁",
        "electricity",
    )
    assert (factor.valid_from, factor.valid_to) == (date(2018, 1, 1), date(2018, 2, 28))
    assert (factor.table, factor.standing, factor.factor_id) == ("own", "reported", "1")


def test_units_and_regions_of_anybody_are_taken() -> None:
    base = ROW | {"series": "", "region": "US", "carrier": "anthracite", "parameter": "EF"}
    rows = [
        base | {"unit": "kg/mmBtu", "value": "103.69"},
        base | {"unit": "kg/short ton", "value": "2602"},
        base | {"unit": "kgCO2e/short ton", "value": "2700"},
    ]
    factors = read(*rows)
    assert [factor.parameter for factor in factors] == ["CO2_EF", "CO2_EF", "CO2e_EF"]
    assert {factor.region for factor in factors} == {"US"}


def test_an_unknown_carrier_is_taken_when_the_row_says_its_kind() -> None:
    row = ROW | {"carrier": "绿醇", "series": "", "unit": "tCO2/t", "kind": "oil"}
    (factor,) = read(row)
    assert (factor.carrier, factor.parameter) == ("绿醇", "CO2_EF")
    (carrier,) = own_carriers([row])
    assert (carrier.code, carrier.kind) == ("绿醇", "oil")
    assert faults(row | {"kind": ""}) == {(1, "carrier", "edition.carrier")}


def faults(*rows: dict[str, str]) -> set[tuple[int, str, str]]:
    with pytest.raises(EditionFaults) as caught:
        read(*rows)
    assert all(fault.text(lang) for fault in caught.value.faults for lang in ("zh", "en"))
    return {(fault.row_no, fault.column, fault.code) for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": "8.363～12.545"}, ("value", "edition.number")),
        ({"value": "NaN"}, ("value", "edition.number")),
        ({"value": "=1+1"}, ("value", "edition.number")),
        ({"value": "0.1234567890123"}, ("value", "edition.number")),
        ({"value": ""}, ("value", "edition.required")),
        ({"evidence": " "}, ("evidence", "edition.required")),
        ({"unit": "GJ/t"}, ("unit", "edition.unit")),
        ({"unit": "kg/车"}, ("unit", "unit.unknown")),
        ({"series": ""}, ("series", "edition.series")),
        ({"parameter": "warmth"}, ("parameter", "edition.parameter")),
        ({"standing": "official"}, ("standing", "edition.standing")),
        ({"standing": "sure"}, ("standing", "edition.standing")),
        ({"valid_from": "yesterday"}, ("valid_from", "edition.day")),
        ({"valid_from": "2025-13"}, ("valid_from", "edition.day")),
        ({"valid_from": "2025", "valid_to": "2024"}, ("valid_to", "edition.validity")),
        ({"lower": "0.6"}, ("value", "edition.bounds")),
    ],
)
def test_what_is_wrong_with_a_row_is_said(
    changes: dict[str, str], expected: tuple[str, str]
) -> None:
    assert faults(ROW | changes) == {(1, *expected)}


def test_all_faults_of_all_rows_are_found_together() -> None:
    found = faults(ROW | {"value": "x", "unit": "GJ/t"}, ROW, ROW | {"carrier": "暖"})
    assert found == {
        (1, "value", "edition.number"),
        (1, "unit", "edition.unit"),
        (3, "carrier", "edition.carrier"),
    }


def test_rows_that_no_resolution_could_tell_apart_are_refused() -> None:
    assert faults(ROW, ROW | {"value": "0.6"}) == {(2, "", "edition.repeated")}


def test_the_shipped_editions_read_as_a_users_would() -> None:
    """The same columns and the same words: one format for everybody."""
    for edition in load_editions():
        if edition.edition in ("ndrc-24", "epa-hub", "ipcc2006-v2-fuels", "grid-2023"):
            rows = list(_as_rows(edition.factors))
            assert read_edition_rows(rows) == edition.factors


def _as_rows(factors: Iterable[Factor]) -> Iterable[dict[str, str]]:
    for factor in factors:
        held = {name: getattr(factor, name) for name in Factor.__dataclass_fields__}
        yield {name: "" if cell is None else str(cell) for name, cell in held.items()}


def test_no_two_rows_of_an_edition_are_alike() -> None:
    for edition in load_editions():
        keys = [
            (f.table, f.carrier, f.parameter, f.region, f.sector, f.series, f.valid_from, f.unit)
            for f in edition.factors
        ]
        repeated = [
            key for key, rows in itertools.groupby(sorted(keys, key=str)) if len(list(rows)) > 1
        ]
        assert repeated == []
