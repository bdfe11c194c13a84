"""A month of the sample city against its manifest, and the month after it.

Every mistake is found at its file, sheet and row by its rule, no other row is rejected, and what
is typed and posted comes to the manifest's totals exactly. All of it is 合成数据 (synthetic).
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from tests.doors.city import PERSON, City, Key, Month, activity_rows, totals
from warehouse.connect import Head, writer

ENTERPRISES = 100
"""From here on, each kind of mistake is made at least once in every month."""

MONTHS = ("2025-02", "2025-03")


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Month, ...]:
    """Two months in a row, posted."""
    city = City(tmp_path_factory.mktemp("city"), ENTERPRISES)
    found = []
    for name in MONTHS:
        month = city.month(name)
        month.posted = month.post()
        found.append(month)
    return tuple(found)


@pytest.fixture(scope="module", params=range(2), ids=MONTHS)
def month(months: tuple[Month, ...], request: pytest.FixtureRequest) -> Month:
    return months[request.param]


def planted(month: Month, severity: str) -> set[tuple[tuple[str, str, int], str]]:
    return {
        ((each.file, each.sheet, each.row), each.rule)
        for each in month.manifest.mistakes
        if each.severity == severity
    }


def test_every_mistake_is_found_and_no_other_row_is_rejected(month: Month) -> None:
    wanted, found = planted(month, "E"), month.found("E")
    assert wanted <= found
    assert {place for place, _ in found} == {place for place, _ in wanted}
    # A row of another century breaks a second rule: nobody was registered then.
    assert {rule for _, rule in found - wanted} <= {"RG-02"}
    assert len({rule for _, rule in wanted}) >= 22


def test_every_doubt_is_listed(month: Month) -> None:
    history = month.month == MONTHS[1]
    wanted = {
        ((each.file, each.sheet, each.row), each.rule)
        for each in month.manifest.mistakes
        if each.severity == "W" and (history or each.needs != "history")
    }
    found = month.found("W")
    assert wanted <= found
    assert len({rule for _, rule in wanted}) == 5 + history
    assert Counter(rule for _, rule in found)["DU-01"] == 1


def test_what_was_typed_comes_to_the_manifest(month: Month) -> None:
    again = {file.file for file in month.manifest.files if file.same_as}
    assert month.typed() == totals([t for t in month.manifest.totals if t.file not in again])


def test_what_was_posted_comes_to_the_manifest(month: Month) -> None:
    """By enterprise, carrier, flow, period and unit; streams that a corrected file repeats stay
    with the file that had them first."""
    posted = activity_rows(month.city, month.names, month.month)
    assert _without_file(posted) == _without_file(totals(month.manifest.posted_totals()))


def _without_file(found: dict[Key, Fraction]) -> dict[Key, Fraction]:
    sums: dict[Key, Fraction] = {}
    for (_, *key), value in found.items():
        sums[tuple(key)] = sums.get(tuple(key), Fraction(0)) + value
    return sums


def test_every_row_of_every_file_is_accounted_for(month: Month) -> None:
    accounts: Counter[tuple[str, str]] = Counter()
    for each in month.posted.files:
        file = month.names[each.sha256]
        assert each.read == each.posted + each.rejected + each.waiting + each.unchanged
        assert (each.waiting, each.held) == (0, 0)
        accounts[file, "good"] += each.posted + each.unchanged
        accounts[file, "bad"] += each.rejected
    for file in month.manifest.files:
        if not file.same_as:
            counted = accounts[file.file, "good"], accounts[file.file, "bad"]
            assert counted == (file.good, file.bad), file.file


def test_what_is_rejected_is_on_record_and_goes_back(month: Month) -> None:
    wanted = {place for place, _ in planted(month, "E")}
    with writer(month.city.home, purpose="test", person=PERSON) as con:
        rows = con.execute(
            "SELECT source, sheet, row_no FROM emissions.rejection WHERE severity = 'E'"
        ).fetchall()
    recorded = {(month.names[s], sheet, row) for s, sheet, row in rows if s in month.names}
    # The empty files of all months are one file, whose fault is on record once.
    assert {place for place in wanted - recorded if place[2]} == set()
    back = Counter(number for path in month.returned for number in _numbers(path))
    assert back == Counter(row for *_, row in wanted if row)
    assert len(month.returned) == len({file for file, *_ in wanted})


def _numbers(path: Path) -> list[int]:
    """The numbers in the files sent of the rows that a workbook gives back."""
    numbers = []
    for sheet in openpyxl.load_workbook(path, read_only=True):
        lines = list(sheet.values)
        heads = [n for n, line in enumerate(lines) if "原文件行号" in line]
        for head in heads:
            at = lines[head].index("原文件行号")
            numbers += [line[at] for line in lines[head + 1 :] if line[at] is not None]
    return numbers


def test_a_corrected_file_replaces_by_reversal_and_a_repeated_one_does_nothing(
    month: Month,
) -> None:
    files = {file.file: file for file in month.manifest.files}
    (corrected,) = [file for file in files.values() if file.replaces]
    (repeated,) = [file for file in files.values() if file.same_as]
    with writer(month.city.home, purpose="test", person=PERSON) as con:
        withdrawn = con.execute(
            "SELECT from_source, by_source, cause FROM emissions.withdrawal WHERE by_source = ?",
            [corrected.sha256],
        ).fetchall()
        reversed_ = con.execute(
            "SELECT sum(value) FROM emissions.line WHERE source = ? AND measure = 'CO2' "
            "AND (kind = 'reversal' OR entry_id IN (SELECT reverses_id FROM emissions.line))",
            [files[corrected.replaces].sha256],
        ).fetchone()
    assert withdrawn == [(files[corrected.replaces].sha256, corrected.sha256, "resubmission")]
    assert reversed_ == (0,)
    first = files[repeated.same_as]
    accounts = [each for each in month.posted.files if each.sha256 == repeated.sha256]
    assert [(each.posted, each.unchanged) for each in accounts] == [(first.good, 0)]


def test_a_second_run_posts_nothing(months: tuple[Month, ...]) -> None:
    home = months[0].city.home

    def head() -> Head:
        with writer(home, purpose="test", person=PERSON) as con:
            found = con.execute(
                "SELECT commit_no, hash, recorded_at FROM journal.commit"
            ).fetchall()
        return Head(*max(found))

    before = head()
    for month in months:
        assert month.post().nothing_new
    assert head() == before
