"""The suite of activity rows (活动数据期望集), made from the declared rules.

What belongs here: turning declarations into expectations, worded for the person who sent the
file. What does not: a rule of its own; what is not declared is not expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from factors.messages import LANGUAGES, text
from ledgers.emissions.rules import RULES, Rule, Window

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation import Expectation

SUITE = "activity_rows"


def expected_rules() -> tuple[Rule, ...]:
    """The rules that say themselves as an expectation."""
    return tuple(rule for rule in RULES if rule.expectation is not None)


def needed_columns() -> tuple[str, ...]:
    """The columns of the view `rule_rows` that the suite looks at, each once."""
    return tuple(dict.fromkeys(name for rule in expected_rules() for name in rule.columns))


def make_suite(window: Window) -> ExpectationSuite:
    """The expectations on the columns of `needed_columns`; `meta` of each names its rule."""
    import great_expectations as gx

    return gx.ExpectationSuite(name=SUITE, expectations=list(_expectations(window)))


def _expectations(window: Window) -> Iterator[Expectation]:
    import great_expectations.expectations as kinds
    from great_expectations.expectations.registry import get_expectation_impl

    assert kinds, "importing the kinds registers them"
    for rule in expected_rules():
        assert rule.expectation is not None
        name, arguments = rule.expectation
        yield get_expectation_impl(name)(
            **_filled(arguments, window),
            meta={"rule": rule.rule_id, "column": rule.column},
            description=wording(rule),
        )


def wording(rule: Rule) -> str:
    """What is expected and what the sender does about a row that was refused."""
    words = (text(f"expectation.{rule.rule_id}", lang, {}) for lang in LANGUAGES)
    return f"{rule.rule_id} {rule.column}: " + " / ".join(words)


def _filled(arguments: Mapping[str, Any], window: Window) -> dict[str, Any]:
    days = {"{earliest}": window.earliest, "{latest}": window.latest}
    return {
        key: days.get(value, value) if isinstance(value, str) else value
        for key, value in arguments.items()
    }
