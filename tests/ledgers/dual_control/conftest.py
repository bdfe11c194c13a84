"""A ledger for each test of dual control."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledgers.dual_control import city
from warehouse.connect import Connection


@pytest.fixture
def con() -> Iterator[Connection]:
    made = city.ledger()
    yield made
    made.close()
