"""Corrections that policy gives to two persons (合成数据)."""

from __future__ import annotations

import pytest

from tests.doors.desk import PERSON, Answer, Desk, burned, run, table

OTHER = "合成复核人"
KEY = "two_persons_for_corrections"


def act(desk: Desk, *words: object) -> Answer:
    return run(["--home", str(desk.home.path), "--as", OTHER, "--lang", "zh", *map(str, words)])


@pytest.fixture
def booked(desk: Desk) -> Desk:
    """10 MWh of power; corrections need two."""
    power = burned("10000", "千瓦时", 能源品种="电力", 用途="购入")
    desk.send("三月.csv", table([power]))
    assert desk.run().code == 0
    answer = desk("policy", "set", KEY, "true", "--reason", "合成：双人")
    assert answer.code == 0, answer
    return desk


def entry(desk: Desk) -> str:
    return str(desk.one("SELECT entry_id FROM emissions.line WHERE measure = 'CO2'"))


def test_a_reversal_waits_for_another_person(booked: Desk) -> None:
    asked = booked("reverse", entry(booked), "--reason", "合成：表坏")
    number = booked.head[0]
    assert asked.says(f"已登记申请 {number}")
    assert booked.total() == 5_306_000
    assert booked("approve", number).says("不能由同一人批准")
    assert booked.total() == 5_306_000
    done = act(booked, "approve", number)
    assert done.code == 0, done
    assert booked.total() == 0
    facts = booked.one(
        "SELECT header->'$.facts' FROM journal.commit ORDER BY commit_no DESC LIMIT 1"
    )
    assert f'"requested_by":"{PERSON}"' in str(facts).replace(" ", "")
    assert act(booked, "approve", number).says("已由", OTHER, "作出决定")
    assert booked("verify").code == 0


def test_a_restatement_of_a_closed_month_waits_too(booked: Desk) -> None:
    assert booked("close", "2025-03").code == 0
    path = booked.home.path.parent / "因子.csv"
    path.write_text(
        "edition,publisher,document,carrier,parameter,series,value,unit,standing,evidence,"
        "known_from,enterprise_id\n"
        "合成·电力,合成,合成数据 (synthetic),electricity,grid_EF,national_average,0.5,"
        "kgCO2/kWh,reported,合成数据 (synthetic),2020-01-01,"
        + str(booked.one("SELECT enterprise_id FROM emissions.activity LIMIT 1"))
        + "\n",
        encoding="utf-8",
    )
    assert booked("factors", "import", path).code == 0
    words = ("restate", "2025-03", "--reopen", "--reason", "合成：自有因子")
    assert booked(*words).says("已登记申请")
    number = booked.head[0]
    head = booked.head
    assert booked("approve", number).code == 2
    assert booked.head == head
    assert act(booked, "approve", number).code == 0
    assert booked.total() == 5_000_000
    assert booked("reopen", "2025-03", "--reason", "合成").code == 0
    assert booked("verify").code == 0


def test_a_refused_request_does_nothing(booked: Desk) -> None:
    assert booked("reverse", entry(booked), "--reason", "合成").code == 0
    number = booked.head[0]
    assert act(booked, "refuse", number).code == 2
    assert act(booked, "refuse", number, "--reason", "合成：没有依据").code == 0
    assert act(booked, "approve", number).code == 2
    assert booked.total() == 5_306_000
    assert booked("reverse", "无此分录", "--reason", "合成").code == 2
