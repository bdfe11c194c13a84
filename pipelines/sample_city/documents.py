"""Which files reach the inbox in a month: who sends what, on which sheets, under which title.

What belongs here: sharing out readings among senders' own files, suppliers' and district files,
and the shape of each file. What does not: bytes (`rendering`) and mistakes (`mistakes`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.sample_city import tables
from pipelines.sample_city.city import City, Enterprise
from pipelines.sample_city.consumption import Reading, first_day, readings
from pipelines.sample_city.spelling import Row, Table, columns_of, spell_number, write

LABEL = "合成数据"
_GROUP_SHEETS = {
    "coal": "燃煤",
    "liquid": "油品",
    "gas": "燃气",
    "works_gas": "煤气",
    "electricity": "电力",
    "heat": "热力",
    "steam": "蒸汽",
    "material": "物料",
}
_KIND_SHEETS = {
    "opening_stock": "购进与库存",
    "purchase": "购进与库存",
    "consumption": "能源消费",
    "closing_stock": "购进与库存",
    "product": "产品与物料",
    "process_input": "产品与物料",
}


@dataclass
class Document:
    """One file: `name` without suffix; `kind` own, supplier, district, readings or broken.

    `columns` are a supplier's own header names; `raw` is what a broken file holds instead of
    tables; `replaces` and `same_as` name an earlier document by its name.
    """

    name: str
    kind: str
    sender: str
    sender_id: str
    title: str
    month: date
    layout: tables.Layout
    unit_style: str
    tables: list[Table] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    feed: str = ""
    raw: bytes | None = None
    suffix: str = ""
    replaces: str = ""
    same_as: str = ""

    @property
    def file_name(self) -> str:
        """The file's name with its suffix."""
        return self.name + (self.suffix or f".{self.layout.format}")

    @property
    def rows(self) -> list[Row]:
        """All rows of all tables, in order."""
        return [row for table in self.tables for row in table.rows]

    def header(self, column: str, table: Table) -> str:
        """The header text of a column; the unit stands in it where the table has no unit column."""
        names = self.columns or tables.headers(self.layout.headers)
        text = names[column]
        return f"{text}（{table.unit}）" if column == "quantity" and table.unit else text


def month_documents(city: City, month: str) -> list[Document]:
    """All documents of a month before any mistake is made, in a fixed order."""
    start = first_day(month)
    own: list[Document] = []
    shared: dict[str, list[Reading]] = {"grid": [], "gas": [], "district": []}
    for enterprise in city.enterprises:
        parts = shared | {"": [], "readings": []}
        for reading in readings(city, enterprise, month):
            parts[_receiver(enterprise, reading)].append(reading)
        own += _own_documents(enterprise, parts[""], parts["readings"], start)
    return own + [_supplier_document(name, part, start) for name, part in shared.items() if part]


def _receiver(enterprise: Enterprise, reading: Reading) -> str:
    """Who reports a reading: '' for the enterprise's own form, else a supplier or 'readings'."""
    if reading.starts_at or (reading.start == reading.end and enterprise.readings):
        return "readings"
    bought = reading.flow == "consumption"
    if enterprise.grid and bought and reading.carrier.carrier == "electricity":
        return "grid"
    if enterprise.gas and bought and reading.carrier.carrier == "natural_gas":
        return "gas"
    return "district" if enterprise.district_file else ""


def _own_documents(
    enterprise: Enterprise, mine: list[Reading], fine: list[Reading], start: date
) -> list[Document]:
    documents = []
    if mine:
        documents.append(_own_document(enterprise, enterprise.layout, mine, start))
    if fine:
        hourly = fine[0].starts_at is not None
        layout = tables.layouts()["parquet" if hourly else "xlsx_export"]
        document = _own_document(enterprise, layout, fine, start)
        word = "电表小时读数" if hourly else "燃气日报"
        documents.append(replace(document, name=f"{document.name}_{word}", kind="readings"))
    return documents


def _own_document(
    enterprise: Enterprise, layout: tables.Layout, found: list[Reading], start: date
) -> Document:
    enterprise_id, name = enterprise.identity(start)
    style = enterprise.unit_style
    document = Document(
        name=f"{name}_{start:%Y%m}",
        kind="own",
        sender=name,
        sender_id=enterprise_id,
        title="能源消费与库存月报",
        month=start,
        layout=layout,
        unit_style=style,
    )
    rows = [write(r, layout, style, start, n) for n, r in enumerate(found)]
    document.tables = _tables(rows, layout)
    return document


def _tables(rows: list[Row], layout: tables.Layout) -> list[Table]:
    sheets: dict[str, list[Row]] = {}
    for row in rows:
        sheets.setdefault(_sheet(row, layout), []).append(row)
    in_header = layout.sheets == "units"
    return [
        Table(
            sheet=sheet,
            rows=part,
            columns=columns_of(part, layout, in_header),
            unit=str(part[0].cells["unit"]) if in_header else "",
        )
        for sheet, part in sheets.items()
    ]


def _sheet(row: Row, layout: tables.Layout) -> str:
    if layout.format != "xlsx":
        return ""
    if layout.sheets == "kinds":
        return _KIND_SHEETS.get(row.reading.flow, "其他")
    if layout.sheets == "units":
        return _GROUP_SHEETS[row.reading.carrier.group]
    return "月报"


def _supplier_document(name: str, found: list[Reading], start: date) -> Document:
    facts = tables.supplier(name)
    layout = tables.layouts()[facts["layout"]]
    if name != "district":
        layout = replace(layout, serial=False)
    rows = [write(_settled(r), layout, facts["unit_style"], start, n) for n, r in enumerate(found)]
    document = Document(
        name=f"{facts['file']}_{start:%Y%m}",
        kind="district" if name == "district" else "supplier",
        sender=facts["name"],
        sender_id="",
        title=facts["title"],
        month=start,
        layout=layout,
        unit_style=facts["unit_style"],
        tables=_tables(rows, layout),
        columns=dict(facts.get("columns", {})),
        feed=facts.get("feed", ""),
    )
    if document.columns:
        _keep_columns(document)
    return document


def _settled(reading: Reading) -> Reading:
    return replace(reading, evidence="settlement", measured={})


def _keep_columns(document: Document) -> None:
    """A supplier's own form: its columns in its order, days as 20250301."""
    for table in document.tables:
        table.columns = tuple(document.columns)
        for row in table.rows:
            for bound, day in (
                ("period_start", row.reading.start),
                ("period_end", row.reading.end),
            ):
                row.cells[bound] = f"{day:%Y%m%d}"


def resubmit(document: Document, slipped: int, slip: int) -> Document:
    """Put a slip of `slip` percent into row `slipped`; return the corrected file that follows."""
    corrected = copy.deepcopy(document)
    corrected.name += "_更正"
    corrected.replaces = document.file_name
    row = document.rows[slipped]
    row.reading = replace(row.reading, quantity=row.reading.quantity * (100 + slip) / 100)
    written = row.reading.quantity / row.multiplier
    row.cells["quantity"] = spell_number(written, document.layout, 1)
    return corrected


def same_again(document: Document) -> Document:
    """The same file sent once more under another name."""
    again = copy.deepcopy(document)
    again.name += "（再次报送）"
    again.same_as = document.file_name
    return again


def own_forms(documents: Iterable[Document]) -> list[Document]:
    """Documents that a person filled in: where mistakes of a person's hand can be."""
    return [d for d in documents if d.kind in ("own", "district") and d.layout.format != "parquet"]
