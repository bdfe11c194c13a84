"""Packages are taken whole, once, and never edited. 合成数据 (synthetic)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factors.errors import UsageFault
from factors.taxonomies import NotTaggable
from ledgers.green_finance.columns import KEYS, columns, sql_type
from ledgers.green_finance.grounds import project_key
from ledgers.green_finance.packages import BadPackageName, read_name
from ledgers.green_finance.tags import answer, set_tag, tags_of, warnings
from tests.ledgers.green_finance.bank import (
    BANK,
    OWNER,
    PERSON,
    Rows,
    bond,
    broken,
    good,
    ledger,
    submit,
)
from warehouse.connect import DatabaseError


@pytest.fixture
def con():
    return ledger()


def totals(con) -> list[tuple]:
    """What the city's tables are summed from: the latest event of each instrument that stands."""
    return con.execute(
        "SELECT business_no, balance, gfspc_code FROM (SELECT * FROM finance.instrument QUALIFY "
        "row_number() OVER (PARTITION BY institution_id, business_no, event, event_date ORDER BY "
        "commit_no DESC, ordinal DESC) = 1 AND state = 'stands') ORDER BY ALL"
    ).fetchall()


def test_a_name_says_message_institution_date_and_number():
    made = read_name("正常_B0001H221010001_20251120_0001.xlsx", "0" * 64)
    other = read_name("ordinary_B0001H221010001_20251120_1.json", "0" * 64)
    assert made.name == other.name == "ordinary_B0001H221010001_20251120_0001"
    for name in (
        "package.xlsx",
        "正常_B0001H221010001_20251340_1.xlsx",
        "其他_B0001H_20251120_1.csv",
    ):
        with pytest.raises(BadPackageName):
            read_name(name, "0" * 64)


def test_the_tables_hold_what_is_declared(con):
    for kind in KEYS:
        rows = con.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'finance' AND table_name = ?",
            [kind],
        ).fetchall()
        held = dict(rows)
        assert {c.name: sql_type(c) for c in columns(kind)}.items() <= held.items(), kind


def test_a_package_is_taken_once(con, tmp_path: Path):
    name = f"ordinary_{BANK}_20251121_0001"
    first = submit(con, good(), tmp_path, name=name)
    assert first.commit is not None
    again = submit(con, good(), tmp_path, name=name)
    assert (again.seen_before, again.commit) == (True, first.commit)
    other = good()
    other["instrument"][0]["balance"] = "1"
    refused = submit(con, other, tmp_path, name=name)
    assert broken(refused) == {"SB-03"}
    assert con.execute("SELECT count(*) FROM finance.package").fetchall() == [(1,)]


def test_a_package_with_one_fault_leaves_nothing(con, tmp_path: Path):
    rows = good()
    rows["instrument"].append({**rows["instrument"][0], "business_no": "L2", "rate": "3.25"})
    before = con.execute("SELECT count(*) FROM journal.commit").fetchall()
    verdict = submit(con, rows, tmp_path)
    assert broken(verdict) == {"AM-04"}
    assert verdict.commit is None
    for table in (*KEYS, "package", "tag", "warning", "benefit"):
        assert con.execute(f"SELECT count(*) FROM finance.{table}").fetchall() == [(0,)], table
    assert con.execute("SELECT count(*) FROM journal.commit").fetchall() == before


def test_names_are_masked_and_identity_numbers_hashed(con, tmp_path: Path):
    submit(con, good(), tmp_path)
    rows = con.execute("SELECT name, identity_no, credit_code FROM finance.customer").fetchall()
    assert rows[0] == ("合成风电公司", "", OWNER)
    assert rows[1][0] == "*成"
    assert len(rows[1][1]) == 64
    assert "210102X" not in str(rows)


def test_the_legal_tag_follows_the_dates_and_names_who_set_it(con, tmp_path: Path):
    submit(con, good(), tmp_path)
    (tag,) = tags_of(con, BANK, "L1")
    assert (tag.edition, tag.code, tag.legal, tag.line) == ("GFSPC-2025", "4.2.1", True, 3)
    assert tag.person == "合成认定人"


def test_a_tag_without_a_person_cannot_be_stored(con):
    row = "(1, 0, 'B', 'instrument', 'L1', 'GFSPC-2025', '4.2.1', true, 3, '', '', ?)"
    for person in ("", "  ", None):
        with pytest.raises(DatabaseError):
            con.execute(f"INSERT INTO finance.tag VALUES {row}", [person])
    with pytest.raises(DatabaseError):  # an open choice without a reason
        con.execute(
            "INSERT INTO finance.tag VALUES (1, 0, 'B', 'instrument', 'L1', 'GFSPC-2025', '4.2.1', "
            "true, 4, ' ', '', 'p')"
        )


def test_a_further_tag_shows_an_old_bond_in_the_new_list(con, tmp_path: Path):
    rows = bond()
    rows["instrument"][0] |= {"gfspc_code": "", "bond_code": "3.2.2.1", "filed_on": "2025-06-01",
                              "approved_on": "2025-07-01"}  # fmt: skip
    verdict = submit(con, rows, tmp_path)
    assert broken(verdict) == {"CL-01W"}, [f.text("en") for f in verdict.faults]
    (legal,) = tags_of(con, BANK, "B1")
    assert (legal.edition, legal.legal) == ("GBEPC-2021", True)
    assert legal.warning == "edition incomplete (203 of 204)"
    made = set_tag(con, BANK, "B1", "GFSPC-2025", "4.2.1", person=PERSON, reason="新旧目录对照")
    assert not made.legal
    with pytest.raises(UsageFault):
        set_tag(con, BANK, "B1", "GBEPC-2021", "3.2.2.1", person=PERSON, reason="x")
    with pytest.raises(NotTaggable):
        set_tag(con, BANK, "B1", "GFSPC-2025", "4.2", person=PERSON, reason="x")
    with pytest.raises(UsageFault):
        set_tag(con, BANK, "L9", "GFSPC-2025", "4.2.1", person=PERSON, reason="x")


def test_a_warning_waits_for_the_answer_of_a_named_person(con, tmp_path: Path):
    rows = good()
    rows["project"][0]["credits_declared"] = ""
    assert submit(con, rows, tmp_path).good
    (open_one,) = warnings(con)
    assert (open_one.rule, open_one.subject) == ("DC-03", "P1")
    with pytest.raises(UsageFault):
        answer(con, open_one.warning, person=PERSON, reason=" ")
    answer(con, open_one.warning, person=PERSON, reason="项目不开发信用")
    assert warnings(con) == ()
    (closed,) = warnings(con, open_only=False)
    assert (closed.answered_by, closed.reason) == (PERSON, "项目不开发信用")


def test_a_deletion_is_a_version_and_the_record_stays_readable(con, tmp_path: Path):
    submit(con, good(), tmp_path)
    gone: Rows = {"deletion": [{"record_kind": "业务", "record_no": "L1", "event": "放款",
                                "event_date": "2025-11-20", "reason": "重复"}]}  # fmt: skip
    assert submit(con, gone, tmp_path, message="deletion").good
    assert totals(con) == []
    rows = con.execute(
        "SELECT state, balance FROM finance.instrument ORDER BY commit_no"
    ).fetchall()
    assert [row[0] for row in rows] == ["stands", "deleted"]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 199_999_999), st.sampled_from(["4.2.2", "4.2.3"]))
def test_a_correction_followed_by_its_reverse_restores_every_total(con, tmp_path, balance, code):
    if not totals(con):
        submit(con, good(), tmp_path)
    before = totals(con)
    row, project = good()["instrument"][0], good()["project"][0]
    changed = {"instrument": [row | {"balance": str(balance), "gfspc_code": code}],
               "project": [project | {"gfspc_code": code}]}  # fmt: skip
    assert submit(con, changed, tmp_path, message="correction").commit
    assert totals(con) != before
    assert submit(con, {"instrument": [row], "project": [project]}, tmp_path,
                  message="correction").commit  # fmt: skip
    assert totals(con) == before
    assert tags_of(con, BANK, "L1")[0].code == "4.2.1"


def test_a_project_has_one_key_however_two_banks_write_it():
    code = "2501-210106-04-01-123456"
    assert project_key(f" {code}", "甲", OWNER, "210106") == code
    one = project_key("", "合成 风电场（一期）", OWNER, "210106001")
    other = project_key("无", "合成风电场(一期)", OWNER, "210106")
    assert one == other
    assert one != project_key("", "合成风电场（二期）", OWNER, "210106")
