"""Going on with a conversation by the page, as a browser without script would."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from app.storage.database import Database
from tests.builders import a_comparison
from tests.web.clients import account_id, verdict_address
from tests.web.work import work_off


def test_after_a_choice_on_ones_own_prompt_the_next_turn_can_be_asked(visitor: TestClient, database: Database) -> None:
    visitor.post("/choose/ask", data={"text": "What is rain?"})
    work_off(database)
    visitor.post(verdict_address(visitor.get("/choose").text), data={"value": "second"})
    page = visitor.get("/choose").text
    action = re.search(r'action="(/choose/[0-9a-f-]{36}/go-on)"', page)
    assert action
    assert "What do you say to answer B?" in page

    assert visitor.post(action[1], data={"text": "And snow?"}).status_code == 303
    work_off(database)

    following = visitor.get("/choose").text
    assert "2 earlier turns" in following
    assert "What is rain?" in following
    assert "/go-on" not in following
    assert visitor.post(verdict_address(following), data={"value": "first"}).status_code == 303


def test_a_conversation_goes_on_neither_after_a_tie_nor_after_a_ready_made_pair(
    guest: TestClient, database: Database
) -> None:
    guest.post(verdict_address(guest.get("/choose").text), data={"value": "first"})
    ready_made = guest.get("/choose").text
    with database.writing() as session:
        mine = a_comparison(session, account_id(database), "What is rain?")
    guest.post(f"/choose/{mine}/verdict", data={"value": "same"})

    assert "/go-on" not in ready_made + guest.get("/choose").text
    assert guest.post(f"/choose/{mine}/go-on", data={"text": "And snow?"}).status_code == 409
