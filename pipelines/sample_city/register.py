"""The register that a bureau would keep of the synthetic city: enterprises and facilities.

What belongs here: the register's rows and its two workbooks. What does not: importing them.
Contacts are roles; there are no persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from pipelines.sample_city import tables
from pipelines.sample_city.blocks import Block
from pipelines.sample_city.city import SUCCESSION, City, Enterprise, dice
from pipelines.sample_city.consumption import stream_carriers
from pipelines.sample_city.documents import LABEL
from pipelines.sample_city.spelling import Cell
from pipelines.sample_city.workbook import workbook

METHOD_EDITION = "general-2015"
"""The general edition for reports before July 2026."""

ENTERPRISE_HEADERS = (
    "统一社会信用代码",
    "企业名称",
    "生效日期",
    "失效日期",
    "前身信用代码",
    "行政区划代码",
    "所属园区",
    "行业代码",
    "核算边界",
    "核算方法版本",
    "所属市场",
    "重点用能单位",
    "两高项目",
    "应报能源品种",
    "联系人",
)
FACILITY_HEADERS = (
    "统一社会信用代码",
    "排放设施",
    "设施类型",
    "设备",
    "容量",
    "容量单位",
    "炉型",
    "海拔",
    "生效日期",
    "失效日期",
)
_FIRST_DAY = date(2008, 1, 1)
_KINDS = {
    "heating": ("锅炉", (29, 58, 70, 116), "MW"),
    "power": ("发电机组", (25, 50, 135, 300), "MW"),
    "steel": ("转炉", (60, 80, 120), "t"),
    "cement": ("回转窑", (2500, 4000, 5000), "t/d"),
    "chemicals": ("生产装置", (5, 10, 20), "万t/a"),
    "ceramics": ("隧道窑", (20, 40, 60), "t/d"),
    "machinery": ("车间", (500, 1000, 2000), "kVA"),
    "food": ("车间", (315, 630, 1000), "kVA"),
    "buildings": ("建筑", (8000, 15000, 30000), "m2"),
}
_BOILERS = {"heating": ("链条炉", "循环流化床"), "power": ("煤粉炉", "循环流化床")}


def write_register(directory: Path, city: City) -> tuple[Path, Path]:
    """Write `directory/register/*.xlsx`; return the enterprise and the facility register."""
    folder = directory / "register"
    folder.mkdir(parents=True, exist_ok=True)
    books = (
        (
            "企业名录",
            ENTERPRISE_HEADERS,
            [r for e in city.enterprises for r in _enterprise(city, e)],
        ),
        ("设施名录", FACILITY_HEADERS, [r for e in city.enterprises for r in _facilities(city, e)]),
    )
    paths = tuple(_write(folder, *book) for book in books)
    return paths[0], paths[1]


def _write(folder: Path, title: str, header: Sequence[str], body: list[tuple[str, ...]]) -> Path:
    path = folder / f"合成·沈阳_{title}.xlsx"
    path.write_bytes(workbook(title, [register_block(title, header, body)]))
    return path


def register_block(title: str, header: Sequence[str], body: Sequence[tuple[Cell, ...]]) -> Block:
    """A register as the lines of one sheet, under a title that says what it is."""
    return Block(
        sheet=title,
        titles=(f"合成·沈阳{title}（{LABEL} SYNTHETIC：企业、代码与设施均为虚构）",),
        header=tuple(header),
        body=tuple(body),
        total=None,
        quantity_column=0,
        notes=(),
    )


def _enterprise(city: City, enterprise: Enterprise) -> Iterator[tuple[str, ...]]:
    before = enterprise.predecessor
    facts = _facts(city, enterprise)
    if before:
        ended = (SUCCESSION - timedelta(days=1)).isoformat()
        yield (before.enterprise_id, before.name, _FIRST_DAY.isoformat(), ended, "", *facts)
    since = enterprise.valid_from.isoformat()
    code = before.enterprise_id if before else ""
    yield (enterprise.enterprise_id, enterprise.name, since, "", code, *facts)


def _facts(city: City, enterprise: Enterprise) -> tuple[str, ...]:
    sector = enterprise.sector
    key_user = dice(city.seed, enterprise.index, "key user").random() < sector.key_user_share
    boundary, market = _obligation(sector.sector, key_user)
    carriers = (tables.carriers()[code].names[0] for code in stream_carriers(city, enterprise))
    return (
        enterprise.district.code,
        enterprise.zone,
        sector.industry,
        boundary,
        METHOD_EDITION,
        market,
        "是" if key_user else "否",
        sector.two_high,
        "；".join(carriers),
        "能源管理岗",
    )


def _obligation(sector: str, key_user: bool) -> tuple[str, str]:
    """(boundary, market by year): power since the start, steel and cement from 2024."""
    if sector == "power":
        return "national_facility", "2023:national;2024:national;2025:national"
    if sector in ("steel", "cement"):
        return "legal_person", "2023:none;2024:national;2025:national"
    if key_user:
        return "city_enterprise", "2023:none;2024:city;2025:city"
    return "legal_person", "none"


def _facilities(city: City, enterprise: Enterprise) -> Iterator[tuple[str, ...]]:
    sector = enterprise.sector.sector
    kind, capacities, unit = _KINDS[sector]
    for n, site in enumerate(enterprise.sites):
        rng = dice(city.seed, enterprise.index, "facility", n)
        boiler = rng.choice(_BOILERS[sector]) if sector in _BOILERS else ""
        capacity, altitude = str(rng.choice(capacities)), str(rng.randint(35, 90))
        for code, since, until in _codes(enterprise):
            yield (code, site, kind, "", capacity, unit, boiler, altitude, since, until)


def _codes(enterprise: Enterprise) -> Iterator[tuple[str, str, str]]:
    """(credit code, first day, last day) of each register entry of an enterprise."""
    if enterprise.predecessor:
        ended = (SUCCESSION - timedelta(days=1)).isoformat()
        yield enterprise.predecessor.enterprise_id, _FIRST_DAY.isoformat(), ended
    yield enterprise.enterprise_id, enterprise.valid_from.isoformat(), ""
