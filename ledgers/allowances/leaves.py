"""The chain of transactions and its Merkle tree (交易链与默克尔树).

What belongs here: a transaction's canonical JSON, its leaf, the tree's peaks and root. What does
not: who reads the tables (`posting`, `verification`) and a participant's proof (`proof`).

leaf = SHA256(0x00 ‖ leaf before ‖ body), 32 zero bytes before the first; the tree over the
leaves of all transactions is that of RFC 6962. Its root stands in the header of every commit of
the registry, beside the peaks from which it can be continued.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from ledgers.allowances.numbers import DIGITS
from warehouse.merkle import EMPTY, node_hash

GENESIS = bytes(32)


@dataclass(frozen=True)
class Tree:
    """The state of the tree: how many leaves, the last one, the peaks from left to right."""

    size: int = 0
    last: bytes = GENESIS
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root of RFC 6962 over all leaves."""
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found

    def grown(self, bodies: Sequence[bytes]) -> tuple[Tree, list[bytes]]:
        """The tree with `bodies` appended, and their leaves."""
        last = self.last
        leaves: list[bytes] = []
        keep = leaves.append
        for body in bodies:
            last = sha256(b"\x00" + last + body).digest()
            keep(last)
        return Tree(self.size + len(leaves), last, _peaks(self.size, self.peaks, leaves)), leaves

    def as_facts(self) -> dict[str, Any]:
        """What stands in a commit's header."""
        peaks = [peak.hex() for peak in self.peaks]
        return {"size": self.size, "root": self.root.hex(), "last": self.last.hex(), "peaks": peaks}


def _peaks(size: int, peaks: Sequence[bytes], leaves: list[bytes]) -> tuple[bytes, ...]:
    """The peaks after `leaves` were appended to a tree of `size`, level by level: where the level
    has an odd number of nodes before, its last one is a peak and pairs with the first new one."""
    left, level, made = list(peaks), leaves, []
    while level or left:
        if size % 2:
            level = [left.pop(), *level]
        if len(level) % 2:
            made.append(level[-1])
        pairs = zip(level[0::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + a + b).digest() for a, b in pairs]
        size //= 2
    return tuple(reversed(made))


def read_tree(facts: Mapping[str, Any]) -> Tree:
    """The tree of a commit's facts."""
    peaks = tuple(bytes.fromhex(peak) for peak in facts["peaks"])
    return Tree(facts["size"], bytes.fromhex(facts["last"]), peaks)


def body(
    head: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    blocks: Sequence[Sequence[tuple[int, int]]],
) -> str:
    """The canonical JSON of a transaction: keys sorted, no spaces. Written out key by key, which
    takes a fifth of the time of `json.dumps`; a test holds both together.

    `head`: columns of the transaction; `lines`: its lines with the accounts' numbers; `blocks`:
    for each line its (first, last).
    """
    written = ",".join(map(_line, lines, blocks))
    return (
        f'{{"approver":{_text(head["approver"])},"at":"{stamp(head["executed_at"])}",'
        f'"counterparty":{_text(head["counterparty"])},"id":{_text(head["id"])},'
        f'"lines":[{written}],"market":"{head["market"]}","proposer":{_text(head["proposer"])},'
        f'"reason":{_text(head["reason"])},"refers":{_number(head["refers"])},'
        f'"seq":{head["seq"]},"type":"{head["type"]}","types":{_text(head["types_version"])},'
        f'"year":{_number(head["year"])}}}'
    )


def stamp(moment: datetime) -> str:
    """A moment in UTC with microseconds, as it stands in a body."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _line(line: Mapping[str, Any], blocks: Sequence[tuple[int, int]]) -> str:
    ranges = ",".join(f'"{first:0{DIGITS}}..{last:0{DIGITS}}"' for first, last in blocks)
    return (
        f'{{"blocks":[{ranges}],"from":"{line["from_number"]}",'
        f'"from_position":"{line["from_position"]}","origin":{_text(line["origin"])},'
        f'"qty":{line["quantity"]},"ref":{_text(line["ref"])},"to":"{line["to_number"]}",'
        f'"to_position":"{line["to_position"]}","unit":"{line["unit"]}"}}'
    )


@lru_cache(maxsize=65_536)
def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)
