from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zipfile import is_zipfile

import openpyxl
import polars as pl
import pytest

from pipelines.sample_city import generate, generate_month, read_manifest
from pipelines.sample_city.__main__ import main
from tests.pipelines.sample_city.conftest import MONTH


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_month_alone_is_the_month_of_the_full_run_byte_for_byte(tmp_path):
    size = {"enterprises": 40, "seed": 7}
    generate(tmp_path / "all", start="2024-12", months=4, **size)
    generate_month(tmp_path / "alone", "2025-02", **size)
    both = _hashes(tmp_path / "all" / "inbox" / "2025-02")
    assert len(both) > 40
    assert _hashes(tmp_path / "alone" / "inbox" / "2025-02") == both


def test_the_full_city_is_the_same_on_every_run(tmp_path, march, city_folder):
    again = generate_month(tmp_path, MONTH)
    assert again == march
    assert _hashes(tmp_path / "inbox") == _hashes(city_folder / "inbox")


def test_another_seed_is_another_city(tmp_path):
    one = generate_month(tmp_path / "1", MONTH, enterprises=20, seed=1)
    two = generate_month(tmp_path / "2", MONTH, enterprises=20, seed=2)
    assert one.totals != two.totals


def test_every_file_of_the_manifest_is_there_with_its_hash(march, city_folder):
    there = {f"inbox/{MONTH}/{path.name}" for path in (city_folder / "inbox" / MONTH).iterdir()}
    assert there == {record.file for record in march.files}
    for record in march.files:
        data = (city_folder / record.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == record.sha256


def test_the_shapes_that_enterprises_send(march):
    shapes = Counter((r.format, r.encoding) for r in march.files if r.kind == "own")
    assert set(shapes) == {
        ("csv", "utf-8"),
        ("csv", "utf-8-sig"),
        ("csv", "gb18030"),
        ("xlsx", ""),
        ("parquet", ""),
    }
    assert len(march.files) == 291
    assert len([r for r in march.files if len(r.sheets) > 1]) > 20


def test_every_file_says_that_it_is_synthetic(march, city_folder):
    for record in march.files:
        path = city_folder / record.file
        assert "合成" in path.name
        if record.kind == "broken":
            continue
        assert "合成数据" in _words(path, record.encoding), record.file


def _words(path: Path, encoding: str) -> str:
    if path.suffix == ".csv":
        return path.read_text(encoding=encoding)
    if path.suffix == ".parquet":
        return str(pl.read_parquet_metadata(path)["title"])
    book = openpyxl.load_workbook(path)
    assert "合成数据" in (book.properties.title or "")
    assert all("合成数据" in (sheet.oddFooter.center.text or "") for sheet in _tables(book))
    return str([list(sheet.values) for sheet in book])


def _tables(book):
    return [sheet for sheet in book if sheet.title != "填报说明"]


def test_a_corrected_file_is_later_by_name_and_by_time(march, city_folder):
    corrected = next(r for r in march.files if r.replaces)
    assert corrected.file > corrected.replaces
    first, second = city_folder / corrected.replaces, city_folder / corrected.file
    assert first.stat().st_mtime < second.stat().st_mtime
    streams = {
        name: [(t.carrier, t.flow, t.period_start) for t in march.totals if t.file == name]
        for name in (corrected.file, corrected.replaces)
    }
    assert streams[corrected.file] == streams[corrected.replaces]
    amounts = {
        name: [t.quantity for t in march.totals if t.file == name]
        for name in (corrected.file, corrected.replaces)
    }
    differing = zip(amounts[corrected.file], amounts[corrected.replaces], strict=True)
    assert sum(a != b for a, b in differing) == 1


def test_a_file_sent_twice_has_the_same_bytes(march):
    again = next(r for r in march.files if r.same_as)
    first = next(r for r in march.files if r.file == again.same_as)
    assert again.sha256 == first.sha256
    assert again.file != first.file


def test_broken_files_are_broken(march, city_folder):
    broken = {m.kind: city_folder / m.file for m in march.mistakes if m.row == 0}
    assert set(broken) == {"empty_file", "cut_workbook", "no_header"}
    assert broken["empty_file"].read_bytes() == b""
    assert not is_zipfile(broken["cut_workbook"])
    assert "数量" not in broken["no_header"].read_text(encoding="gb18030")


def test_a_workbook_looks_like_a_form(march, city_folder):
    record = next(r for r in march.files if r.kind == "district")
    book = openpyxl.load_workbook(city_folder / record.file)
    sheet = book["月报"]
    assert str(sheet["A1"].value) == "2025年3月公共建筑能源消费汇总表（合成数据）"
    width = sheet.max_column
    merged = {str(found) for found in sheet.merged_cells.ranges}
    assert f"A1:{sheet.cell(1, width).coordinate}" in merged
    assert sheet["A1"].font.bold
    assert sheet["A1"].alignment.horizontal == "center"
    assert sheet["B4"].value == "统一社会信用代码"
    assert sheet["B4"].border.left.style == "thin"
    assert sheet.column_dimensions["B"].width >= 18
    assert book.properties.created == datetime(2023, 1, 1, 8, 0)
    assert sheet.cell(4 + record.good + record.bad + 1, 1).value == "合计"


def test_file_times_do_not_depend_on_the_clock(march, city_folder):
    first = city_folder / march.files[0].file
    assert datetime.fromtimestamp(first.stat().st_mtime, UTC) == datetime(2025, 4, 4, 1, tzinfo=UTC)


def test_a_month_that_is_none_is_refused(tmp_path):
    with pytest.raises(ValueError, match="2025-13"):
        generate(tmp_path, enterprises=1, start="2025-13", months=1)


def test_the_command_writes_a_month_and_says_how_much(tmp_path, capsys):
    main([str(tmp_path), "--month", "2025-03", "--enterprises", "20"])
    said = capsys.readouterr().out
    manifest = read_manifest(tmp_path / "manifest" / "2025-03.json")
    assert said.startswith("合成数据 (synthetic): ")
    assert f"{len(manifest.files)} files, {manifest.good_rows} good rows" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "feeds",
        "inbox",
        "manifest",
        "register",
    ]
