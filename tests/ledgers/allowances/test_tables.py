from __future__ import annotations

import pytest

from ledgers.allowances.tables import (
    BadTable,
    UnknownType,
    read_kinds,
    read_types,
    read_vintages,
    shipped,
)

KINDS = read_kinds(shipped("account_kinds"))
TYPES = read_types(shipped("transaction_types"), KINDS)


def test_what_the_table_must_say() -> None:
    """Spot checks that a slip in the data file would break."""
    types = TYPES.types
    assert types["release"].proposes == ("bank",)
    assert set(types["release"].approves) == {"bank", "registry"}
    assert types["transfer"].delay_hours == 24
    assert types["trade_lock"].approvals == 0
    assert [code for code, row in types.items() if row.issues] == [
        "issue",
        "offset_issue",
        "take_over",
        "carry_over_reissue",
    ]
    final = {"surrender", "cancelled", "cancelled_voluntarily", "expired", "offset_retired"}
    leaving = {code for code, row in types.items() if final & set(row.sources)}
    assert leaving == {"surrender_reversal"}
    assert types["surrender_reversal"].refers == ("surrender", "forced_surrender")
    assert types["surrender_reversal"].window_hours == 720
    assert "offset" not in types["surrender"].units


def test_numbers_of_kinds_are_unique_and_one_is_negative() -> None:
    codes = [kind.code for kind in KINDS.kinds.values()]
    assert len(set(codes)) == len(codes)
    assert KINDS.kinds["operator"].code == 100


@pytest.mark.parametrize(
    ("vintage", "year", "pays"),
    [
        (2024, 2024, True),
        (2023, 2024, True),
        (2024, 2025, False),
        (2025, 2025, True),
        (2025, 2027, True),
        (2026, 2025, False),
        (2024, 2023, False),
    ],
)
def test_vintages(vintage: int, year: int, pays: bool) -> None:
    assert read_vintages(shipped("vintages")).pays(vintage, year) is pays


def test_a_table_that_names_what_does_not_exist() -> None:
    text = shipped("transaction_types")
    for right, wrong in (
        ('from = ["issuance"]', 'from = ["isuance"]'),
        ('to_position = "pledged"', 'to_position = "plegded"'),
        ('proposes = ["bank"]', 'proposes = ["banker"]'),
        ('needs = ["link"]', 'needs = ["licence"]'),
        ('refers = ["pledge"]', 'refers = ["plegde"]'),
    ):
        assert right in text
        with pytest.raises(BadTable):
            read_types(text.replace(right, wrong, 1), KINDS)
    with pytest.raises(UnknownType):
        TYPES.find("gift")
