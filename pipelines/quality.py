"""Accruing a month (暂估入账): what is planned goes the way of every file.

What belongs here: the planned rows as a file of activity data, its posting, what it tells. What
does not: what a method gives (`ledgers.emissions.accruals`).

The file is kept by its hash, read, checked, calculated and posted like one that somebody sent, so
that an accrued figure is explained down to its row. Days that are accrued are missing no longer: a
second call finds nothing to do.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from factors.errors import UsageFault
from factors.messages import text as message
from ledgers import journal
from ledgers.emissions.accruals import Accrual, Plan, plan
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.posting import Posted
from ledgers.reference import enterprise_history
from pipelines import month as steps
from pipelines.month import Step, no_step
from warehouse.connect import Connection, writer
from warehouse.home import Home

HEADERS = (
    *(
        "统一社会信用代码",
        "企业名称",
        "设施",
        "设备",
        "能源品种",
        "用途",
        "起",
        "止",
        "数量",
        "计量单位",
    ),
    *(name for column in MEASURED for name in (column, f"{column}_unit")),
    *("基准", "计量条件", "数据性质", "凭证类型", "备注"),
)


@dataclass(frozen=True, slots=True)
class Accrued:
    """What an accrual planned and did; `posted` None for a dry run and where nothing is missing."""

    plan: Plan
    posted: Posted | None
    returned: tuple[Path, ...] = ()
    reports: tuple[Path, ...] = ()


def accrue(
    home: Home,
    month: str,
    method: str,
    *,
    person: str,
    reason: str,
    enterprise_id: str = "",
    product: str = "",
    dry_run: bool = False,
    lang: str = "zh",
    step: Step = no_step,
) -> Accrued:
    """Fill the missing days of `month` by `method` and post what comes of it.

    Raises AccrualFault, UsageFault without a reason, `journal.PeriodClosed` where the month is
    closed: what is estimated does not wait.
    """
    if not reason.strip():
        raise UsageFault("emissions.reason_missing")
    with writer(home, purpose=f"accrue {month}", person=person) as con:
        found = plan(con, month, method, enterprise_id=enterprise_id, product=product)
        if dry_run or not found.accruals:
            return Accrued(found, None)
        journal.require_open(con, [month])
        return _posted(con, home, found, person, reason, lang, step)


def _posted(
    con: Connection, home: Home, found: Plan, person: str, reason: str, lang: str, step: Step
) -> Accrued:
    month, head = found.month, journal.head(con)
    with tempfile.TemporaryDirectory(prefix="tanzhang-accrue-") as folder:
        path = Path(folder) / f"暂估_{month}_{found.method}_{head.commit_no}.csv"
        _write(path, con, found, reason, head.commit_no)
        received = steps.receive(home, [path], None, step)
    with steps.rule_faults(con, received, month) as faults:
        posted = steps.post(con, received, month, faults, person=person, reason=reason)
        returned = steps.give_back(con, home, month, received, faults)
    reports = steps.report(con, home, month, lang=lang)
    return Accrued(found, posted, returned, reports)


def _write(path: Path, con: Connection, found: Plan, reason: str, commit_no: int) -> None:
    names = {item.enterprise_id: item.name for item in enterprise_history(con)}
    with path.open("w", encoding="utf-8", newline="") as target:
        out = csv.writer(target)
        out.writerow(HEADERS)
        for item in found.accruals:
            note = _note(item, reason, commit_no)
            out.writerow(list(_cells(item, names.get(item.enterprise_id, ""), note)))


def _cells(item: Accrual, name: str, note: str) -> Iterator[str]:
    yield from (item.enterprise_id, name, item.facility, item.device, item.carrier, item.flow)
    yield from (item.period_start.isoformat(), item.period_end.isoformat())
    yield from (f"{item.quantity:f}", item.unit)
    for column in MEASURED:
        value = item.measured.get(column)
        yield from (f"{value[0]:f}", value[1]) if value else ("", "")
    yield from (item.coal_basis, item.gas_condition, "accrued", "none", note)


def _note(item: Accrual, reason: str, commit_no: int) -> str:
    """The head is named: the same days accrued anew, after a figure came and went, are new."""
    facts = {
        "method": message(f"quality.method.{item.method}", "zh", {}),
        "working": item.working,
        "rows": item.rests_on_text,
        "commit_no": commit_no,
        "reason": reason,
    }
    return message("quality.accrual_note", "zh", facts)
