"""Commands about the allowance registry: requests.

What belongs here: asking, approving, executing. What does not: setting the registry up and its
accounts (`portal.cli.registry_setup`), reading and checking it (`portal.cli.registry_books`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portal.cli import registry_books, registry_setup
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_table
from portal.cli.registry_books import plain_record, reading, rows

if TYPE_CHECKING:
    from ledgers.allowances.requests import Request

group = typer.Typer(help="配额登记簿 / the allowance registry", no_args_is_help=True)
registry_setup.attach(group)
registry_books.attach(group)

Account = Annotated[str, typer.Argument(help="账户号，如 SY-100-10000018-0-42 / account")]
UnitText = Annotated[str, typer.Argument(help="品种，如 SY-SYA-2025 / unit")]
Tonnes = Annotated[str, typer.Argument(help="整吨 / whole tonnes")]
RequestId = Annotated[str, typer.Argument(help="申请编号 / request")]
Id = Annotated[str, typer.Option("--id", help="自定编号，即幂等键 / idempotency key")]
Why = Annotated[str, typer.Option("--reason", help="理由或文件 / reason or document")]
Year = Annotated[int, typer.Option(help="履约年度 / compliance year")]
Bank = Annotated[str, typer.Option(help="质权银行 / the bank")]
Refers = Annotated[int, typer.Option(help="所依据交易的序号 / seq of the transaction referred to")]
Market = Annotated[str, typer.Option(help="市场 / market")]


@group.command()
def propose(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="见 registry types")],
    source: Account,
    target: Account,
    unit: UnitText,
    quantity: Tonnes,
    year: Annotated[int | None, typer.Option(help="履约年度 / compliance year")] = None,
    counterparty: Annotated[str, typer.Option(help="对方 / counterparty")] = "",
    refers: Annotated[int | None, typer.Option(help="所依据交易的序号 / seq referred to")] = None,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """提出任一类型的申请 / ask for a transaction of any type"""
    more = {"year": year, "counterparty": counterparty, "refers": refers, "reason": reason}
    _propose(context, kind, source, target, unit, quantity, id_, as_json, more)


@group.command()
def issue(
    context: typer.Context,
    unit: UnitText,
    quantity: Tonnes,
    to: Annotated[str, typer.Option(help="系统账户类型 / kind of system account")] = "allocation",
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """签发到系统账户 / issue to a system account"""
    more = {"reason": reason}
    _propose(context, "issue", "@issuance", f"@{to}", unit, quantity, id_, as_json, more)


@group.command()
def allocate(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    year: Year,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """从免费分配账户发放 / allocate to an account"""
    more = {"year": year, "reason": reason}
    _propose(context, "allocate", "@allocation", account, unit, quantity, id_, as_json, more)


@group.command()
def transfer(
    context: typer.Context,
    source: Account,
    target: Account,
    unit: UnitText,
    quantity: Tonnes,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """划转 / transfer"""
    more = {"reason": reason}
    _propose(context, "transfer", source, target, unit, quantity, id_, as_json, more)


@group.command()
def surrender(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    year: Year,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """清缴 / surrender"""
    more = {"year": year, "reason": reason}
    _propose(context, "surrender", account, "@surrender", unit, quantity, id_, as_json, more)


@group.command()
def cancel(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """自愿注销配额 / cancel units voluntarily"""
    target, more = "@cancelled_voluntarily", {"reason": reason}
    _propose(context, "cancel", account, target, unit, quantity, id_, as_json, more)


@group.command()
def freeze(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    reason: Reason,
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """司法冻结 / judicial freeze"""
    more = {"reason": reason}
    _propose(context, "freeze", account, account, unit, quantity, id_, as_json, more)


@group.command()
def unfreeze(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    reason: Reason,
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """解除冻结 / end a judicial freeze"""
    more = {"reason": reason}
    _propose(context, "unfreeze", account, account, unit, quantity, id_, as_json, more)


@group.command()
def pledge(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    bank: Bank,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """质押给银行 / pledge to a bank"""
    more = {"counterparty": bank, "reason": reason}
    _propose(context, "pledge", account, account, unit, quantity, id_, as_json, more)


@group.command()
def release(
    context: typer.Context,
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    bank: Bank,
    refers: Refers,
    reason: Why = "",
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """解除质押，只能由质权银行提出 / release a pledge, by its bank only"""
    more = {"counterparty": bank, "refers": refers, "reason": reason}
    _propose(context, "release", account, account, unit, quantity, id_, as_json, more)


@group.command("carry-over")
def carry_over(
    context: typer.Context,
    step: Annotated[str, typer.Argument(help="apply, withdraw, recover, reissue")],
    account: Account,
    unit: UnitText,
    quantity: Tonnes,
    year: Year,
    refers: Annotated[int | None, typer.Option(help="收回交易的序号 / seq of the recovery")] = None,
    id_: Id = "",
    as_json: AsJson = False,
) -> None:
    """结转：申请、撤回、收回、换发 / carry-over, step by step"""
    ends = {
        "apply": (account, account),
        "withdraw": (account, account),
        "recover": (account, "@carry_over_recovered"),
        "reissue": ("@issuance", account),
    }
    if step not in ends:
        raise typer.BadParameter(", ".join(ends), param_hint="STEP")
    kind, (source, target) = f"carry_over_{step}", ends[step]
    more = {"year": year, "refers": refers}
    _propose(context, kind, source, target, unit, quantity, id_, as_json, more)


@group.command()
def approve(context: typer.Context, request: RequestId, as_json: AsJson = False) -> None:
    """复核同意（须另一人）/ approve, as another person"""
    from ledgers.allowances.workflow import approve as decide
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"registry approve {request}", person=at.person) as con:
        found = decide(con, request, person=at.person, at=datetime.now(UTC))
    _show([found], as_json)
    if found.state in ("terminated", "failed"):
        raise typer.Exit(1)


@group.command()
def reject(
    context: typer.Context, request: RequestId, reason: Reason, as_json: AsJson = False
) -> None:
    """复核不同意 / reject"""
    from ledgers.allowances.workflow import reject as decide
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"registry reject {request}", person=at.person) as con:
        found = decide(con, request, person=at.person, at=datetime.now(UTC), reason=reason)
    _show([found], as_json)


@group.command()
def withdraw(
    context: typer.Context, request: RequestId, reason: Why = "", as_json: AsJson = False
) -> None:
    """撤回尚未执行的申请 / take back a request before it executes"""
    from ledgers.allowances.workflow import cancel as take_back
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"registry withdraw {request}", person=at.person) as con:
        found = take_back(con, request, person=at.person, at=datetime.now(UTC), reason=reason)
    _show([found], as_json)


@group.command()
def execute(context: typer.Context, market: Market = "SY", as_json: AsJson = False) -> None:
    """执行已到时间的申请 / carry out what is due"""
    from ledgers.allowances.execution import execute_due
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="registry execute", person=at.person) as con:
        found = execute_due(con, market, person=at.person, at=datetime.now(UTC))
    _show(found, as_json)


@group.command()
def requests(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="状态 / state")] = "",
    as_json: AsJson = False,
) -> None:
    """列出申请及其状态 / requests and their states"""
    from ledgers.allowances.requests import requests as read

    _show(reading(context, lambda con: read(con, state)), as_json)


@group.command()
def show(context: typer.Context, request: RequestId, as_json: AsJson = False) -> None:
    """一个申请经过的每个状态 / every state that a request came into"""
    from ledgers.allowances.requests import request as read
    from ledgers.allowances.requests import steps

    found, states = reading(context, lambda con: (read(con, request), steps(con, request)))
    if as_json:
        print_json({"request": found, "steps": states})
        return
    _show([found], as_json)
    names = ("state", "person", "moment", "executes_at", "calendar_version", "reason")
    print_table(
        "", ("状态", "何人", "时间 UTC", "执行时间 UTC", "日历", "说明"), rows(states, names)
    )


def _propose(
    context: typer.Context,
    kind: str,
    source: str,
    target: str,
    unit: str,
    quantity: str,
    id_: str,
    as_json: bool,
    more: Mapping[str, Any],
) -> None:
    """`@kind` stands for the system account of the unit's market."""
    from ledgers import journal
    from ledgers.allowances.accounts import system_account
    from ledgers.allowances.numbers import read_unit
    from ledgers.allowances.requests import Ask, Movement
    from ledgers.allowances.workflow import propose as take
    from warehouse.connect import writer

    at = door(context)
    market = read_unit(unit).market
    with writer(at.home, purpose=f"registry {kind}", person=at.person) as con:
        ends = [
            system_account(con, market, end[1:]).number if end.startswith("@") else end
            for end in (source, target)
        ]
        key = id_ or f"{kind}-{journal.next_commit_no(con)}"
        ask = Ask(key, kind, market, (Movement(ends[0], ends[1], unit, quantity),), **more)
        found = take(con, ask, person=at.person, at=datetime.now(UTC))
    _show([found], as_json)
    if found.state in ("terminated", "failed"):
        raise typer.Exit(1)


def _show(found: Sequence[Request], as_json: bool) -> None:
    if as_json:
        print_json(found if len(found) != 1 else found[0])
        return
    names = ("request", "type", "market", "state", "proposer", "state_person", "executes_at")
    columns = ("申请", "类型", "市场", "状态", "申请人", "经办人", "执行时间 UTC", "说明")
    print_table("", columns, rows(map(plain_record, found), (*names, "state_reason")))
