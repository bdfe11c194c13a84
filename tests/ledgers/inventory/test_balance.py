"""Energy balances: meaning, checks, keeping, and what they come to; 合成数据 (synthetic)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.inventory.balance import (
    BalanceRefused,
    BalanceSheet,
    SheetCell,
    read_balance,
)
from ledgers.inventory.balance_book import (
    Request,
    current,
    import_balance,
    stand_ins_of,
    versions,
    wrong_estimates,
)
from ledgers.inventory.lines import find_line, lines
from ledgers.inventory.statistics import Estimate
from ledgers.journal import verify_chain
from ledgers.reference import load_shipped
from tests.ledgers.emissions import book
from warehouse import migrations
from warehouse.connect import Connection, scratch

TITLE = "合成·2025年能源平衡表（合成数据）"
HEAD = ["项目", "无烟煤", "焦炭", "高炉煤气", "天然气", "热力", "电力"]
UNITS = ["计量单位", "万吨", "万吨", "亿Nm³", "亿Nm³", "万吉焦", "亿千瓦时"]
LINES = [
    ["一、可供本地区消费的能源量", "100", "30", "", "5.2", "", "20"],
    ["二、加工转换投入(-)产出(+)量", "-60", "", "8", "", "40", "10"],
    ["  1.火力发电", "-40", "", "", "", "", "10"],
    ["  2.供热", "-20", "", "", "", "40", ""],
    ["  9.回收能", "", "", "8", "", "", ""],
    ["三、损失量", "", "", "", "0.2", "1", "1"],
    ["四、终端消费量", "40", "30", "8", "5", "39", "29"],
    ["  2.工业", "35", "30", "8", "3", "9", "20"],
    ["  # 用作原料、材料", "5", "", "", "1", "", ""],
    ["  7.居民生活", "5", "", "", "2", "30", "9"],
]


def cell(text: object) -> SheetCell:
    """A cell as the reader of files gives it."""
    words = str(text).strip()
    try:
        return SheetCell(words, Decimal(words)) if words else SheetCell("")
    except ArithmeticError:
        return SheetCell(words, None, "IN-03")


def sheet(*rows: list[object]) -> list[BalanceSheet]:
    return [BalanceSheet("", tuple(tuple(cell(text) for text in row) for row in rows))]


def table(
    lines: list[list[str]] = LINES,
    head: list[str] = HEAD,
    units: list[str] = UNITS,
    title: str = TITLE,
) -> list[BalanceSheet]:
    return sheet([title], head, *([units] if units else []), *lines)


def request(name: str = "合成.csv", **changes: object) -> Request:
    sha = hashlib.sha256(name.encode()).hexdigest()
    return Request(2025, sha, name, **changes)


@pytest.fixture(scope="module")
def shipped() -> Iterator[Connection]:
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=book.PERSON)
    yield con
    con.close()


def estimates(found: tuple[Estimate, ...], measure: str = "CO2") -> dict[tuple[str, str], int]:
    return {(e.line, e.carrier): e.value for e in found if e.measure == measure}


def grams(tonnes: Fraction) -> int:
    return int(tonnes * 10**6 + Fraction(1, 2))


ANTHRACITE = Fraction("24.515") * Fraction("0.02749") * Fraction("0.94") * Fraction(44, 12)
COKE = Fraction("28.446") * Fraction("0.0294") * Fraction("0.93") * Fraction(44, 12)
GAS = Fraction("389.31") * Fraction("0.0153") * Fraction("0.99") * Fraction(44, 12)


def test_each_use_is_counted_once_and_by_the_methods_of_the_ledger(shipped: Connection):
    done = import_balance(shipped, table(), request("once"), person=book.PERSON)
    assert done.findings == ()
    found = done.kept.estimates
    assert estimates(found) == {
        ("thermal_power", "anthracite"): grams(400_000 * ANTHRACITE),
        ("heat_supply", "anthracite"): grams(200_000 * ANTHRACITE),
        ("industry", "anthracite"): grams(300_000 * ANTHRACITE),
        ("residential", "anthracite"): grams(50_000 * ANTHRACITE),
        ("industry", "coke"): grams(300_000 * COKE),
        # 10^8 Nm³ are 10^4 times 10^4 Nm³.
        ("industry", "natural_gas"): grams(2 * 10_000 * GAS),
        ("residential", "natural_gas"): grams(2 * 10_000 * GAS),
        ("industry", "heat"): grams(90_000 * Fraction("0.11")),
        ("residential", "heat"): grams(300_000 * Fraction("0.11")),
        ("industry", "electricity"): grams(2_000_000 * Fraction("0.5306")),
        ("residential", "electricity"): grams(900_000 * Fraction("0.5306")),
    }
    left = {(e.line, e.carrier): (e.treatment, e.quantity) for e in found if not e.measure}
    assert left == {
        ("non_energy", "anthracite"): ("non_energy", Decimal(5)),
        ("non_energy", "natural_gas"): ("non_energy", Decimal(1)),
        ("industry", "blast_furnace_gas"): ("derived", Decimal(8)),
    }
    assert {e.scope for e in found if e.carrier in ("heat", "electricity")} == {"2"}
    power = next(e for e in found if e.line == "thermal_power")
    assert (power.sub_sector, power.sector_group, power.method) == (
        "I.4.4",
        "generation",
        "fuel_heat",
    )


def test_methane_of_a_balance_is_that_of_its_device_table(shipped: Connection):
    found = import_balance(shipped, table(), request("methane"), person=book.PERSON).kept.estimates
    heat = Fraction("24.515") * 400_000 / 1000
    assert estimates(found, "CH4")["thermal_power", "anthracite"] == int(heat * 10**6)
    # Households burn solid fuels at 300 kg/TJ.
    heat = Fraction("24.515") * 50_000 / 1000
    assert estimates(found, "CH4")["residential", "anthracite"] == int(300 * heat * 10**6)


def test_blast_furnace_gas_that_was_brought_in_is_counted(shipped: Connection):
    rows = [row for row in LINES if "回收能" not in row[0]]
    rows = [[*row[:3], "8", *row[4:]] if "可供" in row[0] else row for row in rows]
    rows = [[*row[:3], "", *row[4:]] if "加工转换" in row[0] else row for row in rows]
    done = import_balance(shipped, table(rows), request("bought gas"), person=book.PERSON)
    each = Fraction("37.69") * Fraction("0.0708") * Fraction("0.99") * Fraction(44, 12)
    assert estimates(done.kept.estimates)["industry", "blast_furnace_gas"] == grams(80_000 * each)


def test_standard_coal_goes_back_to_heat_by_the_edition_s_own_coefficients(shipped: Connection):
    rows = [["四、终端消费量", "1", "12290"], ["工业", "1", "12290"]]
    sheets = sheet([TITLE, "单位：吨标准煤"], ["项目", "无烟煤", "电力"], *rows)
    done = import_balance(shipped, sheets, request("tce"), person=book.PERSON)
    assert estimates(done.kept.estimates) == {
        ("industry", "anthracite"): grams(
            Fraction("29.3076") * Fraction("0.02749") * Fraction("0.94") * Fraction(44, 12)
        ),
        # 0.1229 kgce/kWh, as printed: 12,290 tce are 100 GWh.
        ("industry", "electricity"): grams(100_000 * Fraction("0.5306")),
    }


def test_a_stand_in_is_declared_and_kept(shipped: Connection):
    rows = [["终端消费量", "10", "1"], ["工业", "10", "1"]]
    sheets = table(rows, ["项目", "原煤", "电力"], ["", "万吨", "亿千瓦时"])
    bare = import_balance(shipped, sheets, request("raw"), person=book.PERSON).kept
    (coal,) = (e for e in bare.estimates if e.carrier == "raw_coal")
    assert (coal.treatment, coal.value) == ("no_factor", 0)
    assert "NDRC-24" in coal.note_zh
    assert "NDRC-24" in coal.note_en
    declared = request("raw", stand_ins=(("原煤", "烟煤"),))
    done = import_balance(shipped, sheets, declared, person=book.PERSON)
    bituminous = Fraction("23.204") * Fraction("0.02618") * Fraction("0.93") * Fraction(44, 12)
    assert estimates(done.kept.estimates)["industry", "raw_coal"] == grams(100_000 * bituminous)
    assert stand_ins_of(done.kept.version) == {"raw_coal": "bituminous"}
    assert done.superseded == bare.version.version


def test_the_same_file_has_no_second_effect_and_a_later_one_supersedes_openly():
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=book.PERSON)
    first = import_balance(con, table(), request("first"), person=book.PERSON)
    again = import_balance(con, table(), request("first"), person="别人")
    assert (again.seen_before, again.kept) == (True, first.kept)
    head = first.kept.version.commit_no
    changed = [["三、损失量", "", "", "", "0.1", "1", "1"] if "损失" in r[0] else r for r in LINES]
    second = import_balance(con, table(changed), request("second"), person=book.PERSON)
    assert (second.superseded, second.kept.version.version) == (1, 2)
    assert current(con, "210100", 2025) == second.kept
    assert current(con, "210100", 2025, head) == first.kept
    assert current(con, "210100", 2024) is None
    # Back to the first file: only with a reason, and then as a third version.
    assert import_balance(con, table(), request("first"), person=book.PERSON).seen_before
    third = import_balance(con, table(), request("first", reason="更正"), person=book.PERSON)
    assert [v.version for v in versions(con)] == [1, 2, 3]
    assert third.kept.balance == first.kept.balance
    assert third.kept.version.reason == "更正"
    found = verify_chain(con)
    assert not found.findings, found
    con.execute("UPDATE inventory.balance_cell SET quantity = quantity + 1 WHERE line = 'loss'")
    assert verify_chain(con).findings


def test_an_estimate_is_its_fraction_times_its_quantity(shipped: Connection):
    import_balance(shipped, table(), request("fractions"), person=book.PERSON)
    assert wrong_estimates(shipped) == ()
    with shipped.cursor() as con:
        con.execute("BEGIN")
        con.execute("UPDATE inventory.estimate SET value = value + 1 WHERE measure = 'CO2'")
        wrong = len(wrong_estimates(con))
        (count,) = con.execute(
            "SELECT count(*) FROM inventory.estimate WHERE measure = 'CO2'"
        ).fetchone()
        con.execute("ROLLBACK")
    assert wrong == count > 0


def refused(sheets: list[BalanceSheet], **options: object) -> list[tuple[str, int, int]]:
    with pytest.raises(BalanceRefused) as caught:
        read_balance(sheets, year=2025, **options)
    for lang in ("zh", "en"):
        assert len(caught.value.text(lang).splitlines()) == len(caught.value.findings) + 1
    return [(item.rule, item.row_no, item.column_no) for item in caught.value.findings]


def test_all_faults_of_a_table_are_found_together():
    head = ["项目", "无烟没", "焦炭", "焦炭（冶金）", "电力", "天然气", "柴油"]
    units = ["", "万吨", "万吨", "万吨", "万吨", "亿立方米", ""]
    rows = [["工业", "1", "x", "", "", "", ""], ["工业生产", "1", "2", "", "", "", ""]]
    rows += [["工业", "", "3", "", "", "", ""], ["合计说明", "", "", "", "", "", ""]]
    sheets = table(rows, head, units, "合成 2024年能源平衡表")
    assert refused(sheets) == [
        ("EB-02", 2, 2),
        ("EB-03", 2, 4),
        ("EB-06", 2, 5),
        ("EB-04", 2, 7),
        ("EB-10", 1, 1),
        ("EB-12", 4, 3),
        ("EB-07", 5, 1),
        ("EB-11", 6, 1),
    ]


def test_an_unknown_carrier_and_line_are_refused_with_the_nearest():
    with pytest.raises(BalanceRefused) as caught:
        read_balance(table([["工业生产", "1", "1", "1", "1", "1", "1"]]), year=2025)
    assert "工业" in caught.value.text("zh").split("最接近的有：")[1]
    head = ["项目", "无烟煤煤", "焦炭", "电力"]
    with pytest.raises(BalanceRefused) as caught:
        read_balance(sheet([TITLE], head, ["工业", "1", "1", "1"]), year=2025)
    assert "无烟煤" in caught.value.text("zh").split("最接近的有：")[1]


def test_gas_without_a_condition_is_refused_unless_stated():
    rows = [["工业", "1", "2"]]
    sheets = table(rows, ["项目", "焦炉煤气", "焦炭"], ["", "亿立方米", "万吨"])
    assert refused(sheets) == [("EB-05", 2, 2)]
    balance, _ = read_balance(sheets, year=2025, gas_condition="20C")
    assert (balance.condition("coke_oven_gas"), balance.condition("coke")) == ("20C", "")


def test_no_table_and_an_empty_table():
    assert refused(sheet(["联系人", "张三"], ["电话", "1"])) == [("EB-01", 0, 0)]
    assert refused(table([["工业", "", "", "", "", "", ""]])) == [("EB-13", 2, 1)]


def test_totals_over_carriers_are_not_carriers():
    rows = [["终端消费量", "7", "3", "2", "5"], ["工业", "7", "3", "2", "5"]]
    sheets = sheet(
        ["2025年"], ["项目", "煤合计（万吨）", "焦炭（万吨）", "代码", "电力(亿kWh)"], *rows
    )
    balance, _ = read_balance(sheets, year=2025)
    assert balance.carriers == ("coke", "electricity")
    assert [balance.unit(each) for each in balance.carriers] == ["万吨", "亿kWh"]


def test_sums_that_do_not_agree_are_listed_with_their_size():
    rows = [list(row) for row in LINES]
    rows[6][1] = "41"
    rows[0][6] = "20.3"
    _, findings = read_balance(table(rows), year=2025)
    told = [(f.rule, f.facts["carrier"], f.facts["gap"]) for f in findings]
    assert told == [
        ("EB-08", "无烟煤", "1"),
        ("EB-09", "无烟煤", "-1"),
        ("EB-09", "电力", "0.3"),
    ]
    # The limit is a share of the largest figure: 0.3 of 29 is 1.03 %.
    _, findings = read_balance(table(rows), year=2025, tolerance=Decimal("0.0103"))
    assert [f.facts["carrier"] for f in findings if f.rule == "EB-09"] == ["电力"]
    _, findings = read_balance(table(rows), year=2025, tolerance=Decimal("0.0104"))
    assert [f.facts["carrier"] for f in findings if f.rule == "EB-09"] == []


@given(
    supply=st.integers(0, 10**9),
    inputs=st.integers(-(10**9), 10**9),
    loss=st.integers(0, 10**6),
    final=st.integers(0, 10**9),
)
def test_the_identity_is_held_to_the_tolerance_exactly(supply, inputs, loss, final):
    rows = [["可供量", supply, "1"], ["加工转换", inputs, ""], ["损失", loss, ""]]
    rows += [["终端消费", final, "1"]]
    sheets = sheet(["2025年"], ["项目", "焦炭(吨)", "电力(kWh)"], *rows)
    _, findings = read_balance(sheets, year=2025, tolerance=Decimal("0.005"))
    gap = supply + inputs - loss - final
    beyond = 200 * abs(gap) > max(supply, abs(inputs), final)
    assert [f.facts["gap"] for f in findings] == ([str(gap)] if beyond else [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一、可供本地区消费的能源量", "supply"),
        ("  5.本省（区、市）调出量（-）", "to_provinces"),
        ("本省(区、市)调出量", "to_provinces"),
        ("8.库存增(-)、减(+)量", "stock_change"),
        ("二、加工转换投入（－）产出（＋）量", "transformation"),
        ("　　#用作原料、材料", "non_energy"),
        ("（一）农、林、牧、渔业", "agriculture"),
        ("4.交通运输、仓储和邮政业", "transport"),
        ("Final consumption", "final"),
        ("其中：城镇", "urban"),
    ],
)
def test_lines_are_known_by_their_names(text: str, code: str):
    assert find_line(text) == lines()[code]
