from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from pipelines.sample_city import read_manifest, tables
from pipelines.sample_city.manifest import join
from tests.pipelines.sample_city.conftest import MONTH


def test_the_json_beside_the_inbox_is_the_manifest(march, city_folder):
    assert read_manifest(city_folder / "manifest" / f"{MONTH}.json") == march


def test_totals_count_every_good_row_once(march):
    for record in march.files:
        rows = sum(total.rows for total in march.totals if total.file == record.file)
        assert rows == record.good, record.file


def test_the_gas_companys_totals_are_the_sums_of_its_column(march, city_folder):
    record = next(r for r in march.files if "燃气公司" in r.file)
    text = (city_folder / record.file).read_text(encoding=record.encoding)
    bad = {m.row for m in march.mistakes if m.file == record.file and m.severity == "E"}
    rows = [r for n, r in enumerate(csv.DictReader(io.StringIO(text)), 2) if n not in bad]
    totals = [t for t in march.totals if t.file == record.file]
    assert sum(Decimal(r["标况气量"]) for r in rows) == sum(Decimal(t.quantity) for t in totals)
    assert {t.unit for t in totals} == {"Nm3"}


def test_posted_totals_leave_out_what_was_replaced_or_sent_twice(march):
    replaced = {r.replaces for r in march.files} - {""}
    again = {r.file for r in march.files if r.same_as}
    posted = {total.file for total in march.posted_totals()}
    assert len(replaced) == 1
    assert len(again) == 1
    assert not posted & (replaced | again)
    assert len(posted) == len({t.file for t in march.totals}) - 2


def test_sums_by_month_are_in_canonical_units(march):
    sums = march.by_month()
    assert {key[0] for key in sums} == {MONTH}
    assert {key[4] for key in sums} == {"t", "GJ", "kWh", "Nm3", "m3_20", "m3"}
    assert all(value >= 0 for value in sums.values())
    assert {key[2] for key in sums} <= set(tables.carriers())


def test_no_month_is_no_manifest():
    with pytest.raises(ValueError, match="no month"):
        join([])
