"""Pasted conversations: whose words are whose."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput, TooLarge
from app.domain.transcripts.pasted.text import read_conversation


def turns(pasted: str) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in read_conversation(pasted).turns]


@pytest.mark.parametrize(
    "pasted",
    [
        "User: hi there\nAssistant: hello",
        "**User:** hi there\n\n**Assistant:** hello",
        "**User**: hi there\n\n**Assistant**: hello",
        "Human: hi there\nAI: hello",
        "Me: hi there\nBot: hello",
        "You: hi there\nChatGPT: hello",
        "You said:\nhi there\n\nChatGPT said:\nhello",
        "You said\n\nhi there\n\nGemini said\n\nhello",
        "You\nhi there\nClaude\nhello",
        "### User\nhi there\n### Assistant\nhello",
        "你说：\nhi there\nChatGPT 说：\nhello",
        "Du hast gesagt:\nhi there\nChatGPT hat gesagt:\nhello",
        "Q: hi there\nA: hello",
        "\ufeffuser:\r\nhi there\r\nassistant:\r\nhello\r\n",
    ],
)
def test_speakers_are_recognised_in_each_style(pasted: str) -> None:
    assert turns(pasted) == [("user", "hi there"), ("assistant", "hello")]


def test_labels_inside_code_fences_are_text() -> None:
    pasted = "User: show me\nAssistant: here\n```\nUser: x\nAssistant: y\n```\nUser: thanks\nAssistant: welcome"

    assert [role for role, _ in turns(pasted)] == ["user", "assistant", "user", "assistant"]
    assert "User: x" in turns(pasted)[1][1]


def test_a_fence_that_is_never_closed_does_not_swallow_the_rest() -> None:
    pasted = "User: show me\nAssistant: here\n```python\nprint()\nUser: thanks\nAssistant: welcome"

    assert [role for role, _ in turns(pasted)] == ["user", "assistant", "user", "assistant"]


def test_labels_in_another_style_are_text() -> None:
    pasted = "**You:** write a dialogue\n**ChatGPT:** Here:\nUser: hello\nAssistant: hi\n**You:** good\n**ChatGPT:** !"

    assert len(turns(pasted)) == 4


def test_what_a_chat_page_puts_around_the_turns_is_dropped() -> None:
    pasted = (
        "A title\n\nYou said:\nSky?\nEdit\nChatGPT said:\nThought for 7s\nBlue.\nCopy\n---\n"
        "ChatGPT can make mistakes. Check important info."
    )

    assert turns(pasted) == [("user", "Sky?"), ("assistant", "Blue.")]


def test_neighbouring_turns_of_one_speaker_are_joined_and_empty_ones_dropped() -> None:
    pasted = "User: one\nUser: two\nAssistant:\nUser: three\nAssistant: ok"

    assert turns(pasted) == [("user", "one\n\ntwo\n\nthree"), ("assistant", "ok")]


@pytest.mark.parametrize(
    "pasted",
    ["no labels at all", "User: alone", "A: only answers\nA: here", "Users: x\nMean: y", "\n\none paragraph\n\n"],
)
def test_without_two_speakers_it_says_what_to_do(pasted: str) -> None:
    with pytest.raises(BadInput, match="Put a label at the start of each turn"):
        read_conversation(pasted)


@pytest.mark.parametrize(
    ("pasted", "error", "reason"),
    [
        (" \n ", BadInput, "empty"),
        ("User: a\nAssistant: b\n" + "x" * 2_000_000, TooLarge, "2 MB"),
        ("User: a\nAssistant: b\n" + "x" * 100_001, TooLarge, "100,000"),
        ("User: a\nAssistant: b\n" * 1_001, TooLarge, "2,000"),
    ],
)
def test_what_cannot_be_stored_is_refused_and_the_limit_named(pasted: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        read_conversation(pasted)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["User:", "**User:**", "You said", "ChatGPT said:", "```", "Assistant: x", "Copy", "text", "#"])
        | st.text(max_size=8),
        max_size=12,
    ).map("\n".join)
)
def test_any_text_is_read_or_refused(pasted: str) -> None:
    try:
        found = read_conversation(pasted)
    except BadInput:
        return
    assert {turn.role for turn in found.turns} <= {"user", "assistant"}


def test_a_fence_that_begins_on_the_speaker_s_line_holds_code_until_it_is_closed() -> None:
    text = "You: ```html\n<b>Copy</b>\nChatGPT: no speaker\n```\nChatGPT: Bold.\n```\nUser: code\n```\nYou: Thanks\nChatGPT: ```\nx\n```"

    turns = read_conversation(text).turns

    assert [(turn.role, turn.content) for turn in turns] == [
        ("user", "```html\n<b>Copy</b>\nChatGPT: no speaker\n```"),
        ("assistant", "Bold.\n```\nUser: code\n```"),
        ("user", "Thanks"),
        ("assistant", "```\nx\n```"),
    ]


def test_one_fence_on_a_speaker_s_line_and_another_below_are_read() -> None:
    turns = read_conversation("You: ```html\n<p>\n```\nChatGPT: Like so:\n```html\n<p></p>\n```\n").turns

    assert [turn.role for turn in turns] == ["user", "assistant"]


LONG = 500_000
HOSTILE = {
    "spaces": " " * LONG + "User: a\nAssistant: b",
    "a heading": "# " + " " * LONG + "x",
    "pictures": "🧑" * (LONG // 5),
    "fences": "```\n" * (LONG // 4),
    "rules": "User: a\nAssistant: b\n" + "---\n" * (LONG // 4),
    "buttons": "You said:\na\nChatGPT said:\nb\n" + "Copy\n" * (LONG // 5),
    "buttons of code": "You said:\na\nChatGPT said:\nb\n" + "python\nCopy\n" * (LONG // 12),
    "labels": "User: a\nMe: b\n" * (LONG // 28) + "Bot: c",
    "labels that do not go together": "Ich: a\nUtente: b\n" * (LONG // 36) + "Asistente: c",
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_long_pastes_of_anything_are_read_or_refused_at_once(name: str) -> None:
    begun = time.process_time()

    with contextlib.suppress(BadInput):
        read_conversation(HOSTILE[name])

    assert time.process_time() - begun < 10
