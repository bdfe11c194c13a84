"""Published copies (发布副本): what readers open while the writer works.

What belongs here: copying the ledger, running the read models that the books hand in, keeping
and dropping copies. What does not: the SQL of a read model (each book's `read_models/`). A copy
holds the whole journal beside the read models, which stand in the schema `read_model`, so that
it verifies like the book of record.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from factors.errors import OurFault, UsageFault
from warehouse.engine import Connection, in_transaction, load_settings, open_database
from warehouse.heads import Head, ledger_folder, read_head, stamp
from warehouse.home import Home, to_disk

if TYPE_CHECKING:
    from warehouse.settings import Settings

KEPT = 3
"""How many of the newest copies stay beside those of closed months."""

_MANIFEST = "manifest.json"
# Copied by a process of its own: closing any handle of the file in this one would drop the lock
# that DuckDB has on it.
_COPY = "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])"


@dataclass(frozen=True)
class Published:
    """One copy: `path` is its database, `head` the head that it was made from; `closes` are
    the commit numbers at which months were closed by then."""

    path: Path
    head: Head
    published_at: datetime
    closes: tuple[int, ...]


class NotTheLedger(UsageFault):
    """Only the book of record is published, and not from within a transaction."""


def publish(
    con: Connection,
    home: Home,
    read_models: Sequence[str] = (),
    settings: Settings | None = None,
) -> Published:
    """Makes a copy of the ledger that `con` (the writer's) has open and drops old ones.

    `read_models`: SQL scripts, run in order on the copy in one transaction; they fill tables in
    the schema `read_model`. The copy appears under its name only when it is whole and on disk.
    """
    if ledger_folder(con) != home.path:
        raise NotTheLedger("publish.not_the_ledger", path=str(home.ledger))
    if in_transaction(con):
        raise NotTheLedger("publish.in_transaction")
    _sweep(home)
    made = _manifest_of(con, home)
    draft = home.published / f".draft-{made.path.parent.name}"
    draft.mkdir(parents=True)
    _copy_file(con, home.ledger, draft / made.path.name)
    _add_read_models(draft / made.path.name, read_models, settings or load_settings(home))
    (draft / _MANIFEST).write_text(_written(made), encoding="utf-8")
    for name in (made.path.name, _MANIFEST, "."):
        to_disk(draft / name)
    os.rename(draft, made.path.parent)
    to_disk(home.published)
    _drop_old(home)
    return made


def copies(home: Home) -> tuple[Published, ...]:
    """All whole copies, oldest first."""
    found = []
    for manifest in home.published.glob(f"[0-9a-f]*/{_MANIFEST}"):
        found.append(_read(manifest))
    return tuple(sorted(found, key=lambda copy: (copy.head.commit_no, copy.published_at)))


def newest(home: Home) -> Published | None:
    """The newest copy, or None."""
    found = copies(home)
    return found[-1] if found else None


def _manifest_of(con: Connection, home: Home) -> Published:
    head, now = read_head(con), datetime.now(UTC)
    closes = con.execute(
        "SELECT DISTINCT commit_no FROM journal.period_event WHERE event = 'close' ORDER BY 1"
    ).fetchall()
    folder = home.published / f"{head.short}-{now.strftime('%Y%m%dT%H%M%S%fZ')}"
    return Published(folder / "ledger.duckdb", head, now, tuple(number for (number,) in closes))


def _copy_file(con: Connection, source: Path, target: Path) -> None:
    con.execute("CHECKPOINT")
    log = source.with_name(source.name + ".wal")
    if log.exists() and log.stat().st_size:
        raise OurFault("publish.log_left", path=str(log))
    command = [sys.executable, "-I", "-S", "-c", _COPY, str(source), str(target)]
    subprocess.run(command, check=True)


def _add_read_models(path: Path, read_models: Sequence[str], settings: Settings) -> None:
    copy = open_database(path, settings)
    try:
        copy.execute("BEGIN")
        copy.execute("CREATE SCHEMA IF NOT EXISTS read_model")
        for script in read_models:
            copy.execute(script)
        copy.execute("COMMIT")
        copy.execute("CHECKPOINT")
    finally:
        copy.close()


def _written(made: Published) -> str:
    facts = {
        "commit_no": made.head.commit_no,
        "hash": made.head.hash,
        "recorded_at": stamp(made.head.recorded_at),
        "published_at": stamp(made.published_at),
        "closes": made.closes,
    }
    return json.dumps(facts, indent=1)


def _read(manifest: Path) -> Published:
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    recorded = facts["recorded_at"]
    moment = None if recorded == "-" else datetime.fromisoformat(recorded)
    head = Head(facts["commit_no"], facts["hash"], moment)
    published_at = datetime.fromisoformat(facts["published_at"])
    return Published(
        manifest.with_name("ledger.duckdb"), head, published_at, tuple(facts["closes"])
    )


def _kept(found: Sequence[Published]) -> set[Path]:
    """The newest few, and for each closing of a month the first copy that shows it closed."""
    keep = {copy.path for copy in found[-KEPT:]}
    for number in {number for copy in found for number in copy.closes}:
        keep.add(next(copy.path for copy in found if number in copy.closes))
    return keep


def _drop_old(home: Home) -> None:
    found = copies(home)
    keep = _kept(found)
    for copy in found:
        if copy.path not in keep:
            # The manifest goes first: a kill in the middle leaves a folder that is no copy.
            copy.path.with_name(_MANIFEST).unlink()
            shutil.rmtree(copy.path.parent)


def _sweep(home: Home) -> None:
    """Takes away what a killed publisher left: drafts, and folders without a manifest."""
    for folder in home.published.iterdir():
        if (folder.is_dir() and not (folder / _MANIFEST).exists()) or folder.name.startswith(
            ".draft-"
        ):
            shutil.rmtree(folder)
