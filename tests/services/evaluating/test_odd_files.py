"""Rows of files that an evaluation cannot use are told with the question, not passed over."""

from __future__ import annotations

import json
from pathlib import Path

from app.services.evaluating.asking import _unused_rows
from app.services.evaluating.people import read_people


def test_rows_that_were_not_used_are_told_once_with_their_file(tmp_path: Path) -> None:
    row = {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Red."}
    rows = [{**row, "judge": "a"}, {**row, "judge": "b"}, {**row, "judge": "b"}, {"judge": "b", "prompt": "x"}]
    path = tmp_path / "battles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n{broken", encoding="utf-8")

    people, _ = read_people([path])

    assert [(one.name, len(one.seen), len(one.skipped)) for one in people] == [("a", 1, 1), ("b", 1, 3)]
    (told,) = _unused_rows(people)
    assert told.startswith("3 rows of the files were not used. battles.jsonl: Line 5 was left out: it is no JSON")
    assert "battles.jsonl: Line 3 was left out: it says the same as line 2." in told
