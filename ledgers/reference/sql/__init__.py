"""Statements of the reference book, one a file; read through `ledgers.reference.rows`."""
