"""Closing and reopening a month, and publishing copies (月结、重开、发布).

What belongs here: what is done together when a month closes, reopens or is published. What does
not: the chain and its periods (`ledgers.journal`), copying (`warehouse.publish`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ledgers import journal
from ledgers.emissions.posting import Posted, post_waiting
from ledgers.emissions.read_models import read_models
from ledgers.emissions.statement import sealed_bodies
from warehouse import publish as copies
from warehouse.connect import Connection, writer
from warehouse.heads import Head
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Reopened:
    """A month that was reopened: what had waited for it and was posted, and the head after."""

    month: str
    posted: Posted
    head: Head


def close_month(home: Home, month: str, *, person: str, reason: str = "") -> Head:
    """Close `month`: seal one leaf for each enterprise, then publish a copy.

    Raises `journal.PeriodClosed` when it is closed already.
    """
    with writer(home, purpose=f"close {month}", person=person) as con:
        with journal.transaction(con):
            bodies = sealed_bodies(con, month)
            journal.close_month(con, month, person=person, statements=bodies, reason=reason)
        publish_copy(con, home)
        return journal.head(con)


def reopen_month(home: Home, month: str, *, person: str, reason: str) -> Reopened:
    """Reopen `month` with a reason and post what had waited for it.

    Raises `journal.PeriodOpen`, and UsageFault without a reason.
    """
    with writer(home, purpose=f"reopen {month}", person=person) as con:
        with journal.transaction(con):
            journal.reopen_month(con, month, reason, person=person)
        posted = post_waiting(con, month, person=person)
        return Reopened(month, posted, journal.head(con))


def publish_copy(con: Connection, home: Home) -> copies.Published:
    """A read-only copy with read models, for readers and for keeping."""
    return copies.publish(con, home, read_models())


def publish(home: Home, *, person: str) -> copies.Published:
    """Publish a copy of the ledger as it stands."""
    with writer(home, purpose="publish", person=person) as con:
        return publish_copy(con, home)
