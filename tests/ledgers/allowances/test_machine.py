"""A machine that does anything in any order; the invariants hold after each step.

It keeps a model of its own, serial number by serial number, that knows nothing of blocks.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledgers.allowances.execution import execute_due
from ledgers.allowances.refusals import Refused
from ledgers.allowances.requests import requests
from ledgers.allowances.verification import verify
from ledgers.allowances.workflow import approve, cancel, propose, reject
from tests.ledgers.allowances.desk import (
    ANNA,
    BANK,
    BANKER,
    BERT,
    CORA,
    DORA,
    U25,
    Registry,
)

AMOUNT = st.integers(1, 60)


class RegistryMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.registry = Registry()
        self.count = 0
        self.model: Counter[tuple[str, str]] = Counter()
        self.issued = 0
        self.give(100)

    def _key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    def _free(self, number: str) -> int:
        held, reserved = self.registry.balance(number)
        return held - reserved

    @rule(quantity=AMOUNT)
    def give(self, quantity: int) -> None:
        self.registry.give(self.registry.plant, quantity)
        self.model[self.registry.plant, "available"] += quantity
        self.issued += quantity

    @rule(quantity=AMOUNT, there=st.booleans(), then=st.sampled_from(["approve", "reject", "wait"]))
    def transfer(self, quantity: int, there: bool, then: str) -> None:
        pair = (self.registry.plant, self.registry.mill)
        source, target = pair if there else pair[::-1]
        key, free = self._key(), self._free(source)
        try:
            asked = self.registry.ask(key, "transfer", source, target, U25, quantity)
            propose(self.registry.con, asked, person=CORA, at=self.registry.now)
        except Refused as fault:
            if fault.code != "registry.overdraft" or quantity <= free:
                raise
            return
        assert quantity <= free
        if then == "approve":
            approve(self.registry.con, key, person=DORA, at=self.registry.now)
        elif then == "reject":
            reject(self.registry.con, key, person=DORA, at=self.registry.now, reason="x")

    @rule(quantity=AMOUNT)
    def surrender(self, quantity: int) -> None:
        plant, sink = self.registry.plant, self.registry.system("surrender")
        self._at_once("surrender", plant, sink, quantity, (CORA, DORA), year=2025)

    @rule(quantity=AMOUNT)
    def pledge(self, quantity: int) -> None:
        plant = self.registry.plant
        self._at_once("pledge", plant, plant, quantity, (CORA, BANKER), counterparty=BANK)

    def _at_once(
        self,
        kind: str,
        source: str,
        target: str,
        quantity: int,
        by: tuple[str, str],
        **more: object,
    ) -> None:
        free = self._free(source)
        try:
            found = self.registry.do(
                self._key(), kind, source, target, U25, quantity, by=by, **more
            )
        except Refused as fault:
            if fault.code != "registry.overdraft" or quantity <= free:
                raise
            return
        assert found.state == "completed"
        self.model[source, "available"] -= quantity
        place = "pledged" if kind == "pledge" else "available"
        self.model[target, place] += quantity

    @precondition(lambda self: requests(self.registry.con, "delayed"))
    @rule(days=st.integers(0, 3))
    def night(self, days: int) -> None:
        """Days pass; what is due executes."""
        self.registry.at(days=days)
        for done in execute_due(self.registry.con, "SY", person=ANNA, at=self.registry.now):
            assert done.state == "completed"
            row = self.registry.rows(
                "SELECT f.number, t.number, l.quantity FROM allowances.request_line AS l "
                "JOIN allowances.account AS f ON f.account = l.from_account "
                "JOIN allowances.account AS t ON t.account = l.to_account WHERE request = ?",
                done.request,
            )
            ((source, target, quantity),) = row
            self.model[str(source), "available"] -= int(str(quantity))
            self.model[str(target), "available"] += int(str(quantity))

    @precondition(lambda self: requests(self.registry.con, "awaiting_approval"))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        waiting = requests(self.registry.con, "awaiting_approval")
        found = data.draw(st.sampled_from(waiting))
        cancel(self.registry.con, found.request, person=BERT, at=self.registry.now, reason="")

    @invariant()
    def the_book_is_the_model(self) -> None:
        for (number, position), quantity in self.model.items():
            assert self.registry.balance(number, position=position)[0] == quantity
        assert self.registry.balance(self.registry.system("issuance"))[0] == -self.issued

    @invariant()
    def every_unit_is_in_one_place(self) -> None:
        serials: Counter[int] = Counter()
        for first, last in self.registry.rows("SELECT first, last FROM allowances.holding"):
            serials.update(range(int(str(first)), int(str(last)) + 1))
        assert serials == Counter(range(1, self.issued + 1))

    def teardown(self) -> None:
        found = verify(self.registry.con)
        assert found.good, found.findings
        self.registry.con.close()


TestRegistryMachine = RegistryMachine.TestCase
TestRegistryMachine.settings = settings(
    max_examples=2,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
