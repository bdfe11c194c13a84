"""What was written and what is wrong with it: the answers to the sample city's exercise.

What belongs here: the records of files, mistakes and totals, and their JSON. What does not: the
files. Totals are exact decimals as text in the canonical unit, so that a test can compare them
with what an intake typed without sharing any arithmetic with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

TITLE = "合成数据清单 manifest of synthetic data"


@dataclass(frozen=True)
class FileRecord:
    """A file: `good` rows are posted (some with a W fault), `bad` rows carry an E fault.

    `feed` names the feed file that the sender's columns need. `replaces` is the earlier file
    whose streams this one corrects, `same_as` the earlier file with the same bytes.
    """

    file: str
    month: str
    kind: str
    format: str
    encoding: str
    sender: str
    sheets: tuple[str, ...]
    good: int
    bad: int
    sha256: str
    feed: str = ""
    replaces: str = ""
    same_as: str = ""


@dataclass(frozen=True)
class Mistake:
    """One mistake: `row` counts from 1 as the person sees it (0: the whole file).

    `column` is the canonical name ('' the whole row; `period` where the file has one column for
    it, though a finder may say `period_start`), `header` and `cell` where it stands in the
    file ('' where the column is not there); `also` are rows that a finder may name beside it;
    `needs` says what a finder must know besides the file and the register ('history': the books
    of earlier months; 'assumption': nothing is wrong, but a condition has to be assumed).
    """

    file: str
    sheet: str
    row: int
    column: str
    header: str
    cell: str
    rule: str
    severity: str
    kind: str
    seen: str
    also: tuple[int, ...] = ()
    needs: str = ""


@dataclass(frozen=True)
class Total:
    """The exact sum of the good rows of one file for a carrier, flow and period.

    `unit` is canonical: t, GJ, kWh; a gas volume is Nm3 (0 °C), m3_20 (20 °C) or m3 (nothing
    declared). `quantity` is decimal text.
    """

    file: str
    month: str
    enterprise_id: str
    carrier: str
    flow: str
    period_start: str
    period_end: str
    unit: str
    quantity: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """Everything about one or more generated months."""

    seed: int
    enterprises: int
    months: tuple[str, ...]
    files: tuple[FileRecord, ...]
    mistakes: tuple[Mistake, ...]
    totals: tuple[Total, ...]

    @property
    def good_rows(self) -> int:
        """Rows that must be accepted, in all files."""
        return sum(record.good for record in self.files)

    @property
    def bad_rows(self) -> int:
        """Rows that must be rejected, in all files."""
        return sum(record.bad for record in self.files)

    def posted_totals(self) -> tuple[Total, ...]:
        """Totals once each file has been posted in its order: what a resubmission replaced and a
        file sent twice are left out."""
        gone = {record.replaces for record in self.files if record.replaces}
        gone |= {record.file for record in self.files if record.same_as}
        return tuple(total for total in self.totals if total.file not in gone)

    def by_month(self) -> dict[tuple[str, str, str, str, str], Decimal]:
        """(month of the inbox, enterprise, carrier, flow, unit) → posted quantity."""
        sums: dict[tuple[str, str, str, str, str], Decimal] = {}
        for total in self.posted_totals():
            key = (total.month, total.enterprise_id, total.carrier, total.flow, total.unit)
            sums[key] = sums.get(key, Decimal(0)) + Decimal(total.quantity)
        return sums

    def write(self, path: Path) -> None:
        """Write the manifest as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"title": TITLE, **asdict(self)}, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """The manifest of a JSON file that `Manifest.write` wrote."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Manifest(
        seed=found["seed"],
        enterprises=found["enterprises"],
        months=tuple(found["months"]),
        files=tuple(FileRecord(**f | {"sheets": tuple(f["sheets"])}) for f in found["files"]),
        mistakes=tuple(Mistake(**m | {"also": tuple(m["also"])}) for m in found["mistakes"]),
        totals=tuple(Total(**total) for total in found["totals"]),
    )


def join(parts: Iterable[Manifest]) -> Manifest:
    """One manifest of several months of the same city. Raises ValueError without any."""
    found = list(parts)
    if not found:
        raise ValueError("no month to join")
    return Manifest(
        seed=found[0].seed,
        enterprises=found[0].enterprises,
        months=tuple(month for part in found for month in part.months),
        files=tuple(record for part in found for record in part.files),
        mistakes=tuple(mistake for part in found for mistake in part.mistakes),
        totals=tuple(total for part in found for total in part.totals),
    )
