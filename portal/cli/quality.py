"""Commands about the quality of figures: uncertainty, what the city assumes of quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from factors.messages import text as message
from portal.cli.books import Formats, Out
from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_json, print_line

if TYPE_CHECKING:
    from ledgers.emissions.simulation import Simulated
    from ledgers.emissions.uncertainty import Quality

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
