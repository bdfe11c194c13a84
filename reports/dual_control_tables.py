"""Tables of the dual-control board (双控看板表格).

What belongs here: one function a table, from the board's values. What does not: which tables stand
where (`dual_control`), and pictures (`dual_control_pictures`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from factors import messages
from ledgers.dual_control.board import Board, ProjectLine, Standing
from ledgers.dual_control.grading import Efficiency
from ledgers.dual_control.indicators import Absent, Indicator
from ledgers.dual_control.lines import GRAMS
from ledgers.dual_control.readings import Reading
from ledgers.dual_control.surroundings import Circular
from ledgers.dual_control.vocabulary import LEVELS, POLLUTANTS
from reports.document import Cell, Column, Row, Table, number, percent, text
from reports.dual_control_pictures import SHAPES, level_word
from reports.words import Words


def light(colour: str, absent: Absent | None, words: Words) -> Cell:
    """A level as shape, word and colour; where there is none, why."""
    if not colour:
        return text(reason(absent, words), "muted")
    return text(f"{SHAPES[colour]} {level_word(colour, words)}", f"level-{colour}")


def reason(absent: Absent | None, words: Words) -> str:
    """Why an indicator is not applicable, in words."""
    if absent is None:
        return "—"
    return messages.text(absent.code, words.lang, absent.facts)


def indicator_name(code: str, words: Words) -> str:
    """The name of a budget's indicator."""
    return words.named("dual.indicator", code)


def amount(value: Fraction | None, item: Reading) -> Cell:
    """A value of a reading in the unit that people read: 10⁴ t for totals, % for shares."""
    if value is None:
        return text("—", "muted")
    if item.budget.target.family == "share":
        return percent(value, 1, digits=2)
    return number(value, (0 if abs(value) >= 10_000 else 2) if item.total else 4)


LISTED = 60
"""Warnings that the board lists; the JSON has all of them."""


def grouped_readings(title: str, found: Sequence[tuple[str, Standing]], words: Words) -> Table:
    """Budgets of several places in one table, each place a group of rows."""
    first = readings_table(title, (), words)
    rows: list[Row] = []
    for name, each in found:
        rows.append(Row((text(name),), "group"))
        rows += readings_table("", each.readings, words).rows
    return Table(title, first.columns, tuple(rows), first.empty)


def readings_table(title: str, found: Sequence[Reading], words: Words) -> Table:
    """Budgets of one place: what is due, what was used, level, year-end, what must be saved."""
    columns = (
        Column(words("dual.column.indicator"), width=1.7),
        Column(words("dual.column.budget"), "right", 1.3),
        Column(words("dual.column.due"), "right", 1.3),
        Column(words("dual.column.actual"), "right", 1.3),
        Column(words("dual.column.level"), width=1.25),
        Column(words("dual.column.projection"), "right", 1.6),
        Column(words("dual.column.projected_level"), width=1.25),
        Column(words("dual.column.saving"), "right", 1.2),
    )
    rows = tuple(Row(_reading_cells(item, words)) for item in found)
    return Table(title, columns, rows, words("dual.no_budget"))


def _reading_cells(item: Reading, words: Words) -> tuple[Cell, ...]:
    name = text(
        indicator_name(item.budget.indicator, words),
        sub=_about(item, words),
    )
    target = None if item.target is None else item.shown(item.target)
    actual = None if item.actual is None else item.shown(item.actual)
    whole = item.budget.value if not item.total else target
    end = item.projected_level
    return (
        name,
        amount(whole, item),
        amount(item.due_amount if item.total else target, item),
        amount(actual, item),
        light(item.colour, item.absent, words),
        _projection(item, words),
        light(end.colour, end.absent, words) if end else text("—", "muted"),
        number(item.saving, 2) if item.saving else text("—", "muted"),
    )


def _about(item: Reading, words: Words) -> str:
    release = words.named("dual.release", item.release or "none")
    return release if item.unit == "1" else f"{item.unit} · {release}"


def _projection(item: Reading, words: Words) -> Cell:
    found = item.projection
    if found is None or item.projected is None:
        return text("—", "muted")
    shown = number(Fraction(item.projected, GRAMS), 0)
    if found.low is None or found.high is None:
        sub = words.named("dual.method", found.method)
    else:
        low, high = (
            number(Fraction(round(value), GRAMS), 0).text for value in (found.low, found.high)
        )
        sub = f"{low} – {high}"
    return Cell(f"≈ {shown.text}", shown.value, 0, sub=sub)


def places_table(title: str, key: str, found: Sequence[Standing], words: Words) -> Table:
    """Places of one level: energy, CO2, change against the year before, and their levels."""
    columns = (
        Column(words(f"dual.column.{key}"), width=2.2),
        Column(words("dual.column.energy"), "right", 1.3),
        Column(words("dual.column.energy_change"), "right", 0.9),
        Column(words("dual.column.carbon"), "right", 1.4),
        Column(words("dual.column.carbon_change"), "right", 0.9),
        Column(words("dual.column.worst"), width=1.2),
        Column(words("dual.column.budgets"), width=3.2),
    )
    rows = tuple(Row(_place_cells(each, key, words)) for each in found)
    return Table(title, columns, rows, words("dual.nothing"))


def _place_cells(each: Standing, key: str, words: Words) -> tuple[Cell, ...]:
    sub = each.place[1] if each.place[1] != each.name else ""
    name = each.name
    if key == "sector":
        name, sub = words.industry(each.place[1]) or each.place[1], each.place[1]
    budgets = "；" if words.lang == "zh" else "; "
    said = budgets.join(
        f"{indicator_name(item.budget.indicator, words)} {SHAPES[item.colour]}"
        for item in each.readings
    )
    return (
        text(name, sub=sub),
        number(each.energy, 0),
        _change(each.energy, each.energy_before),
        number(each.carbon, 0),
        _change(each.carbon, each.carbon_before),
        light(each.colour, None, words) if each.readings else text("—", "muted"),
        text(said or "—"),
    )


def _change(now: Fraction, before: Fraction | None) -> Cell:
    if before is None or before <= 0:
        return text("—", "muted")
    return percent(now - before, before, sign=True)


def sums_table(found: Board, words: Words) -> Table:
    """Budgets of a level beside the sum of the level below."""
    columns = (
        Column(words("dual.column.indicator"), width=1.6),
        Column(words("dual.column.whole"), width=1.4),
        Column(words("dual.column.below"), width=1),
        Column(words("dual.column.whole_value"), "right", 1.4),
        Column(words("dual.column.parts"), "right", 1.4),
        Column(words("dual.column.over"), "right", 1.4),
    )
    rows = tuple(
        Row(
            (
                text(indicator_name(item.indicator, words)),
                text(found.names.get((item.level, item.code), item.code)),
                text(f"{words.named('dual.level', item.below)} × {item.count}"),
                number(item.whole, 0),
                number(item.parts, 0),
                number(item.over, 0, sign=True, style="strong" if item.over > 0 else ""),
            )
        )
        for item in found.sums
    )
    return Table(words("dual.sums"), columns, rows, words("dual.no_budget"))


def projects_table(found: Sequence[ProjectLine], words: Words) -> Table:
    """Two-high projects: amounts, status, overruns."""
    columns = (
        Column(words("dual.column.project"), width=2.4),
        Column(words("dual.column.product"), width=1.2),
        Column(words("dual.column.approved_energy"), "right", 1.2),
        Column(words("dual.column.approved_carbon"), "right", 1.2),
        Column(words("dual.column.status"), width=0.9),
        Column(words("dual.column.overrun"), width=2.2),
    )
    rows = tuple(
        Row(
            (
                text(item.project.name, sub=item.project.project_code),
                text(item.project.product, sub=item.project.industry),
                number(item.project.energy, 0),
                number(item.project.carbon, 0),
                text(words.named("dual.status", item.status)),
                text(_overruns(item, words), "lines"),
            )
        )
        for item in found
    )
    return Table(words("dual.projects"), columns, rows, words("dual.no_project_yet"))


def _overruns(item: ProjectLine, words: Words) -> str:
    parts = []
    for each in item.overruns:
        name = words.named("dual.overrun", each.kind)
        if each.indicator.value is None:
            parts.append(f"{name} {reason(each.indicator.absent, words)}")
            continue
        shown = percent(each.indicator.value, 1, digits=2, sign=True).text
        mark = SHAPES["red" if each.over else "green"]
        said = words("dual.over" if each.over else "dual.within")
        parts.append(f"{mark} {name} {shown} {said}")
    return "\n".join(parts) or "—"


def net_addition_table(found: Board, words: Words) -> Table:
    """D12 of the city."""
    columns = (
        Column(words("dual.column.measure"), width=1),
        Column(words("dual.column.added"), "right", 1.2),
        Column(words("dual.column.replaced"), "right", 1.2),
        Column(words("dual.column.ratio"), "right", 0.8),
        Column(words("dual.column.net"), "right", 1.2),
        Column(words("dual.column.level"), width=1.4),
    )
    rows = []
    for item in found.net_addition:
        added, replaced, ratio = (each.value for each in item.indicator.inputs)
        over = item.missing > 0
        mark = SHAPES["red" if over else "green"]
        said = words("dual.net_over" if over else "dual.net_within")
        rows.append(
            Row(
                (
                    text(words.named("dual.measure", item.measure)),
                    number(added, 0),
                    number(replaced, 0),
                    number(ratio, 2),
                    number(item.indicator.value, 0, sign=True),
                    text(f"{mark} {said}", "level-red" if over else "level-green"),
                )
            )
        )
    return Table(words("dual.net_addition"), columns, tuple(rows))


def heat_table(found: Board, words: Words) -> Table:
    """Heat networks: heat supplied, share that is not fossil, CO2 per GJ."""
    columns = (
        Column(words("dual.column.network"), width=2),
        Column(words("dual.column.heat"), "right", 1.4),
        Column(words("dual.column.non_fossil"), "right", 1.4),
        Column(words("dual.column.heat_carbon"), "right", 1.4),
    )
    rows = tuple(
        Row(
            (
                text(item.code),
                number(item.supplied.value if item.supplied else None, 0),
                _ratio(item.indicators[0], words, share=True),
                _ratio(item.indicators[1], words),
            )
        )
        for item in found.heat
    )
    return Table(words("dual.heat"), columns, rows, words("dual.no_figures"))


def _ratio(item: Indicator, words: Words, *, share: bool = False) -> Cell:
    if item.value is None:
        return text(reason(item.absent, words), "muted")
    return percent(item.value, 1, digits=2) if share else number(item.value, 4)


def joint_table(found: Board, words: Words) -> Table:
    """CO2 and air pollutants side by side, tonnes, each with its change on the year before."""
    columns = (
        Column(words("dual.column.place"), width=1.6),
        Column("CO2", "right", 1.6),
        *(Column(words.named("dual.figure", name), "right", 1.3) for name in POLLUTANTS),
    )
    rows = []
    for item in found.joint:
        cells = [text(found.names.get(item.place, item.place[1]))]
        if item.place[0] == "city":
            cells = [text(words("dual.city"))]
        cells.append(_beside(item.carbon, item.carbon_before))
        for name in POLLUTANTS:
            now, before = item.pollutants[name]
            cells.append(_beside(now.value if now else None, before.value if before else None))
        rows.append(Row(tuple(cells)))
    return Table(words("dual.joint"), columns, tuple(rows), words("dual.no_figures"))


def _beside(now: Fraction | None, before: Fraction | None) -> Cell:
    if now is None:
        return text("—", "muted")
    shown = number(now, 0)
    change = _change(now, before).text if before else ""
    return Cell(shown.text, shown.value, 0, sub=change)


def circular_table(found: Sequence[Circular], words: Words) -> Table:
    """Circular transformation of zones."""
    columns = (
        Column(words("dual.column.zone"), width=1.8),
        *(
            Column(words(f"dual.column.{code}"), "right", 1.3)
            for code in ("output_rate", "reuse_rate", "energy_per_output", "carbon_per_output")
        ),
    )
    rows = tuple(
        Row(
            (
                text(item.place[1]),
                *(_ratio(each, words, share=each.id == "Z2") for each in item.indicators),
            )
        )
        for item in found
    )
    return Table(words("dual.circular"), columns, rows, words("dual.no_figures"))


def warnings_table(found: Board, words: Words) -> Table:
    """Warnings of the month, with who saw them and what was answered."""
    columns = (
        Column(words("dual.column.number"), width=0.8),
        Column(words("dual.column.place"), width=1.8),
        Column(words("dual.column.indicator"), width=1.6),
        Column(words("dual.column.level"), width=1.2),
        Column(words("dual.column.issued"), width=1.5),
        Column(words("dual.column.answered"), width=2.4),
    )
    rows = []
    order = {level: at for at, level in enumerate(LEVELS)}
    for item in sorted(found.warnings, key=lambda w: order.get(w.level, 9))[:LISTED]:
        answered = "\n".join(
            f"{words.named('dual.state', said.kind)} {said.person} {said.words}".strip()
            for said in item.answers
        )
        name = found.names.get((item.level, item.code), item.code)
        name = words("dual.city") if item.level == "city" else name
        rows.append(
            Row(
                (
                    text(item.warning, "mono"),
                    text(name, sub=words.named("dual.level", item.level)),
                    text(indicator_name(item.indicator, words)),
                    light(item.colour, None, words),
                    text(words.moment(item.recorded_at)),
                    text(answered or words.named("dual.state", item.state), "lines"),
                ),
                "muted" if item.state in ("superseded", "lifted") else "body",
            )
        )
    more = len(found.warnings) - LISTED
    note = words("dual.more_warnings", count=more) if more > 0 else ""
    return Table(words("dual.warnings"), columns, tuple(rows), words("dual.no_warnings"), note)


def efficiency_table(found: Board, words: Words, most: int = 50) -> Table:
    """Carbon efficiency of enterprises, worst first."""
    columns = (
        Column(words("dual.column.enterprise"), width=3),
        Column(words("dual.column.own"), "right", 1.4),
        Column(words("dual.column.mean"), "right", 1.4),
        Column("K", "right", 1),
        Column(words("dual.column.grade"), width=1),
    )
    rows = tuple(Row(_efficiency_cells(found, item, words)) for item in found.efficiency[:most])
    note = words(
        "dual.efficiency_note", standing=words.named("standing", found.efficiency_standing)
    )
    empty = words("dual.no_value_added")
    return Table(words("dual.efficiency"), columns, rows, empty, note)


def _efficiency_cells(found: Board, item: Efficiency, words: Words) -> tuple[Cell, ...]:
    name = found.names.get(("enterprise", item.enterprise_id), item.enterprise_id)
    shown = words("dual.grade_of", grade=item.grade) if item.grade else reason(item.k.absent, words)
    return (
        text(name, sub=item.enterprise_id),
        number(item.own.value, 4),
        number(item.mean.value, 4),
        number(item.k.value, 3),
        text(shown),
    )


def workings_table(each: Standing, words: Words) -> Table:
    """How each indicator of a place comes about: formula, inputs with their source, value."""
    columns = (
        Column(words("dual.column.indicator"), width=1.5),
        Column(words("dual.column.formula"), width=1.6),
        Column(words("dual.column.inputs"), width=4),
        Column(words("dual.column.value"), "right", 1.3),
    )
    rows = [
        Row(_working_cells(code, step, words)) for code, steps in each.workings for step in steps
    ]
    return Table(
        words("dual.workings"), columns, tuple(rows), words("dual.nothing"), words("dual.sign_note")
    )


def _working_cells(code: str, step: Indicator, words: Words) -> tuple[Cell, ...]:
    inputs = "\n".join(
        f"{item.symbol} = {number(item.value, 6 if item.unit == '1' else 2).text} {item.unit}"
        + (f"  ({item.source})" if item.source else "")
        for item in step.inputs
    )
    shown = (
        text(reason(step.absent, words), "muted")
        if step.value is None
        else (percent(step.value, 1, digits=4) if step.unit == "1" else number(step.value, 4))
    )
    release = words.named("dual.release", step.release or "none")
    return (
        text(indicator_name(code, words), sub=step.id),
        text(step.formula, sub=step.unit if step.unit != "1" else ""),
        text(inputs or "—", "lines"),
        Cell(shown.text, shown.value, shown.digits, style=shown.style, sub=release),
    )
