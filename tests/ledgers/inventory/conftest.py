"""A small city for the tests of the inventory book; 合成数据 (synthetic).

2025-03: a heating plant (4430) burns 100 t of anthracite, a foundry (3391) burns 10 t of coke and
buys 100 MWh and 50 GJ of heat, an office (7221) buys 10 MWh, a kiln (3012) decomposes 20 t of
limestone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgers.reference import load_shipped
from tests.ledgers.emissions import book
from warehouse import migrations
from warehouse.connect import Connection, scratch

HEATING, FOUNDRY, OFFICE, KILN = (book.credit_code(number) for number in (21, 22, 23, 24))
INDUSTRY = {HEATING: "4430", FOUNDRY: "3391", OFFICE: "7221", KILN: "3012"}


def rows() -> list[dict[str, object]]:
    def row(
        enterprise_id: str, carrier: str, quantity: str, unit: str, flow: str
    ) -> dict[str, object]:
        given = {"enterprise_id": enterprise_id, "carrier": carrier, "flow": flow}
        return book.row(quantity, unit, **given)

    return [
        row(HEATING, "anthracite", "100", "t", "consumption"),
        row(FOUNDRY, "coke", "10000", "kg", "consumption"),
        row(FOUNDRY, "electricity", "100", "MWh", "purchase"),
        row(FOUNDRY, "heat", "50", "GJ", "purchase"),
        row(OFFICE, "electricity", "1", "万千瓦时", "purchase"),
        row(KILN, "limestone", "20", "t", "process_input"),
    ]


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Connection]:
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=book.PERSON)
    parties = (book.enterprise(code, industry=each) for code, each in INDUSTRY.items())
    book.register(con, *parties)
    posted = book.post(con, book.typed_file(tmp_path, "city", rows()))
    assert posted.activities == 6, posted
    yield con
    con.close()
