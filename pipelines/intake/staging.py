"""Staged rows (暂存行): every file as a grid of text in Parquet, beside the file it came from.

What belongs here: keeping the file by its hash, writing its grids once, and giving a row back as
the person sees it. What does not: headers, types and meaning (`typed`). Staging is deterministic
and safe to repeat; a file that cannot be read is staged too, with its fault and no table.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.intake import columnar, containers, delimited, workbooks
from pipelines.intake.containers import Limits, Refused
from pipelines.intake.delimited import ROW_NO
from pipelines.intake.faults import Fault
from pipelines.intake.feeds import Feed
from warehouse.connect import Home

READER = "2"
"""Version of the readers: a new one stages again beside the old."""

_BLOCK = 4 * 1024 * 1024
NO_FEED = Feed("")


@dataclass(frozen=True)
class Table:
    """One sheet (or the whole of a delimited or Parquet file, `sheet` '') as a grid of text:
    Parquet columns `row_no`, `c0` … `c<width-1>`, and `f<i>` where cells were binary floats.
    `names` are the columns' names where the file carries them outside its rows (Parquet)."""

    sheet: str
    file: str
    rows: int
    width: int
    floats: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    hidden: bool = False
    merges: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Staged:
    """A file as staged: its hash and name, its folder, its tables, and why it could not be read
    (then there are no tables)."""

    sha256: str
    name: str
    folder: Path
    tables: tuple[Table, ...]
    delimited: bool = False
    encoding: str = ""
    delimiter: str = ""
    refusal: Fault | None = None
    manifest: str = ""
    """Name of the file in `folder` that says all this, for `read_staged`."""

    def path(self, table: Table) -> Path:
        """The grid of one table."""
        return self.folder / table.file


def stage(home: Home, path: Path, feed: Feed | None = None, limits: Limits | None = None) -> Staged:
    """Keeps `path` under the home's sources by its hash and stages its rows beside it.

    Never raises for what a file holds: a file that cannot be read carries its `refusal`.
    """
    from warehouse import sources

    source = sources.keep(home, path)
    return stage_in(
        source.folder,
        source.path,
        name=sources.readable(path.name),
        sha256=source.sha256,
        feed=feed,
        limits=limits,
    )


def stage_in(
    folder: Path,
    path: Path,
    *,
    name: str = "",
    sha256: str = "",
    feed: Feed | None = None,
    limits: Limits | None = None,
) -> Staged:
    """Stages `path` into `folder`, without a home. What is there already is used again."""
    feed, limits = feed or NO_FEED, limits or Limits()
    name, sha256 = name or path.name, sha256 or file_sha256(path)
    key = _key(feed)
    manifest = folder / f"staged-{key}.json"
    if manifest.exists():
        return read_staged(folder, manifest.name, name)
    try:
        kind = containers.kind_of(path, limits)
        staged = _read(path, folder, key, kind, feed, limits, name=name, sha256=sha256)
    except Refused as refused:
        # Not written down: the limits may be raised, the reader may learn.
        return Staged(sha256, name, folder, (), refusal=refused.fault)
    write_json(manifest, _manifest(staged))
    return replace(staged, manifest=manifest.name)


@contextmanager
def staged_temporarily(
    path: Path, feed: Feed | None = None, limits: Limits | None = None
) -> Iterator[Staged]:
    """Stages a file in a folder that is gone afterwards: for checking without a trace.

    Raises NotAFile.
    """
    import tempfile

    from warehouse.sources import NotAFile, readable

    if not path.is_file():
        raise NotAFile("source.not_a_file", path=readable(str(path)))
    with tempfile.TemporaryDirectory(prefix="tanzhang-check-") as folder:
        # Under a plain name: a reader may not take a path whose bytes are no text.
        original = Path(folder) / "original"
        original.symlink_to(path.absolute())
        yield stage_in(Path(folder), original, name=readable(path.name), feed=feed, limits=limits)


def grid_rows(staged: Staged, table: Table, count: int) -> list[tuple[str | None, ...]]:
    """The first `count` rows of a table's grid as text."""
    texts = [delimited.column(index) for index in range(table.width)]
    return pl.scan_parquet(staged.path(table)).head(count).select(texts).collect().rows()


def grid_row(staged: Staged, sheet: str, row_no: int) -> tuple[str, ...]:
    """One row as text, '' for empty cells; () where there is no such sheet or row."""
    for table in staged.tables:
        if table.sheet == sheet:
            texts = [delimited.column(index) for index in range(table.width)]
            found = (
                pl.scan_parquet(staged.path(table))
                .filter(pl.col(ROW_NO) == row_no)
                .select(pl.col(texts).fill_null(""))
                .collect(engine="streaming")
            )
            return found.row(0) if found.height else ()
    return ()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Writes a JSON file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    draft.replace(path)


def _key(feed: Feed) -> str:
    """What of a feed changes the grid, and the version of the readers."""
    parts = json.dumps([READER, feed.encoding, feed.delimiter])
    return hashlib.sha256(parts.encode()).hexdigest()[:8]


def _read(
    path: Path,
    folder: Path,
    key: str,
    kind: str,
    feed: Feed,
    limits: Limits,
    *,
    name: str,
    sha256: str,
) -> Staged:
    if kind == "workbook":
        return Staged(sha256, name, folder, tuple(_workbook(path, folder, key, limits)))
    file = f"staged-{key}-0.parquet"
    with _draft(folder / file) as draft:
        if kind == "parquet":
            names = columnar.write_grid(path, draft)
            table = _table(draft, "", file, names=names)
            return Staged(sha256, name, folder, (table,))
        found = delimited.write_grid(path, draft, encoding=feed.encoding, delimiter=feed.delimiter)
        table = _table(draft, "", file)
    return Staged(sha256, name, folder, (table,), True, found.encoding, found.delimiter)


def _workbook(path: Path, folder: Path, key: str, limits: Limits) -> Iterator[Table]:
    for index, sheet in enumerate(workbooks.read_sheets(path, limits)):
        file = f"staged-{key}-{index}.parquet"
        with _draft(folder / file) as draft:
            sheet.grid.write_parquet(draft, compression="lz4", statistics=False)
            yield _table(draft, sheet.name, file, hidden=sheet.hidden, merges=sheet.merges)


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A path to write to; what was written takes the target's place at the end, or is gone."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _table(grid: Path, sheet: str, file: str, **more: Any) -> Table:
    scan = pl.scan_parquet(grid)
    columns = scan.collect_schema().names()
    floats = tuple(int(name[1:]) for name in columns if name[0] == "f")
    width = sum(name[0] == "c" for name in columns)
    rows = scan.select(pl.len()).collect().item()
    return Table(sheet, file, rows, width, floats, **more)


def _manifest(staged: Staged) -> dict[str, Any]:
    return {
        "reader": READER,
        "sha256": staged.sha256,
        "delimited": staged.delimited,
        "encoding": staged.encoding,
        "delimiter": staged.delimiter,
        "tables": [vars(table) for table in staged.tables],
    }


def read_staged(folder: Path, manifest: str, name: str) -> Staged:
    """What an earlier run staged in `folder`, by the name of its manifest."""
    found = json.loads((folder / manifest).read_text(encoding="utf-8"))
    tables = tuple(_table_of(table) for table in found["tables"])
    return Staged(
        found["sha256"],
        name,
        folder,
        tables,
        found["delimited"],
        found["encoding"],
        found["delimiter"],
        manifest=manifest,
    )


def _table_of(facts: Mapping[str, Any]) -> Table:
    lists = {name: tuple(facts[name]) for name in ("floats", "names")}
    merges = tuple(tuple(merge) for merge in facts["merges"])
    return Table(**{**facts, **lists, "merges": merges})
