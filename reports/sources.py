"""Footnotes in words (脚注): document, table and clause of what a figure rests on.

What belongs here: wording a footnote. What does not: which footnotes a report needs
(`ledgers.emissions.footnotes`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ledgers.emissions.footnotes import Footnote
from reports.words import Words


def footnote_texts(notes: Iterable[Footnote], words: Words) -> tuple[tuple[int, str], ...]:
    """Number and text of each footnote."""
    return tuple((note.number, footnote_text(note, words)) for note in notes)


def footnote_text(note: Footnote, words: Words) -> str:
    """One footnote: what it is, where it stands, its standing."""
    parts = [_subject(note, words), note.publisher, note.document]
    if note.table:
        parts.append(words("source.table", table=note.table))
    if note.kind != "gwp":
        parts.append(note.clause or words("source.no_clause"))
    parts.append(words("source.standing", standing=words.named("standing", note.standing)))
    parts.append(note.note_en if words.lang == "en" else note.note_zh)
    return words("source.separator").join(part for part in parts if part)


def _subject(note: Footnote, words: Words) -> str:
    if note.kind == "method":
        return words("source.method", edition=note.name)
    if note.kind == "gwp":
        return words("source.gwp", gas=note.name, value=note.value, edition=note.edition)
    where = " ".join(
        part
        for part in (
            words.carrier(note.carrier) if note.carrier else "",
            words.named("parameter", note.name),
            words.named("series", note.series) if note.series else "",
            note.region if note.region not in ("", "CN") else "",
        )
        if part
    )
    return words("source.factor", subject=where, value=note.value, unit=note.unit)
