"""States, two persons, delays, and everything that is refused, with the record of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ledgers import journal
from ledgers.allowances import accounts, caps, persons, rulings
from ledgers.allowances.execution import execute, execute_due
from ledgers.allowances.refusals import Refused, refusals
from ledgers.allowances.requests import Ask, Movement, request
from ledgers.allowances.tables import shipped
from ledgers.allowances.workflow import approve, cancel, expire, propose, reject
from ledgers.reference import import_register
from tests.ledgers.allowances.desk import (
    ANNA,
    BANK,
    BANKER,
    BERT,
    CLERK,
    CORA,
    DORA,
    JUDGE,
    MILL,
    MONDAY,
    PLANT,
    SHANGHAI,
    U24,
    U25,
    Registry,
)
from warehouse.connect import DatabaseError


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, check=lambda fault: fault.code == code)


def logged(registry: Registry) -> str:
    """The code of the last refusal in the journal."""
    return str(refusals(registry.con)[-1]["code"])


def test_a_transfer_waits_for_its_second_person_and_its_day(registry: Registry) -> None:
    registry.give(registry.plant, 1000)
    found = registry.do("t1", "transfer", registry.plant, registry.mill, U25, 300, by=(CORA, DORA))
    assert (found.state, found.executes_at) == ("delayed", datetime(2026, 3, 3, 2, 0))
    assert registry.balance(registry.plant) == (1000, 300)
    early = registry.at(hours=23, minutes=59)
    with refused("registry.early"):
        execute(registry.con, "t1", person=ANNA, at=early)
    assert execute_due(registry.con, "SY", person=ANNA, at=early) == ()
    (done,) = execute_due(registry.con, "SY", person=ANNA, at=registry.at(minutes=1))
    assert done.state == "completed"
    assert registry.balance(registry.plant) == (700, 0)
    assert registry.balance(registry.mill) == (300, 0)
    assert registry.blocks(registry.mill) == [(1, 300)]
    assert registry.blocks(registry.plant) == [(301, 1000)]
    assert registry.states("t1") == [
        "awaiting_approval",
        "proposed",
        "checked",
        "delayed",
        "completed",
    ]
    assert journal.verify_chain(registry.con).good


def test_blocks_go_by_date_then_origin_then_number(registry: Registry, stocked: None) -> None:
    """The last block is split, both ends counted."""
    registry.at(minutes=1)
    registry.give(registry.mill, 50)
    registry.at(minutes=1)
    registry.give(registry.plant, 100)
    registry.do("m", "merge", registry.mill, registry.plant, U25, 10, reason="合成文件")
    assert registry.blocks(registry.plant) == [(1, 100), (101, 110), (151, 250)]
    sink, both = registry.system("surrender"), (CORA, DORA)
    registry.do("s", "surrender", registry.plant, sink, U25, 105, year=2025, by=both)
    assert registry.blocks(registry.plant) == [(106, 110), (151, 250)]


def test_two_requests_never_promise_the_same_tonnes(registry: Registry, stocked: None) -> None:
    first = registry.ask("a", "transfer", registry.plant, registry.mill, U25, 70)
    second = registry.ask("b", "transfer", registry.plant, registry.mill, U25, 31)
    propose(registry.con, first, person=CORA, at=registry.now)
    with refused("registry.overdraft") as fault:
        propose(registry.con, second, person=CORA, at=registry.now)
    assert (fault.value.facts["held"], fault.value.facts["asked"]) == (30, 31)
    cancel(registry.con, "a", person=CORA, at=registry.now, reason="")
    assert registry.balance(registry.plant) == (100, 0)
    third = registry.ask("c", "transfer", registry.plant, registry.mill, U25, 100)
    propose(registry.con, third, person=CORA, at=registry.now)
    found = reject(registry.con, "c", person=DORA, at=registry.now, reason="合成理由")
    assert (found.state, registry.balance(registry.plant)) == ("rejected", (100, 0))


def test_the_same_person_cannot_approve(registry: Registry, stocked: None) -> None:
    asked = registry.ask("t", "transfer", registry.plant, registry.mill, U25, 1)
    propose(registry.con, asked, person=CORA, at=registry.now)
    for spelling in (CORA, f"  {CORA} ", CORA.replace("·", "·")):
        with refused("registry.same_person"):
            approve(registry.con, "t", person=spelling, at=registry.now)
        assert logged(registry) == "registry.same_person"
    assert request(registry.con, "t").state == "awaiting_approval"


def test_the_same_human_under_a_second_account(registry: Registry, stocked: None) -> None:
    """Number, name and login are one human; so are two records of one name and organisation."""
    rows = [
        {"person_id": "P01", "name": CORA, "organisation": PLANT, "system_user": "cora"},
        {"person_id": "P02", "name": CORA, "organisation": PLANT, "system_user": "cora2"},
    ]
    rows = [{**row, "role": "holder", "valid_from": "2020-01-01", "valid_to": ""} for row in rows]
    import_register(registry.con, "person", rows, person=ANNA, source_sha="a" * 64)
    asked = registry.ask("t", "transfer", registry.plant, registry.mill, U25, 1)
    propose(registry.con, asked, person="P01", at=registry.now)
    for other in ("P01", "cora", CORA, "P02", "cora2"):
        with refused("registry.same_person"):
            approve(registry.con, "t", person=other, at=registry.now)
    assert approve(registry.con, "t", person=DORA, at=registry.now).state == "delayed"


def test_the_database_holds_two_persons_whatever_the_code_does(registry: Registry) -> None:
    for statement in (
        "INSERT INTO allowances.approval VALUES (99, 0, 'x', 'approve', 'p', 'p')",
        "INSERT INTO allowances.account_event VALUES (99, 0, 1, 'open', 'p', 'p', '')",
        "INSERT INTO allowances.account_event VALUES (99, 0, 1, 'open', 'p', '', '')",
        "INSERT INTO allowances.mandate VALUES (9, 0, 'p', 'court', '', '2026-01-01', NULL, 'p')",
        "INSERT INTO allowances.cap VALUES (99, 0, 'SY-SYA-2026', 1, 'd', 'p', 'p')",
        "INSERT INTO allowances.sealed_year VALUES (99, 0, 'SY', 2025, 'd', 'p', 'p')",
        "INSERT INTO allowances.balance VALUES (1, 'available', 'SY-SYA-2025', -1, 0, false)",
        "INSERT INTO allowances.balance VALUES (1, 'available', 'SY-SYA-2025', 5, 6, false)",
    ):
        with pytest.raises(DatabaseError, match="CHECK"):
            registry.con.execute(statement)


def test_a_key_has_one_body_and_one_effect(registry: Registry, stocked: None) -> None:
    asked = registry.ask("k", "transfer", registry.plant, registry.mill, U25, 10)
    first = propose(registry.con, asked, person=CORA, at=registry.now)
    again = propose(registry.con, asked, person=CORA, at=registry.at(hours=1))
    assert again == first
    assert registry.balance(registry.plant) == (100, 10)
    other = registry.ask("k", "transfer", registry.plant, registry.mill, U25, 11)
    with pytest.raises(journal.KeyReused):
        propose(registry.con, other, person=CORA, at=registry.now)
    assert logged(registry) == "journal.key_reused"
    assert registry.balance(registry.plant) == (100, 10)


def test_a_key_that_failed_stays_failed(registry: Registry) -> None:
    asked = registry.ask("k", "transfer", registry.plant, registry.mill, U25, 10)
    with refused("registry.unknown_unit"):
        propose(registry.con, asked, person=CORA, at=registry.now)
    registry.give(registry.plant, 100)
    with refused("registry.unknown_unit"):
        propose(registry.con, asked, person=CORA, at=registry.now)
    fresh = registry.ask("k2", "transfer", registry.plant, registry.mill, U25, 10)
    assert propose(registry.con, fresh, person=CORA, at=registry.now).state == "awaiting_approval"
    smaller = registry.ask("k", "transfer", registry.plant, registry.mill, U25, 9)
    with pytest.raises(journal.KeyReused):
        propose(registry.con, smaller, person=CORA, at=registry.now)


def test_fractions_of_a_tonne_are_refused(registry: Registry, stocked: None) -> None:
    wrong = ["10.5", 10.0, "1e-1", 0, -1, "-3", "ten", True, None, 10**16]
    for place, quantity in enumerate(wrong):
        asked = registry.ask(f"k{place}", "transfer", registry.plant, registry.mill, U25, quantity)
        with pytest.raises(Refused) as fault:
            propose(registry.con, asked, person=CORA, at=registry.now)
        assert fault.value.code in ("registry.fraction", "registry.quantity")
        assert logged(registry) == fault.value.code
    asked = registry.ask("whole", "transfer", registry.plant, registry.mill, U25, "10.0")
    assert propose(registry.con, asked, person=CORA, at=registry.now).state == "awaiting_approval"


def test_wrong_accounts_units_and_years(registry: Registry, stocked: None) -> None:
    registry.give(registry.plant, 100, U24)
    plant, mill, sink = registry.plant, registry.mill, registry.system("surrender")
    cases = [
        ("registry.wrong_kind", "transfer", plant, sink, U25, {}),
        ("registry.wrong_kind", "surrender", plant, mill, U25, {"year": 2025}),
        ("registry.same_account", "transfer", plant, plant, U25, {}),
        ("registry.wrong_vintage", "surrender", plant, sink, U24, {"year": 2025}),
        ("registry.wrong_vintage", "surrender", plant, sink, U25, {"year": 2024}),
        ("registry.year_missing", "surrender", plant, sink, U25, {}),
        ("registry.unknown_unit", "transfer", plant, mill, "SY-SYA-2026", {}),
        ("registry.unknown_unit_type", "transfer", plant, mill, "SY-SYB-2025", {}),
        ("registry.bad_unit", "transfer", plant, mill, "allowances", {}),
        ("registry.unit_market", "transfer", plant, mill, "EU-EUA-2025", {}),
        ("registry.unit_class", "surrender", plant, sink, "SY-CCER-2025", {"year": 2025}),
        ("registry.need_missing", "pledge", plant, plant, U25, {}),
        ("registry.overdraft", "transfer", plant, mill, U25, {"quantity": 101}),
    ]
    for place, (code, kind, source, target, unit, more) in enumerate(cases):
        quantity = more.pop("quantity", 1)
        asked = registry.ask(f"k{place}", kind, source, target, unit, quantity, **more)
        with refused(code):
            propose(registry.con, asked, person=CORA, at=registry.now)
        assert logged(registry) == code
    assert registry.balance(plant) == (100, 0)
    # A link takes a recorded legal basis.
    out = registry.ask("link", "link_out", plant, registry.system("link_out"), U25, 1)
    with refused("registry.link_off"):
        propose(registry.con, out, person=CORA, at=registry.now)


def test_states_of_accounts(registry: Registry, stocked: None) -> None:
    waiting = registry.do("t", "transfer", registry.plant, registry.mill, U25, 10, by=(CORA, DORA))
    assert waiting.state == "delayed"
    accounts.set_status(
        registry.con,
        registry.plant,
        "frozen",
        proposer=ANNA,
        approver=BERT,
        at=registry.now,
        reason="合成文件",
    )
    asked = registry.ask("t2", "transfer", registry.plant, registry.mill, U25, 10)
    with refused("registry.wrong_state"):
        propose(registry.con, asked, person=CORA, at=registry.now)
    # What was approved before the freeze fails when its day comes, and claims nothing any more.
    (late,) = execute_due(registry.con, "SY", person=ANNA, at=registry.at(days=1))
    assert late.state == "failed"
    assert "frozen" in late.state_reason
    assert registry.balance(registry.plant) == (100, 0)
    # The authority can still take what is owed.
    forced = registry.do(
        "f",
        "forced_surrender",
        registry.plant,
        registry.system("surrender"),
        U25,
        40,
        year=2025,
        reason="合成决定",
    )
    assert forced.state == "completed"
    with refused("registry.not_empty"):
        accounts.set_status(
            registry.con,
            registry.plant,
            "closed",
            proposer=ANNA,
            approver=BERT,
            at=registry.now,
            reason="x",
        )


def test_a_check_that_fails_at_approval_terminates(registry: Registry, stocked: None) -> None:
    sink = registry.system("surrender")
    asked = registry.ask("s", "surrender", registry.plant, sink, U25, 10, year=2025)
    propose(registry.con, asked, person=CORA, at=registry.now)
    caps.seal_year(
        registry.con,
        "SY",
        2025,
        document="合成",
        proposer=ANNA,
        approver=BERT,
        at=registry.now,
    )
    found = approve(registry.con, "s", person=DORA, at=registry.now)
    assert found.state == "terminated"
    assert registry.balance(registry.plant) == (100, 0)
    fresh = registry.ask("s2", "surrender", registry.plant, sink, U25, 10, year=2025)
    with refused("registry.year_sealed"):
        propose(registry.con, fresh, person=CORA, at=registry.now)


def test_a_reversal_in_its_window_and_not_after_sealing(registry: Registry, stocked: None) -> None:
    sink = registry.system("surrender")
    for key in ("s1", "s2"):
        registry.do(key, "surrender", registry.plant, sink, U25, 10, year=2025, by=(CORA, DORA))
    first, second = (
        registry.rows("SELECT seq FROM allowances.transaction WHERE id = ?", key)[0][0]
        for key in ("s1", "s2")
    )
    more = {"refers": first, "reason": "合成决定"}
    back = registry.do("r1", "surrender_reversal", sink, registry.plant, U25, 10, **more)
    assert back.state == "completed"
    # The same blocks came back, not those of the other surrender.
    assert registry.blocks(registry.plant) == [(1, 10), (21, 100)]
    twice = registry.ask("r2", "surrender_reversal", sink, registry.plant, U25, 1, **more)
    with refused("registry.bad_return"):
        propose(registry.con, twice, person=ANNA, at=registry.now)
    more["refers"] = second
    astray = registry.ask("r3", "surrender_reversal", sink, registry.mill, U25, 1, **more)
    with refused("registry.bad_return"):
        propose(registry.con, astray, person=ANNA, at=registry.now)
    late = registry.ask("r4", "surrender_reversal", sink, registry.plant, U25, 1, **more)
    with refused("registry.window_over"):
        propose(registry.con, late, person=ANNA, at=MONDAY + timedelta(days=30, seconds=1))
    caps.seal_year(
        registry.con,
        "SY",
        2025,
        document="合成",
        proposer=ANNA,
        approver=BERT,
        at=registry.now,
    )
    sealed = registry.ask("r5", "surrender_reversal", sink, registry.plant, U25, 1, **more)
    with refused("registry.year_sealed"):
        propose(registry.con, sealed, person=ANNA, at=registry.now)


def test_only_the_bank_releases_its_pledge(registry: Registry, stocked: None) -> None:
    plant = registry.plant
    found = registry.do("p", "pledge", plant, plant, U25, 60, by=(CORA, BANKER), counterparty=BANK)
    assert found.state == "completed"
    assert registry.balance(plant) == (40, 0)
    assert registry.balance(plant, position="pledged") == (60, 0)
    over = registry.ask("t", "transfer", plant, registry.mill, U25, 41)
    with refused("registry.overdraft"):
        propose(registry.con, over, person=CORA, at=registry.now)
    ((seq,),) = registry.rows("SELECT seq FROM allowances.transaction WHERE id = 'p'")
    more = {"counterparty": BANK, "refers": seq}
    for place, person in enumerate((CORA, ANNA, JUDGE)):
        asked = registry.ask(f"r{place}", "release", plant, plant, U25, 60, **more)
        with refused("registry.no_mandate"):
            propose(registry.con, asked, person=person, at=registry.now)
    persons.grant(
        registry.con,
        "合成·别行",
        "bank",
        by=ANNA,
        scope="合成另一银行",
        valid_from=date(2020, 1, 1),
    )
    other = {"counterparty": "合成另一银行", "refers": seq}
    asked = registry.ask("r9", "release", plant, plant, U25, 60, **other)
    with refused("registry.other_counterparty"):
        propose(registry.con, asked, person="合成·别行", at=registry.now)
    part = registry.do("r10", "release", plant, plant, U25, 25, by=(BANKER, CLERK), **more)
    assert part.state == "completed"
    assert registry.balance(plant) == (65, 0)
    assert registry.balance(plant, position="pledged") == (35, 0)


def test_a_judicial_freeze_takes_effect_at_night(registry: Registry, stocked: None) -> None:
    night = datetime(2026, 3, 7, 23, 30, tzinfo=SHANGHAI)
    plant = registry.plant
    asked = registry.ask("f", "freeze", plant, plant, U25, 100, reason="合成裁定")
    propose(registry.con, asked, person=JUDGE, at=night)
    found = approve(registry.con, "f", person=ANNA, at=night)
    assert (found.state, registry.balance(plant)) == ("completed", (0, 0))
    assert registry.balance(plant, position="judicial") == (100, 0)
    # Other business of the weekend waits for the opening on Monday.
    registry.now = night
    issued = registry.do(
        "i", "issue", registry.system("issuance"), registry.system("allocation"), U25, 1
    )
    assert (issued.state, issued.executes_at) == ("delayed", datetime(2026, 3, 9, 1, 0))
    with refused("registry.early"):
        execute(registry.con, "i", person=ANNA, at=night)


def test_a_calendar_that_changes_under_a_delayed_request(registry: Registry, stocked: None) -> None:
    """It moves nothing forward, and nothing executes on a day that is a holiday by then."""
    registry.do("t", "transfer", registry.plant, registry.mill, U25, 1, by=(CORA, DORA))
    tuesday = registry.at(days=1)
    text = shipped("calendar").replace('version = "weekends-1"', 'version = "2026-1"')
    text = text.replace("holidays = []", "holidays = [2026-03-03]")
    rulings.enter(registry.con, "calendar", text, person=ANNA, reason="合成放假通知")
    assert execute_due(registry.con, "SY", person=ANNA, at=tuesday) == ()
    with refused("registry.closed_hours"):
        execute(registry.con, "t", person=ANNA, at=tuesday)
    held = request(registry.con, "t")
    assert (held.executes_at, held.calendar_version) == (datetime(2026, 3, 3, 2), "weekends-1")
    (done,) = execute_due(registry.con, "SY", person=ANNA, at=registry.at(days=1))
    assert done.state == "completed"


def test_caps_hold_and_cancelled_units_are_not_issued_again(
    registry: Registry, stocked: None
) -> None:
    registry.cap(U25, 100)
    source, target = registry.system("issuance"), registry.system("allocation")
    over = registry.ask("i", "issue", source, target, U25, 1)
    with refused("registry.over_cap"):
        propose(registry.con, over, person=ANNA, at=registry.now)
    gone = registry.system("cancelled_voluntarily")
    registry.do("c", "cancel", registry.plant, gone, U25, 30, by=(CORA, DORA))
    again = registry.ask("i2", "issue", source, target, U25, 1)
    with refused("registry.over_cap"):
        propose(registry.con, again, person=ANNA, at=registry.now)
    with refused("registry.cap_below"):
        registry.cap(U25, 99)
    none = registry.ask("i3", "issue", source, target, "SY-SYA-2030", 1)
    with refused("registry.no_cap"):
        propose(registry.con, none, person=ANNA, at=registry.now)


def test_serial_numbers_are_given_once(registry: Registry) -> None:
    source, target = registry.system("issuance"), registry.system("allocation")
    for key, first, quantity in (("i1", 1, 100), ("i2", 201, 100)):
        movement = Movement(source, target, U25, quantity, first=first)
        propose(registry.con, Ask(key, "issue", "SY", (movement,)), person=ANNA, at=registry.now)
        assert approve(registry.con, key, person=BERT, at=registry.now).state == "completed"
    for key, first, quantity in (("o1", 100, 1), ("o2", 101, 101), ("o3", 150, 60), ("o4", 300, 9)):
        movement = Movement(source, target, U25, quantity, first=first)
        propose(registry.con, Ask(key, "issue", "SY", (movement,)), person=ANNA, at=registry.now)
        with refused("registry.overlap"):
            approve(registry.con, key, person=BERT, at=registry.now)
    movement = Movement(source, target, U25, 100, first=101)
    propose(registry.con, Ask("fit", "issue", "SY", (movement,)), person=ANNA, at=registry.now)
    assert approve(registry.con, "fit", person=BERT, at=registry.now).state == "completed"
    assert registry.blocks(target) == [(1, 100), (101, 200), (201, 300)]


def test_those_with_a_conflict_of_interest_do_not_trade(registry: Registry, stocked: None) -> None:
    day = date(2026, 1, 1)
    persons.list_conflict(
        registry.con, CORA, "verifier", document="合成名单", person=ANNA, valid_from=day
    )
    persons.list_conflict(
        registry.con, "合成交易所", "exchange", document="合成名单", person=ANNA, valid_from=day
    )
    asked = registry.ask("t", "transfer", registry.plant, registry.mill, U25, 1)
    with refused("registry.conflict"):
        propose(registry.con, asked, person=CORA, at=registry.now)
    with refused("registry.conflict"):
        registry.account("trader", "合成交易所")
    other = registry.ask("t2", "transfer", registry.plant, registry.mill, U25, 1)
    assert propose(registry.con, other, person=DORA, at=registry.now).state == "awaiting_approval"


def test_mandates_have_their_scope(registry: Registry, stocked: None) -> None:
    persons.grant(
        registry.con, "合成·外人", "holder", by=ANNA, scope=MILL, valid_from=date(2020, 1, 1)
    )
    asked = registry.ask("t", "transfer", registry.plant, registry.mill, U25, 1)
    with refused("registry.no_mandate"):
        propose(registry.con, asked, person="合成·外人", at=registry.now)
    with refused("registry.no_mandate"):
        persons.grant(registry.con, "合成·友", "registry", by=CORA, valid_from=date(2020, 1, 1))
    with refused("registry.same_person"):
        persons.grant(registry.con, ANNA, "court", by=ANNA, valid_from=date(2020, 1, 1))


def test_what_waits_too_long_expires(registry: Registry, stocked: None) -> None:
    asked = registry.ask("t", "transfer", registry.plant, registry.mill, U25, 10)
    propose(registry.con, asked, person=CORA, at=registry.now)
    friday, next_monday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)
    assert expire(registry.con, "SY", person=ANNA, at=friday, working_days=4) == ()
    (ended,) = expire(registry.con, "SY", person=ANNA, at=next_monday, working_days=4)
    assert (ended.state, registry.balance(registry.plant)) == ("expired", (100, 0))


def test_carry_over_is_one_for_one(registry: Registry) -> None:
    registry.give(registry.plant, 100, U24)
    plant = registry.plant
    registry.do("a", "carry_over_apply", plant, plant, U24, 60, by=(CORA, ANNA), year=2025)
    assert registry.balance(plant, U24, "carrying") == (60, 0)
    taken = registry.system("carry_over_recovered")
    registry.do("r", "carry_over_recover", plant, taken, U24, 60, year=2025)
    ((seq,),) = registry.rows("SELECT seq FROM allowances.transaction WHERE id = 'r'")
    source = registry.system("issuance")
    more = {"year": 2025, "refers": seq}
    over = registry.ask("n", "carry_over_reissue", source, plant, U25, 61, **more)
    with refused("registry.bad_return"):
        propose(registry.con, over, person=ANNA, at=registry.now)
    for key, quantity in (("n1", 40), ("n2", 20)):
        found = registry.do(key, "carry_over_reissue", source, plant, U25, quantity, **more)
        assert found.state == "completed"
    spent = registry.ask("n3", "carry_over_reissue", source, plant, U25, 1, **more)
    with refused("registry.bad_return"):
        propose(registry.con, spent, person=ANNA, at=registry.now)
    assert registry.balance(plant) == (60, 0)


def test_no_transaction_before_the_last(registry: Registry, stocked: None) -> None:
    sink = registry.system("surrender")
    registry.now -= timedelta(minutes=1)
    both = (CORA, DORA)
    found = registry.do("s", "surrender", registry.plant, sink, U25, 1, year=2025, by=both)
    assert found.state == "failed"
    assert registry.balance(registry.plant) == (100, 0)


def test_control_characters_are_refused(registry: Registry, stocked: None) -> None:
    sink = registry.system("surrender")
    asked = registry.ask("s", "surrender", registry.plant, sink, U25, 1, year=2025, reason="a\nb")
    with refused("registry.bad_text"):
        propose(registry.con, asked, person=CORA, at=registry.now)
