"""Footnotes (脚注): what a figure rests on that is not checked against the official document.

What belongs here: which factors, methods and warming potentials a report must footnote, each
once, numbered as they first appear. What does not: their words (`reports`). A footnote is in
terms of document, table and clause, never of where a copy was read; a clause that is not
recorded says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from factors.gases import CO2E, GwpError, gwp_value
from ledgers.emissions.books import EditionFacts, facts_of
from ledgers.emissions.lines import Parameter, Resolution
from ledgers.emissions.sums import Sum

OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Footnote:
    """One source. `kind`: factor, method (an edition of methods), gwp. Of a factor `name` is the
    parameter, with value and unit as printed; of a method edition the edition; of a warming
    potential the gas. '' in `clause` is 'not recorded'."""

    number: int
    kind: Literal["factor", "method", "gwp"]
    name: str
    value: str
    unit: str
    carrier: str
    series: str
    region: str
    edition: str
    publisher: str
    document: str
    table: str
    clause: str
    standing: str
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Footnotes:
    """All footnotes of a report, and which numbers a resolution, or the coefficient of a pollutant
    by its key, refers to."""

    notes: tuple[Footnote, ...]
    by_resolution: Mapping[int, tuple[int, ...]]
    by_pollutant: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def footnotes(
    resolutions: Iterable[Resolution],
    sums: Iterable[Sum],
    editions: Mapping[str, EditionFacts],
    confirmed: Callable[[int, str, str], bool] = lambda _resolution, _edition, _key: False,
    pollutants: Iterable[tuple[str, Parameter]] = (),
) -> Footnotes:
    """The footnotes of these resolutions and sums in the order in which they are met.

    `confirmed`: whether the row of a resolution (number, edition, key) was confirmed since.
    `pollutants`: (carrier, coefficient) behind air pollutants, noted after all others.
    """
    book = _Book()
    by_resolution: dict[int, tuple[int, ...]] = {}
    for found in resolutions:
        if found.resolution_id not in by_resolution:
            by_resolution[found.resolution_id] = tuple(
                book.number(_of_factor(item, found.carrier))
                for item in found.parameters
                if item.origin == "factor"
                and item.standing != OFFICIAL
                and not confirmed(found.resolution_id, item.edition, item.key)
            )
    sums = tuple(sums)
    for edition in sorted({item.method_edition for item in sums}):
        facts = facts_of(editions, edition)
        if facts.standing != OFFICIAL:
            book.number(_of_method(edition, facts))
    for gwp, measure in sorted({(item.gwp_edition, item.measure) for item in sums}):
        for note in _of_gwp(gwp, measure):
            book.number(note)
    by_pollutant = {
        item.key: (book.number(_of_factor(item, carrier)),) if item.standing != OFFICIAL else ()
        for carrier, item in pollutants
    }
    return Footnotes(tuple(book.notes), by_resolution, by_pollutant)


def factor_editions(resolutions: Iterable[Resolution]) -> frozenset[str]:
    """The editions and documents of the factors that resolutions rest on."""
    return frozenset(
        name
        for found in resolutions
        for item in found.parameters
        for name in (item.edition, item.document)
        if name
    )


class _Book:
    def __init__(self) -> None:
        self.notes: list[Footnote] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, fields: Mapping[str, str]) -> int:
        key = tuple(fields.values())
        if key not in self._numbers:
            self._numbers[key] = len(self.notes) + 1
            self.notes.append(Footnote(number=len(self.notes) + 1, **fields))  # type: ignore[arg-type]
        return self._numbers[key]


def _of_factor(item: Parameter, carrier: str) -> Mapping[str, str]:
    same = ("name", "value", "unit", "series", "region", "edition", "publisher", "document")
    rest = ("table", "clause", "standing", "note_zh", "note_en")
    given = {name: getattr(item, name) for name in (*same, *rest)}
    return {"kind": "factor", "carrier": carrier, **given}


def _of_method(edition: str, facts: EditionFacts) -> Mapping[str, str]:
    empty = dict.fromkeys(("value", "unit", "carrier", "series", "region", "table"), "")
    return {
        "kind": "method",
        "name": edition,
        **empty,
        "edition": edition,
        "publisher": facts.publisher,
        "document": facts.document,
        "clause": facts.clause,
        "standing": facts.standing,
    }


def _of_gwp(gwp: str, measure: str) -> Iterable[Mapping[str, str]]:
    """CO2 is the reference gas and CO2e was booked as such: both need no potential."""
    if measure in ("CO2", CO2E) or measure.startswith("tce"):
        return
    try:
        found = gwp_value(gwp, measure)
    except GwpError:
        return
    if found.standing != OFFICIAL:
        empty = dict.fromkeys(("carrier", "series", "region", "publisher", "table", "clause"), "")
        yield {
            "kind": "gwp",
            "name": measure,
            "value": str(found.value),
            "unit": "kgCO2e/kg",
            **empty,
            "edition": str(found.edition),
            "document": "",
            "standing": found.standing,
        }
