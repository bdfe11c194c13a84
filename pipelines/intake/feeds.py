"""Feeds (数据源定义): a supplier's own columns, constants and stamps, declared in TOML.

What belongs here: reading and checking one feed file, and what it declares. What does not: doing
it (`activity_rows`). All faults of a feed are reported together.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, NamedTuple

from factors import messages
from factors.errors import UsageFault
from pipelines.intake.choices import ALLOWED, choose
from pipelines.intake.names import ACTIVITY, columns_of

FIELDS: Mapping[str, type] = {
    "name": str,
    "title": str,
    "kind": str,
    "encoding": str,
    "delimiter": str,
    "sheet": str,
    "licence": str,
    "files": str,
    "columns": dict,
    "constants": dict,
    "values": dict,
    "stamps": dict,
}
STAMP_FIELDS: Mapping[str, type] = {
    "format": str,
    "mark": str,
    "interval_minutes": int,
    "midnight": str,
}
MARKS = ("start", "end")
MIDNIGHTS = ("next_day", "same_day")


@dataclass(frozen=True)
class Stamps:
    """How a meter stamps its readings.

    `format` is a strptime pattern ('' for what people write); `mark` says whether the stamp is
    the start or the end of the interval; `interval_minutes` its length (0: not finer than a day).
    `midnight` 'same_day' is the 24:00 rule: a reading stamped 00:00 carries the date of the day
    that it ends; 'next_day' is the calendar's way.
    """

    format: str = ""
    mark: Literal["start", "end"] = "start"
    interval_minutes: int = 0
    midnight: Literal["next_day", "same_day"] = "next_day"


@dataclass(frozen=True)
class Feed:
    """What a feed declares: `columns` canonical → the supplier's header, `constants` canonical →
    value where there is no column, `values` canonical → the supplier's word → ours. `files` is
    the pattern of the file names in an inbox that it reads ('' = only where it is named)."""

    name: str
    title: str = ""
    kind: str = ACTIVITY
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    licence: str = ""
    files: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stamps: Stamps | None = None
    sha256: str = ""
    """Of the file that declares it."""

    def claims(self, name: str) -> bool:
        """Whether a file of this name in an inbox is read with this feed."""
        return bool(self.files) and fnmatchcase(name, self.files)


class Problem(NamedTuple):
    """One fault of a feed: the code of its message and the facts."""

    code: str
    facts: Mapping[str, str]


class FeedFault(UsageFault, ValueError):
    """A feed cannot be used; facts: `file` and all its `problems`."""

    def text(self, lang: str = "zh") -> str:
        """Every fault of the feed, one a line."""
        head = messages.text(self.code, lang, self.facts)
        lines = (messages.text(code, lang, facts) for code, facts in self.facts["problems"])
        return "\n".join((head, *(f"  - {line}" for line in lines)))


def read_feed(path: Path) -> Feed:
    """The feed that `path` declares. Raises FeedFault with all that is wrong with it."""
    try:
        content = path.read_bytes()
        declared = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise _fault(path, [Problem("feed.missing", {"why": error.strerror or ""})]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(path, [Problem("feed.toml", {"why": str(error)})]) from error
    problems = list(_problems(declared))
    if problems:
        raise _fault(path, problems)
    stamps = Stamps(**declared.pop("stamps")) if "stamps" in declared else None
    declared["constants"] = {k: str(v) for k, v in declared.get("constants", {}).items()}
    return Feed(**declared, stamps=stamps, sha256=hashlib.sha256(content).hexdigest())


def feeds_in(folder: Path) -> tuple[Feed, ...]:
    """The feeds of a folder by file name; none where there is no such folder. Raises FeedFault."""
    return tuple(read_feed(path) for path in sorted(folder.glob("*.toml")))


def _fault(path: Path, problems: list[Problem]) -> FeedFault:
    return FeedFault("feed.invalid", file=path.name, problems=problems)


def _problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    typed = list(_typed(declared, FIELDS, ""))
    yield from typed
    if typed:
        return
    if not declared.get("name"):
        yield Problem("feed.required", {"field": "name"})
    if declared.get("kind", ACTIVITY) != ACTIVITY:
        yield Problem(
            "feed.option", {"field": "kind", "seen": declared["kind"], "allowed": ACTIVITY}
        )
    if len(declared.get("delimiter", ",")) != 1:
        yield Problem(
            "feed.option",
            {"field": "delimiter", "seen": declared["delimiter"], "allowed": ", ; \\t |"},
        )
    yield from _columns(declared)
    yield from _constants(declared)
    yield from _stamps(declared.get("stamps"))


def _typed(
    declared: Mapping[str, Any], fields: Mapping[str, type], where: str
) -> Iterator[Problem]:
    for name, value in declared.items():
        if name not in fields:
            allowed = ", ".join(fields)
            yield Problem("feed.unknown_field", {"field": where + name, "allowed": allowed})
        elif not isinstance(value, fields[name]) or isinstance(value, bool):
            wanted = fields[name].__name__
            yield Problem(
                "feed.type", {"field": where + name, "seen": repr(value), "wanted": wanted}
            )


def _columns(declared: Mapping[str, Any]) -> Iterator[Problem]:
    canonical = columns_of(ACTIVITY)
    for table in ("columns", "constants", "values"):
        for name in declared.get(table, {}):
            if name not in canonical:
                allowed = ", ".join(canonical)
                yield Problem(
                    "feed.unknown_field", {"field": f"{table}.{name}", "allowed": allowed}
                )
    for name, header in declared.get("columns", {}).items():
        if not isinstance(header, str) or not header.strip():
            yield Problem(
                "feed.type", {"field": f"columns.{name}", "seen": repr(header), "wanted": "str"}
            )
    for name in sorted(set(declared.get("columns", {})) & set(declared.get("constants", {}))):
        yield Problem("feed.both", {"field": name})


def _constants(declared: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in declared.get("constants", {}).items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            yield Problem(
                "feed.type", {"field": f"constants.{name}", "seen": repr(value), "wanted": "str"}
            )
        elif name in ALLOWED and choose(name, str(value)) is None:
            yield _option(f"constants.{name}", value, ALLOWED[name])
    for name, table in declared.get("values", {}).items():
        if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
            yield Problem(
                "feed.type", {"field": f"values.{name}", "seen": repr(table), "wanted": "table"}
            )


def _stamps(stamps: Mapping[str, Any] | None) -> Iterator[Problem]:
    if stamps is None:
        return
    typed = list(_typed(stamps, STAMP_FIELDS, "stamps."))
    yield from typed
    if typed:
        return
    if stamps.get("mark", "start") not in MARKS:
        yield _option("stamps.mark", stamps["mark"], MARKS)
    if stamps.get("midnight", "next_day") not in MIDNIGHTS:
        yield _option("stamps.midnight", stamps["midnight"], MIDNIGHTS)
    minutes = stamps.get("interval_minutes", 0)
    if not 0 <= minutes < 1440 or (minutes and 1440 % minutes):
        yield _option("stamps.interval_minutes", minutes, ("1 … 720, 1440 / n",))
    if stamps.get("mark") == "end" and not minutes:
        yield Problem("feed.required", {"field": "stamps.interval_minutes"})


def _option(name: str, seen: object, allowed: tuple[str, ...]) -> Problem:
    return Problem("feed.option", {"field": name, "seen": str(seen), "allowed": ", ".join(allowed)})
