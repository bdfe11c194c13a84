"""What the register and the editions say of rows, as tables to join (归属).

What belongs here: enterprises with their method editions, region and industry on a day; the days
on which factors begin or end; flows sent beside one another. What does not: resolving a case
(`cases`), the register itself (`ledgers.reference`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from factors.carriers import CARRIERS
from factors.catalogue import Catalogue, Factor
from factors.methods import MethodEdition
from ledgers.emissions.activity import FLOWS
from ledgers.emissions.workspace import fill, make, run, set_variable
from ledgers.reference.editions import catalogue, method_editions
from ledgers.reference.policy import policy
from ledgers.reference.register import Enterprise, enterprise_history
from ledgers.reference.rows import LOCAL
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Profile:
    """What enterprises share that resolve alike. `enterprise_id` is '' unless the enterprise has
    factor rows of its own."""

    editions: tuple[str, ...]
    region: str
    industry: str
    enterprise_id: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference data of one posting: `profiles` by their number, 0 is nobody registered.
    `recorded_on` is the day of recording by the city's clock."""

    catalogue: Catalogue
    editions: Mapping[str, MethodEdition]
    profiles: Mapping[int, Profile]
    recorded_on: date
    assume_condition: bool


def read_reference(
    con: Connection,
    recorded_at: datetime | None = None,
    *,
    beside: Iterable[Factor] = (),
) -> Reference:
    """Read the reference book and bring up the temporary tables that rows are joined to.

    `beside`: factors that no edition in force holds and that are to be looked up too.
    """
    factors = catalogue(con).with_factors(beside)
    rules = policy(con)
    profiles = _load_profiles(con, enterprise_history(con), factors, rules.default_method)
    moment = recorded_at or datetime.now(LOCAL)
    recorded_on = (moment.astimezone(LOCAL) if moment.tzinfo else moment).date()
    editions = method_editions(con)
    _load_cuts(con, factors, editions.values())
    return Reference(factors, editions, profiles, recorded_on, rules.assume_gas_condition)


def load_flows_beside(con: Connection, reference: Reference) -> None:
    """Bring up which flows stand beside one another for the rows of the view `subject`."""
    carriers = sensitive_carriers(reference)
    run(con, "flows_beside", carriers=list(carriers))


def sensitive_carriers(reference: Reference) -> tuple[str, ...]:
    """Carriers of which a method in use counts only beside, or without, some other flow."""
    used = {name for profile in reference.profiles.values() for name in profile.editions}
    methods = [
        method
        for edition in reference.editions.values()
        if used & {edition.edition, edition.family}
        for method in edition.methods
        if method.state == "active" and (method.yields_to or method.only_with)
    ]
    # Editions declare much the same methods: one of each reach is asked.
    reaches = {
        (m.carriers, m.kinds, m.flows, m.deducted_flows, m.burned_flows): m for m in methods
    }.values()
    return tuple(
        carrier.code
        for carrier in CARRIERS.values()
        if any(method.applies_to(carrier, flow) for method in reaches for flow in FLOWS)
    )


def _load_profiles(
    con: Connection, history: Sequence[Enterprise], factors: Catalogue, default_method: str
) -> Mapping[int, Profile]:
    own: dict[str, set[str]] = {}
    for factor in factors.factors:
        if factor.enterprise_id:
            own.setdefault(factor.enterprise_id, set()).add(factor.facility)
    numbers: dict[Profile, int] = {}
    rows = [
        (
            item.enterprise_id,
            item.valid_from,
            item.until,
            numbers.setdefault(_profile(item, own, default_method), len(numbers) + 1),
            sorted(own.get(item.enterprise_id, set()) - {""}),
        )
        for item in history
    ]
    make(con, "profile")
    fill(con, "profile", list(zip(*rows, strict=True)))
    return {number: profile for profile, number in numbers.items()}


def _profile(item: Enterprise, own: Mapping[str, set[str]], default_method: str) -> Profile:
    mine = item.enterprise_id if item.enterprise_id in own else ""
    default = (default_method,) if default_method else ()
    return Profile(item.method_editions or default, item.region, item.industry, mine)


def _load_cuts(con: Connection, factors: Catalogue, editions: Iterable[MethodEdition]) -> None:
    """The days on which a factor or an edition begins, or the day after it ends, if they lie
    within a month: months are told apart anyway."""
    days: set[date] = set()
    for factor in factors.factors:
        days |= _edges(factor.valid_from, factor.valid_to)
    for edition in editions:
        days |= _edges(edition.applies_from, edition.applies_to)
    set_variable(con, "cuts", sorted(day for day in days if day.day > 1))


def _edges(first: date | None, last: date | None) -> set[date]:
    edges = {first} if first else set()
    return edges | ({last + timedelta(days=1)} if last and last < date.max else set())
