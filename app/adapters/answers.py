"""From what LiteLLM hands back to a reply that may be used and paid for, or a refusal to call it one.

What is read how: the end of an answer in replies/ends.py, its text in replies/spoken.py and thoughts.py, JSON in
replies/json_values.py, log-probabilities in replies/figures.py, counts in replies/usage.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

from app.adapters.label_probabilities import from_tokens, written
from app.adapters.replies.ends import End, end_of
from app.adapters.replies.figures import likeliest_tokens
from app.adapters.replies.heard import Heard
from app.adapters.replies.json_values import json_in
from app.adapters.replies.spoken import Message, message_of
from app.adapters.replies.usage import usage_of
from app.induction.model.language_model import ModelError, PermanentModelError, Prompt, Reply, TransientModelError

ANSWER_BYTES = 64_000
_MOST_ROOM = 100_000  # the most that MODEL_HABITS takes

_LAST_SENTENCE = re.compile(r"\A.*(?:[.!?…。!?][\"')\]*]*(?=\s|\Z)|\n)", re.DOTALL)
_ERROR_TEXTS = ("**NETWORK ERROR", "NETWORK ERROR", "**API REQUEST ERROR", "API REQUEST ERROR", "$MODERATION$")
"""How some gateways word a failure inside an answer with status 200."""


def checked_reply(answer: Any, prompt: Prompt, limit: int = 0, *, heard: Heard | None = None) -> Reply:
    """The reply in a LiteLLM answer; `limit` is what the answer and its thoughts were limited to, where that is more than
    the prompt says, and `heard` the provider's own answer. Its thoughts are no part of it.

    Raises TransientModelError or PermanentModelError where it is none: empty (and says why), not whole, over 64 KB, an
    error worded as an answer, not the JSON or none of the labels that were asked for. Of a text that says a label the label
    is kept. A text that was cut at its limit ends at its last whole sentence. What was of the model's own making is `unusable`.
    """
    choices = getattr(answer, "choices", None) or []
    if not choices:
        raise TransientModelError("The model's answer was empty.", kind="empty")
    heard = heard or Heard()
    choice = choices[0]
    end, message = end_of(heard, choice), message_of(heard, choice)
    told = getattr(answer, "usage", None)
    usage = usage_of(told, prompt, message.text, message.thoughts, max(limit, prompt.max_tokens))
    room = max(limit, prompt.max_tokens)
    _refuse_what_is_not_whole(
        end, message, prompt.labels, room, has_thought=bool(message.thoughts) or _reasoning_tokens(told) > 0
    )
    if len(message.text.encode("utf-8", "replace")) > ANSWER_BYTES:
        raise PermanentModelError("The model's answer is over 64 KB.", kind="endless", unusable=True)
    if prompt.labels:
        figures = from_tokens(prompt.labels, likeliest_tokens(choice, message))
        label = written(prompt.labels, message.text)
        if not figures and label is None:
            raise _no_label(prompt.labels, message, end)
        return Reply(text=label or message.text, usage=usage, label_logprobs=figures)
    if message.text.lstrip().startswith(_ERROR_TEXTS):
        raise TransientModelError("The model's provider sent an error in place of an answer.", kind="lost")
    if prompt.schema:
        return Reply(text=_json(message, prompt.schema_as_json, end), usage=usage)
    return Reply(text=_whole(message.text) if end == "limit" else message.text, usage=usage)


def _refuse_what_is_not_whole(
    end: End, message: Message, labels: tuple[str, ...], room: int, *, has_thought: bool
) -> None:
    """Raises where the provider broke the answer off, or where there is none; and says why."""
    if end == "filter":
        said = "The provider's content filter cut the answer off or out. Other texts or another MODEL may pass it."
        raise PermanentModelError(said, kind="filter")
    if end == "lost":
        raise TransientModelError("The provider lost the answer before it was whole.", kind="lost")
    if message.has_refused and not message.text.strip():
        raise PermanentModelError("The model refused to answer.", kind="refusal", unusable=True)
    if end == "tool" or (message.calls_tool and not message.text.strip()):
        said = "The model called a tool in place of an answer, though it was given none."
        raise PermanentModelError(said, kind="tool", unusable=True)
    if not message.is_whole or (has_thought and not message.text.strip()):
        raise _thoughts_alone(end, room)
    if labels and not message.text.strip():
        raise _no_label(labels, message, end)
    if not message.text.strip():
        raise TransientModelError("The model's answer was empty.", kind="empty", unusable=True)


def _thoughts_alone(end: End, room: int) -> ModelError:
    """`room` is the number of tokens that it had for thoughts and answer."""
    if end == "limit":
        more = min(max(8_000, -(-2 * room // 1_000) * 1_000), _MOST_ROOM)
        return PermanentModelError(
            f"The model spent all its {room:,} tokens on thinking and gave no answer. Set MODEL_HABITS to a higher "
            f"thought_room, such as thought_room={more}, or MODEL to one that does not think.",
            kind="thoughts",
            unusable=True,
        )
    return TransientModelError(
        "The model thought and gave no answer. Set MODEL to one that does not think if this goes on.",
        kind="thoughts",
        unusable=True,
    )


def _no_label(labels: tuple[str, ...], message: Message, end: End) -> ModelError:
    said = f"The model answered none of {', '.join(labels)}."
    if end == "limit" and not message.text.strip():
        said += " If it thinks before it answers, set MODEL_HABITS, such as thought_tokens=1000."
    return PermanentModelError(said, kind="no_label", unusable=True)


def _json(message: Message, schema: dict[str, Any], end: End) -> str:
    try:
        json.loads(message.as_sent)
    except (ValueError, RecursionError):
        found = json_in(message.text, schema)
    else:
        found = json_in(message.as_sent, schema)
    if found is not None:
        return found
    if end == "limit":
        raise PermanentModelError("The model's answer was cut off at its limit.", kind="cut", unusable=True)
    raise TransientModelError("The model's answer is not the JSON it was asked for.", kind="not_json", unusable=True)


def _whole(text: str) -> str:
    sentences = _LAST_SENTENCE.match(text)
    if sentences is None or not sentences.group().strip():
        raise PermanentModelError("The model's answer was cut off at its limit.", kind="cut", unusable=True)
    return sentences.group().rstrip()


def _reasoning_tokens(told: Any) -> int:
    count = getattr(getattr(told, "completion_tokens_details", None), "reasoning_tokens", None)
    return count if isinstance(count, int) else 0
