"""A batch killed at any moment is there whole or not at all; sent again, it is there once."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from ledgers import journal
from ledgers.allowances.batch import Batch, batch_frame, post_batch
from ledgers.allowances.posting import naive_utc
from ledgers.allowances.verification import verify
from tests.ledgers.allowances.desk import ANNA, BERT, MONDAY, U25, Registry
from warehouse import heads
from warehouse.connect import Home, writer

ROOT = Path(__file__).parents[3]
ROWS = 3_000
ROUNDS = 4


def send(registry: Registry, key: str, start: int) -> Batch:
    """ROWS transfers of one tonne to and fro, one a second."""
    ends = (registry.plant, registry.mill)
    first = naive_utc(MONDAY) + timedelta(seconds=start * ROWS)
    rows = [
        {
            "id": f"{key}:{place}",
            "type": "transfer",
            "executed_at": first + timedelta(seconds=place),
            "source": ends[place % 2],
            "target": ends[1 - place % 2],
            "unit": U25,
            "quantity": 1,
        }
        for place in range(ROWS)
    ]
    at = MONDAY + timedelta(days=30)
    return post_batch(
        registry.con,
        key,
        batch_frame(rows),
        market="SY",
        proposer=ANNA,
        approver=BERT,
        at=at,
    )


def main(folder: str, key: str, start: str) -> None:
    with writer(Home(Path(folder)), purpose="batch", person=ANNA) as con:
        print("ready", flush=True)
        print(send(Registry.resumed(con), key, int(start)).posted, flush=True)


def test_a_killed_batch_is_all_or_nothing(second_registry: Path, tmp_path: Path) -> None:
    shutil.copytree(second_registry, tmp_path / "home")
    home, chance, posted = Home(tmp_path / "home"), random.Random(20260302), 0
    command = [sys.executable, "-m", "tests.ledgers.allowances.test_kills", str(home.path)]
    for index in range(ROUNDS):
        words = [*command, f"batch{index}", str(posted)]
        run = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 1.0))
        run.kill()
        run.communicate()
        with writer(home, purpose="check", person=ANNA) as con:
            ((count,),) = con.execute(
                "SELECT count(*) FROM allowances.transaction WHERE type = 'transfer'"
            ).fetchall()
            assert count - posted * ROWS in (0, ROWS)
            posted = count // ROWS
            assert verify(con).good
    with writer(home, purpose="check", person=ANNA) as con:
        registry = Registry.resumed(con)
        last = f"batch{ROUNDS - 1}"
        stood = journal.find_commit(con, f"registry:{last}") is not None
        again = send(registry, last, posted - stood)
        assert (again.again, again.posted) == (stood, ROWS)
        assert send(registry, last, posted - stood).again
        assert verify(con).good
        assert journal.verify_chain(con, None, heads.listed(home.heads)).good
        ((count,),) = con.execute(
            "SELECT count(*) FROM allowances.transaction WHERE type = 'transfer'"
        ).fetchall()
        assert count == (posted + (not stood)) * ROWS


if __name__ == "__main__":
    main(*sys.argv[1:])
