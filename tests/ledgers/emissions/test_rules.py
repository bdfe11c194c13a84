"""Rules of single rows: each with a row that keeps it and a row that breaks it (合成数据)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from factors import messages
from ledgers.emissions import rules
from ledgers.reference import Band
from tests.ledgers.emissions.typed_rows import (
    COAL,
    GAS,
    OTHER,
    enterprise,
    find,
    ground,
    ids,
    row,
)

MEASURED_COAL = {**COAL, "ncv": Decimal("22.5"), "ncv_unit": "GJ/t"}
STEAM = {"carrier": "steam", "flow": "purchase", "unit": "t", "enthalpy_unit": "kJ/kg"}

# rule, a row that keeps it, a row that breaks it, the column marked, words of the sentence
PAIRS: list[tuple[str, Mapping[str, Any], Mapping[str, Any], str, tuple[str, ...]]] = [
    (
        "RG-01",
        {},
        {"enterprise_id": "91210100MA0TEXT016"},
        "enterprise_id",
        ("91210100MA0TEXT016",),
    ),
    ("RG-01", {}, {"enterprise_id": ""}, "enterprise_id", ("GB 32100",)),
    ("RG-02", {}, {"enterprise_id": OTHER}, "enterprise_id", (OTHER, "2025-03-01", "2025-03-31")),
    ("UN-01", {}, {"unit": "吨"}, "unit", ("电力", "吨", "GJ")),
    ("UN-01", {**COAL}, {**COAL, "unit": "kWh3"}, "unit", ("kWh3",)),
    ("UN-01", {**COAL, "unit": "GJ"}, {**COAL, "unit": "万千瓦时"}, "unit", ("烟煤", "万千瓦时")),
    ("UN-01", {**GAS, "unit": "kWh"}, {**GAS, "unit": "tce"}, "unit", ("天然气", "tce", "Nm3")),
    ("UN-01", MEASURED_COAL, {**MEASURED_COAL, "ncv_unit": "tC/GJ"}, "ncv_unit", ("tC/GJ", "GJ/t")),
    ("UN-01", MEASURED_COAL, {**MEASURED_COAL, "ncv_unit": ""}, "ncv_unit", ("GJ/t",)),
    (
        "UN-01",
        {**GAS, "ncv": Decimal("0.0389"), "ncv_unit": "GJ/Nm3"},
        {**GAS, "ncv": Decimal("38.9"), "ncv_unit": "GJ/t"},
        "ncv_unit",
        ("天然气", "GJ/Nm3"),
    ),
    (
        "UN-02",
        {**GAS, "carrier": "blast_furnace_gas", "unit": "万立方米", "gas_condition": "0C"},
        {**GAS, "carrier": "blast_furnace_gas", "unit": "万立方米"},
        "unit",
        ("高炉煤气", "万立方米", "20C"),
    ),
    ("UN-03", {**GAS}, {**GAS, "unit": "万立方米"}, "unit", ("天然气", "20C")),
    (
        "VA-01",
        {"quantity": Decimal(-5), "correction_of": "第3行"},
        {"quantity": Decimal(-5)},
        "quantity",
        ("-5 MWh",),
    ),
    (
        "VA-02",
        {**COAL, "quantity": Decimal(3_000_000)},
        {**COAL, "quantity": Decimal("3000000.000000000001")},
        "quantity",
        ("烟煤", "3000000.000000000001 t", "3000000 t"),
    ),
    (
        "VA-03",
        {**COAL, "ncv": Decimal("30"), "ncv_unit": "GJ/t"},
        {**COAL, "ncv": Decimal("30.000000000001"), "ncv_unit": "GJ/t"},
        "ncv",
        ("烟煤", "16 GJ/t", "30 GJ/t"),
    ),
    (
        "VA-03",
        {**COAL, "ncv": Decimal("16000"), "ncv_unit": "kJ/kg"},
        {**COAL, "ncv": Decimal("15999.9"), "ncv_unit": "kJ/kg"},
        "ncv",
        ("15999.9 kJ/kg",),
    ),
    (
        "VA-04",
        {**COAL, "carbon_content": Decimal("0.02618"), "carbon_content_unit": "tC/GJ"},
        {**COAL, "carbon_content": Decimal("0.2618"), "carbon_content_unit": "tC/GJ"},
        "carbon_content",
        ("0.2618 tC/GJ", "0.030 tC/GJ"),
    ),
    (
        "VA-04",
        {**GAS, "carbon_content": Decimal("0.0153"), "carbon_content_unit": "tC/GJ"},
        {**GAS, "carbon_content": Decimal("0.00153"), "carbon_content_unit": "tC/GJ"},
        "carbon_content",
        ("0.010 tC/GJ", "0.100 tC/GJ"),
    ),
    (
        "VA-04",
        {**COAL, "elemental_carbon": Decimal("0.61"), "elemental_carbon_unit": "tC/t"},
        {**COAL, "elemental_carbon": Decimal("6.1"), "elemental_carbon_unit": "tC/t"},
        "elemental_carbon",
        ("6.1 tC/t",),
    ),
    (
        "VA-05",
        {**COAL, "oxidation_rate": Decimal("1")},
        {**COAL, "oxidation_rate": Decimal("98")},
        "oxidation_rate",
        ("98", "(0, 1]"),
    ),
    (
        "VA-05",
        {**COAL, "oxidation_rate": Decimal("98"), "oxidation_rate_unit": "%"},
        {**COAL, "oxidation_rate": Decimal("0"), "oxidation_rate_unit": "%"},
        "oxidation_rate",
        ("(0, 1]",),
    ),
    (
        "VA-06",
        {**COAL, "moisture": Decimal("0")},
        {**COAL, "moisture": Decimal("1")},
        "moisture",
        ("[0, 1)",),
    ),
    (
        "VA-06",
        {**COAL, "moisture": Decimal("99.999999999999"), "moisture_unit": "%"},
        {**COAL, "moisture": Decimal("100"), "moisture_unit": "%"},
        "moisture",
        ("100 %",),
    ),
    (
        "VA-07",
        {**STEAM, "enthalpy": Decimal("1623.9")},
        {**STEAM, "enthalpy": Decimal("16226.4")},
        "enthalpy",
        ("16226.4 kJ/kg", "4200 kJ/kg"),
    ),
    (
        "VA-07",
        {**STEAM, "enthalpy": Decimal("2.7837"), "enthalpy_unit": "MJ/kg"},
        {**STEAM, "enthalpy": Decimal("2.7837")},
        "enthalpy",
        ("2.7837 kJ/kg", "83.74 kJ/kg"),
    ),
    (
        "PE-01",
        {"period_start": date(2022, 3, 1), "period_end": date(2022, 3, 31)},
        {"period_start": date(2022, 2, 28), "period_end": date(2022, 3, 27)},
        "period_start",
        ("2022-02-28", "2022-03-01", "2025-04-10"),
    ),
    (
        "PE-01",
        {"period_start": date(2025, 4, 1), "period_end": date(2025, 4, 10)},
        {"period_start": date(2025, 4, 1), "period_end": date(2025, 4, 11)},
        "period_start",
        ("2025-04-11",),
    ),
    (
        "PE-02",
        {"period_start": date(2025, 3, 5), "period_end": date(2025, 3, 5)},
        {"period_start": date(2025, 3, 6), "period_end": date(2025, 3, 5)},
        "period_start",
        ("2025-03-06", "2025-03-05"),
    ),
]


@pytest.mark.parametrize(("rule", "kept", "broken", "column", "words"), PAIRS)
def test_rule_of_a_row(
    rule: str,
    kept: Mapping[str, Any],
    broken: Mapping[str, Any],
    column: str,
    words: tuple[str, ...],
) -> None:
    another = [row(row_no=3)] if kept.get("correction_of") else []
    assert ids([row(**kept), *another]) == []
    [fault] = find([row(**broken)])
    declared = next(item for item in rules.RULES if item.rule_id == rule)
    assert (fault.rule, fault.row_no, fault.column) == (rule, 2, column)
    assert fault.severity == declared.severity
    for lang in messages.LANGUAGES:
        sentence = fault.text(lang)
        assert "{" not in sentence
        for word in words:
            zh_only = any("\u4e00" <= letter <= "\u9fff" for letter in word)
            assert word in sentence or (lang == "en" and zh_only and word in fault.facts.values())


def test_bounds_are_compared_in_the_unit_as_written_and_in_full() -> None:
    band = Band("bituminous", "ncv", "16", "29.3076", "GJ/t", "合成数据")
    on = ground(bands={("bituminous", "ncv", "GJ/t"): band})
    # 29.3076 GJ/t is exactly 7000 kcal/kg of 4.1868 kJ; nothing is rounded on the way.
    kept = row(**COAL, ncv=Decimal(7000), ncv_unit="kcal/kg")
    above = row(**COAL, row_no=3, ncv=Decimal("7000.000000000001"), ncv_unit="kcal/kg")
    assert [(fault.rule, fault.row_no) for fault in find([kept, above], on=on)] == [("VA-03", 3)]


def test_a_row_over_several_months_may_hold_as_many_limits() -> None:
    year = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)}
    held = row(**COAL, **year) | {"quantity": Decimal(36_000_000)}
    beyond = held | {"quantity": Decimal("36000000.01"), "row_no": 3, "facility": "1号锅炉房"}
    assert [(f.rule, f.row_no) for f in find([held, beyond])] == [("VA-02", 3)]


def test_all_faults_of_a_row_are_found_together() -> None:
    bad = row(
        enterprise_id="91210100MA0TEXT016",
        quantity=Decimal(-1),
        unit="吨",
        period_start=date(1999, 1, 2),
        period_end=date(1999, 1, 1),
    )
    assert ids([bad]) == ["PE-01", "PE-02", "RG-01", "UN-01", "VA-01"]


def test_registration_may_change_hands_in_the_middle_of_a_row() -> None:
    joined = (
        enterprise(first=date(2020, 1, 1), until=date(2025, 3, 14)),
        enterprise(first=date(2025, 3, 15)),
    )
    parted = (joined[0], enterprise(first=date(2025, 3, 16)))
    assert ids([row()], on=ground(enterprises=joined)) == []
    [fault] = find([row()], on=ground(enterprises=parted))
    assert fault.rule == "RG-02"
    assert fault.facts["registered"] == "2020-01-01 … 2025-03-14、2025-03-16 …"


def test_without_a_register_its_rules_are_silent() -> None:
    on = ground(enterprises=None, facilities=None)
    assert ids([row(enterprise_id=OTHER, facility="无此设施")], on=on) == []


def test_unknown_facilities_are_listed_and_post() -> None:
    rows = [row(facility="1号锅炉房"), row(row_no=3, facility="临时设施")]
    [fault] = find(rows)
    assert (fault.rule, fault.severity, fault.row_no) == ("RG-03", "W", 3)
    assert "临时设施" in fault.text("zh")
    assert "临时设施" in fault.text("en")


def test_many_warnings_of_one_kind_are_one_with_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ledgers.emissions.rules.finding.LISTED", 2)
    rows = [
        row(**GAS, row_no=no, facility="临时设施", device=f"表{no}") | {"unit": "万立方米"}
        for no in range(4, 7)
    ]
    found = find(rows)
    assert [(f.rule, f.row_no, f.facts["rows"]) for f in found] == [
        ("RG-03", 4, "3"),
        ("UN-03", 4, "3"),
    ]


def test_policy_may_forbid_assuming_a_condition() -> None:
    strict = replace(ground().policy, assume_gas_condition=False)
    bare = row(**{**GAS, "unit": "万立方米"})
    assert ids([bare], on=ground(policy=strict)) == ["UN-02"]


def test_a_carrier_of_a_users_own_edition_has_no_bands() -> None:
    assert ids([row(carrier="own_fuel", unit="short_ton", quantity=Decimal(7))]) == []


def test_the_window_of_a_month() -> None:
    policy = ground().policy
    assert rules.window_of(policy, "2025-03", date(2025, 4, 10)) == rules.Window(
        date(2022, 3, 1), date(2025, 4, 10)
    )
    assert rules.window_of(policy, "2018-12", date(2018, 12, 20)).latest == date(2018, 12, 31)
    ahead = rules.window_of(policy, "2035-03", date(2025, 4, 10))
    assert ahead == rules.Window(date(2022, 4, 1), date(2025, 4, 30))
    none = replace(policy, window_months=0)
    assert rules.window_of(none, "2025-01", date(2025, 1, 1)).earliest == date(2025, 1, 1)


def test_every_rule_has_words_in_both_languages_with_the_same_facts() -> None:
    from string import Formatter

    listed = rules.table()
    assert [line["rule"] for line in listed] == list(rules.RULE_IDS)
    for line in listed:
        fields = {
            lang: {name for _, name, _, _ in Formatter().parse(line[lang]) if name}
            for lang in messages.LANGUAGES
        }
        assert {name.removesuffix("_zh") for name in fields["zh"]} == fields["en"]


def test_row_rules_say_how_an_expectation_checks_them() -> None:
    for rule in rules.RULES:
        if rule.predicate:
            assert rule.expectation is not None
            assert rule.expectation[1]["column"] in rule.columns
