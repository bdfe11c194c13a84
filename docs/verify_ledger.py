"""python verify_ledger.py FILE [HEAD]: was this ledger altered since HEAD, 64 printed digits?"""

import sys
from datetime import timedelta
from hashlib import sha256
from itertools import chain, groupby, islice
from json import loads
from struct import pack

import duckdb

FORMS = {"BOOLEAN": "?", "TINYINT": "b", "SMALLINT": "h", "INTEGER": "i", "BIGINT": "q"}
FORMS |= {"DOUBLE": "d", "DATE": "i", "TIMESTAMP": "q"}
TICKS = {"DATE": timedelta(days=1), "TIMESTAMP": timedelta(microseconds=1)}
FIELDS = ("commit_no", "book", "kind", "key", "body", "month", "person", "reason", "recorded_at")
TABLES = """SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE table_oid IN (SELECT
table_oid FROM duckdb_columns() WHERE column_name = 'ordinal') AND schema_name <> 'read_model'"""


def _packed(kind, cells):  # the null bitmap, then the values, zero where there is none
    bits = "".join("10"[cell is None] for cell in reversed(cells))
    bitmap = int(bits, 2).to_bytes((len(bits) + 7) // 8, "little")
    if kind == "VARCHAR":
        texts = [(cell or "").encode() for cell in cells]
        return bitmap + pack(f"<{len(texts)}I", *map(len, texts)) + b"".join(texts)
    if kind.startswith("DECIMAL"):  # the digits without their point
        whole = [int(format(cell or 0, "f").replace(".", "")) for cell in cells]
        return bitmap + b"".join(number.to_bytes(16, "little", signed=True) for number in whole)
    if kind in TICKS:
        cells = [cell and (cell - type(cell)(1970, 1, 1)) // TICKS[kind] for cell in cells]
    return bitmap + pack(f"<{len(cells)}{FORMS[kind]}", *(0 if c is None else c for c in cells))


con, given = duckdb.connect(sys.argv[1], read_only=True), "".join(sys.argv[2:]).lower()
faults, sealed, hashes = [], {}, ["00" * 32]
for row in con.execute("SELECT * FROM journal.commit ORDER BY commit_no").fetchall():
    header, made = loads(row[9]), sha256(b"\2" + bytes.fromhex(hashes[-1]) + row[9].encode())
    said = [*(header[field] for field in FIELDS), hashes[-1], made.hexdigest(), len(hashes)]
    if [*row[:8], row[8].isoformat("T", "microseconds") + "Z", *row[10:], row[0]] != said:
        faults += [f"commit {row[0]}: its header or its hash was changed"]
    hashes += [row[11]]
    sealed |= {(table, row[0]): seal for table, seal in header["tables"].items()}
for table in {key[0] for key in sealed} | set(chain(*con.execute(TABLES).fetchall())):
    found = con.execute(f"SELECT * FROM {table} ORDER BY commit_no, ordinal")
    names, pages = [c[0] for c in found.description], iter(lambda: con.fetchmany(8192), [])
    for number, rows in groupby(chain.from_iterable(pages), lambda row: row[0]):
        seal, leaves, later = sealed.pop((table, number), {"columns": []}), [], set()
        types = dict(column.split() for column in seal["columns"])
        while block := list(islice(rows, 65536)):
            columns = list(zip(*block, strict=True))
            leaves += [sha256(b"\0" + b"".join(map(_packed, types.values(), columns))).digest()]
            later.update(*columns[len(types) :])
        while pairs := [leaves[i : i + 2] for i in range(0, len(leaves), 2)] * (len(leaves) > 1):
            leaves = [sha256(b"\1" + b"".join(p)).digest() if p[1:] else p[0] for p in pairs]
        if leaves[0].hex() != seal.get("root") or [*types] != names[: len(types)] or later - {None}:
            faults += [f"commit {number}: its rows in {table} are not those that were sealed"]
faults += [f"commit {n}: its rows in {t} are gone" for (t, n), s in sealed.items() if s["rows"]]
faults += ["this ledger does not contain the head that was given"] * (given not in ["", *hashes])
verdict = f"unaltered since {given}" if given else "internally consistent"
sys.exit("\n".join(faults) or print(f"{verdict}; the head is {hashes[-1]}"))
