"""Which days of which streams are there (数据完整性): expected, covered, missing, sent twice.

What belongs here: what is expected of whom and which days the ledger holds. What does not: filling
what is missing (`accruals`), and layout (`reports.completeness`).

A **stream** here is enterprise, facility, device, carrier and flow. In a month it is expected

- on every registered day, if its history expects it: it stood in the same month of the year before,
  or, where it is younger than a year, in one of the three months before; or if something of it came
  and the register expects its carrier of the enterprise;
- on the days that came, if nothing expects it: a first bill on the 15th is no gap of 14 days.

A carrier that the register expects and of which no stream is expected or came is a stream without
facility and flow. Registered days are those of the enterprise and, where the register has the
facility, of the facility. Days of waiting rows and of accruals are missing from the ledger's own
figures and are counted apart, so that nobody has to ask for them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledgers import journal
from ledgers.emissions.books import as_of_commit, head_at, queried
from ledgers.emissions.parties import Party, parties, synthetic
from ledgers.emissions.preparation import month_days
from ledgers.emissions.spans import Span, read_span
from ledgers.reference import Enterprise, Facility, enterprise_history, facility_history
from warehouse.connect import Connection

REGISTER, HISTORY, CAME = "register", "history", "came"
YOUNG_MONTHS = 3

Key = tuple[str, str, str, str, str]
"""Enterprise, facility, device, carrier, flow."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one month as bits; bit d − 1 is day d."""

    month: str
    bits: int

    def __len__(self) -> int:
        return self.bits.bit_count()

    def ranges(self) -> tuple[tuple[date, date], ...]:
        """The days as runs, first and last day counted."""
        year, month = int(self.month[:4]), int(self.month[5:])
        runs: list[tuple[int, int]] = []
        for day in range(1, 32):
            if not self.bits >> (day - 1) & 1:
                continue
            if runs and runs[-1][1] == day - 1:
                runs[-1] = runs[-1][0], day
            else:
                runs.append((day, day))
        return tuple((date(year, month, a), date(year, month, b)) for a, b in runs)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One stream in one month. `why`: register, history or came. `missing`: expected days that no
    row of its own covers; `accrued` and `waiting` those of them that an accrual covers or that wait
    for a closed month; `open_days` the rest. `overlapping`: covered by two different periods or
    kinds of evidence of one meter."""

    enterprise_id: str
    facility: str
    device: str
    carrier: str
    flow: str
    month: str
    why: str
    expected: Days
    covered: Days
    missing: Days
    accrued: Days
    waiting: Days
    open_days: Days
    overlapping: Days

    @property
    def key(self) -> Key:
        """Which stream it is."""
        return self.enterprise_id, self.facility, self.device, self.carrier, self.flow

    @property
    def complete(self) -> bool:
        """Nothing missing and nothing sent twice."""
        return not self.missing.bits and not self.overlapping.bits


@dataclass(frozen=True, slots=True)
class Sums:
    """Streams and days summed."""

    streams: int
    complete: int
    expected: int
    covered: int
    missing: int
    accrued: int
    waiting: int
    overlapping: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """The streams of a span with what is there, by enterprise; `head` is the ledger's."""

    span: Span
    head: journal.Head
    synthetic: bool
    parties: Mapping[str, Party]
    rows: tuple[Coverage, ...]

    @property
    def total(self) -> Sums:
        """All streams and months."""
        return summed(self.rows)

    def by_enterprise(self) -> tuple[tuple[Party, Sums], ...]:
        """Enterprise and its sums, most missing days first."""
        groups: dict[str, list[Coverage]] = {}
        for row in self.rows:
            groups.setdefault(row.enterprise_id, []).append(row)
        found = [(self.party(name), summed(held)) for name, held in groups.items()]
        return tuple(sorted(found, key=lambda pair: (-pair[1].missing, pair[0].enterprise_id)))

    def party(self, enterprise_id: str) -> Party:
        """An enterprise as the report names it."""
        return self.parties.get(enterprise_id) or Party.unknown(enterprise_id)


def completeness(con: Connection, period: str, enterprise_id: str = "") -> Completeness:
    """What stands now of '2025-03', '2025' or '2025-01..2025-06'; '' is every enterprise.

    Raises SpanFault.
    """
    span = read_span(period)
    number = as_of_commit(con, None)
    known = parties(con, span.last_day, None, number)
    rows = tuple(_Expected.of(con, span, enterprise_id).rows(con, span, enterprise_id))
    names = {row.enterprise_id for row in rows}
    return Completeness(
        span=span,
        head=head_at(con, number),
        synthetic=any(synthetic(known[name].name) for name in names if name in known),
        parties=known,
        rows=rows,
    )


def summed(rows: Iterable[Coverage]) -> Sums:
    """The sums of some streams and months."""
    held = tuple(rows)
    return Sums(
        streams=len({row.key for row in held}),
        complete=sum(row.complete for row in held),
        expected=sum(len(row.expected) for row in held),
        covered=sum(len(row.covered) for row in held),
        missing=sum(len(row.missing) for row in held),
        accrued=sum(len(row.accrued) for row in held),
        waiting=sum(len(row.waiting) for row in held),
        overlapping=sum(len(row.overlapping) for row in held),
    )


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the register and the history of streams let expect."""

    enterprises: Mapping[str, tuple[Enterprise, ...]]
    facilities: Mapping[tuple[str, str], tuple[Facility, ...]]
    months: Mapping[Key, frozenset[str]]

    @classmethod
    def of(cls, con: Connection, span: Span, enterprise_id: str) -> _Expected:
        found = queried(
            con,
            "stream_months.sql",
            first=span.ending(span.length + 24).first,
            last=span.last,
            enterprise=enterprise_id,
        )
        own = [e for e in enterprise_history(con) if enterprise_id in ("", e.enterprise_id)]
        return cls(
            _grouped(own, lambda item: item.enterprise_id),
            _grouped(facility_history(con), lambda item: (item.enterprise_id, item.facility)),
            {_key(row): frozenset(row["months"]) for row in found},
        )

    def rows(self, con: Connection, span: Span, enterprise_id: str) -> Iterator[Coverage]:
        """Every stream and month that is expected or came, by stream, then month."""
        found = queried(con, "coverage.sql", months=list(span.months), enterprise=enterprise_id)
        came = {(_key(row), row["month"]): row for row in found}
        keys = {key for key, _ in came} | self.months.keys()
        made = [
            row
            for month in span.months
            for key in keys
            if (row := self._row(key, month, came.get((key, month)))) is not None
        ]
        seen = {(row.enterprise_id, row.carrier, row.month) for row in made}
        for month in span.months:
            made += self._absent(month, seen)
        yield from sorted(made, key=lambda row: (row.key, row.month))

    def _row(self, key: Key, month: str, came: Mapping[str, Any] | None) -> Coverage | None:
        registered = self._registered(key, month)
        covered = came["covered"] if came else 0
        why = self._why(key, month, came is not None)
        if why == CAME and came is None:
            return None
        every = covered | (came["waiting"] | came["accrued"] if came else 0)
        expected = every if why == CAME else registered | covered
        return _coverage(key, month, why, expected, came) if expected else None

    def _why(self, key: Key, month: str, came: bool) -> str:
        stands = self._stood(key, month)
        if self._asked(key, month) and (stands or came):
            return REGISTER
        return HISTORY if stands else CAME

    def _stood(self, key: Key, month: str) -> bool:
        """Whether a stream's own months before let expect it."""
        own = self.months.get(key, frozenset())
        back = Span(month, month).ending(13).months
        if any(earlier <= back[0] for earlier in own):
            return back[0] in own
        return any(earlier in own for earlier in back[-1 - YOUNG_MONTHS : -1])

    def _asked(self, key: Key, month: str) -> bool:
        return any(key[3] in e.expected_carriers for e in self._in_month(key[0], month))

    def _absent(self, month: str, seen: set[tuple[str, str, str]]) -> Iterator[Coverage]:
        """Carriers that the register expects and of which there is no stream."""
        for name in self.enterprises:
            wanted = {c for e in self._in_month(name, month) for c in e.expected_carriers}
            for carrier in sorted(wanted):
                key = (name, "", "", carrier, "")
                days = self._registered(key, month)
                if days and (name, carrier, month) not in seen:
                    yield _coverage(key, month, REGISTER, days, None)

    def _in_month(self, enterprise_id: str, month: str) -> list[Enterprise]:
        first, last = month_days(month)
        held = self.enterprises.get(enterprise_id, ())
        return [item for item in held if item.valid_from <= last and item.until >= first]

    def _registered(self, key: Key, month: str) -> int:
        """The days of a month on which the enterprise and its facility are registered."""
        bits = _bits(self.enterprises.get(key[0], ()), month)
        facilities = self.facilities.get((key[0], key[1]))
        return bits & _bits(facilities, month) if facilities else bits


def _coverage(
    key: Key, month: str, why: str, expected: int, came: Mapping[str, Any] | None
) -> Coverage:
    names = ("covered", "accrued", "waiting", "overlapping")
    covered, accrued, waiting, overlapping = (came[name] if came else 0 for name in names)
    missing = expected & ~covered
    return Coverage(
        *key,
        month,
        why,
        expected=Days(month, expected),
        covered=Days(month, covered),
        missing=Days(month, missing),
        accrued=Days(month, missing & accrued),
        waiting=Days(month, missing & waiting & ~accrued),
        open_days=Days(month, missing & ~accrued & ~waiting),
        overlapping=Days(month, overlapping),
    )


def _bits(held: Sequence[Enterprise | Facility], month: str) -> int:
    first, last = month_days(month)
    bits = 0
    for item in held:
        start, end = max(item.valid_from, first), min(item.until, last)
        if start <= end:
            bits |= ((1 << (end.day - start.day + 1)) - 1) << (start.day - 1)
    return bits


def _key(row: Mapping[str, Any]) -> Key:
    return row["enterprise_id"], row["facility"], row["device"], row["carrier"], row["flow"]


def _grouped(items: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: tuple(held) for name, held in groups.items()}
