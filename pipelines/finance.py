"""Files of green finance into its book (绿色金融报送).

What belongs here: reading catalogues and packages from CSV, XLSX and JSON and handing their rows to
`ledgers.green_finance`. What does not: what a row means, and whether it may be taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from factors.errors import DataFault
from ledgers.green_finance import catalogues, institutions
from ledgers.green_finance.institutions import Institution
from pipelines.intake.names import clean
from pipelines.intake.staging import Staged, Table, grid_rows, staged_temporarily
from warehouse import sources
from warehouse.connect import writer
from warehouse.home import Home

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEARCHED = 30
_FEWEST = 2


def import_catalogue_file(
    home: Home, path: Path, edition: str, *, person: str, document: str, reason: str = ""
) -> catalogues.Imported:
    """Import the official table of a green catalogue. Raises CatalogueFault with every fault."""
    with staged_temporarily(path) as staged:
        rows = _table_rows(staged, catalogues.COLUMNS)
        if rows is None:
            raise DataFault("finance.table_unreadable", file=path.name)
    sources.keep(home, path)
    with writer(home, purpose="finance catalogue import", person=person) as con:
        return catalogues.import_catalogue(
            con,
            edition,
            rows,
            person=person,
            source_sha=staged.sha256,
            file_name=staged.name,
            document=document,
            reason=reason,
        )


def import_institutions(home: Home, path: Path, *, person: str) -> tuple[Institution, ...]:
    """Register the institutions of a file; all or none. Returns those that changed."""
    with staged_temporarily(path) as staged:
        rows = _table_rows(staged, institutions.COLUMNS)
        if rows is None:
            raise DataFault("finance.table_unreadable", file=path.name)
    sources.keep(home, path)
    with writer(home, purpose="finance institution", person=person) as con:
        return institutions.register_institutions(
            con, rows, person=person, source_sha=staged.sha256
        )


def _table_rows(
    staged: Staged, columns: Mapping[str, Sequence[str]]
) -> list[dict[str, str]] | None:
    """The rows of the first table that has a header of `columns`, under canonical names."""
    for table in staged.tables:
        found = find_header(staged, table, columns)
        if found is None:
            continue
        header_row, places = found
        grid = grid_rows(staged, table, table.rows)[header_row:]
        texts = [[(cell or "").strip() for cell in row] for row in grid]
        return [{name: row[place] for name, place in places.items()} for row in texts if any(row)]
    return None


def find_header(
    staged: Staged, table: Table, columns: Mapping[str, Sequence[str]]
) -> tuple[int, dict[str, int]] | None:
    """(row number of the header, canonical name → grid column) of a table; None for none."""
    words = {clean(word): name for name, known in columns.items() for word in (name, *known)}
    rows = [table.names] if table.names else grid_rows(staged, table, _SEARCHED)
    best: tuple[int, dict[str, int]] | None = None
    for at, row in enumerate(rows, start=1):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            name = words.get(clean(cell))
            if name and name not in places:
                places[name] = place
        if len(places) >= _FEWEST and (best is None or len(places) > len(best[1])):
            best = (0 if table.names else at, places)
    return best
