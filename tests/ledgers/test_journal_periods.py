from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from factors.errors import UsageFault
from ledgers import journal
from tests.ledgers.bookkeeping import statements
from warehouse import migrations
from warehouse.connect import Connection, scratch

PARTIES = ("E3", "E1", "E22", "E10", "E5")


@pytest.fixture
def con() -> Iterator[Connection]:
    con = scratch()
    migrations.migrate(con)
    yield con
    con.close()


def close(con: Connection, month: str = "2025-03", *parties: str) -> journal.Commit:
    with journal.transaction(con):
        return journal.close_month(con, month, person="a", statements=statements(*parties))


def reopen(con: Connection, month: str = "2025-03", reason: str = "更正") -> journal.Commit:
    with journal.transaction(con):
        return journal.reopen_month(con, month, reason, person="b")


def test_a_month_is_open_closed_and_open_again(con: Connection) -> None:
    assert journal.period_state(con, "2025-03") == "open"
    closed = close(con)
    assert (closed.kind, closed.key, closed.month) == ("close", "close:2025-03:1", "2025-03")
    assert journal.period_state(con, "2025-03") == "closed"
    assert journal.period_state(con, "2025-04") == "open"
    assert journal.closed_months(con) == ("2025-03",)
    opened = reopen(con)
    assert (opened.kind, opened.key, opened.reason) == ("reopen", "reopen:2025-03:2", "更正")
    assert journal.period_state(con, "2025-03") == "open"
    assert close(con).key == "close:2025-03:3"
    assert journal.verify_chain(con, opened.hash).verdict == "unaltered"


def test_what_cannot_be_done(con: Connection) -> None:
    with pytest.raises(journal.PeriodOpen):
        reopen(con)
    close(con)
    with pytest.raises(journal.PeriodClosed):
        close(con)
    with pytest.raises(UsageFault, match="reason"):
        reopen(con, reason="  ")
    with pytest.raises(journal.BadMonth):
        journal.period_state(con, "2025-13")
    with pytest.raises(journal.PeriodClosed):
        journal.require_open(con, ["2025-02", "2025-03"])
    journal.require_open(con, ["2025-02", "2025-04"])


def test_each_statement_proves_that_it_is_in_the_tree(con: Connection) -> None:
    closed = close(con, "2025-03", *PARTIES)
    root = json.loads(closed.header)["facts"]["statements"]
    assert root["leaves"] == 5
    for index, party in enumerate(sorted(PARTIES)):
        proof = journal.statement_proof(con, "2025-03", party)
        assert (proof.index, proof.size, proof.root) == (index, 5, root["root"])
        assert (proof.commit_no, proof.commit_hash) == (closed.commit_no, closed.hash)
        assert json.loads(proof.body) == statements(party)[party]
        assert proof.leaf == hashlib.sha256(b"\0" + proof.body.encode()).hexdigest()
        assert journal.check_inclusion(proof.leaf, index, 5, proof.path, proof.root)
        assert not journal.check_inclusion(proof.leaf, index ^ 1, 5, proof.path, proof.root)
        assert not journal.check_inclusion("0" * 64, index, 5, proof.path, proof.root)


def test_the_proof_is_of_the_last_closing(con: Connection) -> None:
    close(con, "2025-03", "E1", "E2")
    reopen(con)
    again = close(con, "2025-03", "E2", "E4")
    assert journal.statement_proof(con, "2025-03", "E2").commit_no == again.commit_no
    for party in ("E1", "E9"):
        with pytest.raises(journal.NoStatement):
            journal.statement_proof(con, "2025-03", party)
    with pytest.raises(journal.NoStatement):
        journal.statement_proof(con, "2025-05", "E2")


def test_a_path_by_hand() -> None:
    """Three leaves: ((a b) c). The path of c is one node, that of a is b and c."""
    a, b, c = (hashlib.sha256(bytes([0, i])).hexdigest() for i in range(3))
    pair = hashlib.sha256(b"\1" + bytes.fromhex(a + b)).hexdigest()
    root = hashlib.sha256(b"\1" + bytes.fromhex(pair + c)).hexdigest()
    assert journal.inclusion_proof([a, b, c], 2) == (pair,)
    assert journal.inclusion_proof([a, b, c], 0) == (b, c)
    assert journal.check_inclusion(c, 2, 3, (pair,), root)
    assert journal.check_inclusion(a, 0, 3, (b, c), root)
    with pytest.raises(IndexError):
        journal.inclusion_proof([a, b, c], 3)


def test_a_month_without_statements_closes(con: Connection, tmp_path: Path) -> None:
    closed = close(con)
    empty = hashlib.sha256(b"").hexdigest()
    assert closed.facts["statements"] == {"leaves": 0, "root": empty}
    assert journal.verify_chain(con).good
