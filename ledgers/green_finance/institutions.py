"""Institutions that report (报送机构): banks and the other kinds that the regulator watches.

What belongs here: registering institutions and reading them. What does not: what they report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.reference.columns import day
from ledgers.reference.rows import add
from warehouse.connect import Connection

KINDS: Mapping[str, str] = {
    "bank": "银行",
    "small_loan": "小额贷款公司",
    "guarantor": "融资担保公司",
    "lease": "融资租赁公司",
    "pawn": "典当行",
    "factoring": "商业保理公司",
    "exchange": "交易场所",
    "online_lender": "网络借贷机构",
    "insurer": "保险公司",
    "fund_manager": "基金管理人",
    "wealth_manager": "理财公司",
    "issuer": "发行人",
    "trust": "信托公司",
}
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "institution_id": ("金融许可证号", "机构编码", "机构许可证号"),
    "name": ("机构名称", "名称"),
    "kind": ("机构种类", "种类"),
    "district": ("所在区县", "行政区划代码"),
    "valid_from": ("生效日期", "起始日期"),
}


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution; a name with 合成 says that it is synthetic."""

    institution_id: str
    name: str
    kind: str
    district: str
    valid_from: date

    @property
    def synthetic(self) -> bool:
        """Whether all that it sends is made up."""
        return "合成" in self.name


def institutions(con: Connection) -> Mapping[str, Institution]:
    """Identity → institution, the last row of each."""
    rows = con.execute(
        "SELECT institution_id, name, kind, district, valid_from FROM finance.institution QUALIFY "
        "row_number() OVER (PARTITION BY institution_id ORDER BY commit_no DESC, ordinal DESC) = 1"
        " ORDER BY institution_id"
    ).fetchall()
    return {row[0]: Institution(*row) for row in rows}


def register_institutions(
    con: Connection, rows: Iterable[Mapping[str, str]], *, person: str, source_sha: str
) -> tuple[Institution, ...]:
    """Register institutions from rows of canonical columns; all or none.

    Returns those that changed. Raises DataFault naming the first row that cannot be read.
    """
    held = institutions(con)
    made = [_read(row, number) for number, row in enumerate(rows, start=1)]
    changed = [each for each in made if held.get(each.institution_id) != each]
    if not changed:
        return ()
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, "finance.institution", number, [asdict(each) for each in changed])
        journal.commit(
            con,
            book="finance",
            kind="institutions",
            key=f"finance.institution:{number}:{source_sha[:16]}",
            body_sha256=source_sha,
            person=person,
            facts={"rows": len(changed)},
            tables=["finance.institution"],
        )
    return tuple(changed)


def _read(row: Mapping[str, str], number: int) -> Institution:
    identity = row.get("institution_id", "").strip().upper()
    words = {word: kind for kind, zh in KINDS.items() for word in (kind, zh)}
    kind = words.get(row.get("kind", "").strip(), "")
    name = row.get("name", "").strip()
    since = day(row.get("valid_from", "").strip())
    if not re.fullmatch(r"[0-9A-Z]{6,18}", identity) or not kind or not name or since is None:
        facts: dict[str, Any] = {"row": number, "seen": " ".join(row.values())}
        raise DataFault("finance.institution_row", **facts, allowed="、".join(KINDS.values()))
    return Institution(identity, name, kind, row.get("district", "").strip(), since)
