"""python docs/make_methods.py [--check]: write docs/methods/ from the declared methods.

One page for each method of each edition, in Chinese and in English, and an index. With --check
nothing is written; the exit code is 1 when a page is not what the declarations say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from factors.carriers import CARRIERS
from factors.catalogue import Factor
from factors.editions import shipped_catalogue
from factors.gases import QUANTUM
from factors.methods import Method, MethodEdition, Parameter, load_method_editions
from factors.worked_cases import WorkedCase, worked_cases

FOLDER = Path(__file__).with_name("methods")

SYMBOLS = {
    "quantity": "AD",
    "ncv": "NCV",
    "carbon_content": "CC",
    "elemental_carbon": "C",
    "oxidation_rate": "OF",
    "grid_factor": "EF_{e}",
    "heat_factor": "EF_{h}",
    "enthalpy": "h",
    "temperature": "T",
    "carbonate_factor": "EF",
    "process_factor": "EF",
    "total_factor": "EF",
    "net_anode_consumption": "NAC",
    "anode_sulfur": "S_{a}",
    "anode_ash": "A_{a}",
}

WORDS: Mapping[str, tuple[str, str]] = {
    "method": ("方法", "method"),
    "edition": ("方法版本", "Method edition"),
    "document": ("文件", "Document"),
    "clause": ("条款", "Clause"),
    "unrecorded": ("未记录", "not recorded"),
    "standing": ("依据级别", "Standing"),
    "validity": ("适用期间", "Validity"),
    "open": ("不限", "open"),
    "boundary": ("边界", "Boundary"),
    "gwp": ("全球变暖潜势", "Warming potentials"),
    "series": ("电力因子口径", "Series of grid factors"),
    "result": ("结果", "Result"),
    "uncounted": ("列示，不计入总量", "shown, outside the total"),
    "carriers": ("品种", "Carriers"),
    "kinds": ("类别", "kinds"),
    "flows": ("用途", "Flows"),
    "deducted": ("扣除", "taken off"),
    "burned": ("燃烧性转换投入", "conversion inputs that are burned"),
    "yields": ("同月已报下列用途时不计", "stands back beside"),
    "only": ("仅与下列用途同报时计", "counts only beside"),
    "bases": ("计量方式", "Kinds of quantity"),
    "needs": ("须实测", "Must be measured"),
    "formula": ("公式", "Formula"),
    "parameters": ("参数", "Parameters"),
    "name": ("名称", "Name"),
    "symbol": ("符号", "Symbol"),
    "unit": ("单位", "Unit"),
    "source": ("来源", "Source"),
    "activity": ("活动数据", "activity data"),
    "factor": ("因子", "factor"),
    "constant": ("常数", "constant"),
    "product": ("乘积", "product"),
    "or_measured": ("或实测", "or measured"),
    "tables": ("表与文件", "Tables and documents"),
    "table": ("表", "Table"),
    "rows": ("行数", "Rows"),
    "rounding": ("舍入", "Rounding"),
    "prescribed": ("规定（参与后续计算）", "prescribed, feeds on"),
    "display": ("显示（不参与计算）", "display, never feeds on"),
    "half_up": ("四舍五入", "half up"),
    "half_even": ("四舍六入五成双（GB/T 8170）", "half to even (GB/T 8170)"),
    "digits": ("位小数", "digits"),
    "worked": ("算例", "Worked case"),
    "case": ("情形", "Row"),
    "measured": ("实测", "measured"),
    "own": ("自有因子", "factors of one's own"),
    "working": ("计算", "Working"),
    "values": ("取值来源", "Where the values stand"),
    "own_value": ("示例自有因子", "the example's own factor"),
    "draft": (
        "草案：其文本尚无人阅读，不用于核算。所缺：",
        "Draft: nobody has read its text, and it computes nothing. Missing: ",
    ),
    "note": ("说明", "Note"),
    "steam": ("蒸汽焓", "Enthalpy of steam"),
    "steam_IF97": ("按 IAPWS-IF97 计算，规定保留位数：", "by IAPWS-IF97, prescribed digits: "),
    "steam_table": ("按规定的表线性内插：", "from prescribed tables, interpolated linearly: "),
}


class Words:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.place = 1 if lang == "en" else 0

    def __call__(self, name: str) -> str:
        return WORDS[name][self.place]

    def pick(self, zh: str, en: str) -> str:
        """The text of this language."""
        return en if self.lang == "en" else zh


def pages() -> dict[str, str]:
    """Path below docs/methods → the whole page."""
    editions = load_method_editions()
    made = {"README.md": index(editions)}
    for edition in editions.values():
        for method in edition.methods:
            made[f"{edition.edition}/{method.method_id}.md"] = page(edition, method)
    return made


def page(edition: MethodEdition, method: Method) -> str:
    """The page of one method: Chinese, then English."""
    lines = [f"# {method.title_zh} / {method.title_en}", "", f"`{method.key}`", ""]
    case = next(
        (c for c in worked_cases().get(edition.edition, ()) if c.method == method.method_id), None
    )
    for lang, heading in (("zh", "中文"), ("en", "English")):
        words = Words(lang)
        lines += [f"## {heading}", ""]
        lines += [*_state(words, edition, method), *_head(words, edition, method), ""]
        lines += [f"### {words('formula')}", "", "$$", equation(method), "$$", ""]
        lines += [f"### {words('parameters')}", "", *_parameters(words, method), ""]
        lines += _tables(words, method)
        lines += [f"### {words('rounding')}", "", *_rounding(words, edition, method), ""]
        lines += _worked(words, edition, case)
    return "\n".join(lines).rstrip() + "\n"


def equation(method: Method) -> str:
    """The formula in the mathematics of Markdown."""

    def symbol(match: re.Match[str]) -> str:
        return _symbol(method.parameter(match.group()))

    text = re.sub(r"[a-z]\w*", symbol, method.formula.text)
    result = "E_{" + method.output.measure.replace("_", r"\_") + "}"
    return f"{result} = " + text.replace(" * ", r" \times ")


def _symbol(parameter: Parameter) -> str:
    if parameter.source == "constant":
        above, _, below = parameter.value_text.partition("/")
        return rf"\tfrac{{{above}}}{{{below}}}" if below else above
    return SYMBOLS.get(parameter.name) or r"\mathrm{" + parameter.name.replace("_", r"\_") + "}"


def _state(words: Words, edition: MethodEdition, method: Method) -> Iterator[str]:
    if method in edition.drafts:
        zh, en = method.missing_zh or edition.missing_zh, method.missing_en or edition.missing_en
        yield f"**{words('draft')}{words.pick(zh, en)}**"
        yield ""


def _head(words: Words, edition: MethodEdition, method: Method) -> Iterator[str]:
    output = method.output
    result = f"{output.measure} [{output.unit}], scope {output.scope}, {output.category}"
    start, end = edition.applies_from or words("open"), edition.applies_to or words("open")
    rows = {
        "edition": f"{edition.title(words.lang)} (`{edition.edition}`, {edition.state})",
        "document": "，".join(part for part in (edition.publisher, edition.document) if part),
        "clause": method.clause or edition.clause or words("unrecorded"),
        "standing": method.standing,
        "validity": f"{start} ~ {end}",
        "boundary": edition.boundary,
        "gwp": edition.gwp_edition,
        "series": edition.grid_series if any(p.statistical for p in method.parameters) else "",
        "result": result + ("" if output.counted else f" ({words('uncounted')})"),
        "carriers": _carriers(words, method),
        "flows": _flows(words, method),
        "bases": ", ".join(method.bases),
        "needs": ", ".join(sorted(method.needs)),
        "steam": _steam(words, edition, method),
        "note": "; ".join(
            words.pick(held.note_zh, held.note_en) for held in (method, edition) if held.note_zh
        ),
    }
    for name, text in rows.items():
        if text:
            yield f"- {words(name)}: {text}"


def _carriers(words: Words, method: Method) -> str:
    named = [CARRIERS[code].name(words.lang) for code in CARRIERS if code in method.carriers]
    kinds = f"{words('kinds')} {', '.join(sorted(method.kinds))}" if method.kinds else ""
    return "; ".join(part for part in (", ".join(named), kinds) if part)


def _flows(words: Words, method: Method) -> str:
    parts = [", ".join(sorted(method.flows))]
    for name, held in (
        ("deducted", method.deducted_flows),
        ("burned", method.burned_flows),
        ("yields", method.yields_to),
        ("only", method.only_with),
    ):
        parts += [f"{words(name)}: {', '.join(sorted(held))}"] if held else []
    return "; ".join(part for part in parts if part)


def _steam(words: Words, edition: MethodEdition, method: Method) -> str:
    if edition.steam is None or "enthalpy" not in method.needs:
        return ""
    rule = edition.steam
    said = str(rule.digits) if rule.by == "IF97" else f"{rule.saturated}, {rule.superheated}"
    return words(f"steam_{rule.by}") + said


def _parameters(words: Words, method: Method) -> Iterator[str]:
    yield _row(words("symbol"), words("name"), words("unit"), words("source"))
    yield "|---|---|---|---|"
    for item in method.parameters:
        units = dict.fromkeys(item.unit_for(basis) for basis in method.bases)
        yield _row(f"${_symbol(item)}$", f"`{item.name}`", ", ".join(units), _source(words, item))


def _source(words: Words, item: Parameter) -> str:
    text = words(item.source)
    if item.source == "constant":
        return f"{text} {item.value_text} ({item.origin})"
    if item.source == "product":
        digits = "" if item.digits is None else f", {item.digits} {words('digits')}"
        return f"{text} {' × '.join(f'`{name}`' for name in item.of)}{digits}"
    if item.source == "factor":
        looked = ", ".join(item.tables) + (f"; {item.series}" if item.series else "")
        text += f" `{item.factor}` ({looked})"
        return text + (f", {words('or_measured')} `{item.measured}`" if item.measured else "")
    return text + (f" `{item.measured}`" if item.measured else "")


def _tables(words: Words, method: Method) -> Iterator[str]:
    """The documents behind the tables that the factors of the method come from."""
    held: dict[tuple[str, str, str, str], int] = {}
    wanted = {(table, p.factor) for p in method.parameters for table in p.tables}
    for row in shipped_catalogue().factors:
        if (row.table, row.parameter) in wanted and _concerns(method, row):
            clause = row.clause.partition(" (")[0] or words("unrecorded")
            key = (row.table, row.document, clause, row.standing)
            held[key] = held.get(key, 0) + 1
    if held:
        yield from (f"### {words('tables')}", "")
        heads = ("table", "document", "clause", "standing", "rows")
        yield _row(*map(words, heads))
        yield "|---|---|---|---|---|"
        for (table, document, clause, standing), count in held.items():
            yield _row(table, document, clause, standing, str(count))
        yield ""


def _concerns(method: Method, row: Factor) -> bool:
    looked = {p.carrier_from for p in method.parameters if p.factor == row.parameter}
    carrier = CARRIERS.get(row.carrier)
    own = "" in looked and (
        row.carrier in method.carriers or (carrier is not None and carrier.kind in method.kinds)
    )
    return own or row.carrier in looked or "fuel_group" in looked


def _rounding(words: Words, edition: MethodEdition, method: Method) -> Iterator[str]:
    rule = words(edition.rounding.rule)
    fixed = [f"`{name}` {digits}" for name, digits in method.rounding.prescribed]
    fixed += [f"`{p.name}` {p.digits}" for p in method.parameters if p.digits is not None]
    shown = [f"{name} {digits}" for name, digits in edition.rounding.display]
    yield f"- {words('prescribed')}: {', '.join(fixed) or '-'} ({rule})"
    yield f"- {words('display')}: {', '.join(shown) or '-'} ({rule})"


def _worked(words: Words, edition: MethodEdition, case: WorkedCase | None) -> Iterator[str]:
    if case is None:
        return
    carrier = CARRIERS[case.carrier].name(words.lang)
    seen = [f"{case.month}", carrier, f"`{case.flow}`", f"{case.quantity} {case.unit}", case.region]
    seen += [f"{words('measured')} {name} {number} {unit}" for name, number, unit in case.measured]
    yield from (f"### {words('worked')}", "", f"{words('case')}: {', '.join(seen)}", "")
    resolved = case.resolve(edition)
    unit = QUANTUM[resolved.method.output.measure].unit
    tonnes = f"{case.expected} {resolved.method.output.unit}"
    quanta = case.quanta(edition)
    yield f"{words('working')}: {case.working} = **{tonnes}** ({quanta:,} {unit})"
    yield ""
    sourced = [item for item in resolved.parameters if item.factor is not None]
    if sourced:
        yield f"{words('values')}:"
        yield ""
    for item in sourced:
        factor = item.factor
        assert factor is not None
        own = factor.edition == "example"
        cited = (
            words("own_value")
            if own
            else f"{factor.key}, {factor.cite(words.lang)}, {factor.standing}"
        )
        yield f"- `{item.name}` = {item.value} {item.unit}: {cited}"
    for note in resolved.notes:
        yield f"- {note.text(words.lang)}"
    if case.source and words.lang == "en":
        yield f"- {case.source}"
    yield ""


def index(editions: Mapping[str, MethodEdition]) -> str:
    """The index: every edition with its state, days and methods, and what the drafts lack."""
    lines = [
        "# 核算方法 / Methods of accounting",
        "",
        "由方法的声明生成（`python docs/make_methods.py`），每个方法一页，算例作为测试运行。",
        "草案（draft）不用于核算；持有原文的人可用 `tanzhang factors import FILE.toml` 导入。",
        "",
        "Generated from the declarations of the methods, one page a method; the worked cases are",
        "run as tests. A draft computes nothing; who has the text can import it with",
        "`tanzhang factors import FILE.toml`.",
        "",
        _row(
            "版本 / edition",
            "名称 / title",
            "文件 / document",
            "适用 / validity",
            "状态 / state",
            "方法 / methods",
        ),
        "|---|---|---|---|---|---|",
    ]
    for edition in editions.values():
        days = f"{edition.applies_from or ''}~{edition.applies_to or ''}"
        links = ", ".join(
            f"[{m.method_id}]({edition.edition}/{m.method_id}.md)"
            + ("*" if m in edition.drafts else "")
            for m in edition.methods
        )
        title = f"{edition.title_zh} / {edition.title_en}"
        state = f"{edition.state}, {edition.standing}"
        lines.append(
            _row(f"`{edition.edition}`", title, edition.document, days, state, links or "-")
        )
    lines += ["", "\\* 草案 / draft", "", "## 草案所缺 / What the drafts lack", ""]
    for edition in editions.values():
        if edition.state == "draft" or edition.drafts:
            lines.append(f"- `{edition.edition}`: {edition.missing_zh} / {edition.missing_en}")
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "/").split()) for cell in cells) + " |"


def stale(made: Mapping[str, str]) -> list[str]:
    """Pages that are not what the declarations say, and pages of methods that are no more."""
    held = {str(path.relative_to(FOLDER)): path for path in FOLDER.rglob("*.md")}
    changed = [
        name
        for name, text in made.items()
        if name not in held or held[name].read_text(encoding="utf-8") != text
    ]
    return sorted({*changed, *(held.keys() - made.keys())})


def write(made: Mapping[str, str]) -> None:
    """Write every page that changed and remove those of methods that are no more."""
    for name in stale(made):
        path = FOLDER / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(bool(stale(pages())))
    write(pages())
