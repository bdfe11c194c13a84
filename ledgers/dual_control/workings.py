"""How an intensity, a reduction or a share of a place comes about (指标计算过程).

What belongs here: choosing the inputs of one place and year, from the ledger or from a declared
figure, and the indicators made of them, each with its inputs. What does not: the formulas
(`indicators`) and the colours (`readings`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledgers.dual_control import indicators as formula
from ledgers.dual_control.book import Book, Place
from ledgers.dual_control.budgets import Budget
from ledgers.dual_control.gdp import NoOutput, Point
from ledgers.dual_control.indicators import Absent, Indicator, Input
from ledgers.dual_control.lines import GRAMS, carbon_of
from ledgers.dual_control.rules import Basis
from ledgers.dual_control.seasons import DEDUCTED, carbon_rule


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount to the end of a month: the input that it is, the D3 behind it, or why it is not."""

    input: Input | None
    working: Indicator | None = None
    absent: Absent | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a budget is held against: exact values, or why there are none. `on_schedule` where it
    was decided by whole powers that a reduction keeps its schedule."""

    actual: Fraction | None = None
    target: Fraction | None = None
    absent: Absent | None = None
    workings: tuple[Indicator, ...] = ()
    release: str = ""
    on_schedule: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """One place at the end of one month: `rows` are its enterprises in the ledger's lines."""

    book: Book
    place: Place
    rows: Sequence[int]
    year: int
    month: int
    basis: Basis
    _cache: dict[str, Amount] = field(default_factory=dict, compare=False, repr=False)

    @property
    def output_kind(self) -> str:
        """GDP for areas, value added for sectors and enterprises."""
        return "value_added" if self.place[0] in ("sector", "enterprise") else "gdp"

    def point(self, year: int, month: int) -> Point:
        """The GDP or value added of this place."""
        return Point(*self.place, year, month, self.output_kind)

    def amount(self, about: str, year: int, month: int, *, mark: str = "₁") -> Amount:
        """Energy (D3 where it applies) or carbon from January to `month`, in tonnes."""
        if about == "energy":
            return self.energy(year, month, mark=mark)
        return self.carbon(year, month, mark=mark)

    def carbon(self, year: int, month: int, *, mark: str = "₁") -> Amount:
        """CO2 from the ledger; of a year that it does not hold from a declared figure."""
        symbol = f"C{mark}"
        if self.rows and self.book.booked(self.rows, year, month) == month:
            held = {
                name: self._ledger(name, year, month) for name in ("direct", "purchased", "supply")
            }
            value = carbon_of(held, carbon_rule(self.place, self.basis))
            return Amount(self._input(symbol, value, "tCO2", year, month))
        return self._declared("carbon_total", symbol, "tCO2", year, month)

    def energy(
        self, year: int, month: int, *, mark: str = "₁", deduct: bool | None = None
    ) -> Amount:
        """Energy, from `adjust_from` on without feedstock and non-fossil energy (D3). `deduct`
        decides it for a base year, which is treated as the year that it is compared with."""
        symbol = f"E{mark}"
        if self.rows and self.book.booked(self.rows, year, month) == month:
            whole = self._input(symbol, self._ledger("energy", year, month), "tce", year, month)
        else:
            found = self._declared("energy_total", symbol, "tce", year, month)
            if found.input is None:
                return found
            whole = found.input
        if not (year >= self.basis.adjust_from if deduct is None else deduct):
            return Amount(whole)
        parts = [
            self._deduction(name, f"{short}{mark}", year, month)
            for name, short in zip(DEDUCTED, ("F", "N"), strict=True)
        ]
        working = formula.adjusted(whole, *parts)
        if working.value is None:
            return Amount(None, working, working.absent)
        unit, release = working.unit, working.release
        return Amount(Input(f"E′{mark}", working.value, unit, "D3", release), working)

    def _deduction(self, name: str, symbol: str, year: int, month: int) -> Input:
        figure = self.book.figures.to_month(self.place, name, year, month)
        if figure is not None:
            found = Input(symbol, figure.value, "tce", figure.document, figure.release)
        else:
            held = self._ledger(name, year, month) if self.rows else 0
            found = self._input(symbol, held, "tce", year, month)
        extra = self._certificates(year, month) if name == "non_fossil" else None
        if extra is None:
            return found
        source = f"{found.source} + {extra.source}"
        release = formula.release_of(found, extra)
        return Input(symbol, found.value + extra.value, "tce", source, release)

    def _certificates(self, year: int, month: int) -> Input | None:
        """Energy of green certificates (绿证) by the coefficient of GB/T 2589."""
        figure = self.book.figures.to_month(self.place, "green_certificate", year, month)
        coefficient = self.book.certificate_coefficient
        if figure is None or coefficient is None:
            return None
        source = f"{figure.document} × {coefficient.source}"
        return Input("N", figure.value * coefficient.value, "tce", source, figure.release)

    def _ledger(self, name: str, year: int, month: int) -> int:
        return self.book.to_month(name, self.rows, year, month) or 0

    def _input(self, symbol: str, grams: int, unit: str, year: int, month: int) -> Input:
        release = self.book.release(year, month)
        return Input(
            symbol, Fraction(grams, GRAMS), unit, f"ledger {year}-01..{month:02d}", release
        )

    def _declared(self, name: str, symbol: str, unit: str, year: int, month: int) -> Amount:
        figure = self.book.figures.to_month(self.place, name, year, month)
        if figure is None:
            booked = self.book.booked(self.rows, year, month) if self.rows else 0
            facts = {"year": year, "month": month, "booked": booked}
            return Amount(None, absent=Absent("dual.na.months_missing", facts))
        return Amount(Input(symbol, figure.value, unit, figure.document, figure.release))

    def intensity_reading(self, item: Budget) -> Found:
        """D1 (D8) to the last month that has GDP, beside the intensity that is allowed."""
        about = item.target.about
        month = self._months_with_output()
        if month == 0:
            facts = {"year": self.year, "month": self.month}
            return Found(absent=Absent("dual.na.no_gdp", facts))
        amount = self.amount(about, self.year, month)
        if amount.input is None:
            return Found(absent=amount.absent)
        point = self.point(self.year, month)
        output = self.book.outputs.level(point, self.book.outputs.base_years(point)[0])
        assert output is not None
        gdp = Input("G₁", output.value, "万元", output.document, output.release)
        number = "D1" if about == "energy" else "D8"
        found = formula.intensity(amount.input, gdp, number=number)
        steps = (*_given(amount), found)
        return Found(found.value, item.value, found.absent, steps, found.release)

    def _months_with_output(self) -> int:
        for month in range(self.month, 0, -1):
            if self.book.outputs.base_years(self.point(self.year, month)):
                return month
        return 0

    def reduction(self, about: str, base_year: int, month: int) -> tuple[Indicator, ...]:
        """D2 (D8) of this year against a year, both to the end of `month`, after its D3 steps; the
        last of them is the reduction."""
        number = "D2" if about == "energy" else "D8"
        text = "1 − (E₁/G₁)/(E₀/G₀)" if about == "energy" else "1 − (C₁/G₁)/(C₀/G₀)"
        outputs = self.book.outputs.pair(self.point(self.year, month), self.point(base_year, month))
        if isinstance(outputs, NoOutput):
            return (formula.missing(number, text, outputs.code, **outputs.facts),)
        if about == "energy":
            deduct = self.year >= self.basis.adjust_from
            now = self.energy(self.year, month, deduct=deduct)
            before = self.energy(base_year, month, mark="₀", deduct=deduct)
        else:
            now, before = self.carbon(self.year, month), self.carbon(base_year, month, mark="₀")
        steps = (*_given(now), *_given(before))
        for amount in (now, before):
            if amount.input is None:
                absent = amount.absent or Absent("dual.na.months_missing", {})
                return (*steps, formula.missing(number, text, absent.code, **absent.facts))
        assert now.input is not None
        assert before.input is not None
        made = [
            Input(symbol, each.value, f"万元 ({each.base_year})", each.document, each.release)
            for symbol, each in zip(("G₁", "G₀"), outputs, strict=True)
        ]
        return (
            *steps,
            formula.reduction(now.input, made[0], before.input, made[1], number=number),
        )


def _given(amount: Amount) -> tuple[Indicator, ...]:
    return () if amount.working is None else (amount.working,)


def reduction_reading(terms: Terms, item: Budget) -> Found:
    """A reduction: at the end of the year on the whole span from its base year where that is
    known, else on this year against last year with the yearly share of the target (D5)."""
    after = terms.year - item.base_year
    if terms.month == 12:
        steps = terms.reduction(item.target.about, item.base_year, 12)
        reached = steps[-1]
        if reached.value is not None:
            return _over_the_span(item, steps, after)
        if item.years == 1:
            return Found(absent=reached.absent, workings=steps)
    share = formula.yearly_share(item.value, item.years)
    month = terms.book.outputs.last_month(terms.point(terms.year, terms.month), terms.year - 1)
    steps = terms.reduction(item.target.about, terms.year - 1, month or terms.month)
    absent = steps[-1].absent or share.absent
    found = (*steps, share)
    return Found(steps[-1].value, share.value, absent, found, steps[-1].release)


def _over_the_span(item: Budget, steps: tuple[Indicator, ...], after: int) -> Found:
    """The reduction since the base year beside what is due of it (D5), and its progress (D6)."""
    reached = steps[-1]
    assert reached.value is not None
    due = formula.yearly_share(item.value, item.years, after)
    done = formula.progress(reached.value, item.value, item.years, after)
    kept = due.absent is None and formula.on_schedule(reached.value, item.value, item.years, after)
    found = (*steps, due, done)
    return Found(reached.value, due.value, due.absent, found, reached.release, kept)


def read_share(terms: Terms, item: Budget) -> Found:
    """D10: non-fossil energy over energy, both at equal value (等价值)."""
    text, year, month = "N/E", terms.year, terms.month
    whole = _equal(terms)
    if whole is None:
        absent = formula.missing("D10", text, "dual.na.no_equal_value", year=year, month=month)
        return Found(absent=absent.absent, workings=(absent,))
    part = terms._deduction("non_fossil", "N", year, month)
    found = formula.non_fossil_share(part, whole)
    return Found(found.value, item.value, found.absent, (found,), found.release)


def _equal(terms: Terms) -> Input | None:
    """Energy at equal value: as declared, else from the ledger where all electricity has one."""
    year, month = terms.year, terms.month
    figure = terms.book.figures.to_month(terms.place, "energy_equal", year, month)
    if figure is not None:
        return Input("E", figure.value, "tce", figure.document, figure.release)
    if not terms.rows or terms.book.booked(terms.rows, year, month) < month:
        return None
    if terms._ledger("without_equal", year, month):
        return None
    grams = (
        terms._ledger("energy", year, month)
        - terms._ledger("electricity", year, month)
        + terms._ledger("electricity_equal", year, month)
    )
    return terms._input("E", grams, "tce", year, month)
