"""The emission statement of an enterprise (企业排放对账单): everything that it says, exactly.

What belongs here: reading statements as frozen values, of one enterprise or of all of a span in
one set-based pass, and what a month seals of them when it closes. What does not: layout, words
and files (`reports`). Numbers are whole quanta and exact fractions; nothing is rounded here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions.books import (
    AsOf,
    EditionFacts,
    as_of_commit,
    edition_facts,
    facts_of,
    head_at,
)
from ledgers.emissions.footnotes import Footnote, factor_editions, footnotes
from ledgers.emissions.lines import (
    Correction,
    Line,
    Resolution,
    corrections,
    read_lines,
    resolved,
    stream_lines,
)
from ledgers.emissions.parties import Party, parties, synthetic
from ledgers.emissions.pollutants import Burned, Pollutants, burned, fuels, pollutants, sources
from ledgers.emissions.seals import Seal, read_seals, sealed_body
from ledgers.emissions.spans import Span, read_span
from ledgers.emissions.standings import Confirmed
from ledgers.emissions.sums import (
    EnergyTotal,
    Sum,
    Total,
    by_gas,
    energy_total,
    energy_totals,
    grouped,
    largest_first,
    read_sums,
    total,
    totals,
)
from ledgers.emissions.uncertainty import (
    Piece,
    PieceReader,
    Quality,
    Shares,
    of_lines,
    qualities,
)
from ledgers.emissions.unposted import Fault, Waiting, read_faults, read_waiting
from ledgers.reference import activity_uncertainty
from warehouse.connect import Connection

TREND = 13
"""Months of the trend on the statement of one month: this one and the year before it."""

ALL_LINES = 999_999
"""Lines that a statement holds at most, which is what a worksheet can."""


class NoEnterprise(UsageFault, LookupError):
    """The enterprise is not registered and nothing was booked for it; facts: enterprise_id."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The total of a span, to stand beside another's; None where nothing was booked in it.
    `months`: in how many of its months something was booked; `enterprises`: for how many."""

    span: Span
    months: int
    enterprises: int
    co2e: Fraction | None
    equivalent: Fraction | None


@dataclass(frozen=True, slots=True)
class TierShare:
    """Entries of one data-quality tier (数据质量等级) and the tonnes of CO2e that they come to."""

    tier: int
    entries: int
    co2e: Fraction


@dataclass(frozen=True, slots=True)
class Basis:
    """What one method edition within one boundary says (核算口径). Never added to another.

    `memo` are emissions that the method shows outside the total; `by_month` of a single month
    holds the year before it too. `tiers` count emission entries
    of the total; where the basis has energy only, those of energy.
    """

    method_edition: str
    boundary: str
    gwp: str
    facts: EditionFacts
    total: Total
    by_scope: tuple[Total, ...]
    by_category: tuple[Total, ...]
    by_gas: tuple[Total, ...]
    by_carrier: tuple[Total, ...]
    by_month: tuple[Total, ...]
    by_month_scope: Mapping[str, tuple[Total, ...]]
    memo: tuple[Total, ...]
    energy: EnergyTotal
    energy_by_carrier: tuple[EnergyTotal, ...]
    tiers: tuple[TierShare, ...]
    now: Comparison
    before: Comparison
    year_before: Comparison

    @property
    def key(self) -> str:
        """Method edition and boundary in one."""
        return f"{self.method_edition} · {self.boundary}"

    @property
    def any_entries(self) -> bool:
        """Whether anything was booked in the span on this basis."""
        return bool(self.total.entries or self.energy.entries or self.memo)


@dataclass(frozen=True, slots=True)
class Statement:
    """One enterprise's statement of a span, as the ledger stood at `head`.

    `lines` are the entries that stand, `lines_in_all` how many there are of them where not all
    are carried. `seals` are the leaves of closed months. `quality`: uncertainty and kinds of data
    of each basis with emissions; `uncertainty_of`: resolution and tier of a line → its relative
    uncertainty as far as it is known. `pollutants`: air pollutants of the fuel, beside the gases
    and no part of any total. `sealed_years`: the seals of the span's years.
    """

    party: Party
    span: Span
    head: journal.Head
    as_of: datetime | None
    synthetic: bool
    bases: tuple[Basis, ...]
    lines: tuple[Line, ...]
    lines_in_all: int
    corrections: tuple[Correction, ...]
    waiting: tuple[Waiting, ...]
    faults: tuple[Fault, ...]
    footnotes: tuple[Footnote, ...]
    notes_of: Mapping[int, tuple[int, ...]]
    seals: tuple[Seal, ...]
    quality: tuple[Quality, ...]
    uncertainty_of: Mapping[tuple[int, int], Decimal | None]
    pollutants: Pollutants
    sealed_years: tuple[journal.YearSeal, ...] = ()


def statement(
    con: Connection, enterprise_id: str, period: str, *, as_of: AsOf = None, most: int = ALL_LINES
) -> Statement:
    """The statement of `enterprise_id` for '2025', '2025-03' or '2025-01..2025-06'.

    `as_of`: as the ledger stood at that moment; a plain date is the end of that day in the
    city's time. `most`: lines carried at most. Raises SpanFault, NoEnterprise.
    """
    span = read_span(period)
    for found in statements(con, span, as_of=as_of, most=most, enterprise_id=enterprise_id):
        return found
    raise NoEnterprise("report.enterprise", enterprise_id=enterprise_id)


def statements(
    con: Connection,
    span: Span,
    *,
    as_of: AsOf = None,
    most: int = ALL_LINES,
    enterprise_id: str = "",
) -> Iterator[Statement]:
    """Statements of every enterprise with anything booked, waiting or rejected in the span (or
    of the one named, if it is known), by code, from one read of the ledger. All of them are
    made with memory for one; rows of an open transaction are not among them."""
    reading = _Reading.of(con, span, as_of, enterprise_id)
    if enterprise_id:
        number = reading.commit_no
        lines = read_lines(con, span.months, number, enterprise_id=enterprise_id, most=most)
        if lines or reading.knows(enterprise_id):
            yield reading.statement(enterprise_id, lines)
        return
    streamed = stream_lines(con, span.months, reading.commit_no, most=most)
    for party_id, lines in _with_the_others(streamed, reading.mentioned()):
        yield reading.statement(party_id, lines)


def sealed_bodies(con: Connection, month: str) -> Mapping[str, Mapping[str, Any]]:
    """Enterprise → what its statement of `month` says, for `journal.close_month`."""
    found = _by_enterprise(read_sums(con, [month], as_of_commit(con, None)))
    return {party: sealed_body(party, month, sums) for party, sums in sorted(found.items())}


def _with_the_others(
    streamed: Iterator[tuple[str, tuple[Line, ...]]], others: Sequence[str]
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Enterprises with lines and, between them, those that have none, all by code."""
    rest = deque(others)
    for party_id, lines in streamed:
        while rest and rest[0] <= party_id:
            other = rest.popleft()
            if other != party_id:
                yield other, ()
        yield party_id, lines
    for other in rest:
        yield other, ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One read of the ledger, by enterprise; lines come apart."""

    span: Span
    commit_no: int
    head: journal.Head
    as_of: datetime | None
    editions: Mapping[str, EditionFacts]
    parties: Mapping[str, Party]
    sums: Mapping[str, list[Sum]]
    resolved: Mapping[str, tuple[Resolution, ...]]
    waiting: Mapping[str, list[Waiting]]
    faults: Mapping[str, list[Fault]]
    seals: Mapping[str, list[Seal]]
    pieces: Mapping[str, list[Piece]]
    shares: Shares
    confirmed: Confirmed
    years: tuple[journal.YearSeal, ...]
    burned: Mapping[str, list[Burned]]

    @classmethod
    def of(cls, con: Connection, span: Span, as_of: AsOf, one: str) -> _Reading:
        number = as_of_commit(con, as_of)
        sums = read_sums(con, months_read(span), number, one)
        shares = activity_uncertainty(con, as_of)
        in_span = [item for item in sums if item.month in set(span.months)]
        head = head_at(con, number)
        bases = {(item.method_edition, item.boundary) for item in in_span}
        fuel = burned(con, span.months, number, bases, as_of=as_of, enterprise_id=one)
        return cls(
            span=span,
            commit_no=number,
            head=head,
            as_of=head.recorded_at if as_of is not None else None,
            editions=edition_facts(con, as_of),
            parties=parties(con, span.last_day, as_of, number),
            sums=_by_enterprise(sums),
            resolved=resolved(con, span.months, number, one),
            waiting=_by_enterprise(read_waiting(con, span.months, number, one)),
            faults=_by_enterprise(read_faults(con, span.months, number)),
            seals=read_seals(con, span.months, number, in_span),
            pieces=_by_enterprise(PieceReader(con, shares).pieces(span.months, number, one)),
            shares=shares,
            confirmed=Confirmed.of(con, as_of),
            years=tuple(
                seal
                for year, seal in journal.year_seals(con, number).items()
                if span.first[:4] <= year <= span.last[:4]
            ),
            burned=_by_enterprise(fuel),
        )

    def knows(self, party_id: str) -> bool:
        """Whether there is anything to say of an enterprise without lines."""
        return party_id in self.parties or party_id in self.mentioned()

    def mentioned(self) -> Sequence[str]:
        """Enterprises with rows that wait or were rejected, by code."""
        return sorted({party for party in (*self.waiting, *self.faults) if party})

    def statement(self, party_id: str, lines: Sequence[Line]) -> Statement:
        months = set(self.span.months)
        sums = self.sums.get(party_id, [])
        own = [item for item in sums if item.month in months]
        listed = (line.resolution for line in lines)
        used = (*listed, *self.resolved.get(party_id, ()))
        fuel = self.burned.get(party_id, [])
        notes = footnotes(used, own, self.editions, self.confirmed, sources(fuel))
        party = self.parties.get(party_id) or Party.unknown(party_id)
        return Statement(
            party=party,
            span=self.span,
            head=self.head,
            as_of=self.as_of,
            synthetic=synthetic(
                party.name, *(item.method_edition for item in own), *factor_editions(used)
            ),
            bases=self._bases(sums),
            lines=tuple(line for line in lines if line.status == "live"),
            lines_in_all=sum(item.entries for item in own),
            corrections=corrections(lines),
            waiting=tuple(self.waiting.get(party_id, ())),
            faults=tuple(self.faults.get(party_id, ())),
            footnotes=notes.notes,
            notes_of=notes.by_resolution,
            seals=tuple(self.seals.get(party_id, ())),
            quality=qualities(self.pieces.get(party_id, ())),
            uncertainty_of=of_lines(lines, self.shares),
            sealed_years=self.years,
            pollutants=pollutants(fuels(fuel), notes.by_pollutant),
        )

    def _bases(self, sums: Sequence[Sum]) -> tuple[Basis, ...]:
        found = grouped(sums, lambda item: "\n".join(item.basis))
        bases = (basis(self.span, group, self.editions) for group in found.values())
        return tuple(item for item in bases if item.any_entries)


def basis(span: Span, sums: Sequence[Sum], editions: Mapping[str, EditionFacts]) -> Basis:
    """What `sums` of one method edition and boundary come to in `span`; sums of other months
    serve the comparison and the trend."""
    first = sums[0]
    gwp = first.gwp_edition
    months = set(span.months)
    own = [item for item in sums if item.month in months]
    counted = [item for item in own if item.counted]
    over_time = [item for item in sums if item.counted]
    trend = set(span.ending(TREND).months) if span.length == 1 else months
    shown = [item for item in over_time if item.month in trend]
    return Basis(
        method_edition=first.method_edition,
        boundary=first.boundary,
        gwp=gwp,
        facts=facts_of(editions, first.method_edition),
        total=total(counted, gwp),
        by_scope=totals(counted, gwp, lambda item: item.scope),
        by_category=totals(counted, gwp, lambda item: f"{item.scope}/{item.category}"),
        by_gas=by_gas(counted, gwp),
        by_carrier=largest_first(totals(counted, gwp, lambda item: item.carrier)),
        by_month=totals(shown, gwp, lambda item: item.month),
        by_month_scope={
            month: totals(group, gwp, lambda item: item.scope)
            for month, group in sorted(grouped(shown, lambda item: item.month).items())
        },
        memo=totals(
            [item for item in own if not item.counted],
            gwp,
            lambda item: item.method,
        ),
        energy=energy_total(counted),
        energy_by_carrier=energy_totals(counted, lambda item: item.carrier),
        tiers=_tiers(counted, gwp),
        now=_comparison(over_time, span, gwp),
        before=_comparison(over_time, span.before(), gwp),
        year_before=_comparison(over_time, span.year_before(), gwp),
    )


def _tiers(sums: Sequence[Sum], gwp: str) -> tuple[TierShare, ...]:
    kept = [item for item in sums if item.is_emission] or list(sums)
    found = grouped(kept, lambda item: str(item.tier))
    return tuple(
        TierShare(int(tier), sum(item.entries for item in group), total(group, gwp).co2e)
        for tier, group in sorted(found.items())
    )


def _comparison(sums: Sequence[Sum], span: Span, gwp: str) -> Comparison:
    months = set(span.months)
    own = [item for item in sums if item.month in months]
    found, energy = total(own, gwp), energy_total(own)
    return Comparison(
        span,
        len({item.month for item in own}),
        len({item.enterprise_id for item in own}),
        found.co2e if found.entries else None,
        energy.equivalent.tonnes if energy.equivalent else None,
    )


def months_read(span: Span) -> tuple[str, ...]:
    """The months of a span, of those that it is compared with, and of its trend."""
    spans = (span, span.before(), span.year_before())
    months = {month for part in spans for month in part.months}
    if span.length == 1:
        months.update(span.ending(TREND).months)
    return tuple(sorted(months))


def _by_enterprise(rows: Sequence[Any]) -> Mapping[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.enterprise_id, []).append(row)
    return groups
