"""Tables of totals that statements and bulletins share (合计表).

What belongs here: totals of one basis by scope, gas, carrier or month, energy, tiers. What does
not: the totals themselves (`ledgers.emissions`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ledgers.emissions.statement import Basis
from ledgers.emissions.sums import Total
from reports.document import Cell, Column, Facts, Row, Table, number, percent, text
from reports.words import Words

GAS_DIGITS = {"CO2": 2, "CO2e": 2}
"""Decimals of a gas in tonnes; the others are small and get six."""


def basis_facts(item: Basis, words: Words) -> Facts:
    """What a basis rests on: edition, text, boundary, standing, warming potentials."""
    facts = item.facts
    document = facts.document or "—"
    clause = facts.clause or words("source.no_clause")
    pairs = [
        (words("basis.edition"), text(item.method_edition, "mono")),
        (words("basis.document"), text(f"{document} · {clause}")),
        (words("basis.boundary"), text(words.named("boundary", item.boundary))),
        (words("basis.standing"), text(words.named("standing", facts.standing))),
    ]
    if item.gwp:
        pairs.append((words("basis.gwp"), text(f"IPCC {item.gwp}")))
    return Facts("", tuple(pairs))


def by_category(item: Basis, words: Words) -> Table:
    """By scope and category, each with its share."""
    columns = (
        Column(words("column.scope"), width=1.6),
        Column(words("column.category"), width=1.6),
        Column(words("column.entries"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.2),
    )
    rows = []
    for each in item.by_category:
        scope, _, category = each.key.partition("/")
        rows.append(
            Row(
                (
                    text(words.named("scope", scope)),
                    text(words.named("category", category)),
                    number(each.entries, 0),
                    number(each.co2e),
                    shared(each.co2e, item.total.co2e),
                )
            )
        )
    total = item.total
    last = (text(words("total")), text(""), number(total.entries, 0), number(total.co2e), text(""))
    return Table(words("basis.by_scope"), columns, (*rows, Row(last, "total")))


def by_gas(item: Basis, words: Words) -> Table:
    """By gas: its mass, its potential, its CO2 equivalent."""
    columns = (
        Column(words("column.gas"), width=2),
        Column(words("column.tonnes"), "right", 1.6),
        Column(words("column.gwp"), "right", 1),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.2),
    )
    rows = []
    for each in item.by_gas:
        for gas in each.gases:
            potential = each.co2e / gas.tonnes if gas.tonnes else None
            rows.append(
                Row(
                    (
                        text(words.gas(gas.measure)),
                        number(gas.tonnes, GAS_DIGITS.get(gas.measure, 6)),
                        number(potential, 0 if potential and potential.denominator == 1 else 1),
                        number(each.co2e),
                        shared(each.co2e, item.total.co2e),
                    )
                )
            )
    last = (text(words("total")), text(""), text(""), number(item.total.co2e), text(""))
    return Table(
        words("basis.by_gas"),
        columns,
        (*rows, Row(last, "total")),
        note=words("basis.gwp_note", edition=item.gwp) if item.gwp else "",
    )


def totals_table(
    by: Sequence[Total],
    whole: Total,
    titles: tuple[str, str],
    name: Callable[[str], str],
    words: Words,
) -> Table:
    """Totals of one key each, with their share of the whole drawn as bars. `titles`: of
    the table and of the column of keys."""
    columns = (
        Column(titles[1], width=2.2),
        Column(words("column.entries"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share"), "right", 1.4),
    )
    rows = [
        Row(
            (
                text(name(each.key)),
                number(each.entries, 0),
                number(each.co2e),
                shared(each.co2e, whole.co2e),
            )
        )
        for each in by
    ]
    last = (text(words("total")), number(whole.entries, 0), number(whole.co2e), text(""))
    return Table(titles[0], columns, (*rows, Row(last, "total")))


def shared(part: Fraction, whole: Fraction) -> Cell:
    """The share of a total with its bar; a deduction has none."""
    if whole <= 0:
        return text("—", "muted")
    found = percent(part, whole)
    share = float(Fraction(part) / Fraction(whole))
    return Cell(found.text, found.value, found.digits, max(0.0, min(share, 1.0)))


def memo(item: Basis, words: Words) -> Table:
    """What the method shows outside the total."""
    columns = (
        Column(words("column.method"), width=3),
        Column(words("column.entries"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
    )
    rows = []
    for each in item.memo:
        method = item.facts.methods.get(each.key)
        title = method and (method.title_en if words.lang == "en" else method.title_zh)
        rows.append(Row((text(title or each.key), number(each.entries, 0), number(each.co2e))))
    return Table(words("basis.memo"), columns, tuple(rows), note=words("basis.memo_note"))


def energy(item: Basis, words: Words) -> Table:
    """Comprehensive energy by carrier, at both values."""
    columns = (
        Column(words("column.carrier"), width=2.2),
        Column(words("column.entries"), "right", 0.8),
        Column(words("column.equivalent"), "right", 1.4),
        Column(words("column.equal"), "right", 1.4),
    )
    rows = [
        Row(
            (
                text(words.carrier(each.key)),
                number(each.entries, 0),
                number(each.equivalent.tonnes if each.equivalent else None),
                number(each.equal.tonnes if each.equal else None),
            )
        )
        for each in item.energy_by_carrier
    ]
    whole = item.energy
    last = (
        text(words("total")),
        number(whole.entries, 0),
        number(whole.equivalent.tonnes if whole.equivalent else None),
        number(whole.equal.tonnes if whole.equal else None),
    )
    return Table(
        words("energy.title"), columns, (*rows, Row(last, "total")), note=words("energy.note")
    )


def tiers(item: Basis, words: Words) -> Table:
    """Entries and tonnes by data-quality tier."""
    columns = (
        Column(words("column.tier"), width=2.6),
        Column(words("column.entries"), "right", 0.8),
        Column("tCO2e", "right", 1.4),
        Column(words("column.share_entries"), "right", 1.4),
    )
    entries = sum(each.entries for each in item.tiers)
    rows = tuple(
        Row(
            (
                text(words.named("tier", str(each.tier))),
                number(each.entries, 0),
                number(each.co2e if item.total.entries else None),
                shared(Fraction(each.entries), Fraction(entries)),
            )
        )
        for each in item.tiers
    )
    return Table(words("basis.tiers"), columns, rows)
