"""The registry at the door: a year of one plant by six people, in tables and in JSON (合成数据)."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.doors.desk import ROOT, Answer, run
from warehouse.connect import Home

ALWAYS_OPEN = """name = "SY"
version = "合成-1"
applies_from = 2021-09-02
zone = "Asia/Shanghai"
opens = 00:00:00
closes = 23:59:59.999999
weekend = []
holidays = []
worked = []
source = "合成数据: open day and night"
"""
ANNA, BERT, CORA, DORA = "合成·安", "合成·白", "合成·采", "合成·段"
BANKER, CLERK, BANK, PLANT = "合成·柜员", "合成·复核", "合成银行", "合成热电厂"
UNIT = "SY-SYA-2025"


class Office:
    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")

    def __call__(self, person: str, *words: object, lang: str = "zh") -> Answer:
        given = ["--home", str(self.home.path), "--as", person, "--lang", lang, "registry"]
        return run([*given, *(str(word) for word in words)])

    def good(self, person: str, *words: object) -> Any:
        answer = self(person, *words, "--json")
        assert (answer.code, answer.err) == (0, ""), answer
        return answer.data


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert made(ANNA, "init", "--approver", BERT).code == 0
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(ALWAYS_OPEN, encoding="utf-8")
    assert made(ANNA, "rule", "calendar", calendar, "--reason", "合成").code == 0
    for person, role, scope in (
        (CORA, "holder", PLANT),
        (DORA, "holder", PLANT),
        (BANKER, "bank", BANK),
        (CLERK, "bank", BANK),
    ):
        assert made(ANNA, "mandate", person, role, "--scope", scope).code == 0
    return made


def opened(office: Office) -> str:
    (made,) = office.good(CORA, "account", "open", "operator", PLANT, PLANT)
    assert made["status"] == "proposed"
    (found,) = office.good(ANNA, "account", "approve", made["number"])
    assert found["status"] == "open"
    return str(made["number"])


def test_a_year_at_the_door(office: Office, tmp_path: Path) -> None:
    plant = opened(office)
    cap = ("cap", UNIT, 1000, "--document", "合成方案", "--approver", BERT)
    assert office(ANNA, *cap).code == 0
    office.good(ANNA, "issue", UNIT, 1000, "--id", "i1")
    assert office.good(BERT, "approve", "i1")["state"] == "completed"
    office.good(ANNA, "allocate", plant, UNIT, 800, "--year", 2025, "--id", "a1")
    assert office.good(BERT, "approve", "a1")["state"] == "completed"

    # One person is not two, and the refusal is on record with its words.
    office.good(CORA, "surrender", plant, UNIT, 300, "--year", 2025, "--id", "s1")
    same = office(CORA, "approve", "s1")
    assert (same.code, same.says("同一人")) == (1, True)
    assert office.good(DORA, "approve", "s1")["state"] == "completed"
    words = office(ANNA, "refusals")
    assert words.says("同一人", "s1")

    office.good(CORA, "pledge", plant, UNIT, 200, "--bank", BANK, "--id", "p1")
    assert office.good(BANKER, "approve", "p1")["state"] == "completed"
    (pledged,) = [t for t in office.good(ANNA, "transactions", plant) if t["type"] == "pledge"]
    more = ("--bank", BANK, "--refers", pledged["seq"], "--id")
    denied = office(CORA, "release", plant, UNIT, 200, *more, "r0", lang="en")
    assert (denied.code, denied.says("no mandate")) == (1, True)
    office.good(BANKER, "release", plant, UNIT, 50, *more, "r1")
    assert office.good(CLERK, "approve", "r1")["state"] == "completed"

    held = {h["position"]: h["quantity"] for h in office.good(ANNA, "holdings", plant)["holdings"]}
    assert held == {"available": 350, "pledged": 150}
    table = office(ANNA, "holdings", plant, "--blocks")
    assert table.says(PLANT, "350", "150", "SY-SYA-2025-000000000301..000000000350")

    over = office(CORA, "surrender", plant, UNIT, 351, "--year", 2025, "--id", "s2", lang="en")
    assert (over.code, over.says("has 350 t", "351 t were asked")) == (1, True)
    part = office(CORA, "surrender", plant, UNIT, "1.5", "--year", 2025, lang="en")
    assert (part.code, part.says("whole tonnes")) == (1, True)
    slip = plant[:-2] + f"{(int(plant[-2:]) + 1) % 97:02}"
    wrong = office(ANNA, "account", "show", slip, lang="en")
    assert (wrong.code, wrong.says("check digits")) == (1, True)

    assert office.good(ANNA, "verify")["good"]
    (unit,) = office.good(ANNA, "reconcile")["units"]
    assert (unit["issued"], unit["participants"], unit["surrendered"]) == (1000, 500, 300)
    assert office(ANNA, "reconcile").says("1,000", "150")

    path = tmp_path / "proof.json"
    answer = office(ANNA, "proof", "s1", "--out", path)
    head = answer.out.split()[-1]
    script = [sys.executable, "-I", "-S", str(ROOT / "docs" / "check_transaction.py")]
    done = subprocess.run([*script, str(path), head], capture_output=True, text=True, check=True)
    assert '"id":"s1"' in done.stdout
    states = [step["state"] for step in office.good(ANNA, "show", "s1")["steps"]]
    assert states == ["awaiting_approval", "proposed", "checked", "completed"]


def test_a_delayed_transfer_and_a_freeze(office: Office) -> None:
    plant = opened(office)
    (other,) = office.good(ANNA, "account", "open", "trader", "合成投资", "合成投资")
    office.good(BERT, "account", "approve", other["number"])
    office(ANNA, "cap", UNIT, 100, "--document", "合成", "--approver", BERT)
    office.good(
        ANNA,
        "propose",
        "take_over",
        _issuance(office),
        plant,
        UNIT,
        100,
        "--reason",
        "合成",
        "--id",
        "t0",
    )
    assert office.good(BERT, "approve", "t0")["state"] == "completed"
    office.good(CORA, "transfer", plant, other["number"], UNIT, 60, "--id", "t1")
    assert office.good(DORA, "approve", "t1")["state"] == "delayed"
    assert office.good(ANNA, "execute") == []
    (held,) = office.good(ANNA, "holdings", plant)["holdings"]
    assert (held["quantity"], held["reserved"]) == (100, 60)
    asked = office(ANNA, "freeze", plant, UNIT, 41, "--reason", "合成裁定")
    assert asked.code == 1
    assert office.good(CORA, "withdraw", "t1")["state"] == "cancelled"
    office.good(ANNA, "freeze", plant, UNIT, 100, "--reason", "合成裁定", "--id", "f1")
    assert office.good(BERT, "approve", "f1")["state"] == "completed"
    (held,) = office.good(ANNA, "holdings", plant)["holdings"]
    assert (held["position"], held["quantity"]) == ("judicial", 100)


def test_a_file_of_transactions(office: Office, tmp_path: Path) -> None:
    plant = opened(office)
    office(ANNA, "cap", UNIT, 100, "--document", "合成", "--approver", BERT)
    common = {"executed_at": "2026-01-05T02:00:00Z", "unit": UNIT, "reason": "合成数据"}
    rows = [
        {"id": "x1", "type": "take_over", "source": _issuance(office), "target": plant},
        {"id": "x2", "type": "transfer", "source": plant, "target": plant},
    ]
    path = tmp_path / "batch.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], *common, "quantity"])
        writer.writeheader()
        writer.writerows({**row, **common, "quantity": 70} for row in rows)
    words = ("import", path, "--approver", BERT)
    whole = office(ANNA, *words, "--id", "b1", lang="en")
    assert (whole.code, whole.says("so none was")) == (1, True)
    part = office(ANNA, *words, "--id", "b2", "--set-aside", "--json")
    assert (part.code, part.data["posted"], list(part.data["refused"])) == (1, 1, ["x2"])
    (held,) = office.good(ANNA, "holdings", plant)["holdings"]
    assert held["quantity"] == 70
    path.write_text(path.read_text(encoding="utf-8").replace(",70", ",70.5"), encoding="utf-8")
    assert office(ANNA, *words, "--id", "b3", lang="en").says("whole tonnes")


def _issuance(office: Office) -> str:
    found = office.good(ANNA, "account", "list")
    return str(next(a["number"] for a in found if a["kind"] == "issuance"))


def test_every_command_says_what_it_does(office: Office) -> None:
    assert office(ANNA, "types").says("surrender_reversal", "清缴撤回", "judicial")
    for words in ((), ("account",)):
        assert office(ANNA, *words, "--help").says("Commands")
