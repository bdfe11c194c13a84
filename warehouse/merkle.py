"""Merkle trees as in RFC 6962, and the canonical JSON whose bytes are hashed (默克尔树).

What belongs here: leaves, nodes, roots, inclusion paths. What does not: how a table becomes
bytes (`warehouse.blocks`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from factors.errors import OurFault

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


class NotCanonical(OurFault, TypeError):
    """A value has no canonical form: floats and types that JSON does not know; facts: seen."""


class NotHashable(OurFault, TypeError):
    """A journalled table has a column whose type has no byte layout; facts: column, seen."""


def leaf_hash(data: bytes) -> bytes:
    """SHA256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def commit_hash(previous: bytes, header: bytes) -> bytes:
    """SHA256(0x02 ‖ previous ‖ header)."""
    return hashlib.sha256(b"\x02" + previous + header).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, split at the largest power of two below their number.

    Pairing level by level, with an odd last node carried up unchanged, gives the same tree.
    """
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The sibling hashes from leaf `index` up to the root. Raises IndexError out of range."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"leaf {index} of {len(leaves)}")
    path, level = [], list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _level_above(level), index // 2
    return tuple(path)


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` gives for leaf `index` of `size`; None when the path does not fit."""
    if not 0 <= index < size:
        return None
    rest, digest, last = list(path), leaf, size - 1
    while last > 0:
        if index % 2 or index < last:
            if not rest:
                return None
            other = rest.pop(0)
            digest = node_hash(other, digest) if index % 2 else node_hash(digest, other)
        index, last = index // 2, last // 2
    return None if rest else digest


def canonical_json(value: Any) -> str:
    """Sorted keys, no spaces, text as it is (UTF-8 when hashed). Raises NotCanonical on floats:
    their text depends on who prints them."""
    _refuse_floats(value)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except TypeError as error:
        raise NotCanonical("journal.not_canonical", seen=str(error)) from error


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise NotCanonical("journal.not_canonical", seen=repr(value))
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical("journal.not_canonical", seen=repr(key))
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
