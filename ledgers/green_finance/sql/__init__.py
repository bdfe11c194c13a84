"""Statements of the green-finance book, one a file."""
