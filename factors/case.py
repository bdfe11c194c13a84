"""A case and what it resolves to (情形与取值): the values that pass between the rooms.

What belongs here: `Case`, `Note`, `ResolvedParameter`, `Resolved`. What does not: the choice of
methods and factors (`resolution.py`), values that are computed first (`derivation.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from factors.catalogue import Factor
from factors.messages import text as message
from factors.methods import NOTHING, Method


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that a line of the statement carries; `text` words it."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    def text(self, lang: str = "zh") -> str:
        """The remark in `lang`."""
        return message(self.code, lang, dict(self.facts))

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Case:
    """What a resolution depends on. `edition` is a method edition or a family of them.

    `sector` is a sector of the factor tables or an industry code of GB/T 4754. `measured` are the
    measured columns of the row. `basis` is `quantity_basis` of its unit; '' leaves it open until
    the proof. `flows_beside` are the flows that the enterprise sent for the same carrier and month,
    its own included; empty, the row stands alone. `values` are (column, number, unit as written)
    of measured columns whose number decides, not only its presence; in them a bare cubic metre
    means `gas_condition`.
    """

    edition: str
    carrier: str
    flow: str
    period_start: date
    period_end: date
    recorded_on: date
    region: str = "CN"
    sector: str = ""
    enterprise_id: str = ""
    facility: str = ""
    measured: frozenset[str] = NOTHING
    basis: str = ""
    flows_beside: frozenset[str] = NOTHING
    carrier_kind: str = ""
    values: tuple[tuple[str, str, str], ...] = ()
    gas_condition: str = ""

    def value_of(self, column: str) -> tuple[Fraction, str] | None:
        """The number of a measured column and its unit as written; None where it is not known."""
        for name, number, unit in self.values:
            if name == column:
                return Fraction(number), unit
        return None


@dataclass(frozen=True, slots=True)
class ResolvedParameter:
    """A parameter with where its value comes from.

    'measured' (and 'activity', the quantity itself): the row's column `name`, `value` None.
    'factor': `value` in `unit` of `factor`. 'computed': `value` in `unit`, from other measured
    columns (enthalpy). 'product': of other parameters, `value` (or `exact` where it does not end
    as a decimal) in the canonical unit, rounded as prescribed. 'constant': `exact` in the
    canonical unit.
    """

    name: str
    origin: Literal["activity", "measured", "factor", "computed", "product", "constant"]
    unit: str = ""
    value: Decimal | None = None
    exact: Fraction | None = None
    factor: Factor | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """One method of a case with all its parameters; `sign` is -1 for a flow that is deducted,
    `notes` are remarks for the statement line."""

    method: Method
    parameters: tuple[ResolvedParameter, ...]
    notes: tuple[Note, ...] = field(default=())
    sign: int = 1

    def parameter(self, name: str) -> ResolvedParameter:
        """The resolved parameter of that name."""
        return next(item for item in self.parameters if item.name == name)
