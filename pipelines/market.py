"""Files into the market's book (交易与名录文件导入): trades, entities, figures.

What belongs here: reading CSV and XLSX as rows of text under canonical names, keeping the file by
its hash, putting a report's parts together. What does not: what a row means
(`ledgers.allowances.trade_checks`, `plan`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from factors.errors import DataFault
from ledgers import journal
from ledgers.allowances import compliance, market, market_figures, plan
from ledgers.allowances.accounts import market as find_market
from ledgers.allowances.measures import of_year
from pipelines.intake.staging import grid_rows, staged_temporarily
from reports.compliance import ComplianceYear
from reports.market import MarketMonth
from warehouse import sources
from warehouse.connect import Connection, writer
from warehouse.home import Home

COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "trades": {
        "trade": ("成交编号", "成交号"),
        "day": ("成交日期", "交易日期", "date"),
        "clock": ("成交时间", "时间", "time"),
        "mode": ("交易方式", "方式"),
        "unit": ("品种", "标的"),
        "seller": ("卖方账户", "卖方"),
        "buyer": ("买方账户", "买方"),
        "quantity": ("数量", "成交量", "成交数量"),
        "price": ("价格", "成交价", "成交价格"),
    },
    "entities": {
        "entity": ("统一社会信用代码", "单位代码"),
        "name": ("单位名称", "企业名称"),
        "industry": ("行业", "行业代码"),
        "account": ("登记账户", "账户"),
        "method": ("分配方法", "方法"),
        "gas": ("气体",),
        "treatment": ("处理",),
        "custody": ("代管",),
        "market": ("市场",),
    },
    "figures": {
        "entity": ("统一社会信用代码", "单位代码"),
        "part": ("机组", "装置", "部分"),
        "name": ("指标", "项目"),
        "value": ("数值", "值"),
    },
}
"""Kind of file → canonical column → other headings that are understood."""

_OPTIONAL = ("part", "gas", "treatment", "custody", "market", "account", "method")


class UnreadableFile(DataFault, ValueError):
    """A file that cannot be read, or lacks a column; facts: file, why."""


@dataclass(frozen=True)
class Rows:
    """Rows of a file as text, each with `row_no` as a person counts, and the file's hash."""

    name: str
    sha256: str
    rows: tuple[Mapping[str, Any], ...]


def read_rows(path: Path, kind: str) -> Rows:
    """The rows of a CSV or XLSX whose first row has the headings. Raises UnreadableFile."""
    with staged_temporarily(path) as staged:
        tables = [table for table in staged.tables if not table.hidden]
        if staged.refusal is not None or not tables:
            raise UnreadableFile("market.unreadable_file", file=staged.name, why="-")
        grid = [
            tuple((cell or "").strip() for cell in row)
            for row in grid_rows(staged, tables[0], tables[0].rows)
        ]
        header = grid[0] if grid else ()
        places = _places(header, kind, staged.name)
        rows = [
            {**{name: row[place] for name, place in places.items()}, "row_no": number}
            for number, row in enumerate(grid[1:], start=2)
            if any(row)
        ]
        return Rows(staged.name, staged.sha256, tuple(rows))


def _places(header: tuple[str, ...], kind: str, file: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for name, others in COLUMNS[kind].items():
        found = [n for n, cell in enumerate(header) if cell.lower() in (name, *others)]
        if len(found) > 1 or (not found and name not in _OPTIONAL):
            why = f"{name}（{'、'.join(others)}）×{len(found)}"
            raise UnreadableFile("market.unreadable_file", file=file, why=why)
        if found:
            places[name] = found[0]
    return places


def import_trades_file(home: Home, path: Path, *, code: str, person: str) -> market.TradesTaken:
    """Books the trades of a file; the file is kept by its hash."""
    read = read_rows(path, "trades")
    sources.keep(home, path)
    with writer(home, purpose="market trades", person=person) as con:
        more = {"source": read.sha256, "market": code, "person": person}
        return market.import_trades(con, read.rows, at=datetime.now(UTC), **more)


def import_entities_file(
    home: Home, path: Path, year: int, *, code: str, document: str, person: str
) -> tuple[plan.Listing, ...]:
    """Enters the list of entities of a year from a file; the file is kept by its hash."""
    rows = [_without(row) for row in read_rows(path, "entities").rows]
    sources.keep(home, path)
    with writer(home, purpose="market list", person=person) as con:
        more = {"market": code, "document": document, "person": person}
        return plan.list_entities(con, year, rows, at=datetime.now(UTC), **more)


def import_figures_file(
    home: Home, path: Path, year: int, *, code: str, document: str, person: str
) -> int:
    """Enters figures of a year from a file; the file is kept by its hash."""
    rows = [_without(row) for row in read_rows(path, "figures").rows]
    sources.keep(home, path)
    with writer(home, purpose="market figures", person=person) as con:
        more = {"market": code, "document": document, "person": person}
        return plan.enter_figures(con, year, rows, at=datetime.now(UTC), **more)


def compliance_year(
    con: Connection, year: int, *, code: str, on: date, price: Fraction | None = None
) -> ComplianceYear:
    """The compliance of a year on a day; the price of fines from the trades unless it is given."""
    if price is None:
        price = price_of_fines(con, year, code=code)
    found = compliance.standings(con, year, on=on, market=code, price=price)
    return ComplianceYear(code, year, on, found, price, journal.head(con))


def price_of_fines(con: Connection, year: int, *, code: str) -> Fraction | None:
    """The average price of the month before the deadline of a year; None where no rule in force
    has a fine or nothing was traded."""
    rules = of_year(con, year, market=code)
    if not rules.has("obligation.fine_low") or not rules.has("obligation.deadline"):
        return None
    deadline = rules.day("obligation.deadline", year + 1)
    return market_figures.fine_price(con, rules, code, deadline)


def market_month(con: Connection, month: str, *, code: str) -> MarketMonth:
    """The parts of a month's bulletin."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    found = find_market(con, code)
    held = market_figures.trades(con, code, first, last)
    return MarketMonth(
        code,
        found.name,
        found.basis,
        month,
        market_figures.figures(con, code, first, last),
        market_figures.figures(con, code, first, last, by="month"),
        len(market.trade_faults(con)),
        len(market.unsettled(con, code, last)),
        market.clearing_held(con, code),
        market_figures.holdings_by_kind(con, code, on=last),
        market_figures.holding_concentration(con, code, on=last),
        market_figures.trading_concentration(held, "seller"),
        market_figures.trading_concentration(held, "buyer"),
        journal.head(con),
    )


def _without(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without its number and without what was left blank."""
    return {name: value for name, value in row.items() if name != "row_no" and value != ""}
