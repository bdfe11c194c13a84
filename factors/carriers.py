"""Energy carriers and materials of the Chinese energy statistics: names, kinds, plausible bands.

What belongs here: what a carrier (能源品种、物料) is called and what may plausibly be said of it.
What does not: factors (`catalogue.py`) and which method a carrier is calculated by (`methods.py`).

The tables are `data/carriers.csv`, `data/carrier_synonyms.csv` and `data/bands.csv`; their headers
say which columns are policy of this product and how the bands were derived.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

KINDS = (
    "coal",
    "coke",
    "oil",
    "gas",
    "electricity",
    "heat",
    "biomass",
    "waste",
    "carbonate",
    "material",
    "product",
)
FUEL_KINDS = frozenset({"coal", "coke", "oil", "gas"})

CARBON_BAND = (Decimal("0.010"), Decimal("0.100"))
"""tC/GJ: outside it a carbon content per heat has slipped by ten; holds for every fossil fuel."""

MASS_FRACTION_BAND = (Decimal(0), Decimal(1))
"""tC/t: a tonne of fuel holds at most a tonne of carbon."""


@dataclass(frozen=True, slots=True)
class Band:
    """What a parameter of a carrier may plausibly be, in `unit`, both ends included."""

    parameter: str
    unit: str
    lower: Decimal
    upper: Decimal

    def holds(self, value: Decimal) -> bool:
        """Whether `value`, in the band's unit, lies inside."""
        return self.lower <= value <= self.upper


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier or material.

    `phase` is solid, liquid, gas or energy. `fuel_group` is the row of the IPCC tables that serves
    it. `conversion` says what a conversion input of it is: 'burned', 'processed' or ''.
    `gas_condition` is what a bare cubic metre means where a text declares it, named in
    `condition_source`. `monthly_limit` (in `limit_unit`) and `stock_tolerance` (a share of the
    closing stock) are policy of this product.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    phase: str
    fuel_group: str = ""
    conversion: str = ""
    gas_condition: str = ""
    condition_source: str = ""
    monthly_limit: Decimal | None = None
    limit_unit: str = ""
    stock_tolerance: Decimal = Decimal(0)
    quantities: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()

    @property
    def is_fuel(self) -> bool:
        """Whether burning it gives fossil CO2."""
        return self.kind in FUEL_KINDS

    def name(self, lang: str = "zh") -> str:
        """The name in `lang`, 'zh' or 'en'."""
        return self.name_en if lang == "en" else self.name_zh

    def bands_of(self, parameter: str) -> tuple[Band, ...]:
        """Bands of a parameter, one for each way of stating it (GJ/t, GJ/Nm3)."""
        return tuple(band for band in self.bands if band.parameter == parameter)


def data_rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV of this package; lines that begin with # are its header for people."""
    text = (files("factors") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _load() -> Iterator[Carrier]:
    synonyms: dict[str, list[str]] = {}
    for row in data_rows("carrier_synonyms.csv"):
        synonyms.setdefault(row["carrier"], []).append(row["synonym"])
    bands: dict[str, list[Band]] = {}
    for row in data_rows("bands.csv"):
        band = Band(row["parameter"], row["unit"], Decimal(row["lower"]), Decimal(row["upper"]))
        bands.setdefault(row["carrier"], []).append(band)
    for row in data_rows("carriers.csv"):
        code = row["code"]
        yield Carrier(
            code=code,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind=row["kind"],
            phase=row["phase"],
            fuel_group=row["fuel_group"],
            conversion=row["conversion"],
            gas_condition=row["gas_condition"],
            condition_source=row["condition_source"],
            monthly_limit=Decimal(row["monthly_limit"]) if row["monthly_limit"] else None,
            limit_unit=row["limit_unit"],
            stock_tolerance=Decimal(row["stock_tolerance"] or 0),
            quantities=tuple(row["quantities"].split()),
            synonyms=tuple(synonyms.get(code, ())),
            bands=tuple(bands.get(code, ())),
        )


CARRIERS: Mapping[str, Carrier] = MappingProxyType({carrier.code: carrier for carrier in _load()})
"""Code → carrier, in the order of the statistics' own lists."""

_LAST_NOTE = re.compile(r"\([^()]*\)(?!.*\()")
_NOT_A_LETTER = re.compile(r"[\s_\-·•,，、/.。:：;；'\"“”‘’\u200b\ufeff]+")
_VARIANTS = str.maketrans({"它": "他", "硷": "碱"})


def plain_name(text: str) -> str:
    """A name as it is compared: half-width, lower case, without spaces and punctuation."""
    narrow = unicodedata.normalize("NFKC", text).replace("〔", "(").replace("〕", ")")
    narrow = narrow.replace("[", "(").replace("]", ")").replace("【", "(").replace("】", ")")
    return _NOT_A_LETTER.sub("", narrow).casefold().translate(_VARIANTS)


@cache
def _index() -> Mapping[str, Carrier]:
    index: dict[str, Carrier] = {}
    for carrier in CARRIERS.values():
        names = (carrier.code, carrier.name_zh, carrier.name_en, *carrier.synonyms)
        for name in names:
            index.setdefault(plain_name(name), carrier)
    return MappingProxyType(index)


def find_carrier(text: str, own: Iterable[Carrier] = ()) -> Carrier | None:
    """The carrier that a person means, by code, name or synonym; None where nobody can tell.

    Full-width letters, spaces, case and a note in parentheses do not matter; a name that means
    something together with its note (焦炉煤气(上限)) is found first. `own` are carriers that a
    user's own edition of factors brought.
    """
    names = _candidates(text)
    for carrier in own:
        known = {plain_name(name) for name in (carrier.code, carrier.name_zh, *carrier.synonyms)}
        if known & set(names):
            return carrier
    index = _index()
    return next((index[name] for name in names if name in index), None)


def _candidates(text: str) -> tuple[str, ...]:
    """The name whole, then without its notes in parentheses, last note first."""
    names = [plain_name(text)]
    while (shorter := _LAST_NOTE.sub("", names[-1])) != names[-1]:
        names.append(shorter)
    return tuple(name for name in names if name)


def nearest(text: str, limit: int = 3) -> tuple[str, ...]:
    """Chinese names of the carriers whose names come nearest to `text`, best first."""
    wanted = (_candidates(text) or ("",))[-1]
    if not wanted:
        return ()
    index = _index()
    close = difflib.get_close_matches(wanted, index.keys(), n=4 * limit, cutoff=0.4)
    inside = sorted(
        (name for name in index if len(name) > 1 and (name in wanted or wanted in name)),
        key=lambda name: abs(len(name) - len(wanted)),
    )
    names = (index[name].name_zh for name in (*inside, *close))
    return tuple(dict.fromkeys(names))[:limit]
