"""`python -m benchmarks [NAME ...] [--quick] [--json]`: measure, and say what is too slow.

Each name is a module here with `figures(quick) -> Iterator[Figure]`. Exit code 1 when a figure
exceeds its limit; limits hold for full runs, a quick one only shows them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator, Sequence

from benchmarks.figure import Figure

NAMES = ("posting", "month", "start", "diff", "registry", "dual_control")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="fewer rows; ends within 45 seconds")
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    given = parser.parse_args(argv)
    unknown = sorted(set(given.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    figures = list(_measure(given.names or NAMES, given.quick))
    if given.json:
        print(json.dumps([figure.as_json() for figure in figures], ensure_ascii=False))
    else:
        _table(figures, judged=not given.quick)
    return 0 if given.quick or not any(figure.excesses for figure in figures) else 1


def _measure(names: Sequence[str], quick: bool) -> Iterator[Figure]:
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr)
        for figure in importlib.import_module(f"benchmarks.{name}").figures(quick):
            # A long run that fails later has shown what it measured.
            print(json.dumps(figure.as_json(), ensure_ascii=False), file=sys.stderr, flush=True)
            yield figure


def _table(figures: Sequence[Figure], *, judged: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "rows", "seconds", "beside", "seconds", "ratio", "at most", "peak MB")
    for item in figures:
        table.add_row(
            item.name,
            f"{item.rows:,}",
            f"{item.seconds:.2f}",
            item.reference,
            _number(item.reference_seconds),
            _number(item.ratio),
            f"{'[red]✗ ' if judged and item.excesses else ''}{item.limits}",
            _number(item.peak_rss_mb, 0),
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


if __name__ == "__main__":
    sys.exit(main())
