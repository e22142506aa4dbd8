"""The pages as a browser without script meets them: each is there, each form leads somewhere, each empty state speaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.domain.choices.preference import Verdict
from app.storage.database import Database
from tests.builders import a_choice
from tests.web.clients import SEED, account_id, application, browser

PAGES = (
    "/",
    "/choose",
    "/import",
    "/choices",
    "/run",
    "/persona",
    "/prompt",
    "/data",
    "/research",
    "/about",
    "/method",
    "/privacy",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_shown_every_page_and_no_account_is_made(
    visitor: TestClient, database: Database, path: str
) -> None:
    reply = visitor.get(path)

    assert reply.status_code == 200
    assert "set-cookie" not in reply.headers
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from account").scalar_one() == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_guest_is_shown_every_page(guest: TestClient, path: str) -> None:
    assert guest.get(path).status_code == 200


def test_the_first_page_holds_a_pair_to_judge_a_prompt_box_and_a_marked_sample(visitor: TestClient) -> None:
    page = visitor.get("/").text

    assert 'action="/first-choice"' in page
    assert 'name="text"' in page
    assert ">Sample</span>" in page
    assert "Load the sample history" in page


def test_a_starter_fills_the_box_and_sends_nothing(visitor: TestClient, database: Database) -> None:
    page = visitor.get("/?prompt=2").text

    assert "What should I look at before I rent a flat?</textarea>" in page


def test_the_first_choice_is_one_click_and_makes_the_guest(visitor: TestClient, database: Database) -> None:
    reply = visitor.post("/first-choice", data={"side_seed": SEED, "value": "second", "milliseconds": "2100"})

    assert reply.status_code == 303
    assert reply.headers["location"] == "/choose"
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("select value, milliseconds, imported from verdict").all()
    assert [(row[0], row[1], bool(row[2])) for row in rows] == [("second", 2100, False)]


def test_without_choices_the_list_says_how_many_make_a_sketch(visitor: TestClient) -> None:
    assert "Five choices make a first sketch; fifteen make something worth testing." in visitor.get("/choices").text


def test_with_fewer_than_five_choices_the_run_page_explains_instead_of_offering(guest: TestClient) -> None:
    page = guest.get("/run").text

    assert "4 more choices and a first sketch can be written" in page
    assert "/run/start" not in page
    refused = guest.post("/run/start")
    assert refused.status_code == 400
    assert "needs at least 5 choices" in refused.text


def test_a_run_is_started_shown_and_cancelled(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        for _ in range(6):
            a_choice(session, account_id(database), Verdict.FIRST)
    assert "Write a first sketch" in guest.get("/run").text

    assert guest.post("/run/start").status_code == 303
    page = guest.get("/run").text
    run_id = re.search(r'action="/run/([^/]+)/cancel"', page)
    assert run_id
    assert "Waiting for its turn." in page
    assert page.count('class="stage ') == 5
    assert guest.post("/run/start").status_code == 409
    fragment = guest.get(f"/run/{run_id.group(1)}/progress", headers={"HX-Request": "true"}).text
    assert fragment.lstrip().startswith('<div id="run">')

    assert guest.post(f"/run/{run_id.group(1)}/cancel").status_code == 303
    assert "You stopped the run" in guest.get("/run").text


def test_the_stream_of_a_finished_run_shows_it_once_and_closes(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        for _ in range(5):
            a_choice(session, account_id(database), Verdict.FIRST)
    guest.post("/run/start")
    run_id = re.search(r'action="/run/([^/]+)/cancel"', guest.get("/run").text)
    assert run_id
    guest.post(f"/run/{run_id.group(1)}/cancel")

    reply = guest.get(f"/run/{run_id.group(1)}/stream")

    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.text.count("event: done") == 1
    assert 'data: <div id="run">' in reply.text


def test_without_a_persona_a_sample_is_shown_and_marked(guest: TestClient) -> None:
    assert "This is a sample" in guest.get("/persona").text
    assert "This is a sample" in guest.get("/prompt").text


def test_somebody_elses_things_and_missing_ones_look_the_same(
    app: FastAPI, guest: TestClient, database: Database
) -> None:
    listed = re.search(r'href="(/choices/[0-9a-f-]{36})"', guest.get("/choices").text)
    assert listed
    other = browser(app)
    other.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    theirs, missing = other.get(listed.group(1)), other.get("/choices/00000000-0000-0000-0000-000000000000")

    assert theirs.status_code == missing.status_code == 404
    assert theirs.text.replace(listed.group(1), "") == missing.text


@pytest.mark.parametrize(
    ("models", "said", "not_said"),
    [
        ({"model": "/m/own.gguf"}, "own.gguf runs on this machine: your texts do not leave it.", "provider"),
        (
            {"model": "/m/own.gguf", "second_model": "openai/x"},
            "own.gguf runs on this machine. Your texts are sent to the provider of openai/x.",
            "do not leave",
        ),
        (
            {"model": "openai/x", "second_model": "gemini/y"},
            "Your texts are sent to the providers of openai/x and gemini/y.",
            "do not leave",
        ),
    ],
)
def test_the_privacy_page_tells_of_every_configured_model_where_texts_go(
    database_url: str, tmp_path: Path, models: dict[str, str], said: str, not_said: str
) -> None:
    page = " ".join(browser(application(database_url, tmp_path, **models)).get("/privacy").text.split())

    assert said in page
    assert not_said not in page


def test_a_letter_speaks_to_the_person(visitor: TestClient) -> None:
    for path in ("/", "/persona"):
        page = visitor.get(path).text
        letter = page.partition('class="sheet letter')[2].partition("</article>")[0]
        assert "You " in letter
        assert "this person" not in letter.lower()


def test_the_reference_shows_code_as_code(visitor: TestClient) -> None:
    page = visitor.get("/reference").text

    assert "<code>Authorization: Bearer TOKEN</code>" in page
    assert "`" not in page.partition('<div id="reference">')[2].partition("<footer")[0]
