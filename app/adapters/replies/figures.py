"""The likeliest tokens at the place where the answer begins, behind thoughts, blanks and marks.

The place matters: where a model thinks aloud, the first tokens are of its thoughts, and an "A" among them is no verdict.
"""

from __future__ import annotations

import math
from typing import Any

from app.adapters.replies.spoken import Message

_MARKS = " \t\r\n\"'*`([{_#:"
_MOST_SUM = 1.05
_LEAST_SUM = 1e-4
"""Probabilities of different tokens add up to one at most, and the likeliest to no small part of it."""


def likeliest_tokens(choice: Any, message: Message) -> list[tuple[str, float]]:
    """Tokens with their log-probabilities; [] where none were told, they belong to thoughts, or they say nothing."""
    told = getattr(getattr(choice, "logprobs", None), "content", None)
    places = [each for each in told if isinstance(getattr(each, "token", None), str)] if isinstance(told, list) else []
    place = _where_it_begins([each.token for each in places], message)
    if place is None:
        return []
    listed = getattr(places[place], "top_logprobs", None) or [places[place]]
    tokens = [(each.token, each.logprob) for each in listed if isinstance(getattr(each, "token", None), str)]
    usable = [(token, float(logprob)) for token, logprob in tokens if _is_number(logprob)]
    return usable if _can_be_probabilities([value for _, value in dict(usable).items()]) else []


def _can_be_probabilities(logprobs: list[float]) -> bool:
    """Zeros for all, one floor for all, or three and more alike say nothing of the tokens they stand at."""
    total = sum(math.exp(min(logprob, 0.0)) for logprob in logprobs)
    are_alike = len(logprobs) > 2 and len(set(logprobs)) == 1
    return _LEAST_SUM < total < _MOST_SUM and not are_alike


def _where_it_begins(tokens: list[str], message: Message) -> int | None:
    """The place of the first token that spells something of the answer; None where it cannot be told."""
    begin = 0
    if message.thoughts:
        answer = message.text.strip()
        at = "".join(tokens).rfind(answer) if answer else -1
        if at < 0:
            return None
        while begin < len(tokens) and at >= len(tokens[begin]):
            at -= len(tokens[begin])
            begin += 1
    return next((place for place in range(begin, len(tokens)) if tokens[place].strip(_MARKS)), None)


def _is_number(told: Any) -> bool:
    return isinstance(told, int | float) and not isinstance(told, bool) and not math.isnan(told)
