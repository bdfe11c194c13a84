"""The bytes of a block of rows, from Arrow columns (行块的字节).

What belongs here: the byte layout that leaves of a table's tree are hashed over. What does not:
reading tables and building trees (`warehouse.integrity`).

A block is at most 65,536 rows, column by column in declared order; each column is
- the null bitmap: bit set where there is a value, least significant bit first, padding zero,
  always present;
- integers, dates (days since 1970-01-01), booleans (one byte) and timestamps (microseconds
  since then) at their fixed width, little-endian; DOUBLE as IEEE 754, little-endian; DECIMAL as
  its unscaled 16-byte two's complement; value bytes under a null are zero;
- text: all lengths in bytes as uint32, then all UTF-8 bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from factors.errors import OurFault

BLOCK_ROWS = 65_536

_Bytes = npt.NDArray[np.uint8]


class NotHashable(OurFault, TypeError):
    """A journalled table has a column whose type has no byte layout; facts: column, seen."""


def block_leaf(columns: Sequence[pa.Array]) -> bytes:
    """SHA256(0x00 ‖ bytes of the block) over columns of one length."""
    digest = hashlib.sha256(b"\x00")
    for column in columns:
        for piece in column_bytes(column):
            digest.update(piece)
    return digest.digest()


def column_bytes(column: pa.Array) -> Iterator[Any]:
    """The bytes of one column as buffers that hashlib takes without a copy where it can."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    present = _present(column)
    yield _bitmap(column, present)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        yield from _text(column, present)
    elif pa.types.is_boolean(column.type):
        bits = _bits(column.buffers()[1], column.offset, len(column))
        yield bits if present is None else bits * present
    else:
        yield _fixed(column, present)


def _present(column: pa.Array) -> _Bytes | None:
    """One byte a row, 1 where there is a value; None when nothing is missing."""
    if not column.null_count:
        return None
    return _bits(column.buffers()[0], column.offset, len(column))


def _bits(buffer: pa.Buffer, offset: int, length: int) -> _Bytes:
    start, stop = offset // 8, (offset + length + 7) // 8
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8)[start:stop], bitorder="little")
    return bits[offset - start * 8 :][:length]


def _bitmap(column: pa.Array, present: _Bytes | None) -> _Bytes:
    if present is None:
        present = np.ones(len(column), np.uint8)
    return np.packbits(present, bitorder="little")


def _fixed(column: pa.Array, present: _Bytes | None) -> _Bytes:
    width = _width(column.type)
    start, length = column.offset * width, len(column) * width
    values = np.frombuffer(column.buffers()[1], np.uint8)[start : start + length]
    if present is None:
        return values
    return (values.reshape(len(column), width) * present[:, None]).reshape(length)


def _width(kind: pa.DataType) -> int:
    if pa.types.is_decimal(kind) and kind.bit_width != 128:
        raise NotHashable("journal.not_hashable", column="", seen=str(kind))
    return int(kind.bit_width) // 8


def _text(column: pa.Array, present: _Bytes | None) -> Iterator[Any]:
    offsets = _offsets(column)
    lengths = np.diff(offsets).astype("<u4")
    if present is not None and lengths[present == 0].any():
        # Text left standing under a null: take it out, as `fill_null` copies without it.
        column = column.fill_null("")
        offsets = _offsets(column)
        lengths = np.diff(offsets).astype("<u4")
    yield lengths
    if offsets[-1] > offsets[0]:
        yield np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]


def _offsets(column: pa.Array) -> npt.NDArray[Any]:
    wide = pa.types.is_large_string(column.type)
    buffer = column.buffers()[1]
    if buffer is None or not buffer.size:
        return np.zeros(1, np.int64)
    offsets = np.frombuffer(buffer, np.int64 if wide else np.int32)
    return offsets[column.offset : column.offset + len(column) + 1]
