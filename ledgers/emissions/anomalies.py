"""What deserves a second look (异常发现), ranked by the tonnes that it concerns.

What belongs here: three findings and their formulas. What does not: rules over single files, which
warn or reject as a file comes (`rules`), and layout. A finding changes no figure.

- `level` (水平突变): x is the logarithm of a stream's daily mean by month; where eight months have
  the same month of the year before, its difference from that one, so that seasons cancel. Of the
  splits with three months or more on both sides, the one with the least Σ |x − median of its side|
  is taken. D = |median after − median before|, s = 1.4826 × median |x − median of its side|, not
  below 0.02, score = D / (s √(1/n₁ + 1/n₂)). It is a finding where score ≥ 5, the level moved by
  a quarter or more, and the split lies in the last twelve months.
- `ratio` (两品种比值): r is the logarithm of the ratio of two quantities of an enterprise. It is
  a finding where |r − median| ≥ 5 s over at least six of the twelve months before, s as above, and
  the ratio moved by a quarter or more; the three strongest of an enterprise are kept.
- `declared` (申报隐含因子): a declared emission over the quantity against the ledger's own, where
  they differ by more than 1 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from math import exp, log, sqrt
from statistics import median
from typing import Any

from factors.errors import UsageFault
from ledgers import journal
from ledgers.emissions.books import queried
from ledgers.emissions.preparation import month_days
from ledgers.emissions.rules.shapes import scale_of
from ledgers.emissions.spans import Span
from ledgers.reference.rows import add
from warehouse.connect import Connection

KINDS = ("level", "ratio", "declared")
WINDOW = 36
SCORE, MOVED, FLOOR = 5.0, log(1.25), 0.02
SIDE, PAIRS, BEFORE, KEPT = 3, 8, 6, 3
DECLARED = Decimal("0.01")

Stream = tuple[str, str, str, str]
"""Enterprise, facility, carrier, flow."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `score` is that of its formula; `tonnes` of CO2 of the month are concerned;
    `before` and `after` are the levels, ratios or factors compared, in `unit`; `since` the first
    month of the new level. `series`: month and value, for the picture."""

    kind: str
    enterprise_id: str
    facility: str
    carrier: str
    flow: str
    other: str
    since: str
    score: Decimal
    tonnes: Decimal
    before: Decimal
    after: Decimal
    unit: str
    series: tuple[tuple[str, Decimal], ...]
    document: str = ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a stream came to in a month: quantity in `unit`, tonnes of CO2, days covered."""

    quantity: float
    tonnes: float
    days: int
    unit: str


Series = Mapping[str, Amounts]


def findings(con: Connection, month: str) -> tuple[Finding, ...]:
    """The findings of `month` as the ledger stands, most tonnes first. Raises MonthFault."""
    month_days(month)
    read = _read(con, month)
    levels = (level_shift(key, series, month) for key, series in read.items())
    found = [
        *(item for item in levels if item),
        *_ratios(read, month),
        *_declared(con, read, month),
    ]
    return tuple(sorted(found, key=lambda f: (-f.tonnes, -f.score, f.kind, f.enterprise_id)))


def declare(
    con: Connection,
    enterprise_id: str,
    month: str,
    carrier: str,
    tonnes: Decimal,
    *,
    document: str,
    person: str,
) -> journal.Commit:
    """Record what an enterprise declares to have emitted (tonnes of CO2; '' is all carriers).

    Raises MonthFault, and UsageFault without a document or for a number that is none.
    """
    month_days(month)
    if not document.strip() or not tonnes.is_finite():
        raise UsageFault("quality.declaration", seen=str(tonnes), document=document)
    row = {"enterprise_id": enterprise_id, "month": month, "carrier": carrier}
    row |= {"tonnes": f"{tonnes:f}", "document": document}
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        add(con, "emissions.declaration", number, [row])
        return journal.commit(
            con,
            book="emissions",
            kind="declaration",
            key=f"emissions.declaration:{number}",
            body_sha256=journal.body_digest(row),
            person=person,
            reason=document,
            facts=row,
            tables=["emissions.declaration"],
        )


def _read(con: Connection, month: str) -> Mapping[Stream, Series]:
    """Streams by month in comparable units; one that has two of them counts in its last one."""
    months = Span(month, month).ending(WINDOW)
    days: dict[tuple[Stream, str], int] = {}
    for row in queried(con, "coverage.sql", months=list(months.months), enterprise=""):
        key = _stream(row), row["month"]
        days[key] = days.get(key, 0) | row["covered"]
    found: dict[Stream, dict[str, Amounts]] = {}
    for row in queried(con, "series.sql", first=months.first, last=months.last):
        scale = scale_of(row["carrier"], row["unit"], row["gas_condition"])
        covered = days.get((_stream(row), row["month"]), 0).bit_count()
        if scale is None or not covered:
            continue
        size, unit = scale
        held = found.setdefault(_stream(row), {})
        old = held.get(row["month"], Amounts(0.0, 0.0, covered, unit))
        if old.unit == unit:
            quantity = old.quantity + float(row["quantity"]) * float(size)
            tonnes = old.tonnes + row["grams"] / 1e6
            held[row["month"]] = Amounts(quantity, tonnes, covered, unit)
    return found


def _stream(row: Mapping[str, Any]) -> Stream:
    return row["enterprise_id"], row["facility"], row["carrier"], row["flow"]


def level_shift(key: Stream, series: Series, month: str) -> Finding | None:
    """The shift of one stream's level as seen from `month`; None where there is none."""
    daily = {m: held.quantity / held.days for m, held in series.items() if held.quantity > 0}
    if month not in daily:
        return None
    points = _points(daily)
    best = _split(points)
    if best is None:
        return None
    score, at = best
    before, after = (median(v for _, v in part) for part in (points[:at], points[at:]))
    since = points[at][0]
    recent = since in Span(month, month).ending(12).months
    if score < SCORE or abs(after - before) < MOVED or not recent:
        return None
    now = series[month]
    level = median(daily[m] for m, _ in points[at:])
    return Finding(
        "level",
        *key,
        other="",
        since=since,
        score=_six(score),
        tonnes=_six(abs(now.tonnes) * abs(1 - exp(before - after))),
        before=_six(level * exp(before - after)),
        after=_six(level),
        unit=f"{now.unit}/d",
        series=tuple((m, _six(value)) for m, value in sorted(daily.items())),
    )


def _points(daily: Mapping[str, float]) -> list[tuple[str, float]]:
    """Logarithms by month, of differences from the year before where there are enough."""
    back = {m: Span(m, m).year_before().first for m in daily}
    pairs = [(m, log(daily[m]) - log(daily[back[m]])) for m in sorted(daily) if back[m] in daily]
    return pairs if len(pairs) >= PAIRS else [(m, log(daily[m])) for m in sorted(daily)]


def _split(points: Sequence[tuple[str, float]]) -> tuple[float, int] | None:
    """Score and place of the split that leaves the least apart; None with too few months."""
    values = [value for _, value in points]
    least: tuple[float, float, int] | None = None
    for at in range(SIDE, len(values) - SIDE + 1):
        left, right = values[:at], values[at:]
        middle = median(left), median(right)
        apart = [abs(v - middle[0]) for v in left] + [abs(v - middle[1]) for v in right]
        spread = max(1.4826 * median(apart), FLOOR) * sqrt(1 / len(left) + 1 / len(right))
        found = sum(apart), abs(middle[1] - middle[0]) / spread, at
        least = found if least is None or found[0] < least[0] else least
    return least and (least[1], least[2])


def _ratios(read: Mapping[Stream, Series], month: str) -> Iterator[Finding]:
    """Of each enterprise, the strongest departures of one quantity from another."""
    wholes: dict[str, dict[tuple[str, str], dict[str, Amounts]]] = {}
    for (enterprise, _, carrier, flow), series in read.items():
        held = wholes.setdefault(enterprise, {}).setdefault((carrier, flow), {})
        for name, each in series.items():
            old = held.get(name, Amounts(0.0, 0.0, 0, each.unit))
            if old.unit == each.unit:
                sums = old.quantity + each.quantity, old.tonnes + each.tonnes
                held[name] = Amounts(*sums, max(old.days, each.days), each.unit)
    for enterprise, carriers in sorted(wholes.items()):
        found = [
            item
            for one, other in permutations(sorted(carriers), 2)
            if one[0] != other[0]
            and (other[1] == "product" or (one < other and one[1] != "product"))
            and (item := _ratio(enterprise, one, other, carriers, month))
        ]
        yield from sorted(found, key=lambda f: -f.score)[:KEPT]


def _ratio(
    enterprise: str,
    one: tuple[str, str],
    other: tuple[str, str],
    carriers: Mapping[tuple[str, str], Series],
    month: str,
) -> Finding | None:
    top, bottom = carriers[one], carriers[other]
    months = Span(month, month).ending(13).months
    ratios = {
        m: top[m].quantity / bottom[m].quantity
        for m in months
        if m in top and m in bottom and top[m].quantity > 0 and bottom[m].quantity > 0
    }
    earlier = [log(value) for m, value in ratios.items() if m != month]
    if month not in ratios or len(earlier) < BEFORE:
        return None
    middle = median(earlier)
    spread = max(1.4826 * median(abs(v - middle) for v in earlier), FLOOR)
    moved = log(ratios[month]) - middle
    if abs(moved) < MOVED or abs(moved) / spread < SCORE:
        return None
    concerned = max(abs(top[month].tonnes), abs(bottom[month].tonnes))
    return Finding(
        "ratio",
        enterprise,
        "",
        *one,
        other=other[0],
        since=month,
        score=_six(abs(moved) / spread),
        tonnes=_six(concerned * abs(1 - exp(-abs(moved)))),
        before=_six(exp(middle)),
        after=_six(ratios[month]),
        unit=f"{top[month].unit}/{bottom[month].unit}",
        series=tuple((m, _six(value)) for m, value in sorted(ratios.items())),
    )


def _declared(con: Connection, read: Mapping[Stream, Series], month: str) -> Iterator[Finding]:
    for row in queried(con, "declared.sql", month=month):
        own = [
            series[month]
            for (enterprise, _, carrier, flow), series in read.items()
            if enterprise == row["enterprise_id"]
            and row["carrier"] in ("", carrier)
            and month in series
            and flow != "product"
        ]
        computed = sum(item.tonnes for item in own)
        declared = float(row["tonnes"])
        if not own or not computed or abs(declared / computed - 1) <= float(DECLARED):
            continue
        burned = sum(item.quantity for item in own if item.tonnes)
        units = {item.unit for item in own if item.tonnes}
        per = burned if row["carrier"] and len(units) == 1 and burned else 1.0
        yield Finding(
            "declared",
            row["enterprise_id"],
            "",
            row["carrier"],
            "",
            other="",
            since=month,
            score=_six(abs(declared / computed - 1) / float(DECLARED)),
            tonnes=_six(abs(declared - computed)),
            before=_six(computed / per),
            after=_six(declared / per),
            unit=f"tCO2/{units.pop()}" if per != 1.0 else "tCO2",
            series=(("computed", _six(computed)), ("declared", _six(declared))),
            document=row["document"],
        )


def _six(value: float) -> Decimal:
    """A statistic to six figures: it is an indication, no booked number."""
    return Decimal(f"{value:.6g}")
