"""Two-high projects: class, status, certificates, pledges, two persons, overruns."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factors.errors import TanzhangError, UsageFault
from ledgers import dual_control, journal
from ledgers.dual_control.projects import overruns, project_of, two_high_class
from ledgers.dual_control.replacement import certificate, city_addition
from tests.ledgers.dual_control import city
from tests.ledgers.dual_control.city import (
    KILN,
    OTHER,
    PERSON,
    book_entries,
    closure,
    faults,
    figure,
    months,
    project,
    send,
)
from warehouse.connect import Connection, DatabaseError

WHY = "合成：申请"
DAY = date(2026, 1, 31)


def certified(con: Connection, number: str, tonnes: object, **more: str) -> None:
    assert send(con, "replacement", closure(number, tonnes, **more)).rejected == ()
    asked = dual_control.request(con, "certify", number, person=PERSON, reason=WHY)
    dual_control.decide(con, asked.request_no, "approved", person=OTHER)


def pledge(con: Connection, number: str, code: str, tonnes: object) -> journal.Commit:
    amount = Fraction(str(tonnes))
    return dual_control.pledge(con, number, code, amount, person=PERSON, reason=WHY)


def test_a_project_short_of_replacement_is_refused_with_the_missing_tonnes(
    con: Connection,
) -> None:
    assert send(con, "two_high_project", project("P1")).rejected == ()
    certified(con, "R1", 300_000)
    certified(con, "R2", 210_000)
    pledge(con, "R1", "P1", 300_000)
    pledge(con, "R2", "P1", 210_000)
    with pytest.raises(dual_control.Short) as refused:
        dual_control.request(con, "clear", "P1", person=PERSON, reason=WHY)
    assert (refused.value.facts["missing"], refused.value.facts["unit"]) == ("10000", "tCO2")
    assert refused.value.exit_code == 1
    certified(con, "R3", 10_000)
    pledge(con, "R3", "P1", "9999.999999")
    with pytest.raises(dual_control.Short) as refused:
        dual_control.request(con, "clear", "P1", person=PERSON, reason=WHY)
    assert refused.value.facts["missing"] == "0.000001"
    pledge(con, "R3", "P1", "0.000001")
    asked = dual_control.request(con, "clear", "P1", person=PERSON, reason=WHY)
    with pytest.raises(dual_control.SamePerson):
        dual_control.decide(con, asked.request_no, "approved", person=f" {PERSON} ")
    dual_control.decide(con, asked.request_no, "approved", person=OTHER)
    assert dual_control.open_requests(con) == ()
    (addition,) = city_addition(con, DAY)
    assert (addition.indicator.value, addition.missing) == (0, 0)
    with pytest.raises(UsageFault, match="cleared already"):
        dual_control.request(con, "clear", "P1", person=PERSON, reason=WHY)
    assert journal.verify_chain(con).good


def test_a_tonne_serves_one_project_only(con: Connection) -> None:
    send(con, "two_high_project", project("P1"), project("P2"))
    certified(con, "R1", 100)
    pledge(con, "R1", "P1", 60)
    with pytest.raises(dual_control.NotEnough) as refused:
        pledge(con, "R1", "P2", "40.000001")
    assert refused.value.facts["left"] == "40"
    pledge(con, "R1", "P2", 40)
    with pytest.raises(dual_control.NotEnough):
        pledge(con, "R1", "P2", -41)
    pledge(con, "R1", "P1", -10)
    assert certificate(con, "R1").left == 10


def test_the_database_itself_refuses_a_tonne_pledged_twice(con: Connection) -> None:
    certified(con, "R1", 100)
    for value in (100_000_001, -1):
        with pytest.raises(DatabaseError, match="CHECK"):
            con.execute("UPDATE dual_control.balance SET pledged = ?", [value])
    with pytest.raises(DatabaseError, match=r"[Dd]uplicate|unique"):
        con.execute("INSERT INTO dual_control.balance VALUES ('R1', 1, 0)")
    con.execute("UPDATE dual_control.balance SET pledged = 100000000")


def test_what_is_not_certified_replaces_nothing(con: Connection) -> None:
    send(con, "two_high_project", project("P1"))
    send(con, "replacement", closure("R1", 100))
    with pytest.raises(dual_control.NoCertificate, match="two persons"):
        pledge(con, "R1", "P1", 1)
    with pytest.raises(dual_control.NoCertificate):
        pledge(con, "R9", "P1", 1)
    asked = dual_control.request(con, "certify", "R1", person=PERSON, reason=WHY)
    with pytest.raises(dual_control.SamePerson):
        dual_control.decide(con, asked.request_no, "approved", person=PERSON.upper())
    dual_control.decide(con, asked.request_no, "refused", person=OTHER, reason="合成：证据不足")
    assert not certificate(con, "R1").certified
    # A certificate that was changed after it was asked for must be asked for again.
    asked = dual_control.request(con, "certify", "R1", person=PERSON, reason=WHY)
    send(con, "replacement", closure("R1", 900), reason="合成：更正")
    with pytest.raises(UsageFault, match="changed after"):
        dual_control.decide(con, asked.request_no, "approved", person=OTHER)
    certified(con, "R2", 5)
    found = faults(send(con, "replacement", closure("R2", 6), reason="合成"))
    assert found == [(1, "certificate", "dual.certified_already")]


def test_two_persons_are_held_by_the_database(con: Connection) -> None:
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute(
            "INSERT INTO dual_control.certification VALUES (1, 0, 'R', 'carbon', 1, 'A', ' a ')"
        )
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute("INSERT INTO dual_control.clearance VALUES (1, 0, 'P', '{}', 'A', 'a')")
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute("INSERT INTO dual_control.decision VALUES (1, 0, 1, 'approved', 'A', 'a', '')")


def test_class_needs_industry_and_product(con: Connection) -> None:
    classes = dual_control.read_rules(con).texts("dual_control.two_high", DAY)
    send(
        con,
        "two_high_project",
        project("P1"),
        project("P2", product="预拌混凝土"),
        project("P3", industry="C3311"),
        project("P4", industry="D4411", product="电力", process="燃煤发电"),
    )
    found = {
        item.project_code: two_high_class(item, classes) for item in dual_control.projects(con)
    }
    assert found == {"P1": "building_materials", "P2": "", "P3": "", "P4": "coal_power"}


def test_an_approval_lapses_after_two_years_without_start(con: Connection) -> None:
    review = dual_control.read_rules(con).texts("dual_control.review", DAY)
    row = project("P1", approved_on="2024-02-29")
    send(con, "two_high_project", row)
    item = dual_control.project(con, "P1")
    states = [
        dual_control.status(item, date(*day), review)
        for day in (
            (2024, 2, 28),
            (2024, 2, 29),
            (2026, 2, 28),
            (2026, 3, 1),
        )
    ]
    assert states == ["proposed", "approved", "approved", "lapsed"]
    send(con, "two_high_project", row | {"started_on": "2026-02-28"}, reason="合成：开工")
    started = dual_control.project(con, "P1")
    assert dual_control.status(started, date(2026, 3, 1), review) == "started"
    send(con, "two_high_project", project("P2", approved_on="2020-01-01"))
    with pytest.raises(UsageFault, match="lapsed"):
        dual_control.request(con, "clear", "P2", person=PERSON, reason=WHY)
    with pytest.raises(dual_control.NoProject, match="P1"):
        dual_control.project(con, "P9")


def test_overrun_of_a_running_plant_from_the_ledger(con: Connection) -> None:
    book_entries(
        con,
        [
            *months(2025, [4125] * 12, enterprise=KILN, resolution=1),
            *months(2025, [48_000] * 12, enterprise=KILN, resolution=4),
        ],
    )
    given = {"approved_output": "100", "approved_output_unit": "万吨"}
    send(con, "two_high_project", project("P1", enterprise_id=KILN, **given))
    made = figure("enterprise", KILN, "2025", "product_output", 90, "万吨", item="水泥熟料")
    assert send(con, "dual_control_figure", made).rejected == ()
    rules = dual_control.read_rules(con)
    found = {
        each.kind: each for each in overruns(con, dual_control.project(con, "P1"), 2025, rules)
    }
    assert {kind: (each.indicator.value, each.over) for kind, each in found.items()} == {
        # 49,500 of 45,000 tce is the limit itself.
        "energy": (Fraction(1, 10), False),
        "unit_energy": (Fraction(11, 9) - 1, True),
        "carbon": (Fraction(576_000, 520_000) - 1, True),
        "unit_carbon": (Fraction(576_000, 520_000) * Fraction(10, 9) - 1, True),
    }
    assert overruns(con, dual_control.project(con, "P1"), 2024, rules) == ()


def test_a_project_is_read_exactly() -> None:
    row = {**project("P1"), "enterprise_id": "", "facility": "", "zone": "", "process": ""}
    row |= {"approved_output": "", "approved_output_unit": "", "reviewed_by": ""}
    row |= dict.fromkeys(("approved_on", "started_on", "commissioned_on", "stopped_on"))
    found = project_of(row)
    assert (found.energy, found.coal, found.carbon) == (45_000, 60_000, 520_000)
    assert found.output is None


@pytest.fixture(scope="module")
def shared() -> Connection:
    """One ledger for many examples: each has a certificate of its own."""
    made = city.ledger()
    send(made, "two_high_project", project("P1"), project("P2"), project("P3"))
    return made


moves = st.lists(st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.integers(-60, 60)), max_size=6)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=moves)
def test_pledges_never_exceed_what_was_certified(
    shared: Connection, moves: list[tuple[str, int]]
) -> None:
    held = shared.execute("SELECT count(*) FROM dual_control.certification").fetchone()
    assert held is not None
    number = f"H{held[0]}"
    certified(shared, number, 100)
    own = dict.fromkeys(("P1", "P2", "P3"), 0)
    for code, tonnes in moves:
        allowed = tonnes != 0 and sum(own.values()) + tonnes <= 100 and own[code] + tonnes >= 0
        try:
            pledge(shared, number, code, tonnes)
            assert allowed
            own[code] += tonnes
        except TanzhangError:
            assert not allowed
    assert certificate(shared, number).left == 100 - sum(own.values())
    found = shared.execute(
        "SELECT b.pledged - coalesce(sum(p.grams), 0) FROM dual_control.balance AS b "
        "LEFT JOIN dual_control.pledge AS p USING (certificate) GROUP BY b.certificate, b.pledged"
    ).fetchall()
    assert {value for (value,) in found} == {0}
