"""No carbon is counted or taken off twice, none is left out in silence, no draft calculates."""

from datetime import date
from fractions import Fraction

import pytest

from factors.resolution import NeedsMeasured, NoEdition, NoFactor, OnlyDraft
from tests.factors.booked_row import CO2_PER_C, EDITIONS, Y2024, Y2026, book, quanta


def test_own_coke_is_not_counted_beside_the_coal_it_was_made_of() -> None:
    """A works that buys 1,400 t of cleaned coal, makes 1,000 t of coke of it and uses that."""
    coal_flows = ("purchase", "conversion_input")
    coke_flows = ("consumption", "conversion_output")
    total: dict[str, int] = {}
    for carrier, flow, beside, tonnes in (
        ("cleaned_coal", "purchase", coal_flows, "1400"),
        ("cleaned_coal", "conversion_input", coal_flows, "1400"),
        ("coke", "conversion_output", coke_flows, "1000"),
        ("coke", "consumption", coke_flows, "1000"),
    ):
        total |= book("iron-steel", carrier, flow, tonnes, "t", beside=beside)
    assert sum(total.values()) == quanta(
        1400 * Fraction("26.344") * Fraction("0.02541") * CO2_PER_C
    )


def test_coal_that_is_coked_counts_where_no_purchase_is_sent() -> None:
    found = book("iron-steel", "cleaned_coal", "conversion_input", "1400", "t")
    assert sum(found.values()) == quanta(
        1400 * Fraction("26.344") * Fraction("0.02541") * CO2_PER_C
    )


def test_bought_gas_counts_beside_own_gas() -> None:
    flows = ("purchase", "recovery", "consumption")
    found = [
        book("iron-steel", "converter_gas", flow, "100", "1e4Nm3", beside=flows) for flow in flows
    ]
    exact = 100 * Fraction("84.000") * Fraction("0.04960") * CO2_PER_C
    assert [sum(item.values()) for item in found] == [quanta(exact), 0, 0]


@pytest.mark.parametrize("carrier", ["blast_furnace_gas", "converter_gas"])
def test_gas_recovered_from_a_process_is_not_burned_twice(carrier: str) -> None:
    """Its carbon was counted with the coke; its energy is taken off and put back."""
    beside = ("recovery", "consumption")
    for flow in beside:
        found = book("general", carrier, flow, "100", "1e4Nm3", beside=beside)
        assert not [name for name in found if name.startswith("fuel_e") or name == "fuel_heat"]
    alone = book("general", carrier, "consumption", "100", "1e4Nm3")
    assert "fuel_heat" in alone


@pytest.mark.parametrize(("edition", "region"), [("shandong", "山东"), ("guangdong", "广东")])
def test_pig_iron_bought_and_charged_counts_once(edition: str, region: str) -> None:
    flows = ("purchase", "process_input")
    found = [
        sum(book(edition, "pig_iron", flow, "100", "t", beside=flows, region=region).values())
        for flow in flows
    ]
    factor = Fraction("0.172") if edition == "shandong" else Fraction("0.041") * CO2_PER_C
    assert found == [quanta(100 * factor), 0]


@pytest.mark.parametrize(
    ("edition", "region", "coal_carbon", "coke_ncv", "coke_carbon"),
    [
        ("chemicals", "CN", "0.0254", "28.446", "0.0294"),
        ("shandong", "山东", "0.02541", "28.435", "0.0295"),
    ],
)
def test_coking_closes_its_balance(
    edition: str, region: str, coal_carbon: str, coke_ncv: str, coke_carbon: str
) -> None:
    """Coke that is made is taken off, and the coal that it was made of comes in."""
    came_in = book(edition, "cleaned_coal", "conversion_input", "1400", "t", region=region)
    went_out = book(edition, "coke", "conversion_output", "1000", "t", region=region)
    assert sum(came_in.values()) == quanta(
        1400 * Fraction("26.344") * Fraction(coal_carbon) * CO2_PER_C
    )
    assert sum(went_out.values()) == quanta(
        -1000 * Fraction(coke_ncv) * Fraction(coke_carbon) * CO2_PER_C
    )


def test_a_product_that_is_sold_is_taken_off_once() -> None:
    for edition, region, carrier in (
        ("chemicals", "CN", "methanol"),
        ("shandong", "山东", "methanol"),
        ("guangdong", "广东", "crude_steel"),
    ):
        flows = ("product", "transfer_out")
        found = [
            sum(book(edition, carrier, flow, "70", "t", beside=flows, region=region).values())
            for flow in flows
        ]
        assert found[0] < 0
        assert found[1] == 0
        # without a product of its own, what is sent on is carbon that leaves
        assert sum(book(edition, carrier, "transfer_out", "70", "t", region=region).values()) < 0


def test_fuels_that_an_edition_cannot_calculate_are_refused_and_not_nothing() -> None:
    with pytest.raises(OnlyDraft):
        book("jiangsu", "anthracite", "consumption", "1", "t", region="江苏")
    with pytest.raises(NoFactor):
        book("ipcc2006", "natural_gas", "consumption", "1", "1e4Nm3", sector="C31")
    with pytest.raises(NoFactor):
        book("heating", "limestone", "process_input", "1", "t")
    with pytest.raises(OnlyDraft):
        book("aluminium", "natural_gas", "consumption", "1", "1e4Nm3", **Y2024)
    with pytest.raises(NeedsMeasured):
        book("guangdong", "anthracite", "consumption", "1", "t", region="广东")


@pytest.mark.parametrize(
    "edition", sorted(name for name, held in EDITIONS.items() if held.state == "draft")
)
def test_a_draft_edition_calculates_nothing(edition: str) -> None:
    for carrier, flow, unit in (
        ("diesel", "consumption", "t"),
        ("electricity", "purchase", "MWh"),
        ("limestone", "process_input", "t"),
    ):
        with pytest.raises(NoEdition):
            book(edition, carrier, flow, "1", unit, **Y2026)


@pytest.mark.parametrize(
    "edition",
    sorted(name for name, held in EDITIONS.items() if held.applies_from or held.applies_to),
)
def test_a_day_outside_its_validity_is_refused(edition: str) -> None:
    held = EDITIONS[edition]
    if held.applies_from:
        day = date.fromordinal(held.applies_from.toordinal() - 1)
        with pytest.raises(NoEdition):
            book(edition, "diesel", "consumption", "1", "t", period_start=day, period_end=day)
    if held.applies_to:
        day = date.fromordinal(held.applies_to.toordinal() + 1)
        with pytest.raises(NoEdition):
            book(edition, "diesel", "consumption", "1", "t", period_start=day, period_end=day)
