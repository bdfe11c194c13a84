"""Faults in words for the person who sent the file (问题说明).

What belongs here: one fault record of any room to a sentence in Chinese or English. What does
not: the sentences, which stand in `factors/messages/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from factors import messages


def sentence(fault: Mapping[str, Any], lang: str = "zh", *, file: str = "") -> str:
    """What a fault record (FAULT_COLUMNS) says in `lang`. A fault with a `why` uses the words
    of its own, `fault.<rule>.<why>`, where there are any, else those of its rule."""
    facts = json.loads(fault["facts"] or "{}")
    told = {
        "file": file,
        "column": fault["column_name"],
        "header": fault["column_name"],
        "sheet": fault["sheet"],
        "row_no": fault["row_no"],
        **facts,
        "seen": fault["seen"],
    }
    code = f"fault.{fault['rule']}"
    special = f"{code}.{facts.get('why', '')}"
    return messages.text(special if special in messages.catalogue() else code, lang, told)


def place(fault: Mapping[str, Any], lang: str = "zh") -> str:
    """Where a fault stands: sheet and row, or the whole file."""
    row, sheet = fault["row_no"], fault["sheet"]
    if lang == "en":
        where = f"row {row}" if row else "whole file"
        return f"{sheet}, {where}" if sheet else where
    where = f"第 {row} 行" if row else "整个文件"
    return f"{sheet} {where}" if sheet else where


def skipped_reason(reason: str, lang: str = "zh") -> str:
    """Why a row was not data, in words."""
    return messages.text(f"intake.skipped.{reason}", lang, {})
