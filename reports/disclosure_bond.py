"""A bond in life as a document (绿色债券存续期报告): proceeds, progress, benefits, management.

What belongs here: which parts it has. What does not: its values (`ledgers.green_finance.bonds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ledgers.green_finance.bonds import BondReport, Use
from reports.disclosure_records import bond_json
from reports.disclosures import came_from, common, document, money, open_checks
from reports.document import Column, Document, Facts, Headline, Row, Section, Table, number, text
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.words import Words


def write_bond(
    found: BondReport, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """The report of one bond."""
    check_formats(formats)
    made_of = bond_document(found, lang)
    made = {
        name: bond_json(found).encode() if name == "json" else rendered(made_of, name)
        for name in formats
    }
    return write_files(folder, f"finance-bond-{found.bond.business_no}", made, lang)


def bond_document(found: BondReport, lang: str = "zh") -> Document:
    """The report in `lang`."""
    words = Words(lang)
    pairs = (
        (words("finance.bond.issuer"), text(found.issuer)),
        (words("finance.number"), text(found.bond.business_no)),
        (words("finance.bond.tags"), text("；".join(f"{t.edition} {t.code}" for t in found.tags))),
        *common(found, words),
    )
    sections = (_proceeds(found, words), _benefits(found, words), _management(found, words))
    title = words("finance.bond.title", number=found.bond.business_no)
    return document(found, title, Facts("", pairs), sections, words)


def _proceeds(found: BondReport, words: Words) -> Section:
    figures = [("amount", found.bond.amount), ("placed", found.placed)]
    figures += [("spent", found.spent), ("idle", found.idle)]
    unit = words("finance.yuan")
    headline = Headline(
        tuple(
            (words(f"finance.bond.{name}"), money(value, words), unit, "")
            for name, value in figures
        )
    )
    columns = (
        Column(words("finance.bond.project"), width=2.4),
        Column(words("finance.code"), width=0.9),
        Column(words("finance.bond.progress"), width=1.4),
        Column(words("finance.bond.placed"), "right", 1.2),
        Column(words("finance.bond.spent"), "right", 1.2),
        Column(words("finance.place"), width=2.2),
    )
    rows = tuple(_use(each, words) for each in found.uses)
    title = words("finance.bond.proceeds")
    return Section(title, (headline, Table(title, columns, rows, words("finance.none"))))


def _use(each: Use, words: Words) -> Row:
    running = each.operating_on
    progress = words("finance.bond.operating", day=words.day(running)) if running else ""
    if each.use == "project" and not running:
        progress = words("finance.bond.building")
    return Row(
        (
            text(each.name or words("finance.bond.idle"), sub=each.project_no),
            text(each.code),
            text(progress),
            money(each.allocated, words),
            money(each.spent, words),
            came_from(each.package, each.sheet, each.row_no),
        )
    )


def _benefits(found: BondReport, words: Words) -> Section:
    columns = (
        Column(words("finance.indicator"), width=2),
        Column(words("finance.claimed"), "right", 1.3),
        Column(words("finance.expected"), "right", 1.3),
    )
    names = {**found.benefits, **found.expected}
    rows = tuple(
        Row(
            (
                text(words(f"finance.indicator.{name}")),
                number(found.benefits.get(name), 2),
                number(found.expected.get(name), 2),
            )
        )
        for name in names
    )
    title = words("finance.benefits")
    return Section(title, (Table(title, columns, rows, words("finance.none")),))


def _management(found: BondReport, words: Words) -> Section:
    return Section(words("finance.bond.management"), (open_checks(found.open, words),))
