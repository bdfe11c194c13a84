"""Every code of the warehouse and the journal has its words in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'"((?:journal|verify|lease|ledger|migration|settings|source|publish)\.[a-z_]+)"')

NAMES = {
    *("journal.commit", "journal.period_event", "journal.statement_leaf"),
    *("journal.decision", "journal.request", "journal.year_event"),
    *("ledger.duckdb", "ledger.lock", "settings.toml", "source.json"),
}
"""Tables and files that look like codes."""


def words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for subject in ("journal", "warehouse"):
        found |= tomllib.loads((ROOT / f"factors/messages/{subject}.toml").read_text("utf-8"))
    return found


def codes() -> set[str]:
    modules = [*(ROOT / "warehouse").rglob("*.py"), *(ROOT / "ledgers/journal").rglob("*.py")]
    texts = [module.read_text("utf-8") for module in modules]
    return {code for text in texts for code in CODE.findall(text)} - NAMES


def test_codes_and_words_are_the_same_set() -> None:
    verdicts = {f"verify.{verdict}" for verdict in ("unaltered", "consistent", "altered")}
    assert codes() | verdicts == set(words())


@pytest.mark.parametrize("code", sorted(words()))
def test_both_languages_use_the_same_facts(code: str) -> None:
    zh, en = (
        {name for _, name, _, _ in Formatter().parse(words()[code][lang]) if name is not None}
        for lang in ("zh", "en")
    )
    assert zh == en
