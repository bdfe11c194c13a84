"""Commands about the declared rules of activity data."""

from __future__ import annotations

import typer

from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_table

group = typer.Typer(help="校验规则 / the declared rules", no_args_is_help=True)


@group.command("list")
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """列出校验规则 / list the rules with their words"""
    from ledgers.emissions.rules import table

    found = table()
    if as_json:
        print_json(found)
        return
    rows = [(r["rule"], r["severity"], r["column"], r[door(context).lang]) for r in found]
    print_table("", ("规则", "级别", "列", "说明"), rows)
