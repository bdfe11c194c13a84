"""What is sent is what stands, whatever its form, its order and the number of postings.

Rows of any size and shape are posted for enterprises of their own, so that one ledger serves all
examples. All data are 合成数据 (synthetic).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers.emissions.posting import post_month
from tests.ledgers.emissions.book import (
    PERSON,
    credit_code,
    enterprise,
    fill_ledger,
    register,
    row,
    typed_file,
)
from warehouse.connect import Connection, scratch

MONTH = "2025-03"
CODES = tuple(credit_code(number) for number in range(4, 64))
FEW = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CARRIERS = (
    ("bituminous", "吨"),
    ("diesel", "kg"),
    ("natural_gas", "万Nm3"),
    ("electricity", "千瓦时"),
)
quantities = st.decimals(0, 99_999, places=12).map(lambda value: value.normalize())

Sent = dict[str, Any]
Sums = dict[tuple[str, ...], Fraction]


class Book:
    """One ledger, and a fresh enterprise for everyone who asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes = iter(CODES)
        self.numbers = count()
        self.con: Connection = scratch("1GB", threads=2)
        fill_ledger(self.con)
        register(self.con, *(enterprise(code) for code in CODES))

    def file(self, rows: Sequence[Sent]) -> Path:
        return typed_file(self.folder, f"file{next(self.numbers)}", rows)

    def post(self, *files: Path) -> None:
        posted = post_month(self.con, MONTH, files, person=PERSON)
        assert all(file.read == file.posted for file in posted.files)

    def sums(self, code: str) -> Sums:
        """What stands of an enterprise, by carrier, device, unit and month."""
        found = self.con.execute(
            "SELECT carrier, device, unit, month, sum(quantity) FROM emissions.live_activity "
            "WHERE enterprise_id = ? GROUP BY ALL",
            [code],
        ).fetchall()
        return {tuple(key): Fraction(value) for *key, value in found}

    def quanta(self, code: str) -> dict[tuple[str, ...], int]:
        """What it comes to, by carrier, device, month, method and measure."""
        found = self.con.execute(
            "SELECT carrier, device, month, method, measure, sum(value)::BIGINT "
            "FROM emissions.line WHERE enterprise_id = ? GROUP BY ALL",
            [code],
        ).fetchall()
        return {tuple(key): value for *key, value in found}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    made = Book(tmp_path_factory.mktemp("conservation"))
    yield made
    made.con.close()


@st.composite
def whole_rows(draw: st.DrawFn) -> Sent:
    """A row of days within March."""
    carrier, unit = draw(st.sampled_from(CARRIERS))
    first = draw(st.integers(1, 31))
    last = draw(st.integers(first, 31))
    days = {"period_start": date(2025, 3, first), "period_end": date(2025, 3, last)}
    device = draw(st.sampled_from(["", "1号", "2号"]))
    return row(str(draw(quantities)), unit, carrier=carrier, device=device, **days)


@st.composite
def readings(draw: st.DrawFn) -> Sent:
    """A reading of a quarter of an hour in three days of March."""
    carrier, unit = draw(st.sampled_from(CARRIERS))
    day = date(2025, 3, draw(st.integers(1, 3)))
    at = datetime.combine(day, time(draw(st.integers(0, 23)), 15 * draw(st.integers(0, 3))))
    days = {"period_start": day, "period_end": day, "starts_at": at}
    return row(str(draw(quantities)), unit, carrier=carrier, device="表", **days)


@st.composite
def bills(draw: st.DrawFn) -> Sent:
    """A bill that ends in March and begins up to four months before."""
    end = date(2025, 3, draw(st.integers(1, 31)))
    start = end - timedelta(days=draw(st.integers(0, 120)))
    device = f"户{draw(st.integers(1, 3))}"
    days = {"period_start": start, "period_end": end, "device": device}
    return row(str(draw(quantities)), "kWh", carrier="electricity", **days)


any_rows = st.one_of(whole_rows(), readings(), bills())


def own(rows: Sequence[Sent], code: str, device: str = "") -> list[Sent]:
    return [each | {"enterprise_id": code, "device": each["device"] + device} for each in rows]


def parts(sent: Sent) -> Iterator[tuple[str, Fraction]]:
    """The bill by days: to the end of each month rounded half up to 12 decimals, minus before."""
    start, end, size = sent["period_start"], sent["period_end"], Fraction(sent["quantity"])
    days, before, first = (end - start).days + 1, Fraction(0), start
    while first <= end:
        last = min(end, first.replace(day=monthrange(first.year, first.month)[1]))
        exact = size * ((last - start).days + 1) / days * 10**12
        until = Fraction((2 * exact.numerator + exact.denominator) // (2 * exact.denominator))
        yield f"{first:%Y-%m}", (until - before) / 10**12
        before, first = until, last + timedelta(days=1)


def sent_sums(rows: Sequence[Sent]) -> Sums:
    sums: Sums = {}
    for each in rows:
        for month, part in parts(each):
            key = (each["carrier"], each["device"], each["unit"], month)
            sums[key] = sums.get(key, Fraction(0)) + part
    return sums


@FEW
@given(st.lists(any_rows, min_size=1, max_size=40))
def test_activities_sum_to_what_was_sent(book: Book, rows: list[Sent]) -> None:
    code = next(book.codes)
    sent = own(rows, code)
    book.post(book.file(sent))
    assert book.sums(code) == sent_sums(sent)


@FEW
@given(bills())
def test_the_parts_of_a_bill_sum_to_it(book: Book, sent: Sent) -> None:
    code = next(book.codes)
    book.post(book.file(own([sent], code)))
    found = book.con.execute(
        "SELECT month, quantity, bill_quantity FROM emissions.live_activity "
        "WHERE enterprise_id = ? ORDER BY month",
        [code],
    ).fetchall()
    assert [(month, Fraction(part)) for month, part, _ in found] == list(parts(sent))
    assert sum(part for _, part, _ in found) == sent["quantity"]
    assert {whole for *_, whole in found} in ({sent["quantity"]}, {None})


@FEW
@given(st.lists(st.lists(any_rows, min_size=1, max_size=8), min_size=2, max_size=3))
def test_the_order_of_files_and_of_postings_does_not_matter(
    book: Book, files: list[list[Sent]]
) -> None:
    """Files that share an enterprise but no stream: in one posting, in one posting in the other
    order, and in postings of their own in that order."""
    codes = [next(book.codes) for _ in range(3)]
    sent = [[own(rows, code, f"/{n}") for n, rows in enumerate(files)] for code in codes]
    first, second, third = ([book.file(rows) for rows in each] for each in sent)
    book.post(*first)
    book.post(*reversed(second))
    for path in reversed(third):
        book.post(path)
    wanted = sent_sums([each for rows in sent[0] for each in rows])
    assert [book.sums(code) for code in codes] == [wanted] * 3
    quanta = [book.quanta(code) for code in codes]
    assert quanta == [quanta[0]] * 3


@FEW
@given(st.lists(whole_rows(), min_size=1, max_size=12), st.data())
def test_a_resubmission_leaves_what_the_last_file_says(
    book: Book, rows: list[Sent], data: st.DataObject
) -> None:
    """One row changed by any amount: what stands is the second file, and the sum of all entries,
    reversals with them, is what the second file alone would have come to."""
    codes = [next(book.codes) for _ in range(2)]
    place = data.draw(st.integers(0, len(rows) - 1))
    quantity = data.draw(quantities)
    changed = [*rows]
    changed[place] = rows[place] | {"quantity": quantity, "quantity_text": str(quantity)}
    book.post(book.file(own(rows, codes[0])))
    post_month(book.con, MONTH, [book.file(own(changed, codes[0]))], person=PERSON)
    book.post(book.file(own(changed, codes[1])))
    assert book.sums(codes[0]) == book.sums(codes[1]) == sent_sums(own(changed, codes[1]))
    assert book.quanta(codes[0]) == book.quanta(codes[1])
