"""Editions that users bring, and confirmations: the only way to 'official' (合成数据)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from factors import messages
from factors.catalogue import Factor
from ledgers import journal
from ledgers.reference import (
    Answer,
    Change,
    ConfirmationFault,
    catalogue,
    confirm,
    confirmations,
    edition_versions,
    import_edition,
    method_editions,
    own_carriers,
)
from tests.ledgers.reference.conftest import CODE, PERSON, SHA, factor
from warehouse.connect import Connection, DatabaseError

GRID_ROW = "G0147"


def send(con: Connection, *rows: dict[str, Any], sha: str = "a", **options: Any) -> Answer:
    return import_edition(
        con, rows, person=PERSON, source_sha=SHA[sha], file_name="合成.csv", **options
    )


def own(con: Connection) -> list[Factor]:
    return [row for row in catalogue(con).factors if row.edition == "合成版"]


def test_an_edition_is_imported_with_its_printed_digits(con: Connection) -> None:
    answer = send(con, factor())
    assert (answer.rows_read, answer.accepted, answer.rejected) == (1, 1, ())
    [held] = own(con)
    assert (held.carrier, held.parameter, str(held.value)) == ("bituminous", "NCV", "22.50")
    assert (held.table, held.region, held.standing) == ("own", "CN", "reported")
    assert (held.enterprise_id, held.valid_from) == (CODE, date(2025, 1, 1))
    assert [item.origin for item in edition_versions(con) if item.edition == "合成版"] == [
        "imported"
    ]
    assert journal.verify_chain(con).findings == ()


def test_chinese_headers_and_evidence_for_all_rows(con: Connection) -> None:
    row = {
        "版本": "合成版",
        "发布机构": "合成研究所",
        "发布文件": "合成报告",
        "能源品种": "天然气",
        "参数": "CO2_EF",
        "数值": "53.06",
        "单位": "kgCO2/mmBtu",
    }
    assert send(con, row, evidence="合成附件-1").rejected == ()
    [held] = own(con)
    assert (held.carrier, held.unit, held.evidence) == ("natural_gas", "kgCO2/mmBtu", "合成附件-1")


def test_an_own_carrier_needs_its_kind(con: Connection) -> None:
    refused = send(con, factor(carrier="合成生物油"))
    assert refused.reasons() == {"edition.carrier": 1}
    assert send(con, factor(carrier="合成生物油", kind="biomass", phase="liquid")).accepted == 1
    [held] = own_carriers(con)
    assert (held.code, held.kind, held.phase) == ("合成生物油", "biomass", "liquid")


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"standing": "official"}, "standing"),
        ({"value": "1,234"}, "value"),
        ({"unit": "tC/GJ"}, "unit"),
        ({"unit": "车"}, "unit"),
        ({"table": "grid"}, "table"),
        ({"edition": ""}, "edition"),
        ({"evidence": ""}, "evidence"),
        ({"lower": "23", "upper": "24"}, "value"),
    ],
)
def test_a_faulty_edition_is_refused_whole(
    con: Connection, changes: dict[str, str], column: str
) -> None:
    before = journal.head(con)
    answer = send(con, factor(row_no=5), factor(carrier="褐煤", row_no=6, **changes))
    assert [(fault.row_no, fault.column) for fault in answer.rejected] == [(6, column)]
    assert (answer.accepted, answer.commit) == (0, None)
    for lang in messages.LANGUAGES:
        assert "{" not in answer.rejected[0].text(lang)
    assert journal.head(con) == before


def test_a_file_holds_one_edition(con: Connection) -> None:
    rows = (factor(), factor(carrier="褐煤"), factor(carrier="无烟煤", edition="另一版"))
    answer = send(con, *rows)
    assert [(f.row_no, f.fault.code) for f in answer.rejected] == [(3, "reference.two_editions")]


def test_known_content_is_never_altered_without_a_reason(con: Connection) -> None:
    send(con, factor())
    again = send(con, factor())
    assert (again.accepted, again.unchanged, again.commit) == (1, 1, None)
    other = send(con, factor(value="22.51"), sha="b")
    assert other.reasons() == {"reference.edition_known": 1}
    assert [str(row.value) for row in own(con)] == ["22.50"]

    taken = send(con, factor(value="22.51"), sha="b", new_version="合成：复检")
    [change] = taken.changes
    assert (change.column, change.old, change.new) == ("value", "22.50", "22.51")
    assert [row["value"] for row in taken.undo] == ["22.50"]
    assert [str(row.value) for row in own(con)] == ["22.51"]
    undone = send(con, *[dict(row) for row in taken.undo], sha="c", new_version="合成：撤回")
    assert isinstance(undone.changes[0], Change)
    assert [str(row.value) for row in own(con)] == ["22.50"]
    assert taken.commit is not None
    then = catalogue(con, as_of=taken.commit.recorded_at)
    assert [str(row.value) for row in then.factors if row.edition == "合成版"] == ["22.51"]


def test_a_first_version_is_undone_by_a_file_without_rows(con: Connection) -> None:
    assert send(con, factor()).undo == ()
    answer = send(con, sha="b", edition="合成版", new_version="合成：撤回")
    assert [(change.old, change.new) for change in answer.changes] == [("22.50", "")]
    assert own(con) == []


def test_implausible_values_are_taken_and_shown(con: Connection) -> None:
    row = factor(parameter="carbon_content_per_heat", value="0.2618", unit="tC/GJ")
    answer = send(con, row)
    assert answer.accepted == 1
    assert [finding.code for finding in answer.findings] == ["check.carbon_band"]


def confirmed(con: Connection, **changes: str) -> journal.Commit:
    said = {
        "person": "合成·王五",
        "document": "合成公告",
        "page": "第3页",
        "document_sha256": "0" * 64,
    }
    item = changes.pop("item", GRID_ROW)
    return confirm(con, "factor", "grid-2023", item, **{**said, **changes})


def test_a_confirmation_makes_one_row_official_from_then_on(con: Connection) -> None:
    made = confirmed(con)
    rows = {row.factor_id: row for row in catalogue(con).factors if row.edition == "grid-2023"}
    assert [key for key, row in rows.items() if row.standing == "official"] == [GRID_ROW]
    assert "合成公告, 第3页, 合成·王五" in rows[GRID_ROW].evidence
    earlier = catalogue(con, as_of=made.recorded_at - timedelta(microseconds=1))
    assert {row.standing for row in earlier.factors} >= {"transcribed"}
    assert "official" not in {row.standing for row in earlier.factors}
    assert [item.person for item in confirmations(con)] == ["合成·王五"]


@pytest.mark.parametrize("missing", ["person", "document", "page", "document_sha256"])
def test_nothing_is_official_without_all_four(con: Connection, missing: str) -> None:
    with pytest.raises(ConfirmationFault, match=missing):
        confirmed(con, **{missing: "  "})
    assert confirmations(con) == ()
    row = {"person": "a", "document": "a", "page": "a", "document_sha256": "0" * 64, missing: ""}
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute(
            "INSERT INTO reference.confirmation VALUES (9, 0, 'factor', 'a', 1, '', ?, ?, ?, ?)",
            [row["person"], row["document"], row["page"], row["document_sha256"]],
        )


def test_a_hash_must_be_one_and_the_row_must_exist(con: Connection) -> None:
    with pytest.raises(ConfirmationFault, match="64 hex"):
        confirmed(con, document_sha256="abc")
    with pytest.raises(ConfirmationFault, match="nothing to confirm"):
        confirmed(con, item="无此行")


def test_the_ledger_cannot_hold_an_official_row(con: Connection) -> None:
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute("UPDATE reference.factor SET standing = 'official' WHERE factor_id = 'G0147'")


def test_a_new_version_must_be_confirmed_again(con: Connection) -> None:
    send(con, factor(factor_id="r1"))
    said = {"person": "甲", "document": "合成公告", "page": "1", "document_sha256": "0" * 64}
    confirm(con, "factor", "合成版", **said)
    assert [row.standing for row in own(con)] == ["official"]
    send(con, factor(factor_id="r1", value="22.6"), sha="b", new_version="合成：复检")
    assert [row.standing for row in own(con)] == ["reported"]


def test_a_method_edition_is_confirmed_as_a_whole(con: Connection) -> None:
    said = {"person": "甲", "document": "合成公告", "page": "1", "document_sha256": "0" * 64}
    confirm(con, "method_edition", "general-2015", **said)
    held = method_editions(con)
    assert {name for name, item in held.items() if item.standing == "official"} == {"general-2015"}
    with pytest.raises(ConfirmationFault, match="nothing to confirm"):
        confirm(con, "method_edition", "无此版本", **said)


def test_a_suspect_row_stays_suspect(con: Connection) -> None:
    suspect = next(row for row in catalogue(con).factors if row.standing == "suspect")
    said = {"person": "甲", "document": "合成公告", "page": "1", "document_sha256": "0" * 64}
    confirm(con, "factor", suspect.edition, **said)
    held = {row.key: row for row in catalogue(con).factors}
    assert held[suspect.key] == replace(suspect, value=Decimal(suspect.value))
