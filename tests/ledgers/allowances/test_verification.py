"""What somebody alters in the tables is found, by the registry's own check."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.allowances.leaves import GENESIS, Tree, read_tree
from ledgers.allowances.verification import verify
from tests.ledgers.allowances.desk import BANK, BANKER, CORA, DORA, U25, Registry
from warehouse.connect import Connection
from warehouse.merkle import canonical_json, leaf_hash, tree_root

PRINTED = {"from": "ISSUANCE", "qty": 1000, "seq": 1, "to": "CITY_ALLOC", "type": "ISSUE"}
H = "e0d127df4d20746ec33980bb9c669dcd634d854c25f89e11c95101ce6aa1c2bb"


def test_the_printed_leaf() -> None:
    text = canonical_json({**PRINTED, "vintage": 2025})
    assert text == (
        '{"from":"ISSUANCE","qty":1000,"seq":1,"to":"CITY_ALLOC","type":"ISSUE","vintage":2025}'
    )
    tree, (leaf,) = Tree().grown([text.encode()])
    assert leaf.hex() == H == tree.last.hex() == tree.root.hex()
    assert hashlib.sha256(bytes(33) + text.encode()).hexdigest() == H
    assert leaf_hash(GENESIS + text.encode()).hex() == H


@given(parts=st.lists(st.integers(0, 9), max_size=8))
def test_the_tree_grows_in_any_pieces(parts: list[int]) -> None:
    """Root, last leaf and peaks are those of RFC 6962 over all leaves, however they came."""
    tree, leaves, count = Tree(), [], 0
    for size in parts:
        tree, made = tree.grown([str(count + i).encode() for i in range(size)])
        leaves += made
        count += size
        assert read_tree(json.loads(json.dumps(tree.as_facts()))) == tree
    assert tree.root == tree_root(leaves)
    assert (tree.size, tree.last) == (count, leaves[-1] if leaves else GENESIS)
    assert len(tree.peaks) == count.bit_count()


@pytest.fixture
def busy(registry: Registry, stocked: None) -> Registry:
    """Issue, allocate, surrender, a pledge and a transfer that waits."""
    sink, both = registry.system("surrender"), (CORA, DORA)
    registry.do("s", "surrender", registry.plant, sink, U25, 30, year=2025, by=both)
    plant = registry.plant
    registry.do("p", "pledge", plant, plant, U25, 20, by=(CORA, BANKER), counterparty=BANK)
    waiting = registry.do("t", "transfer", plant, registry.mill, U25, 10, by=both)
    assert waiting.state == "delayed"
    assert verify(registry.con).good
    return registry


def codes(con: Connection) -> set[str]:
    return {finding.code for finding in verify(con).findings}


ALTERATIONS = [
    ("UPDATE allowances.transaction SET body = replace(body, '\"qty\":30', '\"qty\":31')", "leaf"),
    ("UPDATE allowances.transaction SET approver = 'x' WHERE id = 's'", "two_persons"),
    ("UPDATE allowances.transaction SET leaf = repeat('0', 64) WHERE id = 's'", "leaf"),
    ("UPDATE allowances.line SET quantity = 31 WHERE quantity = 30", "line"),
    ("UPDATE allowances.move SET last = last + 1 WHERE seq = 3", "path"),
    ("UPDATE allowances.move SET first = first - 30, last = last - 30 WHERE seq = 4", "path"),
    ("UPDATE allowances.move SET parent = NULL WHERE seq = 3", "path"),
    ("UPDATE allowances.move SET parent = move WHERE seq = 3", "path"),
    ("UPDATE allowances.line SET from_account = to_account WHERE seq = 3", "path"),
    ("UPDATE allowances.balance SET quantity = quantity + 1 WHERE position = 'pledged'", "balance"),
    (
        "UPDATE allowances.balance SET quantity = quantity + 1 WHERE position = 'pledged'",
        "zero_sum",
    ),
    ("UPDATE allowances.balance SET reserved = 9 WHERE reserved = 10", "reserved"),
    ("UPDATE allowances.holding SET first = first + 1 WHERE position = 'pledged'", "holding"),
    ("DELETE FROM allowances.holding WHERE position = 'pledged'", "holding"),
    ("DELETE FROM allowances.transaction WHERE seq = 4", "tree"),
    ("UPDATE allowances.transaction SET seq = 9 WHERE seq = 4", "order"),
    ("UPDATE allowances.transaction SET id = 's' WHERE id = 'p'", "order"),
    ("UPDATE allowances.transaction SET executed_at = '2020-01-01' WHERE seq = 4", "order"),
    ("UPDATE allowances.cap SET quantity = 99", "cap"),
    ("DELETE FROM allowances.approval WHERE request = 's'", "two_persons"),
]


def test_every_alteration_is_found(busy: Registry) -> None:
    for statement, code in ALTERATIONS:
        busy.con.execute("BEGIN")
        busy.con.execute(statement)
        assert code in codes(busy.con), statement
        busy.con.complete()
        busy.con.execute("ROLLBACK")
    assert verify(busy.con).good


def test_units_leave_final_accounts_only_by_a_reversal(busy: Registry) -> None:
    """Whoever books a surrender back as a transfer is found, hashes or not."""
    busy.con.execute(
        "UPDATE allowances.line SET from_account = (SELECT account FROM "
        "allowances.account WHERE kind = 'surrender') WHERE seq = 4"
    )
    assert "final" in codes(busy.con)


def test_two_issues_of_one_number_are_found(busy: Registry) -> None:
    busy.con.execute(
        "INSERT INTO allowances.move SELECT commit_no, ordinal + 1, 99, seq, line_no, 100, 101, "
        "NULL FROM allowances.move WHERE seq = 1"
    )
    assert {"overlap", "line"} <= codes(busy.con)


def test_a_clearing_account_that_is_not_empty_at_night(registry: Registry, stocked: None) -> None:
    middle = registry.system("clearing")
    more = {"counterparty": "合成付款-1"}
    registry.do("in", "trade_settle", registry.plant, middle, U25, 10, **more)
    assert codes(registry.con) == {"clearing"}
    registry.at(hours=1)
    registry.do("out", "trade_settle", middle, registry.mill, U25, 10, **more)
    assert verify(registry.con).good
    registry.do("in2", "trade_settle", registry.plant, middle, U25, 10, **more)
    registry.at(days=1)
    registry.do("out2", "trade_settle", middle, registry.mill, U25, 10, **more)
    assert codes(registry.con) == {"clearing"}
