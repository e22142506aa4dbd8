"""A persona taken from the product tells what taught it, so that a command cannot test it on that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.domain.errors import BadInput
from app.services.evaluating.one_persona import trial_of
from app.storage.database import Database
from tests.fakes import FakeCompleter
from tests.web.clients import program
from tests.web.work import work_off


def rows_of(first: int, last: int) -> list[dict[str, Any]]:
    return [
        {"context": f"Question {number}?", "chosen": f"Short {number}.", "rejected": f"Long and winding {number}. " * 4}
        for number in range(first, last)
    ]


@pytest.mark.exhaustive
@pytest.mark.parametrize("address", ["/api/v1/personas/{}/files/persona.json", "/prompt/{}/persona.json"])
def test_the_file_that_was_brought_in_cannot_test_the_persona_that_is_taken_home(
    app: FastAPI, database: Database, tmp_path: Path, address: str
) -> None:
    owner = program(app)
    mine, both = tmp_path / "mine.jsonl", tmp_path / "both.jsonl"
    mine.write_text("\n".join(map(json.dumps, rows_of(0, 12))), encoding="utf-8")
    both.write_text("\n".join(map(json.dumps, rows_of(0, 15))), encoding="utf-8")
    owner.post("/api/v1/imports/pairs", content=mine.read_bytes(), headers={"content-type": "application/x-ndjson"})
    owner.post("/api/v1/runs", json={})
    work_off(database, FakeCompleter())
    (tmp_path / "persona.json").write_bytes(owner.get(address.format(persona_of(owner))).content)

    with pytest.raises(BadInput, match="12 of 12 choices taught this persona"):
        trial_of(mine, tmp_path / "persona.json")

    trial = trial_of(both, tmp_path / "persona.json")
    assert (trial.taught, [pair.context[0].content for pair in trial.unseen]) == (
        12,
        ["Question 12?", "Question 13?", "Question 14?"],
    )


def persona_of(owner: Any) -> str:
    return str(owner.get("/api/v1/personas").json()[0]["persona_id"])
