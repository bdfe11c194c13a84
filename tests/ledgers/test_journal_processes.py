"""Two runs at once, and kills at random moments, with real processes."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ledgers import journal
from tests.ledgers.bookkeeping import SCHEMA, post
from warehouse import heads
from warehouse.connect import Connection, Home, writer

ROOT = Path(__file__).parents[2]
ROUNDS = 20


def start(home: Home, name: str, commits: int, rows: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledgers.bookkeeping"]
    command += [str(home.path), name, str(commits), str(rows)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def killed(home: Home, name: str, chance: random.Random) -> list[int]:
    """The numbers that a run said before it was killed: half of the runs while they post their
    first commit, half of them later."""
    run = start(home, name, 1_000, 30_000)
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    first = run.stdout.readline() if chance.random() < 0.5 else ""
    time.sleep(chance.uniform(0.0, 0.3))
    run.kill()
    rest, _ = run.communicate()
    return [int(line) for line in (first + rest).splitlines()]


def rows_of(con: Connection) -> list[tuple[int, int]]:
    found = con.execute("SELECT commit_no, count(*) FROM book.entry GROUP BY 1 ORDER BY 1")
    return found.fetchall()


def test_two_runs_at_once_both_succeed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    runs = [start(home, name, 3, 70_000) for name in ("a", "b")]
    results = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], results
    posted = [[int(line) for line in out.split()[1:]] for out, _ in results]
    # Each holds the lease for its whole run, so their commits do not mix.
    assert sorted(posted) == [[1, 2, 3], [4, 5, 6]]
    with writer(home, purpose="check", person="c") as con:
        found = journal.verify_chain(con, None, heads.listed(home.heads))
        assert (found.good, found.commits) == (True, 6)
        assert rows_of(con) == [(number, 70_000) for number in range(1, 7)]


def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    """Each round posts until it is killed; what it said it posted is there, and nothing half."""
    home, chance, told = Home(tmp_path / "home"), random.Random(20250301), 0
    for index in range(ROUNDS):
        numbers = killed(home, f"r{index}", chance)
        with writer(home, purpose="check", person="c", wait=5) as con:
            made = journal.commits(con)
            # One more than was said, when the kill fell between the commit and the saying.
            assert 0 <= len(made) - max([told, *numbers]) <= 1
            told = len(made)
            assert rows_of(con) == [(commit.commit_no, 30_000) for commit in made]
            assert heads.listed(home.heads) == tuple(commit.head for commit in made)
    assert told > ROUNDS // 2
    with writer(home, purpose="check", person="c") as con:
        found = journal.verify_chain(con, None, heads.listed(home.heads))
        assert (found.good, found.commits) == (True, told)
        # The run that was killed is repeated: what it had posted is not posted again.
        last = f"r{ROUNDS - 1}:1"
        if journal.find_commit(con, last):
            with pytest.raises(journal.AlreadyCommitted):
                post(con, last, 30_000)
        con.execute(SCHEMA)
        assert post(con, "after", 10).commit_no == told + 1
