"""The home folder (账本目录): where each thing lies.

What belongs here: the names of files and folders under one home, and making them. What does
not: what stands in them, and settings (`warehouse.settings` chooses the home and reads them).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """One home folder; `path` is made absolute so that a later change of directory is harmless."""

    path: Path

    def __init__(self, path: Path | str) -> None:
        object.__setattr__(self, "path", Path(path).expanduser().absolute())

    @property
    def inbox(self) -> Path:
        """Files as received."""
        return self.path / "inbox"

    @property
    def feeds(self) -> Path:
        """Declarations of suppliers' own columns, one TOML file each."""
        return self.path / "feeds"

    @property
    def sources(self) -> Path:
        """Every accepted file by SHA-256, with its staged rows as Parquet."""
        return self.path / "sources"

    @property
    def rejected(self) -> Path:
        """Rows set aside, as workbooks to send back."""
        return self.path / "rejected"

    @property
    def published(self) -> Path:
        """Read-only copies with read models."""
        return self.path / "published"

    @property
    def reports(self) -> Path:
        """What people read, by month and by party."""
        return self.path / "reports"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.path / "dagster"

    @property
    def ledger(self) -> Path:
        """The book of record; only a process that holds the lease opens it."""
        return self.path / "ledger.duckdb"

    @property
    def lock(self) -> Path:
        """The lease on the book of record: says who holds it and since when."""
        return self.path / "ledger.lock"

    @property
    def heads(self) -> Path:
        """One line for each commit: number, hash, time. Copy it to where the writer cannot."""
        return self.path / "heads.txt"

    @property
    def portal(self) -> Path:
        """Users, sessions, audit log and request queue of the portal."""
        return self.path / "portal.sqlite"

    @property
    def settings(self) -> Path:
        """Machine settings: memory, threads, ports, persons of this machine."""
        return self.path / "settings.toml"

    def create(self) -> Home:
        """Makes the folders that are missing and returns itself. Safe to repeat."""
        folders = (
            self.inbox,
            self.feeds,
            self.sources,
            self.rejected,
            self.published,
            self.reports,
            self.dagster,
        )
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        return self


def to_disk(path: Path) -> None:
    """Brings a file, or a folder's entries, to disk, so that it survives a loss of power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
