"""The lease on the book of record (写入租约): one process at a time opens `ledger.duckdb`.

What belongs here: taking, waiting for and naming the holder of the lock file. What does not:
opening the database (`warehouse.connect`). The lock is the kernel's (flock), so it ends with its
holder however that dies; the text in the file only says who it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from factors.errors import UsageFault
from warehouse.home import Home

_PAUSE = 0.05


@dataclass(frozen=True)
class Holder:
    """Who holds the lease: `since` is ISO time in UTC."""

    person: str
    purpose: str
    pid: int
    host: str
    since: str


class LeaseHeld(UsageFault, TimeoutError):
    """Somebody else has the book of record; facts: person, purpose, pid, host, since, waited."""


@contextmanager
def lease(
    home: Home,
    *,
    purpose: str,
    person: str,
    wait: float,
    on_wait: Callable[[Holder | None], None] | None = None,
) -> Iterator[None]:
    """Holds the lease for the block. Waits up to `wait` seconds, then raises LeaseHeld.

    `on_wait` is called once, with the holder, when there is something to wait for.
    """
    home.path.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(descriptor, home, wait, on_wait)
        _sign(descriptor, purpose, person)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(home: Home) -> Holder | None:
    """Who signed the lock file last, or None. A killed holder's name stays until the next one:
    only a failed attempt to take the lease says that it is held."""
    try:
        return Holder(**json.loads(home.lock.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        # The holder may be between taking the lock and signing it.
        return None


def _take(
    descriptor: int,
    home: Home,
    wait: float,
    on_wait: Callable[[Holder | None], None] | None,
) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _held(home, wait) from None
        if on_wait is not None:
            on_wait(holder(home))
            on_wait = None
        time.sleep(_PAUSE)


def _sign(descriptor: int, purpose: str, person: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    mine = Holder(person, purpose, os.getpid(), os.uname().nodename, since)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(mine), ensure_ascii=False).encode(), 0)


def _held(home: Home, wait: float) -> LeaseHeld:
    mine = holder(home) or Holder("?", "?", 0, "?", "?")
    return LeaseHeld("lease.held", **asdict(mine), waited=f"{wait:g}", path=str(home.lock))
