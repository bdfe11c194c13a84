"""Expectations refuse the rows that the declared rules reject, and the gate holds what slips by."""

from __future__ import annotations

import json
import re
import socket
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from factors.messages import LANGUAGES, catalogue
from ledgers.emissions import rules
from ledgers.emissions.rules import declarations, finding
from pipelines import month as steps
from pipelines.expectations import docs, gate, suite
from pipelines.expectations.docs import DataDocs, docs_index
from pipelines.intake.typed import Typed
from tests.pipelines.homes import PERSON, make_home
from warehouse.connect import Connection, writer
from warehouse.home import Home

MONTH = "2025-03"
TODAY = date(2025, 4, 8)
WINDOW = rules.Window(date(2022, 3, 1), TODAY)

MEASURES = (
    *("ncv", "carbon_content", "elemental_carbon", "oxidation_rate", "moisture"),
    "enthalpy",
)
COLUMNS = (
    "enterprise_id",
    "carrier",
    "period_start",
    "period_end",
    "quantity",
    "unit",
    "gas_condition",
    "correction_of",
    *(f"{name}{end}" for name in MEASURES for end in ("", "_unit")),
)
GOOD = {
    "carrier": "bituminous_coal",
    "period_start": "2025-03-01",
    "period_end": "2025-03-31",
    "quantity": "120.5",
    "unit": "t",
}
PLAIN_SLIPS: tuple[dict[str, str], ...] = (
    {},
    {"enterprise_id": "91210100HCT0000190"},  # check digit
    {"enterprise_id": "x' OR 1=1 --"},
    {"enterprise_id": "91350100M000100Y43"},  # valid, of nobody here
    {"unit": "kWh"},
    {"unit": "t", "ncv": "20.9", "ncv_unit": "kWh"},
    {"carrier": "natural_gas", "unit": "m3"},
    {"carrier": "coke_oven_gas", "unit": "m3"},
    {"carrier": "coke_oven_gas", "unit": "m3", "gas_condition": "20C"},
    {"carrier": "coke_oven_gas", "unit": "t"},
    {"quantity": "-0.000000000001"},
    {"quantity": "-5", "correction_of": "12"},
    {"quantity": "0"},
    {"quantity": "99999999999999999999"},
    {"quantity": "99999999999999999999.999999999999"},
    {"quantity": "-99999999999999999999", "correction_of": "12"},
    {"period_start": "2022-02-28", "period_end": "2022-03-31"},
    {"period_start": "2022-03-01", "period_end": "2022-03-31"},
    {"period_start": "2025-04-01", "period_end": "2025-04-08"},
    {"period_start": "2025-04-01", "period_end": "2025-04-09"},
    {"period_start": "2025-03-31", "period_end": "2025-03-01"},
    {"period_start": "2025-03-31", "period_end": "2025-03-31"},
    {"period_start": "2199-12-31", "period_end": "2022-01-01"},
)
MEASURED = {
    ("ncv", "GJ/t"): "0 -1 0.0001 5 20.9 26.7 60 20900 99999999999999999999",
    ("ncv", "kJ/kg"): "20.9 20900 26700",
    ("carbon_content", "tC/GJ"): "0 0.0026 0.009999999999 0.01 0.02618 0.1 0.100000000001 0.2618",
    ("elemental_carbon", "tC/t"): "-0.1 0 0.5 0.99 1 1.01 50",
    ("elemental_carbon", "%"): "0.5 50 100 100.1",
    ("oxidation_rate", ""): "-0.98 0 0.000000000001 0.98 1 1.000000000001 98",
    ("oxidation_rate", "%"): "0 98 100 101",
    ("moisture", ""): "-0.000000000001 0 0.125 0.999999999999 1 12.5",
    ("moisture", "%"): "0 12.5 99.9999 100",
    ("enthalpy", "kJ/kg"): "0 83.739999999999 83.74 2783.7 4200 4200.000000000001 16226.4",
    ("enthalpy", "MJ/kg"): "0.08 2.7837 4.2 4.3",
}


def hostile_rows(code: str) -> Iterator[dict[str, str]]:
    """Rows at, just inside and just beyond every bound, and some that break several at once."""
    base = {"enterprise_id": code, **GOOD}
    for slip in PLAIN_SLIPS:
        yield base | slip
    for (name, unit), values in MEASURED.items():
        for value in values.split():
            yield base | {name: value, f"{name}_unit": unit}
    for slip, other in product(PLAIN_SLIPS[1:5], PLAIN_SLIPS[10:]):
        yield base | other | slip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A registered city with a month of its own files and a file of hostile rows."""
    made = make_home(tmp_path_factory.mktemp("expectations"), [MONTH])
    with writer(made, purpose="test", person=PERSON) as con:
        row = con.execute("SELECT min(enterprise_id) FROM register.enterprise").fetchone()
    assert row is not None
    lines = (",".join(row.get(name, "") for name in COLUMNS) for row in hostile_rows(row[0]))
    text = "\n".join((",".join(COLUMNS), *lines)) + "\n"
    (made.inbox / "hostile.csv").write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def received(home: Home) -> tuple[Typed, ...]:
    return steps.receive(home, steps.inbox_files(home.inbox))


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[Connection]:
    with writer(home, purpose="test", person=PERSON) as opened:
        yield opened


@pytest.fixture
def faults(con: Connection, received: tuple[Typed, ...]) -> Iterator[tuple[Path, ...]]:
    with steps.rule_faults(con, received, MONTH, today=TODAY) as found:
        yield found


Places = dict[str, set[tuple[str, str, int]]]


def refused_by_rules(con: Connection, faults: Sequence[Path]) -> Places:
    """Rule → places of the rows that it rejects."""
    found: Places = defaultdict(set)
    rows = con.execute(
        "SELECT rule, source, sheet, row_no FROM read_parquet(?) WHERE severity = 'E'",
        [[str(path) for path in faults]],
    ).fetchall()
    for rule, source, sheet, row_no in rows:
        found[rule].add((source, sheet, row_no))
    return found


def refused_by_expectations(
    con: Connection,
    received: Sequence[Typed],
    ground: rules.Ground,
    faults: Sequence[Path],
    rows: int = gate.PIECE,
) -> Places:
    found: Places = defaultdict(set)
    gate.lay_judged(con, received, faults, ground, WINDOW)
    made, whole = suite.make_suite(WINDOW), gate.scratch_rows()
    for piece in gate.pieces(con, rows):
        for (rule, _), positions in gate.results_of(piece, whole, made).items():
            places = piece.loc[positions, ["source", "sheet", "row_no"]]
            found[rule].update(places.itertuples(index=False, name=None))
    return found


def test_both_refuse_the_same_rows(
    con: Connection, received: tuple[Typed, ...], faults: tuple[Path, ...]
) -> None:
    ground = rules.ground_of(con)
    by_rules = refused_by_rules(con, faults)
    by_expectations = refused_by_expectations(con, received, ground, faults)
    for rule in {rule.rule_id for rule in suite.expected_rules()}:
        assert by_expectations[rule] == by_rules[rule], rule
        assert by_rules[rule], f"no row breaks {rule}: this test would not see a difference"


def test_every_rule_that_rejects_a_row_by_itself_is_expected() -> None:
    expected = {rule.rule_id for rule in suite.expected_rules()}
    alone = {r.rule_id for r in rules.RULES if r.severity == "E" and r.scope in ("row", "unit")}
    assert expected == alone


def test_pieces_are_small_and_narrow(
    con: Connection,
    received: tuple[Typed, ...],
    faults: tuple[Path, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ground = rules.ground_of(con)
    gate.lay_judged(con, received, faults, ground, WINDOW)
    con.execute("CREATE TEMP TABLE many AS FROM judged_rows, range(9000)")
    con.execute("CREATE OR REPLACE TEMP VIEW judged_rows AS FROM many")
    sizes, columns = [], set()
    for piece in gate.pieces(con, 300_000):
        sizes.append(len(piece))
        columns |= set(piece.columns)
    con.execute("DROP VIEW judged_rows")
    assert max(sizes) <= 300_000
    assert sum(sizes) == 9000 * sum(typed.rows_typed for typed in received)
    con.execute("DROP TABLE many")
    assert len(sizes) > 1
    assert columns == {"file", "source", "sheet", "row_no", "set_aside", *suite.needed_columns()}


def test_the_gate_is_open_when_what_is_refused_was_set_aside(
    con: Connection, received: tuple[Typed, ...], faults: tuple[Path, ...]
) -> None:
    judged = gate.judge(con, received, faults, rules.ground_of(con), WINDOW)
    assert judged.passed
    assert judged.rows == sum(typed.rows_typed for typed in received)
    assert judged.refused["VA-01", "quantity"] > 0
    assert judged.escapes == []


def test_the_gate_shuts_when_a_rule_lets_a_row_through(
    con: Connection, received: tuple[Typed, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = tuple(
        replace(rule, predicate="false") if rule.rule_id == "VA-01" else rule
        for rule in declarations.RULES
    )
    monkeypatch.setattr(finding, "RULES", blind)
    with steps.rule_faults(con, received, MONTH, today=TODAY) as faults:
        judged = gate.judge(con, received, faults, rules.ground_of(con), WINDOW)
    assert not judged.passed
    assert judged.escaped == len(judged.escapes) == 1
    (escape,) = judged.escapes
    assert (escape.rule, escape.file, escape.row_no) == ("VA-01", "hostile.csv", 12)


def test_rows_of_a_file_that_was_refused_whole_do_not_shut_the_gate(
    con: Connection, received: tuple[Typed, ...], tmp_path: Path
) -> None:
    (hostile,) = (typed for typed in received if typed.staged.name == "hostile.csv")
    whole = tmp_path / "faults.parquet"
    con.execute(
        "COPY (SELECT ? AS source, '' AS sheet, 0::BIGINT AS row_no, '' AS column_name, "
        f"'IN-01' AS rule, 'E' AS severity, '' AS seen, '{{}}' AS facts) TO '{whole}' "
        "(FORMAT parquet)",
        [hostile.staged.sha256],
    )
    ground = rules.ground_of(con)
    assert gate.judge(con, [hostile], [whole], ground, WINDOW).passed
    con.execute(f"COPY (FROM read_parquet('{whole}') LIMIT 0) TO '{whole}.none' (FORMAT parquet)")
    assert not gate.judge(con, [hostile], [Path(f"{whole}.none")], ground, WINDOW).passed


def test_an_expectation_that_cannot_be_computed_is_our_fault(
    con: Connection,
    received: tuple[Typed, ...],
    faults: tuple[Path, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (rule,) = (rule for rule in declarations.RULES if rule.rule_id == "PE-02")
    broken = replace(
        rule,
        expectation=(
            "expect_column_values_to_be_between",
            {"column": "nowhere", "min_value": 1},
        ),
    )
    monkeypatch.setattr(suite, "RULES", (broken,))
    with pytest.raises(gate.ExpectationBroken) as caught:
        gate.judge(con, received, faults, rules.ground_of(con), WINDOW)
    assert caught.value.exit_code == 3
    assert "PE-02" in caught.value.text("zh")
    assert "nowhere" in caught.value.text("en")


def test_no_rows_no_refusal(con: Connection) -> None:
    with steps.rule_faults(con, [], MONTH, today=TODAY) as faults:
        judged = gate.judge(con, [], faults, rules.ground_of(con), WINDOW)
    assert (judged.rows, judged.pieces, judged.passed) == (0, 0, True)


def test_the_days_of_the_window_can_be_named() -> None:
    named = replace(
        suite.expected_rules()[0],
        expectation=(
            "expect_column_values_to_be_between",
            {"column": "period_start", "min_value": "{earliest}", "max_value": "{latest}"},
        ),
    )
    assert suite._filled(named.expectation[1], WINDOW) == {  # type: ignore[index]
        "column": "period_start",
        "min_value": date(2022, 3, 1),
        "max_value": TODAY,
    }


def test_expectations_are_worded_for_the_sender() -> None:
    for rule in suite.expected_rules():
        words = catalogue()[f"expectation.{rule.rule_id}"]
        assert set(words) == set(LANGUAGES)
        assert "退回" in words["zh"]
        assert "returned" in words["en"]
        assert suite.wording(rule).startswith(f"{rule.rule_id} {rule.column}: ")


def test_pages(
    con: Connection,
    home: Home,
    received: tuple[Typed, ...],
    faults: tuple[Path, ...],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("somebody was called")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    ground = rules.ground_of(con)
    for _ in range(2):  # the second run of a month takes the place of the first
        judged = gate.judge(con, received, faults, ground, WINDOW, DataDocs(home, MONTH))
    (page,) = judged.pages
    index = docs_index(home)
    assert index == home.dagster / "data_docs" / "index.html"
    assert str(page.relative_to(index.parent)) in index.read_text(encoding="utf-8")
    shown = page.read_text(encoding="utf-8")
    assert "hostile.csv" in shown
    for rule in suite.expected_rules():
        assert catalogue()[f"expectation.{rule.rule_id}"]["zh"] in shown
    for each in index.parent.rglob("*.html"):
        text = each.read_text(encoding="utf-8")
        assert not re.search(r'<(link|script)\b[^>]*(href|src)="https?:', text), each
    settings = home.dagster / "expectations" / "great_expectations.yml"
    assert "analytics_enabled: false" in settings.read_text(encoding="utf-8")
    assert "Calculating" not in capfd.readouterr().err
    (kept,) = (home.dagster / "expectations" / "results").rglob("*.json")
    statistics = json.loads(kept.read_text(encoding="utf-8"))["statistics"]
    assert statistics["evaluated_expectations"] == len(suite.expected_rules())


def test_a_page_of_many_refused_rows_names_none(
    con: Connection,
    home: Home,
    received: tuple[Typed, ...],
    faults: tuple[Path, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(docs, "NAMED", 3)
    judged = gate.judge(
        con, received, faults, rules.ground_of(con), WINDOW, DataDocs(home, "2025-02")
    )
    (page,) = judged.pages
    shown = page.read_text(encoding="utf-8")
    assert "hostile.csv" not in shown
    assert catalogue()["expectation.VA-01"]["zh"] in shown
