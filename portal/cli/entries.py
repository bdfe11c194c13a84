"""Commands about single entries: explain, reverse, restate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_error, print_json, print_line, print_table

if TYPE_CHECKING:
    from ledgers.emissions.restatement import Restated

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
    """冲销一笔分录，两笔都保留；政策要求时先登记申请 / reverse an entry; both stay"""
    from ledgers.emissions import corrections
    from ledgers.emissions.reversal import entry_key, reverse_entry
    from ledgers.reference.policy import two_persons
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"reverse {entry}", person=at.person) as con:
        if two_persons(con):
            entry_key(entry)
            body = {"entry": entry.strip()}
            made = corrections.ask(con, corrections.REVERSAL, body, person=at.person, reason=reason)
            print_line(message("request.made", at.lang, {"number": made.commit_no}))
            return
        made = reverse_entry(con, entry, reason=reason, person=at.person)
    print_line(f"head {made.commit_no} {made.hash}")


def restate(
    context: typer.Context,
    months: Annotated[list[str], typer.Argument(help="YYYY-MM 或 YYYY … / months or years")],
    reason: Reason = "",
    edition: Annotated[str, typer.Option(help="改用的方法版本 / method edition")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只算影响，不入账 / effects only")
    ] = False,
    reopen: Annotated[
        bool, typer.Option("--reopen", help="已结账的月份重开、重述后再结账 / closed months too")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="影响表写到哪个目录 / folder")] = None,
    formats: Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")] = "html,xlsx,json",
    as_json: AsJson = False,
) -> None:
    """按现有因子与方法重述月份：冲销并重记 / restate months on the editions as they are now"""
    from ledgers.emissions.restatement import restate as restate_now
    from pipelines.restating import months_named, restate_months
    from warehouse.connect import reader

    at = door(context)
    named = months_named(months)
    given = {"person": at.person, "reason": reason, "edition": edition}
    if dry_run:
        with reader(at.home, purpose="restate --dry-run", person=at.person) as reading:
            done = restate_now(reading.con, named, **given, dry_run=True)
    else:
        if _asked(at, named, given, reopen):
            return
        done = restate_months(at.home, named, **given, reopen=reopen)
    if out is not None:
        _write_effects(at, done, named, given, out, formats.split(","))
    if as_json:
        print_json(done)
        return
    rows = [
        (e.enterprise_id, e.month, e.method_edition, e.measure, e.before, e.after, e.difference)
        for e in done.effects
    ]
    print_table("", ("企业", "月份", "方法版本", "指标", "原值", "新值", "差额"), rows)
    if done.commit is not None:
        print_line(f"head {done.commit.commit_no} {done.commit.hash}")


def _asked(at: Door, months: tuple[str, ...], given: Mapping[str, str], reopen: bool) -> bool:
    """Whether policy wants a second person; then the request is recorded, after a dry run."""
    from ledgers.emissions import corrections
    from ledgers.emissions.restatement import restate as restate_now
    from ledgers.reference.policy import two_persons
    from warehouse.connect import writer

    with writer(at.home, purpose="restate", person=at.person) as con:
        if not two_persons(con):
            return False
        restate_now(con, months, **given, dry_run=True)
        body = {"months": list(months), "edition": given["edition"], "reopen": reopen}
        made = corrections.ask(
            con, corrections.RESTATEMENT, body, person=at.person, reason=given["reason"]
        )
    print_line(message("request.made", at.lang, {"number": made.commit_no}))
    return True


def _write_effects(
    at: Door,
    done: Restated,
    months: tuple[str, ...],
    given: Mapping[str, str],
    folder: Path,
    formats: list[str],
) -> None:
    from ledgers.emissions.parties import parties, synthetic
    from ledgers.emissions.preparation import month_days
    from ledgers.journal import head
    from ledgers.reference.rows import LATEST
    from reports.effects import Restatement, write_effects
    from warehouse.connect import reader

    with reader(at.home, purpose="restate", person=at.person) as reading:
        held = parties(reading.con, month_days(months[-1])[1], None, LATEST)
        names = {code: party.name for code, party in held.items()}
        now = head(reading.con)
    editions = {item.method_edition for item in done.effects}
    label = synthetic(*editions, *(names.get(item.enterprise_id, "") for item in done.effects))
    posted = done.commit is not None
    edition, reason, person = given["edition"], given["reason"], given["person"]
    found = Restatement(months, edition, reason, person, posted, done.effects, names, now, label)
    for path in write_effects(found, folder, formats=formats, lang=at.lang):
        print_error(str(path))
