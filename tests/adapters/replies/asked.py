"""Asking the real completer what a provider's answer is, over HTTP, and answers in OpenAI's shape."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from app.adapters.configured import completer
from app.induction.model.language_model import Message, ModelError, Prompt, Reply
from app.settings import Settings
from tests.adapters.scripted import Scripted, Sends

THOUGHT = "SECRETTHOUGHT The person asks about fjords. I should weigh that."
WORDS = Prompt((Message("user", "What is a fjord?"),), "answer", 200)
JUDGE = Prompt((Message("user", "Reply with one letter: A or B."),), "judge", 1, labels=("A", "B"))
SHAPE = {"type": "object", "properties": {"depth": {"type": "integer"}}, "required": ["depth"]}
SCHEMA = replace(WORDS, schema=json.dumps(SHAPE))


def ask(provider: Scripted, prompt: Prompt, body: Any, status: int = 200) -> Reply | ModelError:
    provider.answer = lambda _asked: Sends(body, status)
    settings = Settings(model="openai/m", model_api_base=f"{provider.url}/v1", model_api_key=SecretStr("k"))
    try:
        return asyncio.run(completer(settings).complete(prompt))
    except ModelError as error:
        return error


def answering(
    content: Any, end: str | None = "stop", *, figures: Any = None, usage: Any = None, **more: Any
) -> dict[str, Any]:
    """An answer in OpenAI's shape; `more` stands in the message, but `choice` in the choice."""
    choice: dict[str, Any] = {"index": 0, "finish_reason": end, **more.pop("choice", {})}
    choice["message"] = {"role": "assistant", "content": content, **more}
    if figures is not None:
        choice["logprobs"] = {"content": figures}
    counted = usage if usage is not None else {"prompt_tokens": 9, "completion_tokens": 20, "total_tokens": 29}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": counted}


def token(spelt: str, listed: dict[str, Any]) -> dict[str, Any]:
    tops = [{"token": name, "logprob": value, "bytes": None} for name, value in listed.items()]
    return {"token": spelt, "logprob": listed.get(spelt, -0.1), "bytes": None, "top_logprobs": tops}
