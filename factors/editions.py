"""Editions of factors as files hold them: the shipped ones, and one that a user brings.

What belongs here: from rows with the columns of a factor file to `Factor`, with every fault of an
import found together. What does not: reading CSV or workbooks of users (pipelines), keeping
editions (`ledgers.reference`), whether values are plausible (`plausibility.py`).

Shipped editions are `data/editions/*.csv`, one file per published edition, never edited after a
release. Each row keeps the id of the source row it came from; `data/not_loaded.csv` says why the
other source rows are not factors.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from factors.carriers import KINDS, Carrier, find_carrier, nearest
from factors.catalogue import OWN, SERIES_LEVELS, STANDINGS, SUBSTANCE, Catalogue, Edition, Factor
from factors.errors import DataFault
from factors.messages import text as message
from factors.regions import region_name
from factors.units import UnitError, parse_unit, same_dimension
from factors.vocabulary import known_parameters, parameter_name, series_name

REQUIRED = ("edition", "publisher", "document", "carrier", "parameter", "value", "unit", "evidence")

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "NCV": ("GJ/t", "GJ/Nm3", "GJ/m3", "GJ/scf", "GJ/tce"),
    "carbon_content_per_heat": ("tC/GJ",),
    "carbon_content_per_mass": ("tC/t", "tC/Nm3", "1"),
    "oxidation_rate": ("1",),
    "grid_EF": ("tCO2/MWh",),
    "heat_EF": ("tCO2/GJ",),
    "CO2_EF_per_heat": ("tCO2/GJ",),
    "CO2_EF": ("tCO2/t", "tCO2/Nm3", "tCO2/m3", "tCO2/scf", "tCO2/GJ", "tCO2/kWh_gross"),
    "CO2e_EF": ("tCO2e/t", "tCO2e/Nm3", "tCO2e/m3", "tCO2e/scf", "tCO2e/GJ", "tCO2e/kWh_gross"),
    "CH4_EF": ("tCH4/t", "tCH4/Nm3", "tCH4/m3", "tCH4/scf", "tCH4/GJ"),
    "N2O_EF": ("tN2O/t", "tN2O/Nm3", "tN2O/m3", "tN2O/scf", "tN2O/GJ"),
    **dict.fromkeys(
        (
            *("purity", "conversion_rate", "CaO_content", "MgO_content", "volatile_content"),
            *("volatile_share", "MCF", "N2O_removal_rate", "abatement_utilisation"),
            *("anode_sulfur", "anode_ash"),
        ),
        ("1",),
    ),
    "net_anode_consumption": ("tC/t",),
    "CF4_EF": ("kgCF4/t",),
    "C2F6_EF": ("kgC2F6/t",),
    "tce_coefficient": ("tce/t", "tce/Nm3", "tce/m3", "tce/GJ"),
}
"""Parameter → units of the dimensions that it may have."""

_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,12})?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowFault:
    """One thing wrong with one row (1 is the first row of data) of a user's edition."""

    row_no: int
    column: str
    code: str
    facts: Mapping[str, object]

    def text(self, lang: str = "zh") -> str:
        """What was seen, what is allowed, what to do."""
        return message(self.code, lang, self.facts)


class EditionFaults(DataFault, ValueError):
    """A user's edition that cannot be taken; `faults` are all of them."""

    faults: tuple[RowFault, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Every fault, one a line, with its row and column."""
        lines = (f"{f.row_no} {f.column}: {f.text(lang)}" for f in self.faults)
        return "\n".join([message(self.code, lang, self.facts), *lines])


@cache
def load_editions() -> tuple[Edition, ...]:
    """The shipped editions in the order of their file names."""
    folder = files("factors") / "data" / "editions"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".csv"))
    return tuple(_edition(name, (folder / name).read_bytes()) for name in names)


@cache
def shipped_catalogue() -> Catalogue:
    """The factors of all shipped editions."""
    return Catalogue(factor for edition in load_editions() for factor in edition.factors)


def _edition(file_name: str, content: bytes) -> Edition:
    factors = tuple(map(_shipped, csv.DictReader(content.decode("utf-8").splitlines())))
    return Edition(
        edition=factors[0].edition,
        publisher=factors[0].publisher,
        document=factors[0].document,
        file_name=file_name,
        sha256=hashlib.sha256(content).hexdigest(),
        factors=factors,
    )


def _shipped(row: Mapping[str, str]) -> Factor:
    return Factor(
        edition=row["edition"],
        carrier=row["carrier"],
        parameter=row["parameter"],
        value=Decimal(row["value"]),
        unit=row["unit"],
        publisher=row["publisher"],
        document=row["document"],
        clause=row["clause"],
        region=row["region"],
        sector=row["sector"],
        series=row["series"],
        valid_from=_iso(row["valid_from"]),
        valid_to=_iso(row["valid_to"]),
        known_from=_iso(row["known_from"]),
        standing=row["standing"],
        evidence=row["evidence"],
        table=row["table"],
        factor_id=row["factor_id"],
        lower=Decimal(row["lower"]) if row["lower"] else None,
        upper=Decimal(row["upper"]) if row["upper"] else None,
    )


def _iso(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def read_edition_rows(rows: Iterable[Mapping[str, str]]) -> tuple[Factor, ...]:
    """The factors of a user's own edition from rows with the columns of a factor file.

    Any carrier, unit and region: a carrier that is not in our list is taken under its own name
    when the row says its `kind`. Standing is 'reported' unless stated; 'official' is refused,
    since it takes a named person, document, page and hash. Raises `EditionFaults` with every
    fault of every row.
    """
    reader = _Import()
    factors = [factor for no, row in enumerate(rows, 1) if (factor := reader.row(no, row))]
    reader.check_repeats(factors)
    if reader.faults:
        error = EditionFaults("edition.faults", count=len(reader.faults))
        error.faults = tuple(sorted(reader.faults, key=lambda fault: fault.row_no))
        raise error
    return tuple(factors)


def own_carriers(rows: Iterable[Mapping[str, str]]) -> tuple[Carrier, ...]:
    """Carriers that a user's edition brings and our list lacks, with the kind that it says."""
    found: dict[str, Carrier] = {}
    for row in rows:
        name, kind = row.get("carrier", "").strip(), row.get("kind", "").strip()
        if name and kind in KINDS and find_carrier(name) is None:
            found[name] = Carrier(name, name, name, kind, row.get("phase", "").strip() or "solid")
    return tuple(found.values())


class _Import:
    """One reading of a user's rows; what is wrong is collected in `faults`."""

    def __init__(self) -> None:
        self.faults: list[RowFault] = []
        self.row_no = 0
        self.lines: dict[int, int] = {}

    def fault(self, column: str, code: str, /, **facts: object) -> None:
        self.faults.append(RowFault(self.row_no, column, code, facts))

    def row(self, row_no: int, row: Mapping[str, str]) -> Factor | None:
        self.row_no = row_no
        before = len(self.faults)
        cells = {name: str(cell or "").strip() for name, cell in row.items()}
        for name in REQUIRED:
            if not cells.get(name):
                self.fault(name, "edition.required", column=name)
        code, kind = self._carrier(cells)
        parameter = self._parameter(cells, kind)
        series = series_name(cells.get("series", ""))
        if parameter == "grid_EF" and not series and cells.get("parameter"):
            self.fault("series", "edition.series", allowed=", ".join((*SERIES_LEVELS, "supplier")))
        numbers = {name: self._number(name, cells.get(name, "")) for name in _NUMBERS}
        days = {name: self._day(name, cells.get(name, "")) for name in _DAYS}
        self._spans(numbers, days)
        self._unit(cells.get("unit", ""), parameter)
        standing = self._standing(cells.get("standing", "") or "reported")
        value = numbers["value"]
        if value is None or len(self.faults) > before:
            return None
        factor = Factor(
            edition=cells["edition"],
            carrier=code,
            parameter=parameter,
            value=value,
            unit=cells["unit"],
            publisher=cells["publisher"],
            document=cells["document"],
            clause=cells.get("clause", ""),
            region=region_name(cells.get("region", "")) or "CN",
            sector=cells.get("sector", ""),
            series=series,
            enterprise_id=cells.get("enterprise_id", ""),
            facility=cells.get("facility", ""),
            valid_from=days["valid_from"],
            valid_to=days["valid_to"],
            known_from=days["known_from"],
            standing=standing,
            evidence=cells["evidence"],
            table=cells.get("table", "") or OWN,
            factor_id=cells.get("factor_id", "") or str(row_no),
            lower=numbers["lower"],
            upper=numbers["upper"],
        )
        self.lines[id(factor)] = row_no
        return factor

    def _carrier(self, cells: Mapping[str, str]) -> tuple[str, str]:
        name, kind = cells.get("carrier", ""), cells.get("kind", "")
        carrier = find_carrier(name)
        if carrier is not None:
            return carrier.code, carrier.kind
        if name and kind not in KINDS:
            facts = {"nearest": ", ".join(nearest(name)) or "-", "kinds": ", ".join(KINDS)}
            self.fault("carrier", "edition.carrier", seen=name, **facts)
        return name, kind

    def _parameter(self, cells: Mapping[str, str], kind: str) -> str:
        text = cells.get("parameter", "")
        name = parameter_name(text, kind)
        if text and name is None:
            self.fault(
                "parameter", "edition.parameter", seen=text, allowed=", ".join(known_parameters())
            )
        about_co2e = "co2e" in cells.get("unit", "").casefold()
        factors = ("CO2_EF", "grid_EF", "heat_EF")
        return "CO2e_EF" if name in factors and about_co2e else name or text

    def _number(self, column: str, text: str) -> Decimal | None:
        if not text:
            return None
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        self.fault(column, "edition.number", seen=text)
        return None

    def _day(self, column: str, text: str) -> date | None:
        """A day; of a year or a month alone the first day, and as an end the last."""
        if not text:
            return None
        found = _DAY.fullmatch(text.replace("/", "-"))
        try:
            if found is None:
                raise ValueError(text)
            year, month, day = (int(part) if part else 0 for part in found.groups())
            if column != "valid_to" or day:
                return date(year, month or 1, day or 1)
            month = month or 12
            after = date(year + month // 12, month % 12 + 1, 1)
            return date.fromordinal(after.toordinal() - 1)
        except ValueError:
            self.fault(column, "edition.day", seen=text)
            return None

    def _spans(
        self, numbers: Mapping[str, Decimal | None], days: Mapping[str, date | None]
    ) -> None:
        bounds = [numbers[name] for name in ("lower", "value", "upper")]
        given = [number for number in bounds if number is not None]
        if given != sorted(given):
            self.fault("value", "edition.bounds", bounds=" … ".join(map(str, given)))
        start, end = days["valid_from"], days["valid_to"]
        if start and end and end < start:
            self.fault("valid_to", "edition.validity", valid_from=start, valid_to=end)

    def _unit(self, text: str, parameter: str) -> None:
        if not text:
            return
        try:
            unit = parse_unit(text, substance=SUBSTANCE.get(parameter, "material"))
            fitting = DIMENSIONS.get(parameter, ())
            if fitting and not any(same_dimension(unit, like) for like in fitting):
                facts = {"parameter": parameter, "allowed": ", ".join(fitting)}
                self.fault("unit", "edition.unit", seen=text, **facts)
        except UnitError as error:
            self.fault("unit", error.code, **error.facts)

    def _standing(self, text: str) -> str:
        allowed = [name for name in STANDINGS if name != "official"]
        if text not in allowed:
            self.fault("standing", "edition.standing", seen=text, allowed=", ".join(allowed))
        return text

    def check_repeats(self, factors: Iterable[Factor]) -> None:
        """Two rows that no resolution could tell apart."""
        seen: dict[tuple[object, ...], int] = {}
        for factor in factors:
            self.row_no = self.lines[id(factor)]
            first = seen.setdefault(_identity(factor), self.row_no)
            if first != self.row_no:
                self.fault("", "edition.repeated", row=first, label=factor.label())


_NUMBERS = ("value", "lower", "upper")
_DAYS = ("valid_from", "valid_to", "known_from")


def _identity(factor: Factor) -> tuple[object, ...]:
    return (
        *(factor.edition, factor.table, factor.carrier, factor.parameter, factor.series),
        *(factor.region, factor.sector, factor.enterprise_id, factor.facility, factor.valid_from),
        parse_unit(factor.unit, substance=SUBSTANCE.get(factor.parameter, "material")).dimension,
    )


def source_ids(editions: Iterable[Edition]) -> Iterator[str]:
    """Ids of the source rows behind the factors of editions."""
    for edition in editions:
        yield from (factor.factor_id for factor in edition.factors)
