"""Documents as files (报表文件): which formats there are, safe names, whole files or none.

What belongs here: turning a document into bytes of a format and putting it on disk so that a
reader never sees half a file. What does not: what stands in it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from factors.errors import UsageFault
from reports.document import Document

FORMATS = ("html", "pdf", "xlsx", "json")

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")


class UnknownFormat(UsageFault, ValueError):
    """Not one of FORMATS; facts: seen, allowed."""


def check_formats(formats: Sequence[str]) -> None:
    """Raises UnknownFormat for the first that is none of FORMATS."""
    for name in formats:
        if name not in FORMATS:
            raise UnknownFormat("report.format", seen=name, allowed=", ".join(FORMATS))


def rendered(document: Document, name: str) -> bytes:
    """The document as html, pdf or xlsx. (JSON is made from the values, not from the document.)"""
    if name == "html":
        from reports.html import html

        return html(document).encode()
    if name == "pdf":
        from reports.pdf import pdf

        return pdf(document)
    from reports.workbook import workbook

    return workbook(document)


def write_files(
    folder: Path, name: str, made: Mapping[str, bytes], lang: str = "zh"
) -> tuple[Path, ...]:
    """Write `folder`/`name`.<format>, each whole or not at all; a language other than Chinese
    stands before the suffix (bulletin.en.html)."""
    folder.mkdir(parents=True, exist_ok=True)
    middle = "" if lang == "zh" else f".{lang}"
    paths = {folder / f"{safe_name(name)}{middle}.{suffix}": body for suffix, body in made.items()}
    for path, body in paths.items():
        _replace(path, body)
    return tuple(paths)


def safe_name(name: str) -> str:
    """A name that is a file name everywhere and stays in its folder."""
    return _UNSAFE.sub("_", name)[:80] or "_"


def _replace(path: Path, body: bytes) -> None:
    """A draft beside it, then one rename: whoever reads sees the old file or the new one."""
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(body)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
