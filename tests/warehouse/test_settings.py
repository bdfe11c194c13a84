from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from warehouse.settings import DEFAULT_HOME, Home, Settings, SettingsFault, choose_home


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("TANZHANG_"):
            monkeypatch.delenv(name)


def written(folder: Path, text: str) -> Home:
    home = Home(folder).create()
    home.settings.write_text(text, encoding="utf-8")
    return home


def test_the_home_has_the_folders_of_its_listing(tmp_path: Path) -> None:
    home = Home(tmp_path / "h").create().create()
    made = {path.name for path in home.path.iterdir()}
    folders = {"inbox", "feeds", "sources", "rejected", "published", "reports", "dagster"}
    assert made == folders
    files = [home.ledger, home.portal, home.settings, home.heads, home.lock]
    names = [path.name for path in files]
    assert names == [
        "ledger.duckdb",
        "portal.sqlite",
        "settings.toml",
        "heads.txt",
        "ledger.lock",
    ]


def test_option_before_environment_before_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert choose_home() == Home(tmp_path / DEFAULT_HOME)
    monkeypatch.setenv("TANZHANG_HOME", str(tmp_path / "env"))
    assert choose_home() == Home(tmp_path / "env")
    assert choose_home(tmp_path / "option") == Home(tmp_path / "option")
    assert not (tmp_path / "env").exists()


def test_a_home_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home("h")
    monkeypatch.chdir("/")
    assert home.ledger == tmp_path / "h" / "ledger.duckdb"


def test_each_value_says_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = written(tmp_path, 'writer_memory = "2GB"\nport = 9000\n')
    monkeypatch.setenv("TANZHANG_PORT", "9001")
    settings = Settings.load(home)
    explained = {item.name: (item.value, item.origin) for item in settings.explain(home)}
    assert explained["writer_memory"] == ("2GB", str(home.settings))
    assert explained["port"] == (9001, "TANZHANG_PORT")
    assert explained["portal_memory"] == ("256MB", "default")
    assert set(explained) == set(Settings.model_fields)


def test_defaults(tmp_path: Path) -> None:
    settings = Settings.load(Home(tmp_path))
    assert (settings.writer_memory, settings.portal_memory) == ("3GB", "256MB")
    assert settings.threads == os.cpu_count()
    assert settings.language == "zh"


def test_policy_does_not_belong_here(tmp_path: Path) -> None:
    home = written(tmp_path, "partial_posting = true\n")
    with pytest.raises(SettingsFault) as error:
        Settings.load(home)
    assert error.value.code == "settings.unknown"
    assert error.value.exit_code == 2
    assert "'partial_posting'" in error.value.text("en")
    assert str(home.settings) in error.value.text("en")
    assert "writer_memory" in error.value.text("zh")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('writer_memory = "much"', "writer_memory"),
        ("port = 0", "port"),
        ('threads = "two"', "threads"),
        ('language = "fr"', "language"),
    ],
)
def test_a_bad_value_names_key_value_and_place(tmp_path: Path, text: str, name: str) -> None:
    home = written(tmp_path, text)
    with pytest.raises(SettingsFault) as error:
        Settings.load(home)
    assert error.value.facts["name"] == name
    assert error.value.facts["origin"] == str(home.settings)


def test_a_bad_variable_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANZHANG_THREADS", "none")
    with pytest.raises(SettingsFault) as error:
        Settings.load(Home(tmp_path))
    assert error.value.facts["origin"] == "TANZHANG_THREADS"


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault) as error:
        Settings.load(written(tmp_path, "writer_memory: 2GB"))
    assert error.value.code == "settings.unreadable"


def test_the_person_of_the_operating_system_user(tmp_path: Path) -> None:
    user = pwd.getpwuid(os.getuid()).pw_name
    assert Settings.load(Home(tmp_path)).acting_person() == user
    home = written(tmp_path, f'[persons]\n{user} = "李四"\n')
    assert Settings.load(home).acting_person() == "李四"
    home = written(tmp_path, f'person = "王五"\n[persons]\n{user} = "李四"\n')
    assert Settings.load(home).acting_person() == "王五"
