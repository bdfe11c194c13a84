"""A person at the command line: runs `tanzhang` as a shell would and looks at what it left.

The command's own `main` runs in this process, with its exit codes and both streams; `process`
starts a real one, where it matters that it is one. All data are 合成数据 (synthetic).
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
from stdnum.cn import uscc

from portal.cli.app import main
from warehouse.connect import reader
from warehouse.home import Home

ROOT = Path(__file__).parents[2]
PERSON = "合成经办人"
MONTH = "2025-03"
HEADER = ("统一社会信用代码", "企业名称", "能源品种", "用途", "月份", "数量", "计量单位")


def credit_code(number: int) -> str:
    """A made-up credit code with a right check digit, in a district of the sample city."""
    body = f"91210102MA{number:07d}"
    return body + uscc.calc_check_digit(body)


HEATING, FOUNDRY, DAIRY, STRANGER = (credit_code(number) for number in (1, 2, 3, 999))
NAMES = {HEATING: "合成供热站", FOUNDRY: "合成铸造厂", DAIRY: "合成乳品厂"}


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What `--json` printed."""
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """Both streams without the blanks and rules that a table adds."""
        return "".join((self.out + self.err).split())

    def says(self, *parts: str) -> bool:
        """Whether each part was said, whatever the width of the table that says it."""
        return all("".join(part.split()) in self.words for part in parts)


def run(words: Sequence[str]) -> Answer:
    """`tanzhang` with these words, in this process."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["tanzhang", *words]
    with mock.patch.object(sys, "argv", argv), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    return Answer(code, out.getvalue(), err.getvalue())


def start(words: Sequence[str], **settings: str) -> subprocess.Popen[str]:
    """`tanzhang` with these words as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from portal.cli.app import main; main()", *words],
        cwd=ROOT,
        env=os.environ | {f"TANZHANG_{key.upper()}": value for key, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Desk:
    """One home folder, one inbox, one person."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.inbox = folder / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        self._sent = 0

    def words(self, *words: object, lang: str = "zh") -> list[str]:
        options = ["--home", str(self.home.path), "--as", PERSON, "--lang", lang]
        return [*options, *(str(word) for word in words)]

    def __call__(self, *words: object, lang: str = "zh") -> Answer:
        return run(self.words(*words, lang=lang))

    def run(self, month: str = MONTH, *words: object, lang: str = "zh") -> Answer:
        """`tanzhang run` of this inbox; '' is `--all`."""
        which = [month] if month else ["--all"]
        return self("run", *which, "--inbox", self.inbox, *words, lang=lang)

    def send(self, name: str, content: str | bytes) -> Path:
        """Put a file into the inbox, later than all before it."""
        path = self.inbox / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self._sent += 1
        stamp = 1_743_500_000 + self._sent
        os.utime(path, (stamp, stamp))
        return path

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """What the ledger answers."""
        with reader(self.home, purpose="test") as reading:
            return reading.con.execute(query, list(given)).fetchall()

    def one(self, query: str, *given: object) -> Any:
        """The one value that the ledger answers."""
        ((value,),) = self.rows(query, *given)
        return value

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the last commit."""
        ((number, digest),) = self.rows(
            "SELECT commit_no, hash FROM journal.commit ORDER BY commit_no DESC LIMIT 1"
        )
        return number, digest

    def total(self, measure: str = "CO2", where: str = "true") -> int:
        """The sum of all entries of a measure, reversals included."""
        return int(
            self.one(
                "SELECT coalesce(sum(value), 0)::BIGINT FROM emissions.line "
                f"WHERE measure = ? AND {where}",
                measure,
            )
        )

    def rejected(self) -> list[tuple[int, str, str]]:
        """(row, column, rule) of every recorded fault that rejects."""
        return self.rows(
            "SELECT row_no, column_name, rule FROM emissions.rejection WHERE severity = 'E' "
            "ORDER BY source, sheet, row_no, rule, column_name"
        )

    def returned(self) -> dict[str, list[list[Any]]]:
        """Sheet → rows of the one workbook that is to be mailed back; formulas would show."""
        (path,) = sorted(self.home.rejected.rglob("*.xlsx"))
        book = openpyxl.load_workbook(path)
        return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def table(rows: Iterable[Mapping[str, object]], header: Sequence[str] = HEADER) -> str:
    """A CSV of `rows`; the first data row is row 2 of the file."""
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    return "".join(",".join(str(cell) for cell in line) + "\n" for line in lines)


def burned(quantity: object = "10", unit: str = "吨", **cells: object) -> dict[str, object]:
    """A good row of HEADER: coal that the heating plant burned in March 2025."""
    enterprise = str(cells.get("统一社会信用代码", HEATING))
    return {
        "统一社会信用代码": enterprise,
        "企业名称": NAMES.get(enterprise, "合成·名录外企业"),
        "能源品种": "原煤",
        "用途": "消费",
        "月份": "2025-03",
        "数量": quantity,
        "计量单位": unit,
    } | cells
