"""Green catalogues: what is loaded, what may be tagged, which edition applies, what is found."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factors.applicable_editions import (
    KINDS,
    LINES,
    Dates,
    Days,
    applicable,
    editions_sql,
    line_sql,
)
from factors.taxonomies import (
    NotTaggable,
    UnknownEdition,
    build,
    check_table,
    declaration,
    draft_crosswalk,
    edition,
    editions,
    rows_of,
)
from factors.taxonomy_search import find, suggest
from warehouse.connect import scratch

PUB, EFF = date(2025, 7, 14), date(2025, 10, 1)

COUNTS = {
    "GIGC-2019": ((6, 30, 211), (6, 30, 211), True),
    "PBOC-GL-2019": ((6, 30, 211), (6, 30, 211), True),
    "CBIRC-GF-2020": ((9, 41, 178, 52), (9, 41, 178, 52), True),
    "CBRC-GC-2013": ((12, 43, 10, 3), (12, 43, 10, 3), True),
    "GBEPC-2015": ((6, 31, 0), (6, 31, 0), False),
    "GBEPC-2021": ((6, 0, 45, 203), (6, 25, 48, 204), False),
    "GLCT-2024": ((7, 10, 84), (7, 31, 246), False),
    "GFSPC-2025": ((9, 38, 271), (9, 38, 271), True),
    "EU-TAX": ((0, 242), (0, 242), True),
    "ICMA-GBP": ((10,), (10,), True),
}


@pytest.mark.parametrize("name", COUNTS)
def test_an_edition_says_what_it_should_have_and_what_is_loaded(name: str):
    held = edition(name)
    assert (held.loaded, held.expected, held.complete) == COUNTS[name]
    # The file by itself: no entry is lost or made up in reading.
    path = files("factors").joinpath("data", "catalogues", declaration(name)["file"])
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [row["code"] for row in rows] == [entry.code for entry in held.entries]


def test_every_edition_is_counted_here():
    assert set(COUNTS) == set(editions())


def test_the_list_in_force_has_all_its_activity_lines_and_markers_stand_on_lines():
    held = edition("GFSPC-2025")
    assert len(held.activities) == 1037
    assert sum(line.marker == "√√" for line in held.activities) == 257
    assert sum(line.marker == "√" for line in held.activities) == 232
    assert sum(entry.mixed for entry in held.taggable.values()) == 59


def test_printed_oddities_are_kept():
    held = edition("GFSPC-2025")
    pump = held.lines("1.1.10")[0]
    assert (pump.industry_code, pump.industry_name) == ("3411", "泵及真空设备制造")
    (blank,) = [line for line in held.activities if not line.industry_code]
    assert (blank.code, blank.row, blank.page) == ("6.4.2", 4, "131")
    assert held.by_code["6.1.6"].markers == ("",), "its marker comes by a condition"


def test_a_blank_code_is_shown_and_never_tagged():
    held = edition("CBRC-GC-2013")
    blank = [entry for entry in held.entries if not entry.code]
    assert "可再生能源及清洁能源项目" in {entry.name_zh for entry in blank}
    assert "" not in held.taggable
    with pytest.raises(NotTaggable):
        held.require("")


def test_a_code_above_the_finest_level_is_refused_with_those_below_it():
    with pytest.raises(NotTaggable) as refusal:
        edition("GFSPC-2025").require("4.2")
    assert refusal.value.code == "finance.code_coarse"
    assert "4.2.1" in refusal.value.facts["allowed"]
    with pytest.raises(NotTaggable) as refusal:
        edition("CBIRC-GF-2020").require("CBIRCGC20B03020000")
    assert "CBIRCGC20B03020100" in refusal.value.facts["allowed"]


def test_an_entry_of_an_incomplete_edition_may_be_tagged_and_one_not_loaded_is_refused():
    held = edition("GBEPC-2021")
    assert held.require("2.1.1.1").name_zh == "工业脱硫脱硝除尘改造"
    assert held.extent == "203 of 204"
    with pytest.raises(NotTaggable) as refusal:
        held.require("9.9.9.9")
    assert refusal.value.code == "finance.code_unknown"
    assert "203 of 204" in refusal.value.text("zh")


def test_a_level_three_entry_whose_children_are_missing_is_not_taken_for_a_leaf():
    held = edition("GBEPC-2021")
    assert {entry.level for entry in held.taggable.values()} == {4}


def test_the_number_alone_is_no_key_of_the_european_taxonomy():
    held = edition("EU-TAX")
    assert {held.require(f"{o} 3.1").name_en for o in ("CCM", "CE", "WTR")}.__len__() == 3
    with pytest.raises(NotTaggable):
        held.require("3.1")


def test_an_unknown_edition_names_the_known_ones():
    with pytest.raises(UnknownEdition) as refusal:
        edition("GFSPC-2026")
    assert "GFSPC-2025" in refusal.value.text("en")


def test_a_crosswalk_of_equal_names_is_a_draft_that_nothing_may_use():
    assert len(draft_crosswalk()) == 150
    assert not any(line.usable for line in draft_crosswalk())


def _table(drop: int = 0, **change: str) -> list[dict[str, str]]:
    rows = [dict(row) for row in rows_of("gfspc_2025.csv")]
    rows[2] |= change
    return rows[: len(rows) - drop]


def _codes(rows: list[dict[str, str]]) -> set[str]:
    made = build(
        "GFSPC-2025", declaration("GFSPC-2025"), rows, rows_of("gfspc_2025_activities.csv")
    )
    return {fault.code for fault in check_table(made)}


def test_an_official_table_is_checked_for_count_grammar_parents_names_and_repeats():
    assert _codes(_table()) == set()
    assert _codes(_table(drop=1)) == {"finance.table_count"}
    assert _codes(_table(code="1.1.1a")) == {"finance.table_grammar"}
    assert _codes(_table(parent="8.8")) == {"finance.table_parent"}
    assert _codes(_table(name_zh="")) == {"finance.table_name", "finance.table_count"}
    assert _codes(_table(code="1.1.2")) == {"finance.table_repeated"}


def test_the_shipped_tables_that_are_complete_pass_their_own_check():
    for held in editions().values():
        if held.complete:
            assert check_table(held) == [], held.edition


# --- which edition ---------------------------------------------------------------------------


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.case("CONS-10")
def test_edition_by_date():
    rows = (
        Dates("loan", approved=d("2025-06-30"), disbursed=d("2025-11-05")),
        Dates("loan", approved=d("2025-11-01"), disbursed=d("2025-11-20")),
        Dates("bond", issued=d("2024-05-10")),
        Dates("bond", filed=d("2025-07-01"), approved=d("2025-08-20")),
        Dates("bond", filed=d("2025-12-01"), approved=d("2026-01-15")),
    )
    found = [applicable(row) for row in rows]
    assert [each.line for each in found] == [2, 3, 5, 6, 8]
    assert found[0].editions == ("PBOC-GL-2019", "CBIRC-GF-2020")
    assert found[1].editions == found[4].editions == ("GFSPC-2025",)
    assert found[2].editions == ("GBEPC-2021",)
    assert found[3].chooser == "issuer"
    assert found[3].editions == ("GBEPC-2021", "GFSPC-2025")


@pytest.mark.parametrize(
    ("dates", "line", "editions_", "chooser"),
    [
        (Dates("loan", disbursed=d("2025-09-30")), 1, ("PBOC-GL-2019", "CBIRC-GF-2020"), ""),
        (Dates("loan", disbursed=d("2019-12-31")), 1, ("CBRC-GC-2013",), ""),
        (
            Dates("loan", approved=d("2025-07-13"), disbursed=EFF),
            2,
            ("PBOC-GL-2019", "CBIRC-GF-2020"),
            "",
        ),
        (
            Dates("loan", approved=PUB, disbursed=EFF),
            4,
            ("PBOC-GL-2019", "CBIRC-GF-2020", "GFSPC-2025"),
            "person",
        ),
        (Dates("loan", approved=EFF, disbursed=EFF), 3, ("GFSPC-2025",), ""),
        (
            Dates("loan", disbursed=EFF),
            11,
            ("PBOC-GL-2019", "CBIRC-GF-2020", "GFSPC-2025"),
            "person",
        ),
        (Dates("acceptance", disbursed=d("2025-09-30")), 1, ("CBIRC-GF-2020",), ""),
        (Dates("bond", issued=d("2021-06-30")), 5, ("GBEPC-2015",), ""),
        (Dates("bond", issued=d("2021-07-01")), 5, ("GBEPC-2021",), ""),
        (Dates("bond", filed=PUB), 7, ("GBEPC-2021", "GFSPC-2025"), "person"),
        (Dates("abs", filed=EFF), 8, ("GFSPC-2025",), ""),
        (Dates("insurance", signed=EFF), 9, ("GFSPC-2025",), ""),
        (Dates("fund", signed=d("2025-09-30")), 10, ("PBOC-GL-2019", "CBIRC-GF-2020"), ""),
        (Dates("wealth"), 11, ("PBOC-GL-2019", "CBIRC-GF-2020", "GFSPC-2025"), "person"),
        (Dates("share"), 11, ("PBOC-GL-2019", "CBIRC-GF-2020", "GFSPC-2025"), "person"),
    ],
)
def test_each_line_at_its_edges(dates, line, editions_, chooser):
    found = applicable(dates)
    assert (found.line, found.editions, found.chooser) == (line, editions_, chooser)


def test_the_day_of_the_loan_lists_is_a_parameter():
    dates = Dates("loan", disbursed=d("2019-07-01"))
    assert applicable(dates).editions == ("CBRC-GC-2013",)
    assert applicable(dates, Days(loans=d("2019-06-30"))).editions[0] == "PBOC-GL-2019"


_day = st.one_of(
    st.none(),
    st.sampled_from([each + timedelta(n) for each in (PUB, EFF) for n in (-1, 0, 1)]),
    st.dates(date(2013, 1, 1), date(2027, 1, 1)),
)
_dates = st.builds(
    Dates,
    st.sampled_from((*KINDS, "share")),
    approved=_day,
    disbursed=_day,
    issued=_day,
    filed=_day,
    registered=_day,
    signed=_day,
)


@given(_dates)
def test_every_combination_of_kind_and_dates_meets_exactly_one_line(dates: Dates):
    found = applicable(dates)
    days = Days()
    met = [
        line.number
        for line in LINES
        if (line.kinds is None or dates.kind in line.kinds) and line.holds(dates, days)
    ]
    assert found.line == met[0]
    assert found.editions
    assert found.settled == (found.line in (1, 2, 3, 5, 8, 9, 10))
    assert len(found.editions) == len(set(found.editions))


def test_the_lines_are_numbered_in_order_and_the_last_takes_everything():
    assert all(b.number == a.number + 1 for a, b in pairwise(LINES))
    assert LINES[-1].kinds is None


@given(st.lists(_dates, min_size=1, max_size=20))
def test_the_same_table_decides_in_sql(dates: list[Dates]):
    import pyarrow as pa

    names = ("kind", "approved", "disbursed", "issued", "filed", "registered", "signed")
    columns = {name: [getattr(each, name) for each in dates] for name in names}
    types = [pa.string(), *[pa.date32()] * 6]
    table = pa.table([pa.array(columns[n], t) for n, t in zip(names, types, strict=True)], names)
    con = _connection()
    con.register("given_dates", table)
    days = Days()
    query = f"SELECT line, {editions_sql()} FROM (SELECT *, {line_sql()} AS line FROM given_dates)"
    for name in ("pub", "eff", "bonds", "loans"):
        query = query.replace(f"${name}", f"DATE '{getattr(days, name)}'")
    found = [(line, tuple(names)) for line, names in con.execute(query).fetchall()]
    assert found == [(a.line, a.editions) for a in map(applicable, dates)]


_held: list = []


def _connection():
    if not _held:
        _held.append(scratch())
    return _held[0]


# --- search ----------------------------------------------------------------------------------


def test_entries_are_found_in_chinese_through_brackets_and_in_english():
    codes = [each.entry.code for each in find("热电联产")]
    assert codes[:2] == ["CBRCGC00103040000", "CBIRCGC20B03030200"]
    first = find("Wind power", edition="GBEPC-2015")[0]
    assert first.entry.name_en == "Wind power generation"
    assert find("wind power", edition="GFSPC-2025")[0].entry.name_zh.startswith("风力发电")
    assert find("") == ()


def test_suggestions_are_ranked_with_their_reasons_and_a_code_alone_never_leads():
    found = suggest("GFSPC-2025", name="法库县风力发电场建设项目", industry_code="4415")
    assert found[0].entry.code == "4.2.1"
    assert ("industry", "4415") in found[0].reasons
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)
    by_code = suggest("GFSPC-2025", industry_code="4415", limit=50)
    assert all(each.score <= 0.2 for each in by_code)
    assert all(each.reasons == (("industry", "4415"),) for each in by_code)
