"""The lines of an energy balance (能源平衡表的行): names, parts, and what each is used for.

What belongs here: the vocabulary of `data/balance_lines.csv` and finding the line that a person
means. What does not: figures (`balance`) and emissions (`statistics`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from factors.carriers import plain_name
from ledgers.inventory.sectors import data_rows

IDENTITY = ("supply", "transformation", "loss", "final")
"""supply + transformation - loss - final = difference."""

_NUMBERING = re.compile(
    r"^(?:\s|[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十\d]+[)）]|\d+\s*[、.．)）]|[#＃*·—-]"
    r"|其中\s*[:：]?)+"
)
_NOTES = re.compile(r"[(（][^()（）]*[)）]")
_TOTALS = ("合计", "总计", "小计")


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `of_which` is contained in its parent's figure and not added to its siblings."""

    code: str
    parent: str
    of_which: bool
    role: str
    use: str
    sub_sector: str
    group: str
    sector: str
    name_zh: str
    name_en: str
    synonyms: tuple[str, ...]

    def name(self, lang: str = "zh") -> str:
        """The name in `lang`."""
        return self.name_en if lang == "en" else self.name_zh


@cache
def lines() -> Mapping[str, Line]:
    """Code → line, in the order of the table."""
    return MappingProxyType({row["code"]: _line(row) for row in data_rows("balance_lines.csv")})


def _line(row: Mapping[str, str]) -> Line:
    words = tuple(word for word in row["synonyms"].split("|") if word)
    texts = {name: row[name] for name in row if name not in ("synonyms", "of_which")}
    return Line(**texts, of_which=row["of_which"] == "yes", synonyms=words)


@cache
def parts_of(code: str) -> tuple[str, ...]:
    """The lines that add up to `code`, in order."""
    return tuple(
        each.code for each in lines().values() if each.parent == code and not each.of_which
    )


def find_line(text: str) -> Line | None:
    """The line that a cell of the first column means; numbering, signs and notes do not matter."""
    return _index().get(_plain(text))


def nearest_lines(text: str, limit: int = 3) -> tuple[str, ...]:
    """Chinese names of the lines whose names come nearest."""
    index = _index()
    close = difflib.get_close_matches(_plain(text), index.keys(), n=3 * limit, cutoff=0.3)
    return tuple(dict.fromkeys(index[name].name_zh for name in close))[:limit]


def is_total(text: str) -> bool:
    """Whether a heading is a sum over carriers (煤合计, 油品合计), which is never counted."""
    return _plain(text).endswith(_TOTALS)


@cache
def _index() -> Mapping[str, Line]:
    index: dict[str, Line] = {}
    for line in lines().values():
        for word in (line.code, line.name_zh, line.name_en, *line.synonyms):
            index.setdefault(_plain(word), line)
    return MappingProxyType(index)


def _plain(text: str) -> str:
    bare = _NUMBERING.sub("", text.strip())
    without = _NOTES.sub("", bare)
    return plain_name(without or bare).replace("(", "").replace(")", "").replace("+", "")
