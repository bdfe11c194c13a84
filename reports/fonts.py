"""The Chinese font that PDF and charts are set in, from a package and not from the system.

What belongs here: where the font lies and what it is called. A page set without it shows boxes.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

CHINESE = "Noto Sans CJK SC"
MONO = "DejaVu Sans Mono"
"""Carried by Typst itself; hashes are set in it."""


@cache
def font_folder() -> Path:
    """The folder of the font package."""
    return Path(str(files("manimgx_fonts_cjk")))
