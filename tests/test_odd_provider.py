"""The provider with odd habits: each does what it says, so that tests may lean on it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.odd_changes import SECRET
from tests.odd_provider import OddProvider, odd_provider

SCHEMA = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
LETTER = "<answer_a>\nYes.\n</answer_a>\n<answer_b>\nIt depends.\n</answer_b>\nReply with one letter: A or B."


@pytest.fixture
def provider() -> Iterator[OddProvider]:
    with odd_provider() as running:
        yield running


def ask(provider: OddProvider, mode: str, text: str = LETTER, **options: object) -> httpx.Response:
    body = {"model": mode, "messages": [{"role": "user", "content": text}], **options}
    return httpx.post(f"{provider.url}/chat/completions", json=body, trust_env=False)


def test_without_an_odd_habit_it_answers_letter_probabilities_json_and_text(provider):
    letter = ask(provider, "base", max_tokens=1).json()["choices"][0]
    told = ask(provider, "base", max_tokens=1, logprobs=True, top_logprobs=2).json()["choices"][0]
    asked = {"type": "json_schema", "json_schema": {"schema": SCHEMA}}
    by_schema = ask(provider, "base", "A word?", response_format=asked).json()["choices"][0]
    in_words = ask(provider, "base", f"A word, as JSON of this schema: {json.dumps(SCHEMA)}").json()["choices"][0]

    assert letter["message"]["content"].strip() in {"A", "B"}
    assert letter["logprobs"] is None
    assert len(told["logprobs"]["content"][0]["top_logprobs"]) == 2
    assert json.loads(by_schema["message"]["content"])["word"]
    assert json.loads(in_words["message"]["content"])["word"]


def test_one_that_thinks_needs_room_for_its_thoughts_before_a_word_comes(provider):
    short = ask(provider, "thinker", max_completion_tokens=16).json()
    whole = ask(provider, "thinker", max_completion_tokens=500).json()

    assert short["choices"][0]["message"]["content"] == ""
    assert short["choices"][0]["finish_reason"] == "length"
    assert whole["choices"][0]["message"]["content"].strip() in {"A", "B"}
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] == 400
    assert SECRET in ask(provider, "thinks-in-tags").json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("no-logprobs", {"logprobs": True, "top_logprobs": 2}),
        ("no-seed", {"seed": 1}),
        ("no-schema", {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}),
        ("five-logprobs", {"logprobs": True, "top_logprobs": 6}),
        ("sixteen-tokens", {"max_tokens": 15}),
        ("temperature-one", {"temperature": 0}),
        ("only-max-completion-tokens", {"max_tokens": 50}),
    ],
)
def test_what_it_does_not_take_is_refused_and_without_it_the_answer_comes(provider, mode, options):
    refused = ask(provider, mode, **options)
    taken = ask(provider, mode)

    assert refused.status_code == 400
    assert taken.status_code == 200
    assert [entry["refused"] for entry in provider.log] == [True, False]
    assert provider.log[0]["options"] == {"model": mode, **options}


def test_a_mode_may_be_named_in_the_newest_message_that_names_one(provider):
    assert ask(provider, "base", "mode:too-large-413 What is a fjord?").status_code == 413
