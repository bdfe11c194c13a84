"""A registry with rules of a made-up bureau and listed entities (合成数据)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ledgers.allowances import decisions, measures, persons, plan, rulings
from ledgers.allowances import emission_verification as ev
from ledgers.allowances.workflow import approve
from tests.ledgers.allowances.desk import ANNA, BERT, CORA, MILL, PLANT, SHANGHAI, Registry
from warehouse.connect import Home, writer

VERIFIER = "合成·核查员"

BUREAU = """
rule_set = "market.bureau"
version = "合成-1"
document = "合成方案（合成数据）"
standing = "reported"
applies_from = 2021-09-01
[[rule]]
key = "stand_in"
value = "power industry obligation carry_over trading"
[[rule]]
key = "offset.registered_after"
value = "2020-01-01"
[[rule]]
key = "city.pre_share"
value = "0.70"
[[rule]]
key = "city.total_years"
value = "2"
[[rule]]
key = "city.total_factor"
value = "1"
"""

OPEN = """
name = "SY"
version = "合成-open"
applies_from = 2021-09-02
zone = "Asia/Shanghai"
opens = 00:00:00
closes = 23:59:59
weekend = [6, 7]
holidays = []
worked = []
source = "合成数据"
"""


@contextmanager
def opened_year(first_registry: Path, folder: Path) -> Iterator[Year]:
    """A year on a copy of the registry with the rules entered, made once a session."""
    made = first_registry.parent / "with-rules"
    if not made.exists():
        shutil.copytree(first_registry, made)
        with writer(Home(made), purpose="test", person="test") as con:
            Year.enter(Registry.resumed(con))
    shutil.copytree(made, folder / "home")
    with writer(Home(folder / "home"), purpose="test", person="test") as con:
        yield Year(Registry.resumed(con))


class Year:
    """Helpers around `Registry`: figures, verification and allocation without repeating them."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.con = registry, registry.con

    @classmethod
    def enter(cls, registry: Registry) -> None:
        con = registry.con
        measures.load_shipped(con, ANNA)
        measures.enter_text(con, BUREAU, person=ANNA)
        rulings.enter(con, "calendar", OPEN, person=ANNA, reason="合成")
        persons.list_conflict(
            con,
            VERIFIER,
            "verifier",
            document="合成",
            person=ANNA,
            valid_from=date(2020, 1, 1),
        )

    @property
    def now(self) -> datetime:
        return self.registry.now

    def go(self, *when: int) -> datetime:
        """Sets the clock in the city's time."""
        self.registry.now = datetime(*when, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]
        return self.registry.now

    def list(self, year: int, method: str = "historical_total", **more: Any) -> None:
        rows = [
            {"entity": entity, "name": entity, "account": number, "industry": "4430"}
            | {"method": method}
            | more
            for entity, number in ((PLANT, self.registry.plant), (MILL, self.registry.mill))
        ]
        plan.list_entities(self.con, year, rows, document="合成名录", person=ANNA, at=self.now)

    def figures(self, entity: str, year: int, part: str = "", **values: object) -> None:
        rows = [
            {"entity": entity, "part": part, "name": name, "value": value}
            for name, value in values.items()
        ]
        plan.enter_figures(self.con, year, rows, document="合成", person=ANNA, at=self.now)

    def step(self, entity: str, year: int, step: str, co2e: object = None) -> ev.VerificationStep:
        person = {"report": CORA, "objection": CORA, "finding": VERIFIER}.get(step, ANNA)
        return ev.record_step(
            self.con,
            entity,
            year,
            step,
            co2e=co2e,
            document=f"合成·{step}",
            person=person,
            at=self.now,
        )

    def confirm(self, entity: str, year: int) -> ev.Obligation:
        return ev.confirm(
            self.con,
            entity,
            year,
            document="合成确认",
            proposer=ANNA,
            approver=BERT,
            at=self.now,
        )

    def verified(self, entity: str, year: int, tonnes: int) -> ev.Obligation:
        """Report, finding, notice, and the confirmation eight working days later."""
        self.step(entity, year, "report", tonnes)
        self.step(entity, year, "finding", tonnes)
        if ev.demanded(self.con, entity, year):
            self.step(entity, year, "recheck", tonnes)
        self.step(entity, year, "notice")
        self.registry.at(days=14)
        return self.confirm(entity, year)

    def allocate(self, year: int, stage: str, entities: tuple[str, ...] = ()):  # type: ignore[no-untyped-def]
        return decisions.allocate(
            self.con,
            year,
            stage,
            document="合成方案",
            proposer=ANNA,
            approver=BERT,
            at=self.registry.at(minutes=1),
            entities=entities,
        )

    def stock(self, unit: str, quantity: int) -> None:
        """Puts units into the pool that is allocated from."""
        self.registry.at(minutes=1)
        pool, issuer = self.registry.system("allocation"), self.registry.system("issuance")
        self.registry.cap(unit, 100_000_000)
        key = f"stock-{unit}-{quantity}-{self.registry.now.isoformat()}"
        done = self.registry.do(key, "issue", issuer, pool, unit, quantity)
        assert done.state == "completed", done

    def approve(self, key: str) -> None:
        done = approve(self.con, key, person=BERT, at=self.registry.at(minutes=1))
        assert done.state == "completed", done
