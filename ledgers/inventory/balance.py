"""An energy balance (能源平衡表) from the cells of a sheet: meaning, units and checks.

What belongs here: which row is which line, which column which carrier in which unit, what is wrong
with a table, and whether its sums agree. What does not: reading files
(`pipelines.intake.balances`), keeping a balance (`balance_book`), emissions (`statistics`).

Signs are as printed: what leaves the region, a rise of stocks and what is put into transformation
are negative. A table with any fault of severity E is refused whole; W is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from factors.carriers import CARRIERS, Carrier, find_carrier, nearest
from factors.errors import DataFault
from factors.messages import text as message
from factors.resolution import quantity_basis
from factors.units import UnitError, parse_unit
from ledgers.inventory.lines import IDENTITY, find_line, is_total, lines, nearest_lines, parts_of

TOLERANCE = Decimal("0.005")
"""Sums may differ by this share of the larger figure: policy of this product, stated on import."""

OTHER_ENERGY = Carrier("other_energy", "其他能源", "other energy", "material", "energy")
"""A column of every balance that no factor serves."""

STANDARD_COAL = "[mass_standard_coal]"
_NOT_CARRIERS = frozenset(
    {"行次", "代码", "编号", "序号", "行号", "项目", "指标", "单位", "计量单位"}
)
_UNIT_WORDS = frozenset({"计量单位", "单位", "unit", "units"})
_UNIT_OF_TABLE = re.compile(r"单\s*位\s*[:：]\s*([^\s)）]+)")
_YEAR = re.compile(r"(?<!\d)(\d{4})\s*年")
_IN_BRACKETS = re.compile(r"^(?P<name>.+?)\s*[(（](?P<unit>[^()（）]+)[)）]\s*$", re.S)
_SEARCHED = 30


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell as text ('' empty), with its number, or the fault that reading it as one gave."""

    text: str
    value: Decimal | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """One sheet as a grid; rows and columns are counted from 1 as a person sees them."""

    sheet: str
    rows: tuple[tuple[SheetCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (E) or to be looked at (W). `facts` word the message `fault.<rule>`."""

    rule: str
    severity: str
    row_no: int
    column_no: int
    facts: Mapping[str, str]

    def text(self, lang: str = "zh") -> str:
        """The finding in words."""
        place = {"row": str(self.row_no), "column": str(self.column_no)}
        return message(f"fault.{self.rule}", lang, place | dict(self.facts))


class BalanceRefused(DataFault, ValueError):
    """A table that cannot be taken; `findings` are all the reasons."""

    findings: tuple[Finding, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Every reason, one a line."""
        heading = message(self.code, lang, self.facts)
        return "\n".join([heading, *(f"- {item.text(lang)}" for item in self.findings)])


@dataclass(frozen=True, slots=True)
class BalanceCell:
    """One filled cell."""

    line: str
    carrier: str
    quantity_text: str
    quantity: Decimal
    unit: str
    row_no: int
    column_no: int


@dataclass(frozen=True)
class Balance:
    """The cells of a balance. `title` is what stands above the table."""

    sheet: str
    title: str
    cells: tuple[BalanceCell, ...]
    gas_condition: str = ""
    _held: dict[tuple[str, str], BalanceCell] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._held.update({(cell.line, cell.carrier): cell for cell in self.cells})

    @property
    def carriers(self) -> tuple[str, ...]:
        """Carriers with any figure, in the order of the columns."""
        ordered = sorted(self.cells, key=lambda cell: cell.column_no)
        return tuple(dict.fromkeys(cell.carrier for cell in ordered))

    @property
    def synthetic(self) -> bool:
        """Whether the table says that it is synthetic."""
        return "合成" in self.title or "synthetic" in self.title.lower()

    def unit(self, carrier: str) -> str:
        """The unit of a carrier's column."""
        return next(cell.unit for cell in self.cells if cell.carrier == carrier)

    def printed(self, carrier: str, line: str) -> Decimal | None:
        """The figure as printed; None where the cell is empty."""
        found = self._held.get((line, carrier))
        return found.quantity if found else None

    def value(self, carrier: str, line: str) -> Decimal | None:
        """The figure as printed, else the sum of its parts; None where there is neither."""
        printed = self.printed(carrier, line)
        if printed is not None:
            return printed
        parts = [self.value(carrier, part) for part in parts_of(line)]
        held = [part for part in parts if part is not None]
        return sum(held, Decimal(0)) if held else None

    def condition(self, carrier: str) -> str:
        """What a bare cubic metre of the column means: as stated for the table, else the carrier's
        own."""
        known = CARRIERS.get(carrier)
        if known is None or known.phase != "gas":
            return ""
        return self.gas_condition or known.gas_condition


def read_balance(
    sheets: Sequence[BalanceSheet],
    *,
    year: int,
    tolerance: Decimal = TOLERANCE,
    gas_condition: str = "",
) -> tuple[Balance, tuple[Finding, ...]]:
    """The balance that the sheets hold, and what is to be looked at.

    Raises BalanceRefused with every fault: no table, unknown line or carrier (with the nearest),
    unit missing or of the wrong kind, a cell that is no number, a title of another year.
    """
    for sheet in sheets:
        at = _header_row(sheet)
        if at is not None:
            return _Reading(sheet, at, year, gas_condition).balance(tolerance)
    wanted = "项目 | 原煤 | 焦炭 | 天然气 | 电力 …"
    raise _refused([Finding("EB-01", "E", 0, 0, {"wanted": wanted, "rows": str(_SEARCHED)})])


def check(balance: Balance, tolerance: Decimal) -> Iterator[Finding]:
    """The sums that do not agree within `tolerance`: parts against their line, and the identity."""
    for carrier in balance.carriers:
        for line in lines():
            yield from _parts(balance, carrier, line, tolerance)
        yield from _identity(balance, carrier, tolerance)


def _parts(balance: Balance, carrier: str, line: str, tolerance: Decimal) -> Iterator[Finding]:
    printed = balance.printed(carrier, line)
    parts = [balance.value(carrier, part) for part in parts_of(line)]
    held = [part for part in parts if part is not None]
    if printed is None or not held:
        return
    found = sum(held, Decimal(0))
    if _apart(printed, found, tolerance, (printed, *held)):
        facts = _named(balance, carrier, line, tolerance)
        cell = balance._held[line, carrier]
        sums = {"printed": plain(printed), "sum": plain(found), "gap": plain(printed - found)}
        yield Finding("EB-08", "W", cell.row_no, cell.column_no, facts | sums)


def _identity(balance: Balance, carrier: str, tolerance: Decimal) -> Iterator[Finding]:
    supply, change, loss, final = (balance.value(carrier, line) for line in IDENTITY)
    if supply is None and change is None and final is None:
        return
    zero = Decimal(0)
    made = (supply or zero) + (change or zero) - (loss or zero)
    gap = made - (final or zero)
    if not _apart(made, final or zero, tolerance, (supply or zero, change or zero, final or zero)):
        return
    column = next(cell.column_no for cell in balance.cells if cell.carrier == carrier)
    printed = balance.printed(carrier, "difference")
    facts = _named(balance, carrier, "final", tolerance) | {
        "supply": plain(supply or zero),
        "transformation": plain(change or zero),
        "loss": plain(loss or zero),
        "final": plain(final or zero),
        "gap": plain(gap),
        "printed": "-" if printed is None else plain(printed),
    }
    yield Finding("EB-09", "W", 0, column, facts)


def _apart(one: Decimal, other: Decimal, tolerance: Decimal, of: Sequence[Decimal]) -> bool:
    limit = Fraction(tolerance) * max(abs(Fraction(value)) for value in of)
    return abs(Fraction(one) - Fraction(other)) > limit


def _named(balance: Balance, carrier: str, line: str, tolerance: Decimal) -> dict[str, str]:
    known = carrier_named(carrier)
    return {
        "carrier": known.name_zh,
        "carrier_en": known.name_en,
        "line": lines()[line].name_zh,
        "line_en": lines()[line].name_en,
        "unit": balance.unit(carrier),
        "tolerance": plain(tolerance * 100),
    }


def plain(value: Decimal) -> str:
    """A figure without the zeros that the book's twelve decimals add."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def carrier_named(code: str) -> Carrier:
    """The carrier of a column."""
    return CARRIERS.get(code) or OTHER_ENERGY


def _refused(findings: Sequence[Finding]) -> BalanceRefused:
    error = BalanceRefused("inventory.refused", count=len(findings))
    error.findings = tuple(findings)
    return error


def _split(text: str) -> tuple[str, str]:
    """A heading as (name, unit in brackets or '')."""
    found = _IN_BRACKETS.match(text.strip())
    if found is None or not _is_unit(found["unit"]):
        return text.strip(), ""
    return found["name"].strip(), found["unit"].strip()


def _is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except UnitError:
        return False
    return True


def _carrier(text: str) -> Carrier | None:
    name, _ = _split(text)
    return OTHER_ENERGY if name in ("其他能源", "其它能源") else find_carrier(name)


def _header_row(sheet: BalanceSheet) -> int | None:
    """The first row in which two or more cells, none of them a number, are carriers."""
    for index, row in enumerate(sheet.rows[:_SEARCHED]):
        if sum(bool(cell.text) and _carrier(cell.text) is not None for cell in row[1:]) >= 2:
            return index
    return None


class _Reading:
    """One reading of one sheet; what is wrong is collected."""

    def __init__(self, sheet: BalanceSheet, at: int, year: int, gas_condition: str) -> None:
        self.sheet, self.at, self.year = sheet, at, year
        self.gas_condition = gas_condition
        self.findings: list[Finding] = []
        above = [cell.text for row in sheet.rows[:at] for cell in row if cell.text]
        self.title = " ".join(above)
        corner = sheet.rows[at][0].text
        stated = _UNIT_OF_TABLE.search(" ".join((self.title, corner)))
        self.table_unit = stated[1] if stated else ""

    def fault(self, rule: str, row_no: int, column_no: int, **facts: object) -> None:
        told = {name: str(value) for name, value in facts.items()}
        self.findings.append(Finding(rule, "E", row_no, column_no, told))

    def balance(self, tolerance: Decimal) -> tuple[Balance, tuple[Finding, ...]]:
        first, units = self._units()
        columns = self._columns(units)
        self._check_year()
        cells = tuple(self._cells(columns, first))
        if not cells and not self.findings:
            self.fault("EB-13", self.at + 1, 1, sheet=self.sheet.sheet or "-")
        if self.findings:
            raise _refused(self.findings)
        balance = Balance(self.sheet.sheet, self.title, cells, self.gas_condition)
        return balance, tuple(check(balance, tolerance))

    def _check_year(self) -> None:
        named = {int(text) for text in _YEAR.findall(self.title)}
        if named and self.year not in named:
            years = ", ".join(map(str, sorted(named)))
            self.fault("EB-10", self.at, 1, seen=years, year=self.year)

    def _units(self) -> tuple[int, Mapping[int, str]]:
        """Row index of the first line, and the units of a row of units, by column."""
        below = self.at + 1
        if below >= len(self.sheet.rows):
            return below, {}
        row = self.sheet.rows[below]
        head = row[0].text.strip().lower() if row else ""
        texts = {index: cell.text.strip("()（） ") for index, cell in enumerate(row) if index}
        if head in _UNIT_WORDS or (not head and any(_is_unit(t) for t in texts.values() if t)):
            return below + 1, {index: text for index, text in texts.items() if text}
        return below, {}

    def _columns(self, units: Mapping[int, str]) -> Mapping[int, tuple[Carrier, str]]:
        found: dict[int, tuple[Carrier, str]] = {}
        for index, cell in enumerate(self.sheet.rows[self.at]):
            name, inside = _split(cell.text)
            if not index or not name or name in _NOT_CARRIERS or is_total(name):
                continue
            carrier = _carrier(cell.text)
            place = self.at + 1, index + 1
            if carrier is None:
                near = "、".join(nearest(name)) or "-"
                self.fault("EB-02", *place, seen=name, nearest=near)
                continue
            if carrier.code in {held.code for held, _ in found.values()}:
                self.fault("EB-03", *place, seen=name, carrier=carrier.name_zh)
                continue
            unit = inside or units.get(index, "") or self.table_unit
            if self._unit_serves(carrier, unit, *place):
                found[index] = carrier, unit
        return found

    def _unit_serves(self, carrier: Carrier, unit: str, row_no: int, column_no: int) -> bool:
        facts = {"carrier": carrier.name_zh, "carrier_en": carrier.name_en, "seen": unit or "-"}
        if not unit or not _is_unit(unit):
            self.fault("EB-04", row_no, column_no, **facts)
            return False
        dimension = parse_unit(unit).dimension
        if dimension == STANDARD_COAL:
            return True
        condition = self.gas_condition or carrier.gas_condition
        if carrier.phase == "gas" and "[volume]" in dimension and not condition:
            self.fault("EB-05", row_no, column_no, **facts)
            return False
        basis = quantity_basis(unit, condition if carrier.phase == "gas" else "")
        if carrier is not OTHER_ENERGY and basis not in (carrier.quantities or ("energy",)):
            allowed = {"mass": "万吨", "gas_volume": "亿Nm³", "energy": "万百万千焦、亿千瓦时"}
            words = "、".join(allowed.get(each, each) for each in carrier.quantities) or "-"
            self.fault("EB-06", row_no, column_no, **facts, allowed=f"{words}、万吨标准煤")
            return False
        return True

    def _cells(
        self, columns: Mapping[int, tuple[Carrier, str]], first: int
    ) -> Iterator[BalanceCell]:
        seen: dict[str, int] = {}
        for index, row in enumerate(self.sheet.rows[first:], start=first + 1):
            head = row[0].text.strip() if row else ""
            filled = [at for at in columns if at < len(row) and row[at].text]
            if not head and not filled:
                continue
            line = find_line(head)
            if line is None:
                if filled:
                    near = "、".join(nearest_lines(head)) or "-"
                    self.fault("EB-07", index, 1, seen=head or "-", nearest=near)
                continue
            if line.code in seen:
                facts = {"seen": head, "earlier": seen[line.code], "line": line.name_zh}
                self.fault("EB-11", index, 1, **facts)
                continue
            seen[line.code] = index
            for at in filled:
                cell, (carrier, unit) = row[at], columns[at]
                if cell.value is None:
                    self.fault("EB-12", index, at + 1, seen=cell.text, reason=cell.fault or "-")
                    continue
                place = index, at + 1
                yield BalanceCell(line.code, carrier.code, cell.text, cell.value, unit, *place)
