"""Methods of accounting (核算方法) declared as data, and the editions that group them.

What belongs here: what a method is, which methods an edition applies to a carrier and a flow, and
which variant of a method serves what was measured. What does not: reading the declarations and
proving their dimension (`method_files.py`), factors (`resolution.py`), units as written
(`proof.py`).

Nothing is counted twice, by the flow on which an emission rests. Fuels: `consumption`, and
`conversion_input` of carriers that are burned in conversion; purchase, stocks, loss and transfer
keep the stock, and what is `feedstock` is never burned. Electricity and heat: `purchase`, or
`consumption` where no purchase of the carrier was sent for the month (`yields_to`); `green_power`
is a part of the purchase. Carbonates and materials: `process_input` and `consumption`; products
only where they have a factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Literal

from factors.carriers import Carrier
from factors.errors import DataFault
from factors.formulas import Formula
from factors.messages import text as message
from factors.steam import SteamRule
from factors.units import Unit, parse_unit

BASES: Mapping[str, str] = MappingProxyType(
    {
        "mass": "t",
        "gas_volume": "Nm3",
        "volume": "m3",
        "gas_volume_us": "scf",
        "energy": "GJ",
        "energy_gross": "kWh_gross",
    }
)
"""Kind of quantity (基准量) → a unit of it. A quantity in GJ and one in tonnes take different
formulas; a bare cubic metre (`volume`) is never a volume at a reference condition."""

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a declaration."""

    code: str
    facts: Mapping[str, str]


class MethodError(DataFault, ValueError):
    """A method edition that cannot be loaded; `faults` are all the reasons."""

    faults: tuple[Fault, ...] = ()

    def text(self, lang: str = "zh") -> str:
        """Every fault, one a line."""
        heading = message(self.code, lang, self.facts)
        return "\n".join(
            [heading, *(f"- {message(fault.code, lang, fault.facts)}" for fault in self.faults)]
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name of a formula, with the unit in which the formula takes it.

    `units` maps a basis to the canonical unit ('' for every basis). `source` is 'activity' (the
    row gives it), 'factor' (the catalogue does, unless the row has measured the column
    `measured`), 'product' (of the parameters `of`, rounded to `digits` decimals where the text
    prescribes it, and that feeds on) or 'constant'. `factor`, `tables` and `series` say what is
    looked for; `carrier_from` is '' (the row's carrier), 'fuel_group' (its row in the IPCC tables)
    or the code of another carrier. `ratio`: a plain number or per cent is understood as the unit.
    `bare_volume` is what a bare m³ means in the unit of a factor that states no condition.
    `origin` says where a constant comes from.
    """

    name: str
    units: tuple[tuple[str, str], ...]
    source: Literal["activity", "factor", "constant", "product"]
    measured: str = ""
    factor: str = ""
    tables: tuple[str, ...] = ()
    series: str = ""
    carrier_from: str = ""
    statistical: bool = False
    substance: str = "material"
    ratio: bool = False
    bare_volume: str = ""
    value: Fraction | None = None
    value_text: str = ""
    origin: str = ""
    of: tuple[str, ...] = ()
    digits: int | None = None

    @property
    def unit(self) -> str:
        """The canonical unit, or those of all bases where they differ."""
        return " | ".join(dict.fromkeys(unit for _, unit in self.units))

    def unit_for(self, basis: str) -> str:
        """The canonical unit when the quantity is of `basis`."""
        units = dict(self.units)
        return units.get(basis) or units.get("", "")


def unit_of(parameter: Parameter, basis: str) -> Unit:
    """The canonical unit of a parameter, read for its substance."""
    return parse_unit(parameter.unit_for(basis), substance=parameter.substance)


@dataclass(frozen=True, slots=True)
class Output:
    """What a method gives: a measure (CO2, CH4, N2O, CO2e, tce_equivalent, tce_equal) in `unit`.

    `scope` is '1', '2' or 'energy'; `category` combustion, process, electricity_location,
    electricity_market, heat or comprehensive_energy. What is not `counted` is shown and stands
    outside the total.
    """

    measure: str
    unit: str
    scope: str
    category: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Rounding:
    """Two words: `prescribed` feeds on (parameter → digits), `display` never does (what → digits).
    `rule` is half_up (四舍五入) or half_even (GB/T 8170)."""

    rule: Literal["half_up", "half_even"] = "half_up"
    prescribed: tuple[tuple[str, int], ...] = ()
    display: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A formula over typed parameters, and to what it applies.

    Variants of one `group` are alternatives, the first that fits serves: `needs` are the columns
    that must have been measured, `bases` the kinds of quantity. `deducted_flows` are taken off;
    `burned_flows` count only for carriers that conversion burns. `yields_to` are flows of the same
    carrier and month beside which the method stands back, `only_with` flows without which it has
    no meaning. An `optional` method without a factor is left out with a note; any other rejects
    the row.
    """

    method_id: str
    edition: str
    group: str
    title_zh: str
    title_en: str
    formula: Formula
    parameters: tuple[Parameter, ...]
    output: Output
    flows: frozenset[str]
    kinds: frozenset[str] = NOTHING
    carriers: frozenset[str] = NOTHING
    deducted_flows: frozenset[str] = NOTHING
    burned_flows: frozenset[str] = NOTHING
    bases: tuple[str, ...] = ("mass",)
    needs: frozenset[str] = NOTHING
    yields_to: frozenset[str] = NOTHING
    only_with: frozenset[str] = NOTHING
    optional: bool = False
    state: Literal["active", "draft"] = "active"
    clause: str = ""
    standing: str = "memory"
    note_zh: str = ""
    note_en: str = ""
    missing_zh: str = ""
    missing_en: str = ""
    rounding: Rounding = field(default_factory=Rounding)

    @property
    def key(self) -> str:
        """Edition and id: what names a method in the ledger."""
        return f"{self.edition}/{self.method_id}"

    def title(self, lang: str = "zh") -> str:
        """The name in `lang`."""
        return self.title_en if lang == "en" else self.title_zh

    def parameter(self, name: str) -> Parameter:
        """The parameter of that name."""
        return next(item for item in self.parameters if item.name == name)

    def applies_to(self, carrier: Carrier, flow: str) -> bool:
        """Whether rows of the carrier and flow are calculated by this method at all."""
        if self.carriers and carrier.code not in self.carriers:
            return False
        if self.kinds and carrier.kind not in self.kinds:
            return False
        if flow in self.burned_flows:
            return carrier.conversion == "burned"
        return flow in self.flows or flow in self.deducted_flows

    def sign_for(self, flow: str) -> int:
        """-1 for what the method takes off, else 1."""
        return -1 if flow in self.deducted_flows else 1

    def fits(self, measured: frozenset[str], basis: str) -> bool:
        """Whether what was measured, and the kind of quantity ('' not known), suit the formula."""
        return self.needs <= measured and (not basis or basis in self.bases)

    def counts_beside(self, flows: frozenset[str]) -> bool:
        """Whether the method counts beside the other flows sent for the carrier and month."""
        return not (self.yields_to & flows) and (not self.only_with or bool(self.only_with & flows))


@dataclass(frozen=True, slots=True)
class MethodEdition:
    """The methods that are the rule from `applies_from` to `applies_to`, and what they share.

    Editions of one `family` follow one another in time. `grid_series` names the series of grid
    factors, `statistical_years` (parameter, reporting year → statistical year) which year serves
    where the text says so. `sectors` maps a sector of the factor tables to the first figures of
    GB/T 4754. `deadline` is month and day of the next year by which a factor must have been known.
    `missing_zh` and `missing_en` say what nobody has read of its text, for the methods that are
    drafts. `steam` is where the enthalpy of steam comes from whose pressure was measured.
    """

    edition: str
    family: str
    title_zh: str
    title_en: str
    document: str
    state: Literal["active", "draft"]
    methods: tuple[Method, ...]
    applies_from: date | None = None
    applies_to: date | None = None
    boundary: str = "legal_person"
    gwp_edition: str = ""
    grid_series: str = ""
    statistical_years: tuple[tuple[str, int, int], ...] = ()
    sectors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    deadline: tuple[int, int] = (4, 30)
    rounding: Rounding = field(default_factory=Rounding)
    steam: SteamRule | None = None
    publisher: str = ""
    clause: str = ""
    standing: str = "memory"
    missing_zh: str = ""
    missing_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    sha256: str = ""

    def title(self, lang: str = "zh") -> str:
        """The name in `lang`."""
        return self.title_en if lang == "en" else self.title_zh

    @property
    def drafts(self) -> tuple[Method, ...]:
        """The methods that compute nothing, since nobody has read their text."""
        return tuple(m for m in self.methods if "draft" in (m.state, self.state))

    @property
    def valued_columns(self) -> frozenset[str]:
        """Measured columns of which not only the presence but the number decides a resolution:
        those that a product is made of which the method rounds."""
        return frozenset(
            part.measured
            for method in self.methods
            if method.state == "active"
            for parameter in method.parameters
            if parameter.source == "product"
            for part in map(method.parameter, parameter.of)
            if part.measured
        )

    def covers(self, first: date, last: date) -> bool:
        """Whether the edition is the rule on all days from `first` to `last`."""
        start, end = self.applies_from or date.min, self.applies_to or date.max
        return start <= first and last <= end

    def method(self, method_id: str) -> Method:
        """The method of that id; raises KeyError."""
        for method in self.methods:
            if method.method_id == method_id:
                return method
        raise KeyError(method_id)

    def groups_for(
        self, carrier: Carrier, flow: str, flows_beside: frozenset[str] = NOTHING
    ) -> tuple[tuple[Method, ...], ...]:
        """Active methods for rows of a carrier and flow: groups of variants, in declared order."""
        groups: dict[str, list[Method]] = {}
        for method in self.methods:
            if method.state == "active" and method.applies_to(carrier, flow):
                groups.setdefault(method.group, []).append(method)
        return tuple(
            counting
            for variants in groups.values()
            if (counting := tuple(m for m in variants if m.counts_beside(flows_beside)))
        )

    def methods_for(
        self,
        carrier: Carrier,
        flow: str,
        measured: frozenset[str],
        *,
        basis: str = "",
        flows_beside: frozenset[str] = NOTHING,
    ) -> tuple[Method, ...]:
        """The first variant of each group that suits what was measured."""
        chosen = (
            next((method for method in variants if method.fits(measured, basis)), None)
            for variants in self.groups_for(carrier, flow, flows_beside)
        )
        return tuple(method for method in chosen if method is not None)

    def drafts_for(self, carrier: Carrier, flow: str) -> tuple[Method, ...]:
        """Methods that would apply if somebody had read their text."""
        return tuple(method for method in self.drafts if method.applies_to(carrier, flow))

    def statistical_year(self, parameter: str, reporting_year: int) -> int | None:
        """The statistical year that the text lets serve a reporting year; None: none stated."""
        for name, reporting, statistical in self.statistical_years:
            if (name, reporting) == (parameter, reporting_year):
                return statistical
        return None

    def sector_of(self, industry: str) -> str:
        """The sector of the factor tables for an industry code of GB/T 4754 ('' not known)."""
        figures = industry.strip().lstrip("ABCDEFGHIJKLMNOPQRSTabcdefghijklmnopqrst")
        for sector, prefixes in self.sectors:
            if industry == sector or any(figures[: len(p)] == p for p in prefixes):
                return sector
        return ""

    def with_series(self, series: str) -> MethodEdition:
        """This edition with another grid-factor series, named so that nobody mistakes it."""
        name = f"{self.edition}@{series}"

        def moved(parameter: Parameter) -> Parameter:
            held = parameter.series == self.grid_series and parameter.statistical
            return replace(parameter, series=series) if held else parameter

        methods = tuple(
            replace(method, edition=name, parameters=tuple(map(moved, method.parameters)))
            for method in self.methods
        )
        return replace(self, edition=name, family=name, grid_series=series, methods=methods)


@cache
def load_edition(text: str) -> MethodEdition:
    """Read one method edition from the text of its TOML file and prove every method.

    Raises `MethodError` with all reasons; an edition with one wrong method is not loaded at all.
    """
    from factors.method_files import read_edition

    return read_edition(text)


@cache
def load_method_editions() -> Mapping[str, MethodEdition]:
    """Edition → method edition, as shipped in `data/methods/`."""
    from factors.method_files import shipped_texts

    editions = (load_edition(text) for text in shipped_texts().values())
    return MappingProxyType({edition.edition: edition for edition in editions})
