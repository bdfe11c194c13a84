"""The city's targets (目标) in the journal: base, peak and target values with their documents.

What belongs here: setting, superseding and withdrawing a target, and reading those that stand. What
does not: the way between them (`paths`) and whether they are met. The dual-control book stands on
the same rows: level, code, indicator, year, value, unit, document.

Nothing here is a text of law: a target without a document is refused, and one whose document nobody
read in the original is not `official`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType

from factors.errors import DataFault, UsageFault
from factors.units import UnitError, multiplier, parse_unit
from ledgers import journal
from ledgers.inventory.balance_book import CITY
from ledgers.reference import STANDINGS
from ledgers.reference.rows import LATEST, add
from warehouse.connect import Connection, sql

INDICATORS: Mapping[str, str] = MappingProxyType(
    {
        "carbon_total": "tCO2e",
        "carbon_territorial": "tCO2e",
        "carbon_intensity": "",
        "energy_total": "tce",
        "energy_intensity": "",
        "coal": "t",
        "oil": "t",
        "non_fossil_share": "%",
    }
)
"""Indicator → unit of its dimension ('' = a text, for what is divided by money). `carbon_total` is
the city-induced total of the inventory, `carbon_territorial` the territorial one."""

ROLES = ("base", "peak", "target")
FORMS = ("absolute", "reduction")
LEVELS = ("city", "district", "zone", "sector", "enterprise")


class TargetFault(DataFault, ValueError):
    """A target that cannot be taken; the facts say why."""


@dataclass(frozen=True, slots=True)
class Target:
    """One value of one indicator for one year. `form` reduction: `value` is the share by which the
    indicator falls from `base_year` to `year` (0.145 or, with unit %, 14.5), positive = lower."""

    indicator: str
    role: str
    year: int
    value: Decimal
    unit: str
    document: str
    form: str = "absolute"
    base_year: int | None = None
    clause: str = ""
    standing: str = "reported"
    level: str = "city"
    code: str = CITY
    note: str = ""
    withdrawn: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What a later row of the same supersedes."""
        return self.level, self.code, self.indicator, self.role, self.year

    @property
    def amount(self) -> Fraction:
        """The value in the indicator's own unit, exactly; of a reduction the share."""
        if self.form == "reduction":
            return Fraction(self.value) / (100 if self.unit in ("%", "％") else 1)
        own = INDICATORS[self.indicator]
        if not own or own == "%":
            return Fraction(self.value)
        return Fraction(self.value) * _size(self.unit, own)


@dataclass(frozen=True, slots=True)
class Set:
    """A target as it stands, with who recorded it and the commit."""

    target: Target
    commit_no: int
    recorded_at: datetime
    person: str


def set_target(con: Connection, target: Target, *, person: str, reason: str = "") -> Set:
    """Record a target; the same again has no effect, another value supersedes the earlier one.

    Raises TargetFault (what is wrong with it) or UsageFault (a word that is not allowed).
    """
    _check(target)
    standing = {each.target.key: each for each in targets(con, withdrawn=True)}
    earlier = standing.get(target.key)
    if earlier is not None and earlier.target == target:
        return earlier
    number = len(history(con, target.key)) + 1
    key = "inventory.target:" + ":".join(map(str, (*target.key, number)))
    row = asdict(target) | {"value": f"{target.value:f}"}
    with journal.transaction(con):
        commit_no = journal.next_commit_no(con)
        add(con, "inventory.target", commit_no, [row])
        journal.commit(
            con,
            book="inventory",
            kind="target",
            key=key,
            body_sha256=journal.body_digest({name: str(value) for name, value in row.items()}),
            person=person,
            reason=reason,
            facts={"key": list(map(str, target.key)), "version": number},
            tables=["inventory.target"],
        )
    return next(each for each in targets(con, withdrawn=True) if each.target.key == target.key)


def withdraw(
    con: Connection, key: tuple[str, str, str, str, int], *, person: str, reason: str
) -> Set:
    """Withdraw the target of that key; it stays readable. Raises UsageFault where there is none or
    no reason is given."""
    found = next((each for each in targets(con) if each.target.key == key), None)
    if found is None or not reason.strip():
        code = "inventory.no_target" if found is None else "inventory.no_reason"
        raise UsageFault(code, key=" ".join(map(str, key)))
    gone = replace(found.target, withdrawn=True)
    return set_target(con, gone, person=person, reason=reason)


def targets(
    con: Connection, commit_no: int = LATEST, *, withdrawn: bool = False
) -> tuple[Set, ...]:
    """The targets that stand at `commit_no`, by level, code, indicator, year; withdrawn ones only
    when asked for."""
    newest: dict[tuple[str, str, str, str, int], Set] = {}
    for each in _rows(con, commit_no):
        newest[each.target.key] = each
    kept = (each for each in newest.values() if withdrawn or not each.target.withdrawn)
    return tuple(sorted(kept, key=_listed))


def history(con: Connection, key: tuple[str, str, str, str, int]) -> tuple[Set, ...]:
    """Every row of one key, earliest first."""
    return tuple(each for each in _rows(con, LATEST) if each.target.key == key)


def _listed(each: Set) -> tuple[str, str, int, int, int]:
    held = each.target
    names = tuple(INDICATORS)
    return (held.level, held.code, names.index(held.indicator), held.year, ROLES.index(held.role))


def _rows(con: Connection, commit_no: int) -> tuple[Set, ...]:
    cursor = con.execute(sql("ledgers.inventory.sql", "targets.sql"), {"commit_no": commit_no})
    names = [column[0] for column in cursor.description or ()]
    own = {item.name for item in fields(Target)}
    found = []
    for row in cursor.fetchall():
        held = dict(zip(names, row, strict=True))
        held["value"] = Decimal(held["value"])
        target = Target(**{name: held[name] for name in own})
        found.append(Set(target, held["commit_no"], held["recorded_at"], held["person"]))
    return tuple(found)


def number(text: str) -> Decimal:
    """A value as a person wrote it. Raises TargetFault."""
    try:
        value = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation as error:
        raise TargetFault("inventory.target.number", seen=text) from error
    if not value.is_finite():
        raise TargetFault("inventory.target.number", seen=text)
    return value


def _check(target: Target) -> None:
    words = (
        ("indicator", target.indicator, tuple(INDICATORS)),
        ("role", target.role, ROLES),
        ("form", target.form, FORMS),
        ("level", target.level, LEVELS),
        ("standing", target.standing, STANDINGS),
    )
    for what, seen, allowed in words:
        if seen not in allowed:
            facts = {"what": what, "seen": seen, "allowed": ", ".join(allowed)}
            raise UsageFault("inventory.target.word", **facts)
    if not target.document.strip():
        raise TargetFault("inventory.target.document", indicator=target.indicator, year=target.year)
    if target.form == "reduction":
        _check_reduction(target)
    elif INDICATORS[target.indicator] not in ("", "%"):
        _size(target.unit, INDICATORS[target.indicator])


def _check_reduction(target: Target) -> None:
    later = target.base_year is not None and target.base_year < target.year
    if not later or target.unit not in ("%", "％", "1", "") or not target.amount < 1:
        raise TargetFault(
            "inventory.target.reduction",
            value=f"{target.value:f}",
            unit=target.unit or "-",
            base_year=target.base_year or "-",
            year=target.year,
        )


def _size(unit: str, own: str) -> Fraction:
    """How many of the indicator's unit one unit as written is; CO2 counts as CO2 equivalent."""
    try:
        dimension = parse_unit(unit).dimension
        like = "tCO2" if own == "tCO2e" and dimension == parse_unit("tCO2").dimension else own
        return multiplier(unit, like)
    except UnitError as error:
        raise TargetFault("inventory.target.unit", seen=unit or "-", allowed=own) from error
