"""All reports of a month, as files (月度报表文件).

What belongs here: which files a month has. What does not: what stands in them (`statement`,
`bulletin`) and how they come to disk (`files`).

    <folder>/bulletin.{html,pdf,xlsx,json}
    <folder>/statements/<enterprise_id>.{html,json,...}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ledgers.emissions.books import AsOf
from ledgers.emissions.bulletin import bulletin
from ledgers.emissions.statement import statements
from reports.bulletin import write_bulletin
from reports.files import FORMATS, check_formats
from reports.statement import write_statement
from warehouse.connect import Connection

LISTED = 300
"""Entries that a statement of the month carries; one that is asked for by itself carries all."""


def month_reports(
    con: Connection,
    month: str,
    folder: Path,
    *,
    formats: Sequence[str] = ("html", "json"),
    bulletin_formats: Sequence[str] = FORMATS,
    lang: str = "zh",
    as_of: AsOf = None,
    progress: Callable[[str, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write the bulletin and every enterprise's statement of `month` into `folder`, which is the
    month's own; answer what was written, the bulletin first.

    `formats` are those of statements. `progress` is told each enterprise and how many are done.
    Raises UnknownFormat, SpanFault.
    """
    check_formats((*formats, *bulletin_formats))
    found = bulletin(con, month, as_of=as_of)
    written = [*write_bulletin(found, folder, formats=bulletin_formats, lang=lang)]
    place = folder / "statements"
    for done, each in enumerate(statements(con, found.span, as_of=as_of, most=LISTED), start=1):
        written += write_statement(each, place, formats=formats, lang=lang, pictures=False)
        if progress:
            progress(each.party.enterprise_id, done)
    return tuple(written)
