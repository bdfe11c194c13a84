"""`registry`: replay a million transfers and verify them, beside `hledger check` on the same text.

hledger is Debian's package of that name; where it is missing the figures stand alone and a note
says how to install it. 合成数据: two thousand invented accounts that pass units on at random.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, in_process, peak_rss_mb

ROWS = 1_000_000
QUICK_ROWS = 20_000
ACCOUNTS = 2_000
OPENING = 1_000_000
UNIT = "SY-SYA-2025"
AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
RATE = 5
"""`hledger check` takes at least this many times as long as our check."""


def figures(quick: bool) -> Iterator[Figure]:
    """The posting, and the check beside hledger's."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        ours = in_process("benchmarks.registry", "ours", str(rows), folder)
        posted, peak = ours["post"], ours["peak"]
        name = f"registry: replay, {ours['moves']:,} block moves"
        yield Figure(name, rows, posted, peak_rss_mb=peak)
        theirs = _hledger(rows, Path(folder))
    if theirs is None:
        note = "hledger is missing: apt-get install hledger"
        yield Figure("registry: verify", rows, ours["verify"], note)
        return
    ratio = ours["verify"] / theirs
    yield Figure(
        "registry: verify",
        rows,
        ours["verify"],
        "hledger check",
        theirs,
        ratio,
        ratio_limit=1 / RATE,
    )


def _transfers(rows: int) -> Iterator[tuple[int, int, int]]:
    """Source, target, tonnes; nobody gives more than he was given at the opening."""
    chance, left = random.Random(20250601), [OPENING] * ACCOUNTS
    while rows:
        source, target = chance.randrange(ACCOUNTS), chance.randrange(ACCOUNTS)
        quantity = chance.randint(1, 2_000)
        if source != target and left[source] >= quantity:
            left[source] -= quantity
            left[target] += quantity
            rows -= 1
            yield source, target, quantity


def _hledger(rows: int, folder: Path) -> float | None:
    program = shutil.which("hledger")
    if program is None:
        return None
    path = folder / "transfers.journal"
    with path.open("w", encoding="utf-8") as file:
        file.write("2025-06-01 opening\n")
        file.writelines(f"    {account}:available  {OPENING} SYA\n" for account in range(ACCOUNTS))
        file.write(f"    issuance  {-OPENING * ACCOUNTS} SYA\n\n")
        for place, (source, target, quantity) in enumerate(_transfers(rows)):
            file.write(
                f"2025-06-02 t{place}\n    {target}:available  {quantity} SYA\n"
                f"    {source}:available  {-quantity} SYA\n\n"
            )
    started = time.perf_counter()
    subprocess.run([program, "-f", str(path), "check"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _ours(rows: int, folder: Path) -> Mapping[str, Any]:
    import polars as pl

    from ledgers.allowances.batch import batch_frame
    from ledgers.allowances.verification import verify
    from warehouse.connect import Home, writer

    with writer(Home(folder / "home"), purpose="benchmark", person="合成·甲") as con:
        numbers = _opened(con)
        moved = list(_transfers(rows))
        start = AT.replace(tzinfo=None) - timedelta(days=30)
        frame = pl.DataFrame(moved, schema=["source", "target", "quantity"], orient="row")
        frame = frame.with_row_index("place").select(
            id=pl.format("t{}", "place"),
            type=pl.lit("transfer"),
            executed_at=pl.lit(start) + pl.duration(seconds=pl.col("place")),
            source=pl.col("source").replace_strict(dict(enumerate(numbers))),
            target=pl.col("target").replace_strict(dict(enumerate(numbers))),
            unit=pl.lit(UNIT),
            quantity="quantity",
        )
        started = time.perf_counter()
        made = _post(con, "transfers", batch_frame(frame))
        posted = time.perf_counter()
        found = verify(con)
        checked = time.perf_counter()
    if not found.good or found.transactions != rows + ACCOUNTS:
        raise RuntimeError(f"the registry does not hold: {found.findings[:3]}")
    return {
        "post": posted - started,
        "verify": checked - posted,
        "moves": made.moves,
        "peak": peak_rss_mb(),
    }


def _opened(con: Any) -> list[str]:
    """A market with its accounts and what they begin with; their numbers."""
    from ledgers.allowances import accounts, caps, persons, rulings
    from ledgers.allowances.batch import batch_frame

    two = ("合成·甲", "合成·乙")
    rulings.load_shipped(con, two[0])
    for person, by in (two, two[::-1]):
        persons.grant(con, person, "registry", by=by, valid_from=date(2020, 1, 1))
    asked = {"proposer": two[0], "approver": two[1], "at": AT}
    accounts.open_market(con, "SY", "合成市场", basis="合成数据", **asked)
    wanted = [("trader", f"E{place}", f"合成{place}") for place in range(ACCOUNTS)]
    made = accounts.open_accounts(con, wanted, key="accounts", market="SY", **asked)
    caps.set_cap(con, UNIT, OPENING * ACCOUNTS, document="合成数据", **asked)
    source = accounts.system_account(con, "SY", "issuance").number
    opening = {"type": "take_over", "source": source, "unit": UNIT, "quantity": OPENING}
    opening |= {"executed_at": datetime(2026, 1, 1), "reason": "合成数据"}
    rows = [{**opening, "id": f"o{place}", "target": a.number} for place, a in enumerate(made)]
    _post(con, "opening", batch_frame(rows))
    return [account.number for account in made]


def _post(con: Any, key: str, frame: Any) -> Any:
    from ledgers.allowances.batch import post_batch

    return post_batch(con, key, frame, market="SY", proposer="合成·甲", approver="合成·乙", at=AT)


if __name__ == "__main__":
    print(json.dumps(_ours(int(sys.argv[2]), Path(sys.argv[3]))))
