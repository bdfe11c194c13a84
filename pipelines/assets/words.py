"""The pipeline's words on Dagster's page (页面用语).

What belongs here: bringing the catalogue's two languages and our values into Dagster's forms.
What does not: the words themselves (`factors/messages/pipelines.toml`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from factors.messages import LANGUAGES, text
from warehouse.heads import Head

_MARKUP = re.compile(r"([\\|`*_\[\]])")

LISTED = 50
"""Lines of a table on the page; reports and workbooks hold all of them."""


def said(code: str, **facts: Any) -> str:
    """The message in both languages, Chinese first."""
    return "\n\n".join(text(f"dagster.{code}", lang, facts) for lang in LANGUAGES)


def label(code: str) -> str:
    """The name of a figure: Chinese, then English."""
    return " ".join(text(f"figure.{code}", lang, {}) for lang in LANGUAGES)


def figures(**values: Any) -> dict[str, Any]:
    """Metadata under the names of the catalogue, without those that are None."""
    return {label(name): value for name, value in values.items() if value is not None}


def links(paths: Iterable[Path]) -> dg.MarkdownMetadataValue:
    """Files that a person opens next."""
    shown = list(paths)
    lines = [f"- [{path.name}]({path.as_uri()}) `{path}`" for path in shown[:LISTED]]
    more = [f"- … {len(shown) - LISTED}"] if len(shown) > LISTED else []
    return dg.MetadataValue.md("\n".join((*lines, *more)) or "—")


def listing(rows: Sequence[Mapping[str, Any]]) -> dg.MarkdownMetadataValue:
    """A table; what senders wrote is shown as text, never as markup."""
    if not rows:
        return dg.MetadataValue.md("—")
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([row[name] for name in names] for row in rows[:LISTED])]
    if len(rows) > LISTED:
        lines.append([f"… {len(rows) - LISTED}", *[""] * (len(names) - 1)])
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines))


def head_figures(head: Head) -> dict[str, Any]:
    """The ledger's head: number and full hash, to be compared with what was printed."""
    return figures(head=head.hash, commit_no=head.commit_no)


def _cell(value: Any) -> str:
    words = html.escape(" ".join(str(value).split()), quote=False)
    return _MARKUP.sub(r"\\\1", words)
