"""One answer as it came, unchecked: did the model think before it, and did that leave room for a word of the answer.

Models tell of their thoughts in different ways: by a count of tokens, in a field beside the text, by marks inside it, or not
at all but by the tokens they charge for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.adapters.replies.ends import end_of
from app.adapters.replies.heard import Heard
from app.adapters.replies.spoken import Message, message_of

_BYTES_A_TOKEN = 4
_TOKENS_OF_A_FRAME = 60
"""Charged beyond what the text can have: no template adds so many to an answer, and no shorter thought needs a room."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What LiteLLM made of the provider's answer, and that answer itself."""

    answer: Any
    heard: Heard

    @property
    def message(self) -> Message | None:
        """None where the answer has no choices."""
        choices = getattr(self.answer, "choices", None) or []
        return message_of(self.heard, choices[0]) if choices else None

    @property
    def thought_tokens(self) -> int:
        """About how many tokens of thoughts came before the answer; 0 where nothing shows any."""
        message = self.message
        usage = getattr(self.answer, "usage", None)
        counted = _count(getattr(usage, "completion_tokens_details", None), "reasoning_tokens")
        if counted or message is None:
            return counted
        written = _count(usage, "completion_tokens")
        if message.thoughts.strip():
            told = len(message.thoughts.encode("utf-8", "replace")) // _BYTES_A_TOKEN
            return max(written - len(message.text) // _BYTES_A_TOKEN, told, 1)
        beyond = written - len(message.as_sent.encode("utf-8", "replace"))
        return beyond if beyond > _TOKENS_OF_A_FRAME else 0

    @property
    def is_cut(self) -> bool:
        """Whether it ended at its limit."""
        choices = getattr(self.answer, "choices", None) or []
        return bool(choices) and end_of(self.heard, choices[0]) == "limit"

    @property
    def is_used_up(self) -> bool:
        """Whether the limit was reached before a word of the answer came."""
        message = self.message
        return self.is_cut and message is not None and not message.text.strip()


def _count(holder: Any, name: str) -> int:
    value = getattr(holder, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
