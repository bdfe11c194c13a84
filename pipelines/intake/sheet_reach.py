"""How far a sheet reaches (工作表范围), before it is read.

What belongs here: the last row and column of an XLSX sheet, from its XML. What does not: the limit
(`containers`). A reader lays out every cell up to the last one: a file of some kilobytes with one
cell in the farthest corner would take all the memory that there is.
"""

from __future__ import annotations

import re
from typing import IO
from xml.parsers import expat

_NUMBER = re.compile(rb'r\s*=\s*["\']\s*([A-Za-z]{0,3})([0-9]{1,9})')
"""A row's number or a cell's reference; anything that looks like one only widens the bound."""
_VALUES = ("v", "is", "f")


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


class Bound:
    """No less than the rows and columns of a sheet, from pieces of its XML that end with a row."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._seen = 0

    def extend(self, text: bytes) -> None:
        """Takes one more piece. Rows and cells that carry no number follow the one before, so
        they are counted as well."""
        named = _NUMBER.findall(text)
        rows = text.split(b"row>")
        self._seen += text.count(b"<row") + text.count(b":row")
        numbers = {number for _, number in named}
        self.rows = max(self.rows, self._seen, *map(int, numbers), 0)
        letters = {name for name, _ in named if name}
        named_columns = (column_index(name.decode()) + 1 for name in letters)
        counted = (row.count(b"<c") + row.count(b":c") for row in rows)
        self.columns = max(self.columns, *named_columns, *counted)


class Walk:
    """The last row and column that hold a value, cell by cell: exact, and slower."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._row = 0
        self._column = 0

    def read(self, stream: IO[bytes]) -> Walk:
        """Walks through a sheet's XML. Raises expat.ExpatError where it is none."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.ParseFile(stream)
        return self

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag, reference = name.rpartition(":")[2], attributes.get("r", "")
        if tag == "row":
            self._row = int(reference) if reference.isdecimal() else self._row + 1
            self._column = 0
        elif tag == "c":
            letters = reference.rstrip("0123456789")
            self._column = column_index(letters) + 1 if letters else self._column + 1
            if letters:
                self._row = int(reference[len(letters) :] or 0)
        elif tag in _VALUES:
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)
