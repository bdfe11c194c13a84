from __future__ import annotations

from pathlib import Path

import pytest
from stdnum.cn import uscc

from factors.carriers import find_carrier
from pipelines.sample_city import Manifest, tables
from pipelines.sample_city.register import (
    ENTERPRISE_HEADERS,
    FACILITY_HEADERS,
    METHOD_EDITION,
)
from tests.pipelines.sample_city.cells import lines

METHODS = Path(__file__).parents[3] / "factors" / "data" / "methods"


@pytest.fixture(scope="module")
def books(march: Manifest, city_folder: Path):
    folder = city_folder / "register"
    return {
        kind: lines(folder / f"合成·沈阳_{kind}.xlsx", kind, "")
        for kind in ("企业名录", "设施名录")
    }


def _records(book) -> list[dict[str, str]]:
    return [dict(zip(book[1], line, strict=True)) for line in book[2:]]


def test_the_registers_have_their_columns_under_a_synthetic_title(books):
    assert "合成" in books["企业名录"][0][0]
    assert "SYNTHETIC" in books["设施名录"][0][0]
    assert tuple(books["企业名录"][1]) == ENTERPRISE_HEADERS
    assert tuple(books["设施名录"][1]) == FACILITY_HEADERS


def test_every_entry_is_whole(books):
    codes = {d.code for d in tables.districts()}
    for row in _records(books["企业名录"]):
        assert uscc.is_valid(row["统一社会信用代码"])
        assert row["行政区划代码"] in codes
        assert all(find_carrier(name) for name in row["应报能源品种"].split("；"))
        assert row["联系人"] == "能源管理岗"


def test_successors_follow_their_predecessors_without_a_gap(books):
    rows = {row["统一社会信用代码"]: row for row in _records(books["企业名录"])}
    heirs = [row for row in rows.values() if row["前身信用代码"]]
    assert len(heirs) == 4
    for heir in heirs:
        assert heir["生效日期"] == "2024-07-01"
        assert rows[heir["前身信用代码"]]["失效日期"] == "2024-06-30"


def test_the_method_edition_is_one_that_is_shipped(books):
    assert (METHODS / f"{METHOD_EDITION}.toml").is_file()
    assert {row["核算方法版本"] for row in _records(books["企业名录"])} == {METHOD_EDITION}


def test_facilities_belong_to_registered_enterprises(books):
    codes = {row["统一社会信用代码"] for row in _records(books["企业名录"])}
    facilities = _records(books["设施名录"])
    assert {row["统一社会信用代码"] for row in facilities} == codes
    assert all(float(row["容量"]) > 0 for row in facilities)
    keys = [(row["统一社会信用代码"], row["排放设施"]) for row in facilities]
    assert len(set(keys)) == len(keys)
