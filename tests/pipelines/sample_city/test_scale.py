from __future__ import annotations

import polars as pl
import pytest
from stdnum.cn import uscc

from pipelines.sample_city import write_many


def test_many_rows_are_clean_and_each_a_stream_of_its_own(tmp_path):
    path = tmp_path / "many.csv"
    register = pl.read_csv(write_many(path, 20_000, enterprises=40), infer_schema=False)
    rows = pl.read_csv(path, infer_schema=False)
    assert rows.height == 20_000
    streams = rows.select("enterprise_id", "device", "carrier", "period")
    assert streams.n_unique() == 20_000
    assert set(rows["enterprise_id"]) == set(register["enterprise_id"])
    assert all(uscc.is_valid(code) for code in register["enterprise_id"])
    assert rows["quantity"].str.contains(r"^\d+\.\d{1,4}$").all()
    assert set(rows["note"]) == {"合成数据"}
    assert (rows["period"].min(), rows["period"].max()) == ("2025-03-01", "2025-03-31")


def test_the_same_call_writes_the_same_bytes(tmp_path):
    write_many(tmp_path / "a.csv", 5_000, enterprises=10)
    write_many(tmp_path / "b.csv", 5_000, enterprises=10)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_batches_join_without_a_seam(tmp_path, monkeypatch):
    write_many(tmp_path / "whole.csv", 1_000, enterprises=10)
    monkeypatch.setattr("pipelines.sample_city.scale.BATCH", 300)
    write_many(tmp_path / "parts.csv", 1_000, enterprises=10)
    columns = ["enterprise_id", "device", "carrier", "period", "unit"]
    whole, parts = (
        pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False).select(columns)
        for name in ("whole", "parts")
    )
    assert whole.equals(parts)


def test_nothing_to_write_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nothing to write"):
        write_many(tmp_path / "none.csv", 0)
