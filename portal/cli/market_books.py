"""Commands that read the market's book: rules, forecasts, verification, compliance, figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from portal.cli.books import Formats, Out
from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, print_table
from portal.cli.registry_books import plain_record, reading, rows

Code = Annotated[str, typer.Option(help="市场：SY 本市，CN 全国 / market")]
Year = Annotated[int, typer.Option(help="履约年度 / compliance year")]
YearArgument = Annotated[int, typer.Argument(help="履约年度 / compliance year")]
Entity = Annotated[str, typer.Argument(help="单位代码 / entity")]
On = Annotated[str, typer.Option(help="统计日 YYYY-MM-DD，空为今天 / as of")]
Month = Annotated[str, typer.Argument(help="YYYY-MM")]


def attach(group: typer.Typer) -> None:
    """Adds these commands to the market's group."""
    for command in (rules, forecast, verification, compliance, certificate, daily, bulletin):
        group.command()(command)
    group.command("carry-over")(carry_over)
    group.command("expiring")(expiring)


def rules(
    context: typer.Context, year: YearArgument, market: Code = "SY", as_json: AsJson = False
) -> None:
    """一年有效的规则、条款与可信等级 / the rules of a year, with clause and standing"""
    from ledgers.allowances.measures import descriptions, of_year

    at = door(context)
    book = reading(context, lambda con: of_year(con, year, market=market))
    keys = sorted({key for layer in book.layers for key in layer if book.has(key)})
    found = [book.find(key) for key in keys]
    if as_json:
        print_json(found)
        return
    said = descriptions()
    table = [
        (
            o.key,
            o.value,
            said.get((o.rule_set, o.key), {}).get(at.lang, ""),
            o.document,
            o.clause,
            o.standing,
        )
        for o in found
    ]
    print_table("", ("键", "取值", "说明", "文件", "条款", "可信等级"), table)


def forecast(
    context: typer.Context,
    entity: Entity,
    year: Year,
    verified: Annotated[int | None, typer.Option(help="假定排放量 / emission assumed, t")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="可用征求意见稿 / use drafts")] = False,
    as_json: AsJson = False,
) -> None:
    """试算一个单位的配额，不入账 / what an entity's method would give; nothing is recorded"""
    from ledgers.allowances.measures import of_year
    from ledgers.allowances.plan import listing, work_out
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="market forecast", person=at.person) as read:
        found = listing(read.con, entity, year)
        book = of_year(read.con, year, market=found.market, drafts=drafts)
        made = work_out(read.con, found, "final", book, verified=verified)
    origins = book.origins()
    if as_json:
        print_json(
            {
                "method": made.method,
                "tonnes": made.tonnes,
                "components": made.components,
                "rules": origins,
                "draft": any(o.draft for o in origins),
            }
        )
        return
    table = [(c.part, c.name, c.working, c.tonnes) for c in made.components]
    print_table("", ("部分", "步骤", "算式", "吨"), [*table, ("", "合计", "", made.tonnes)])
    if any(origin.draft for origin in origins):
        print_line("! 征求意见稿，仅供预测 / consultation draft, a forecast only")


def verification(
    context: typer.Context, entity: Entity, year: Year, as_json: AsJson = False
) -> None:
    """一个单位的报告与核查各步 / every step of an entity's verification"""
    from ledgers.allowances.emission_verification import demanded, steps

    found, due = reading(
        context, lambda con: (steps(con, entity, year), demanded(con, entity, year))
    )
    if as_json:
        print_json({"steps": found, "recheck": due})
        return
    names = ("step_no", "step", "co2e", "day", "answer_by", "person", "document", "note")
    columns = ("序", "步骤", "吨", "日期", "答复期限", "何人", "文件", "说明")
    print_table("", columns, rows(map(plain_record, found), names))
    if due:
        print_line("! 须复查 / re-check due: " + "、".join(due))


def compliance(
    context: typer.Context,
    year: YearArgument,
    on: On = "",
    market: Code = "SY",
    out: Out = None,
    formats: Formats = "html,pdf,xlsx,json",
    as_json: AsJson = False,
) -> None:
    """履约情况表；--out 写成文件 / the compliance table"""
    from pipelines.market import compliance_year
    from reports.compliance import compliance_document, compliance_json, write_compliance

    at, day = door(context), _day(on)
    found = reading(context, lambda con: compliance_year(con, year, code=market, on=day))
    if out is not None:
        wanted = [name.strip() for name in formats.split(",")]
        for path in write_compliance(found, out, formats=wanted, lang=at.lang):
            print_line(str(path))
        return
    if as_json:
        print_line(compliance_json(found).rstrip())
        return
    document = compliance_document(found, at.lang)
    table = document.sections[1].blocks[0]
    cells = [tuple(cell.text for cell in row.cells) for row in table.rows]  # type: ignore[union-attr]
    print_table(document.title, [c.title for c in table.columns], cells)  # type: ignore[union-attr]


def certificate(
    context: typer.Context,
    entity: Entity,
    year: Year,
    on: On = "",
    out: Annotated[Path, typer.Option(help="目录 / folder")] = Path("."),
    formats: Formats = "pdf",
) -> None:
    """清缴证明或缺口通知 / certificate of surrender, or notice of shortfall"""
    from ledgers import journal
    from ledgers.allowances.compliance import standing
    from ledgers.allowances.plan import listing
    from pipelines.market import price_of_fines
    from reports.compliance import write_certificate
    from warehouse.connect import reader

    at, day = door(context), _day(on)
    with reader(at.home, purpose="market certificate", person=at.person) as read:
        con = read.con
        price = price_of_fines(con, year, code=listing(con, entity, year).market)
        found, head = standing(con, entity, year, on=day, price=price), journal.head(con)
    wanted = [name.strip() for name in formats.split(",")]
    for path in write_certificate(found, head, out, formats=wanted, lang=at.lang):
        print_line(str(path))


def carry_over(
    context: typer.Context,
    account: Annotated[str, typer.Argument(help="账户号 / account")],
    on: On = "",
    as_json: AsJson = False,
) -> None:
    """可结转量与将失效量 / what an account may carry over, and what dies"""
    from ledgers.allowances.carry_over import carry_over as work_out

    found = reading(context, lambda con: work_out(con, account, on=_day(on)))
    if as_json:
        print_json({**plain_record(found), "dies": found.dies, "left": found.left})
        return
    names = ("sold", "bought", "limit", "holding", "allowed", "applied")
    columns = ("卖出", "买入", "公式上限", "快照持有", "可结转", "已申请", "将失效")
    print_table("", columns, [(*(getattr(found, name) for name in names), found.dies)])


def expiring(
    context: typer.Context, on: On = "", market: Code = "SY", as_json: AsJson = False
) -> None:
    """未结转、将失效的旧年度配额 / old vintages that were not carried over"""
    from ledgers.allowances.carry_over import expiring as find

    found = reading(context, lambda con: find(con, market, on=_day(on)))
    if as_json:
        print_json(found)
        return
    table = [(n, unit, amount) for n, units in found.items() for unit, amount in units.items()]
    print_table("", ("账户", "品种", "吨"), table)


def daily(
    context: typer.Context,
    month: Month,
    by: Annotated[str, typer.Option(help="day 或 month")] = "day",
    market: Code = "SY",
    as_json: AsJson = False,
) -> None:
    """逐日或当月行情 / figures of each day, or of the month"""
    from pipelines.market import market_month

    found = reading(context, lambda con: market_month(con, month, code=market))
    held = found.days if by == "day" else found.months
    if as_json:
        print_json([{**plain_record(each), "average": each.average} for each in held])
        return
    names = ("period", "unit", "mode", "volume", "turnover", "open", "high", "low", "close")
    columns = ("时段", "品种", "方式", "成交量", "成交额", "开盘", "最高", "最低", "收盘", "笔数")
    print_table("", columns, rows(map(plain_record, held), (*names, "trades")))


def bulletin(
    context: typer.Context,
    month: Month,
    market: Code = "SY",
    out: Annotated[Path, typer.Option(help="目录 / folder")] = Path("."),
    formats: Formats = "html,pdf,xlsx,json",
) -> None:
    """市场行情月报 / the market bulletin of a month"""
    from pipelines.market import market_month
    from reports.market import write_market

    at = door(context)
    found = reading(context, lambda con: market_month(con, month, code=market))
    wanted = [name.strip() for name in formats.split(",")]
    for path in write_market(found, out, formats=wanted, lang=at.lang):
        print_line(str(path))


def _day(text: str) -> date:
    from ledgers.reference.rows import LOCAL

    return date.fromisoformat(text) if text else datetime.now(UTC).astimezone(LOCAL).date()
