"""Why an answer ended, by the provider's own word for it: LiteLLM calls what it does not know "stop".

The word stands in the answer as it came; where nothing was heard, LiteLLM keeps it as `native_finish_reason`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from app.adapters.replies.heard import Heard

End = Literal["whole", "limit", "filter", "tool", "lost"]

_NAMES = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason", "completionReason")
_WHOLE = frozenset(
    [
        "stop",
        "end_turn",
        "stop_sequence",
        "stop_token",
        "stop_string",
        "eos",
        "eos_token",
        "end_of_sequence",
        "end_of_text",
        "eot",
        "complete",
        "completed",
        "finish",
        "finished",
        "done",
        "end",
        "endoftext",
        "im_end",
        "eot_id",
        "success",
        "normal",
        "eosfound",
        "null",
        "none",
    ]
)
_LIMIT = frozenset(
    [
        "length",
        "max_tokens",
        "max_token",
        "max_output_tokens",
        "max_new_tokens",
        "max_length",
        "model_length",
        "token_limit",
        "length_limit",
        "context_length",
        "context_limit",
        "model_context_window_exceeded",
        "compaction",
        "time_limit",
        "limit",
    ]
)
_TOOL = frozenset(
    [
        "tool",
        "tool_call",
        "tool_calls",
        "tool_use",
        "function_call",
        "malformed_function_call",
        "unexpected_tool_call",
        "too_many_tool_calls",
        "malformed_tool_use",
    ]
)
_CALLS = frozenset({"tool_calls", "tool_use", "function_call"})
_FILTER = [
    "filter",
    "safety",
    "recitation",
    "blocklist",
    "prohibited",
    "spii",
    "refus",
    "sensitive",
    "guardrail",
    "moderat",
    "toxic",
    "policy",
    "escalation",
    "blocked",
    "censor",
]
_INSIDE = frozenset({"choices", "candidates", "results", "response", "outputs", "output", "incomplete_details"})


def end_of(heard: Heard, choice: Any) -> End:
    """Why the answer ended. A provider that gives no reason is taken to have ended it whole."""
    own = getattr(choice, "provider_specific_fields", None) or {}
    if own.get("error") or any("error" in place and place["error"] for place in _choices(heard.parsed)):
        return "lost"
    words = list(_words(heard.parsed, 4)) or [own.get("native_finish_reason") or getattr(choice, "finish_reason", None)]
    kinds = {_kind(str(word)) for word in words if word}
    mapped = _kind(str(getattr(choice, "finish_reason", None) or "stop"))
    kinds |= {_kind(word) for word in _native(heard.parsed)} & {"filter", "limit"}
    if set(words) <= _CALLS and mapped == "whole":
        return "whole"  # a schema was asked for as a tool, and LiteLLM has taken the answer out of its call
    return next((kind for kind in ("filter", "lost", "tool", "limit") if kind in kinds), "whole")


def _kind(word: str) -> End:
    plain = word.strip().casefold().replace("-", "_").replace(" ", "_").strip("<|>").removeprefix("finish_reason_")
    if plain in _WHOLE:
        return "whole"
    if plain in _LIMIT:
        return "limit"
    if plain in _TOOL:
        return "tool"
    return "filter" if any(part in plain for part in _FILTER) else "lost"


def _choices(parsed: Any) -> list[dict[str, Any]]:
    listed = parsed.get("choices") if isinstance(parsed, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _native(parsed: Any) -> list[str]:
    """What a gateway says that the provider behind it said; of that only what it is sure to mean counts."""
    return [
        place["native_finish_reason"]
        for place in _choices(parsed)
        if isinstance(place.get("native_finish_reason"), str)
    ]


def _words(value: Any, depth: int) -> Iterator[Any]:
    """The words for the end, at the places where providers put them: never out of the text itself."""
    if isinstance(value, list):
        for each in value[:1]:  # further answers to one request are not asked for
            yield from _words(each, depth - 1)
    if not isinstance(value, dict) or depth <= 0:
        return
    for name in _NAMES:
        if isinstance(value.get(name), str):
            yield value[name]
    if isinstance(value.get("incomplete_details"), dict):
        yield value["incomplete_details"].get("reason") or "incomplete"
    if isinstance(value.get("promptFeedback"), dict) and value["promptFeedback"].get("blockReason"):
        yield "blocked"
    for name in _INSIDE & value.keys():
        yield from _words(value[name], depth - 1)
