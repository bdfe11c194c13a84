"""Computing every entry again (复核): raw columns, printed texts, Python integers.

What belongs here: the streamed recalculation of all entries, and the checks of reversals, bills
and references. What does not: hashes and the chain (`ledgers.journal.verify_chain`), the kernel
(`calculation`), with which this module shares no arithmetic.

Entries stream in blocks of 65,536 with the raw numbers of their activities. A block's numbers
are taken from Arrow as integers of 10^-12; each entry is compared with
sign × ((2·|N| + D) // (2·D)), N and D from the proof's `Polynomial`. Ten million entries take
well under three minutes and a few hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from factors import messages
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.polynomials import SCALE, Polynomial, Unreadable, polynomial
from ledgers.emissions.workspace import count, row, rows, statement
from warehouse.connect import Connection

BLOCK_ROWS = 65_536
COLUMNS = ("quantity", *MEASURED)
FINDINGS = 100
"""So many findings of one kind are listed; more say no more."""


@dataclass(frozen=True, slots=True)
class EntryFinding:
    """One thing that does not come out: what kind, which entry ('' = none), and the facts."""

    code: str
    entry: str
    facts: Mapping[str, Any]

    def text(self, lang: str = "zh") -> str:
        """The finding in words."""
        return messages.text(self.code, lang, {**self.facts, "entry": self.entry})


@dataclass(slots=True)
class EntryFindings:
    """What the recalculation found, and over how much."""

    entries: int = 0
    activities: int = 0
    reversals: int = 0
    bills: int = 0
    findings: list[EntryFinding] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """True when nothing was found."""
        return not self.findings


def verify_entries(con: Connection) -> EntryFindings:
    """Recompute every entry from the raw columns and check reversals, bills and references."""
    found = EntryFindings()
    found.activities = count(con, "emissions.activity")
    found.reversals = count(con, "emissions.entry WHERE kind = 'reversal'")
    formulas, unreadable = _polynomials(con)
    found.findings.extend(unreadable)
    for commit_no, entries in rows(con, "entry_blocks"):
        for first in range(0, entries, BLOCK_ROWS):
            _check_block(con, found, formulas, commit_no, first)
    for name, code in (("check_reversals", "verify.reversal"), ("check_places", "verify.place")):
        for commit_no, ordinal in rows(con, name, limit=FINDINGS):
            found.findings.append(EntryFinding(code, f"{commit_no}-{ordinal}", {}))
    found.findings.extend(_check_bills(con, found))
    return found


def _polynomials(con: Connection) -> tuple[dict[int, Polynomial], list[EntryFinding]]:
    formulas: dict[int, Polynomial] = {}
    findings: list[EntryFinding] = []
    for proof_id, *printed in con.execute(
        "SELECT p.proof_id, r.formula, r.sign, r.parameters, p.multipliers "
        "FROM emissions.proof AS p JOIN emissions.resolution AS r USING (resolution_id)"
    ).fetchall():
        try:
            formulas[proof_id] = polynomial(*printed)
        except Unreadable as error:
            facts = {"proof": proof_id, "seen": str(error)}
            findings.append(EntryFinding("verify.proof", "", facts))
    return formulas, findings


def _check_block(
    con: Connection,
    found: EntryFindings,
    formulas: Mapping[int, Polynomial],
    commit_no: int,
    first: int,
) -> None:
    last = first + BLOCK_ROWS - 1
    bounds = row(con, "block_bounds", commit_no=commit_no, first=first, last=last)
    names = ("low_commit", "high_commit", "low", "high")
    given = dict(zip(names, bounds, strict=True))
    given |= {"commit_no": commit_no, "first": first, "last": last}
    block = con.sql(statement("block_raw"), params=given).to_arrow_table().combine_chunks()
    found.entries += block.num_rows
    for ordinal in _misplaced(block):
        found.findings.append(EntryFinding("verify.place", f"{commit_no}-{ordinal}", {}))
    for ordinal, value, quanta in _wrong(block, formulas):
        if len(found.findings) >= FINDINGS:
            return
        facts = {"posted": str(value), "computed": "-" if quanta is None else str(quanta)}
        found.findings.append(EntryFinding("verify.value", f"{commit_no}-{ordinal}", facts))


def _misplaced(block: Any) -> list[int]:
    """Ordinals of entries whose activity is missing or of another month."""
    marks = block.column("misplaced").to_pylist()
    if not any(marks):
        return []
    ordinals = block.column("ordinal").to_pylist()
    return [ordinal for ordinal, mark in zip(ordinals, marks, strict=True) if mark][:FINDINGS]


def _wrong(block: Any, formulas: Mapping[int, Polynomial]) -> Iterator[tuple[int, int, int | None]]:
    """(ordinal, posted, computed) of the entries of a block that do not come out."""
    names = ("ordinal", "proof_id", "value")
    ordinals, proofs, values = (block.column(name).to_pylist() for name in names)
    raw: dict[str, Sequence[int | None]] = {}
    places: dict[int, list[int]] = {}
    for place, proof_id in enumerate(proofs):
        places.setdefault(proof_id, []).append(place)
    for proof_id, held in places.items():
        formula = formulas.get(proof_id)
        for name in formula.columns if formula else ():
            if name not in raw:
                raw[name] = integers(block.column(name))
        for place, quanta in zip(held, _quanta(formula, raw, held), strict=True):
            if quanta != values[place]:
                yield ordinals[place], values[place], quanta


def _quanta(
    formula: Polynomial | None, raw: Mapping[str, Sequence[int | None]], places: Sequence[int]
) -> list[int | None]:
    """The values of a polynomial at rows of a block; None where a column that it needs is NULL."""
    if formula is None:
        return [None] * len(places)
    totals = [0] * len(places)
    missing: set[int] = set()
    for coefficient, names in formula.terms:
        products = [coefficient] * len(places)
        for name in names:
            column = raw[name]
            numbers = [column[place] for place in places]
            if None in numbers:
                missing.update(at for at, number in enumerate(numbers) if number is None)
            products = [
                product * (number or 0) for product, number in zip(products, numbers, strict=True)
            ]
        totals = [total + product for total, product in zip(totals, products, strict=True)]
    rounded: list[int | None] = [_rounded(total, formula.denominator) for total in totals]
    for at in missing:
        rounded[at] = None
    return rounded


def _rounded(numerator: int, denominator: int) -> int:
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return whole if numerator >= 0 else -whole


def integers(column: Any) -> Sequence[int | None]:
    """A DECIMAL(38,12) column of Arrow as integers of 10^-12, from its 16-byte values."""
    array = column.chunk(0) if hasattr(column, "chunk") else column
    words = memoryview(array.buffers()[1]).cast("q")
    start = 2 * array.offset
    low = words[start : start + 2 * len(array) : 2].tolist()
    high = words[start + 1 : start + 1 + 2 * len(array) : 2].tolist()
    wide = [
        part if rest == part >> 63 else (rest << 64) | (part & 0xFFFFFFFFFFFFFFFF)
        for part, rest in zip(low, high, strict=True)
    ]
    if not array.null_count:
        return wide
    return [
        number if there else None
        for number, there in zip(wide, array.is_valid().to_pylist(), strict=True)
    ]


def _check_bills(con: Connection, found: EntryFindings) -> list[EntryFinding]:
    """Every part of a bill is what its days give, and the parts of a bill have distinct days."""
    findings: list[EntryFinding] = []
    before: tuple[Any, ...] = ()
    for *bill, text, start, end, part in rows(con, "bill_rows"):
        key = tuple(bill)
        found.bills += key != before
        before = key
        due = _part(_integer(text), bill[3], bill[4], start, end)
        if due != _integer(part) and len(findings) < FINDINGS:
            facts = {"source": bill[0], "row_no": bill[2], "seen": part, "due": str(due)}
            findings.append(EntryFinding("verify.bill", "", facts))
    return findings


def _part(whole: int, bill_start: date, bill_end: date, start: date, end: date) -> int:
    """The part of a bill from `start` to `end`: rounded up to its end, less what went before."""
    days = (bill_end - bill_start).days + 1

    def until(passed: int) -> int:
        share = (2 * abs(whole) * passed + days) // (2 * days)
        return share if whole >= 0 else -share

    return until((end - bill_start).days + 1) - until((start - bill_start).days)


def _integer(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(len(str(SCALE)) - 1, "0"))
