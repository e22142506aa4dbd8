"""Pasted conversations by page and API: shown before anything is stored, turned round in one click, never taken twice."""

from __future__ import annotations

import html
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.storage.database import Database
from tests.web.clients import program, row_counts

BARE = "How long do eggs keep?\n\nAbout five weeks in the fridge.\n\nAnd boiled?\n\nA week."
TALK = "You said:\nHow long do eggs keep?\nChatGPT said:\nThought for 7s\nAbout five weeks."


def roles(page: str) -> str:
    found = re.search(r'name="roles" value="([uas]*)"', page)
    assert found
    return found[1]


def test_text_without_labels_is_shown_paragraph_by_paragraph_and_one_click_turns_it_round(
    visitor: TestClient, database: Database
) -> None:
    before = row_counts(database)

    page = visitor.post("/import/preview", data={"text": BARE}).text
    turned = visitor.post("/import/preview", data={"text": BARE, "roles": roles(page), "swap": "yes"}).text
    back = visitor.post("/import/preview", data={"text": BARE, "roles": roles(turned), "swap": "yes"}).text

    assert "each paragraph is taken as a turn" in html.unescape(page)
    assert 'name="swap"' in page
    assert (roles(page), roles(turned), roles(back)) == ("uaua", "auau", "uaua")
    assert "1 other answer can be written" in turned
    assert row_counts(database) == before


def test_before_a_conversation_is_pasted_the_page_speaks_of_the_people_in_it(visitor: TestClient) -> None:
    page = visitor.get("/import").text

    form = page[page.index('id="conversation"') :]
    assert form.index("other people") < form.index("<textarea")


def test_what_was_turned_round_is_what_is_stored(visitor: TestClient) -> None:
    page = visitor.get(
        visitor.post("/import/conversation", data={"text": BARE, "roles": "auau", "answers": "1"}).headers["location"]
    ).text

    assert "1 pair added" in page


def test_what_is_no_turn_s_is_named_before_anything_is_stored(visitor: TestClient) -> None:
    page = visitor.post("/import/preview", data={"text": TALK}).text

    assert "1 line left out" in page
    assert '<li dir="auto">Thought for 7s</li>' in page


def test_the_api_says_whether_speakers_were_named_and_turns_them_round(app: FastAPI) -> None:
    client = program(app)
    address = "/api/v1/imports/conversation/preview"

    bare = client.post(address, json={"text": BARE}).json()
    other = client.post(address, json={"text": BARE, "first_speaker": "assistant"}).json()
    named = client.post(address, json={"text": TALK}).json()

    assert (bare["labelled"], named["labelled"], named["left_out"]) == (False, True, ["Thought for 7s"])
    assert [turn["role"] for turn in bare["turns"]] == ["user", "assistant"] * 2
    assert [turn["role"] for turn in other["turns"]] == ["assistant", "user"] * 2
    assert client.post(address, json={"text": "one paragraph"}).json()["type"].endswith("/nothing-usable")


@pytest.mark.parametrize(
    "again", [TALK, TALK.replace("\n", "\r\n"), f"  {TALK}\n\n", TALK.replace("Thought for 7s\n", "")]
)
def test_the_same_chat_pasted_again_adds_nothing_and_says_so(visitor: TestClient, again: str) -> None:
    visitor.post("/import/conversation", data={"text": TALK, "answers": "1"})

    # The style of the other answer is drawn anew each time; that makes it no other chat.
    for _ in range(4):
        page = visitor.get(visitor.post("/import/conversation", data={"text": again}).headers["location"]).text
        assert "Nothing new was added" in page
        assert "1 already here" in page
        assert "Other answers are being written" not in page


REFUSED = {
    "pasted": ("/import/pairs", '\n{"context": "Why <b>?", "chosen": "\u202eSo."}', "rejected is missing"),
    "text": ("/import/preview", "\nYou: Why?\nYou: And how </textarea>?", "one speaker"),
}


@pytest.mark.parametrize("field", REFUSED)
def test_a_paste_that_is_refused_stands_in_its_field_again_with_the_reason(
    visitor: TestClient, database: Database, field: str
) -> None:
    path, text, reason = REFUSED[field]

    reply = visitor.post(path, data={field: text})

    kept = re.search(rf'<textarea id="{field}"[^>]*>\n(.*?)</textarea>', reply.text, re.DOTALL)
    assert reply.status_code == 400
    assert kept
    assert html.unescape(kept[1]) == text
    note = reply.text.partition('id="problem"')[2].partition("</div>")[0]
    assert reason in note
    assert "the file" not in note
    assert reply.text.count('aria-invalid="true"') == 1
    assert row_counts(database)["account"] == 0


def test_the_import_page_as_it_is_opened_holds_no_text_and_no_fault(visitor: TestClient) -> None:
    page = visitor.get("/import").text

    assert "aria-invalid" not in page
    assert re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL) == ["", ""]
