"""What the shipped editions say of a sector, by date: what counts, is shown, or is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from factors.carriers import find_carrier
from factors.catalogue import Catalogue
from factors.editions import read_edition_rows, shipped_catalogue
from factors.gases import co2e
from factors.method_files import missing_of, shipped_texts
from factors.methods import MethodError, load_edition, load_method_editions
from factors.plausibility import check_factors
from factors.proof import kernel, prove
from factors.resolution import (
    Case,
    NoEdition,
    NoFactor,
    OnlyDraft,
    Resolved,
    quantity_basis,
    resolve_case,
)

EDITIONS = load_method_editions()


def case(edition: str, carrier: str, flow: str, unit: str, **changes: object) -> Case:
    held: dict[str, object] = {
        "period_start": date(2025, 3, 1),
        "period_end": date(2025, 3, 31),
        "recorded_on": date(2026, 2, 1),
        "basis": quantity_basis(unit),
        "flows_beside": frozenset({flow}),
    }
    return Case(edition, carrier, flow, **(held | changes))  # type: ignore[arg-type]


def find(*args: str, catalogue: Catalogue | None = None, **changes: object) -> list[Resolved]:
    held = shipped_catalogue() if catalogue is None else catalogue
    return list(resolve_case(case(*args, **changes), EDITIONS, held))  # type: ignore[arg-type]


def ids(*args: str, **changes: object) -> list[str]:
    return [item.method.method_id for item in find(*args, **changes)]  # type: ignore[arg-type]


# ---- iron and steel


def test_steel_counts_no_bought_power_or_heat() -> None:
    for carrier, unit in (("electricity", "MWh"), ("heat", "GJ")):
        for flow in ("purchase", "consumption", "export"):
            assert ids("iron-steel", carrier, flow, unit) == []


def test_steel_multiplies_no_oxidation_rate() -> None:
    for method in EDITIONS["iron-steel-2024"].methods:
        assert "oxidation_rate" not in method.formula.names


def test_steel_rests_on_net_purchases_of_solids_and_on_consumption_of_gas() -> None:
    both = frozenset({"purchase", "consumption"})
    assert ids("iron-steel", "coke", "purchase", "t", flows_beside=both) == ["fuel_bought"]
    assert ids("iron-steel", "coke", "consumption", "t", flows_beside=both) == []
    (sold,) = find("iron-steel", "coke", "transfer_out", "t")
    assert sold.sign == -1
    assert ids("iron-steel", "natural_gas", "consumption", "1e4Nm3") == ["gas"]
    own = frozenset({"consumption", "conversion_output"})
    assert ids("iron-steel", "coke_oven_gas", "consumption", "1e4Nm3", flows_beside=own) == []


def test_steel_takes_off_what_is_kept_in_products() -> None:
    for carrier, flow, factor in (
        ("crude_steel", "product", "0.037"),
        ("pig_iron", "transfer_out", "0.172"),
        ("crude_benzol", "transfer_out", "3.382"),
        ("coal_tar", "transfer_out", "2.699"),
    ):
        (item,) = find("iron-steel", carrier, flow, "t")
        assert (item.sign, item.parameter("carbon_factor").value) == (-1, Decimal(factor))
    # pig iron that is made, and not sold, is neither
    assert ids("iron-steel", "pig_iron", "product", "t") == []


# ---- power


def test_power_of_2026_keeps_bought_electricity_outside_the_total() -> None:
    days = {"period_start": date(2026, 3, 1), "period_end": date(2026, 3, 31)}
    days |= {"recorded_on": date(2026, 4, 10)}
    (item,) = find("power", "electricity", "purchase", "MWh", **days)
    assert (item.method.edition, item.method.output.counted) == ("power-2026", False)
    with pytest.raises(OnlyDraft) as caught:
        find("power", "bituminous", "consumption", "t", **days)
    assert "31 October" in caught.value.text("en")


def test_power_of_2021_counts_it() -> None:
    days = {"period_start": date(2021, 3, 1), "period_end": date(2021, 3, 31)}
    (item,) = find("power", "electricity", "purchase", "MWh", **days)
    assert item.method.output.counted
    assert item.parameter("grid_factor").value == Decimal("0.5810")


def test_years_between_have_only_a_draft_and_it_is_named() -> None:
    days = {"period_start": date(2023, 3, 1), "period_end": date(2023, 3, 31)}
    with pytest.raises(NoEdition) as caught:
        find("power", "bituminous", "consumption", "t", **days)
    for lang in ("zh", "en"):
        assert "power-2022 (draft, 2022-01-01~2025-12-31)" in caught.value.text(lang)


@pytest.mark.parametrize(
    ("edition", "day", "would"),
    [
        ("power-2021", date(2026, 5, 1), "power-2026 (active, 2026-01-01~)"),
        ("general-2015", date(2026, 7, 1), "general-2025 (active, 2026-07-01~)"),
        ("carbon-materials-2024", date(2024, 5, 1), "general-2015 (active, ~2026-06-30)"),
        ("iron-steel-2024", date(2025, 1, 1), "general-2015 (active, ~2026-06-30)"),
    ],
)
def test_outside_its_validity_the_one_that_would_apply_is_named(
    edition: str, day: date, would: str
) -> None:
    with pytest.raises(NoEdition) as caught:
        find(edition, "diesel", "consumption", "t", period_start=day, period_end=day)
    assert f"What would apply on those days: {would}" in caught.value.text("en")


# ---- aluminium, acids, mass balance


def test_the_anode_effect_in_co2e() -> None:
    found = {
        i.method.output.measure: i for i in find("aluminium", "primary_aluminium", "product", "t")
    }
    assert set(found) == {"CO2", "CF4", "C2F6"}
    tonnes = {
        gas: Fraction(kernel(item, prove(item, {"quantity": "t"})).quanta({"quantity": 1}), 10**12)
        for gas, item in found.items()
        if gas != "CO2"
    }
    total = sum(co2e(EDITIONS["aluminium-2024"].gwp_edition, gas, n) for gas, n in tonnes.items())
    assert total == Fraction("0.02") / 1000 * 6630 + Fraction("0.0011") / 1000 * 11100


def test_the_process_of_nitric_acid_is_in_its_name() -> None:
    assert find_carrier("硝酸（双加压法）") is find_carrier("nitric_acid_dual_pressure")
    (item,) = find("nitric-adipic", "nitric_acid_dual_pressure", "product", "t")
    assert item.parameter("nitrous_factor").value == Decimal("0.008")
    with pytest.raises(NoFactor):
        find("nitric-adipic", "nitric_acid", "product", "t")


def test_a_balance_of_carbon_closes() -> None:
    """100 t of methanol made of itself and sent on leaves nothing."""
    total = Fraction(0)
    for flow, quantity in (("feedstock", 100), ("product", 70), ("transfer_out", 30)):
        (item,) = find("chemicals", "methanol", flow, "t")
        total += kernel(item, prove(item, {"quantity": "t"})).exact({"quantity": quantity})
    assert total == 0


def test_provinces_keep_their_own_tables() -> None:
    here = {"region": "广东"}
    (item,) = find("guangdong", "electricity", "purchase", "MWh", **here)
    assert item.parameter("grid_factor").value == Decimal("6.379")
    with pytest.raises(NoFactor):
        find("guangdong", "electricity", "purchase", "MWh", region="辽宁")
    values = {}
    for family, region in (("general", "CN"), ("shandong", "山东")):
        values[family] = find(family, "anthracite", "consumption", "t", region=region)[0]
    assert values["general"].parameter("ncv").value == Decimal("24.515")
    assert values["shandong"].parameter("ncv").value == Decimal("26.7")


# ---- drafts and declarations


def test_every_unread_text_says_what_is_missing() -> None:
    lacking = {name for name, text in shipped_texts().items() if missing_of(text) != ("", "")}
    expected = {f"{e.edition}.toml" for e in EDITIONS.values() if e.drafts or e.state == "draft"}
    assert lacking == expected
    for edition in EDITIONS.values():
        if edition.state == "draft":
            assert edition.clause == ""


def test_nothing_shipped_calls_itself_official() -> None:
    assert not [e.edition for e in EDITIONS.values() if e.standing == "official"]
    assert not [m.key for e in EDITIONS.values() for m in e.methods if m.standing == "official"]


ROUNDED = shipped_texts()["market-platform-form.toml"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('of = ["ncv", "carbon_content"]', 'of = ["ncv"]', "method.product"),
        ('of = ["ncv", "carbon_content"]', 'of = ["ncv", "oxidation_rate"]', "method.dimension"),
        ('of = ["ncv", "carbon_content"]', 'of = ["ncv", "nothing"]', "method.parameter"),
        ("digits = 2", "digits = 13", "method.product"),
        ('measured = "ncv"', 'measured = "ncv"\nof = ["co2_per_c", "ncv"]', "method.product"),
    ],
)
def test_a_wrong_product_is_not_loaded(old: str, new: str, code: str) -> None:
    assert old in ROUNDED
    with pytest.raises(MethodError) as caught:
        load_edition(ROUNDED.replace(old, new, 1))
    assert code in [fault.code for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("rule", "digits", "expected"),
    [("half_up", 2, "5.96"), ("half_up", 4, "5.9642"), ("half_even", 6, "5.964229")],
)
def test_digits_and_rule_are_the_editions(rule: str, digits: int, expected: str) -> None:
    text = ROUNDED.replace('rule = "half_up"', f'rule = "{rule}"')
    edition = load_edition(text.replace("digits = 2", f"digits = {digits}"))
    wanted = case(edition.edition, "natural_gas", "consumption", "1e4Nm3")
    (item,) = resolve_case(wanted, {edition.edition: edition}, shipped_catalogue())
    assert item.parameter("carbon_per_unit").value == Decimal(expected)


def test_a_half_goes_up_or_to_even_as_the_edition_says() -> None:
    """A heating value that was measured so that the product is 5.525 exactly: 5.53, or 5.52."""
    found = {}
    for rule in ("half_up", "half_even"):
        edition = load_edition(ROUNDED.replace('rule = "half_up"', f'rule = "{rule}"'))
        wanted = case(
            edition.edition,
            "natural_gas",
            "consumption",
            "1e4Nm3",
            measured=frozenset({"ncv", "carbon_content"}),
            values=(("ncv", "340", "GJ/1e4Nm3"), ("carbon_content", "0.01625", "tC/GJ")),
        )
        (item,) = resolve_case(wanted, {edition.edition: edition}, shipped_catalogue())
        found[rule] = item.parameter("carbon_per_unit").value
    assert found == {"half_up": Decimal("5.53"), "half_even": Decimal("5.52")}


# ---- errors of public software, as a user's file would bring them


@pytest.mark.parametrize(
    ("carrier", "parameter", "value", "unit", "code"),
    [
        ("无烟煤", "单位热值含碳量", "0.274", "tC/GJ", "check.carbon_band"),
        ("天然气", "折标准煤系数", "0.0013", "kgce/m3", "check.tce"),
        ("油田天然气", "折标准煤系数", "0.33", "kgce/m3", "check.tce"),
        ("液化石油气", "折标准煤系数", "0.7143", "kgce/kg", "check.tce"),
        ("炼厂干气", "折标准煤系数", "0.5714", "kgce/kg", "check.tce"),
        ("煤油", "折标准煤系数", "1.4286", "kgce/kg", "check.tce"),
        ("电力", "折标准煤系数", "4.04", "kgce/kWh", "check.equal_value"),
        ("烟煤", "单位热值含碳量", "0.02308", "tC/GJ", "check.carrier_band"),
    ],
)
def test_an_import_finds_the_errors_of_public_software(
    carrier: str, parameter: str, value: str, unit: str, code: str
) -> None:
    row = {
        "edition": "合成",
        "publisher": "合成",
        "document": "合成数据",
        "evidence": "合成",
        "carrier": carrier,
        "parameter": parameter,
        "value": value,
        "unit": unit,
    }
    (finding,) = check_factors(read_edition_rows([row]))
    assert finding.code == code
