"""Every worked case of every method, with arithmetic of its own: the printed working is evaluated
here in fractions and rounded here, and the method must come to the same."""

import ast
import operator
from fractions import Fraction

import pytest

from factors.gases import QUANTUM
from factors.methods import load_method_editions
from factors.worked_cases import WorkedCase, worked_cases

EDITIONS = load_method_editions()
ALL = [case for cases in worked_cases().values() for case in cases]
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
