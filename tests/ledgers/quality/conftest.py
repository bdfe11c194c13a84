"""The ledgers of the emission book's tests."""

from tests.ledgers.emissions.conftest import ledger, prepared_ledger

__all__ = ["ledger", "prepared_ledger"]
