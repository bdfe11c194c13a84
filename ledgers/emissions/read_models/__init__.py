"""Read models (读模型) of the emission book, for `warehouse.publish` to run on a copy."""

from __future__ import annotations

from warehouse.connect import sql

SCRIPTS = ("enterprise_month.sql", "fault_month.sql")
"""In the order in which they are run."""


def read_models() -> tuple[str, ...]:
    """The scripts of this book; each fills one table of the schema `read_model`."""
    return tuple(sql(__package__, name) for name in SCRIPTS)
