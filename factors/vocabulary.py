"""One vocabulary for all editions of factors: parameters, series and regions as files call them.

What belongs here: from a printed word to the name of the catalogue, by `data/vocabulary.csv`. What
does not: names of carriers (`carriers.py`) and which region lies in which (`regions.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from factors.carriers import data_rows, plain_name


@cache
def _words() -> Mapping[tuple[str, str, str], str]:
    rows = data_rows("vocabulary.csv")
    return MappingProxyType(
        {
            (row["kind"], plain_name(row["printed"]), row["carrier_kind"]): row["canonical"]
            for row in rows
        }
    )


def parameter_name(text: str, carrier_kind: str = "") -> str | None:
    """The catalogue's name of a parameter of a carrier of that kind; None if it has none."""
    words, word = _words(), plain_name(text)
    return words.get(("parameter", word, carrier_kind)) or words.get(("parameter", word, ""))


def series_name(text: str) -> str:
    """The catalogue's name of a series; a word that is not known stays as written."""
    return _words().get(("series", plain_name(text), "")) or text.strip()


def nation_name(text: str) -> str | None:
    """CN or global for a word that means the whole nation or world; None for other regions."""
    return _words().get(("region", plain_name(text), ""))


def known_parameters() -> tuple[str, ...]:
    """Parameters that a file may name, in the order of the vocabulary."""
    names = (value for (kind, _, _), value in _words().items() if kind == "parameter")
    return tuple(dict.fromkeys(names))
