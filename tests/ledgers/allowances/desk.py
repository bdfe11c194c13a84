"""A small registry in memory (合成数据): one market, persons, accounts, a cap."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledgers.allowances import accounts, caps, persons, rulings
from ledgers.allowances.requests import Ask, Movement, Request
from ledgers.allowances.workflow import approve, propose
from warehouse.connect import Connection, scratch
from warehouse.migrations import migrate

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)
"""A Monday within the opening hours."""

ANNA, BERT = "合成·安", "合成·白"
"""Two persons of the registry."""
CORA, DORA = "合成·采", "合成·段"
"""Two persons of the enterprises."""
BANKER, CLERK, JUDGE = "合成·银行柜员", "合成·银行复核", "合成·法官"
BANK = "合成银行"
PLANT, MILL = "合成热电厂", "合成轧钢厂"
U25, U24 = "SY-SYA-2025", "SY-SYA-2024"


class Registry:
    """A registry with helpers that move its clock only when asked."""

    def __init__(self, con: Connection | None = None) -> None:
        self.con = con or scratch("512MB", threads=1)
        migrate(self.con)
        self.now = MONDAY
        rulings.load_shipped(self.con, ANNA)
        day = date(2020, 1, 1)
        for person, role, by, scope in (
            (ANNA, "registry", BERT, ""),
            (BERT, "registry", ANNA, ""),
            (CORA, "holder", ANNA, PLANT),
            (CORA, "holder", ANNA, MILL),
            (DORA, "holder", ANNA, PLANT),
            (DORA, "holder", ANNA, MILL),
            (BANKER, "bank", ANNA, BANK),
            (CLERK, "bank", ANNA, BANK),
            (JUDGE, "court", ANNA, ""),
        ):
            persons.grant(self.con, person, role, by=by, scope=scope, valid_from=day)
        accounts.open_market(
            self.con,
            "SY",
            "合成市场",
            basis="合成数据",
            proposer=ANNA,
            approver=BERT,
            at=self.now,
        )
        self.plant = self.account("operator", PLANT)
        self.mill = self.account("operator", MILL)
        for unit in (U25, U24):
            self.cap(unit, 1_000_000)

    @classmethod
    def resumed(cls, con: Connection) -> Registry:
        """A registry that was made before, in a file that was copied."""
        self = cls.__new__(cls)
        self.con, self.now = con, MONDAY
        held = {found.entity: found.number for found in accounts.accounts(con, "SY")}
        self.plant, self.mill = held[PLANT], held[MILL]
        return self

    def at(self, **delta: int) -> datetime:
        """Moves the clock on and answers the new time."""
        self.now += timedelta(**delta)
        return self.now

    def account(self, kind: str, entity: str) -> str:
        made = accounts.propose_account(
            self.con,
            key=f"open:{kind}:{entity}",
            market="SY",
            kind=kind,
            entity=entity,
            name=entity,
            person=ANNA,
            at=self.now,
        )
        opened = accounts.decide_account(
            self.con, made.number, approve=True, person=BERT, at=self.now
        )
        assert opened.status == "open"
        return opened.number

    def cap(self, unit: str, quantity: int) -> None:
        caps.set_cap(
            self.con,
            unit,
            quantity,
            document="合成方案",
            proposer=ANNA,
            approver=BERT,
            at=self.now,
        )

    def system(self, kind: str) -> str:
        return accounts.system_account(self.con, "SY", kind).number

    def ask(
        self,
        key: str,
        kind: str,
        source: str,
        target: str,
        unit: str,
        quantity: object,
        **more: object,
    ) -> Ask:
        moved = Movement(source, target, unit, quantity)
        return Ask(key, kind, "SY", (moved,), **more)  # type: ignore[arg-type]

    def do(
        self,
        key: str,
        kind: str,
        source: str,
        target: str,
        unit: str,
        quantity: object,
        by: tuple[str, str] = (ANNA, BERT),
        **more: object,
    ) -> Request:
        """Proposed by one and approved by another."""
        asked = self.ask(key, kind, source, target, unit, quantity, **more)
        found = propose(self.con, asked, person=by[0], at=self.now)
        if found.state == "awaiting_approval":
            found = approve(self.con, key, person=by[1], at=self.now)
        return found

    def give(self, number: str, quantity: int, unit: str = U25) -> None:
        """Issues units and allocates them."""
        stamp = len(self.rows("SELECT seq FROM allowances.transaction"))
        source = self.system("allocation")
        year = int(unit[-4:])
        issued = self.do(f"i{stamp}", "issue", self.system("issuance"), source, unit, quantity)
        assert issued.state == "completed", issued
        given = self.do(f"a{stamp}", "allocate", source, number, unit, quantity, year=year)
        assert given.state == "completed", given

    def rows(self, query: str, *given: object) -> list[tuple[object, ...]]:
        return self.con.execute(query, list(given)).fetchall()

    def balance(self, number: str, unit: str = U25, position: str = "available") -> tuple[int, int]:
        """Quantity and what of it is reserved."""
        found = self.con.execute(
            "SELECT quantity, reserved FROM allowances.balance AS b JOIN allowances.account AS a "
            "USING (account) WHERE a.number = ? AND position = ? AND unit = ?",
            [number, position, unit],
        ).fetchone()
        return found or (0, 0)

    def blocks(self, number: str, unit: str = U25) -> list[tuple[int, int]]:
        """The available blocks of an account in the order in which they are taken."""
        found = self.con.execute(
            "SELECT first, last FROM allowances.holding AS h JOIN allowances.account AS a "
            "USING (account) WHERE a.number = ? AND unit = ? AND position = 'available' "
            "ORDER BY acquired_at, origin, first",
            [number, unit],
        )
        return found.fetchall()

    def states(self, key: str) -> list[str]:
        found = self.rows(
            "SELECT state FROM allowances.step WHERE request = ? ORDER BY commit_no, ordinal", key
        )
        return [str(state) for (state,) in found]
