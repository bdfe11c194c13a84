"""Source files by what they contain (原始文件，按 SHA-256 保存).

What belongs here: keeping every accepted file once, as received, and finding it again. What
does not: reading it (`pipelines.intake`). Staged and typed rows as Parquet lie in the same
folder. The name that a file came with is kept as text beside it and never used as a path.

    sources/ab/abcd.../original.xlsx   the file; it appears only whole and on disk
    sources/ab/abcd.../source.json     the name that it came with
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from factors.errors import UsageFault
from warehouse.home import Home, to_disk

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Source:
    """One kept file: `name` is what it was called when it was first sent, for people only."""

    sha256: str
    name: str
    size: int
    path: Path

    @property
    def folder(self) -> Path:
        """Where its staged and typed rows lie."""
        return self.path.parent


class NotAFile(UsageFault, OSError):
    """The path is no ordinary file that can be read; facts: path."""


class BadDigest(UsageFault, ValueError):
    """Not a SHA-256 in lower-case hexadecimal; facts: seen."""


def keep(home: Home, path: Path | str) -> Source:
    """Keeps a copy of the file at `path` and says where. The same contents are kept once,
    under the suffix that they came with first. Raises NotAFile."""
    path = Path(path)
    if not path.is_file():
        raise NotAFile("source.not_a_file", path=readable(str(path)))
    with path.open("rb") as stream:
        return receive(home, stream, path.name)


def receive(home: Home, stream: BinaryIO, name: str) -> Source:
    """As `keep`, from a stream such as an upload; `name` is what the sender calls it."""
    home.sources.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=home.sources)
    try:
        with os.fdopen(descriptor, "wb") as target:
            sha256, size = _copy(stream, target)
        _place(home, Path(draft), sha256, size, name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft)
    found = find(home, sha256)
    assert found is not None
    return found


def find(home: Home, sha256: str) -> Source | None:
    """The kept file with these contents, or None. Raises BadDigest."""
    folder = folder_of(home, sha256)
    originals = sorted(folder.glob("original*"))
    if not originals:
        return None
    path = originals[0]
    try:
        name = json.loads((folder / "source.json").read_text(encoding="utf-8"))["name"]
    except (FileNotFoundError, ValueError, KeyError):
        name = path.name
    return Source(sha256, name, path.stat().st_size, path)


def folder_of(home: Home, sha256: str) -> Path:
    """The folder of these contents, whether or not it exists. Raises BadDigest."""
    if not _DIGEST.fullmatch(sha256):
        raise BadDigest("source.bad_digest", seen=sha256)
    return home.sources / sha256[:2] / sha256


def is_intact(source: Source) -> bool:
    """Whether the kept file still has the contents that it is named by."""
    with source.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == source.sha256


def _copy(stream: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _place(home: Home, draft: Path, sha256: str, size: int, name: str) -> None:
    """Moves the draft to its place unless a whole copy is there. The name is written first:
    the original's presence says that the folder is complete."""
    folder = folder_of(home, sha256)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        kept = find(home, sha256)
        if kept is not None and kept.size == size:
            return
        if kept is not None:
            # Not what it was: the disk lost a part of it. The draft is whole.
            kept.path.unlink()
        _write_name(folder, name)
        os.chmod(draft, 0o444)
        os.replace(draft, folder / f"original{_suffix(name)}")
        for place in (folder, folder.parent, home.sources):
            to_disk(place)


def _write_name(folder: Path, name: str) -> None:
    draft = folder / ".source.json"
    with draft.open("w", encoding="utf-8") as target:
        json.dump({"name": _plain(name)}, target)
        target.flush()
        os.fsync(target.fileno())
    os.replace(draft, folder / "source.json")


def readable(name: str) -> str:
    """A file's name as text. Where the bytes on the disk are no UTF-8 (an archive packed on a
    Chinese Windows), they are read as GB18030; what is neither is marked."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        return name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace").decode("utf-8")


def _plain(name: str) -> str:
    """The last part of a name, whichever system wrote it, as text."""
    return PureWindowsPath(PurePosixPath(readable(name)).name).name


def _suffix(name: str) -> str:
    suffix = PureWindowsPath(_plain(name)).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time in `folder`; the kernel ends it with the process."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
