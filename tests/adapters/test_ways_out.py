"""Every provider's calls go out through the bounded client: to one address, of one size, once; or they do not go out."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.adapters.model_check import check
from app.adapters.ways_out import WAYS
from app.induction.model.language_model import (
    Message,
    ModelError,
    PermanentModelError,
    Prompt,
    Reply,
    TransientModelError,
)
from app.settings import Settings
from tests.adapters.played_providers import SHAPES, TEXT, openai
from tests.adapters.scripted import Asked, Scripted, Sends, scripted

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

# LiteLLM's modules for some providers are read at their first call, and pydantic warns of how they are written.
pytestmark = pytest.mark.filterwarnings("ignore:.*ReadOnly:UserWarning")

KEY = "canary-key-2b7d"
ASKED = "canary-prompt: what is a fjord?"
WORDS = Prompt((Message("user", ASKED),), "answer", 200)
JUDGE = Prompt((Message("system", "Judge."), *WORDS.messages), "judge", 1, labels=("A", "B"))
SCHEMA = replace(
    WORDS,
    schema='{"type":"object","properties":{"depth":{"type":"integer"}},"required":["depth"],"additionalProperties":false}',
)
ENDLESS = Sends(b'{"choices": [{"message": {"content": "' + b"again " * 400_000)
PACKED = Sends(b"...", headers={"content-encoding": "br"})
BOMB = Sends(gzip.compress(b"0" * 30_000_000), headers={"content-encoding": "gzip"})


@pytest.fixture(scope="module")
def provider() -> Iterator[Scripted]:
    with scripted(lambda _asked: Sends()) as server:
        yield server


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Scripted]:
    with scripted(lambda _asked: Sends(openai())) as server:
        yield server


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of other machines that were looked up; none is found."""
    names: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in {None, "127.0.0.1", "localhost", "::1"}:
            names.append(name)
            raise socket.gaierror(f"{name} is not looked up in tests")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return names


def ask(
    provider: Scripted, model: str, sends: Sends, prompt: Prompt = WORDS, *, seconds: float = 30.0
) -> Reply | ModelError:
    provider.asked.clear()
    provider.answer = lambda _asked: sends
    settings = Settings(model=model, model_api_base=f"{provider.url}/v1", model_api_key=SecretStr(KEY))
    try:
        return asyncio.run(replace(completer(settings), seconds=seconds).complete(prompt))
    except ModelError as error:
        return error


def carrying_the_prompt(provider: Scripted) -> list[Asked]:
    return [asked for asked in provider.asked if "canary-prompt" in asked.text]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_provider_answers_and_is_kept_to_one_address_one_size_and_one_try(provider, elsewhere, looked_up, name):
    elsewhere.asked.clear()
    redirects = [Sends({}, status, {"location": f"{elsewhere.url}/v1"}) for status in (302, 307, 308)]
    refusals = {"endless": ENDLESS, "endless when unpacked": BOMB, "packed": PACKED} | {
        f"redirect {sends.status}": sends for sends in redirects
    }

    reply = ask(provider, f"{name}/m", Sends(SHAPES.get(name, openai)()))

    assert isinstance(reply, Reply), reply
    assert (reply.text, reply.usage.completion_tokens) == (TEXT, 8)
    assert len(carrying_the_prompt(provider)) == 1
    for kind, sends in refusals.items():
        error = ask(provider, f"{name}/m", sends)
        assert isinstance(error, PermanentModelError), kind
        assert error.kind == kind.split()[0]
        assert len(provider.asked) == 1
    down = ask(provider, f"{name}/m", Sends({"error": {"message": f"no {KEY}"}}, 503))
    assert isinstance(down, TransientModelError)
    assert (down.kind, KEY in down.reason, len(provider.asked)) == ("down", False, 1)
    assert elsewhere.asked == []
    assert looked_up == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_provider_is_asked_for_a_letter_and_for_json_without_what_it_does_not_take(provider, name):
    shape = SHAPES.get(name, openai)

    letter = ask(provider, f"{name}/m", Sends(shape("A")), JUDGE)
    sent_for_a_letter = len(carrying_the_prompt(provider))
    found = ask(provider, f"{name}/m", Sends(shape('{"depth": 3}')), SCHEMA)

    assert isinstance(letter, Reply), letter
    assert isinstance(found, Reply), found
    assert (letter.text, found.text.replace(" ", "")) == ("A", '{"depth":3}')
    assert (sent_for_a_letter, len(carrying_the_prompt(provider))) == (1, 1)


@pytest.mark.parametrize("name", ["openai", "azure", "anthropic", "gemini", "ollama_chat", "cohere", "groq"])
@pytest.mark.parametrize(("status", "kind"), [(401, "key"), (404, "unknown_model"), (413, "too_large"), (429, "busy")])
def test_a_refusal_is_sorted_alike_for_every_provider_and_sent_once(provider, name, status, kind):
    error = ask(provider, f"{name}/m", Sends({"error": {"message": "model m not found"}}, status, {"retry-after": "3"}))

    assert isinstance(error, ModelError)
    assert (error.kind, len(carrying_the_prompt(provider))) == (kind, 1)
    assert error.retry_after == (3.0 if status == 429 else None)


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini", "ollama_chat", "cohere"])
def test_an_answer_that_drips_ends_with_the_time(provider, name):
    dripping = Sends(b"{", headers={"content-length": "1000"})
    assert isinstance(ask(provider, f"{name}/m", Sends(SHAPES.get(name, openai)())), Reply)  # reads LiteLLM's modules

    error = ask(provider, f"{name}/m", dripping, seconds=0.8)

    assert isinstance(error, TransientModelError)
    assert error.kind == "slow"


def test_every_other_provider_is_refused_by_name_before_anything_is_sent(provider, looked_up):
    import litellm

    others = sorted({str(getattr(each, "value", each)) for each in litellm.provider_list} - set(WAYS))
    errors = {name: ask(provider, f"{name}/m", Sends(openai())) for name in others}

    assert {"bedrock", "vertex_ai", "sagemaker", "replicate", "aiohttp_openai", "petals", "github_copilot"} <= set(
        others
    )
    assert [name for name, error in errors.items() if not isinstance(error, PermanentModelError)] == []
    assert [name for name, error in errors.items() if name not in str(error) or "openai/NAME" not in str(error)] == []
    assert provider.asked == []
    assert looked_up == []


def test_a_provider_that_is_refused_is_refused_at_the_start_already(looked_up):
    for name in ("bedrock", "github_copilot", "vertex_ai"):
        found = asyncio.run(check(completer(Settings(model=f"{name}/m", model_api_key=SecretStr(KEY)))))

        assert (found.kind, found.is_hopeless, name in found.said) == ("provider", True, True)
    assert looked_up == []


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai", "OPENAI_BASE_URL"),
        ("openai", "OPENAI_API_BASE"),
        ("anthropic", "ANTHROPIC_BASE_URL"),
        ("anthropic", "ANTHROPIC_API_BASE"),
        ("gemini", "GEMINI_API_BASE"),
        ("ollama", "OLLAMA_API_BASE"),
        ("ollama_chat", "OLLAMA_API_BASE"),
        ("groq", "GROQ_API_BASE"),
        ("mistral", "MISTRAL_API_BASE"),
        ("deepseek", "DEEPSEEK_API_BASE"),
        ("cohere", "COHERE_API_BASE"),
        ("openrouter", "OPENROUTER_API_BASE"),
        ("hosted_vllm", "HOSTED_VLLM_API_BASE"),
    ],
)
def test_a_variable_of_other_programs_leads_no_text_and_no_key_anywhere(
    elsewhere, looked_up, monkeypatch, name, variable
):
    elsewhere.asked.clear()
    monkeypatch.setenv(variable, f"{elsewhere.url}/v1")
    settings = Settings(model=f"{name}/m", model_api_key=SecretStr(KEY))

    with pytest.raises(ModelError) as refused:
        asyncio.run(completer(settings).complete(WORDS))
    found = asyncio.run(check(completer(settings)))

    assert elsewhere.asked == []
    assert found.kind in {"", "unreached", "elsewhere"}
    assert refused.value.kind in {"elsewhere", "unreached"}
    assert (variable in refused.value.reason) == (refused.value.kind == "elsewhere")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        ("POSTGRES_HOST", "api.openai.com"),
        ("SECOND_MODEL_API_BASE", "https://api.openai.com/v1"),
        ("OTHER_URL", "http://api.openai.com:8080"),
        ("OTHER_URL", "https://[broken"),
    ],
)
def test_a_variable_that_leads_nowhere_else_refuses_nothing(looked_up, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    with pytest.raises(TransientModelError) as error:
        asyncio.run(completer(Settings(model="openai/m", model_api_key=SecretStr(KEY))).complete(WORDS))

    assert error.value.kind == "unreached"
    assert looked_up == ["api.openai.com"]


def test_a_client_asks_no_other_address_than_the_one_named(provider, elsewhere):
    from app.adapters.bounded_http import AnswerRefused, bounded_client
    from app.adapters.replies.heard import listening

    async def both() -> int:
        async with bounded_client(5, is_local=True) as client:
            with listening(only=f"{provider.url}/v1"):
                status = (await client.post(f"{provider.url}/other", json={})).status_code
                with pytest.raises(AnswerRefused, match="nothing was sent"):
                    await client.post(f"{elsewhere.url}/v1", json={})
        return status

    elsewhere.asked.clear()
    provider.answer = lambda _asked: Sends({})

    assert asyncio.run(both()) == 200
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("packed_by", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("Identity", bytes)]
)
def test_a_small_answer_that_was_packed_without_being_asked_for_is_read(provider, packed_by, pack):
    body = pack(json.dumps(openai()).encode())

    reply = ask(provider, "openai/m", Sends(body, headers={"content-encoding": packed_by}))

    assert isinstance(reply, Reply)
    assert reply.text == TEXT


def test_an_answer_that_is_packed_falsely_is_refused(provider):
    error = ask(provider, "openai/m", Sends(b"no gzip at all", headers={"content-encoding": "gzip"}))

    assert isinstance(error, PermanentModelError)
    assert error.kind == "packed"


def test_a_proxy_of_the_environment_gets_no_call_to_this_machine(provider, elsewhere, monkeypatch):
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, elsewhere.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    elsewhere.asked.clear()

    replies = [
        ask(provider, f"{name}/m", Sends(SHAPES.get(name, openai)())) for name in ("openai", "ollama_chat", "cohere")
    ]

    assert [type(reply) for reply in replies] == [Reply] * 3
    assert elsewhere.asked == []


def test_a_model_that_the_library_asks_by_another_interface_is_refused_where_a_part_for_it_is_missing(provider):
    error = ask(provider, "openai/gpt-5-pro", Sends(openai()))

    assert isinstance(error, PermanentModelError)
    assert (error.kind, provider.asked) == ("provider", [])
    assert "not installed" in error.reason
