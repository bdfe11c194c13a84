"""A month from the ledger: lines, sums, due shares, estimates, colours, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from factors.errors import UsageFault
from ledgers import dual_control, journal
from ledgers.dual_control.lines import (
    COMPONENTS,
    Lines,
    Membership,
    add_lines,
    exact_sum,
    line_of,
)
from ledgers.dual_control.readings import Reading
from ledgers.dual_control.seasons import season
from tests.ledgers.dual_control.city import (
    FOUNDRY,
    HEATING,
    KILN,
    OTHER,
    PERSON,
    ZONE,
    book_entries,
    budget,
    figure,
    months,
    output,
    send,
)
from warehouse.connect import Connection, DatabaseError

COAL, POWER, POWER_EQUAL, BURNED, BOUGHT, FEED, WOOD, TWICE = range(1, 9)
CITY = ("city", "210100")


def booked(con: Connection, *parts: Iterable[dict[str, Any]]) -> None:
    book_entries(con, [item for part in parts for item in part])


def foundry_years(con: Connection) -> None:
    """FOUNDRY: 10 tce a month in 2023; 20 and then 10 in the halves of 2024; 15 up to June 2025."""
    own = {"enterprise": FOUNDRY, "resolution": COAL}
    booked(
        con,
        months(2023, [10] * 12, **own),
        months(2024, [20] * 6 + [10] * 6, **own),
        months(2025, [15] * 6, **own),
    )


def reading(con: Connection, month: str, indicator: str, level: str = "") -> Reading:
    book = dual_control.read_book(con, month)
    (found,) = [
        item
        for item in dual_control.readings(book, month)
        if item.budget.indicator == indicator and level in ("", item.place[0])
    ]
    return found


@pytest.mark.parametrize(
    ("cap", "colour"), [("150", "green"), ("149", "yellow"), ("137", "yellow"), ("136", "red")]
)
def test_a_cap_is_due_as_past_years_used_theirs(con: Connection, cap: str, colour: str) -> None:
    foundry_years(con)
    row = budget("enterprise", FOUNDRY, "energy_total", cap, "tce")
    assert send(con, "budget", row).rejected == ()
    found = reading(con, "2025-06", "energy_total")
    # (60 + 120) of (120 + 180) tce were used by June of the past years.
    assert Fraction(*found.due) == Fraction(3, 5)
    assert found.actual == 90_000_000
    assert found.due_amount == Fraction(cap) * Fraction(3, 5)
    assert (found.colour, found.release) == (colour, "flash")


def test_the_year_end_is_estimated_from_the_seasons(con: Connection) -> None:
    foundry_years(con)
    send(con, "budget", budget("enterprise", FOUNDRY, "energy_total", "150", "tce"))
    found = reading(con, "2025-06", "energy_total")
    estimate = found.projection
    assert estimate is not None
    # 90/(1/2) and 90/(2/3) tce.
    assert estimate.estimate == pytest.approx(157.5e6)
    half = stats.t.ppf(0.9, 1) * np.std([180, 135], ddof=1) * np.sqrt(1.5)
    assert estimate.high == pytest.approx((157.5 + half) * 1e6)
    # What is used already is used.
    assert estimate.low == 90e6
    assert (estimate.method, estimate.past_years, found.seasons) == ("seasonal", 2, 2)
    assert found.saving == Fraction(5, 4)
    assert found.projected_level is not None
    assert found.projected_level.colour == "yellow"


def test_without_past_years_months_are_equal_and_there_is_no_band(con: Connection) -> None:
    booked(con, months(2025, [15] * 6, enterprise=FOUNDRY, resolution=COAL))
    send(con, "budget", budget("enterprise", FOUNDRY, "energy_total", "180", "tce"))
    found = reading(con, "2025-06", "energy_total")
    assert (found.due, found.colour) == ((6, 12), "green")
    assert found.projection is not None
    assert (found.projection.low, found.projection.method) == (None, "linear")
    assert found.projected == 180_000_000
    assert found.saving is None


def test_december_is_the_year_itself(con: Connection) -> None:
    booked(con, months(2025, [15] * 12, enterprise=FOUNDRY, resolution=COAL))
    send(con, "budget", budget("enterprise", FOUNDRY, "energy_total", "170", "tce"))
    found = reading(con, "2025-12", "energy_total")
    assert (found.due, found.projected, found.colour) == ((1, 1), 180_000_000, "yellow")
    assert found.saving == 10


def test_lines_of_every_level(con: Connection) -> None:
    booked(
        con,
        months(2025, [7], enterprise=FOUNDRY, resolution=COAL),
        months(2025, [3], enterprise=FOUNDRY, resolution=POWER),
        months(2025, [9], enterprise=FOUNDRY, resolution=POWER_EQUAL),
        months(2025, [20], enterprise=FOUNDRY, resolution=BURNED),
        months(2025, [8], enterprise=FOUNDRY, resolution=BOUGHT),
        months(2025, [500], enterprise=FOUNDRY, resolution=TWICE),
        months(2025, [100], enterprise=HEATING, resolution=BURNED),
        months(2025, [40], enterprise=HEATING, resolution=COAL),
        months(2025, [2], enterprise=KILN, resolution=FEED),
        months(2025, [1], enterprise=KILN, resolution=WOOD),
    )
    send(con, "budget", budget("city", "210100", "carbon_total", "200", "tCO2"))
    found = dual_control.board(con, "2025-01")
    city = found.city
    assert city is not None
    # Heat that the plant supplies is in the scope 2 of those who buy it.
    assert (city.energy, city.carbon) == (53, 28)
    districts = {each.place[1]: each for each in found.levels["district"]}
    assert [(d.energy, d.carbon) for d in districts.values()] == [(50, 28), (3, 0)]
    sectors = {each.place[1]: each.carbon for each in found.levels["sector"]}
    # An enterprise and a sector carry what they burn.
    assert sectors == {"30": 0, "33": 28, "443": 100}
    assert [each.place[1] for each in found.levels["zone"]] == [ZONE]
    book = dual_control.read_book(con, "2025-01")
    rows = book.groups("2025-01")["district", "210102"]
    assert book.values(rows, 2025, 1) == {
        "energy": 50_000_000,
        "electricity": 3_000_000,
        "electricity_equal": 9_000_000,
        "without_equal": 0,
        "coal": 47_000_000,
        "oil": 0,
        "non_fossil": 0,
        "feedstock": 0,
        "direct": 120_000_000,
        "purchased": 8_000_000,
        "supply": 100_000_000,
    }


def test_feedstock_and_non_fossil_energy_are_deducted(con: Connection) -> None:
    booked(
        con,
        months(2025, [10] * 3, enterprise=KILN, resolution=COAL),
        months(2025, [2] * 3, enterprise=KILN, resolution=FEED),
        months(2025, [1] * 3, enterprise=KILN, resolution=WOOD),
    )
    send(con, "budget", budget("enterprise", KILN, "energy_total", "120", "tce"))
    found = reading(con, "2025-03", "energy_total")
    # 13 tce a month less 2 of feedstock and 1 of wood.
    assert found.actual == 30_000_000
    rows = [figure("enterprise", KILN, f"2025-{n:02d}", "non_fossil", 4, "tce") for n in (1, 2, 3)]
    assert send(con, "dual_control_figure", *rows).rejected == ()
    assert reading(con, "2025-03", "energy_total").actual == 21_000_000


def intensity_ground(con: Connection) -> None:
    """City: 100 tce a month in 2024, 103 in 2025; GDP 7,000 → 7,385 (10^8 CNY)."""
    own = {"enterprise": FOUNDRY, "resolution": COAL}
    booked(con, months(2024, [100] * 12, **own), months(2025, [103] * 12, **own))
    rows = [
        output("city", "210100", 2024, "3500", month="6"),
        output("city", "210100", 2025, "3692.5", month="6", release="flash"),
        output("city", "210100", 2024, "7000"),
        output("city", "210100", 2025, "7385"),
    ]
    assert send(con, "gdp", *rows).rejected == ()


def test_a_reduction_is_judged_on_the_same_months(con: Connection) -> None:
    intensity_ground(con)
    row = budget("city", "210100", "energy_intensity_reduction", "2.5", "%", base_year="2024")
    send(con, "budget", row)
    found = reading(con, "2025-08", "energy_intensity_reduction")
    expected = 1 - (Fraction(618) / Fraction("3692.5")) / (Fraction(600) / 3500)
    # GDP is known to the end of June; one quarter's flash makes the whole flash.
    assert found.actual == expected
    assert (found.colour, found.release) == ("yellow", "flash")
    assert [step.id for step in found.workings] == ["D3", "D3", "D2", "D5"]
    final = reading(con, "2025-12", "energy_intensity_reduction")
    assert final.actual == 1 - (Fraction(1236) / 7385) / (Fraction(1200) / 7000)


def test_a_target_of_five_years_is_judged_on_its_schedule(con: Connection) -> None:
    intensity_ground(con)
    send(con, "gdp", output("city", "210100", 2022, "6300"))
    send(con, "dual_control_figure", figure("city", "210100", "2022", "energy_total", 1190, "tce"))
    row = budget(
        "city",
        "210100",
        "energy_intensity_reduction",
        "14.5",
        "%",
        base_year="2022",
        year="2027",
    )
    send(con, "budget", row)
    found = reading(con, "2025-12", "energy_intensity_reduction")
    expected = 1 - (Fraction(1236) / 7385) / (Fraction(1190) / 6300)
    assert found.actual == expected
    assert [step.id for step in found.workings][-3:] == ["D2", "D5", "D6"]
    # 11.4 % of a target of which 8.97 % are due after three years.
    assert found.colour == "green"


def test_what_is_missing_is_said_and_gives_no_colour(con: Connection) -> None:
    booked(con, months(2025, [100] * 6, enterprise=FOUNDRY, resolution=COAL))
    rows = [
        budget("city", "210100", "energy_intensity_reduction", "3", "%", base_year="2024"),
        budget("city", "210100", "non_fossil_share", "13", "%"),
        budget("city", "210100", "coal_total", "0", "tce"),
        budget("district", "210106", "carbon_total", "10", "tCO2"),
        budget("city", "210100", "energy_intensity", "0.5", "tce/万元"),
    ]
    assert send(con, "budget", *rows).rejected == ()
    book = dual_control.read_book(con, "2025-06")
    found = {item.budget.indicator: item for item in dual_control.readings(book, "2025-06")}
    reasons = {name: item.absent and item.absent.code for name, item in found.items()}
    assert reasons == {
        "energy_intensity_reduction": "dual.na.no_gdp",
        "non_fossil_share": None,
        "coal_total": "dual.na.cap",
        "carbon_total": "dual.na.nothing_booked",
        "energy_intensity": "dual.na.no_gdp",
    }
    share = found["non_fossil_share"]
    assert (share.actual, share.colour) == (0, "red")
    assert all(not item.colour for name, item in found.items() if name != "non_fossil_share")


def test_a_share_needs_equal_value_throughout(con: Connection) -> None:
    booked(con, months(2025, [100], enterprise=FOUNDRY, resolution=POWER))
    send(con, "budget", budget("city", "210100", "non_fossil_share", "13", "%"))
    found = reading(con, "2025-01", "non_fossil_share")
    assert found.absent is not None
    assert found.absent.code == "dual.na.no_equal_value"
    booked(con, months(2025, [250], enterprise=FOUNDRY, resolution=POWER_EQUAL))
    booked(con, months(2025, [50], enterprise=KILN, resolution=WOOD))
    found = reading(con, "2025-01", "non_fossil_share")
    assert found.actual == Fraction(50, 300)
    assert found.colour == "green"


def test_warnings_are_issued_once_superseded_and_lifted(con: Connection) -> None:
    foundry_years(con)
    send(con, "budget", budget("enterprise", FOUNDRY, "energy_total", "136", "tce"))

    def post(month: str = "2025-06") -> dual_control.Issued:
        book = dual_control.read_book(con, month)
        return dual_control.issue(con, month, dual_control.readings(book, month), person=PERSON)

    first = post()
    assert (first.issued, first.lifted, first.unchanged) == (1, 0, 0)
    assert (post().issued, post().unchanged, post().commit) == (0, 1, None)
    (held,) = dual_control.warnings(con, "2025-06")
    assert (held.colour, held.state, held.actual, held.target) == ("red", "open", "90", "408/5")
    assert first.commit is not None
    assert held.head_hash == first.commit.prev_hash
    seen = dual_control.say(con, held.warning, "acknowledged", person=OTHER)
    assert seen.state == "acknowledged"
    with pytest.raises(UsageFault, match="--words"):
        dual_control.say(con, held.warning, "answered", person=OTHER)
    done = dual_control.say(con, held.warning, "answered", person=OTHER, words="合成：错峰")
    assert [(said.kind, said.person) for said in done.answers] == [
        ("acknowledged", OTHER),
        ("answered", OTHER),
    ]
    row = budget("enterprise", FOUNDRY, "energy_total", "150", "tce")
    send(con, "budget", row, reason="合成：调整")
    assert (post().lifted, post().issued) == (1, 0)
    latest, before = dual_control.warnings(con, "2025-06")
    assert (latest.state, latest.supersedes, before.state) == (
        "lifted",
        held.warning,
        "superseded",
    )
    with pytest.raises(UsageFault):
        dual_control.say(con, held.warning, "acknowledged", person=OTHER)
    with pytest.raises(dual_control.NoWarning):
        dual_control.say(con, "9-9", "acknowledged", person=OTHER)
    assert journal.verify_chain(con).good
    with pytest.raises(DatabaseError, match="CHECK"):
        con.execute("INSERT INTO dual_control.answer VALUES (1, 0, 'x', 'answered', 'a', '')")


def test_efficiency_of_enterprises_against_their_sector(con: Connection) -> None:
    booked(
        con,
        months(2025, [120], enterprise=FOUNDRY, resolution=BURNED),
        months(2025, [60], enterprise=KILN, resolution=BURNED),
        months(2025, [30], enterprise=HEATING, resolution=BURNED),
    )
    given = {"kind": "value_added", "month": "1", "unit": "万元"}
    rows = [output("enterprise", FOUNDRY, 2025, 100, **given)]
    rows.append(output("enterprise", KILN, 2025, 100, **given))
    assert send(con, "gdp", *rows).rejected == ()
    found = dual_control.board(con, "2025-01").efficiency
    # Each is alone in its sector, and so its own mean.
    assert {item.enterprise_id: (item.grade, item.k.value) for item in found} == {
        FOUNDRY: (3, 1),
        KILN: (3, 1),
    }


cells = st.lists(
    st.lists(st.integers(-(10**14), 10**14), min_size=3, max_size=3), min_size=1, max_size=8
)


@given(cells, st.lists(st.integers(0, 2), min_size=8, max_size=8))
def test_a_district_is_the_sum_of_its_enterprises_to_the_last_gram(
    values: list[list[int]], districts: list[int]
) -> None:
    matrix = np.array(values, dtype=np.int64)
    codes = tuple(f"e{number}" for number in range(len(values)))
    held = {name: matrix + place for place, name in enumerate(COMPONENTS)}
    span = ("2025-01", "2025-02", "2025-03")
    lines = Lines(codes, span, held, np.ones(matrix.shape, dtype=bool))
    for number in range(3):
        rows = [at for at in range(len(codes)) if districts[at] == number]
        if not rows:
            continue
        whole = line_of(lines, rows, ("district", str(number)), span[0], span[-1])
        parts = [line_of(lines, [at], ("enterprise", codes[at]), span[0], span[-1]) for at in rows]
        assert add_lines(parts, ("district", str(number))).values == whole.values
        for place, name in enumerate(COMPONENTS):
            expected = sum(value + place for at in rows for value in values[at])
            assert whole.values[name] == expected


def test_a_sum_beyond_64_bits_is_still_exact() -> None:
    held = np.array([2**62, 2**62, 2**62 - 1], dtype=np.int64)
    assert exact_sum(held) == 3 * 2**62 - 1


def test_an_enterprise_that_was_never_registered_counts_for_the_city() -> None:
    found = Membership(()).on(date(2025, 1, 1), ("a",))
    assert found == {("city", "210100"): [0], ("enterprise", "a"): [0]}


def test_seasons_of_all_enterprises_are_those_of_each(con: Connection) -> None:
    """Made at once they are what one by one gives: a figure of its own makes one go alone."""
    booked(
        con,
        months(2023, range(5, 17), enterprise=FOUNDRY, resolution=COAL),
        months(2024, [20] * 6 + [10] * 5, enterprise=FOUNDRY, resolution=COAL),
        months(2025, [15] * 6, enterprise=FOUNDRY, resolution=COAL),
        months(2025, [2] * 6, enterprise=FOUNDRY, resolution=FEED),
        months(2023, range(12), enterprise=KILN, resolution=BOUGHT),
        months(2025, [7] * 2, enterprise=KILN, resolution=BOUGHT),
    )
    book = dual_control.read_book(con, "2025-06")
    basis = book.basis(2025)
    other = figure("enterprise", FOUNDRY, "2020", "so2", 1, "t")
    kiln = figure("enterprise", KILN, "2020", "so2", 1, "t")
    assert send(con, "dual_control_figure", other, kiln).rejected == ()
    alone = dual_control.read_book(con, "2025-06")
    for row, code in enumerate(book.lines.enterprises):
        for about in ("energy", "carbon", "coal"):
            place = ("enterprise", code)
            one = season(alone, place, about, [row], 2025, basis)
            many = season(book, place, about, [row], 2025, basis)
            assert (one.used, one.part, one.whole) == (many.used, many.part, many.whole)
            assert one.years == many.years
            assert [one.due(n) for n in range(1, 13)] == [many.due(n) for n in range(1, 13)]
            assert one.begins == many.begins
            assert np.array_equal(one.past, many.past, equal_nan=True)
