"""Commands that set the allowance registry up: market, persons, caps, accounts, rules, imports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table

account_group = typer.Typer(help="登记账户 / accounts", no_args_is_help=True)

Other = Annotated[str, typer.Option("--approver", help="另一名登记处人员 / a second officer")]
Document = Annotated[str, typer.Option(help="文件 / document")]
Number = Annotated[str, typer.Argument(help="账户号 / account number")]


def attach(group: typer.Typer) -> None:
    """Adds these commands to the registry's group."""
    for command in (init, mandate, conflict, cap, seal, types):
        group.command()(command)
    group.command("rule")(rule)
    group.command("import")(import_file)
    group.add_typer(account_group, name="account")


def init(
    context: typer.Context,
    approver: Other,
    market: Annotated[str, typer.Option(help="两个字母 / two letters")] = "SY",
    name: Annotated[str, typer.Option(help="市场名称 / name")] = "沈阳市碳排放权交易市场",
    basis: Annotated[str, typer.Option(help="依据文件 / legal basis")] = "",
) -> None:
    """建立登记簿：规则表、两名登记处人员、市场及系统账户 / rules, two officers, a market"""
    from ledgers.allowances.accounts import open_market
    from ledgers.allowances.persons import grant, mandates
    from ledgers.allowances.rulings import load_shipped
    from warehouse.connect import writer

    at, now = door(context), datetime.now(UTC)
    with writer(at.home, purpose="registry init", person=at.person) as con:
        load_shipped(con, at.person)
        for person, by in ((at.person, approver), (approver, at.person)):
            if not any(held.role == "registry" for held in mandates(con, person, now.date())):
                grant(con, person, "registry", by=by, valid_from=date(2020, 1, 1), reason="init")
        made = open_market(
            con,
            market,
            name,
            basis=basis,
            proposer=at.person,
            approver=approver,
            at=now,
        )
    _accounts(made, False)


def mandate(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="人员 / person")],
    role: Annotated[str, typer.Argument(help="registry, holder, bank, court")],
    scope: Annotated[str, typer.Option(help="单位、账户号或银行 / entity, account or bank")] = "",
    until: Annotated[str, typer.Option(help="到期日 YYYY-MM-DD / last day")] = "",
    reason: Annotated[str, typer.Option(help="依据 / document")] = "",
) -> None:
    """授权某人办理 / say what a person may do"""
    from ledgers.allowances.persons import grant
    from warehouse.connect import writer

    at, today = door(context), datetime.now(UTC).date()
    last = date.fromisoformat(until) if until else None
    with writer(at.home, purpose="registry mandate", person=at.person) as con:
        made = grant(
            con,
            person,
            role,
            by=at.person,
            scope=scope,
            valid_from=min(today, last) if last else today,
            valid_to=last,
            reason=reason,
        )
    print_line(f"head {made.commit_no} {made.hash}")


def conflict(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="人员或单位 / person or entity")],
    capacity: Annotated[str, typer.Argument(help="regulator, registry, exchange, verifier")],
    document: Document,
) -> None:
    """列入利益冲突名单：不得交易 / put on the list of those who may not trade"""
    from ledgers.allowances.persons import list_conflict
    from warehouse.connect import writer

    at, today = door(context), datetime.now(UTC).date()
    with writer(at.home, purpose="registry conflict", person=at.person) as con:
        made = list_conflict(
            con, party, capacity, document=document, person=at.person, valid_from=today
        )
    print_line(f"head {made.commit_no} {made.hash}")


def cap(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="品种，如 SY-SYA-2025 / unit")],
    quantity: Annotated[str, typer.Argument(help="整吨 / whole tonnes")],
    document: Document,
    approver: Other,
) -> None:
    """登记批准的总量 / record an approved cap"""
    from ledgers.allowances.caps import set_cap
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="registry cap", person=at.person) as con:
        two = {"proposer": at.person, "approver": approver, "at": datetime.now(UTC)}
        set_cap(con, unit, quantity, document=document, **two)  # type: ignore[arg-type]
    print_line(f"{unit} {quantity}")


def seal(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help="履约年度 / compliance year")],
    document: Document,
    approver: Other,
    market: Annotated[str, typer.Option(help="市场 / market")] = "SY",
) -> None:
    """封存一个履约年度 / seal a compliance year of the registry"""
    from ledgers.allowances.caps import seal_year
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="registry seal", person=at.person) as con:
        two = {"proposer": at.person, "approver": approver, "at": datetime.now(UTC)}
        seal_year(con, market, year, document=document, **two)  # type: ignore[arg-type]
    print_line(f"{market} {year}")


def types(context: typer.Context, as_json: AsJson = False) -> None:
    """交易类型表 / the table of transaction types"""
    from ledgers.allowances.rulings import rules
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="registry types", person=at.person) as reading:
        found = rules(reading.con, datetime.now(UTC).date()).types.types.values()
    if as_json:
        print_json(list(found))
        return
    rows = [
        (
            t.code,
            t.zh,
            f"{' '.join(t.sources)} → {' '.join(t.targets)}",
            f"{t.from_position} → {t.to_position}",
            f"{' '.join(t.proposes)} / {' '.join(t.approves) or '-'}",
            t.delay_hours,
            " ".join(t.needs),
        )
        for t in found
    ]
    columns = ("代码", "名称", "转出 → 转入", "分仓", "申请 / 复核", "延时 h", "须有")
    print_table("", columns, rows)


def rule(
    context: typer.Context,
    subject: Annotated[
        str, typer.Argument(help="calendar, transaction_types, account_kinds, vintages")
    ],
    file: Annotated[Path, typer.Argument(help="TOML")],
    reason: Reason,
) -> None:
    """录入规则表或日历的新版本 / enter a version of a table or calendar"""
    from ledgers.allowances.rulings import enter
    from warehouse.connect import writer

    at = door(context)
    text = file.read_text(encoding="utf-8")
    with writer(at.home, purpose=f"registry rule {subject}", person=at.person) as con:
        print_line(f"sha256 {enter(con, subject, text, person=at.person, reason=reason)}")


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV：列见 docs/registry.md / columns there")],
    approver: Other,
    key: Annotated[str, typer.Option("--id", help="批次编号 / id of the batch")],
    market: Annotated[str, typer.Option(help="市场 / market")] = "SY",
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="不合格的留出，其余入账 / post the good ones")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """整批导入已完成的交易，全部或全不 / import completed transactions, all or none"""
    from ledgers.allowances.batch import post_batch, read_batch
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"registry import {key}", person=at.person) as con:
        made = post_batch(
            con,
            key,
            read_batch(file),
            market=market,
            proposer=at.person,
            approver=approver,
            at=datetime.now(UTC),
            set_aside=set_aside,
        )
    refused = {id_: why.text(at.lang) for id_, why in made.refused.items()}
    if as_json:
        counts = {name: getattr(made, name) for name in ("first", "last", "posted", "moves")}
        print_json({**counts, "unchanged": made.unchanged, "refused": refused})
    else:
        print_line(f"posted {made.posted}  unchanged {len(made.unchanged)}  refused {len(refused)}")
        for id_, why in refused.items():
            print_line(f"{id_}: {why}")
    if refused:
        raise typer.Exit(1)


@account_group.command("open")
def open_(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="operator, trader, person")],
    entity: Annotated[str, typer.Argument(help="统一社会信用代码或单位 / entity")],
    name: Annotated[str, typer.Argument(help="名称 / name")],
    market: Annotated[str, typer.Option(help="市场 / market")] = "SY",
    key: Annotated[str, typer.Option("--id", help="幂等键 / idempotency key")] = "",
    as_json: AsJson = False,
) -> None:
    """申请开户 / propose an account"""
    from ledgers.allowances.accounts import propose_account
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="registry account open", person=at.person) as con:
        made = propose_account(
            con,
            key=key or f"open:{market}:{kind}:{entity}",
            market=market,
            kind=kind,
            entity=entity,
            name=name,
            person=at.person,
            at=datetime.now(UTC),
        )
    _accounts([made], as_json)


@account_group.command()
def approve(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """同意开户（须另一人）/ open a proposed account, as another person"""
    _decide(context, number, True, "", as_json)


@account_group.command()
def refuse(context: typer.Context, number: Number, reason: Reason, as_json: AsJson = False) -> None:
    """不同意开户 / refuse a proposed account"""
    _decide(context, number, False, reason, as_json)


@account_group.command()
def status(
    context: typer.Context,
    number: Number,
    new: Annotated[str, typer.Argument(help="open, frozen, no_outgoing, closing, closed …")],
    reason: Reason,
    approver: Other,
    as_json: AsJson = False,
) -> None:
    """变更账户状态 / change the status of an account"""
    from ledgers.allowances.accounts import set_status
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="registry account status", person=at.person) as con:
        two = {"proposer": at.person, "approver": approver, "at": datetime.now(UTC)}
        made = set_status(con, number, new, reason=reason, **two)  # type: ignore[arg-type]
    _accounts([made], as_json)


@account_group.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """一个账户 / one account"""
    from ledgers.allowances.accounts import account
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="registry account show", person=at.person) as reading:
        _accounts([account(reading.con, number)], as_json)


@account_group.command("list")
def list_(
    context: typer.Context,
    market: Annotated[str, typer.Option(help="市场 / market")] = "",
    as_json: AsJson = False,
) -> None:
    """列出账户 / list accounts"""
    from ledgers.allowances.accounts import accounts
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="registry account list", person=at.person) as reading:
        _accounts(accounts(reading.con, market), as_json)


def _decide(context: typer.Context, number: str, approve: bool, reason: str, as_json: bool) -> None:
    from ledgers.allowances.accounts import decide_account
    from warehouse.connect import writer

    at, now = door(context), datetime.now(UTC)
    with writer(at.home, purpose="registry account", person=at.person) as con:
        made = decide_account(con, number, approve=approve, person=at.person, at=now, reason=reason)
    _accounts([made], as_json)


def _accounts(found: Any, as_json: bool) -> None:
    if as_json:
        print_json(list(found))
        return
    rows = [(a.number, a.kind, a.entity, a.name, a.status, a.proposer, a.approver) for a in found]
    print_table("", ("账户", "类型", "单位", "名称", "状态", "申请人", "复核人"), rows)
