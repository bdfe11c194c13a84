"""One entry back to where it comes from (账目说明).

What belongs here: the account of one ledger line: source row, raw quantity, factors, formula with
numbers put in, unit conversions, the exact value and its rounding, who posted it and when. What
does not: the formula in words (`workings`), lines of statements (`lines`), laying it out (doors).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from factors.gases import QUANTUM
from factors.messages import text as message
from ledgers import journal
from ledgers.emissions.lines import Line, Parameter, read_line
from ledgers.emissions.polynomials import SCALE, polynomial
from ledgers.emissions.reversal import EntryUnknown, entry_key
from ledgers.emissions.workings import Working, plain, working
from ledgers.emissions.workspace import rows
from warehouse.connect import Connection


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry with its working and the commit that posted it.

    `exact` is the value in quanta before the one rounding, from the printed formula, parameters
    and multipliers; None for a reversal, which negates a posted value and is not computed.
    """

    line: Line
    working: Working
    exact: Fraction | None
    commit: journal.Commit

    @property
    def quantum(self) -> str:
        """The unit of one quantum."""
        return QUANTUM[self.line.resolution.measure].unit

    def text(self, lang: str = "zh") -> str:
        """The account in words, a line a fact."""
        return "\n".join(self._lines(lang))

    def as_json(self) -> dict[str, Any]:
        """The account as JSON values; numbers are text, so that no reader rounds them."""
        line, found = self.line, self.line.resolution
        return {
            "entry": line.entry_id,
            "status": line.status,
            "kind": line.kind,
            "cause": line.cause,
            "reverses": line.reverses_id,
            "reversed_by": line.reversed_by,
            "month": line.month,
            "enterprise_id": line.enterprise_id,
            "measure": found.measure,
            "scope": found.scope,
            "category": found.category,
            "boundary": found.boundary,
            "value": str(line.value),
            "quantum": self.quantum,
            "exact": "" if self.exact is None else str(self.exact),
            "tier": line.tier,
            "source": {
                "sha256": line.origin.source,
                "name": line.origin.name,
                "sheet": line.origin.sheet,
                "row": line.origin.row_no,
                "row_last": line.origin.row_last,
                "rows": line.origin.rows,
            },
            "quantity_text": line.quantity_text,
            "quantity": plain(line.quantity),
            "unit": line.unit,
            "method_edition": found.method_edition,
            "method": found.method,
            "formula": self.working.formula,
            "working": self.working.equation,
            "conversions": [item.text for item in self.working.conversions],
            "parameters": [_fields(item) for item in found.parameters],
            "notes": dict(found.notes),
            "commit": {
                "number": self.commit.commit_no,
                "hash": self.commit.hash,
                "person": self.commit.person,
                "reason": self.commit.reason,
                "recorded_at": self.commit.recorded_at.isoformat(),
            },
        }

    def _lines(self, lang: str) -> Iterator[str]:
        line, found = self.line, self.line.resolution
        facts: dict[str, Any] = {**self._facts(), **self._source()}
        yield message("explain.entry", lang, facts)
        yield message("explain.source", lang, facts)
        if line.origin.rows > 1:
            yield message("explain.readings", lang, facts)
        if line.bill is not None:
            bill = {"quantity": plain(line.bill.quantity), "unit": line.unit}
            bill |= {"start": str(line.bill.start), "end": str(line.bill.end)}
            yield message("explain.bill", lang, bill)
        yield message("explain.method", lang, facts)
        yield f"  {self.working.equation}"
        for conversion in self.working.conversions:
            yield f"  {conversion.text}"
        for parameter in found.parameters:
            if parameter.origin == "factor":
                yield _factor(parameter, lang)
        for note in found.notes.get(lang, ()):
            yield f"  {note}"
        yield message("explain.value" if self.exact is not None else "explain.negated", lang, facts)
        yield message("explain.posted", lang, facts)

    def _facts(self) -> dict[str, Any]:
        line, found = self.line, self.line.resolution
        return {
            "entry": line.entry_id,
            "enterprise": line.enterprise_id,
            "month": line.month,
            "measure": found.measure,
            "value": line.value,
            "quantum": self.quantum,
            "exact": "" if self.exact is None else plain(self.exact),
            "edition": found.method_edition,
            "method": found.method,
            "formula": found.formula,
            "reverses": line.reverses_id,
            "tier": line.tier,
            "commit": self.commit.commit_no,
            "person": self.commit.person,
            "recorded_at": f"{self.commit.recorded_at:%Y-%m-%d %H:%M:%S}",
            "hash": self.commit.hash,
        }

    def _source(self) -> dict[str, Any]:
        line = self.line
        return {
            "file": line.origin.name or line.origin.source[:12],
            "source": line.origin.source,
            "sheet": line.origin.sheet or "-",
            "row": line.origin.row_no,
            "row_last": line.origin.row_last,
            "rows": line.origin.rows,
            "quantity": line.quantity_text,
            "unit": line.unit,
            "carrier": line.carrier_text or line.carrier,
            "flow": line.flow,
        }


def explain(con: Connection, entry: str) -> Explanation:
    """The account of the entry named '<commit>-<ordinal>'. Raises EntryUnknown."""
    commit_no, ordinal = entry_key(entry)
    line = read_line(con, commit_no, ordinal)
    if line is None:
        raise EntryUnknown("emissions.entry_unknown", entry=entry)
    ((key,),) = con.execute(
        "SELECT key FROM journal.commit WHERE commit_no = ?", [commit_no]
    ).fetchall()
    commit = journal.find_commit(con, key)
    assert commit is not None
    exact = None if line.status == "reversal" else _exact(con, line)
    return Explanation(line, working(line), exact, commit)


def _exact(con: Connection, line: Line) -> Fraction:
    ((formula, sign, parameters, multipliers),) = rows(con, "printed", proof=line.proof.proof_id)
    found = polynomial(formula, sign, parameters, multipliers)
    raw = {"quantity": line.quantity} | {name: value for name, value, _ in line.measured}
    total = Fraction(0)
    for coefficient, names in found.terms:
        part = Fraction(coefficient)
        for name in names:
            part *= Fraction(raw[name]) * SCALE
        total += part
    return total / found.denominator


def _factor(parameter: Parameter, lang: str) -> str:
    facts = {
        "name": parameter.name,
        "value": parameter.value,
        "unit": parameter.unit,
        "cited": message("explain.separator", lang, {}).join(_cited(parameter, lang)),
        "note": parameter.note_en if lang == "en" else parameter.note_zh,
    }
    return message("explain.factor", lang, facts).rstrip()


def _cited(parameter: Parameter, lang: str) -> Iterator[str]:
    """Where the value stands, as far as it is known."""
    titled = {"document": parameter.document}
    document = message("explain.document", lang, titled) if parameter.document else ""
    clause = parameter.clause or message("explain.no_clause", lang, {})
    standing = message(f"explain.standing.{parameter.standing}", lang, {})
    parts = (parameter.key, parameter.publisher, document, parameter.table, clause, standing)
    return (part for part in parts if part)


def _fields(parameter: Parameter) -> dict[str, str]:
    fields = Parameter.__dataclass_fields__
    return {name: text for name in fields if (text := getattr(parameter, name))}
