"""Checking the whole ledger (核验): the chain, every entry, the sources that it rests on.

What belongs here: opening the book or a copy and putting the checks together. What does not: the
checks (`ledgers.journal`, `ledgers.emissions.verification`), which share no arithmetic with what
they check.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from factors.messages import text as message
from ledgers import journal
from ledgers.emissions.verification import EntryFindings, verify_entries
from pipelines.month import Step, no_step
from warehouse import heads, sources
from warehouse.connect import Connection, open_copy, reader
from warehouse.home import Home
from warehouse.settings import Settings


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found: of the chain, of the entries, and which source files (sha256) that
    the ledger names are missing or altered in the home."""

    path: Path
    chain: journal.Findings
    entries: EntryFindings
    sources: int
    damaged: tuple[str, ...]

    @property
    def good(self) -> bool:
        """True when nothing was found."""
        return self.chain.good and self.entries.good and not self.damaged

    def lines(self, lang: str = "zh") -> Iterator[str]:
        """The verdict, what was checked, and each finding, in words."""
        counts = {"entries": self.entries.entries, "activities": self.entries.activities}
        yield self.chain.text(lang)
        yield message("verify.checked", lang, {**counts, "sources": self.sources})
        yield from (finding.text(lang) for finding in self.chain.findings)
        yield from (finding.text(lang) for finding in self.entries.findings)
        for sha256 in self.damaged:
            yield message("verify.source", lang, {"sha256": sha256})


def verify_ledger(
    home: Home, *, head: str = "", copy: Path | None = None, person: str = "", step: Step = no_step
) -> Verified:
    """Check the home's ledger, or a published copy: every row's hash, the chain, every entry
    computed again, every source file's hash.

    `head`: 64 digits that were printed or kept elsewhere. Raises NoLedger, BadHead.
    """
    with _opened(home, copy, person) as (con, path):
        step("chain", 0, 0)
        # A copy may be older than the list of heads, which then names commits that it cannot have.
        listed = () if copy else heads.listed(home.heads)
        chain = journal.verify_chain(con, head or None, listed)
        step("entries", 0, 0)
        entries = verify_entries(con)
        step("sources", 0, 0)
        named = con.execute("SELECT DISTINCT source FROM emissions.source ORDER BY 1").fetchall()
        damaged = tuple(sha256 for (sha256,) in named if not _is_intact(home, sha256))
        return Verified(path, chain, entries, len(named), damaged)


@contextmanager
def _opened(home: Home, copy: Path | None, person: str) -> Iterator[tuple[Connection, Path]]:
    if copy is None:
        with reader(home, purpose="verify", person=person) as reading:
            yield reading.con, reading.path
        return
    con = open_copy(copy, Settings.load(home))
    try:
        yield con, copy
    finally:
        con.close()


def _is_intact(home: Home, sha256: str) -> bool:
    found = sources.find(home, sha256)
    return found is not None and sources.is_intact(found)
