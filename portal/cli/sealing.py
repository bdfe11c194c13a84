"""Commands that need what is official, or a second person: seal, unseal, requests, approve, refuse.

What belongs here: options and printing. What does not: the conditions of a seal
(`ledgers.emissions.sealing`), doing what was approved (`pipelines.approving`).
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_error, print_json, print_line, print_table

if TYPE_CHECKING:
    from ledgers.emissions.sealing import Readiness
    from ledgers.journal import Commit, YearSeal

Year = Annotated[str, typer.Argument(help="年份 YYYY / year")]
Number = Annotated[int, typer.Argument(help="申请编号 / number of the request")]


def seal(
    context: typer.Context,
    year: Year,
    check: Annotated[bool, typer.Option("--check", help="只检查，不封存 / only look")] = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """封存履约年度：须全部结账且依据均为官方 / seal a year that rests on official rows alone"""
    from ledgers.emissions.sealing import NotSealable, readiness
    from ledgers.emissions.sealing import seal as seal_year
    from warehouse.connect import reader, writer

    at = door(context)
    if check:
        with reader(at.home, purpose="seal --check", person=at.person) as reading:
            found = readiness(reading.con, year)
        _print_readiness(found, at.lang, as_json, None)
        if found.seal is None and not found.ready:
            raise typer.Exit(1)
        return
    with writer(at.home, purpose=f"seal {year}", person=at.person) as con:
        found = readiness(con, year)
        try:
            made = seal_year(con, year, person=at.person, reason=reason)
        except NotSealable as refused:
            _print_readiness(refused.readiness, at.lang, as_json, None)
            print_error(refused.text(at.lang))
            raise typer.Exit(1) from refused
    _print_readiness(found, at.lang, as_json, made)


def unseal(context: typer.Context, year: Year, reason: Reason = "") -> None:
    """申请解封年度，另一人批准后生效 / ask to unseal a year; another person approves"""
    from ledgers.emissions.sealing import ask_to_unseal
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose=f"unseal {year}", person=at.person) as con:
        made = ask_to_unseal(con, year, person=at.person, reason=reason)
    print_line(message("request.made", at.lang, {"number": made.commit_no}))


def list_requests(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="含已决的 / decided ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """列出待另一人决定的申请 / requests that wait for a second person"""
    from ledgers.journal.requests import requests
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="requests", person=at.person) as reading:
        found = [item for item in requests(reading.con) if every or not item.outcome]
    if as_json:
        print_json(found)
        return
    if not found:
        print_line(message("request.none", at.lang, {}))
        return
    columns = ("编号", "事项", "内容", "申请人", "理由", "决定", "决定人")
    rows = [
        (
            str(item.number),
            item.kind,
            " ".join(f"{key}={value}" for key, value in item.body.items()),
            item.requested_by,
            item.reason,
            item.outcome,
            item.decided_by,
        )
        for item in found
    ]
    print_table("", columns, rows)


def approve(context: typer.Context, number: Number) -> None:
    """批准他人的申请并执行 / approve what another person asked for, and do it"""
    from pipelines.approving import approve_request

    at = door(context)
    made = approve_request(at.home, number, person=at.person)
    print_line(message("request.approved", at.lang, {"number": number}))
    _print_head(made)


def refuse(context: typer.Context, number: Number, reason: Reason = "") -> None:
    """拒绝申请，或撤回自己的申请 / refuse a request, or withdraw one's own"""
    from pipelines.approving import refuse_request

    at = door(context)
    made = refuse_request(at.home, number, person=at.person, reason=reason)
    print_line(message("request.refused", at.lang, {"number": number}))
    _print_head(made)


def _print_head(made: Commit) -> None:
    print_line(f"head {made.commit_no} {made.hash}")


def _print_readiness(found: Readiness, lang: str, as_json: bool, made: Commit | None) -> None:
    if as_json:
        print_json(_record(found, made))
        return
    facts: dict[str, Any] = {"year": found.year, "rows": str(len(found.grounds))}
    if found.seal is not None:
        print_line(message("seal.already", lang, facts | sealed_facts(found.seal)))
    elif found.ready:
        print_line(message("seal.done" if made else "seal.ready", lang, facts))
    else:
        _print_hindrances(found, lang)
    if made is not None:
        _print_head(made)


def sealed_facts(held: YearSeal) -> dict[str, str]:
    """The facts of a seal that the messages name."""
    from ledgers.reference.rows import LOCAL

    day = held.recorded_at.replace(tzinfo=UTC).astimezone(LOCAL).date().isoformat()
    return {"day": day, "person": held.person, "commit_no": str(held.commit_no)}


def _print_hindrances(found: Readiness, lang: str) -> None:
    from factors.quantities import display

    if found.open_months:
        print_line(message("seal.open_months", lang, {"months": "、".join(found.open_months)}))
    if found.lacking:
        print_line(message("seal.lacking", lang, {"year": found.year}))
        columns = ("版本", "次", "表", "参数", "编号", "品种", "依据级别", "分录", "吨 CO2e")
        rows = [
            (
                item.edition,
                str(item.version),
                item.table,
                item.parameter,
                item.item,
                item.carrier,
                item.standing,
                item.entries,
                display(item.co2e, 3, grouped=True),
            )
            for item in found.lacking
        ]
        print_table("", columns, rows)


def _record(found: Readiness, made: Commit | None) -> dict[str, Any]:
    from dataclasses import asdict

    from ledgers.emissions.workings import plain

    def record(item: Any) -> dict[str, Any]:
        return {**asdict(item), "co2e": plain(item.co2e)}

    return {
        "year": found.year,
        "sealed": made is not None or found.seal is not None,
        "seal": found.seal,
        "ready": found.ready,
        "open_months": found.open_months,
        "waiting": found.waiting,
        "not_official": [record(item) for item in found.lacking],
        "rests_on": len(found.grounds),
        "head": {"commit_no": made.commit_no, "hash": made.hash} if made else None,
    }
