"""Statements of the declared rules, one a file; read through `ledgers.emissions.rules`."""
