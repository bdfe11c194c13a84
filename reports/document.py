"""What every report is made of: headings, figures, tables, notes; in no file format.

What belongs here: the parts of a document as frozen values, already in the reader's language,
with every number exact beside the digits to show. What does not: what a report says (`statement`,
`bulletin`), and how a part looks in a format (`html`, `pdf`, `workbook`). Because all formats
render the same parts, they cannot show different numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from factors.quantities import display
from ledgers.emissions.workings import plain

Number = int | Decimal | Fraction


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text, or a number with the digits to show.

    `value` is exact; `text` what people read. `share` (0..1) draws a bar beside it. `notes` are
    footnote numbers. `style`: '' plain, strong, mono, muted, up, down. `sub` is a second, smaller
    line.
    """

    text: str = ""
    value: Number | None = None
    digits: int = 0
    share: float | None = None
    notes: tuple[int, ...] = ()
    style: str = ""
    sub: str = ""

    @property
    def exact(self) -> str:
        """The number in full as a decimal text; '' for text."""
        return "" if self.value is None else plain(Fraction(self.value))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, alignment, and its share of the width on paper."""

    title: str
    align: Literal["left", "right"] = "left"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns. `kind`: body, total, group (one cell over the whole
    width), struck (no longer stands), muted."""

    cells: tuple[Cell, ...]
    kind: Literal["body", "total", "group", "struck", "muted"] = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `empty` is said when there are no rows; `note` stands below it. `flat` is the same
    for a worksheet, where each row must stand by itself."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    note: str = ""
    flat: Table | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """A few figures at the top: label, number with unit, and a remark below."""

    figures: tuple[tuple[str, Cell, str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value pairs."""

    title: str
    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as SVG, and what it shows in words for who cannot see it."""

    title: str
    svg: str
    description: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark; `tone` plain, caution."""

    text: str
    tone: Literal["plain", "caution"] = "plain"


@dataclass(frozen=True, slots=True)
class References:
    """Numbered footnotes: number and text."""

    items: tuple[tuple[int, str], ...]
    empty: str = ""


Block = Table | Headline | Facts | Figure | Note | References


@dataclass(frozen=True, slots=True)
class Section:
    """A part with a heading; in a workbook a sheet of its own named `sheet`."""

    title: str
    blocks: tuple[Block, ...]
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report in one language. `label` says that the data are synthetic ('' = they are not);
    `foot` stands on every page: the head of the ledger. `headings` are the words that the layout
    itself needs."""

    lang: str
    kind: str
    title: str
    subtitle: str
    facts: Facts
    sections: tuple[Section, ...]
    foot: str
    label: str = ""
    headings: dict[str, str] = field(default_factory=dict)


def text(words: object, style: str = "", *, sub: str = "", notes: tuple[int, ...] = ()) -> Cell:
    """A cell of text."""
    return Cell(text=str(words), style=style, sub=sub, notes=notes)


def number(
    value: Number | None,
    digits: int = 2,
    *,
    style: str = "",
    share: float | None = None,
    none: str = "—",
    sign: bool = False,
) -> Cell:
    """A number shown with `digits` decimals and commas; None shows `none`. `sign` writes a plus
    before what is above zero."""
    if value is None:
        return Cell(text=none, style=style or "muted")
    shown = display(value, digits, grouped=True)
    if shown.startswith("-"):
        shown = "−" + shown[1:]
    elif sign and Fraction(value) > 0:
        shown = "+" + shown
    return Cell(text=shown, value=value, digits=digits, style=style, share=share)


def percent(part: Number, whole: Number, *, digits: int = 1, sign: bool = False) -> Cell:
    """part / whole as a percentage; a dash when the whole is zero."""
    if not whole:
        return Cell(text="—", style="muted")
    share = Fraction(part) / Fraction(whole)
    shown = number(share * 100, digits, sign=sign)
    return Cell(text=f"{shown.text} %", value=share, digits=digits + 2, style=shown.style)
