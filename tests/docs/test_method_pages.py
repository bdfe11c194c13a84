"""The pages of methods are what the declarations say, and leave nothing out."""

from __future__ import annotations

import runpy
from pathlib import Path

from factors.methods import load_method_editions
from factors.worked_cases import worked_cases

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "methods"
MADE = runpy.run_path(str(ROOT / "docs" / "make_methods.py"))


def test_the_pages_are_what_the_generator_writes() -> None:
    assert MADE["stale"](MADE["pages"]()) == []


def test_every_method_has_a_page_in_both_languages_with_its_worked_case() -> None:
    worked = {(c.edition, c.method): c for cases in worked_cases().values() for c in cases}
    for edition in load_method_editions().values():
        for method in edition.methods:
            page = (FOLDER / edition.edition / f"{method.method_id}.md").read_text("utf-8")
            chinese, english = page.split("## English")
            assert method.title_zh in chinese.splitlines()[0]
            assert edition.document in chinese
            assert edition.document in english
            case = worked.get((edition.edition, method.method_id))
            if case is not None:
                assert f"{case.working} = **{case.expected} " in chinese
                assert f"{case.working} = **{case.expected} " in english


def test_drafts_are_listed_with_what_they_lack() -> None:
    index = (FOLDER / "README.md").read_text("utf-8")
    for edition in load_method_editions().values():
        assert f"`{edition.edition}`" in index
        if edition.state == "draft" or edition.drafts:
            assert edition.missing_zh in index
            assert edition.missing_en in index


def test_a_page_that_was_changed_by_hand_is_found() -> None:
    pages = MADE["pages"]()
    name = next(iter(pages))
    assert MADE["stale"]({**pages, name: pages[name] + "?"}) == [name]
    assert MADE["stale"]({**pages, "new.md": ""}) == ["new.md"]
