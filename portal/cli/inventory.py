"""Commands about the city's inventory: statistics in, the inventory out, targets and the path."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from factors.messages import text as message
from portal.cli.books import Formats, Out
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from ledgers.inventory.balance_book import Imported

group = typer.Typer(help="城市清单：统计、目标、路径 / the city's inventory", no_args_is_help=True)

Region = Annotated[str, typer.Option(help="行政区划代码 / region, GB/T 2260")]
Gwp = Annotated[str, typer.Option(help="GWP 版本：SAR, AR4, AR5, AR6")]
Way = Annotated[str, typer.Option("--path", help="路径插值：compound 或 linear")]


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="能源平衡表，CSV 或 XLSX / an energy balance")],
    year: Annotated[int, typer.Option(help="年份 / the year")],
    region: Region = "210100",
    tolerance: Annotated[str, typer.Option(help="允差，比例 / tolerance, a share")] = "0.005",
    gas_condition: Annotated[str, typer.Option(help="立方米的参比状态：0C, 20C")] = "",
    stand_in: Annotated[
        list[str] | None, typer.Option(help="代用因子，如 原煤=烟煤 / carrier=carrier")
    ] = None,
    method: Annotated[str, typer.Option(help="方法版本或系列 / method edition")] = "general",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """导入能源平衡表 / import an energy balance"""
    from ledgers.inventory.targets import number
    from pipelines.inventory import Terms, import_balance_file

    at = door(context)
    pairs = tuple(_pair(text) for text in stand_in or ())
    terms = Terms(region, number(tolerance), gas_condition, pairs, method, reason)
    done = import_balance_file(at.home, file, year, terms, person=at.person)
    if as_json:
        print_json(_answer(done, at.lang))
        return
    _print_import(done, at.lang)


def _pair(text: str) -> tuple[str, str]:
    one, sign, other = text.partition("=")
    if not (one.strip() and sign and other.strip()):
        raise typer.BadParameter("原煤=烟煤", param_hint="--stand-in")
    return one.strip(), other.strip()


def _answer(done: Imported, lang: str) -> dict[str, object]:
    return {
        "version": done.kept.version,
        "superseded": done.superseded,
        "seen_before": done.seen_before,
        "cells": len(done.kept.balance.cells),
        "findings": [finding.text(lang) for finding in done.findings],
        "estimates": done.kept.estimates,
    }


def _print_import(done: Imported, lang: str) -> None:
    version = done.kept.version
    print_line(f"sha256 {version.source}")
    counted = {each.line + each.carrier for each in done.kept.estimates if each.measure}
    facts = {
        "year": version.year,
        "version": version.version,
        "cells": len(done.kept.balance.cells),
        "counted": len(counted),
        "left": sum(not each.measure for each in done.kept.estimates),
    }
    code = "seen_before" if done.seen_before else "superseded" if done.superseded else "taken"
    more = {"superseded": done.superseded}
    print_line(message(f"inventory.import.{code}", lang, facts | more))
    for finding in done.findings:
        print_line("! " + finding.text(lang))
    for each in done.kept.estimates:
        if each.treatment in ("no_factor", "no_method"):
            note = each.note_en if lang == "en" else each.note_zh
            why = message(f"report.inventory.treatment.{each.treatment}", lang, {})
            print_line(f"- {each.line} {each.carrier}: {why} {note}".rstrip())


@group.command()
def show(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help="年份 / the year")],
    region: Region = "210100",
    gwp: Gwp = "AR5",
    as_json: AsJson = False,
) -> None:
    """城市清单 / the inventory of a year, by sub-sector, scope and source"""
    from ledgers.inventory.city import city_inventory
    from ledgers.inventory.outlook import CARBON, outlook
    from ledgers.inventory.pollutants import pollutants
    from reports.inventory import inventory_json
    from reports.inventory_tables import by_sub_sector
    from reports.words import Words
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="inventory show", person=at.person) as reading:
        found = city_inventory(reading.con, year, region=region, gwp=gwp)
        outlooks = [outlook(reading.con, found, name) for name in CARBON] if as_json else []
        fuels = pollutants(reading.con, found) if as_json else ()
    if as_json:
        print_line(inventory_json(found, outlooks, fuels).rstrip())
        return
    words = Words(at.lang)
    table = by_sub_sector(found, words)
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows if len(row.cells) > 1]
    print_table(table.title, [column.title for column in table.columns], rows)
    for each in found.cautions:
        print_line("! " + words(f"inventory.caution.{each.code}", **each.facts))


@group.command()
def reconcile(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help="年份 / the year")],
    region: Region = "210100",
    as_json: AsJson = False,
) -> None:
    """台账与统计核对 / the ledger against the statistics"""
    from ledgers.inventory.city import city_inventory
    from reports.inventory_tables import reconciliation
    from reports.records import record_of
    from reports.words import Words
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="inventory reconcile", person=at.person) as reading:
        found = city_inventory(reading.con, year, region=region)
    if as_json:
        held = found.reconciled.matches
        print_json([record_of(m) | {"coverage": record_of(m.coverage)} for m in held])
        return
    words = Words(at.lang)
    table = reconciliation(found, words)
    rows, name = [], ""
    for row in table.rows:
        name = row.cells[0].text if row.kind == "group" else name
        if row.kind != "group":
            rows.append((name, *(cell.text for cell in row.cells)))
    columns = [words("column.sector"), *(column.title for column in table.columns)]
    print_table(table.title, columns, rows)


@group.command()
def report(
    context: typer.Context,
    year: Annotated[int, typer.Argument(help="年份 / the year")],
    region: Region = "210100",
    gwp: Gwp = "AR5",
    path: Way = "compound",
    formats: Formats = "html,pdf,xlsx,json",
    out: Out = None,
) -> None:
    """清单报告 / the inventory with targets, path and projection as files"""
    from ledgers.inventory.city import city_inventory
    from ledgers.inventory.outlook import CARBON, outlook
    from ledgers.inventory.pollutants import pollutants
    from reports.inventory import write_inventory
    from warehouse.connect import reader

    at = door(context)
    if path not in ("compound", "linear"):
        raise typer.BadParameter("compound, linear", param_hint="--path")
    with reader(at.home, purpose="inventory report", person=at.person) as reading:
        found = city_inventory(reading.con, year, region=region, gwp=gwp)
        outlooks = [outlook(reading.con, found, each, method=path) for each in CARBON]  # type: ignore[arg-type]
        fuels = pollutants(reading.con, found)
    folder = out or at.home.reports / str(year)
    for written in write_inventory(
        found, outlooks, fuels, folder, formats=formats.split(","), lang=at.lang
    ):
        print_line(str(written))


@group.command()
def target(
    context: typer.Context,
    indicator: Annotated[str, typer.Argument(help="carbon_total, carbon_territorial, …")],
    year: Annotated[int, typer.Argument(help="年份 / the year")],
    value: Annotated[str, typer.Argument(help="数值 / the value")],
    unit: Annotated[str, typer.Argument(help="单位，如 万tCO2e、% / unit")],
    document: Annotated[str, typer.Option(help="文件 / the document that sets it")],
    role: Annotated[str, typer.Option(help="base, peak, target")] = "target",
    base_year: Annotated[int, typer.Option(help="下降率的基年 / base year of a reduction")] = 0,
    clause: Annotated[str, typer.Option(help="条款 / clause")] = "",
    standing: Annotated[str, typer.Option(help="transcribed, reported, memory")] = "reported",
    region: Region = "210100",
    withdraw: Annotated[bool, typer.Option(help="撤销 / withdraw it")] = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """登记目标、峰值或基年值 / record a target, peak or base value"""
    from ledgers.inventory import targets as book
    from warehouse.connect import writer

    at = door(context)
    held = book.Target(
        indicator=indicator,
        role=role,
        year=year,
        value=book.number(value),
        unit=unit,
        document=document,
        form="reduction" if base_year else "absolute",
        base_year=base_year or None,
        clause=clause,
        standing=standing,
        code=region,
    )
    with writer(at.home, purpose="inventory target", person=at.person) as con:
        if withdraw:
            made = book.withdraw(con, held.key, person=at.person, reason=reason)
        else:
            made = book.set_target(con, held, person=at.person, reason=reason)
    if as_json:
        print_json(made)
        return
    print_line(f"{made.commit_no} {indicator} {role} {year} {_value(made.target.value)} {unit}")


def _value(value: Decimal) -> str:
    return f"{value:f}"


@group.command()
def targets(context: typer.Context, as_json: AsJson = False) -> None:
    """列出现行目标 / the targets that stand"""
    from ledgers.inventory.targets import targets as read_targets
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="inventory targets", person=at.person) as reading:
        found = read_targets(reading.con)
    if as_json:
        print_json(found)
        return
    columns = ("指标", "性质", "年份", "数值", "单位", "基年", "文件", "依据级别", "登记人")
    rows = [
        (
            each.target.indicator,
            each.target.role,
            str(each.target.year),
            _value(each.target.value),
            each.target.unit,
            str(each.target.base_year or ""),
            each.target.document,
            each.target.standing,
            each.person,
        )
        for each in found
    ]
    print_table("", columns, rows)


@group.command()
def versions(context: typer.Context, as_json: AsJson = False) -> None:
    """列出已导入的能源平衡表 / energy balances imported, every version"""
    from ledgers.inventory.balance_book import versions as read_versions
    from ledgers.inventory.balance_book import wrong_estimates
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="inventory versions", person=at.person) as reading:
        found = read_versions(reading.con)
        wrong = wrong_estimates(reading.con)
    if as_json:
        print_json({"versions": found, "wrong_estimates": wrong})
    else:
        columns = ("地区", "年份", "版次", "文件", "sha256", "提交", "登记人", "原因")
        rows = [
            (
                v.region,
                str(v.year),
                v.version,
                v.file_name,
                v.source[:12],
                v.commit_no,
                v.person,
                v.reason,
            )
            for v in found
        ]
        print_table("", columns, rows)
    if wrong:
        raise typer.Exit(1)
