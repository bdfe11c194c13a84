"""Commands about the home folder: make it, see its settings, get templates, open Dagster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, print_table


def init(context: typer.Context) -> None:
    """建立账本目录并载入随附的因子与方法 / make the home folder and load the shipped editions"""
    from pipelines.month import initialise

    at = door(context)
    made = initialise(at.home, person=at.person)
    print_line(f"{at.home.path}")
    print_line(f"head {made.commit_no} {made.hash}")


def settings(context: typer.Context, as_json: AsJson = False) -> None:
    """本机设置及其来源 / settings of this machine, and where each came from"""
    at = door(context)
    shown = at.settings.explain(at.home)
    if as_json:
        print_json(shown)
        return
    print_table("", ("设置", "值", "来源"), [(s.name, str(s.value), s.origin) for s in shown])


def template(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="activity, enterprise, facility, factor, person")],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪里 / where to write")] = None,
) -> None:
    """导出填报模板（XLSX） / write an XLSX template"""
    from pipelines.intake.templates import write_template

    target = out or Path(f"tanzhang-{kind}.xlsx")
    write_template(kind, target)
    print_line(str(target))


def dev(context: typer.Context) -> None:
    """打开 Dagster 页面 / open Dagster's web page on this home"""
    import os
    import sys

    from pipelines.instance import write_instance

    at = door(context)
    write_instance(at.home)
    os.environ["TANZHANG_HOME"] = str(at.home.path)
    os.environ["DAGSTER_HOME"] = str(at.home.dagster)
    port = str(at.settings.dagster_port)
    words = ["dagster", "dev", "-m", "pipelines.definitions", "-h", at.settings.host, "-p", port]
    os.execv(sys.executable, [sys.executable, "-m", *words])
