"""The pages of Data Docs as files that call nobody (离线页面).

What belongs here: what is done to pages after Great Expectations wrote them. What does not:
judging (`gate`) and having them written (`docs`). Great Expectations has a page fetch its looks
from public networks, which an office may not reach and should not tell what it reads.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from factors.messages import LANGUAGES, text

_REMOTE = re.compile(
    r'<link\b[^>]*\bhref="https?://[^>]*>|<script\b[^>]*\bsrc="https?://[^>]*></script>'
)


def style() -> str:
    """The style sheet of the pages."""
    return files(__package__).joinpath("pages.css").read_text(encoding="utf-8")


def make_local(folder: Path) -> tuple[Path, ...]:
    """Take what pages under `folder` would fetch from elsewhere out of them; answers the pages."""
    pages = tuple(sorted(folder.rglob("*.html")))
    for page in pages:
        seen = page.read_text(encoding="utf-8")
        page.write_text(_REMOTE.sub("", seen), encoding="utf-8")
    return pages


def write_index(site: Path, suite: str) -> Path:
    """Write the page that lists the months, latest first, without scripts."""
    from jinja2 import Environment

    template = files(__package__).joinpath("index.html").read_text(encoding="utf-8")
    folders = sorted((site / "validations" / suite).iterdir(), reverse=True)
    months = [
        {"name": folder.name, "pages": [str(p.relative_to(site)) for p in _pages(folder)]}
        for folder in folders
    ]
    title, about = (
        " / ".join(text(f"data_docs.{what}", lang, {}) for lang in LANGUAGES)
        for what in ("title", "about")
    )
    target = site / "index.html"
    page = Environment(autoescape=True).from_string(template)
    words = page.render(months=months, title=title, about=about, style=style())
    target.write_text(words, encoding="utf-8")
    return target


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))
