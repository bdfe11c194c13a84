"""What figures rest on, and how well that is known (依据级别).

What belongs here: the rows of factors and the method editions behind live entries, each with its
standing as confirmations make it, entries and tonnes. What does not: what follows from it for a
year (`sealing`) or on paper (`reports`).

A factor that was posted with belongs to the version that was in force when it was resolved; a
later version, or a confirmation of one, says nothing of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from factors.gases import QUANTUM, co2e
from ledgers.emissions.books import queried
from ledgers.emissions.sums import is_emission
from ledgers.reference.confirmations import Confirmation, confirmed_items
from ledgers.reference.editions import edition_factors
from ledgers.reference.rows import LATEST, AsOf
from warehouse.connect import Connection

OFFICIAL = "official"


@dataclass(frozen=True, slots=True)
class Ground:
    """One row that entries rest on: `subject` factor or method_edition, its edition and version,
    table, parameter and id ('' for a method edition), its standing, and what rests on it: how many
    entries, and their tonnes of CO2e. An entry counts once for each row that it rests on."""

    subject: str
    edition: str
    version: int
    table: str
    parameter: str
    item: str
    carrier: str
    standing: str
    entries: int
    co2e: Fraction

    @property
    def official(self) -> bool:
        """Whether somebody confirmed it against its document."""
        return self.standing == OFFICIAL


@dataclass(slots=True)
class _Weight:
    entries: int = 0
    co2e: Fraction = field(default_factory=Fraction)


_Key = tuple[str, str, int, str, str, str]


def grounds(con: Connection, months: Sequence[str], commit_no: int = LATEST) -> tuple[Ground, ...]:
    """Every row that the live entries of `months` rest on, the weightiest first."""
    versions = _Versions(queried(con, "versions.sql"))
    weights: dict[_Key, _Weight] = {}
    for row in queried(con, "year_entries.sql", months=list(months), commit_no=commit_no):
        tonnes = _tonnes(row) if row["counted"] and is_emission(row["measure"]) else Fraction(0)
        for key in set(_rests_on(row, versions)):
            weight = weights.setdefault(key, _Weight())
            weight.entries += row["entries"]
            weight.co2e += tonnes
    standings = _Standings(con)
    found = [
        Ground(*key[:6], *standings.of(key), weight.entries, weight.co2e)
        for key, weight in weights.items()
    ]
    return tuple(sorted(found, key=lambda g: (-abs(g.co2e), -g.entries, g.edition, g.item)))


def _tonnes(row: Mapping[str, object]) -> Fraction:
    measure = str(row["measure"])
    tonnes = QUANTUM[measure].tonnes(int(str(row["value"])))
    return tonnes if measure == "CO2" else co2e(str(row["gwp_edition"]), measure, tonnes)


def _rests_on(row: Mapping[str, object], versions: _Versions) -> Iterable[_Key]:
    commit_no = int(str(row["resolved_by"]))
    method = str(row["method_edition"]).partition("@")[0]
    yield ("method_edition", method, versions.at("method_edition", method, commit_no), "", "", "")
    for item in json.loads(str(row["parameters"])):
        if item["origin"] == "factor":
            edition = item["edition"]
            version = versions.at("factor", edition, commit_no)
            own = item["key"].removeprefix(f"{edition}/")
            yield "factor", edition, version, item["table"], item["name"], own


class Confirmed:
    """Whether a row that a resolution rests on was confirmed in the version that it took, by
    `as_of`; whatever its standing was when it was posted."""

    def __init__(
        self, rows: frozenset[tuple[str, int, str]], versions: _Versions, made: Mapping[int, int]
    ) -> None:
        self._rows, self._versions, self._made = rows, versions, made

    @classmethod
    def of(cls, con: Connection, as_of: AsOf = None) -> Confirmed:
        """What confirmations recorded by `as_of` say."""
        rows = frozenset(confirmed_items(con, "factor", as_of))
        if not rows:
            return cls(rows, _Versions(()), {})
        found = con.execute("SELECT resolution_id, commit_no FROM emissions.resolution").fetchall()
        return cls(rows, _Versions(queried(con, "versions.sql")), dict(found))

    def __call__(self, resolution_id: int, edition: str, key: str) -> bool:
        if not self._rows:
            return False
        version = self._versions.at("factor", edition, self._made.get(resolution_id, 0))
        item = key.removeprefix(f"{edition}/")
        return bool(self._rows & {(edition, version, item), (edition, version, "")})


class _Versions:
    """Which version of an edition was the newest when a commit was made."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._held: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for row in rows:
            key = (row["subject"], row["edition"])
            self._held.setdefault(key, []).append((row["commit_no"], row["version"]))

    def at(self, subject: str, edition: str, commit_no: int) -> int:
        known = self._held.get((subject, edition), [])
        return max((version for made, version in known if made <= commit_no), default=0)


class _Standings:
    """Carrier and standing of a row, each edition read once."""

    def __init__(self, con: Connection) -> None:
        self._con = con
        self._rows: dict[tuple[str, int], Mapping[str, tuple[str, str]]] = {}
        self._methods: Mapping[tuple[str, int, str], Confirmation] = confirmed_items(
            con, "method_edition"
        )

    def of(self, key: _Key) -> tuple[str, str]:
        subject, edition, version, _, _, item = key
        if subject == "method_edition":
            confirmed = (edition, version, "") in self._methods
            return "", OFFICIAL if confirmed else self._declared(edition, version)
        if (edition, version) not in self._rows:
            self._rows[edition, version] = {
                row.factor_id: (row.carrier, row.standing)
                for row in edition_factors(self._con, edition, version)
            }
        return self._rows[edition, version].get(item, ("", "memory"))

    def _declared(self, edition: str, version: int) -> str:
        """What the text claims of itself, which is never more than transcribed."""
        from factors.methods import load_edition

        found = self._con.execute(
            "SELECT body FROM reference.method_edition WHERE edition = ? AND version = ?",
            [edition, version],
        ).fetchone()
        claimed = load_edition(found[0]).standing if found else "memory"
        return claimed.replace(OFFICIAL, "transcribed")
