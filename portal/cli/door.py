"""What a person brings to the command line: home folder, name and language.

What belongs here: the options that every command shares. What does not: the work, and how
answers look (`portal.cli.output`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from warehouse.home import Home
    from warehouse.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
Reason = Annotated[
    str, typer.Option("--reason", help="原因，记入账本 / reason, kept in the ledger")
]


@dataclass(frozen=True)
class Door:
    """The shared options as given; empty means: not given, ask the settings."""

    home_path: Path | None
    given_person: str
    given_lang: str

    @property
    def home(self) -> Home:
        """The home folder: `--home`, else TANZHANG_HOME, else ./tanzhang-home."""
        from warehouse.settings import choose_home

        return choose_home(self.home_path)

    @property
    def settings(self) -> Settings:
        """The machine's settings for that home."""
        from warehouse.settings import Settings

        return Settings.load(self.home)

    @property
    def person(self) -> str:
        """Who acts: `--as`, else the person of the operating-system user."""
        return self.given_person or self.settings.acting_person()

    @property
    def lang(self) -> str:
        """'zh' or 'en'."""
        return self.given_lang or self.settings.language


def door(context: typer.Context) -> Door:
    """The door of the running command."""
    found = context.find_root().obj
    assert isinstance(found, Door)
    return found
