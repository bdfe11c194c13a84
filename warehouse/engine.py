"""Opening DuckDB the one way that this house opens it.

What belongs here: the configuration of a DuckDB database and loading `.sql` files. What does
not: who may open which file (`warehouse.connect`). `import duckdb` stands only in this room.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from factors.errors import UsageFault

if TYPE_CHECKING:
    from warehouse.home import Home
    from warehouse.settings import Settings

Connection: TypeAlias = duckdb.DuckDBPyConnection
DatabaseError: TypeAlias = duckdb.Error
_Config: TypeAlias = dict[str, str | bool | int | float | list[str]]


class OpenElsewhere(UsageFault):
    """Another program, such as DuckDB's own shell, has the file open; facts: path, why."""


def open_database(
    path: Path, settings: Settings, *, memory: str = "", read_only: bool = False
) -> Connection:
    """`path` with the settings of this machine; `memory` '' is the writer's limit.

    Raises OpenElsewhere when a program that knows no lease has the file open.
    """
    config = _config(memory or settings.writer_memory, settings.threads, settings.temp_dir)
    try:
        return _in_utc(duckdb.connect(str(path), read_only=read_only, config=config))
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise OpenElsewhere("ledger.open_elsewhere", path=str(path), why=str(error)) from error


def scratch(memory_limit: str = "1GB", temp_dir: Path | str = "", threads: int = 0) -> Connection:
    """A database in memory, for `check` and for tests; `threads` 0 and `temp_dir` '' are
    DuckDB's own choice. The caller closes it."""
    return _in_utc(duckdb.connect(":memory:", config=_config(memory_limit, threads, str(temp_dir))))


def in_transaction(con: Connection) -> bool:
    """Whether a transaction is open. Outside one each statement is its own, with its number."""
    numbers = [con.execute("SELECT txid_current()").fetchall() for _ in range(2)]
    return numbers[0] == numbers[1]


@cache
def sql(package: str, name: str) -> str:
    """The statement in `name`, a .sql file beside the modules of `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def load_settings(home: Home) -> Settings:
    """The settings of `home`; imported here because pydantic takes longer than DuckDB."""
    from warehouse.settings import Settings

    return Settings.load(home)


def _config(memory: str, threads: int, temp_dir: str) -> _Config:
    """Never a download, never a Python variable taken for a table, rows kept in their order."""
    config: _Config = {
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
        "preserve_insertion_order": True,
    }
    if threads:
        config["threads"] = threads
    if temp_dir:
        config["temp_directory"] = temp_dir
    return config


def _in_utc(con: Connection) -> Connection:
    con.execute("SET TimeZone = 'UTC'")
    return con
