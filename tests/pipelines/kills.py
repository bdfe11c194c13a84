"""Killing runs at random moments (随机断电), and what must hold afterwards.

    python -m tests.pipelines.kills --rounds 200 --rows 1000000 --folder EMPTY_FOLDER

Each round takes a fresh home, starts `tanzhang run` in a process of its own, kills it (SIGKILL)
after a random time, checks that the ledger verifies with all or nothing of the month in it, and
runs again: the month must then stand once, equal to that of a run that nobody disturbed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines import month as steps
from pipelines.reference import import_register_file
from pipelines.sample_city import write_many
from pipelines.verification import verify_ledger
from warehouse.connect import reader, writer
from warehouse.home import Home

MONTH, PERSON = "2025-03", "测试"
Standing = list[tuple[object, ...]]


@dataclass(frozen=True)
class Bench:
    """A home before its month, the inbox, what an undisturbed run comes to and how long it took."""

    template: Path
    inbox: Path
    expected: Standing
    seconds: float


def prepare(folder: Path, rows: int) -> Bench:
    """Make rows and a home, and run the month once without disturbance."""
    inbox, template = folder / "inbox", folder / "template"
    inbox.mkdir(parents=True)
    register = write_many(inbox / "rows.csv", rows, enterprises=12, month=MONTH)
    register = register.rename(folder / register.name)
    home = Home(template)
    steps.initialise(home, person=PERSON)
    import_register_file(home, register, "enterprise", person=PERSON)
    whole = shutil.copytree(template, folder / "whole")
    started = time.perf_counter()
    assert start(whole, inbox).wait() == 0
    return Bench(template, inbox, standing(Home(whole)), time.perf_counter() - started)


def start(home: Path, inbox: Path) -> subprocess.Popen[bytes]:
    """`tanzhang run` in a process of its own."""
    command = [sys.executable, "-m", "portal.cli", "--home", str(home), "--as", PERSON]
    words = ["run", MONTH, "--inbox", str(inbox), "--json"]
    return subprocess.Popen(
        [*command, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def kill_once(bench: Bench, home: Path, after: float) -> bool:
    """One round; True when the kill hit a running process. Raises AssertionError on any fault."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(bench.template, home)
    process = start(home, bench.inbox)
    time.sleep(after)
    hit = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    check(Home(home), bench)
    finish(Home(home), bench.inbox)
    check(Home(home), bench, whole=True)
    finish(Home(home), bench.inbox)
    check(Home(home), bench, whole=True)
    return hit


def finish(home: Home, inbox: Path) -> None:
    """Run the month again, in this process, up to the posting."""
    received = steps.receive(home, steps.inbox_files(inbox))
    with writer(home, purpose="again", person=PERSON) as con:
        concerned = steps.files_of(con, received, MONTH)
        with steps.rule_faults(con, concerned, MONTH) as faults:
            steps.post(con, concerned, MONTH, faults, person=PERSON)


def check(home: Home, bench: Bench, *, whole: bool = False) -> None:
    """The ledger verifies and holds all of the month or nothing of it."""
    verified = verify_ledger(home)
    assert verified.good, list(verified.lines("en"))
    found = standing(home)
    assert found == bench.expected or (not whole and found == []), found


def standing(home: Home) -> Standing:
    """What stands in the ledger, by measure: entries and quanta, and the activities behind it."""
    with reader(home) as reading:
        return reading.con.execute(
            "SELECT measure, count(*), sum(value), count(DISTINCT activity_ordinal), "
            "bit_xor(hash(enterprise_id, carrier, flow, quantity, unit, value)) "
            "FROM emissions.line GROUP BY measure ORDER BY measure"
        ).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    bench = prepare(given.folder, given.rows)
    hits = 0
    for number in range(1, given.rounds + 1):
        hits += kill_once(bench, given.folder / "home", dice.uniform(0.1, bench.seconds))
        print(f"{number} of {given.rounds}: {hits} hit a running process", flush=True)


if __name__ == "__main__":
    main()
