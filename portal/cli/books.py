"""Commands about the books: statement, bulletin, verify, publish."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, progress

Formats = Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")]
Out = Annotated[Path | None, typer.Option("--out", help="写到哪个目录 / folder")]


def statement(
    context: typer.Context,
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码")],
    period: Annotated[str, typer.Option(help="2025, 2025-03, 2025-01..2025-06")],
    formats: Formats = "html,json",
    out: Out = None,
    as_of: Annotated[
        str, typer.Option("--as-of", help="账本在某日（终了）或某刻的样子 / as it stood")
    ] = "",
) -> None:
    """企业排放对账单 / an enterprise's statement"""
    from ledgers.emissions.statement import statement as read_statement
    from reports.files import safe_name
    from reports.statement import write_statement
    from warehouse.connect import reader

    at = door(context)
    moment = read_moment(as_of) if as_of else None
    with reader(at.home, purpose="statement", person=at.person) as reading:
        found = read_statement(reading.con, uscc, period, as_of=moment)
    folder = out or at.home.reports / period / "statements"
    if moment is not None and out is None:
        folder = folder / f"as-of-{safe_name(moment.isoformat())}"
    for path in write_statement(found, folder, formats=formats.split(","), lang=at.lang):
        print_line(str(path))


def read_moment(text: str) -> date | datetime:
    """A day as YYYY-MM-DD, which is its end by the city's clock, or a moment in ISO 8601 (without
    an offset it is UTC). Anything else is wrong use."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError as error:
        words = "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS+08:00"
        raise typer.BadParameter(words, param_hint="--as-of") from error


def bulletin(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="YYYY-MM")],
    formats: Formats = "html,pdf,xlsx,json",
    out: Out = None,
) -> None:
    """全市月度通报 / the city's bulletin of a month"""
    from ledgers.emissions.bulletin import bulletin as read_bulletin
    from reports.bulletin import write_bulletin
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="bulletin", person=at.person) as reading:
        found = read_bulletin(reading.con, month)
    folder = out or at.home.reports / month
    for path in write_bulletin(found, folder, formats=formats.split(","), lang=at.lang):
        print_line(str(path))


def verify(
    context: typer.Context,
    head: Annotated[str, typer.Option(help="外部留存的链头，64 位 / a head kept elsewhere")] = "",
    copy: Annotated[Path | None, typer.Option(help="核验某个已发布副本 / a published copy")] = None,
    as_json: AsJson = False,
) -> None:
    """核验整本账：哈希链与每笔分录重算 / check the whole ledger"""
    from pipelines.verification import verify_ledger

    at = door(context)
    with progress() as step:
        found = verify_ledger(at.home, head=head, copy=copy, person=at.person, step=step)
    if as_json:
        print_json({"verdict": found.chain.verdict, "good": found.good, **asdict(found)})
    else:
        for line in found.lines(at.lang):
            print_line(line)
    if not found.good:
        raise typer.Exit(1)


def publish(context: typer.Context) -> None:
    """发布只读副本（含读模型） / publish a read-only copy with read models"""
    from pipelines.period import publish as publish_now

    at = door(context)
    made = publish_now(at.home, person=at.person)
    print_line(f"{made.path}")
    print_line(f"head {made.head.commit_no} {made.head.hash}")
