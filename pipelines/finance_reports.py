"""Making and sealing disclosures (生成与封存披露).

What belongs here: from a home to report files, and sealing what was made. What does not: values
and layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from factors.errors import UsageFault
from ledgers import journal
from ledgers.green_finance import disclosures
from ledgers.reference.columns import day
from warehouse.connect import reader, writer
from warehouse.home import Home

CITY = "city"


@dataclass(frozen=True, slots=True)
class Made:
    """The files, and the commit that sealed them where that was asked for."""

    paths: tuple[Path, ...]
    commit: journal.Commit | None = None


def write_report(
    home: Home,
    party: str,
    as_of: str,
    folder: Path,
    *,
    formats: Sequence[str],
    lang: str = "zh",
    person: str = "",
    seal: bool = False,
) -> Made:
    """The report of an institution or of the city. Sealing raises NotSealed on incomplete editions,
    and then no file is written."""
    from reports.disclosure_city import write_city
    from reports.disclosure_records import bank_json, city_json
    from reports.disclosures import write_bank

    when = day(as_of)
    if when is None:
        raise UsageFault("finance.no_day", seen=as_of)
    with reader(home, purpose="finance report", person=person) as reading:
        if party == CITY:
            city = disclosures.city_report(reading.con, when)
            body, held, editions = city_json(city), city.held, city.editions
        else:
            bank = disclosures.bank_report(reading.con, party, when)
            records = [record for each in bank.categories for record in each.records]
            body, held, editions = bank_json(bank), tuple(records), bank.editions
    commit = None
    if seal:
        with writer(home, purpose="finance report", person=person) as con:
            commit = disclosures.seal(
                con, "finance", party, when, body, held, editions, person=person
            )
    if party == CITY:
        paths = write_city(city, folder, formats=formats, lang=lang)
    else:
        paths = write_bank(bank, folder, formats=formats, lang=lang)
    return Made(paths, commit)


def write_bond_report(
    home: Home,
    institution: str,
    number: str,
    as_of: str,
    folder: Path,
    *,
    formats: Sequence[str],
    lang: str = "zh",
    person: str = "",
) -> tuple[Path, ...]:
    """The report of one bond in life."""
    from ledgers.green_finance.bonds import bond_report
    from reports.disclosure_bond import write_bond

    when = day(as_of)
    if when is None:
        raise UsageFault("finance.no_day", seen=as_of)
    with reader(home, purpose="finance bond", person=person) as reading:
        found = bond_report(reading.con, institution, number, when)
    return write_bond(found, folder, formats=formats, lang=lang)


def sample_borrowers(home: Home, most: int = 24) -> tuple[tuple[str, str], ...]:
    """Enterprises of the register that the ledger has emissions of, for the synthetic banks to lend
    to; none where there is no ledger."""
    if not home.ledger.exists():
        return ()
    with reader(home, purpose="finance sample") as reading:
        rows = reading.con.execute(
            "SELECT DISTINCT e.enterprise_id, any_value(e.name) FROM register.enterprise AS e "
            "JOIN emissions.activity AS a USING (enterprise_id) WHERE e.name LIKE '%合成%' "
            "GROUP BY ALL ORDER BY 1 LIMIT ?",
            [most],
        ).fetchall()
    return tuple((str(code), str(name)) for code, name in rows)
