"""Air pollutants on statements and the bulletin, beside CO2e and never in it; 合成数据."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from factors.quantities import display
from ledgers import reference
from ledgers.emissions.bulletin import Bulletin, bulletin
from ledgers.emissions.statement import Statement, sealed_bodies, statement
from reports.bulletin import bulletin_files
from reports.statement import statement_files
from tests.ledgers.emissions import book
from tests.reports import city, readers
from warehouse.connect import Connection

MONTH, NEXT = "2025-04", "2025-05"
# Grate: 2.94 kg/t, each row to the gram: 1234.5 t are 3629.430 kg; 1.0001 t are 2940.294 g.
COAL = 3_629_430 + 2_940
# Low-NOx gas boiler: 15.87 kg per 10⁴ m³ at 20 °C; a Nm³ is 293.15/273.15 of one.
GAS = int(Fraction("15.87") * 3 * Fraction("293.15") / Fraction("273.15") * 1000 + Fraction(1, 2))
TITLE = {"zh": "大气污染物", "en": "Air pollutants"}
WHY = {
    "zh": {
        "no_device": "名录未载明设备类别",
        "no_factor": "没有有出处的系数",
        "no_sulphur": "没有硫分数据",
        "no_coefficient": "没有有出处的系数",
    },
    "en": {
        "no_device": "device not in the register",
        "no_factor": "no coefficient with a source",
        "no_sulphur": "no sulphur content",
        "no_coefficient": "no coefficient with a source",
    },
}


def burned(month: int, carrier: str, quantity: str, unit: str, **where: str) -> dict[str, Any]:
    days = {"period_start": date(2025, month, 1), "period_end": date(2025, month, 30)}
    return book.row(quantity, unit, carrier=carrier, carrier_text=carrier, **where, **days)


def facilities(con: Connection) -> None:
    known = (
        (city.FIRST, "一号锅炉房", "链条炉"),
        (city.FIRST, "二号锅炉房", "往复炉排炉"),
        (city.THIRD, "窑前锅炉房", "低氮燃烧器"),
    )
    names = ("enterprise_id", "facility", "boiler_type")
    same = {"kind": "锅炉", "valid_from": "2020-01-01"}
    rows = [dict(zip(names, each, strict=True)) | same for each in known]
    sha = hashlib.sha256(b"boilers").hexdigest()
    answer = reference.import_register(con, "facility", rows, person=book.PERSON, source_sha=sha)
    assert not answer.rejected


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The small city with fuel in two more months; no facility is registered."""
    folder = tmp_path_factory.mktemp("fuel")
    con = city.build(folder)
    one, two = ({"enterprise_id": city.FIRST, "facility": f"{n}号锅炉房"} for n in "一二")
    kiln = {"enterprise_id": city.THIRD, "facility": "窑前锅炉房"}
    rows = [
        burned(4, "anthracite", "1234.5", "t", **one),
        burned(4, "anthracite", "1.0001", "t", **two),
        burned(4, "anthracite", "50", "t", enterprise_id=city.FIRST),
        burned(4, "diesel", "3.5", "t", **one),
        burned(4, "natural_gas", "3", "万Nm³", **kiln),
    ]
    city.post(con, folder, MONTH, "合成·四月.csv", rows)
    city.post(con, folder, NEXT, "合成·五月.csv", [burned(5, "anthracite", "1.0001", "t", **two)])
    yield con
    con.close()


@pytest.fixture(scope="module")
def bare(before: Connection) -> Statement:
    return statement(before, city.FIRST, MONTH)


@pytest.fixture(scope="module")
def sealed(before: Connection) -> Any:
    return sealed_bodies(before, MONTH)


@pytest.fixture(scope="module")
def boilers(before: Connection, bare: Statement, sealed: Any) -> Connection:
    facilities(before)
    return before


@pytest.fixture(scope="module")
def found(boilers: Connection) -> Statement:
    return statement(boilers, city.FIRST, MONTH)


@pytest.fixture(scope="module")
def of_city(boilers: Connection) -> Bulletin:
    return bulletin(boilers, MONTH)


def nox(report: Statement | Bulletin) -> tuple[int | None, int, int, tuple[str, ...]]:
    (each,) = (each for each in report.pollutants.totals if each.pollutant == "NOx")
    return each.grams, each.known, each.fuels, each.why


def test_a_figure_worked_by_hand(found: Statement) -> None:
    assert nox(found) == (COAL, 1, 3, ("no_device", "no_factor"))
    cells = {
        (fuel.carrier, fuel.device): (fuel.quantity, fuel.figures[1].grams, fuel.figures[1].why)
        for fuel in found.pollutants.fuels
    }
    assert cells == {
        ("anthracite", "grate_boiler"): (Fraction("1235.5001"), COAL, ""),
        ("anthracite", ""): (50, None, "no_device"),
        ("diesel", ""): (Fraction("3.5"), None, "no_factor"),
    }


def test_what_has_no_source_is_empty_and_says_why(found: Statement, of_city: Bulletin) -> None:
    for report in (found, of_city):
        held = {each.pollutant: (each.grams, each.why) for each in report.pollutants.totals}
        assert held["SO2"] == (None, ("no_sulphur",))
        assert held["PM"] == (None, ("no_coefficient",))


def test_no_total_of_emissions_knows_of_them(
    bare: Statement, sealed: Any, found: Statement, boilers: Connection
) -> None:
    assert nox(bare) == (None, 0, 2, ("no_device", "no_factor"))
    assert bare.bases == found.bases
    assert bare.lines == found.lines
    assert sealed == sealed_bodies(boilers, MONTH)
    (basis,) = found.bases
    booked = city.tonnes(boilers, f"enterprise_id = '{city.FIRST}' AND month = '{MONTH}'")
    del booked["tce_equivalent"]
    by_hand = {"CO2": Fraction(1, 10**6), "CH4": Fraction(21, 10**9), "N2O": Fraction(310, 10**12)}
    assert basis.total.co2e == sum(by_hand[gas] * quanta for gas, quanta in booked.items())


def test_the_city_is_the_sum_of_the_statements(boilers: Connection, of_city: Bulletin) -> None:
    held = [nox(statement(boilers, code, MONTH))[0] for code in (city.FIRST, city.THIRD)]
    assert held == [COAL, GAS]
    assert nox(of_city) == (COAL + GAS, 2, 4, ("no_device", "no_factor"))


def test_months_add_up(boilers: Connection) -> None:
    # 2940.294 g twice: each is 2940, and together they are 5880 rather than 5881.
    both = statement(boilers, city.FIRST, f"{MONTH}..{NEXT}")
    assert nox(statement(boilers, city.FIRST, NEXT))[0] == 2_940
    assert nox(both)[0] == COAL + 2_940


def test_an_earlier_moment_knows_the_register_of_then(boilers: Connection, bare: Statement) -> None:
    moment = bare.head.recorded_at
    assert moment is not None
    assert nox(statement(boilers, city.FIRST, MONTH, as_of=moment)) == nox(bare)
    assert nox(bulletin(boilers, MONTH, as_of=moment))[0] is None


def test_nothing_burned(boilers: Connection) -> None:
    files = statement_files(statement(boilers, city.SECOND, "2025-03"), ["html"])
    assert "本期没有入账的燃料燃烧" in readers.read_html(files["html"]).text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["statement", "bulletin"])
def test_the_same_numbers_in_every_format(
    found: Statement, of_city: Bulletin, kind: str, lang: str
) -> None:
    report: Statement | Bulletin
    if kind == "statement":
        report, files, grams = found, statement_files(found, lang=lang), COAL
    else:
        report, files, grams = of_city, bulletin_files(of_city, lang=lang), COAL + GAS
    exact = Fraction(grams, 10**6)
    shown, why, title = display(exact, 3, grouped=True), WHY[lang], TITLE[lang]
    total = "合计" if lang == "zh" else "Total"

    record = json.loads(files["json"], parse_float=lambda digits: pytest.fail(digits))
    held = {each["pollutant"]: each for each in record["pollutants"]["totals"]}
    assert (held["NOx"]["grams"], Fraction(held["NOx"]["t"])) == (grams, exact)
    assert held["SO2"]["t"] is held["SO2"]["grams"] is held["PM"]["grams"] is None

    page = readers.read_html(files["html"])
    last = page.tables[title][-1]
    # The mark of a footnote stands with the cells of the body, not with the total.
    assert last == [total, "", "", "", why["no_sulphur"], shown, why["no_coefficient"]]
    assert exact in {Fraction(value) for value, _ in page.data if not value.startswith("≈")}

    sheet = readers.read_xlsx(files["xlsx"])[title]
    rows = {(row[0], row[1]): row for row in readers.xlsx_rows(sheet, title)}
    (row,) = (row for (name, _), row in rows.items() if name == total)
    assert isinstance(row[5], float)
    assert Fraction(repr(row[5])) == exact
    assert (row[4], row[6]) == (why["no_sulphur"], why["no_coefficient"])
    (empty,) = (row for (_, device), row in rows.items() if why["no_device"] in row)
    assert why["no_device"] in empty

    paper = readers.read_pdf(files["pdf"])
    assert any(shown in line.split() for line in paper.splitlines() if line.startswith(total))
    # A reason breaks over lines where its column is narrow, between the cells beside it.
    section = paper[paper.index(title) :]
    for reason in why.values():
        parts = [readers.squeezed(reason)] if lang == "zh" else reason.split()
        assert all(part in readers.squeezed(section) for part in parts)
    assert len(report.pollutants.notes) == (1 if kind == "statement" else 2)


@pytest.mark.parametrize("kind", ["statement", "bulletin"])
def test_the_source_is_a_footnote_with_its_standing(
    found: Statement, of_city: Bulletin, kind: str
) -> None:
    report = found if kind == "statement" else of_city
    files = (
        statement_files(found, ["html"])
        if kind == "statement"
        else bulletin_files(of_city, ["html"])
    )
    (number,) = report.pollutants.notes["census-4430/F0516"]
    (note,) = (each for each in report.footnotes if each.number == number)
    assert (note.value, note.unit, note.standing) == ("2.94", "kg/t", "memory")
    page = files["html"].decode()
    (words,) = re.findall(rf'<li id="note-{number}"[^>]*>([^<]*)</li>', page)
    assert "氮氧化物产污系数" in words
    assert "污染源普查产排污系数手册 4430" in words
    assert "条款未记录" in words
    assert "等级：记忆" in words
    assert f'<a href="#note-{number}">' in page
