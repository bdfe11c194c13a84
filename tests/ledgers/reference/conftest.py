"""A ledger in memory with what the software ships, and rows of registers (合成数据)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ledgers.reference import load_shipped
from warehouse.connect import Connection, scratch
from warehouse.migrations import migrate

CODE = "91210100MA0TEXT015"
OTHER = "91210100MA0TEXT028"
PERSON = "合成·张三"
SHA = {name: name * 64 for name in "abcdef"}


@pytest.fixture
def empty() -> Iterator[Connection]:
    """A ledger with its tables and nothing in them."""
    con = scratch()
    migrate(con)
    yield con
    con.close()


@pytest.fixture
def con(empty: Connection) -> Connection:
    """A ledger with what the software ships."""
    load_shipped(empty, PERSON)
    return empty


def enterprise(**changes: Any) -> dict[str, Any]:
    """A good row of an enterprise file with Chinese headers, as text."""
    row = {
        "统一社会信用代码": CODE,
        "企业名称": "合成热力有限公司",
        "生效日期": "2024-01-01",
        "行政区划代码": "210106",
        "行业代码": "D4430",
        "重点用能单位": "是",
        "应报能源品种": "烟煤、电力",
    }
    return {**row, **changes}


def factor(**changes: Any) -> dict[str, Any]:
    """A good row of a factor file with canonical headers, as text."""
    row = {
        "edition": "合成版",
        "publisher": "合成研究所",
        "document": "合成报告",
        "carrier": "烟煤",
        "parameter": "NCV",
        "value": "22.50",
        "unit": "GJ/t",
        "enterprise_id": CODE,
        "valid_from": "2025-01-01",
        "valid_to": "2025-12-31",
        "standing": "reported",
        "evidence": "合成检测报告-1",
    }
    return {**row, **changes}
