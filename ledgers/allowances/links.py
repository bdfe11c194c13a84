"""Links between registries (登记簿联通): off until a legal basis is recorded.

What belongs here: recording, ending and reading a link, whether a transfer over it is allowed, and
reconciling both sides. What does not: the transfers (`workflow`; types link_out and link_in).

A unit is in one market: what is linked out stands in the account link_out of the registry that it
left, under its own serial numbers, and the other registry holds as much in link_in. National law
allows no new local markets, so a link needs a document of its own; nothing here assumes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ledgers import journal
from ledgers.allowances.accounts import market as find_market
from ledgers.allowances.market_rows import MarketFault, read, require_officers, write
from ledgers.allowances.persons import clean
from ledgers.allowances.refusals import BOOK, journal_key
from ledgers.allowances.rows import add
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Link:
    """A further registry with which transfers are allowed, and on which document."""

    market: str
    other: str
    document: str
    applies_from: date
    until: date | None
    proposer: str
    approver: str

    def stands(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.applies_from <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Difference:
    """What two registries do not agree on: net tonnes of a unit that left here, and what the
    other says came in."""

    unit: str
    here: int
    there: int


def record_link(
    con: Connection,
    market: str,
    other: str,
    *,
    document: str,
    proposer: str,
    approver: str,
    at: datetime,
    until: date | None = None,
) -> Link:
    """Records the legal basis of a link from today, by two officers; the registry then takes
    transfers over it. With `until` in the past it ends. Raises MarketFault without a document."""
    on = require_officers(con, market, proposer, approver, at)
    if not document.strip():
        raise MarketFault("market.need_document", step="link")
    row = {"market": market, "other": other, "document": document.strip(), "applies_from": on}
    row |= {"until": until, "proposer": clean(proposer), "approver": clean(approver)}
    number = journal.next_commit_no(con)
    key = f"link:{market}:{other}:{number}"
    write(con, kind="link", key=key, rows={"link": [row]}, person=proposer, reason=document)
    _tell_registry(con, market, on, person=proposer)
    return links(con, market)[-1]


def links(con: Connection, market: str) -> tuple[Link, ...]:
    """Links of a market as they stand, the last row of each pair, in the order of recording."""
    found = read(
        con,
        "SELECT * EXCLUDE (commit_no, ordinal) FROM market.link WHERE market = ? "
        "QUALIFY row_number() OVER (PARTITION BY other ORDER BY commit_no DESC) = 1 "
        "ORDER BY commit_no",
        market,
    )
    return tuple(Link(**row) for row in found)


def linked_net(con: Connection, market: str) -> Mapping[str, int]:
    """Unit → tonnes that left over links less those that came back."""
    found = read(
        con,
        "SELECT l.unit, sum(CASE t.type WHEN 'link_out' THEN l.quantity ELSE -l.quantity END)"
        "::BIGINT AS net FROM allowances.transaction AS t JOIN allowances.line AS l USING (seq) "
        "WHERE t.market = ? AND t.type IN ('link_out', 'link_in') GROUP BY l.unit ORDER BY l.unit",
        market,
    )
    return {row["unit"]: int(row["net"]) for row in found}


def reconcile(con: Connection, market: str, reported: Mapping[str, int]) -> tuple[Difference, ...]:
    """Where what left here is not what the other registry reports as come in (unit → tonnes)."""
    here = linked_net(con, market)
    units = sorted({*here, *reported})
    pairs = ((unit, here.get(unit, 0), reported.get(unit, 0)) for unit in units)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def _tell_registry(con: Connection, market: str, on: date, *, person: str) -> None:
    """The registry's own row of the market names the documents of the links that stand."""
    found = find_market(con, market)
    standing = "；".join(link.document for link in links(con, market) if link.stands(on))
    row = {"market": found.market, "name": found.name, "basis": found.basis}
    row |= {"calendar": found.calendar, "linked": standing}
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, "allowances.market", number, [row])
        journal.commit(
            con,
            book=BOOK,
            kind="market",
            key=journal_key(f"market:{market}:linked:{number}"),
            body_sha256=journal.body_digest(row),
            person=clean(person),
            reason=standing,
            facts=row,
            tables=["allowances.market"],
        )
