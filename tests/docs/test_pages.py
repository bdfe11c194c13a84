"""What the documentation says is what the software does."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from portal.cli.app import app

ROOT = Path(__file__).parents[2]


def test_the_page_of_rules_is_what_the_declarations_say():
    made = runpy.run_path(str(ROOT / "docs" / "make_rules.py"))["page"]()
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == made


def commands(page: Path) -> list[list[str]]:
    """The `tanzhang ...` lines of the console blocks of a page, as words."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [_own_words(shlex.split(line)[1:]) for line in lines if line.startswith("tanzhang ")]


def _own_words(words: list[str]) -> list[str]:
    """Without the options that stand before a command."""
    while words and words[0] in ("--home", "--as", "--lang"):
        words = words[2:]
    return words


def pages() -> list[Path]:
    return sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))


def with_commands() -> list[Path]:
    """The pages of methods are generated and print no command."""
    return [page for page in pages() if page.parents[1] != ROOT / "docs" / "methods"]


@pytest.mark.parametrize("page", with_commands(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_printed_command_exists_with_its_options(page: Path):
    tree = get_command(app)
    for words in commands(page):
        command, context = tree, tree.make_context("tanzhang", [], resilient_parsing=True)
        rest = list(words)
        while rest and hasattr(command, "commands") and rest[0] in command.commands:
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        given = {word for word in rest if word.startswith("--")}
        assert command is not tree, words
        assert given <= known | {"--help"}, (words, context)


def test_every_link_between_pages_leads_somewhere():
    for page in pages():
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_help_answers_without_loading_the_rooms():
    answer = CliRunner().invoke(app, ["--help"])
    assert answer.exit_code == 0
    assert "statement" in answer.output
