"""Green finance at the command line: catalogues, packages, tags, reports. 合成数据 (synthetic)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.doors.desk import PERSON, Desk

CATALOGUE = Path(__file__).parents[2] / "factors" / "data" / "catalogues"


def test_the_list_says_what_is_complete_before_there_is_a_ledger(tmp_path):
    answer = Desk(tmp_path)("finance", "catalogue", "list", "--json")
    found = {row["edition"]: row for row in answer.data}
    assert found["GFSPC-2025"]["complete"]
    assert found["GFSPC-2025"]["activity_lines"] == 1037
    assert not found["GBEPC-2021"]["complete"]
    assert found["GBEPC-2021"]["extent"] == "203 of 204"


def test_an_entry_is_found_shown_and_suggested_with_a_warning_that_it_is_no_tag(tmp_path):
    desk = Desk(tmp_path)
    found = desk("finance", "catalogue", "find", "热电联产", "--json").data
    assert found[0]["name_zh"] == "热电联产"
    shown = desk("finance", "catalogue", "show", "GFSPC-2025", "6.4.2")
    assert shown.code == 0
    assert shown.says("海绵城市建设和运营", "物业管理", "code cell blank in the PDF")
    answer = desk("finance", "catalogue", "suggest", "法库县风力发电场", "--industry", "4415")
    assert answer.says("风力发电设施建设和运营", "只是建议", "不能证明")


def test_an_unknown_edition_or_code_ends_with_code_1_and_says_what_there_is(tmp_path):
    desk = Desk(tmp_path)
    for words in (("GFSPC-2099",), ("GFSPC-2025", "99.9.9")):
        answer = desk("finance", "catalogue", "show", *words)
        assert answer.code == 1
        assert "GFSPC-2025" in answer.err


def test_the_applicable_edition_is_said_with_its_line_and_who_chooses(tmp_path):
    desk = Desk(tmp_path)
    words = ("finance", "catalogue", "applies", "bond", "--filed", "2025-07-01")
    found = desk(*words, "--approved", "2025-08-20", "--json").data
    assert found == {"line": 6, "editions": ["GBEPC-2021", "GFSPC-2025"], "chooser": "issuer"}
    assert desk("finance", "catalogue", "applies", "bond", "--filed", "July").code == 1


def _official(rows: list[dict[str, str]], path: Path) -> Path:
    """A table as an operator would bring it: Chinese headers, a title above."""
    header = ["代码", "级别", "上级代码", "名称", "行业代码", "标准"]
    names = ["code", "level", "parent", "name_zh", "industry_codes", "standards"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["官方目录表（合成：测试用）"])
    writer.writerow(header)
    writer.writerows([[row[name] for name in names] for row in rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def test_an_official_table_is_taken_whole_or_not_at_all(desk: Desk, tmp_path):
    with (CATALOGUE / "green_industry_2019.csv").open(encoding="utf-8-sig") as file:
        rows = [row | {"industry_codes": ""} for row in csv.DictReader(file)]
    words = ("finance", "catalogue", "import")
    options = ("--edition", "GIGC-2019", "--document", "发改环资〔2019〕293号 附件")
    before = desk.head
    short = _official(rows[:-1], tmp_path / "short.csv")
    answer = desk(*words, short, *options)
    assert answer.code == 1
    assert answer.says("应有 211 项，表中有 210 项")
    assert desk.head == before, "nothing was taken"
    whole = _official(rows, tmp_path / "whole.csv")
    made = desk(*words, whole, *options, "--json")
    assert (made.code, made.data["version"], made.data["complete"]) == (0, 1, True)
    assert desk.one("SELECT count(*) FROM finance.catalogue_entry") == 247
    again = desk(*words, whole, *options, "--json").data
    assert again["seen_before"]
    assert desk.one("SELECT count(*) FROM finance.catalogue_entry") == 247
    rows[10]["standards"] = "改动"
    other = _official(rows, tmp_path / "other.csv")
    assert desk(*words, other, *options).code == 2
    assert desk(*words, other, *options, "--reason", "补标准").code == 0
    shown = desk("finance", "catalogue", "show", "GIGC-2019", rows[10]["code"], "--json").data
    assert shown["entries"][0]["standards"] == "改动"
    assert desk("verify").code == 0


def test_a_file_without_a_table_is_refused_with_what_a_table_needs(desk: Desk, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("只是一段说明\n没有表\n", encoding="utf-8")
    options = ("--edition", "GIGC-2019", "--document", "x")
    answer = desk("finance", "catalogue", "import", path, *options)
    assert answer.code == 1
    assert "notes.csv" in answer.err


def test_a_crossing_carries_its_reviewer_and_needs_loaded_codes(desk: Desk):
    words = ("finance", "catalogue", "cross")
    ends = ("PBOC-GL-2019:PBOCGC2020010101", "CBIRC-GF-2020:CBIRCGC20B01010100")
    assert desk(*words, *ends, "--relation", "exact", "--reason", "条件逐条比对").code == 0
    assert desk.rows("SELECT relation, reviewed_by FROM finance.crossing") == [("exact", PERSON)]
    assert desk(*words, *ends, "--relation", "same", "--reason", "x").code == 2
    wrong = ("PBOC-GL-2019:PBOCGC2020999999", ends[1])
    assert desk(*words, *wrong, "--relation", "exact", "--reason", "x").code == 1
