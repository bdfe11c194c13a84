"""Imports of the register: what is taken, refused, changed, undone (合成数据)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from factors import messages
from factors.errors import UsageFault
from ledgers import journal
from ledgers.reference import (
    Answer,
    Change,
    districts,
    enterprise_history,
    enterprises,
    facilities,
    import_register,
    persons,
)
from tests.ledgers.reference.conftest import CODE, OTHER, PERSON, SHA, enterprise
from warehouse.connect import Connection

DAY = date(2025, 3, 1)


def send(con: Connection, *rows: dict[str, Any], sha: str = "a", **options: Any) -> Answer:
    return import_register(con, "enterprise", rows, person=PERSON, source_sha=SHA[sha], **options)


def test_an_enterprise_is_registered_with_district_and_carriers(con: Connection) -> None:
    answer = send(con, enterprise())
    assert (answer.rows_read, answer.accepted, answer.unchanged, answer.rejected) == (1, 1, 0, ())
    assert answer.commit is not None
    assert answer.commit.person == PERSON
    [held] = enterprises(con, DAY)
    assert (held.enterprise_id, held.name, held.industry) == (CODE, "合成热力有限公司", "D4430")
    assert (held.district_name, held.region) == ("铁西区", "辽宁")
    assert (held.key_user, held.two_high, held.boundary) == (True, False, "legal_person")
    assert held.expected_carriers == ("bituminous", "electricity")
    assert (held.valid_from, held.until) == (date(2024, 1, 1), date.max)
    assert enterprises(con, date(2023, 12, 31)) == ()


def test_the_districts_of_the_city_are_shipped_with_their_source(con: Connection) -> None:
    held = districts(con)
    assert len(held) == 13
    assert {place.region for place in held.values()} == {"辽宁"}
    assert {place.source for place in held.values()} == {"GB/T 2260"}
    assert (held["210112"].name, held["210181"].name) == ("浑南区", "新民市")


def test_the_answer_says_what_changed_and_how_to_undo_it(con: Connection) -> None:
    send(con, enterprise())
    answer = send(con, enterprise(企业名称="合成热力集团", 两高项目="是"), sha="b")
    key = (CODE, "2024-01-01")
    assert answer.changes == (
        Change(key, "name", "合成热力有限公司", "合成热力集团"),
        Change(key, "two_high", "否", "是"),
    )
    assert [row["name"] for row in answer.undo] == ["合成热力有限公司"]
    undone = send(con, *[dict(row) for row in answer.undo], sha="c")
    assert [(change.old, change.new) for change in undone.changes] == [
        ("合成热力集团", "合成热力有限公司"),
        ("是", "否"),
    ]
    assert [held.name for held in enterprises(con, DAY)] == ["合成热力有限公司"]


def test_a_new_row_is_undone_by_withdrawing_it(con: Connection) -> None:
    answer = send(con, enterprise())
    assert [row["valid_to"] for row in answer.undo] == ["2023-12-31"]
    send(con, *[dict(row) for row in answer.undo], sha="b")
    assert enterprises(con, DAY) == ()
    assert enterprise_history(con) == ()


def test_the_same_file_has_no_second_effect(con: Connection) -> None:
    first = send(con, enterprise())
    again = send(con, enterprise())
    assert (again.accepted, again.unchanged, again.changes) == (1, 1, ())
    assert again.commit is None
    send(con, enterprise(企业名称="合成热力集团"), sha="b")
    late = send(con, enterprise())
    assert late.seen_before
    assert late.commit == first.commit
    assert [held.name for held in enterprises(con, DAY)] == ["合成热力集团"]
    taken = send(con, enterprise(), reason="恢复原名")
    assert not taken.seen_before
    assert [held.name for held in enterprises(con, DAY)] == ["合成热力有限公司"]


def test_a_later_row_ends_the_one_before_it(con: Connection) -> None:
    later = enterprise(生效日期="2025年7月1日", 企业名称="合成新能源公司", 失效日期="2026-06-30")
    send(con, enterprise(), later)
    assert [held.name for held in enterprises(con, date(2025, 6, 30))] == ["合成热力有限公司"]
    assert [held.name for held in enterprises(con, date(2025, 7, 1))] == ["合成新能源公司"]
    assert enterprises(con, date(2026, 7, 1)) == ()
    assert [held.until for held in enterprise_history(con)] == [
        date(2025, 6, 30),
        date(2026, 6, 30),
    ]


def test_the_register_is_read_as_it_stood(con: Connection) -> None:
    first = send(con, enterprise())
    send(con, enterprise(企业名称="合成热力集团"), sha="b")
    assert first.commit is not None
    then = first.commit.recorded_at
    assert [held.name for held in enterprises(con, DAY, then)] == ["合成热力有限公司"]
    before = then - timedelta(microseconds=1)
    assert enterprises(con, DAY, before) == ()
    # A plain day ends at midnight by the city's clock, eight hours before that of UTC.
    local = then.astimezone(timezone(timedelta(hours=8))).date()
    assert [held.name for held in enterprises(con, DAY, local)] == ["合成热力集团"]
    assert enterprises(con, DAY, local - timedelta(days=1)) == ()
    naive = datetime.fromisoformat(then.replace(tzinfo=None).isoformat())
    assert [held.name for held in enterprises(con, DAY, naive)] == ["合成热力有限公司"]


FAULTS = [
    ({"统一社会信用代码": "91210100MA0TEXT016"}, "enterprise_id", "reference.credit_code"),
    ({"统一社会信用代码": ""}, "enterprise_id", "reference.required"),
    ({"企业名称": " - "}, "name", "reference.required"),
    ({"生效日期": "2025-02-30"}, "valid_from", "reference.date"),
    ({"失效日期": "2023-12-30"}, "valid_to", "reference.validity"),
    ({"行政区划代码": "210199"}, "district", "reference.district"),
    ({"行业代码": "电力"}, "industry", "reference.industry"),
    ({"核算边界": "车间"}, "boundary", "reference.boundary"),
    ({"所属市场": "2025:全国;2025:本市"}, "market", "reference.market"),
    ({"两高项目": "也许"}, "two_high", "reference.flag"),
    ({"应报能源品种": "电力;神秘燃料"}, "expected_carriers", "reference.carrier"),
    ({"核算方法版本": "无此版本"}, "method_edition", "reference.method_edition"),
    ({"前身信用代码": OTHER}, "predecessor_id", "reference.predecessor"),
]


@pytest.mark.parametrize(("changes", "column", "code"), FAULTS)
def test_a_faulty_row_is_answered(
    con: Connection, changes: dict[str, str], column: str, code: str
) -> None:
    answer = send(con, enterprise(**changes, row_no=7))
    [fault] = answer.rejected
    assert (fault.row_no, fault.column, fault.fault.code) == (7, column, code)
    assert (answer.accepted, answer.rejected_rows, answer.commit) == (0, 1, None)
    assert answer.reasons() == {code: 1}
    for lang in messages.LANGUAGES:
        assert "{" not in fault.text(lang)
    assert enterprise_history(con) == ()


def test_all_faults_are_found_together_and_good_rows_are_taken(con: Connection) -> None:
    bad = enterprise(行业代码="电力", 行政区划代码="", 两高项目="也许", 统一社会信用代码=OTHER)
    answer = send(con, bad, enterprise())
    assert [fault.column for fault in answer.rejected] == ["district", "industry", "two_high"]
    assert (answer.rows_read, answer.accepted, answer.rejected_rows) == (2, 1, 1)
    assert [held.enterprise_id for held in enterprises(con, DAY)] == [CODE]


def test_rows_that_contradict_one_another_are_refused_both(con: Connection) -> None:
    answer = send(con, enterprise(), enterprise(企业名称="另一个名称"))
    assert answer.reasons() == {"reference.contradiction": 2}
    twice = send(con, enterprise(), enterprise())
    assert (twice.accepted, twice.reasons()) == (1, {"reference.repeated": 1})


def test_a_predecessor_may_come_in_the_same_file(con: Connection) -> None:
    old = enterprise(统一社会信用代码=OTHER, 失效日期="2024-12-31")
    new = enterprise(生效日期="2025-01-01", 前身信用代码=OTHER)
    assert send(con, new, old).rejected == ()
    assert [held.enterprise_id for held in enterprises(con, DAY)] == [CODE]


def test_markets_by_year(con: Connection) -> None:
    send(con, enterprise(所属市场="2026：全国；2025：本市"))
    [held] = enterprises(con, DAY)
    assert held.market == "2025:city;2026:national"
    assert [held.market_in(year) for year in (2024, 2025, 2026)] == ["", "city", "national"]
    send(con, enterprise(所属市场="全国"), sha="b")
    assert enterprises(con, DAY)[0].market_in(2024) == "national"


def test_facilities_belong_to_registered_enterprises(con: Connection) -> None:
    row = {"信用代码": CODE, "设施": "1号锅炉房", "海拔": "44.5", "起始日期": "20240101"}
    early = import_register(con, "facility", [row], person=PERSON, source_sha=SHA["d"])
    assert early.reasons() == {"reference.enterprise": 1}
    send(con, enterprise())
    import_register(con, "facility", [row], person=PERSON, source_sha=SHA["e"])
    [held] = facilities(con, DAY)
    assert (held.facility, held.altitude) == ("1号锅炉房", Decimal("44.5"))
    deep = row | {"海拔": "0.1234567890123"}
    refused = import_register(con, "facility", [deep], person=PERSON, source_sha=SHA["f"])
    assert refused.reasons() == {"reference.number": 1}


def test_persons_are_registered_without_anything_else(empty: Connection) -> None:
    row = {"人员编号": "P-1", "姓名": "合成·李四", "系统用户": "li", "生效日期": "2024-01-01"}
    import_register(empty, "person", [row], person="li", source_sha=SHA["a"])
    [held] = persons(empty, DAY)
    assert (held.person_id, held.name, held.system_user) == ("P-1", "合成·李四", "li")


def test_an_unknown_kind_is_wrong_use(con: Connection) -> None:
    with pytest.raises(UsageFault, match="enterprise"):
        import_register(con, "budget", [], person=PERSON, source_sha=SHA["a"])


def test_every_import_is_sealed_in_the_chain(con: Connection) -> None:
    send(con, enterprise())
    send(con, enterprise(企业名称="合成热力集团"), sha="b")
    assert journal.verify_chain(con).findings == ()
    con.execute("UPDATE register.enterprise SET name = 'x' WHERE commit_no = 2")
    assert journal.verify_chain(con).findings != ()
