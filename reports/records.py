"""Reports as JSON: everything exact, in codes and not in words.

What belongs here: the plain form of report values. What does not: which values a report has.
Whole quanta are integers, fractions are decimal texts in tonnes; no number passes through a
binary float. The one float there is on paper, the length of a bar, is not part of a record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from factors.gases import QUANTUM
from ledgers.emissions.books import EditionFacts
from ledgers.emissions.bulletin import Bulletin
from ledgers.emissions.lines import Correction, Line
from ledgers.emissions.pollutants import Figure, PollutantTotal
from ledgers.emissions.spans import Span
from ledgers.emissions.statement import Statement
from ledgers.emissions.sums import Amount
from ledgers.emissions.workings import plain, working
from warehouse.heads import stamp

VERSION = 1
"""Of the shape of these records; it rises when a name changes its meaning."""


def statement_json(found: Statement) -> str:
    """A statement as JSON text."""
    return _text("emission-statement", found)


def bulletin_json(found: Bulletin) -> str:
    """A bulletin as JSON text."""
    return _text("city-bulletin", found)


def _text(kind: str, found: Statement | Bulletin) -> str:
    """The record with one line for each item of its lists, which is quick to write, to compare
    and to search."""
    label = "合成数据" if found.synthetic else ""
    record = {"kind": kind, "version": VERSION, "label": label, **record_of(found)}
    if isinstance(found, Statement):
        record["resolutions"] = _resolutions(found)
        record["uncertainty_of"] = _uncertainties(found)
    parts = (f"{json.dumps(key)}: {_value(item)}" for key, item in record.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(item: Any) -> str:
    if isinstance(item, list) and item:
        return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in item) + "\n]"
    return json.dumps(item, ensure_ascii=False)


def _resolutions(found: Statement) -> list[Any]:
    """How the cases behind the lines were resolved, each once."""
    lines = [*found.lines]
    for item in found.corrections:
        lines += (*item.originals, *item.reversals, *item.replacements)
    held = {line.resolution.resolution_id: line.resolution for line in lines}
    return [record_of(held[number]) for number in sorted(held)]


def _uncertainties(found: Statement) -> list[dict[str, Any]]:
    """The relative uncertainty (95 %) of an entry by how it was resolved and by its tier."""
    return [
        {"resolution_id": number, "tier": tier, "relative": record_of(relative)}
        for (number, tier), relative in sorted(found.uncertainty_of.items())
    ]


def record_of(value: Any) -> Any:
    """The JSON form of a report value."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | Fraction):
        return plain(value)
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): record_of(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [record_of(item) for item in value]
    return _dataclass(value)


def _dataclass(value: Any) -> dict[str, Any]:
    if isinstance(value, Span):
        return {"text": value.text, "first": value.first, "last": value.last}
    if isinstance(value, Amount):
        return _amount(value)
    if isinstance(value, Line):
        return _line(value)
    if isinstance(value, Correction):
        return _correction(value)
    if isinstance(value, Figure | PollutantTotal):
        return _pollutant(value)
    if not is_dataclass(value):
        raise TypeError(f"no JSON form for {type(value).__name__}")
    # Of a method edition the text that it rests on; its methods are on the lines that used them.
    apart = ("methods",) if isinstance(value, EditionFacts) else ()
    names = (field.name for field in fields(value) if field.name not in apart)
    return {name: record_of(getattr(value, name)) for name in names}


def _amount(value: Amount) -> dict[str, Any]:
    return {
        "measure": value.measure,
        "quanta": value.quanta,
        "quantum": QUANTUM[value.measure].unit,
        "t": plain(value.tonnes),
    }


def _pollutant(value: Figure | PollutantTotal) -> dict[str, Any]:
    held = {field.name: record_of(getattr(value, field.name)) for field in fields(value)}
    return held | {"t": record_of(value.tonnes)}


def _correction(value: Correction) -> dict[str, Any]:
    first = value.first
    held = {field.name: record_of(getattr(value, field.name)) for field in fields(value)}
    return held | {"measure": first.resolution.measure, "difference": value.difference}


def _line(line: Line) -> dict[str, Any]:
    apart = ("resolution", "proof", "value")
    held = {
        field.name: record_of(getattr(line, field.name))
        for field in fields(line)
        if field.name not in apart
    }
    made, resolution = working(line), line.resolution
    return {
        **held,
        **_amount(Amount(resolution.measure, line.value)),
        "scope": resolution.scope,
        "category": resolution.category,
        "resolution_id": resolution.resolution_id,
        "formula": made.formula,
        "working": made.equation,
        "conversions": [item.text for item in made.conversions],
        "condition_assumed": line.proof.condition_assumed,
    }
