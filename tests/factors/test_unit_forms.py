"""One factor in several forms: per tonne, heat, kilowatt hour, litre, cubic metre, gross and net.
Two forms of one substance differ by a heating value or a density; the bounds of these, from the
digits as printed, must meet wherever the texts print the way round twice."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest

from factors.catalogue import Factor
from factors.editions import shipped_catalogue
from factors.units import multiplier

ROWS = {row.factor_id: row for row in shipped_catalogue().factors}


def bounds(factor_id: str, unit: str) -> tuple[Fraction, Fraction]:
    """Between what the printed digits say the value lies, in `unit`."""
    row: Factor = ROWS[factor_id]
    half = Fraction(Decimal(1).scaleb(row.value.as_tuple().exponent)) / 2  # type: ignore[arg-type]
    size = multiplier(row.unit, unit) if "CO2" in row.unit else _gas(row, unit)
    return (Fraction(row.value) - half) * size, (Fraction(row.value) + half) * size


def _gas(row: Factor, unit: str) -> Fraction:
    """A factor in kg of the gas that its parameter is about."""
    from factors.units import parse_unit

    return multiplier(parse_unit(row.unit, substance="CO2"), unit)


def ratio(
    above: tuple[Fraction, Fraction], below: tuple[Fraction, Fraction]
) -> tuple[Fraction, ...]:
    return above[0] / below[1], above[1] / below[0]


def meet(*spans: tuple[Fraction, ...]) -> bool:
    return all(a[0] <= b[1] and b[0] <= a[1] for a, b in combinations(spans, 2))


def test_natural_gas_of_the_united_kingdom() -> None:
    per_m3 = bounds("F0483", "kgCO2e/m3")
    gross = bounds("F0484", "kgCO2e/kWh_gross")
    net = bounds("F0485", "kgCO2e/kWh")
    per_tonne = bounds("F0486", "kgCO2e/t")
    # net over gross calorific value of natural gas: about 0.9026
    share = ratio(gross, net)
    assert Fraction("0.9023") < share[0] < share[1] < Fraction("0.9029")
    # kWh gross per m³, and with the net factor the same gas holds so many kWh net
    kwh_gross, kwh_net = ratio(per_m3, gross), ratio(per_m3, net)
    assert meet(ratio(kwh_net, kwh_gross), share)
    # per tonne over per m³ is the specific volume; both ways from kWh to tonne agree
    volume = ratio(per_tonne, per_m3)
    through = (volume[0] * kwh_gross[0], volume[1] * kwh_gross[1])
    assert meet(through, ratio(per_tonne, gross))
    assert Fraction(1246) < volume[0] < volume[1] < Fraction(1247)


def test_a_form_with_a_slip_does_not_meet() -> None:
    gross, net = bounds("F0484", "kgCO2e/kWh_gross"), bounds("F0485", "kgCO2e/kWh")
    slipped = tuple(value * Fraction(101, 100) for value in gross)
    assert not meet(ratio(slipped, net), ratio(gross, net))  # type: ignore[arg-type]


def test_lpg_per_litre_and_per_tonne_give_a_density() -> None:
    density = ratio(bounds("F0490", "kgCO2e/L"), bounds("F0491", "kgCO2e/t"))
    assert Fraction("0.5297") < density[0] * 1000 < density[1] * 1000 < Fraction("0.5298")


def test_natural_gas_and_distillate_of_the_united_states() -> None:
    # 0.05444 kg/scf over 53.06 kg/mmBtu: the hub's 0.001026 mmBtu/scf
    heat = ratio(bounds("F0497", "kgCO2/scf"), bounds("F0494", "kgCO2/mmBtu"))
    assert heat[0] <= Fraction("0.001026") <= heat[1]
    # 10.21 kg/gal over 73.96 kg/mmBtu: 0.138 mmBtu/gal
    oil = ratio(bounds("F0499", "kgCO2/gal"), bounds("F0498", "kgCO2/mmBtu"))
    assert oil[0] <= Fraction("0.138") <= oil[1]


@pytest.mark.parametrize("table", ["IPCC2006-fuels", "guangdong_B"])
def test_heating_values_and_carbon_in_every_unit(table: str) -> None:
    """There and back through every way of writing it, exactly."""
    for row in shipped_catalogue().factors:
        if row.table != table or row.parameter != "NCV" or "m3" in row.unit:
            continue
        value = Fraction(row.value)
        forms = [
            value * multiplier(row.unit, unit) for unit in ("GJ/t", "MJ/kg", "kcal/kg", "TJ/Gg")
        ]
        assert forms[0] == forms[1] == forms[3]
        assert forms[2] * multiplier("kcal/kg", row.unit) == value


def test_carbon_per_heat_and_the_printed_co2_per_heat_of_guangdong() -> None:
    """CO2 per heat as printed is carbon per heat × 44/12 within the printed digits, but for gangue,
    where the guide prints 97.59 beside 26.61 × 44/12 = 97.57."""
    rows = [row for row in shipped_catalogue().factors if row.table == "guangdong_B"]
    carbon = {row.carrier: row for row in rows if row.parameter == "carbon_content_per_heat"}
    printed = {row.carrier: row for row in rows if row.parameter == "CO2_EF_per_heat"}
    assert len(printed) > 40
    off = [
        carrier
        for carrier, row in printed.items()
        if abs(Fraction(carbon[carrier].value) * Fraction(44, 12) - Fraction(row.value))
        > Fraction(1, 200)
    ]
    assert off == ["gangue"]
