"""What one free question finds out before anything is sent, and that it costs, tells and reaches nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.adapters.model_check import Checked, check
from app.settings import Settings
from tests.listener import Listener, listener

KEY = "canary-key-7f3a"
LISTED = {"object": "list", "data": [{"id": "gpt-x"}, {"id": "gpt-y"}]}
REFUSED = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}


@pytest.fixture
def provider() -> Iterator[Listener]:
    with listener({"/v1/models": (200, LISTED)}) as running:
        yield running


@pytest.fixture(autouse=True)
def no_keys_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GROQ_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def checked(model: str, base: str = "", key: str = KEY) -> Checked:
    settings = Settings(_env_file=None, model=model, model_api_base=base, model_api_key=SecretStr(key))
    return asyncio.run(check(completer(settings)))


def test_a_provider_that_takes_the_key_and_knows_the_model_is_asked_once_and_without_a_text(provider):
    found = checked("openai/gpt-x", f"{provider.url}/v1")

    assert (found.kind, found.is_hopeless) == ("", False)
    assert "answers and knows the model" in found.said
    assert [(one.method, one.path, one.body, one.key) for one in provider.heard] == [("GET", "/v1/models", "", KEY)]


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, REFUSED, "key", "refused the key. Check MODEL_API_KEY"),
        (401, {"error": {"message": "You have insufficient permissions. Missing scopes: api.model.read"}}, "", ""),
        (403, {"error": {"message": "this key may not list models"}}, "", ""),
        (404, {"detail": "Not Found"}, "", ""),
        (429, {"error": {"message": "rate limit"}}, "", ""),
        (302, {}, "redirect", "sends its callers elsewhere"),
        (500, {"error": {"message": "boom"}}, "down", "failed"),
        (503, b"no upstream", "down", "failed"),
        (200, b"<!doctype html><title>hello</title>", "page", "web page"),
        (200, b"not json", "", "answers."),
        (200, {"object": "list", "data": []}, "", "answers."),
        (200, [], "", "answers."),
        (200, {"data": "nonsense"}, "", "answers."),
        (200, {"data": [1, None, {"id": 5}]}, "", "is not among"),
        (200, {"data": [{"id": "other"}]}, "", "is not among the 1 that it lists"),
        (200, {"data": [{"id": "other"}], "has_more": True}, "", "answers."),
    ],
)
def test_what_the_list_of_models_tells(status, body, kind, says, provider):
    provider.answers["/v1/models"] = status, body

    found = checked("openai/gpt-x", f"{provider.url}/v1")

    assert found.kind == kind
    assert says in found.said
    assert found.is_hopeless == (kind == "key")
    assert KEY not in found.said


def test_a_server_that_asks_for_a_key_where_none_was_given_says_so(provider):
    provider.answers["/v1/models"] = 401, REFUSED

    found = checked("openai/gpt-x", f"{provider.url}/v1", key="")

    assert (found.kind, found.is_hopeless) == ("no_key", True)
    assert "Set MODEL_API_KEY" in found.said
    assert [one.key for one in provider.heard] == [""]


def test_the_key_of_the_environment_is_not_sent_to_an_address_of_ones_own(provider, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "canary-of-the-environment")
    monkeypatch.setenv("GROQ_API_KEY", "canary-of-the-environment")

    for model in ("openai/gpt-x", "groq/gpt-x", "hosted_vllm/gpt-x"):
        checked(model, f"{provider.url}/v1", key="")

    assert [one.key for one in provider.heard] == [""] * 3


def test_an_address_without_its_last_step_is_told(provider):
    found = checked("openai/gpt-x", provider.url)

    assert (found.kind, found.is_hopeless) == ("address", False)
    assert "Add /v1" in found.said
    assert [one.path for one in provider.heard] == ["/models", "/v1/models"]


def test_an_address_where_nobody_listens_is_told(unused_port):
    found = checked("openai/gpt-x", f"http://127.0.0.1:{unused_port}/v1")

    assert (found.kind, found.is_hopeless) == ("unreached", True)
    assert f"127.0.0.1:{unused_port} could not be reached" in found.said


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o-mini", "OPENAI_API_KEY"),
        ("gpt-4o-mini", "OPENAI_API_KEY"),
        ("anthropic/claude-x", "ANTHROPIC_API_KEY"),
        ("gemini/gemini-x", "GEMINI_API_KEY"),
        ("groq/llama", "GROQ_API_KEY"),
    ],
)
def test_a_missing_key_is_found_without_asking_anybody(model, variable):
    found = checked(model, key="")  # a test that reaches another machine fails

    assert (found.kind, found.is_hopeless) == ("no_key", True)
    assert variable in found.said
    assert "MODEL_API_KEY" in found.said


@pytest.mark.parametrize("model", ["bedrock/x", "vertex_ai/claude@20241022", "github_copilot/x"])
def test_a_provider_whose_calls_are_not_bounded_is_refused_by_name(model):
    found = checked(model, key="")

    assert (found.kind, found.is_hopeless) == ("provider", True)
    assert model.partition("/")[0] in found.said


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_an_address_that_only_a_variable_of_other_programs_names_is_not_asked(variable, provider, monkeypatch):
    monkeypatch.setenv(variable, f"{provider.url}/v1")

    found = checked("openai/gpt-x")

    assert (found.kind, found.is_hopeless) == ("elsewhere", True)
    assert variable in found.said
    assert provider.heard == []


@pytest.mark.parametrize("model", ["azure/x", "cohere/x", "embedded", "/m/one.gguf"])
def test_of_a_provider_without_a_free_question_nothing_is_asked_and_nothing_said(model):
    assert checked(model) == Checked()


@pytest.mark.parametrize("model", ["nobody/nothing", "just-a-name"])
def test_a_name_without_a_provider_is_told_with_how_to_write_it(model):
    found = checked(model)

    assert (found.kind, found.is_hopeless) == ("unknown_model", True)
    assert "openai/NAME" in found.said


def test_anthropic_and_ollama_are_asked_in_their_own_ways():
    answers: dict[str, tuple[int, Any]] = {
        "/v1/models": (200, {"data": [{"type": "model", "id": "claude-x"}], "has_more": False}),
        "/api/tags": (200, {"models": [{"name": "llama3.1:latest"}]}),
    }
    with listener(answers) as running:
        claude = checked("anthropic/claude-x", running.url)
        llama, other = checked("ollama/llama3.1", running.url, key=""), checked("ollama/missing", running.url, key="")

        assert [(one.path, one.key) for one in running.heard] == [
            ("/v1/models?limit=1000", KEY),
            ("/api/tags", ""),
            ("/api/tags", ""),
        ]
    assert "knows the model" in claude.said
    assert "knows the model" in llama.said
    assert (other.kind, other.is_hopeless) == ("unknown_model", True)
