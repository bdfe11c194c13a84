"""Account numbers and serial blocks as people write them (账户号与序列号).

What belongs here: check digits, the written forms and reading them back. What does not: which
accounts and blocks there are (`accounts`, `posting`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from factors.errors import DataFault

DIGITS = 12
"""Digits of a serial number as printed."""

_NUMBER = re.compile(r"([A-Z]{2})-(\d{3})-(\d{8})-(\d{1,2})-(\d{2})")
_UNIT = re.compile(r"([A-Z]{2})-([A-Z][A-Z0-9]{1,7})-(\d{4})")
_BLOCK = re.compile(rf"({_UNIT.pattern})-(\d{{{DIGITS}}})\.\.(\d{{{DIGITS}}})")


class BadNumber(DataFault, ValueError):
    """An account number, unit or block that is not written as it must be; facts: seen."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is (配额品种): market, type, vintage. `str` gives SY-SYA-2025."""

    market: str
    unit_type: str
    vintage: int

    def __str__(self) -> str:
        return f"{self.market}-{self.unit_type}-{self.vintage:04}"


@dataclass(frozen=True, slots=True)
class Block:
    """Units with serial numbers `first` to `last`, both counted (序列段)."""

    unit: str
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise BadNumber("registry.bad_block", seen=f"{self.first}..{self.last}")

    def __str__(self) -> str:
        return f"{self.unit}-{self.first:0{DIGITS}}..{self.last:0{DIGITS}}"

    @property
    def quantity(self) -> int:
        """How many units: both ends count."""
        return self.last - self.first + 1

    def split(self, *parts: tuple[int, int]) -> tuple[Block, ...]:
        """The block cut into `parts` (first, last). Raises BadNumber unless they follow one
        another with no gap and no overlap and cover the whole block."""
        expected = self.first
        for first, last in parts:
            if first != expected or last < first:
                facts = {"block": str(self), "first": first, "last": last, "expected": expected}
                raise BadNumber("registry.bad_split", **facts)
            expected = last + 1
        if expected != self.last + 1:
            facts = {"block": str(self), "first": expected, "last": self.last, "expected": expected}
            raise BadNumber("registry.bad_split", **facts)
        return tuple(Block(self.unit, first, last) for first, last in parts)


def check_digits(registry: str, kind: int, identifier: int, period: int) -> str:
    """The two check digits of an account: 98 − (n mod 97), where n is identifier ‖ registry ‖
    kind ‖ period ‖ 00, letters as numbers A = 10 … Z = 35, the period as two digits."""
    letters = "".join(str(ord(letter) - ord("A") + 10) for letter in registry)
    written = int(f"{identifier}{letters}{kind:03}{period:02}00")
    return f"{98 - written % 97:02}"


def account_number(registry: str, kind: int, identifier: int, period: int = 0) -> str:
    """The number of an account, as UK-100-10000007-0-26."""
    digits = check_digits(registry, kind, identifier, period)
    return f"{registry}-{kind:03}-{identifier:08}-{period}-{digits}"


def read_account_number(text: str) -> str:
    """`text` as a number with the right check digits. Raises BadNumber, which says which digits
    were expected when only they are wrong."""
    written = text.strip().upper()
    match = _NUMBER.fullmatch(written)
    if match is None:
        raise BadNumber("registry.bad_number", seen=text)
    registry, kind, identifier, period, digits = match.groups()
    expected = check_digits(registry, int(kind), int(identifier), int(period))
    if digits != expected:
        raise BadNumber("registry.bad_check_digits", seen=text, expected=expected)
    return written


def read_unit(text: str) -> Unit:
    """SY-SYA-2025 as a unit. Raises BadNumber."""
    match = _UNIT.fullmatch(text.strip())
    if match is None:
        raise BadNumber("registry.bad_unit", seen=text)
    return Unit(match[1], match[2], int(match[3]))


def read_block(text: str) -> Block:
    """SY-SYA-2025-000000000001..000000010000 as a block. Raises BadNumber."""
    match = _BLOCK.fullmatch(text.strip())
    if match is None:
        raise BadNumber("registry.bad_block", seen=text)
    return Block(match[1], int(match[5]), int(match[6]))
