"""Every worked case of every method, with arithmetic of its own: the printed working is evaluated
here in fractions and rounded here, and the method must come to the same."""

import ast
import operator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factors.gases import QUANTUM
from factors.methods import load_method_editions
from factors.proof import kernel, prove
from factors.worked_cases import WorkedCase, worked_cases

EDITIONS = load_method_editions()
ALL = [case for cases in worked_cases().values() for case in cases]
quantities = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=6)
shares = st.decimals(Decimal("0.000001"), Decimal("0.999999"), places=6)
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(text: str) -> Fraction:
    """The value of a printed working; numbers are taken from the text, never as floats."""
    plain = text.replace("×", "*").replace("−", "-")

    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.BinOp(left, op, right):
                return Fraction(OPERATORS[type(op)](value(left), value(right)))
            case ast.UnaryOp(ast.USub(), operand):
                return -value(operand)
        segment = ast.get_source_segment(plain, node)
        assert segment is not None
        return Fraction(segment)

    return value(ast.parse(plain, mode="eval").body)


def whole(value: Fraction) -> int:
    """Half away from zero."""
    size = abs(value) + Fraction(1, 2)
    return (size.numerator // size.denominator) * (1 if value >= 0 else -1)


def name(case: WorkedCase) -> str:
    return f"{case.edition}/{case.method}"


@pytest.mark.parametrize("case", ALL, ids=name)
def test_a_method_comes_to_its_worked_case(case: WorkedCase) -> None:
    edition = EDITIONS[case.edition]
    per_tonne = QUANTUM[edition.method(case.method).output.measure].per_tonne
    by_hand = whole(evaluate(case.working) * per_tonne)
    assert Fraction(case.expected) * per_tonne == by_hand
    assert case.quanta(edition) == by_hand


@pytest.mark.parametrize("case", ALL, ids=name)
def test_a_method_is_exact_for_any_quantity(case: WorkedCase) -> None:
    """The exact reference is the printed working for one unit of the quantity, times the quantity;
    nothing of it passes through the method's own arithmetic."""
    edition = EDITIONS[case.edition]
    resolved = case.resolve(edition)
    written = {"quantity": case.unit} | {column: unit for column, _, unit in case.measured}
    made = kernel(resolved, prove(resolved, written, case.coal_basis, case.gas_condition))
    numbers = {column: number for column, number, _ in case.measured}
    per_tonne = QUANTUM[resolved.method.output.measure].per_tonne
    per_unit = evaluate(case.working) / Fraction(case.quantity) * per_tonne

    @settings(max_examples=25)
    @given(quantities)
    def check(quantity: Decimal) -> None:
        assert made.quanta({"quantity": quantity} | numbers) == whole(per_unit * Fraction(quantity))

    check()


@pytest.mark.parametrize("case", [case for case in ALL if case.measured], ids=name)
def test_a_method_is_exact_for_any_measured_value(case: WorkedCase) -> None:
    """The formula as text, evaluated by Python's own parser over fractions, for numbers that a row
    might have measured; what is fixed is taken as it resolved."""
    edition = EDITIONS[case.edition]
    resolved = case.resolve(edition)
    raw = {item.name for item in resolved.parameters if item.origin in ("activity", "measured")}
    columns = [column for column, _, _ in case.measured if column in raw]
    method = resolved.method
    written = {"quantity": case.unit} | {column: unit for column, _, unit in case.measured}
    proof = prove(resolved, written, case.coal_basis, case.gas_condition)
    made = kernel(resolved, proof)
    per_unit = QUANTUM[method.output.measure].per_tonne * proof.scale
    fixed = {item.name: item for item in resolved.parameters if item.name not in raw}

    @settings(max_examples=25)
    @given(quantities, st.tuples(*(shares for _ in columns)))
    def check(quantity: Decimal, numbers: tuple[Decimal, ...]) -> None:
        row = {"quantity": quantity} | dict(zip(columns, numbers, strict=True))
        values = {name: Fraction(row[name]) * proof.multipliers[name] for name in row}
        for parameter, item in fixed.items():
            number = item.exact if item.exact is not None else Fraction(item.value or 0)
            values[parameter] = number * proof.multipliers.get(parameter, Fraction(1))
        expected = resolved.sign * _formula(method.formula.text, values) * per_unit
        assert made.quanta(row) == whole(expected)

    check()


def _formula(text: str, values: dict[str, Fraction]) -> Fraction:
    def value(node: ast.expr) -> Fraction:
        match node:
            case ast.BinOp(left, op, right):
                return Fraction(OPERATORS[type(op)](value(left), value(right)))
            case ast.Name(word):
                return values[word]
        segment = ast.get_source_segment(text, node)
        assert segment is not None
        return Fraction(segment)

    return value(ast.parse(text, mode="eval").body)


def test_every_method_has_a_worked_case() -> None:
    """A draft that nobody has read computes nothing and has none."""
    worked = {(case.edition, case.method) for case in ALL}
    active = {
        (edition.edition, method.method_id)
        for edition in EDITIONS.values()
        for method in edition.methods
        if method not in edition.drafts
    }
    assert active - worked == set()
    assert all((case.edition, case.method) in worked for case in ALL)
    assert len(worked) == len(ALL)
