"""The gate before posting (入账前的关口): every row that an expectation refuses was set aside.

What belongs here: handing rows to the suite piece by piece and saying what came out. What does
not: the suite (`suite`), its pages (`docs`). A row that is refused and set aside is an ordinary
day; a row that is refused and would be posted shuts the gate. An expectation that cannot be
computed is our fault and raises: it says nothing about the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factors.errors import OurFault
from ledgers.emissions.rules import Ground, Window, row_columns
from ledgers.emissions.rules.files import read_typed
from pipelines.expectations.suite import make_suite, needed_columns
from pipelines.intake.typed import Typed
from warehouse.connect import Connection, sql

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from great_expectations import ExpectationSuite
    from great_expectations.core.batch_definition import BatchDefinition

    from pipelines.expectations.docs import DataDocs

PIECE = 500_000
"""Rows that are handed to pandas at a time."""

LISTED = 100
"""Rows that got past the rules and are named; all of them are counted."""

PLACE = ("file", "sheet", "row_no")


class ExpectationBroken(OurFault):
    """An expectation could not be computed; facts: rule, column, why."""


@dataclass(frozen=True, slots=True)
class Escape:
    """A row that an expectation refuses and that was not set aside."""

    rule: str
    file: str
    sheet: str
    row_no: int


@dataclass(slots=True)
class Judgement:
    """What the suite said of the rows of a month. `refused`: (rule, column) → rows, set aside or
    not. `escaped`: rows that would be posted though refused, the first of them in `escapes`.
    `pages`: where people read it."""

    rows: int = 0
    pieces: int = 0
    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    escaped: int = 0
    escapes: list[Escape] = field(default_factory=list)
    pages: tuple[Path, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether what is about to be posted passes every expectation."""
        return self.escaped == 0


def judge(
    con: Connection,
    received: Sequence[Typed],
    faults: Sequence[Path],
    ground: Ground,
    window: Window,
    docs: DataDocs | None = None,
) -> Judgement:
    """Judge the typed rows of `received`; `faults` are the fault files of the run. With `docs`,
    each piece gets a page. Raises ExpectationBroken."""
    judgement = Judgement()
    lay_judged(con, received, faults, ground, window)
    suite = make_suite(window)
    whole = scratch_rows() if docs is None else docs.begin(suite)
    for piece in pieces(con):
        refused = counts_of(piece, whole, suite)
        _count(judgement, piece, refused)
        # Rows that were set aside are counted and not named: there may be a whole file of them.
        kept = piece[~piece["set_aside"].astype(bool)]
        _take(judgement, kept, results_of(kept, whole, suite))
        if docs is not None:
            docs.add(piece, sum(refused.values()))
    if docs is not None:
        judgement.pages = docs.finish()
    con.execute("DROP VIEW judged_rows")
    con.execute("DROP VIEW typed")
    return judgement


def lay_judged(
    con: Connection,
    received: Sequence[Typed],
    faults: Sequence[Path],
    ground: Ground,
    window: Window,
) -> None:
    """Lay the view `judged_rows` over the typed rows of `received`."""
    read_typed(con, [typed.typed_path for typed in received])
    row_columns(con, ground, window)
    names = {typed.staged.sha256: typed.staged.name for typed in received}
    con.execute("SET VARIABLE gate_faults = ?", [[str(path) for path in faults]])
    con.execute(
        "SET VARIABLE gate_names = map(?::VARCHAR[], ?::VARCHAR[])",
        [list(names), list(names.values())],
    )
    con.execute(sql(__package__, "judged_rows.sql"))


def pieces(con: Connection, rows: int = PIECE) -> Iterator[pd.DataFrame]:
    """The rows of `judged_rows` with the columns that the suite needs, at most `rows` at a time.

    The reader holds the connection until the last piece is taken.
    """
    columns = ", ".join((*PLACE, "source", "set_aside", *needed_columns()))
    reader = con.sql(f"SELECT {columns} FROM judged_rows").to_arrow_reader(rows)
    held: list[pa.RecordBatch] = []
    for batch in reader:
        if held and sum(item.num_rows for item in held) + batch.num_rows > rows:
            yield _frame(held)
            held = []
        held.append(batch)
    if held:
        yield _frame(held)


def _frame(batches: Sequence[pa.RecordBatch]) -> pd.DataFrame:
    """Decimals as doubles: the suite compares them with bounds, it never computes with them."""
    import pyarrow as pa

    table = pa.Table.from_batches(batches)
    fields = [
        pa.field(item.name, pa.float64()) if pa.types.is_decimal(item.type) else item
        for item in table.schema
    ]
    return table.cast(pa.schema(fields)).to_pandas()


def scratch_rows() -> BatchDefinition[Any]:
    """What pieces are handed over as, where no pages are kept."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    rows = context.data_sources.add_pandas("rows").add_dataframe_asset("typed")
    return rows.add_batch_definition_whole_dataframe("piece")


def results_of(
    piece: pd.DataFrame, whole: BatchDefinition[Any], suite: ExpectationSuite
) -> dict[tuple[str, str], list[Any]]:
    """(rule, column) → index labels in `piece` of the rows that are refused.

    Raises ExpectationBroken where an expectation could not be computed.
    """
    found = _validated(piece, whole, suite, "COMPLETE")
    return {key: list(result.get("unexpected_index_list") or ()) for key, result in found.items()}


def counts_of(
    piece: pd.DataFrame, whole: BatchDefinition[Any], suite: ExpectationSuite
) -> dict[tuple[str, str], int]:
    """(rule, column) → how many rows of `piece` are refused. Raises ExpectationBroken."""
    found = _validated(piece, whole, suite, "BASIC")
    return {key: int(result.get("unexpected_count", 0)) for key, result in found.items()}


def _validated(
    piece: pd.DataFrame, whole: BatchDefinition[Any], suite: ExpectationSuite, form: str
) -> dict[tuple[str, str], Mapping[str, Any]]:
    batch = whole.get_batch({"dataframe": piece})
    asked = {"result_format": form, "return_unexpected_index_query": False}
    results = batch.validate(suite, result_format=asked).results
    return {_named(result): _computed(result) for result in results}


def _named(result: Any) -> tuple[str, str]:
    meta: Mapping[str, str] = result.expectation_config.meta
    return meta["rule"], meta["column"]


def _computed(result: Any) -> Mapping[str, Any]:
    """What an expectation found; a failure that names no row was none of the data's."""
    found: Mapping[str, Any] = result.result
    if not result.success and not found.get("unexpected_count"):
        rule, column = _named(result)
        raise ExpectationBroken(
            "pipelines.expectation_broken", rule=rule, column=column, why=_why(result)
        )
    return found


def _why(result: Any) -> str:
    """The message of the exception that Great Expectations swallowed."""
    info = result.exception_info or {}
    parts = [info] if "exception_message" in info else list(info.values())
    words = {str(part["exception_message"]) for part in parts if part.get("raised_exception")}
    return "; ".join(sorted(words)) or str(result.result)


def _count(
    judgement: Judgement, piece: pd.DataFrame, refused: Mapping[tuple[str, str], int]
) -> None:
    judgement.rows += len(piece)
    judgement.pieces += 1
    for key, rows in refused.items():
        judgement.refused[key] = judgement.refused.get(key, 0) + rows


def _take(
    judgement: Judgement, kept: pd.DataFrame, found: Mapping[tuple[str, str], list[Any]]
) -> None:
    """Note the rows that are refused though nothing set them aside."""
    past: set[Any] = set()
    for (rule, _), labels in found.items():
        past.update(labels)
        named = kept.loc[labels, list(PLACE)].head(LISTED - len(judgement.escapes))
        for file, sheet, row_no in named.itertuples(index=False):
            judgement.escapes.append(Escape(rule, str(file), str(sheet), int(row_no)))
    judgement.escaped += len(past)
