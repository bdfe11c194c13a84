from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.intake.feeds import FeedFault, read_feed
from pipelines.intake.wording import sentence

EXAMPLES = Path(__file__).parents[3] / "examples" / "feeds"
REAL = os.environ.get("TANZHANG_REAL_DATA")


def test_every_example_feed_can_be_used() -> None:
    assert [read_feed(path).name for path in sorted(EXAMPLES.glob("*.toml"))] == [
        "heat_network_bill",
        "steel_meter",
    ]


def test_the_faults_of_a_feed_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'title = "x"\n[columns]\nquantty = "q"\nunit = ""\n'
        '[constants]\nunit = "kWh"\nflow = "eat"\n'
        '[stamps]\nmark = "end"\nmidnight = "noon"\n'
    )
    with pytest.raises(FeedFault) as caught:
        read_feed(path)
    assert caught.value.exit_code == 2
    zh, en = caught.value.text("zh"), caught.value.text("en")
    assert len(zh.splitlines()) == len(en.splitlines()) == 8
    for word in (
        "bad.toml",
        "name",
        "columns.quantty",
        "columns.unit",
        "constants.flow",
        "stamps.midnight",
        "noon",
    ):
        assert word in zh
        assert word in en


@pytest.mark.parametrize("content", ["name = ", 'name = "a"\nnamme = 1', "name = 3"])
def test_feeds_that_are_no_feeds(tmp_path: Path, content: str) -> None:
    (tmp_path / "f.toml").write_text(content)
    with pytest.raises(FeedFault, match=r"f\.toml"):
        read_feed(tmp_path / "f.toml")


def test_a_feed_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FeedFault, match="missing"):
        read_feed(tmp_path / "none.toml")


def test_a_suppliers_own_columns_constants_words_and_dates(read) -> None:
    text = (
        "热力公司账单（合成数据）\n"
        "账单编号;客户信用代码;业务;计费起;计费止;结算热量\n"
        "B1;91210100HCT0000192;供热结算;18.02.2025;17.03.2025;1234,5\n"
        "B2;91210100HCT0000192;供热结算;18.02.2025;17.03.2025;1234.5\n"
        "B3;91210100HCT0000192;赠送;2025-02-18;17.03.2025;1\n"
    )
    found = read(text.encode("gb18030"), read_feed(EXAMPLES / "heat_network_bill.toml"))
    (typed,) = found.rows
    assert typed["row_no"] == 4
    assert (typed["period_start"], typed["period_end"]) == (date(2025, 2, 18), date(2025, 3, 17))
    names = ("carrier_text", "unit", "flow", "evidence", "evidence_kind", "quantity")
    assert [typed[name] for name in names] == [
        "热力",
        "GJ",
        "purchase",
        "B2",
        "settlement",
        Decimal("1234.5"),
    ]
    assert found.rules() == [
        (3, "quantity", "IN-03"),
        (5, "flow", "IN-07"),
        (5, "period_start", "IN-05"),
    ]
    unread = next(f for f in found.faults if f["rule"] == "IN-05")
    assert "%d.%m.%Y" in sentence(unread)


def test_a_file_without_the_feeds_columns(read) -> None:
    found = read("a;b\n1;2\n", read_feed(EXAMPLES / "heat_network_bill.toml"))
    assert found.rules() == [(0, "", "IN-02")]
    assert "客户信用代码" in sentence(found.faults[0], "en")


def test_a_wrong_declared_encoding_is_placed(read) -> None:
    content = "账单编号;客户信用代码\n".encode() + b"\xff\xff"
    found = read(content, read_feed(EXAMPLES / "heat_network_bill.toml"))
    assert found.rules() == [(0, "", "IN-01")]


def test_the_meter_feed_puts_the_2400_reading_into_its_day(read) -> None:
    text = "date,Usage_kWh\n" + "".join(
        f"{stamp},{usage}\n"
        for stamp, usage in (
            ("01/01/2018 00:15", 1),
            ("01/01/2018 00:00", 2),
            ("02/01/2018 00:15", 4),
        )
    )
    found = read(text, read_feed(EXAMPLES / "steel_meter.toml"))
    assert [(r["period_start"], r["quantity"]) for r in found.rows] == [
        (date(2018, 1, 1), 1),
        (date(2018, 1, 1), 2),
        (date(2018, 1, 2), 4),
    ]


@pytest.mark.skipif(
    not REAL, reason="TANZHANG_REAL_DATA is not set: the steel meter's year is not here"
)
def test_the_steel_meters_year(read) -> None:
    path = Path(str(REAL)) / "steel_meter" / "Steel_industry_data.csv"
    found = read(path, read_feed(EXAMPLES / "steel_meter.toml"))
    rows = pl.read_parquet(found.typed.typed_path)
    assert (found.faults, found.skipped) == ([], [])
    assert rows.height == 35_040
    assert rows["quantity"].sum() == Decimal("959636.71")
    daily = rows.group_by("period_start").len().sort("period_start")
    assert daily["len"].unique().to_list() == [96]
    assert daily["period_start"].to_list()[0::364] == [date(2018, 1, 1), date(2018, 12, 31)]
    assert daily.height == 365
    assert rows["starts_at"].n_unique() == 35_040
    midnight = rows.filter(pl.col("starts_at").dt.time() == pl.time(23, 45))
    assert midnight.height == 365
    assert found.typed.months == tuple(f"2018-{month:02}" for month in range(1, 13))
