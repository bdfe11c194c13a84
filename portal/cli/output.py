"""How the command line answers: tables and progress for people, JSON for programs.

What belongs here: printing. What does not: deciding what to print, and exit codes
(`portal.cli.app`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from factors.errors import TanzhangError


class Step(Protocol):
    """Tells the person that work moved on: (what, done, of how many)."""

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None: ...


def print_json(data: Any) -> None:
    """Write `data` as JSON; decimals stay text so that no digit is lost."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2, default=plain)
    sys.stdout.write("\n")


def plain(value: Any) -> Any:
    """A JSON form of the values that our records hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction | Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, TanzhangError):
        said = {lang: value.text(lang) for lang in ("zh", "en")}
        return {"code": value.code, "facts": dict(value.facts), **said}
    raise TypeError(f"no JSON form for {type(value).__name__}")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under `columns`; numbers align right, Chinese keeps its width."""
    from rich import box
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD)
    for place, column in enumerate(columns):
        numeric = bool(rows) and all(_is_number(row[place]) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def print_line(text: str = "") -> None:
    """Print one line as it is: no markup, no wrapping, so that paths can be copied."""
    sys.stdout.write(text + "\n")


def print_error(text: str) -> None:
    """Print to standard error."""
    sys.stderr.write(text + "\n")


def console() -> Any:
    """Rich's console on standard output; as wide as the terminal, at least 100 columns."""
    from rich.console import Console

    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=max(found.width, 160))


@contextmanager
def progress() -> Iterator[Step]:
    """A progress bar on a terminal, plain lines on standard error elsewhere."""
    if not sys.stderr.isatty():
        yield _plain_step()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int = 0, total: int = 0) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield step


def _plain_step() -> Step:
    said: set[str] = set()

    def step(what: str, done: int = 0, total: int = 0) -> None:
        # One line when a stage begins; a log must not fill with one line per file.
        if what not in said:
            said.add(what)
            print_error(f"{what} ({total})" if total else what)

    return step


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "✓", False: "", None: ""}[value]
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return str(value)
