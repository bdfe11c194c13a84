"""`compare`: two method editions over the activities of one enterprise.

What belongs here: the options and what is printed. What does not: the comparison
(`ledgers.emissions.comparison`) and its document (`reports.comparison`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portal.cli.door import AsJson, door
from portal.cli.output import print_line, print_table

if TYPE_CHECKING:
    from ledgers.emissions.comparison import Comparison


def compare(
    context: typer.Context,
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码")],
    period: Annotated[str, typer.Option(help="2025, 2025-03, 2025-01..2025-06")],
    editions: Annotated[str, typer.Option(help="甲,乙：两个方法版本 / two method editions")],
    formats: Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")] = "html,json",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个目录 / folder")] = None,
    as_json: AsJson = False,
) -> None:
    """两种方法对照同一活动数据，差额逐项分解，不入账 / two methods side by side"""
    from factors.errors import UsageFault
    from ledgers.emissions.comparison import compare as compare_methods
    from reports.comparison import comparison_json, write_comparison
    from warehouse.connect import reader

    names = [name.strip() for name in editions.split(",")]
    if len(names) != 2 or names[0] == names[1] or not all(names):
        raise UsageFault("compare.two", seen=editions)
    at = door(context)
    with reader(at.home, purpose="compare", person=at.person) as reading:
        found = compare_methods(reading.con, uscc, period, names[0], names[1])
    if as_json:
        print_line(comparison_json(found).rstrip("\n"))
        return
    _print_parts(found, at.lang)
    folder = out or at.home.reports / found.span.text / "comparisons"
    for path in write_comparison(found, folder, formats=formats.split(","), lang=at.lang):
        print_line(str(path))


def _print_parts(found: Comparison, lang: str) -> None:
    from factors.quantities import display
    from reports.words import Words

    words = Words(lang)
    rows = [(words("compare.old"), found.old.facts.edition, display(found.old.co2e, 3))]
    rows += [
        (words(f"compare.part.{part}"), "", ("+" if value > 0 else "") + display(value, 3))
        for part, value in found.parts.items()
    ]
    rows.append((words("compare.new"), found.new.facts.edition, display(found.new.co2e, 3)))
    print_table(found.party.name, ("", "", "tCO2e"), rows)
