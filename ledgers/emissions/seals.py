"""Seals of closed months on statements (月结封存): the leaf of a statement and its proof.

What belongs here: what of a statement is sealed, reading the leaves of a month at once, and
whether a statement still says what was sealed. What does not: the tree itself
(`ledgers.journal.statements`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledgers import journal
from ledgers.emissions.books import queried
from ledgers.emissions.sums import Sum, grouped
from warehouse import merkle
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Seal:
    """The proof of one month and whether the statement still says what was sealed; None where
    the leaf seals something else than sums."""

    proof: journal.StatementProof
    unchanged: bool | None


def sealed_body(enterprise_id: str, month: str, sums: Iterable[Sum]) -> Mapping[str, Any]:
    """What of a statement is sealed: its sums by basis, scope and measure in whole quanta."""
    found: dict[tuple[str, ...], int] = {}
    entries = 0
    for item in sums:
        key = (item.method_edition, item.boundary, item.method, item.scope, item.measure)
        found[key] = found.get(key, 0) + item.value
        entries += item.entries
    names = ("method_edition", "boundary", "method", "scope", "measure")
    return {
        "enterprise_id": enterprise_id,
        "month": month,
        "entries": entries,
        "sums": [
            dict(zip(names, key, strict=True)) | {"quanta": value}
            for key, value in sorted(found.items())
        ],
    }


def read_seals(
    con: Connection, months: Sequence[str], commit_no: int, sums: Iterable[Sum]
) -> Mapping[str, list[Seal]]:
    """Enterprise → the seals of its closed months, by month. `sums` are what stands now."""
    by_month = grouped(sums, lambda item: item.month)
    found: dict[str, list[Seal]] = {}
    for month in months:
        now = grouped(by_month.get(month, []), lambda item: item.enterprise_id)
        for proof in _proofs(con, month, commit_no):
            body = json.loads(proof.body)
            same = None
            if "sums" in body:
                party = proof.enterprise_id
                same = body == sealed_body(party, month, now.get(party, []))
            found.setdefault(proof.enterprise_id, []).append(Seal(proof, same))
    return found


def _proofs(con: Connection, month: str, commit_no: int) -> list[journal.StatementProof]:
    """All leaves of the month as it was closed last; none while it is open again."""
    rows = queried(con, "leaves.sql", month=month, commit_no=commit_no)
    leaves = [row["leaf"] for row in rows]
    root = merkle.tree_root([bytes.fromhex(leaf) for leaf in leaves]).hex()
    return [
        journal.StatementProof(
            month=month,
            enterprise_id=row["enterprise_id"],
            body=row["body"],
            leaf=row["leaf"],
            index=index,
            size=len(leaves),
            path=journal.inclusion_proof(leaves, index),
            root=root,
            commit_no=row["commit_no"],
            commit_hash=row["hash"],
        )
        for index, row in enumerate(rows)
    ]
