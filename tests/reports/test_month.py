"""The files of a month: the bulletin, all statements, names, whole files."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from factors.quantities import display
from ledgers.emissions.bulletin import bulletin
from reports import files
from reports.bulletin import bulletin_document, bulletin_files, write_bulletin
from reports.document import Table
from reports.files import UnknownFormat, safe_name, write_files
from reports.month import month_reports
from tests.reports import city, readers
from warehouse.connect import Connection


@pytest.fixture(scope="module")
def made(ledger: Connection) -> dict[str, bytes]:
    return dict(bulletin_files(bulletin(ledger, "2025-03")))


def whole(con: Connection) -> Fraction:
    gwp, size = {"CO2": 1, "CH4": 21, "N2O": 310}, {"CO2": 6, "CH4": 9, "N2O": 12}
    sums = city.tonnes(con, "month = '2025-03'")
    return sum((Fraction(sums[name] * gwp[name], 10 ** size[name]) for name in gwp), Fraction(0))


def test_a_month_is_a_bulletin_and_a_statement_for_each(ledger: Connection, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    written = month_reports(
        ledger, "2025-03", tmp_path, progress=lambda name, done: told.append((name, done))
    )
    names = sorted(str(path.relative_to(tmp_path)) for path in written)
    expected = [f"bulletin.{name}" for name in ("html", "json", "pdf", "xlsx")]
    for enterprise_id in (city.FIRST, city.SECOND):
        expected += [f"statements/{enterprise_id}.{name}" for name in ("html", "json")]
    assert names == sorted(expected)
    assert told == [(city.FIRST, 1), (city.SECOND, 2)]
    on_disk = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(on_disk) == sorted(written)


def test_another_language_has_its_own_files(ledger: Connection, tmp_path: Path) -> None:
    found = bulletin(ledger, "2025-03")
    (path,) = write_bulletin(found, tmp_path, formats=["html"], lang="en")
    assert path.name == "bulletin.en.html"
    assert "City emission bulletin" in path.read_text(encoding="utf-8")


def test_an_unknown_format_is_refused_before_anything_is_written(
    ledger: Connection, tmp_path: Path
) -> None:
    with pytest.raises(UnknownFormat) as fault:
        month_reports(ledger, "2025-03", tmp_path / "m", formats=("html", "docx"))
    assert "docx" in fault.value.text("zh")
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("91210102MA0000011E", "91210102MA0000011E"),
        ("../../etc/passwd", "______etc_passwd"),
        ("a/b\\c:d", "a_b_c_d"),
        ("", "_"),
        ("x" * 200, "x" * 80),
    ],
)
def test_file_names_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, "a", {"html": b"old"})

    def broken(_source: str, _target: str) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(files.os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_files(tmp_path, "a", {"html": b"new"})
    assert (tmp_path / "a.html").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.html"]


def test_the_citys_total_is_the_same_everywhere(ledger: Connection, made: dict[str, bytes]) -> None:
    total = whole(ledger)
    shown = display(total, 2, grouped=True)
    page = readers.read_html(made["html"])
    for title in ("按行政区", "按园区", "按行业（GB/T 4754）", "按品种"):
        assert page.tables[title][-1][2] == shown
        rows = readers.xlsx_rows(readers.read_xlsx(made["xlsx"])["合计"], title)
        assert rows[-1][2] == float(total)
        assert sum(Fraction(repr(row[2])) for row in rows[:-1]) == total
    assert shown in readers.read_pdf(made["pdf"])
    (item,) = json.loads(made["json"])["bases"]
    assert Fraction(item["basis"]["total"]["co2e"]) == total
    assert sum(Fraction(group["total"]["co2e"]) for group in item["by_district"]) == total


def test_the_bulletin_says_who_is_late_and_what_was_rejected(made: dict[str, bytes]) -> None:
    page = readers.read_html(made["html"])
    assert page.tables["全部未报（1 家）"][1][:3] == [
        city.NAMES[city.LATE],
        "铁西区",
        "电力、柴油",
    ]
    assert page.tables["退回与提示（按规则）"][1] == [
        "FA-01",
        "没有可用的因子",
        "退回，未入账",
        "1",
        "1",
    ]
    paper = readers.squeezed(readers.read_pdf(made["pdf"]))
    for words in (city.NAMES[city.LATE], "没有可用的因子", city.FILE_NAME):
        assert readers.squeezed(words) in paper


def test_the_worksheet_lists_every_file_and_the_page_only_the_notable(
    ledger: Connection, made: dict[str, bytes]
) -> None:
    title = "文件（按退回行数）"
    rows = readers.xlsx_rows(readers.read_xlsx(made["xlsx"])["未入账"], title)
    names = [str(row[0]).splitlines()[0] for row in rows]
    assert names == [city.FILE_NAME, city.SECOND_FILE]
    assert [row[0] for row in readers.read_html(made["html"]).tables[title][1:]] == [city.FILE_NAME]


def test_a_bulletin_of_nothing(ledger: Connection) -> None:
    files_made = bulletin_files(bulletin(ledger, "2023-01"))
    assert "本期没有入账" in readers.read_html(files_made["html"]).text
    assert json.loads(files_made["json"])["bases"] == []
    assert readers.read_pdf(files_made["pdf"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_have_a_cell_for_each_column(ledger: Connection, lang: str) -> None:
    document = bulletin_document(bulletin(ledger, "2025-03"), lang, pictures=False)
    tables = [b for section in document.sections for b in section.blocks if isinstance(b, Table)]
    assert len(tables) > 10
    for table in tables:
        for row in table.rows:
            assert row.kind == "group" or len(row.cells) == len(table.columns)
