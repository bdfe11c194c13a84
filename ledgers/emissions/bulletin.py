"""The city's bulletin of a month (城市月报): what all statements come to, and what is missing.

What belongs here: the month by district, zone, industry and carrier; who moved, who is late,
what was rejected and what waits. What does not: layout and words (`reports.bulletin`), statements
of single enterprises (`statement`). Numbers are whole quanta and exact fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from ledgers import journal
from ledgers.emissions.books import AsOf, as_of_commit, edition_facts, head_at, queried
from ledgers.emissions.footnotes import Footnote, footnotes
from ledgers.emissions.parties import Party, parties, synthetic
from ledgers.emissions.pollutants import Pollutants, burned, fuels, pollutants, sources
from ledgers.emissions.spans import Span, read_span
from ledgers.emissions.statement import Basis, basis, months_read
from ledgers.emissions.sums import Sum, Total, grouped, largest_first, read_sums, total, totals
from ledgers.emissions.unposted import Waiting, fault_counts, read_waiting
from warehouse.connect import Connection

MOVERS = 10
"""Enterprises listed as movers and as largest."""

Grouping = Callable[[Sum], str]


@dataclass(frozen=True, slots=True)
class Group:
    """A district, zone, industry or carrier: this month beside the last and last year's; None
    where nothing was booked then. `enterprises` have something booked this month."""

    key: str
    total: Total
    enterprises: int
    before: Fraction | None
    year_before: Fraction | None


@dataclass(frozen=True, slots=True)
class Mover:
    """An enterprise with what it emitted now and in another month, tCO2e; None where nothing was
    booked then."""

    enterprise_id: str
    name: str
    now: Fraction
    other: Fraction | None

    @property
    def change(self) -> Fraction:
        """Now less the other month."""
        return self.now - (self.other or 0)


@dataclass(frozen=True, slots=True)
class CityBasis:
    """What one basis of accounting says of the city. `largest` are the biggest emitters."""

    basis: Basis
    by_district: tuple[Group, ...]
    by_zone: tuple[Group, ...]
    by_industry: tuple[Group, ...]
    by_carrier: tuple[Group, ...]
    movers_month: tuple[Mover, ...]
    movers_year: tuple[Mover, ...]
    largest: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """An enterprise of which the register expects data that did not come: `missing` carriers,
    `nothing` when there is none at all. `last_month` is the last month booked ('' = never)."""

    enterprise_id: str
    name: str
    district_name: str
    nothing: bool
    missing: tuple[str, ...]
    last_month: str
    contact: str


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Rows that broke a rule, over all files, and in how many files."""

    rule: str
    severity: str
    rows: int
    files: int


@dataclass(frozen=True, slots=True)
class FileCount:
    """A file as it took part in the month, by commit."""

    commit_no: int
    source: str
    name: str
    feed: str
    state: str
    mode: str
    rows_read: int
    rows_posted: int
    rows_rejected: int
    rows_waiting: int
    rows_unchanged: int
    rows_held: int
    recorded_at: datetime
    person: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The month of a city, as the ledger stood at `head`. `pollutants`: air pollutants of all fuel,
    the sum of the statements and no part of CO2e; `footnotes` are of their coefficients."""

    span: Span
    head: journal.Head
    as_of: datetime | None
    synthetic: bool
    closed: bool
    registered: int
    reporting: int
    expected: int
    bases: tuple[CityBasis, ...]
    late: tuple[Late, ...]
    rules: tuple[RuleCount, ...]
    files: tuple[FileCount, ...]
    waiting: tuple[Waiting, ...]
    districts: Mapping[str, str]
    pollutants: Pollutants
    footnotes: tuple[Footnote, ...]


def bulletin(con: Connection, month: str, *, as_of: AsOf = None) -> Bulletin:
    """The bulletin of `month` (YYYY-MM). Raises SpanFault."""
    span = read_span(month)
    number = as_of_commit(con, as_of)
    held = parties(con, span.last_day, as_of, number)
    sums = read_sums(con, months_read(span), number)
    own = [item for item in sums if item.month == span.last]
    present = _present(con, span.last, number)
    late = _late(con, span, number, held, present)
    head = head_at(con, number)
    facts = edition_facts(con, as_of)
    names = (party.name for party in held.values() if party.enterprise_id in present)
    found = grouped(sums, lambda item: "\n".join(item.basis))
    bases = (_city_basis(span, basis(span, group, facts), group, held) for group in found.values())
    used = {(item.method_edition, item.boundary) for item in own}
    fuel = burned(con, span.months, number, used, as_of=as_of)
    notes = footnotes((), (), {}, pollutants=sources(fuel))
    return Bulletin(
        span=span,
        head=head,
        as_of=head.recorded_at if as_of is not None else None,
        synthetic=synthetic(*names),
        closed=journal.period_state(con, span.last) == "closed",
        registered=sum(party.registered for party in held.values()),
        reporting=len({item.enterprise_id for item in own} | set(present)),
        expected=sum(_is_expected(party) for party in held.values()),
        bases=tuple(item for item in bases if item.basis.any_entries),
        late=late,
        rules=_rules(con, span, number),
        files=_files(con, span, number),
        waiting=read_waiting(con, span.months, number),
        districts={party.district: party.district_name for party in held.values()},
        pollutants=pollutants(fuels(fuel), notes.by_pollutant),
        footnotes=notes.notes,
    )


def _city_basis(
    span: Span, found: Basis, sums: Sequence[Sum], held: Mapping[str, Party]
) -> CityBasis:
    unknown = Party.unknown("")

    def of(field: str) -> Grouping:
        return lambda item: str(getattr(held.get(item.enterprise_id, unknown), field))

    counted = [item for item in sums if item.counted]
    now, before, year = (
        _by_enterprise(counted, part, found.gwp)
        for part in (span, span.before(), span.year_before())
    )
    name = {code: party.name for code, party in held.items()}
    top = sorted(now.items(), key=lambda pair: (-pair[1], pair[0]))[:MOVERS]
    return CityBasis(
        basis=found,
        by_district=_groups(span, counted, found.gwp, of("district")),
        by_zone=_groups(span, counted, found.gwp, of("zone")),
        by_industry=_groups(span, counted, found.gwp, of("industry_group")),
        by_carrier=_groups(span, counted, found.gwp, lambda item: item.carrier),
        movers_month=_movers(now, before, name),
        movers_year=_movers(now, year, name),
        largest=tuple(
            Mover(code, name.get(code, ""), value, before.get(code)) for code, value in top
        ),
    )


def _groups(span: Span, sums: Sequence[Sum], gwp: str, key: Grouping) -> tuple[Group, ...]:
    """Groups of this month, largest first; one that has only earlier months is left out."""
    emissions = [item for item in sums if item.is_emission]
    own = [item for item in emissions if item.month == span.last]
    before, year = (
        _co2e_by(emissions, part.last, gwp, key) for part in (span.before(), span.year_before())
    )
    parties_of = {
        name: len({item.enterprise_id for item in group})
        for name, group in grouped(own, key).items()
    }
    return tuple(
        Group(each.key, each, parties_of[each.key], before.get(each.key), year.get(each.key))
        for each in largest_first(totals(own, gwp, key))
    )


def _co2e_by(sums: Sequence[Sum], month: str, gwp: str, key: Grouping) -> dict[str, Fraction]:
    held = [item for item in sums if item.month == month]
    return {each.key: each.co2e for each in totals(held, gwp, key)}


def _by_enterprise(sums: Sequence[Sum], span: Span, gwp: str) -> dict[str, Fraction]:
    held = [item for item in sums if item.month == span.last and item.is_emission]
    found = grouped(held, lambda item: item.enterprise_id)
    return {code: total(group, gwp).co2e for code, group in found.items()}


def _movers(
    now: Mapping[str, Fraction], other: Mapping[str, Fraction], names: Mapping[str, str]
) -> tuple[Mover, ...]:
    """Those with both months, by the size of the change; who came or stopped is another list."""
    both = (
        Mover(code, names.get(code, ""), now[code], other[code]) for code in now if code in other
    )
    moved = (mover for mover in both if mover.change)
    return tuple(sorted(moved, key=lambda m: (-abs(m.change), m.enterprise_id)))[:MOVERS]


def _present(con: Connection, month: str, commit_no: int) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in queried(con, "present.sql", month=month, commit_no=commit_no):
        found.setdefault(row["enterprise_id"], set()).add(row["carrier"])
    return found


def _is_expected(party: Party) -> bool:
    return party.registered and bool(party.expected_carriers)


def _late(
    con: Connection,
    span: Span,
    commit_no: int,
    held: Mapping[str, Party],
    present: Mapping[str, set[str]],
) -> tuple[Late, ...]:
    """Expected by the register and not there, those without anything first."""
    rows = queried(con, "last_months.sql", month=span.last, commit_no=commit_no)
    last = {row["enterprise_id"]: row["month"] for row in rows}
    late = []
    for code, party in held.items():
        carriers = present.get(code, set())
        missing = tuple(name for name in party.expected_carriers if name not in carriers)
        if _is_expected(party) and missing:
            late.append(
                Late(
                    enterprise_id=code,
                    name=party.name,
                    district_name=party.district_name,
                    nothing=not carriers,
                    missing=missing,
                    last_month=last.get(code, ""),
                    contact=party.contact,
                )
            )
    return tuple(sorted(late, key=lambda item: (not item.nothing, item.enterprise_id)))


def _rules(con: Connection, span: Span, commit_no: int) -> tuple[RuleCount, ...]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in fault_counts(con, span.months, commit_no):
        found.setdefault((row["severity"], row["rule"]), []).append(row["fault_rows"])
    return tuple(
        RuleCount(rule, severity, sum(rows), len(rows))
        for (severity, rule), rows in sorted(found.items())
    )


def _files(con: Connection, span: Span, commit_no: int) -> tuple[FileCount, ...]:
    """Files of the month, the one with most rejected rows first."""
    rules: dict[str, list[str]] = {}
    for row in fault_counts(con, span.months, commit_no):
        if row["severity"] == "E":
            rules.setdefault(row["source"], []).append(row["rule"])
    rows = queried(con, "files.sql", month=span.last, commit_no=commit_no)
    found = [
        FileCount(
            **row | {"recorded_at": row["recorded_at"].replace(tzinfo=UTC)},
            rules=tuple(rules.get(row["source"], ())),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda item: (-item.rows_rejected, item.name, item.commit_no)))
