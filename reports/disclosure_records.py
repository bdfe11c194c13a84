"""Green-finance disclosures as JSON (机读披露): concept codes, exact values, the records behind.

What belongs here: the plain form of the reports. What does not: which values they have. Concept
codes are `tanzhang-gf:` and a name; a fraction that does not end is numerator and denominator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledgers.green_finance.bonds import BondReport
from ledgers.green_finance.carbon_loans import Line
from ledgers.green_finance.disclosures import BankReport, Category, CityReport
from ledgers.green_finance.exposures import Exposure
from ledgers.green_finance.financed import STANDINGS, Total

VERSION = 1
_PREFIX = "tanzhang-gf:"


def bank_json(found: BankReport) -> str:
    """A bank's report as JSON text; the same values give the same bytes."""
    record = {
        **_head("bank", found),
        "institution": {
            "id": found.institution.institution_id,
            "name": found.institution.name,
            "kind": found.institution.kind,
        },
        "statistics": [_category(each) for each in found.categories],
        "evaluation": {_PREFIX + name: _number(value) for name, value in found.evaluation.items()},
        "carbon_reduction_loans": {name: _line(each) for name, each in found.support.items()},
        "financed_emissions": [_total(each) for each in (found.pcaf, found.pboc) if each],
        "open_checks": [[w.warning, w.rule, w.subject] for w in found.open],
    }
    return _text(record)


def city_json(found: CityReport) -> str:
    """The city's report as JSON text."""
    record = {
        **_head("city", found),
        "balances": [
            {"edition": e, "category": c, "kind": k, "balance": str(b), "instruments": n}
            for (e, c, k), (b, n) in found.by_category.items()
        ],
        "bridge": [
            {"edition": e, "category": c, "kind": k, "to": to or None, "balance": str(b)}
            for (e, c, k, to), b in found.bridge.items()
        ],
        "benefits": {
            _PREFIX + name: {"gross": _number(a), "claimed": _number(b), "expected": _number(c)}
            for name, (a, b, c) in found.benefits.items()
        },
        "financed_emissions": [
            {"industry": industry, **_total(each)}
            for held in (found.pcaf, found.pboc)
            for industry, each in held.items()
        ],
        "open_checks": [[w.warning, w.institution_id, w.rule, w.subject] for w in found.open],
        "records": [_record(each) for each in found.held],
    }
    return _text(record)


def _head(kind: str, found: BankReport | BondReport | CityReport) -> dict[str, Any]:
    return {
        "kind": f"green-finance-{kind}",
        "version": VERSION,
        "label": "合成数据" if found.synthetic else "",
        "as_of": found.as_of.isoformat(),
        "editions": {name: extent or "complete" for name, extent in found.editions.items()},
    }


def _category(each: Category) -> dict[str, Any]:
    return {
        "edition": each.edition,
        "code": each.code,
        _PREFIX + "greenBalance": str(each.balance),
        **{_PREFIX + name + "Balance": str(value) for name, value in each.classes.items()},
        **{_PREFIX + name: _number(value) for name, value in each.benefits.items()},
        _PREFIX + "bondBalance": str(each.bonds),
        _PREFIX + "billBalance": str(each.bills),
        _PREFIX + "creditBalance": str(each.credits),
        "records": [_record(record) for record in each.records],
    }


def _record(each: Exposure) -> dict[str, Any]:
    return {
        "institution": each.institution_id,
        "number": each.business_no,
        "balance": str(each.balance),
        "code": each.code,
        "from": [each.package, each.sheet, each.row_no],
    }


def _line(each: Line) -> dict[str, Any]:
    return {
        "projects": each.projects,
        "amount_10k_cny": _number(each.amount),
        "rate_percent": _number(each.rate),
        "reduction_t": _number(each.reduction),
    }


def _total(each: Total) -> dict[str, Any]:
    return {
        "method": each.method,
        "standing": STANDINGS[each.method],
        "emissions_tco2e": _number(each.emissions),
        "coverage": _number(each.coverage),
        "score": _number(each.score),
        "scope3_tco2e": _number(each.scope3),
        "scope3_score": _number(each.scope3_score),
        "removals_t": _number(each.removals),
        "credits_retired_t": _number(each.retired),
        "credits_generated_t": _number(each.generated),
        "positions": each.positions,
        "covered": each.covered,
    }


def _number(value: Fraction | Decimal | None) -> str | None:
    if value is None:
        return None
    exact = Fraction(value)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{exact.numerator}/{exact.denominator}"
    digits = 0
    while (exact * 10**digits).denominator != 1:
        digits += 1
    whole = abs(int(exact * 10**digits))
    plain = f"{whole:0{digits + 1}d}"
    shown = f"{plain[:-digits]}.{plain[-digits:]}" if digits else plain
    return f"-{shown}" if exact < 0 else shown


def _text(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def bond_json(found: BondReport) -> str:
    """A bond in life as JSON text."""
    record = {
        **_head("bond", found),
        "bond": _record(found.bond),
        "issuer": found.issuer,
        "tags": [[tag.edition, tag.code, tag.legal, tag.person] for tag in found.tags],
        "proceeds": {
            "amount": str(found.bond.amount),
            "placed": str(found.placed),
            "spent": str(found.spent),
            "idle": str(found.idle),
        },
        "uses": [
            {
                "use": each.use,
                "project": each.project_key,
                "code": each.code,
                "allocated": str(each.allocated),
                "spent": str(each.spent),
                "as_of": each.as_of.isoformat(),
                "from": [each.package, each.sheet, each.row_no],
            }
            for each in found.uses
        ],
        "benefits": {_PREFIX + name: _number(value) for name, value in found.benefits.items()},
        "expected": {_PREFIX + name: _number(value) for name, value in found.expected.items()},
        "open_checks": [[w.warning, w.rule, w.subject] for w in found.open],
    }
    return _text(record)
