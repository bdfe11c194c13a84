"""The one catalogue of what the software says, in Chinese and English.

One TOML file per subject, each code with `zh` and `en` side by side, so that a change to one is
seen beside the other. What does not belong here: layout, and the choice of language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("zh", "en")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Code → language → text with named placeholders. A code stands in one file only."""
    texts: dict[str, Mapping[str, str]] = {}
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        for code, words in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if code in texts:
                raise ValueError(f"message {code!r} stands twice; the second is in {entry.name}")
            texts[code] = words
    return texts


def text(code: str, lang: str, facts: Mapping[str, Any]) -> str:
    """The message `code` in `lang` with `facts` put in.

    A missing fact is shown as its name in braces: an error must never hide behind another
    error raised while it is being worded.
    """
    words = catalogue().get(code)
    if words is None:
        return f"{code} {dict(facts)}"
    return words[lang if lang in LANGUAGES else LANGUAGES[0]].format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
