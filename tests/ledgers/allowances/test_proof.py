"""A participant's proof, checked by the script in a process of the standard library alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledgers import journal
from ledgers.allowances.holdings import blocks, holdings, transactions
from ledgers.allowances.proof import NoHead, NoTransactionFound, prove
from ledgers.allowances.reconciliation import reconcile
from tests.ledgers.allowances.desk import BANK, BANKER, CORA, DORA, U25, Registry

SCRIPT = Path(__file__).parents[3] / "docs" / "check_transaction.py"


def check(folder: Path, proof: dict[str, object], head: str) -> tuple[int, str]:
    path = folder / "proof.json"
    path.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(path), head]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_participant_checks_a_transaction_offline(
    registry: Registry, stocked: None, tmp_path: Path
) -> None:
    sink, both = registry.system("surrender"), (CORA, DORA)
    for place in range(5):
        registry.do(f"s{place}", "surrender", registry.plant, sink, U25, 1, year=2025, by=both)
    head = journal.head(registry.con).hash
    for name in ("s0", "s4", "1"):
        proof = prove(registry.con, name)
        assert check(tmp_path, proof, head)[0] == 0
        assert proof["body"] in check(tmp_path, proof, f" {head[:32]} {head[32:].upper()}\n")[1]
    # Against an earlier head, when there were fewer, and a later one, past other commits.
    registry.do("s5", "surrender", registry.plant, sink, U25, 1, year=2025, by=both)
    registry.cap("SY-SYA-2027", 5)
    later = journal.head(registry.con).hash
    assert check(tmp_path, prove(registry.con, "s2", head), head)[0] == 0
    assert check(tmp_path, prove(registry.con, "s2"), later)[0] == 0
    assert check(tmp_path, prove(registry.con, "s2"), head)[0] == 1
    with pytest.raises(NoHead):
        prove(registry.con, "s5", head)
    with pytest.raises(NoHead):
        prove(registry.con, "s2", "0" * 64)
    with pytest.raises(NoTransactionFound):
        prove(registry.con, "nothing")


def test_a_changed_proof_proves_nothing(registry: Registry, stocked: None, tmp_path: Path) -> None:
    head = journal.head(registry.con).hash
    proof = prove(registry.con, "a0")
    text = str(proof["body"])
    for change in (
        {"body": text.replace('"qty":100', '"qty":101')},
        {"body": text.replace('"seq":2', '"seq":3')},
        {"before": "00" * 32},
        {"index": 0},
        {"size": 3},
        {"path": []},
        {"path": [*proof["path"], "00" * 32]},
        {"headers": [str(proof["headers"][0]).replace('"person":"', '"person":"x')]},
        {"headers": []},
        {"previous": "00" * 32},
    ):
        code, words = check(tmp_path, {**proof, **change}, head)
        assert code == 1, change
        assert "NOT PROVED" in words


def test_holdings_now_and_then(registry: Registry, stocked: None) -> None:
    before = journal.head(registry.con).recorded_at
    plant, day = registry.plant, registry.now
    registry.at(days=1)
    registry.do("p", "pledge", plant, plant, U25, 60, by=(CORA, BANKER), counterparty=BANK)
    registry.do("t", "transfer", plant, registry.mill, U25, 10, by=(CORA, DORA))
    now = {(h.position, h.quantity, h.reserved) for h in holdings(registry.con, plant)}
    assert now == {("available", 40, 10), ("pledged", 60, 0)}
    for then in (
        holdings(registry.con, plant, recorded=before),
        holdings(registry.con, plant, executed=datetime(2026, 3, 2, 2, 0)),
    ):
        assert [(h.position, h.quantity) for h in then] == [("available", 100)]
    assert holdings(registry.con, plant, executed=datetime(2026, 3, 2, 1, 59)) == ()
    assert day + timedelta(days=1) == registry.now
    assert [(h.position, str(h.block)) for h in blocks(registry.con, plant)] == [
        ("available", "SY-SYA-2025-000000000061..000000000100"),
        ("pledged", "SY-SYA-2025-000000000001..000000000060"),
    ]
    assert [m.type for m in transactions(registry.con, plant)] == ["allocate", "pledge"]
    assert [m.seq for m in transactions(registry.con, limit=2)] == [2, 3]


def test_the_reconciliation_adds_up(registry: Registry, stocked: None) -> None:
    sink, both = registry.system("surrender"), (CORA, DORA)
    registry.do("s", "surrender", registry.plant, sink, U25, 30, year=2025, by=both)
    plant = registry.plant
    registry.do("p", "pledge", plant, plant, U25, 20, by=(CORA, BANKER), counterparty=BANK)
    found = reconcile(registry.con, "SY")
    (unit,) = found.units
    assert (unit.cap, unit.issued, unit.participants, unit.pledged) == (1_000_000, 100, 70, 20)
    assert (unit.surrendered, unit.difference, found.good) == (30, 0, True)
    registry.con.execute(
        "UPDATE allowances.balance SET quantity = quantity - 1 WHERE position = 'pledged'"
    )
    wrong = reconcile(registry.con, "SY")
    assert (wrong.units[0].difference, wrong.good) == (1, False)
