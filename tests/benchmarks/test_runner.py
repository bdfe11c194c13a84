"""The runner of the benchmarks: what it prints. What is measured is no matter of a test."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main

KEYS = {"name", "rows", "seconds", "reference", "reference_seconds", "ratio", "peak_rss_mb"}


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--quick"]) == 0
    shown = capsys.readouterr()
    assert "tanzhang --help" in shown.out
    assert "ratio" in shown.out
    assert json.loads(shown.err.splitlines()[-1])["name"] == "tanzhang --help"


def test_a_list_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "--quick", "--json"]) == 0
    (figure, *_) = json.loads(capsys.readouterr().out)
    assert set(figure) == KEYS
    assert figure["seconds"] > 0


def test_an_unknown_name_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["nothing"])
    assert "posting" in capsys.readouterr().err
