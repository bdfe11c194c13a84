"""Enthalpy of steam (蒸汽焓) from pressure and temperature, as a method edition prescribes it.

What belongs here: the formulation IAPWS-IF97 by its kept library with a prescribed rounding, and a
printed table with linear interpolation where the edition prescribes that. What does not: heat and
emission of steam (methods), which rows need it (`resolution.py`).

IF97 works in binary floating point; its result is a measured-like number that the prescribed
rounding makes exact, and that feeds on. A table is interpolated exactly.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from factors.catalogue import Catalogue, Factor, ResolutionError
from factors.quantities import decimal_of, half_even, half_up

STEAM_CARRIERS = frozenset({"steam", "low_pressure_steam"})
HIGHEST_PRESSURE, HIGHEST_TEMPERATURE = Fraction(100), Fraction(800)
CRITICAL_PRESSURE = Fraction("22.064")
"""MPa: above it there is no saturation line."""

_ZERO_CELSIUS = 273.15
_AT_SATURATION = Fraction(1, 100)
_SERIES = re.compile(r"(saturated|superheated) ([\d.]+)MPa(?: ([\d.]+)degC)?", re.ASCII)


class SteamError(ResolutionError):
    """No enthalpy follows from the pressure and temperature given; the message says why."""


@dataclass(frozen=True, slots=True)
class SteamRule:
    """Where an edition takes enthalpies from: 'IF97', rounded to `digits` by `rule`, or 'table',
    the tables of printed values for saturated and superheated steam, rounded only where `digits`
    says so."""

    by: Literal["IF97", "table"]
    digits: int | None = None
    saturated: str = ""
    superheated: str = ""
    rule: Literal["half_up", "half_even"] = "half_up"

    def rounded(self, value: Fraction) -> Decimal:
        """The value with the prescribed rounding; a table's own value where there is none."""
        if self.digits is not None:
            return (half_even if self.rule == "half_even" else half_up)(value, self.digits)
        exact = decimal_of(value)
        # A grid whose steps are no decimals: twelve decimals are what a ledger column holds.
        return half_up(value, 12) if exact is None else exact


@dataclass(frozen=True, slots=True)
class Enthalpy:
    """kJ/kg, and the printed rows that it was interpolated from (none for IF97)."""

    value: Decimal
    rows: tuple[Factor, ...] = ()


def enthalpy(
    rule: SteamRule, pressure: Fraction, temperature: Fraction | None, catalogue: Catalogue
) -> Enthalpy:
    """Enthalpy of steam at an absolute `pressure` in MPa; `temperature` in °C, None of saturated
    steam. Raises `SteamError`."""
    facts = _facts(pressure, temperature)
    in_range = 0 < pressure <= HIGHEST_PRESSURE
    if not in_range or (temperature is not None and not 0 < temperature <= HIGHEST_TEMPERATURE):
        raise SteamError("steam.range", **facts, allowed="0 < MPa ≤ 100, 0 < ℃ ≤ 800")
    if temperature is None and pressure >= CRITICAL_PRESSURE:
        raise SteamError("steam.range", **facts, allowed="< 22.064 MPa")
    temperature = _above_saturation(pressure, temperature)
    if rule.by == "IF97":
        return Enthalpy(rule.rounded(if97(pressure, temperature)))
    found, rows = _interpolated(_grid(catalogue, rule), rule, pressure, temperature)
    return Enthalpy(rule.rounded(found), rows)


def if97(pressure: Fraction, temperature: Fraction | None) -> Fraction:
    """kJ/kg by IAPWS-IF97 (library iapws), unrounded; None is saturated vapour."""
    # Importing it brings in scipy, which takes most of a second.
    from iapws import IAPWS97

    state = {"x": 1.0} if temperature is None else {"T": float(temperature) + _ZERO_CELSIUS}
    return Fraction(IAPWS97(P=float(pressure), **state).h)


@lru_cache(maxsize=4096)
def saturation(pressure: Fraction) -> Fraction | None:
    """The saturation temperature in °C; None above the critical pressure."""
    from iapws.iapws97 import _TSat_P

    if pressure >= CRITICAL_PRESSURE or pressure < Fraction("0.0006112127"):
        return None
    return Fraction(_TSat_P(float(pressure)) - _ZERO_CELSIUS)


def _above_saturation(pressure: Fraction, temperature: Fraction | None) -> Fraction | None:
    """None where the steam is saturated, as far as a temperature with two decimals can tell."""
    limit = saturation(pressure)
    if temperature is None or limit is None:
        return temperature
    if temperature < limit - _AT_SATURATION:
        facts = _facts(pressure, temperature) | {"saturation": str(half_up(limit, 2))}
        raise SteamError("steam.water", **facts)
    return None if temperature <= limit + _AT_SATURATION else temperature


@dataclass(frozen=True, slots=True)
class Grid:
    """The printed values of one edition's tables: by pressure, and by temperature and pressure."""

    saturated: Mapping[Fraction, Factor]
    superheated: Mapping[Fraction, Mapping[Fraction, Factor]]


@lru_cache(maxsize=8)
def _grid(catalogue: Catalogue, rule: SteamRule) -> Grid:
    saturated: dict[Fraction, Factor] = {}
    superheated: dict[Fraction, dict[Fraction, Factor]] = {}
    for row in catalogue.find("steam", "enthalpy"):
        found = _SERIES.fullmatch(row.series)
        if found is None:
            continue
        pressure = Fraction(found[2])
        if row.table == rule.saturated and found[3] is None:
            saturated[pressure] = row
        elif row.table == rule.superheated and found[3] is not None:
            superheated.setdefault(Fraction(found[3]), {})[pressure] = row
    return Grid(saturated, superheated)


def _interpolated(
    grid: Grid, rule: SteamRule, pressure: Fraction, temperature: Fraction | None
) -> tuple[Fraction, tuple[Factor, ...]]:
    table = rule.saturated if temperature is None else rule.superheated
    facts = _facts(pressure, temperature) | {"table": table}
    if temperature is None:
        corners = [(weight, grid.saturated[p]) for weight, p in _between(grid.saturated, pressure)]
    else:
        corners = [
            (weight * share, grid.superheated[t][p])
            for weight, t in _between(grid.superheated, temperature)
            for share, p in _between(grid.superheated[t], pressure)
        ]
        _same_phase(grid, pressure, temperature, facts)
    if not corners:
        raise SteamError("steam.table", **facts, reason="outside the table / 超出表的范围")
    suspect = [row.label() for _, row in corners if not row.usable]
    if suspect:
        raise SteamError("steam.table", **facts, reason=f"suspect / 存疑: {'; '.join(suspect)}")
    value = sum((weight * Fraction(row.value) for weight, row in corners), Fraction(0))
    return value, tuple(row for _, row in corners)


def _between(
    held: Mapping[Fraction, object], wanted: Fraction
) -> Sequence[tuple[Fraction, Fraction]]:
    """The neighbours of a point on an axis with their weights; one where it is on the grid, none
    where it lies outside."""
    if wanted in held:
        return ((Fraction(1), wanted),)
    axis = sorted(held)
    place = bisect_right(axis, wanted)
    if place in (0, len(axis)):
        return ()
    low, high = axis[place - 1], axis[place]
    share = (wanted - low) / (high - low)
    return ((1 - share, low), (share, high))


def _same_phase(
    grid: Grid, pressure: Fraction, temperature: Fraction, facts: Mapping[str, str]
) -> None:
    """Every neighbour must be steam: between water and steam nothing is linear."""
    for _, t in _between(grid.superheated, temperature):
        for _, p in _between(grid.superheated[t], pressure):
            limit = saturation(p)
            if limit is not None and t < limit:
                reason = f"{p} MPa {t} ℃ is water / 为水"
                raise SteamError("steam.table", **facts, reason=reason)


def _facts(pressure: Fraction, temperature: Fraction | None) -> dict[str, str]:
    shown = "-" if temperature is None else _plain(temperature)
    return {"pressure": _plain(pressure), "temperature": shown}


def _plain(value: Fraction) -> str:
    exact = decimal_of(value)
    return str(value) if exact is None else f"{exact:f}"
