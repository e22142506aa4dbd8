"""Choosing by pages and forms, as a browser without script would: verdicts, undo, waiting, credits."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.domain.choices.preference import Verdict
from app.services.choosing import comparing
from app.services.choosing.starters import starters
from app.storage.choosing import answers
from app.storage.database import Database
from app.storage.tables import ComparisonRow, new_id
from app.web.showing.rendering import environment
from tests.builders import a_comparison
from tests.web.clients import SEED, account_id, verdict_address, with_model_ready
from tests.web.work import work_off


def test_a_verdict_leads_to_the_next_pair(guest: TestClient) -> None:
    before = guest.get("/choose").text

    reply = guest.post(verdict_address(before), data={"value": "first"})

    assert reply.status_code == 303
    after = guest.get(reply.headers["location"]).text
    assert verdict_address(after) != verdict_address(before)
    assert "2 of 5 to a first sketch" in after


def test_of_a_pair_that_differs_in_several_ways_one_answers_manners_are_told_after_the_verdict(
    guest: TestClient,
) -> None:
    page = " ".join(guest.get("/choose").text.split())

    told = re.search(r"A: ([^.]+)\. B is the contrary in each\.", page)
    assert told
    assert len(told[1].split(", ")) == 7


def test_htmx_is_answered_with_the_next_pair_alone(guest: TestClient) -> None:
    before = guest.get("/choose").text

    reply = guest.post(verdict_address(before), data={"value": "skip"}, headers={"HX-Request": "true"})

    assert reply.status_code == 200
    assert reply.text.lstrip().startswith('<div id="choose">')
    assert "<html" not in reply.text
    assert "You said: Skipped." in reply.text


def test_undo_brings_the_pair_back(guest: TestClient) -> None:
    before = guest.get("/choose").text
    guest.post(verdict_address(before), data={"value": "same"})

    undone = verdict_address(before).split("/")[2]
    reply = guest.post("/choose/undo", data={"comparison_id": undone})

    assert reply.status_code == 303
    assert verdict_address(guest.get("/choose").text) == verdict_address(before)


def test_no_model_is_named_before_the_verdict_and_both_are_after_it(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        for _ in range(2):
            a_comparison(session, account_id(database), "Which?", "One.", "Two.", models=("canary-one", "canary-two"))
    for _ in range(len(starters()) - 1):
        guest.post(verdict_address(guest.get("/choose").text), data={"value": "first"})

    before = guest.get("/choose")
    assert "canary" not in before.text + str(before.headers)
    guest.post(verdict_address(before.text), data={"value": "first"})
    after = guest.get("/choose").text

    assert "A was canary-one, B was canary-two." in after


def test_a_stranger_is_shown_a_ready_made_pair_to_judge_at_once(visitor: TestClient) -> None:
    page = visitor.get("/choose").text

    assert 'action="/first-choice"' in page
    assert "Somebody asks" in page
    reply = visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    assert reply.status_code == 303
    assert "1 of 5 to a first sketch" in visitor.get("/choose").text
    listed = re.search(r'href="(/choices/[0-9a-f-]{36})"', visitor.get("/choices").text)
    assert listed
    again = visitor.get(listed[1]).text
    assert "Somebody asks" in again
    assert "You asked" not in again


def test_with_nothing_to_judge_the_page_says_so_and_offers_pairs_while_there_are_some(visitor: TestClient) -> None:
    visitor.post("/choose/more")
    for _ in starters():
        visitor.post(verdict_address(visitor.get("/choose").text), data={"value": "skip"})
    page = visitor.get("/choose").text
    assert "Nothing waits for your choice" in page
    assert 'action="/choose/more"' not in page

    assert "Give me ready-made pairs" not in page


def test_who_has_choices_from_elsewhere_alone_is_offered_the_pairs(visitor: TestClient) -> None:
    visitor.post("/sample", data={"name": "tulu-evaluator"})
    page = visitor.get("/choose").text
    assert "Give me ready-made pairs" in page
    assert visitor.post("/choose/more").status_code == 303
    assert "verdict-form" in visitor.get("/choose").text


def test_when_all_pairs_are_judged_the_way_on_is_the_persona(visitor: TestClient) -> None:
    visitor.post("/choose/more")
    for _ in starters():
        visitor.post(verdict_address(visitor.get("/choose").text), data={"value": "first"})
    page = visitor.get("/choose").text
    assert "You have judged all that is here" in page
    assert '<a class="button button-main" href="/run">Write my persona</a>' in page
    assert "Give me ready-made pairs" not in page


def test_choices_are_numbered_without_gaps_whatever_was_passed_over(guest: TestClient, database: Database) -> None:
    with database.writing() as session:
        made = [a_comparison(session, account_id(database), f"Which {n}?", "One.", "Two.") for n in range(4)]
        comparing.give_verdict(session, account_id(database), made[3], Verdict.FIRST, 4_000)

    page = guest.get("/choices").text

    assert re.findall(r'<span class="seq">(\d+)</span>', page) == ["2", "1"]
    assert "choice 2</span></summary>" in page


def test_a_typed_prompt_is_shown_as_being_answered(app: FastAPI, visitor: TestClient) -> None:
    with_model_ready(app)
    reply = visitor.post("/choose/ask", data={"text": "Plan a quiet weekend."})

    assert reply.status_code == 303
    page = visitor.get("/choose").text
    assert "Yours is the next prompt to be answered." in page
    assert "Plan a quiet weekend." in page
    assert 'http-equiv="refresh"' in page


def test_what_has_come_of_both_answers_is_shown_and_streamed_until_they_are_there(
    app: FastAPI, visitor: TestClient, database: Database
) -> None:
    with_model_ready(app)
    visitor.post("/choose/ask", data={"text": "Plan a quiet weekend."})
    with database.writing() as session:
        comparison = session.exec(select(ComparisonRow)).one()
        answers.save_draft(session, comparison.first_id, "Read **one** <b>book</b>", is_new=True)
        answers.save_draft(session, comparison.second_id, "Walk", is_new=True)

    page = visitor.get("/choose").text
    stranger = visitor.get(f"/choose/{new_id()}/stream")
    work_off(database)
    whole = visitor.get(f"/choose/{comparison.comparison_id}/stream")

    assert "Both answers are being written." in page
    assert "Read" in page
    assert "Walk" in page
    assert "book" not in page
    assert "verdict-form" not in page
    assert f'hx-sse:connect="/choose/{comparison.comparison_id}/stream"' in page
    assert stranger.status_code == 404
    assert whole.headers["content-type"].startswith("text/event-stream")
    assert "verdict-form" in whole.text
    assert whole.text.rstrip().endswith("data: ended")


def test_where_no_model_can_be_used_a_prompt_waits_and_nothing_is_said_to_be_written(visitor: TestClient) -> None:
    visitor.post("/choose/ask", data={"text": "Plan a quiet weekend."})

    alone = visitor.get("/choose").text
    visitor.post("/choose/more")
    beside = visitor.get("/choose").text

    assert "1 pair of answers waits for a model" in alone
    assert 'action="/choose/more"' in alone
    assert "1 more pair waits for a model: no answer can be written now." in beside
    assert "being written" not in alone + beside


def test_a_side_that_failed_is_told_with_the_prompt_kept_and_a_way_to_try_again(
    guest: TestClient, database: Database
) -> None:
    with database.writing() as session:
        comparison_id = a_comparison(session, account_id(database), "Plan my week", state="failed")

    page = guest.get("/choose").text
    assert "An answer could not be written." in page
    assert "Your prompt is safe: “Plan my week”" in page
    assert guest.post(f"/choose/{comparison_id}/retry").status_code == 303
    assert "Neither answer could be written." not in guest.get("/choose").text


def test_a_choice_is_listed_read_again_and_changed(guest: TestClient) -> None:
    listed = guest.get("/choices").text
    comparison_id = re.search(r'href="/choices/([0-9a-f-]{36})"', listed)
    assert comparison_id
    address = f"/choices/{comparison_id.group(1)}"
    assert "Ready-made" in listed

    assert "You said: A is better." in guest.get(address).text
    reply = guest.post(f"{address}/verdict", data={"value": "both_bad", "offset": "0"})

    assert reply.status_code == 303
    assert "You said: Both bad." in guest.get(address).text


def test_undo_sent_twice_takes_one_choice_back(guest: TestClient) -> None:
    guest.post(verdict_address(guest.get("/choose").text), data={"value": "first"})
    page = guest.get("/choose").text
    named = re.search(r'name="comparison_id" value="([^"]+)"', page)
    assert named
    assert "2 of 5" in page

    for _ in range(2):
        assert guest.post("/choose/undo", data={"comparison_id": named.group(1)}).status_code == 303

    assert "1 of 5" in guest.get("/choose").text


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (9, "9 of 10 to a first persona"),
        (10, "10 choices, enough to test it on; from 15 on the test says more"),
        (14, "14 choices, enough to test it on; from 15 on the test says more"),
        (15, "15 choices"),
    ],
)
def test_the_count_of_choices_says_what_more_of_them_bring(choices: int, said: str) -> None:
    shown = environment().from_string('{% import "parts/personas.html" as p %}{{ p.progress_line(n) }}')

    line = " ".join(re.sub(r"<[^>]+>", "", shown.render(n=choices)).split())

    assert line == said


def test_ready_made_pairs_are_credited_where_they_stand_and_on_the_about_page(visitor: TestClient) -> None:
    about = visitor.get("/about").text
    assert all(name in about for name in ("MT-bench", "CC-BY-4.0", "Tulu", "Apache-2.0", 'id="credits"'))

    assert 'href="/about#credits"' in visitor.get("/").text
    visitor.post("/choose/more")
    assert 'href="/about#credits"' in visitor.get("/choose").text


def test_a_pair_of_ones_own_carries_no_credit_line(visitor: TestClient, database: Database) -> None:
    visitor.post("/choose/ask", data={"text": "Hello"})
    with database.writing() as session:
        a_comparison(session, account_id(database), "Which?", "One.", "Two.")

    assert 'href="/about#credits"' not in visitor.get("/choose").text.partition("<footer")[0]


def test_a_verdict_that_was_kept_may_be_repeated_but_takes_the_place_of_no_newer_one(guest: TestClient) -> None:
    address = verdict_address(guest.get("/choose").text)
    kept = {"value": "first", "revision": "0"}

    assert [guest.post(address, data=kept).status_code for _ in range(2)] == [303, 303]
    guest.post(address, data={"value": "second", "revision": "1"})
    late = guest.post(address, data=kept)

    assert late.status_code == 409
    assert "This choice was changed after the page was loaded" in late.text
    assert "You said: B is better." in guest.get("/choose").text
