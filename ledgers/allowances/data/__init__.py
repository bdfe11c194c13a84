"""Declarative tables of the registry, as shipped; a ledger holds its own versions."""
