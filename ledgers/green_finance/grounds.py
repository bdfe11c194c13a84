"""What the rules look at (校验依据): the package's rows typed, beside what stands in the ledger.

What belongs here: typing the cells, hiding what names a person, and the tables that predicates are
written on. What does not: the rules (`rules`) and what follows from a fault (`submission`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from factors.applicable_editions import Days, editions_sql, line_sql
from factors.taxonomies import CatalogueEdition, rows_of
from ledgers.green_finance.columns import CHOICES, KEYS, Column, columns, sql_type, typed
from ledgers.green_finance.packages import Package
from warehouse.connect import Connection, sql

_SQL = "ledgers.green_finance.sql"
_RECORDS = (*KEYS, "deletion")
FAULTS = (
    "sheet VARCHAR, row_no BIGINT, column_name VARCHAR, rule VARCHAR, severity VARCHAR, "
    "subject VARCHAR, seen VARCHAR, facts VARCHAR"
)

NOTE = "_note"
"""A column of the template beside the declared ones: a row that it calls an example is no data."""
NOTE_HEADER = "填写说明列"

_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OFFICIAL = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}")


@dataclass(frozen=True, slots=True)
class Input:
    """One table of a package: a Parquet of text columns c0, c1, … with row_no, and which grid
    column holds which declared column. Rows up to `header_row` are no data."""

    kind: str
    path: str
    sheet: str
    header_row: int
    places: Mapping[str, int]


def lay(
    con: Connection,
    package: Package,
    inputs: Sequence[Input],
    catalogues: Mapping[str, CatalogueEdition],
    days: Days,
    salt: str,
) -> None:
    """Make the temporary tables: in_<kind>, after_<kind>, r_<kind>, and `finance_fault` with the
    faults of typing. Benefits have tables of their own (`benefits.lay_benefits`)."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE finance_fault ({FAULTS})")
    con.execute("SET VARIABLE institution = $1", [package.institution_id])
    con.execute("SET VARIABLE message = $1", [package.message])
    con.execute("SET VARIABLE package_day = $1", [package.day])
    _macros(con)
    for kind in _RECORDS:
        _type(con, kind, [each for each in inputs if each.kind == kind], salt)
    _key_projects(con)
    _codes(con, catalogues)
    for kind in KEYS:
        _overlay(con, kind)
    for name in ("latest", "layers", "loops"):
        con.execute(sql(_SQL, f"{name}.sql"))
    statement = sql(_SQL, "r_instrument.sql").replace("{line}", line_sql())
    con.execute(_dated(statement.replace("{editions}", editions_sql()), days))
    for name in ("r_code", "r_allocation", "r_project", "r_holding", "r_deletion", "r_statistics"):
        con.execute(sql(_SQL, f"{name}.sql"))


def project_key(code: str, name: str, owner: str, district: str) -> str:
    """The canonical key of a project (项目统一键): its approval code where it has one, else what
    tells it apart: owner, county and name without blanks and case. Two banks that write the same
    project in two ways meet here."""
    plain = re.sub(r"[\s—–_]", "", unicodedata.normalize("NFKC", code)).upper()
    if _OFFICIAL.fullmatch(plain):
        return plain
    word = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()
    return f"{owner or '-'}|{district[:6]}|{word}"


def _macros(con: Connection) -> None:
    places = " + ".join(
        f"(strpos('{_LETTERS}', substr(c, {place + 1}, 1)) - 1) * {weight}"
        for place, weight in enumerate(_WEIGHTS)
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO credit_code_valid(c) AS "
        f"regexp_full_match(c, '[{_LETTERS}]{{18}}') AND "
        f"substr('{_LETTERS}', ((31 - ({places}) % 31) % 31) + 1, 1) = substr(c, 18, 1)"
    )
    con.execute(
        "CREATE OR REPLACE TEMP MACRO bond_edition(c) AS CASE WHEN "
        "length(c) - length(replace(c, '.', '')) = 3 THEN 'GBEPC-2021' ELSE 'GBEPC-2015' END"
    )


def _type(con: Connection, kind: str, inputs: Sequence[Input], salt: str) -> None:
    """in_<kind>: typed rows; cells that cannot be typed go to `finance_fault`."""
    known = columns(kind)
    place = (
        f"CREATE OR REPLACE TEMP TABLE in_{kind} AS SELECT getvariable('institution')::VARCHAR AS "
        "institution_id, sheet, row_no, row_number() OVER (ORDER BY sheet, row_no) - 1 AS ordinal, "
    )
    if not inputs:
        nothing = ", ".join(f"NULL::{sql_type(column)} AS {column.name}" for column in known)
        empty = "(SELECT '' AS sheet, 0::BIGINT AS row_no) WHERE false"
        con.execute(f"{place} false AS bad, {nothing} FROM {empty}")
        return
    chosen = ", ".join(f"{_typed(column)} AS {column.name}" for column in known)
    anything = " OR ".join(f"({wrong})" for column in known for _, wrong in _wrong(column))
    con.execute(f"{place} {anything} AS bad, {chosen} FROM ({_cells(known, inputs)})")
    if con.execute(f"SELECT 1 FROM in_{kind} WHERE bad LIMIT 1").fetchall():
        _mark(con, kind, known, inputs)
    if kind == "customer":
        con.execute(
            "UPDATE in_customer SET name = '*' || right(name, 1), identity_no = CASE WHEN "
            "identity_no = '' THEN '' ELSE sha256($1 || identity_no) END WHERE party = 'person'",
            [salt],
        )
        con.execute("UPDATE in_customer SET identity_no = '' WHERE party <> 'person'")


def _typed(column: Column) -> str:
    if column.type == "text":
        return column.name
    if column.type.startswith("choice:"):
        return f"coalesce(t_{column.name}, '')"
    return f"coalesce(t_{column.name}, false)" if column.type == "flag" else f"t_{column.name}"


def _cells(known: Sequence[Column], inputs: Sequence[Input]) -> str:
    """Each cell as text and, behind t_, typed once: NULL where its type does not take it."""
    pairs = ", ".join(
        column.name
        if column.type == "text"
        else f"{column.name}, {typed(column, column.name)} AS t_{column.name}"
        for column in known
    )
    return f"SELECT sheet, row_no, {pairs} FROM ({_raw(known, inputs)})"


def _raw(known: Sequence[Column], inputs: Sequence[Input]) -> str:
    parts = [
        "SELECT '' AS sheet, 0::BIGINT AS row_no, "
        + ", ".join(f"''::VARCHAR AS {column.name}" for column in known)
        + " WHERE false"
    ]
    for each in inputs:
        cells = ", ".join(
            f"coalesce(trim(c{each.places[column.name]}), '') AS {column.name}"
            if column.name in each.places
            else f"'' AS {column.name}"
            for column in known
        )
        filled = " || ".join(
            f"coalesce(c{place}, '')" for name, place in each.places.items() if name != NOTE
        )
        mark = f"coalesce(c{each.places[NOTE]}, '')" if NOTE in each.places else "''"
        parts.append(
            f"SELECT {_quoted(each.sheet)} AS sheet, row_no::BIGINT AS row_no, {cells} "
            f"FROM read_parquet({_quoted(each.path)}) WHERE row_no > {each.header_row} "
            f"AND trim({filled}) <> '' AND NOT contains({mark}, '示例')"
        )
    return " UNION ALL ".join(parts)


def _mark(con: Connection, kind: str, known: Sequence[Column], inputs: Sequence[Input]) -> None:
    """Faults of cells, in one pass: required and empty, or not what the type takes."""
    subject = KEYS.get(kind, ("record_no",))[0]
    tests = [(c, rule, wrong) for c in known for rule, wrong in _wrong(c)]
    marks = ", ".join(
        f"CASE WHEN {wrong} THEN {{'r': '{rule}', 'c': '{column.name}', 's': {column.name}}} END"
        for column, rule, wrong in tests
    )
    anything = " OR ".join(f"({wrong})" for _, _, wrong in tests)
    facts = ", ".join(f"{_quoted(c.name)}: {_quoted(_cell_facts(c))}" for c in known)
    con.execute(
        "INSERT INTO finance_fault SELECT sheet, row_no, b.c, b.r, 'E', subject, b.s, "
        f"(MAP {{{facts}}})[b.c] FROM (SELECT sheet, row_no, {subject} AS subject, "
        f"unnest([{marks}]) AS b FROM ({_cells(known, inputs)}) WHERE {anything}) "
        "WHERE b IS NOT NULL"
    )


def _wrong(column: Column) -> list[tuple[str, str]]:
    """(rule, condition of the text) for every way in which a cell of the column is wrong."""
    found = [("FF-01", f"{column.name} = ''")] if column.required else []
    if column.type == "text":
        return found
    wrong = f"{column.name} <> '' AND t_{column.name} IS NULL"
    rule = "FF-03" if column.type == "day" else "FF-02"
    if column.type.startswith("choice:") or column.type == "flag":
        rule = "FF-04"
    if column.type == "rate":
        percent = f"regexp_matches({column.name}, '[%％]')"
        return [*found, ("AM-04T", percent), (rule, f"NOT {percent} AND {wrong}")]
    return [*found, (rule, wrong)]


def _cell_facts(column: Column) -> str:
    facts = {"header": column.headers[0]}
    if column.type.startswith("choice:"):
        known = CHOICES[column.type.partition(":")[2]]
        facts["allowed"] = "、".join(words[0] for words in known.values())
    elif column.type == "flag":
        facts["allowed"] = "是、否"
    return json.dumps(facts, ensure_ascii=False)


def _key_projects(con: Connection) -> None:
    """The canonical key of each project; the owner is known by its credit code."""
    rows = con.execute(
        "SELECT p.ordinal, p.project_code, p.name, coalesce(c.credit_code, n.credit_code, ''), "
        "p.district FROM in_project AS p LEFT JOIN in_customer AS c USING (customer_no) "
        "LEFT JOIN (SELECT DISTINCT ON (customer_no) customer_no, credit_code FROM finance.customer"
        " WHERE institution_id = getvariable('institution') ORDER BY customer_no, commit_no DESC,"
        " ordinal DESC) AS n USING (customer_no)"
    ).fetchall()
    keys = [(int(row[0]), project_key(*row[1:])) for row in rows]
    con.register(
        "keys_made",
        pa.table(
            {
                "ordinal": [k[0] for k in keys] or pa.array([], pa.int64()),
                "key": [k[1] for k in keys] or pa.array([], pa.string()),
            }
        ),
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE in_project AS SELECT p.*, any_value(k.key) AS project_key "
        "FROM in_project AS p LEFT JOIN keys_made AS k USING (ordinal) GROUP BY ALL"
    )
    con.unregister("keys_made")


def _codes(con: Connection, catalogues: Mapping[str, CatalogueEdition]) -> None:
    """taxon: every loaded code; pcaf_option: which option scores what."""
    rows = [
        {
            "edition": held.edition,
            "code": code,
            "taggable": code in held.taggable,
            "fossil": code in held.fossil,
            "complete": held.complete,
            "extent": held.extent,
            "industries": _industries(held, code),
            "standards": entry.standards,
        }
        for held in catalogues.values()
        for code, entry in held.by_code.items()
    ]
    con.register("taxon_rows", pa.Table.from_pylist(rows))
    con.execute("CREATE OR REPLACE TEMP TABLE taxon AS SELECT * FROM taxon_rows")
    con.unregister("taxon_rows")
    options = [
        {"asset_class": row["asset_class"], "option": row["option"], "score": int(row["score"])}
        for row in rows_of("pcaf_options_2022.csv")
    ]
    con.register("option_rows", pa.Table.from_pylist(options))
    con.execute("CREATE OR REPLACE TEMP TABLE pcaf_option AS SELECT * FROM option_rows")
    con.unregister("option_rows")


def _industries(held: CatalogueEdition, code: str) -> list[str]:
    """Codes of an entry; one with an open line (all industries, a blank) allows every industry."""
    printed = held.by_code[code].industry_codes
    if any(not part.isdigit() for part in printed):
        return []
    return [part for part in printed if len(part) == 4]


def _overlay(con: Connection, kind: str) -> None:
    keys = ", ".join(KEYS[kind])
    con.execute(sql(_SQL, "now.sql").replace("{kind}", kind).replace("{keys}", keys))
    same = " AND ".join(
        f"i.{key} IS NOT DISTINCT FROM n.{key}" for key in ("institution_id", *KEYS[kind])
    )
    extra = ["project_key"] if kind == "project" else []
    names = ", ".join([column.name for column in columns(kind)] + extra)
    statement = sql(_SQL, "after.sql").replace("{kind}", kind).replace("{on}", same)
    con.execute(statement.replace("{columns}", names))


def _dated(statement: str, days: Days) -> str:
    for name in ("pub", "eff", "bonds", "loans"):
        statement = statement.replace(f"${name}", f"DATE '{getattr(days, name)}'")
    return statement


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def stored(kind: str) -> tuple[str, ...]:
    """The declared columns as they are stored, in order."""
    return tuple(column.name for column in columns(kind))
