"""What a file really is, and whether it is safe to open (文件识别).

What belongs here: telling the kind of file from its first bytes (never from its name), size
limits, and refusing archive bombs before a byte is unpacked. What does not: reading cells.
Every refusal is an IN-01 fault of the whole file with a `why` that has words of its own.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.intake.faults import Fault

Kind = Literal["delimited", "workbook", "parquet"]

_MB = 1024 * 1024
_HEAD = 8192
_PICTURES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_HTML = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<script")


@dataclass(frozen=True)
class Limits:
    """What intake is willing to open, in bytes; delimited text is streamed and has no limit."""

    workbook_bytes: int = 200 * _MB
    unpacked_bytes: int = 1024 * _MB
    ratio: int = 100
    """Unpacked over packed size, of one entry and of the whole archive; workbooks reach 10 to
    30: 300,000 rows that are all alike 15."""
    entries: int = 10_000
    small_bytes: int = 50 * _MB
    """Up to this an entry cannot do harm, whatever its ratio."""
    cells: int = 16_000_000
    """Rows times columns of one sheet, empty cells between others counted: 1,000,000 rows of 16.
    Reading takes some 150 bytes for each."""


class Refused(Exception):
    """The file cannot be read; carries the fault of the whole file."""

    def __init__(self, why: str, detail: object = "", **facts: object) -> None:
        super().__init__(why)
        self.fault = Fault("IN-01", facts={"why": why, "detail": str(detail), **facts})


def kind_of(path: Path, limits: Limits) -> Kind:
    """The kind of file by its content. Raises Refused for what is no table, or not safe."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _too_large(size, limits)
        check_archive(path, limits)
        return "workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _too_large(size, limits)
        return _old_workbook(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    return _text(head)


def _too_large(size: int, limits: Limits) -> None:
    if size > limits.workbook_bytes:
        raise Refused("too_large", f"{size // _MB} MB", limit=f"{limits.workbook_bytes // _MB} MB")


def _old_workbook(path: Path) -> Kind:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("encrypted")
    return "workbook"


def _text(head: bytes) -> Kind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_HTML):
        raise Refused("html")
    if head.startswith(_PICTURES):
        raise Refused("not_a_table", head[:4].decode("latin-1"))
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise Refused("empty")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("not_a_table", "0x00")
    return "delimited"


def check_archive(path: Path, limits: Limits) -> None:
    """Refuses an archive that would unpack to too much, judged by its directory alone; then
    holds the directory to its word: no entry may unpack to another size than it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive, limits)
            if "xl/workbook.xml" not in archive.namelist():
                raise Refused("not_a_workbook", ", ".join(sorted(archive.namelist())[:3]))
            broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused("damaged", error) from error
    except RuntimeError as error:  # zipfile's way of saying that an entry is encrypted
        raise Refused("encrypted") from error
    if broken is not None:
        raise Refused("damaged", broken)


def _check_directory(archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries:
        raise Refused("bomb", f"{len(entries)} entries", limit=limits.entries)
    if total > limits.unpacked_bytes:
        limit = f"{limits.unpacked_bytes // _MB} MB"
        raise Refused("bomb", f"{total // _MB} MB", limit=limit)
    _check_ratio(total, sum(entry.compress_size for entry in entries), limits)
    for entry in entries:
        _check_ratio(entry.file_size, entry.compress_size, limits)


def _check_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.small_bytes and unpacked > limits.ratio * packed:
        ratio = unpacked // max(packed, 1)
        raise Refused("bomb", f"{ratio} : 1", limit=f"{limits.ratio} : 1")
