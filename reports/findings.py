"""The report of findings (异常发现报告): ranked, each with its reason and a picture.

What belongs here: words and pictures of findings. What does not: finding them
(`ledgers.emissions.anomalies`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledgers.emissions.anomalies import Finding
from ledgers.emissions.parties import Party
from ledgers.journal import Head
from reports.charts import PALETTE
from reports.document import (
    Block,
    Column,
    Document,
    Facts,
    Figure,
    Note,
    Row,
    Section,
    Table,
    number,
    text,
)
from reports.files import FORMATS, check_formats, rendered, write_files
from reports.records import record_of
from reports.seal import footer
from reports.statement import layout_words
from reports.words import Words

PICTURED = 40
"""Findings that have a picture, most tonnes first."""

_WIDTH, _HEIGHT, _EDGE = 640, 70, 6


def write_findings(
    found: Sequence[Finding],
    month: str,
    head: Head,
    parties: Mapping[str, Party],
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    lang: str = "zh",
) -> tuple[Path, ...]:
    """Write the report as `folder`/findings.<format>. Raises UnknownFormat."""
    check_formats(formats)
    document = findings_document(found, month, head, parties, lang)
    record = json.dumps(findings_record(found, month, head), ensure_ascii=False, indent=1) + "\n"
    made = {
        name: record.encode() if name == "json" else rendered(document, name) for name in formats
    }
    return write_files(folder, "findings", made, lang)


def findings_record(found: Sequence[Finding], month: str, head: Head) -> dict[str, Any]:
    """The findings as plain values, with their reasons in both languages."""
    rows = [
        {
            "rank": rank,
            **record_of(item),
            "reason_zh": reason(item, Words("zh")),
            "reason_en": reason(item, Words("en")),
        }
        for rank, item in enumerate(found, start=1)
    ]
    return {"kind": "findings", "month": month, "head": record_of(head), "findings": rows}


def reason(item: Finding, words: Words) -> str:
    """Why it was found, in a sentence."""
    facts = {
        "before": _shown(item.before),
        "after": _shown(item.after),
        "unit": item.unit,
        "since": words.months(item.since),
        "score": number(item.score, 1).text,
        "times": _shown(item.after / item.before) if item.before else "—",
        "other": words.carrier(item.other),
        "document": item.document,
    }
    return words(f"findings.{item.kind}", **facts)


def findings_document(
    found: Sequence[Finding],
    month: str,
    head: Head,
    parties: Mapping[str, Party],
    lang: str = "zh",
) -> Document:
    """The report in `lang`."""
    words = Words(lang)
    names = [parties[item.enterprise_id].name for item in found if item.enterprise_id in parties]
    return Document(
        lang=lang,
        kind=words("findings.kind"),
        title=words("findings.title"),
        subtitle=words("statement.subtitle", period=words.months(month)),
        facts=Facts("", ((words("findings.count"), text(len(found))),)),
        sections=(_listed(found, parties, words), _pictures(found, parties, words)),
        foot=footer(head, words),
        label=words("label.synthetic") if any(name.startswith("合成·") for name in names) else "",
        headings=layout_words(words),
    )


def _listed(found: Sequence[Finding], parties: Mapping[str, Party], words: Words) -> Section:
    columns = (
        Column("#", "right", 0.4),
        Column(words("column.enterprise"), width=1.8),
        Column(words("findings.what"), width=1.8),
        Column(words("findings.reason"), width=4.2),
        Column(words("findings.tonnes"), "right", 1),
        Column(words("findings.score"), "right", 0.8),
    )
    rows = tuple(
        Row(
            (
                number(rank, 0),
                text(_name(item, parties), sub=item.enterprise_id),
                text(_stream(item, words), sub=words(f"findings.kind_{item.kind}")),
                text(reason(item, words)),
                number(item.tonnes, 1),
                number(item.score, 1),
            )
        )
        for rank, item in enumerate(found, start=1)
    )
    note = Note(words("findings.note"))
    table = Table("", columns, rows, words("findings.none"))
    return Section(words("findings.listed"), (note, table), words("findings.listed"))


def _pictures(found: Sequence[Finding], parties: Mapping[str, Party], words: Words) -> Section:
    figures: list[Block] = [
        _figure(rank, item, parties, words)
        for rank, item in enumerate(found[:PICTURED], start=1)
        if item.kind != "declared"
    ]
    return Section(words("findings.pictures"), tuple(figures), words("findings.pictures"))


def _figure(rank: int, item: Finding, parties: Mapping[str, Party], words: Words) -> Figure:
    first, last = item.series[0][0], item.series[-1][0]
    title = f"{rank}. {_name(item, parties)} · {_stream(item, words)} ({item.unit}, {first}–{last})"
    values = "; ".join(f"{month} {_shown(value)}" for month, value in item.series)
    return Figure(title, sparkline(item.series, item.since), f"{title}: {values}")


def sparkline(series: Sequence[tuple[str, Decimal]], since: str) -> str:
    """A line of monthly values from zero up as SVG, orange from `since` on."""
    top = max((float(value) for _, value in series), default=0.0) or 1.0
    step = (_WIDTH - 2 * _EDGE) / max(len(series) - 1, 1)
    points = [
        (_EDGE + place * step, _HEIGHT - _EDGE - float(value) / top * (_HEIGHT - 2 * _EDGE), month)
        for place, (month, value) in enumerate(series)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" '
        f'fill="{PALETTE[5] if month >= since else PALETTE[0]}"/>'
        for x, y, month in points
    )
    base = _HEIGHT - _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<line x1="0" y1="{base}" x2="{_WIDTH}" y2="{base}" stroke="#c5ced4"/>'
        f'<polyline points="{line}" fill="none" stroke="{PALETTE[0]}" stroke-width="1.5"/>'
        f"{dots}</svg>"
    )


def _stream(item: Finding, words: Words) -> str:
    carrier = words.carrier(item.carrier) if item.carrier else words("findings.all_carriers")
    flow = words.named("flow", item.flow) if item.flow else ""
    pair = f"{carrier} / {words.carrier(item.other)}" if item.other else carrier
    return " · ".join(part for part in (item.facility, pair, flow) if part)


def _name(item: Finding, parties: Mapping[str, Party]) -> str:
    party = parties.get(item.enterprise_id)
    return (party.name if party else "") or item.enterprise_id


def _shown(value: Decimal) -> str:
    """Four figures, without an exponent."""
    rounded = Decimal(f"{value:.4g}")
    return f"{rounded:f}"
