"""The headers by which columns are known (列名), for each kind of file.

What belongs here: reading one header cell, the vocabulary of a kind, and its words for the
template. What does not: finding the header row (`headers`), or what a cell below it means.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ledgers.emissions.activity import MEASURED

if TYPE_CHECKING:
    from ledgers.reference.columns import Column

ACTIVITY = "activity"
REFERENCE_KINDS = ("enterprise", "facility", "person", "factor", "rule")
DUAL_CONTROL_KINDS = (
    *("gdp", "budget", "energy_statistics", "dual_control_figure", "dual_control_finding"),
    *("two_high_project", "replacement"),
)
"""Kinds that the dual-control book takes; their words stand in `data/dual_control.toml`."""

BARE_UNIT = "单位"
"""A unit only beside a quantity or a measured value; elsewhere it means the organisation."""

_TRAILER = re.compile(r"^(?P<name>.+?)[\s_]*[(\[【〔](?P<inside>[^()\[\]【】〔〕]*)[)\]】〕]$")
_COMMA_UNIT = re.compile(r"^(?P<name>[^,/]+)[,/](?P<inside>[^,]+)$")
_SPACES = re.compile(r"[\s\u200b\ufeff]+")


@dataclass(frozen=True)
class Known:
    """One canonical column of a kind of file: its headers (the template's first) and words."""

    name: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    required: bool = False
    example: str = ""
    about_zh: str = ""
    about_en: str = ""


def clean(text: str | None) -> str:
    """A header cell in the form in which headers are compared: widths and case folded, no
    spaces, no asterisk of a required field, no colon at the end."""
    folded = unicodedata.normalize("NFKC", text or "")
    return _SPACES.sub("", folded).strip("*:'\"").replace("_", "").casefold()


def split_unit(text: str | None) -> tuple[str, str]:
    """A header cell as (name, what stands in parentheses behind it or ''), both as written:
    消费量（万千瓦时） → 消费量, 万千瓦时; 用电量/万千瓦时 → 用电量, 万千瓦时."""
    folded = unicodedata.normalize("NFKC", text or "").strip().strip("*").strip()
    found = _TRAILER.match(folded) or _COMMA_UNIT.match(folded)
    if not found:
        return folded, ""
    inside = found["inside"].strip()
    return found["name"].strip(), inside.removeprefix("单位:").removeprefix("单位").strip()


@cache
def columns_of(kind: str) -> Mapping[str, Known]:
    """Canonical name → Known, in the order of the template."""
    if kind in DUAL_CONTROL_KINDS:
        return _dual_control(kind)
    return _activity() if kind == ACTIVITY else _reference(kind)


@cache
def vocabulary(kind: str) -> Mapping[str, str]:
    """Cleaned header → canonical name. A header stands for one column only (longest first is
    the same as whole cell: no name is ever looked for inside another)."""
    words: dict[str, str] = {}
    for name, known in columns_of(kind).items():
        for word in (name, *known.zh, *known.en):
            earlier = words.setdefault(clean(word), name)
            if earlier != name:
                raise ValueError(f"header {word!r} stands for {earlier} and {name}")
    return words


def _activity() -> Mapping[str, Known]:
    known: dict[str, Known] = {}
    for name, facts in _declared("activity.toml").items():
        known[name] = _known(name, facts)
        if name in MEASURED:
            known[f"{name}_unit"] = _unit_of(known[name])
    return known


def _known(name: str, facts: Mapping[str, Any]) -> Known:
    lists = {"zh": tuple(facts["zh"]), "en": tuple(facts["en"])}
    return Known(name, **{**facts, **lists})


def _unit_of(measured: Known) -> Known:
    return Known(
        f"{measured.name}_unit",
        tuple(f"{word}{end}" for word in measured.zh for end in ("单位", "计量单位")),
        tuple(f"{word} unit" for word in measured.en),
        about_zh=f"{measured.zh[0]}的单位。",
        about_en=f"Unit of {measured.name}.",
    )


def _reference(kind: str) -> Mapping[str, Known]:
    # Late: the book of reference data brings methods and editions with it.
    from ledgers.reference.columns import COLUMNS

    return _worded(COLUMNS[kind], _declared("reference.toml")[kind])


def _dual_control(kind: str) -> Mapping[str, Known]:
    from ledgers.dual_control.columns import COLUMNS

    return _worded(COLUMNS[kind], _declared("dual_control.toml")[kind])


def _worded(columns: Iterable[Column], words: Mapping[str, Any]) -> Mapping[str, Known]:
    return {
        column.name: Known(column.name, column.headers, (), column.required, *words[column.name])
        for column in columns
    }


def _declared(name: str) -> Mapping[str, Any]:
    path = files("pipelines.intake").joinpath("data", name)
    return tomllib.loads(path.read_text(encoding="utf-8"))
