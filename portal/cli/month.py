"""Commands of the month: check, ingest, run, post, close, reopen, and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_json, print_line, print_table, progress

if TYPE_CHECKING:
    from pipelines.checking import Checked
    from pipelines.intake.feeds import Feed
    from pipelines.intake.typed import Typed
    from pipelines.run import MonthRun

Month = Annotated[str, typer.Argument(help="核算月 YYYY-MM / month")]
FeedFile = Annotated[
    Path | None, typer.Option("--feed", help="数据源定义（TOML） / a supplier's own columns")
]
Inbox = Annotated[Path | None, typer.Option("--inbox", help="收件箱，默认账本目录下的 inbox")]
SHOWN = 200
"""Faults that are listed on the screen; all of them stand in the JSON and in the workbook."""


def run(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="核算月 YYYY-MM / month", show_default=False)] = "",
    every: Annotated[bool, typer.Option("--all", help="收件箱中的每个月 / every month")] = False,
    inbox: Inbox = None,
    feed: FeedFile = None,
    as_json: AsJson = False,
) -> None:
    """跑一个月：收件、校验、核算、入账、出报告 / run a month from inbox to reports"""
    from pipelines.run import run_all, run_month

    if every == bool(month):
        raise typer.BadParameter("MONTH | --all", param_hint="run")
    at = door(context)
    with progress() as step:
        given = {"inbox": inbox, "feed": _feed(feed), "person": at.person, "step": step}
        if every:
            runs = run_all(at.home, lang=at.lang, **given)
        else:
            runs = (run_month(at.home, month, lang=at.lang, **given),)
    _tell(at, runs, as_json)


def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="要自查的文件 / the file")],
    feed: FeedFile = None,
    as_json: AsJson = False,
) -> None:
    """自查一个文件，逐行说明问题，不写入 / say what is wrong with a file; writes nothing"""
    from pipelines.checking import check_file

    at = door(context)
    checked = check_file(at.home, file, _feed(feed))
    print_json(checked) if as_json else _print_checked(checked, at.lang)
    if not checked.good:
        raise typer.Exit(1)


def ingest(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="报送文件 / files")],
    feed: FeedFile = None,
    as_json: AsJson = False,
) -> None:
    """收件：留存原件并逐行读入，不入账 / keep and read files, without posting"""
    from pipelines.month import receive

    at = door(context)
    with progress() as step:
        received = receive(at.home.create(), files, _feed(feed), step)
    print_json([_received(typed) for typed in received]) if as_json else _print_received(received)
    if any(typed.rows_faulty or typed.staged.refusal for typed in received):
        raise typer.Exit(1)


def post(
    context: typer.Context,
    month: Month,
    files: Annotated[list[Path], typer.Argument(help="报送文件 / files")],
    feed: FeedFile = None,
    add: Annotated[
        str, typer.Option("--add", help="原因：与已报数据并列入账 / book beside what was sent")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """把指定文件中某月的行入账 / post the rows of a month of these files"""
    from pipelines.run import post_files

    at = door(context)
    with progress() as step:
        done = post_files(
            at.home, month, files, feed=_feed(feed), person=at.person, add=add, step=step
        )
    _tell(at, (done,), as_json)


def close(context: typer.Context, month: Month, reason: Reason = "") -> None:
    """关账：该月转为只读，发布副本 / close a month and publish a copy"""
    from pipelines.period import close_month

    at = door(context)
    made = close_month(at.home, month, person=at.person, reason=reason)
    print_line(f"{month}  head {made.commit_no} {made.hash}")


def reopen(context: typer.Context, month: Month, reason: Reason) -> None:
    """重开已关的月份，须写明原因 / reopen a closed month, with a reason"""
    from pipelines.period import reopen_month

    at = door(context)
    reopened = reopen_month(at.home, month, person=at.person, reason=reason)
    print_line(f"{month}  head {reopened.head.commit_no} {reopened.head.hash}")
    print_line(f"等待行入账 {reopened.posted.activities} / waiting rows posted")


def demo(
    context: typer.Context,
    month: Annotated[str, typer.Option(help="样例月 / month of the sample city")] = "2025-03",
) -> None:
    """样例城市一个月，从头到尾（合成数据） / the sample city's month, end to end (synthetic)"""
    from factors.messages import text as message
    from pipelines.demo import run_demo

    at = door(context)
    with progress() as step:
        shown = run_demo(at.home, month, person=at.person, lang=at.lang, step=step)
    _print_runs(at, (shown.run,))
    print_line(message("demo.label", at.lang, {"mistakes": shown.mistakes}))
    for what, path in shown.places:
        print_line(message(f"demo.place.{what}", at.lang, {"path": path}))
    words = {"home": at.home.path, "enterprise": shown.enterprise_id, "month": month}
    print_line(message("demo.next", at.lang, {**words, "entry": shown.entry}))


def _feed(path: Path | None) -> Feed | None:
    from pipelines.intake.feeds import read_feed

    return read_feed(path) if path else None


def _tell(at: Door, runs: Sequence[MonthRun], as_json: bool) -> None:
    """Say what runs did. Good rows are posted either way; the exit code speaks of the data: 1 where
    rows or files go back to their senders."""
    print_json([_summary(done) for done in runs]) if as_json else _print_runs(at, runs)
    if any(done.returned for done in runs):
        raise typer.Exit(1)


def _print_runs(at: Door, runs: Sequence[MonthRun]) -> None:
    from factors.messages import text as message

    columns = ("月份", "文件", "读入行", "入账", "退回", "等待", "未变", "分录", "冲销", "tCO2e")
    print_table("", columns, [_row(done) for done in runs])
    for done in runs:
        if done.returned:
            print_line(f"{done.month} 退回件 {len(done.returned)}  {done.returned[0].parent}")
        for rule, rows in done.warnings.items():
            about = message(f"rule.{rule}", at.lang, {})
            print_line(f"{done.month} 提示 {rule} {rows}：{about}")
        for path in done.reports[:1]:
            print_line(f"{done.month} 报告 {path.parent}")
        if done.dual_control is not None:
            for name, value in done.dual_control.figures:
                print_line(f"{done.month} 双控 {name}  {value}")
    if runs:
        print_line(f"head {runs[-1].head.commit_no} {runs[-1].head.hash}")
    print_line(f"{at.home.path}")


def _row(done: MonthRun) -> tuple[object, ...]:
    files = done.posted.files
    return (
        done.month,
        len(done.received),
        sum(file.read for file in files),
        sum(file.posted for file in files),
        sum(file.rejected for file in files),
        sum(file.waiting for file in files),
        sum(file.unchanged for file in files),
        done.posted.entries,
        done.posted.reversals,
        "\n".join(f"{total:,} ({basis})" for basis, total in done.tonnes.items()),
    )


def _summary(done: MonthRun) -> dict[str, Any]:
    return {
        "month": done.month,
        "files": [_received(typed) for typed in done.received],
        "accounts": done.posted.files,
        "entries": done.posted.entries,
        "reversals": done.posted.reversals,
        "tonnes_co2e": done.tonnes,
        "returned": done.returned,
        "warnings": done.warnings,
        "reports": done.reports,
        "dual_control": done.dual_control
        and {
            "figures": done.dual_control.figures,
            "warnings": done.dual_control.issued.issued,
            "lifted": done.dual_control.issued.lifted,
            "reports": done.dual_control.reports,
        },
        "head": {"commit_no": done.head.commit_no, "hash": done.head.hash},
    }


def _received(typed: Typed) -> dict[str, Any]:
    return {
        "name": typed.staged.name,
        "sha256": typed.staged.sha256,
        "rows_read": typed.rows_read,
        "rows_typed": typed.rows_typed,
        "rows_faulty": typed.rows_faulty,
        "skipped": dict(typed.skipped_counts),
        "months": typed.months,
    }


def _print_received(received: Sequence[Typed]) -> None:
    rows = [
        (t.staged.name, t.rows_read, t.rows_typed, t.rows_faulty, sum(t.skipped_counts.values()))
        for t in received
    ]
    print_table("", ("文件", "读入行", "可用", "有误", "非数据行"), rows)


def _print_checked(checked: Checked, lang: str) -> None:
    from pipelines.intake.wording import place, sentence, skipped_reason

    print_line(f"{checked.name}  sha256 {checked.sha256}")
    print_line(
        f"读入 {checked.rows_read}  合格 {checked.rows_good}  退回 {checked.rows_rejected}"
        f"  月份 {'、'.join(checked.months)}"
    )
    for reason, count in checked.skipped.items():
        print_line(f"非数据行 {count}：{skipped_reason(reason, lang)}")
    rows = [
        (place(f, lang), f["severity"], f["rule"], sentence(f, lang, file=checked.name))
        for f in checked.faults[:SHOWN]
    ]
    if rows:
        print_table("", ("位置", "级别", "规则", "问题"), rows)
    if len(checked.faults) > SHOWN:
        print_line(f"… {len(checked.faults) - SHOWN}（--json）")
    if not checked.registered:
        print_line("未找到账本，未与名录和历史比对 / no ledger: register and history not compared")
