"""A small city whose names try to break every format; all 合成数据 (synthetic).

Months: 2024-03, 2025-02 (closed), 2025-03. In 2025-03 the first enterprise sent its electricity
twice, a row of it has no factor, a bill reaches back into the closed February, and one enterprise
that the register expects sent nothing.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ledgers import journal
from ledgers.emissions.posting import SourceFile, post_month
from ledgers.emissions.statement import sealed_bodies
from ledgers.reference import load_shipped
from tests.ledgers.emissions import book
from warehouse import migrations
from warehouse.connect import Connection, scratch

FIRST, SECOND, THIRD, LATE = (book.credit_code(number) for number in (11, 12, 13, 14))
NAMES = {
    FIRST: "合成·<script>alert(1)</script>热力公司",
    SECOND: "=1+1 合成数据 & 机械 #strong[厂] *a* $x$ _b_ `c` @d",
    THIRD: "合成·铁西陶瓷厂",
    LATE: "合成·沉默公司",
}
FILE_NAME = "合成·<b>三月</b>=cmd|'!A1.csv"
SECOND_FILE = "合成·三月（再次报送）.csv"


def electricity(quantity: str, enterprise_id: str = FIRST, **changes: Any) -> dict[str, Any]:
    given = {
        "enterprise_id": enterprise_id,
        "carrier": "electricity",
        "carrier_text": "电力",
        "evidence_kind": "invoice",
    }
    return book.row(quantity, "万千瓦时", **given | changes)


def diesel(quantity: str, enterprise_id: str = FIRST, **changes: Any) -> dict[str, Any]:
    given = {"enterprise_id": enterprise_id, "carrier": "diesel", "carrier_text": "柴油"}
    return book.row(quantity, "吨", **given | changes)


def in_month(row: dict[str, Any], year: int, month: int) -> dict[str, Any]:
    last = {2: 28}.get(month, 31)
    days = {"period_start": date(year, month, 1), "period_end": date(year, month, last)}
    return row | days


def post(con: Connection, folder: Path, month: str, name: str, rows: list[dict[str, Any]]) -> None:
    path = book.typed_file(folder, book.file_hash(name)[:8], rows)
    shown = {book.file_hash(book.file_hash(name)[:8]): SourceFile(name)}
    post_month(con, month, [path], person="合成经办人 <b>", files=shown)


def build(folder: Path) -> Connection:
    """The ledger of the city, in memory."""
    con = scratch("1GB", threads=2)
    migrations.migrate(con)
    load_shipped(con, person=book.PERSON)
    book.register(
        con,
        *(
            book.enterprise(
                code,
                name=name,
                district="210106" if code in (FIRST, LATE) else "210102",
                industry="3421" if code == SECOND else "4430",
                expected_carriers="电力;柴油" if code in (FIRST, LATE) else "",
                contact="能源管理岗",
            )
            for code, name in NAMES.items()
        ),
    )
    own = [in_month(electricity("10"), 2024, 3), in_month(diesel("3"), 2024, 3)]
    post(con, folder, "2024-03", "合成·2024年3月.csv", own)
    second = in_month(electricity("7.77", SECOND), 2025, 2)
    post(con, folder, "2025-02", "合成·二月.csv", [in_month(electricity("11"), 2025, 2), second])
    with journal.transaction(con):
        bodies = sealed_bodies(con, "2025-02")
        journal.close_month(con, "2025-02", person="合成经办人", statements=bodies)
    march(con, folder)
    return con


def march(con: Connection, folder: Path) -> None:
    """The last month, with everything that can happen to a row."""
    bill = {"period_start": date(2025, 2, 18), "period_end": date(2025, 3, 17)}
    post(
        con,
        folder,
        "2025-03",
        FILE_NAME,
        [
            electricity("12.5"),
            diesel("3.5"),
            book.row("120.5", enterprise_id=FIRST, carrier="raw_coal", carrier_text="原煤"),
            electricity("28", SECOND, **bill),
        ],
    )
    post(con, folder, "2025-03", SECOND_FILE, [electricity("14.25")])


def tonnes(con: Connection, where: str) -> dict[str, int]:
    """Measure → sum of every entry, reversals included: what stands, by another way."""
    found = con.execute(
        f"SELECT measure, sum(value)::HUGEINT FROM emissions.line WHERE {where} GROUP BY measure"
    ).fetchall()
    return {measure: int(value) for measure, value in found}
