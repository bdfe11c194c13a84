"""What a file is, and what is refused before a cell is read."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.containers import Limits
from pipelines.intake.staging import stage, stage_in, staged_temporarily
from pipelines.intake.typed import type_rows
from pipelines.intake.wording import sentence
from tests.pipelines.intake.conftest import CODE, HEADER, lines, row
from warehouse.connect import Home

GOOD = lines(row(), row(数量="20"))


def whole_file(found) -> tuple[str, str]:
    """Rule and why of the one fault of a file that was not read."""
    assert found.rows == []
    (fault,) = found.faults
    assert (fault["row_no"], fault["severity"]) == (0, "E")
    for lang in ("zh", "en"):
        words = sentence(fault, lang)
        assert "{" not in words
        assert found.typed.staged.name in words
    return fault["rule"], found.facts()["why"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(read, encoding: str, delimiter: str) -> None:
    found = read(GOOD.replace(",", delimiter).encode(encoding))
    assert [r["quantity"] for r in found.rows] == [10, 20]
    assert found.rows[0]["enterprise_name"] == "示例企业"
    assert found.faults == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read, end: str) -> None:
    found = read(GOOD.replace("\n", end))
    assert [(r["row_no"], r["unit"]) for r in found.rows] == [(2, "吨"), (3, "吨")]


def test_gb18030_beyond_gbk(read) -> None:
    found = read(lines(row(企业名称="㐀䶮厂")).encode("gb18030"))
    assert [r["enterprise_name"] for r in found.rows] == ["㐀䶮厂"]
    assert found.typed.staged.encoding == "gb18030"


def test_broken_bytes_are_placed(read) -> None:
    content = GOOD.encode() + b"91210100,\xff\xff\xff"
    assert whole_file(read(content)) == ("IN-01", "encoding")
    facts = read(content).facts()
    assert (facts["detail"], facts["line"]) == (str(len(GOOD.encode()) + 9), 4)


def test_one_bad_byte_in_utf8_is_not_read_as_gb18030(read) -> None:
    content = GOOD.encode() + "沈阳".encode()[:-1] + b"\xff,x\n"
    assert whole_file(read(content)) == ("IN-01", "encoding")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_files(read, content: bytes) -> None:
    assert whole_file(read(content)) == ("IN-01", "empty")


def test_a_header_and_nothing_below(read) -> None:
    found = read(",".join(HEADER) + "\n")
    assert (found.rows, found.faults, found.typed.rows_read) == ([], [], 0)


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.csv"])
def test_a_web_page_by_another_name(read, name: str) -> None:
    page = "<html><table><tr><td>能源</td></tr></table></html>"
    assert whole_file(read(page, name=name)) == ("IN-01", "html")


def test_other_kinds_of_file(read) -> None:
    assert whole_file(read(b"%PDF-1.7 ...", name="a.xlsx")) == ("IN-01", "not_a_table")
    assert whole_file(read(b"a\x00b" * 50)) == ("IN-01", "not_a_table")


def test_an_unclosed_quotation_mark_loses_no_row(read) -> None:
    assert whole_file(read(lines(row(企业名称='"甲'), row(), row()))) == ("IN-01", "quotes")
    swallowed = lines(row(企业名称='"甲'), row(), row(企业名称='乙"'))
    assert whole_file(read(swallowed)) == ("IN-01", "quotes")


def test_a_quotation_mark_inside_a_cell_is_harmless(read) -> None:
    found = read(lines(row(企业名称='3"管道公司')))
    assert [r["enterprise_name"] for r in found.rows] == ['3"管道公司']


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(read) -> None:
    bomb = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 60_000_000})
    assert len(bomb) < 100_000
    found = read(bomb, name="a.xlsx")
    assert whole_file(found) == ("IN-01", "bomb")
    assert ": 1" in sentence(found.faults[0], "en")


def test_a_large_archive_is_refused_by_its_ratio_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    parts = {f"xl/worksheets/sheet{n}.xml": b"0" * 20_000_000 for n in range(3)}
    path.write_bytes(archive({"xl/workbook.xml": b"<x/>", **parts}))
    refusal = stage_in(tmp_path, path).refusal
    assert refusal.facts["why"] == "bomb"
    assert refusal.facts["limit"] == "100 : 1"


def test_archives_of_many_entries_or_too_much(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(archive({f"{i}": b"x" for i in range(20)}))
    many = stage_in(tmp_path, path, limits=Limits(entries=10)).refusal
    much = stage_in(tmp_path, path, limits=Limits(unpacked_bytes=10)).refusal
    large = stage_in(tmp_path, path, limits=Limits(workbook_bytes=10)).refusal
    assert [fault.facts["why"] for fault in (many, much, large)] == ["bomb", "bomb", "too_large"]


def test_an_entry_that_unpacks_to_more_than_it_declares_is_refused(read) -> None:
    content = archive({"xl/workbook.xml": b"<x/>", "big": b"0" * 1_000_000})
    size = (1_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    found = read(content.replace(size, (1000).to_bytes(4, "little")), name="a.xlsx")
    assert whole_file(found) == ("IN-01", "damaged")


def test_an_archive_of_something_else(read) -> None:
    assert whole_file(read(archive({"a.png": b"x"}), name="a.xlsx")) == ("IN-01", "not_a_workbook")


def test_a_truncated_workbook(read, workbook) -> None:
    content = workbook(表=[HEADER, row()]).read_bytes()
    assert whole_file(read(content[:-200], name="a.xlsx")) == ("IN-01", "damaged")


def test_parquet_with_floats(read, tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "enterprise_id": [CODE] * 3,
            "carrier": ["electricity"] * 3,
            "period": ["2025-03"] * 3,
            "quantity": [0.1 + 0.2, 5.0, float("nan")],
            "unit": ["kWh"] * 3,
        }
    ).write_parquet(tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")
    assert [(r["row_no"], r["quantity_text"], r["from_float"]) for r in found.rows] == [
        (1, "0.3", True),
        (2, "5", True),
    ]
    assert found.rules() == [(3, "quantity", "IN-03")]


def test_a_path_as_a_file_name_goes_nowhere(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = tmp_path / "..%2f..%2fetc;rm -rf 能源.csv"
    path.write_text(GOOD)
    staged = stage(home, path)
    assert type_rows(staged).rows_typed == 2
    assert {p.parent for p in home.sources.rglob("*") if p.is_file()} == {staged.folder}


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    with staged_temporarily(path) as staged:
        folder = staged.folder
        assert type_rows(staged).rows_typed == 2
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == [path]


def test_a_200_mb_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    line = (",".join(row(企业名称="合成数据企业" * 20)) + "\n").encode()
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        block, count = line * 1000, 0
        while file.tell() < 200 * 1024 * 1024:
            file.write(block)
            count += 1000
    script = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from pipelines.intake.staging import stage_in
        from pipelines.intake.typed import type_rows
        typed = type_rows(stage_in(Path(sys.argv[1]), Path(sys.argv[2])))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(typed.rows_typed, typed.rows_faulty, peak)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    typed, faulty, peak = map(int, done.stdout.split())
    assert (typed, faulty) == (count, 0)
    assert peak < 2_500
