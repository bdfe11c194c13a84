"""python docs/make_finance_rules.py [--check]: write docs/finance-rules.md from the declared rules.

With --check nothing is written; the exit code is 1 when the page is not what the rules say.
"""

from __future__ import annotations

import sys
from pathlib import Path

from factors.messages import catalogue
from ledgers.green_finance.rules import FORMAT, RULE_IDS, RULES

PAGE = Path(__file__).with_name("finance-rules.md")
PACKAGE = ("SB-01", "SB-02", "SB-03", "SB-10")
HEAD = """# 绿色金融校验规则 / The rules of bank records

由规则的声明生成（`python docs/make_finance_rules.py`）。E：整包退回；W：列出，待具名人员答复。
编号后带 W 的，是同一条规则的提示级。花括号里是逐行填入的事实。
MT-01、MT-02、CE-01、CE-02 和 AM-05、AM-06、CL-09、CL-10、BE-10
的内容由本软件拟定，不出自读到的条文。

Generated from the declarations of the rules. E: the whole package is refused; W: it is listed and
waits for the answer of a named person. An id with W behind it is the warning of the same rule.
Braces hold the facts of a row. What MT-01, MT-02, CE-01, CE-02 and AM-05, AM-06, CL-09, CL-10 and
BE-10 say was drawn up for this software and comes from no text that was read.
"""


def page() -> str:
    """The whole page."""
    severity = {rule.rule_id: rule.severity for rule in RULES}
    parts = [
        HEAD,
        _section("报送包 / Packages", dict.fromkeys(PACKAGE, "E")),
        _section("读取单元格时发现 / Found while typing", dict.fromkeys(FORMAT, "E")),
        _section("声明的规则 / Declared rules", {rule: severity[rule] for rule in RULE_IDS}),
    ]
    return "\n".join(parts)


def _section(title: str, rules: dict[str, str]) -> str:
    lines = [f"## {title}", "", "| 规则 | 级别 | 说明 | in English |", "|---|---|---|---|"]
    for rule, severity in rules.items():
        words = catalogue()[f"finance.rule.{rule}"]
        cells = (rule, severity, words["zh"], words["en"])
        lines.append("| " + " | ".join(" ".join(cell.split()) for cell in cells) + " |")
    return "\n".join((*lines, ""))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
