"""Script, markup, htmx attributes and template syntax in every field and in every model answer stay text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.domain.texts.conversation import Turn
from app.domain.transcripts.text import kept_turn
from app.induction.model.language_model import Prompt, Reply
from app.services.people import accounts
from app.storage.database import Database
from bench.stand_in_faults import UNSTORABLE
from tests.fakes import FakeCompleter
from tests.web.clients import application, browser, program
from tests.web.markup import PAYLOADS, Page
from tests.web.work import work_off


class Parrot(FakeCompleter):
    """A model that answers with the very text it was asked, and with one word more every other time: two answers alike are
    not shown."""

    said = 0

    async def complete(self, prompt: Prompt) -> Reply:
        self.said += 1
        return Reply(prompt.messages[-1].content + (" again" if self.said % 2 else ""))


@pytest.fixture
def database(sqlite_url: str) -> Database:
    return Database(sqlite_url)


@pytest.fixture
def client(sqlite_url: str, tmp_path: Path) -> Iterator[TestClient]:
    with browser(application(sqlite_url, tmp_path, limit_prompts="9999/hour", limit_imports="9999/hour")) as opened:
        yield opened


def shown(page: Page, payload: str) -> bool:
    """Whether the words of the payload can be read on the page; Markdown may take its marks, a link's title and the
    name of a code's language."""
    told = re.sub(r' "[^"]*"\)$|^```\w+', " ", html.unescape(payload))
    return all(word in page.text for word in re.findall(r"[^\W_]{4,}", told))


def faults_of(html: str, payload: str, where: str) -> list[str]:
    """What is wrong with a page that shows a payload: markup it became, or that it cannot be read."""
    page = Page(html)
    faults = [f"{payload!r} {where} became {intruder}" for intruder in page.intruders]
    return faults if shown(page, payload) else [*faults, f"{payload!r} cannot be read {where}"]


def test_the_check_sees_every_payload_that_is_taken_for_markup() -> None:
    missed = [payload for payload in PAYLOADS if payload.startswith("<") and not Page(payload).intruders]

    assert missed == [
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo 1 ?>",
        "<%= 7*7 %>",
        "<javascript:alert(1)>",
    ]


def test_every_payload_in_imported_choices_stays_text(client: TestClient) -> None:
    rows = [{"context": text, "chosen": f"{text} yes", "rejected": f"no {text}"} for text in PAYLOADS]
    name = "<img src=x onerror=alert(1)>.jsonl"
    report = client.post("/import/pairs", files={"file": (name, "\n".join(map(json.dumps, rows)))})
    choices = list(reversed(client.get("/api/v1/choices", params={"limit": 200}).json()))

    faults = Page(client.get(report.headers["location"]).text).intruders
    for path in ("/", "/choices", "/choices?offset=50", "/data", "/persona", "/run"):
        faults += Page(client.get(path).text).intruders
    for choice, payload in zip(choices, PAYLOADS, strict=True):
        stored = client.get(f"/api/v1/comparisons/{choice['comparison_id']}").json()
        assert stored["context"][0]["content"] == payload
        assert {stored["first"]["text"], stored["second"]["text"]} == {f"{payload} yes", f"no {payload}"}
        faults += faults_of(client.get(f"/choices/{choice['comparison_id']}").text, payload, "on its page")

    assert faults == []


def test_every_payload_in_a_row_that_is_left_out_stays_text_in_the_report(client: TestClient) -> None:
    rows = [{"context": "Hello", "chosen": "a", "rejected": "b"}, *({text: text, "context": text} for text in PAYLOADS)]

    report = client.post("/import/pairs", files={"file": ("mine.jsonl", "\n".join(map(json.dumps, rows)))})

    page = client.get(report.headers["location"])
    assert page.status_code == 200
    assert Page(page.text).intruders == []


@pytest.mark.slow
def test_every_payload_in_prompts_and_model_answers_stays_text(client: TestClient, database: Database) -> None:
    faults = []
    for payload in PAYLOADS:
        client.post("/choose/ask", data={"text": payload})
    faults += Page(client.get("/choose").text).intruders
    while work_off(database, Parrot()):
        pass

    for payload in PAYLOADS:
        found = client.get("/api/v1/comparisons/next").json()["comparison"]
        assert found["context"][0]["content"] == payload
        assert {found[side]["text"] for side in ("first", "second")} == {payload, f"{payload} again"}
        faults += faults_of(client.get("/choose").text, payload, "on the page to choose")
        client.post(f"/choose/{found['comparison_id']}/verdict", data={"value": "skip"})

    assert faults == []


def test_every_payload_in_a_pasted_conversation_stays_text(client: TestClient) -> None:
    faults = []
    for payload in PAYLOADS:
        reply = client.post("/import/preview", data={"text": f"You:\n{payload}\n\nChatGPT:\n{payload}"})
        assert reply.status_code == 200, payload
        faults += faults_of(reply.text, payload, "in the preview")

    assert faults == []


@pytest.mark.slow
def test_every_payload_in_a_persona_stays_text_on_pages_and_in_downloads(
    client: TestClient, database: Database
) -> None:
    faults = []
    for start in range(0, len(PAYLOADS), 9):
        owner, persona_id = persona_of(client, database, PAYLOADS[start : start + 9])
        for path in ("/persona", f"/persona/{persona_id}", "/prompt", "/run", "/"):
            faults += [f"{intruder} at {path}" for intruder in Page(owner.get(path).text).intruders]
        for kind in ("prompt.txt", "persona.md", "persona.json", "messages.json", "judge.txt"):
            file = owner.get(f"/prompt/{persona_id}/{kind}")
            assert file.status_code == 200
            assert file.headers["content-disposition"].startswith("attachment")
            assert not file.headers["content-type"].startswith("text/html")

    assert faults == []


def persona_of(client: TestClient, database: Database, texts: tuple[str, ...]) -> tuple[TestClient, str]:
    """A new guest with a persona whose summary and traits hold these texts, written by the model."""
    owner = browser(client.app)  # type: ignore[arg-type]
    rows = [
        {"context": f"Question {n}: {texts[n % len(texts)]}", "chosen": "Yes.", "rejected": "No."} for n in range(12)
    ]
    owner.post("/import/pairs", files={"file": ("mine.jsonl", "\n".join(map(json.dumps, rows)))})
    traits = [{"trait": f"prefers {text}", "supporting": [1, 2, 3], "opposing": [4]} for text in texts]
    assert owner.post("/run/start").status_code == 303
    work_off(database, FakeCompleter(persona={"summary": " ".join(texts[:3]), "traits": traits}))
    run = owner.get("/api/v1/runs/latest").json()
    assert run["state"] == "done", run["failure"]
    return owner, run["persona_id"]


@pytest.mark.parametrize("unstorable", UNSTORABLE, ids=["half a pair", "nul"])
def test_escapes_of_what_no_database_holds_do_not_end_a_run(database_url: str, tmp_path: Path, unstorable: str) -> None:
    client = browser(application(database_url, tmp_path))
    rows = [{"context": f"Question {n}", "chosen": "Yes.", "rejected": "No, I would not."} for n in range(12)]
    client.post("/import/pairs", files={"file": ("mine.jsonl", "\n".join(map(json.dumps, rows)))})
    trait = {"trait": f"prefers one {unstorable} word", "supporting": [1, 2, 3], "opposing": []}
    assert client.post("/run/start").status_code == 303

    database = Database(database_url)
    work_off(database, FakeCompleter(persona={"summary": f"Short {unstorable}.", "traits": [trait]}))
    database.close()

    run = client.get("/api/v1/runs/latest").json()
    assert (run["state"], run["failure"]) == ("done", "")
    assert client.get(f"/prompt/{run['persona_id']}/persona.json").status_code == 200


def test_json_replies_are_never_taken_for_pages(sqlite_url: str, tmp_path: Path) -> None:
    api = program(application(sqlite_url, tmp_path))

    for payload in PAYLOADS[:10]:
        made = api.post("/api/v1/prompts", json={"text": payload}).json()["comparison_id"]
        reply = api.get(f"/api/v1/comparisons/{made}")
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.json()["context"][0]["content"] == payload


def test_texts_are_stored_alike_on_both_databases(database_url: str, tmp_path: Path) -> None:
    api = program(application(database_url, tmp_path))
    odd = [
        "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "right \u202e to left",
        "zero\u200bwidth",
        "combining " + "e" + "\u0301" * 50,
        "astral \U00020000",
        "tabs\tand\nlines",
        "quotes ' \" ` \\ %s $1 :name",
    ]

    for text in odd:
        made = api.post("/api/v1/prompts", json={"text": text}).json()["comparison_id"]
        stored = api.get(f"/api/v1/comparisons/{made}").json()["context"][0]["content"]
        assert stored == kept_turn(Turn("user", text)).content


def test_names_that_would_break_a_header_do_not(client: TestClient, database: Database) -> None:
    line = json.dumps({"context": "Hello", "chosen": "a", "rejected": "b"})
    reply = client.post("/import/pairs", files={"file": ('a"\r\nSet-Cookie: x=1\r\n.jsonl', line)})

    assert reply.status_code < 500
    assert "x=1" not in reply.headers.get("set-cookie", "")
    with database.writing() as session:
        assert accounts.account_for_token(session, "") is None
