"""Commands about the register: import enterprises, facilities and persons; show them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from pipelines.reference import Imported

group = typer.Typer(help="名录：企业、设施、人员 / the register", no_args_is_help=True)


@group.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV 或 XLSX")],
    kind: Annotated[str, typer.Option(help="enterprise, facility, person")] = "enterprise",
    as_json: AsJson = False,
) -> None:
    """导入名录 / import a file of the register"""
    from pipelines.reference import import_register_file

    at = door(context)
    imported = import_register_file(at.home, file, kind, person=at.person)
    print_imported(imported, at.lang, as_json)
    if imported.answer.rejected:
        raise typer.Exit(1)


@group.command()
def show(
    context: typer.Context,
    on: Annotated[str, typer.Option(help="某日的名录，YYYY-MM-DD / on a day")] = "",
    as_json: AsJson = False,
) -> None:
    """列出企业 / list the enterprises registered on a day"""
    from ledgers.reference import enterprises
    from warehouse.connect import reader

    at = door(context)
    day = date.fromisoformat(on) if on else date.today()
    with reader(at.home, purpose="register show", person=at.person) as reading:
        found = enterprises(reading.con, day)
    if as_json:
        print_json(found)
        return
    rows = [
        (e.enterprise_id, e.name, e.district_name, e.zone, e.industry, " ".join(e.method_editions))
        for e in found
    ]
    columns = ("统一社会信用代码", "名称", "区县", "园区", "行业", "核算方法版本")
    print_table(f"{len(rows)}", columns, rows)


def print_imported(imported: Imported, lang: str, as_json: bool) -> None:
    """What an import did: counts, faults row by row, what changed and how to undo it."""
    from pipelines.intake.wording import skipped_reason

    answer = imported.answer
    if as_json:
        print_json(imported)
        return
    counts = {
        "read": answer.rows_read,
        "accepted": answer.accepted,
        "unchanged": answer.unchanged,
        "rejected": answer.rejected_rows,
        "changes": len(answer.changes),
    }
    print_line(f"sha256 {answer.sha256}")
    print_line(message("import.counts", lang, counts))
    if answer.rejected:
        rows = [(item.row_no, item.column, item.text(lang)) for item in answer.rejected]
        print_table("", ("行", "列", "原因"), rows)
    for sheet, row_no, reason in imported.skipped:
        where = {"sheet": sheet, "row": row_no, "reason": skipped_reason(reason, lang)}
        print_line(message("import.skipped", lang, where))
    if answer.undo:
        print_line(message("import.undo", lang, {"rows": len(answer.undo)}))
