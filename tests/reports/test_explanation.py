"""The account of one entry as lines and as a page."""

from __future__ import annotations

from ledgers.emissions.explanation import explain
from ledgers.emissions.statement import statement
from reports.explanation import explanation_html, explanation_lines
from tests.reports import city, readers
from warehouse.connect import Connection


def test_an_entry_back_to_its_cell(ledger: Connection) -> None:
    found = statement(ledger, city.FIRST, "2025-03")
    line = next(
        item
        for item in found.lines
        if item.carrier == "electricity" and item.resolution.measure == "CO2"
    )
    account = explain(ledger, line.entry_id)
    equation = "14.25 万千瓦时 × 0.5306 kgCO2/kWh × 10 = 75.6105 tCO2"
    lines = explanation_lines(account)
    assert any(equation in text for text in lines)
    assert any(city.SECOND_FILE in text for text in lines)
    page = readers.read_html(explanation_html(account).encode())
    assert equation in page.text
    assert city.SECOND_FILE in page.text
    assert line.origin.source in page.text
    assert ("75610500", "75,610,500") in page.data
    assert account.commit.hash in page.text


def test_a_reversal_names_what_it_reverses(ledger: Connection) -> None:
    item = statement(ledger, city.FIRST, "2025-03").corrections[0]
    reversal = item.reversals[0]
    page = readers.read_html(explanation_html(explain(ledger, reversal.entry_id), "en").encode())
    assert reversal.reverses_id in page.text
    assert "Reverses" in page.text
