"""What is sent for a prompt, by the habits of the model: only what it takes, and with room for its thoughts.

The prompt itself and its digest know nothing of this: the same prompt to the same model is the same call, however its
provider wants it put.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.texts.storable_text import visible
from app.induction.model.habits import Habits
from app.induction.model.language_model import Message, Prompt

LETTER_TOKENS = 8
"""For a label that is read from what was written: some write it in bold, or with a full stop."""
_MARGIN_TOKENS = 16
_IN_WORDS = (
    "Answer with one JSON object and nothing else: no words before or after it, no code fence. "
    "It must obey this JSON schema:\n{schema}"
)


def request_of(prompt: Prompt, habits: Habits) -> dict[str, Any]:
    """The messages and options of one request, in the terms of OpenAI's chat format."""
    messages = prompt.messages if habits.system_role else _without_system(prompt.messages)
    options: dict[str, Any] = {habits.limit: limit_of(prompt, habits)}
    if habits.temperature:
        options["temperature"] = prompt.temperature
    if habits.seed:
        options["seed"] = prompt.seed
    if prompt.labels and habits.top_logprobs:
        options |= {"logprobs": True, "top_logprobs": habits.top_logprobs}
    if prompt.schema and habits.schema == "json_schema":
        schema = {"name": "answer", "strict": True, "schema": prompt.schema_as_json}
        options["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif prompt.schema:
        messages = _with_words(messages, _IN_WORDS.format(schema=_compact(prompt.schema_as_json)))
        if habits.schema == "json_object":
            options["response_format"] = {"type": "json_object"}
    # No half of a surrogate pair, which no request can hold, and nothing that hides text.
    return {
        "messages": [{"role": message.role, "content": visible(message.content)} for message in messages],
        **options,
    }


def limit_of(prompt: Prompt, habits: Habits) -> int:
    """Tokens that the answer may have, its thoughts included: never under the least that is taken, nor beyond what the
    model takes at all."""
    answer = prompt.max_tokens
    if prompt.labels:
        answer = 1 if habits.top_logprobs else LETTER_TOKENS
    limit = max(answer, habits.least_tokens) + habits.thought_room
    if habits.context_tokens:
        # The estimate of a prompt is on the safe side, so what is left by it is never beyond the context.
        free = habits.context_tokens - prompt.estimated_tokens - _MARGIN_TOKENS
        limit = min(limit, max(free, answer, habits.least_tokens))
    return min(limit, habits.most_tokens) if habits.most_tokens else limit


def _without_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The texts of the system lead in the person's first message."""
    leading = "\n\n".join(message.content for message in messages if message.role == "system")
    others = [message for message in messages if message.role != "system"]
    if not leading:
        return tuple(others)
    if not others or others[0].role != "user":
        return (Message("user", leading), *others)
    return (Message("user", f"{leading}\n\n{others[0].content}"), *others[1:])


def _with_words(messages: tuple[Message, ...], words: str) -> tuple[Message, ...]:
    *before, last = messages
    if last.role != "user":
        return (*messages, Message("user", words))
    return (*before, Message("user", f"{last.content}\n\n{words}"))


def _compact(schema: Mapping[str, object]) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
