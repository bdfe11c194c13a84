"""Commands about green catalogues: list, show, find, suggest, edition, import, cross."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, Door, Reason, door
from portal.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from factors.taxonomies import CatalogueEdition
    from factors.taxonomy_search import Found

group = typer.Typer(help="绿色目录，按版本 / green catalogues by edition", no_args_is_help=True)

Edition = Annotated[str, typer.Argument(help="目录版本，如 GFSPC-2025 / edition")]
Limit = Annotated[int, typer.Option(help="最多几条 / at most")]


@group.command("list")
def list_catalogues(context: typer.Context, as_json: AsJson = False) -> None:
    """列出目录版本及其完整程度 / editions and how complete they are"""
    held = _held(door(context))
    rows = [
        {
            "edition": each.edition,
            "document": each.document,
            "in_force": each.in_force,
            "loaded": each.loaded,
            "expected": each.expected,
            "extent": each.extent,
            "complete": each.complete,
            "activity_lines": len(each.activities),
            "taggable": len(each.taggable),
            "note": each.note,
        }
        for each in held.values()
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("版本", "文件", "已载入", "应有", "最细级", "完整", "活动行")
    shown = [
        (
            row["edition"],
            row["document"],
            " / ".join(str(count) for count in row["loaded"]),
            " / ".join(str(count) if count else "?" for count in row["expected"]),
            row["extent"],
            row["complete"],
            row["activity_lines"],
        )
        for row in rows
    ]
    print_table("绿色目录", columns, shown)


@group.command()
def show(
    context: typer.Context,
    edition: Edition,
    code: Annotated[str, typer.Argument(help="代码；不给则列出全部 / code")] = "",
    as_json: AsJson = False,
) -> None:
    """一个版本的条目，或一个条目的活动行 / entries of an edition, or one entry with its lines"""
    at = door(context)
    held = _one(at, edition)
    entries = [each for each in held.entries if code in ("", each.code)]
    if code and not entries:
        held.require(code)
    lines = held.lines(code) if code else ()
    if as_json:
        print_json({"edition": edition, "entries": entries, "activities": lines})
        return
    columns = ("代码", "级", "名称", "减排贡献", "可标识", "标准")
    rows = [
        (
            each.code or "（空）",
            each.level,
            each.name(at.lang),
            "、".join(marker or "无" for marker in each.markers),
            each.code in held.taggable,
            each.standards[:60],
        )
        for each in entries
    ]
    print_table(f"{edition}  {held.extent}", columns, rows)
    if lines:
        parts = ("行", "行业代码", "行业名称", "减排贡献", "页", "备注")
        shown = [
            (
                line.row,
                line.industry_code or "（空）",
                line.industry_name,
                line.marker,
                line.page,
                line.note,
            )
            for line in lines
        ]
        print_table("", parts, shown)


@group.command()
def find(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="中文或英文 / words in Chinese or English")],
    edition: Annotated[str, typer.Option(help="只在该版本内找 / in one edition")] = "",
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """按名称、活动、标准检索条目 / find entries by words"""
    from factors.taxonomy_search import find as look

    at = door(context)
    _print_found(look(words, edition=edition, limit=limit), at.lang, as_json)


@group.command()
def suggest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="项目名称 / name of the project")],
    edition: Annotated[str, typer.Option(help="目录版本 / edition")] = "GFSPC-2025",
    industry: Annotated[str, typer.Option(help="行业小类代码 / industry code")] = "",
    standards: Annotated[str, typer.Option(help="引用的标准，分号隔开 / standards")] = "",
    limit: Limit = 5,
    as_json: AsJson = False,
) -> None:
    """为项目列出可能的条目及依据；建议不是标识 / suggestions with reasons, never a tag"""
    from factors.taxonomy_search import suggest as look

    at = door(context)
    found = look(edition, name=name, industry_code=industry, standards=standards, limit=limit)
    _print_found(found, at.lang, as_json)
    if not as_json:
        print_line(message("finance.suggestions_note", at.lang, {}))


@group.command()
def applies(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="loan, bond, insurance, fund, wealth, abs …")],
    approved: Annotated[str, typer.Option(help="审批日 / approved on")] = "",
    disbursed: Annotated[str, typer.Option(help="放款日 / disbursed on")] = "",
    issued: Annotated[str, typer.Option(help="发行日 / issued on")] = "",
    filed: Annotated[str, typer.Option(help="申报日 / filed on")] = "",
    registered: Annotated[str, typer.Option(help="注册日 / registered on")] = "",
    signed: Annotated[str, typer.Option(help="合同或报告日 / contract or report date")] = "",
    as_json: AsJson = False,
) -> None:
    """某产品按日期适用哪个版本 / which edition applies to a product by its dates"""
    from factors.applicable_editions import Dates, applicable
    from ledgers.reference.columns import day

    door(context)
    given = (approved, disbursed, issued, filed, registered, signed)
    found = applicable(Dates(kind, *(day(text) for text in given)))
    if as_json:
        print_json(found)
        return
    choice = (
        f"；须由{'发行人' if found.chooser == 'issuer' else '具名人员'}选择"
        if found.chooser
        else ""
    )
    print_line(f"第{found.line}行：{'、'.join(found.editions)}{choice}")


@group.command("import")
def import_table(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX")],
    edition: Annotated[str, typer.Option(help="目录版本 / edition")],
    document: Annotated[str, typer.Option(help="官方文件名称和文号 / the official document")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """导入官方目录表（查数量、编码、上级） / import an official table with checks"""
    from ledgers.green_finance.catalogues import CatalogueFault
    from pipelines.finance import import_catalogue_file

    at = door(context)
    try:
        made = import_catalogue_file(
            at.home, file, edition, person=at.person, document=document, reason=reason
        )
    except CatalogueFault as fault:
        rows = [(each.row_no, message(each.code, at.lang, each.facts)) for each in fault.faults]
        if as_json:
            print_json([asdict(each) for each in fault.faults])
        else:
            print_table(fault.text(at.lang), ("行", "问题"), rows)
        raise typer.Exit(1) from fault
    facts = {"edition": edition, "version": made.version, "before": made.before}
    facts |= {"extent": made.edition.extent, "complete": made.edition.complete}
    if as_json:
        print_json(facts | {"commit": made.commit.commit_no, "seen_before": made.seen_before})
    else:
        print_line(f"{edition} v{made.version}: {made.before} → {made.edition.extent}")


@group.command()
def cross(
    context: typer.Context,
    start: Annotated[str, typer.Argument(help="版本:代码 / edition:code")],
    end: Annotated[str, typer.Argument(help="版本:代码 / edition:code")],
    relation: Annotated[str, typer.Option(help="exact, narrow, broad, partial, none")],
    reason: Reason,
) -> None:
    """由具名人员核定两个版本间的对应 / record a reviewed crossing between editions"""
    from ledgers.green_finance.catalogues import review_crossing
    from warehouse.connect import writer

    at = door(context)
    ends = tuple(tuple(part.split(":", 1)) for part in (start, end))
    if any(len(each) != 2 for each in ends):
        raise typer.BadParameter("EDITION:CODE")
    with writer(at.home, purpose="finance catalogue cross", person=at.person) as con:
        made = review_crossing(
            con,
            (ends[0][0], ends[0][1]),
            (ends[1][0], ends[1][1]),
            relation,
            person=at.person,
            reason=reason,
        )
    print_line(f"{start} {made.relation} {end} ({made.reviewed_by})")


def _held(at: Door) -> Mapping[str, CatalogueEdition]:
    """The editions of the ledger; without one those that come with the software."""
    from factors.taxonomies import editions
    from ledgers.green_finance.catalogues import catalogues
    from warehouse.connect import reader

    if not at.home.ledger.exists():
        return editions()
    with reader(at.home, purpose="finance catalogue", person=at.person) as reading:
        return catalogues(reading.con)


def _one(at: Door, edition: str) -> CatalogueEdition:
    from factors.taxonomies import UnknownEdition

    held = _held(at)
    if edition not in held:
        raise UnknownEdition("finance.edition_unknown", seen=edition, allowed=", ".join(held))
    return held[edition]


def _print_found(found: tuple[Found, ...], lang: str, as_json: bool) -> None:
    if as_json:
        print_json([_plain(each) for each in found])
        return
    rows = [
        (
            f"{each.score:.2f}",
            each.entry.edition,
            each.entry.code,
            each.entry.name(lang),
            each.taggable,
            "；".join(
                f"{message(f'finance.reason.{kind}', lang, {})}：{met[:40]}"
                for kind, met in each.reasons
            ),
        )
        for each in found
    ]
    print_table("", ("相关", "版本", "代码", "名称", "可标识", "依据"), rows)


def _plain(found: Found) -> dict[str, Any]:
    return {
        "edition": found.entry.edition,
        "code": found.entry.code,
        "name_zh": found.entry.name_zh,
        "name_en": found.entry.name_en,
        "score": round(found.score, 4),
        "taggable": found.taggable,
        "reasons": [list(reason) for reason in found.reasons],
    }
