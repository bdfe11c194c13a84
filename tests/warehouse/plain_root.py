"""The byte layout and the tree a second time, in plain Python from fetched rows.

Shares nothing with `warehouse.blocks` and `warehouse.merkle`: written from the description.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

WIDTHS = {"TINYINT": 1, "SMALLINT": 2, "INTEGER": 4, "BIGINT": 8}


def plain_root(rows: Sequence[Sequence[Any]], types: Sequence[str], block: int = 65_536) -> str:
    """The root in hex of rows that are in the order of their ordinals."""
    leaves = []
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        data = b"".join(column([row[i] for row in part], kind) for i, kind in enumerate(types))
        leaves.append(sha256(b"\x00" + data).digest())
    return tree(leaves).hex()


def tree(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + tree(leaves[:half]) + tree(leaves[half:])).digest()


def column(cells: Sequence[Any], kind: str) -> bytes:
    out = bytearray()
    for start in range(0, len(cells), 8):
        out.append(
            sum(1 << i for i, cell in enumerate(cells[start : start + 8]) if cell is not None)
        )
    if kind == "VARCHAR":
        texts = [b"" if cell is None else cell.encode("utf-8") for cell in cells]
        for text in texts:
            out += len(text).to_bytes(4, "little")
        return bytes(out) + b"".join(texts)
    for cell in cells:
        out += value(cell, kind)
    return bytes(out)


def value(cell: Any, kind: str) -> bytes:
    if kind == "BOOLEAN":
        return b"\x01" if cell else b"\x00"
    if kind == "DATE":
        return ((cell or date(1970, 1, 1)) - date(1970, 1, 1)).days.to_bytes(
            4, "little", signed=True
        )
    if kind == "TIMESTAMP":
        since = (cell or datetime(1970, 1, 1)) - datetime(1970, 1, 1)
        ticks = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        return ticks.to_bytes(8, "little", signed=True)
    if kind == "DOUBLE":
        return struct.pack("<d", 0.0 if cell is None else cell)
    if kind.startswith("DECIMAL"):
        scale = int(kind[:-1].split(",")[1])
        sign, digits, exponent = (cell or Decimal(0)).as_tuple()
        number = int("".join(map(str, digits))) * 10 ** (int(exponent) + scale if cell else 0)
        return (-number if sign else number).to_bytes(16, "little", signed=True)
    return int(cell or 0).to_bytes(WIDTHS[kind], "little", signed=True)
