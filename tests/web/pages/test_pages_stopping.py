"""Answers that are stopped, or judged, while they are being written: by pages and forms."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import col, select

from app.storage.choosing import answers
from app.storage.database import Database
from app.storage.tables import ComparisonRow
from tests.web.clients import verdict_address, with_model_ready


@pytest.mark.parametrize(("words", "said"), [(50, "verdict-form"), (3, "What had come of both")])
def test_answers_that_are_stopped_can_be_chosen_between_or_are_kept_to_be_read(
    app: FastAPI, visitor: TestClient, database: Database, words: int, said: str
) -> None:
    with_model_ready(app)
    visitor.post("/choose/ask", data={"text": "Plan a quiet weekend."})
    with database.writing() as session:
        comparison = session.exec(select(ComparisonRow)).one()
        answers.save_draft(session, comparison.first_id, "Read **one** book. " * words, is_new=True)
        answers.save_draft(session, comparison.second_id, "Walk a little and more. " * words, is_new=True)
    action = f"/choose/{comparison.comparison_id}/stop"
    growing = visitor.get("/choose").text
    assert f'action="{action}"' in growing
    assert ('name="shown" value="' in growing) is (words == 50)

    replies = [visitor.post(action) for _ in range(2)]

    page = visitor.get(replies[1].headers["location"]).text
    assert said in page
    assert "Walk a little" in page
    assert f'action="/choose/{comparison.comparison_id}/retry"' in page
    assert ("Both were stopped here" in page) is (words == 50)
    assert "stops before its end" not in page


def test_while_answers_grow_a_verdict_is_kept_as_early_and_the_next_ones_are_followed(
    app: FastAPI, visitor: TestClient, database: Database
) -> None:
    with_model_ready(app)
    for text in ("Plan a quiet weekend.", "And a loud one."):
        visitor.post("/choose/ask", data={"text": text})
    with database.writing() as session:
        comparison = session.exec(select(ComparisonRow).order_by(col(ComparisonRow.seq))).first()
        assert comparison
        answers.save_draft(session, comparison.first_id, "Read **one** book. " * 20, is_new=True)
        answers.save_draft(session, comparison.second_id, "Walk a little and more. " * 20, is_new=True)
    page = visitor.get("/choose").text
    shown = re.search(r'name="shown" value="(\d+)"', page)
    assert shown

    given = {"value": "first", "shown": shown[1]}
    reply = visitor.post(verdict_address(page), data=given, headers={"HX-Request": "true"})

    assert (reply.status_code, reply.headers["HX-Redirect"]) == (204, "/choose")
    after = visitor.get("/choose").text
    assert "You said: A is better." in after
    assert "And a loud one." in after
    assert "Both were stopped here" in visitor.get(f"/choices/{comparison.comparison_id}").text
