"""`factors diff`: which rows of two editions moved, and what that does to what is booked.

What belongs here: how the answer is printed. What does not: the comparison
(`ledgers.reference.differences`) and its effect (`ledgers.emissions.effects`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from factors.messages import text as message
from portal.cli.door import AsJson, door
from portal.cli.output import print_json, print_line, print_table

if TYPE_CHECKING:
    from factors.catalogue import Factor
    from ledgers.emissions.effects import Effects
    from ledgers.reference.differences import Difference, Moved

SHOWN = 200
Side = Annotated[str, typer.Argument(help="版本、版本:第几版，或电力因子年份 / edition or year")]


def diff(
    context: typer.Context,
    old: Side,
    new: Side,
    until: Annotated[
        str, typer.Option(help="影响算到哪个月，默认最后入账月 / last month of the effect")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """两个版本差在哪里，对各企业近十二个月的影响 / what moved, and its effect on a year"""
    from ledgers.emissions.effects import effects
    from ledgers.emissions.preparation import month_days
    from ledgers.reference.differences import difference, read_side
    from warehouse.connect import reader

    at = door(context)
    if until:
        month_days(until)
    with reader(at.home, purpose="factors diff", person=at.person) as reading:
        found = difference(read_side(reading.con, old), read_side(reading.con, new))
        effect = effects(reading.con, found, until=until)
    if as_json:
        print_json(record(found, effect))
        return
    _print_moved(found, at.lang)
    _print_effect(found, effect, at.lang)


def record(found: Difference, effect: Effects) -> dict[str, Any]:
    """The whole answer with every number exact: decimals and fractions as text, quanta whole."""
    from ledgers.emissions.workings import plain

    return {
        "old": found.old.name,
        "new": found.new.name,
        "paired": len(found.pairs),
        "moved": [
            {
                "fields": item.fields,
                "old": item.old,
                "new": item.new,
                "percent": None if item.percent is None else plain(item.percent),
            }
            for item in found.moved
        ],
        "months": list(effect.span.months) if effect.span else [],
        "activities": effect.activities,
        "enterprises": [
            {
                "enterprise_id": each.enterprise_id,
                "method_edition": each.method_edition,
                "boundary": each.boundary,
                "gwp_edition": each.gwp_edition,
                "booked_tco2e": plain(each.booked),
                "before_tco2e": plain(each.before),
                "after_tco2e": plain(each.after),
                "difference_tco2e": plain(each.difference),
            }
            for each in effect.enterprises
        ],
        "shifts": effect.shifts,
        "unserved": effect.unserved,
    }


def _print_moved(found: Difference, lang: str) -> None:
    facts = {"old": found.old.name, "new": found.new.name}
    counts = {"pairs": len(found.pairs), "moved": len(found.moved)}
    columns = (
        "品种",
        "参数",
        "系列",
        "地区",
        "原值",
        "新值",
        "变化 %",
        "单位",
        "变了什么",
        "依据级别",
    )
    rows = [_row(item, lang) for item in found.moved[:SHOWN]]
    print_line(message("diff.heading", lang, facts | counts))
    if rows:
        print_table("", columns, rows)
    if len(found.moved) > SHOWN:
        print_line(message("diff.more", lang, {"rows": len(found.moved) - SHOWN}))


def _row(item: Moved, lang: str) -> tuple[str, ...]:
    row = item.row
    place = " ".join(part for part in (row.region, row.sector, row.enterprise_id) if part)
    percent = "" if item.percent is None else _signed(item.percent, 2)
    fields = "、".join(message(f"diff.field.{name}", lang, {}) for name in item.fields)
    return (
        row.carrier,
        row.parameter,
        row.series,
        place,
        _value(item.old),
        _value(item.new),
        percent,
        row.unit,
        fields,
        " → ".join(dict.fromkeys(side.standing for side in (item.old, item.new) if side)),
    )


def _value(factor: Factor | None) -> str:
    return "—" if factor is None else format(factor.value, "f")


def _signed(value: Fraction, digits: int) -> str:
    from factors.quantities import display

    return ("+" if value > 0 else "") + display(value, digits, grouped=True)


def _print_effect(found: Difference, effect: Effects, lang: str) -> None:
    if effect.span is None:
        print_line(message("diff.nothing_posted", lang, {}))
        return
    facts = {"first": effect.span.first, "last": effect.span.last}
    facts |= {"activities": f"{effect.activities:,}"}
    rows = list(_effect_rows(effect, lang))
    print_line(message("diff.effect" if rows else "diff.no_effect", lang, facts))
    if rows:
        columns = ("企业", "方法版本", "账面", found.old.name, found.new.name, "差额")
        print_table("", columns, rows)
    for item in effect.unserved:
        side = found.old.name if item.side == "old" else found.new.name
        why = item.why_en if lang == "en" else item.why_zh
        names = {"carrier": item.carrier, "flow": item.flow, "month": item.month}
        more = {"side": side, "rows": item.rows, "why": why}
        print_line(message("diff.unserved", lang, names | more))


def _effect_rows(effect: Effects, lang: str) -> Iterator[tuple[str, ...]]:
    """Enterprises first to last, then a total of each basis; bases are never added."""
    totals: dict[str, list[Fraction]] = {}
    for each in effect.enterprises:
        values = (each.booked, each.before, each.after, each.difference)
        sums = totals.setdefault(each.method_edition, [Fraction(0)] * 4)
        for place, value in enumerate(values):
            sums[place] += value
        yield each.enterprise_id, each.method_edition, *_tonnes(values)
    for basis, sums in totals.items():
        yield message("diff.total", lang, {"basis": basis}), basis, *_tonnes(tuple(sums))


def _tonnes(values: tuple[Fraction, ...]) -> tuple[str, ...]:
    from factors.quantities import display

    *sums, difference = values
    return (*(display(value, 3, grouped=True) for value in sums), _signed(difference, 3))
