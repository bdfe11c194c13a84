"""Statements of the dual-control book, one a file."""
