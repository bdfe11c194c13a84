"""Statistics files into the inventory book (统计资料导入).

What belongs here: reading an energy balance, keeping its file by hash, handing it to the book. What
does not: reading itself (`pipelines.intake.balances`) and what an import means
(`ledgers.inventory.balance_book`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ledgers.inventory.balance import TOLERANCE
from ledgers.inventory.balance_book import CITY, METHOD, Imported, Request, import_balance
from pipelines.intake.balances import read_balance_file
from warehouse import sources
from warehouse.connect import writer
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Terms:
    """How a balance is to be read; see `ledgers.inventory.balance_book.Request`."""

    region: str = CITY
    tolerance: Decimal = TOLERANCE
    gas_condition: str = ""
    stand_ins: tuple[tuple[str, str], ...] = ()
    method: str = METHOD
    reason: str = ""


def import_balance_file(
    home: Home, path: Path, year: int, terms: Terms, *, person: str
) -> Imported:
    """Import an energy balance of `year`; the file is kept by its hash.

    Raises UnreadableBalance, BalanceRefused with every fault, UsageFault, NoEdition.
    """
    read = read_balance_file(path)
    sources.keep(home, path)
    request = Request(
        year=year,
        source=read.sha256,
        file_name=read.name,
        region=terms.region,
        tolerance=terms.tolerance,
        gas_condition=terms.gas_condition,
        stand_ins=terms.stand_ins,
        method=terms.method,
        reason=terms.reason,
    )
    with writer(home, purpose="inventory import", person=person) as con:
        return import_balance(con, read.sheets, request, person=person)
