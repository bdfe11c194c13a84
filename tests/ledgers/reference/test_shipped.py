"""What a new ledger is given, once, and what an upgrade may add (合成数据)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest

from factors import messages
from factors.editions import load_editions, shipped_catalogue
from factors.errors import OurFault
from factors.method_files import shipped_texts
from ledgers import journal
from ledgers.reference import (
    PackageChanged,
    bands,
    catalogue,
    edition_versions,
    load_shipped,
    method_editions,
    method_versions,
    policy,
)
from tests.ledgers.reference.conftest import PERSON
from warehouse.connect import Connection

GRID = next(edition for edition in load_editions() if edition.edition == "grid-2023")


def test_a_new_ledger_holds_the_package_to_the_letter(con: Connection) -> None:
    assert catalogue(con).factors == shipped_catalogue().factors
    held = {item.edition: item for item in edition_versions(con)}
    assert {name: item.sha256 for name, item in held.items()} == {
        edition.edition: edition.sha256 for edition in load_editions()
    }
    assert {item.version for item in held.values()} == {1}
    bodies = {item.file_name: item.body for item in method_versions(con)}
    assert bodies == dict(shipped_texts())
    assert {item.sha256 for item in method_versions(con)} == {
        hashlib.sha256(text.encode()).hexdigest() for text in shipped_texts().values()
    }
    assert set(method_editions(con)) == {item.edition for item in method_versions(con)}
    assert bands(con)["", "carbon_content", "tC/GJ"].upper == "0.100"
    assert policy(con).stock_tolerance == Decimal("0.02")
    assert journal.verify_chain(con).findings == ()


def test_a_second_load_adds_nothing(con: Connection) -> None:
    head = journal.head(con)
    loaded = load_shipped(con, PERSON)
    assert loaded.commit is None
    assert loaded.fault is None
    assert (loaded.editions, loaded.methods, loaded.settings) == ((), (), ())
    assert (loaded.bands, loaded.districts, loaded.refused) == (0, 0, ())
    assert journal.head(con) == head


def test_a_changed_package_file_is_refused_and_named(con: Connection) -> None:
    changed = replace(
        GRID,
        sha256="f" * 64,
        factors=tuple(replace(row, value=row.value + 1) for row in GRID.factors),
    )
    loaded = load_shipped(con, PERSON, editions=[changed])
    assert loaded.refused == (GRID.file_name,)
    assert isinstance(loaded.fault, PackageChanged)
    for lang in messages.LANGUAGES:
        assert GRID.file_name in loaded.fault.text(lang)
    assert catalogue(con).factors == shipped_catalogue().factors

    taken = load_shipped(con, PERSON, editions=[changed], new_versions="合成：更正公告")
    assert (taken.editions, taken.refused) == (("grid-2023",), ())
    assert taken.commit is not None
    values = [row.value for row in catalogue(con).factors if row.edition == "grid-2023"]
    assert values == [row.value for row in changed.factors]
    # Both versions are in the ledger now: neither the old file nor the new one is a change.
    assert load_shipped(con, PERSON, editions=[changed, GRID]).commit is None
    earlier = catalogue(con, as_of=taken.commit.recorded_at.replace(year=2000))
    assert earlier.factors == ()


def test_a_new_edition_of_the_package_is_added(empty: Connection) -> None:
    load_shipped(empty, PERSON, editions=[], methods={})
    assert catalogue(empty).factors == ()
    assert load_shipped(empty, PERSON, editions=[GRID], methods={}).editions == ("grid-2023",)
    assert catalogue(empty).factors == GRID.factors


def test_a_changed_method_text_is_refused(con: Connection) -> None:
    name, text = next(iter(shipped_texts().items()))
    loaded = load_shipped(con, PERSON, methods={name: text + "\n# 合成：另一份文本\n"})
    assert loaded.refused == (name,)
    assert all(item.version == 1 for item in method_versions(con))


def test_an_empty_ledger_says_what_it_lacks(empty: Connection) -> None:
    with pytest.raises(OurFault, match="tanzhang init"):
        policy(empty)
