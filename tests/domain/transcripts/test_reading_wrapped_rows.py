"""Rows inside one JSON value: tables as pandas and others write them, and rows as viewers of data sets give them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import BadInput
from app.domain.transcripts.detector import read_preferences
from tests.domain.transcripts.cases import said

NAMES = ["prompt", "chosen", "rejected", "user_id"]
CELLS = [["Sky?", "Blue.", "Red.", 7], ["Sea?", "Wet.", "Dry.", 7]]
ROWS = [dict(zip(NAMES, cells, strict=True)) for cells in CELLS]
TABLES = {
    "by columns": {name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in NAMES},
    "by columns as lists": {name: [row[name] for row in ROWS] for name in NAMES},
    "by index": {str(n): row for n, row in enumerate(ROWS)},
    "split into names and rows": {"columns": NAMES, "index": [0, 1], "data": CELLS},
    "as a table with its schema": {"schema": {"fields": []}, "data": ROWS},
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_as_json_is_read_in_every_orientation(table: Any) -> None:
    found = read_preferences(json.dumps(table).encode())

    assert [(row.where, said(row), row.first.text, row.second.text, row.person) for row in found.comparisons] == [
        ("item 1", [("user", "Sky?")], "Blue.", "Red.", "7"),
        ("item 2", [("user", "Sea?")], "Wet.", "Dry.", "7"),
    ]
    assert found.skipped == ()


def test_lists_of_turns_are_one_row_s_though_they_are_of_one_length() -> None:
    row = {
        "prompt": [{"role": "user", "content": "Sky?"}],
        "chosen": [{"role": "assistant", "content": "Blue."}],
        "rejected": [{"role": "assistant", "content": "Red."}],
    }

    (found,) = read_preferences(json.dumps(row).encode()).comparisons

    assert (said(found), found.first.text, found.second.text) == ([("user", "Sky?")], "Blue.", "Red.")


def test_columns_of_different_lengths_are_no_table() -> None:
    with pytest.raises(BadInput, match="No row can be used"):
        read_preferences(json.dumps({"prompt": ["Sky?", "Sea?"], "chosen": ["Blue."], "rejected": ["Red."]}).encode())


def test_a_row_of_a_split_table_with_other_cells_than_names_is_skipped() -> None:
    found = read_preferences(json.dumps({"columns": NAMES, "data": [*CELLS, ["Moon?"]]}).encode())

    assert [(told.where, told.why) for told in found.skipped] == [
        ("item 3", "It is no object with named fields."),
    ]


def test_a_row_whose_texts_the_viewer_cut_off_is_skipped_by_that_reason() -> None:
    viewed = [
        {"row_idx": 0, "row": ROWS[0], "truncated_cells": []},
        {"row_idx": 1, "row": ROWS[1], "truncated_cells": ["rejected", "note", "chosen"]},
    ]

    found = read_preferences(json.dumps({"features": [], "rows": viewed}).encode())

    assert len(found.comparisons) == 1
    assert [(told.where, told.why, told.person) for told in found.skipped] == [
        ("item 2", "Chosen and rejected had been cut off by the viewer of the data.", "7"),
    ]


@pytest.mark.parametrize(
    "table",
    ["prompt|chosen|rejected\nSky?|Blue.|Red.\n", "prompt,chosen,rejected\rSky?,Blue.,Red.\r"],
    ids=["upright strokes", "lines that end with a carriage return"],
)
def test_tables_of_other_programs_are_read(table: str) -> None:
    (found,) = read_preferences(table.encode()).comparisons

    assert (said(found), found.first.text, found.second.text) == ([("user", "Sky?")], "Blue.", "Red.")
