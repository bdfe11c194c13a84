"""The documentation prints the table that the software uses, and names tests that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_pages_print_the_table() -> None:
    done = subprocess.run(
        [sys.executable, "docs/make_registry.py", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0
    text = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    assert "`surrender_reversal`" in text


def test_the_named_tests_exist() -> None:
    text = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(named) >= 10
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")
    )
    assert not {name for name in named if f"def {name}(" not in sources}
