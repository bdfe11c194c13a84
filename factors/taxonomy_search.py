"""Finding entries of green catalogues, and suggesting some for a project (目录检索与建议).

What belongs here: search by words in Chinese and English, and ranked suggestions with their
reasons. What does not: tags. A suggestion is never a tag: it names what a person may look at, and
an equal industry code is a reason to look, not a proof.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files

from factors.taxonomies import CatalogueEdition, Entry, editions

_LEAST = 0.30


@dataclass(frozen=True, slots=True)
class Found:
    """An entry with a score of 0 to 1 and the reasons for it: (kind, what was met)."""

    entry: Entry
    score: float
    reasons: tuple[tuple[str, str], ...]
    taggable: bool


def find(words: str, *, edition: str = "", limit: int = 20) -> tuple[Found, ...]:
    """Entries whose code, name, activity or standards hold `words`, best first.

    English words are looked for in English names and, through a small glossary, in Chinese ones.
    """
    wanted = words.strip().casefold()
    if not wanted:
        return ()
    terms = (wanted, *translated(wanted))
    found = (_met(held, entry, terms) for held in _chosen(edition) for entry in held.entries)
    return _best((each for each in found if each is not None), limit)


def suggest(
    edition: str,
    *,
    name: str = "",
    industry_code: str = "",
    standards: str = "",
    limit: int = 5,
) -> tuple[Found, ...]:
    """Finest entries of one edition that a project may belong to, best first, with reasons.

    `industry_code` is met on the activity lines; alone it never lifts an entry to the top.
    """
    found: list[Found] = []
    for held in _chosen(edition):
        for entry in held.taggable.values():
            made = _suggested(held, entry, name, industry_code, standards)
            if made is not None:
                found.append(made)
    return _best(found, limit)


def translated(words: str) -> tuple[str, ...]:
    """Chinese words for English ones, longest phrase first."""
    return tuple(chinese for english, known in _glossary() if english in words for chinese in known)


@cache
def _glossary() -> tuple[tuple[str, tuple[str, ...]], ...]:
    path = files("factors").joinpath("data", "catalogues", "glossary.csv")
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    pairs = [(row["en"], tuple(row["zh"].split())) for row in rows]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _chosen(edition: str) -> Sequence[CatalogueEdition]:
    from factors.taxonomies import edition as one

    return [one(edition)] if edition else list(editions().values())


def _met(held: CatalogueEdition, entry: Entry, terms: Sequence[str]) -> Found | None:
    reasons: list[tuple[str, str]] = []
    score = 0.0
    for place, term in enumerate(terms):
        weight = 1.0 if place == 0 else 0.9
        for kind, text, most in _texts(held, entry):
            if term == text.casefold():
                score = max(score, weight * most)
                reasons.append((kind, text))
            elif term in text.casefold() or term in _unbracketed(text):
                # The shorter the text around the words, the more it is about them.
                score = max(score, weight * most * (0.6 + 0.35 * len(term) / len(text)))
                reasons.append((kind, text))
    if not reasons:
        alike = max(similarity(terms[0], text) for text in (entry.name_zh, entry.name_en))
        if alike < 0.6:
            return None
        score, reasons = 0.5 * alike, [("similar", entry.name())]
    # Of two that meet the words alike, the finer is what can be used.
    usable = entry.code in held.taggable
    return Found(entry, score + 0.01 * usable, tuple(dict.fromkeys(reasons))[:4], usable)


def _unbracketed(text: str) -> str:
    """Without what stands in brackets: 热电（冷）联产 is met by 热电联产."""
    return re.sub(r"[（(][^（()）]*[)）]", "", text).casefold()


def _texts(held: CatalogueEdition, entry: Entry) -> Iterable[tuple[str, str, float]]:
    yield "code", entry.code, 1.0
    if entry.name_zh:
        yield "name", entry.name_zh, 1.0
    if entry.name_en:
        yield "name", entry.name_en, 1.0
    for line in _lines_of(held.edition).get(entry.code, ()):
        yield "activity", f"{line[0]} {line[1]}".strip(), 0.6
    if entry.standards:
        yield "standard", entry.standards, 0.5


@cache
def _lines_of(edition: str) -> dict[str, list[tuple[str, str]]]:
    held: dict[str, list[tuple[str, str]]] = {}
    for line in editions()[edition].activities:
        held.setdefault(line.code, []).append((line.industry_code, line.industry_name))
    return held


def _suggested(
    held: CatalogueEdition, entry: Entry, name: str, industry_code: str, standards: str
) -> Found | None:
    reasons: list[tuple[str, str]] = []
    alike = similarity(name, entry.name_zh) if name else 0.0
    if alike >= 0.2:
        reasons.append(("name", entry.name_zh))
    codes = [line for line in _lines_of(held.edition).get(entry.code, ()) if line[0]]
    fit = bool(industry_code) and any(line[0] == industry_code for line in codes)
    if fit or (industry_code and industry_code in entry.industry_codes):
        fit = True
        reasons.append(("industry", industry_code))
    cited = [word for word in standards.replace("；", ";").split(";") if word.strip()]
    met = [word.strip() for word in cited if word.strip() in entry.standards]
    reasons += [("standard", word) for word in met]
    score = 0.6 * alike + 0.2 * fit + 0.2 * bool(met)
    return Found(entry, score, tuple(reasons), True) if reasons and score >= 0.15 else None


def similarity(first: str, second: str) -> float:
    """0 to 1: the share of common pairs of characters, and of common runs, whichever is more."""
    if not first or not second:
        return 0.0
    if second in first or first in second:
        return max(0.75, min(len(first), len(second)) / max(len(first), len(second)))
    one, other = _pairs(first.casefold()), _pairs(second.casefold())
    if not one or not other or not one & other:
        return 0.0
    shared = 2 * len(one & other) / (len(one) + len(other))
    return max(shared, SequenceMatcher(None, first, second, autojunk=False).ratio() * 0.8)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _best(found: Iterable[Found], limit: int) -> tuple[Found, ...]:
    ordered = sorted(found, key=lambda each: (-each.score, each.entry.edition, each.entry.code))
    return tuple(each for each in ordered if each.score >= _LEAST or each.taggable)[:limit]
