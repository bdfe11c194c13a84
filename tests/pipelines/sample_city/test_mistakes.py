from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from stdnum.cn import uscc

from pipelines.sample_city import Mistake, tables
from pipelines.sample_city.register import ENTERPRISE_HEADERS
from tests.pipelines.sample_city.cells import cell, lines, row_of

RULES = {
    *(f"IN-{n:02d}" for n in range(1, 12)),
    *("RG-01", "RG-02", "RG-03", "UN-01", "UN-02", "UN-03"),
    *("VA-01", "VA-02", "VA-03", "VA-04", "VA-05", "VA-06"),
    *("PE-01", "PE-02", "PE-03", "DU-01", "ST-01", "TR-01", "CR-01"),
}


@pytest.fixture(scope="module")
def find(march, city_folder):
    """kind → (mistake, file record, row by header) of the month's first such mistake."""
    records = {record.file: record for record in march.files}

    def one(kind: str):
        mistake = next(m for m in march.mistakes if m.kind == kind)
        record = records[mistake.file]
        return mistake, record, row_of(city_folder, record, mistake.sheet, mistake.row)

    return one


def _number(row, header) -> Decimal:
    return Decimal(str(row[header]).replace(",", ""))


def test_every_kind_is_made_at_least_once_in_a_month(march):
    made = {m.kind for m in march.mistakes}
    assert made == {kind["kind"] for kind in tables.mistakes()} | {
        "empty_file",
        "cut_workbook",
        "no_header",
    }
    assert {m.rule for m in march.mistakes} == RULES


def test_between_one_and_two_rows_in_a_hundred_carry_a_mistake(march):
    rows = march.good_rows + march.bad_rows
    by_hand = [m for m in march.mistakes if m.row and m.needs != "assumption"]
    assert 0.01 <= len(by_hand) / rows <= 0.02


def test_errors_and_bad_rows_are_the_same_rows(march):
    spoiled = {(m.file, m.sheet, m.row) for m in march.mistakes if m.severity == "E" and m.row}
    assert len(spoiled) == march.bad_rows


def test_a_spoiled_row_has_one_mistake(march):
    places = [(m.file, m.sheet, m.row) for m in march.mistakes if m.row]
    spoiled = {(m.file, m.sheet, m.row) for m in march.mistakes if m.severity == "E"}
    assert all(places.count(place) == 1 for place in spoiled if place[2])


def test_every_mistake_stands_in_the_cell_that_the_manifest_names(march, city_folder):
    records = {record.file: record for record in march.files}
    checked = 0
    for mistake in march.mistakes:
        if not mistake.cell or mistake.column == "unit":
            continue
        found = cell(city_folder, records[mistake.file], mistake.sheet, mistake.cell)
        assert _same(found, mistake.seen), mistake
        row = row_of(city_folder, records[mistake.file], mistake.sheet, mistake.row)
        assert row[mistake.header] == found
        checked += 1
    assert checked >= 35


def test_a_unit_stands_in_its_column_or_in_the_header(march, city_folder):
    records = {record.file: record for record in march.files}
    units = [m for m in march.mistakes if m.column == "unit"]
    assert len(units) >= 5
    for mistake in units:
        found = cell(city_folder, records[mistake.file], mistake.sheet, mistake.cell)
        assert (
            found == mistake.seen
            or (not found and not mistake.seen)
            or (mistake.header.endswith(f"（{mistake.seen}）"))
        )


def _same(found: object, seen: str) -> bool:
    if found is None:
        return seen == ""
    if isinstance(found, int | float):
        return Decimal(repr(found)) == Decimal(seen)
    return str(found)[: len(seen)] == seen and bool(seen or not found)


def test_bad_codes_are_bad_and_unregistered_ones_are_not(find):
    assert not uscc.is_valid(find("bad_check_digit")[0].seen)
    assert len(find("short_code")[0].seen) == 17
    assert uscc.is_valid(find("unregistered")[0].seen)
    assert find("ended_code")[0].seen[8:11] == "HCP"


def test_a_successors_old_code_is_no_mistake_before_the_succession():
    kinds = {kind["kind"]: kind for kind in tables.mistakes()}
    assert kinds["ended_code"]["since"] == "2024-07"


def test_a_decimal_slip_goes_beyond_the_limit(find):
    mistake, _, row = find("decimal_slip")
    carrier = _carrier(row)
    forms = {form.text: form for form in tables.unit_forms().values()}
    unit = row.get("计量单位") or row.get("单位") or row.get("unit")
    unit = unit or mistake.header.partition("（")[2].rstrip("）")
    assert Decimal(mistake.seen.replace(",", "")) * forms[unit].multiplier > carrier.absurd_above


def _carrier(row) -> tables.Carrier:
    name = next(row[h] for h in ("carrier", "能源品种", "能源名称", "燃料品种") if h in row)
    return next(c for c in tables.carriers().values() if name in c.names)


def test_look_alike_rows_are_alike_but_for_their_number(find, city_folder):
    mistake, record, row = find("look_alike")
    other = row_of(city_folder, record, mistake.sheet, mistake.also[0])
    assert mistake.also[0] == mistake.row - 1
    assert {k: v for k, v in row.items() if k != "序号"} == {
        k: v for k, v in other.items() if k != "序号"
    }


def test_a_broken_stock_does_not_balance(find, city_folder):
    mistake, record, row = find("stock_broken")
    header = mistake.header
    flow = next(h for h in ("flow", "用途", "流向", "指标") if h in row)
    place = next(h for h in ("facility", "排放设施", "设施", "工序") if h in row)
    stocks = [
        row_of(city_folder, record, mistake.sheet, n)
        for n in range(mistake.row - 3, mistake.row + 1)
    ]
    assert {s[place] for s in stocks} == {row[place]}
    amounts = {s[flow]: _number(s, header) for s in stocks}
    opening, bought, used, left = amounts.values()
    assert left == 2 * (opening + bought - used)


def test_an_overlapping_bill_overlaps_the_one_above(find, city_folder):
    mistake, record, row = find("overlapping_bill")
    above = row_of(city_folder, record, mistake.sheet, mistake.also[0])
    start, end = _bounds(row)
    before, until = _bounds(above)
    assert before < start <= until == end


def _bounds(row) -> tuple[date, date]:
    texts = [row.get("起", row.get("抄表起日")), row.get("止", row.get("抄表止日"))]
    start, end = (date.fromisoformat(str(text)[:10]) for text in texts)
    return start, end


def test_periods_out_of_the_window_are_years_away(find):
    assert "2035" in find("year_ahead")[0].seen
    assert "2005" in find("year_long_past")[0].seen
    start, end = _bounds(find("start_after_end")[2])
    assert start > end


def test_formulas_stand_in_the_file_as_text(march, city_folder):
    records = {record.file: record for record in march.files}
    for kind in ("formula", "formula_plus", "formula_at"):
        mistake = next(m for m in march.mistakes if m.kind == kind)
        record = records[mistake.file]
        assert cell(city_folder, record, mistake.sheet, mistake.cell) == mistake.seen
        assert mistake.seen[0] in "=+@"


def test_good_rows_hold_no_text_of_a_mistake(march, city_folder):
    texts = {kind["text"] for kind in tables.mistakes()} - {"", "98", "12.5", "kWh", "吨"}
    spoiled = {(m.file, m.sheet, m.row) for m in march.mistakes}
    seen = 0
    for record in march.files:
        if record.kind == "broken":
            continue
        for sheet in record.sheets:
            for n, line in enumerate(lines(city_folder / record.file, sheet, record.encoding), 1):
                if (record.file, sheet, n) not in spoiled:
                    assert not texts & {str(text) for text in line}
                    seen += 1
    assert seen > 2400


def test_the_register_holds_every_good_code_and_no_unregistered_one(march, city_folder, find):
    path = next((city_folder / "register").glob("*企业名录.xlsx"))
    body = lines(path, "企业名录", "")
    assert body[1] == list(ENTERPRISE_HEADERS)
    codes = {line[0] for line in body[2:]}
    assert {total.enterprise_id for total in march.totals} <= codes
    assert find("unregistered")[0].seen not in codes


def test_mistakes_are_whole_records(march):
    assert all(isinstance(m, Mistake) and m.severity in "EW" for m in march.mistakes)
    assert {m.needs for m in march.mistakes} == {"", "history", "assumption"}
