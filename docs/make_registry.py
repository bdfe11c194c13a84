"""python docs/make_registry.py [--check]: write the table of types into docs/registry*.md.

With --check nothing is written; the exit code is 1 when a page does not say what the table says.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ledgers.allowances.tables import TransactionType, read_kinds, read_types, shipped

FOLDER = Path(__file__).parent
PAGES = {"registry.md": "en", "registry.zh-CN.md": "zh"}
HEADS = {
    "en": "| type | | from → to | position | proposes / approves | delay h | needs |",
    "zh": "| 代码 | 类型 | 转出 → 转入 | 分仓 | 申请 / 复核 | 延时 h | 须有 |",
}
BEGIN, END = "<!-- types -->", "<!-- end of types -->"


def table(lang: str) -> str:
    """The table of transaction types as shipped."""
    kinds = read_kinds(shipped("account_kinds"))
    types = read_types(shipped("transaction_types"), kinds).types.values()
    rows = [HEADS[lang], "|---|---|---|---|---|---|---|", *(_row(row, lang) for row in types)]
    return "\n".join(rows)


def page(name: str) -> str:
    """The page with the table put in between its marks."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(PAGES[name])}\n{END}{after}"


def _row(row: TransactionType, lang: str) -> str:
    words = row.zh if lang == "zh" else row.en
    move = f"{' '.join(row.sources)} → {' '.join(row.targets)}"
    position = f"{row.from_position} → {row.to_position}"
    who = f"{' '.join(row.proposes)} / {' '.join(row.approves) or '-'}"
    cells = (f"`{row.code}`", words, move, position, who, str(row.delay_hours))
    return f"| {' | '.join(cells)} | {' '.join(row.needs)} |"


if __name__ == "__main__":
    wanted = {name: page(name) for name in PAGES}
    if "--check" in sys.argv:
        sys.exit(any((FOLDER / n).read_text(encoding="utf-8") != t for n, t in wanted.items()))
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
