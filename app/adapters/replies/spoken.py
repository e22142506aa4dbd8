"""The text of an answer out of its parts, and what else came with it: thoughts, a refusal, a call of a tool.

"content": "A fjord is ..."
"content": [{"type": "text", "text": "A fjord "}, {"type": "text", "text": "is ..."}]
"content": [{"type": "thinking", "thinking": [...]}, {"type": "text", "text": "A fjord is ..."}]
"output": [{"type": "reasoning", ...}, {"type": "message", "content": [{"type": "output_text", "text": "..."}]}]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from app.adapters.replies.heard import Heard
from app.adapters.replies.thoughts import without_thoughts

_TEXTS = frozenset({"", "text", "output_text", "message", "input_text"})
_THOUGHTS = frozenset({"thinking", "reasoning", "reasoning_content", "thought", "redacted_thinking"})


@dataclass(frozen=True, slots=True)
class Message:
    """What the model said. `text` has no thoughts in it; `as_sent` is the text as it came, for reading tokens beside it."""

    text: str
    as_sent: str
    thoughts: str = ""
    is_whole: bool = True
    has_refused: bool = False
    calls_tool: bool = False


def message_of(heard: Heard, choice: Any) -> Message:
    """The message of a LiteLLM choice; the provider's own is read where it has OpenAI's shape, for LiteLLM drops parts."""
    ours = getattr(choice, "message", None)
    own = _own_message(heard.parsed)
    sent = _joined(own.get("content")) or _joined(getattr(ours, "content", None))
    spoken = without_thoughts(sent)
    beside = [
        getattr(ours, "reasoning_content", None),
        own.get("reasoning_content"),
        own.get("reasoning"),
        own.get("thinking"),
    ]
    thoughts = [text for text in beside if isinstance(text, str) and text.strip()][:1]
    in_parts = "\n".join(_thoughts_in(own.get("content")))
    fields = getattr(ours, "provider_specific_fields", None) or {}
    refusal = own.get("refusal") or fields.get("refusal") or next(_refusals(own.get("content")), "")
    return Message(
        text=spoken.answer,
        as_sent=sent,
        thoughts="\n".join([*thoughts, in_parts, spoken.thoughts]).strip("\n"),
        is_whole=spoken.is_whole,
        has_refused=isinstance(refusal, str) and bool(refusal.strip()),
        calls_tool=bool(getattr(ours, "tool_calls", None) or getattr(ours, "function_call", None)),
    )


def _own_message(parsed: Any) -> dict[str, Any]:
    choices = parsed.get("choices") if isinstance(parsed, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    return message if isinstance(message, dict) else {}


def own_answer(heard: Heard) -> Any:
    """The provider's own answer in the form of LiteLLM's, for those of OpenAI's shape that LiteLLM cannot read (a content
    in parts, unusual log-probabilities); None where it is none, or an error stands in it."""
    parsed = heard.parsed
    message = _own_message(parsed)
    if heard.status != 200 or not message or parsed.get("error"):
        return None
    first = parsed["choices"][0]
    counted = _object(parsed, "usage")
    details = _object(counted, "completion_tokens_details")
    asked_for = _json_of_a_tool(message)
    return SimpleNamespace(
        choices=[
            SimpleNamespace(
                finish_reason="stop" if asked_for else first.get("finish_reason"),
                message=SimpleNamespace(
                    content=_joined(message.get("content")) or asked_for,
                    reasoning_content="\n".join(_thoughts_in(message.get("content"))) or None,
                    tool_calls=None if asked_for else message.get("tool_calls"),
                ),
            )
        ],
        usage=SimpleNamespace(**counted | {"completion_tokens_details": SimpleNamespace(**details)}),
    )


def _json_of_a_tool(message: dict[str, Any]) -> str:
    """The JSON of a message where LiteLLM has asked for it as the call of a tool; "" else."""
    calls = message.get("tool_calls")
    first = calls[0] if isinstance(calls, list) and calls and isinstance(calls[0], dict) else {}
    called = _object(first, "function")
    return str(called.get("arguments") or "") if called.get("name") == "json_tool_call" else ""


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _joined(content: Any) -> str:
    """The text of a content, whatever it is put in; thoughts, pictures and calls are no part of it."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_joined(part) for part in content)
    if isinstance(content, dict) and str(content.get("type") or "") in _TEXTS and not content.get("thought"):
        return _joined(content.get("text") or content.get("value") or content.get("content"))
    return ""


def _thoughts_in(content: Any) -> Iterator[str]:
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and (str(part.get("type")) in _THOUGHTS or part.get("thought")):
            yield str(part.get("thinking") or part.get("text") or part.get("reasoning") or part.get("summary") or "...")


def _refusals(content: Any) -> Iterator[str]:
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and part.get("type") == "refusal":
            yield str(part.get("refusal") or "refused")
