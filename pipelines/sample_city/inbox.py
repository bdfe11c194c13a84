"""A month's inbox: documents, mistakes, corrected and repeated files, bytes on the disk.

What belongs here: putting the parts together in order and writing down the manifest. What does
not: each part's own work. File times follow the order of sending, so that a corrected file is
later than the file it corrects, by time and by name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from pipelines.sample_city import tables
from pipelines.sample_city.blocks import column_number
from pipelines.sample_city.city import City, dice
from pipelines.sample_city.documents import (
    LABEL,
    Document,
    month_documents,
    own_forms,
    resubmit,
    same_again,
)
from pipelines.sample_city.manifest import FileRecord, Manifest, Mistake, Total
from pipelines.sample_city.mistakes import Planted, plant
from pipelines.sample_city.rendering import render
from pipelines.sample_city.spelling import plain

_NO_TABLE = (
    "{year}年{month}月产值与用工情况（合成数据）,,\r\n"
    "企业名称,工业总产值（万元）,从业人数\r\n"
    "{sender},1250,86\r\n"
)
BROKEN_FROM = 20
"""Cities below this size get no unreadable, repeated or corrected files."""


def write_month(directory: Path, city: City, month: str) -> Manifest:
    """Write `directory/inbox/<month>/*` and return the month's manifest."""
    documents = month_documents(city, month)
    planted = plant(city, documents, month)
    whole_files: list[Mistake] = []
    if len(city.enterprises) >= BROKEN_FROM:
        documents += _sent_again(city, documents, planted, month)
        broken = _broken(city, documents, month)
        documents += [document for document, _ in broken]
        whole_files = [mistake for _, mistake in broken]
    folder = directory / "inbox" / month
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(_write(folder, document, n) for n, document in enumerate(documents))
    mistakes = [_mistake(p, month) for p in planted]
    return Manifest(
        seed=city.seed,
        enterprises=len(city.enterprises),
        months=(month,),
        files=files,
        mistakes=tuple(sorted([*mistakes, *whole_files], key=_place)),
        totals=tuple(total for document in documents for total in _totals(document, month)),
    )


def inbox_name(month: str, document: Document) -> str:
    """The path of a document's file below the generated directory."""
    return f"inbox/{month}/{document.file_name}"


def _place(mistake: Mistake) -> tuple[str, str, int, str]:
    return mistake.file, mistake.sheet, mistake.row, mistake.kind


def _sent_again(
    city: City, documents: Sequence[Document], planted: Sequence[Planted], month: str
) -> list[Document]:
    """A corrected file and a file sent twice, from senders without a mistake in the month."""
    spoiled = {p.spot.document.file_name for p in planted}
    clean = [d for d in own_forms(documents) if d.kind == "own" and d.file_name not in spoiled]
    rng = dice(city.seed, "sent again", month)
    slips = [
        (document, n)
        for document in clean
        for n, row in enumerate(document.rows)
        if row.reading.flow == "consumption" and not row.reading.stocked
    ]
    if not slips:
        return []
    document, n = rng.choice(slips)
    others = [other for other in clean if other is not document]
    repeated = [same_again(rng.choice(others))] if others else []
    return [resubmit(document, n, rng.randint(11, 19)), *repeated]


def _broken(
    city: City, documents: Sequence[Document], month: str
) -> list[tuple[Document, Mistake]]:
    """An empty file, a workbook cut off in the sending, and a table of something else."""
    own = [d for d in own_forms(documents) if d.kind == "own" and not (d.replaces or d.same_as)]
    books = [d for d in own if d.layout.format == "xlsx"] or own
    rng = dice(city.seed, "broken", month)
    empty, other, cut = rng.choice(own), rng.choice(own), rng.choice(books)
    whole = render(cut)
    facts = {"year": cut.month.year, "month": cut.month.month, "sender": other.sender}
    found = (
        (empty, "空表", ".csv", b"", "IN-01", "empty_file"),
        (cut, "传输中断", ".xlsx", whole[: len(whole) // 2], "IN-01", "cut_workbook"),
        (other, "产值", ".csv", _NO_TABLE.format(**facts).encode("gb18030"), "IN-02", "no_header"),
    )
    return [_broken_file(*facts, month) for facts in found]


def _broken_file(
    like: Document, word: str, suffix: str, raw: bytes, rule: str, kind: str, month: str
) -> tuple[Document, Mistake]:
    document = Document(
        name=f"{like.name}_{word}",
        kind="broken",
        sender=like.sender,
        sender_id=like.sender_id,
        title=LABEL,
        month=like.month,
        layout=tables.layouts()["csv_bounds"],
        unit_style="plain",
        raw=raw,
        suffix=suffix,
    )
    place = inbox_name(month, document)
    return document, Mistake(place, "", 0, "", "", "", rule, "E", kind, f"{len(raw)} bytes")


def _write(folder: Path, document: Document, order: int) -> FileRecord:
    data = render(document)
    path = folder / document.file_name
    path.write_bytes(data)
    sent = datetime(document.month.year, document.month.month, 1, 1, tzinfo=UTC)
    stamp = (sent + timedelta(days=34, minutes=order)).timestamp()
    os.utime(path, (stamp, stamp))
    month = f"{document.month:%Y-%m}"
    prefix = f"inbox/{month}/"
    bad = sum(row.spoiled for row in document.rows)
    return FileRecord(
        file=prefix + document.file_name,
        month=month,
        kind=document.kind,
        format=document.layout.format if document.raw is None else document.suffix[1:],
        encoding=document.layout.encoding,
        sender=document.sender,
        sheets=tuple(table.sheet for table in document.tables),
        good=len(document.rows) - bad,
        bad=bad,
        sha256=hashlib.sha256(data).hexdigest(),
        feed=f"feeds/{document.feed}" if document.feed else "",
        replaces=prefix + document.replaces if document.replaces else "",
        same_as=prefix + document.same_as if document.same_as else "",
    )


def _mistake(planted: Planted, month: str) -> Mistake:
    document, table, row = planted.spot.document, planted.spot.table, planted.spot.row
    kind, column = planted.kind, planted.kind["column"]
    shown = column if column in table.columns else "quantity" if table.unit else ""
    cell = ""
    if shown:
        cell = xl_rowcol_to_cell(row.row_no - 1, column_number(document, table, shown) - 1)
    return Mistake(
        file=inbox_name(month, document),
        sheet=table.sheet,
        row=row.row_no,
        column=column,
        header=document.header(shown, table) if shown else "",
        cell=cell,
        rule=kind["rule"],
        severity=kind["severity"],
        kind=kind["kind"],
        seen=planted.seen,
        also=tuple(other.row_no for other in planted.also),
        needs=_needs(kind["rule"]),
    )


def _needs(rule: str) -> str:
    if rule.startswith("TR-"):
        return "history"
    return "assumption" if rule == "UN-03" else ""


def _totals(document: Document, month: str) -> Iterable[Total]:
    """Sums of the rows that are not spoiled, by what they are about."""
    sums: dict[tuple[str, str, str, str, str, str], list[Decimal]] = {}
    for row in document.rows:
        if row.spoiled:
            continue
        reading = row.reading
        key = (
            str(row.cells["enterprise_id"]),
            reading.carrier.carrier,
            reading.flow,
            reading.start.isoformat(),
            reading.end.isoformat(),
            row.unit,
        )
        sums.setdefault(key, []).append(reading.quantity)
    place = inbox_name(month, document)
    for about, values in sums.items():
        yield Total(place, month, *about, plain(sum(values, Decimal(0))), len(values))
