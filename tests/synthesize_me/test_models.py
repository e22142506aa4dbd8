"""What may be given as a model: a function, an object, a name; and what is said where it is none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import synthesize_me as sm
from app.induction.model.language_model import Message, PermanentModelError, Prompt
from synthesize_me.models import completer_of

LABELS = Prompt((Message("user", "A or B?"),), "judge", 1, labels=("A", "B"))
SCHEMA = Prompt((Message("user", "Say it."),), "write", 50, schema='{"type": "object", "required": ["said"]}')


def answer(model: Any, prompt: Prompt) -> sm.Reply:
    async def asked() -> sm.Reply:
        return await (await completer_of(model)).complete(prompt)

    return asyncio.run(asked())


def test_a_function_is_asked_for_json_in_words_and_for_letters_as_they_are():
    heard: list[str] = []

    def ask(messages: list[dict[str, str]]) -> str:
        heard.append(messages[-1]["content"])
        return 'Here it is:\n```json\n{"said": "yes"}\n```' if "JSON schema" in heard[-1] else "**B**"

    replies = [answer(ask, SCHEMA).text, answer(ask, LABELS).text]

    assert replies == ['{"said": "yes"}', "B"]
    assert heard[1] == "A or B?"


def test_a_function_may_be_awaited():
    async def ask(_messages: list[dict[str, str]]) -> str:
        return "A"

    assert answer(ask, LABELS).text == "A"


def raises(_given: object) -> str:
    raise KeyError("token")


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (raises, "The model raised KeyError"),
        (lambda _messages: None, "returned a NoneType"),
        (lambda _messages: "Neither of them.", "answered none of A, B"),
        (SimpleNamespace(complete=raises), "The model raised KeyError"),
        (SimpleNamespace(complete=lambda _prompt: "A"), "a Reply was expected"),
    ],
)
def test_what_a_model_of_somebody_else_does_wrong_is_a_failed_try_with_a_reason(model, sentence):
    with pytest.raises(PermanentModelError, match=sentence):
        answer(model, LABELS)


@pytest.mark.parametrize("model", [None, 7, object(), "embedded", "some/model.gguf"])
def test_what_is_no_model_here_is_refused_in_a_sentence(model):
    with pytest.raises(sm.BadInput):
        answer(model, LABELS)


def test_a_model_that_always_fails_ends_in_a_sentence_with_its_reason():
    rows = [
        {"prompt": f"Question {number}?", "chosen": f"Short {number}.", "rejected": f"Long, long answer {number}."}
        for number in range(12)
    ]

    with pytest.raises(sm.ModelUnavailable, match="The model raised KeyError"):
        sm.induce(rows, raises)


def test_a_key_of_the_surroundings_does_not_follow_to_an_address_that_is_given(
    monkeypatch, tmp_path: Path, provider_of_keys
):
    (tmp_path / "key").write_text("from-a-file", encoding="utf-8")
    monkeypatch.setenv("MODEL_API_KEY", "of-the-environment")
    monkeypatch.setenv("MODEL_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("OPENAI_API_KEY", "of-the-provider")

    model = sm.Hosted("openai/stand-in", address=provider_of_keys.url)
    reply = answer(model, LABELS)

    assert reply.text in {"A", "B"}
    assert provider_of_keys.keys() <= {"", "Bearer none"}


def test_the_key_that_is_given_is_not_shown():
    assert "sesame" not in repr(sm.Hosted("openai/x", key="sesame"))
