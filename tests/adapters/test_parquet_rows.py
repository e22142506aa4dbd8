"""Parquet, read where pyarrow is installed, within limits; one sentence where it is not."""

from __future__ import annotations

import builtins
import io
import sys
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from app.adapters.parquet_rows import parquet_rows
from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.detector import read_preferences
from app.domain.transcripts.text import UPLOADED

TURN = {"role": "user", "content": "Sky?"}
ROWS = [
    {
        "prompt": "Sky?",
        "chosen": [TURN, {"role": "assistant", "content": "Blue."}],
        "rejected": [TURN, {"role": "assistant", "content": f"Red {number}."}],
        "user_id": 7,
        "score": float("nan"),
    }
    for number in range(200)
]


def parquet(rows: list[dict[str, Any]], **how: Any) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), held, **how)
    return held.getvalue()


def test_rows_of_a_parquet_file_are_read_like_any_other() -> None:
    found = read_preferences(parquet(ROWS), parquet=parquet_rows)

    assert (len(found.comparisons), found.skipped) == (200, ())
    assert [turn.content for turn in found.comparisons[0].context] == ["Sky?"]
    assert (found.comparisons[0].where, found.comparisons[0].person) == ("row 1", "7")


def test_without_pyarrow_one_sentence_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return importing(name, *args, **kwargs)

    data = parquet(ROWS)
    monkeypatch.delitem(sys.modules, "pyarrow", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)

    with pytest.raises(BadInput, match="needs the extra `parquet`"):
        list(parquet_rows(data, UPLOADED))


def test_a_damaged_file_is_refused_as_that() -> None:
    with pytest.raises(BadInput, match="begins like Parquet and cannot be read"):
        read_preferences(parquet(ROWS)[:-100], parquet=parquet_rows)


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused() -> None:
    long = [{"prompt": "x" * 1_000_000, "chosen": "a", "rejected": str(number)} for number in range(60)]
    data = parquet(long, compression="zstd")

    assert len(data) < 200_000
    with pytest.raises(TooLarge, match="at most 20 MB"):
        read_preferences(data, parquet=parquet_rows)
