"""python docs/make_rules.py [--check]: write docs/rules.md from the declared rules.

With --check nothing is written; the exit code is 1 when the page is not what the rules say.
"""

from __future__ import annotations

import sys
from pathlib import Path

from factors.messages import catalogue
from ledgers.emissions.rules import table

PAGE = Path(__file__).with_name("rules.md")
INTAKE = tuple(f"IN-{number:02}" for number in range(1, 12))
POSTING = ("FA-01", "FA-02", "FA-03", "FA-04", "FA-05")
HEAD = """# 校验规则 / The rules of activity data

由规则的声明生成（`python docs/make_rules.py`）。E：该行退回，保留原行与全部原因；
W：列出，照常入账。花括号里是逐行填入的事实。
`tanzhang check`、月度运行和 Dagster 的检查执行同一份声明。

Generated from the declarations of the rules. E: the row is set aside with all its reasons; W: it is
listed and posted. Braces hold the facts of a row. `tanzhang check`, the month and the checks in
Dagster run the same declarations.
"""


def page() -> str:
    """The whole page."""
    declared = [(row["rule"], row["severity"], row["zh"], row["en"]) for row in table()]
    parts = [
        HEAD,
        _section("读文件时发现 / Found while reading", [_words(rule, "E") for rule in INTAKE]),
        _section("声明的规则 / Declared rules", declared),
        _section(
            "入账时发现 / Found in posting",
            [_words(rule, "W" if rule == "FA-04" else "E") for rule in POSTING],
        ),
    ]
    return "\n".join(parts)


def _words(rule: str, severity: str) -> tuple[str, str, str, str]:
    words = catalogue()[f"fault.{rule}"]
    return rule, severity, words["zh"], words["en"]


def _section(title: str, rules: list[tuple[str, str, str, str]]) -> str:
    lines = [f"## {title}", "", "| 规则 | 级别 | 说明 | in English |", "|---|---|---|---|"]
    for cells in rules:
        lines.append("| " + " | ".join(" ".join(cell.split()) for cell in cells) + " |")
    return "\n".join((*lines, ""))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
