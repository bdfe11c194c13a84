"""Nothing is official but by a person, a document, a page and a hash (合成数据)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from factors.editions import load_editions
from factors.method_files import shipped_texts
from ledgers import journal
from ledgers.reference import (
    ConfirmationFault,
    catalogue,
    confirm,
    confirmations,
    import_edition,
    import_rule_set,
    method_editions,
    rule_set,
)
from ledgers.reference.confirmations import SamePerson
from ledgers.reference.method_import import import_method_edition
from tests.ledgers import synthetic_methods
from tests.ledgers.reference.conftest import PERSON, SHA, factor
from warehouse.connect import Connection, DatabaseError

ROOT = Path(__file__).parents[3]
OTHER = "合成·李四"
SAID = {"document": "合成公告", "page": "第3页", "document_sha256": "0" * 64}


def standings(con: Connection, edition: str = "合成版") -> list[str]:
    return [row.standing for row in catalogue(con).factors if row.edition == edition]


@pytest.fixture
def own(con: Connection) -> Connection:
    """An edition of two rows that PERSON imported."""
    rows = [factor(factor_id="r1"), factor(factor_id="r2", carrier="褐煤", standing="suspect")]
    answer = import_edition(con, rows, person=PERSON, source_sha=SHA["a"])
    assert not answer.rejected
    return con


def test_whoever_imported_does_not_confirm(own: Connection) -> None:
    for person in (PERSON, f" {PERSON} "):
        with pytest.raises(SamePerson) as refused:
            confirm(own, "factor", "合成版", "r1", person=person, **SAID)
        assert PERSON in refused.value.text("zh")
    assert standings(own) == ["reported", "suspect"]
    made = confirm(own, "factor", "合成版", "r1", person=OTHER, **SAID)
    assert made.facts["entered_by"] == PERSON
    assert standings(own) == ["official", "suspect"]
    assert journal.verify_chain(own).good


def test_the_database_holds_the_two_persons_apart(own: Connection) -> None:
    with pytest.raises(DatabaseError, match="CHECK"):
        own.execute(
            "INSERT INTO reference.second_person VALUES "
            "(9, 0, 'factor', '合成版', 1, '', 'Wang', ' wang ')"
        )


def test_a_confirmation_without_its_second_person_gives_nothing(own: Connection) -> None:
    """Written past the code: the row is there, the standing is not."""
    own.execute(
        "INSERT INTO reference.confirmation VALUES "
        "((SELECT max(commit_no) FROM journal.commit), 0, 'factor', '合成版', 1, '', ?, ?, ?, ?)",
        [PERSON, *SAID.values()],
    )
    assert confirmations(own) == ()
    assert standings(own) == ["reported", "suspect"]
    assert not journal.verify_chain(own).good


def test_confirming_twice_and_a_suspect_row(own: Connection) -> None:
    confirm(own, "factor", "合成版", "r1", person=OTHER, **SAID)
    with pytest.raises(ConfirmationFault) as refused:
        confirm(own, "factor", "合成版", "r1", person=OTHER, **SAID)
    assert (refused.value.code, refused.value.facts["page"]) == ("reference.confirmed", "第3页")
    confirm(own, "factor", "合成版", "r1", person="合成·王五", **SAID)
    assert [item.person for item in confirmations(own)] == [OTHER, "合成·王五"]
    with pytest.raises(ConfirmationFault) as suspect:
        confirm(own, "factor", "合成版", "r2", person=OTHER, **SAID)
    assert suspect.value.code == "reference.suspect"


def test_what_was_shipped_needs_one_person(con: Connection) -> None:
    confirm(con, "factor", "grid-2023", "G0147", person=PERSON, **SAID)
    assert standings(con, "grid-2023").count("official") == 1


@pytest.mark.parametrize("sha256", ["", "0" * 63, "g" * 64, "0" * 65])
def test_a_hash_has_64_digits(con: Connection, sha256: str) -> None:
    given = SAID | {"document_sha256": sha256}
    with pytest.raises(ConfirmationFault):
        confirm(con, "factor", "grid-2023", "G0147", person=PERSON, **given)


def rule(**changes: str) -> dict[str, str]:
    return {
        "rule_set": "合成规则",
        "version": "1",
        "applies_from": "2025-01-01",
        "key": "share",
        "value": "0.5",
        "unit": "1",
        "document": "合成文件",
        "clause": "",
        "standing": "memory",
    } | changes


def test_no_import_brings_an_official_row(con: Connection) -> None:
    head = journal.head(con)
    sent: list[Any] = [
        import_edition(
            con, [factor(standing="official")], person=PERSON, source_sha=SHA["a"]
        ).rejected,
        import_rule_set(
            con, [rule(standing="official")], person=PERSON, source_sha=SHA["b"]
        ).rejected,
    ]
    for standing, own_standing in (("official", "memory"), ("memory", "official")):
        text = synthetic_methods.text(standing, own_standing)
        sent.append(import_method_edition(con, text, person=PERSON).rejected)
    assert all("official" in str(fault.fault.facts) for faults in sent for fault in faults)
    assert all(sent)
    assert journal.head(con) == head
    for table in ("factor", "rule"):
        with pytest.raises(DatabaseError, match=r"CHECK|NOT NULL"):
            con.execute(f"INSERT INTO reference.{table} BY NAME SELECT 'official' AS standing")


def test_no_file_that_is_shipped_says_official() -> None:
    assert {row.standing for e in load_editions() for row in e.factors}.isdisjoint({"official"})
    claimed = re.compile(r"""^\s*standing\s*=\s*["']official""", re.MULTILINE)
    assert [name for name, text in shipped_texts().items() if claimed.search(text)] == []


def test_the_word_is_put_in_only_where_a_confirmation_is_read() -> None:
    """Every place of the program that can set the standing."""
    setting = re.compile(r"""standing["']?\s*[=:]\s*["']official["']""")
    rooms = ("factors", "ledgers", "reports", "pipelines", "portal", "warehouse")
    found = {
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for kind in ("*.py", "*.sql", "*.toml", "*.csv")
        for path in (ROOT / room).rglob(kind)
        if setting.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "ledgers/reference/confirmations.py",
        "ledgers/reference/editions.py",
        "ledgers/reference/rule_sets.py",
    }


def test_a_method_edition_is_imported_confirmed_and_undone(con: Connection) -> None:
    text = synthetic_methods.text()
    answer = import_method_edition(con, text, person=PERSON)
    assert (answer.accepted, answer.rejected) == (1, ())
    assert import_method_edition(con, text, person=PERSON).commit is None
    with pytest.raises(SamePerson):
        confirm(con, "method_edition", "合成方法-1", person=PERSON, **SAID)
    confirm(con, "method_edition", "合成方法-1", person=OTHER, **SAID)
    assert method_editions(con)["合成方法-1"].standing == "official"
    [undo] = answer.undo
    refused = import_method_edition(con, undo["toml"], person=PERSON)
    assert [item.fault.code for item in refused.rejected] == ["reference.edition_known"]
    import_method_edition(con, undo["toml"], person=PERSON, new_version="合成：撤回")
    held = method_editions(con)["合成方法-1"]
    assert (held.state, held.standing) == ("draft", "reported")


def test_a_rule_set_is_undone_by_what_its_import_answers(con: Connection) -> None:
    import_rule_set(con, [rule()], person=PERSON, source_sha=SHA["a"])
    rows = [rule(version="2", value="0.6"), rule(version="2", key="neu", value="1")]
    answer = import_rule_set(con, rows, person=PERSON, source_sha=SHA["b"])
    day = date(2026, 1, 1)
    held = {key: row.value for key, row in rule_set(con, "合成规则", day).items()}
    assert held == {"share": "0.6", "neu": "1"}
    back = import_rule_set(con, answer.undo, person=PERSON, source_sha=SHA["c"])
    assert not back.rejected, back.rejected
    assert {key: row.value for key, row in rule_set(con, "合成规则", day).items()} == {
        "share": "0.5"
    }
