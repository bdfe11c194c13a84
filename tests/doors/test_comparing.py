"""`compare` at the door: the same numbers in every format (合成数据)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pdfplumber
import pytest

from tests.doors.desk import HEATING, Desk, burned, table

WORDS = ("compare", HEATING, "--period", "2025-03", "--editions")


@pytest.fixture
def booked(desk: Desk) -> Desk:
    """100 t of anthracite burned and 10 MWh bought in March 2025."""
    power = burned("10000", "千瓦时", 能源品种="电力", 用途="购入")
    desk.send("三月.csv", table([burned("100", 能源品种="无烟煤"), power]))
    assert desk.run().code == 0
    return desk


def test_every_format_says_the_same(booked: Desk, tmp_path: Path) -> None:
    head = booked.head
    words = (*WORDS, "general-2015,ipcc2006", "--format", "html,pdf,xlsx,json", "--out", tmp_path)
    answer = booked(*words)
    assert (answer.code, answer.err) == (0, ""), answer
    stem = tmp_path / f"{HEATING}-comparison"
    record = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
    difference = Fraction(record["difference"])
    assert sum(map(Fraction, record["parts"].values())) == difference
    assert Fraction(record["parts"]["activity"]) == Fraction("-5.306")
    thousandths = round(abs(difference) * 1000)
    assert difference > 0
    shown = f"+{thousandths // 1000}.{thousandths % 1000:03d}"
    with pdfplumber.open(stem.with_suffix(".pdf")) as paper:
        text = "".join(page.extract_text() for page in paper.pages)
    page = stem.with_suffix(".html").read_text(encoding="utf-8")
    for said in (text, page):
        assert "−5.306" in said
        assert shown in said
        assert "活动数据口径" in said
        assert "Shapley" in said
    assert "<svg" in page
    sheet = openpyxl.load_workbook(stem.with_suffix(".xlsx"))
    cells = [c for each in sheet for row in each.values for c in row]
    numbers = [c for c in cells if isinstance(c, int | float)]
    assert any(abs(cell - float(difference)) < 1e-9 for cell in numbers)
    assert not any(isinstance(c, str) and c.startswith("=") for c in cells)
    assert booked.head == head


def test_english_and_json_on_the_screen(booked: Desk) -> None:
    answer = booked(*WORDS, "general-2015,ipcc2006", lang="en")
    assert answer.says("Activity basis", "Heating value", "-5.306")
    found = booked(*WORDS, "general-2015,ipcc2006", "--json").data
    assert found["kind"] == "method-comparison"
    assert [found[side]["edition"] for side in ("old", "new")] == ["general-2015", "ipcc2006"]


@pytest.mark.parametrize("editions", ["general-2015", "general-2015,general-2015", "a,b,c", ","])
def test_two_different_editions_are_due(booked: Desk, editions: str) -> None:
    answer = booked(*WORDS, editions)
    assert answer.code == 2
    assert answer.says("两个不同的方法版本")


def test_unknown_names(booked: Desk) -> None:
    assert booked(*WORDS, "general-2015,没有").says("没有", "ipcc2006")
    assert booked(*WORDS, "general-2015,ipcc2006", "--format", "doc").code == 2
