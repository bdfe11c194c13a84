"""How much an entity is allocated (配额核算方法): the formulas, exactly.

What belongs here: pure arithmetic from figures and rules to whole tonnes, each step kept. What does
not: which entity has which method and what was decided (`plan`).

Numbers are fractions. Where a text asks for a power or an exponential, it is worked out as a
decimal of 50 digits and then rounded as the text says; 10 more digits must round to the same, which
is checked. Floors are per component.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from factors.errors import DataFault, OurFault
from factors.quantities import NumberError, decimal_of, exact, half_up
from ledgers.allowances.measures import Rulebook

PRECISION = 50
_CONTROL = 60

GAS = "IV"
CLASSES = ("I", "II", "III", GAS)
"""Classes of generating units: conventional coal above and up to the 300 MW class, unconventional
coal, gas."""


class FigureMissing(DataFault, LookupError):
    """A figure that the method needs was not given; facts: name, part, method."""


class BadFigure(DataFault, ValueError):
    """A figure that cannot be; facts: name, seen, allowed."""


class NoBalance(DataFault):
    """No BP of the prescribed decimals balances the sector; facts: units."""


@dataclass(frozen=True, slots=True)
class Component:
    """One step of an allocation: `part` of the entity, `name`, whole tonnes, the sum in figures."""

    part: str
    name: str
    tonnes: int
    working: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What a method gives: whole tonnes and the components that they are the sum of."""

    method: str
    tonnes: int
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class PowerUnit:
    """A generating unit in a year (机组): MWh supplied, GJ of heat, load factor as a share (None
    where it has none), and its verified emission, which only gas needs."""

    name: str
    unit_class: str
    power: Fraction
    heat: Fraction
    load: Fraction | None = None
    verified: int | None = None


def whole(value: Fraction) -> int:
    """Cut down to whole tonnes."""
    return value.numerator // value.denominator


def whole_up(value: Fraction) -> int:
    """Up to whole tonnes."""
    return -(-value.numerator // value.denominator)


def peak_shaving(rules: Rulebook, unit_class: str, load: Fraction | None) -> Decimal:
    """The factor Ff (调峰修正系数) of a unit, rounded as the text says; 1 where none applies."""
    if unit_class not in rules.words("power.Ff_classes"):
        return Decimal(1)
    if load is None:
        raise FigureMissing("market.figure_missing", name="load", part=unit_class, method="power")
    if not 0 <= load <= 1:
        raise BadFigure("market.bad_figure", name="load", seen=str(load), allowed="0..1")
    if load >= rules.number("power.Ff_below"):
        return Decimal(1)
    form, digits = rules.text("power.Ff_form"), rules.whole("power.Ff_digits")
    if form == "power":
        base, a, b = (rules.number(f"power.Ff_{name}") for name in ("base", "a", "b"))
        return _rounded(lambda: _dec(base) ** _dec(a - b * load), digits)
    if form == "two_decays":
        c0, c1, t1, c2, t2 = (rules.number(f"power.Ff_{n}") for n in ("c0", "c1", "t1", "c2", "t2"))

        def decays() -> Decimal:
            parts = (_dec(c) * (1 - (-_dec(100 * load / t)).exp()) for c, t in ((c1, t1), (c2, t2)))
            return _dec(c0) - sum(parts, Decimal(0))

        return _rounded(decays, digits)
    raise BadFigure(
        "market.bad_figure", name="power.Ff_form", seen=form, allowed="power two_decays"
    )


def power(rules: Rulebook, units: Sequence[PowerUnit], verified: int | None = None) -> Worked:
    """The allocation of a power entity: Ae = Qe·Be·Ff, Ah = Qh·Bh, each floored. With verified
    emissions gas units and coal entities are topped up as the plan says."""
    components: list[Component] = []
    for unit in units:
        components += _power_unit(rules, unit)
    given = sum(item.tonnes for item in components)
    coal = any(unit.unit_class != GAS for unit in units)
    if verified is not None and coal:
        share = rules.number("power.coal_floor")
        up = rules.text("power.coal_floor_rounding") == "up"
        floor = (whole_up if up else whole)(share * verified)
        if given < floor:
            working = f"{_shown(share)} × {verified} − {given}"
            components.append(Component("", "coal_floor", floor - given, working))
    return _worked("power", components)


def _power_unit(rules: Rulebook, unit: PowerUnit) -> list[Component]:
    if unit.unit_class not in CLASSES:
        facts = {"name": "class", "seen": unit.unit_class, "allowed": "、".join(CLASSES)}
        raise BadFigure("market.bad_figure", **facts)
    be = rules.decimal(f"power.Be_{unit.unit_class}")
    bh = rules.decimal(f"power.Bh_{unit.unit_class}")
    factor = peak_shaving(rules, unit.unit_class, unit.load)
    made = Fraction(be) * Fraction(factor) * unit.power
    electric = f"{_shown(unit.power)} MWh × {be}" + (f" × {factor}" if factor != 1 else "")
    found = [Component(unit.name, "Ae", whole(made), electric)]
    if unit.heat:
        heat = f"{_shown(unit.heat)} GJ × {bh}"
        found.append(Component(unit.name, "Ah", whole(Fraction(bh) * unit.heat), heat))
    given = sum(item.tonnes for item in found)
    topped = unit.unit_class == GAS and unit.verified is not None
    if topped and rules.text("power.gas_top_up") == "verified":
        short = (unit.verified or 0) - given
        if short > 0:
            working = f"{unit.verified} − {given}"
            found.append(Component(unit.name, "gas_top_up", short, working))
    return found


def pre_allocation(rules: Rulebook, last_verified: int, key: str = "power.pre_share") -> Worked:
    """The share of the last verified emission that is issued before the year is determined."""
    share = rules.number(key)
    tonnes = whole(share * last_verified)
    working = f"{_shown(share)} × {last_verified}"
    return _worked("pre", [Component("", "pre", tonnes, working)])


@dataclass(frozen=True, slots=True)
class Plant:
    """A producer of steel, cement or aluminium in a year: verified emission and intensity I."""

    entity: str
    verified: int
    intensity: Fraction


def alpha(rules: Rulebook, bp: Fraction, intensity: Fraction) -> Fraction:
    """The share α of its emission by which a plant gets more or less than it emitted."""
    slope, band, limit = (rules.number(f"industry.{name}") for name in ("slope", "band", "limit"))
    if bp <= 0:
        raise BadFigure("market.bad_figure", name="BP", seen=str(bp), allowed="> 0")
    x = (bp - intensity) / bp
    if x >= band:
        return limit
    return -limit if x <= -band else slope * x


def industry(rules: Rulebook, bp: Fraction, plant: Plant) -> Worked:
    """A = ⌊E(1 + α)⌋ of one plant."""
    share = alpha(rules, bp, plant.intensity)
    working = f"{plant.verified} × (1 + {_shown(share)})"
    tonnes = whole(plant.verified * (1 + share))
    return _worked("industry", [Component("", "A", tonnes, working)])


def balance_point(rules: Rulebook, plants: Sequence[Plant]) -> Fraction:
    """The largest BP of the prescribed decimals for which Σ allocation ≤ Σ emissions.

    Σ allocation never falls when BP rises, so the answer is found by halving. Raises NoBalance when
    no BP or every BP keeps within the emissions.
    """
    scale = 10 ** rules.whole("industry.bp_digits")
    emitted = sum(plant.verified for plant in plants)

    def within(step: int) -> bool:
        bp = Fraction(step, scale)
        given = sum(whole(p.verified * (1 + alpha(rules, bp, p.intensity))) for p in plants)
        return given <= emitted

    # Beyond this every plant has the full surplus.
    band = rules.number("industry.band")
    highest = max((plant.intensity for plant in plants), default=Fraction(0)) / (1 - band)
    low, high = 1, whole_up(highest * scale) + 1
    if not plants or not within(low) or within(high):
        raise NoBalance("market.no_balance", plants=len(plants))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if within(middle) else (low, middle)
    return Fraction(low, scale)


def heat_benchmark(rules: Rulebook, kind: str, heat: Fraction) -> Worked:
    """GJ of heat supplied × the city's benchmark of the kind of boiler × the year's factor."""
    benchmark, factor = rules.number(f"city.heat_{kind}"), rules.number("city.heat_factor")
    working = f"{_shown(heat)} GJ × {_shown(benchmark)} × {_shown(factor)}"
    tonnes = whole(heat * benchmark * factor)
    return _worked("heat_benchmark", [Component("", "A", tonnes, working)])


def historical_intensity(
    rules: Rulebook, output: Fraction, history: Sequence[tuple[int, Fraction]]
) -> Worked:
    """Output × Σ emissions / Σ output of the base years × the year's factor."""
    years, factor = len(history), rules.number("city.intensity_factor")
    _require_years(rules, "city.intensity_years", years)
    emitted = sum(emission for emission, _ in history)
    made = sum((amount for _, amount in history), Fraction(0))
    if made <= 0:
        raise BadFigure("market.bad_figure", name="output", seen=str(made), allowed="> 0")
    working = f"{_shown(output)} × {emitted} / {_shown(made)} × {_shown(factor)}"
    tonnes = whole(output * emitted / made * factor)
    return _worked("historical_intensity", [Component("", "A", tonnes, working)])


def historical_total(rules: Rulebook, history: Sequence[int]) -> Worked:
    """The mean of the base years' emissions × the year's factor."""
    factor = rules.number("city.total_factor")
    _require_years(rules, "city.total_years", len(history))
    working = f"({' + '.join(map(str, history))}) / {len(history)} × {_shown(factor)}"
    tonnes = whole(Fraction(sum(history), len(history)) * factor)
    return _worked("historical_total", [Component("", "A", tonnes, working)])


def free_part(rules: Rulebook, worked: Worked) -> Worked:
    """What of an allocation is free of charge, where the bureau has set a share; else all."""
    if not rules.has("city.free_share"):
        return worked
    share = rules.number("city.free_share")
    paid = worked.tonnes - whole(share * worked.tonnes)
    if not paid:
        return worked
    working = f"{worked.tonnes} − ⌊{_shown(share)} × {worked.tonnes}⌋"
    return _worked(worked.method, [*worked.components, Component("", "paid", -paid, working)])


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of an allocation with deductions (扣减): `issued` to or `returned` from the
    account at this stage, `taken` by deductions in all after it, `outstanding` of them."""

    issued: int
    returned: int
    taken: int
    outstanding: int


def settle(quantity: int, due: int, held: int) -> Settled:
    """A stage of an allocation: `quantity` in all by this stage, deductions `due`, net amount that
    the account already got. A deduction never takes more than there is, so what an earlier stage
    took too much goes back to what is outstanding."""
    taken = min(quantity, due)
    net = quantity - taken
    return Settled(max(0, net - held), max(0, held - net), taken, due - taken)


def _worked(method: str, components: Sequence[Component]) -> Worked:
    return Worked(method, sum(item.tonnes for item in components), tuple(components))


def _require_years(rules: Rulebook, key: str, seen: int) -> None:
    wanted = rules.whole(key)
    if seen != wanted:
        facts = {"name": key, "seen": str(seen), "allowed": str(wanted)}
        raise BadFigure("market.bad_figure", **facts)


def _rounded(work: Callable[[], Decimal], digits: int) -> Decimal:
    """What `work` gives, half up to `digits`; both precisions must agree on it."""
    found = []
    for precision in (PRECISION, _CONTROL):
        with localcontext(Context(prec=precision)):
            value = work()
        found.append(half_up(value, digits))
    if found[0] != found[1]:
        raise OurFault("market.precision", digits=digits, precision=PRECISION)
    return found[0]


def _dec(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _shown(value: Fraction) -> str:
    """A number in a working: as a decimal where it ends as one."""
    found = decimal_of(value)
    return str(value) if found is None else f"{found:f}"


def figure(held: Mapping[str, str], name: str, part: str, method: str) -> Fraction:
    """A figure that was given, exactly; percentages become shares. Raises FigureMissing."""
    text = held.get(name, "").strip().replace(",", "")
    if not text:
        raise FigureMissing("market.figure_missing", name=name, part=part, method=method)
    percent = text.endswith(("%", "％"))
    try:
        value = exact(text.rstrip("%％").strip())
    except NumberError as error:
        allowed = "1234.5、70%"
        raise BadFigure("market.bad_figure", name=name, seen=text, allowed=allowed) from error
    return value / 100 if percent else value


def tonnes(held: Mapping[str, str], name: str, part: str, method: str) -> int:
    """A figure in whole tonnes from zero up. Raises FigureMissing, BadFigure."""
    value = figure(held, name, part, method)
    if value.denominator != 1 or value < 0:
        raise BadFigure("market.bad_figure", name=name, seen=held[name], allowed="0、1、2 … t")
    return value.numerator
