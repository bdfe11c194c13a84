"""The names of units as people write them, and the words for what a mass is a mass of.

What belongs here: from one spelling to one canonical name, case and Chinese numerals included,
and which spellings are refused because they could mean two things. What does not: how names are
put together (`unit_grammar.py`), and their sizes and dimensions (`units.py`, from `units.txt`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from factors.errors import DataFault
from factors.gases import GASES

FAMILIAR = ("t", "kg", "kWh", "GJ", "Nm3", "tce")

SUBSTANCES: Mapping[str, str] = MappingProxyType(
    {"material": "", "C": "C", "CO2e": "CO2e", "tce": "ce"}
    | {name: name.replace("-", "") for name in GASES}
    | {name: name for name in ("SO2", "NOx", "PM", "VOC")}
)
"""Substance → what stands behind the mass in a canonical name (`tC`, `kgHFC134a`, `gce`)."""

_WORDS = {
    "C": ("C", "碳"),
    "CO2e": ("CO2e", "CO2eq", "CO2equiv", "CO2equivalent", "CO2当量", "二氧化碳当量"),
    "ce": ("ce", "sce", "标准煤", "标煤", "标准煤当量", "煤当量"),
}
# In any other case these would be something else: tpm is tonnes a month to many.
_CASED_WORDS = {
    "SO2": ("SO2", "二氧化硫"),
    "NOx": ("NOx", "氮氧化物"),
    "PM": ("PM", "颗粒物", "烟尘"),
    "VOC": ("VOC", "VOCs"),
}
# A material named behind a mass says what was weighed; it is a mass of material all the same.
_MATERIALS = (
    *("clinker", "cement", "carbonate", "product", "pure", "steel", "Al", "HNO3", "COD", "water"),
    *("steam", "熟料", "水泥", "碳酸盐", "产品", "钢", "粗钢", "钢材", "生铁", "铁水", "铝"),
    *("原铝", "电解铝", "硝酸", "己二酸", "水", "蒸汽", "原煤", "燃煤", "燃料", "原料", "石灰"),
    *("石灰石", "白云石", "玻璃", "合成氨", "甲醇", "乙烯", "电石", "纯碱"),
)
_CASED_MASSES = frozenset({"Mt", "Mg", "Gg", "Tg", "mg", "ug"})

_TONS = ("t", "short_ton", "long_ton")
_GAS_AT_A_CONDITION = ("Nm3", "m3(20degC)")
_AMBIGUOUS_MASSES = {
    "ton": _TONS,
    "tons": _TONS,
    "MT": ("t", "Mt"),
    "mt": ("t", "Mt"),
    "MMT": ("Mt",),
}
_AMBIGUOUS = {
    "a": ("year",),
    "C": ("degC", "tC"),
    "degF": ("degC",),
    "K": ("degC",),
    "M": ("m", "Mt"),
    "Cal": ("kcal", "cal"),
    "MBtu": ("mmBtu", "Btu"),
    "MBTU": ("mmBtu", "Btu"),
    "加仑": ("gal", "imp_gal"),
    "吨煤": ("t", "tce"),
    "t煤": ("t", "tce"),
    "tcoal": ("t", "tce"),
    "蒸吨": ("t/h", "MW"),
    "Sm3": _GAS_AT_A_CONDITION,
    "工况立方米": _GAS_AT_A_CONDITION,
    "工况m3": _GAS_AT_A_CONDITION,
    "ccf": ("scf",),
    "Mcf": ("scf",),
    "MMcf": ("scf",),
    "¥": ("CNY",),
    "$": ("CNY",),
    "美元": ("CNY",),
}
_TENS = {"万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5}
_TENS |= {"万": 4, "千": 3, "百": 2, "十": 1}


class UnitError(DataFault, ValueError):
    """A unit that cannot be read, or not in one way; the facts name the nearest sensible ones."""


@dataclass(frozen=True, slots=True)
class Name:
    """A canonical name; `bare` for a mass of nothing said, which a caller may know more about."""

    canonical: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """10^`ten` of a name: what one spelling says."""

    ten: int
    name: Name


@cache
def definitions() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(canonical name, relation, spellings) for each line of units.txt."""
    text = (files("factors") / "units.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    parts = [[part.strip() for part in line.split("=")] for line in lines]
    return tuple((name, relation, tuple(rest[1:])) for name, relation, *rest in parts)


@cache
def masses() -> Mapping[str, str]:
    """Spelling → canonical name, of the masses that units.txt derives from the kilogram."""
    found = {"kg"}
    table: dict[str, str] = {}
    for name, relation, words in definitions():
        if name in found or relation.rpartition("*")[2].strip() in found:
            found.add(name)
            table |= dict.fromkeys((name, *words), name)
    return MappingProxyType(table)


@cache
def substance_words() -> Mapping[str, str]:
    """Word for a substance → what stands behind the mass in the canonical name."""
    table = {word: suffix for suffix, words in (_WORDS | _CASED_WORDS).items() for word in words}
    for gas in GASES.values():
        for word in (gas.name, gas.name_zh, *gas.words):
            table[word.replace("-", "")] = SUBSTANCES[gas.name]
    return MappingProxyType(table)


@cache
def spellings() -> Mapping[str, Name]:
    """Every spelling, upper and lower case told apart: 吨, 吨二氧化碳, t clinker, 千瓦时, %."""
    table = {"%": Name("percent"), "‰": Name("permille")}
    for size, name in masses().items():
        table |= {size + word: Name(name) for word in _MATERIALS}
        table |= {size + word: Name(name + end) for word, end in substance_words().items()}
    for name, _, words in definitions():
        table |= {word: Name(name, bare=name in masses()) for word in (name, *words)}
    return MappingProxyType(table)


@cache
def _ambiguous() -> Mapping[str, tuple[str, ...]]:
    table = _AMBIGUOUS | _AMBIGUOUS_MASSES
    for size, readings in _AMBIGUOUS_MASSES.items():
        for word, end in substance_words().items():
            table[size + word] = tuple(reading + end for reading in readings)
    return MappingProxyType(table)


@cache
def _any_case() -> Mapping[str, tuple[str, ...]]:
    """Spelling without case → the spellings that it may stand for."""
    words = [
        word for word in substance_words() if not any(word in row for row in _CASED_WORDS.values())
    ]
    sizes = [size for size in masses() if size not in _CASED_MASSES]
    allowed = [size + word for size in sizes for word in words]
    allowed += [
        word
        for name, _, others in definitions()
        for word in (name, *others)
        if len(word) > 1 and word not in _CASED_MASSES
    ]
    table: dict[str, tuple[str, ...]] = {}
    for word in allowed:
        table[word.casefold()] = (*table.get(word.casefold(), ()), word)
    return table


def ambiguous(word: str) -> tuple[str, ...]:
    """What a word that must not stand as it is may have been meant to be; () for a good one."""
    if word in _ambiguous():
        return _ambiguous()[word]
    canonical = sorted({spellings()[other].canonical for other in _otherwise(word)})
    return tuple(canonical) if len(canonical) > 1 and word not in spellings() else ()


def find(word: str) -> Found | None:
    """What one word says; None where nobody knows it. Chinese numerals may stand in front."""
    name = spellings().get(word) or spellings().get(word.replace("-", ""))
    if name is None:
        name = next((spellings()[other] for other in _otherwise(word)), None)
    if name is not None:
        return Found(0, name)
    for numeral, ten in _TENS.items():
        if word.startswith(numeral) and not ambiguous(word[len(numeral) :]):
            rest = find(word[len(numeral) :])
            return rest and Found(ten + rest.ten, rest.name)
    return None


def _otherwise(word: str) -> tuple[str, ...]:
    """Known spellings that differ from `word` by case alone without being of another size: mJ
    and pJ are a thousand million times smaller than MJ and more than PJ, so they do not count."""
    return tuple(
        known
        for known in _any_case().get(word.replace("-", "").casefold(), ())
        if not (word[0] in "mp" and known[0] in "MP" and word[1:] == known[1:])
    )


def unknown(text: str, part: str) -> UnitError:
    """The error for a unit of which `part` is not known, with what it may have been meant to be."""
    return UnitError("unit.unknown", unit=text, part=part, nearest=", ".join(nearest(part)))


def nearest(part: str) -> tuple[str, ...]:
    """Canonical names most like `part`, the likest first; the usual ones where none is alike."""
    table = _likely()
    close = difflib.get_close_matches(part.casefold(), table, n=8, cutoff=0.5)
    return tuple(dict.fromkeys(table[word] for word in close))[:4] or FAMILIAR


@cache
def _likely() -> Mapping[str, str]:
    sizes = ("g", "kg", "t", "吨", "千克")
    words: Iterable[str] = [word for name, _, others in definitions() for word in (name, *others)]
    likely = [*words, *(size + word for size in sizes for word in substance_words())]
    return {word.casefold(): spellings()[word].canonical for word in likely}
