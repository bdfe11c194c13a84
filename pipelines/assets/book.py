"""The open ledger of a run (一次运行中打开的账本): the writer's lease, once.

What belongs here: the resource through which every asset and check of a run reaches the ledger,
and what they share. What does not: the work itself, which is that of `pipelines.month` and of the
rooms below. Dagster's in-process executor makes the resource once a run; nothing else in a run may
open the file, not even to read.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import dagster as dg

from ledgers.emissions import rules
from pipelines import month as steps
from pipelines.assets.months import today
from pipelines.expectations.docs import DataDocs
from pipelines.expectations.gate import Judgement, judge
from pipelines.intake.typed import Typed
from warehouse.connect import Connection, writer
from warehouse.home import Home
from warehouse.settings import Settings, choose_home


@dataclass
class Book:
    """The ledger of `home` for the length of a run. Files, faults and the judgement of a month
    are found once, by whichever asset or check asks first, so that any part of the graph can be
    run by itself."""

    home: Home
    settings: Settings
    purpose: str
    stack: ExitStack
    day: date
    """The bureau's date, the same for every rule of the run."""
    _received: dict[str, tuple[Typed, ...]] = field(default_factory=dict)
    _faults: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    _judged: dict[str, Judgement] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Who acts: the person of this machine."""
        return self.settings.acting_person()

    @cached_property
    def con(self) -> Connection:
        """The ledger, open for writing. The lease is taken when it is first asked for, and waits:
        files are read before that, while another run may be writing."""
        opened = writer(self.home, purpose=self.purpose, person=self.person, settings=self.settings)
        return self.stack.enter_context(opened)

    def received(self, month: str) -> tuple[Typed, ...]:
        """The files of the inbox that a run of `month` concerns, typed."""
        if month not in self._received:
            typed = steps.receive(self.home, steps.inbox_files(self.home.inbox))
            self._received[month] = steps.files_of(self.con, typed, month)
        return self._received[month]

    def faults(self, month: str) -> tuple[Path, ...]:
        """The fault files of the month's rows: those of reading, and one of the declared rules."""
        if month not in self._faults:
            found = steps.rule_faults(self.con, self.received(month), month, today=self.day)
            self._faults[month] = self.stack.enter_context(found)
        return self._faults[month]

    def judgement(self, month: str) -> Judgement:
        """What the expectations say of the month's rows. Raises ExpectationBroken."""
        if month not in self._judged:
            ground = rules.ground_of(self.con)
            window = rules.window_of(ground.policy, month, self.day)
            docs = DataDocs(self.home, month)
            self._judged[month] = judge(
                self.con, self.received(month), self.faults(month), ground, window, docs
            )
        return self._judged[month]


@dg.resource(description="账本（写入租约） / the ledger, with the writer's lease")
def book(context: dg.InitResourceContext) -> Iterator[Book]:
    """Dagster's resource: a Book, closed with the run."""
    home = choose_home()
    with ExitStack() as stack:
        yield Book(home, Settings.load(home), f"dagster {context.run.run_id[:8]}", stack, today())
