"""One batch of an activity table: text to typed rows and faults (活动数据逐批定型).

What belongs here: reading each canonical column by its kind, in whole columns, and every fault of
every row at once. What does not: files, batches and headers (`typed`). A row with a fault is not
typed; a row without one has a value in every column that is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from factors.carriers import CARRIERS, find_carrier
from factors.carriers import nearest as nearest_carriers
from factors.spellings import FAMILIAR, UnitError
from factors.units import parse_unit
from ledgers.emissions.activity import MEASURED
from pipelines.intake import choices, stamps
from pipelines.intake.columns import VALUED, Layout
from pipelines.intake.delimited import ROW_NO
from pipelines.intake.faults import cell_faults, facts_text
from pipelines.intake.lookups import Lookup, word_lookup
from pipelines.intake.numerals import DECIMALS, FORMULA, INTEGER_DIGITS, read_numbers
from pipelines.intake.periods import PERIOD_SCHEMA, parse_column

PERIOD_FORMS = "2025-03, 2025年3月, 202503, 2025-03-01, 2025年2月18日-2025年3月17日"
_DUE = ("enterprise_id", "carrier", "quantity", "unit")
_PERIOD_FIELDS = {name: kind for name, kind in PERIOD_SCHEMA.items() if name != "text"}
_PERCENTS = ("", "%", "％")


@dataclass
class Dictionaries:
    """What the distinct texts of a file mean, remembered over its batches."""

    layout: Layout
    codes: Lookup = field(init=False)
    carriers: Lookup = field(init=False)
    units: Lookup = field(init=False)
    periods: Lookup = field(init=False)
    options: dict[str, Lookup] = field(init=False)

    def __post_init__(self) -> None:
        text = {"code": pl.String()}
        self.codes = Lookup(_credit_codes, text)
        self.carriers = word_lookup(_carrier, text)
        self.units = word_lookup(_unit_fault, {"fault": pl.String()})
        self.options = {
            name: word_lookup(lambda word, name=name: (choices.choose(name, word),), text)
            for name in choices.ALLOWED
        }
        declared = self.layout.feed.stamps
        self.periods = Lookup(
            lambda texts: (
                stamps.stamped_column(texts, declared) if declared else parse_column(texts)
            ),
            dict(_PERIOD_FIELDS),
        )


@dataclass
class Outcome:
    """Of one batch: typed rows, and faults without source and sheet."""

    rows: pl.DataFrame
    faults: pl.DataFrame


@dataclass
class Batch:
    """A batch under way: canonical texts, the columns made from them, the faults found."""

    texts: pl.DataFrame
    layout: Layout
    made: list[pl.Series] = field(default_factory=list)
    faults: list[pl.DataFrame] = field(default_factory=list)

    def keep(self, name: str, values: pl.Series) -> None:
        """Adds a typed column."""
        self.made.append(values.alias(name))

    def fault(self, where: pl.Series, name: str, rule: str, **facts: object) -> None:
        """A fault of column `name` in every row where `where` holds, with the same facts."""
        if where.any():
            rows = self._seen(where, name)
            told = facts_text({"header": self.layout.label(name), **facts})
            self.faults.append(cell_faults(rows, name, rule, told))

    def fault_by_text(self, where: pl.Series, name: str, rule: str, tell) -> None:  # type: ignore[no-untyped-def]
        """As `fault`, with the facts that `tell` gives for each distinct text."""
        if where.any():
            rows = self._seen(where, name)
            label = self.layout.label(name)
            distinct = rows["seen"].unique().to_list()
            told = {seen: facts_text({"header": label, **tell(seen)}) for seen in distinct}
            self.faults.append(cell_faults(rows, name, rule, told))

    def _seen(self, where: pl.Series, name: str) -> pl.DataFrame:
        seen = self.texts[name] if name in self.texts.columns else pl.Series("seen", [""])
        if len(seen) != self.texts.height:
            seen = seen.new_from_index(0, self.texts.height)
        return pl.DataFrame({ROW_NO: self.texts[ROW_NO], "seen": seen}).filter(where)


def type_batch(
    texts: pl.DataFrame,
    layout: Layout,
    known: Dictionaries,
    *,
    floats: pl.Series,
    period_floats: pl.Series,
    with_times: bool,
) -> Outcome:
    """Types canonical `texts` (as `columns.canonical` gives them, furniture already out).

    `floats` marks rows with a number from a binary float, `period_floats` periods that were
    numbers; `with_times` says that the table's stamps are finer than a day.
    """
    batch = Batch(texts, layout)
    _identity(batch, known)
    _formulas(batch)
    _required(batch)
    _carriers(batch, known)
    _options(batch, known)
    _periods(batch, known, period_floats, with_times)
    _numbers(batch)
    _units(batch, known)
    batch.keep("from_float", floats)
    return _outcome(batch)


def _outcome(batch: Batch) -> Outcome:
    rows = pl.DataFrame([batch.texts[ROW_NO], *batch.made])
    if not batch.faults:
        return Outcome(rows, pl.DataFrame())
    faults = _with_sender(pl.concat(batch.faults), rows)
    return Outcome(rows.join(faults.select(ROW_NO).unique(), on=ROW_NO, how="anti"), faults)


def _with_sender(faults: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Faults whose facts say whose row it is, where the row has what can be a credit code: a file
    of several enterprises leaves nobody to guess."""
    codes = rows.select(ROW_NO, "enterprise_id").cast({ROW_NO: pl.Int64})
    named = faults.join(codes, on=ROW_NO, how="left", maintain_order="left")
    sender = pl.concat_str(pl.lit('{"enterprise_id": "'), "enterprise_id", pl.lit('"'))
    rest = pl.col("facts").str.slice(1)
    told = sender + pl.when(rest == "}").then(pl.lit("")).otherwise(pl.lit(", ")) + rest
    known = pl.col("enterprise_id").str.contains(r"^[0-9A-Z]{18}$")
    facts = pl.when(known).then(told).otherwise(pl.col("facts"))
    return named.with_columns(facts=facts).drop("enterprise_id")


def _identity(batch: Batch, known: Dictionaries) -> None:
    code = known.codes.join(batch.texts["enterprise_id"])["code"]
    batch.keep("enterprise_id", code.fill_null(""))
    for name in ("enterprise_name", "facility", "device", "evidence", "correction_of", "note"):
        batch.keep(name, batch.texts[name])


def _credit_codes(texts: pl.Series) -> pl.DataFrame:
    """Credit codes without spaces, widths and case folded; the check digit is a declared rule."""
    tidy = pl.col("text").str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_uppercase()
    return texts.to_frame("text").with_columns(code=tidy)


def _formulas(batch: Batch) -> None:
    """A formula where a word or a unit is due; numbers and periods look for themselves."""
    for name in ("enterprise_id", "carrier", "flow", "unit"):
        if name in batch.layout.header.columns:
            batch.fault(batch.texts[name].str.contains(FORMULA), name, "IN-10")


def _required(batch: Batch) -> None:
    for name in _DUE:
        batch.fault(batch.texts[name] == "", name, "IN-09")


def _carrier(text: str) -> tuple[str | None]:
    found = find_carrier(text)
    return (found.code if found else None,)


def _carriers(batch: Batch, known: Dictionaries) -> None:
    text = batch.texts["carrier"]
    code = known.carriers.join(text)["code"]
    unknown = (text != "") & code.is_null() & ~text.str.contains(FORMULA)
    batch.fault_by_text(unknown, "carrier", "IN-06", lambda seen: {"nearest": _alike(seen)})
    batch.keep("carrier", code.fill_null(""))
    batch.keep("carrier_text", text)


def _alike(text: str) -> str:
    codes = nearest_carriers(text[:80])
    named = (CARRIERS[code].name_zh if code in CARRIERS else code for code in codes)
    return "、".join(named)


def _options(batch: Batch, known: Dictionaries) -> None:
    for name, default in choices.DEFAULTS.items():
        text = batch.texts[name]
        code = known.options[name].join(text)["code"]
        unknown = (text != "") & code.is_null()
        if name == "flow":
            unknown &= ~text.str.contains(FORMULA)
        allowed = _allowed(name)
        batch.fault(unknown, name, choices.RULES[name], allowed=allowed)
        batch.keep(name, code.fill_null(default))


def _allowed(name: str) -> str:
    zh = choices.allowed_text(name, "zh").split("、")
    return ", ".join(
        word if word == code else f"{word} ({code})"
        for word, code in zip(zh, choices.ALLOWED[name], strict=True)
    )


def _periods(batch: Batch, known: Dictionaries, floats: pl.Series, with_times: bool) -> None:
    whole = _read_period(batch, known, "period", floats)
    start = _read_period(batch, known, "period_start", floats)
    end = _read_period(batch, known, "period_end", floats)
    texts = batch.texts
    none = (texts["period"] == "") & (texts["period_start"] == "") & (texts["period_end"] == "")
    due = "period" if "period" in batch.layout.header.columns else "period_start"
    batch.fault(none, due, "IN-09")
    for one, other in (("period_start", "period_end"), ("period_end", "period_start")):
        halved = (texts["period"] == "") & (texts[one] == "") & (texts[other] != "")
        batch.fault(halved, one, "IN-09")
    two = (texts["period_start"] != "") & (texts["period_end"] != "")
    batch.keep("period_start", start["period_start"].zip_with(two, whole["period_start"]))
    batch.keep("period_end", end["period_end"].zip_with(two, whole["period_end"]))
    at = whole["starts_at"] if with_times else pl.Series("starts_at", [None], pl.Datetime("us"))
    if len(at) != texts.height:
        at = at.new_from_index(0, texts.height)
    never = pl.Series("starts_at", [None], pl.Datetime("us")).new_from_index(0, texts.height)
    batch.keep("starts_at", never.zip_with(two, at))


def _read_period(batch: Batch, known: Dictionaries, name: str, floats: pl.Series) -> pl.DataFrame:
    text = batch.texts[name]
    found = known.periods.join(text)
    if floats.any():
        found = _from_numbers(found, text, floats)
    unread = (text != "") & found["period_start"].is_null()
    formula = unread & text.str.contains(FORMULA)
    batch.fault(formula, name, "IN-10")
    stamps_of = batch.layout.feed.stamps
    allowed = stamps_of.format if stamps_of and stamps_of.format else PERIOD_FORMS
    batch.fault(unread & ~formula, name, "IN-05", allowed=allowed)
    return found


def _from_numbers(found: pl.DataFrame, text: pl.Series, floats: pl.Series) -> pl.DataFrame:
    """Rows whose period was a number of a workbook: 45717 is a day, 2025.1 is two months."""
    again = parse_column(text, floats)
    rows = pl.DataFrame([text.alias("text")])
    numbers = rows.join(again, on="text", how="left", maintain_order="left").drop("text")
    columns = [numbers[name].zip_with(floats, found[name]).alias(name) for name in _PERIOD_FIELDS]
    return pl.DataFrame(columns)


def _numbers(batch: Batch) -> None:
    for name in VALUED:
        text = batch.texts[name]
        if name not in batch.layout.header.columns and not (text != "").any():
            empty = pl.Series(name, [None], pl.Decimal(38, 12)).new_from_index(0, len(text))
            batch.keep(name, empty)
            continue
        found = read_numbers(text)
        _number_faults(batch, name, found)
        batch.keep(name, found["value"])
    batch.keep("quantity_text", batch.texts["quantity"])


def _number_faults(batch: Batch, name: str, found: pl.DataFrame) -> None:
    batch.fault(found["fault"] == "IN-03", name, "IN-03")
    limits = {"decimals": DECIMALS, "digits": INTEGER_DIGITS}
    batch.fault(found["fault"] == "IN-04", name, "IN-04", **limits)
    batch.fault(found["fault"] == "IN-10", name, "IN-10")
    if not found["percent"].any():
        return
    # A percentage is kept as written, with % as its unit: nothing is divided on the way.
    unit = "unit" if name == "quantity" else f"{name}_unit"
    other = found["percent"] & ~batch.texts[unit].is_in(_PERCENTS) & (found["fault"] == "")
    batch.fault(other, name, "IN-03", why="percent", unit="%")
    percent = pl.Series("percent", ["%"]).new_from_index(0, batch.texts.height)
    bare = found["percent"] & (batch.texts[unit] == "")
    if name != "quantity":
        changed = percent.zip_with(bare, batch.texts[unit]).alias(unit)
        batch.texts = batch.texts.with_columns(changed)


def _unit_fault(text: str) -> Sequence[str]:
    """'' for a unit that can be read, else the facts of the fault as JSON."""
    try:
        parse_unit(text)
    except UnitError as error:
        nearest = error.facts.get("nearest") or ", ".join(FAMILIAR)
        return (facts_text({"nearest": nearest}),)
    return ("",)


def _units(batch: Batch, known: Dictionaries) -> None:
    for name in ("unit", *(f"{measured}_unit" for measured in MEASURED)):
        text = batch.texts[name]
        batch.keep(name, text)
        if not (text != "").any():
            continue
        fault = known.units.join(text)["fault"].fill_null("")
        unread = (fault != "") & ~text.str.contains(FORMULA)
        if unread.any():
            rows = pl.DataFrame({ROW_NO: batch.texts[ROW_NO], "seen": text}).filter(unread)
            label = facts_text({"header": batch.layout.label(name)})
            told = {
                seen: label[:-1] + ", " + facts[1:]
                for seen, facts in known.units.known.select("text", "fault").iter_rows()
                if facts
            }
            batch.faults.append(cell_faults(rows, name, "IN-08", told))
