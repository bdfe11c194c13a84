"""Tables of the city's inventory (城市清单表): by sub-sector, gas, carrier, and against statistics.

What belongs here: one function for each table. What does not: their order (`inventory`), targets
and projections (`inventory_outlook`), and the figures themselves (`ledgers.inventory`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from ledgers.emissions.workings import plain
from ledgers.inventory.balance import carrier_named
from ledgers.inventory.city import Inventory, is_supply
from ledgers.inventory.lines import lines
from ledgers.inventory.reconciliation import Match, Piece
from ledgers.inventory.rollup import equivalent, tonnes
from ledgers.inventory.sectors import SubSector, sub_sectors
from reports.document import Cell, Column, Row, Table, number, percent, text
from reports.words import Words

_ORIGINS = ("ledger", "statistics")


def by_sub_sector(found: Inventory, words: Words) -> Table:
    """Every sub-sector by scope, with where its figures come from; what has no data says so."""
    columns = (
        Column(words("inventory.column.sub_sector"), width=3.2),
        Column(words("inventory.column.scope1"), "right", 1.4),
        Column(words("inventory.column.scope2"), "right", 1.4),
        Column(words("inventory.origin.ledger"), "right", 1.4),
        Column(words("inventory.origin.statistics"), "right", 1.4),
        Column(words("inventory.column.origin"), width=1.5),
    )
    held = found.co2e(lambda p: (p.cell.key.sub_sector, p.cell.key.scope, p.origin))
    rows: list[Row] = []
    sector = ""
    for code, each in sub_sectors().items():
        if each.sector != sector:
            sector = each.sector
            rows.append(Row((text(words(f"inventory.sector.{sector}")),), "group"))
        rows.append(_sub_sector(code, each, held, words))
    rows += _total_rows(found, words)
    note = words("inventory.note.sub_sectors")
    return Table(words("inventory.by_sub_sector"), columns, tuple(rows), note=note)


def _sub_sector(code: str, each: SubSector, held: Mapping[object, Fraction], words: Words) -> Row:
    name = text(f"{code} {each.name(words.lang)}")
    by_scope = [_sum(held, code, scope=scope) for scope in ("1", "2")]
    by_origin = [_sum(held, code, origin=origin) for origin in _ORIGINS]
    origins = [o for o, value in zip(_ORIGINS, by_origin, strict=True) if value is not None]
    if not origins:
        cells = (name, *(text("") for _ in range(4)), text(words("inventory.no_data"), "muted"))
        return Row(cells, "muted")
    said = words("inventory.both" if len(origins) == 2 else f"inventory.origin.{origins[0]}")
    return Row(
        (name, *(number(value, 0, none="") for value in (*by_scope, *by_origin)), text(said))
    )


def _sum(
    held: Mapping[object, Fraction], code: str, scope: str = "", origin: str = ""
) -> Fraction | None:
    values = [
        value
        for key, value in held.items()
        if isinstance(key, tuple)
        and key[0] == code
        and scope in ("", key[1])
        and origin in ("", key[2])
    ]
    return sum(values, Fraction(0)) if values else None


def _total_rows(found: Inventory, words: Words) -> list[Row]:
    own, all_of_it = found.ledger_totals, found.totals
    blank = text("")

    def row(name: str, scope1: Fraction, scope2: Fraction | None, mine: Fraction) -> Row:
        whole = scope1 + (scope2 or 0)
        cells = (
            text(words(f"inventory.total.{name}"), sub=words(f"inventory.total.{name}.what")),
            number(scope1, 0),
            blank if scope2 is None else number(scope2, 0),
            number(mine, 0),
            number(whole - mine, 0),
            number(whole, 0, style="strong"),
        )
        return Row(cells, "total")

    return [
        row("territorial", all_of_it.territorial, None, own.territorial),
        row("induced", all_of_it.scope1, all_of_it.scope2, own.induced),
    ]


def by_gas(found: Inventory, words: Words) -> Table:
    """Each gas by itself, in tonnes and in CO2 equivalent."""
    columns = (
        Column(words("column.gas"), width=2.4),
        Column(words("inventory.column.territorial_t"), "right", 1.6),
        Column("tCO2e", "right", 1.5),
        Column(words("inventory.column.induced_t"), "right", 1.6),
        Column("tCO2e", "right", 1.5),
    )
    inside = [p for p in found.pieces if p.cell.key.scope == "1"]
    caused = [p for p in found.pieces if not is_supply(p)]
    one, other = (_gases(found, pieces) for pieces in (inside, caused))
    rows = tuple(
        Row(
            (
                text(words.gas(measure)),
                *_gas_cells(measure, one, found.gwp),
                *_gas_cells(measure, other, found.gwp),
            )
        )
        for measure in dict.fromkeys((*one, *other))
    )
    blank = text("")
    last = (
        text(words("total")),
        blank,
        number(found.totals.territorial, 0),
        blank,
        number(found.totals.induced, 0),
    )
    note = words("inventory.note.gwp", gwp=found.gwp)
    return Table(words("inventory.by_gas"), columns, (*rows, Row(last, "total")), note=note)


def _gases(found: Inventory, pieces: Iterable[Piece]) -> Mapping[str, int]:
    return found.quanta(lambda piece: "", pieces).get("", {})


def _gas_cells(measure: str, quanta: Mapping[str, int], gwp: str) -> tuple[Cell, Cell]:
    if measure not in quanta:
        return text(""), text("")
    value = quanta[measure]
    digits = 0 if measure in ("CO2", "CO2e") else 3
    return number(tonnes(measure, value), digits), number(equivalent({measure: value}, gwp), 0)


def by_carrier(found: Inventory, words: Words) -> Table:
    """Scope 1 and 2 by carrier and origin, largest first."""
    columns = (
        Column(words("column.carrier"), width=2.4),
        Column(words("column.scope"), width=1.6),
        Column(words("inventory.origin.ledger"), "right", 1.5),
        Column(words("inventory.origin.statistics"), "right", 1.5),
        Column("tCO2e", "right", 1.5),
    )
    held = found.co2e(lambda p: (p.cell.key.carrier, p.cell.key.scope, p.origin))
    sums: dict[tuple[str, str], dict[str, Fraction]] = {}
    for key, value in held.items():
        assert isinstance(key, tuple)
        sums.setdefault((key[0], key[1]), {})[key[2]] = value
    ordered = sorted(sums.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    rows = tuple(
        Row(
            (
                text(carrier_name(carrier, words)),
                text(words.named("scope", scope)),
                *(number(each.get(origin), 0, none="") for origin in _ORIGINS),
                number(sum(each.values()), 0),
            )
        )
        for (carrier, scope), each in ordered
    )
    return Table(words("inventory.by_carrier"), columns, rows, words("inventory.nothing"))


def reconciliation(found: Inventory, words: Words) -> Table:
    """Ledger against statistics by group, scope and carrier."""
    columns = (
        Column(words("column.carrier"), width=1.7),
        Column(words("column.scope"), width=0.8),
        Column(words("inventory.column.unit"), width=1.1),
        Column(words("inventory.column.ledger"), "right", 1.3),
        Column(words("inventory.column.statistics"), "right", 1.3),
        Column(words("inventory.column.difference"), "right", 1.3),
        Column(words("inventory.column.coverage"), "right", 1.1),
        Column(words("inventory.column.remainder"), "right", 1.3),
        Column(words("inventory.column.remark"), width=1.9),
    )
    rows: list[Row] = []
    group = ""
    for match in found.reconciled.matches:
        if match.group != group:
            group = match.group
            rows.append(Row((text(words(f"inventory.group.{group}")),), "group"))
        rows.append(_match(match, words))
    note = words("inventory.note.reconciliation")
    empty = words("inventory.no_balance")
    return Table(words("inventory.reconciliation"), columns, tuple(rows), empty, note)


def _match(match: Match, words: Words) -> Row:
    ledger, statistics = match.ledger, match.statistics
    difference = None
    if match.by == "quantity" and statistics is not None:
        difference = statistics - (ledger or 0)
    coverage = match.coverage
    cells = (
        text(carrier_name(match.carrier, words)),
        text(match.scope),
        text(match.unit),
        number(ledger, 3, none=""),
        number(statistics, 3, none=""),
        number(difference, 3, none=""),
        percent(coverage, 1) if coverage is not None else text("—", "muted"),
        number(tonnes("CO2", match.remainder_co2), 0),
        text(_remark(match, words)),
    )
    return Row(cells)


def _remark(match: Match, words: Words) -> str:
    if match.derived:
        return words("inventory.derived")
    if match.only:
        return words(f"inventory.only.{match.only}")
    if match.exceeds:
        return words("inventory.exceeds")
    if match.by == "emission":
        others = "、".join(f"{plain(q.value)} {q.unit}" for q in match.other_units)
        return words("inventory.by_emission", others=others)
    return ""


def left_out(found: Inventory, words: Words) -> Table:
    """Figures of the balance that are not counted, and why."""
    columns = (
        Column(words("inventory.column.line"), width=2.2),
        Column(words("column.carrier"), width=1.6),
        Column(words("inventory.column.quantity"), "right", 1.3),
        Column(words("inventory.column.unit"), width=1.1),
        Column(words("inventory.column.why"), width=4),
    )
    rows = tuple(
        Row(
            (
                text(lines()[each.line].name(words.lang)),
                text(carrier_name(each.carrier, words)),
                number(each.quantity, 3),
                text(each.unit),
                text(
                    words(f"inventory.treatment.{each.treatment}"),
                    sub=each.note_en if words.lang == "en" else each.note_zh,
                ),
            )
        )
        for each in found.left_out
    )
    return Table(words("inventory.left_out"), columns, rows, words("inventory.nothing_left_out"))


def carrier_name(code: str, words: Words) -> str:
    """A carrier's name; the balance has one that no list of carriers holds."""
    known = words.carrier(code)
    return carrier_named(code).name(words.lang) if known == code == "other_energy" else known
