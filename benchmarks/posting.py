"""`posting`: typed rows to a sealed ledger, beside bare DuckDB on the same files.

What belongs here: the made-up month, what is timed and what it is compared with. What does not:
the runner (`__main__`). Every measurement runs in a process of its own and in turn with its
reference, so that neither inherits the other's caches or memory.

- posting: open the ledger, post the file, seal the commit, close; beside it `bare_posting.sql`,
  which writes the same columns with no check, proof, exact value, hash or transaction of its own.
- verification: every entry computed again from the raw columns, and the chain hashed again.
- calculation: cases, proofs and values alone, beside pint-pandas on the same rows by groups.
- pint, row by row: on a sample, for what it is worth.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.figure import Figure, in_process, peak_rss_mb

ROWS, QUICK_ROWS = 10_000_000, 50_000
PAIRS, MANY_PAIRS, QUICK_PAIRS = 5, 3, 1
MANY_ROWS, MANY_EDITIONS = 2_000_000, 50
SAMPLE, QUICK_SAMPLE = 5_000, 500
VERIFY_SECONDS, VERIFY_RSS_MB = 180, 1024
ENTERPRISES = 1000
MONTH, PERSON = "2025-03", "合成数据 (synthetic)"
CARRIERS = (
    ("anthracite", "无烟煤", "consumption", "吨"),
    ("bituminous", "烟煤", "consumption", "t"),
    ("lignite", "褐煤", "consumption", "吨"),
    ("coke", "焦炭", "consumption", "吨"),
    ("diesel", "柴油", "consumption", "吨"),
    ("gasoline", "汽油", "consumption", "kg"),
    ("fuel_oil", "燃料油", "consumption", "吨"),
    ("lpg", "液化石油气", "consumption", "吨"),
    ("natural_gas", "天然气", "consumption", "万Nm³"),
    ("electricity", "电力", "purchase", "千瓦时"),
    ("heat", "热力", "purchase", "GJ"),
    ("steam", "蒸汽", "purchase", "吨"),
)


def figures(quick: bool) -> Iterator[Figure]:
    """All figures of the benchmark."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _child(folder, "prepare", rows)
        pairs = QUICK_PAIRS if quick else PAIRS
        yield _posting(folder, rows, pairs)
        checked = _child(folder, "verify", rows)
        yield Figure(
            "verification",
            rows,
            checked["seconds"],
            peak_rss_mb=checked["rss"],
            seconds_limit=VERIFY_SECONDS,
            rss_limit_mb=VERIFY_RSS_MB,
        )
        yield from _calculation(folder, rows, pairs, QUICK_SAMPLE if quick else SAMPLE)
    with tempfile.TemporaryDirectory() as name:
        pairs = QUICK_PAIRS if quick else MANY_PAIRS
        yield _posting_many(Path(name), min(rows, MANY_ROWS), pairs)


def _posting(folder: Path, rows: int, pairs: int) -> Figure:
    return _paired(folder, rows, pairs, Pair("posting", "post", "bare", "bare DuckDB", 2.5))


def _posting_many(folder: Path, rows: int, pairs: int) -> Figure:
    _child(folder, "prepare_many", rows)
    name = f"posting, {MANY_EDITIONS} method editions"
    return _paired(folder, rows, pairs, Pair(name, "post", "bare", "bare DuckDB", 2.5))


def _calculation(folder: Path, rows: int, pairs: int, sample: int) -> Iterator[Figure]:
    pair = Pair("calculation", "calculate", "groups", "pint-pandas by groups", 1.0)
    found = _paired(folder, rows, pairs, pair)
    yield found
    single = _child(folder, "single", sample)["seconds"]
    ours = found.seconds / rows * sample
    yield Figure("calculation", sample, ours, "pint row by row", single, ours / single)


class Pair(NamedTuple):
    """What is timed in turn with what: a figure's name, both steps, what the second is called."""

    name: str
    ours: str
    reference: str
    called: str
    ratio_limit: float


def _paired(folder: Path, rows: int, pairs: int, pair: Pair) -> Figure:
    """Both steps in turn, the first one first in every other turn; the median of the ratios."""
    timed: dict[str, list[Mapping[str, Any]]] = {pair.ours: [], pair.reference: []}
    for turn in range(pairs):
        for step in timed if turn % 2 == 0 else reversed(timed):
            timed[step].append(_child(folder, step, rows))
    seconds, reference = ([item["seconds"] for item in held] for held in timed.values())
    return Figure(
        pair.name,
        rows,
        statistics.median(seconds),
        pair.called,
        statistics.median(reference),
        statistics.median(a / b for a, b in zip(seconds, reference, strict=True)),
        max(item["rss"] for item in timed[pair.ours]),
        ratio_limit=pair.ratio_limit,
    )


def _child(folder: Path, step: str, rows: int) -> Mapping[str, Any]:
    return in_process("benchmarks.posting", step, str(folder), str(rows))


# ---- what runs in a process of its own


def prepare_many(folder: Path, rows: int) -> dict[str, float]:
    """As `prepare`, the enterprises spread over many method editions."""
    return prepare(folder, rows, MANY_EDITIONS)


def prepare(folder: Path, rows: int, editions: int = 1) -> dict[str, float]:
    """A ledger with reference data, the typed file, and the kernels for the bare statement."""
    from benchmarks import city, pint_way

    con = _open(folder / "empty.duckdb")
    city.make_ledger(con, ENTERPRISES, PERSON, editions)
    city.write_typed(con, folder / "typed.parquet", rows, CARRIERS)
    con.close()
    shutil.copy(folder / "empty.duckdb", folder / "kernels.duckdb")
    con = _open(folder / "kernels.duckdb")
    city.write_typed(con, folder / "small.parquet", 24_000, CARRIERS)
    _post(con, folder / "small.parquet")
    city.write_kernels(con, folder / "kernel.parquet")
    pint_way.write_methods(con, folder / "methods.json")
    con.close()
    return {}


def post(folder: Path, rows: int) -> dict[str, float]:
    """Post the file into a fresh copy of the ledger."""
    shutil.copy(folder / "empty.duckdb", folder / "ledger.duckdb")

    def work() -> None:
        con = _open(folder / "ledger.duckdb")
        posted = _post(con, folder / "typed.parquet")
        assert posted.activities == rows, posted
        con.close()

    return _timed(work)


def bare(folder: Path, rows: int) -> dict[str, float]:
    """The same columns with plain statements."""
    statement = (Path(__file__).parent / "bare_posting.sql").read_text(encoding="utf-8")
    for name in ("typed", "kernel"):
        statement = statement.replace(f"'{name}.parquet'", f"'{folder / name}.parquet'")
    (folder / "bare.duckdb").unlink(missing_ok=True)

    def work() -> None:
        con = _open(folder / "bare.duckdb")
        con.execute(statement)
        con.close()

    return _timed(work)


def verify(folder: Path, rows: int) -> dict[str, float]:
    """The posted ledger passes both checks; the time is that of the recalculation."""
    from ledgers import journal
    from ledgers.emissions.verification import verify_entries

    con = _open(folder / "ledger.duckdb", memory="512MB")

    def work() -> None:
        found = verify_entries(con)
        assert found.good, found.findings[:3]
        assert found.activities == rows, found

    timed = _timed(work)
    assert journal.verify_chain(con).good
    con.close()
    return timed


def calculate(folder: Path, rows: int) -> dict[str, float]:
    """Cases, proofs, resolutions and values of every row, without writing activities."""
    from ledgers.emissions import calculation, cases, preparation, profiles

    shutil.copy(folder / "empty.duckdb", folder / "calculate.duckdb")
    con = _open(folder / "calculate.duckdb")

    def work() -> None:
        reference = profiles.read_reference(con)
        preparation.open_run(con, MONTH, [folder / "typed.parquet"])
        preparation.prepare(con)
        # Rows are told apart by their place in the file; nothing is written that numbers them.
        con.execute(
            "CREATE TEMP VIEW subject AS SELECT 0::BIGINT AS activity_commit, "
            "position AS activity_ordinal, * EXCLUDE (position) FROM prepared_open"
        )
        outcome = cases.resolve(con, reference)
        calculation.calculate(con, outcome.kernels)

    timed = _timed(work)
    con.close()
    return timed


def groups(folder: Path, rows: int) -> dict[str, float]:
    """pint-pandas: every group of rows that share units multiplied and converted at once."""
    from benchmarks import pint_way

    return _timed(lambda: pint_way.by_groups(folder))


def single(folder: Path, rows: int) -> dict[str, float]:
    """pint: one quantity a row."""
    from benchmarks import pint_way

    return _timed(lambda: pint_way.row_by_row(folder, rows))


def _timed(work: Callable[[], object]) -> dict[str, float]:
    start, cpu = time.perf_counter(), time.process_time()
    work()
    used = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}
    return used | {"rss": peak_rss_mb()}


def _open(path: Path, memory: str = "3GB") -> Any:
    from warehouse.engine import open_database
    from warehouse.settings import Settings

    return open_database(path, Settings(threads=2, temp_dir=str(path.parent)), memory=memory)


def _post(con: Any, typed: Path) -> Any:
    from ledgers.emissions.posting import post_month

    return post_month(con, MONTH, [typed], person=PERSON)


STEPS = (prepare, prepare_many, post, bare, verify, calculate, groups, single)


def main(words: Sequence[str]) -> None:
    step, folder, rows = words
    work = {item.__name__: item for item in STEPS}[step]
    print(json.dumps(work(Path(folder), int(rows))))


if __name__ == "__main__":
    main(sys.argv[1:])
