"""One row through resolution, proof and kernel, for the second reading; 合成数据 (synthetic).

`quanta` is the tests' own rounding: nothing of the product's arithmetic makes an expected value.
Quanta are grams of CO2, milligrams of CH4, micrograms of N2O, CF4, C2F6 and SF6, grams of standard
coal.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from factors.editions import read_edition_rows, shipped_catalogue
from factors.methods import load_method_editions
from factors.proof import kernel, prove
from factors.resolution import Case, quantity_basis, resolve_case

EDITIONS = load_method_editions()
CO2_PER_C = Fraction(44, 12)
GRAMS, MILLIGRAMS, MICROGRAMS = 10**6, 10**9, 10**12
Y2021: dict[str, Any] = {"period_start": date(2021, 3, 1), "period_end": date(2021, 3, 31)}
Y2024: dict[str, Any] = {
    "period_start": date(2024, 5, 1),
    "period_end": date(2024, 5, 31),
    "recorded_on": date(2026, 1, 15),
}
Y2026: dict[str, Any] = {
    "period_start": date(2026, 8, 1),
    "period_end": date(2026, 8, 31),
    "recorded_on": date(2026, 9, 10),
}


def quanta(exact: Fraction, per_tonne: int = GRAMS) -> int:
    """Tonnes as whole quanta, half away from zero, without the product's rounding."""
    size = abs(exact) * per_tonne * 2 + 1
    return int(size // 2) * (-1 if exact < 0 else 1)


def book(
    edition: str,
    carrier: str,
    flow: str,
    quantity: str,
    unit: str,
    *,
    measured: Mapping[str, tuple[str, str]] | None = None,
    own: tuple[tuple[str, str, str, str], ...] = (),
    beside: tuple[str, ...] = (),
    basis: str = "",
    condition: str = "",
    **changes: Any,
) -> dict[str, int]:
    """What one row comes to: method → quanta. `own` are (carrier, parameter, value, unit)."""
    held = measured or {}
    given: dict[str, Any] = {
        "period_start": date(2025, 3, 1),
        "period_end": date(2025, 3, 31),
        "recorded_on": date(2026, 2, 1),
    }
    given |= changes
    rows = [
        {
            "edition": "own-second",
            "publisher": "合成",
            "document": "合成数据 (synthetic)",
            "evidence": "合成数据 (synthetic)",
            "carrier": of,
            "parameter": parameter,
            "value": value,
            "unit": of_unit,
            "region": str(given.get("region", "CN")),
            "table": "own",
            "enterprise_id": "合成企业",
        }
        for of, parameter, value, of_unit in own
    ]
    case = Case(
        edition,
        carrier,
        flow,
        measured=frozenset(held),
        basis=quantity_basis(unit, condition),
        flows_beside=frozenset(beside or (flow,)),
        values=tuple((name, number, text) for name, (number, text) in held.items()),
        gas_condition=condition,
        enterprise_id="合成企业",
        **given,
    )
    catalogue = shipped_catalogue().with_factors(read_edition_rows(rows))
    written = {"quantity": unit} | {name: text for name, (_, text) in held.items()}
    raw = {"quantity": quantity} | {name: number for name, (number, _) in held.items()}
    return {
        item.method.method_id: kernel(item, prove(item, written, basis, condition)).quanta(raw)
        for item in resolve_case(case, EDITIONS, catalogue)
    }
