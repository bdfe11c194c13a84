"""What an energy balance comes to (统计口径排放), by the methods of the ledger itself.

What belongs here: which figures of a balance are burned or bought, and their emissions through the
same resolution, proof and kernel as an entry of the ledger. What does not: the table itself
(`balance`), and comparing it with the ledger (`reconciliation`).

Each tonne is counted once. Counted: final consumption without what is used as feedstock and
material, and the fuel put into power and heat plants; electricity and heat where they are finally
consumed, as scope 2. Not counted, and listed with the reason: what is put into another carrier
(coking, refining, gas works), material use, and blast-furnace and converter gas that the balance
recovers, whose carbon was counted with the coke. Losses are not estimated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from factors.carriers import CARRIERS, FUEL_KINDS
from factors.catalogue import Catalogue, NoFactor
from factors.gases import GASES
from factors.methods import MethodEdition
from factors.proof import Proof, kernel, prove
from factors.quantities import round_quanta
from factors.resolution import (
    Case,
    NoEdition,
    ResolutionError,
    Resolved,
    edition_for,
    quantity_basis,
    resolve_case,
    why_nothing,
)
from factors.units import multiplier, parse_unit
from ledgers.inventory.balance import STANDARD_COAL, Balance, carrier_named
from ledgers.inventory.lines import Line, lines
from ledgers.journal import canonical_json

DERIVED = frozenset({"blast_furnace_gas", "converter_gas"})
"""Gases whose carbon is that of the coke and coal of final consumption."""

_TO_GJ = "GJ"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a balance is calculated: the family or edition of methods, carriers whose factors
    stand in for another's (原煤 → 烟煤, declared by a person), province and day of recording."""

    method: str
    editions: Mapping[str, MethodEdition]
    catalogue: Catalogue
    recorded_on: date
    region: str = "CN"
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    def factors_of(self, carrier: str) -> str:
        """The carrier whose factors serve `carrier`."""
        return self.stand_ins.get(carrier, carrier)


@dataclass(frozen=True, slots=True)
class Use:
    """So much of a carrier that a line burns, buys, or does something else with."""

    line: Line
    carrier: str
    quantity: Decimal
    unit: str
    condition: str
    treatment: str = "counted"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measure of a use: value = round(numerator/denominator × quantity) in whole quanta.

    What is not counted has measure '' and says why in `note_zh` and `note_en`.
    """

    line: str
    sub_sector: str
    sector_group: str
    carrier: str
    factors_of: str
    quantity: Decimal
    unit: str
    treatment: str
    measure: str = ""
    scope: str = ""
    category: str = ""
    value: int = 0
    method_edition: str = ""
    method: str = ""
    formula: str = ""
    parameters: str = "[]"
    statement: str = ""
    numerator: str = "0"
    denominator: str = "1"
    note_zh: str = ""
    note_en: str = ""

    @property
    def constant(self) -> Fraction:
        """Quanta of one unit."""
        return Fraction(int(self.numerator), int(self.denominator))

    def of(self, quantity: Fraction | Decimal) -> int:
        """The whole quanta of another quantity of the same use."""
        exact = self.constant * Fraction(quantity)
        return round_quanta(exact.numerator, exact.denominator)


def estimate(balance: Balance, year: int, rules: Rules) -> tuple[Estimate, ...]:
    """The emissions of a balance, and what of it is not counted and why.

    Raises NoEdition where no active method edition of the name is the rule in the year.
    """
    found: list[Estimate] = []
    for use in uses(balance):
        if use.treatment != "counted":
            found.append(_left_out(use, use.treatment, rules))
        else:
            found.extend(_estimates(use, year, rules))
    return tuple(found)


def uses(balance: Balance) -> Iterator[Use]:
    """The figures of a balance that emissions could rest on, line by line; none twice."""
    for carrier in balance.carriers:
        recovered = (balance.value(carrier, "recovery") or 0) > 0
        for line in lines().values():
            for quantity, treatment in _quantities(balance, carrier, line):
                if carrier in DERIVED and recovered and treatment == "counted":
                    treatment = "derived"
                unit, condition = balance.unit(carrier), balance.condition(carrier)
                yield Use(line, carrier, quantity, unit, condition, treatment)


def _quantities(balance: Balance, carrier: str, line: Line) -> Iterator[tuple[Decimal, str]]:
    value = balance.value(carrier, line.code) or Decimal(0)
    fuel = carrier_named(carrier).kind not in ("electricity", "heat")
    if line.use == "burned_final" and value:
        material = balance.value(carrier, "non_energy") or Decimal(0)
        burned = value - material if line.code == "industry" else value
        if burned:
            yield burned, "counted"
    elif line.code == "non_energy" and value:
        yield value, "non_energy"
    elif line.use == "burned_input" and value < 0 and fuel:
        yield -value, "counted"
    elif line.use == "processed" and value < 0 and fuel:
        yield -value, "transformed"


def case_of(use: Use, year: int, rules: Rules, unit: str) -> Case:
    """The case of a use: the whole year, or its last day where the rule changed within it."""
    case = Case(
        edition=rules.method,
        carrier=rules.factors_of(use.carrier),
        flow="consumption",
        period_start=date(year, 1, 1),
        period_end=date(year, 12, 31),
        recorded_on=rules.recorded_on,
        region=rules.region,
        sector="" if _sub_sector(use).startswith("II") else use.line.sector,
        basis=quantity_basis(unit, use.condition),
    )
    try:
        edition_for(case, rules.editions)
    except NoEdition:
        case = replace(case, period_start=case.period_end)
    return case


def _estimates(use: Use, year: int, rules: Rules) -> Iterator[Estimate]:
    carrier = CARRIERS.get(rules.factors_of(use.carrier))
    kind = carrier.kind if carrier else ""
    if kind not in FUEL_KINDS and kind not in ("electricity", "heat"):
        yield _left_out(use, "no_method", rules)
        return
    coal = parse_unit(use.unit).dimension == STANDARD_COAL
    unit = _TO_GJ if coal else use.unit
    case = case_of(use, year, rules, unit)
    try:
        resolved = resolve_case(case, rules.editions, rules.catalogue)
    except NoEdition:
        raise
    except ResolutionError as error:
        treatment = "no_factor" if isinstance(error, NoFactor) else "no_method"
        yield _left_out(use, treatment, rules, (error.text("zh"), error.text("en")))
        return
    size = _gj_of_coal(use, resolved) if coal else Fraction(1)
    counted = [item for item in resolved if _is_counted(item)]
    if not counted or size is None:
        note = why_nothing(case, rules.editions)
        yield _left_out(use, "no_method", rules, (note.text("zh"), note.text("en")))
        return
    for item in counted:
        proof = prove(item, {"quantity": unit}, "", use.condition, carrier)
        yield _counted(use, item, proof, size, rules)


def _is_counted(item: Resolved) -> bool:
    output = item.method.output
    known = output.measure in GASES or output.measure == "CO2e"
    return known and output.counted and output.scope in ("1", "2")


def _gj_of_coal(use: Use, resolved: tuple[Resolved, ...]) -> Fraction | None:
    """GJ in one unit of standard coal: the edition's own coefficient at equivalent value (当量值),
    read from heat to coal and turned round. None where the edition has none."""
    for item in resolved:
        if item.method.output.measure == "tce_equivalent":
            proof = prove(item, {"quantity": _TO_GJ}, "", use.condition)
            grams_per_gj = kernel(item, proof).constant
            return multiplier(use.unit, "tce") * 10**6 / grams_per_gj
    return None


def _counted(use: Use, item: Resolved, proof: Proof, size: Fraction, rules: Rules) -> Estimate:
    constant = kernel(item, proof).constant * size
    method, output = item.method, item.method.output
    quanta = constant * Fraction(use.quantity)
    statement = proof.statement
    if size != 1:
        statement = f"{use.unit} × {size} = {_TO_GJ}; {statement}"
    return replace(
        _left_out(use, "counted", rules),
        measure=output.measure,
        scope=output.scope,
        category=output.category,
        value=round_quanta(quanta.numerator, quanta.denominator),
        method_edition=method.edition,
        method=method.method_id,
        formula=method.formula.text,
        parameters=_parameters(item),
        statement=statement,
        numerator=str(constant.numerator),
        denominator=str(constant.denominator),
        note_zh="；".join(note.text("zh") for note in item.notes),
        note_en="; ".join(note.text("en") for note in item.notes),
    )


def _left_out(
    use: Use, treatment: str, rules: Rules, words: tuple[str, str] = ("", "")
) -> Estimate:
    final = use.line.use in ("burned_final", "burned_input")
    return Estimate(
        line=use.line.code,
        sub_sector=_sub_sector(use) if final else "",
        sector_group=use.line.group if final else "",
        carrier=use.carrier,
        factors_of=rules.factors_of(use.carrier),
        quantity=use.quantity,
        unit=use.unit,
        treatment=treatment,
        note_zh=words[0],
        note_en=words[1],
    )


def _sub_sector(use: Use) -> str:
    """Where a use stands. Households burn motor fuel on the road and aircraft burn jet fuel
    (policy of this product: the balance does not say)."""
    if use.line.code == "residential" and use.carrier in ("gasoline", "diesel"):
        return "II.1"
    if use.line.code == "transport" and use.carrier in ("jet_kerosene", "jet_gasoline"):
        return "II.4"
    return use.line.sub_sector


def _parameters(item: Resolved) -> str:
    """The parameters in formula order, as JSON."""
    rows = []
    for each in item.parameters:
        row = {"name": each.name, "origin": each.origin, "unit": each.unit}
        value = each.value if each.value is not None else each.exact
        row["value"] = "" if value is None else str(value)
        if each.factor is not None:
            row |= {
                "factor": each.factor.key,
                "table": each.factor.table,
                "document": each.factor.document,
                "clause": each.factor.clause,
                "standing": each.factor.standing,
            }
        rows.append(row)
    return canonical_json(rows)
