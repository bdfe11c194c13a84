"""The second tree of a closed month: one leaf an enterprise (月结对账单树).

What belongs here: leaves, proofs that a statement is in the tree. What does not: what a
statement says. With leaf, path and root a statement carries its own proof; the root stands in
the header of the commit that closed the month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors.errors import DataFault
from warehouse import merkle
from warehouse.connect import Connection, sql


@dataclass(frozen=True)
class StatementProof:
    """What is printed on a statement. SHA256(0x00 ‖ body) is `leaf`; leaf `index` of `size`
    with `path` (sibling hashes, lowest first) gives `root`; `commit_no` and `commit_hash` name
    the commit whose header holds the root. All hashes are hex."""

    month: str
    enterprise_id: str
    body: str
    leaf: str
    index: int
    size: int
    path: tuple[str, ...]
    root: str
    commit_no: int
    commit_hash: str


class NoStatement(DataFault, LookupError):
    """The month was not closed, or without this enterprise; facts: month, enterprise_id."""


def statement_leaf(body: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON of a statement's body and its leaf hash in hex."""
    text = merkle.canonical_json(dict(body))
    return text, merkle.leaf_hash(text.encode()).hex()


def inclusion_proof(leaves: Sequence[str], index: int) -> tuple[str, ...]:
    """The path of leaf `index` in a tree over `leaves` (hex), lowest sibling first, as in RFC
    6962 section 2.1.1. Raises IndexError out of range."""
    path = merkle.inclusion_path([bytes.fromhex(leaf) for leaf in leaves], index)
    return tuple(sibling.hex() for sibling in path)


def check_inclusion(leaf: str, index: int, size: int, path: Sequence[str], root: str) -> bool:
    """True when leaf `index` of a tree of `size` leaves with that `root` is `leaf` (all hex)."""
    siblings = [bytes.fromhex(sibling) for sibling in path]
    found = merkle.root_by_path(bytes.fromhex(leaf), index, size, siblings)
    return found is not None and found.hex() == root


def statement_proof(con: Connection, month: str, enterprise_id: str) -> StatementProof:
    """The proof for an enterprise's statement as the month was closed last. Raises NoStatement."""
    found = con.execute(sql(__package__, "select_statement_leaves.sql"), [month]).fetchall()
    parties = [row[1] for row in found]
    if enterprise_id not in parties:
        raise NoStatement("journal.no_statement", month=month, enterprise_id=enterprise_id)
    index = parties.index(enterprise_id)
    number, _, body, leaf = found[index]
    leaves = [row[3] for row in found]
    root = merkle.tree_root([bytes.fromhex(item) for item in leaves]).hex()
    path = inclusion_proof(leaves, index)
    digest = con.execute("SELECT hash FROM journal.commit WHERE commit_no = ?", [number]).fetchone()
    assert digest is not None
    return StatementProof(
        month, enterprise_id, body, leaf, index, len(leaves), path, root, number, digest[0]
    )


def insert_leaves(
    con: Connection, commit_no: int, month: str, statements: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Inserts the month's leaves in the order of enterprise_id and returns their number and
    root as facts for the header."""
    rows, leaves = [], []
    for ordinal, (party, body) in enumerate(sorted(statements.items())):
        text, leaf = statement_leaf(body)
        rows.append([commit_no, ordinal, month, party, text, leaf])
        leaves.append(bytes.fromhex(leaf))
    if rows:
        con.executemany("INSERT INTO journal.statement_leaf VALUES (?, ?, ?, ?, ?, ?)", rows)
    return {"statements": {"leaves": len(leaves), "root": merkle.tree_root(leaves).hex()}}
