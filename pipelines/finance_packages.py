"""Reading packages of financial institutions (读取报送包): XLSX, CSV and JSON alike.

What belongs here: from a file to the tables that `ledgers.green_finance` checks, the home's salt,
and the two calls of the doors. What does not: rules, and what an accepted package does.

The file itself is not kept: it may name persons. Its hash is, and the institution has the file.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from factors.errors import DataFault
from ledgers.green_finance import submission
from ledgers.green_finance.columns import TITLES, columns, headers
from ledgers.green_finance.grounds import NOTE, NOTE_HEADER, Input
from ledgers.green_finance.packages import Fault, Package, read_name
from ledgers.green_finance.submission import Sent, Verdict
from pipelines.finance import find_header
from pipelines.intake.names import clean
from pipelines.intake.staging import Staged, Table, file_sha256, grid_rows, staged_temporarily
from warehouse.connect import reader, scratch, writer
from warehouse.home import Home

_NOTES = ("说明", "填写说明", "封面")
_SEARCHED = 30


def check_package(home: Home, path: Path, *, person: str = "") -> Verdict:
    """What is wrong with a package; nothing is written. Without a ledger the shipped catalogues
    serve and no institution is known."""
    with package_of(path) as sent:
        if not home.ledger.exists():
            from warehouse import migrations

            con = scratch()
            try:
                migrations.migrate(con)
                return submission.check(con, sent, salt="")
            finally:
                con.close()
        with reader(home, purpose="finance check", person=person) as reading:
            return submission.check(reading.con, sent, salt="")


def submit_package(home: Home, path: Path, *, person: str) -> Verdict:
    """Check a package and take it, whole or not at all."""
    with package_of(path) as sent, writer(home, purpose="finance submit", person=person) as con:
        return submission.submit(con, sent, person=person, salt=_salt(home))


@contextmanager
def package_of(path: Path) -> Iterator[Sent]:
    """A file as a package with its tables; they are gone afterwards. Raises BadPackageName."""
    if not path.is_file():
        from warehouse.sources import NotAFile, readable

        raise NotAFile("source.not_a_file", path=readable(str(path)))
    package = read_name(path.name, file_sha256(path))
    if path.suffix.lower() == ".json":
        with tempfile.TemporaryDirectory(prefix="tanzhang-finance-") as folder:
            yield _from_json(package, path, Path(folder))
        return
    with staged_temporarily(path) as staged:
        yield _from_tables(package, staged)


def _from_tables(package: Package, staged: Staged) -> Sent:
    if staged.refusal is not None:
        return Sent(package, (), (_unknown(staged.name),))
    inputs: list[Input] = []
    faults: list[Fault] = []
    for table in staged.tables:
        if table.hidden or table.sheet in _NOTES:
            continue
        kind = _kind(staged, table)
        found = find_header(staged, table, _headers(kind)) if kind else None
        if found is None:
            if _filled(staged, table):
                faults.append(_unknown(table.sheet or staged.name))
            continue
        row, places = found
        faults += _lacking(kind, table.sheet, places)
        inputs.append(Input(kind, str(staged.path(table)), table.sheet, row, places))
    if not inputs and not faults:
        faults.append(_unknown(staged.name))
    return Sent(package, inputs, faults)


def _kind(staged: Staged, table: Table) -> str:
    """What a table is about: its sheet's name, else the kind whose columns it has most of."""
    for kind, title in TITLES.items():
        if clean(table.sheet) in (clean(title), kind):
            return kind
    scores: dict[str, tuple[bool, int]] = {}
    for kind in TITLES:
        found = find_header(staged, table, headers(kind))
        if found is not None:
            complete = not _missing(kind, found[1])
            scores[kind] = (complete, len(found[1]))
    return max(scores, key=lambda kind: scores[kind]) if scores else ""


def _headers(kind: str) -> dict[str, tuple[str, ...]]:
    return {**headers(kind), NOTE: (NOTE_HEADER,)}


def _missing(kind: str, places: Mapping[str, int]) -> list[str]:
    return [c.headers[0] for c in columns(kind) if c.required and c.name not in places]


def _lacking(kind: str, sheet: str, places: Mapping[str, int]) -> list[Fault]:
    return [
        Fault(sheet, 0, "", "FF-05", "E", "", header, {"sheet": sheet, "header": header})
        for header in _missing(kind, places)
    ]


def _filled(staged: Staged, table: Table) -> bool:
    rows = grid_rows(staged, table, _SEARCHED)
    return any(cell and cell.strip() for row in rows for cell in row)


def _unknown(sheet: str) -> Fault:
    facts = {"sheet": sheet, "allowed": "、".join(TITLES.values())}
    return Fault(sheet, 0, "", "FF-06", "E", "", sheet, facts)


def _from_json(package: Package, path: Path, folder: Path) -> Sent:
    """{"instrument": [{"business_no": …}, …], …}: names of columns, values as text or numbers."""
    try:
        held = json.loads(path.read_bytes(), parse_float=str, parse_int=str)
    except ValueError as fault:
        raise DataFault("finance.json", file=path.name, why=str(fault)) from fault
    if not isinstance(held, dict):
        raise DataFault("finance.json", file=path.name, why="{}")
    inputs: list[Input] = []
    faults: list[Fault] = []
    for name, records in held.items():
        kind = next((k for k, title in TITLES.items() if name in (k, title)), "")
        if not kind or not isinstance(records, list):
            faults.append(_unknown(str(name)))
            continue
        inputs.append(_json_table(kind, records, folder))
        faults += _lacking(kind, kind, dict.fromkeys(inputs[-1].places, 0)) if records else []
    return Sent(package, inputs, faults)


def _json_table(kind: str, records: list[Any], folder: Path) -> Input:
    words = {clean(w): n for n, known in headers(kind).items() for w in (n, *known)}
    rows = [
        {words[clean(key)]: value for key, value in record.items() if clean(key) in words}
        for record in records
        if isinstance(record, dict)
    ]
    names = [c.name for c in columns(kind) if any(c.name in row for row in rows)]
    cells: dict[str, Any] = {"row_no": range(1, len(rows) + 1)}
    for place, name in enumerate(names):
        cells[f"c{place}"] = [_plain(row.get(name)) for row in rows]
    schema = {"row_no": pl.Int64} | {f"c{place}": pl.String for place in range(len(names))}
    path = folder / f"{kind}.parquet"
    pl.DataFrame(cells, schema=schema).write_parquet(path)
    return Input(kind, str(path), kind, 0, {name: place for place, name in enumerate(names)})


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _salt(home: Home) -> str:
    """The home's secret for hashing identity numbers, made once and readable by its owner only."""
    path = home.path / "finance.salt"
    if not path.exists():
        draft = path.with_name(f".finance.salt.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as target:
            target.write(secrets.token_hex(32))
        os.replace(draft, path)
    return path.read_text(encoding="ascii")
