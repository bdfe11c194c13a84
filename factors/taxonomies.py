"""Green catalogues (绿色目录) by edition: entries, activity lines, how complete each edition is.

What belongs here: reading the shipped catalogues, which entries may be tagged and with which
warning, markers of greenhouse-gas contribution, crosswalks, and the checks of an official table
that an operator imports. What does not: which edition applies on a date (`applicable_editions`),
search and suggestions (`taxonomy_search`), and tags, which are the ledger's.

An industry code explains the scope of an activity; it never proves eligibility.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from factors.errors import DataFault

RELATIONS = ("exact", "narrow", "broad", "partial")
"""What a line of a crosswalk may claim: the target is the same, narrower, broader, or overlaps."""


class UnknownEdition(DataFault, LookupError):
    """There is no such edition; facts: seen, allowed."""


class NotTaggable(DataFault, ValueError):
    """A code that no tag may carry; facts: seen, edition, and what is allowed instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as printed. `code` is '' where the document leaves it blank. `markers` are those of
    its activity lines: '', '√' (enables reductions elsewhere) and '√√' (direct or marked). The text
    of its condition is '' until an operator imports the official document."""

    edition: str
    code: str
    level: int
    parent: str
    name_zh: str
    name_en: str = ""
    serial: str = ""
    industry_codes: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    standards: str = ""
    standing: str = ""
    condition: str = ""

    def name(self, lang: str = "zh") -> str:
        """Its name, in the other language where it has only that."""
        first, second = (self.name_en, self.name_zh) if lang == "en" else (self.name_zh, "")
        return first or second or self.name_en

    @property
    def mixed(self) -> bool:
        """Whether its activity lines carry different markers: then the line decides."""
        return len(self.markers) > 1


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity line of an entry: industry code as printed, marker, standards, page."""

    edition: str
    code: str
    row: int
    industry_code: str
    industry_name: str
    marker: str
    standards: str
    page: str
    note: str


@dataclass(frozen=True)
class CatalogueEdition:
    """One edition: its document, its entries in printed order, and what it should have.

    `expected` is the number of entries by level, 0 where it was not recorded. `fossil` are the
    codes of entries about fossil fuels, which bonds and tags of the 2025 list may not carry.
    """

    edition: str
    document: str
    document_en: str
    entries: tuple[Entry, ...]
    expected: tuple[int, ...]
    finest: tuple[int, ...]
    grammar: str
    activities: tuple[Activity, ...] = ()
    activity_lines: int = 0
    uncounted: tuple[int, ...] = ()
    fossil: frozenset[str] = frozenset()
    published: date | None = None
    in_force: date | None = None
    note: str = ""

    @cached_property
    def by_code(self) -> Mapping[str, Entry]:
        """Code → entry; entries whose code is blank are not in it."""
        return {entry.code: entry for entry in self.entries if entry.code}

    @cached_property
    def loaded(self) -> tuple[int, ...]:
        """Entries loaded by level; one without a name does not count."""
        counts = Counter(entry.level for entry in self.entries if entry.name())
        return tuple(counts[level] for level in range(1, len(self.expected) + 1))

    @property
    def complete(self) -> bool:
        """Whether every entry that the document has is loaded with its name, lines included."""
        pairs = enumerate(zip(self.loaded, self.expected, strict=True), start=1)
        levels = all(have == due > 0 for level, (have, due) in pairs if level not in self.uncounted)
        return levels and len(self.activities) == self.activity_lines

    @property
    def extent(self) -> str:
        """How much of the finest level is loaded: `203 of 204`; `?` where it was not recorded."""
        level = max(self.finest)
        if len(self.finest) > 1:
            known = all(self.expected[each - 1] for each in self.finest)
            return f"{sum(self.loaded)} of {sum(self.expected) if known else '?'}"
        return f"{self.loaded[level - 1]} of {self.expected[level - 1]}"

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(entry.parent for entry in self.entries if entry.parent)

    def is_finest(self, entry: Entry) -> bool:
        """Whether nothing finer stands below it, here or in the part that is not loaded."""
        return entry.level in self.finest and entry.code not in self._parents

    @cached_property
    def taggable(self) -> Mapping[str, Entry]:
        """Code → entry, of those that a tag may carry: finest, with code and name."""
        return {
            code: entry
            for code, entry in self.by_code.items()
            if entry.name() and self.is_finest(entry)
        }

    def require(self, code: str) -> Entry:
        """The entry that a tag with `code` means. Raises NotTaggable: not loaded, or too coarse."""
        found = self.taggable.get(code)
        if found is not None:
            return found
        facts = {"seen": code, "edition": self.edition, "extent": self.extent}
        if code in self.by_code:
            below = [each for each in self.taggable if each.startswith(code.rstrip("0"))]
            raise NotTaggable("finance.code_coarse", **facts, allowed="、".join(below[:8]))
        raise NotTaggable("finance.code_unknown", **facts)

    def lines(self, code: str, industry_code: str = "") -> tuple[Activity, ...]:
        """The activity lines of an entry, of one industry code where it is given."""
        return tuple(
            line
            for line in self.activities
            if line.code == code and industry_code in ("", line.industry_code)
        )


@dataclass(frozen=True, slots=True)
class Crossing:
    """One line of a crosswalk. Without a reviewer it is a draft: equal names prove nothing."""

    from_edition: str
    from_code: str
    to_edition: str
    to_code: str
    relation: str
    reviewed_by: str
    note: str = ""

    @property
    def usable(self) -> bool:
        """Reviewed by a person, with a relation that means something."""
        return bool(self.reviewed_by) and self.relation in RELATIONS


@cache
def editions() -> Mapping[str, CatalogueEdition]:
    """Edition → catalogue, as shipped."""
    declared = tomllib.loads(_text("editions.toml"))
    return MappingProxyType({name: _edition(name, facts) for name, facts in declared.items()})


def edition(name: str) -> CatalogueEdition:
    """One shipped edition. Raises UnknownEdition."""
    found = editions().get(name)
    if found is None:
        raise UnknownEdition("finance.edition_unknown", seen=name, allowed=", ".join(editions()))
    return found


@cache
def draft_crosswalk() -> tuple[Crossing, ...]:
    """The shipped crosswalk of equal names: drafts all of them, for a person to review."""
    return tuple(
        Crossing(
            row["from_edition"],
            row["from_code"],
            row["to_edition"],
            row["to_code"],
            "",
            row["reviewed_by"],
            row["relation"],
        )
        for row in rows_of("crosswalk_pboc_cbirc_draft.csv")
        if row["from_code"] and row["to_code"]
    )


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a shipped catalogue file."""
    return list(csv.DictReader(io.StringIO(_text(name))))


def build(
    name: str,
    facts: Mapping[str, Any],
    rows: Iterable[Mapping[str, str]],
    lines: Iterable[Mapping[str, str]] = (),
) -> CatalogueEdition:
    """An edition from its declaration and the rows of its tables."""
    activities = tuple(_activity(name, row) for row in lines)
    markers: dict[str, set[str]] = {}
    for line in activities:
        markers.setdefault(line.code, set()).add(line.marker)
    return CatalogueEdition(
        edition=name,
        document=facts["document"],
        document_en=facts.get("document_en", facts["document"]),
        entries=tuple(_entry(name, row, markers) for row in rows),
        expected=tuple(facts["levels"]),
        finest=tuple(facts["finest"]),
        grammar=facts["grammar"],
        activities=activities,
        activity_lines=facts.get("activity_lines", 0),
        uncounted=tuple(facts.get("uncounted", ())),
        fossil=frozenset(facts.get("fossil", ())),
        published=facts.get("published"),
        in_force=facts.get("in_force"),
        note=facts.get("note", ""),
    )


@dataclass(frozen=True, slots=True)
class TableFault:
    """One fault of an imported table: row as the person counts it, code of the message, facts."""

    row_no: int
    code: str
    facts: Mapping[str, Any]


def check_table(made: CatalogueEdition) -> list[TableFault]:
    """What is wrong with a table of an edition: count, code grammar, parents, names, repeats.

    Row numbers count the entries from 1. An edition with faults is not taken, not even in part.
    """
    faults: list[TableFault] = []
    seen: Counter[str] = Counter()
    for row_no, entry in enumerate(made.entries, start=1):
        facts: dict[str, Any] = {"seen": entry.code, "edition": made.edition}
        if entry.code and not re.fullmatch(made.grammar, entry.code):
            faults.append(TableFault(row_no, "finance.table_grammar", facts))
        if not entry.name():
            faults.append(TableFault(row_no, "finance.table_name", facts))
        if not _placed(made, entry):
            facts = facts | {"parent": entry.parent}
            faults.append(TableFault(row_no, "finance.table_parent", facts))
        seen[entry.code] += bool(entry.code)
        if seen[entry.code] > 1:
            faults.append(TableFault(row_no, "finance.table_repeated", facts))
    pairs = zip(made.loaded, made.expected, strict=True)
    for level, (have, due) in enumerate(pairs, start=1):
        if due and have != due:
            counts = {"level": level, "have": have, "due": due, "edition": made.edition}
            faults.append(TableFault(0, "finance.table_count", counts))
    return faults


def _placed(made: CatalogueEdition, entry: Entry) -> bool:
    """Whether its parent is there; below a blank code the printed number says it."""
    if entry.level == 1 or 1 in made.uncounted or entry.parent in made.by_code:
        return True
    above = entry.serial.rpartition(".")[0]
    return not entry.parent and bool(above) and any(e.serial == above for e in made.entries)


def declaration(name: str) -> Mapping[str, Any]:
    """What is declared of an edition. Raises UnknownEdition."""
    edition(name)
    found: Mapping[str, Any] = tomllib.loads(_text("editions.toml"))[name]
    return found


def _edition(name: str, facts: Mapping[str, Any]) -> CatalogueEdition:
    lines: Sequence[Mapping[str, str]] = ()
    if "activities" in facts:
        lines = rows_of(facts["activities"])
    return build(name, facts, rows_of(facts["file"]), lines)


def _entry(name: str, row: Mapping[str, str], markers: Mapping[str, set[str]]) -> Entry:
    codes = row.get("industry_codes") or row.get("nace") or ""
    own = row.get("ghg_marker", "")
    held = markers.get(row["code"]) or ({own} if own else set())
    return Entry(
        edition=name,
        code=row["code"].strip(),
        level=int(row["level"]),
        parent=row.get("parent", ""),
        name_zh=row.get("name_zh", ""),
        name_en=row.get("name_en", ""),
        serial=row.get("serial", ""),
        industry_codes=tuple(part.strip() for part in codes.split(";") if part.strip()),
        markers=tuple(sorted(held)),
        standards=row.get("standards", ""),
        standing=row.get("standing") or "transcribed",
        condition=row.get("condition", ""),
    )


def _activity(name: str, row: Mapping[str, str]) -> Activity:
    return Activity(
        edition=name,
        code=row["code"],
        row=int(row["row"]),
        industry_code=row["industry_code"],
        industry_name=row["industry_name"],
        marker=row["ghg_marker"],
        standards=row["standards"],
        page=row["page"],
        note=row["note"],
    )


def _text(name: str) -> str:
    path = files("factors").joinpath("data", "catalogues", name)
    return path.read_text(encoding="utf-8-sig")
