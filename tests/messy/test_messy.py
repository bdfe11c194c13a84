"""Reads every file of this folder and compares with the expectation that lies beside it.

The expectations were written by hand from the published formats, before the reader was seen; see
README.md. Only `read` and `parts` below know the reader.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stdnum.cn import uscc

from pipelines.checking import check_file
from pipelines.intake.staging import stage, stage_in
from pipelines.intake.typed import Typed, type_rows
from warehouse.home import Home

HERE = Path(__file__).parent
SUFFIX = ".expected.json"
FILES = sorted(path.name.removesuffix(SUFFIX) for path in HERE.glob("*" + SUFFIX))
PERIOD = {"period", "period_start", "period_end"}
MEASURED = (
    "ncv",
    "carbon_content",
    "elemental_carbon",
    "oxidation_rate",
    "moisture",
    "pressure",
    "temperature",
    "enthalpy",
)
PLACE = {"sheet", "row", "measured", "carrier_text"}

Rows = list[dict[str, Any]]
Read = tuple[Rows, Rows, Rows]
"""Typed rows, faults and skipped rows of a file."""
FaultKey = tuple[str, int, str, str]


def read(path: Path, folder: Path) -> Read:
    """What the reader makes of a file, staged in `folder`; only this knows the reader."""
    folder.mkdir(parents=True, exist_ok=True)
    return parts(type_rows(stage_in(folder, path)))


def parts(typed: Typed) -> Read:
    paths = (typed.typed_path, typed.faults_path, typed.skipped_path)
    rows, faults, skipped = (pl.read_parquet(path).to_dicts() for path in paths)
    return rows, faults, skipped


def expectation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / (name + SUFFIX)).read_text(encoding="utf-8"))
    return found


def as_text(value: Any) -> str:
    """A cell of a typed row in the spelling of the expectations."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def same(key: str, want: Any, got: Any) -> bool:
    if isinstance(want, bool):
        return got is want
    if key == "quantity":
        return got is not None and Decimal(str(got)) == Decimal(want)
    return as_text(got) == want


def measured_value(number: Any, unit: Any) -> tuple[Decimal, str]:
    """A percentage and a bare fraction of one are one number, whichever the reader keeps."""
    value, text = Decimal(str(number)), as_text(unit)
    if text in {"%", "％"}:
        return value / 100, ""
    return value, text


def measured_differences(want: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[str]:
    for name in MEASURED:
        wanted, number = want["measured"].get(name), got.get(name)
        if wanted is None:
            if number is not None:
                yield f"{name}: expected none, got {number}"
        elif number is None:
            yield f"{name}: expected {wanted}, got none"
        elif measured_value(number, got[name + "_unit"]) != measured_value(
            wanted["value"], wanted["unit"]
        ):
            yield f"{name}: expected {wanted}, got {number} {got[name + '_unit']!r}"


def row_differences(want: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[str]:
    place = f"row {want['sheet']}:{want['row']}"
    for key, value in want.items():
        if key not in PLACE and not same(key, value, got[key]):
            yield f"{place} {key}: expected {value!r}, got {as_text(got[key])!r}"
    for difference in measured_differences(want, got):
        yield f"{place} {difference}"


def typed_differences(want: Rows, got: Rows) -> Iterator[str]:
    expected = {(row["sheet"], row["row"]): row for row in want}
    found = {(row["sheet"], row["row_no"]): row for row in got}
    if len(found) != len(got):
        yield "the reader gives one row number to two rows"
    for place in sorted(expected.keys() - found.keys()):
        yield f"row {place} is missing"
    for place in sorted(found.keys() - expected.keys()):
        yield f"row {place} came out and should not: {found[place].get('quantity_text')!r}"
    for place in sorted(expected.keys() & found.keys()):
        yield from row_differences(expected[place], found[place])


def header_row(want: Mapping[str, Any], sheet: str) -> int:
    header = want["header_row"]
    row: int = header.get(sheet, 0) if isinstance(header, dict) else header
    return row


def fault_key(fault: Mapping[str, Any], header: int) -> FaultKey:
    """A fault of the file or of its header stands at row 0; period columns are one column."""
    row, rule = fault["row_no"], fault["rule"]
    if rule == "IN-01":
        return ("", 0, "", rule)
    column = "period" if fault["column_name"] in PERIOD else fault["column_name"]
    return (
        ("", 0, column, rule)
        if rule == "IN-02" and row <= header
        else (fault["sheet"], row, column, rule)
    )


def fault_differences(want: Mapping[str, Any], got: Rows) -> Iterator[str]:
    expected = {(f["sheet"], f["row"], f["column"], f["rule"]) for f in want["faults"]}
    found = {
        fault_key(fault, header_row(want, fault["sheet"]))
        for fault in got
        if fault["rule"].startswith("IN-")
    }
    if ("", 0, "", "IN-02") in expected:
        # No header at all: the reader may or may not go on to list the columns it looked for.
        found = {("", 0, "", key[3]) if key[3] == "IN-02" else key for key in found}
    for key in sorted(expected - found):
        yield f"fault {key} is missing"
    for key in sorted(found - expected):
        yield f"fault {key} was found and should not"


def skipped_differences(want: Mapping[str, Any], got: Rows) -> Iterator[str]:
    """Titles, totals and notes must be told; blank rows may be; nothing else may be skipped."""
    expected = {(skip["sheet"], skip["row"]): skip["kind"] for skip in want["skipped"]}
    sheets = {place["sheet"] for key in ("rows", "skipped") for place in want[key]}
    found = {(skip["sheet"], skip["row_no"]) for skip in got if skip["sheet"] in sheets}
    for place, kind in sorted(expected.items()):
        if kind != "blank" and place not in found:
            yield f"{kind} row {place} is not told as skipped"
    for sheet, row in sorted(found - expected.keys()):
        if row != header_row(want, sheet):
            yield f"row {(sheet, row)} was skipped and should not"


def differences(name: str, found: Read) -> list[str]:
    want = expectation(name)
    typed, faults, skipped = found
    return [
        *typed_differences(want["rows"], typed),
        *fault_differences(want, faults),
        *skipped_differences(want, skipped),
    ]


@pytest.mark.parametrize("name", FILES)
def test_file_is_read_as_written_down_beforehand(name: str, tmp_path: Path) -> None:
    found = differences(name, read(HERE / name, tmp_path))
    assert not found, "\n".join(found)


# What hangs on the register, the window or the ledger is not a matter of the file alone.
ELSEWHERE = ("IN-", "RG-02", "RG-03", "PE-01", "PE-03", "TR-", "CR-", "FA-")


@pytest.mark.parametrize("name", [name for name in FILES if expectation(name)["declared"]])
def test_declared_rules_say_what_was_written_down_beforehand(name: str, tmp_path: Path) -> None:
    checked = check_file(Home(tmp_path / "home"), HERE / name)
    found = {
        (fault["sheet"], fault["row_no"], fault["rule"])
        for fault in checked.faults
        if not fault["rule"].startswith(ELSEWHERE)
    }
    want = {(f["sheet"], f["row"], f["rule"]) for f in expectation(name)["declared"]}
    assert found == want
    assert checked.good == all(fault["severity"] == "W" for fault in checked.faults)


def test_the_later_of_two_equal_rows_names_the_earlier(tmp_path: Path) -> None:
    (fault,) = check_file(Home(tmp_path / "home"), HERE / "duplicate_rows.csv").faults
    assert (fault["rule"], fault["row_no"]) == ("DU-01", 3)
    assert json.loads(fault["facts"])["first_row"] == "2"


def places(want: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(place["sheet"], place["row"]) for key in ("rows", "skipped") for place in want[key]]


@pytest.mark.parametrize("name", FILES)
def test_expectation_is_sound(name: str) -> None:
    """Each row has one fate, and only the row meant to be wrong has a wrong credit code."""
    want = expectation(name)
    assert (HERE / name).is_file()
    certain = places(want)
    refused = {(fault["sheet"], fault["row"]) for fault in want["faults"]}
    assert len(set(certain)) == len(certain)
    assert not refused & set(certain)
    wrong = {row["row"] for row in want["rows"] if not uscc.is_valid(row["enterprise_id"])}
    assert wrong == {f["row"] for f in want["declared"] if f["rule"] == "RG-01"}
    assert all(row["carrier"] for row in want["rows"])


def test_one_changed_cell_changes_one_row(tmp_path: Path) -> None:
    first, _, _ = read(HERE / "resend_before.csv", tmp_path / "before")
    second, _, _ = read(HERE / "resend_after.csv", tmp_path / "after")
    changed = [
        (one["row_no"], as_text(one["quantity_text"]), as_text(two["quantity_text"]))
        for one, two in zip(first, second, strict=True)
        if one["quantity"] != two["quantity"]
    ]
    assert changed == [(2, "318.02", "381.02")]
    assert {row["source"] for row in first}.isdisjoint(row["source"] for row in second)


PATH_NAMES = {
    "parent": "..\\..\\etc\\passwd.csv",
    "drive": "C:\\Users\\合成\\桌面\\3月报表（最终版2）.csv",
    "escaped": "%2e%2e%2f%2e%2e%2fescape.csv",
    "formula": "=cmd|' C calc'!A0.csv",
    "option": "-rf ~.csv",
    "quotes": "3月　报表'\";--.csv",
    "long": "报" * 80 + ".csv",
}


@pytest.mark.parametrize("name", PATH_NAMES.values(), ids=PATH_NAMES.keys())
def test_a_path_as_a_file_name_leads_nowhere(name: str, tmp_path: Path) -> None:
    inbox, home = tmp_path / "a" / "b" / "inbox", tmp_path / "a" / "b" / "home"
    inbox.mkdir(parents=True)
    sent = Path(shutil.copy(HERE / "resend_before.csv", inbox / name))
    assert not differences("resend_before.csv", parts(type_rows(stage(Home(home), sent))))
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and home not in p.parents]
    assert outside == [sent]


def test_a_broken_byte_behind_a_megabyte_of_good_rows_refuses_the_file(tmp_path: Path) -> None:
    head = (HERE / "header_only.csv").read_bytes()
    row = "91210102MA0HC00016,原煤,2025-03,10,吨\r\n".encode()
    path = tmp_path / "late.csv"
    path.write_bytes(head + row * (1_000_000 // len(row)) + b"\xff\xff\x80,\r\n")
    typed, faults, _ = read(path, tmp_path / "home")
    assert [(fault["row_no"], fault["rule"]) for fault in faults] == [(0, "IN-01")]
    assert typed == []


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of some megabytes whose one sheet unpacks to 1.1 GB, and says so."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.xlsx"
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(HERE / "month_cells.xlsx") as whole, zipfile.ZipFile(path, "w") as out:
        for name in whole.namelist():
            if name != sheet:
                out.writestr(name, whole.read(name))
        info = zipfile.ZipInfo(sheet)
        info.compress_type = zipfile.ZIP_DEFLATED
        info._compresslevel = 1  # type: ignore[attr-defined]
        with out.open(info, "w") as part:
            part.write(b"<worksheet><sheetData>")
            for _ in range(1_100):
                part.write(b'<row><c t="str"><v>0</v></c></row>'.ljust(40) * 25_000)
            part.write(b"</sheetData></worksheet>")
    return path


def understated(archive: bytes) -> bytes:
    """The archive with every mention of its largest unpacked size replaced by 4,096."""
    with zipfile.ZipFile(BytesIO(archive)) as honest:
        size = max(info.file_size for info in honest.infolist())
    stream = BytesIO(archive.replace(struct.pack("<L", size), struct.pack("<L", 4096)))
    with zipfile.ZipFile(stream) as lied:
        assert max(info.file_size for info in lied.infolist()) < 100_000
    return stream.getvalue()


CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from pipelines.intake.staging import stage_in
before = resource.getrusage(resource.RUSAGE_SELF)
refusal = stage_in(Path(sys.argv[1]), Path(sys.argv[2])).refusal
after = resource.getrusage(resource.RUSAGE_SELF)
print(refusal.rule, refusal.facts["why"])
print((after.ru_maxrss - before.ru_maxrss) // 1024, after.ru_utime - before.ru_utime)
"""


@pytest.mark.parametrize("why", ["bomb", "damaged"], ids=["honest", "liar"])
def test_an_archive_bomb_is_refused_before_it_unpacks(why: str, bomb: Path, tmp_path: Path) -> None:
    """In a process of its own, which alone can tell its peak: megabytes and seconds."""
    path = tmp_path / "sent.xlsx"
    content = bomb.read_bytes()
    path.write_bytes(content if why == "bomb" else understated(content))
    command = [sys.executable, "-c", CHILD, str(tmp_path), str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=HERE.parents[1], timeout=300
    )
    verdict, figures = done.stdout.splitlines()
    assert verdict == f"IN-01 {why}"
    peak, seconds = map(float, figures.split())
    assert peak < 100
    assert seconds < 1
