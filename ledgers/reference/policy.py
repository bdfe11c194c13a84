"""Policy settings (政策设置): what a city decides and what can move a figure or a rejection.

What belongs here: the settings, their types and their journalled history. What does not: the
settings of a machine (`warehouse.settings`) and the plausible bands of carriers (`bands`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from typing import Any

from factors.errors import OurFault, UsageFault
from ledgers import journal
from ledgers.reference.rows import LATEST, AsOf, add, as_of_commit, read
from warehouse.connect import Connection


class PolicyFault(UsageFault, ValueError):
    """A setting that does not exist or a value that it cannot hold."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force.

    `partial_posting`: a file with faulty rows posts its good ones. `window_months`: how many
    months before the month of the run may still be sent. `stock_tolerance`: share of the
    quantity available (opening stock plus purchases). `jump_month_ratio`, `jump_year_ratio`:
    times last month, times the same month of last year. `assume_gas_condition`: a carrier's
    default condition may stand in for one that was not declared. `default_method`: the method
    edition, or family of them, of an enterprise for which the register names none; '' = none.
    """

    partial_posting: bool
    window_months: int
    stock_tolerance: Decimal
    jump_month_ratio: Decimal
    jump_year_ratio: Decimal
    assume_gas_condition: bool
    default_method: str


def policy(con: Connection, as_of: AsOf = None) -> Policy:
    """The policy as the book stood at `as_of`.

    Raises OurFault when the ledger has not been given its first settings.
    """
    held = settings(con, as_of)
    missing = [field.name for field in fields(Policy) if field.name not in held]
    if missing:
        raise OurFault("reference.not_loaded", missing="、".join(missing))
    return _read(held)


def activity_uncertainty(con: Connection, as_of: AsOf = None) -> Mapping[int, Decimal]:
    """Data-quality tier → relative half-width (95 %) of a quantity, where the city set one.

    Nothing is shipped: no text that was read prints a figure for activity data.
    """
    held = settings(con, as_of)
    found = {tier: _share_or_none(held.get(key, '""')) for tier, key in TIER_UNCERTAINTY.items()}
    return {tier: share for tier, share in found.items() if share is not None}


def shipped() -> Policy:
    """The policy with which a new ledger begins."""
    return _read(shipped_policy())


def _read(held: Mapping[str, str]) -> Policy:
    names = [field.name for field in fields(Policy)]
    return Policy(**{name: _READERS[name](held[name]) for name in names})


def settings(con: Connection, as_of: AsOf = None) -> Mapping[str, str]:
    """Key → JSON text of the value in force."""
    return {row["key"]: row["value"] for row in read(con, "settings", as_of_commit(con, as_of))}


def two_persons(con: Connection) -> bool:
    """Whether corrections need a second person."""
    held = settings(con).get(TWO_PERSONS)
    return held is not None and _flag(held)


def set_policy(
    con: Connection, changes: Mapping[str, Any], *, person: str, reason: str
) -> Mapping[str, tuple[str, str]]:
    """Set policy settings; answers key → (old, new) JSON texts of what changed.

    Setting what is already so adds nothing. Raises PolicyFault for an unknown key, for a value
    of the wrong kind and for a missing reason.
    """
    if not reason.strip():
        raise PolicyFault("reference.setting_reason", keys="、".join(changes))
    texts = {key: _text(key, value) for key, value in changes.items()}
    with journal.transaction(con):
        held = settings(con)
        moved = {k: (held.get(k, ""), v) for k, v in texts.items() if held.get(k) != v}
        if moved:
            commit_settings(con, {key: new for key, (_, new) in moved.items()}, person, reason)
    return moved


def value_of(key: str, written: str) -> Any:
    """The value that a person wrote for `key`: as JSON where the setting reads it so (true, 3),
    else as text. What neither reads is answered as it is; `set_policy` then says what is due."""
    reader = _READERS.get(key, _name)
    for text in (written, json.dumps(written)):
        with suppress(ValueError, TypeError, InvalidOperation):
            reader(text)
            return json.loads(text)
    return written


def commit_settings(
    con: Connection, texts: Mapping[str, str], person: str, reason: str
) -> journal.Commit:
    """Add settings (key → JSON text) as one commit of the open transaction."""
    commit_no = journal.next_commit_no(con)
    rows = [{"key": key, "value": value} for key, value in sorted(texts.items())]
    add(con, "reference.setting", commit_no, rows)
    return journal.commit(
        con,
        book="reference",
        kind="policy",
        key=f"reference.setting:{commit_no}",
        body_sha256=journal.body_digest(texts),
        person=person,
        reason=reason,
        facts=dict(texts),
        tables=["reference.setting"],
    )


def shipped_policy() -> Mapping[str, str]:
    """Key → JSON text of the settings with which a new ledger begins."""
    held = files("ledgers.reference.data").joinpath("policy.toml").read_text(encoding="utf-8")
    return {key: _text(key, value) for key, value in tomllib.loads(held).items()}


def missing_settings(con: Connection) -> Mapping[str, str]:
    """The shipped settings that this ledger does not have; LATEST, for it is about writing."""
    held = {row["key"] for row in read(con, "settings", LATEST)}
    return {key: value for key, value in shipped_policy().items() if key not in held}


def _text(key: str, value: Any) -> str:
    """The value as JSON text, proved to be readable again."""
    reader = _READERS.get(key)
    if reader is None:
        raise PolicyFault("reference.setting_unknown", key=key, allowed="、".join(_READERS))
    held = json.dumps(str(value) if isinstance(value, Decimal) else value)
    try:
        reader(held)
    except (ValueError, TypeError, InvalidOperation) as error:
        facts = {"key": key, "seen": value, "allowed": _KINDS[reader]}
        raise PolicyFault("reference.setting_value", **facts) from error
    return held


def _flag(text: str) -> bool:
    value = json.loads(text)
    if not isinstance(value, bool):
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = json.loads(text)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(text)
    return value


def _share(text: str) -> Decimal:
    value = _decimal(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _share_or_none(text: str) -> Decimal | None:
    return None if json.loads(text) == "" else _share(text)


def _ratio(text: str) -> Decimal:
    value = _decimal(text)
    if value <= 1:
        raise ValueError(text)
    return value


def _name(text: str) -> str:
    value = json.loads(text)
    if not isinstance(value, str) or value != value.strip():
        raise ValueError(text)
    return value


def _decimal(text: str) -> Decimal:
    value = json.loads(text)
    # A JSON number would pass through a binary float; settings hold their decimals as text.
    if not isinstance(value, str) or not Decimal(value).is_finite():
        raise ValueError(text)
    return Decimal(value)


TIER_UNCERTAINTY: Mapping[int, str] = {tier: f"activity_uncertainty_{tier}" for tier in range(1, 6)}
"""Data-quality tier (数据质量等级) → the key of its setting; "" takes it back."""

TWO_PERSONS = "two_persons_for_corrections"
"""Whether a reversal or restatement needs a second person; a ledger without the setting says no."""

_READERS: Mapping[str, Callable[[str], Any]] = {
    "partial_posting": _flag,
    "window_months": _count,
    "stock_tolerance": _share,
    "jump_month_ratio": _ratio,
    "jump_year_ratio": _ratio,
    "assume_gas_condition": _flag,
    "default_method": _name,
    TWO_PERSONS: _flag,
    **dict.fromkeys(TIER_UNCERTAINTY.values(), _share_or_none),
}
_KINDS: Mapping[Callable[[str], Any], str] = {
    _flag: "true / false",
    _count: "0, 1, 2, …",
    _share: '"0" … "1"',
    _ratio: '> "1"',
    _name: '"general", …, ""',
    _share_or_none: '"0" … "1", ""',
}
