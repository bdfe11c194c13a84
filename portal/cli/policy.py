"""Commands of policy settings: what a city decides and what can move a figure or a rejection."""

from __future__ import annotations

from typing import Annotated

import typer

from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table

group = typer.Typer(
    help="政策设置：能改变数字或退回结果的约定 / policy settings, journalled",
    no_args_is_help=True,
)


@group.command()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """列出现行政策设置 / the settings in force"""
    import json

    from ledgers.reference.policy import settings
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home) as reading:
        held = {key: json.loads(value) for key, value in settings(reading.con).items()}
    print_json(held) if as_json else print_table("", ("设置", "值"), sorted(held.items()))


@group.command("set")
def set_(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="设置名 / which setting")],
    value: Annotated[str, typer.Argument(help="新值 / the new value")],
    reason: Reason,
) -> None:
    """更改一项政策设置，写明理由，记入账本 / change a setting, with a reason"""
    from ledgers.reference.policy import set_policy, value_of
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="policy set", person=at.person) as con:
        moved = set_policy(con, {key: value_of(key, value)}, person=at.person, reason=reason)
    for name, (old, new) in moved.items():
        print_line(f"{name}  {old or '—'} → {new}")
