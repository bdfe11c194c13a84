"""The same numbers in every format, and nothing that was sent taken for markup."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pdfplumber
import pytest
from pdfminer.pdftypes import resolve1

from factors.quantities import display
from ledgers.emissions.statement import Statement, statement
from reports.document import Column, Document, Facts, Row, Section, Table, number, text
from reports.statement import layout_words, statement_document, statement_files
from reports.words import Words
from reports.workbook import workbook
from tests.reports import city, readers
from warehouse.connect import Connection

CJK = re.compile(r"[\u4e00-\u9fff]")
GWP = {"CO2": 1, "CH4": 21, "N2O": 310}
PER_TONNE = {"CO2": 10**6, "CH4": 10**9, "N2O": 10**12}


@pytest.fixture(scope="module")
def found(ledger: Connection) -> Statement:
    return statement(ledger, city.FIRST, "2025-03")


@pytest.fixture(scope="module")
def made(found: Statement) -> dict[str, bytes]:
    return dict(statement_files(found))


@pytest.fixture(scope="module")
def english(found: Statement) -> dict[str, bytes]:
    return dict(statement_files(found, lang="en"))


@pytest.fixture(scope="module")
def hostile(ledger: Connection) -> dict[str, bytes]:
    return dict(statement_files(statement(ledger, city.SECOND, "2025-03")))


def by_carrier(con: Connection) -> dict[str, Fraction]:
    """tCO2e of each carrier from the ledger's own view, every entry summed."""
    rows = con.execute(
        "SELECT carrier, measure, sum(value)::HUGEINT FROM emissions.line "
        "WHERE enterprise_id = ? AND month = '2025-03' GROUP BY ALL",
        [city.FIRST],
    ).fetchall()
    sums: dict[str, Fraction] = {}
    for carrier, measure, value in rows:
        if measure in GWP:
            part = Fraction(value * GWP[measure], PER_TONNE[measure])
            sums[carrier] = sums.get(carrier, Fraction(0)) + part
    return sums


LABELS = {
    "zh": {"title": "按品种", "electricity": "电力", "diesel": "柴油", "total": "合计"},
    "en": {
        "title": "By carrier",
        "electricity": "electricity",
        "diesel": "diesel",
        "total": "Total",
    },
}


@pytest.fixture(params=["zh", "en"])
def rendering(
    request: pytest.FixtureRequest, made: dict[str, bytes], english: dict[str, bytes]
) -> tuple[dict[str, bytes], dict[str, str]]:
    return (made, LABELS["zh"]) if request.param == "zh" else (english, LABELS["en"])


def expected(con: Connection, labels: dict[str, str]) -> dict[str, Fraction]:
    sums = by_carrier(con)
    named = {labels[carrier]: value for carrier, value in sums.items()}
    return named | {labels["total"]: sum(sums.values(), Fraction(0))}


def test_numbers_of_the_page(
    ledger: Connection, rendering: tuple[dict[str, bytes], dict[str, str]]
) -> None:
    files, labels = rendering
    page = readers.read_html(files["html"])
    shown = {row[0]: row[2] for row in page.tables[labels["title"]][1:]}
    sums = expected(ledger, labels)
    assert shown == {name: display(value, 2, grouped=True) for name, value in sums.items()}
    exact = {Fraction(value) for value, _ in page.data if not value.startswith("≈")}
    assert set(sums.values()) <= exact


def test_numbers_on_paper(
    ledger: Connection, rendering: tuple[dict[str, bytes], dict[str, str]]
) -> None:
    files, labels = rendering
    lines = readers.read_pdf(files["pdf"]).splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip() == labels["title"])
    for name, value in expected(ledger, labels).items():
        line = next(line for line in lines[start + 1 :] if line.startswith(name))
        assert display(value, 2, grouped=True) in line.split(), line


def test_numbers_of_the_worksheet(
    ledger: Connection, rendering: tuple[dict[str, bytes], dict[str, str]]
) -> None:
    files, labels = rendering
    sheets = readers.read_xlsx(files["xlsx"])
    totals = sheets["合计" if labels is LABELS["zh"] else "Totals"]
    found = {row[0]: row[2] for row in readers.xlsx_rows(totals, labels["title"])}
    for name, value in expected(ledger, labels).items():
        assert isinstance(found[name], float)
        assert Decimal(repr(found[name])) == Decimal(value.numerator) / value.denominator


def test_numbers_of_the_record(ledger: Connection, made: dict[str, bytes]) -> None:
    def refused(digits: str) -> float:
        raise AssertionError(f"a binary float in the record: {digits}")

    record = json.loads(made["json"], parse_float=refused)
    (basis,) = record["bases"]
    sums = by_carrier(ledger)
    assert {row["key"]: Fraction(row["co2e"]) for row in basis["by_carrier"]} == sums
    assert Fraction(basis["total"]["co2e"]) == sum(sums.values())
    quanta = {gas["measure"]: gas["quanta"] for gas in basis["total"]["gases"]}
    where = f"enterprise_id = '{city.FIRST}' AND month = '2025-03'"
    assert quanta | {"tce_equivalent": 22_613_100} == city.tonnes(ledger, where)


def test_every_entry_is_in_every_format(found: Statement, made: dict[str, bytes]) -> None:
    page = readers.read_html(made["html"])
    paper = readers.squeezed(readers.read_pdf(made["pdf"]))
    sheet = readers.read_xlsx(made["xlsx"])["明细"]
    record = {line["entry_id"]: line for line in json.loads(made["json"])["lines"]}
    cells = {row[0]: row for row in sheet if row and isinstance(row[0], str)}
    texts = {row[0]: row for _, row in page.classes if row}
    heading = next(row for row in sheet if row[0] == "分录号")
    for line in found.lines:
        assert record[line.entry_id]["quanta"] == line.value
        assert cells[line.entry_id][heading.index("账上整数")] == line.value
        shown = display(Fraction(line.value, _per_tonne(line)), 6, grouped=True)
        assert texts[line.entry_id][3] == shown
        assert line.entry_id in paper
        assert shown in paper


def _per_tonne(line: Any) -> int:
    return PER_TONNE.get(line.resolution.measure, 10**6)


def test_the_formula_with_numbers_is_on_page_and_paper(made: dict[str, bytes]) -> None:
    equation = "14.25 万千瓦时 × 0.5306 kgCO2/kWh × 10 = 75.6105 tCO2"
    assert equation in readers.read_html(made["html"]).text
    assert readers.squeezed(equation) in readers.squeezed(readers.read_pdf(made["pdf"]))
    assert any(equation in row for row in readers.read_xlsx(made["xlsx"])["明细"])


def test_a_correction_stands_beside_the_original_in_every_format(
    found: Statement, made: dict[str, bytes]
) -> None:
    item = next(i for i in found.corrections if i.originals[0].resolution.measure == "CO2")
    ids = [item.originals[0].entry_id, item.reversals[0].entry_id, item.replacements[0].entry_id]
    page = readers.read_html(made["html"])
    rows = {row[1]: (kind, row) for kind, row in page.classes if len(row) == 6}
    kinds = [(rows[name][0], rows[name][1][5]) for name in ids]
    assert kinds == [("struck", "66.325000"), ("muted", "−66.325000"), ("body", "75.610500")]
    assert "+9.285500" in page.text
    sheet = readers.read_xlsx(made["xlsx"])["更正"]
    values = {row[3]: row[8] for row in sheet if len(row) > 8}
    assert [values[name] for name in ids] == [66.325, -66.325, 75.6105]
    paper = readers.read_pdf(made["pdf"])
    assert "+9.285500" in paper
    record = json.loads(made["json"])["corrections"]
    assert {part["measure"]: part["difference"] for part in record} == {
        "CO2": 9_285_500,
        "tce_equivalent": 2_150_750,
    }


def test_the_head_is_printed_in_full(found: Statement, made: dict[str, bytes]) -> None:
    head = found.head.hash
    assert head in readers.read_html(made["html"]).text
    with pdfplumber.open(io.BytesIO(made["pdf"])) as pdf:
        assert all(head in readers.squeezed(page.extract_text()) for page in pdf.pages)
    assert all(
        any(head in str(value) for row in sheet for value in row)
        for sheet in readers.read_xlsx(made["xlsx"]).values()
    )
    assert json.loads(made["json"])["head"]["hash"] == head


def test_footnotes_say_what_is_not_recorded(made: dict[str, bytes]) -> None:
    page = readers.read_html(made["html"]).text
    assert "条款未记录" in page
    assert "等级：转录" in page
    assert "github" not in page.lower()


def test_chinese_glyphs_are_in_the_file(made: dict[str, bytes]) -> None:
    with pdfplumber.open(io.BytesIO(made["pdf"])) as pdf:
        letters = [letter for page in pdf.pages for letter in page.chars]
        fonts = {
            name: resolve1(font)
            for page in pdf.pages
            for name, font in resolve1(page.page_obj.resources["Font"]).items()
        }
    chinese = [letter for letter in letters if CJK.match(letter["text"])]
    assert len(chinese) > 300
    assert all("NotoSansCJK" in letter["fontname"] for letter in chinese)
    assert not [letter for letter in letters if letter["text"] in ("\ufffd", "\u25a1")]
    for font in fonts.values():
        descendant = resolve1(resolve1(font["DescendantFonts"])[0])
        held = resolve1(descendant["FontDescriptor"])
        assert {"FontFile2", "FontFile3"} & set(held), "a font that is not embedded"


def test_no_cell_is_a_formula(made: dict[str, bytes], hostile: dict[str, bytes]) -> None:
    for body in (made["xlsx"], hostile["xlsx"]):
        book = openpyxl.load_workbook(io.BytesIO(body))
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n"}
        with zipfile.ZipFile(io.BytesIO(body)) as held:
            sheets = [name for name in held.namelist() if "worksheets/sheet" in name]
            assert sheets
            assert not any(b"<f>" in held.read(name) for name in sheets)


def test_names_are_text_on_the_page(made: dict[str, bytes], hostile: dict[str, bytes]) -> None:
    assert b"<script" not in made["html"]
    assert b"<b>" not in made["html"].replace(b"<b>\xe7\xa2\xb3\xe8\xb4\xa6 Tanzhang</b>", b"")
    assert city.NAMES[city.FIRST] in readers.read_html(made["html"]).text
    assert city.FILE_NAME in readers.read_html(made["html"]).text
    assert city.NAMES[city.SECOND] in readers.read_html(hostile["html"]).text


def test_names_are_text_on_paper(hostile: dict[str, bytes], made: dict[str, bytes]) -> None:
    for files, name in ((hostile, city.NAMES[city.SECOND]), (made, city.NAMES[city.FIRST])):
        assert readers.squeezed(name) in readers.squeezed(readers.read_pdf(files["pdf"]))


def test_names_are_text_in_the_worksheet(hostile: dict[str, bytes]) -> None:
    first = readers.read_xlsx(hostile["xlsx"])["概要"][0][0]
    assert first == f"{city.NAMES[city.SECOND]} · 2025年3月"


def test_the_label_of_synthetic_data(made: dict[str, bytes], english: dict[str, bytes]) -> None:
    assert json.loads(made["json"])["label"] == "合成数据"
    for files in (made, english):
        assert "合成数据" in readers.read_html(files["html"]).text
        assert "合成数据" in readers.read_pdf(files["pdf"])
        for sheet in readers.read_xlsx(files["xlsx"]).values():
            assert any("合成数据" in str(row[0]) for row in sheet)


def test_english_words_are_english(found: Statement, english: dict[str, bytes]) -> None:
    document = statement_document(found, "en", pictures=False)
    titles = [document.kind, document.subtitle, *(section.title for section in document.sections)]
    titles += [label for label, _ in document.facts.pairs]
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                titles += [block.title, block.note, *(column.title for column in block.columns)]
    assert not [title for title in titles if CJK.search(title)]
    assert 'lang="en"' in english["html"].decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_is_in_the_catalogue(ledger: Connection, lang: str) -> None:
    for period in ("2025-02", "2025-03", "2025"):
        for enterprise_id in (city.FIRST, city.SECOND, city.LATE):
            files = statement_files(statement(ledger, enterprise_id, period), ["html"], lang)
            page = readers.read_html(files["html"]).text
            assert not re.search(r"report\.[a-z_]+[. ]", page)
            assert not re.search(r"\{[a-z_]+\}", page)


def test_a_chart_only_where_there_is_something_to_compare(
    ledger: Connection, made: dict[str, bytes]
) -> None:
    single = statement_files(statement(ledger, city.FIRST, "2024-03"), ["html"])["html"]
    assert b"<svg" not in single
    assert made["html"].count(b"<svg") == 2
    assert "逐月排放" in made["html"].decode()


def test_a_page_needs_no_network(made: dict[str, bytes]) -> None:
    page = made["html"].decode()
    links = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(link.startswith("#") for link in links)
    assert "@import" not in page
    assert "url(http" not in page


def test_an_empty_statement(ledger: Connection) -> None:
    files = statement_files(statement(ledger, city.LATE, "2025-03"))
    assert "本期没有入账" in readers.read_html(files["html"]).text
    assert "本期没有入账" in readers.squeezed(readers.read_pdf(files["pdf"]))
    assert json.loads(files["json"])["bases"] == []
    assert "概要" in readers.read_xlsx(files["xlsx"])


def test_a_list_that_is_cut_says_so(found: Statement) -> None:
    document = statement_document(found, pictures=False, shown=2)
    section = next(part for part in document.sections if part.title == "明细")
    assert "共 6 笔分录，此处列出 2 笔" in section.blocks[1].text  # type: ignore[union-attr]


def test_a_number_beyond_a_double_stands_beside_as_text() -> None:
    huge = Fraction(1234567890123456789, 10**6)
    columns = (Column("名"), Column("数", "right"))
    table = Table("表", columns, (Row((text("甲"), number(huge, 6))),))
    document = Document(
        lang="zh",
        kind="类",
        title="题",
        subtitle="副题",
        facts=Facts("", ()),
        sections=(Section("节", (table,), "节"),),
        foot="脚",
        headings=layout_words(Words("zh")),
    )
    (row,) = readers.xlsx_rows(readers.read_xlsx(workbook(document))["节"], "表")
    assert row[1] == pytest.approx(1234567890123.456789)
    assert row[2] == "1234567890123.456789"
