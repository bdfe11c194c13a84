"""Batches: atomic, idempotent by key and by id, refused as single requests are."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ledgers import journal
from ledgers.allowances.batch import Batch, batch_frame, post_batch
from ledgers.allowances.leaves import body, stamp
from ledgers.allowances.posting import naive_utc
from ledgers.allowances.refusals import Refused, refusals
from ledgers.allowances.verification import verify
from tests.ledgers.allowances.desk import ANNA, BERT, CORA, MONDAY, U24, U25, Registry

START = naive_utc(MONDAY) - timedelta(days=1)


def row(
    registry: Registry, id_: str, quantity: object, minute: int = 0, **more: object
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": id_,
        "type": "transfer",
        "executed_at": START + timedelta(minutes=minute),
        "source": registry.plant,
        "target": registry.mill,
        "unit": U25,
        "quantity": quantity,
    }
    return {**given, **more}


def opening(registry: Registry, quantity: int) -> list[dict[str, Any]]:
    vault = registry.system("allocation")
    issued = {"type": "issue", "source": registry.system("issuance"), "target": vault}
    given = {"type": "allocate", "source": vault, "target": registry.plant, "year": 2025}
    return [
        row(registry, "open", quantity, **issued),
        row(registry, "give", quantity, **given),
    ]


def take(registry: Registry, key: str, rows: list[dict[str, Any]], **more: Any) -> Batch:
    two = {"proposer": ANNA, "approver": BERT, "at": registry.now, "market": "SY"}
    return post_batch(registry.con, key, batch_frame(rows), **{**two, **more})


def test_a_batch_is_what_single_requests_would_be(registry: Registry) -> None:
    rows = opening(registry, 100)
    rows += [row(registry, "t1", 30, 1, ref="7"), row(registry, "t1", 20, 1, ref="8")]
    made = take(registry, "b", rows)
    assert (made.first, made.last, made.posted, made.moves) == (1, 3, 3, 4)
    assert registry.blocks(registry.mill) == [(1, 30), (31, 50)]
    assert registry.balance(registry.plant) == (50, 0)
    assert verify(registry.con).good
    # The body written key by key is the canonical JSON.
    ((text,),) = registry.rows("SELECT body FROM allowances.transaction WHERE id = 't1'")
    assert journal.canonical_json(json.loads(str(text))) == text
    held = json.loads(str(text))
    assert held["lines"][1]["blocks"] == ["000000000031..000000000050"]
    assert (held["seq"], held["refers"], held["year"]) == (3, None, None)


def test_the_body_escapes_as_json_does() -> None:
    head = {
        "approver": 'a"\\b',
        "executed_at": datetime(2026, 1, 1),
        "counterparty": "银行/<&>",
        "id": "é✓",
        "market": "SY",
        "proposer": "p",
        "reason": "{}",
        "refers": 5,
        "seq": 1,
        "type": "t",
        "types_version": "1",
        "year": 2025,
    }
    text = body(head, [], [])
    assert journal.canonical_json(json.loads(text)) == text
    assert stamp(datetime(2026, 1, 1)) == "2026-01-01T00:00:00.000000Z"


def test_a_batch_is_all_or_nothing(registry: Registry) -> None:
    rows = [*opening(registry, 100), row(registry, "t1", 60, 1), row(registry, "t2", 41, 2)]
    with pytest.raises(Refused) as fault:
        take(registry, "b", rows)
    assert fault.value.code == "registry.batch"
    assert "40 t" in fault.value.facts["reasons"]["t2"]
    assert registry.rows("SELECT count(*) FROM allowances.transaction") == [(0,)]
    assert registry.rows("SELECT count(*) FROM allowances.balance") == [(0,)]
    assert refusals(registry.con)[-1]["code"] == "registry.batch"
    # The key failed, so it stays failed; without the row that was too much, under another, it goes.
    with pytest.raises(Refused):
        take(registry, "b", rows)
    assert take(registry, "b2", rows[:-1]).posted == 3


def test_what_is_refused_can_be_set_aside(registry: Registry) -> None:
    rows = [
        *opening(registry, 100),
        row(registry, "self", 1, 1, target=registry.plant),
        row(registry, "much", 101, 2),
        row(registry, "good", 100, 3),
        row(registry, "kind", 1, 4, target=registry.system("surrender")),
        row(registry, "type", 1, 4, type="gift"),
        row(registry, "who", 1, 4, target="SY-100-99999999-0-00"),
        row(registry, "zero", 0, 4),
        row(registry, "unit", 1, 4, unit="SY-SYA-2031"),
        row(registry, "late", 1, 3),
        row(registry, "ahead", 1, 60 * 48),
        row(registry, "good2", 100, 60 * 48, source=registry.mill, target=registry.plant),
    ]
    made = take(registry, "b", rows, set_aside=True)
    assert {id_: why.code for id_, why in made.refused.items()} == {
        "self": "registry.same_account",
        "much": "registry.overdraft",
        "kind": "registry.wrong_kind",
        "type": "registry.unknown_type",
        "who": "registry.no_account",
        "zero": "registry.quantity",
        "unit": "registry.unknown_unit",
        "late": "registry.back_dated",
        "ahead": "registry.early",
        "good2": "registry.early",
    }
    assert made.posted == 3
    assert {row["request"] for row in refusals(registry.con)} == set(made.refused)
    assert registry.balance(registry.mill) == (100, 0)
    assert verify(registry.con).good


def test_ids_are_taken_once(registry: Registry) -> None:
    first = [*opening(registry, 100), row(registry, "t1", 10, 1)]
    take(registry, "b1", first)
    again = take(registry, "b1", first)
    assert (again.again, again.posted, again.first) == (True, 3, 1)
    # Under another key the same ids change nothing, and only what is new is posted.
    more = take(registry, "b2", [*first, row(registry, "t2", 5, 2)])
    assert (more.unchanged, more.posted) == (("give", "open", "t1"), 1)
    assert registry.balance(registry.mill) == (15, 0)
    with pytest.raises(Refused) as fault:
        take(registry, "b3", [row(registry, "t1", 11, 1), row(registry, "t3", 1, 3)])
    assert "another body" in fault.value.facts["reasons"]["t1"]
    with pytest.raises(journal.KeyReused):
        take(registry, "b1", first[:-1])
    assert registry.balance(registry.mill) == (15, 0)


def test_look_alikes_are_not_repeats(registry: Registry) -> None:
    """Transactions that differ only in id are two, and so are lines that differ only in ref."""
    rows = [*opening(registry, 100)]
    rows += [
        row(registry, id_, 10, 1, ref=ref) for id_, ref in (("a", "1"), ("a", "2"), ("b", "3"))
    ]
    take(registry, "b", rows)
    assert registry.balance(registry.mill) == (30, 0)
    apart = [row(registry, "x", 1, 2), row(registry, "y", 1, 2), row(registry, "x", 1, 2)]
    with pytest.raises(Refused) as fault:
        take(registry, "c", apart)
    assert set(fault.value.facts["reasons"]) == {"x"}
    differ = [row(registry, "z", 1, 2), row(registry, "z", 1, 3)]
    with pytest.raises(Refused):
        take(registry, "d", differ)


def test_fractions_and_persons(registry: Registry) -> None:
    with pytest.raises(Refused) as fault:
        batch_frame([row(registry, "t", 1.5)])
    assert fault.value.code == "registry.fraction"
    frame = batch_frame([row(registry, "t", 1)]).with_columns(pl.col("quantity").cast(pl.Float64))
    with pytest.raises(Refused):
        batch_frame(frame)
    for key, two in (("p1", (ANNA, ANNA)), ("p2", (ANNA, CORA))):
        with pytest.raises(Refused) as fault:
            take(registry, key, opening(registry, 1), proposer=two[0], approver=two[1])
        assert fault.value.code in ("registry.same_person", "registry.no_mandate")


def test_caps_and_vintages_hold_in_a_batch(registry: Registry) -> None:
    with pytest.raises(Refused) as fault:
        take(registry, "b", opening(registry, 1_000_001))
    assert "exceed" in fault.value.facts["first"]
    sink = {"type": "surrender", "target": registry.system("surrender"), "year": 2025}
    rows = opening(registry, 100)
    rows.append(row(registry, "old", 1, 1, unit=U24, **sink))
    rows.append(row(registry, "new", 1, 1, **sink))
    made = take(registry, "c", rows, set_aside=True)
    assert [why.code for why in made.refused.values()] == ["registry.unknown_unit"]
    assert registry.balance(registry.system("surrender")) == (1, 0)


def test_the_log_of_one_batch_is_the_log_of_many(registry: Registry, tmp_path: Path) -> None:
    """Leaves, moves and balances do not depend on how transactions are cut into batches."""
    rows = opening(registry, 1000)
    for place in range(40):
        pair = {"source": registry.plant, "target": registry.mill}
        if place % 3 == 2:
            pair = {"source": registry.mill, "target": registry.plant}
        rows.append(row(registry, f"t{place}", 7 + place % 5, place, **pair))
    other = Registry()
    same = {registry.plant: other.plant, registry.mill: other.mill}
    for name in ("issuance", "allocation"):
        same[registry.system(name)] = other.system(name)
    assert all(a == b for a, b in same.items())
    take(registry, "one", rows)
    for place in range(0, len(rows), 9):
        take(other, f"many{place}", rows[place : place + 9])
    for table, columns in (
        ("transaction", "seq, id, body, leaf"),
        ("move", "move, seq, line_no, first, last, parent"),
        ("balance", "account, position, unit, quantity, reserved"),
        ("holding", "move, account, position, unit, first, last, seq"),
    ):
        query = f"SELECT {columns} FROM allowances.{table} ORDER BY ALL"
        assert registry.rows(query) == other.rows(query)
    assert verify(registry.con).root == verify(other.con).root
