"""Statements of the allowance registry, one a file."""
