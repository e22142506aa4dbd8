"""The embedded model's server: real, with the small test model that `make test` fetches."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app import supervisor
from app.adapters.configured import completer
from app.adapters.embedded import catalogue, server
from app.domain.errors import BadInput, ModelUnavailable
from app.induction.model.language_model import Message, Prompt
from app.settings import Settings

SCHEMA = json.dumps(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {"preference": {"type": "string", "enum": ["First", "Second"]}},
        "required": ["preference"],
    }
)


def test_a_missing_system_library_is_named_with_its_remedy(monkeypatch):
    def missing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)

    with pytest.raises(ModelUnavailable, match="apt-get install libgomp1"):
        server.check_runtime()


def test_a_machine_without_a_build_of_the_runtime_is_told_so(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xllamacpp", None)

    with pytest.raises(ModelUnavailable, match="where there is a build for"):
        server.check_runtime()


def test_an_address_without_a_key_is_refused():
    with pytest.raises(BadInput, match="EMBEDDED_KEY"):
        server.with_address(Settings(embedded_url="http://127.0.0.1:1/v1", embedded_key=SecretStr("")))


def test_without_an_address_a_new_one_is_made_and_told():
    lines: list[str] = []

    settings = server.with_address(Settings(embedded_url=""), lines.append)

    assert settings.embedded_url in lines[0]
    assert settings.embedded_key.get_secret_value() in lines[0]


@pytest.fixture(scope="module")
def small_model() -> Iterator[Settings]:
    folder = os.environ.get("TEST_MODEL_CACHE", "")
    if not (Path(folder) / catalogue.SMOLLM.filename).is_file():
        pytest.fail(
            "The small test model is not there; `make test` fetches it and sets TEST_MODEL_CACHE.", pytrace=False
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MODEL_CACHE", folder)
        with supervisor.model_at_hand(Settings(model="embedded/smollm2-135m")) as settings:
            yield settings


@pytest.mark.slow
@pytest.mark.small_model
def test_a_real_model_gives_probabilities_json_and_text(small_model):
    calls = completer(small_model)
    question = (Message("user", "Is water wet? Answer Yes or No."),)

    async def all_three():
        return (
            await calls.complete(Prompt(question, "judge", 1, labels=("Yes", "No"))),
            await calls.complete(Prompt(question, "guess", 40, SCHEMA)),
            await calls.complete(Prompt(question, "answer", 60)),
        )

    judged, guessed, written = asyncio.run(all_three())

    assert set(judged.label_logprobs) == {"Yes", "No"}
    assert json.loads(guessed.text)["preference"] in {"First", "Second"}
    assert written.text
    assert judged.usage.prompt_tokens > 5


@pytest.mark.small_model
@pytest.mark.parametrize("key", ["", "guessed"])
def test_the_server_answers_nobody_without_its_key(small_model, key):
    request = urllib.request.Request(
        f"{small_model.embedded_url}/chat/completions",
        json.dumps({"messages": [{"role": "user", "content": "hello"}]}).encode(),
        {"content-type": "application/json", "authorization": f"Bearer {key}", "origin": "http://elsewhere.example"},
    )

    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=10)

    with raised.value as answer:
        assert answer.status == 401
        assert answer.headers.get("access-control-allow-origin") in {None, ""}
