from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.plain_root import tree
from warehouse import merkle

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


@given(LEAVES)
def test_the_root_is_that_of_the_recursive_definition(leaves: list[bytes]) -> None:
    assert merkle.tree_root(leaves) == tree(leaves)


@given(LEAVES, st.data())
def test_every_leaf_proves_itself_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion_path(leaves, index)
    root = merkle.tree_root(leaves)
    assert merkle.root_by_path(leaves[index], index, len(leaves), path) == root
    other = bytes([leaves[index][0] ^ 1]) + leaves[index][1:]
    assert merkle.root_by_path(other, index, len(leaves), path) != root
    assert merkle.root_by_path(leaves[index], index, len(leaves), [*path, root]) is None
    if path:
        assert merkle.root_by_path(leaves[index], index, len(leaves), path[:-1]) is None


def test_paths_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_path([b""], 1)
    assert merkle.root_by_path(b"", 1, 1, []) is None


def test_the_registry_chain_of_the_market_rules() -> None:
    """Leaf data is prev32 ‖ canonical JSON, so the chain hash is an ordinary leaf hash."""
    event = {"seq": 1, "type": "ISSUE", "from": "ISSUANCE", "to": "CITY_ALLOC", "qty": 1000}
    text = merkle.canonical_json(event | {"vintage": 2025})
    expected = "e0d127df4d20746ec33980bb9c669dcd634d854c25f89e11c95101ce6aa1c2bb"
    assert merkle.leaf_hash(bytes(32) + text.encode()).hex() == expected


def test_canonical_json_is_one_text() -> None:
    assert (
        merkle.canonical_json({"b": [1, True, None], "a": "碳"}) == '{"a":"碳","b":[1,true,null]}'
    )


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, {"a": {2}}, b"x"])
def test_what_has_no_single_text_is_refused(value: object) -> None:
    with pytest.raises(merkle.NotCanonical):
        merkle.canonical_json(value)
