"""Settings of this machine, and the only module that reads the environment.

What belongs here: paths, memory, threads, ports, the person behind the operating-system user.
What does not: anything that can move a figure or a rejection (partial posting, tolerances,
windows, linked markets). Those are journalled rows of `ledgers.reference`.

Order: environment (`TANZHANG_<NAME>`), then `settings.toml` in the home, then the default.
"""

from __future__ import annotations

import os
import pwd
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from factors.errors import UsageFault
from warehouse.home import Home

__all__ = ["DEFAULT_HOME", "Explained", "Home", "Settings", "SettingsFault", "choose_home"]

PREFIX = "TANZHANG_"
DEFAULT_HOME = "./tanzhang-home"
_MEMORY = re.compile(r"\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")


class SettingsFault(UsageFault, ValueError):
    """A setting cannot be used; the facts name the key, what was seen and where."""


@dataclass(frozen=True)
class Explained:
    """One setting as it stands: `origin` is 'default', a file's path or a variable's name."""

    name: str
    value: Any
    origin: str


class Settings(BaseSettings):
    """Machine settings; unknown names are refused, so that a slip of the pen is seen."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    writer_memory: str = "3GB"
    """Of DuckDB alone; with Arrow and Python on top the process is to stay below 4 GB."""
    portal_memory: str = "256MB"
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    temp_dir: str = ""
    """Where DuckDB spills; '' is DuckDB's own choice beside the file."""
    lease_wait: float = Field(default=1800.0, ge=0)
    """Seconds that a writer waits for the book of record."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    dagster_port: int = Field(default=3000, ge=1, le=65535)
    language: Literal["zh", "en"] = "zh"
    person: str = ""
    """Who works at this machine; '' looks the operating-system user up in `persons`."""
    persons: dict[str, str] = Field(default_factory=dict)
    """Operating-system user → person of the register."""

    @field_validator("writer_memory", "portal_memory")
    @classmethod
    def _is_memory(cls, value: str) -> str:
        if not _MEMORY.fullmatch(value):
            raise ValueError("a size such as 4GB or 256MB")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, whose values `load` hands in."""
        return env_settings, init_settings

    @classmethod
    def load(cls, home: Home) -> Settings:
        """Reads the settings of `home`. Raises SettingsFault naming key, value and place."""
        written = _written(home)
        try:
            return cls(**written)
        except ValidationError as error:
            raise _fault(error, home, written) from error

    def explain(self, home: Home) -> tuple[Explained, ...]:
        """Each setting with its value and where it came from, in the order declared."""
        written = _written(home)
        return tuple(
            Explained(name, getattr(self, name), _origin(name, written, home))
            for name in type(self).model_fields
        )

    def acting_person(self) -> str:
        """The person of this machine: `person`, else the operating-system user's entry in
        `persons`, else the operating-system user's own name."""
        user = pwd.getpwuid(os.getuid()).pw_name
        return self.person or self.persons.get(user, user)


def choose_home(option: str | Path | None = None) -> Home:
    """The home folder: the option, else TANZHANG_HOME, else ./tanzhang-home. Makes nothing."""
    return Home(option or os.environ.get(PREFIX + "HOME") or DEFAULT_HOME)


def _written(home: Home) -> dict[str, Any]:
    try:
        return tomllib.loads(home.settings.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFault(
            "settings.unreadable", path=str(home.settings), why=str(error)
        ) from error


def _variable(name: str) -> str | None:
    """The environment variable that sets `name`, if one does (pydantic ignores case)."""
    wanted = (PREFIX + name).lower()
    return next((key for key in os.environ if key.lower() == wanted), None)


def _origin(name: str, written: dict[str, Any], home: Home) -> str:
    variable = _variable(name)
    if variable is not None:
        return variable
    return str(home.settings) if name in written else "default"


def _fault(error: ValidationError, home: Home, written: dict[str, Any]) -> SettingsFault:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    facts = {"name": name, "seen": repr(first.get("input")), "origin": _origin(name, written, home)}
    if first["type"] == "extra_forbidden":
        return SettingsFault("settings.unknown", **facts, allowed=", ".join(Settings.model_fields))
    return SettingsFault("settings.invalid", **facts, allowed=str(first["msg"]))
