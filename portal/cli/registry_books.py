"""Commands that read and check the allowance registry: holdings, transactions, proof."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, print_table

Market = Annotated[str, typer.Option(help="市场 / market")]


def attach(group: typer.Typer) -> None:
    """Adds these commands to the registry's group."""
    for command in (holdings, transactions, refusals, verify, reconcile, proof):
        group.command()(command)


def holdings(
    context: typer.Context,
    account: Annotated[str, typer.Argument(help="账户号，空为全部 / account")] = "",
    market: Annotated[str, typer.Option(help="市场 / market")] = "",
    blocks: Annotated[bool, typer.Option("--blocks", help="列出序列段 / serial blocks")] = False,
    as_json: AsJson = False,
) -> None:
    """持有：可用、占用、质押、冻结 / what is held, free, reserved, pledged, frozen"""
    from ledgers.allowances import holdings as books

    found = reading(context, lambda con: books.holdings(con, account, market))
    held = reading(context, lambda con: books.blocks(con, account)) if blocks else ()
    if as_json:
        print_json(
            {
                "holdings": found,
                "blocks": [{**plain_record(b), "block": str(b.block)} for b in held],
            }
        )
        return
    names = ("number", "kind", "name", "status", "unit", "position", "quantity", "reserved")
    columns = ("账户", "类型", "名称", "状态", "品种", "分仓", "吨", "其中占用")
    print_table("", columns, rows(map(plain_record, found), names))
    if blocks:
        lines = [
            (str(b.block), b.position, b.block.quantity, b.acquired_at, b.origin) for b in held
        ]
        print_table("", ("序列段", "分仓", "吨", "取得时间 UTC", "来源"), lines)


def transactions(
    context: typer.Context,
    account: Annotated[str, typer.Argument(help="账户号，空为全部 / account")] = "",
    market: Annotated[str, typer.Option(help="市场 / market")] = "",
    limit: Annotated[int, typer.Option(help="最近多少行 / how many lines")] = 50,
    as_json: AsJson = False,
) -> None:
    """已完成的交易 / completed transactions"""
    from ledgers.allowances.holdings import transactions as read

    found = reading(context, lambda con: read(con, account, market, limit))
    if as_json:
        print_json(found)
        return
    names = ("seq", "id", "type", "executed_at", "source", "target", "unit", "quantity", "approver")
    columns = ("序号", "编号", "类型", "执行时间 UTC", "转出", "转入", "品种", "吨", "复核人")
    print_table("", columns, rows(map(plain_record, found), names))


def refusals(context: typer.Context, as_json: AsJson = False) -> None:
    """被拒绝的申请与原因 / what was refused, and why"""
    from factors.messages import text
    from ledgers.allowances.refusals import refusals as read

    found = reading(context, read)
    if as_json:
        print_json(found)
        return
    lang, names = door(context).lang, ("moment", "person", "action", "request")
    lines = [
        (*(row[name] for name in names), text(row["code"], lang, row["facts"])) for row in found
    ]
    print_table("", ("时间 UTC", "何人", "事项", "编号", "原因"), lines)


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """核验登记簿的全部不变式 / check every invariant of the registry"""
    from ledgers.allowances.verification import verify as check

    found = reading(context, check)
    if as_json:
        print_json({"good": found.good, **plain_record(found)})
    else:
        print_line(f"{found.transactions:,} 笔交易 transactions, {found.moves:,} moves")
        print_line(f"root {found.root}")
        for finding in found.findings:
            print_line(finding.text(door(context).lang))
    if not found.good:
        raise typer.Exit(1)


def reconcile(context: typer.Context, market: Market = "SY", as_json: AsJson = False) -> None:
    """对账：签发多少、在哪里、是否一致 / what was issued, where it is, whether it agrees"""
    from ledgers.allowances.reconciliation import reconcile as check

    found = reading(context, lambda con: check(con, market))
    if as_json:
        units = [{**plain_record(unit), "difference": unit.difference} for unit in found.units]
        print_json({**plain_record(found), "units": units, "good": found.good})
    else:
        totals = rows(map(plain_record, found.units), list(_TOTALS))
        pairs = zip(totals, found.units, strict=True)
        lines = [(*total, unit.difference) for total, unit in pairs]
        columns = (*_TOTALS.values(), "差额")
        print_table(f"{market}  root {found.root}", columns, lines)
        for finding in found.findings:
            print_line(finding.text(door(context).lang))
    if not found.good:
        raise typer.Exit(1)


_TOTALS = {
    "unit": "品种",
    "cap": "总量",
    "issued": "已签发",
    "participants": "参与方",
    "authority": "主管部门",
    "pledged": "其中质押",
    "frozen": "其中冻结",
    "surrendered": "已清缴",
    "cancelled": "已注销",
    "expired": "已失效",
    "elsewhere": "其他",
}
"""A field of a unit's totals → the head of its column."""


def proof(
    context: typer.Context,
    transaction: Annotated[str, typer.Argument(help="交易编号或序号 / id or seq")],
    head: Annotated[str, typer.Option(help="链头，64 位 / a head; default the last")] = "",
    out: Annotated[Path | None, typer.Option(help="写入文件 / file")] = None,
) -> None:
    """一笔交易的存在证明（JSON），用 docs/check_transaction.py 离线核对 / proof of a transaction"""
    import json

    from ledgers.allowances.proof import prove

    found = reading(context, lambda con: prove(con, transaction, head))
    if out is None:
        print_json(found)
        return
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print_line(f"{out}\nhead {found['head']}")


def reading(context: typer.Context, read: Any) -> Any:
    """What `read` answers on the ledger open for reading."""
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="registry", person=at.person) as found:
        return read(found.con)


def plain_record(value: Any) -> dict[str, Any]:
    """The fields of a record, one level deep."""
    from dataclasses import fields

    return {field.name: getattr(value, field.name) for field in fields(value)}


def rows(records: Any, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Records as rows of a table; what is not there stays blank."""
    return [
        tuple("" if record[name] is None else record[name] for name in names) for record in records
    ]
