"""The writer's lease and the readers (一个写者，多个读者).

What belongs here: who may open which database. What does not: what is read or written, and the
configuration of DuckDB (`warehouse.engine`). Only a process that holds the lease opens
`ledger.duckdb`, for DuckDB lets no second process in while one writes. Other rooms name the
type `Connection` and the error `DatabaseError` from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from factors.errors import UsageFault
from warehouse import heads, migrations, publish
from warehouse.engine import (
    Connection,
    DatabaseError,
    OpenElsewhere,
    load_settings,
    open_database,
    scratch,
    sql,
)
from warehouse.heads import Head
from warehouse.home import Home
from warehouse.lease import Holder, LeaseHeld, holder, lease

if TYPE_CHECKING:
    from warehouse.settings import Settings

__all__ = [
    "Connection",
    "DatabaseError",
    "Head",
    "Holder",
    "Home",
    "LeaseHeld",
    "NoLedger",
    "OpenElsewhere",
    "Reading",
    "open_copy",
    "reader",
    "scratch",
    "sql",
    "writer",
]


class NoLedger(UsageFault, FileNotFoundError):
    """There is no ledger in this home, or one of an older version; facts: path."""


@dataclass(frozen=True)
class Reading:
    """A ledger open for reading. `published` is True for a copy; then `held_by` says who has
    the book of record, and `head` from which head the copy was made."""

    con: Connection
    path: Path
    head: Head
    published: bool = False
    held_by: Holder | None = None


@contextmanager
def writer(
    home: Home,
    *,
    purpose: str,
    person: str,
    wait: float | None = None,
    on_wait: Callable[[Holder | None], None] | None = None,
    settings: Settings | None = None,
) -> Iterator[Connection]:
    """The book of record, open for writing, its schema brought up to date.

    Makes the home and the ledger where they are missing. Waits `wait` seconds (default: the
    setting `lease_wait`) and then raises LeaseHeld, which says who holds the lease and since
    when; `on_wait` is told the holder once, when the waiting begins. Raises OpenElsewhere when a
    program that knows no lease has the file. On leaving, an open transaction is rolled back.
    """
    settings = settings or load_settings(home)
    home.create()
    patience = settings.lease_wait if wait is None else wait
    with lease(home, purpose=purpose, person=person, wait=patience, on_wait=on_wait):
        con = open_database(home.ledger, settings)
        try:
            migrations.migrate(con)
            heads.append_missing(con, home.heads)
            yield con
        finally:
            con.close()


@contextmanager
def reader(
    home: Home,
    *,
    purpose: str = "read",
    person: str = "",
    wait: float | None = None,
    settings: Settings | None = None,
) -> Iterator[Reading]:
    """The ledger, open for reading only.

    Takes the lease for the block. When it is held elsewhere, the newest published copy is read
    instead; where there is none, waits up to `wait` seconds and then raises LeaseHeld. Raises
    NoLedger when the home has no ledger, or one that an older version left.
    """
    settings = settings or load_settings(home)
    if not home.ledger.exists():
        raise NoLedger("ledger.missing", path=str(home.ledger))
    copy = publish.newest(home)
    patience = settings.lease_wait if wait is None else wait
    with ExitStack() as stack:
        try:
            stack.enter_context(
                lease(home, purpose=purpose, person=person, wait=0 if copy else patience)
            )
        except LeaseHeld:
            if copy is None:
                raise
            con = stack.enter_context(_read_only(copy.path, settings))
            reading = Reading(con, copy.path, heads.read_head(con), True, holder(home))
        else:
            con = stack.enter_context(_read_only(home.ledger, settings))
            reading = Reading(con, home.ledger, heads.read_head(con))
        yield reading


def open_copy(path: Path, settings: Settings) -> Connection:
    """A published copy, read-only, with the portal's memory limit. The caller closes it."""
    return open_database(path, settings, memory=settings.portal_memory, read_only=True)


@contextmanager
def _read_only(path: Path, settings: Settings) -> Iterator[Connection]:
    con = open_database(path, settings, read_only=True)
    try:
        if migrations.pending(con):
            raise NoLedger("ledger.outdated", path=str(path))
        yield con
    finally:
        con.close()
