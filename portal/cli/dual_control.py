"""Commands of dual control: import, board, warn, acknowledge, answer, explain, project, report."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_json, print_line, print_table, progress
from portal.cli.register import print_imported

if TYPE_CHECKING:
    from ledgers.dual_control import Indicator, Issued
    from ledgers.dual_control.replacement import Certificate

group = typer.Typer(
    help="双控：预算、看板、预警、两高项目 / dual control of energy and carbon",
    no_args_is_help=True,
)
project = typer.Typer(help="两高项目与替代量 / two-high projects", no_args_is_help=True)
group.add_typer(project, name="project")

Month = Annotated[str, typer.Argument(help="核算月 YYYY-MM / month")]
Preset = Annotated[
    str, typer.Option(help="预警口径 2021Q1, 2021H1, four-colour / preset of warning levels")
]
Code = Annotated[str, typer.Argument(help="项目代码 / project")]
Number = Annotated[str, typer.Argument(help="替代凭证编号 / certificate")]
Formats = Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")]
Kinds = "gdp, budget, energy_statistics, dual_control_figure, dual_control_finding, \
two_high_project, replacement"


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX")],
    kind: Annotated[str, typer.Option(help=Kinds)],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """导入双控资料（模板：tanzhang template KIND） / import a file of dual control"""
    from pipelines.dual_control import import_file as import_now

    at = door(context)
    imported = import_now(at.home, file, kind, person=at.person, reason=reason)
    print_imported(imported, at.lang, as_json)
    if imported.answer.rejected:
        raise typer.Exit(1)


@group.command()
def history(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=Kinds)],
    as_json: AsJson = False,
) -> None:
    """谁、何时、为何改过 / who changed rows of a kind, when and why"""
    from factors.errors import UsageFault
    from ledgers.dual_control import KINDS, versions
    from warehouse.connect import reader

    if kind not in KINDS:
        raise UsageFault("dual.kind", seen=kind, allowed="、".join(KINDS))
    at = door(context)
    with reader(at.home, purpose="dual-control history", person=at.person) as reading:
        found = versions(reading.con, kind)
    if as_json:
        print_json(found)
        return
    rows = [(v.commit_no, v.person, v.reason, str(v.recorded_at)[:19], v.sha256) for v in found]
    print_table(kind, ("提交", "人", "原因", "时间 (UTC)", "sha256"), rows)


@group.command()
def board(
    context: typer.Context, month: Month, preset: Preset = "", as_json: AsJson = False
) -> None:
    """看板：全市与各区县对照预算 / the city and its districts beside their budgets"""
    from ledgers.dual_control import board as read_board
    from reports.dual_control import board_json
    from reports.dual_control_tables import indicator_name, light
    from reports.words import Words
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="dual-control board", person=at.person) as reading:
        found = read_board(reading.con, month, preset=preset)
    if as_json:
        print_line(board_json(found).rstrip())
        return
    words = Words(at.lang)
    rows = [
        (
            words.named("dual.level", level),
            each.name,
            indicator_name(item.budget.indicator, words),
            _shown(item.shown(item.target) if item.target is not None else None),
            _shown(item.due_amount if item.total else None),
            _shown(item.shown(item.actual) if item.actual is not None else None),
            item.unit,
            light(item.colour, item.absent, words).text,
            _shown(None if item.projected is None else Fraction(item.projected, 10**6)),
        )
        for level, places in found.levels.items()
        for each in places
        for item in each.readings
    ]
    columns = ("层级", "名称", "指标", "目标", "本月应控", "实绩", "单位", "等级", "年终预测")
    print_table(words("dual.title", month=words.months(month)), columns, rows)
    print_line(f"head {found.head.commit_no} {found.head.hash}")


@group.command()
def explain(
    context: typer.Context,
    month: Month,
    level: Annotated[str, typer.Option(help="city, district, zone, sector, enterprise")] = "city",
    code: Annotated[str, typer.Option(help="对象代码 / code of the place")] = "210100",
    as_json: AsJson = False,
) -> None:
    """每个指标的公式、代入与符号约定 / formula, inputs and sign of each indicator"""
    from ledgers.dual_control import read_book, readings
    from ledgers.dual_control.readings import explained
    from reports.dual_control_tables import reason
    from reports.words import Words
    from warehouse.connect import reader

    at = door(context)
    words = Words(at.lang)
    with reader(at.home, purpose="dual-control explain", person=at.person) as reading:
        book = read_book(reading.con, month)
        found = [r for r in readings(book, month, levels=(level,)) if r.place[1] == code]
        steps = [(item.budget.indicator, step) for item in found for step in explained(book, item)]
    if as_json:
        print_json([{"indicator": name, **_plain_step(step)} for name, step in steps])
        return
    for name, step in steps:
        said = reason(step.absent, words) if step.value is None else f"{float(step.value):.8g}"
        print_line(f"{words.named('dual.indicator', name)}  {step.id}  {step.formula} = {said}")
        for item in step.inputs:
            print_line(f"    {item.symbol} = {item.value} {item.unit}  {item.source}")


@group.command()
def warn(
    context: typer.Context,
    month: Month,
    until: Annotated[str, typer.Option(help="补算到某月 / back-fill to this month")] = "",
    list_only: Annotated[bool, typer.Option("--list", help="只列出，不发布 / only list")] = False,
    as_json: AsJson = False,
) -> None:
    """发布一个月（或到 --until 各月）的预警；重复运行不重发 / post warnings; safe to repeat"""
    from ledgers.dual_control import warnings
    from ledgers.emissions.spans import read_span
    from warehouse.connect import reader

    at = door(context)
    months = read_span(f"{month}..{until}" if until else month).months
    issued = () if list_only else _backfill(at, months)
    with reader(at.home, purpose="dual-control warn", person=at.person) as reading:
        found = [item for name in months for item in warnings(reading.con, name)]
    if as_json:
        posted = [
            {
                "month": item.month,
                "issued": item.issued,
                "lifted": item.lifted,
                "unchanged": item.unchanged,
            }
            for item in issued
        ]
        print_json({"posted": posted, "warnings": found})
        return
    for item in issued:
        counts = f"发布 {item.issued}  解除 {item.lifted}  未变 {item.unchanged}"
        print_line(f"{item.month}  {counts}")
    rows = [
        (w.warning, w.month, w.level, w.code, w.indicator, w.colour, w.state, w.actual, w.target)
        for w in found
    ]
    columns = ("编号", "月份", "层级", "代码", "指标", "等级", "状态", "实绩", "应控")
    print_table("", columns, rows)


def _backfill(at: Door, months: tuple[str, ...]) -> tuple[Issued, ...]:
    from pipelines.dual_control import backfill

    with progress() as step:
        return backfill(at.home, months, person=at.person, step=step)


@group.command()
def acknowledge(
    context: typer.Context,
    warning: Annotated[str, typer.Argument(help="预警编号 / number of the warning")],
    as_json: AsJson = False,
) -> None:
    """签收一条预警 / say that a warning was seen"""
    _say(door(context), warning, "acknowledged", "", as_json)


@group.command()
def answer(
    context: typer.Context,
    warning: Annotated[str, typer.Argument(help="预警编号 / number of the warning")],
    words: Annotated[str, typer.Option(help="措施 / what will be done")],
    as_json: AsJson = False,
) -> None:
    """答复一条预警 / answer a warning"""
    _say(door(context), warning, "answered", words, as_json)


def _say(at: Door, warning: str, kind: str, words: str, as_json: bool) -> None:
    from ledgers.dual_control import say
    from warehouse.connect import writer

    with writer(at.home, purpose=f"dual-control {kind}", person=at.person) as con:
        found = say(con, warning, kind, person=at.person, words=words)
    if as_json:
        print_json(found)
        return
    print_line(f"{found.warning}  {found.state}  {found.level} {found.code} {found.indicator}")


@group.command()
def report(
    context: typer.Context,
    month: Month,
    formats: Formats = "html,pdf,xlsx,json",
    preset: Preset = "",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个目录 / folder")] = None,
) -> None:
    """看板文件 / the board as files"""
    from pipelines.dual_control import board_files
    from warehouse.connect import reader

    at = door(context)
    folder = out or at.home.reports / month
    with reader(at.home, purpose="dual-control report", person=at.person) as reading:
        written = board_files(
            reading.con, month, folder, formats=formats.split(","), lang=at.lang, preset=preset
        )
    for path in written:
        print_line(str(path))


@project.command("list")
def list_projects(context: typer.Context, as_json: AsJson = False) -> None:
    """列出两高项目：状态、类别、审查权限、净增 / projects with status, class and review"""
    from ledgers.dual_control.overview import overview
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="dual-control project", person=at.person) as reading:
        found = overview(reading.con)
    if as_json:
        print_json(found)
        return
    rows = [
        (p.project_code, p.name, p.two_high or "—", p.review, p.status, p.cleared, p.missing)
        for p in found
    ]
    print_table("", ("代码", "名称", "两高类别", "审查", "状态", "已核准", "缺替代量"), rows)


@project.command()
def check(
    context: typer.Context,
    code: Code,
    as_json: AsJson = False,
) -> None:
    """核对一个项目的净增，不足则拒绝 / zero net addition of a project"""
    from datetime import date

    from ledgers.dual_control import project as read_project
    from ledgers.dual_control import read_rules
    from ledgers.dual_control.replacement import check_project
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="dual-control project", person=at.person) as reading:
        item = read_project(reading.con, code)
        found = check_project(reading.con, item, read_rules(reading.con), date.today())
    if as_json:
        steps = [(each.measure, each.missing, each.indicator) for each in found]
        print_json([{"measure": m, "missing": x, **_plain_step(i)} for m, x, i in steps])
    else:
        for each in found:
            shown = _shown(each.indicator.value)
            print_line(f"{code}  {each.measure}  净增 {shown}  缺 {_shown(each.missing)}")
    if any(each.missing > 0 for each in found):
        raise typer.Exit(1)


@project.command()
def certificates(context: typer.Context, as_json: AsJson = False) -> None:
    """替代凭证与余额 / certificates and what is left of them"""
    from ledgers.dual_control import certificates as read_certificates
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="dual-control project", person=at.person) as reading:
        found = read_certificates(reading.con)
    if as_json:
        print_json([{**_fields(item), "left": item.left} for item in found])
        return
    rows = [
        (c.certificate, c.measure, c.source, _shown(Fraction(c.grams, 10**6)), c.certified, c.left)
        for c in found
    ]
    print_table("", ("编号", "内容", "来源", "吨", "已核定", "余额"), rows)


@project.command()
def certify(context: typer.Context, number: Number, reason: Reason) -> None:
    """申请核定一张替代凭证（另一人批准） / ask for a certificate to be certified"""
    _request(door(context), "certify", number, reason)


@project.command()
def propose(context: typer.Context, code: Code, reason: Reason) -> None:
    """申请核准一个项目（先核对净增，另一人批准） / ask for a project to be cleared"""
    _request(door(context), "clear", code, reason)


def _request(at: Door, kind: str, subject: str, reason: str) -> None:
    from ledgers.dual_control import request
    from warehouse.connect import writer

    with writer(at.home, purpose=f"dual-control {kind}", person=at.person) as con:
        made = request(con, kind, subject, person=at.person, reason=reason)
    print_line(f"{made.request_no}  {made.kind} {made.subject}")


@project.command()
def pledge(
    context: typer.Context,
    number: Number,
    code: Code,
    tonnes: Annotated[str, typer.Argument(help="吨 / tonnes")],
    reason: Reason = "",
    release: Annotated[bool, typer.Option("--release", help="退回 / take back")] = False,
) -> None:
    """把替代量用于一个项目，一吨只能用一次 / pledge tonnes of a certificate to a project"""
    from factors.quantities import exact
    from ledgers.dual_control import pledge as pledge_now
    from warehouse.connect import writer

    at = door(context)
    amount = -exact(tonnes) if release else exact(tonnes)
    with writer(at.home, purpose="dual-control pledge", person=at.person) as con:
        made = pledge_now(con, number, code, amount, person=at.person, reason=reason)
    print_line(f"head {made.commit_no} {made.hash}")


@group.command()
def requests(context: typer.Context, as_json: AsJson = False) -> None:
    """待另一人决定的申请 / what waits for a second person"""
    from ledgers.dual_control import open_requests
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="dual-control requests", person=at.person) as reading:
        found = open_requests(reading.con)
    if as_json:
        print_json(found)
        return
    rows = [(r.request_no, r.kind, r.subject, r.requested_by, r.reason) for r in found]
    print_table("", ("编号", "事项", "对象", "申请人", "理由"), rows)


Asked = Annotated[int, typer.Argument(help="申请编号 / number of the request")]


@group.command()
def approve(context: typer.Context, request: Asked, reason: Reason = "") -> None:
    """批准他人的申请 / approve what another person asked for"""
    _decide(door(context), request, "approved", reason)


@group.command()
def refuse(context: typer.Context, request: Asked, reason: Reason) -> None:
    """驳回他人的申请 / refuse what another person asked for"""
    _decide(door(context), request, "refused", reason)


def _decide(at: Door, number: int, outcome: str, reason: str) -> None:
    from ledgers.dual_control import decide
    from warehouse.connect import writer

    with writer(at.home, purpose=f"dual-control {outcome}", person=at.person) as con:
        asked = decide(con, number, outcome, person=at.person, reason=reason)
    print_line(f"{number}  {outcome}  {asked.kind} {asked.subject}")


def _shown(value: Fraction | None) -> str:
    from ledgers.dual_control.vocabulary import plain

    return "—" if value is None else plain(value)


def _plain_step(step: Indicator) -> dict[str, Any]:
    from reports.records import record_of

    found: dict[str, Any] = record_of(step)
    return found


def _fields(item: Certificate) -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: getattr(item, field.name) for field in fields(item)}
