"""The calculation (核算): rows joined to kernels in one statement, exact to the quantum.

What belongs here: kernels as a table, the statement, and integers for the few rows that the
statement leaves open. What does not: which kernel a row has (`cases`), and the check of entries
(`verification`), which shares no arithmetic with this module.

A kernel is an exact fraction times a product of (raw column + offset). The statement computes it
in DOUBLE. With u = 2^-53 every rounding is within u of its result; DuckDB's cast of a
DECIMAL(38,12) takes at most 8 of them, the kernel's own constant one, each product one. A term
with an offset is used only where |p + o| ≥ (|p| + |o|)/4, so what p and o lost weighs at most
four times. Hence |q − exact| ≤ slack × |q|, with slack a number of the kernel. A row is settled
by the double when q is farther than slack × |q| from the nearest half (and 1e-6 for good
measure); then both lie on the same side and rounding the double is rounding the exact value.
All others are settled in integers, (2·|N| + D) // (2·D): most of them lie exactly on a half, which
is common where a factor has a five at its end and quantities have few decimals (1.6 % of two
million made-up rows). Where the quantity alone is multiplied the statement does it in HUGEINT; a
result that overflows there, and every other kernel, is computed here in Python integers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.proof import Kernel
from factors.quantities import round_quanta
from ledgers.emissions.activity import MEASURED
from ledgers.emissions.workspace import append, rows, run
from warehouse.connect import Connection

COLUMNS = ("quantity", *MEASURED)
"""The raw columns that a kernel may multiply, in the order of the table `kernel`."""

SCALE = 10**12
"""A raw number is an integer of 10^-12."""

GREATEST = 2**63 - 1
_LONGEST = 10**30
_ROUNDING = 2.0**-53
_SMALLEST_NORMAL = 2.0**-1022
_CAST, _AFFINE = 8, 4 * (8 + 1) + 1


@dataclass(frozen=True, slots=True)
class CaseKernel:
    """A kernel as it stands in the table: of which case, resolution and proof, and by how much
    it lowers the tier of its rows."""

    case_id: int
    resolution_id: int
    proof_id: int
    kernel: Kernel
    lowered: int = 0


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A result beyond the 64-bit integers of a ledger entry, with the activity that gives it."""

    activity_commit: int
    activity_ordinal: int
    quanta: int


def calculate(con: Connection, kernels: Sequence[CaseKernel]) -> tuple[TooLarge, ...]:
    """Fill the temp table `calculated` from the view `keyed` and the table `found_case`.

    Answers the results that no entry can hold; their value stays NULL and the caller refuses
    their rows.
    """
    run(con, "macro_term")
    load_kernels(con, kernels)
    run(con, "calculate")
    return _settle(con, {item.proof_id: item.kernel for item in kernels})


def load_kernels(con: Connection, kernels: Sequence[CaseKernel]) -> None:
    """The temp table `kernel`, one row a kernel."""
    run(con, "table_kernel")
    if kernels:
        columns = [list(column) for column in zip(*map(_row, kernels), strict=True)]
        given = [(name, kind) for name, kind, *_ in con.execute("DESCRIBE kernel").fetchall()]
        append(con, "kernel", dict(zip(given, columns, strict=True)))


def exact_quanta(kernel: Kernel, raw: Mapping[str, str | None]) -> int:
    """The value of `kernel` at the raw numbers as printed (at most 12 decimals), in whole
    quanta, rounded once, half away from zero."""
    numerator, denominator = kernel.constant.numerator, kernel.constant.denominator
    for column, offset in kernel.terms:
        numerator *= _mantissa(raw[column]) * offset.denominator + offset.numerator * SCALE
        denominator *= SCALE * offset.denominator
    return round_quanta(numerator, denominator)


def slack(kernel: Kernel) -> float:
    """A bound of the relative error of the kernel computed in DOUBLE; see the module."""
    constant = approximation(kernel.constant)
    if kernel.constant and not _SMALLEST_NORMAL <= abs(constant) < math.inf:
        return math.inf
    if not all(math.isfinite(approximation(offset)) for _, offset in kernel.terms):
        return math.inf
    weight = 2 + sum(1 + (_AFFINE if offset else _CAST) for _, offset in kernel.terms)
    return weight * _ROUNDING


def approximation(value: Fraction) -> float:
    """The nearest double; infinite where there is none."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return math.inf


def _row(item: CaseKernel) -> tuple[Any, ...]:
    offsets = dict(item.kernel.terms)
    plain = len(offsets) == 1 and offsets.get("quantity") == 0
    return (
        item.case_id,
        item.resolution_id,
        item.proof_id,
        approximation(item.kernel.constant),
        slack(item.kernel),
        plain,
        item.lowered,
        *(_whole_terms(item.kernel.constant) if plain else (None, None)),
        *(approximation(offsets[name]) if name in offsets else None for name in COLUMNS),
    )


def _whole_terms(constant: Fraction) -> tuple[int, int] | tuple[None, None]:
    """The constant for a quantity counted in 10^-12, as whole numbers short enough for HUGEINT."""
    scaled = constant / SCALE
    if max(abs(scaled.numerator), scaled.denominator) > _LONGEST:
        return None, None
    return scaled.numerator, scaled.denominator


def _settle(con: Connection, kernels: Mapping[int, Kernel]) -> tuple[TooLarge, ...]:
    fitting: list[tuple[int, int, int, int]] = []
    beyond: list[TooLarge] = []
    for commit_no, ordinal, proof_id, *texts in rows(con, "select_inexact"):
        quanta = exact_quanta(kernels[proof_id], dict(zip(COLUMNS, texts, strict=True)))
        if abs(quanta) <= GREATEST:
            fitting.append((commit_no, ordinal, proof_id, quanta))
        else:
            beyond.append(TooLarge(commit_no, ordinal, quanta))
    _fill(con, fitting)
    return tuple(beyond)


def _fill(con: Connection, values: Iterable[tuple[int, int, int, int]]) -> None:
    columns = list(zip(*values, strict=True))
    if columns:
        names = ("commits", "ordinals", "proofs", "values")
        lists = {name: list(column) for name, column in zip(names, columns, strict=True)}
        run(con, "fill_exact", **lists)


def _mantissa(text: str | None) -> int:
    assert text is not None, "a kernel uses only columns that its case has measured"
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(12, "0"))
