"""Commands about single entries: explain, reverse, restate."""

from __future__ import annotations

from typing import Annotated

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table

Entry = Annotated[str, typer.Argument(help="分录号，如 12-345 / entry")]


def explain(context: typer.Context, entry: Entry, as_json: AsJson = False) -> None:
    """这个数从哪里来：原始行、因子、公式、换算、何人何时 / where a figure comes from"""
    from ledgers.emissions.explanation import explain as explain_entry
    from pipelines.intake.typed import staged_row
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="explain", person=at.person) as reading:
        found = explain_entry(reading.con, entry)
    origin = found.line.origin
    sent = staged_row(at.home, origin.source, origin.sheet, origin.row_no)
    if as_json:
        print_json({**found.as_json(), "row_as_sent": dict(sent)})
        return
    print_line(found.text(at.lang))
    print_line(message("explain.row_as_sent", at.lang, {}))
    for header, cell in sent.items():
        print_line(f"  {header}：{cell}")


def reverse(context: typer.Context, entry: Entry, reason: Reason) -> None:
    """冲销一笔分录，两笔都保留 / reverse an entry; both stay"""
    from ledgers.emissions.reversal import reverse_entry
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"reverse {entry}", person=at.person) as con:
        made = reverse_entry(con, entry, reason=reason, person=at.person)
    print_line(f"head {made.commit_no} {made.hash}")


def restate(
    context: typer.Context,
    months: Annotated[list[str], typer.Argument(help="YYYY-MM …")],
    reason: Reason,
    edition: Annotated[str, typer.Option(help="改用的方法版本 / method edition")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只算影响，不入账 / effects only")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """按现有因子与方法重述月份：冲销并重记 / restate months on the editions as they are now"""
    from ledgers.emissions.restatement import restate as restate_months
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="restate", person=at.person) as con:
        done = restate_months(
            con, months, person=at.person, reason=reason, edition=edition, dry_run=dry_run
        )
    if as_json:
        print_json(done)
        return
    rows = [
        (e.enterprise_id, e.month, e.method_edition, e.measure, e.before, e.after, e.difference)
        for e in done.effects
    ]
    print_table("", ("企业", "月份", "方法版本", "指标", "原值", "新值", "差额"), rows)
