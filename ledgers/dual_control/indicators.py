"""Indicators D1 to D11 of dual control (双控指标): formula, inputs, sign, and why one is absent.

What belongs here: the arithmetic, exact, with all that is needed to explain it. What does not:
where the inputs come from (`figures`, `gdp`), and warning levels (`colours`).

Everything rational is a Fraction and stays one. A root or a logarithm (D5, D6) is taken to 50
digits; whether a reduction keeps its schedule is decided without it, by whole powers. An indicator
whose denominator or target is zero or negative is not applicable, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from ledgers.dual_control.vocabulary import plain

DIGITS = 50
"""Significant digits of a root or logarithm."""

POSITIVE_IS_LOWER = "lower_is_positive"
"""Sign convention of reductions: positive = the intensity fell. Bureaus of statistics print the
opposite sign (下降为负)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its symbol in the formula, value in `unit`, and where it comes from."""

    symbol: str
    value: Fraction
    unit: str
    source: str = ""
    release: str = ""


@dataclass(frozen=True, slots=True)
class Absent:
    """Why an indicator is not applicable (不适用): code and facts of a message."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator as calculated: `value` exact in `unit`, or `absent` says why there is none.
    `sign` is the convention of its sign ('' = none needed); `release` flash, final or ''."""

    id: str
    formula: str
    inputs: tuple[Input, ...]
    unit: str
    value: Fraction | None
    absent: Absent | None = None
    sign: str = ""
    release: str = ""


def release_of(*inputs: Input) -> str:
    """D16: flash where any input is flash, final where all that say so are final."""
    said = {item.release for item in inputs if item.release}
    return "flash" if "flash" in said else ("final" if said else "")


def intensity(energy: Input, output: Input, *, number: str = "D1") -> Indicator:
    """D1: E/G per 10⁴ CNY (D8 with C)."""
    unit = f"{energy.unit}/万元"
    formula = f"{energy.symbol}/{output.symbol}"
    return _made(number, formula, (energy, output), unit, (output,), lambda e, g: e / g)


def reduction(
    energy: Input, output: Input, energy_before: Input, output_before: Input, *, number: str = "D2"
) -> Indicator:
    """D2: 1 − (E₁/G₁)/(E₀/G₀), positive = better (D8 with C)."""
    inputs = (energy, output, energy_before, output_before)
    e, g, e0, g0 = (item.symbol for item in inputs)
    found = _made(
        number,
        f"1 − ({e}/{g})/({e0}/{g0})",
        inputs,
        "1",
        (output, output_before, energy_before),
        lambda e, g, e0, g0: 1 - (e / g) / (e0 / g0),
    )
    return _signed(found)


def reduction_of_growth(energy_growth: Fraction, output_growth: Fraction) -> Indicator:
    """D2 from growth rates: 1 − (1 + gE)/(1 + gG)."""
    inputs = (Input("gE", energy_growth, "1"), Input("gG", output_growth, "1"))
    formula = "1 − (1 + gE)/(1 + gG)"
    if output_growth <= -1:
        return _signed(
            Indicator("D2", formula, inputs, "1", None, Absent("dual.na.growth_below", {}))
        )
    value = 1 - (1 + energy_growth) / (1 + output_growth)
    return _signed(Indicator("D2", formula, inputs, "1", value))


def adjusted(energy: Input, feedstock: Input, non_fossil: Input) -> Indicator:
    """D3: E − feedstock − non-fossil."""
    inputs = (energy, feedstock, non_fossil)
    formula = f"{energy.symbol} − {feedstock.symbol} − {non_fossil.symbol}"
    found = _made("D3", formula, inputs, energy.unit, (), lambda e, f, n: e - f - n)
    if found.value is not None and found.value < 0:
        absent = Absent("dual.na.adjusted_negative", {})
        return Indicator("D3", formula, inputs, energy.unit, None, absent)
    return found


def yearly_share(target: Fraction, years: int, after: int = 1) -> Indicator:
    """D5: what is due of an n-year reduction target after k years, 1 − (1 − T)^(k/n)."""
    inputs = (
        Input("T", target, "1"),
        Input("n", Fraction(years), "a"),
        Input("k", Fraction(after), "a"),
    )
    formula = "1 − (1 − T)^(k/n)"
    absent = _bad_target(target, years)
    if absent is not None:
        return _signed(Indicator("D5", formula, inputs, "1", None, absent))
    if after == years:
        return _signed(Indicator("D5", formula, inputs, "1", target))
    with localcontext() as context:
        context.prec = DIGITS
        power = _decimal(1 - target) ** (Decimal(after) / Decimal(years))
        value = Fraction(1 - power)
    return _signed(Indicator("D5", formula, inputs, "1", value))


def progress(reached: Fraction, target: Fraction, years: int, after: int) -> Indicator:
    """D6: ln(1 − R_k)/ln(1 − T), beside the schedule k/n."""
    inputs = (
        Input("R", reached, "1"),
        Input("T", target, "1"),
        Input("n", Fraction(years), "a"),
        Input("k", Fraction(after), "a"),
    )
    formula = "ln(1 − R)/ln(1 − T)"
    absent = _bad_target(target, years)
    if absent is None and reached >= 1:
        absent = Absent("dual.na.reduction_whole", {})
    if absent is not None:
        return Indicator("D6", formula, inputs, "1", None, absent)
    with localcontext() as context:
        context.prec = DIGITS
        value = _decimal(1 - reached).ln() / _decimal(1 - target).ln()
    return Indicator("D6", formula, inputs, "1", Fraction(value))


def on_schedule(reached: Fraction, target: Fraction, years: int, after: int) -> bool:
    """Whether R_k keeps the schedule of D5, decided exactly: (1 − R)^n ≤ (1 − T)^k."""
    return bool(reached >= 1 or (1 - reached) ** years <= (1 - target) ** after)


def margin(cap: Input, energy: Input) -> Indicator:
    """D7: (cap − E)/cap."""
    formula = f"({cap.symbol} − {energy.symbol})/{cap.symbol}"
    return _made("D7", formula, (cap, energy), "1", (cap,), lambda c, e: (c - e) / c)


def elasticity(energy_growth: Fraction, output_growth: Fraction) -> Indicator:
    """D9: gE/gG, undefined for gG ≤ 0."""
    inputs = (Input("gE", energy_growth, "1"), Input("gG", output_growth, "1"))
    if output_growth <= 0:
        return Indicator("D9", "gE/gG", inputs, "1", None, Absent("dual.na.growth", {}))
    return Indicator("D9", "gE/gG", inputs, "1", energy_growth / output_growth)


def non_fossil_share(non_fossil: Input, energy: Input) -> Indicator:
    """D10: non-fossil tce / E, both at equal value (等价值)."""
    formula = f"{non_fossil.symbol}/{energy.symbol}"
    return _made("D10", formula, (non_fossil, energy), "1", (energy,), lambda n, e: n / e)


def closing_stock(opening: Input, received: Input, used: Input, sent: Input) -> Indicator:
    """D11: opening + in − consumption − transfers = closing."""
    formula = f"{opening.symbol} + {received.symbol} − {used.symbol} − {sent.symbol}"
    inputs = (opening, received, used, sent)
    return _made("D11", formula, inputs, opening.unit, (), lambda o, i, u, s: o + i - u - s)


def comprehensive_energy(put_in: Input, converted: Input, recovered: Input) -> Indicator:
    """Comprehensive energy of an enterprise that converts energy (205-2): inputs − conversion
    output − recovery."""
    formula = f"{put_in.symbol} − {converted.symbol} − {recovered.symbol}"
    inputs = (put_in, converted, recovered)
    return _made("205-2", formula, inputs, put_in.unit, (), lambda i, c, r: i - c - r)


def ratio(number: str, part: Input, whole: Input, unit: str) -> Indicator:
    """A plain ratio such as output per tonne of resources; absent where the whole is not
    positive."""
    formula = f"{part.symbol}/{whole.symbol}"
    return _made(number, formula, (part, whole), unit, (whole,), lambda p, w: p / w)


def missing(number: str, formula: str, code: str, **facts: Any) -> Indicator:
    """An indicator of which an input is not there."""
    return Indicator(number, formula, (), "", None, Absent(code, facts))


def growth(now: Fraction, before: Fraction) -> Fraction | None:
    """Growth over what was before; None where that is not positive."""
    return now / before - 1 if before > 0 else None


def _made(
    number: str,
    formula: str,
    inputs: tuple[Input, ...],
    unit: str,
    positive: tuple[Input, ...],
    work: Any,
) -> Indicator:
    """The indicator, or the input of `positive` that is not above zero."""
    for item in positive:
        if item.value <= 0:
            absent = Absent("dual.na.not_positive", {"symbol": item.symbol})
            return Indicator(number, formula, inputs, unit, None, absent)
    value: Fraction = work(*(item.value for item in inputs))
    return Indicator(number, formula, inputs, unit, value, release=release_of(*inputs))


def _signed(found: Indicator) -> Indicator:
    return Indicator(
        found.id,
        found.formula,
        found.inputs,
        found.unit,
        found.value,
        found.absent,
        POSITIVE_IS_LOWER,
        found.release,
    )


def _bad_target(target: Fraction, years: int) -> Absent | None:
    if target <= 0:
        return Absent("dual.na.target", {"seen": plain(target)})
    if target >= 1:
        return Absent("dual.na.target_whole", {})
    if years <= 0:
        return Absent("dual.na.years", {"seen": years})
    return None


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
