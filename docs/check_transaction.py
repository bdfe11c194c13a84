"""python check_transaction.py PROOF.json HEAD: does this transaction stand in the ledger of HEAD?

PROOF.json comes from `tanzhang registry proof`; HEAD is 64 digits that you kept or that were
printed. Nothing else is needed: no network, no software of the registry.
"""

import json
import sys
from hashlib import sha256


def _root_of(leaf, index, size, path):  # RFC 6962: from a leaf up to the root
    last, digest, rest = size - 1, leaf, list(path)
    while last:
        if index % 2:
            digest = sha256(b"\1" + rest.pop(0) + digest).digest()
        elif index < last:
            digest = sha256(b"\1" + digest + rest.pop(0)).digest()
        index, last = index // 2, last // 2
    return None if rest else digest


def _faults(proof, head):
    leaf = sha256(b"\0" + bytes.fromhex(proof["before"]) + proof["body"].encode()).digest()
    path = [bytes.fromhex(sibling) for sibling in proof["path"]]
    if not 0 <= proof["index"] < proof["size"]:
        return "the place of the transaction lies outside the tree"
    if json.loads(proof["body"])["seq"] != proof["index"] + 1:
        return "the transaction has another number than its place in the tree"
    registry = json.loads(proof["headers"][0])["facts"]["registry"]
    root = _root_of(leaf, proof["index"], proof["size"], path)
    if root is None or (root.hex(), proof["size"]) != (registry["root"], registry["size"]):
        return "the transaction is not in the tree of the commit"
    digest = bytes.fromhex(proof["previous"])
    for header in proof["headers"]:
        digest = sha256(b"\2" + digest + header.encode()).digest()
    return "" if digest.hex() == head else "the commits do not lead to the head that you gave"


if len(sys.argv) != 3:
    sys.exit(__doc__)
with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
try:
    fault = _faults(given, "".join(sys.argv[2].split()).lower())
except (KeyError, TypeError, ValueError, IndexError) as error:
    fault = f"the proof cannot be read: {error!r}"
if fault:
    sys.exit(f"NOT PROVED: {fault}")
print(f"proved: this transaction stands in the ledger of that head\n{given['body']}")
