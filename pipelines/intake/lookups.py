"""Distinct texts to what they mean, once each (对照表): the way a column of words is read fast.

What belongs here: remembering what was looked up over the batches of a file, and joining it back
to rows. What does not: the looking up (`periods`, `choices`, `factors.carriers`, `factors.units`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl


class Lookup:
    """A growing table of known texts. `read` gets a Series of new distinct texts and returns a
    frame with a `text` column and the columns of `fields`."""

    def __init__(
        self, read: Callable[[pl.Series], pl.DataFrame], fields: dict[str, pl.DataType]
    ) -> None:
        self._read = read
        self._fields = fields
        self.known = pl.DataFrame(schema={"text": pl.String(), **fields})

    def join(self, texts: pl.Series) -> pl.DataFrame:
        """The fields of each text of a column, in its order; NULL for ''."""
        new = texts.unique().to_frame("text").filter(pl.col("text") != "")
        new = new.join(self.known, on="text", how="anti").sort("text")
        if not new.is_empty():
            found = self._read(new.to_series()).select("text", *self._fields)
            self.known = pl.concat([self.known, found])
        rows = texts.to_frame("text")
        return rows.join(self.known, on="text", how="left", maintain_order="left").drop("text")


def word_lookup(read: Callable[[str], Sequence[Any]], fields: dict[str, pl.DataType]) -> Lookup:
    """A Lookup whose reader takes one text at a time and returns the fields in order."""

    def read_all(texts: pl.Series) -> pl.DataFrame:
        rows = [(text, *read(text)) for text in texts.to_list()]
        return pl.DataFrame(rows, schema={"text": pl.String(), **fields}, orient="row")

    return Lookup(read_all, fields)
