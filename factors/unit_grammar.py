"""How a unit is put together: powers of ten, products, quotients, powers, notes in brackets.

What belongs here: the clean-up of characters and the grammar of `GJ/10⁴Nm³` and `kJ/(kg·℃)`.
What does not: the names themselves (`spellings.py`), sizes and dimensions (`units.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from factors.spellings import FAMILIAR, SUBSTANCES, Found, UnitError, ambiguous, find, unknown

LONGEST = 80
"""Characters in a unit; anything longer is a sentence in the wrong column."""

_VOLUMES = {"": "m3", "0C": "Nm3", "20C": "m3_20"}
CONDITIONS = tuple(_VOLUMES)
"""What a bare cubic metre of gas may mean; '' states no condition."""

_PLAIN = frozenset({"-", "ratio", "无量纲", "无单位", "dimensionless"})
_LARGEST_TEN = 12
_LARGEST_POWER = 9
_LENGTHS = frozenset({"m", "km"})

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_CHARACTERS = str.maketrans(
    dict.fromkeys("×✕·⋅∙•・∗", "*")
    | dict.fromkeys("÷∕⁄", "/")
    | dict.fromkeys("–—−‐‑", "-")
    | {"〔": "(", "〕": ")", "[": "(", "]": ")", "μ": "u", "\u200b": "", "\ufeff": ""}
)
# Areas and volumes have names of their own: m^3 is m3, m^-2 is m2^-1.
_SQUARE_OR_CUBE = re.compile(r"(?i)(?<![a-z])(k?m|nm|ft|米)\^(-?)([23])(?!\d)")
_TOKEN = re.compile(
    r"(?P<number>10\^\+?\d{1,2}|\d+(?:,\d{3})*(?:\.\d+)?(?:[eE]\+?\d{1,2}(?!\d))?)"
    r"|\^(?P<power>[+-]?[1-9])(?!\d)"
    r"|(?P<name>[^\d*/^()][^*/^()]*)(?:\((?P<note>[^()]*)\))?"
    r"|(?P<sign>[*/()])"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """10^`ten` × Π name^power; the names are canonical and sorted."""

    ten: int
    powers: tuple[tuple[str, int], ...]


def read(text: str, substance: str, condition: str) -> Reading:
    """What `text` says; raises `UnitError`. A bare mass above the line is of `substance`, a bare
    cubic metre is of gas at `condition`."""
    for code, word, allowed in (
        ("unit.substance", substance, tuple(SUBSTANCES)),
        ("unit.condition", condition, CONDITIONS),
    ):
        if word not in allowed:
            raise UnitError(code, seen=word, allowed=", ".join(map(repr, allowed)))
    cleaned = clean(text[: 2 * LONGEST])
    if not cleaned:
        raise UnitError("unit.missing", nearest=", ".join(FAMILIAR))
    if len(cleaned) > LONGEST:
        raise unknown(text[:LONGEST] + "…", cleaned[:LONGEST])
    if cleaned in _PLAIN:
        return Reading(0, ())
    return _Reader(text.strip(), cleaned, SUBSTANCES[substance], _VOLUMES[condition]).read()


def clean(text: str) -> str:
    """Half-width, without spaces, superscripts as `^n`, products as `*`, ℃ as degC."""
    # Before NFKC, which would turn 10⁴ into 104.
    raised = re.sub(r"[⁰¹²³⁴-⁹⁻⁺]+", lambda run: "^" + run[0].translate(_SUPERSCRIPTS), text)
    plain = unicodedata.normalize("NFKC", raised).translate(_CHARACTERS)
    plain = re.sub(r"\sper\s", "/", plain, flags=re.IGNORECASE)
    plain = "".join(plain.split()).replace("**", "^")
    plain = re.sub(r"°([CF])", r"deg\1", plain)
    plain = _SQUARE_OR_CUBE.sub(_area_or_volume, plain)
    plain = re.sub(r"[xX](?=10)", "*", plain).replace(",101.325kPa", "")
    return plain.removeprefix("*")


def _area_or_volume(found: re.Match[str]) -> str:
    return found[1] + found[3] + ("^-1" if found[2] else "")


class _Reader:
    """One reading of one text by recursive descent; `sign` is -1 below the line."""

    def __init__(self, text: str, cleaned: str, substance: str, volume: str) -> None:
        self.text = text
        self.substance = substance
        self.volume = volume
        self.ten = 0
        self.powers: Counter[str] = Counter()
        self.tokens = self._split(cleaned)
        self.at = 0

    def _split(self, cleaned: str) -> list[re.Match[str]]:
        tokens: list[re.Match[str]] = []
        place = 0
        while place < len(cleaned):
            token = _TOKEN.match(cleaned, place)
            if token is None:
                raise unknown(self.text, cleaned[place:])
            tokens.append(token)
            place = token.end()
        return tokens

    def read(self) -> Reading:
        self._quotient(1)
        powers = tuple(sorted((name, power) for name, power in self.powers.items() if power))
        beyond = any(
            abs(power) > (1 if name in _LENGTHS else _LARGEST_POWER) for name, power in powers
        )
        if self.at < len(self.tokens) or beyond or (self.ten and not powers):
            raise unknown(self.text, self.text)
        if abs(self.ten) > _LARGEST_TEN:
            raise UnitError("unit.number", unit=self.text, number=f"10^{self.ten}")
        return Reading(self.ten, powers)

    def _peek(self, group: str) -> str | None:
        return self.tokens[self.at][group] if self.at < len(self.tokens) else None

    def _take(self, sign: str) -> bool:
        taken = self._peek("sign") == sign
        self.at += taken
        return taken

    def _quotient(self, sign: int) -> None:
        self._product(sign)
        while self._take("/"):
            if self._product(-sign) > 1:
                # kJ/kg·℃ is (kJ/kg)·℃ to some and kJ/(kg·℃) to others.
                raise UnitError("unit.brackets", unit=self.text)

    def _product(self, sign: int) -> int:
        """Read factors up to the next `/`; how many of them are units."""
        units = self._factor(sign)
        while self._take("*") or self._number_before_unit():
            units += self._factor(sign)
        return units

    def _number_before_unit(self) -> bool:
        """10^4Nm3: no sign stands between a number and its unit."""
        follows = self._peek("name") is not None or self._peek("sign") == "("
        return follows and self.tokens[self.at - 1]["number"] is not None

    def _factor(self, sign: int) -> int:
        if self._take("("):
            self._quotient(sign)
            if not self._take(")"):
                raise unknown(self.text, self.text)
            return 1
        if self.at == len(self.tokens) or self._peek("sign") or self._peek("power"):
            raise unknown(self.text, self.text)
        token = self.tokens[self.at]
        self.at += 1
        if token["number"]:
            self.ten += sign * self._exponent(token["number"])
            return 0
        power = self._peek("power")
        self.at += power is not None
        self._unit(token, sign * int(power or 1))
        return 1

    def _exponent(self, number: str) -> int:
        """The exponent of a power of ten; any other number in a unit is a slip."""
        if number.startswith("10^"):
            exponent = int(number[3:])
        else:
            digits, _, tail = number.replace(",", "").lower().partition("e")
            exponent = len(digits) - 1 + int(tail or 0)
            # 10e4 is a hundred thousand to a computer and ten thousand to its writer.
            if digits != "1".ljust(1 if tail else len(digits), "0"):
                exponent = _LARGEST_TEN + 1
        if exponent > _LARGEST_TEN:
            raise UnitError("unit.number", unit=self.text, number=number)
        return exponent

    def _unit(self, token: re.Match[str], power: int) -> None:
        found = self._found(token["name"], token["note"], power)
        self.ten += found.ten * power
        name = found.name.canonical
        if found.name.bare and power > 0:
            name += self.substance
        elif name == "m3":
            name = self.volume
        self.powers[name] += power

    def _found(self, word: str, note: str | None, power: int) -> Found:
        if note is None:
            return self._named(word, power)
        # A note is part of the name, m3(20℃), or says the same unit again, 吨(t).
        joined = find(word + note)
        if joined is not None:
            return joined
        found = self._named(word, power)
        if self._named(note, power) != found:
            raise unknown(self.text, f"{word}({note})")
        return found

    def _named(self, word: str, power: int) -> Found:
        if word == "K" and power < 0:
            word = "degC"  # below the line it is a difference of temperature
        readings = ambiguous(word)
        if readings:
            raise UnitError(
                "unit.ambiguous", unit=self.text, part=word, nearest=", ".join(readings)
            )
        found = find(word)
        if found is None:
            raise unknown(self.text, word)
        return found
