"""The proof of one transaction (交易存在证明), checked without this software.

What belongs here: what a participant is handed. What does not: the tree (`leaves`) and the check,
which is docs/check_transaction.py and uses the standard library only.

A proof leads from the transaction's own words to a head that was printed: body and the leaf
before it give the leaf; the path gives the root; the root stands in a commit's header; the
headers after that one lead to the head.
"""

from __future__ import annotations

import json
from typing import Any

from factors.errors import DataFault, UsageFault
from ledgers import journal
from ledgers.allowances.leaves import GENESIS
from ledgers.allowances.refusals import BOOK
from warehouse.connect import Connection
from warehouse.merkle import inclusion_path


class NoTransactionFound(UsageFault, LookupError):
    """No completed transaction under that id or number; facts: seen."""


class NoHead(DataFault, LookupError):
    """The ledger has no such head, or the registry nothing before it; facts: seen."""


def prove(con: Connection, transaction: str, head: str = "") -> dict[str, Any]:
    """The proof that a transaction (its id or seq) stands in the ledger of `head` (64 digits;
    '' = the last). A JSON object: body, before, leaf, index, size, path, root, headers, previous,
    head; hashes in hex, lowest sibling first. Raises NoTransactionFound, NoHead."""
    found = con.execute(
        "SELECT seq, body, leaf FROM allowances.transaction WHERE id = ? OR seq::VARCHAR = ? "
        "ORDER BY id = ? DESC LIMIT 1",
        [transaction, transaction, transaction],
    ).fetchall()
    if not found:
        raise NoTransactionFound("registry.no_transaction", seen=transaction)
    seq, text, leaf = found[0]
    chain = journal.commits(con)
    wanted = "".join(head.split()).lower() or chain[-1].hash
    last = next((made for made in chain if made.hash == wanted), None)
    sealing = last and next((m for m in reversed(chain[: last.commit_no]) if _size(m) >= seq), None)
    if last is None or sealing is None:
        raise NoHead("registry.no_head", seen=wanted)
    facts = sealing.facts["registry"]
    rows = con.execute(
        "SELECT leaf FROM allowances.transaction WHERE seq <= ? ORDER BY seq", [facts["size"]]
    ).fetchall()
    leaves = [bytes.fromhex(other) for (other,) in rows]
    return {
        "transaction": json.loads(text)["id"],
        "body": text,
        "before": leaves[seq - 2].hex() if seq > 1 else GENESIS.hex(),
        "leaf": leaf,
        "index": seq - 1,
        "size": facts["size"],
        "path": [sibling.hex() for sibling in inclusion_path(leaves, seq - 1)],
        "root": facts["root"],
        "previous": sealing.prev_hash,
        "headers": [made.header for made in chain[sealing.commit_no - 1 : last.commit_no]],
        "head": last.hash,
    }


def _size(made: journal.Commit) -> int:
    """How many transactions the tree in a commit's header has; 0 where it has none."""
    if made.book != BOOK:
        return 0
    size: int = made.facts.get("registry", {}).get("size", 0)
    return size
