"""Confirming at the door: who, against which page of which file (合成数据)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.doors.desk import HEATING, PERSON, Answer, Desk, run
from tests.ledgers import synthetic_methods

OTHER = "合成复核人"
FACTORS = (
    "edition,publisher,document,carrier,parameter,series,value,unit,enterprise_id,standing,evidence\n"
    f"合成电力,合成,合成数据 (synthetic),electricity,grid_EF,national_average,0.5,kgCO2/kWh,"
    f"{HEATING},reported,合成数据 (synthetic)\n"
)
RULES = (
    "rule_set,version,applies_from,key,value,unit,document,clause,standing\n"
    "合成规则,1,2025-01-01,share,0.5,1,合成数据 (synthetic),,memory\n"
)


def as_other(desk: Desk, *words: object) -> Answer:
    return run(["--home", str(desk.home.path), "--as", OTHER, "--lang", "zh", *map(str, words)])


@pytest.fixture
def document(desk: Desk) -> Path:
    path = desk.inbox / "合成公告.pdf"
    path.write_bytes("合成数据 (synthetic): not a real document".encode())
    return path


@pytest.fixture
def own(desk: Desk) -> Desk:
    path = desk.inbox / "因子.csv"
    path.write_text(FACTORS, encoding="utf-8")
    answer = desk("factors", "import", path)
    assert answer.code == 0, answer
    return desk


def test_a_row_is_official_by_another_person_and_the_file_is_kept(
    own: Desk, document: Path
) -> None:
    words = ("factors", "confirm", "合成电力", "--document", "合成公告", "--page", "第3页")
    refused = own(*words, "--file", document)
    assert refused.code == 2
    assert refused.says(f"由 {PERSON} 导入，不能由同一人确认")
    done = as_other(own, *words, "--file", document, "--json")
    assert done.code == 0, done
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    assert (done.data["rows"], done.data["sha256"]) == (1, digest)
    assert (own.home.sources / digest[:2] / digest / "original.pdf").is_file()
    [row] = own("factors", "show", "合成电力", "--json").data
    assert row["standing"] == "official"
    assert all(part in row["evidence"] for part in ("合成公告", "第3页", OTHER, digest))
    again = as_other(own, *words, "--sha256", digest)
    assert again.code == 2
    assert again.says("已由", OTHER, "确认过")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--document", "合成公告", "--page", "1"), "请二选一"),
        (("--document", "合成公告", "--page", "1", "--sha256", "abc"), "64位十六进制"),
        (("--document", " ", "--page", " ", "--sha256", "0" * 64), "document、page"),
        (
            ("--document", "合成公告", "--page", "1", "--sha256", "0" * 64, "--item", "无"),
            "没有找到",
        ),
        (("--document", "合成公告", "--page", "1", "--file", "/没有/这个.pdf"), "没有"),
    ],
)
def test_what_is_missing_or_wrong_is_said(own: Desk, words: tuple[str, ...], said: str) -> None:
    head = own.head
    answer = as_other(own, "factors", "confirm", "合成电力", *words)
    assert answer.code == 2
    assert answer.says(said), answer
    assert own.head == head


def test_document_and_page_are_due(own: Desk) -> None:
    answer = own("factors", "confirm", "合成电力", "--sha256", "0" * 64)
    assert answer.code == 2


def test_a_name_of_both_kinds_must_say_which(desk: Desk) -> None:
    said = ("--document", "合成", "--page", "1", "--sha256", "0" * 64)
    answer = desk("factors", "confirm", "general-2015", *said)
    assert answer.code == 2
    assert answer.says("--kind")
    desk("factors", "confirm", "general-2015", "--kind", "method_edition", *said)
    assert desk.one("SELECT subject FROM reference.confirmation") == "method_edition"


def test_a_method_edition_is_imported_and_confirmed(desk: Desk) -> None:
    path = desk.inbox / "方法.toml"
    path.write_text(synthetic_methods.text(), encoding="utf-8")
    answer = desk("factors", "import", path, "--json")
    assert answer.code == 0, answer
    assert answer.data["answer"]["undo"][0]["edition"] == synthetic_methods.NAME
    said = ("--document", "合成", "--page", "1", "--sha256", "0" * 64)
    assert desk("factors", "confirm", synthetic_methods.NAME, *said).code == 2
    assert as_other(desk, "factors", "confirm", synthetic_methods.NAME, *said).code == 0
    path.write_text(synthetic_methods.text("official"), encoding="utf-8")
    refused = desk("factors", "import", path, "--reason", "合成")
    assert refused.code == 1
    assert refused.says("文件不能自称")


def test_a_rule_set_is_imported_confirmed_and_shown(desk: Desk) -> None:
    path = desk.inbox / "规则.csv"
    path.write_text(RULES, encoding="utf-8")
    assert desk("rules", "import", path).code == 0
    said = ("--document", "合成", "--page", "1", "--sha256", "0" * 64)
    refused = desk("rules", "confirm", "合成规则", *said)
    assert refused.says("不能由同一人确认")
    done = as_other(desk, "rules", "confirm", "合成规则", "--item", "share", *said, "--json")
    assert (done.code, done.data["rows"]) == (0, 1)
    [row] = desk("rules", "show", "合成规则", "--json").data
    assert (row["value"], row["standing"]) == ("0.5", "official")
    path.write_text(RULES.replace("memory", "official"), encoding="utf-8")
    assert desk("rules", "import", path).code == 1
