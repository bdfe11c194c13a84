from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from warehouse import sources
from warehouse.home import Home

BODY = "企业名称,数量\n合成企业,1\n".encode("gb18030")
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_file_is_kept_as_received(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "三月.CSV"
    path.write_bytes(BODY)
    kept = sources.keep(home, path)
    assert (kept.sha256, kept.name, kept.size) == (DIGEST, "三月.CSV", len(BODY))
    assert kept.path == home.sources / DIGEST[:2] / DIGEST / "original.csv"
    assert kept.path.read_bytes() == BODY
    assert sources.find(home, DIGEST) == kept
    assert sources.is_intact(kept)


def test_the_same_contents_are_kept_once(home: Home) -> None:
    first = sources.receive(home, io.BytesIO(BODY), "a.csv")
    inode = first.path.stat().st_ino
    assert sources.receive(home, io.BytesIO(BODY), "b.xlsx") == first
    assert first.path.stat().st_ino == inode
    assert {path.name for path in first.folder.iterdir()} == {"original.csv", "source.json"}
    assert [path.name for path in home.sources.iterdir()] == [DIGEST[:2]]


@pytest.mark.parametrize(
    ("name", "kept", "file"),
    [
        ("../../../etc/passwd", "passwd", "original"),
        ("..\\..\\boot.ini", "boot.ini", "original.ini"),
        ("a.csv/../../b.xlsx", "b.xlsx", "original.xlsx"),
        ("x.tar gz;rm -rf", "x.tar gz;rm -rf", "original"),
        ("-rf", "-rf", "original"),
        ("", "", "original"),
        ("..", "..", "original"),
        ("\udcff.csv", "\ufffd.csv", "original.csv"),
        ("\ud800.csv", "?.csv", "original.csv"),
        ("\udcd4\udcc2\udcb1\udca8.csv", "月报.csv", "original.csv"),
    ],
)
def test_a_name_is_never_a_path(home: Home, name: str, kept: str, file: str) -> None:
    source = sources.receive(home, io.BytesIO(BODY), name)
    assert (source.name, source.path.name) == (kept, file)
    assert source.folder == home.sources / DIGEST[:2] / DIGEST
    assert [path.name for path in home.path.iterdir()] == ["sources"]


@pytest.mark.parametrize("seen", ["", "../x", "A" * 64, DIGEST + "/", DIGEST[:-1]])
def test_a_digest_is_never_a_path(home: Home, seen: str) -> None:
    with pytest.raises(sources.BadDigest):
        sources.find(home, seen)


def test_unknown_contents(home: Home) -> None:
    assert sources.find(home, DIGEST) is None


def test_what_is_no_file_is_refused(home: Home, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "pipe"):
        with pytest.raises(sources.NotAFile):
            sources.keep(home, path)


def test_what_a_kill_left_is_mended(home: Home) -> None:
    """A folder without its original, as a kill between the two renames leaves it."""
    folder = sources.folder_of(home, DIGEST)
    folder.mkdir(parents=True)
    (folder / "source.json").write_text('{"name": "a.cs')
    (folder / "typed.parquet").write_bytes(b"staged")
    assert sources.find(home, DIGEST) is None
    source = sources.receive(home, io.BytesIO(BODY), "a.csv")
    assert (source.name, source.path.read_bytes()) == ("a.csv", BODY)
    assert (folder / "typed.parquet").read_bytes() == b"staged"


def test_a_copy_that_lost_a_part_is_replaced(home: Home) -> None:
    source = sources.receive(home, io.BytesIO(BODY), "a.csv")
    os.chmod(source.path, 0o644)
    source.path.write_bytes(BODY[:3])
    assert not sources.is_intact(source)
    again = sources.receive(home, io.BytesIO(BODY), "a.txt")
    assert (again.path.name, again.path.read_bytes()) == ("original.txt", BODY)
    assert len(list(again.folder.glob("original*"))) == 1


def test_many_at_once_keep_one(home: Home) -> None:
    names = [f"{i}.{suffix}" for i in range(6) for suffix in ("csv", "xlsx")]
    threads = [
        threading.Thread(target=sources.receive, args=(home, io.BytesIO(BODY), name))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    folder = sources.folder_of(home, DIGEST)
    assert len(list(folder.glob("original*"))) == 1
    assert not list(home.sources.glob(".draft-*"))


def test_a_kill_in_the_middle_leaves_nothing_half_kept(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(BODY * 200_000)
    script = (
        "import sys, os\nfrom warehouse import sources\nfrom warehouse.home import Home\n"
        "real = os.replace\n"
        "def killed(a, b):\n"
        "    if 'original' in str(b): os.kill(os.getpid(), 9)\n"
        "    real(a, b)\n"
        "os.replace = killed\nsources.keep(Home(sys.argv[1]), sys.argv[2])\n"
    )
    command = [sys.executable, "-c", script, str(home.path), str(path)]
    assert subprocess.run(command, check=False).returncode == -9
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert sources.find(home, digest) is None
    kept = sources.keep(home, path)
    assert kept.path.stat().st_size == path.stat().st_size
    assert sources.is_intact(kept)
