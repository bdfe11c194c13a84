"""Commands about green finance: catalogues, packages, tags, reports."""

from __future__ import annotations

import typer

from portal.cli import finance_catalogue

group = typer.Typer(help="绿色金融：检查、标识、计量、披露 / green finance", no_args_is_help=True)
group.add_typer(finance_catalogue.group, name="catalogue")
