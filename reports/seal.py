"""What proves a report (凭证): the head of the ledger and the leaves of closed months.

What belongs here: the part of a report that an auditor holds on to. What does not: making or
checking proofs (`ledgers.journal`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledgers.emissions.seals import Seal
from ledgers.journal import Head
from reports.document import Block, Cell, Facts, Note, Section, text
from reports.words import Words

_FULL = 1
"""Seals shown with their whole path; of more months only leaf and root."""


def footer(head: Head, words: Words) -> str:
    """The line that stands on every page."""
    return words("seal.foot", commit_no=head.commit_no, hash=head.hash)


def seal_section(
    head: Head, seals: Sequence[Seal], as_of: datetime | None, words: Words
) -> Section:
    """Head, then for each closed month what proves the statement's part in it."""
    pairs = [
        (words("seal.commit"), text(head.commit_no)),
        (words("seal.hash"), text(head.hash, "mono")),
        (words("seal.recorded"), text(words.moment(head.recorded_at))),
    ]
    if as_of is not None:
        pairs.append((words("seal.as_of"), text(words.moment(as_of))))
    blocks: list[Block] = [Facts(words("seal.head"), tuple(pairs))]
    for seal in seals:
        blocks.append(_proof(seal, words, full=len(seals) <= _FULL))
    blocks.append(Note(words("seal.note")))
    return Section(words("seal.title"), tuple(blocks), words("sheet.seal"))


def _proof(seal: Seal, words: Words, *, full: bool) -> Facts:
    proof = seal.proof
    pairs: list[tuple[str, Cell]] = [
        (words("seal.leaf"), text(proof.leaf, "mono")),
        (words("seal.root"), text(proof.root, "mono")),
        (words("seal.place"), text(words("seal.index", index=proof.index, size=proof.size))),
        (words("seal.closed_by"), text(proof.commit_no)),
    ]
    if full:
        path = [
            (words("seal.path", step=n + 1), text(each, "mono"))
            for n, each in enumerate(proof.path)
        ]
        pairs[2:2] = path
    if seal.unchanged is not None:
        state = "seal.unchanged" if seal.unchanged else "seal.changed"
        pairs.append((words("seal.state"), text(words(state))))
    return Facts(words("seal.month", month=words.months(proof.month)), tuple(pairs))
