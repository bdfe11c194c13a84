"""The bulletin against the statements and the ledger; all 合成数据 (synthetic)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from ledgers.emissions.bulletin import Bulletin, bulletin
from ledgers.emissions.read_models import read_models
from ledgers.emissions.spans import SpanFault, read_span
from ledgers.emissions.statement import statements
from tests.reports import city
from warehouse.connect import Connection


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    con = city.build(tmp_path_factory.mktemp("city"))
    yield con
    con.close()


@pytest.fixture(scope="module")
def march(books: Connection) -> Bulletin:
    return bulletin(books, "2025-03")


def test_the_city_is_the_sum_of_its_statements(books: Connection, march: Bulletin) -> None:
    parts = [item.bases[0].total.co2e for item in statements(books, read_span("2025-03"))]
    assert len(parts) == 2
    assert march.bases[0].basis.total.co2e == sum(parts)


def test_every_grouping_adds_up(march: Bulletin) -> None:
    (item,) = march.bases
    whole = item.basis.total.co2e
    for groups in (item.by_district, item.by_zone, item.by_industry, item.by_carrier):
        assert sum(group.total.co2e for group in groups) == whole


def test_districts_and_industries_of_the_register(march: Bulletin) -> None:
    (item,) = march.bases
    assert {group.key: group.enterprises for group in item.by_district} == {
        "210102": 1,
        "210106": 1,
    }
    assert {group.key for group in item.by_industry} == {"34", "443"}
    assert march.districts["210106"] == "铁西区"


def test_movers_have_both_months_and_stand_by_size(march: Bulletin) -> None:
    (item,) = march.bases
    found = [(mover.enterprise_id, mover.change > 0) for mover in item.movers_month]
    assert found == [(city.SECOND, True), (city.FIRST, True)]
    second = item.movers_month[0]
    assert (second.now, second.other) == (Fraction("90.202"), Fraction("41.22762"))
    assert [mover.enterprise_id for mover in item.movers_year] == [city.FIRST]


def test_the_largest_stand_first_and_who_is_new_has_no_month_before(books: Connection) -> None:
    (item,) = bulletin(books, "2025-02").bases
    assert [(each.enterprise_id, each.other) for each in item.largest] == [
        (city.FIRST, None),
        (city.SECOND, None),
    ]
    assert (item.basis.now.enterprises, item.basis.before.enterprises) == (2, 0)


def test_who_is_late(march: Bulletin) -> None:
    (late,) = march.late
    assert (late.enterprise_id, late.nothing) == (city.LATE, True)
    assert late.missing == ("electricity", "diesel")
    assert (march.registered, march.reporting, march.expected) == (4, 2, 2)


def test_a_missing_carrier_is_late_too(books: Connection) -> None:
    found = {item.enterprise_id: item for item in bulletin(books, "2025-02").late}
    assert found[city.FIRST].missing == ("diesel",)
    assert found[city.FIRST].nothing is False
    assert found[city.LATE].nothing is True


def test_what_was_rejected_and_by_whom(march: Bulletin) -> None:
    assert [(rule.rule, rule.severity, rule.rows, rule.files) for rule in march.rules] == [
        ("FA-01", "E", 1, 1)
    ]
    worst = march.files[0]
    assert (worst.name, worst.rows_read, worst.rows_posted) == (city.FILE_NAME, 4, 3)
    assert (worst.rows_rejected, worst.rules) == (1, ("FA-01",))


def test_waiting_rows_stand_on_the_bulletin_of_the_month_that_brought_them(
    march: Bulletin,
) -> None:
    assert [(row.enterprise_id, row.month) for row in march.waiting] == [(city.SECOND, "2025-02")]


def test_a_month_without_anything(books: Connection) -> None:
    found = bulletin(books, "2023-01")
    assert (found.bases, found.files, found.rules, found.waiting) == ((), (), (), ())
    assert (found.reporting, len(found.late)) == (0, 2)


def test_closed_and_synthetic_are_said(books: Connection, march: Bulletin) -> None:
    assert (march.closed, march.synthetic) == (False, True)
    assert bulletin(books, "2025-02").closed is True


def test_a_bulletin_is_of_a_month(books: Connection) -> None:
    with pytest.raises(SpanFault):
        bulletin(books, "März")


def test_read_models_hold_the_same_sums(tmp_path: Path) -> None:
    con = city.build(tmp_path)
    con.execute("CREATE SCHEMA read_model")
    for script in read_models():
        con.execute(script)
    found = con.execute(
        "SELECT measure, sum(value)::HUGEINT FROM read_model.enterprise_month "
        "WHERE month = '2025-03' GROUP BY measure"
    ).fetchall()
    assert dict(found) == city.tonnes(con, "month = '2025-03'")
    faults = con.execute("SELECT month, rule, fault_rows FROM read_model.fault_month").fetchall()
    assert faults == [("2025-03", "FA-01", 1)]
    con.close()
