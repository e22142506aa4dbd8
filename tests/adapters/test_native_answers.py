"""Providers with formats of their own: ends by their own words, thoughts in their own places, counts under their own names."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from app.adapters.configured import completer
from app.induction.model.language_model import Message, ModelError, Prompt, Reply
from app.settings import Settings
from tests.adapters.played_providers import SHAPES, anthropic, cohere, gemini, ollama, ollama_chat, openai
from tests.adapters.scripted import Scripted, Sends, scripted

# LiteLLM's modules for some providers are read at their first call, and pydantic warns of how they are written.
pytestmark = pytest.mark.filterwarnings("ignore:.*ReadOnly:UserWarning")

WORDS = Prompt((Message("user", "What is a fjord?"),), "answer", 200)
JUDGE = Prompt((Message("system", "Judge."), Message("user", "A or B?")), "judge", 1, labels=("A", "B"))
SHAPE = {
    "type": "object",
    "properties": {"depth": {"type": "integer"}},
    "required": ["depth"],
    "additionalProperties": False,
}
SCHEMA = replace(WORDS, schema=json.dumps(SHAPE))
TEXT = "A fjord is a long inlet. Glaciers made it. Norway has man"
CUT = "A fjord is a long inlet. Glaciers made it."
THOUGHT = "SECRETTHOUGHT The person asks about fjords."


@pytest.fixture(scope="module")
def provider() -> Iterator[Scripted]:
    with scripted(lambda _asked: Sends()) as server:
        yield server


def ask(provider: Scripted, name: str, body: Any, prompt: Prompt = WORDS) -> Reply | ModelError:
    provider.asked.clear()
    provider.answer = lambda _asked: body if isinstance(body, Sends) else Sends(body)
    settings = Settings(
        model=name if "/" in name or "-" in name else f"{name}/m",
        model_api_base=provider.url,
        model_api_key=SecretStr("k"),
    )
    try:
        return asyncio.run(completer(settings).complete(prompt))
    except ModelError as error:
        return error


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("anthropic", anthropic(TEXT, "refusal")),
        ("gemini", gemini(TEXT, "SAFETY")),
        ("gemini", gemini(TEXT, "RECITATION")),
        ("gemini", gemini(TEXT, "PROHIBITED_CONTENT")),
        ("gemini", {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}),
        ("cohere", cohere(TEXT, "ERROR_TOXIC")),
        ("groq", openai(TEXT, "content_filter")),
        ("zai", openai(TEXT, "sensitive")),
        ("azure", openai(TEXT, "content_filter")),
        ("openrouter", openai(TEXT, "content_filter")),
    ],
)
def test_what_a_filter_cut_off_is_no_answer(provider, name, body):
    error = ask(provider, name, body)

    assert isinstance(error, ModelError)
    assert error.kind == "filter"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("anthropic", anthropic(TEXT, "pause_turn")),
        ("gemini", gemini(TEXT, "OTHER")),
        ("gemini", gemini(TEXT, "MALFORMED_RESPONSE")),
        ("gemini", gemini(TEXT, "FINISH_REASON_UNSPECIFIED")),
        ("cohere", cohere(TEXT, "ERROR")),
        ("cohere", cohere(TEXT, "TIMEOUT")),
        ("ollama_chat", ollama_chat(TEXT, "unload")),
        ("ollama", ollama(TEXT, "load")),
        ("zai", openai(TEXT, "network_error")),
        ("deepseek", openai(TEXT, "insufficient_system_resource")),
        ("openrouter", openai(TEXT, "error")),
    ],
)
def test_what_the_provider_broke_off_is_no_answer_though_the_library_calls_it_ended(provider, name, body):
    error = ask(provider, name, body)

    assert isinstance(error, ModelError)
    assert error.kind == "lost"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("anthropic", anthropic(TEXT, "max_tokens")),
        ("anthropic", anthropic(TEXT, "model_context_window_exceeded")),
        ("gemini", gemini(TEXT, "MAX_TOKENS")),
        ("cohere", cohere(TEXT, "MAX_TOKENS")),
        ("ollama_chat", ollama_chat(TEXT, "length")),
        ("ollama", ollama(TEXT, "length")),
        ("mistral", openai(TEXT, "model_length")),
    ],
)
def test_what_a_limit_cut_ends_at_its_last_whole_sentence(provider, name, body):
    reply = ask(provider, name, body)

    assert isinstance(reply, Reply)
    assert reply.text == CUT


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("anthropic", anthropic(CUT, thinking=THOUGHT)),
        ("gemini", gemini(CUT, thinking=THOUGHT)),
        ("cohere", cohere(CUT, thinking=THOUGHT)),
        ("ollama_chat", ollama_chat(CUT, thinking=THOUGHT)),
        ("ollama_chat", ollama_chat(f"<think>{THOUGHT}</think>{CUT}")),
        ("ollama", ollama(f"<think>\n{THOUGHT}\n</think>\n\n{CUT}")),
        ("deepseek", openai(CUT, reasoning_content=THOUGHT)),
        ("openrouter", openai(CUT, reasoning=THOUGHT)),
        ("groq", openai(f"<think>{THOUGHT}</think>{CUT}")),
        (
            "mistral",
            openai(
                [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}, {"type": "text", "text": CUT}]
            ),
        ),
        (
            "databricks",
            openai(
                [
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": THOUGHT}]},
                    {"type": "text", "text": CUT},
                ]
            ),
        ),
        ("hosted_vllm", openai(f"{THOUGHT}\n</think>\n\n{CUT}")),
    ],
)
def test_thoughts_are_no_part_of_the_answer(provider, name, body):
    reply = ask(provider, name, body)

    assert isinstance(reply, Reply)
    assert reply.text.strip() == CUT


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("anthropic", anthropic("", "max_tokens", thinking=THOUGHT)),
        ("gemini", gemini("", "MAX_TOKENS", thinking=THOUGHT)),
        (
            "gemini",
            {
                "candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}],
                "usageMetadata": {"promptTokenCount": 9, "thoughtsTokenCount": 190, "totalTokenCount": 199},
            },
        ),
        ("ollama_chat", ollama_chat("", "length", thinking=THOUGHT)),
        ("deepseek", openai("", "length", reasoning_content=THOUGHT)),
        ("mistral", openai([{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}], "length")),
    ],
)
def test_thoughts_that_left_no_room_are_said_to_have(provider, name, body):
    error = ask(provider, name, body)

    assert isinstance(error, ModelError)
    assert error.kind == "thoughts"
    assert "MODEL_HABITS" in error.reason
    assert "SECRETTHOUGHT" not in error.reason


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (
            "anthropic/claude-opus-4-1",
            anthropic(end="tool_use")
            | {"content": [{"type": "tool_use", "id": "1", "name": "json_tool_call", "input": {"depth": 300}}]},
        ),
        (
            "groq/llama-3.3-70b-versatile",
            openai(
                None,
                "tool_calls",
                tool_calls=[
                    {
                        "id": "1",
                        "type": "function",
                        "function": {"name": "json_tool_call", "arguments": '{"depth": 300}'},
                    }
                ],
            ),
        ),
    ],
)
def test_json_that_was_asked_for_as_a_tool_is_an_answer_and_no_call_of_a_tool(provider, name, body):
    reply = ask(provider, name, body, SCHEMA)

    assert isinstance(reply, Reply), reply
    assert json.loads(reply.text) == {"depth": 300}


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-5-mini",
        "openai/o4-mini",
        "azure/gpt-5-mini",
        "gpt-5-mini",
        "claude-sonnet-4-5",
        "anthropic/claude-opus-4-7",
        "gemini/gemini-2.5-pro",
        "gemini/gemma-3-27b-it",
        "mistral/magistral-medium-latest",
        "deepseek/deepseek-reasoner",
        "groq/qwen/qwen3-32b",
        "xai/grok-4",
        "moonshot/kimi-k2-thinking",
        "openrouter/deepseek/deepseek-r1",
        "ollama_chat/qwen3:8b",
        "hosted_vllm/Qwen/Qwen3-8B",
    ],
)
def test_a_model_whose_library_knows_what_it_does_not_take_is_asked_once_without_that(provider, name):
    shape = SHAPES.get(name.partition("/")[0].replace("claude-sonnet-4-5", "anthropic"), openai)

    for prompt, text in ((WORDS, CUT), (JUDGE, "A"), (SCHEMA, '{"depth":300}')):
        reply = ask(provider, name, shape(text), prompt)

        assert isinstance(reply, Reply), reply
        assert reply.text.replace(": ", ":") == text
        assert len(provider.asked) == 1


@pytest.mark.parametrize("name", ["openai", "azure", "anthropic", "gemini", "ollama_chat", "cohere", "openrouter"])
@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_whose_connection_ends_within_it_has_failed_and_is_sent_once(provider, name, status):
    cut = Sends(b"{", status, {"content-length": "900", "connection": "close"})

    error = ask(provider, name, cut)

    assert isinstance(error, ModelError)
    assert (error.kind, len(provider.asked)) == ("down", 1)


@pytest.mark.parametrize("name", ["openai", "azure", "anthropic", "gemini", "ollama_chat", "cohere", "deepinfra"])
@pytest.mark.parametrize("status", [400, 422, 500, 529])
def test_a_refused_call_is_sent_once_whatever_its_status(provider, name, status):
    error = ask(provider, name, Sends({"error": {"message": "no"}}, status))

    assert isinstance(error, ModelError)
    assert (error.kind, len(provider.asked)) == ("down" if status >= 500 else "request", 1)
