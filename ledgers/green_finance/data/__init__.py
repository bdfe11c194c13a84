"""Declared columns of the files that institutions send."""
