from __future__ import annotations

from datetime import date

import pytest

from ledgers.emissions.spans import Span, SpanFault, read_span


@pytest.mark.parametrize(
    ("text", "first", "last", "length"),
    [
        ("2025", "2025-01", "2025-12", 12),
        ("2025-03", "2025-03", "2025-03", 1),
        ("2024-11..2025-02", "2024-11", "2025-02", 4),
        (" 2025-03 ", "2025-03", "2025-03", 1),
    ],
)
def test_reads_what_the_command_line_takes(text: str, first: str, last: str, length: int) -> None:
    span = read_span(text)
    assert (span.first, span.last, span.length) == (first, last, length)
    assert span.text == text.strip()


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-3", "25-03", "2025-03..2025-01", "2010-01..2024-12", "2025..2026"]
)
def test_refuses_other_texts_and_says_what_is_allowed(text: str) -> None:
    with pytest.raises(SpanFault) as fault:
        read_span(text)
    assert "2025-01..2025-06" in fault.value.text("zh")
    assert "2025-01..2025-06" in fault.value.text("en")


def test_months_run_over_the_new_year() -> None:
    assert read_span("2024-11..2025-02").months == ("2024-11", "2024-12", "2025-01", "2025-02")


def test_days_of_a_leap_february() -> None:
    span = read_span("2024-02")
    assert (span.first_day, span.last_day) == (date(2024, 2, 1), date(2024, 2, 29))


def test_what_a_span_is_compared_with() -> None:
    assert read_span("2025-01").before() == Span("2024-12", "2024-12")
    assert read_span("2025-01").year_before() == Span("2024-01", "2024-01")
    assert read_span("2025-01..2025-06").before() == Span("2024-07", "2024-12")
    assert (
        read_span("2025").before() == read_span("2025").year_before() == Span("2024-01", "2024-12")
    )
    assert read_span("2025-03").ending(13) == Span("2024-03", "2025-03")
