"""Commands about the market: a year's plan, verification and compliance; trades and their figures.

What belongs here: writing commands. What does not: those that read and print
(`portal.cli.market_books`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from portal.cli import market_books
from portal.cli.door import AsJson, door
from portal.cli.market_books import Code, Entity, Year
from portal.cli.output import print_json, print_line, print_table
from portal.cli.registry_books import plain_record, rows

group = typer.Typer(help="碳市场：年度履约与交易 / compliance and trades", no_args_is_help=True)
market_books.attach(group)

Document = Annotated[str, typer.Option(help="文件 / document")]
Other = Annotated[str, typer.Option("--approver", help="另一名登记处人员 / a second officer")]
InFile = Annotated[Path, typer.Argument(help="CSV 或 XLSX")]
Tonnes = Annotated[str, typer.Argument(help="整吨 / whole tonnes")]


@group.command("load")
def load(context: typer.Context, as_json: AsJson = False) -> None:
    """把随软件提供的规则集记入账本 / enter the shipped rule sets"""
    from ledgers.allowances.measures import load_shipped
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market load", person=at.person) as con:
        loaded = load_shipped(con, at.person)
    print_json(list(loaded)) if as_json else print_line("、".join(loaded) or "—")


@group.command("list")
def list_entities(
    context: typer.Context,
    file: InFile,
    year: Year,
    document: Document,
    market: Code = "SY",
    as_json: AsJson = False,
) -> None:
    """录入一年的单位名录 / enter the list of entities of a year"""
    from pipelines.market import import_entities_file

    at = door(context)
    more = {"code": market, "document": document, "person": at.person}
    found = import_entities_file(at.home, file, year, **more)
    if as_json:
        print_json(found)
        return
    names = ("entity", "name", "market", "industry", "gas", "method", "treatment", "account")
    columns = ("单位代码", "单位", "市场", "行业", "气体", "方法", "处理", "账户")
    print_table("", columns, rows(map(plain_record, found), names))


@group.command()
def figures(
    context: typer.Context, file: InFile, year: Year, document: Document, market: Code = "SY"
) -> None:
    """录入配额核算所需的指标 / enter the figures that allocations need"""
    from pipelines.market import import_figures_file

    at = door(context)
    more = {"code": market, "document": document, "person": at.person}
    print_line(str(import_figures_file(at.home, file, year, **more)))


@group.command()
def allocate(
    context: typer.Context,
    stage: Annotated[str, typer.Argument(help="pre 预分配，final 核定")],
    year: Year,
    document: Document,
    approver: Other,
    entity: Annotated[list[str] | None, typer.Option(help="只算这些单位 / only these")] = None,
    market: Code = "SY",
    as_json: AsJson = False,
) -> None:
    """决定一个阶段的配额并在登记簿执行 / decide a stage and carry it out"""
    from ledgers.allowances.decisions import allocate as decide
    from warehouse.connect import writer

    at = door(context)
    more = {"document": document, "proposer": at.person, "approver": approver}
    with writer(at.home, purpose=f"market allocate {stage}", person=at.person) as con:
        found, batch = decide(
            con,
            year,
            stage,
            **more,
            at=datetime.now(UTC),
            market=market,
            entities=entity or (),
        )
    refused = dict(batch.refused) if batch else {}
    if as_json:
        print_json({"decisions": found, "refused": {k: f.text("en") for k, f in refused.items()}})
    else:
        names = ("entity", "method", "quantity", "issued", "returned", "taken", "outstanding")
        columns = ("单位", "方法", "应得", "补发", "收回", "已扣减", "待扣减", "品种")
        print_table("", columns, rows(map(plain_record, found), (*names, "unit")))
        for key, fault in refused.items():
            print_line(f"! {key}: {fault.text(at.lang)}")
    if refused:
        raise typer.Exit(1)


@group.command()
def deduct(
    context: typer.Context,
    entity: Entity,
    tonnes: Tonnes,
    year: Year,
    cause: Annotated[str, typer.Option(help="shortfall, hidden, other")],
    cause_year: Annotated[int, typer.Option(help="缘由年度 / the year that it is for")],
    document: Document,
    approver: Other,
    market: Code = "SY",
) -> None:
    """决定从一年的配额中扣减 / decide a deduction from a year's allocation"""
    from ledgers.allowances.decisions import add_deduction
    from warehouse.connect import writer

    at = door(context)
    more: dict[str, Any] = {"cause": cause, "cause_year": cause_year, "document": document}
    with writer(at.home, purpose="market deduct", person=at.person) as con:
        two = {"proposer": at.person, "approver": approver, "market": market}
        add_deduction(con, entity, year, tonnes, **more, **two, at=datetime.now(UTC))


@group.command()
def step(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="STEP",
            help="report, finding, recheck, notice, objection, decision, estimate",
        ),
    ],
    entity: Entity,
    year: Year,
    document: Document,
    co2e: Annotated[str, typer.Option(help="整吨 / whole tonnes")] = "",
    from_ledger: Annotated[
        bool, typer.Option("--from-ledger", help="取碳账排放量 / take the emission ledger's figure")
    ] = False,
    basis: Annotated[str, typer.Option(help="口径 / basis, when the ledger has several")] = "",
    market: Code = "SY",
    as_json: AsJson = False,
) -> None:
    """记录报告、核查、复查、异议等一步 / record a step of the verification"""
    from ledgers.allowances.emission_verification import ledger_emission, record_step
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"market step {kind}", person=at.person) as con:
        amount: object = co2e or None
        source = ""
        if from_ledger:
            found = ledger_emission(con, entity, year, basis=basis, market=market)
            amount, source = found.tonnes, found.source
        more = {"document": document, "person": at.person, "source": source}
        made = record_step(con, entity, year, kind, co2e=amount, at=datetime.now(UTC), **more)
    if as_json:
        print_json(made)
        return
    print_line(f"{made.step_no} {made.step} {made.co2e if made.co2e is not None else ''}".rstrip())
    if made.answer_by:
        print_line(f"≤ {made.answer_by}")


@group.command()
def confirm(
    context: typer.Context,
    entity: Entity,
    year: Year,
    document: Document,
    approver: Other,
    as_json: AsJson = False,
) -> None:
    """确认核定排放量与应清缴量 / confirm the emission and what is due"""
    from ledgers.allowances.emission_verification import confirm as make
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market confirm", person=at.person) as con:
        two = {"document": document, "proposer": at.person, "approver": approver}
        made = make(con, entity, year, **two, at=datetime.now(UTC))
    if as_json:
        print_json(made)
        return
    print_line(f"{made.entity} {made.year}: {made.due:,} t ≤ {made.deadline}")


@group.command()
def custody(
    context: typer.Context, entity: Entity, year: Year, document: Document, as_json: AsJson = False
) -> None:
    """从代管配额清缴，余量释放（须另一人复核）/ surrender from custody, release the rest"""
    from ledgers.allowances.compliance import surrender_from_custody
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market custody", person=at.person) as con:
        more = {"document": document, "person": at.person}
        made = surrender_from_custody(con, entity, year, **more, at=datetime.now(UTC))
    print_json(made) if as_json else [print_line(f"{r.request} {r.state}") for r in made]


@group.command()
def project(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="项目编号 / project")],
    name: Annotated[str, typer.Argument(help="名称 / name")],
    registered_on: Annotated[str, typer.Option(help="登记日 YYYY-MM-DD / registered on")],
    document: Document,
    in_market: Annotated[
        bool, typer.Option("--in-market", help="已纳入市场 / in a market")
    ] = False,
) -> None:
    """登记抵销项目 / record a project whose reductions may offset"""
    from ledgers.allowances.offsets import register_project
    from warehouse.connect import writer

    at = door(context)
    day = date.fromisoformat(registered_on)
    with writer(at.home, purpose="market project", person=at.person) as con:
        more = {"registered_on": day, "in_market": in_market, "document": document}
        register_project(con, code, name, **more, person=at.person, at=datetime.now(UTC))


@group.command()
def offset(
    context: typer.Context,
    entity: Entity,
    unit: Annotated[str, typer.Argument(help="品种，如 SY-CCER-2023 / unit")],
    tonnes: Tonnes,
    year: Year,
    serial: Annotated[str, typer.Option(help="原登记簿的批次号 / serial of the lot")],
    project: Annotated[str, typer.Option("--project", help="项目 / project")],
    as_json: AsJson = False,
) -> None:
    """以减排量抵销（须另一人复核）/ surrender offsets, within the cap"""
    from ledgers.allowances.offsets import surrender_offsets
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market offset", person=at.person) as con:
        more = {"serial": serial, "project": project, "person": at.person}
        made = surrender_offsets(con, entity, year, unit, tonnes, **more, at=datetime.now(UTC))
    print_json(made) if as_json else print_line(f"{made.request} {made.state}")


@group.command()
def seal(
    context: typer.Context, year: Year, document: Document, approver: Other, market: Code = "SY"
) -> None:
    """封存履约年度：须全部了结，且规则均已核对 / seal a compliance year"""
    from ledgers.allowances.compliance import seal as make
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market seal", person=at.person) as con:
        two = {"document": document, "proposer": at.person, "approver": approver}
        found = make(con, year, **two, market=market, at=datetime.now(UTC))
    print_line(f"{year}: {len(found)}")


@group.command()
def reference(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="品种 / unit")],
    price: Annotated[str, typer.Argument(help="元/吨 / CNY a tonne")],
    day: Annotated[str, typer.Option(help="首日 YYYY-MM-DD / first day")],
    document: Document,
) -> None:
    """录入首日参考价 / the price from which the first day takes its band"""
    from ledgers.allowances.market import set_reference
    from warehouse.connect import writer

    at, first = door(context), date.fromisoformat(day)
    with writer(at.home, purpose="market reference", person=at.person) as con:
        more = {"day": first, "document": document, "person": at.person}
        set_reference(con, unit, price, **more, at=datetime.now(UTC))


@group.command()
def trades(
    context: typer.Context, file: InFile, market: Code = "SY", as_json: AsJson = False
) -> None:
    """导入成交并校验涨跌幅、数量、当日回转 / import trades, checked"""
    from factors.messages import text
    from pipelines.market import import_trades_file

    at = door(context)
    done = import_trades_file(at.home, file, code=market, person=at.person)
    if as_json:
        faults = [{**plain_record(f), "text": text(f.code, at.lang, f.facts)} for f in done.faults]
        booked = [trade.trade for trade in done.booked]
        print_json({"booked": booked, "unchanged": done.unchanged, "faults": faults})
    else:
        print_line(f"sha256 {done.source}")
        print_line(f"+{len(done.booked)} ={done.unchanged} !{len(done.faults)}")
        told = [(f.row_no, f.trade, text(f.code, at.lang, f.facts)) for f in done.faults]
        if told:
            print_table("", ("行", "成交编号", "未登记的原因"), told)
    if done.faults:
        raise typer.Exit(1)


@group.command()
def pay(
    context: typer.Context,
    trade: Annotated[str, typer.Argument(help="成交编号 / trade")],
    amount: Annotated[str, typer.Argument(help="元 / CNY")],
    document: Document,
) -> None:
    """登记结算银行的到账确认 / record the bank's word that a trade was paid"""
    from ledgers.allowances.market import confirm_payment
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market pay", person=at.person) as con:
        more = {"document": document, "person": at.person}
        confirm_payment(con, trade, amount, **more, at=datetime.now(UTC))


@group.command()
def settle(
    context: typer.Context, approver: Other, market: Code = "SY", as_json: AsJson = False
) -> None:
    """交收已到账的成交 / deliver the trades that were paid"""
    from ledgers.allowances.market import settle as deliver
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="market settle", person=at.person) as con:
        two = {"proposer": at.person, "approver": approver}
        done = deliver(con, market, **two, at=datetime.now(UTC))
    refused = {k: f.text(at.lang) for k, f in done.batch.refused.items()} if done.batch else {}
    if as_json:
        shown = {"settled": done.settled, "unpaid": done.unpaid, "refused": refused}
        print_json({**shown, "clearing": done.clearing})
    else:
        print_line(f"+{len(done.settled)} …{len(done.unpaid)} !{len(refused)}")
        for key, why in refused.items():
            print_line(f"! {key}: {why}")
    if refused:
        raise typer.Exit(1)
