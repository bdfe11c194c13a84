"""Every declared rule: a record that keeps it and one that breaks it. 合成数据 (synthetic)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factors.messages import catalogue
from ledgers.green_finance.rules import FORMAT, RULE_IDS, RULES
from tests.ledgers.green_finance.bank import (
    BANK,
    OTHER,
    OWNER,
    Rows,
    bond,
    broken,
    check,
    credit_code,
    good,
    ledger,
    submit,
)

Base = Callable[[], Rows]
Spoil = Callable[[Rows], Any]


def put(sheet: str, place: int = 0, /, **cells: str) -> Spoil:
    """Change cells of one row."""
    return lambda rows: rows[sheet][place].update(cells)


def more(sheet: str, /, **cells: str) -> Spoil:
    """One more row like the last, with other cells."""
    return lambda rows: rows[sheet].append({**rows[sheet][-1], **cells})


def both(*changes: Spoil) -> Spoil:
    return lambda rows: [change(rows) for change in changes]


def base(make: Base, *changes: Spoil) -> Base:
    def made() -> Rows:
        rows = make()
        for change in changes:
            change(rows)
        return rows

    return made


def evidence(**cells: str) -> Spoil:
    row = {
        "subject_kind": "项目", "subject_no": "P1", "title": "合成检测报告", "sha256": "a" * 64,
        "proves": "技术条件", "condition": "效率", "value": "0.97", "comparator": "不低于",
        "threshold": "0.95", "unit": "1", "standard": "GB 24500", "standard_from": "2021-06-01",
    }  # fmt: skip
    return lambda rows: rows.setdefault("evidence", []).append({**row, **cells})


def finance(**cells: str) -> Spoil:
    row = {"credit_code": OWNER, "year": "2025", "equity": "600000000", "debt": "400000000",
           "revenue": "300000000", "emissions": "12000", "removals": "5"}  # fmt: skip
    return lambda rows: rows.setdefault("entity_finance", []).append({**row, **cells})


def risk(**cells: str) -> Spoil:
    row = {"reason_no": "R1", "customer_no": "C1", "risk_type": "环境违法", "major": "是",
           "happened_on": "2025-10-01", "description": "合成", "rectified": "是",
           "rectified_on": "2025-11-01"}  # fmt: skip
    return lambda rows: rows.setdefault("risk", []).append({**row, **cells})


def abs_(transferred: str) -> Spoil:
    def made(rows: Rows) -> None:
        rows["instrument"][0]["transferred"] = transferred
        rows["instrument"].append(
            {**bond()["instrument"][0], "kind": "资产支持证券", "business_no": "A1"}
        )
        rows["holding"] = [
            {"holder_no": "A1", "underlying_institution": BANK, "underlying_no": "L1",
             "as_of": "2025-11-21", "amount": "200000000"}
        ]  # fmt: skip

    return made


OLD = {"gfspc_code": "", "pboc_code": "PBOCGC2020030202"}
old_loan = base(
    good,
    put("project", **OLD),
    put(
        "instrument",
        **OLD,
        approved_on="2025-06-01",
        disbursed_on="2025-11-20",
    ),
)
"""Approved before the publication of the 2025 list: a historical edition applies."""
unsettled = base(
    good,
    put(
        "instrument",
        approved_on="2025-08-01",
        chosen_edition="GFSPC-2025",
        choice_reason="合成理由",
    ),
)
FE = {"asset_class": "商业贷款", "pcaf_option": "1a", "pcaf_score": "1"}
with_finance = base(good, finance(), put("instrument", **FE))
working = base(
    good,
    put("instrument", loan_kind="流动资金贷款"),
    evidence(subject_kind="业务", subject_no="L1", proves="资金用途", value="", threshold="",
             comparator=""),
)  # fmt: skip
refinanced = base(
    good,
    more("instrument", business_no="L2", refinances="L1", layer="再融资", balance="1",
         amount="1000"),
)  # fmt: skip
heating = base(
    good,
    put("element", scene="200502030101", element="E2001142", value="38"),
    put("element", 1, scene="200502030101", element="E2001014", value="E200101402"),
)
CODE, PROJECT_CODE = put("instrument", gfspc_code="4.2"), put("project", gfspc_code="4.2")

CASES: dict[str, tuple[Base, Spoil]] = {
    "FF-01": (good, put("instrument", business_no="")),
    "FF-02": (good, put("instrument", amount="两亿")),
    "FF-03": (good, put("instrument", matures_on="2035-13-40")),
    "FF-04": (good, put("instrument", risk_class="良好")),
    "AM-04T": (good, put("instrument", rate="3.25%")),
    "ID-01": (good, put("customer", credit_code=OWNER[:-1] + "0")),
    "ID-02": (good, put("instrument", industry="44")),
    "ID-03": (good, more("instrument")),
    "SB-06": (good, put("instrument")),
    "SB-07": (good, put("instrument", event_date="2025-11-01", disbursed_on="2025-11-01")),
    "SB-08": (good, put("instrument", event_date="2025-12-01", disbursed_on="2025-12-01")),
    "SB-09": (good, put("instrument", customer_no="C9")),
    "DT-01": (good, put("instrument", matures_on="2025-11-19")),
    "DT-02": (good, put("instrument", disbursed_on="2025-11-19")),
    "MT-01": (good, put("project", ends_on="2030-01-01")),
    "MT-02": (good, put("instrument", term_days="365")),
    "AM-01": (good, put("instrument", balance="200000000.01")),
    "AM-02": (good, put("instrument", amount="500000000.01")),
    "AM-03": (good, more("instrument", business_no="L2", amount="400000000",
                         balance="300000000.01")),
    "AM-03W": (good, more("instrument", business_no="L2", amount="400000000",
                          balance="200000000.01")),
    "AM-04": (good, put("instrument", rate="3.25")),
    "AM-04P": (good, put("instrument", purpose="买设备")),
    "AM-05": (good, put("instrument", currency="USD")),
    "AM-06": (good, more("project", project_no="P2", total_investment="600000000")),
    "CL-01": (good, both(CODE, PROJECT_CODE)),
    "CL-01W": (
        base(bond, lambda rows: rows.pop("allocation")),
        put("instrument", gfspc_code="", bond_code="3.2.2.1", filed_on="2025-06-01",
            approved_on="2025-07-01"),
    ),
    "CL-02": (old_loan, put("instrument", approved_on="2025-11-01")),
    "CL-02C": (unsettled, put("instrument", choice_reason="")),
    "CL-03": (good, put("instrument", gfspc_code="4.2.2")),
    "CL-04": (good, put("instrument", industry="3411")),
    "CL-05": (
        base(old_loan),
        both(put("instrument", pboc_code="PBOCGC2020030302", gfspc_code="4.2.1",
                 approved_on="2025-11-01"),
             put("project", pboc_code="PBOCGC2020030302", gfspc_code="4.2.1")),
    ),
    "CL-06": (base(good, evidence()), put("evidence", value="0.94")),
    "CL-08": (working, lambda rows: rows.pop("evidence")),
    "CL-09": (good, put("instrument", tagged_by=" ")),
    "CL-10": (
        base(old_loan, put("instrument", kind="信用证", pboc_code="", loan_kind="", project_no="",
                           cbirc_code="CBIRCGC20B03020100", layer="")),
        put("instrument", pboc_code="PBOCGC2020030202"),
    ),
    "UP-01": (bond, put("allocation", 1, spent="1")),
    "UP-03": (bond, put("allocation", allocated="300000000.01")),
    "UP-04": (bond, put("allocation", as_of="2026-11-21")),
    "UP-05": (bond, put("allocation", first_spent_on="2022-11-19")),
    "BE-01": (good, put("project", total_investment="199999999")),
    "BE-02": (good, more("instrument", business_no="L2", amount="400000000",
                         balance="300000000.01")),
    "BE-03": (refinanced, put("instrument", 1, layer="首层")),
    "BE-04": (good, put("project", operating_on="")),
    "BE-05": (base(good, put("project", co2="90000")), put("project", co2="99000.01")),
    "BE-05W": (base(good, put("project", co2="90900")), put("project", co2="90900.01")),
    "BE-06": (good, put("project", capacity_kw="24999")),
    "BE-07": (good, both(put("project", total_investment="44999999", capital="1"),
                         put("instrument", balance="1"))),
    "BE-08": (good, both(put("element", year="2026"), put("element", 1, year="2026"))),
    "BE-09": (good, put("project", cod="1")),
    "BE-10": (good, both(put("element", scene="200302020002", element="E2001111"),
                         put("element", 1, scene="200302020002", element="E2001111", item="2"))),
    "BE-10W": (good, lambda rows: rows["element"].pop(0)),
    "FE-02": (with_finance, put("entity_finance", debt="0", equity="199999999")),
    "FE-03": (with_finance, put("instrument", pcaf_score="2")),
    "FE-06": (with_finance, put("entity_finance", emissions="-1")),
    "FE-07": (with_finance, put("entity_finance", year="2024")),
    "DC-01": (refinanced, put("instrument", refinances="L2", layer="再融资")),
    "DC-02": (base(good, abs_("是")), put("instrument", transferred="否")),
    "DC-03": (good, put("project", credits_declared="")),
    "CE-01": (good, put("project", certificates_mwh="1000")),
    "CE-02": (base(good, put("project", certificates_to="2026-01-01")),
              put("project", certificates_to="2025-01-01")),
    "RK-01": (base(good, risk()), put("risk", rectified="否")),
    "RK-01W": (base(good, risk()), put("risk", rectified="否", major="否")),
}  # fmt: skip

ELSEWHERE = {"SB-04", "SB-05", "SB-06", "CL-07", "FE-01", "FE-04", "FE-05", "ST-01", "ST-02"}
ELSEWHERE |= {"ST-03"}
"""Rules about what stands already, or about totals: tested below or in test_financed."""
CASES.pop("SB-06")


@pytest.fixture(scope="module")
def con():
    return ledger()


_NUMBERS = ("business_no", "customer_no", "project_no", "refinances", "subject_no", "holder_no")
_NUMBERS += ("underlying_no", "reason_no")
_CODE = "2501-210106-04-01-{:06d}"


def apart(rows: Rows, number: int) -> Rows:
    """The same records under numbers of their own, so that many cases fit in one package."""

    def renamed(name: str, value: str) -> str:
        if name in _NUMBERS and value.strip():
            return f"{value}-{number}"
        if name == "credit_code":
            own = credit_code(1000 + number)
            return own if value == OWNER else own[:-1] + ("0" if own[-1] != "0" else "1")
        return _CODE.format(number) if name == "project_code" else value

    return {
        kind: [{name: renamed(name, value) for name, value in row.items()} for row in records]
        for kind, records in rows.items()
    }


def together(cases: dict[str, Rows]) -> tuple[Rows, dict[tuple[str, int], str]]:
    """All cases as one package, and which row of which sheet belongs to which case."""
    merged: Rows = {}
    owner: dict[tuple[str, int], str] = {}
    for number, (name, rows) in enumerate(cases.items()):
        for kind, records in apart(rows, number).items():
            held = merged.setdefault(kind, [])
            for record in records:
                held.append(record)
                owner[kind, len(held) + 1] = name
    return merged, owner


def judged(con: Any, cases: dict[str, Rows], folder: Path) -> dict[str, list[Any]]:
    """Case → its faults, from one check of all of them."""
    merged, owner = together(cases)
    found: dict[str, list[Any]] = {name: [] for name in cases}
    for fault in check(con, merged, folder).faults:
        found[owner[fault.sheet, fault.row_no]].append(fault)
    return found


@pytest.fixture(scope="module")
def kept(con, tmp_path_factory):
    cases = {rule: make() for rule, (make, _) in CASES.items()}
    return judged(con, cases, tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def spoiled(con, tmp_path_factory):
    cases = {}
    for rule, (make, spoil) in CASES.items():
        cases[rule] = make()
        spoil(cases[rule])
    return judged(con, cases, tmp_path_factory.mktemp("spoiled"))


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_is_kept_and_broken(rule: str, kept, spoiled):
    assert kept[rule] == []
    faults = [fault for fault in spoiled[rule] if fault.rule == rule]
    assert faults, {fault.rule for fault in spoiled[rule]}
    assert all("{" not in faults[0].text(lang) for lang in ("zh", "en"))


def test_no_declared_rule_is_without_words_or_test():
    tested = {*CASES, *ELSEWHERE}
    assert set(RULE_IDS) <= tested, set(RULE_IDS) - tested
    known = catalogue()
    for rule in (*RULE_IDS, *FORMAT, "SB-01", "SB-02", "SB-03", "SB-10"):
        assert {"zh", "en"} <= set(known[f"finance.rule.{rule}"]), rule
    assert {rule.severity for rule in RULES} == {"E", "W"}


def test_every_fault_names_its_row_and_field(con, tmp_path: Path):
    rows = good()
    rows["instrument"].append({**rows["instrument"][0], "business_no": "L2", "rate": "3.25%",
                               "balance": "300000000.5"})  # fmt: skip
    found = {(f.sheet, f.row_no, f.column, f.rule) for f in check(con, rows, tmp_path).faults}
    assert {("instrument", 3, "rate", "AM-04T"), ("instrument", 3, "balance", "AM-01")} <= found


# --- rules about what stands already ----------------------------------------------------------


@pytest.fixture
def held(tmp_path: Path):
    con = ledger()
    assert submit(con, good(), tmp_path).good
    return con


def later(**cells: str) -> Rows:
    """A repayment of the loan that stands, a month on."""
    row = good()["instrument"][0] | {"event": "还款", "event_date": "2025-12-20",
                                     "repaid_on": "2025-12-20", "event_amount": "50000000",
                                     "balance": "150000000"}  # fmt: skip
    return {"instrument": [row | cells]}


DECEMBER = {"day": "20251221"}


def test_codes_and_recognition_change_only_by_correction(held, tmp_path: Path):
    assert broken(check(held, later(), tmp_path, **DECEMBER)) == set()
    moved = later(recognised_on="2025-11-21")
    assert "CL-07" in broken(check(held, moved, tmp_path, **DECEMBER))
    again = {"instrument": [good()["instrument"][0] | {"recognised_on": "2025-11-21"}]}
    fixed = check(held, again, tmp_path, message="correction", **DECEMBER)
    assert "CL-07" not in broken(fixed)
    assert fixed.good, broken(fixed)


def test_a_correction_of_an_unknown_record_is_refused(held, tmp_path: Path):
    rows = {"instrument": [good()["instrument"][0] | {"business_no": "L9"}]}
    assert "SB-04" in broken(check(held, rows, tmp_path, message="correction"))
    rows = {"deletion": [{"record_kind": "业务", "record_no": "L9", "event": "放款",
                          "event_date": "2025-11-20", "reason": "合成"}]}  # fmt: skip
    assert "SB-04" in broken(check(held, rows, tmp_path, message="deletion"))


def test_a_value_at_origination_stays(held, tmp_path: Path):
    rows = later()
    first = good()["instrument"][0] | {"origination_value": "400000000"}
    assert submit(held, {"instrument": [first]}, tmp_path, message="correction").good
    rows["instrument"][0]["origination_value"] = "400000000"
    assert "FE-04" not in broken(check(held, rows, tmp_path, **DECEMBER))
    rows["instrument"][0]["origination_value"] = "500000000"
    assert "FE-04" in broken(check(held, rows, tmp_path, **DECEMBER))


def test_a_project_with_loans_is_not_deleted(held, tmp_path: Path):
    rows = {"deletion": [{"record_kind": "项目", "record_no": "P1", "reason": "合成"}]}
    assert "SB-06" in broken(check(held, rows, tmp_path, message="deletion"))
    first = {"deletion": [{"record_kind": "业务", "record_no": "L1", "event": "放款",
                           "event_date": "2025-11-20", "reason": "合成"}]}  # fmt: skip
    assert submit(held, first, tmp_path, message="deletion").good
    assert broken(check(held, rows, tmp_path, message="deletion")) == set()


def test_two_banks_that_finance_one_project_are_added_up(held, tmp_path: Path):
    rows = good()
    rows["project"][0] |= {"project_code": "2501-210106-04-01-123456 ", "name": "别的写法"}
    rows["instrument"][0] |= {"amount": "400000000", "balance": "300000000.01"}
    found = check(held, rows, tmp_path, bank=OTHER)
    assert {"AM-03", "BE-02"} <= broken(found)
    rows["instrument"][0]["balance"] = "300000000"
    assert check(held, rows, tmp_path, bank=OTHER).good


def table(**values: str) -> Rows:
    return {
        "statistics": [
            {"period": "2025-12", "code": "4.2.1", "item": item, "value": value}
            for item, value in values.items()
        ]
    }


FINE = {"balance": "20000", "pass": "20000", "disbursed_quarter": "20000",
        "disbursed_ytd": "20000", "opening_balance": "0", "rate_ytd": "0.0325"}  # fmt: skip


def test_a_statistics_table_is_the_sum_of_its_details(held, tmp_path: Path):
    options = {"message": "statistics", "day": "20260105"}
    assert broken(check(held, table(**FINE), tmp_path, **options)) == set()
    for change, rule in (
        ({"balance": "20000.000001"}, "ST-01"),
        ({"pass": "0"}, "ST-01"),
        ({"disbursed_ytd": "19999"}, "ST-02"),
        ({"rate_ytd": "0.04"}, "ST-02"),
        ({"opening_balance": "1"}, "ST-03"),
    ):
        assert rule in broken(check(held, table(**{**FINE, **change}), tmp_path, **options))


def test_a_message_takes_only_its_tables(con, tmp_path: Path):
    assert "SB-10" in broken(check(con, good(), tmp_path, message="statistics"))


def test_an_unregistered_institution_is_refused(con, tmp_path: Path):
    assert "SB-02" in broken(check(con, good(), tmp_path, bank="B0009H221010001"))


def test_credit_codes_are_checked_as_the_standard_says(con, tmp_path: Path):
    from stdnum.cn import uscc

    check(con, good(), tmp_path)
    codes = [credit_code(number) for number in range(40)]
    codes += [code[:-1] + ("0" if code[-1] != "0" else "1") for code in codes] + ["", "1" * 18]
    for code in codes:
        ((ours,),) = con.execute("SELECT credit_code_valid($1)", [code]).fetchall()
        assert ours == uscc.is_valid(code), code


def test_the_page_of_rules_is_what_the_declarations_say():
    import runpy

    root = Path(__file__).parents[3]
    made = runpy.run_path(str(root / "docs" / "make_finance_rules.py"))["page"]()
    assert (root / "docs" / "finance-rules.md").read_text(encoding="utf-8") == made
