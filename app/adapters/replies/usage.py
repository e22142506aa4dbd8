"""What an answer cost, as the provider counted it where its count is possible, else as we estimate it."""

from __future__ import annotations

from typing import Any

from app.induction.model.language_model import Prompt, Usage

MOST_THOUGHT_TOKENS = 65_536
"""More than models think; a count of thoughts beyond it is a false one."""


def usage_of(told: Any, prompt: Prompt, text: str, thoughts: str, limit: int) -> Usage:
    """Checked counts: a false one must not stretch a budget, and thoughts are part of what was written and is charged.

    `limit` is what the answer was limited to, room for thoughts included. No token is shorter than a byte; a template adds
    tokens of its own; and some providers do not count thoughts against the limit, or tell them apart from the answer's.
    """
    sent = sum(len(message.content.encode("utf-8", "replace")) for message in prompt.messages)
    received, thought = len(text.encode("utf-8", "replace")), len(thoughts.encode("utf-8", "replace"))
    reasoning = _count(getattr(getattr(told, "completion_tokens_details", None), "reasoning_tokens", None))
    reasoning = reasoning if reasoning <= MOST_THOUGHT_TOKENS else 0
    prompt_tokens, written = (
        _count(getattr(told, "prompt_tokens", None)),
        _count(getattr(told, "completion_tokens", None)),
    )
    total = _count(getattr(told, "total_tokens", None))
    if reasoning and written and (written < reasoning or total == prompt_tokens + written + reasoning):
        written += reasoning
    most = max(limit, received + thought) + reasoning + 100
    return Usage(
        prompt_tokens=_plausible(prompt_tokens, sent + 1000, prompt.estimated_tokens),
        completion_tokens=_plausible(written, most, received // 3 + max(reasoning, thought // 3) + 1),
    )


def _count(told: Any) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 0


def _plausible(told: int, most: int, estimate: int) -> int:
    return told if 0 < told <= most else estimate
