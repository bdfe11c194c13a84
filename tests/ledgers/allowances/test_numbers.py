from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.allowances.numbers import (
    BadNumber,
    Block,
    account_number,
    check_digits,
    read_account_number,
    read_block,
    read_unit,
)


def test_printed_account_numbers() -> None:
    # 10000007 3020 100 00 00: U = 30, K = 20, period 00, then 00 for the digits themselves.
    assert 98 - 10000007302010000 * 10**2 % 97 == 26
    assert account_number("UK", 100, 10000007) == "UK-100-10000007-0-26"
    assert account_number("UK", 100, 10000056) == "UK-100-10000056-0-72"


@given(
    identifier=st.integers(10**7, 10**8 - 1),
    place=st.integers(0, 7),
    digit=st.integers(0, 9),
    kind=st.sampled_from([1, 100, 130]),
)
def test_one_wrong_digit_is_found(identifier: int, place: int, digit: int, kind: int) -> None:
    right = account_number("SY", kind, identifier)
    assert read_account_number(f" {right.lower()} ") == right
    written = str(identifier)
    wrong = written[:place] + str(digit) + written[place + 1 :]
    if wrong != written:
        with pytest.raises(BadNumber) as fault:
            read_account_number(right.replace(written, wrong, 1))
        assert fault.value.code == "registry.bad_check_digits"


@given(identifier=st.integers(10**7, 10**8 - 1), place=st.integers(0, 6))
def test_two_digits_exchanged_are_found(identifier: int, place: int) -> None:
    text = str(identifier)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text and swapped[0] != "0":
        assert check_digits("SY", 100, identifier, 0) != check_digits("SY", 100, int(swapped), 0)


def test_splits_count_both_ends() -> None:
    """An inclusive split that is off by one loses a unit or makes one."""
    block = Block("SY-SYA-2025", 0, 10)
    assert block.quantity == 11
    parts = block.split((0, 5), (6, 10))
    assert [part.quantity for part in parts] == [6, 5]
    for wrong in (((0, 5), (5, 10)), ((0, 5), (7, 10)), ((0, 5), (6, 9)), ((0, 5), (6, 11))):
        with pytest.raises(BadNumber) as fault:
            block.split(*wrong)
        assert fault.value.code == "registry.bad_split"


@given(first=st.integers(0, 10**6), sizes=st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_a_split_covers_its_parent(first: int, sizes: list[int]) -> None:
    edges = [first]
    for size in sizes:
        edges.append(edges[-1] + size)
    parent = Block("SY-SYA-2025", first, edges[-1] - 1)
    parts = parent.split(*((a, b - 1) for a, b in pairwise(edges)))
    serials = [n for part in parts for n in range(part.first, part.last + 1)]
    assert serials == list(range(parent.first, parent.last + 1))


def test_written_forms() -> None:
    block = read_block("SY-SYA-2025-000000000001..000000010000")
    assert (block.unit, block.first, block.last) == ("SY-SYA-2025", 1, 10000)
    assert str(block) == "SY-SYA-2025-000000000001..000000010000"
    unit = read_unit("SY-CCER-2024")
    assert (unit.market, unit.unit_type, unit.vintage) == ("SY", "CCER", 2024)
    for wrong in ("SY-SYA-25", "sy-SYA-2025", "SY-SYA-2025-1..2", ""):
        with pytest.raises(BadNumber):
            read_unit(wrong)
    with pytest.raises(BadNumber):
        read_block("SY-SYA-2025-000000000002..000000000001")
