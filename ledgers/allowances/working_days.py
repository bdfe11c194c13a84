"""The working-day calendar with opening hours, and delays on it (工作日历与延时执行).

What belongs here: which moments are open, when a delay ends. What does not: which calendar is in
force (`rulings`) and what is delayed (`workflow`). Times here are the calendar's own local times
without a zone; `local` and `utc` go between them and UTC.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """One version of a calendar. `holidays` are closed, `worked` (adjusted working days at a
    weekend, 调休) open; both ends of the hours count as open."""

    name: str
    version: str
    zone: str
    opens: time
    closes: time
    weekend: frozenset[int]
    holidays: frozenset[date]
    worked: frozenset[date]
    source: str

    def is_working(self, day: date) -> bool:
        """Whether the registry works on `day`."""
        if day in self.worked:
            return True
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def is_open(self, moment: datetime) -> bool:
        """Whether the registry is open at the local `moment`."""
        return self.is_working(moment.date()) and self.opens <= moment.time() <= self.closes

    def next_open(self, moment: datetime) -> datetime:
        """`moment` when open then, else the next opening: when the clock of a delay starts."""
        if self.is_open(moment):
            return moment
        day = moment.date()
        if not self.is_working(day) or moment.time() > self.closes:
            day = self.next_working(day)
        return datetime.combine(day, self.opens)

    def next_working(self, day: date) -> date:
        """The first working day after `day`."""
        day += _DAY
        while not self.is_working(day):
            day += _DAY
        return day

    def after(self, moment: datetime, delay: timedelta) -> datetime:
        """When something approved at `moment` may be executed: each 24 hours of `delay` is one
        working day, the rest runs on the clock and does not end outside the opening hours."""
        start = self.next_open(moment)
        days, rest = divmod(delay, _DAY)
        day = start.date()
        for _ in range(days):
            day = self.next_working(day)
        return self.next_open(datetime.combine(day, start.time()) + rest)

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted itself."""
        for _ in range(count):
            day = self.next_working(day)
        return day

    def local(self, moment: datetime) -> datetime:
        """An aware moment (naive is UTC) as local time without a zone."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def utc(self, moment: datetime) -> datetime:
        """A local moment as aware UTC."""
        return moment.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def business_date(self, moment: datetime) -> date:
        """The day on which an aware moment falls in the registry's own zone."""
        return self.local(moment).date()


def read_calendar(text: str) -> Calendar:
    """A calendar from its TOML. Raises KeyError, ValueError on what cannot be read."""
    held = tomllib.loads(text)
    opens, closes = held["opens"], held["closes"]
    if not isinstance(opens, time) or not isinstance(closes, time) or opens >= closes:
        raise ValueError("opens, closes")
    ZoneInfo(held["zone"])
    return Calendar(
        name=held["name"],
        version=held["version"],
        zone=held["zone"],
        opens=opens,
        closes=closes,
        weekend=frozenset(held["weekend"]),
        holidays=frozenset(held["holidays"]),
        worked=frozenset(held["worked"]),
        source=held["source"],
    )
