"""Green catalogues of the ledger: the shipped editions with what operators imported over them.

What belongs here: importing an official table, reading editions as the book stands, reviewed
crosswalks. What does not: the editions that come with the software (`factors.taxonomies`) and
which of them applies (`factors.applicable_editions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factors import taxonomies
from factors.errors import DataFault, UsageFault
from factors.taxonomies import RELATIONS, CatalogueEdition, Crossing, TableFault
from ledgers import journal
from ledgers.reference.rows import add
from warehouse.connect import Connection

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("代码", "编码", "项目代码", "目录代码"),
    "level": ("级别", "层级"),
    "parent": ("上级代码", "上级"),
    "name_zh": ("名称", "项目名称", "领域名称"),
    "name_en": ("英文名称",),
    "serial": ("序号",),
    "industry_codes": ("行业代码", "国民经济行业代码"),
    "ghg_marker": ("温室气体减排贡献", "减排贡献", "贡献标识"),
    "standards": ("标准", "引用标准"),
    "condition": ("条件", "说明", "适用条件"),
}
"""Canonical column → Chinese headers of an official table."""


class CatalogueFault(DataFault, ValueError):
    """An official table with faults; facts: faults (TableFault of every one), edition."""

    @property
    def faults(self) -> tuple[TableFault, ...]:
        """All of them."""
        found: tuple[TableFault, ...] = self.facts["faults"]
        return found


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the edition as it stands now, its version, and its extent before."""

    edition: CatalogueEdition
    version: int
    before: str
    commit: journal.Commit
    seen_before: bool = False


def catalogues(con: Connection) -> Mapping[str, CatalogueEdition]:
    """Edition → catalogue: the newest imported version, else the shipped one."""
    found = dict(taxonomies.editions())
    rows = con.execute(
        "SELECT e.* FROM finance.catalogue_entry AS e JOIN (SELECT edition, max(version) AS version"
        " FROM finance.catalogue_edition GROUP BY edition) USING (edition, version)"
        " ORDER BY e.commit_no, e.ordinal"
    )
    names = [item[0] for item in rows.description or ()]
    held: dict[str, list[dict[str, Any]]] = {}
    for values in rows.fetchall():
        row = dict(zip(names, values, strict=True))
        held.setdefault(row["edition"], []).append(row)
    return found | {name: _overlaid(name, entries) for name, entries in held.items()}


def import_catalogue(
    con: Connection,
    edition: str,
    rows: Iterable[Mapping[str, str]],
    *,
    person: str,
    source_sha: str,
    file_name: str,
    document: str,
    reason: str = "",
) -> Imported:
    """Import an official table of an edition, whole or not at all.

    `document` names what it was read from. Raises CatalogueFault with every fault (count, grammar
    of codes, parents, names, repeats), UsageFault where a second version comes without a reason.
    """
    facts = taxonomies.declaration(edition)
    made = taxonomies.build(edition, {**facts, "document": document}, _clean(rows), _lines(facts))
    faults = taxonomies.check_table(made)
    if faults:
        raise CatalogueFault("finance.table_refused", edition=edition, faults=tuple(faults))
    key = f"finance.catalogue:{edition}:{source_sha}"
    earlier = journal.find_commit(con, key)
    version = _version(con, edition)
    before = catalogues(con)[edition].extent
    if earlier is not None:
        return Imported(catalogues(con)[edition], version, before, earlier, True)
    if version and not reason:
        raise UsageFault("finance.table_known", edition=edition, version=version)
    head = {"edition": edition, "version": version + 1, "document": document}
    head |= {"file_name": file_name, "sha256": source_sha, "reason": reason}
    head["row_count"] = len(made.entries)
    entries = [_row(entry, version + 1) for entry in made.entries]
    tables = {"finance.catalogue_edition": [head], "finance.catalogue_entry": entries}
    commit = _commit(con, "catalogue", key, source_sha, person, reason, tables)
    return Imported(made, version + 1, before, commit)


def crossings(con: Connection) -> tuple[Crossing, ...]:
    """The reviewed lines between editions, the last one of each key."""
    rows = con.execute(
        "SELECT from_edition, from_code, to_edition, to_code, relation, reviewed_by, reason"
        " FROM finance.crossing QUALIFY row_number() OVER (PARTITION BY from_edition, from_code,"
        " to_edition, to_code ORDER BY commit_no DESC, ordinal DESC) = 1 ORDER BY ALL"
    ).fetchall()
    return tuple(Crossing(*row) for row in rows if row[4] != "none")


def review_crossing(
    con: Connection,
    start: tuple[str, str],
    end: tuple[str, str],
    relation: str,
    *,
    person: str,
    reason: str,
) -> Crossing:
    """Record that `person` compared two entries: (edition, code) to (edition, code).

    Raises UsageFault for a relation that is none, NotTaggable for a code that is not loaded.
    """
    if relation not in (*RELATIONS, "none"):
        raise UsageFault("finance.relation", seen=relation, allowed=", ".join((*RELATIONS, "none")))
    held = catalogues(con)
    for name, code in (start, end):
        if name not in held:
            raise taxonomies.UnknownEdition(
                "finance.edition_unknown", seen=name, allowed=", ".join(held)
            )
        held[name].require(code)
    row = {"from_edition": start[0], "from_code": start[1], "to_edition": end[0]}
    row |= {"to_code": end[1], "relation": relation, "reviewed_by": person, "reason": reason}
    body = journal.body_digest(row)
    key = f"finance.crossing:{journal.next_commit_no(con)}:{body[:16]}"
    _commit(con, "crossing", key, body, person, reason, {"finance.crossing": [row]})
    return Crossing(start[0], start[1], end[0], end[1], relation, person, reason)


def _commit(
    con: Connection,
    kind: str,
    key: str,
    body: str,
    person: str,
    reason: str,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
) -> journal.Commit:
    with journal.transaction(con):
        number = journal.next_commit_no(con)
        for table, rows in tables.items():
            add(con, table, number, rows)
        return journal.commit(
            con,
            book="finance",
            kind=kind,
            key=key,
            body_sha256=body,
            person=person,
            reason=reason,
            facts={name.partition(".")[2]: len(rows) for name, rows in tables.items()},
            tables=list(tables),
        )


def _version(con: Connection, edition: str) -> int:
    ((version,),) = con.execute(
        "SELECT coalesce(max(version), 0) FROM finance.catalogue_edition WHERE edition = ?",
        [edition],
    ).fetchall()
    return int(version)


def _clean(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Rows under canonical names; a level that is no number becomes 0, which the check refuses."""
    names = {header: name for name, headers in COLUMNS.items() for header in (name, *headers)}
    made = []
    for row in rows:
        cells = {names[key]: str(value or "").strip() for key, value in row.items() if key in names}
        full = dict.fromkeys(COLUMNS, "") | cells
        full["level"] = full["level"] if full["level"].isdigit() else "0"
        made.append(full)
    return made


def _lines(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    return taxonomies.rows_of(facts["activities"]) if "activities" in facts else []


def _overlaid(name: str, rows: Sequence[Mapping[str, Any]]) -> CatalogueEdition:
    facts = taxonomies.declaration(name)
    texts = [{key: str(value) for key, value in row.items()} for row in rows]
    return taxonomies.build(name, facts, texts, _lines(facts))


def _row(entry: taxonomies.Entry, version: int) -> dict[str, Any]:
    return {
        "edition": entry.edition,
        "version": version,
        "code": entry.code,
        "serial": entry.serial,
        "level": entry.level,
        "parent": entry.parent,
        "name_zh": entry.name_zh,
        "name_en": entry.name_en,
        "industry_codes": ";".join(entry.industry_codes),
        "ghg_marker": entry.markers[0] if len(entry.markers) == 1 else "",
        "standards": entry.standards,
        "condition": entry.condition,
    }
