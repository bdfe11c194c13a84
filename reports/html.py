"""Documents as one HTML file: no network, no script, printable, readable by a screen reader.

What belongs here: rendering through the template. What does not: what is shown (`document`).
Everything that comes from data is escaped by the template engine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from reports.document import Document


def html(document: Document) -> str:
    """The document as an HTML page."""
    template, style = _environment()
    return str(template.render(document=document, style=style, kind=_kind))


@cache
def _environment() -> tuple[Any, Any]:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = _inline(Markup)
    template = environment.get_template("document.html")
    assert environment.loader is not None
    style = environment.loader.get_source(environment, "document.css")[0]
    return template, Markup(style)


def _inline(markup: Callable[[str], Any]) -> Callable[[str], Any]:
    """A chart of ours, whose text vl-convert has escaped, as part of the page."""

    def inline(svg: str) -> Any:
        return markup(svg[svg.index("<svg") :])

    return inline


def _kind(block: object) -> str:
    return type(block).__name__
