"""What is disclosed (信息披露): a bank's tables, a bond in life, the city, the warning board.

What belongs here: the values of each report with the records behind them, and sealing. What does
not: how a report looks (`reports.disclosures`). Every line carries the records that it sums, so a
table equals the sum of its details by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.errors import DataFault, UsageFault
from factors.taxonomies import CatalogueEdition
from ledgers import journal
from ledgers.green_finance import carbon_loans
from ledgers.green_finance.borrowers import financed
from ledgers.green_finance.carbon_loans import Line
from ledgers.green_finance.catalogues import catalogues
from ledgers.green_finance.claims import Position, claimed_by, positions, reconcile
from ledgers.green_finance.columns import INDICATORS
from ledgers.green_finance.exposures import Exposure, exposures
from ledgers.green_finance.financed import Total, by_group, total
from ledgers.green_finance.institutions import Institution, institutions
from ledgers.green_finance.tags import Warned, warnings
from ledgers.reference.rows import add
from warehouse.connect import Connection, sql

CLASSES = ("pass", "follow", "sub", "doubtful", "loss")
LENT = ("loan", "lease")


class NotSealed(DataFault, ValueError):
    """A disclosure that rests on an incomplete edition; facts: editions."""


@dataclass(frozen=True)
class Category:
    """One line of the statistics table: a code of an edition, its balances, classes and claimed
    benefits, and the instruments that it sums."""

    edition: str
    code: str
    name: str
    balance: Decimal
    classes: Mapping[str, Decimal]
    benefits: Mapping[str, Fraction]
    bonds: Decimal
    bills: Decimal
    credits: Decimal
    records: tuple[Exposure, ...]


@dataclass(frozen=True)
class BankReport:
    """A bank on a day: statistics by category, inputs of the evaluation, carbon-reduction loans,
    financed emissions by both methods apart, open warnings."""

    institution: Institution
    as_of: date
    head: journal.Head
    categories: tuple[Category, ...]
    evaluation: Mapping[str, Fraction | None]
    support: Mapping[str, Line]
    pcaf: Total | None
    pboc: Total | None
    open: tuple[Warned, ...]
    editions: Mapping[str, str]
    synthetic: bool

    @property
    def balance(self) -> Decimal:
        """The sum of the lines: green loans and leases."""
        return sum((each.balance for each in self.categories), Decimal(0))


@dataclass(frozen=True)
class CityReport:
    """The city on a day. `bridge`: (edition, category, product, new category or '') → balance."""

    as_of: date
    head: journal.Head
    institutions: Mapping[str, Institution]
    by_category: Mapping[tuple[str, str, str], tuple[Decimal, int]]
    bridge: Mapping[tuple[str, str, str, str], Decimal]
    benefits: Mapping[str, tuple[Fraction, Fraction, Fraction]]
    projects: tuple[Position, ...]
    pcaf: Mapping[str, Total]
    pboc: Mapping[str, Total]
    open: tuple[Warned, ...]
    held: tuple[Exposure, ...] = field(repr=False)
    editions: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False


def bank_report(con: Connection, institution: str, as_of: date) -> BankReport:
    """Everything of one bank. Raises UsageFault for an unknown institution."""
    known = institutions(con)
    if institution not in known:
        raise UsageFault("finance.institution_unknown", seen=institution, allowed=", ".join(known))
    everyone = exposures(con, as_of)
    held = tuple(each for each in everyone if each.institution_id == institution)
    claims = claimed_by(positions(con, as_of))
    editions = catalogues(con)
    return BankReport(
        institution=known[institution],
        as_of=as_of,
        head=journal.head(con),
        categories=_categories(held, claims, editions),
        evaluation=_evaluation(con, held, everyone, institution, as_of),
        support=support_loans(con, institution, as_of),
        pcaf=_total(financed(con, held, as_of.year, "pcaf")),
        pboc=_total(financed(con, held, as_of.year, "pboc")),
        open=warnings(con, institution=institution),
        editions=_extents(held, editions),
        synthetic=known[institution].synthetic,
    )


def city_report(con: Connection, as_of: date) -> CityReport:
    """The whole city, each project once."""
    held = exposures(con, as_of)
    editions = catalogues(con)
    known = institutions(con)
    projects = positions(con, as_of)
    pcaf, pboc = (financed(con, held, as_of.year, method) for method in ("pcaf", "pboc"))
    return CityReport(
        as_of=as_of,
        head=journal.head(con),
        institutions=known,
        by_category=_by_category(held, editions),
        bridge=_bridge(held, editions),
        benefits=_city_benefits(projects),
        projects=projects,
        pcaf=by_group(pcaf) if pcaf else {},
        pboc=by_group(pboc) if pboc else {},
        open=warnings(con),
        held=held,
        editions=_extents(held, editions),
        synthetic=any(each.synthetic for each in known.values()),
    )


def support_loans(con: Connection, institution: str, as_of: date) -> Mapping[str, Line]:
    """The carbon-reduction-loan table: quarter, year to date, since start. Amounts in 10 000 CNY;
    the reduction is each loan's share of its project's yearly CO2, achieved where it operates,
    else expected."""
    given = {"day": as_of, "institution": institution}
    rows = con.execute(sql("ledgers.green_finance.sql", "support_loans.sql"), given).fetchall()
    yearly = _yearly_co2(positions(con, as_of))
    quarter = date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1)
    starts = {"quarter": quarter, "ytd": date(as_of.year, 1, 1), "total": date.min}
    return {
        name: _support_line([row for row in rows if row[1] >= start], yearly)
        for name, start in starts.items()
    }


def _support_line(rows: Sequence[tuple[Any, ...]], yearly: Mapping[str, Fraction]) -> Line:
    lines = [
        Line(
            1,
            Fraction(amount) / 10_000,
            Fraction(rate or 0) * 100,
            yearly.get(key, Fraction(0)) * min(Fraction(amount) / Fraction(investment), Fraction(1))
            if investment
            else Fraction(0),
        )
        for _, _, amount, rate, key, investment in rows
    ]
    return carbon_loans.added(lines, projects=len({row[4] or row[0] for row in rows}))


def _yearly_co2(held: Sequence[Position]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for position in held:
        for phase in ("expected", "achieved"):
            of_phase = [g for g in position.gross if g.phase == phase and g.indicator == "co2"]
            newest = max((g.year for g in of_phase), default=0)
            if of_phase:
                total_ = sum((Fraction(g.value) for g in of_phase if g.year == newest), Fraction(0))
                found[position.project_key] = total_
    return found


def _categories(
    held: Sequence[Exposure],
    claims: Mapping[tuple[str, str, str], Fraction],
    editions: Mapping[str, CatalogueEdition],
) -> tuple[Category, ...]:
    groups: dict[tuple[str, str], list[Exposure]] = {}
    for each in held:
        if each.green and not each.transferred:
            groups.setdefault((each.edition, each.code), []).append(each)
    return tuple(_category(key, groups[key], claims, editions) for key in sorted(groups))


def _category(
    key: tuple[str, str],
    records: Sequence[Exposure],
    claims: Mapping[tuple[str, str, str], Fraction],
    editions: Mapping[str, CatalogueEdition],
) -> Category:
    lent = [each for each in records if each.kind in LENT]
    entry = editions[key[0]].by_code.get(key[1]) if key[0] in editions else None
    return Category(
        edition=key[0],
        code=key[1],
        name=entry.name() if entry else "",
        balance=_sum(lent),
        classes={name: _sum(e for e in lent if e.risk_class == name) for name in CLASSES},
        benefits={
            name: sum(
                (claims.get((e.institution_id, e.business_no, name), Fraction(0)) for e in records),
                Fraction(0),
            )
            for name in INDICATORS
        },
        bonds=_sum(e for e in records if e.kind == "bond_investment"),
        bills=_sum(e for e in records if e.kind == "acceptance"),
        credits=_sum(e for e in records if e.kind == "letter_of_credit"),
        records=tuple(records),
    )


def _sum(found: Iterable[Exposure]) -> Decimal:
    return sum((each.balance for each in found), Decimal(0))


def _evaluation(
    con: Connection,
    held: Sequence[Exposure],
    everyone: Sequence[Exposure],
    institution: str,
    as_of: date,
) -> dict[str, Fraction | None]:
    """Inputs of the green-finance evaluation: shares and growth; weights are rule rows and no part
    of the software."""
    green, all_green = _green(held), _green(everyone)
    lent = sum((e.balance for e in held if e.kind in LENT), Decimal(0))
    bad = sum((e.balance for e in held if _counts(e) and e.risk_class in CLASSES[2:]), Decimal(0))
    before = date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1) - timedelta(days=1)
    earlier = _green(exposures(con, before, institution))
    return {
        "green_balance": Fraction(green),
        "green_share": _over(green, lent),
        "market_share": _over(green, all_green),
        "growth": _over(green - earlier, earlier),
        "bad_share": _over(bad, green),
    }


def _counts(each: Exposure) -> bool:
    return each.green and each.kind in LENT and not each.transferred


def _green(held: Sequence[Exposure]) -> Decimal:
    return sum((each.balance for each in held if _counts(each)), Decimal(0))


def _over(part: Decimal, whole: Decimal) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None


def _total(found: Sequence[Any]) -> Total | None:
    return total(found) if found else None


def top(edition: CatalogueEdition | None, code: str) -> str:
    """The name of the first-level category of a code; the code where it has none."""
    if edition is None or not code:
        return ""
    entry = edition.by_code.get(code)
    while entry is not None and entry.level > 1:
        above = edition.by_code.get(entry.parent)
        if above is None:
            # Levels that are not loaded: the first part of a printed number is the first level.
            above = edition.by_code.get(code.split(".", maxsplit=1)[0]) if "." in code else None
        entry = above
    return entry.name() if entry else code


def _by_category(
    held: Sequence[Exposure], editions: Mapping[str, CatalogueEdition]
) -> dict[tuple[str, str, str], tuple[Decimal, int]]:
    sums: dict[tuple[str, str, str], tuple[Decimal, int]] = {}
    for each in held:
        if each.green and not each.transferred:
            key = (each.edition, top(editions.get(each.edition), each.code), each.kind)
            balance, count = sums.get(key, (Decimal(0), 0))
            sums[key] = (balance + each.balance, count + 1)
    return dict(sorted(sums.items()))


def _bridge(
    held: Sequence[Exposure], editions: Mapping[str, CatalogueEdition]
) -> dict[tuple[str, str, str, str], Decimal]:
    """From the edition of the legal tag to the list in force: by the tags that persons set, never
    by equal names. What carries none is there with ''."""
    new = editions["GFSPC-2025"]
    sums: dict[tuple[str, str, str, str], Decimal] = {}
    for each in held:
        if each.green and not each.transferred and each.edition:
            key = (
                each.edition,
                top(editions.get(each.edition), each.code),
                each.kind,
                top(new, each.new_code),
            )
            sums[key] = sums.get(key, Decimal(0)) + each.balance
    return dict(sorted(sums.items()))


def _city_benefits(
    projects: Sequence[Position],
) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """Indicator → gross, claimed, expected: of each project its newest year."""
    sums = {name: [Fraction(0)] * 3 for name in INDICATORS}
    for position in projects:
        newest = {
            phase: max((g.year for g in position.gross if g.phase == phase), default=0)
            for phase in ("achieved", "expected")
        }
        for line in reconcile(position.investment, position.parts, position.gross):
            gross = line.gross
            if gross.year != newest[gross.phase]:
                continue
            if gross.phase == "expected":
                sums[gross.indicator][2] += Fraction(gross.value)
            else:
                sums[gross.indicator][0] += Fraction(gross.value)
                sums[gross.indicator][1] += line.claimed
    return {name: (a, b, c) for name, (a, b, c) in sums.items()}


def _extents(held: Sequence[Exposure], editions: Mapping[str, CatalogueEdition]) -> dict[str, str]:
    """The editions that legal tags rest on → '' where complete, else how much is loaded."""
    used = sorted({each.edition for each in held if each.green and each.edition})
    return {n: "" if editions[n].complete else editions[n].extent for n in used if n in editions}


def seal(
    con: Connection,
    report: str,
    party: str,
    as_of: date,
    body: str,
    held: Sequence[Exposure],
    editions: Mapping[str, str],
    *,
    person: str,
) -> journal.Commit:
    """Seal a disclosure: its hash and its records, which can be corrected and never deleted.

    `body` is its JSON text. The same body has no second effect. Raises NotSealed where an edition
    that it rests on is incomplete.
    """
    lacking = [f"{name} ({extent})" for name, extent in editions.items() if extent]
    if lacking:
        raise NotSealed("finance.not_sealed", editions="、".join(lacking))
    digest = journal.body_digest(body)
    name = f"{report}:{party}:{as_of.isoformat()}:{digest[:12]}"
    key = f"finance.disclosure:{name}"
    earlier = journal.find_commit(con, key)
    if earlier is not None:
        return earlier
    row = {
        "disclosure": name,
        "report": report,
        "party": party,
        "as_of": as_of,
        "editions": ";".join(editions),
        "body_sha256": digest,
        "person": person,
    }
    records = [
        {
            "disclosure": name,
            "institution_id": each.institution_id,
            "record_kind": "instrument",
            "record_no": each.business_no,
        }
        for each in held
    ]
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, "finance.disclosure", number, [row])
        add(con, "finance.disclosed", number, records)
        return journal.commit(
            con,
            book="finance",
            kind="disclosure",
            key=key,
            body_sha256=digest,
            person=person,
            facts={"report": report, "party": party, "records": len(records)},
            tables=["finance.disclosure", "finance.disclosed"],
        )
