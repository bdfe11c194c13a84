"""The check of the whole ledger (账本核验).

What belongs here: re-hashing every table of every commit and the chain itself. What does not:
whether the figures are right (`ledgers.emissions` re-calculates them). Without a head from
outside the most that can be said is "internally consistent": whoever can write the file can
rewrite the whole chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from factors import messages
from factors.errors import UsageFault
from ledgers.journal.commits import Commit, commits
from warehouse import heads, integrity
from warehouse.connect import Connection
from warehouse.merkle import NotHashable, commit_hash

_HEADER_COLUMNS = ("book", "kind", "key", "month", "person", "reason", "commit_no")


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed: the commit and table where it is ('' = none)."""

    code: str
    commit_no: int | None
    table: str
    facts: Mapping[str, Any]

    def text(self, lang: str = "zh") -> str:
        """The finding in words."""
        return messages.text(self.code, lang, {**self.facts, **self._place()})

    def _place(self) -> dict[str, Any]:
        return {"commit_no": self.commit_no, "table": self.table}


@dataclass(frozen=True)
class Findings:
    """What `verify_chain` found. `rows` is how many rows were hashed; `since` the head from
    outside that the chain contains, if one was given."""

    head: heads.Head
    commits: int
    tables: int
    rows: int
    findings: tuple[Finding, ...]
    since: heads.Head | None = None

    @property
    def good(self) -> bool:
        """True when nothing was found."""
        return not self.findings

    @property
    def verdict(self) -> Literal["unaltered", "consistent", "altered"]:
        """'unaltered' is said only with a head from outside."""
        if self.findings:
            return "altered"
        return "consistent" if self.since is None else "unaltered"

    def text(self, lang: str = "zh") -> str:
        """The verdict in words; the findings speak for themselves."""
        known = self.since or self.head
        facts = {
            "head": self.head.hash,
            "since": known.hash,
            "since_no": known.commit_no,
            "since_time": heads.stamp(known.recorded_at),
            "commits": self.commits,
            "rows": self.rows,
            "findings": len(self.findings),
        }
        return messages.text(f"verify.{self.verdict}", lang, facts)


class BadHead(UsageFault, ValueError):
    """What was given is no head: 64 hexadecimal digits; facts: seen."""


def verify_chain(
    con: Connection,
    head: str | None = None,
    listed: Sequence[heads.Head] = (),
    threads: int = 0,
) -> Findings:
    """Re-hashes all rows of all journalled tables and the chain of commits.

    `head`: a hash that was printed or kept elsewhere; the chain must contain it. `listed`: the
    lines of a `heads.txt` (`warehouse.heads.listed`), each of which must stand in the chain.
    Works on the book of record and, unchanged, on a published copy. Raises BadHead.
    """
    wanted = _digits(head)
    chain = commits(con)
    headers = {made.commit_no: _header(made) for made in chain}
    found = [*_chain_findings(chain, headers), *_missing_heads(chain, wanted, listed)]
    tables = sorted({*integrity.journalled_tables(con), *_named(headers)})
    rows = 0
    for table in tables:
        sealed = {number: header["tables"].get(table) for number, header in headers.items()}
        counted, faults = _table_findings(con, table, sealed, threads)
        rows += counted
        found += faults
    last = chain[-1].head if chain else heads.Head(0, heads.GENESIS)
    since = next((made.head for made in chain if made.hash == wanted), None)
    if wanted == heads.GENESIS:
        since = heads.Head(0, heads.GENESIS)
    return Findings(last, len(chain), len(tables), rows, tuple(found), since)


def _digits(head: str | None) -> str | None:
    if head is None:
        return None
    digits = "".join(head.split()).lower()
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise BadHead("verify.bad_head", seen=head)
    return digits


def _header(made: Commit) -> Mapping[str, Any]:
    """The header as written; an empty one where it cannot be read, which the hash shows too."""
    try:
        header = json.loads(made.header)
        if isinstance(header, dict) and isinstance(header.get("tables"), dict):
            return header
    except ValueError:
        pass
    return {"tables": {}}


def _named(headers: Mapping[int, Mapping[str, Any]]) -> set[str]:
    return {table for header in headers.values() for table in header["tables"]}


def _chain_findings(
    chain: Sequence[Commit], headers: Mapping[int, Mapping[str, Any]]
) -> Iterator[Finding]:
    previous = heads.Head(0, heads.GENESIS)
    for made in chain:
        number = made.commit_no
        if number != previous.commit_no + 1:
            yield Finding("verify.gap", number, "", {"before": previous.commit_no})
        if made.prev_hash != previous.hash:
            facts = {"seen": made.prev_hash, "expected": previous.hash}
            yield Finding("verify.chain_broken", number, "", facts)
        if previous.recorded_at and made.recorded_at < previous.recorded_at:
            yield Finding("verify.time_backwards", number, "", {})
        if not _is_sealed(made):
            yield Finding("verify.header_changed", number, "", {"hash": made.hash})
        yield from _column_findings(made, headers[number])
        previous = made.head


def _is_sealed(made: Commit) -> bool:
    try:
        previous = bytes.fromhex(made.prev_hash)
    except ValueError:
        return False
    return commit_hash(previous, made.header.encode()).hex() == made.hash


def _column_findings(made: Commit, header: Mapping[str, Any]) -> Iterator[Finding]:
    """The columns of journal.commit repeat the header so that they can be searched."""
    seen = {name: getattr(made, name) for name in _HEADER_COLUMNS}
    seen |= {"body": made.body_sha256, "recorded_at": heads.stamp(made.recorded_at)}
    for name, value in seen.items():
        if header.get(name) != value:
            facts = {"column": name, "seen": value, "expected": header.get(name)}
            yield Finding("verify.column_changed", made.commit_no, "journal.commit", facts)


def _missing_heads(
    chain: Sequence[Commit], wanted: str | None, listed: Sequence[heads.Head]
) -> Iterator[Finding]:
    known = {made.hash: made.commit_no for made in chain} | {heads.GENESIS: 0}
    if wanted is not None and wanted not in known:
        yield Finding("verify.head_unknown", None, "", {"head": wanted})
    for head in listed:
        if known.get(head.hash) != head.commit_no:
            yield Finding("verify.head_lost", head.commit_no, "", {"head": head.hash})


def _table_findings(
    con: Connection, table: str, sealed: Mapping[int, Mapping[str, Any] | None], threads: int
) -> tuple[int, list[Finding]]:
    """How many rows `table` has, and what differs in it from what the headers say."""
    named = {number: seal for number, seal in sealed.items() if seal is not None}
    try:
        columns = tuple(map(str, integrity.columns_of(con, table)))
    except NotHashable as error:
        # A column was given another type since, so nothing can be as it was sealed.
        seen = {"seen": error.facts["seen"], "expected": error.facts["column"]}
        return 0, [Finding("verify.columns_changed", number, table, seen) for number in named]
    if not columns:
        return 0, [Finding("verify.table_missing", number, table, {}) for number in named]
    widths = {number: len(seal["columns"]) for number, seal in named.items()}
    roots = integrity.table_roots(con, table, widths, threads)
    found: list[Finding] = []
    for number in sorted({*named, *(n for n in roots if n is not None)}):
        found += _root_findings(number, table, named.get(number), roots.get(number), columns)
    if None in roots:
        found.append(Finding("verify.unknown_rows", None, table, {"rows": roots[None].rows}))
    return sum(root.rows for root in roots.values()), found


def _root_findings(
    number: int,
    table: str,
    seal: Mapping[str, Any] | None,
    root: integrity.TableRoot | None,
    columns: Sequence[str],
) -> Iterator[Finding]:
    rows = root.rows if root else 0
    if seal is None:
        yield Finding("verify.unknown_rows", number, table, {"rows": rows})
        return
    if tuple(seal["columns"]) != tuple(columns[: len(seal["columns"])]):
        facts = {"seen": ", ".join(columns), "expected": ", ".join(seal["columns"])}
        yield Finding("verify.columns_changed", number, table, facts)
    if rows != seal["rows"]:
        counts = {"seen": rows, "expected": seal["rows"]}
        yield Finding("verify.rows_differ", number, table, counts)
    elif root is not None and root.root != seal["root"]:
        facts = {"seen": root.root, "expected": seal["root"]}
        yield Finding("verify.root_differs", number, table, facts)
    if root is not None and root.later_values:
        yield Finding("verify.later_values", number, table, {})
