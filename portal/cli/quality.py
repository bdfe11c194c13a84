"""Commands about the quality of figures: uncertainty, what the city assumes of quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from factors.messages import text as message
from portal.cli.books import Formats, Out
from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_json, print_line, print_table, progress

if TYPE_CHECKING:
    from ledgers.emissions.simulation import Simulated
    from ledgers.emissions.uncertainty import Quality
    from pipelines.quality import Accrued

group = typer.Typer(help="数据质量：不确定度、完整性、异常 / data quality", no_args_is_help=True)

Enterprise = Annotated[str, typer.Argument(help="统一社会信用代码")]
Period = Annotated[str, typer.Option(help="2025, 2025-03, 2025-01..2025-06")]


@group.command()
def uncertainty(
    context: typer.Context,
    uscc: Enterprise,
    period: Period,
    runs: Annotated[
        int, typer.Option("--monte-carlo", help="另作模拟的次数 / runs of a simulation")
    ] = 0,
    seed: Annotated[int, typer.Option(help="随机种子 / seed of the simulation", min=0)] = 1,
    as_json: AsJson = False,
) -> None:
    """排放量的不确定度 / the uncertainty of an enterprise's emissions"""
    from ledgers import journal
    from ledgers.emissions.simulation import simulate
    from ledgers.emissions.spans import read_span
    from ledgers.emissions.uncertainty import PieceReader, qualities
    from ledgers.reference import activity_uncertainty
    from warehouse.connect import reader

    at = door(context)
    span = read_span(period)
    with reader(at.home, purpose="quality uncertainty", person=at.person) as reading:
        head = journal.head(reading.con)
        shares = activity_uncertainty(reading.con)
        pieces = PieceReader(reading.con, shares).pieces(span.months, head.commit_no, uscc)
    answers = []
    for item in qualities(pieces):
        own = [piece for piece in pieces if piece.basis == (item.method_edition, item.boundary)]
        answers.append((item, simulate(own, runs, seed) if runs else None))
    if as_json:
        bases = [{**_record(item), "monte_carlo": simulated} for item, simulated in answers]
        head_json = {"commit_no": head.commit_no, "hash": head.hash}
        data = {"enterprise_id": uscc, "period": span.text, "head": head_json, "bases": bases}
        print_json(data)
        return
    for item, simulated in answers:
        _print(item, simulated, at)


def _record(item: Quality) -> dict[str, Any]:
    from reports.records import record_of

    found = record_of(item)
    assert isinstance(found, dict)
    return found


def _print(item: Quality, simulated: Simulated | None, at: Door) -> None:
    from reports.document import number
    from reports.quality import parameter_name
    from reports.words import Words

    words, total = Words(at.lang), item.total

    def say(code: str, **facts: object) -> None:
        print_line(message(f"quality.line.{code}", at.lang, facts))

    name = {"edition": item.method_edition, "boundary": words.named("boundary", item.boundary)}
    say("basis", **name, co2e=number(total.co2e).text)
    if total.relative is None:
        say("absent")
    else:
        relative = number(total.relative * 100, 2).text
        say("known", relative=relative, half=number(total.half_width).text)
    if total.missing:
        names = "、".join(parameter_name(name, words) for name, _ in total.missing)
        say("missing", names=names)
    if simulated is not None:
        figures = {n: number(getattr(simulated, n)).text for n in ("mean", "lower", "upper")}
        say("simulated", runs=simulated.runs, seed=simulated.seed, **figures)


@group.command()
def assume(
    context: typer.Context,
    tier: Annotated[int, typer.Argument(help="数据质量等级 1-5 / data-quality tier", min=1, max=5)],
    share: Annotated[
        str, typer.Argument(help="95% 半宽，如 0.05；- 为撤销 / half-width, - for none")
    ],
    reason: Reason,
) -> None:
    """设定某等级活动数据的不确定度 / set the uncertainty of quantities of a tier"""
    from ledgers.reference import TIER_UNCERTAINTY, set_policy
    from warehouse.connect import writer

    at = door(context)
    change = {TIER_UNCERTAINTY[tier]: "" if share == "-" else share}
    with writer(at.home, purpose="quality assume", person=at.person) as con:
        moved = set_policy(con, change, person=at.person, reason=reason)
    for key, (old, new) in moved.items():
        print_line(f"{key}  {old or '—'} → {new}")


@group.command()
def completeness(
    context: typer.Context,
    period: Annotated[str, typer.Argument(help="2025-03, 2025, 2025-01..2025-06")],
    uscc: Annotated[str, typer.Option("--enterprise", help="只看一家企业 / one enterprise")] = "",
    formats: Formats = "html,pdf,xlsx,json",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """数据完整性：应报、已有、缺报、重叠的天数 / expected, covered and missing days"""
    from ledgers.emissions.completeness import completeness as read_completeness
    from reports.completeness import completeness_record, write_completeness
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="quality completeness", person=at.person) as reading:
        found = read_completeness(reading.con, period, uscc)
    if as_json:
        print_json(completeness_record(found))
        return
    folder = out or at.home.reports / found.span.text
    for path in write_completeness(found, folder, formats=formats.split(","), lang=at.lang):
        print_line(str(path))


def accrue(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="核算月 YYYY-MM / month")],
    method: Annotated[str, typer.Option(help="last-year, daily-mean, intensity")],
    reason: Reason,
    uscc: Annotated[str, typer.Option("--enterprise", help="只暂估一家 / one enterprise")] = "",
    product: Annotated[str, typer.Option(help="intensity 所用的产品 / product")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不入账 / list only")] = False,
    as_json: AsJson = False,
) -> None:
    """暂估缺报的天数，实报数到达时自动冲销 / accrue missing days; real figures reverse them"""
    from pipelines.quality import accrue as accrue_month

    at = door(context)
    with progress() as step:
        done = accrue_month(
            at.home,
            month,
            method,
            person=at.person,
            reason=reason,
            enterprise_id=uscc,
            product=_carrier(product),
            dry_run=dry_run,
            lang=at.lang,
            step=step,
        )
    if as_json:
        print_json({"plan": done.plan, "posted": _posted_json(done), "returned": done.returned})
    else:
        _print_accrued(done, at)
    if done.returned:
        raise typer.Exit(1)


def _carrier(text: str) -> str:
    """The code of a product as a person names it; an unknown one finds no output."""
    from factors.carriers import find_carrier

    found = find_carrier(text) if text else None
    return found.code if found else text


def _posted_json(done: Accrued) -> dict[str, Any] | None:
    posted = done.posted
    if posted is None:
        return None
    commits = [{"commit_no": made.commit_no, "hash": made.hash} for made in posted.commits]
    names = ("activities", "entries", "reversals")
    return {"commits": commits, **{name: getattr(posted, name) for name in names}}


def _print_accrued(done: Accrued, at: Door) -> None:
    from reports.document import number
    from reports.words import Words

    words = Words(at.lang)

    def stream(item: Any) -> str:
        flow = words.named("flow", item.flow)
        parts = (item.facility, item.device, words.carrier(item.carrier), flow)
        return " · ".join(part for part in parts if part)

    rows = [
        (
            item.enterprise_id,
            stream(item),
            words.days(item.period_start, item.period_end),
            f"{number(item.quantity, 3).text} {item.unit}",
            f"{item.working} ({item.rests_on_text})",
        )
        for item in done.plan.accruals
    ]
    print_table("", ("企业", "数据流", "期间", "暂估数量", "依据"), rows)
    for gap in done.plan.unfilled:
        why = message(f"quality.unfilled.{gap.why}", at.lang, dict(gap.facts))
        print_line(f"{gap.enterprise_id}  {stream(gap)}  {gap.days} d  {why}")
    facts: dict[str, object] = {"rows": len(rows), "unfilled": len(done.plan.unfilled)}
    if done.posted is None:
        print_line(message("quality.nothing_missing", at.lang, facts) if not rows else "")
        return
    facts |= {"posted": done.posted.activities}
    facts |= {"rejected": sum(file.rejected for file in done.posted.files)}
    print_line(message("quality.accrued", at.lang, facts))


@group.command()
def findings(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="核算月 YYYY-MM / month")],
    formats: Formats = "html,pdf,xlsx,json",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """异常发现：水平突变、品种比值、申报隐含因子 / findings, ranked by the tonnes concerned"""
    from ledgers import journal
    from ledgers.emissions.anomalies import findings as find
    from ledgers.emissions.parties import parties
    from ledgers.emissions.spans import read_span
    from reports.findings import findings_record, write_findings
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="quality findings", person=at.person) as reading:
        head = journal.head(reading.con)
        found = find(reading.con, month)
        known = parties(reading.con, read_span(month).last_day, None, head.commit_no)
    if as_json:
        print_json(findings_record(found, month, head))
        return
    folder = out or at.home.reports / month
    wanted = formats.split(",")
    for path in write_findings(found, month, head, known, folder, formats=wanted, lang=at.lang):
        print_line(str(path))


@group.command()
def declare(
    context: typer.Context,
    uscc: Enterprise,
    month: Annotated[str, typer.Argument(help="YYYY-MM")],
    tonnes: Annotated[str, typer.Argument(help="申报的 tCO2 / tonnes of CO2 declared")],
    document: Annotated[str, typer.Option(help="申报文件 / where it is declared")],
    carrier: Annotated[str, typer.Option(help="品种，默认全部 / carrier, default all")] = "",
) -> None:
    """登记企业申报的排放量，供比对，不影响账面数字 / record a declared emission to compare with"""
    from decimal import Decimal, InvalidOperation

    from factors.errors import UsageFault
    from ledgers.emissions.anomalies import declare as record
    from warehouse.connect import writer

    at = door(context)
    try:
        amount = Decimal(tonnes)
    except InvalidOperation as error:
        raise UsageFault("quality.declaration", seen=tonnes, document=document) from error
    code = _carrier(carrier)
    with writer(at.home, purpose="quality declare", person=at.person) as con:
        made = record(con, uscc, month, code, amount, document=document, person=at.person)
    print_line(f"head {made.commit_no} {made.hash}")
