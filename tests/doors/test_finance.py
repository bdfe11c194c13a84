"""Green finance at the command line: catalogues, packages, tags, reports. 合成数据 (synthetic)."""

from __future__ import annotations

import csv
import io
import json
import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pdfplumber
import pytest

from factors.gases import gwp
from ledgers.green_finance.columns import TITLES, columns
from tests.doors.desk import HEATING, PERSON, Desk, burned, table
from tests.ledgers.green_finance.bank import BANK, Rows, good

CATALOGUE = Path(__file__).parents[2] / "factors" / "data" / "catalogues"


def test_the_list_says_what_is_complete_before_there_is_a_ledger(tmp_path):
    answer = Desk(tmp_path)("finance", "catalogue", "list", "--json")
    found = {row["edition"]: row for row in answer.data}
    assert found["GFSPC-2025"]["complete"]
    assert found["GFSPC-2025"]["activity_lines"] == 1037
    assert not found["GBEPC-2021"]["complete"]
    assert found["GBEPC-2021"]["extent"] == "203 of 204"


def test_an_entry_is_found_shown_and_suggested_with_a_warning_that_it_is_no_tag(tmp_path):
    desk = Desk(tmp_path)
    found = desk("finance", "catalogue", "find", "热电联产", "--json").data
    assert found[0]["name_zh"] == "热电联产"
    shown = desk("finance", "catalogue", "show", "GFSPC-2025", "6.4.2")
    assert shown.code == 0
    assert shown.says("海绵城市建设和运营", "物业管理", "code cell blank in the PDF")
    answer = desk("finance", "catalogue", "suggest", "法库县风力发电场", "--industry", "4415")
    assert answer.says("风力发电设施建设和运营", "只是建议", "不能证明")


def test_an_unknown_edition_or_code_ends_with_code_1_and_says_what_there_is(tmp_path):
    desk = Desk(tmp_path)
    for words in (("GFSPC-2099",), ("GFSPC-2025", "99.9.9")):
        answer = desk("finance", "catalogue", "show", *words)
        assert answer.code == 1
        assert "GFSPC-2025" in answer.err


def test_the_applicable_edition_is_said_with_its_line_and_who_chooses(tmp_path):
    desk = Desk(tmp_path)
    words = ("finance", "catalogue", "applies", "bond", "--filed", "2025-07-01")
    found = desk(*words, "--approved", "2025-08-20", "--json").data
    assert found == {"line": 6, "editions": ["GBEPC-2021", "GFSPC-2025"], "chooser": "issuer"}
    assert desk("finance", "catalogue", "applies", "bond", "--filed", "July").code == 1


def _official(rows: list[dict[str, str]], path: Path) -> Path:
    """A table as an operator would bring it: Chinese headers, a title above."""
    header = ["代码", "级别", "上级代码", "名称", "行业代码", "标准"]
    names = ["code", "level", "parent", "name_zh", "industry_codes", "standards"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["官方目录表（合成：测试用）"])
    writer.writerow(header)
    writer.writerows([[row[name] for name in names] for row in rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def test_an_official_table_is_taken_whole_or_not_at_all(desk: Desk, tmp_path):
    with (CATALOGUE / "green_industry_2019.csv").open(encoding="utf-8-sig") as file:
        rows = [row | {"industry_codes": ""} for row in csv.DictReader(file)]
    words = ("finance", "catalogue", "import")
    options = ("--edition", "GIGC-2019", "--document", "发改环资〔2019〕293号 附件")
    before = desk.head
    short = _official(rows[:-1], tmp_path / "short.csv")
    answer = desk(*words, short, *options)
    assert answer.code == 1
    assert answer.says("应有 211 项，表中有 210 项")
    assert desk.head == before, "nothing was taken"
    whole = _official(rows, tmp_path / "whole.csv")
    made = desk(*words, whole, *options, "--json")
    assert (made.code, made.data["version"], made.data["complete"]) == (0, 1, True)
    assert desk.one("SELECT count(*) FROM finance.catalogue_entry") == 247
    again = desk(*words, whole, *options, "--json").data
    assert again["seen_before"]
    assert desk.one("SELECT count(*) FROM finance.catalogue_entry") == 247
    rows[10]["standards"] = "改动"
    other = _official(rows, tmp_path / "other.csv")
    assert desk(*words, other, *options).code == 2
    assert desk(*words, other, *options, "--reason", "补标准").code == 0
    shown = desk("finance", "catalogue", "show", "GIGC-2019", rows[10]["code"], "--json").data
    assert shown["entries"][0]["standards"] == "改动"
    assert desk("verify").code == 0


def test_a_file_without_a_table_is_refused_with_what_a_table_needs(desk: Desk, tmp_path):
    path = tmp_path / "notes.csv"
    path.write_text("只是一段说明\n没有表\n", encoding="utf-8")
    options = ("--edition", "GIGC-2019", "--document", "x")
    answer = desk("finance", "catalogue", "import", path, *options)
    assert answer.code == 1
    assert "notes.csv" in answer.err


def test_a_crossing_carries_its_reviewer_and_needs_loaded_codes(desk: Desk):
    words = ("finance", "catalogue", "cross")
    ends = ("PBOC-GL-2019:PBOCGC2020010101", "CBIRC-GF-2020:CBIRCGC20B01010100")
    assert desk(*words, *ends, "--relation", "exact", "--reason", "条件逐条比对").code == 0
    assert desk.rows("SELECT relation, reviewed_by FROM finance.crossing") == [("exact", PERSON)]
    assert desk(*words, *ends, "--relation", "same", "--reason", "x").code == 2
    wrong = ("PBOC-GL-2019:PBOCGC2020999999", ends[1])
    assert desk(*words, *wrong, "--relation", "exact", "--reason", "x").code == 1


# --- packages ---------------------------------------------------------------------------------


def _institutions(desk: Desk, folder: Path) -> None:
    path = folder / "机构.csv"
    lines = [
        "机构许可证号,机构名称,机构种类,所在区县,生效日期",
        f"{BANK},合成甲银行,银行,210102,2020-01-01",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert desk("finance", "institution", path).code == 0


def _workbook(rows: Rows, path: Path) -> Path:
    """A package as a bank writes it: the template's sheets and Chinese headers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for kind, records in rows.items():
        sheet = book.create_sheet(TITLES[kind])
        known = columns(kind)
        sheet.append([column.headers[0] for column in known])
        for record in records:
            sheet.append([record.get(column.name) for column in known])
    book.save(path)
    return path


def test_a_package_is_checked_by_row_and_field_and_then_taken_once(desk: Desk, tmp_path):
    _institutions(desk, tmp_path)
    wrong = good()
    wrong["instrument"][0]["rate"] = "3.25%"
    path = _workbook(wrong, tmp_path / f"正常_{BANK}_20251121_0001.xlsx")
    before = desk.head
    answer = desk("finance", "check", path)
    assert answer.code == 1
    assert answer.says("融资工具", "AM-04T", "3.25%", "0.0325")
    refused = desk("finance", "submit", path)
    assert refused.code == 1
    assert refused.says("整包退回")
    assert desk.head == before
    _workbook(good(), path)
    made = desk("finance", "submit", path, "--json")
    assert made.code == 0, made
    assert made.data["rows"] == {"customer": 2, "project": 1, "instrument": 1, "element": 2}
    assert desk("finance", "submit", path, "--json").data["seen_before"]
    assert desk.one("SELECT count(*) FROM finance.instrument") == 1
    assert desk("verify").code == 0


def test_the_same_records_come_as_json_and_as_csv(desk: Desk, tmp_path):
    _institutions(desk, tmp_path)
    path = tmp_path / f"ordinary_{BANK}_20251121_0007.json"
    path.write_text(json.dumps(good(), ensure_ascii=False), encoding="utf-8")
    assert desk("finance", "submit", path).code == 0
    known = columns("customer")
    row = {"customer_no": "C3", "party": "企业", "name": "合成乙", "industry": "4415",
           "credit_code": good()["customer"][0]["credit_code"], "district": "210102"}  # fmt: skip
    lines = [",".join(c.headers[0] for c in known), ",".join(row.get(c.name, "") for c in known)]
    path = tmp_path / f"补报_{BANK}_20251122_0008.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    made = desk("finance", "submit", path, "--json")
    assert (made.code, made.data["rows"]) == (0, {"customer": 1}), made
    path = tmp_path / f"ordinary_{BANK}_20251121_0009.json"
    path.write_text("[1, 2", encoding="utf-8")
    assert desk("finance", "check", path).code == 1


def test_a_bad_name_a_stranger_and_a_table_that_nobody_knows_are_refused(desk: Desk, tmp_path):
    named = _workbook(good(), tmp_path / "十一月贷款.xlsx")
    answer = desk("finance", "check", named)
    assert (answer.code, "正常_B0001H221010001" in answer.err) == (1, True)
    path = _workbook(good(), tmp_path / f"正常_{BANK}_20251121_0001.xlsx")
    assert desk("finance", "check", path).says("SB-02", "没有登记")
    path = tmp_path / f"正常_{BANK}_20251121_0002.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert desk("finance", "check", path).says("FF-06")


def test_a_template_can_be_filled_as_it_is(desk: Desk, tmp_path):
    path = tmp_path / "模板.xlsx"
    assert desk("finance", "template", "ordinary", "--out", path).code == 0
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:3] == ["客户", "绿色项目", "融资工具"]
    for kind, records in good().items():
        sheet = book[TITLES[kind]]
        for line, record in enumerate(records, start=3):
            for place, column in enumerate(columns(kind), start=1):
                sheet.cell(line, place).value = record.get(column.name)
    filled = tmp_path / f"正常_{BANK}_20251121_0001.xlsx"
    book.save(filled)
    _institutions(desk, tmp_path)
    answer = desk("finance", "check", filled, "--json")
    assert answer.code == 0, answer
    assert answer.data["rows"]["instrument"] == 1, "the worked row is no data"
    assert desk("finance", "template", "letter", "--out", path).code == 2


def test_a_tag_is_set_and_a_warning_answered_by_name(desk: Desk, tmp_path):
    _institutions(desk, tmp_path)
    rows = good()
    rows["project"][0]["credits_declared"] = ""
    path = _workbook(rows, tmp_path / f"正常_{BANK}_20251121_0001.xlsx")
    assert desk("finance", "submit", path).code == 0
    found = desk("finance", "warnings", "--json").data
    # The shipped library has no coal rate of 2025, so the saving of coal waits for one.
    assert {row["rule"] for row in found} == {"DC-03", "BE-08", "BE-10W"}
    number = next(row["warning"] for row in found if row["rule"] == "DC-03")
    assert desk("finance", "answer", number, "--reason", "不开发信用").code == 0
    assert len(desk("finance", "warnings", "--json").data) == len(found) - 1
    made = desk("finance", "tag", "L1", "ICMA-GBP", "RE", "--institution", BANK,
                "--reason", "国际对照", "--json")  # fmt: skip
    assert made.data["person"] == PERSON
    assert desk("finance", "tag", "L1", "GFSPC-2025", "4.2.2", "--institution", BANK,
                "--reason", "x").code == 2  # fmt: skip


# --- reports and the six synthetic banks ------------------------------------------------------


@pytest.fixture(scope="module")
def sample(first_home, tmp_path_factory):
    """The synthetic banks, submitted once; what each package was answered with."""
    folder = tmp_path_factory.mktemp("banks")
    shutil.copytree(first_home, folder / "home")
    desk = Desk(folder)
    assert desk("finance", "sample", folder / "sent").code == 0
    sent = folder / "sent"
    assert desk("finance", "institution", sent / "机构名单.csv").code == 0
    factors = desk("factors", "import", sent / "合成因子.csv", "--evidence", "合成数据")
    assert factors.code == 0
    manifest = json.loads((sent / "manifest.json").read_bytes())
    answers = {
        row["package"]: desk("finance", "submit", sent / f"{row['package']}.xlsx", "--json")
        for row in manifest["packages"]
    }
    return desk, manifest["packages"], answers


def test_each_package_of_the_six_banks_is_answered_as_its_manifest_says(sample):
    desk, manifest, answers = sample
    for row in manifest:
        answer = answers[row["package"]]
        severe = {f["rule"] for f in answer.data["faults"] if f["severity"] == "E"}
        assert (answer.code == 0, severe) == (row["accepted"], set(row["rules"])), row
    assert desk.one("SELECT count(*) FROM finance.package") == 6
    assert desk.one("SELECT count(DISTINCT institution_id) FROM finance.instrument") == 6
    assert desk("verify").code == 0


def test_a_bank_gets_its_tables_in_the_supervisors_layout(sample, tmp_path):
    desk, manifest, _ = sample
    bank = manifest[0]["package"].split("_")[1]
    words = ("finance", "report", bank, "--as-of", "2025-12-31", "--out", tmp_path)
    assert desk(*words, "--format", "xlsx,json,html,pdf").code == 0
    data = json.loads((tmp_path / f"finance-{bank}.json").read_bytes())
    assert data["label"] == "合成数据"
    book = openpyxl.load_workbook(tmp_path / f"finance-{bank}.xlsx")
    sheet = book["绿色融资统计表"]
    assert (sheet.cell(7, 3).value, sheet.cell(7, 22).value) == ("绿色信贷余额", "绿色信用证余额")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=8)]
    assert [row[1] for row in rows] == [*(line["code"] for line in data["statistics"]), "TOTAL"]
    for place in range(2, 22):
        assert rows[-1][place] == pytest.approx(sum(row[place] for row in rows[:-1]))
    lent = sum(Decimal(line["tanzhang-gf:greenBalance"]) for line in data["statistics"])
    assert Decimal(str(rows[-1][2])) * 10_000 == lent
    records = [record for line in data["statistics"] for record in line["records"]]
    assert book["明细"].max_row == len(records) + 1
    page = (tmp_path / f"finance-{bank}.html").read_text(encoding="utf-8")
    assert "融资排放" in page
    with pdfplumber.open(tmp_path / f"finance-{bank}.pdf") as paper:
        assert "绿色融资统计" in paper.pages[0].extract_text()


def test_the_city_sees_all_banks_and_seals_what_rests_on_complete_lists(sample, tmp_path):
    desk, _, _ = sample
    words = ("finance", "report", "city", "--as-of", "2025-12-31", "--out", tmp_path)
    answer = desk(*words, "--format", "json", "--seal")
    assert answer.code == 0, answer
    assert "sealed: commit" in answer.out
    data = json.loads((tmp_path / "finance-city.json").read_bytes())
    assert {row["method"] for row in data["financed_emissions"]} == {"pcaf", "pboc"}
    assert all(row["coverage"] is not None for row in data["financed_emissions"])
    co2 = data["benefits"]["tanzhang-gf:co2"]
    assert 0 < Fraction(co2["claimed"]) < Fraction(co2["gross"])
    # One wind farm is financed by two of the banks, and counted once.
    assert desk.one("SELECT count(DISTINCT project_key) FROM finance.project") == 23
    assert desk.one("SELECT count(*) FROM finance.project") == 24
    assert desk("finance", "report", "city", "--as-of", "someday").code == 1
    assert desk("finance", "report", "B0000", "--as-of", "2025-12-31").code == 2


# --- a borrower that the emission ledger knows -------------------------------------------------


def test_a_borrowers_emissions_come_from_the_ledger_by_credit_code(desk: Desk, tmp_path):
    desk.send("三月.csv", table([burned("100", 能源品种="烟煤")]))
    assert desk.run().code == 0, desk.rejected()
    _institutions(desk, tmp_path)
    rows = good()
    rows["customer"][0]["credit_code"] = HEATING
    rows["entity_finance"] = [
        {"credit_code": HEATING, "year": "2025", "equity": "600000000", "debt": "400000000",
         "emissions": "999999"}
    ]  # fmt: skip
    path = _workbook(rows, tmp_path / f"正常_{BANK}_20251121_0001.xlsx")
    assert desk("finance", "submit", path).code == 0
    words = ("finance", "report", BANK, "--as-of", "2025-12-31", "--out", tmp_path)
    assert desk(*words, "--format", "json").code == 0

    def pcaf() -> dict:
        data = json.loads((tmp_path / f"finance-{BANK}.json").read_bytes())
        return next(row for row in data["financed_emissions"] if row["method"] == "pcaf")

    # Entries that count in scopes 1 and 2: grams of CO2, other gases by their own potential; 200 of
    # 1 000 million is a fifth.
    tonnes = Fraction(desk.total("CO2", "counted AND scope IN ('1', '2')"), 1_000_000)
    for measure, edition, quanta in desk.rows(
        "SELECT measure, gwp_edition, sum(value)::BIGINT FROM emissions.line WHERE counted AND "
        "scope IN ('1', '2') AND measure IN ('CH4', 'N2O') GROUP BY ALL"
    ):
        per_tonne = {"CH4": 10**9, "N2O": 10**12}[measure]
        tonnes += Fraction(quanta, per_tonne) * Fraction(gwp(edition, measure))
    assert tonnes > 0
    assert Fraction(pcaf()["emissions_tco2e"]) == tonnes / 5
    assert pcaf()["score"] == "2", "an open month: reported, option 1b"
    assert desk("close", "2025-03").code == 0
    assert desk(*words, "--format", "json").code == 0
    assert pcaf()["score"] == "1", "every booked month is closed: option 1a"


def test_a_bond_in_life_says_what_was_placed_spent_and_claimed(sample, tmp_path):
    desk, manifest, _ = sample
    bank = manifest[0]["package"].split("_")[1]
    words = ("finance", "bond", "B0001", "--institution", bank, "--as-of", "2025-12-31")
    assert desk(*words, "--out", tmp_path, "--format", "html,json,pdf,xlsx").code == 0
    data = json.loads((tmp_path / "finance-bond-B0001.json").read_bytes())
    assert data["proceeds"] == {
        "amount": "100000000.00", "placed": "60000000.00", "spent": "40000000.00",
        "idle": "60000000.00"}  # fmt: skip
    # 60 of 300 million of a wind farm that supplies 120 GWh at 0.5564 t/MWh.
    co2 = Fraction(data["benefits"]["tanzhang-gf:co2"])
    assert co2 == Fraction(60, 300) * 120_000 * Fraction("0.5564")
    assert [use["use"] for use in data["uses"]] == ["project", "idle"]
    assert "已使用" in (tmp_path / "finance-bond-B0001.html").read_text(encoding="utf-8")
    missing = desk("finance", "bond", "L0000", "--institution", bank, "--as-of", "2025-12-31")
    assert missing.code == 2, "a loan is no bond"
