"""Commands about green finance: catalogues, institutions, packages, tags, warnings, reports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from factors.messages import text as message
from portal.cli import finance_catalogue
from portal.cli.door import AsJson, Reason, door
from portal.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from ledgers.green_finance.submission import Verdict

group = typer.Typer(help="绿色金融：检查、标识、计量、披露 / green finance", no_args_is_help=True)
group.add_typer(finance_catalogue.group, name="catalogue")

File = Annotated[Path, typer.Argument(help="报送包：XLSX、CSV 或 JSON / package")]
Bank = Annotated[str, typer.Option("--institution", help="机构许可证号 / institution")]


@group.command()
def institution(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="机构名单，CSV 或 XLSX")] = None,
    as_json: AsJson = False,
) -> None:
    """登记报送机构；不给文件则列出 / register institutions, or list them"""
    from ledgers.green_finance.institutions import KINDS, institutions
    from warehouse.connect import reader

    at = door(context)
    if file is not None:
        from pipelines.finance import import_institutions

        changed = import_institutions(at.home, file, person=at.person)
        if not as_json:
            print_line(f"{len(changed)}")
            return
    with reader(at.home, purpose="finance institution", person=at.person) as reading:
        held = list(institutions(reading.con).values())
    if as_json:
        print_json(held)
        return
    rows = [(i.institution_id, i.name, KINDS[i.kind], i.district, i.valid_from) for i in held]
    print_table("", ("许可证号", "名称", "种类", "区县", "起"), rows)


@group.command()
def template(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="ordinary, correction, deletion, statistics")],
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件 / file")] = None,
) -> None:
    """导出报送模板（XLSX，中文） / write a template"""
    from ledgers.green_finance.packages import MESSAGES
    from pipelines.finance_templates import template as made

    door(context)
    if kind not in MESSAGES:
        raise typer.BadParameter(", ".join(MESSAGES))
    target = out or Path(f"{MESSAGES[kind]}_模板.xlsx")
    target.write_bytes(made(kind))
    print_line(str(target))


@group.command()
def check(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """检查报送包：逐行逐栏指出问题，不写入 / every fault by row and field; writes nothing"""
    from pipelines.finance_packages import check_package

    at = door(context)
    _end(check_package(at.home, file, person=at.person), at.lang, as_json)


@group.command()
def submit(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """报送：整包入账或整包退回 / take a package whole, or refuse it whole"""
    from pipelines.finance_packages import submit_package

    at = door(context)
    _end(submit_package(at.home, file, person=at.person), at.lang, as_json, submitted=True)


@group.command()
def tag(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="业务或项目编号 / number of the record")],
    edition: Annotated[str, typer.Argument(help="目录版本 / edition")],
    code: Annotated[str, typer.Argument(help="最细级代码 / finest code")],
    institution: Bank,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """由具名人员在另一版本下补充标识 / a further tag by a named person"""
    from ledgers.green_finance.tags import set_tag
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="finance tag", person=at.person) as con:
        made = set_tag(con, institution, number, edition, code, person=at.person, reason=reason)
    if as_json:
        print_json(made)
    else:
        print_line(f"{number} {edition} {code} {at.person} {made.warning}".strip())


@group.command()
def warnings(
    context: typer.Context,
    institution: Bank = "",
    every: Annotated[bool, typer.Option("--all", help="含已答复 / answered ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """列出待答复的提示 / open warnings of accepted packages"""
    from ledgers.green_finance.tags import warnings as open_warnings
    from warehouse.connect import reader

    at = door(context)
    with reader(at.home, purpose="finance warnings", person=at.person) as reading:
        found = open_warnings(reading.con, institution=institution, open_only=not every)
    if as_json:
        print_json([asdict(each) | {"text": each.text(at.lang)} for each in found])
        return
    rows = [
        (w.warning, w.institution_id, w.rule, w.subject, w.text(at.lang), w.answered_by, w.reason)
        for w in found
    ]
    print_table("", ("编号", "机构", "规则", "对象", "提示", "答复人", "理由"), rows)


@group.command()
def answer(
    context: typer.Context,
    warning: Annotated[str, typer.Argument(help="提示编号，提交号-序号 / number of the warning")],
    reason: Reason,
) -> None:
    """由具名人员答复一条提示 / answer a warning with a reason"""
    from ledgers.green_finance.tags import answer as answer_warning
    from warehouse.connect import writer

    at = door(context)
    with writer(at.home, purpose="finance answer", person=at.person) as con:
        answer_warning(con, warning, person=at.person, reason=reason)
    print_line(f"{warning} {at.person} {reason}")


@group.command()
def sample(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="写到哪个目录 / folder")],
) -> None:
    """生成六家样例银行的报送包，含错误（合成数据） / packages of six synthetic banks"""
    from pipelines.finance_reports import sample_borrowers
    from pipelines.finance_sample import write_sample

    at = door(context)
    print_line(str(write_sample(folder, sample_borrowers(at.home))))


@group.command()
def report(
    context: typer.Context,
    party: Annotated[str, typer.Argument(help="机构许可证号，或 city / institution or city")],
    as_of: Annotated[str, typer.Option("--as-of", help="截至日 / day, YYYY-MM-DD")],
    formats: Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")] = "html,xlsx,json",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个目录 / folder")] = None,
    seal: Annotated[bool, typer.Option("--seal", help="封存本次披露 / seal it")] = False,
) -> None:
    """机构或全市的披露报表 / the tables of an institution or of the city"""
    from pipelines.finance_reports import write_report

    at = door(context)
    folder = out or at.home.reports / "finance" / as_of
    made = write_report(
        at.home,
        party,
        as_of,
        folder,
        formats=formats.split(","),
        lang=at.lang,
        person=at.person,
        seal=seal,
    )
    for path in made.paths:
        print_line(str(path))
    if made.commit is not None:
        print_line(f"sealed: commit {made.commit.commit_no} {made.commit.hash}")


@group.command()
def bond(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="债券业务编号 / number of the bond")],
    institution: Bank,
    as_of: Annotated[str, typer.Option("--as-of", help="截至日 / day, YYYY-MM-DD")],
    formats: Annotated[str, typer.Option("--format", help="html,pdf,xlsx,json")] = "html,json",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个目录 / folder")] = None,
) -> None:
    """债券存续期报告：资金使用、进展、效益、管理 / a bond in life"""
    from pipelines.finance_reports import write_bond_report

    at = door(context)
    folder = out or at.home.reports / "finance" / as_of
    options = {"formats": formats.split(","), "lang": at.lang, "person": at.person}
    for path in write_bond_report(at.home, institution, number, as_of, folder, **options):
        print_line(str(path))


def _end(verdict: Verdict, lang: str, as_json: bool, *, submitted: bool = False) -> None:
    """What a check found, and exit code 1 where the package may not be taken."""
    if as_json:
        print_json(_plain(verdict, lang))
    else:
        _print(verdict, lang, submitted)
    if not verdict.good:
        raise typer.Exit(1)


def _print(verdict: Verdict, lang: str, submitted: bool) -> None:
    if verdict.seen_before and verdict.commit:
        print_line(message("finance.seen_before", lang, {"commit_no": verdict.commit.commit_no}))
        return
    facts = {"package": verdict.package.name, "rows": sum(verdict.rows.values())}
    facts |= {"errors": verdict.errors, "warnings": sum(verdict.counts.values()) - verdict.errors}
    print_line(message("finance.verdict", lang, facts))
    if verdict.faults:
        rows = [
            (f.sheet, f.row_no or "", f.column, f.rule, f.severity, f.text(lang))
            for f in verdict.faults
        ]
        print_table("", ("表", "行", "栏", "规则", "级", "问题"), rows)
    listed = {rule: sum(f.rule == rule for f in verdict.faults) for rule in verdict.counts}
    for rule, count in verdict.counts.items():
        if count > listed[rule]:
            more = {"rule": rule, "count": count, "listed": listed[rule]}
            print_line(message("finance.more_faults", lang, more))
    if verdict.tags:
        rows = [(kind, no, edition, code, legal) for kind, no, edition, code, legal in verdict.tags]
        print_table("", ("对象", "编号", "目录版本", "代码", "法定"), rows)
    if verdict.benefits:
        held = [
            (
                b["project_no"],
                b["scene"],
                b["phase"],
                b["year"],
                b["indicator"],
                b["value"],
                b["unit"],
            )
            for b in verdict.benefits
        ]
        print_table("", ("项目", "场景", "阶段", "年", "指标", "项目总效益", "单位"), held)
    if verdict.commit:
        done = {"commit_no": verdict.commit.commit_no, "head": verdict.commit.hash}
        print_line(message("finance.accepted", lang, done))
    elif submitted:
        print_line(message("finance.refused", lang, {}))


def _plain(verdict: Verdict, lang: str) -> dict[str, object]:
    return {
        "package": verdict.package,
        "good": verdict.good,
        "seen_before": verdict.seen_before,
        "commit": verdict.commit.commit_no if verdict.commit else None,
        "rows": verdict.rows,
        "counts": verdict.counts,
        "faults": [asdict(each) | {"text": each.text(lang)} for each in verdict.faults],
        "tags": verdict.tags,
        "benefits": verdict.benefits,
    }
