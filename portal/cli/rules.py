"""Commands about rules: the declared ones of activity data, and rule sets of texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from portal.cli.confirming import confirm_rules
from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_table
from portal.cli.register import print_imported

group = typer.Typer(help="校验规则与规则集 / declared rules and rule sets", no_args_is_help=True)
group.command("confirm")(confirm_rules)


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


@group.command()
def show(
    context: typer.Context,
    rule_set: Annotated[str, typer.Argument(help="规则集，不填为全部 / rule set")] = "",
    as_json: AsJson = False,
) -> None:
    """列出规则集的取值 / the values of rule sets, by version"""
    from ledgers.reference import rule_values
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="rules show", person=at.person) as reading:
        found = [row for row in rule_values(reading.con) if rule_set in ("", row.rule_set)]
    if as_json:
        print_json(found)
        return
    columns = ("规则集", "版本", "自", "至", "键", "值", "单位", "文件", "条款", "依据级别")
    names = ("rule_set", "version", "applies_from", "applies_to", "key", "value", "unit")
    names += ("document", "clause", "standing")
    print_table("", columns, [tuple(str(getattr(row, n) or "") for n in names) for row in found])


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX")],
    as_json: AsJson = False,
) -> None:
    """导入一个版本的规则集 / import a version of a rule set"""
    from pipelines.reference import import_rule_file

    at = door(context)
    imported = import_rule_file(at.home, file, person=at.person)
    print_imported(imported, at.lang, as_json)
    if imported.answer.rejected:
        raise typer.Exit(1)
