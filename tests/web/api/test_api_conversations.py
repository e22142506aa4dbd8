"""Conversations of one's own by programs: the next turn, and stopping what is being written."""

from __future__ import annotations

from fastapi import FastAPI
from sqlmodel import select

from app.induction.model.language_model import PermanentModelError
from app.storage.choosing import answers
from app.storage.database import Database
from app.storage.tables import ComparisonRow
from tests.fakes import FakeCompleter
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


def test_a_program_sees_answers_grow_to_one_length_judges_them_early_and_throws_a_prompt_away(
    app: FastAPI, database: Database
) -> None:
    client = program(app)
    address = (
        f"/api/v1/comparisons/{client.post('/api/v1/prompts', json={'text': 'What is rain?'}).json()['comparison_id']}"
    )
    with database.writing() as session:
        row = session.exec(select(ComparisonRow)).one()
        answers.save_draft(session, row.first_id, "Water falls. " * 40, is_new=True)
        answers.save_draft(session, row.second_id, "Rain is wet. " * 20, is_new=True)

    growing = client.get(f"{address}/growing").json()
    assert len(growing["first"]["text"]) == len(growing["second"]["text"]) == growing["length"] < 13 * 20
    too_soon = client.put(f"{address}/verdict", json={"value": "first", "shown": 150})
    judged = client.put(f"{address}/verdict", json={"value": "first", "shown": growing["length"]})
    said = client.put(f"{address}/why", json={"reasons": ["unheard of"]})

    assert (too_soon.status_code, judged.status_code, said.status_code) == (409, 200, 422)
    found = client.get(address).json()
    assert (found["stopped"], found["first"]["text"]) == (True, growing["first"]["text"])
    assert client.delete(address).status_code == 409  # it was judged
    other = client.post("/api/v1/prompts", json={"text": "And snow?"}).json()["comparison_id"]
    assert client.delete(f"/api/v1/comparisons/{other}").status_code == 204
    assert client.get(f"/api/v1/comparisons/{other}").status_code == 404


def test_a_failed_answer_is_told_without_naming_its_model_and_can_be_tried_again(
    app: FastAPI, database: Database
) -> None:
    client = program(app)
    comparison_id = client.post("/api/v1/prompts", json={"text": "Hello"}).json()["comparison_id"]
    refused = PermanentModelError("The model refused.")
    work_off(database, FakeCompleter(faults={1: refused, 2: refused}))

    failed = client.get(f"/api/v1/comparisons/{comparison_id}")
    assert failed.json()["state"] == "failed"
    assert not [secret for secret in ("secret-model", "127.0.0.1") if secret in failed.text]
    assert client.put(f"/api/v1/comparisons/{comparison_id}/verdict", json={"value": "first"}).status_code == 409

    assert client.post(f"/api/v1/comparisons/{comparison_id}/retry").status_code == 202
    work_off(database)
    assert client.get(f"/api/v1/comparisons/{comparison_id}").json()["state"] == "ready"
