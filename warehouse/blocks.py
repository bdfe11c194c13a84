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
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.merkle import NotHashable

_Bytes = npt.NDArray[np.uint8]


def block_leaf(pieces: Sequence[pa.RecordBatch], width: int) -> bytes:
    """SHA256(0x00 ‖ bytes) of the block that `pieces` make up, over its first `width` columns."""
    digest = hashlib.sha256(b"\x00")
    for index in range(width):
        for buffer in column_bytes([piece.column(index) for piece in pieces]):
            digest.update(buffer)
    return digest.digest()


def column_bytes(pieces: Sequence[pa.Array]) -> Iterator[Any]:
    """The bytes of one column, which comes in pieces, as buffers that hashlib takes; those of
    the reader are handed on without a copy where nothing is NULL."""
    arrays = [_plain(piece) for piece in pieces]
    presences = [_present(array) for array in arrays]
    yield _bitmap(arrays, presences)
    pairs = zip(arrays, presences, strict=True)
    if pa.types.is_string(arrays[0].type) or pa.types.is_large_string(arrays[0].type):
        texts = [_text(array, present) for array, present in pairs]
        yield from (lengths for lengths, _ in texts)
        yield from (data for _, data in texts)
    else:
        yield from (_fixed(array, present) for array, present in pairs)


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _present(array: pa.Array) -> _Bytes | None:
    """One byte a row, 1 where there is a value; None when nothing is missing."""
    if not array.null_count:
        return None
    return _bits(array.buffers()[0], array.offset, len(array))


def _bitmap(arrays: Sequence[pa.Array], presences: Sequence[_Bytes | None]) -> _Bytes:
    if all(present is None for present in presences):
        return _full_bitmap(sum(map(len, arrays)))
    pairs = zip(arrays, presences, strict=True)
    parts = [np.ones(len(a), np.uint8) if present is None else present for a, present in pairs]
    return np.packbits(np.concatenate(parts), bitorder="little")


@lru_cache(maxsize=64)
def _full_bitmap(rows: int) -> _Bytes:
    return np.packbits(np.ones(rows, np.uint8), bitorder="little")


def _bits(buffer: pa.Buffer, offset: int, length: int) -> _Bytes:
    start, stop = offset // 8, (offset + length + 7) // 8
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8)[start:stop], bitorder="little")
    return bits[offset - start * 8 :][:length]


@lru_cache(maxsize=64)
def _zeros(length: int) -> _Bytes:
    return np.zeros(length, np.uint8)


def _fixed(array: pa.Array, present: _Bytes | None) -> _Bytes:
    if pa.types.is_boolean(array.type):
        bits = _bits(array.buffers()[1], array.offset, len(array))
        return bits if present is None else bits * present
    width = _width(array.type)
    if array.null_count == len(array):
        return _zeros(len(array) * width)
    start, length = array.offset * width, len(array) * width
    values = np.frombuffer(array.buffers()[1], np.uint8)[start : start + length]
    if present is None:
        return values
    return (values.reshape(len(array), width) * present[:, None]).reshape(length)


def _width(kind: pa.DataType) -> int:
    if pa.types.is_decimal(kind) and kind.bit_width != 128:
        raise NotHashable("journal.not_hashable", column="", seen=str(kind))
    return int(kind.bit_width) // 8


def _text(array: pa.Array, present: _Bytes | None) -> tuple[npt.NDArray[Any], _Bytes]:
    """The lengths as uint32 and the UTF-8 bytes."""
    offsets = _offsets(array)
    lengths = np.diff(offsets).astype("<u4")
    if present is not None and lengths[present == 0].any():
        # Text left standing under a null: take it out, as `fill_null` copies without it.
        return _text(array.fill_null(""), None)
    if offsets[-1] == offsets[0]:
        return lengths, np.empty(0, np.uint8)
    return lengths, np.frombuffer(array.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]


def _offsets(array: pa.Array) -> npt.NDArray[Any]:
    wide = pa.types.is_large_string(array.type)
    buffer = array.buffers()[1]
    if buffer is None or not buffer.size:
        return np.zeros(1, np.int64)
    offsets = np.frombuffer(buffer, np.int64 if wide else np.int32)
    return offsets[array.offset : array.offset + len(array) + 1]
