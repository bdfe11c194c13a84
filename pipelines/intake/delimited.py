"""Delimited text (CSV, TSV, semicolons) to a grid of text, streamed (分隔文本).

What belongs here: encoding, delimiter, line ends, and the grid as Parquet: `row_no` (1-based, as
a spreadsheet would number the records, blank lines counted) and one text column for each field.
What does not: headers and meaning. A grid row is what was sent; only the byte encoding changes.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from pipelines.intake import loose_quotes
from pipelines.intake.containers import Refused

DELIMITERS = ",;\t|"
ROW_NO = "row_no"
LONGEST_CELL = 32_767
"""Characters that a spreadsheet cell can hold; a longer field is a quotation mark left open."""

_BLOCK = 4 * 1024 * 1024
_SAMPLE_ROWS = 2_000
_GROUP = 250_000
_SURELY_CHINESE = 8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written, as found or as a feed declares."""

    encoding: str
    delimiter: str
    width: int
    """Fields of the widest record of the sample, and one more to catch what runs over."""
    line_end: str


def column(index: int) -> str:
    """Name of the grid column `index` (0-based)."""
    return f"c{index}"


def write_grid(path: Path, target: Path, *, encoding: str = "", delimiter: str = "") -> Dialect:
    """Writes the grid of `path` to `target` (Parquet) and says how the file was written.

    Memory is bounded whatever the size. Raises Refused where the bytes are no text, naming the
    byte and line, or where a quotation mark is never closed.
    """
    encoding = _checked(path, encoding) if encoding else detect_encoding(path)
    # The draft's whole name, which carries the process: two may read the same file at once.
    copy = target.with_name(f"{target.name}.utf8")
    try:
        line_end, plain = _plain_text(path, copy, encoding)
        dialect = _dialect(plain, encoding, delimiter, line_end)
        _sink(plain, target, dialect)
    finally:
        copy.unlink(missing_ok=True)
    _check_quotes(target, dialect)
    return dialect


def detect_encoding(path: Path) -> str:
    """'utf-8-sig', 'utf-16' or 'gb18030': UTF-8 if the whole file is, strictly; else GB18030.

    Raises Refused with byte and line where it is neither. Text that has a UTF-8 mark, or that
    reads as Chinese in UTF-8 up to one bad byte, is damaged UTF-8 and not GB18030: read as
    GB18030 it would be nonsense without an error.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_UTF16):
        return _checked(path, "utf-16")
    fault = _undecodable(path, "utf-8-sig")
    if fault is None:
        return "utf-8-sig"
    if start.startswith(codecs.BOM_UTF8) or _reads_as_chinese(path, fault[0]):
        raise Refused("encoding", fault[0], line=fault[1], encoding="utf-8")
    return _checked(path, "gb18030")


def _reads_as_chinese(path: Path, end: int) -> bool:
    with path.open("rb") as file:
        text = file.read(min(end, _BLOCK)).decode("utf-8", "ignore")
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text) >= _SURELY_CHINESE


def _checked(path: Path, encoding: str) -> str:
    check_encoding(path, encoding)
    return encoding


def check_encoding(path: Path, encoding: str) -> None:
    """Raises Refused with byte and line of the first byte that is not text in `encoding`."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise Refused("encoding_name", encoding) from None
    fault = _undecodable(path, encoding)
    if fault is not None:
        offset, line = fault
        raise Refused("encoding", offset, line=line, encoding=encoding)


def _undecodable(path: Path, encoding: str) -> tuple[int, int] | None:
    """Byte (0-based) and line (1-based) of the first undecodable byte, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, lines = 0, 1
    for block, final in _blocks(path):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final)
        except UnicodeDecodeError as error:
            at = offset - pending + error.start
            before = max(error.start - pending, 0)
            return at, lines + block[:before].count(b"\n")
        offset += len(block)
        lines += block.count(b"\n")
    return None


def _blocks(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block, False
    yield b"", True


def _plain_text(path: Path, copy: Path, encoding: str) -> tuple[str, Path]:
    """Line end, and a file in UTF-8: the original where it is that already, else a copy."""
    line_end = _line_end(path, encoding)
    if encoding in ("utf-8", "utf-8-sig", "ascii"):
        return line_end, path
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with copy.open("wb") as out:
        for block, final in _blocks(path):
            out.write(decoder.decode(block, final).encode("utf-8"))
    return line_end, copy


def _line_end(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        sample = file.read(_BLOCK)
    text = sample.decode(encoding, "ignore")
    return "\n" if "\n" in text or "\r" not in text else "\r"


def _dialect(plain: Path, encoding: str, delimiter: str, line_end: str) -> Dialect:
    found = delimiter or _delimiter(plain)
    width = max((len(record) for record in _sample(plain, found)), default=1)
    return Dialect(encoding, found, width + 1, line_end)


def _delimiter(plain: Path) -> str:
    """The delimiter that gives the widest steady table: most fields in most records."""

    def fields(delimiter: str) -> tuple[int, int]:
        widths = [len(record) for record in islice(_sample(plain, delimiter), 200)]
        return sum(width - 1 for width in widths), -DELIMITERS.index(delimiter)

    return max(DELIMITERS, key=fields)


def _sample(plain: Path, delimiter: str) -> Iterator[Sequence[str]]:
    # A cell can be longer than csv's own limit only where a quotation mark was left open.
    with plain.open("rb") as file:
        text = file.read(_BLOCK).decode("utf-8-sig", "ignore").replace("\x00", "")
    return _records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _records(reader: Iterator[list[str]]) -> Iterator[Sequence[str]]:
    try:
        yield from islice(reader, _SAMPLE_ROWS)
    except csv.Error:
        return


def _sink(plain: Path, target: Path, dialect: Dialect) -> None:
    names = [column(index) for index in range(dialect.width)]
    scan = pl.scan_csv(
        plain,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        separator=dialect.delimiter,
        eol_char=dialect.line_end,
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=ROW_NO,
        row_index_offset=1,
        glob=False,
        infer_schema=False,
    )
    # A reader that gave up may still be writing: its file is its own until it is whole.
    strict = target.with_name(f"{target.name}.strict")
    try:
        scan.with_columns(pl.col(ROW_NO).cast(pl.Int64)).sink_parquet(
            strict, compression="lz4", row_group_size=_GROUP, statistics=False
        )
        strict.replace(target)
    except pl.exceptions.ComputeError:
        # The fast reader stops at a stray quotation mark that a spreadsheet takes as it is.
        loose_quotes.write_grid(
            plain, target, row_no=ROW_NO, names=names, delimiter=dialect.delimiter
        )
    finally:
        strict.unlink(missing_ok=True)


def _check_quotes(target: Path, dialect: Dialect) -> None:
    """A field that is longer than a cell can be, or that holds a line end and as many delimiters
    as a record, means that a quotation mark swallowed whole records: the file is refused, naming
    the row, rather than read with rows missing."""
    grid = pl.scan_parquet(target)
    texts = pl.col([name for name in grid.collect_schema() if name != ROW_NO])
    suspicious = (texts.str.len_bytes() > LONGEST_CELL) | (
        texts.str.contains(dialect.line_end, literal=True)
        & (texts.str.count_matches(dialect.delimiter, literal=True) >= max(dialect.width - 3, 2))
    )
    found = (
        grid.filter(pl.any_horizontal(suspicious))
        .select(ROW_NO)
        .head(1)
        .collect(engine="streaming")
    )
    if found.height:
        raise Refused("quotes", f"row {found.item()}")
