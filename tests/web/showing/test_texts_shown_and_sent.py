"""Texts are kept as they came; what a page or a model must not get is left out where it is shown or sent."""

from __future__ import annotations

import html
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.adapters.request_form import request_of
from app.domain.texts.storable_text import visible
from app.induction.model.habits import Habits
from app.induction.model.language_model import Message, Prompt
from app.storage.database import Database
from app.storage.tables import ComparisonRow
from app.web.showing.markdown import markdown
from app.web.showing.rendering import environment
from tests.web.clients import program

HIDDEN = ["\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\ufeff", "\u2060", "\U000e0041", "\x07", "\x9f", "\x1b"]


@pytest.mark.parametrize("mark", HIDDEN, ids=ascii)
def test_no_mark_that_hides_or_turns_text_reaches_a_page(mark: str) -> None:
    env = environment()
    for template in (
        "{{ text }}",
        "{{ text | markdown }}",
        "{{ text | excerpt }}",
        "<i title='{{ text }}'>",
        "{{ text | upper }}",
    ):
        written = env.from_string(template).render(text=f"pay {mark}100{mark} <b>to</b> me")
        assert mark not in written
        assert "100" in written
    assert mark not in env.from_string("{{ text | markdown }}").render(text=f"pay &#x{ord(mark):x};100")


def test_what_emoji_and_other_scripts_need_is_shown() -> None:
    text = "👩\u200d👩\u200d👧 می\u200cخواهم e\u0301 \u0645\u0631\u062d\u0628\u0627\t\n"

    assert environment().from_string("{{ text }}").render(text=text) == text
    assert visible("a\x85b\r\nc") == "a\nb\r\nc"
    assert markdown("plain").strip() == "<p>plain</p>"


def test_what_is_left_out_never_makes_markup() -> None:
    for sly in ("<\u200bscript>alert(1)<\u200b/script>", "&\u202elt;script>", "[x](java\u200bscript:alert(1))"):
        for template in ("{{ text }}", "{{ text | markdown }}"):
            written = environment().from_string(template).render(text=sly)
            assert "<script" not in written
            assert 'href="javascript' not in written


def test_a_text_that_a_form_carries_on_stays_as_it_came(visitor: TestClient) -> None:
    talk = "\nYou: a\u202eb \u200b c\nChatGPT: d"

    page = visitor.post("/import/preview", data={"text": talk}).text

    carried = re.search(r'<textarea class="unseen"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert carried
    assert html.unescape(carried[1]) == talk
    assert "\u202e" not in page.replace(carried[1], "")


def test_typed_prompts_are_kept_as_typed_and_a_form_s_line_ends_are_newlines(
    app: FastAPI, visitor: TestClient, database: Database
) -> None:
    client = program(app)
    text = "  def f():\r\n\treturn \u202e1  "

    made = client.post("/api/v1/prompts", json={"text": text}).json()["comparison_id"]
    visitor.post("/choose/ask", data={"text": "  two\r\nlines "})

    assert client.get(f"/api/v1/comparisons/{made}").json()["context"][0]["content"] == text
    with database.reading() as session:
        contexts = session.exec(select(ComparisonRow.context)).all()
    assert "  two\nlines " in [context[0]["content"] for context in contexts]


def test_no_half_surrogate_and_nothing_unseen_is_sent_to_a_model() -> None:
    prompt = Prompt((Message("user", "a\ud83e\0b" + "".join(HIDDEN) + "c\r\n\u200d"),), "write", 5)

    sent = request_of(prompt, Habits())["messages"]

    assert sent == [{"role": "user", "content": "a\ufffd\ufffdbc\r\n\u200d"}]
    assert sent[0]["content"].encode()
