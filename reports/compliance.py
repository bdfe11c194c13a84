"""The compliance table of a year, and the certificate or notice of one entity (履约情况表).

What belongs here: layout and words. What does not: figures and statuses
(`ledgers.allowances.compliance`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from ledgers.allowances.compliance import Standing, unofficial
from ledgers.allowances.measures import Origin
from ledgers.emissions.parties import synthetic
from ledgers.journal import Head
from reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Headline,
    Note,
    Row,
    Section,
    Table,
    number,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer, seal_section
from reports.statement import layout_words
from reports.words import Words

VERSION = 1
"""Of the shape of the JSON record."""


@dataclass(frozen=True, slots=True)
class ComplianceYear:
    """What the table is made from: every listed entity's standing on a day, the price of the fine
    (None: nothing was traded or no day is over yet), and the head of the ledger."""

    market: str
    year: int
    on: date
    standings: tuple[Standing, ...]
    price: Fraction | None
    head: Head

    @property
    def synthetic(self) -> bool:
        """Whether names or rules say that they were made up."""
        names = (each.listing.name for each in self.standings)
        return synthetic(*names) or any(origin.synthetic for origin in self.origins)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every rule value behind the figures, once."""
        held = {origin for each in self.standings for origin in each.origins}
        return tuple(sorted(held, key=lambda o: (o.rule_set, o.key, o.version)))


def write_compliance(
    found: ComplianceYear, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write the table as `folder`/compliance-YEAR.<format>. Raises UnknownFormat."""
    check_formats(formats)
    document = compliance_document(found, lang)
    made = _files(document, compliance_json(found), formats)
    return write_files(folder, f"compliance-{found.year}", made, lang)


def write_certificate(
    found: Standing,
    head: Head,
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
) -> tuple[Path, ...]:
    """Write the certificate (met), notice (short) or account of one entity.

    Raises UnknownFormat.
    """
    check_formats(formats)
    document = certificate_document(found, head, lang)
    record = json.dumps(record_of(found), ensure_ascii=False, indent=1) + "\n"
    name = f"{found.status}-{found.listing.year}-{found.listing.account}"
    return write_files(folder, name, _files(document, record, formats), lang)


def compliance_document(found: ComplianceYear, lang: str = "zh") -> Document:
    """The table in `lang`."""
    words = Words(lang)
    sections = (
        Section(
            words("compliance.summary"),
            tuple(_summary(found, words)),
            words("compliance.summary"),
        ),
        Section(words("compliance.table"), (_table(found, words),), words("compliance.table")),
        Section(words("compliance.stock"), (_stock(found, words),), words("compliance.stock")),
        Section(
            words("compliance.rules"),
            (rules_table(found.origins, words),),
            words("compliance.rules"),
        ),
        seal_section(found.head, (), None, words),
    )
    return Document(
        lang=lang,
        kind=words("compliance.kind"),
        title=words("compliance.title", year=found.year),
        subtitle=words("compliance.subtitle", market=found.market, on=found.on),
        facts=Facts("", ((words("compliance.on"), text(found.on)),)),
        sections=sections,
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def certificate_document(found: Standing, head: Head, lang: str = "zh") -> Document:
    """The certificate or notice of one entity in `lang`."""
    words = Words(lang)
    kind = found.status if found.status in ("met", "short") else "other"
    owed = found.obligation
    pairs: list[tuple[str, Cell]] = [
        (words("compliance.entity"), text(found.listing.name, sub=_code(found))),
        (words("compliance.account"), text(found.listing.account, "mono")),
        (words("compliance.status"), text(words(f"compliance.status.{found.status}"))),
        (words("compliance.verified"), number(owed.verified if owed else None, 0)),
        (words("compliance.due"), number(owed.due if owed else None, 0)),
        (words("compliance.deadline"), text(owed.deadline if owed else "—")),
        (words("compliance.own"), number(found.counted.own, 0)),
        (words("compliance.forced"), number(found.counted.forced, 0)),
        (words("compliance.custody"), number(found.counted.custody, 0)),
        (words("compliance.offsets"), number(found.offsets_counted, 0)),
        (words("compliance.shortfall"), number(found.shortfall if owed else None, 0)),
    ]
    blocks: list[Block] = [
        Note(words(f"compliance.certificate.{kind}.says", year=found.listing.year))
    ]
    blocks.append(Facts("", tuple(pairs)))
    if found.status == "short":
        blocks.append(_fine_note(found, words))
    made = synthetic(found.listing.name) or any(o.synthetic for o in found.origins)
    return Document(
        lang=lang,
        kind=words("compliance.kind"),
        title=words(f"compliance.certificate.{kind}"),
        subtitle=words("compliance.subtitle", market=found.listing.market, on=found.on),
        facts=Facts("", ((words("compliance.year"), text(found.listing.year)),)),
        sections=(
            Section(words("compliance.summary"), tuple(blocks), words("compliance.summary")),
            Section(
                words("compliance.rules"),
                (rules_table(found.origins, words),),
                words("compliance.rules"),
            ),
            seal_section(head, (), None, words),
        ),
        foot=footer(head, words),
        label=words("label.synthetic") if made else "",
        headings=layout_words(words),
    )


def compliance_json(found: ComplianceYear) -> str:
    """The table as JSON text: whole tonnes, money as decimal texts."""
    record = {
        "kind": "compliance-year",
        "version": VERSION,
        "label": "合成数据" if found.synthetic else "",
        "market": found.market,
        "year": found.year,
        "on": found.on.isoformat(),
        "price": record_of(found.price),
        "head": record_of(found.head),
        "standings": [
            record_of(each) | {"surrendered": each.surrendered} for each in found.standings
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def rules_table(origins: Sequence[Origin], words: Words) -> Table:
    """Rule values with document, clause and standing."""
    lacking = {(o.rule_set, o.key, o.version) for o in unofficial(origins)}
    rows = [
        Row(
            (
                text(origin.key, "mono", sub=f"{origin.rule_set} · {origin.version}"),
                text(origin.value),
                text(origin.document, sub=origin.clause),
                text(words(f"compliance.standing.{origin.standing}")),
            ),
            "muted" if (origin.rule_set, origin.key, origin.version) in lacking else "body",
        )
        for origin in origins
    ]
    columns = (
        Column(words("compliance.rule"), width=1.5),
        Column(words("compliance.value"), width=0.8),
        Column(words("compliance.document"), width=2),
        Column(words("compliance.standing"), width=0.7),
    )
    note = words("compliance.rules.note") if lacking else ""
    return Table("", columns, tuple(rows), words("compliance.no_rules"), note)


def _files(document: Document, record: str, formats: Sequence[str]) -> Mapping[str, bytes]:
    return {
        name: record.encode() if name == "json" else rendered(document, name) for name in formats
    }


def _summary(found: ComplianceYear, words: Words) -> list[Block]:
    held = found.standings
    owed = sum(each.obligation.due for each in held if each.obligation)
    counts = {name: sum(each.status == name for each in held) for name in ("met", "short")}
    figures = (
        (words("compliance.entities"), number(len(held), 0), "", ""),
        (words("compliance.due"), number(owed, 0), "t", ""),
        (words("compliance.surrendered"), number(sum(e.surrendered for e in held), 0), "t", ""),
        (words("compliance.status.met"), number(counts["met"], 0), "", ""),
        (words("compliance.status.short"), number(counts["short"], 0), "", ""),
    )
    blocks: list[Block] = [Headline(figures)]
    lacking = unofficial(found.origins)
    if lacking:
        blocks.append(Note(words("compliance.not_official", rules=len(lacking)), "caution"))
    short = [each for each in held if each.status == "short"]
    if short:
        blocks.append(_price_note(found.price, words))
    return blocks


def _table(found: ComplianceYear, words: Words) -> Table:
    names = ("entity", "verified", "due", "own", "forced", "custody", "offsets", "shortfall")
    widths = (2.2, 1, 1, 1, 0.9, 0.9, 1, 0.9)
    columns = [
        Column(words(f"compliance.{name}"), "left" if name == "entity" else "right", width)
        for name, width in zip(names, widths, strict=True)
    ]
    columns += [Column(words("compliance.status"), width=1.1)]
    columns += [Column(words("compliance.fine"), "right", 1.4)]
    rows = [_row(each, words) for each in found.standings]
    if rows:
        rows.append(_total(found.standings, words))
    note = words("compliance.table.note")
    return Table("", tuple(columns), tuple(rows), words("compliance.nobody"), note)


def _row(each: Standing, words: Words) -> Row:
    owed, made = each.obligation, each.counted
    style = {"met": "", "short": "up"}.get(each.status, "muted")
    capped = f"≤ {each.offset_cap:,}" if owed else ""
    unused = made.offsets - each.offsets_counted
    if unused:
        capped += " · " + words("compliance.over_cap", tonnes=f"{unused:,}")
    late = words("compliance.late", tonnes=f"{each.late:,}") if each.late else ""
    deadline = str(owed.deadline) if owed else ""
    return Row(
        (
            text(each.listing.name, sub=_code(each)),
            number(owed.verified if owed else None, 0),
            number(owed.due if owed else None, 0),
            number(made.own, 0),
            number(made.forced, 0),
            number(made.custody, 0),
            Cell(f"{each.offsets_counted:,}", each.offsets_counted, sub=capped),
            number(each.shortfall if owed else None, 0),
            text(words(f"compliance.status.{each.status}"), style, sub=late or deadline),
            _fine_cell(each),
        )
    )


def _code(each: Standing) -> str:
    """The entity's code where it is not its name."""
    return "" if each.listing.entity == each.listing.name else each.listing.entity


def _fine_cell(each: Standing) -> Cell:
    if each.fine is None:
        return text("—", "muted")
    return Cell(f"{each.fine.low:,.2f}", each.fine.low, 2, sub=f"– {each.fine.high:,.2f}")


def _total(held: Sequence[Standing], words: Words) -> Row:
    sums = [
        sum(e.obligation.verified for e in held if e.obligation),
        sum(e.obligation.due for e in held if e.obligation),
        sum(e.counted.own for e in held),
        sum(e.counted.forced for e in held),
        sum(e.counted.custody for e in held),
        sum(e.offsets_counted for e in held),
        sum(e.shortfall for e in held),
    ]
    cells = (text(words("compliance.total")), *(number(value, 0) for value in sums))
    return Row((*cells, text(""), text("")), "total")


def _stock(found: ComplianceYear, words: Words) -> Table:
    names = ("free", "reserved", "pledged", "judicial", "other", "in_custody")
    columns = [Column(words("compliance.entity"), width=2)]
    columns += [Column(words(f"compliance.stock.{name}"), "right") for name in names]
    columns += [Column(words("compliance.forecast"), "right", 1.2)]
    rows = []
    for each in found.standings:
        cells = [number(getattr(each.stock, name), 0) for name in names]
        style = "up" if each.forecast else ""
        last = number(each.forecast if each.obligation else None, 0, style=style)
        rows.append(Row((text(each.listing.name, sub=each.listing.account), *cells, last)))
    note = words("compliance.stock.note")
    return Table("", tuple(columns), tuple(rows), words("compliance.nobody"), note)


def _price_note(price: Fraction | None, words: Words) -> Note:
    if price is None:
        return Note(words("compliance.no_price"), "caution")
    return Note(words("compliance.price", price=number(price, 2).text))


def _fine_note(found: Standing, words: Words) -> Note:
    if found.fine is None:
        return Note(words("compliance.no_fine"), "caution")
    facts = {"price": f"{found.fine.price:,.2f}", "low": f"{found.fine.low:,.2f}"}
    return Note(words("compliance.fine.says", **facts, high=f"{found.fine.high:,.2f}"), "caution")
