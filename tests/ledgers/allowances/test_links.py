"""Links: off by default, on with a document by two, conserved on both sides (合成数据)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ledgers import journal
from ledgers.allowances import links, verification
from ledgers.allowances.refusals import Refused
from tests.ledgers.allowances.desk import ANNA, BERT, CORA, U25, Registry
from tests.ledgers.allowances.test_plan import fails


def test_a_link_needs_a_basis_and_reconciles(registry: Registry, stocked: None) -> None:
    out = registry.system("link_out")
    two = {"proposer": ANNA, "approver": BERT, "at": registry.now}
    with pytest.raises(Refused) as fault:
        registry.do("l0", "link_out", registry.plant, out, U25, 5, by=(CORA, BERT))
    assert fault.value.code == "registry.link_off"
    with fails("market.need_document"):
        links.record_link(registry.con, "SY", "AS", document=" ", **two)
    with pytest.raises(Refused):
        links.record_link(registry.con, "SY", "AS", document="合成", **{**two, "approver": ANNA})
    made = links.record_link(registry.con, "SY", "AS", document="合成依据文件", **two)
    assert made.stands(registry.now.date())
    done = registry.do("l1", "link_out", registry.plant, out, U25, 30, by=(CORA, BERT))
    assert done.state == "completed"
    assert registry.balance(registry.plant) == (70, 0)
    assert links.reconcile(registry.con, "SY", {U25: 30}) == ()
    assert links.reconcile(registry.con, "SY", {U25: 29}) == (links.Difference(U25, 30, 29),)
    assert links.reconcile(registry.con, "SY", {}) == (links.Difference(U25, 30, 0),)
    assert verification.verify(registry.con).good
    assert journal.verify_chain(registry.con).good

    past = registry.now.date() - timedelta(days=1)
    links.record_link(registry.con, "SY", "AS", document="合成终止", until=past, **two)
    assert not links.links(registry.con, "SY")[0].stands(registry.now.date())
    with pytest.raises(Refused) as fault:
        registry.do("l2", "link_out", registry.plant, out, U25, 1, by=(CORA, BERT))
    assert fault.value.code == "registry.link_off"
