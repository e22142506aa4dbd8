"""Persona and prompt as pages: what would settle more is a click away, one text has one button, downloads speak as the page."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from app.domain.letter import letter
from app.services.choosing import starters
from app.storage.database import Database
from app.storage.working.personas import save_persona
from tests.builders import a_choice, a_document, a_run, choices
from tests.web.clients import account_id


def with_persona(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6))
        save_persona(session, a_run(session, mine), document, "prompt")


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_pairs_that_would_settle_more_are_named_and_the_button_shows_that_very_pair(
    guest: TestClient, database: Database
) -> None:
    with_persona(guest, database)

    page = guest.get("/persona").text
    names = re.findall(r'action="/choose/settle">.*?name="name" value="([^"]+)"', page, re.DOTALL)
    by_name = {starter.name: starter for starter in starters.starters()}
    shown = guest.post("/choose/settle", data={"name": names[1], "form_key": form_key(page)}, follow_redirects=True)

    # The persona speaks of length, likely, so that other ways of answering come first.
    assert [by_name[name].axis for name in names] == ["lists", "examples", "hedging"]
    question = by_name[names[1]].context[-1].content
    assert f"“{question}”" in html.unescape(page)
    asked = html.unescape(shown.text.partition('class="question')[2])
    assert question in asked[: 600 + len(question)]


def test_of_ready_made_pairs_no_more_is_said_than_holds_and_to_write_anew_leads_to_the_open_form(
    guest: TestClient, database: Database
) -> None:
    with_persona(guest, database)

    page = guest.get("/persona").text

    assert "both answers are meant to be right, and differ in manner" in page
    assert '<a class="button" href="/run?recipe=traits#again">Write it anew</a>' in page
    assert '<details class="again" id="again" open>' in guest.get("/run?recipe=traits").text


def test_a_judged_pair_is_not_named_again(guest: TestClient, database: Database) -> None:
    with_persona(guest, database)
    page = guest.get("/persona").text
    first = re.findall(r'name="name" value="([^"]+)"', page)[0]
    shown = guest.post("/choose/settle", data={"name": first, "form_key": form_key(page)}, follow_redirects=True).text
    address = re.search(r'action="(/choose/[^"]+/verdict)"', shown)
    assert address

    guest.post(address[1], data={"value": "skip", "form_key": form_key(shown)})

    assert f'value="{first}"' not in guest.get("/persona").text


def test_a_new_choice_is_not_told_as_a_change(guest: TestClient, database: Database) -> None:
    with_persona(guest, database)
    with database.writing() as session:
        a_choice(session, account_id(database))

    assert "<p>1 new choice since this was written." in guest.get("/persona").text


def test_a_pair_that_does_not_exist_is_no_fault_of_the_program(guest: TestClient, database: Database) -> None:
    with_persona(guest, database)
    key = form_key(guest.get("/persona").text)

    assert guest.post("/choose/settle", data={"name": "none", "form_key": key}).status_code == 404
    assert guest.get("/choose?pair=none").status_code == 404


def test_the_prompt_page_says_what_to_do_first_and_has_one_button_for_its_text(
    guest: TestClient, database: Database
) -> None:
    with_persona(guest, database)

    page = guest.get("/prompt").text

    order = [page.index(words) for words in ("paste it where", "data-copy", 'id="prompt-text"', "How sure is this?")]
    assert order == sorted(order)
    assert page.count("data-copy=") == 1


def test_below_its_text_the_prompt_page_says_what_would_settle_more(guest: TestClient, database: Database) -> None:
    with_persona(guest, database)

    page = guest.get("/prompt").text

    assert page.index('id="prompt-text"') < page.index("What would settle more") < page.index(">Downloads<")
    assert page.count('action="/choose/settle"') == 3


def test_who_goes_by_length_alone_is_told_so_on_every_way_out(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6))
        alone = {**document, "length_alone": True}
        beside, kept = (
            save_persona(session, a_run(session, mine), {**each, "letter": letter(each)}, "")
            for each in (document, alone)
        )

    told = [
        [guest.get(way).text for way in (f"/persona/{each}", f"/prompt/{each}/persona.md", f"/api/v1/personas/{each}")]
        for each in (kept, beside)
    ]

    assert all("What your choices show so far is length alone" in text for text in told[0])
    assert not any("length alone" in text for text in told[1])


@pytest.mark.parametrize("alone", [True, False])
def test_the_prompt_page_says_where_length_alone_is_behind_it(
    guest: TestClient, database: Database, alone: bool
) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6), length_alone=alone)
        save_persona(session, a_run(session, mine), document, "")

    page = guest.get("/prompt").text

    assert ("What your choices show so far is length alone" in page.partition('id="prompt-text"')[2]) is alone


def test_a_sample_prompt_offers_nothing_to_settle(guest: TestClient) -> None:
    assert "What would settle more" not in guest.get("/prompt").text


def test_without_a_text_the_prompt_page_names_the_pairs_that_would_settle_it(
    guest: TestClient, database: Database
) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6), letter=None)
        for trait in document["traits"]:
            trait["certainty"] = "tentative"
        save_persona(session, a_run(session, mine), document, "")

    page = guest.get("/prompt").text

    assert "Nothing to say yet" in page
    assert page.count('action="/choose/settle"') == 3
    assert "prompt.txt" not in page
    assert "messages.json" not in page
    assert "judge.txt" in page
    assert "Take the prompt" not in guest.get("/persona").text


def test_where_nothing_is_known_no_file_that_says_nothing_is_offered(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        mine = account_id(database)
        document = a_document(choices(session, mine, 6)) | {"traits": [], "letter": None}
        save_persona(session, a_run(session, mine), document, "")

    offered = re.findall(r'href="/prompt/[^"/]+/([^"]+)" download', guest.get("/prompt").text)

    assert offered == ["persona.md", "persona.json"]


def test_the_persona_as_a_file_speaks_as_the_page_does_and_shows_each_choice_once(
    guest: TestClient, database: Database
) -> None:
    with_persona(guest, database)
    address = re.search(r'href="(/prompt/[^"]+/persona\.md)"', guest.get("/prompt").text)
    assert address

    text = guest.get(address[1]).text

    assert text.startswith("# Kept short\n\nYou like it short.")
    assert "**Kept short**: You prefer short answers: 3 of the 4 choices that bear on it went this way" in text
    assert "this person" not in text.lower()
    assert text.count("Asked:") == 4
