"""Import, data, research and the frame's switches, as forms without script."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.services.importing import files
from app.services.people import accounts
from app.storage.database import Database
from app.storage.tables import AuditEntry, SpendCounter
from tests.web.clients import SEED, application, browser, program, row_counts, with_model_ready

PAIR = {"context": "How do I keep basil alive?", "chosen": "Water it from below.", "rejected": "Basil is a herb."}
TALK = "You: How long do eggs keep?\nChatGPT: About five weeks in the fridge.\nYou: And boiled?\nChatGPT: A week."


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found.group(1))


def test_the_sample_history_is_loaded_in_one_click_and_reported(visitor: TestClient) -> None:
    name = hidden(visitor.get("/").text, "name")

    reply = visitor.post("/sample", data={"name": name})

    assert reply.status_code == 303
    page = visitor.get(reply.headers["location"]).text
    assert "22 choices added" in page
    assert "Write my persona" in page


def test_loading_it_again_adds_nothing_and_says_so(visitor: TestClient) -> None:
    name = hidden(visitor.get("/").text, "name")
    visitor.post("/sample", data={"name": name})

    page = visitor.get(visitor.post("/sample", data={"name": name}).headers["location"]).text

    assert "Nothing new was added" in page
    assert "22 already here" in page


def test_a_file_of_pairs_is_imported_and_each_skipped_row_is_named(visitor: TestClient) -> None:
    lines = [json.dumps(PAIR), json.dumps({"context": "x", "chosen": "y"})]

    reply = visitor.post("/import/pairs", files={"file": ("mine.jsonl", "\n".join(lines).encode())})

    page = visitor.get(reply.headers["location"]).text
    assert "1 choice added" in page
    assert "1 row skipped" in page
    assert "What was skipped, and why" in page


def test_pasted_pairs_are_imported_when_no_file_is_chosen(visitor: TestClient) -> None:
    reply = visitor.post("/import/pairs", data={"pasted": json.dumps(PAIR)}, files={"file": ("", b"")})

    assert "1 choice added" in visitor.get(reply.headers["location"]).text


def test_an_import_of_nothing_is_refused_with_a_sentence_and_makes_no_guest(
    visitor: TestClient, database: Database
) -> None:
    reply = visitor.post("/import/pairs", data={"pasted": "  "})

    assert reply.status_code == 400
    assert "Choose a file or paste some lines first." in reply.text
    assert row_counts(database)["account"] == 0


def test_a_preview_stores_nothing_and_a_click_turns_a_speaker_round(visitor: TestClient, database: Database) -> None:
    before = row_counts(database)

    page = visitor.post("/import/preview", data={"text": TALK}).text
    assert "4 turns read" in page
    assert hidden(page, "roles") == "uaua"
    turned = visitor.post("/import/preview", data={"text": TALK, "roles": "uaua", "flip": "3"}).text

    assert hidden(turned, "roles") == "uauu"
    assert row_counts(database) == before


def test_after_looks_right_an_alternative_is_asked_for_each_answer(app: FastAPI, visitor: TestClient) -> None:
    with_model_ready(app)
    reply = visitor.post("/import/conversation", data={"text": TALK, "roles": "uaua", "answers": "2"})

    page = visitor.get(reply.headers["location"]).text
    assert "2 pairs added" in page
    assert '<a class="button button-main" href="/choose">Choose between them</a>' in page
    assert "Other answers are being written now" in page
    assert "2 pairs of answers are being written" in visitor.get("/choose").text


def test_where_no_model_can_be_used_the_report_says_that_the_answers_wait(visitor: TestClient) -> None:
    reply = visitor.post("/import/conversation", data={"text": TALK, "roles": "uaua", "answers": "2"})

    page = visitor.get(reply.headers["location"]).text
    assert "Other answers wait until a model can be used." in page
    assert "Answers that wait for a model" in page
    assert "being written" not in page


def test_text_without_speakers_gets_help(visitor: TestClient) -> None:
    reply = visitor.post("/import/preview", data={"text": "no speakers anywhere"})

    assert reply.status_code == 400
    assert "Nothing here" not in reply.text


def test_consents_are_off_at_first_and_keep_their_text_version_and_time(visitor: TestClient) -> None:
    visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    assert visitor.get("/data").text.count("Switch on") == 2

    assert visitor.post("/data/consent", data={"scope": "choices", "granted": "yes"}).status_code == 303

    page = visitor.get("/data").text
    assert page.count("Switch off") == 1
    assert "On since" in page


def test_everything_is_deleted_only_when_it_was_confirmed(visitor: TestClient, database: Database) -> None:
    visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})
    refused = visitor.post("/data/delete")
    assert refused.status_code == 400
    assert row_counts(database)["account"] == 1

    reply = visitor.post("/data/delete", data={"confirm": "yes"})

    assert reply.status_code == 303
    # What digests of addresses have used of their limits stays, or whoever deletes would have them anew; so does their key.
    # That an account was deleted is kept, with its code and nothing else of it.
    counted = {"spend_counter", "spending_switch", "audit_entry"}
    assert {name for name, count in row_counts(database).items() if count} <= counted
    with database.reading() as session:
        assert not [row for row in session.exec(select(SpendCounter)) if not row.subject.startswith("address:")]
        assert [(row.act, row.by, row.detail) for row in session.exec(select(AuditEntry))] == [
            ("erasure", "itself", "")
        ]
    assert "Nothing is kept about you yet" in visitor.get("/data").text


def test_research_explains_itself_to_those_without_the_role(visitor: TestClient) -> None:
    visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    page = visitor.get("/research").text

    assert re.search(r"python -m app grant [2-9A-Z]{4}-[2-9A-Z]{4} researcher", page)
    assert visitor.post("/research/export", data={"file_format": "trl"}).status_code == 403


def test_a_researcher_downloads_what_is_consented(visitor: TestClient, database: Database) -> None:
    visitor.post("/import/pairs", data={"pasted": json.dumps(PAIR)})
    for scope in ("choices", "texts"):
        visitor.post("/data/consent", data={"scope": scope, "granted": "yes"})
    code = re.search(r"grant ([2-9A-Z-]{9})", visitor.get("/research").text)
    assert code
    with database.writing() as session:
        accounts.grant(session, code.group(1), "researcher")

    assert "preferences-trl.jsonl" in visitor.get("/research").text
    reply = visitor.post("/research/export", data={"file_format": "trl"})

    assert reply.headers["content-disposition"] == 'attachment; filename="preferences-trl.jsonl"'
    assert json.loads(reply.text.splitlines()[0])["chosen"][0]["content"] == PAIR["chosen"]


def test_the_theme_is_kept_and_leads_back_to_the_page(visitor: TestClient) -> None:
    reply = visitor.post("/theme", data={"theme": "dark"}, headers={"Referer": "http://testserver/method?a=1"})

    assert reply.headers["location"] == "/method?a=1"
    assert '<html lang="en" data-theme="dark">' in visitor.get("/").text
    visitor.post("/theme", data={"theme": ""})
    assert '<html lang="en">' in visitor.get("/").text


@pytest.mark.parametrize("referer", ["http://elsewhere.example/x", "javascript:alert(1)", "//elsewhere.example", ""])
def test_a_switch_leads_nowhere_but_to_this_site(visitor: TestClient, referer: str) -> None:
    reply = visitor.post("/theme", data={"theme": "dark"}, headers={"Referer": referer})

    assert reply.headers["location"] == "/"


def test_single_keys_can_be_switched_off_and_on(visitor: TestClient) -> None:
    visitor.post("/keys", data={"keys": "off"})
    assert '<body data-keys="off">' in visitor.get("/choose").text

    visitor.post("/keys", data={"keys": "on"})

    assert "<body>" in visitor.get("/choose").text


def test_signing_out_ends_the_account_s_sign_in(visitor: TestClient) -> None:
    visitor.post("/first-choice", data={"side_seed": SEED, "value": "first"})

    assert visitor.post("/sign-out", data={"sure": "yes"}).status_code == 303

    assert "Nothing is kept about you yet" in visitor.get("/data").text


def test_the_preview_counts_the_answers_that_the_import_will_add_to(visitor: TestClient) -> None:
    talk = "ChatGPT: Hello!\nYou: How long do eggs keep?\nChatGPT: About five weeks."

    page = visitor.post("/import/preview", data={"text": talk}).text
    added = visitor.post("/import/conversation", data={"text": talk, "roles": hidden(page, "roles"), "answers": "1"})

    assert "1 other answer can be written" in page
    assert "1 pair of answers waits for a model" in visitor.get("/choose").text
    assert added.status_code == 303


@pytest.mark.parametrize("by", ["page", "api"])
def test_the_model_that_the_preview_names_is_the_one_that_writes(
    database_url: str, database: Database, tmp_path: Path, by: str
) -> None:
    app = application(database_url, tmp_path, second_model="openai/other-model")
    visitor = browser(app)
    page = visitor.post("/import/preview", data={"text": TALK}).text

    if by == "page":
        visitor.post("/import/conversation", data={"text": TALK, "roles": "uaua", "answers": "2"})
    else:
        turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day."}]
        assert program(app).post("/api/v1/imports/conversation", json={"turns": turns, "answers": 1}).status_code == 201

    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("select distinct model from completion where state = 'pending'").scalars()
        names = list(found)
    assert len(names) == 1
    assert f"will be written by {names[0]}." in page


@pytest.mark.parametrize("by", ["page", "api"])
def test_a_file_of_pairs_is_read_before_the_transaction_that_stores_it(
    app: FastAPI, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(app) if by == "api" else browser(app)
    open_ones: list[str] = []
    seen: list[list[str]] = []
    opening, reading = Database.writing, files.read_pairs

    @contextmanager
    def counted(self: Database, patience: float | None = None) -> Iterator[Any]:
        with opening(self, patience) as session:
            open_ones.append("writing")
            yield session
        open_ones.pop()

    def noted(data: bytes, person: str) -> Any:
        seen.append(list(open_ones))
        return reading(data, person)

    monkeypatch.setattr(Database, "writing", counted)
    monkeypatch.setattr(files, "read_pairs", noted)

    if by == "api":
        reply = client.post("/api/v1/imports/pairs", content=json.dumps(PAIR).encode())
    else:
        reply = client.post("/import/pairs", data={"pasted": json.dumps(PAIR)})

    assert reply.status_code in (201, 303)
    assert seen == [[]]


def test_a_stranger_s_file_is_refused_by_the_api_before_it_is_read(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "read_pairs", lambda *_: pytest.fail("It was read."))

    reply = TestClient(app).post("/api/v1/imports/pairs", content=json.dumps(PAIR).encode())

    assert reply.status_code == 401


def test_the_sample_leaves_and_comes_back_in_one_click_and_says_when_it_counts(visitor: TestClient) -> None:
    visitor.post("/sample", data={"name": "tulu-evaluator"})
    assert "The sample history counts until you make a choice of your own" in visitor.get("/import").text

    page = visitor.get(visitor.post("/sample/away").headers["location"]).text
    assert "The sample history is taken away" in page
    assert "Nothing here yet" in page

    page = visitor.get(visitor.post("/sample/back").headers["location"]).text
    assert "Take the sample away" in page
    assert "Nothing here yet" not in page
