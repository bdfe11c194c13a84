"""The effect of a restatement as a document (重述影响表).

What belongs here: what moves for each enterprise, each month and each gas, in every format. What
does not: the calculation (`ledgers.emissions.restatement`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from factors.gases import QUANTUM
from ledgers.emissions.restatement import Effect
from ledgers.journal import Head
from reports.document import (
    Cell,
    Column,
    Document,
    Facts,
    Note,
    Row,
    Section,
    Table,
    number,
    percent,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer
from reports.statement import layout_words
from reports.words import Words


@dataclass(frozen=True, slots=True)
class Restatement:
    """What was restated, or would be (`posted` False): months, method edition ('' = as known now),
    reason and person, effects, names of enterprises, and the head of the ledger after it."""

    months: tuple[str, ...]
    edition: str
    reason: str
    person: str
    posted: bool
    effects: tuple[Effect, ...]
    names: Mapping[str, str]
    head: Head
    synthetic: bool


def write_effects(
    found: Restatement, folder: Path, *, formats: Sequence[str] = FORMATS, lang: str = "zh"
) -> tuple[Path, ...]:
    """Write `folder`/restatement-<commit>.<format>. Raises UnknownFormat."""
    check_formats(formats)
    made = {
        name: effects_json(found).encode() if name == "json" else rendered(document, name)
        for document in [effects_document(found, lang)]
        for name in formats
    }
    kind = "restatement" if found.posted else "restatement-dry-run"
    return write_files(folder, f"{kind}-{found.head.commit_no}", made, lang)


def effects_json(found: Restatement) -> str:
    """The effects in whole quanta and exact tonnes."""
    rows = [
        record_of(item)
        | {
            "difference": item.difference,
            "difference_t": str(QUANTUM[item.measure].tonnes(item.difference)),
        }
        for item in found.effects
    ]
    record = {
        "kind": "restatement-effects",
        "version": 1,
        "label": "合成数据" if found.synthetic else "",
        "months": list(found.months),
        "edition": found.edition,
        "reason": found.reason,
        "person": found.person,
        "posted": found.posted,
        "head": record_of(found.head),
        "effects": rows,
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def effects_document(found: Restatement, lang: str = "zh") -> Document:
    """The effects in `lang`: by enterprise and gas, then every month and method edition."""
    words = Words(lang)
    state = words("effects.posted" if found.posted else "effects.dry_run")
    facts = (
        (words("effects.state"), text(state)),
        (words("effects.edition"), text(found.edition or words("effects.as_known"))),
        (words("effects.reason"), text(found.reason or "—")),
        (words("effects.person"), text(found.person)),
    )
    span = f"{found.months[0]}..{found.months[-1]}" if len(found.months) > 1 else found.months[0]
    note = Note(words("effects.note"), "plain" if found.posted else "caution")
    return Document(
        lang=lang,
        kind=words("effects.kind"),
        title=words("effects.title"),
        subtitle=words.months(span),
        facts=Facts("", facts),
        sections=(
            Section(
                words("effects.by_enterprise"),
                (note, _parties(found, words)),
                words("effects.sheet_1"),
            ),
            Section(words("effects.by_month"), (_months(found, words),), words("effects.sheet_2")),
        ),
        foot=footer(found.head, words),
        label=words("label.synthetic") if found.synthetic else "",
        headings=layout_words(words),
    )


def _columns(words: Words, *first: str) -> tuple[Column, ...]:
    named = tuple(Column(words(f"effects.{name}"), width=1.6) for name in first)
    values = ("before", "after", "difference", "share")
    return (*named, *(Column(words(f"effects.{name}"), "right", 1.2) for name in values))


def _parties(found: Restatement, words: Words) -> Table:
    sums: dict[tuple[str, str], list[int]] = {}
    for item in found.effects:
        held = sums.setdefault((item.enterprise_id, item.measure), [0, 0])
        held[0] += item.before
        held[1] += item.after
    order = sorted(sums.items(), key=lambda pair: (pair[0][1], -abs(pair[1][1] - pair[1][0])))
    rows = tuple(
        Row((_party(found, party), text(words.gas(measure)), *_values(measure, *held)))
        for (party, measure), held in order
    )
    return Table("", _columns(words, "enterprise", "measure"), rows, words("effects.nothing"))


def _months(found: Restatement, words: Words) -> Table:
    columns = _columns(words, "enterprise", "month", "method", "measure")
    rows = tuple(
        Row(
            (
                _party(found, item.enterprise_id),
                text(item.month),
                text(item.method_edition),
                text(words.gas(item.measure)),
                *_values(item.measure, item.before, item.after),
            )
        )
        for item in found.effects
    )
    return Table("", columns, rows, words("effects.nothing"))


def _party(found: Restatement, party: str) -> Cell:
    return text(found.names.get(party, party), sub=party)


def _values(measure: str, before: int, after: int) -> tuple[Cell, ...]:
    held: tuple[Fraction, Fraction] = (
        QUANTUM[measure].tonnes(before),
        QUANTUM[measure].tonnes(after),
    )
    change = held[1] - held[0]
    style = "up" if change > 0 else "down" if change < 0 else ""
    return (
        number(held[0], 3),
        number(held[1], 3),
        number(change, 3, sign=True, style=style),
        percent(change, held[0], digits=2, sign=True),
    )
