"""Conversations of one's own by programs: the next turn, and stopping what is being written."""

from __future__ import annotations

from fastapi import FastAPI

from app.storage.database import Database
from tests.web.clients import program
from tests.web.work import work_off


def test_a_prompt_goes_on_after_a_chosen_answer_and_its_answers_can_be_stopped(
    app: FastAPI, database: Database
) -> None:
    client = program(app)
    first = client.post("/api/v1/prompts", json={"text": "What is rain?"}).json()["comparison_id"]
    early = client.post("/api/v1/prompts", json={"text": "And snow?", "after": first})
    work_off(database)
    client.put(f"/api/v1/comparisons/{first}/verdict", json={"value": "first"})
    second = client.post("/api/v1/prompts", json={"text": "And snow?", "after": first}).json()["comparison_id"]

    stopped = client.post(f"/api/v1/comparisons/{second}/stop")

    found = client.get(f"/api/v1/comparisons/{second}").json()
    assert (early.status_code, stopped.status_code) == (409, 204)
    assert [turn["content"] for turn in found["context"]][::2] == ["What is rain?", "And snow?"]
    assert (found["state"], found["stopped"]) == ("failed", True)
