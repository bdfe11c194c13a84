"""Commands about factors: list, show, resolve, diff, import, confirm."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from portal.cli.confirming import confirm_edition
from portal.cli.differences import diff
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table
from portal.cli.register import print_imported

group = typer.Typer(help="排放因子与参数，按版本 / factors by edition", no_args_is_help=True)
group.command()(diff)
group.command("confirm")(confirm_edition)

Carrier = Annotated[str, typer.Option(help="品种代码或名称 / carrier, code or name")]


@group.command("list")
def list_editions(context: typer.Context, as_json: AsJson = False) -> None:
    """列出版本 / list editions, of factors and of methods"""
    from factors.method_files import missing_of
    from ledgers.reference import edition_versions, method_versions
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="factors list", person=at.person) as reading:
        editions = edition_versions(reading.con)
        methods = method_versions(reading.con)
    missing = [missing_of(item.body) for item in methods]
    if as_json:
        lacks = {
            item.edition: {"zh": zh, "en": en}
            for item, (zh, en) in zip(methods, missing, strict=True)
            if zh or en
        }
        print_json({"editions": editions, "methods": methods, "missing": lacks})
        return
    rows = [(e.edition, e.version, e.row_count, e.document, e.sha256[:12]) for e in editions]
    print_table("因子版本", ("版本", "次", "行数", "文件", "sha256"), rows)
    drafts = [
        (m.edition, m.version, m.state, m.sha256[:12], lacks[at.lang == "en"])
        for m, lacks in zip(methods, missing, strict=True)
    ]
    print_table("方法版本", ("版本", "次", "状态", "sha256", "草案所缺"), drafts)


@group.command()
def show(
    context: typer.Context,
    edition: Annotated[str, typer.Argument(help="版本 / edition")],
    carrier: Carrier = "",
    as_json: AsJson = False,
) -> None:
    """列出一个版本的参数 / the parameters of one edition"""
    from ledgers.reference import catalogue
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="factors show", person=at.person) as reading:
        found = [
            factor
            for factor in catalogue(reading.con).factors
            if factor.edition == edition and carrier in ("", factor.carrier)
        ]
    if as_json:
        print_json(found)
        return
    columns = ("编号", "品种", "参数", "值", "单位", "地区", "系列", "条款", "依据级别")
    rows = [
        (
            f.factor_id,
            f.carrier,
            f.parameter,
            str(f.value),
            f.unit,
            f.region,
            f.series,
            f.clause,
            f.standing,
        )
        for f in found
    ]
    print_table(edition, columns, rows)


@group.command()
def resolve(
    context: typer.Context,
    carrier: Annotated[str, typer.Argument(help="品种代码或名称 / carrier")],
    month: Annotated[str, typer.Argument(help="YYYY-MM")],
    edition: Annotated[str, typer.Option(help="方法版本 / method edition")] = "",
    flow: Annotated[str, typer.Option(help="用途 / flow")] = "consumption",
    measured: Annotated[list[str] | None, typer.Option(help="已实测参数 / measured")] = None,
    enterprise: Annotated[str, typer.Option(help="统一社会信用代码")] = "",
    facility: Annotated[str, typer.Option(help="设施")] = "",
    on: Annotated[str, typer.Option(help="记账日 / day of recording, YYYY-MM-DD")] = "",
    as_json: AsJson = False,
) -> None:
    """某情形适用哪些方法与因子，为什么 / which methods and factors apply to a case, and why"""
    from ledgers.emissions.questions import Question, answer
    from warehouse.connect import reader

    at = door(context)
    day = date.fromisoformat(on) if on else date.today()
    words = tuple(measured or ())
    question = Question(carrier, month, day, flow, edition, enterprise, facility, words)
    with reader(at.home, purpose="factors resolve", person=at.person) as reading:
        answers = answer(reading.con, question, at.lang)
    if as_json:
        print_json(answers)
        return
    for found in answers:
        print_line(f"{found.method_edition}  {found.method}  {found.measure}  {found.formula}")
        columns = ("参数", "来源", "值", "单位", "编号", "文件", "条款", "依据级别", "说明")
        rows = [
            (
                p.name,
                p.origin,
                p.value,
                p.unit,
                p.factor_id,
                p.document,
                p.clause,
                p.standing,
                p.note,
            )
            for p in found.parameters
        ]
        if rows:
            print_table("", columns, rows)
        for note in found.notes:
            print_line(f"  {note}")


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV、XLSX；方法版本为 TOML / a method edition")],
    evidence: Annotated[str, typer.Option(help="依据材料 / the evidence that supports it")] = "",
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """导入自有因子版本或方法版本 / import an edition of factors or methods of your own"""
    from pipelines.reference import import_factor_file, import_method_file

    at = door(context)
    if file.suffix.lower() == ".toml":
        imported = import_method_file(at.home, file, person=at.person, new_version=reason)
    else:
        given = {"person": at.person, "evidence": evidence, "new_version": reason}
        imported = import_factor_file(at.home, file, **given)
    print_imported(imported, at.lang, as_json)
    if imported.answer.rejected:
        raise typer.Exit(1)
