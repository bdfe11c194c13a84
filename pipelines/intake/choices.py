"""Options that people choose from (选项): flow, data kind, evidence kind, coal basis, condition.

What belongs here: words in Chinese and English to the codes of `ledgers.emissions.activity`.
What does not: carriers (`factors.carriers`) and the messages about a word that is no option.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ledgers.emissions.activity import COAL_BASES, DATA_KINDS, EVIDENCE_KINDS, FLOWS, GAS_CONDITIONS

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "flow": FLOWS,
    "data_kind": DATA_KINDS,
    "evidence_kind": EVIDENCE_KINDS,
    "coal_basis": COAL_BASES,
    "gas_condition": GAS_CONDITIONS,
}
"""Column → its codes."""

DEFAULTS: Mapping[str, str] = {
    "flow": "consumption",
    "data_kind": "measured",
    "evidence_kind": "",
    "coal_basis": "",
    "gas_condition": "",
}
"""Column → what an empty cell means."""

RULES: Mapping[str, str] = {name: "IN-07" if name == "flow" else "IN-11" for name in ALLOWED}

_REMARK = re.compile(r"[(\[【].*[)\]】]$")


def fold(text: str) -> str:
    """The form in which words are compared: widths and case folded, spaces and marks out."""
    folded = unicodedata.normalize("NFKC", text).replace("°C", "℃").casefold()
    return re.sub(r"[\s_\-]+", "", folded.replace("℃", "°c"))


@cache
def words(column: str) -> Mapping[str, str]:
    """Folded word → code of one column of ALLOWED."""
    declared = tomllib.loads(
        files("pipelines.intake").joinpath("data/choices.toml").read_text(encoding="utf-8")
    )
    if set(declared[column]) != set(ALLOWED[column]):
        raise ValueError(f"words of {column} are not its codes: {sorted(declared[column])}")
    known: dict[str, str] = {}
    for code, listed in declared[column].items():
        for word in (code, *listed):
            if known.setdefault(fold(word), code) != code:
                raise ValueError(f"{word!r} stands for {known[fold(word)]} and {code}")
    return known


def choose(column: str, text: str) -> str | None:
    """The code that `text` means in `column` ('' gives the default); None where it is none."""
    if not text:
        return DEFAULTS[column]
    known = words(column)
    folded = fold(text)
    return known.get(folded) or known.get(_REMARK.sub("", folded))


def allowed_text(column: str, lang: str) -> str:
    """What may be written in a column, for messages: the first word of each code, or the codes."""
    if lang == "en":
        return ", ".join(ALLOWED[column])
    first: dict[str, str] = {}
    for word, code in words(column).items():
        if not word.isascii():
            first.setdefault(code, word)
    return "、".join(first.get(code, code) for code in ALLOWED[column])
