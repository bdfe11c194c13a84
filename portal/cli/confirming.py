"""`factors confirm` and `rules confirm`: a person checked a row against a page of a document.

What belongs here: the options and what is printed. What does not: the work
(`pipelines.governing`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line

Item = Annotated[str, typer.Option("--item", help="只确认一行：编号或键 / one row, by id or key")]
Title = Annotated[str, typer.Option("--document", help="官方文件名称 / the official document")]
Page = Annotated[str, typer.Option("--page", help="页码 / page")]
File = Annotated[
    Path | None, typer.Option("--file", help="官方文件，计算哈希并留存 / its file, kept")
]
Digest = Annotated[str, typer.Option("--sha256", help="官方文件的 SHA-256 / its hash")]


def confirm_edition(
    context: typer.Context,
    edition: Annotated[str, typer.Argument(help="因子版本或方法版本 / edition")],
    document: Title,
    page: Page,
    item: Item = "",
    file: File = None,
    sha256: Digest = "",
    kind: Annotated[str, typer.Option(help="factor, method_edition")] = "",
    as_json: AsJson = False,
) -> None:
    """对照官方文件确认因子或方法：具名、文件、页码、哈希 / confirm against the document"""
    _confirm(context, kind, edition, item, (document, page, file, sha256), as_json)


def confirm_rules(
    context: typer.Context,
    rule_set: Annotated[str, typer.Argument(help="规则集 / rule set")],
    document: Title,
    page: Page,
    item: Item = "",
    file: File = None,
    sha256: Digest = "",
    as_json: AsJson = False,
) -> None:
    """对照官方文件确认规则集 / confirm a rule set against the document"""
    _confirm(context, "rule", rule_set, item, (document, page, file, sha256), as_json)


def _confirm(
    context: typer.Context,
    kind: str,
    name: str,
    item: str,
    given: tuple[str, str, Path | None, str],
    as_json: bool,
) -> None:
    from pipelines.governing import Document, confirm_with

    at = door(context)
    made = confirm_with(at.home, kind, name, item, Document(*given), person=at.person)
    if as_json:
        print_json(made)
        return
    facts = {"name": made.name, "item": f"/{made.item}" if made.item else ""}
    facts |= {"version": str(made.version), "rows": str(made.rows), "sha256": made.sha256}
    facts |= {"document": given[0], "page": given[1], "person": made.commit.person}
    print_line(message("confirm.done", at.lang, facts))
    print_line(f"head {made.commit.commit_no} {made.commit.hash}")
